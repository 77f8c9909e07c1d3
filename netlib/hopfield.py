r"""Hopfield networks: ways of choosing weights that make patterns stable, and ways of recalling them.

Hebb's rule lets every pair of units vote for having been equal or different in the stored patterns :math:`\xi^\mu`,

.. math:: W = \sum_\mu \xi^\mu {\xi^\mu}^\mathsf{T}, \qquad W_{ii} = 0 .

Recall visits one unit after the other and sets it to the sign of its local field :math:`a_i = \sum_j W_{ij}s_j + b_i`; with
symmetric weights no such step raises the energy :math:`E = -\tfrac12 s^\mathsf{T}Ws - b^\mathsf{T}s`, so that the state runs
downhill until it is stable. A field of exactly zero leaves its unit as it is.

Conventions. Patterns have shape (P, N). Rules return plain (N, N) weights with a zero diagonal and without a factor 1/N, since a
common factor changes no decision at temperature zero. Patterns of 0/1 units are stored as :math:`2\xi - 1` (``alphabet=UNITS``);
the same weights, with states of that alphabet, are then the network of Hopfield (1982). Where a function wants ``weights``, it
takes a matrix, symmetric or not, with ``biases`` and ``alphabet`` beside it, or a whole `netlib.network.Network`, which brings
its own (and leaves clamped units alone).
"""

from typing import NamedTuple

import numpy as np
from scipy.special import logit

from netlib import _require
from netlib.network import SPINS, UNITS, Network

BLOCK = 64


# Storage.


def hebb(patterns, alphabet=SPINS):
    """Return the sum of the patterns' outer products, without the diagonal.

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

    Examples
    --------
    >>> hebb_biases([[1, -1, 1], [1, 1, -1]]).tolist()
    [2.0, 0.0, 0.0]
    """
    return _signs(patterns, alphabet).sum(axis=0)


def clipped(patterns, alphabet=SPINS):
    """Return only the sign of each of Hebb's weights: −1, 0 or 1.

    Examples
    --------
    >>> clipped([[1, 1, 1], [1, 1, -1], [1, 1, -1]]).tolist()
    [[0.0, 1.0, -1.0], [1.0, 0.0, -1.0], [-1.0, -1.0, 0.0]]
    """
    return np.sign(hebb(patterns, alphabet))


def bounded(patterns, bound=3, alphabet=SPINS):
    """Store the patterns one after the other, and after each cut every weight back to at most `bound`: old memories fade.

    Examples
    --------
    >>> bounded([[1, 1]] * 5 + [[1, -1]], bound=3).tolist()
    [[0.0, 2.0], [2.0, 0.0]]
    """
    _require.positive("bound", bound)
    patterns = _signs(patterns, alphabet)
    weights = np.zeros((patterns.shape[1],) * 2)
    for pattern in patterns:
        weights = np.clip(weights + np.outer(pattern, pattern), -bound, bound)
    return _hollow(weights)


def projector(patterns, alphabet=SPINS):
    """Return the orthogonal projection onto the span of the patterns, diagonal included: it reproduces every pattern exactly.

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

    It is ξ_i Σ_j W_ij s_j divided by the length of row i of W, with s the pattern in its own alphabet and ξ its sign. A pattern
    is stable if all its entries are positive.

    Examples
    --------
    >>> stabilities(hebb([[1, 1, 1]]), [[1, 1, 1]]).round(3).tolist()  # field 2, length √2
    [[1.414, 1.414, 1.414]]
    """
    weights, _, _, _ = _parts(weights)
    signs = _signs(patterns, alphabet)
    lengths = np.linalg.norm(weights, axis=1)
    return signs * (np.asarray(patterns) @ weights.T) / np.where(lengths > 0, lengths, 1)


def perceptron(patterns, kappa=0.0, symmetric=True, sweeps=1000, alphabet=SPINS):
    """Add Hebb's term for those units only that are not yet stable, again and again, until all have a stability above `kappa`.

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
    if kappa < 0 or not np.isfinite(kappa):
        raise ValueError(f"kappa must be finite and not negative, got {kappa}")
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


def unlearn(weights, dreams, epsilon, rng, biases=None, alphabet=SPINS):
    """Let the network fall from a random state into a stable one and take a little of that out of the weights, `dreams` times.

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
    _require.positive("epsilon", epsilon)
    weights, biases, (low, high), _ = _parts(weights, biases, alphabet)
    _require.symmetric(weights)
    for _ in range(_require.whole("dreams", dreams, least=0)):
        state = _require.generator(rng).choice((low, high), size=len(weights))
        dream = np.where(state == high, 1, -1)
        fields = weights @ state + biases
        while (unstable := np.flatnonzero(fields * dream < 0)).size:
            unit = unstable[rng.integers(unstable.size)]
            dream[unit] *= -1
            fields += weights[unit] * (high - low) * dream[unit]
        weights = _hollow(weights - epsilon * np.outer(dream, dream))
    return weights


# Recall.


class Recall(NamedTuple):
    """What recall found.

    ``states`` (..., N); ``sweeps`` (...), how many sweeps changed something; ``period`` (...): 1 where the state is stable, 2
    where a synchronous network swings between two states, 0 where it had not settled when the sweeps ran out.
    """

    states: np.ndarray
    sweeps: np.ndarray
    period: np.ndarray

    @property
    def converged(self):
        """Whether the state is stable, shape (...)."""
        return self.period == 1


def network(weights, biases=None, alphabet=SPINS):
    """Return a network that visits its units one at a time, in order: for its energy, and for temperatures above zero.

    Examples
    --------
    >>> [block.tolist() for block in network(hebb([[1, 1, -1]])).blocks]
    [[0], [1], [2]]
    """
    return Network(weights, biases, alphabet, blocks=np.arange(len(weights))[:, None])


def trajectory(weights, probe, rng=None, biases=None, alphabet=SPINS, order="random", sweeps=1000):
    """Recall one probe by the plain loop, and return every state on the way, one row per unit that changed.

    Parameters
    ----------
    weights : array_like, shape (N, N), or Network
    probe : array_like, shape (N,)
    rng : numpy.random.Generator
        Needed if the order is random.
    biases, alphabet : optional
    order : {"random", "fixed"}
        A new random order in every sweep, or the units as they are numbered.
    sweeps : int
        Most sweeps.

    Returns
    -------
    ndarray, shape (steps + 1, N)
        The probe first, the stable state last.

    Examples
    --------
    >>> trajectory(hebb([[1, 1, -1, 1]]), [1, -1, -1, 1], order="fixed").tolist()
    [[1, -1, -1, 1], [1, 1, -1, 1]]
    """
    weights, biases, (low, high), units = _parts(weights, biases, alphabet)
    state = _states("probe", probe, len(weights), (low, high)).copy()
    path = [state.copy()]
    for _ in range(sweeps):
        steps = len(path)
        for i in _order(units, order, rng):
            field = weights[i] @ state + biases[i]
            new = high if field > 0 else low if field < 0 else state[i]
            if new != state[i]:
                state[i] = new
                path.append(state.copy())
        if len(path) == steps:
            break
    return np.array(path)


def recall(weights, probes, rng=None, biases=None, alphabet=SPINS, order="random", sweeps=1000):
    """Let many probes run downhill at once, one unit at a time, until nothing changes.

    Parameters
    ----------
    weights : array_like, shape (N, N), or Network
        Symmetric weights always lead to a stable state; others need not.
    probes : array_like, shape (..., N)
        Values of the alphabet.
    rng : numpy.random.Generator
        Needed if the order is random.
    biases : array_like, shape (N,), optional
    alphabet : tuple, optional
    order : {"random", "fixed", "synchronous"}
        A new random order in every sweep (the same for all probes), the units as they are numbered, or all units at once from the
        old state.
    sweeps : int
        Most sweeps.

    Returns
    -------
    Recall

    Notes
    -----
    It does what `trajectory` does, with probes as columns. The fields of 64 units come from one matrix product; when one of those
    units changes, the fields of the rest are corrected by its weights. Probes that are stable are taken out. Whole numbers are
    computed with in single precision where that is exact.

    Examples
    --------
    >>> found = recall(hebb([[1, 1, -1, 1]]), [[1, -1, -1, 1], [-1, -1, 1, -1]], order="fixed")
    >>> found.states.tolist(), found.sweeps.tolist(), found.converged.tolist()
    ([[1, 1, -1, 1], [-1, -1, 1, -1]], [1, 0], [True, True])
    """
    weights, biases, alphabet, units = _parts(weights, biases, alphabet)
    largest = np.abs(weights).sum(axis=1) + np.abs(biases)
    source = _Matrix(weights, biases, _precision(largest.max(), weights, biases))
    return _recall(source, probes, alphabet, units, rng, order, sweeps)


def recall_hebb(patterns, probes, rng=None, biases=None, alphabet=SPINS, order="random", sweeps=1000):
    """Do the same as ``recall(hebb(patterns), ...)`` without ever making the weights: fields come from the overlaps.

    It takes the time of P instead of N products per unit, and is the way for large networks.

    Examples
    --------
    >>> recall_hebb([[1, 1, -1, 1]], [1, -1, -1, 1], order="fixed").states.tolist()
    [1, 1, -1, 1]
    """
    signs = _signs(patterns, alphabet)
    biases = _biases(biases, signs.shape[1])
    kind = _precision(signs.size + len(signs) + np.abs(biases).max(), biases)
    return _recall(_Overlaps(signs, biases, kind), probes, tuple(alphabet), np.arange(signs.shape[1]), rng, order, sweeps)


def recall_stochastic(weights, probes, beta, sweeps, rng, biases=None, alphabet=SPINS, discard=0):
    """Run the heat bath from each probe, visiting the units in fixed order, and return the last states and the average ones.

    Parameters
    ----------
    weights : array_like, shape (N, N), or Network
    probes : array_like, shape (..., N)
    beta : float
        Inverse temperature, positive.
    sweeps : int
    rng : numpy.random.Generator
    biases, alphabet : optional
    discard : int
        The first sweeps that are left out of the average.

    Returns
    -------
    states, means : ndarray, shape (..., N)

    Notes
    -----
    With u uniform, the field a is above the random threshold logit(u)/(β(high − low)) with probability σ(β(high − low)a):
    temperature is noise in the threshold. The states are those of `netlib.network.Network.sweep` with the same generator, only
    faster.

    Examples
    --------
    >>> weights = hebb([[1, 1, -1, -1]])
    >>> recall_stochastic(weights, [1, 1, -1, 1], 50.0, 3, np.random.default_rng(0))[0].tolist()  # cold: as without noise
    [1, 1, -1, -1]
    """
    weights, biases, alphabet, units = _parts(weights, biases, alphabet)
    beta = _require.positive("beta", beta)
    if _require.whole("sweeps", sweeps) <= _require.whole("discard", discard, least=0):
        raise ValueError(f"discard must be less than sweeps = {sweeps}, got {discard}")
    probes = _states("probes", probes, len(weights), alphabet)
    columns = probes.reshape(-1, len(weights)).T.astype(float)
    source = _Matrix(weights, biases, float)
    total = np.zeros_like(columns)
    for sweep in range(sweeps):
        uniform = _require.generator(rng).random((len(units), columns.shape[1]))
        with np.errstate(divide="ignore"):
            columns = _sweep(source, columns, units, alphabet, logit(uniform) / (beta * (alphabet[1] - alphabet[0])))
        if sweep >= discard:
            total += columns
    return columns.T.astype(probes.dtype).reshape(probes.shape), (total.T / (sweeps - discard)).reshape(probes.shape)


def fixed_points(weights, biases=None, alphabet=SPINS):
    """Return all states that no single-unit step changes, by looking at each of the 2ᴺ.

    Parameters
    ----------
    weights : array_like, shape (N, N), or Network
        N at most 20.
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
    weights, biases, (low, high), units = _parts(weights, biases, alphabet)
    n = len(weights)
    if n > 20:
        raise ValueError(f"enumeration needs at most 20 units, got {n}")
    stable = np.ones(2**n, dtype=bool)
    for i in units:
        field = biases[i : i + 1]
        for weight in weights[i]:                               # doubling: one more unit, first low, then high
            field = np.concatenate([field + low * weight, field + high * weight])
        halves, good = field.reshape(-1, 2, 2**i), stable.reshape(-1, 2, 2**i)
        good[:, 0] &= halves[:, 0] <= 0
        good[:, 1] &= halves[:, 1] >= 0
    bits = np.flatnonzero(stable)[:, None] >> np.arange(n) & 1
    return np.where(bits == 1, high, low).astype(np.int8)


def overlaps(states, patterns, alphabet=SPINS):
    """Return m^μ = Σ_i ξ_i^μ s_i / N, shape (..., P): 1 for the pattern itself, −1 for its inverse, about 0 for a stranger.

    Units of 0/1 count as ±1.

    Examples
    --------
    >>> overlaps([1, 1, -1, -1], [[1, 1, -1, 1], [1, -1, -1, 1]]).tolist()
    [0.5, 0.0]
    """
    patterns = _signs(patterns, alphabet)
    states = _states("states", states, patterns.shape[1], alphabet)
    return (states * 1.0 if tuple(alphabet) == SPINS else 2.0 * states - 1) @ patterns.T / patterns.shape[1]


def votes(weights, state, biases=None, alphabet=SPINS, voters=None):
    """Count the votes that each unit gets for its present value, and those against it.

    Unit j votes with W_ij s_j, and the bias with b_i: a positive vote is for high, a negative one for low.

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
        cast = cast[..., voters]
    cast = cast * np.where(state == alphabet[1], 1, -1)[..., None]
    return np.maximum(cast, 0).sum(axis=-1), np.maximum(-cast, 0).sum(axis=-1)


# Inside.


class _Matrix:
    """Fields from a matrix of weights."""

    def __init__(self, weights, biases, kind):
        self.weights, self.biases, self.kind = weights.astype(kind), biases.astype(kind)[:, None], kind

    def begin(self, states):
        self.states = states

    def fields(self, block):
        return self.weights[block] @ self.states + self.biases[block]

    def inside(self, block):
        return self.weights[np.ix_(block, block)]

    def changed(self, block, difference):
        pass


class _Overlaps:
    """The same fields from the overlaps with Hebbian patterns; P s_i is what the missing diagonal would have added."""

    def __init__(self, signs, biases, kind):
        self.patterns, self.biases, self.kind = signs.astype(kind), biases.astype(kind)[:, None], kind

    def begin(self, states):
        self.states, self.overlaps = states, self.patterns @ states

    def fields(self, block):
        return self.patterns[:, block].T @ self.overlaps - len(self.patterns) * self.states[block] + self.biases[block]

    def inside(self, block):
        return self.patterns[:, block].T @ self.patterns[:, block]

    def changed(self, block, difference):
        self.overlaps += self.patterns[:, block] @ difference


def _recall(source, probes, alphabet, units, rng, order, sweeps):
    probes = _states("probes", probes, len(source.biases), alphabet)
    _require.whole("sweeps", sweeps)
    states = probes.reshape(-1, probes.shape[-1]).T.astype(source.kind)
    counts, period = np.zeros(states.shape[1], dtype=int), np.zeros(states.shape[1], dtype=int)
    active, now, before = np.arange(states.shape[1]), states, None
    for sweep in range(sweeps):
        if order == "synchronous":
            after = _at_once(source, now, units, alphabet)
        else:
            after = _sweep(source, now, _order(units, order, rng), alphabet)
        still = (after == now).all(axis=0)
        swings = ~still & (after == before).all(axis=0) if order == "synchronous" and sweep else np.zeros_like(still)
        states[:, active] = after
        counts[active] += ~still
        period[active] = still + 2 * swings
        going = ~(still | swings)
        active, now, before = active[going], after[:, going], now[:, going]
        if not active.size:
            break
    shape = probes.shape[:-1]
    return Recall(states.T.astype(probes.dtype).reshape(probes.shape), counts.reshape(shape), period.reshape(shape))


def _sweep(source, states, order, alphabet, thresholds=None):
    """Visit the units in this order; `thresholds` has a row per visit, what the field must exceed (zero without it)."""
    states = states.copy()
    source.begin(states)
    for start in range(0, len(order), BLOCK):
        block = order[start : start + BLOCK]
        fields, inside, old = source.fields(block), source.inside(block), states[block]
        for k, unit in enumerate(block):
            excess = fields[k] if thresholds is None else fields[k] - thresholds[start + k]
            new = _decide(excess, states[unit], alphabet)
            changed = np.flatnonzero(new != states[unit])
            if changed.size:
                fields[k + 1 :, changed] += np.outer(inside[k + 1 :, k], (new - states[unit])[changed])
                states[unit] = new
        source.changed(block, states[block] - old)
    return states


def _at_once(source, states, units, alphabet):
    source.begin(states)
    after = states.copy()
    after[units] = _decide(source.fields(units), states[units], alphabet)
    return after


def _decide(field, old, alphabet):
    low, high = old.dtype.type(alphabet[0]), old.dtype.type(alphabet[1])
    return np.where(field > 0, high, np.where(field < 0, low, old))


def _order(units, order, rng):
    if order == "random":
        return _require.generator(rng).permutation(units)
    if order == "fixed":
        return np.sort(units)
    raise ValueError(f"order must be 'random', 'fixed' or, for recall, 'synchronous', got {order!r}")


def _precision(largest, *arrays):
    """Single precision if everything is whole and no partial sum passes 2²⁴; double otherwise."""
    exact = largest < 2**24 and all((array == np.rint(array)).all() for array in arrays)
    return np.float32 if exact else np.float64


def _parts(weights, biases=None, alphabet=SPINS):
    """Weights, biases, alphabet and the free units, from a network or from arrays."""
    if isinstance(weights, Network):
        if biases is not None:
            raise ValueError("a Network brings its own biases; leave the argument out")
        units = np.concatenate(weights.blocks) if weights.blocks else np.array([], dtype=int)
        return weights.weights, weights.biases, weights.alphabet, units
    weights = _require.finite("weights", weights)
    if weights.ndim != 2 or weights.shape[0] != weights.shape[1]:
        raise ValueError(f"weights must be a square matrix, got shape {weights.shape}")
    if np.diag(weights).any():
        i = np.flatnonzero(np.diag(weights))[0]
        raise ValueError(f"weights must have a zero diagonal, got W[{i}, {i}] = {weights[i, i]:g}")
    if tuple(alphabet) not in (SPINS, UNITS):
        raise ValueError(f"alphabet must be (-1, 1) or (0, 1), got {alphabet}")
    return weights, _biases(biases, len(weights)), tuple(alphabet), np.arange(len(weights))


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
    if tuple(alphabet) not in (SPINS, UNITS):
        raise ValueError(f"alphabet must be (-1, 1) or (0, 1), got {alphabet}")
    patterns = _require.in_alphabet("patterns", patterns, alphabet).astype(float)
    return patterns if tuple(alphabet) == SPINS else 2 * patterns - 1


def _hollow(weights):
    weights = weights.copy()
    np.fill_diagonal(weights, 0)
    return weights
