r"""Ground truth: a small network's Boltzmann distribution, by visiting every state.

A network of :math:`n` units has :math:`2^n` states, and everything that statistical mechanics asks about it is a sum over them:

.. math:: Z = \sum_s e^{-\beta E(s)}, \qquad p(s) = \frac{e^{-\beta E(s)}}{Z}, \qquad \langle f \rangle = \sum_s p(s)\, f(s).

For twenty units that is a million terms, a few milliseconds of work, if the energies come by *doubling*. Say that the
energies of all states of the first :math:`i` units are known, with every later unit low. Raise unit :math:`i`: the same
states again, each energy lowered by :math:`(\text{high}-\text{low})\,a_i(s)`. So each unit doubles the list, and its field
:math:`a_i` doubles in the same way, once for each earlier unit. No state is ever written out.

State number :math:`k` holds the binary digits of :math:`k`: unit 0 is the least significant digit, 0 means low and 1 means high.
What the samplers of this book produce is compared with what this module says.
"""

import numpy as np
from scipy.special import rel_entr

from netlib import _require
from netlib._require import distribution, enumerable, one_beta, units_of
from netlib.network import SPINS, Network


def states(n, alphabet=SPINS):
    """List all states of n units.

    In the book: chapter 6.

    Parameters
    ----------
    n : int
        At most 25.
    alphabet : tuple, optional
        (-1, 1) or (0, 1).

    Returns
    -------
    ndarray of int8, shape (2**n, n)
        Row k holds the binary digits of k, unit 0 the least significant, with low for 0 and high for 1.

    Examples
    --------
    >>> states(2, (0, 1)).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    n = enumerable(n)
    return state_of(np.arange(2**n), n, alphabet)


def state_of(index, n, alphabet=SPINS):
    """Return the states with these numbers, the inverse of `state_index`.

    In the book: chapter 6.

    Parameters
    ----------
    index : int or array_like of int, shape (...)
    n : int
    alphabet : tuple, optional

    Returns
    -------
    ndarray of int8, shape (..., n)

    Examples
    --------
    >>> state_of(6, 3).tolist()
    [-1, 1, 1]
    """
    n, (low, high) = enumerable(n), _require.alphabet(alphabet)
    index = np.asarray(index)
    if index.dtype.kind not in "iu":
        raise TypeError(f"index must hold whole numbers, got dtype {index.dtype}")
    if index.size and (index.min() < 0 or index.max() >= 2**n):
        raise ValueError(f"index must lie between 0 and {2**n - 1} for {n} units, got {index.min()} to {index.max()}")
    result = np.empty(index.shape + (n,), np.int8)
    for unit in range(n):
        result[..., unit] = low + (high - low) * (index >> unit & 1)
    return result


def state_index(state, alphabet=SPINS):
    """Return the number of each state: its row in `states`.

    In the book: chapter 8.

    Parameters
    ----------
    state : array_like, shape (..., n)
    alphabet : tuple, optional

    Returns
    -------
    ndarray of int, shape (...)

    Examples
    --------
    >>> int(state_index([-1, 1, 1]))
    6
    """
    low, high = _require.alphabet(alphabet)
    state = np.asarray(state)
    n = enumerable(state.shape[-1] if state.ndim else 0)
    return (_require.in_alphabet("state", state, (low, high)) == high) @ (1 << np.arange(n))


def energies(network):
    """Return the energies of all states, in the order of `states`.

    In the book: chapter 6.

    Parameters
    ----------
    network : Network
        At most 25 units.

    Returns
    -------
    ndarray, shape (2**n,)

    Raises
    ------
    ValueError
        If there are too many units to enumerate.

    Examples
    --------
    >>> energies(Network([[0, 1], [1, 0]])).tolist()
    [-1.0, 1.0, 1.0, -1.0]
    """
    weights, biases, (low, high) = _parts(network)
    n, gap = len(weights), high - low
    energy, field = np.empty(2**n), np.empty(2**n // 2)
    energy[0] = -0.5 * low * low * weights.sum() - low * biases.sum()
    for i in range(n):
        field[0] = gap * (biases[i] + low * weights[i].sum())
        for j in range(i):
            np.add(field[: 1 << j], gap * gap * weights[i, j], out=field[1 << j : 2 << j])
        np.subtract(energy[: 1 << i], field[: 1 << i], out=energy[1 << i : 2 << i])
    return energy


def log_partition(network, beta=1.0):
    r"""Return ln Z, computed without overflow however large the energies.

    The largest exponent is taken out of the sum, :math:`\ln\sum e^{x} = m + \ln\sum e^{x-m}`.

    In the book: chapter 6.

    Parameters
    ----------
    network : Network
    beta : float or array_like, shape (...), optional
        Inverse temperatures; the states are visited once for all of them.

    Returns
    -------
    ndarray or float, shape of beta

    Examples
    --------
    Two free units have four states of energy 0.

    >>> bool(np.isclose(log_partition(Network([[0, 0], [0, 0]])), np.log(4)))
    True
    """
    return _thermal(network, beta, lambda energy, p, log_z, beta: log_z)


def probabilities(network, beta=1.0):
    """Return the Boltzmann probability of every state, in the order of `states`.

    In the book: chapter 6.

    Parameters
    ----------
    network : Network
    beta : float, optional

    Returns
    -------
    ndarray, shape (2**n,)
        Adds up to one.

    Examples
    --------
    >>> probabilities(Network([[0, 1], [1, 0]]), beta=0.0).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    return _boltzmann(energies(network), one_beta(beta))[0]


def mean_energy(network, beta=1.0):
    r"""Return :math:`U = \langle E \rangle`, shape of beta.

    In the book: chapter 6.

    Examples
    --------
    A pair of spins has energy −1 (twice) or +1 (twice), so U = −tanh β.

    >>> bool(np.isclose(mean_energy(Network([[0, 1], [1, 0]]), beta=0.5), -np.tanh(0.5)))
    True
    """
    return _thermal(network, beta, lambda energy, p, log_z, beta: p @ energy)


def heat_capacity(network, beta=1.0):
    r"""Return :math:`C = \mathrm{d}U/\mathrm{d}T = \beta^2 (\langle E^2 \rangle - \langle E \rangle^2)`, shape of beta.

    This is the whole network's; divide by the number of units for the specific heat.

    In the book: chapter 6.

    Examples
    --------
    >>> bool(np.isclose(heat_capacity(Network([[0, 1], [1, 0]]), beta=0.5), (0.5 / np.cosh(0.5)) ** 2))
    True
    """
    return _thermal(network, beta, lambda energy, p, log_z, beta: beta**2 * (p @ (energy - p @ energy) ** 2))


def entropy(network, beta=1.0):
    r"""Return :math:`S = -\sum p \ln p = \ln Z + \beta U`, in nats, shape of beta.

    In the book: chapter 6.

    Examples
    --------
    At low temperature two ground states are left.

    >>> bool(np.isclose(entropy(Network([[0, 1], [1, 0]]), beta=100.0), np.log(2)))
    True
    """
    return _thermal(network, beta, lambda energy, p, log_z, beta: log_z + beta * (p @ energy))


def free_energy(network, beta=1.0):
    r"""Return :math:`F = -T \ln Z = U - TS`, shape of beta; at infinite temperature (beta = 0) it has no finite value.

    In the book: chapter 6.

    Raises
    ------
    ValueError
        If beta is 0.

    Examples
    --------
    >>> bool(np.isclose(free_energy(Network([[0, 0], [0, 0]]), beta=2.0), -np.log(4) / 2))
    True
    """
    if np.any(_require.inverse_temperature(beta) == 0):
        raise ValueError("beta must be positive: the free energy -ln Z / beta is infinite at beta = 0")
    return -log_partition(network, beta) / beta


def moments(network, beta=1.0):
    r"""Return :math:`\langle s_i \rangle` and :math:`\langle s_i s_j \rangle` (not centred).

    In the book: chapter 7.

    Parameters
    ----------
    network : Network
    beta : float, optional

    Returns
    -------
    mean : ndarray, shape (n,)
    second : ndarray, shape (n, n)

    Examples
    --------
    >>> mean, second = moments(Network([[0, 1], [1, 0]]), beta=0.5)
    >>> np.allclose(mean, 0), bool(np.isclose(second[0, 1], np.tanh(0.5)))
    (True, True)
    """
    return moments_of(probabilities(network, beta), network.alphabet)


def moments_of(p, alphabet=SPINS):
    r"""Return the first two moments of any law over the states, as `moments` does for the Boltzmann law.

    The :math:`n` digits of the state number are cut into a low and a high half, so that :math:`p` becomes a matrix
    :math:`P` of :math:`2^{n/2}` by :math:`2^{n/2}`. Pairs with one unit in each half are :math:`S_\text{high}^\mathsf{T} P\,
    S_\text{low}`; pairs within a half need only that half's marginal. The states of all n units are never written out.

    In the book: chapter 18.

    Parameters
    ----------
    p : array_like, shape (2**n,)
    alphabet : tuple, optional

    Returns
    -------
    mean : ndarray, shape (n,)
    second : ndarray, shape (n, n)

    Examples
    --------
    >>> mean, second = moments_of([0.5, 0, 0, 0.5])
    >>> mean.tolist(), second.tolist()
    ([0.0, 0.0], [[1.0, 1.0], [1.0, 1.0]])
    """
    p = distribution("p", p)
    n = units_of("p", p)
    n_low = n // 2
    low, high = states(n_low, alphabet).astype(float), states(n - n_low, alphabet).astype(float)
    joint = p.reshape(len(high), len(low))
    p_low, p_high = joint.sum(axis=0), joint.sum(axis=1)
    across = high.T @ (joint @ low)
    mean = np.concatenate([p_low @ low, p_high @ high])
    second = np.block([[low.T @ (p_low[:, None] * low), across.T], [across, high.T @ (p_high[:, None] * high)]])
    return mean, second


def sample(network, beta, size, rng):
    """Draw independent states from the exact distribution: the sampler without a chain.

    In the book: chapter 8.

    Parameters
    ----------
    network : Network
    beta : float
    size : int or tuple of int
        How many.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int8, shape (*size, n)

    Examples
    --------
    >>> sample(Network([[0, 1], [1, 0]], biases=[1, 1]), beta=50.0, size=2, rng=np.random.default_rng(0)).tolist()
    [[1, 1], [1, 1]]
    """
    _require.generator(rng)
    p = probabilities(network, beta)
    steps = np.cumsum(p)
    index = np.searchsorted(steps, rng.random(size) * steps[-1], side="right")
    return state_of(index, len(network.weights), network.alphabet)


def kl(p, q):
    r"""Return the Kullback–Leibler divergence :math:`\sum_s p(s) \ln\bigl(p(s)/q(s)\bigr)`, in nats.

    In the book: chapter 4.

    Parameters
    ----------
    p, q : array_like, same shape
        Probabilities. Where p is 0 the term is 0; where only q is 0 the divergence is infinite.

    Returns
    -------
    float

    Examples
    --------
    Three units of even parity against the uniform law: ln 2.

    >>> parity = np.array([1, 0, 0, 1, 0, 1, 1, 0]) / 4
    >>> bool(np.isclose(kl(parity, np.full(8, 1 / 8)), np.log(2)))
    True
    """
    p, q = distribution("p", p), distribution("q", q)
    if p.shape != q.shape:
        raise ValueError(f"p and q must have the same shape, got {p.shape} and {q.shape}")
    return float(rel_entr(p, q).sum())


def marginal(p, units, n):
    """Sum the other units out of a law over the states of n units.

    In the book: chapter 8.

    Parameters
    ----------
    p : array_like, shape (2**n,)
    units : array_like of int
        Those that stay; the first becomes the least significant digit of the new state number.
    n : int

    Returns
    -------
    ndarray, shape (2**len(units),)

    Examples
    --------
    >>> marginal([0.1, 0.2, 0.3, 0.4], units=[1], n=2).round(12).tolist()
    [0.3, 0.7]
    """
    p, units = _law_of(p, n), _require.check_units(units, n)
    others = np.setdiff1d(np.arange(n), units)
    return _digits_first(p, units, others, n).sum(axis=0)


def conditional(p, units, values, n, alphabet=SPINS):
    """Return the law of the other units, given the values of some.

    In the book: chapter 17.

    Parameters
    ----------
    p : array_like, shape (2**n,)
    units : array_like of int
        Those whose values are known.
    values : array_like, shape (len(units),)
        Their values, of the alphabet.
    n : int
    alphabet : tuple, optional

    Returns
    -------
    ndarray, shape (2**(n - len(units)),)
        Over the states of the other units, in ascending order.

    Raises
    ------
    ValueError
        If the known values have probability 0.

    Examples
    --------
    >>> conditional([0.1, 0.2, 0.3, 0.4], units=[0], values=[1], n=2).round(12).tolist()
    [0.333333333333, 0.666666666667]
    """
    p, units = _law_of(p, n), _require.check_units(units, n)
    values = _require.length("values", values, len(units))
    others = np.setdiff1d(np.arange(n), units)
    given = _digits_first(p, others, units, n)[state_index(values, alphabet) if len(units) else 0]
    if given.sum() == 0:
        raise ValueError(f"units {units.tolist()} take the values {values.tolist()} with probability 0: no conditional law")
    return given / given.sum()




def _parts(network):
    if not isinstance(network, Network):
        raise TypeError(f"network must be a Network, got {type(network).__name__}")
    enumerable(len(network.weights))
    return network.weights.astype(float), network.biases.astype(float), network.alphabet


def _boltzmann(energy, beta):
    """Return p and ln Z, with two arrays of the size of `energy` and no more."""
    p = -beta * energy
    top = p.max()
    p -= top
    np.exp(p, out=p)
    z = p.sum()
    p /= z
    return p, top + np.log(z)


def _thermal(network, beta, quantity):
    """Return quantity(energy, p, ln Z, beta) for each beta; the energies are computed once."""
    beta = _require.inverse_temperature(beta)
    energy = energies(network)
    result = np.array([quantity(energy, *_boltzmann(energy, b), b) for b in beta.ravel().astype(float)])
    return result.reshape(beta.shape)[()]


def _law_of(p, n):
    p, n = distribution("p", p), enumerable(n)
    if len(p) != 2**n:
        raise ValueError(f"p must have 2**{n} = {2**n} entries for n = {n} units, got {len(p)}")
    return p


def _digits_first(p, columns, rows, n):
    """Return p as a matrix: rows count the states of the units `rows`, columns those of the units `columns`."""
    axes = [n - 1 - unit for unit in [*rows[::-1], *columns[::-1]]]
    return p.reshape((2,) * n).transpose(axes).reshape(2 ** len(rows), 2 ** len(columns))
