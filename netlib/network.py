r"""The spine of the book: a pairwise network, its energy, and one sampler over blocks of independent units.

A state :math:`s` of :math:`N` units, each holding one of two values (its alphabet: ±1 for spins, 0/1 for units), has the energy

.. math:: E(s) = -\tfrac12 s^\mathsf{T} W s - b^\mathsf{T} s,

with symmetric weights :math:`W` (zero diagonal, so the first term counts every pair once) and biases :math:`b`. Given all
other units, unit :math:`i` sees only its local field :math:`a_i = \sum_j W_{ij} s_j + b_i`; it takes its upper value with
probability

.. math::

   P(s_i = \text{high} \mid \text{rest}) = \sigma\bigl(\beta\,(\text{high}-\text{low})\,a_i\bigr),
   \qquad \sigma(x)=\frac{1}{1+e^{-x}}.

Units without a weight between them do not appear in each other's field. A block of such units may therefore be drawn at once,
independently, from one and the same old state: that is the whole theory of parallel updating, and `update_block` is all of
the code.
"""

from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np
from scipy.special import expit

from netlib import _require
from netlib._require import check_block, check_units

SPINS = (-1, 1)
UNITS = (0, 1)
RULES = ("heat bath", "metropolis")


@runtime_checkable
class Model(Protocol):
    """What every model of this book can do: say what a state costs, and move a state by chance.

    Whatever has these two methods is a model; nothing need be inherited. What is written for a model (a ladder of temperatures,
    a statistic, a scan) then works for a `Network`, a lattice, a machine with hidden units or a memory alike, because it calls
    nothing else.

    - ``energy(state)`` returns one number for each state. The last axis of `state` (the last two, for a square lattice) holds
      the units; all axes before it count states, so an array of shape (5, 3, N) holds 15 states and gets energies of shape
      (5, 3).
    - ``sweep(state, beta, rng)`` returns a new array of the same shape, after as many updates as the model calls a sweep (as a
      rule, one for each unit that is not clamped). The argument stays as it was. `beta` is the inverse temperature: one number
      for all, or anything that broadcasts to one number per state. All randomness comes from `rng`, a
      ``numpy.random.Generator``: the same seed gives the same states.

    The promise behind `sweep`: states that follow the Boltzmann law, P(s) proportional to exp(−βE(s)), follow it still
    afterwards. If sweeps also lead from every state to every other, and not round in circles, then states from anywhere come
    to follow it.

    In the book: chapters 8 and 10.

    Examples
    --------
    >>> class Coins:
    ...     "Units that know nothing of each other: every state costs 0."
    ...     def energy(self, state):
    ...         return np.zeros(np.shape(state)[:-1])
    ...     def sweep(self, state, beta, rng):
    ...         return rng.choice(UNITS, np.shape(state))
    >>> isinstance(Coins(), Model), isinstance(Network([[0, 1], [1, 0]]), Model)
    (True, True)
    """

    def energy(self, state):
        """Return the energy of each state, shape (...)."""

    def sweep(self, state, beta, rng):
        """Return the states after one sweep at inverse temperature `beta`, in the shape of `state`."""


@dataclass(frozen=True, eq=False)
class Network:
    """A pairwise network, and the order in which a sweep visits its units.

    In the book: chapters 6 and 8.

    Parameters
    ----------
    weights : array_like, shape (N, N)
        Symmetric, finite, zero diagonal; in units of energy.
    biases : array_like, shape (N,), optional
        External field on each unit; zero if left out.
    alphabet : tuple, optional
        ``SPINS`` = (-1, 1) or ``UNITS`` = (0, 1).
    blocks : sequence of integer arrays, optional
        The blocks that a sweep updates, in this order; no two units of a block may be joined by a weight. If left out, the
        colour classes of the weights. Units that appear in no block are clamped.
    rule : {"heat bath", "metropolis"}, optional
        How a unit is updated.

    Raises
    ------
    ValueError
        If the weights are not symmetric, the diagonal is not zero, a number is not finite, shapes disagree, the alphabet or
        rule is unknown, or a block holds two joined units.

    Examples
    --------
    >>> pair = Network([[0, 1], [1, 0]], alphabet=SPINS)
    >>> [float(pair.energy(s)) for s in ([1, 1], [1, -1])]
    [-1.0, 1.0]
    >>> [block.tolist() for block in pair.blocks]
    [[0], [1]]
    """

    weights: np.ndarray
    biases: np.ndarray = None
    alphabet: tuple = SPINS
    blocks: tuple = None
    rule: str = "heat bath"

    def __post_init__(self):
        weights = _require.symmetric(self.weights).copy()
        units = len(weights)
        biases = _require.finite("biases", np.zeros(units) if self.biases is None else self.biases).copy()
        if biases.shape != (units,):
            raise ValueError(f"biases must have shape ({units},) to match the weights, got {biases.shape}")
        alphabet = _require.alphabet(self.alphabet)
        _require.one_of("rule", self.rule, RULES)
        blocks = colour_classes(weights) if self.blocks is None else [check_block(weights, block) for block in self.blocks]
        for name, value in dict(weights=weights, biases=biases, alphabet=alphabet, blocks=tuple(blocks)).items():
            object.__setattr__(self, name, value)

    def energy(self, state):
        """Return E(s) = −½ sᵀWs − bᵀs of each state.

        Parameters
        ----------
        state : array_like, shape (..., N)
            Values of the alphabet.

        Returns
        -------
        ndarray, shape (...)

        Examples
        --------
        >>> float(Network([[0, 2], [2, 0]], biases=[0.5, 0], alphabet=UNITS).energy([1, 1]))
        -2.5
        """
        state = self._state(state)
        return -0.5 * np.einsum("...i,...i->...", state @ self.weights, state) - state @ self.biases

    def local_field(self, state):
        """Return a_i = Σ_j W_ij s_j + b_i for every unit, shape (..., N)."""
        return self._state(state) @ self.weights + self.biases

    def sweep(self, state, beta, rng):
        """Return the state after each block has been updated once, in order.

        Parameters
        ----------
        state : array_like, shape (..., N)
            Leading axes are independent chains.
        beta : float or array_like, shape (...)
            Inverse temperature, the same for all chains or one for each.
        rng : numpy.random.Generator

        Returns
        -------
        ndarray, shape (..., N)
            A new array; the argument is not changed.

        Examples
        --------
        >>> ferromagnet = Network([[0, 1], [1, 0]])
        >>> ferromagnet.sweep([1, 1], beta=50.0, rng=np.random.default_rng(0)).tolist()
        [1, 1]
        """
        state = self._state(state).copy()
        beta = _require.beta_for(beta, state.shape[:-1])
        _require.generator(rng)
        for block in self.blocks:
            state[..., block] = _draw(self, state, block, beta, rng)
        return state

    def clamp(self, units):
        """Return the same network with `units` taken out of every block: a sweep leaves them as they are."""
        held = check_units(units, len(self.weights))
        free = (np.setdiff1d(block, held) for block in self.blocks)
        return replace(self, blocks=tuple(block for block in free if block.size))

    def _state(self, state):
        state = _require.length("state", state, len(self.weights))
        return _require.in_alphabet("state", state, self.alphabet)


def update_block(network, state, block, beta, rng):
    """Draw all units of one block at once, given the rest.

    In the book: chapter 8.

    Parameters
    ----------
    network : Network
    state : array_like, shape (..., N)
    block : array_like of int
        Units with no weight between them.
    beta : float or array_like, shape (...)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (..., N)

    Raises
    ------
    ValueError
        If two units of the block are joined by a weight: their draws would not be independent.

    Examples
    --------
    >>> update_block(Network([[0, 1], [1, 0]]), [1, 1], [0, 1], 1.0, np.random.default_rng(0))
    Traceback (most recent call last):
        ...
    ValueError: units 0 and 1 of a block are joined by W[0, 1] = 1; independent draws need a block without a weight inside
    """
    return replace(network, blocks=(block,)).sweep(state, beta, rng)


def random_order_sweep(network, state, beta, rng):
    """Return the state after N single-unit updates of units drawn at random, with replacement.

    Each update picks one unit uniformly among those in the network's blocks (the clamped ones stay). All chains of one call
    share the picks, so what they see of the order is not independent. (In `ising.random_order_sweep` each has its own.)

    In the book: chapter 8.

    Examples
    --------
    >>> left, right = random_order_sweep(Network([[0, 1], [1, 0]]), [1, -1], 50.0, np.random.default_rng(0))
    >>> bool(left == right)  # cold: the first unit picked follows the other
    True
    """
    units = free_units(network)
    picks = _require.generator(rng).choice(units, size=len(units))
    return replace(network, blocks=tuple(picks[:, None])).sweep(state, beta, rng)


def synchronous_sweep(network, state, beta, rng):
    """Return the state after all units were drawn at once from the same old state, weights between them or not.

    This is *not* a sampler of the Boltzmann distribution. It is here to be shown wrong.

    In the book: chapter 8.

    Examples
    --------
    >>> synchronous_sweep(Network([[0, 1], [1, 0]]), [1, -1], 50.0, np.random.default_rng(0)).tolist()  # they swap for ever
    [-1, 1]
    """
    state = network._state(state).copy()
    units = free_units(network)
    state[..., units] = _draw(network, state, units, _require.beta_for(beta, state.shape[:-1]), _require.generator(rng))
    return state


def probability_high(network, state, beta):
    """Return P(s_i = high | rest) for every unit, shape (..., N).

    In the book: chapters 8 and 17.

    Examples
    --------
    >>> probability_high(Network([[0, 1], [1, 0]]), [1, 1], beta=0.0).tolist()
    [0.5, 0.5]
    """
    low, high = network.alphabet
    return expit(_require.beta_for(beta, np.shape(state)[:-1]) * ((high - low) * network.local_field(state)))


def colour_classes(weights):
    """Split the units into blocks without a weight inside, greedily: each unit joins the first block that has no neighbour of it.

    Greedy is quick, and not minimal: there may be more blocks than need be. How many there are depends on the order of the
    units, and to find the least number is hard. Any colouring gives a valid sweep.

    In the book: chapter 8.

    Parameters
    ----------
    weights : array_like, shape (N, N)

    Returns
    -------
    list of ndarray
        Each sorted; together every unit once. At most one more than the largest number of neighbours that a unit has.

    Examples
    --------
    >>> square = np.array([[0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0]])
    >>> [block.tolist() for block in colour_classes(square)]
    [[0, 2], [1, 3]]

    A path 0–3–2–1 needs two, and gets three: units 0 and 1 are not joined, but 3 and 2, which come later, are between them.

    >>> path = np.zeros((4, 4))
    >>> for i, j in ((0, 3), (3, 2), (2, 1)):
    ...     path[i, j] = path[j, i] = 1
    >>> [block.tolist() for block in colour_classes(path)]
    [[0, 1], [2], [3]]
    """
    joined = _require.symmetric(weights) != 0
    units = len(joined)
    colour = np.full(units, units)  # no colour yet
    for unit in range(units):
        free = np.ones(units + 1, dtype=bool)
        free[colour[joined[unit]]] = False
        colour[unit] = free.argmax()  # the first colour that no neighbour has
    return [np.flatnonzero(colour == c) for c in range(colour.max(initial=-1) + 1)]


def free_units(network):
    """Return the units that a sweep updates, in its order: all those that are not clamped.

    In the book: chapter 8.
    """
    return np.concatenate([np.zeros(0, int), *network.blocks])


def _draw(network, state, units, beta, rng):
    """New values for `units`, all computed from the old state: the one place where this module uses randomness."""
    low, high = network.alphabet
    field = state @ network.weights[:, units] + network.biases[units]
    uniform = rng.random(field.shape)
    if network.rule == "heat bath":
        return np.where(uniform < expit(beta * ((high - low) * field)), high, low)
    old = state[..., units]
    energy_change = -field * (low + high - 2.0 * old)
    return np.where(uniform < np.exp(np.minimum(-beta * energy_change, 0)), low + high - old, old)
