r"""Hopfield networks: ways of choosing weights that make patterns stable, and ways of recalling them.

Hebb's rule lets every pair of units vote for having been equal or different in the stored patterns :math:`\xi^\mu`,

.. math:: W = \sum_\mu \xi^\mu {\xi^\mu}^\mathsf{T}, \qquad W_{ii} = 0 .

Recall visits one unit after the other and sets it to the sign of its local field :math:`a_i = \sum_j W_{ij}s_j + b_i`; with
symmetric weights no such step raises the energy :math:`E = -\tfrac12 s^\mathsf{T}Ws - b^\mathsf{T}s`, so that the state runs
downhill until it is stable. A field of zero, a *tie*, leaves its unit as it is.

**When is a field zero?** With whole weights and biases sums are exact, and so are ties. Other weights, W/N or those of the
pseudo-inverse, are rounded, and where votes should cancel a rounding error of either sign is left. It must not decide: there a
field counts as zero up to :math:`10^{-12}` of the largest that there could be, :math:`\max_k\sum_j|W_{kj}| + |b_i|`
(:math:`10^{-6}` of it if the numbers are in single precision).

Conventions. Patterns have shape (P, N). Rules return plain (N, N) weights with a zero diagonal and without a factor 1/N, since a
common factor changes no decision at temperature zero. Patterns of 0/1 units are stored as :math:`2\xi - 1` (``alphabet=UNITS``);
the same weights, with states of that alphabet, are then the network of Hopfield (1982). Where a function wants ``weights``, it
takes a matrix, symmetric or not, with ``biases`` and ``alphabet`` beside it, or a whole `netlib.network.Network`, which brings
its own (and leaves clamped units alone).
"""

import numpy as np

from netlib import _descent, _require, exact
from netlib.network import SPINS, Network

# Storage.


def hebb(patterns, alphabet=SPINS):
    """Return the sum of the patterns' outer products, without the diagonal.

    In the book: chapter 11.

    Parameters
    ----------
    patterns : array_like, shape (P, N)
        Values of the alphabet.
    alphabet : tuple, optional
        ``SPINS`` or ``UNITS``; units are stored as 2ξ − 1.

    Returns
    -------
    ndarray, shape (N, N)
        Whole numbers between −P and P.

    References
    ----------
    Hopfield (1982), *Neural networks and physical systems with emergent collective computational abilities*, PNAS 79, 2554,
    equation 2.

    Examples
    --------
    >>> hebb([[1, -1, 1]]).tolist()
    [[0.0, -1.0, 1.0], [-1.0, 0.0, -1.0], [1.0, -1.0, 0.0]]
    """
    patterns = _signs(patterns, alphabet)
    return _hollow(patterns.T @ patterns)


def hebb_biases(patterns, alphabet=SPINS):
    """Return Σ_μ ξ^μ, shape (N,): Hebb's weights to one more unit that is always on. They tell a pattern from its inverse.

    In the book: chapter 11.

    Examples
    --------
    >>> hebb_biases([[1, -1, 1], [1, 1, -1]]).tolist()
    [2.0, 0.0, 0.0]
    """
    return _signs(patterns, alphabet).sum(axis=0)


def clipped(patterns, alphabet=SPINS):
    """Return only the sign of each of Hebb's weights: −1, 0 or 1.

    In the book: chapter 13.

    Examples
    --------
    >>> clipped([[1, 1, 1], [1, 1, -1], [1, 1, -1]]).tolist()
    [[0.0, 1.0, -1.0], [1.0, 0.0, -1.0], [-1.0, -1.0, 0.0]]
    """
    return np.sign(hebb(patterns, alphabet))


def bounded(patterns, bound=3, *, alphabet=SPINS):
    """Store the patterns one after the other, and after each cut every weight back to at most `bound`: old memories fade.

    In the book: chapter 13.

    Examples
    --------
    >>> bounded([[1, 1]] * 5 + [[1, -1]], bound=3).tolist()
    [[0.0, 2.0], [2.0, 0.0]]
    """
    bound = _require.one_positive("bound", bound)
    patterns = _signs(patterns, alphabet)
    weights = np.zeros((patterns.shape[1],) * 2)
    for pattern in patterns:
        weights = np.clip(weights + np.outer(pattern, pattern), -bound, bound)
    return _hollow(weights)


def projector(patterns, alphabet=SPINS):
    """Return the orthogonal projection onto the span of the patterns, diagonal included: it reproduces every pattern exactly.

    In the book: chapter 15.

    Examples
    --------
    >>> projector([[1, 1, 1, 1], [1, 1, 1, -1]]).round(3).tolist()[0]
    [0.333, 0.333, 0.333, 0.0]
    """
    patterns = _signs(patterns, alphabet)
    _, sizes, rows = np.linalg.svd(patterns, full_matrices=False)
    basis = rows[sizes > sizes.max() * max(patterns.shape) * np.finfo(float).eps]
    projection = basis.T @ basis
    return (projection + projection.T) / 2


def pseudo_inverse(patterns, alphabet=SPINS):
    """Return the projection onto the span of the patterns, without its diagonal.

    The field on unit i of a stored pattern is then (1 − P_ii) ξ_i for whatever correlations, so that all are stable as long as no
    P_ii is 1: for random patterns, as long as there are fewer than N.

    In the book: chapter 15.

    References
    ----------
    Personnaz, Guyon, Dreyfus (1986), *Collective computational properties of neural networks: new learning mechanisms*,
    Physical Review A 34, 4217.

    Examples
    --------
    >>> pseudo_inverse([[1, 1, -1, -1]])[0].round(6).tolist()  # one pattern: Hebb's weights over N
    [0.0, 0.25, -0.25, -0.25]
    """
    return _hollow(projector(patterns, alphabet))


def storkey(patterns, alphabet=SPINS):
    r"""Store the patterns one after the other, each corrected by the field that the earlier ones already make.

    .. math:: W_{ij} \leftarrow W_{ij} + \xi_i\xi_j - \xi_i h_{ji} - h_{ij}\xi_j,\qquad
              h_{ij} = \frac1N\sum_{k\ne i,j} W_{ik}\xi_k

    Storkey's weights are these divided by N.

    In the book: chapter 15.

    References
    ----------
    Storkey (1997), *Increasing the capacity of a Hopfield network without sacrificing functionality*, ICANN, 451.

    Examples
    --------
    >>> storkey([[1, 1, -1]]).tolist() == hebb([[1, 1, -1]]).tolist()
    True
    """
    patterns = _signs(patterns, alphabet)
    units = patterns.shape[1]
    weights = np.zeros((units, units))
    for pattern in patterns:
        field = weights @ pattern / units                       # h_ij = field_i - W_ij ξ_j / N
        cross = np.outer(pattern, field)
        weights = _hollow(weights + np.outer(pattern, pattern) - (cross + cross.T) + 2 / units * weights)
    return weights


def stabilities(weights, patterns, alphabet=SPINS):
    """Return each unit's field in each pattern over the length of its weights, shape (P, N): positive on the unit's own side.

    It is ξ_i Σ_j W_ij s_j divided by the length of row i of W, with s the pattern in its own alphabet and ξ its sign. Without
    biases a pattern is stable if none of its entries is negative; an entry of 0 is a tie.

    In the book: chapter 15.

    Examples
    --------
    >>> stabilities(hebb([[1, 1, 1]]), [[1, 1, 1]]).round(3).tolist()  # field 2, length √2
    [[1.414, 1.414, 1.414]]
    """
    weights, biases, _, _ = _parts(weights)
    signs, states = _signs(patterns, alphabet), _require.length("patterns", patterns, len(weights))
    source = _descent.Matrix(weights, np.zeros_like(biases))
    fields, lengths = states @ weights.T, np.linalg.norm(weights, axis=1)
    return signs * np.where(np.abs(fields) > source.ties, fields, 0) / np.where(lengths > 0, lengths, 1)


def perceptron(patterns, kappa=0.0, *, symmetric=True, sweeps=1000, alphabet=SPINS):
    """Add Hebb's term for those units only that are not yet stable, again and again, until all have a stability above `kappa`.

    In the book: chapter 15.

    Parameters
    ----------
    patterns : array_like, shape (P, N)
    kappa : float
        The margin, in units of the length of a unit's weight vector.
    symmetric : bool
        Whether a correction of W_ij is also made to W_ji. Only then is there an energy.
    sweeps : int
        Give up after so many passes through the patterns.
    alphabet : tuple, optional

    Returns
    -------
    ndarray, shape (N, N)

    Raises
    ------
    RuntimeError
        If not all units became stable: the patterns may be too many, or need more sweeps.

    References
    ----------
    Gardner (1988), *The space of interactions in neural network models*, Journal of Physics A 21, 257.

    Examples
    --------
    >>> perceptron([[1, -1, 1]]).tolist() == (2 * hebb([[1, -1, 1]])).tolist()
    True
    """
    if (kappa := _require.one_number("kappa", kappa)) < 0:
        raise ValueError(f"kappa must not be negative, got {kappa:g}")
    signs, states = _signs(patterns, alphabet), np.asarray(patterns, dtype=float)
    weights = np.zeros((signs.shape[1],) * 2)
    for _ in range(_require.whole("sweeps", sweeps)):
        settled = True
        for sign, state in zip(signs, states, strict=True):
            weak = sign * (weights @ state) <= kappa * np.linalg.norm(weights, axis=1)
            if weak.any():
                settled = False
                step = np.outer(weak * sign, state)
                weights = _hollow(weights + step + step.T if symmetric else weights + step)
        if settled:
            return weights
    least = stabilities(weights, patterns, alphabet).min()
    raise RuntimeError(f"after {sweeps} sweeps the least stability is {least:.3g}, not above kappa = {kappa:g}")


def unlearn(weights, dreams, epsilon, rng, *, biases=None, alphabet=SPINS):
    """Let the network fall from a random state into a stable one and take a little of that out of the weights, `dreams` times.

    In the book: chapter 15.

    Parameters
    ----------
    weights : array_like, shape (N, N), or Network
        Symmetric.
    dreams : int
    epsilon : float
        Each dream s takes ε s sᵀ from the weights (units count as ±1 here). With Hebb's weights, 0.01 is small.
    rng : numpy.random.Generator
    biases, alphabet : optional

    Returns
    -------
    ndarray, shape (N, N)

    References
    ----------
    Hopfield, Feinstein, Palmer (1983), *'Unlearning' has a stabilizing effect in collective memories*, Nature 304, 158.

    Examples
    --------
    >>> unlearn([[0, 1], [1, 0]], 1, 0.1, np.random.default_rng(0)).tolist()  # both stable states are equal pairs
    [[0.0, 0.9], [0.9, 0.0]]
    """
    epsilon = _require.one_positive("epsilon", epsilon)
    weights, biases, (low, high), _ = _parts(weights, biases, alphabet)
    _require.symmetric(weights)
    for _ in range(_require.whole("dreams", dreams, least=0)):
        ties = _descent.Matrix(weights, biases).ties
        state = _require.generator(rng).choice((low, high), size=len(weights))
        dream = np.where(state == high, 1, -1)
        fields = weights @ state + biases
        while (unstable := np.flatnonzero(fields * dream < -ties)).size:
            unit = unstable[rng.integers(unstable.size)]
            dream[unit] *= -1
            fields += weights[unit] * (high - low) * dream[unit]
        weights = _hollow(weights - epsilon * np.outer(dream, dream))
    return weights


# Recall.


def network(weights, biases=None, *, alphabet=SPINS):
    """Return a network that visits its units one at a time, in order: for its energy, and for temperatures above zero.

    In the book: chapter 11.

    Examples
    --------
    >>> [block.tolist() for block in network(hebb([[1, 1, -1]])).blocks]
    [[0], [1], [2]]
    """
    return Network(weights, biases, alphabet, blocks=np.arange(len(_require.symmetric(weights)))[:, None])


def trajectory(weights, probe, rng=None, *, biases=None, alphabet=SPINS, order=None, sweeps=1000):
    """Recall one probe by the plain loop, and return every state on the way, one row per unit that changed.

    In the book: chapter 11.

    Parameters
    ----------
    weights : array_like, shape (N, N), or Network
    probe : array_like, shape (N,)
    rng, biases, alphabet, order, sweeps : optional
        As in `recall`; no synchronous order.

    Returns
    -------
    ndarray, shape (steps + 1, N)
        The probe first, the stable state last.

    Examples
    --------
    >>> trajectory(hebb([[1, 1, -1, 1]]), [1, -1, -1, 1]).tolist()
    [[1, -1, -1, 1], [1, 1, -1, 1]]
    """
    weights, biases, (low, high), units = _parts(weights, biases, alphabet)
    state = _states("probe", probe, len(weights), (low, high)).copy()
    if state.ndim != 1:
        raise ValueError(f"probe must be one state, shape ({len(weights)},), got shape {state.shape}; `recall` takes many")
    ties = _descent.Matrix(weights, biases).ties
    path = [state.copy()]
    for _ in range(_require.whole("sweeps", sweeps)):
        steps = len(path)
        for i in _order(units, order, rng):
            field = weights[i] @ state + biases[i]
            new = high if field > ties[i] else low if field < -ties[i] else state[i]
            if new != state[i]:
                state[i] = new
                path.append(state.copy())
        if len(path) == steps:
            break
    return np.array(path)


def recall(weights, probes, rng=None, *, biases=None, alphabet=SPINS, order=None, sweeps=1000):
    """Let many probes run downhill at once, one unit at a time, until nothing changes.

    In the book: chapter 11.

    Parameters
    ----------
    weights : array_like, shape (N, N), or Network
        Symmetric weights always lead to a stable state; others need not.
    probes : array_like, shape (..., N)
        Values of the alphabet.
    rng : numpy.random.Generator, optional
        For the random order.
    biases : array_like, shape (N,), optional
    alphabet : tuple, optional
    order : {"random", "fixed", "synchronous"}, optional
        A new random order in every sweep (the same for all probes), the units as they are numbered, or all units at once from the
        old state. If left out, random where there is an `rng` and fixed where there is none.
    sweeps : int
        Most sweeps.

    Returns
    -------
    Recall
        ``states`` (..., N); ``sweeps`` (...), how many sweeps changed something; ``period`` (...), 1 where the state is stable,
        2 where a synchronous network swings between two states, 0 where it had not settled when the sweeps ran out; and
        ``converged`` (...), whether the period is 1.

    Notes
    -----
    It does what `trajectory` does, with the matrix products of many probes put together. Ties keep the state.

    Examples
    --------
    >>> found = recall(hebb([[1, 1, -1, 1]]), [[1, -1, -1, 1], [-1, -1, 1, -1]])
    >>> found.states.tolist(), found.sweeps.tolist(), found.converged.tolist()
    ([[1, 1, -1, 1], [-1, -1, 1, -1]], [1, 0], [True, True])
    """
    weights, biases, alphabet, units = _parts(weights, biases, alphabet)
    return _recall(_descent.Matrix(weights, biases), probes, alphabet, units, rng, order, sweeps)


def recall_hebb(patterns, probes, rng=None, *, biases=None, alphabet=SPINS, order=None, sweeps=1000):
    """Do the same as ``recall(hebb(patterns), ...)`` without ever making the weights: fields come from the overlaps.

    It takes the time of P instead of N products per unit, and is the way for large networks.

    In the book: chapter 12.

    Examples
    --------
    >>> recall_hebb([[1, 1, -1, 1]], [1, -1, -1, 1]).states.tolist()
    [1, 1, -1, 1]
    """
    signs = _signs(patterns, alphabet)
    source = _descent.Overlaps(signs, _biases(biases, signs.shape[1]))
    return _recall(source, probes, _require.alphabet(alphabet), np.arange(signs.shape[1]), rng, order, sweeps)


def recall_stochastic(weights, probes, beta, sweeps, rng, *, biases=None, alphabet=SPINS, discard=0):
    """Run the heat bath from each probe, visiting the units in fixed order, and return the last states and the average ones.

    In the book: chapter 17.

    Parameters
    ----------
    weights : array_like, shape (N, N), or Network
        Symmetric. A network brings its own blocks and rule.
    probes : array_like, shape (..., N)
    beta : float or array_like, shape (...)
        Inverse temperature.
    sweeps : int
    rng : numpy.random.Generator
    biases, alphabet : optional
    discard : int
        The first sweeps that are left out of the average.

    Returns
    -------
    states, means : ndarray, shape (..., N)

    Examples
    --------
    >>> weights = hebb([[1, 1, -1, -1]])
    >>> recall_stochastic(weights, [1, 1, -1, 1], 50.0, 3, np.random.default_rng(0))[0].tolist()  # cold: as without noise
    [1, 1, -1, -1]
    """
    weights_, biases, alphabet, _ = _parts(weights, biases, alphabet)
    model = weights if isinstance(weights, Network) else network(weights_, biases, alphabet=alphabet)
    if _require.whole("sweeps", sweeps) <= _require.whole("discard", discard, least=0):
        raise ValueError(f"discard must be less than sweeps = {sweeps}, got {discard}")
    state, total = _states("probes", probes, len(weights_), alphabet), 0.0
    for sweep in range(sweeps):
        state = model.sweep(state, beta, rng)
        if sweep >= discard:
            total = total + state
    return state, total / (sweeps - discard)


def fixed_points(weights, biases=None, *, alphabet=SPINS):
    """Return all states that no single-unit step changes, by looking at each of the 2ᴺ.

    In the book: chapter 11.

    Parameters
    ----------
    weights : array_like, shape (N, N), or Network
        N at most 25.
    biases, alphabet : optional

    Returns
    -------
    ndarray, shape (F, N)
        In the order of `netlib.exact.states`. A unit whose field is zero is stable either way.

    Examples
    --------
    >>> fixed_points(hebb([[1, 1, -1]])).tolist()
    [[1, 1, -1], [-1, -1, 1]]
    """
    weights, biases, alphabet, units = _parts(weights, biases, alphabet)
    (low, high), n, ties = alphabet, _require.enumerable(len(weights)), _descent.Matrix(weights, biases).ties
    stable, field = np.ones(2**n, dtype=bool), np.empty(2**n)
    for i in units:
        field[0] = biases[i]
        for j, weight in enumerate(weights[i]):                 # doubling: one more unit, first low, then high
            np.add(field[: 1 << j], high * weight, out=field[1 << j : 2 << j])
            field[: 1 << j] += low * weight
        halves, good = field.reshape(-1, 2, 2**i), stable.reshape(-1, 2, 2**i)
        good[:, 0] &= halves[:, 0] <= ties[i]
        good[:, 1] &= halves[:, 1] >= -ties[i]
    return exact.state_of(np.flatnonzero(stable), n, alphabet)


def overlaps(states, patterns, alphabet=SPINS):
    """Return m^μ = Σ_i ξ_i^μ s_i / N, shape (..., P): 1 for the pattern itself, −1 for its inverse, about 0 for a stranger.

    Units of 0/1 count as ±1.

    In the book: chapter 11.

    Examples
    --------
    >>> overlaps([1, 1, -1, -1], [[1, 1, -1, 1], [1, -1, -1, 1]]).tolist()
    [0.5, 0.0]
    """
    patterns = _signs(patterns, alphabet)
    states = _states("states", states, patterns.shape[1], alphabet)
    return (states * 1.0 if tuple(alphabet) == SPINS else 2.0 * states - 1) @ patterns.T / patterns.shape[1]


def votes(weights, state, biases=None, *, alphabet=SPINS, voters=None):
    """Count the votes that each unit gets for its present value, and those against it.

    Unit j votes with W_ij s_j, and the bias with b_i: a positive vote is for high, a negative one for low.

    In the book: chapter 11.

    Parameters
    ----------
    weights : array_like, shape (N, N), or Network
    state : array_like, shape (..., N)
    biases, alphabet : optional
    voters : array_like of int, optional
        Count these units' votes only, and not the bias.

    Returns
    -------
    votes_for, votes_against : ndarray, shape (..., N)
        Neither is negative; their difference is the field's size if it agrees with the unit.

    Examples
    --------
    >>> [count.tolist() for count in votes(hebb([[1, -1, 1]]), [1, -1, -1])]
    [[1.0, 1.0, 0.0], [1.0, 1.0, 2.0]]
    """
    weights, biases, alphabet, _ = _parts(weights, biases, alphabet)
    state = _states("state", state, len(weights), alphabet)
    cast = weights * state[..., None, :]
    if voters is None:
        cast = np.concatenate([cast, np.broadcast_to(biases[:, None], cast.shape[:-1] + (1,))], axis=-1)
    else:
        cast = cast[..., _require.check_units(voters, len(weights))]
    cast = cast * np.where(state == alphabet[1], 1, -1)[..., None]
    return np.maximum(cast, 0).sum(axis=-1), np.maximum(-cast, 0).sum(axis=-1)


# Inside.


def _recall(source, probes, alphabet, units, rng, order, sweeps):
    probes = _states("probes", probes, len(source.biases), alphabet)
    if order == "synchronous":
        return _descent.descend(lambda now: _descent.at_once(source, now, units, alphabet), probes, sweeps, source.kind, True)
    return _descent.descend(lambda now: _descent.one_by_one(source, now, _order(units, order, rng), alphabet), probes, sweeps,
                            source.kind)


def _order(units, order, rng):
    if order == "random" or order is None and rng is not None:
        return _require.generator(rng).permutation(units)
    if order in ("fixed", None):
        return np.sort(units)
    raise ValueError(f"order must be 'random', 'fixed' or, for recall, 'synchronous', got {order!r}")


def _parts(weights, biases=None, alphabet=SPINS):
    """Weights, biases, alphabet and the free units, from a network or from arrays."""
    if isinstance(weights, Network):
        if biases is not None:
            raise ValueError("a Network brings its own biases; leave the argument out")
        units = np.concatenate(weights.blocks) if weights.blocks else np.array([], dtype=int)
        return weights.weights, weights.biases, weights.alphabet, units
    weights = _require.finite("weights", weights)
    if weights.ndim != 2 or weights.shape[0] != weights.shape[1] or not weights.size:
        raise ValueError(f"weights must be a square matrix, got shape {weights.shape}")
    if np.diag(weights).any():
        i = np.flatnonzero(np.diag(weights))[0]
        raise ValueError(f"weights must have a zero diagonal, got W[{i}, {i}] = {weights[i, i]:g}")
    return weights, _biases(biases, len(weights)), _require.alphabet(alphabet), np.arange(len(weights))


def _biases(biases, units):
    biases = _require.finite("biases", np.zeros(units) if biases is None else biases)
    if biases.shape != (units,):
        raise ValueError(f"biases must have shape ({units},) to match the weights, got {biases.shape}")
    return biases


def _states(name, states, units, alphabet):
    return _require.in_alphabet(name, _require.length(name, states, units), alphabet)


def _signs(patterns, alphabet):
    """The patterns as ±1 in double precision, shape (P, N)."""
    patterns = np.asarray(patterns)
    if patterns.ndim != 2 or patterns.size == 0:
        raise ValueError(f"patterns must have shape (P, N) with at least one pattern, got {patterns.shape}")
    patterns = _require.in_alphabet("patterns", patterns, _require.alphabet(alphabet)).astype(float)
    return patterns if tuple(alphabet) == SPINS else 2 * patterns - 1


def _hollow(weights):
    weights = weights.copy()
    np.fill_diagonal(weights, 0)
    return weights
