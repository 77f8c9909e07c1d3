"""Recall of many probes at once: what `hopfield` and `memory` share, and what makes it fast.

Probes are columns. Fields of 64 units come from one matrix product; when one of those units changes, the fields of the rest are
corrected by its weights. Probes that are stable are taken out. The plain loop that this is tested against is
`netlib.hopfield.trajectory`.
"""

from typing import NamedTuple

import numpy as np

from netlib import _require

BLOCK = 64
TIE = 1e-12


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


def descend(step, probes, sweeps, kind=float, synchronous=False):
    """Repeat `step` on probes of shape (..., N) until none changes, and return a `Recall`.

    Parameters
    ----------
    step : callable
        Takes states as columns, shape (N, probes), and returns them after one sweep as a new array.
    probes : ndarray, shape (..., N)
    sweeps : int
        Most sweeps.
    kind : dtype
        Of the columns.
    synchronous : bool
        Whether a state that equals the last but one is done, too.
    """
    _require.whole("sweeps", sweeps)
    states = probes.reshape(-1, probes.shape[-1]).T.astype(kind)
    counts, period = np.zeros(states.shape[1], dtype=int), np.zeros(states.shape[1], dtype=int)
    active, now, before = np.arange(states.shape[1]), states, None
    for sweep in range(sweeps):
        if not active.size:
            break
        after = step(now)
        still = (after == now).all(axis=0)
        swings = ~still & (after == before).all(axis=0) if synchronous and sweep else np.zeros_like(still)
        states[:, active] = after
        counts[active] += ~still
        period[active] = still + 2 * swings
        going = ~(still | swings)
        active, now, before = active[going], after[:, going], now[:, going]
    shape = probes.shape[:-1]
    return Recall(states.T.astype(probes.dtype).reshape(probes.shape), counts.reshape(shape), period.reshape(shape))


class Matrix:
    """Fields from a matrix of weights. `ties` is the size up to which each unit's field counts as zero."""

    def __init__(self, weights, biases):
        self.kind, self.ties = accuracy(np.abs(weights).sum(axis=1).max(), biases, weights)
        self.weights, self.biases = weights.astype(self.kind), biases.astype(self.kind)[:, None]

    def begin(self, states):
        self.states = states

    def fields(self, block):
        return self.weights[block] @ self.states + self.biases[block]

    def inside(self, block):
        return self.weights[np.ix_(block, block)]

    def changed(self, block, difference):
        pass


class Overlaps:
    """The same fields from the overlaps with Hebbian patterns; P s_i is what the missing diagonal would have added."""

    def __init__(self, signs, biases):
        self.kind, self.ties = accuracy(signs.size + len(signs), biases)
        self.patterns, self.biases = signs.astype(self.kind), biases.astype(self.kind)[:, None]

    def begin(self, states):
        self.states, self.overlaps = states, self.patterns @ states

    def fields(self, block):
        return self.patterns[:, block].T @ self.overlaps - len(self.patterns) * self.states[block] + self.biases[block]

    def inside(self, block):
        return self.patterns[:, block].T @ self.patterns[:, block]

    def changed(self, block, difference):
        self.overlaps += self.patterns[:, block] @ difference


def one_by_one(source, states, order, alphabet):
    """Visit the units in this order, each with all the earlier ones already changed."""
    states = states.copy()
    source.begin(states)
    for start in range(0, len(order), BLOCK):
        block = order[start : start + BLOCK]
        fields, inside, old = source.fields(block), source.inside(block), states[block]
        for k, unit in enumerate(block):
            new = decide(fields[k], states[unit], alphabet, source.ties[unit])
            changed = np.flatnonzero(new != states[unit])
            if changed.size:
                fields[k + 1 :, changed] += np.outer(inside[k + 1 :, k], (new - states[unit])[changed])
                states[unit] = new
        source.changed(block, states[block] - old)
    return states


def at_once(source, states, units, alphabet):
    """Set all units from one and the same old state."""
    source.begin(states)
    after = states.copy()
    after[units] = decide(source.fields(units), states[units], alphabet, source.ties[units, None])
    return after


def decide(field, old, alphabet, tie):
    """Return high where the field is above `tie`, low where it is below −`tie`, and the old value between."""
    low, high = old.dtype.type(alphabet[0]), old.dtype.type(alphabet[1])
    return np.where(field > tie, high, np.where(field < -tie, low, old))


def accuracy(heaviest, biases, *weights):
    """Return the type to compute fields in, and up to what size each unit's field counts as zero, shape (N,).

    Sums of whole numbers are exact, in single precision below 2²⁴, in double below 2⁵³: there a tie is a field of exactly zero.
    Other numbers are rounded, by at most half an eps of their type each, and a field that should be zero comes out as a rounding
    error. Below 10⁻¹² of the largest possible field (10⁻⁶ if the numbers are in single precision) it is taken for one.

    Parameters
    ----------
    heaviest : float
        The largest sum of the absolute values of one unit's weights. With the size of a unit's bias it is the largest field.
    biases : ndarray, shape (N,)
    weights : ndarray, optional
        Left out if they are known to be whole.
    """
    largest, numbers = heaviest + np.abs(biases), (biases, *weights)
    top = largest.max(initial=0)
    if top < 2**53 and all((array == np.rint(array)).all() for array in numbers):
        return (np.float32 if top < 2**24 else np.float64), np.zeros(len(largest))
    return np.float64, max(TIE, *(8 * np.finfo(array.dtype).eps for array in numbers)) * largest
