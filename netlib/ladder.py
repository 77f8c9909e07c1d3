r"""A sequence of models from easy to hard, and the walks along it.

A rung is a pair ``(model, beta)`` and stands for the distribution :math:`p_k(s) = e^{-\beta_k E_k(s)} / Z_k`. Neighbouring rungs
differ a little: in temperature, in parameters, or in both. A model is anything with ``energy(state)`` and
``sweep(state, beta, rng)``, so every walk below works for lattices, Hopfield networks, Boltzmann machines and RBMs alike.

- *Simulated annealing* walks down the ladder once, and hopes: `anneal`.
- *Tempering* walks on all rungs at the same time, and exchanges the states x and y of neighbours i and j with
  probability

  .. math:: \min\bigl(1,\; e^{\,\beta_i E_i(x) + \beta_j E_j(y) - \beta_i E_i(y) - \beta_j E_j(x)}\bigr),

  which leaves the product of all :math:`p_k` as it is: `parallel_tempering`. If the rungs are the machines that a training went
  through, and not temperatures, this is trajectory tempering.
- *Annealed importance sampling* walks down many times, and keeps account of what each step would have to be paid for,

  .. math::

      w = \prod_k \frac{e^{-\beta_{k+1} E_{k+1}(s_k)}}{e^{-\beta_k E_k(s_k)}}, \qquad
      \langle w\rangle = Z_\text{last}/Z_\text{first},

  where :math:`s_k` has been drawn on rung k: `annealed_importance_sampling`, and the same uphill:
  `reverse_annealed_importance_sampling`.

In physics the last line is Jarzynski's equality, and :math:`-\ln w` is the work done (in units of kT).
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from netlib import _require, network

# ---- schedules: inverse temperatures from hot to cold ------------------------------------------------------------------------


def geometric(hot, cold, steps):
    """Return inverse temperatures whose temperatures fall from `hot` to `cold` by the same factor each step.

    In the book: chapter 10.

    Parameters
    ----------
    hot, cold : float
        Temperatures, hot ≥ cold > 0.
    steps : int
        At least 2.

    Returns
    -------
    ndarray, shape (steps,)

    Examples
    --------
    >>> geometric(4.0, 1.0, 3).tolist()  # T = 4, 2, 1
    [0.25, 0.5, 1.0]
    """
    hot, cold = _temperatures([hot, cold])
    if hot < cold:
        raise ValueError(f"hot must not be below cold, got hot={hot:g}, cold={cold:g}")
    return 1 / np.geomspace(hot, cold, _require.whole("steps", steps, least=2))


def logarithmic(scale, steps):
    """Return inverse temperatures ln(1 + k) / scale for k = 1, ..., steps: slow enough for a proof, too slow for use.

    In the book: chapter 10.

    Parameters
    ----------
    scale : float
        Temperature times ln(1 + k); with the depth of the deepest local minimum or more, annealing ends in a global one.
    steps : int

    Returns
    -------
    ndarray, shape (steps,)

    References
    ----------
    S. Geman, D. Geman, Stochastic relaxation, Gibbs distributions, and the Bayesian restoration of images, IEEE Transactions on
    Pattern Analysis and Machine Intelligence 6, 721 (1984). B. Hajek, Cooling schedules for optimal annealing, Mathematics of
    Operations Research 13, 311 (1988).

    Examples
    --------
    >>> logarithmic(2.0, 3).round(4).tolist()
    [0.3466, 0.5493, 0.6931]
    """
    (scale,) = _temperatures([scale])
    return np.log1p(np.arange(1, _require.whole("steps", steps) + 1)) / scale


ENCODER_1985 = ((2, 20.0), (2, 15.0), (2, 12.0), (4, 10.0))


def staircase(stairs=ENCODER_1985):
    """Return inverse temperatures that stay on each stair for some sweeps; by default the schedule of the encoders of 1985.

    In the book: chapters 10 and 20.

    Parameters
    ----------
    stairs : sequence of (int, float)
        Number of sweeps and temperature.

    Returns
    -------
    ndarray

    References
    ----------
    D. H. Ackley, G. E. Hinton, T. J. Sejnowski, A learning algorithm for Boltzmann machines, Cognitive Science 9, 147 (1985).

    Examples
    --------
    >>> (1 / staircase()).round(9).tolist()
    [20.0, 20.0, 15.0, 15.0, 12.0, 12.0, 10.0, 10.0, 10.0, 10.0]
    """
    sweeps = [_require.whole("sweeps", count) for count, _ in stairs]
    return 1 / np.repeat(_temperatures([temperature for _, temperature in stairs]), sweeps)


def rungs(model, betas):
    """Return the ladder of one model at several inverse temperatures: a list of pairs (model, beta).

    In the book: chapter 10.
    """
    return [(model, float(beta)) for beta in _require.inverse_temperature(np.atleast_1d(betas))]


# ---- simulated annealing -----------------------------------------------------------------------------------------------------


def anneal(ladder, state, rng, sweeps=1, observe=None):
    """Walk along the ladder once, some sweeps on each rung.

    In the book: chapter 10.

    Parameters
    ----------
    ladder : iterable of (model, beta)
        From hot to cold.
    state : array_like, shape (..., N)
        Leading axes are independent walkers.
    rng : numpy.random.Generator
    sweeps : int
    observe : callable, optional
        ``observe(state)`` when leaving each rung; the energy there if left out.

    Returns
    -------
    state : ndarray, shape (..., N)
    observed : ndarray, shape (len(ladder), ...)
        What was observed when leaving each rung.

    Examples
    --------
    >>> from netlib.network import Network
    >>> pair = Network([[0, 1], [1, 0]])
    >>> state, energies = anneal(rungs(pair, geometric(10, 0.05, 20)), [1, -1], np.random.default_rng(0))
    >>> float(energies[-1])
    -1.0
    """
    ladder = _check_ladder(ladder)
    _require.generator(rng)
    _require.whole("sweeps", sweeps)
    observed = []
    for model, beta in ladder:
        for _ in range(sweeps):
            state = model.sweep(state, beta, rng)
        observed.append(model.energy(state) if observe is None else observe(state))
    return state, np.array(observed)


# ---- tempering ---------------------------------------------------------------------------------------------------------------


class Tempering(NamedTuple):
    """What tempering leaves.

    In the book: chapters 10 and 26.

    Parameters
    ----------
    states : ndarray, shape (R, ..., N)
        One state on each rung.
    swap_rates : ndarray, shape (R − 1,)
        Part of the proposed exchanges of rungs k and k + 1 that was accepted, over all sweeps and batch entries.
    round_trips : ndarray, shape (...)
        How often a state went from the first rung to the last and back to the first; the ladder is useful if they do.
    walkers : ndarray of int, shape (R, ...)
        Which of the states at the beginning now sits on each rung.
    observed : ndarray, shape (sweeps, ...)
        What `observe` returned after each sweep; empty if it was left out.
    """

    states: np.ndarray
    swap_rates: np.ndarray
    round_trips: np.ndarray
    walkers: np.ndarray
    observed: np.ndarray


def parallel_tempering(ladder, states, sweeps, rng, observe=None):
    """Sweep on every rung, then propose to exchange neighbours: every other pair of them.

    Pairs (0,1), (2,3), ... and pairs (1,2), (3,4), ... take turns. The first sweep of a call takes even or odd pairs with equal
    probability, so that calls of one sweep reach every pair.

    In the book: chapters 10 and 26.

    Parameters
    ----------
    ladder : sequence of (model, beta)
        R rungs; all in one alphabet. Neighbours must be alike enough to exchange states.
    states : array_like, shape (R, ..., N)
        Axes between the first and those of a single state are independent ladders.
    sweeps : int
    rng : numpy.random.Generator
    observe : callable, optional
        ``observe(states)`` after each sweep; what it returns is gathered.

    Returns
    -------
    Tempering

    References
    ----------
    K. Hukushima, K. Nemoto, Exchange Monte Carlo method and application to spin glass simulations, Journal of the Physical
    Society of Japan 65, 1604 (1996).

    Examples
    --------
    >>> from netlib.network import Network
    >>> alike = rungs(Network([[0, 1], [1, 0]]), [1.0, 1.0])  # equal rungs always exchange
    >>> parallel_tempering(alike, np.ones((2, 2)), 10, np.random.default_rng(0)).swap_rates.tolist()
    [1.0]
    """
    ladder = _check_ladder(ladder)
    states = np.array(states)
    if states.ndim < 2 or len(states) != len(ladder):
        raise ValueError(f"states must have one entry for each of the {len(ladder)} rungs on the first axis, got {states.shape}")
    _require.whole("sweeps", sweeps, least=0)
    parity = int(_require.generator(rng).integers(2))
    batch = np.shape(ladder[0][0].energy(states[0]))
    walkers = np.broadcast_to(np.arange(len(ladder)).reshape(-1, *[1] * len(batch)), (len(ladder), *batch)).copy()
    heading = np.zeros_like(walkers)  # of the state on each rung: 1 since it was on the first rung, −1 since it was on the last
    heading[0], heading[-1] = 1, -1
    climbed = np.zeros_like(walkers)  # 1 if that last rung was reached from the first one
    round_trips = np.zeros(batch, dtype=int)
    accepted, proposed = np.zeros(len(ladder) - 1), np.zeros(len(ladder) - 1)
    observed = []
    for sweep in range(sweeps):
        states = _sweep_rungs(ladder, states, rng)
        for low in range((parity + sweep) % 2, len(ladder) - 1, 2):
            pair = slice(low, low + 2)
            exchange = np.log1p(-rng.random(batch)) < _log_ratio(ladder[pair], states[pair])
            accepted[low] += np.count_nonzero(exchange)
            proposed[low] += exchange.size
            for array in (states, walkers, heading, climbed):
                _exchange(array, low, exchange)
        round_trips += (heading[0] == -1) & (climbed[0] == 1)
        climbed[0], climbed[-1] = 0, climbed[-1] | (heading[-1] == 1)
        heading[0], heading[-1] = 1, -1
        if observe is not None:
            observed.append(observe(states))
    rates = np.divide(accepted, proposed, out=np.full(len(accepted), np.nan), where=proposed > 0)
    return Tempering(states, rates, round_trips, walkers, np.array(observed))


def swap_rate(pair, states):
    """Return the mean probability with which two rungs would exchange the states that they hold.

    In the book: chapter 26.

    Parameters
    ----------
    pair : sequence of two (model, beta)
    states : array_like, shape (2, ..., N)

    Returns
    -------
    float

    Examples
    --------
    >>> from netlib.network import Network
    >>> pair = rungs(Network([[0, 1], [1, 0]]), [0.0, np.log(2) / 2])
    >>> round(swap_rate(pair, [[1, -1], [1, 1]]), 6)  # Δβ = ln(2)/2, energies 1 and −1: e^(−ln 2)
    0.5
    """
    return float(np.exp(np.minimum(_log_ratio(_check_ladder(pair), np.asarray(states)), 0)).mean())


def _sweep_rungs(ladder, states, rng):
    """All rungs once; as one batch if they share their model."""
    models, betas = zip(*ladder, strict=True)
    if all(model is models[0] for model in models):
        batch = np.ndim(models[0].energy(states))
        return np.array(models[0].sweep(states, np.reshape(betas, (-1, *[1] * (batch - 1))), rng))
    return np.array([model.sweep(state, beta, rng) for (model, beta), state in zip(ladder, states, strict=True)])


def _log_ratio(pair, states):
    """Logarithm of p_i(y) p_j(x) / p_i(x) p_j(y), for x on rung i and y on rung j."""
    (model_i, beta_i), (model_j, beta_j) = pair
    x, y = states
    at_i = beta_i * (np.asarray(model_i.energy(x), dtype=float) - model_i.energy(y))
    at_j = beta_j * (np.asarray(model_j.energy(y), dtype=float) - model_j.energy(x))
    return at_i + at_j


def _exchange(array, low, where):
    """Exchange entries of rungs `low` and `low` + 1, in place, where the mask says so."""
    mask = where.reshape(where.shape + (1,) * (array.ndim - 1 - where.ndim))
    below, above = array[low].copy(), array[low + 1].copy()
    array[low], array[low + 1] = np.where(mask, above, below), np.where(mask, below, above)


# ---- annealed importance sampling --------------------------------------------------------------------------------------------


class Importance(NamedTuple):
    """An estimate of ln Z of the last rung from log weights, with what the weights say about it.

    The weights cannot say what they have not seen. If no walk found a mode, ``standard_error`` is small,
    ``effective_sample_size`` large, and ``log_z`` too low. Only a second estimate from the other end shows it: E[ln w] ≤
    ln(Z_last/Z_first) forwards, and the opposite backwards from *exact* samples, so that a gap of many standard errors
    between the two says that the walks of at least one direction missed something.

    In the book: chapter 24.

    Parameters
    ----------
    log_z : float
        Estimate of ln Z of the last rung. Z itself (forwards) or 1/Z (backwards) is estimated without bias; ln Z is not.
    standard_error : float
        Of ``log_z``, to first order.
    effective_sample_size : float
        (Σw)² / Σw², between 1 and the number of walks.
    log_weights : ndarray, shape (...)
        ln w of each walk; backwards, those whose mean estimates Z_first/Z_last.
    state : ndarray, shape (..., N)
        Where the walks ended.
    bound : float
        Mean of ln w plus ln Z_first (backwards: ln Z_first − mean of ln w): in expectation below (above) ln Z.
    """

    log_z: float
    standard_error: float
    effective_sample_size: float
    log_weights: np.ndarray
    state: np.ndarray
    bound: float


def importance(log_weights, log_z_first, state, reverse=False):
    """Summarise the log weights of walks between a first rung with known ln Z and a last one.

    In the book: chapter 24.

    Parameters
    ----------
    log_weights : array_like, shape (n, ...)
    log_z_first : float
    state : array_like
    reverse : bool
        The walks began on the last rung.

    Returns
    -------
    Importance

    Examples
    --------
    >>> result = importance(np.log([1.0, 3.0]), 0.0, None)
    >>> round(float(np.exp(result.log_z)), 6), round(result.effective_sample_size, 6)  # 2, and 4²/(1 + 9)
    (2.0, 1.6)
    """
    log_weights = _require.finite("log_weights", log_weights).astype(float)
    count = log_weights.size
    if count < 2:
        raise ValueError(f"an error bar needs at least 2 walks, got {count}")
    log_mean = float(logsumexp(log_weights) - np.log(count))
    relative = np.exp(log_weights - log_mean)
    sign = -1 if reverse else 1
    return Importance(
        log_z=float(log_z_first) + sign * log_mean,
        standard_error=float(relative.std(ddof=1) / np.sqrt(count)),
        effective_sample_size=float(relative.sum() ** 2 / (relative**2).sum()),
        log_weights=log_weights,
        state=state,
        bound=float(log_z_first) + sign * float(log_weights.mean()),
    )


def annealed_importance_sampling(ladder, state, log_z_first, rng, sweeps=1):
    """Estimate ln Z of the last rung by weighted walks from exact samples of the first one.

    In the book: chapter 24.

    Parameters
    ----------
    ladder : iterable of (model, beta)
        From a rung with known ln Z to the one in question; may be a generator, only two rungs are held at a time.
    state : array_like, shape (n, ..., N)
        Independent exact samples of the first rung, one for each walk.
    log_z_first : float
    rng : numpy.random.Generator
    sweeps : int
        On each rung after the first.

    Returns
    -------
    Importance
        `Importance` says what its error bar does not show.

    References
    ----------
    R. M. Neal, Annealed importance sampling, Statistics and Computing 11, 125 (2001).

    Examples
    --------
    >>> from netlib.network import Network
    >>> pair, rng = Network([[0, 1], [1, 0]]), np.random.default_rng(0)
    >>> start = rng.choice([-1, 1], size=(200, 2))
    >>> result = annealed_importance_sampling(rungs(pair, np.linspace(0, 1, 50)), start, np.log(4), rng)
    >>> bool(abs(result.log_z - np.log(2 * np.exp(1) + 2 * np.exp(-1))) < 0.05)
    True
    """
    log_weights, state = _weighted_walk(ladder, state, rng, sweeps)
    return importance(log_weights, log_z_first, state)


def reverse_annealed_importance_sampling(ladder, state, log_z_first, rng, sweeps=1):
    """Estimate ln Z of the last rung by weighted walks back from exact samples of it.

    In the book: chapter 24.

    Parameters
    ----------
    ladder : sequence of (model, beta)
        In the same order as for the way forward.
    state : array_like, shape (n, ..., N)
        Independent exact samples of the *last* rung. Samples of a chain that has missed a mode make the result no bound.
    log_z_first : float
    rng : numpy.random.Generator
    sweeps : int

    Returns
    -------
    Importance

    References
    ----------
    Y. Burda, R. Grosse, R. Salakhutdinov, Accurate and conservative estimates of MRF log-likelihood using reverse annealing,
    AISTATS 2015.

    Examples
    --------
    >>> from netlib.network import Network
    >>> hot = rungs(Network([[0, 1], [1, 0]]), [0.0, 0.0])  # two equal rungs: every weight is 1, and Z = 4
    >>> estimate = reverse_annealed_importance_sampling(hot, [[1, 1], [1, -1]], np.log(4), np.random.default_rng(0))
    >>> round(estimate.log_z, 6)
    1.386294
    """
    log_weights, state = _weighted_walk(_check_ladder(ladder)[::-1], state, rng, sweeps)
    return importance(log_weights, log_z_first, state, reverse=True)


def _weighted_walk(ladder, state, rng, sweeps):
    _require.generator(rng)
    _require.whole("sweeps", sweeps)
    log_weights = 0.0
    for (model, beta), (next_model, next_beta) in pairwise(ladder):
        log_weights = log_weights + beta * model.energy(state) - next_beta * next_model.energy(state)
        for _ in range(sweeps):
            state = next_model.sweep(state, next_beta, rng)
    if np.ndim(log_weights) == 0:
        raise ValueError("the walk needs at least 2 rungs and a state with a leading axis of walks")
    return log_weights, state


# ---- checks ------------------------------------------------------------------------------------------------------------------


def _check_ladder(ladder):
    ladder = list(ladder)
    for rung in ladder:
        if not (isinstance(rung, tuple) and len(rung) == 2 and isinstance(rung[0], network.Model)):
            raise TypeError(f"a rung must be a pair (model, beta), got {rung!r}")
        _require.inverse_temperature(rung[1])
    if not ladder:
        raise ValueError("the ladder must have at least one rung")
    return ladder


def _temperatures(values):
    values = _require.finite("temperatures", values)
    if (values <= 0).any():
        raise ValueError(f"temperatures must be positive, got {values.min():g}")
    return values
