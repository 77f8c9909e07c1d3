r"""How much a Hopfield network can hold: signal to noise, capacities, and the mean-field theory of memory.

A unit of a stored pattern feels its own pattern, the signal, and :math:`P - 1` others, the noise. With Hebb's rule and random
patterns of N spins their ratio is

.. math:: \frac{\text{signal}}{\text{noise}} = \sqrt{\frac{N - 1}{P - 1}} ,

and how many patterns may be stored depends on how many errors are allowed: none, or a few.

The mean-field theory of Amit, Gutfreund and Sompolinsky (AGS) for Hebb's rule at load :math:`\alpha = P/N`, replica symmetric and
with weights divided by N, has the saddle point

.. math:: m = \int\! Dz\,\tanh\beta(m + \sqrt{\alpha r}\,z),\quad q = \int\! Dz\,\tanh^2\beta(m + \sqrt{\alpha r}\,z),\quad
          r = \frac{q}{(1-C)^2},\quad C = \beta(1-q),

where Dz is the standard normal law, m the overlap, and r the noise from the other patterns. It is not iterated here: the two
numbers :math:`u = \beta m` and :math:`v = \beta\sqrt{\alpha r}` give m and q by integration, hence T = m/u and α. At a given T
the lines of the phase diagram are then maxima and roots of functions of v alone.

Energies are per unit, with weights divided by N, and Boltzmann's constant is 1.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import binom as choose
from scipy.special import erf, factorial2, ndtr
from scipy.stats import binom

from netlib import _require
from netlib.network import SPINS

# Signal and noise.


def signal_to_noise(N, P, *, alphabet=SPINS):
    """Return the ratio of a stored unit's field to its standard deviation, for Hebb's rule and random patterns.

    It is √((N − 1)/(P − 1)) for spins. For 0/1 units with threshold 0 it is smaller by √2: half of the units are silent, which
    halves both the signal and the variance, and signal over root variance is what counts.

    In the book: chapter 12.

    Examples
    --------
    >>> signal_to_noise(101, 5), round(signal_to_noise(101, 10, alphabet=(0, 1)), 3)
    (5.0, 2.357)
    """
    _check_load(N, P, alphabet)
    return float(np.sqrt((N - 1) / (P - 1) / (1 if tuple(alphabet) == SPINS else 2))) if P > 1 else np.inf


def hebb_error_probability(N, P, *, alphabet=SPINS):
    """Return the probability that a given unit of a stored random pattern is unstable, exactly, in one step of Hebb's network.

    The signal is the number K of other units that are not silent; the noise is a sum of K(P − 1) independent signs. With spins
    K = N − 1, with 0/1 units K is binomial. A field of zero leaves the unit as it is and counts as no error.

    In the book: chapter 12.

    Parameters
    ----------
    N, P : int
        Units, patterns.
    alphabet : tuple, optional

    Returns
    -------
    float
        About Φ(−`signal_to_noise`).

    Examples
    --------
    >>> hebb_error_probability(3, 3)                              # K = 2: all of the 4 signs must be against it
    0.0625
    """
    _check_load(N, P, alphabet)
    if tuple(alphabet) == SPINS:
        signals, weights = np.array([N - 1]), np.array([1.0])
    else:
        signals = np.arange(N)
        weights = binom.pmf(signals, N - 1, 0.5)
    signs = signals * (P - 1)                                     # 2·(number of +) − signs < −signal
    return float(weights @ binom.cdf(np.ceil((signs - signals) / 2) - 1, signs, 0.5))


def mceliece_capacity(N, *, every=False):
    """Return how many random patterns Hebb's rule keeps exactly for large N: N/(2 ln N) if most are stable, N/(4 ln N) if all.

    In the book: chapter 12.

    References
    ----------
    McEliece, Posner, Rodemich, Venkatesh (1987), *The capacity of the Hopfield associative memory*,
    IEEE Transactions on Information Theory 33, 461.

    Examples
    --------
    >>> round(mceliece_capacity(1000), 1), round(mceliece_capacity(1000, every=True), 1)
    (72.4, 36.2)
    """
    return float(_require.whole("N", N, least=2) / ((4 if every else 2) * np.log(N)))


def dense_capacity(N, degree):
    """Return N^(n−1)/(2 (2n − 3)!! ln N): the patterns a dense memory of degree n keeps without errors. Hebb's rule is n = 2.

    In the book: chapter 16.

    References
    ----------
    Krotov, Hopfield (2016), *Dense associative memory for pattern recognition*, NIPS.

    Examples
    --------
    >>> dense_capacity(1000, 2) == mceliece_capacity(1000)
    True
    """
    _require.whole("degree", degree, least=2)
    return float(_require.whole("N", N, least=2) ** (degree - 1) / (2 * factorial2(2 * degree - 3) * np.log(N)))


def gardner_capacity(kappa=0.0):
    """Return the largest load P/N for which weights exist that give every unit a stability of at least κ: 1/∫_{−κ}^∞ Dz (z + κ)².

    In the book: chapter 15.

    References
    ----------
    Gardner (1988), *The space of interactions in neural network models*, Journal of Physics A 21, 257.

    Examples
    --------
    >>> float(gardner_capacity())
    2.0
    """
    kappa = _require.finite("kappa", kappa)
    return 1 / ((1 + kappa**2) * ndtr(kappa) + kappa * np.exp(-(kappa**2) / 2) / np.sqrt(2 * np.pi))


def _check_load(N, P, alphabet):
    _require.whole("N", N, least=2)
    _require.whole("P", P)
    _require.alphabet(alphabet)


# The mean-field theory of Amit, Gutfreund and Sompolinsky.


class Saddle(NamedTuple):
    """A solution of the AGS equations: overlap m, spin-glass order q, noise r, free energy per unit (weights divided by N).

    In the book: chapter 14.
    """

    m: float
    q: float
    r: float
    free_energy: float


def ags_critical_load(T=0.0):
    """Return α_c(T), the load up to which states near a stored pattern exist.

    In the book: chapter 14.

    Parameters
    ----------
    T : float
        Temperature, from 0 to below 1 (from 1 on the answer is 0).

    Returns
    -------
    float

    References
    ----------
    Amit, Gutfreund, Sompolinsky (1985), *Storing infinite numbers of patterns in a spin-glass model of neural networks*,
    Physical Review Letters 55, 1530.

    Examples
    --------
    >>> round(ags_critical_load(), 4)
    0.1379
    """
    return _summit(_check_temperature(T))[1]


def ags_retrieval(alpha, T=0.0):
    """Return the saddle point near a stored pattern; where there is none, the one without overlap, `ags_spin_glass`.

    In the book: chapter 14.

    Parameters
    ----------
    alpha : float
        Load P/N, positive.
    T : float
        Temperature, not negative.

    Returns
    -------
    Saddle

    Examples
    --------
    >>> round(ags_retrieval(0.1379).m, 2), ags_retrieval(0.1381).m
    (0.97, 0.0)
    """
    alpha, T = _check_alpha(alpha), _check_temperature(T)
    end, most = _summit(T)
    if alpha > most:
        return ags_spin_glass(alpha, T)
    if T == 0:
        x = brentq(lambda x: _load_cold(x) - alpha, end, 1.001 / np.sqrt(2 * alpha), xtol=1e-14)
        C = 2 / np.sqrt(np.pi) * np.exp(-(x**2)) / (np.sqrt(2 * alpha) + 2 / np.sqrt(np.pi) * np.exp(-(x**2)))
        return _saddle_cold(float(erf(x)), C, alpha)
    v = brentq(lambda v: _load(v, T) - alpha, 1e-9 * end, end, xtol=1e-14)
    return _saddle(_fields(v, T), v, alpha, T)


def ags_spin_glass(alpha, T=0.0):
    """Return the saddle point with m = 0. From the temperature 1 + √α on it is the paramagnet, with q = 0.

    In the book: chapter 14.

    Examples
    --------
    >>> ags_spin_glass(0.25, 1.5).q, bool(ags_spin_glass(0.25, 1.49).q > 0)
    (0.0, True)
    """
    alpha, T = _check_alpha(alpha), _check_temperature(T)
    if T == 0:
        return _saddle_cold(0.0, np.sqrt(2 / np.pi) / (np.sqrt(alpha) + np.sqrt(2 / np.pi)), alpha)
    if T >= ags_glass_temperature(alpha):
        return Saddle(0.0, 0.0, 0.0, _free_energy(0.0, 0.0, 0.0, 0.0, alpha, T))
    v = brentq(lambda v: _load_at(0.0, v, T) - alpha, 1e-7, 10 + 10 * (np.sqrt(alpha) + 1) / T, xtol=1e-14)
    return _saddle(0.0, v, alpha, T)


def ags_glass_temperature(alpha):
    """Return T_g = 1 + √α, below which the spin-glass order q is not zero.

    In the book: chapter 14.

    Examples
    --------
    >>> float(ags_glass_temperature(0.25))
    1.5
    """
    return 1 + np.sqrt(_require.positive("alpha", alpha))


def ags_ground_load(T=0.0):
    """Return the load up to which the states near stored patterns have the lowest free energy, lower than the spin glass.

    In the book: chapter 14.

    Examples
    --------
    >>> round(ags_ground_load(), 4)
    0.0519
    """
    T = _check_temperature(T)
    most = _summit(T)[1]
    if most == 0:
        return 0.0

    def advantage(alpha):
        return ags_spin_glass(alpha, T).free_energy - ags_retrieval(alpha, T).free_energy

    return brentq(advantage, 1e-3 * most, most * (1 - 1e-9))


def mixture_overlap(T, n=3):
    """Return the overlap with each of n patterns of a symmetric mixture at α = 0 (few patterns stored): m = ⟨z tanh(mz/T)⟩/n.

    Here z is a sum of n random signs. At n = 1 this is mean field, m = tanh(m/T).

    In the book: chapter 14.

    Examples
    --------
    >>> round(mixture_overlap(0.01), 4)                           # (3/4 · 1 + 1/4 · 3)/3 at T = 0
    0.5
    """
    T = _require.one_positive("T", T)
    z, p = _signs_sum(n)
    if T >= 1:
        return 0.0
    return brentq(lambda m: p @ (z * np.tanh(m * z / T)) / n - m, 1e-3 * np.sqrt(1 - T), 1.0, xtol=1e-15)


def mixture_stability(T, n=3):
    """Return the least eigenvalue of the free energy's Hessian at the symmetric n-mixture, α = 0: positive where it is stable.

    It is 1 − (1 − q + Q)/T with q = ⟨tanh²(mz/T)⟩ and Q = ⟨ξ¹ξ² tanh²(mz/T)⟩, and belongs to moving overlap from one of the
    patterns to another. Mixtures of an even number have units with z = 0, and are never stable.

    In the book: chapter 14.

    References
    ----------
    Amit, Gutfreund, Sompolinsky (1985), *Spin-glass models of neural networks*, Physical Review A 32, 1007.

    Examples
    --------
    >>> bool(mixture_stability(0.3, 2) < 0 < mixture_stability(0.3, 3)), bool(mixture_stability(0.5, 3) < 0)
    (True, True)
    """
    z, p = _signs_sum(n)
    t = np.tanh(mixture_overlap(T, n) * z / T) ** 2
    both = (z**2 - n) / (n * (n - 1)) if n > 1 else 0
    return float(1 - (1 - p @ t + p @ (both * t)) / T)


def mixture_temperature(n=3):
    """Return the temperature below which symmetric mixtures of n patterns (n odd, 3 or more) are stable at α = 0.

    In the book: chapter 14.

    Examples
    --------
    >>> round(mixture_temperature(3), 4)
    0.4598
    """
    if _require.whole("n", n, least=3) % 2 == 0:
        raise ValueError(f"n must be odd, mixtures of an even number are never stable, got {n}")
    return brentq(mixture_stability, 0.05, 0.99, args=(n,))


def _normal(v):
    """Points vz and weights for ∫Dz: the trapezoid rule, exponentially accurate with a step that resolves tanh(vz)."""
    z = np.linspace(-9, 9, int(180 + 60 * v))
    return v * z, np.exp(-(z**2) / 2) * (z[1] - z[0]) / np.sqrt(2 * np.pi)


def _moments(u, v):
    """∫Dz tanh(u + vz) and ∫Dz tanh²(u + vz)."""
    x, weights = _normal(v)
    t = np.tanh(u + x)
    return weights @ t, weights @ t**2


def _fields(v, T):
    """The largest u with Tu = ∫Dz tanh(u + vz), 0 if none: the integral is concave for u > 0, so Newton comes from above."""
    u = 1 / T
    for _ in range(200):
        m, q = _moments(u, v)
        if 1 - q >= T:
            return 0.0
        step = (T * u - m) / (T - (1 - q))
        u -= step
        if u <= 0:
            return 0.0
        if abs(step) < 1e-14 * u:
            break
    return u


def _load(v, T):
    """The α of the retrieval solution with this v, 0 if there is none."""
    u = _fields(v, T)
    return _load_at(u, v, T) if u > 0 else 0.0


def _load_at(u, v, T):
    _, q = _moments(u, v)
    return v**2 * max(T - (1 - q), 0) ** 2 / q                      # r = q/(1 − C)², α = (vT)²/r


def _load_cold(x):
    """At T = 0, with x = m/√(2αr): m = erf x and √(2α) = erf(x)/x − 2 exp(−x²)/√π."""
    return max(erf(x) / x - 2 / np.sqrt(np.pi) * np.exp(-(x**2)), 0) ** 2 / 2


@lru_cache(maxsize=256)
def _summit(T):
    """Where the load is largest along the retrieval solutions of temperature T, and that load: beyond it there are none."""
    if T >= 1:
        return 0.0, 0.0
    if T == 0:
        best = minimize_scalar(lambda x: -_load_cold(x), bounds=(0.5, 5), method="bounded", options={"xatol": 1e-10})
    else:
        grid = np.linspace(0, np.sqrt(1 - T) / T, 40)[1:]           # the summit is near 0.45 √(1 − T)/T for every T
        k = int(np.argmax([_load(v, T) for v in grid]))
        bounds = (grid[k] - grid[0], grid[k] + grid[0])
        best = minimize_scalar(lambda v: -_load(v, T), bounds=bounds, method="bounded", options={"xatol": 1e-9})
    return float(best.x), float(-best.fun)


def _saddle(u, v, alpha, T):
    m, q = _moments(u, v)
    m = m if u > 0 else 0.0
    return Saddle(float(m), float(q), float(q / (1 - (1 - q) / T) ** 2), _free_energy(u, v, q, m, alpha, T))


def _free_energy(u, v, q, m, alpha, T):
    C = (1 - q) / T
    noise = alpha * q / (1 - C) ** 2 * C                            # αβr(1 − q)
    logs = alpha * T * (np.log1p(-C) - q / (T * (1 - C)))
    x, weights = _normal(v)
    return float((alpha + m**2 + noise + logs) / 2 - T * weights @ np.logaddexp(u + x, -u - x))


def _saddle_cold(m, C, alpha):
    """T = 0: q = 1, and the free energy is the energy, with ∫Dz |m + √(αr) z| in place of the logarithm."""
    r = 1 / (1 - C) ** 2
    width = np.sqrt(alpha * r)
    mean_size = m * erf(m / (width * np.sqrt(2))) + width * np.sqrt(2 / np.pi) * np.exp(-(m**2) / (2 * width**2))
    energy = alpha / 2 + m**2 / 2 + alpha * r * C / 2 - alpha / (2 * (1 - C)) - mean_size
    return Saddle(m, 1.0, float(r), float(energy))


def _signs_sum(n):
    k = np.arange(_require.whole("n", n) + 1)
    return 2.0 * k - n, choose(n, k) / 2.0**n


def _check_alpha(alpha):
    return _require.one_positive("alpha", alpha)


def _check_temperature(T):
    T = _require.one_number("T", T)
    if T < 0:
        raise ValueError(f"T must not be negative, got {T:g}")
    return T
