r"""Samplers as matrices: on a small network, every claim about a Markov chain can be checked entry by entry.

A sampler on :math:`n` units is a matrix of :math:`2^n` rows, :math:`P_{xy} = P(x \to y)`, each row adding up to one; the states
are numbered as in `netlib.exact`. Doing one step after another multiplies the matrices. Three questions about a sampler of a
law :math:`\pi` are separate, and this module answers each with a number:

.. math::

   \text{stationarity:}\quad & \textstyle\sum_x \pi_x P_{xy} = \pi_y, \\
   \text{detailed balance:}\quad & \pi_x P_{xy} = \pi_y P_{yx}, \\
   \text{ergodicity:}\quad & \text{one closed class of states, and period 1.}

Detailed balance implies stationarity (sum over x), not the other way round. Neither implies ergodicity.
"""

from math import gcd, lcm

import numpy as np
from scipy.sparse.csgraph import breadth_first_order, connected_components
from scipy.special import expit

from netlib import _require, exact
from netlib.network import UNITS, Network, check_block, free_units

LIMIT = 12


def block_matrix(network, block, beta):
    r"""Return the matrix that updates all units of one block at once, by the network's rule.

    Given the old state x, the units of the block take their new values independently,

    .. math:: P_{xy} = \prod_{i \in \text{block}} P(y_i \mid x) \prod_{j \notin \text{block}} [y_j = x_j].

    In the book: chapter 8.

    Parameters
    ----------
    network : Network
        At most 12 units.
    block : array_like of int
        Units with no weight between them.
    beta : float

    Returns
    -------
    ndarray, shape (2**n, 2**n)

    Raises
    ------
    ValueError
        If two units of the block are joined by a weight, or there are too many units.

    Examples
    --------
    Unit 0 of a free pair forgets its value, unit 1 stays.

    >>> block_matrix(Network(np.zeros((2, 2))), [0], beta=1.0).tolist()
    [[0.5, 0.5, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.5, 0.5], [0.0, 0.0, 0.5, 0.5]]
    """
    _small(network)
    return _update_together(network, check_block(network.weights, block), beta)


def sweep_matrix(network, beta):
    """Return the matrix of one sweep of the network: its blocks, one after the other.

    In the book: chapter 8.

    Parameters
    ----------
    network : Network
    beta : float

    Returns
    -------
    ndarray, shape (2**n, 2**n)

    Examples
    --------
    >>> sweep_matrix(Network(np.zeros((2, 2)), blocks=[[0], [1]]), beta=1.0)[0].tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    _small(network)
    sweep = np.eye(2 ** len(network.weights))
    for block in network.blocks:
        sweep = sweep @ block_matrix(network, block, beta)
    return sweep


def random_order_matrix(network, beta):
    """Return the matrix of *one* update of one unit picked at random among those in the network's blocks.

    A random-order sweep of N units is the N-th power of this matrix.

    In the book: chapter 8.

    Parameters
    ----------
    network : Network
    beta : float

    Returns
    -------
    ndarray, shape (2**n, 2**n)

    Examples
    --------
    >>> random_order_matrix(Network(np.zeros((2, 2))), beta=1.0)[0].tolist()
    [0.5, 0.25, 0.25, 0.0]
    """
    _small(network)
    units = free_units(network)
    if units.size == 0:
        raise ValueError("all units are clamped: there is none to pick")
    return sum(block_matrix(network, [unit], beta) for unit in units) / len(units)


def synchronous_matrix(network, beta):
    """Return the matrix that draws all units at once from the same old state, weights between them or not.

    Stationary for a law that is *not* the Boltzmann distribution of the network; here to be shown wrong.

    In the book: chapter 8.

    Parameters
    ----------
    network : Network
    beta : float

    Returns
    -------
    ndarray, shape (2**n, 2**n)

    Examples
    --------
    Two strongly coupled spins that disagree copy each other, and exchange their values for ever.

    >>> synchronous_matrix(Network([[0, 1], [1, 0]]), beta=50.0)[1].round(6).tolist()
    [0.0, 0.0, 1.0, 0.0]
    """
    _small(network)
    return _update_together(network, free_units(network), beta)


def stationary(P):
    r"""Return the law :math:`\pi = \pi P`, which is unique when there is one closed class.

    States are removed one by one: whoever passed through the removed state now goes on directly. Then they are put back.
    The method never subtracts, so that the smallest probabilities too come out with full relative accuracy.

    In the book: chapters 5 and 8.

    Parameters
    ----------
    P : array_like, shape (M, M)

    Returns
    -------
    ndarray, shape (M,)

    Raises
    ------
    ValueError
        If P is no transition matrix, or has several closed classes and so several stationary laws.

    References
    ----------
    W. K. Grassmann, M. I. Taksar and D. P. Heyman, Operations Research 33 (1985) 1107–1116.

    Examples
    --------
    >>> stationary([[0.9, 0.1], [0.3, 0.7]]).round(12).tolist()
    [0.75, 0.25]
    """
    P = _transition(P)
    classes = closed_classes(P)
    if len(classes) > 1:
        raise ValueError(f"P has {len(classes)} closed classes, so its stationary law is not unique")
    inside = classes[0]
    A = P[np.ix_(inside, inside)].copy()
    for last in range(len(A) - 1, 0, -1):
        A[:last, last] /= A[last, :last].sum()
        A[:last, :last] += np.outer(A[:last, last], A[last, :last])
    weight = np.ones(len(A))
    for last in range(1, len(A)):
        weight[last] = weight[:last] @ A[:last, last]
    pi = np.zeros(len(P))
    pi[inside] = weight / weight.sum()
    return pi


def stationarity_error(pi, P):
    r"""Return :math:`\max_y |\sum_x \pi_x P_{xy} - \pi_y|`, zero (to rounding) if P leaves the law as it is.

    In the book: chapter 8.

    Examples
    --------
    >>> stationarity_error([0.5, 0.5], [[0.0, 1.0], [1.0, 0.0]])
    0.0
    """
    pi, P = _law_and_matrix(pi, P)
    return float(np.abs(pi @ P - pi).max())


def is_stationary(pi, P, tolerance=1e-12):
    """Return whether `stationarity_error` is at most the tolerance.

    In the book: chapter 8.

    Examples
    --------
    >>> is_stationary([0.5, 0.5], [[0.9, 0.1], [0.1, 0.9]]), is_stationary([0.9, 0.1], [[0.9, 0.1], [0.1, 0.9]])
    (True, False)
    """
    return stationarity_error(pi, P) <= tolerance


def detailed_balance_error(pi, P):
    r"""Return :math:`\max_{x,y} |\pi_x P_{xy} - \pi_y P_{yx}|`, the largest net flow of probability between two states.

    In the book: chapters 5 and 8.

    Examples
    --------
    Three states in a circle: the uniform law is stationary, and a third of it flows round and round.

    >>> P = [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
    >>> stationarity_error(np.full(3, 1 / 3), P), round(detailed_balance_error(np.full(3, 1 / 3), P), 6)
    (0.0, 0.333333)
    """
    pi, P = _law_and_matrix(pi, P)
    flow = pi[:, None] * P
    return float(np.abs(flow - flow.T).max())


def time_reversed(pi, P):
    r"""Return the matrix of the chain seen backwards, :math:`P^*_{xy} = \pi_y P_{yx} / \pi_x`.

    Detailed balance says that the two are the same. The reverse of a sweep over blocks is the sweep in the opposite order.

    In the book: chapter 5.

    Parameters
    ----------
    pi : array_like, shape (M,)
        Stationary for P, and nowhere zero.
    P : array_like, shape (M, M)

    Returns
    -------
    ndarray, shape (M, M)

    Examples
    --------
    >>> time_reversed(np.full(3, 1 / 3), [[0, 1, 0], [0, 0, 1], [1, 0, 0]]).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    pi, P = _law_and_matrix(pi, P)
    if pi.min() == 0:
        raise ValueError(f"pi must be nowhere zero, got 0 at index {int(pi.argmin())}")
    return P.T * pi / pi[:, None]


def closed_classes(P):
    """Return the sets of states that the chain, once inside, neither leaves nor leaves unvisited.

    In the book: chapter 8.

    Parameters
    ----------
    P : array_like, shape (M, M)

    Returns
    -------
    list of ndarray
        State numbers, ascending. One class: the chain forgets where it started. States in no class are left for good.

    Examples
    --------
    >>> [c.tolist() for c in closed_classes([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5, 0.0]])]
    [[0], [1]]
    """
    possible = _transition(P) > 0
    count, label = connected_components(possible, directed=True, connection="strong")
    leaves = (possible & (label[:, None] != label)).any(axis=1)
    classes = [np.flatnonzero(label == c) for c in range(count) if not leaves[label == c].any()]
    return sorted(classes, key=lambda members: members[0])


def period(P):
    r"""Return the number of steps after which the chain's clock starts again: 1 if it has no clock.

    The period of a closed class is the greatest common divisor of the lengths of its round trips. Of several classes, the least
    common multiple is returned: the smallest d such that the powers :math:`P^{d}, P^{2d}, P^{3d}, \dots` converge.

    In the book: chapter 5.

    Examples
    --------
    >>> period([[0.0, 1.0], [1.0, 0.0]])
    2
    """
    P = _transition(P)
    return lcm(*(_class_period(P[np.ix_(inside, inside)] > 0) for inside in closed_classes(P)))


def is_ergodic(P):
    """Return whether the chain goes to one and the same law from every start: one closed class, and period 1.

    In the book: chapter 5.

    Examples
    --------
    >>> is_ergodic([[0.5, 0.5], [0.5, 0.5]]), is_ergodic([[0.0, 1.0], [1.0, 0.0]])
    (True, False)
    """
    return len(closed_classes(P)) == 1 and period(P) == 1


def spectral_gap(P):
    r"""Return :math:`1 - |\lambda_2|`, the distance of the second largest eigenvalue (in modulus) from the circle.

    In the book: chapter 5.

    Examples
    --------
    With two states the second eigenvalue is 1 − a − b.

    >>> round(spectral_gap([[0.9, 0.1], [0.3, 0.7]]), 12)
    0.4
    """
    size = np.sort(np.abs(np.linalg.eigvals(_transition(P))))
    return float(max(0.0, 1 - size[-2])) if len(size) > 1 else 1.0


def relaxation_time(P):
    r"""Return :math:`-1/\ln|\lambda_2|`: the steps in which the slowest deviation shrinks by a factor e.

    Infinite if it never shrinks (several closed classes, or a period).

    In the book: chapter 5.

    Examples
    --------
    >>> round(relaxation_time([[0.9, 0.1], [0.3, 0.7]]), 4)
    1.9576
    """
    gap = spectral_gap(P)
    if gap >= 1:
        return 0.0
    return float(-1 / np.log1p(-gap)) if gap > 1e-12 else float("inf")


def total_variation(p, q):
    r"""Return :math:`\tfrac12 \sum_x |p_x - q_x|`, the largest difference of probability that any event can have.

    In the book: chapter 5.

    Parameters
    ----------
    p, q : array_like, shape (..., M)
        The last axis adds up to one.

    Returns
    -------
    float or ndarray, shape (...)

    Examples
    --------
    >>> float(total_variation([1.0, 0.0], [0.5, 0.5]))
    0.5
    """
    p, q = _require.finite("p", p), _require.finite("q", q)
    for name, law in (("p", p), ("q", q)):
        if law.ndim == 0 or (law < 0).any() or (abs(law.sum(axis=-1) - 1) > 1e-9).any():
            raise ValueError(f"{name} must hold probabilities that add up to 1 on the last axis")
    if p.shape[-1] != q.shape[-1]:
        raise ValueError(f"p and q must have equally many states, got shapes {p.shape} and {q.shape}")
    _require.fitting(p=p, q=q)
    return np.abs(p - q).sum(axis=-1) / 2


def evolve(p, P, steps):
    """Return the law after 0, 1, ..., `steps` steps.

    In the book: chapter 5.

    Parameters
    ----------
    p : array_like, shape (M,)
        The law at the start.
    P : array_like, shape (M, M)
    steps : int

    Returns
    -------
    ndarray, shape (steps + 1, M)

    Examples
    --------
    >>> evolve([1.0, 0.0], [[0.5, 0.5], [0.5, 0.5]], steps=1).tolist()
    [[1.0, 0.0], [0.5, 0.5]]
    """
    p, P = _law_and_matrix(p, P, name="p")
    laws = [p]
    for _ in range(_require.whole("steps", steps, least=0)):
        laws.append(laws[-1] @ P)
    return np.array(laws)


def _transition(P):
    """Return `P` as a float array if it is a transition matrix: square, not negative, rows that add up to 1 (to 1e-9)."""
    P = _require.finite("P", P)
    if P.ndim != 2 or P.shape[0] != P.shape[1] or len(P) == 0:
        raise ValueError(f"P must be a square matrix, got shape {P.shape}")
    if P.min() < 0:
        raise ValueError(f"P must not have negative entries, got {P.min():g}")
    rows = P.sum(axis=1)
    if np.abs(rows - 1).max() > 1e-9:
        worst = int(np.abs(rows - 1).argmax())
        raise ValueError(f"each row of P must add up to 1 (P[x, y] goes from x to y), row {worst} gives {rows[worst]:.12g}")
    return P


def _small(network):
    if not isinstance(network, Network):
        raise TypeError(f"network must be a Network, got {type(network).__name__}")
    return _require.enumerable(len(network.weights), LIMIT)


def _update_together(network, units, beta):
    """Row x: the units go to each of their 2**k joint values, independently, given x; the other units stay."""
    states = exact.states(len(network.weights), network.alphabet)
    becomes_low, becomes_high = _after_update(network, states, beta)
    x = np.arange(len(states))
    rest = x & ~np.sum(1 << units, dtype=int)
    P = np.zeros((len(states), len(states)))
    for bits in exact.states(len(units), UNITS).astype(int):
        y = rest | np.sum(bits << units, dtype=int)
        P[x, y] = np.where(bits, becomes_high[:, units], becomes_low[:, units]).prod(axis=1)
    return P


def _after_update(network, states, beta):
    """P(unit i is low) and P(unit i is high) after its update, for every state x and unit i, by the network's rule."""
    low, high = network.alphabet
    field, beta = network.local_field(states), _require.one_beta(beta)
    if network.rule == "heat bath":
        return expit(-beta * (high - low) * field), expit(beta * (high - low) * field)
    energy_change = -field * (low + high - 2.0 * states)
    flips = np.exp(np.minimum(0, -beta * energy_change))
    return np.where(states == low, 1 - flips, flips), np.where(states == high, 1 - flips, flips)


def _class_period(possible):
    """The greatest common divisor of distance[x] + 1 − distance[y] over all possible steps x → y."""
    order, previous = breadth_first_order(possible, 0)
    distance = np.zeros(len(possible), int)
    for state in order[1:]:
        distance[state] = distance[previous[state]] + 1
    x, y = np.nonzero(possible)
    return gcd(*np.unique(distance[x] + 1 - distance[y]).tolist())


def _law_and_matrix(pi, P, name="pi"):
    pi, P = _require.distribution(name, pi), _transition(P)
    if len(pi) != len(P):
        raise ValueError(f"{name} and P must have equally many states, got {len(pi)} and {len(P)}")
    return pi, P
