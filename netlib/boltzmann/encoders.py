"""Learning as in 1985: units probed at random, patterns clamped with noise, averages after annealing, steps of one size."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import logit

from netlib import _require, ladder, training
from netlib.boltzmann.machine import allowed_pairs, free_blocks, machines_of, on_pairs
from netlib.boltzmann.trials import Machines, moments_of_states, random_states, typed
from netlib.network import UNITS

COLLECT_1985 = (10, 10.0)
ORDERS = ("blocks", "random")


@dataclass(frozen=True, eq=False)
class Probes:
    """Machines whose n free units are probed in random order: a model whose sweep is the unit of time of 1985, n probes.

    Each probe picks one of the free units, every chain its own, and gives it a new value by the heat bath. In one unit of time
    a unit is probed once on average: some are probed twice or more often, and a share (1 − 1/n)ⁿ, nearly 1/e, not at all.

    In the book: chapter 20.

    Parameters
    ----------
    machines : Machines
        Their blocks say which units are free.

    Notes
    -----
    Ackley, Hinton and Sejnowski, *Cognitive Science* 9 (1985) 147, on the encoder problem.

    Examples
    --------
    >>> both = Probes(Machines(np.zeros((2, 1, 1)), [[50.0], [-50.0]]))
    >>> both.sweep(np.zeros((2, 3, 1)), 1.0, np.random.default_rng(0))[..., 0].tolist()
    [[1.0, 1.0, 1.0], [0.0, 0.0, 0.0]]
    """

    machines: Machines

    def energy(self, state):
        """Return the energy of each state, as `Machines.energy`."""
        return self.machines.energy(state)

    def sweep(self, state, beta, rng):
        """Return the states after one unit of time, every chain probed on its own.

        Parameters
        ----------
        state : array_like, shape (..., *trials, chains, N)
        beta : float or array_like, shape (..., *trials, chains)
        rng : numpy.random.Generator

        Returns
        -------
        ndarray, shape (..., *trials, chains, N)
        """
        machines, rng = self.machines, _require.generator(rng)
        state = np.array(machines._state(state), order="C")
        (*chains, count), trials = state.shape, machines.biases.shape[:-1]
        (low, high), number = machines.alphabet, state.dtype
        gap = np.broadcast_to((high - low) * _require.beta_for(beta, tuple(chains))[..., 0], chains).ravel()
        trial = np.arange(math.prod(trials)).reshape(*trials, 1) if trials else 0
        trial = np.broadcast_to(trial, chains).ravel()
        free = np.concatenate([np.zeros(0, int), *machines.blocks])
        picked = free.take(rng.integers(len(free), size=(len(free), len(gap)))) if len(free) else np.zeros((0, len(gap)), int)
        rows, places = trial * count + picked, np.arange(len(gap)) * count + picked
        with np.errstate(divide="ignore"):  # u < σ(gap a) where logit(u) / gap < a; at gap = 0 where u < ½
            bars = (logit(rng.random(picked.shape, dtype=number)) / gap).astype(number) - machines.biases.take(rows)
        weights, flat = machines.weights.reshape(-1, count), state.reshape(-1, count)
        for row, place, bar in zip(rows, places, bars, strict=True):
            field = np.einsum("cn,cn->c", weights.take(row, axis=0), flat)
            state.put(place, np.where(bar < field, high, low))
        return state


def clamp_noise(patterns, rng, *, on=0.15, off=0.05):
    """Flip bits of 0/1 patterns at random: those that are on with probability `on`, those that are off with `off`.

    A pattern that is always clamped as it is asks for infinite weights; noise keeps every state possible.

    In the book: chapter 20.

    Parameters
    ----------
    patterns : array_like, shape (..., V)
    rng : numpy.random.Generator
    on, off : float

    Returns
    -------
    ndarray, shape (..., V)

    Notes
    -----
    The default probabilities are those of Ackley, Hinton and Sejnowski, *Cognitive Science* 9 (1985) 147, for the 4-2-4 encoder.

    Examples
    --------
    >>> clamp_noise([[1, 0, 1]], np.random.default_rng(0), on=1, off=0).tolist()
    [[0, 0, 0]]
    """
    patterns = _require.in_alphabet("patterns", patterns, UNITS)
    uniform = _require.generator(rng).random(patterns.shape)
    return np.where(uniform < np.where(patterns == 1, on, off), 1 - patterns, patterns)


def annealed_moments(weights, biases, states, rng, blocks, schedule=ladder.ENCODER_1985, collect=COLLECT_1985, order="blocks"):
    """Cool every chain down, then average ⟨s_i⟩ and ⟨s_i s_j⟩ over sweeps at the last temperature.

    In the book: chapters 20 and 21.

    Parameters
    ----------
    weights : ndarray, shape (..., N, N)
    biases : ndarray, shape (..., N)
    states : ndarray of 0 and 1, shape (..., chains, N)
        Where the chains begin; clamped units already at their values.
    rng : numpy.random.Generator
    blocks : sequence of integer arrays
        From `free_blocks`.
    schedule : sequence of (sweeps, temperature)
        That of 1985: 2 at T = 20, 2 at 15, 2 at 12, 4 at 10.
    collect : (sweeps, temperature)
        That of 1985: 10 at T = 10.
    order : {"blocks", "random"}
        Whether a sweep goes block after block, or probes as many units as are free, picked at random as in 1985 (`Probes`).

    Returns
    -------
    mean : ndarray, shape (..., N)
    second : ndarray, shape (..., N, N)

    Examples
    --------
    >>> chains, biases = np.zeros((3, 2)), np.array([1000.0, -1000.0])
    >>> annealed_moments(np.zeros((2, 2)), biases, chains, np.random.default_rng(0), [np.array([0, 1])])[0].tolist()
    [1.0, 0.0]
    """
    machines = Machines(weights, biases, UNITS, blocks)
    if _require.one_of("order", order, ORDERS) == "random":
        machines = Probes(machines)
    walk = ladder.rungs(machines, ladder.staircase([*schedule, collect]))
    _, seen = ladder.anneal(walk, states, rng, observe=lambda states: states.astype(np.int8))  # 0 and 1 fit in a byte
    return moments_of_states(np.concatenate(seen[-collect[0] :], axis=-2).astype(np.asarray(weights).dtype))


def annealed_cycle(weights, biases, data, rng, mask, *, annealings=2, noise=(0.15, 0.05), size=2.0, fixed=True, decay=0.0,
                   schedule=ladder.ENCODER_1985, collect=COLLECT_1985, order="blocks"):
    """Return weights and biases after one cycle of learning: clamped phase, free phase, one step.

    In the book: chapters 20 and 21.

    Parameters
    ----------
    weights : array_like, shape (..., N, N)
        One trial per entry of the leading axes.
    biases : array_like, shape (..., N)
    data : array_like of 0 and 1, shape (P, V) or (..., P, V)
        What is clamped, the same for all trials or not.
    rng : numpy.random.Generator
    mask : array_like of bool, shape (N, N)
    annealings : int
        How often each pattern is clamped, with noise of its own; the free phase has as many annealings in all.
    noise : (float, float)
        Probabilities of `clamp_noise` for bits that are on and off.
    size : float
        Of the step.
    fixed : bool
        If True every weight changes by ±`size`, by the sign of clamped minus free (not at all where they are equal); if False by
        `size` × (clamped − free).
    decay : float
        Times the weight is taken away from it in each cycle; biases do not decay.
    schedule, collect, order
        As in `annealed_moments`; that of 1985 is "random".

    Returns
    -------
    weights, biases : ndarray
        Of the same shapes.

    Notes
    -----
    Ackley, Hinton and Sejnowski, *Cognitive Science* 9 (1985) 147, on the encoder problem.

    Examples
    --------
    >>> from netlib.boltzmann import connectivity
    >>> mask = connectivity([2, 1], joined=[(0, 0), (0, 1)])
    >>> weights, biases = annealed_cycle(np.zeros((5, 3, 3)), np.zeros((5, 3)), [[1, 0], [0, 1]], np.random.default_rng(0), mask)
    >>> weights.shape, set(np.abs(weights[:, 0, 1]).tolist()) <= {0.0, 2.0}
    ((5, 3, 3), True)
    """
    weights, biases = machines_of(weights, biases)
    mask = allowed_pairs(mask, weights.shape[-1])
    size, decay = training.scheduled("size", size, 0), training.scheduled("decay", decay, 0)
    data = _require.in_alphabet("data", data, UNITS)
    visible = data.shape[-1]
    if not 0 < visible <= len(mask) or data.ndim < 2 or data.size == 0:
        raise ValueError(f"data must have shape (P, V) with 0 < V <= {len(mask)} units, got {data.shape}")
    patterns = np.repeat(data, _require.whole("annealings", annealings), axis=-2)
    shape = (*weights.shape[:-2], patterns.shape[-2], len(mask))
    clamped = random_states(shape, weights.dtype, rng, UNITS)
    clamped[..., :visible] = clamp_noise(np.broadcast_to(patterns, (*shape[:-1], visible)), rng, on=noise[0], off=noise[1])
    free = random_states(shape, weights.dtype, rng, UNITS)
    hidden, everything = free_blocks(mask, np.arange(visible)), free_blocks(mask)
    mean, second = annealed_moments(weights, biases, clamped, rng, hidden, schedule, collect, order)
    free_mean, free_second = annealed_moments(weights, biases, free, rng, everything, schedule, collect, order)
    changes = on_pairs(second - free_second, mask), mean - free_mean
    if fixed:
        changes = [np.sign(change) for change in changes]
    return (typed(weights + size * changes[0] - decay * weights, weights), typed(biases + size * changes[1], biases))
