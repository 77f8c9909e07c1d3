r"""What measurements are worth: autocorrelation, error bars, convergence, reweighting, and what counts can tell.

Successive states of a Markov chain resemble each other. The mean of :math:`T` measurements :math:`x_1, \dots, x_T` with
variance :math:`\sigma^2` and autocorrelation :math:`\rho(t)` has the standard error

.. math::

   \frac{\sigma}{\sqrt{N_\text{eff}}}, \qquad N_\text{eff} = \frac{T}{\tau}, \qquad \tau = 1 + 2 \sum_{t=1}^{\infty} \rho(t).

This book's integrated autocorrelation time :math:`\tau` is 1 for independent measurements: it is the number of measurements
that are worth one. (Sokal's lectures use half of it, :math:`\tfrac12 + \sum \rho`.) The sum must be cut off, since the estimated
:math:`\rho(t)` is all noise where the true one has died out: at the first window :math:`W \ge 3\tau(W)`, six of Sokal's times,
but not below five lags, for series that swing to and fro.

Series have time on the last axis. Leading axes are chains that sample the same law; they are *pooled* about their common mean,
so that chains that disagree have a long :math:`\tau` and a large error bar. With ``pool=False`` every series is judged alone.

**Too short, or stuck.** A series that never changes, and one that is too short to find its own window (:math:`W \le T/2`), count
as *one* measurement per chain: :math:`\tau = T`. The error bar of a single chain is then its standard deviation, which for a
constant is 0 and says only that nothing was seen to change.
"""

import numpy as np
from scipy.special import chdtrc, ndtri, xlogy

from netlib import _require

WINDOW = 3.0
SHORTEST_WINDOW = 5
SHORTEST = 4


def autocorrelation(x, lags=None):
    r"""Return :math:`\rho(t) = C(t)/C(0)` of each series about its own mean, by fast Fourier transform.

    In the book: chapter 5.

    Parameters
    ----------
    x : array_like, shape (..., T)
    lags : int, optional
        How many lags to return, counted from 0; all T of them if left out.

    Returns
    -------
    ndarray, shape (..., lags)
        Each sum of products is divided by T, not by T − t: a small bias towards zero, and much less noise at long lags.
        A constant series gets 1 at all lags: it has forgotten nothing.

    Examples
    --------
    Deviations −1, 1, −1, 1: one product of unlike neighbours after the other.

    >>> autocorrelation([0.0, 1.0, 0.0, 1.0]).round(6).tolist()
    [1.0, -0.75, 0.5, -0.25]
    """
    x = _series(x)
    lags = x.shape[-1] if lags is None else _require.whole("lags", lags)
    return _correlation(_autocovariance(_deviation(x, axis=-1)))[..., :lags]


def autocorrelation_time(x, pool=True):
    """Return the integrated autocorrelation time: how many successive measurements are worth one.

    In the book: chapters 5 and 8.

    Parameters
    ----------
    x : array_like, shape (..., T)
    pool : bool, optional
        Whether leading axes are chains of one and the same law (the default), or series to be judged one by one.

    Returns
    -------
    float, or ndarray of shape (...) if not pooled
        At least 1/log10(T): series that swing about their mean may have values below 1, and noise must not send them to 0.

    References
    ----------
    A. D. Sokal, Monte Carlo Methods in Statistical Mechanics: Foundations and New Algorithms, in: Functional Integration
    (Springer, 1997) 131–192.

    Examples
    --------
    >>> noise = np.random.default_rng(1).normal(size=10000)
    >>> 0.9 < autocorrelation_time(noise) < 1.1
    True
    """
    return autocorrelation_time_and_error(x, pool)[0]


def autocorrelation_time_and_error(x, pool=True):
    r"""Return the integrated autocorrelation time and its standard error, :math:`\tau \sqrt{2(2W+1)/N}`.

    In the book: chapter 5.

    Parameters
    ----------
    x, pool
        As in `autocorrelation_time`.

    Returns
    -------
    tau, error : float, or ndarray of shape (...) if not pooled
        The error is infinite where the series is stuck or too short. The formula is for windows much longer than τ: on
        autoregressive series x_t = φ x_{t−1} + noise it came out up to 30 % too large (φ from 0 to 0.95), never too small.

    References
    ----------
    N. Madras and A. D. Sokal, Journal of Statistical Physics 50 (1988) 109–186.

    Examples
    --------
    >>> tau, error = autocorrelation_time_and_error(np.random.default_rng(1).normal(size=10000))
    >>> abs(tau - 1) < 3 * error
    True
    """
    tau, error, _ = _pooled_or_each(_tau, x, pool)
    return tau, error


def effective_sample_size(x, pool=True):
    """Return the number of independent measurements that the series are worth, N/τ (all chains together if pooled).

    In the book: chapter 5.

    Examples
    --------
    >>> effective_sample_size(np.ones((3, 100)))
    3.0
    """
    x = _series(x)
    measurements = x.size if pool else x.shape[-1]
    return measurements / autocorrelation_time(x, pool)


def mean_and_error(x, pool=True):
    r"""Return the mean and its standard error :math:`\sqrt{C(0)\,\tau/N}`, autocorrelation included.

    In the book: chapter 8.

    Parameters
    ----------
    x : array_like, shape (..., T)
    pool : bool, optional
        Whether leading axes are chains of one and the same law (the default), or series to be judged one by one.

    Returns
    -------
    mean, error : float, or ndarray of shape (...) if not pooled

    Examples
    --------
    >>> mean, error = mean_and_error(np.random.default_rng(2).normal(size=(4, 2500)))
    >>> abs(mean) < 3 * error, round(error, 3)
    (True, 0.01)
    """
    x = _series(x)
    tau, _, variance = _pooled_or_each(_tau, x, pool)
    if pool:
        return float(x.mean()), float(np.sqrt(variance * tau / x.size))
    return x.mean(axis=-1), np.sqrt(variance * tau / x.shape[-1])


def r_hat(x):
    r"""Return the split :math:`\hat R` of Gelman and Rubin: near 1 if the chains agree with each other and with their own past.

    Each chain is cut into two halves of :math:`n` measurements. With :math:`w` the mean of the halves' variances and :math:`b`
    the variance of the halves' means,

    .. math:: \hat R = \sqrt{\frac{\tfrac{n-1}{n}\, w + b}{w}}.

    This is the variant without rank normalisation. It sees chains that disagree or drift; it cannot see a mode that all chains
    missed.

    In the book: chapter 8.

    Parameters
    ----------
    x : array_like, shape (chains, T) or (T,)

    Returns
    -------
    float
        Infinite if no half moves but their means differ, NaN if nothing moves at all.

    References
    ----------
    A. Gelman et al., Bayesian Data Analysis, third edition (CRC Press, 2013), section 11.4.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> same, apart = rng.normal(size=(2, 1000)), rng.normal(size=(2, 1000)) + [[0], [3]]
    >>> round(r_hat(same), 2), r_hat(apart) > 1.5
    (1.0, True)
    """
    x = _series(x)
    if x.ndim > 2:
        raise ValueError(f"x must have shape (chains, T), got {x.shape}")
    n = x.shape[-1] // 2
    halves = np.concatenate([np.atleast_2d(x)[:, :n], np.atleast_2d(x)[:, -n:]])
    within, between = halves.var(axis=1, ddof=1).mean(), halves.mean(axis=1).var(ddof=1)
    if within == 0:
        return float("nan") if between == 0 else float("inf")
    return float(np.sqrt(((n - 1) / n * within + between) / within))


def jackknife(x, estimator, blocks=20):
    r"""Return an estimate and its standard error, for an estimator that may be any function of the measurements.

    The series is cut into :math:`B` blocks and the estimate :math:`\theta_{(k)}` made anew without block :math:`k`:

    .. math:: \text{error}^2 = \frac{B-1}{B} \sum_{k=1}^{B} \bigl(\theta_{(k)} - \bar\theta\bigr)^2 .

    For the mean with blocks of one this is the usual standard error. Blocks much longer than :math:`\tau` include the
    autocorrelation.

    In the book: chapter 9.

    Parameters
    ----------
    x : array_like, shape (..., T), or a tuple of them
        A tuple holds several quantities measured at the same times.
    estimator : callable
        Is given the measurements that stay, one flat array for each quantity, and returns a number or an array.
    blocks : int, optional
        Blocks that each chain is cut into; in all there must be at least two.

    Returns
    -------
    estimate, error : float or ndarray

    Examples
    --------
    >>> estimate, error = jackknife([1.0, 2.0, 3.0, 4.0], np.mean, blocks=4)
    >>> estimate, bool(np.isclose(error, np.std([1, 2, 3, 4], ddof=1) / 2))
    (2.5, True)
    """
    quantities = [_series(quantity) for quantity in (x if isinstance(x, tuple) else (x,))]
    shape = quantities[0].shape
    if any(quantity.shape != shape for quantity in quantities):
        raise ValueError(f"quantities measured together must have one shape, got {[q.shape for q in quantities]}")
    if not callable(estimator):
        raise TypeError(f"estimator must be a function of the measurements, got {type(estimator).__name__}")
    cuts = _cuts(shape, blocks)
    flat = [quantity.ravel() for quantity in quantities]
    without = [estimator(*(np.concatenate([values[:start], values[stop:]]) for values in flat))
               for start, stop in zip(cuts[:-1], cuts[1:], strict=True)]
    return _plain(estimator(*flat)), _plain(np.sqrt((len(without) - 1) * np.var(without, axis=0)))


def blocking(x):
    r"""Return the naive standard error of the mean after pairs of neighbours have been averaged 0, 1, 2, ... times.

    Averages of long blocks are nearly independent, so that their naive error, :math:`s/\sqrt n` for :math:`n` blocks with the
    standard deviation :math:`s`, is the true one. It grows from step to step until the blocks are much longer than the
    autocorrelation time, and then stays: the error is read off that plateau. Where there is none the series is too short.

    In the book: chapter 5.

    Parameters
    ----------
    x : array_like, shape (..., T)
        Leading axes are chains of one and the same law; their blocks are counted together.

    Returns
    -------
    lengths : ndarray of int, shape (K,)
        1, 2, 4, ... measurements per block, as long as each chain has two blocks or more; a remainder is left out.
    errors : ndarray, shape (K,)
    uncertainties : ndarray, shape (K,)
        The standard error of each error, :math:`\text{error}/\sqrt{2(n-1)}`, if the blocks are independent.

    References
    ----------
    H. Flyvbjerg and H. G. Petersen, The Journal of Chemical Physics 91 (1989) 461–466.

    Examples
    --------
    Means of pairs are 1 and 3: their deviation is √2, their naive error 1.

    >>> lengths, errors, _ = blocking([0.0, 2.0, 2.0, 4.0])
    >>> lengths.tolist(), errors.round(3).tolist()
    ([1, 2], [0.816, 1.0])
    """
    x = _series(x)
    lengths = 2 ** np.arange(int(np.log2(x.shape[-1] // 2)) + 1)
    errors, counts = [], []
    for _ in lengths:
        errors.append(x.std(ddof=1) / np.sqrt(x.size))
        counts.append(x.size)
        pairs = x[..., : x.shape[-1] // 2 * 2]
        x = (pairs[..., ::2] + pairs[..., 1::2]) / 2
    return lengths, np.array(errors), np.array(errors) / np.sqrt(2 * (np.array(counts) - 1))


def binder_cumulant(m):
    r"""Return Binder's :math:`U = 1 - \langle m^4 \rangle / (3 \langle m^2 \rangle^2)` and its jackknife error.

    It is 2/3 where :math:`|m|` has one value (order) and 0 for a Gaussian about zero (disorder).

    In the book: chapter 9.

    Parameters
    ----------
    m : array_like, shape (..., T)
        Signed magnetisation; leading axes are chains.

    Returns
    -------
    U, error : float
        The blocks of the jackknife are at least ten autocorrelation times of m² long, if the series can be cut into two of them.

    Raises
    ------
    ValueError
        If m is zero throughout.

    References
    ----------
    K. Binder, Zeitschrift für Physik B 43 (1981) 119–140.

    Examples
    --------
    >>> value, error = binder_cumulant([1.0, -1.0, 1.0, 1.0, -1.0, 1.0, -1.0, -1.0])
    >>> round(value, 6), error
    (0.666667, 0.0)
    """
    m = _series(m)
    if not m.any():
        raise ValueError("m must not be zero throughout: the Binder cumulant divides by the mean of m**2")
    return _jackknife_of_means((m**2, m**4), lambda second, fourth: 1 - fourth / (3 * second**2), _blocks(m**2))


def susceptibility(m, beta, sites, *, absolute=True):
    r"""Return :math:`\chi = \beta N (\langle m^2 \rangle - \langle |m| \rangle^2)` per site, and its jackknife error.

    In the book: chapter 9.

    Parameters
    ----------
    m : array_like, shape (..., T)
        Magnetisation per site; leading axes are chains.
    beta : float
    sites : int
        N, the number of sites.
    absolute : bool, optional
        Whether ⟨\|m\|⟩ is subtracted, which a finite lattice without a field needs below the critical temperature (there
        ⟨m⟩ = 0 by symmetry), or ⟨m⟩.

    Returns
    -------
    chi, error : float

    Examples
    --------
    >>> susceptibility([0.5, -0.5, 0.5, -0.5], beta=2.0, sites=10, absolute=False)[0]
    5.0
    """
    m, factor = _series(m), _require.one_beta(beta) * _require.whole("sites", sites)
    m = np.abs(m) if absolute else m
    return _variance(m, factor)


def specific_heat(energy, beta, sites):
    r"""Return :math:`c = \beta^2 N (\langle e^2 \rangle - \langle e \rangle^2)` per site, and its jackknife error.

    In the book: chapter 9.

    Parameters
    ----------
    energy : array_like, shape (..., T)
        Energy per site; leading axes are chains.
    beta : float
    sites : int
        N, the number of sites.

    Returns
    -------
    c, error : float

    Examples
    --------
    >>> specific_heat([-1.0, -2.0, -1.0, -2.0], beta=2.0, sites=10)[0]
    10.0
    """
    energy, factor = _series(energy), _require.one_beta(beta) ** 2 * _require.whole("sites", sites)
    return _variance(energy, factor)


def reweight(energies, observable, beta, new_beta):
    r"""Return the mean of an observable at another temperature, from measurements at one: single-histogram reweighting.

    .. math:: \langle A \rangle_{\beta'} = \frac{\sum_t A_t\, w_t}{\sum_t w_t}, \qquad w_t = e^{-(\beta' - \beta) E_t}.

    It is exact in the limit of many measurements, and useless once the energies typical of :math:`\beta'` were hardly ever
    visited. The effective number of measurements, :math:`(\sum w)^2 / \sum w^2`, gives the warning: the error bar then rests on
    that few, and is itself not to be trusted.

    In the book: chapter 9.

    Parameters
    ----------
    energies : array_like, shape (..., T)
        *Total* energies (not per site) measured at beta; leading axes are chains.
    observable : array_like, shape (..., T)
        Measured at the same times.
    beta : float
    new_beta : float or array_like, shape (K,)

    Returns
    -------
    mean : float or ndarray, shape of new_beta
    error : float or ndarray, shape of new_beta
        Jackknife over blocks of at least ten autocorrelation times.
    effective : float or ndarray, shape of new_beta
        Measurements left by the weights alone; autocorrelation divides it once more, by τ.

    References
    ----------
    A. M. Ferrenberg and R. H. Swendsen, Physical Review Letters 61 (1988) 2635–2638.

    Examples
    --------
    >>> mean, error, effective = reweight([0.0, 1.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0], beta=0.0, new_beta=[0.0, np.log(3)])
    >>> mean.round(6).tolist(), effective.round(6).tolist()
    ([0.5, 0.25], [4.0, 3.2])
    """
    energies, observable = _series(energies), _series(observable)
    if energies.shape != observable.shape:
        raise ValueError(f"energies and observable must have one shape, got {energies.shape} and {observable.shape}")
    beta, new_beta = _require.one_beta(beta), _require.inverse_temperature(new_beta)
    if new_beta.ndim > 1:
        raise ValueError(f"new_beta must be one number or one row of them, got shape {new_beta.shape}")

    cuts = _cuts(energies.shape, min(_blocks(energies), _blocks(observable)))
    each = [_reweighted((beta - b) * energies.ravel(), observable.ravel(), cuts) for b in new_beta.ravel()]
    return tuple(_plain(values) for values in np.array(each).reshape(new_beta.shape + (3,)).T)


def wilson_interval(successes, trials, level=0.95):
    r"""Return the Wilson score interval for a probability: all p that the observed share does not contradict.

    These are the p with :math:`|k/n - p| \le z\sqrt{p(1-p)/n}`, with :math:`z` = 1.96 for 95 %. Unlike
    :math:`\hat p \pm z\sqrt{\hat p(1-\hat p)/n}` the interval has a width where all trials succeed or all fail, and stays
    within 0 and 1.

    In the book: chapters 4 and 13.

    Parameters
    ----------
    successes : int or array_like of int, shape (...)
    trials : int or array_like of int, broadcastable to successes
        Independent.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    low, high : float or ndarray, shape (...)

    References
    ----------
    E. B. Wilson, Journal of the American Statistical Association 22 (1927) 209–212.

    Examples
    --------
    >>> [round(bound, 3) for bound in wilson_interval(9, 10)], [round(bound, 3) for bound in wilson_interval(10, 10)]
    ([0.596, 0.982], [0.722, 1.0])
    """
    k, n = _counts("successes", successes), _counts("trials", trials)
    if (n < 1).any():
        raise ValueError(f"trials must be at least 1, got {n.min():g}")
    if (more := k > n).any():
        k, n = (np.broadcast_to(array, more.shape)[more].flat[0] for array in (k, n))
        raise ValueError(f"successes must not be more than the trials, got {k:g} of {n:g}")
    level = _require.finite("level", level)
    if level.ndim or not 0 < level < 1:
        raise ValueError(f"level must be one number between 0 and 1, got {level}")
    z2 = ndtri((1 + level) / 2) ** 2
    centre, half = k + z2 / 2, np.sqrt(z2 * (k * (n - k) / n + z2 / 4))
    low = np.where(k == 0, 0.0, (centre - half) / (n + z2))
    return _plain(low), _plain(np.where(k == n, 1.0, (centre + half) / (n + z2)))


def g_test(counts, expected, *, least=5.0):
    r"""Test whether counts fit a law: return :math:`G = 2\sum_k O_k \ln(O_k/E_k)`, its degrees of freedom and the p-value.

    If the law is right and no expected count is small, G follows the χ² law with one degree of freedom less than there are
    states, and the p-value is the probability of a G as large as this one or larger. G/2 is the number of observations times the
    Kullback–Leibler divergence of the observed frequencies from the law.

    In the book: chapter 4.

    Parameters
    ----------
    counts : array_like of int, shape (K,)
        How often each state was seen, in *independent* observations: successive states of a chain make G too large.
    expected : array_like, shape (K,)
        Probabilities or expected counts, up to a common factor.
    least : float
        The smallest expected count that is accepted. States are never pooled here; pool them before, by a rule that does not
        look at the counts.

    Returns
    -------
    G : float
    degrees : int
    p_value : float

    Raises
    ------
    ValueError
        If a state of probability 0 was seen (then no test is needed), an expected count is below `least`, or only one state is
        possible.

    References
    ----------
    S. S. Wilks, The Annals of Mathematical Statistics 9 (1938) 60–62.

    Examples
    --------
    >>> G, degrees, p_value = g_test([10, 20, 30], [1, 1, 1])
    >>> round(G, 3), degrees, round(p_value, 4)
    (10.465, 2, 0.0053)
    """
    counts, expected = _counts("counts", counts), _require.finite("expected", expected)
    if counts.ndim != 1 or counts.shape != expected.shape:
        raise ValueError(f"counts and expected must be two rows of one length, got shapes {counts.shape} and {expected.shape}")
    if (expected < 0).any() or not expected.sum() > 0 or not counts.sum() > 0:
        raise ValueError(f"counts and expected must not be negative or zero throughout, got {counts} and {expected}")
    if (seen := (expected == 0) & (counts > 0)).any():
        k = int(seen.argmax())
        raise ValueError(f"state {k} has probability 0 and was seen {counts[k]:g} times: the law is wrong, without a test")
    possible = expected > 0
    counts, scaled = counts[possible], expected[possible] * (counts.sum() / expected.sum())
    if scaled.min() < least:
        raise ValueError(f"every expected count must be at least {least:g}, got {scaled.min():.3g} for state "
                         f"{int(np.flatnonzero(possible)[scaled.argmin()])}: pool states, or count more")
    if len(scaled) < 2:
        raise ValueError("one possible state leaves nothing to test")
    G = max(0.0, float(2 * xlogy(counts, counts / scaled).sum()))
    return G, len(scaled) - 1, float(chdtrc(len(scaled) - 1, G))


def _counts(name, values):
    """`values` as a float array of whole numbers, none negative."""
    array = _require.finite(name, values).astype(float)
    wrong = (array < 0) | (array != np.rint(array))
    if wrong.any():
        raise ValueError(f"{name} must be whole numbers, none of them negative, got {array[wrong].flat[0]:g}")
    return array


def _series(x):
    """Return `x` as a float array of measurements, time last; it must be finite, with at least four times."""
    x = _require.finite("x", x)
    if x.ndim == 0 or x.shape[-1] < SHORTEST:
        raise ValueError(f"a series needs at least {SHORTEST} measurements on its last axis, got shape {x.shape}")
    if x.size == 0:
        raise ValueError(f"there must be at least one chain, got shape {x.shape}")
    return x.astype(float)


def _deviation(x, axis):
    """x minus its mean; exactly zero for a constant, whose computed mean may be off by a rounding error."""
    return np.where(np.ptp(x, axis=axis, keepdims=True) == 0, 0.0, x - x.mean(axis=axis, keepdims=True))


def _autocovariance(deviation):
    """Sums of products at each lag, divided by T; padded with zeros so that the end does not meet the beginning."""
    T = deviation.shape[-1]
    spectrum = np.abs(np.fft.rfft(deviation, 2 * T, axis=-1)) ** 2
    return np.fft.irfft(spectrum, axis=-1)[..., :T] / T


def _correlation(covariance):
    variance = covariance[..., :1]
    return np.divide(covariance, variance, out=np.ones_like(covariance), where=variance > 0)


def _tau(x):
    """Return τ, its error and the variance of chains (chains, T), pooled about their common mean."""
    T = x.shape[-1]
    deviation = _deviation(x, axis=None)
    covariance = _autocovariance(deviation).mean(axis=0)
    partial = 2 * np.cumsum(_correlation(covariance)) - 1
    lag = np.arange(T)
    fits = np.flatnonzero((lag >= WINDOW * partial) & (lag >= min(SHORTEST_WINDOW, T // 2)) & (lag <= T // 2))
    if covariance[0] == 0 or fits.size == 0:
        return float(T), float("inf"), covariance[0]
    window = fits[0]
    tau = max(partial[window], min(1.0, 1 / np.log10(T)))
    return float(tau), float(tau * np.sqrt(2 * (2 * window + 1) / x.size)), covariance[0]


def _pooled_or_each(function, x, pool):
    x = _series(x)
    rows = x.reshape(-1, x.shape[-1])
    if pool:
        return function(rows)
    each = zip(*(function(row[None]) for row in rows), strict=True)
    return tuple(np.array(values).reshape(x.shape[:-1])[()] for values in each)


def _blocks(x):
    """Blocks per chain for a jackknife: ten autocorrelation times long or longer, at most 50, and at least two in all."""
    chains = x[..., 0].size
    return max(2 if chains == 1 else 1, min(50, int(x.shape[-1] / (10 * autocorrelation_time(x)))))


def _cuts(shape, blocks):
    """Where each block begins in the flattened series, and where the last one ends."""
    blocks, chains = _require.whole("blocks", blocks), int(np.prod(shape[:-1]))
    if blocks > shape[-1] or blocks * chains < 2:
        raise ValueError(f"blocks must give two blocks or more, and at most one per measurement, got {blocks} for shape {shape}")
    edges = np.arange(blocks + 1) * shape[-1] // blocks
    return np.append((np.arange(chains)[:, None] * shape[-1] + edges[:-1]).ravel(), chains * shape[-1])


def _jackknife_of_means(quantities, function, blocks):
    """The same as `jackknife` for a function of the means of some quantities, from sums over the blocks."""
    cuts, flat = _cuts(quantities[0].shape, blocks), np.stack([quantity.ravel() for quantity in quantities])
    sizes, sums = np.diff(cuts), np.add.reduceat(flat, cuts[:-1], axis=-1)
    with np.errstate(invalid="ignore"):                     # where nothing but zeros is left, the estimate is no number
        without = function(*((sums.sum(axis=-1, keepdims=True) - sums) / (sizes.sum() - sizes)))
    return float(function(*flat.mean(axis=-1))), float(np.sqrt((len(sizes) - 1) * np.var(without)))


def _variance(x, factor):
    """The variance times a factor, with its jackknife error."""
    deviation = _deviation(x, axis=None)
    return _jackknife_of_means((deviation, deviation**2), lambda mean, square: factor * (square - mean**2), _blocks(x))


def _reweighted(exponent, values, cuts):
    """The mean of the values with the weights e^exponent, its jackknife error, and Kish's effective number of measurements.

    Each block's weights are in units of its largest, so that a block without which the others weigh next to nothing can be left
    out like any other.
    """
    top, sizes = np.maximum.reduceat(exponent, cuts[:-1]), np.diff(cuts)
    w = np.exp(exponent - np.repeat(top, sizes))
    parts, sums = np.add.reduceat(w, cuts[:-1]), np.add.reduceat(w * values, cuts[:-1])
    heaviest, scale = top.argmax(), np.exp(top - top.max())
    others = np.delete(np.arange(len(top)), heaviest)
    scale_of_others = np.exp(top[others] - top[others].max())
    part, total = scale * parts, scale * sums
    without = np.empty(len(top))
    without[others] = (total.sum() - total[others]) / (part.sum() - part[others])
    without[heaviest] = scale_of_others @ sums[others] / (scale_of_others @ parts[others])
    effective = part.sum() ** 2 / ((w * np.repeat(scale, sizes)) ** 2).sum()
    return total.sum() / part.sum(), np.sqrt((len(top) - 1) * np.var(without)), effective


def _plain(value):
    return float(value) if np.ndim(value) == 0 else np.asarray(value)
