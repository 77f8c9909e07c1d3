"""Many machines at once, by sampling: hundreds of independent trials learn together."""

from copy import copy
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from netlib import _require, training
from netlib.boltzmann.likelihood import centred
from netlib.boltzmann.machine import allowed_pairs, free_blocks, machines_of, on_pairs, samples
from netlib.network import UNITS, Network

MANY_TRIALS, SMALL_MACHINE = 16, 64


@dataclass(frozen=True, eq=False)
class Machines:
    """Many pairwise networks as one model: one machine per entry of the leading axes of the weights.

    What works for a `netlib.network.Network` works for all of them at once: ladders, annealing, statistics. With as many machines
    as trials, states have the shape (..., trials, chains, N).

    In the book: chapters 18, 19 and 20.

    Parameters
    ----------
    weights : array_like, shape (*trials, N, N)
        Symmetric, with a zero diagonal, float32 or float64: the type in which everything is computed. Not copied.
    biases : array_like, shape (*trials, N), optional
        Zero if left out.
    alphabet : tuple, optional
        ``UNITS`` = (0, 1) or ``SPINS`` = (-1, 1).
    blocks : sequence of integer arrays, optional
        Drawn at once, one block after the other; units in no block are clamped. Colour classes of all weights together, if
        left out; `free_blocks` makes others.

    Raises
    ------
    ValueError
        If weights are not symmetric, a number is not finite, shapes disagree, or a block holds units that a weight joins.

    Examples
    --------
    >>> both = Machines(np.zeros((2, 3, 3)), np.full((2, 3), 50.0))
    >>> both.sweep(np.zeros((2, 1, 3)), 1.0, np.random.default_rng(0)).tolist()
    [[[1.0, 1.0, 1.0]], [[1.0, 1.0, 1.0]]]
    """

    weights: np.ndarray
    biases: np.ndarray = None
    alphabet: tuple = UNITS
    blocks: tuple = None

    def __post_init__(self):
        weights = np.asarray(self.weights)
        weights, biases = machines_of(weights, np.zeros(weights.shape[:-1]) if self.biases is None else self.biases)
        joined = (weights != 0).reshape(-1, *weights.shape[-2:]).any(axis=0)
        set_ = dict(weights=weights, biases=biases, alphabet=_require.alphabet(self.alphabet), _joined=joined)
        for name, value in set_.items():
            object.__setattr__(self, name, value)
        self._take(free_blocks(joined) if self.blocks is None else self.blocks)

    def _take(self, blocks):
        """Set the blocks, and for each one the weights to its units and their biases, trials last, where that pays."""
        blocks = tuple(_check_block(self._joined, block) for block in blocks)
        parts = None
        if self.weights.ndim == 3 and len(self.weights) >= MANY_TRIALS and self.weights.shape[-1] <= SMALL_MACHINE:
            inputs = np.ascontiguousarray(self.weights.transpose(1, 2, 0))
            parts = [(block, inputs[block], self.biases.T[block][:, None, :]) for block in blocks]
        object.__setattr__(self, "blocks", blocks)
        object.__setattr__(self, "_parts", parts)

    def energy(self, state):
        """Return E(s) = −½ sᵀWs − bᵀs of each state.

        Parameters
        ----------
        state : array_like, shape (..., *trials, chains, N)

        Returns
        -------
        ndarray, shape (..., *trials, chains)

        Examples
        --------
        >>> Machines([[[0, 2], [2, 0]], [[0, 4], [4, 0]]]).energy([[[1, 1]], [[1, 1]]]).tolist()
        [[-2.0], [-4.0]]
        """
        state = self._state(state)
        return -(state * (0.5 * (state @ self.weights) + self._bias)).sum(axis=-1)

    def sweep(self, state, beta, rng):
        """Return the state after one Gibbs sweep of every chain of every machine.

        Parameters
        ----------
        state : array_like, shape (..., *trials, chains, N)
        beta : float or array_like, shape (..., *trials, chains)
        rng : numpy.random.Generator

        Returns
        -------
        ndarray, shape (..., *trials, chains, N)
            A new array, of the type of the weights.
        """
        state = self._state(state)
        return self._swept(state, _require.beta_for(beta, state.shape[:-1]), _require.generator(rng))

    def clamp(self, units):
        """Return the same machines with `units` taken out of every block: a sweep leaves them as they are."""
        held = _require.check_units(units, self.weights.shape[-1])
        free = (np.setdiff1d(block, held) for block in self.blocks)
        return self.in_blocks([block for block in free if block.size])

    def in_blocks(self, blocks):
        """Return the same machines with other blocks; units in no block are clamped."""
        other = copy(self)
        other._take(blocks)
        return other

    @property
    def _bias(self):
        return self.biases[..., None, :] if self.biases.ndim > 1 else self.biases

    def _state(self, state):
        *trials, units = self.biases.shape
        state = _require.length("state", state, units)
        if trials and state.shape[-2 - len(trials) : -2] != tuple(trials):
            raise ValueError(f"state must have shape (..., {', '.join(map(str, trials))}, chains, {units}), got {state.shape}")
        return _require.in_alphabet("state", state, self.alphabet).astype(self.weights.dtype, copy=False)

    def _swept(self, state, beta, rng):
        (low, high), number = self.alphabet, self.weights.dtype.type
        scale = ((high - low) * beta).astype(number)
        if state.ndim == 3 and self._parts is not None:
            return self._swept_with_trials_last(state, scale, rng)
        state = np.array(state)
        for block in self.blocks:
            field = state @ self.weights[..., :, block] + self._bias[..., block]
            state[..., block] = np.where(rng.random(field.shape, dtype=number) < expit(scale * field), high, low)
        return state

    def _swept_with_trials_last(self, state, scale, rng):
        """Many small machines: each operation runs along hundreds of neighbouring numbers, which halves the time.

        The state returned is a view of an array with trials last, so that the next sweep copies it as it lies.
        """
        (low, high), number = self.alphabet, self.weights.dtype.type
        scale = -np.broadcast_to(scale, (*state.shape[:2], 1)).transpose(2, 1, 0) if scale.size > 1 else -scale
        state = np.array(state.transpose(2, 1, 0), order="C")
        for block, inputs, bias in self._parts:
            field = np.einsum("knt,nct->kct", inputs, state)
            field += bias
            field *= scale
            with np.errstate(over="ignore", invalid="ignore"):  # far below zero e^(-x) is infinite, and the unit stays low
                np.exp(field, out=field)
                field += 1
                field *= rng.random(field.shape, dtype=number)
                is_high = field < 1  # u (1 + e^(-x)) < 1
            state[block] = is_high if low == 0 else number(high - low) * is_high + number(low)
        return state.transpose(2, 1, 0)


def sweeps(weights, biases, states, rng, betas, blocks, alphabet=UNITS):
    """Sweep once at each inverse temperature in turn, and yield the states after each sweep: `Machines.sweep` again and again.

    In the book: chapter 18.

    Parameters
    ----------
    weights, biases, alphabet, blocks
        As in `Machines`.
    states : array_like, shape (..., chains, N)
    rng : numpy.random.Generator
    betas : iterable of float

    Yields
    ------
    ndarray, shape (..., chains, N)

    Examples
    --------
    >>> betas = [0.1, 0.2, 0.4]
    >>> len(list(sweeps(np.zeros((2, 2)), np.zeros(2), np.zeros((5, 2)), np.random.default_rng(0), betas, [[0], [1]])))
    3
    """
    machines = Machines(weights, biases, alphabet, blocks)
    states, rng = machines._state(states), _require.generator(rng)
    for beta in betas:
        states = machines._swept(states, _require.beta_for(beta, states.shape[:-1]), rng)
        yield states


def moments_of_states(states):
    """Return ⟨s_i⟩, shape (..., N), and ⟨s_i s_j⟩, shape (..., N, N), averaged over the chains of states (..., chains, N).

    In the book: chapter 18.

    Examples
    --------
    >>> mean, second = moments_of_states(np.array([[1, 0], [1, 1]]))
    >>> mean.tolist(), second.tolist()
    ([1.0, 0.5], [[1.0, 0.5], [0.5, 0.5]])
    """
    states = np.ascontiguousarray(states)
    if states.dtype.kind != "f":
        states = states.astype(float)  # sums of int8 or bool would overflow
    return states.mean(axis=-2), np.swapaxes(states, -1, -2) @ states / states.shape[-2]


def sampled_start(weights, biases, data, chains, rng, alphabet=UNITS):
    """Return what `sampled_step` works on: machines, their free chains, and one clamped chain for each sample.

    In the book: chapter 18.

    Parameters
    ----------
    weights : ndarray, shape (..., N, N)
    biases : ndarray, shape (..., N)
    data : array_like, shape (samples, V)
    chains : int
        Free chains of each machine; they start in states drawn at random.
    rng : numpy.random.Generator
    alphabet : tuple

    Returns
    -------
    dict
        "weights", "biases", "free" (..., chains, N) and "clamped" (..., samples, N).

    Examples
    --------
    >>> start = sampled_start(np.zeros((5, 3, 3)), np.zeros((5, 3)), [[0, 1], [1, 0]], 10, np.random.default_rng(0))
    >>> start["free"].shape, start["clamped"].shape
    ((5, 10, 3), (5, 2, 3))
    """
    weights, biases = machines_of(weights, biases)
    count, trials = weights.shape[-1], weights.shape[:-2]
    data, _ = samples(Network(np.zeros((count, count)), alphabet=alphabet, blocks=()), data, None)
    free = random_states((*trials, _require.whole("chains", chains), count), weights.dtype, rng, alphabet)
    clamped = random_states((*trials, len(data), count), weights.dtype, rng, alphabet)
    clamped[..., : data.shape[1]] = data
    return dict(weights=weights, biases=biases, free=free, clamped=clamped)


def sampled_step(parameters, rng, visible_units, mask, rate, sweeps=1, decay=0.0, centre=False, alphabet=UNITS):
    """Return the machines and chains after one step of learning from chains that are kept from step to step.

    In the book: chapter 18.

    Parameters
    ----------
    parameters : dict
        From `sampled_start`.
    rng : numpy.random.Generator
    visible_units : int
        The clamped chains keep them.
    mask : array_like of bool, shape (N, N)
    rate : float
    sweeps : int
        Of all chains, before their averages are taken.
    decay, centre
        As in `fit_exact`.
    alphabet : tuple

    Returns
    -------
    dict

    Notes
    -----
    R. M. Neal, *Artificial Intelligence* 56 (1992) 71; T. Tieleman, *ICML* 2008, for restricted machines.

    Examples
    --------
    >>> from netlib.boltzmann import connectivity
    >>> rng, mask = np.random.default_rng(0), connectivity([3], [(0, 0)])
    >>> start = sampled_start(np.zeros((3, 3)), np.zeros(3), [[0, 1], [1, 0]], 10, rng)
    >>> sampled_step(start, rng, 2, mask, rate=0.1)["clamped"][:, :2].tolist()  # the data stay
    [[0.0, 1.0], [1.0, 0.0]]
    """
    weights, biases = parameters["weights"], parameters["biases"]
    mask, rate = allowed_pairs(mask, weights.shape[-1]), training.scheduled("rate", rate, 0)
    decay = training.scheduled("decay", decay, 0)
    free, clamped = parameters["free"], parameters["clamped"]
    machines = Machines(weights, biases, alphabet, free_blocks(mask))
    held = machines.in_blocks(free_blocks(mask, np.arange(visible_units)))
    for _ in range(_require.whole("sweeps", sweeps)):
        free = machines.sweep(free, 1.0, rng)
    for _ in range(sweeps):
        clamped = held.sweep(clamped, 1.0, rng)
    (mean, second), (free_mean, free_second) = moments_of_states(clamped), moments_of_states(free)
    change = on_pairs(second - free_second, mask), mean - free_mean
    if centre:
        change = centred(*change, mean, mask)
    return dict(weights=typed(weights + rate * (change[0] - decay * weights), weights),
                biases=typed(biases + rate * change[1], biases), free=free, clamped=clamped)


def fit_sampled(weights, biases, data, steps, rate, rng, *, chains=100, sweeps=1, mask=None, decay=0.0, centre=False,
                alphabet=UNITS, **how):
    """Learn from samples: both averages are taken over chains that are kept from step to step.

    In the book: chapter 18.

    Parameters
    ----------
    weights : array_like, shape (..., N, N)
        Where to begin; each entry of the leading axes is a trial of its own.
    biases : array_like, shape (..., N)
    data : array_like, shape (samples, V)
    steps : int
    rate : float or callable
        Learning rate, or a function of the step's number that returns it. The noise of the averages dies out only if the
        rate goes to zero.
    rng : numpy.random.Generator
    chains, sweeps, mask, decay, centre, alphabet
        As in `sampled_start` and `sampled_step`.
    **how
        Passed on to `netlib.training.follow`: monitor, every, checkpoint, write_every, progress.

    Returns
    -------
    weights, biases : ndarray
    history : dict
        As `netlib.training.follow` returns it.

    Examples
    --------
    >>> weights, biases, history = fit_sampled(np.zeros((2, 2)), np.zeros(2), [[1, 1], [0, 0]], steps=200, rate=0.5,
    ...                                        rng=np.random.default_rng(0))
    >>> bool(weights[0, 1] > 2)
    True
    """
    weights, biases = machines_of(weights, biases)
    mask = allowed_pairs(mask, weights.shape[-1])
    start = sampled_start(weights * mask, biases, data, chains, rng, alphabet)
    visible_units = np.shape(data)[-1]

    def step(number, parameters, rng):
        now = training.scheduled("rate", rate, number)
        return sampled_step(parameters, rng, visible_units, mask, now, sweeps, decay, centre, alphabet)

    settings = dict(of="fit_sampled", visible_units=visible_units, mask=mask, rate=rate, sweeps=sweeps, decay=decay,
                    centre=centre, alphabet=alphabet)
    end, history = training.follow(step, start, steps, rng, settings=settings, **how)
    return end["weights"], end["biases"], history


def typed(array, like):
    """In the type of another array."""
    return array.astype(like.dtype, copy=False)


def _check_block(joined, block):
    block = _require.check_units(block, len(joined))
    inside = joined[block[:, None], block]
    if inside.any():
        i, j = block[np.argwhere(inside)[0]]
        raise ValueError(f"units {i} and {j} of a block are joined by a weight; "
                         "independent draws need a block without one inside")
    return block


def random_states(shape, dtype, rng, alphabet):
    """States in which each unit is high or low with equal probability."""
    return np.where(_require.generator(rng).random(shape) < 0.5, *alphabet).astype(dtype)
