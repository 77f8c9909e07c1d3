r"""Memories beyond the quadratic energy: dense, exponential, and continuous, of which attention is one step.

Hebb's energy is minus the sum of the squared overlaps with the patterns. A dense memory puts another function in place of the
square,

.. math:: E(s) = -\sum_{\mu=1}^P F(\xi^\mu\cdot s),

and the faster F grows, the less the other patterns disturb: with :math:`F(x) = x^n` of the order of :math:`N^{n-1}` patterns
fit, with :math:`F(x) = e^x` exponentially many. For n > 2 there are no weights between pairs any more, so a unit is updated
by the energy difference between its two values.

For real-valued states the exponential memory has the energy

.. math:: E(s) = -\frac1\beta\ln\sum_\mu e^{\beta\,\xi^\mu\cdot s} + \tfrac12 s\cdot s + \text{constant},

a convex function (the square) minus another (the logarithm). Replacing the second by its tangent and minimising gives the
retrieval step :math:`s \leftarrow \sum_\mu p_\mu \xi^\mu` with :math:`p = \operatorname{softmax}(\beta\,\xi s)`. It never
raises the energy, and it is the attention of a transformer with the patterns as keys and as values.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logsumexp, softmax

from netlib import _descent, _require
from netlib.network import SPINS

# Dense memories of spins.


@dataclass(frozen=True, eq=False)
class DenseMemory:
    """Spins with the energy −Σ_μ F(ξ^μ·s): a model like `Network`, with `energy` and `sweep`.

    In the book: chapter 16.

    Parameters
    ----------
    patterns : array_like, shape (P, N)
        Spins ±1.
    degree : int or "exponential"
        n for F(x) = xⁿ (n = 2 is Hebb's rule), or F(x) = exp(x − N), where the constant factor exp(−N) only keeps numbers small.
    rectified : bool
        Whether a polynomial F is zero for x < 0. Then the inverse of a pattern is no memory, whatever the degree.

    References
    ----------
    Krotov, Hopfield (2016), *Dense associative memory for pattern recognition*, NIPS.
    Demircigil, Heusel, Löwe, Upgang, Vermet (2017), *On a model of associative memory with huge storage capacity*,
    Journal of Statistical Physics 168, 288.

    Examples
    --------
    >>> memory = DenseMemory([[1, 1, 1], [1, -1, 1]], degree=3)
    >>> float(memory.energy([1, 1, 1]))                             # −(3³ + 1³)
    -28.0
    """

    patterns: np.ndarray
    degree: object = 3
    rectified: bool = False

    def __post_init__(self):
        patterns = np.asarray(self.patterns)
        if patterns.ndim != 2 or patterns.size == 0:
            raise ValueError(f"patterns must have shape (P, N) with at least one pattern, got {patterns.shape}")
        if self.degree != "exponential":
            _require.whole("degree", self.degree)
        object.__setattr__(self, "patterns", _require.in_alphabet("patterns", patterns, SPINS).astype(float))

    def energy(self, state):
        """Return −Σ_μ F(ξ^μ·s), shape (...), of states of shape (..., N).

        Where it is too large for a number, it is infinite, with the sign of the sum.
        """
        overlaps = self._state(state) @ self.patterns.T
        with np.errstate(over="ignore", invalid="ignore"):
            total = self._function(overlaps).sum(axis=-1)
        if np.isfinite(total).all():
            return -total
        top = np.abs(overlaps).max(axis=-1)
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):    # in units of the largest overlap nothing overflows
            share, scale = self._function(overlaps / top[..., None]).sum(axis=-1), top**self.degree
            scaled = np.multiply(share, scale, out=np.zeros(share.shape), where=share != 0)
        return -np.where(np.isfinite(total), total, scaled)[()]

    def gain(self, state, unit):
        """Return E(s with the unit at −1) − E(s with the unit at +1), shape (...): positive if +1 is lower.

        Where it is too large for a number, it is infinite; where it is smaller than the rounding of its sum, it is 0.
        """
        _require.check_units(unit, self.patterns.shape[1])
        state, column = self._state(state), self.patterns[:, unit]
        gain, scale = self._gain(state @ self.patterns.T - state[..., unit, None] * column, column)
        return np.multiply(gain, scale, out=np.zeros(gain.shape), where=gain != 0)[()]

    def sweep(self, state, beta, rng):
        """Return the state after one heat-bath update of every unit, in order.

        Parameters
        ----------
        state : array_like, shape (..., N)
        beta : float or array_like, shape (...)
        rng : numpy.random.Generator

        Returns
        -------
        ndarray, shape (..., N)
        """
        state = self._state(state).copy()
        beta = _require.beta_for(beta, state.shape[:-1], unit_axes=0)
        _require.generator(rng)
        for unit in range(state.shape[-1]):
            column = self.patterns[:, unit]
            gain, scale = self._gain(state @ self.patterns.T - state[..., unit, None] * column, column)
            difference = np.multiply(beta * gain, scale, out=np.zeros(gain.shape), where=beta * gain != 0)
            state[..., unit] = np.where(rng.random(gain.shape) < expit(difference), 1, -1)
        return state

    def _gain(self, rest, column):
        """Return Σ_μ F(rest + column) − F(rest − column) in units of a scale, and the scale: patterns are the last axis.

        In units of the largest overlap no power overflows, and none that matters is rounded to zero. A sum that is below 10⁻¹² of
        its terms' absolute values is a rounding error, a tie.
        """
        if self.degree == "exponential":                            # e^(x+ξ) − e^(x−ξ) = 2 sinh(ξ) eˣ
            top = rest.max(axis=-1, keepdims=True)
            terms, scale = 2 * np.sinh(1.0) * column * np.exp(rest - top), np.exp(top[..., 0] - self.patterns.shape[1])
        else:
            top = (rest if self.rectified else np.abs(rest)).max(axis=-1, keepdims=True, initial=0) + 1
            terms = self._function((rest + column) / top) - self._function((rest - column) / top)
            with np.errstate(over="ignore"):
                scale = top[..., 0] ** self.degree
        total = terms.sum(axis=-1)
        return np.where(np.abs(total) > _descent.TIE * np.abs(terms).sum(axis=-1), total, 0.0), scale

    def _state(self, state, name="state"):
        return _require.in_alphabet(name, _require.length(name, state, self.patterns.shape[1]), SPINS)

    def _function(self, x):
        if self.degree == "exponential":
            return np.exp(x - self.patterns.shape[1])
        return (np.maximum(x, 0) if self.rectified else x) ** self.degree


def recall(memory, probes, rng=None, *, sweeps=1000):
    """Let many probes run downhill at once, unit after unit to its value of lower energy, until nothing changes.

    In the book: chapter 16.

    Parameters
    ----------
    memory : DenseMemory
    probes : array_like, shape (..., N)
        Spins.
    rng : numpy.random.Generator, optional
        For a new random order in every sweep, the same for all probes; without it the units are visited as they are numbered.
    sweeps : int
        Most sweeps.

    Returns
    -------
    Recall
        As from `netlib.hopfield.recall`: ``states``, ``sweeps``, ``period``, ``converged``.

    Notes
    -----
    Ties keep the state: two energies tie if they differ by less than 10⁻¹² of what goes into their difference. The overlaps with
    all patterns are kept and corrected when a unit changes, so that a visit takes of the order of P and not of NP steps.

    Examples
    --------
    >>> recall(DenseMemory([[1, 1, 1, 1], [1, -1, 1, -1]], degree=3), [-1, 1, 1, 1]).states.tolist()
    [1, 1, 1, 1]
    """
    if not isinstance(memory, DenseMemory):
        raise TypeError(f"memory must be a DenseMemory, got {type(memory).__name__}")

    def sweep(columns):
        states = columns.T.copy()
        overlaps = states @ memory.patterns.T
        for unit in np.arange(states.shape[1]) if rng is None else _require.generator(rng).permutation(states.shape[1]):
            column = memory.patterns[:, unit]
            rest = overlaps - states[:, unit, None] * column
            states[:, unit] = _descent.decide(memory._gain(rest, column)[0], states[:, unit], SPINS, 0)
            overlaps = rest + states[:, unit, None] * column
        return states.T

    return _descent.descend(sweep, memory._state(probes, "probes"), sweeps)


# Continuous memories, and attention.


def continuous_energy(states, patterns, beta):
    """Return −ln(Σ_μ exp(β ξ^μ·s))/β + s·s/2 + ln(P)/β + M²/2; M, the longest pattern's length, keeps it from being negative.

    In the book: chapter 16.

    Parameters
    ----------
    states : array_like, shape (..., N)
    patterns : array_like, shape (P, N)
        Real numbers.
    beta : float
        Inverse temperature, positive.

    Returns
    -------
    ndarray, shape (...)

    References
    ----------
    Ramsauer et al. (2021), *Hopfield networks is all you need*, ICLR.

    Examples
    --------
    >>> float(continuous_energy([1.0, 0.0], [[1.0, 0.0]], beta=2.0))       # one pattern: |s − ξ|²/2
    0.0
    """
    states, patterns, beta = _real(states, patterns, beta)
    largest = (patterns**2).sum(axis=-1).max()
    free = (logsumexp(beta * states @ patterns.T, axis=-1) - np.log(len(patterns))) / beta
    return -free + (states**2).sum(axis=-1) / 2 + largest / 2


def continuous_step(states, patterns, beta):
    """Return the mean of the patterns, each weighted by softmax(β ξ^μ·s): one retrieval step. It never raises the energy.

    In the book: chapter 16.

    Examples
    --------
    >>> continuous_step([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]], beta=1.0).tolist()
    [0.5, 0.5]
    """
    states, patterns, beta = _real(states, patterns, beta)
    return softmax(beta * states @ patterns.T, axis=-1) @ patterns


def continuous_recall(probes, patterns, beta, tolerance=1e-10, steps=10_000):
    """Repeat `continuous_step` until no entry moves by more than `tolerance`, or `steps` are done, and return the states.

    In the book: chapter 16.

    Examples
    --------
    >>> continuous_recall([0.9, 0.2], [[1, 0], [0, 1]], beta=50.0).round(6).tolist()
    [1.0, 0.0]
    """
    states, patterns, beta = _real(probes, patterns, beta)
    _require.positive("tolerance", tolerance)
    for _ in range(_require.whole("steps", steps)):
        before, states = states, continuous_step(states, patterns, beta)
        if np.abs(states - before).max(initial=0) <= tolerance:
            break
    return states


def attention(queries, keys, values, beta=None):
    """Return softmax(β Q Kᵀ) V, row by row; β is 1/√d unless it is given, with d the length of a key.

    With the patterns as keys and values, and the states as queries, this is `continuous_step`.

    In the book: chapter 16.

    Parameters
    ----------
    queries : array_like, shape (..., d)
    keys : array_like, shape (P, d)
    values : array_like, shape (P, e)
    beta : float, optional

    Returns
    -------
    ndarray, shape (..., e)

    References
    ----------
    Vaswani et al. (2017), *Attention is all you need*, NIPS, equation 1.

    Examples
    --------
    >>> attention([1.0], [[0.0], [0.0]], [[1.0, 2.0], [3.0, 6.0]]).tolist()
    [2.0, 4.0]
    """
    values = _require.finite("values", values)
    queries, keys, given = _real(queries, keys, 1.0 if beta is None else beta, "queries", "keys")
    beta = keys.shape[1] ** -0.5 if beta is None else given
    if values.ndim != 2 or len(values) != len(keys):
        raise ValueError(f"values must have one row per key, {len(keys)} of them, got shape {values.shape}")
    return softmax(beta * queries @ keys.T, axis=-1) @ values


def _real(states, patterns, beta, states_name="states", patterns_name="patterns"):
    patterns = _require.finite(patterns_name, patterns)
    if patterns.ndim != 2 or patterns.size == 0:
        raise ValueError(f"{patterns_name} must be a matrix with at least one row, got shape {patterns.shape}")
    states = _require.length(states_name, _require.finite(states_name, states), patterns.shape[1])
    return states, patterns, _require.one_positive("beta", beta)
