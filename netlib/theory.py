r"""What is known exactly: rings and chains, the square lattice, mean field, and how much a Hopfield network can hold.

The one-dimensional Ising model in a field :math:`b` is a product of :math:`2\times2` matrices, one per bond,

.. math:: V_{ss'} = e^{\beta\,(J s s' + b (s+s')/2)},\qquad Z_\text{ring} = \operatorname{tr} V^n = \lambda_1^n + \lambda_2^n .

The square lattice without a field was solved by Onsager: with :math:`K = \beta J` it orders at :math:`\sinh 2K_c = 1`. In what
follows everything about it is written with :math:`d = 2\tanh^2 2K - 1 = 1 - 2/\cosh^2 2K`, which runs from −1 (hot) through 0
(critical) to 1 (cold). These functions are the yardsticks that samplers are held against; none of them draws a random number.

The mean-field theory of Amit, Gutfreund and Sompolinsky (AGS) for Hebb's rule at load :math:`\alpha = P/N`, replica symmetric and
with weights divided by N, has the saddle point

.. math:: m = \int\! Dz\,\tanh\beta(m + \sqrt{\alpha r}\,z),\quad q = \int\! Dz\,\tanh^2\beta(m + \sqrt{\alpha r}\,z),\quad
          r = \frac{q}{(1-C)^2},\quad C = \beta(1-q),

where Dz is the standard normal law, m the overlap, and r the noise from the other patterns. It is not iterated here: the two
numbers :math:`u = \beta m` and :math:`v = \beta\sqrt{\alpha r}` give m and q by integration, hence T = m/u and α. At a given T
the lines of the phase diagram are then maxima and roots of functions of v alone.

All energies and entropies are per spin unless the name says otherwise, and Boltzmann's constant is 1.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar
from scipy.special import binom as choose
from scipy.special import ellipe, ellipkm1, entr, erf, factorial2, ndtr
from scipy.stats import binom

from netlib import _require
from netlib.network import SPINS, UNITS


def critical_temperature(J=1.0):
    """Return the temperature 2J / ln(1 + √2) below which the square lattice is magnetised.

    Examples
    --------
    >>> round(float(critical_temperature()), 6)
    2.269185
    """
    return 2 * J / np.log1p(np.sqrt(2))


# One dimension: transfer matrices.


def transfer_matrix(beta, J=1.0, field=0.0):
    """Return the matrix V whose entry for neighbours s, s' is exp(β(J s s' + field (s + s')/2)).

    Parameters
    ----------
    beta : float or array_like, shape (...)
        Inverse temperature.
    J, field : float
        Coupling of neighbours and external field, in units of energy.

    Returns
    -------
    ndarray, shape (..., 2, 2)
        Row and column 0 belong to s = −1, row and column 1 to s = +1.

    Examples
    --------
    >>> transfer_matrix(np.log(2)).tolist()
    [[2.0, 0.5], [0.5, 2.0]]
    """
    return np.exp(_bond_exponents(beta, J, field))


def ring_log_partition(n, beta, J=1.0, field=0.0):
    """Return ln Z of n spins in a ring, total and not per spin: the logarithm of tr Vⁿ.

    A ring of two has its bond twice, which the formula counts twice.

    Parameters
    ----------
    n : int
    beta : float or array_like, shape (...)
    J, field : float

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> round(float(np.exp(ring_log_partition(3, np.log(2)))), 6)    # 2·2³ + 6·2⁻¹
    19.0
    """
    matrix, log_scale = _scaled(beta, J, field)
    return _require.whole("n", n) * log_scale + np.log(_trace(np.linalg.matrix_power(matrix, n)))


def ring_magnetisation(n, beta, J=1.0, field=0.0):
    """Return ⟨s_i⟩ = tr(S Vⁿ)/Z on a ring of n spins, where S = diag(−1, 1).

    Examples
    --------
    >>> round(float(ring_magnetisation(4, 1.0, J=0.0, field=0.5)), 6), round(float(np.tanh(0.5)), 6)
    (0.462117, 0.462117)
    """
    matrix, _ = _scaled(beta, J, field)
    power = np.linalg.matrix_power(matrix, _require.whole("n", n))
    return _trace(_SIGN @ power) / _trace(power)


def ring_correlation(n, distance, beta, J=1.0, field=0.0):
    """Return ⟨s_i s_{i+r}⟩ = tr(S Vʳ S Vⁿ⁻ʳ)/Z on a ring of n spins, for r = `distance` from 0 to n.

    Examples
    --------
    >>> round(float(ring_correlation(1000, 2, beta=1.0)), 6), round(float(np.tanh(1.0)**2), 6)
    (0.580026, 0.580026)
    """
    if not 0 <= _require.whole("distance", distance, least=0) <= _require.whole("n", n):
        raise ValueError(f"distance must be from 0 to n = {n}, got {distance}")
    matrix, _ = _scaled(beta, J, field)
    there, back = np.linalg.matrix_power(matrix, distance), np.linalg.matrix_power(matrix, n - distance)
    return _trace(_SIGN @ there @ _SIGN @ back) / _trace(there @ back)


def ring_energy(n, beta, J=1.0, field=0.0):
    """Return ⟨E⟩ of n spins in a ring, total: −n(J⟨s_i s_{i+1}⟩ + field ⟨s_i⟩).

    Examples
    --------
    >>> round(float(ring_energy(6, beta=1.0)), 2)
    -5.11
    """
    return -n * (J * ring_correlation(n, 1, beta, J, field) + field * ring_magnetisation(n, beta, J, field))


def chain_log_partition(n, beta, J=1.0, field=0.0):
    """Return ln Z of n spins in an open chain, total; without a field Z = 2ⁿ coshⁿ⁻¹(βJ).

    Examples
    --------
    >>> round(float(np.exp(chain_log_partition(3, np.log(2)))), 6)    # 8 · 1.25²
    12.5
    """
    matrix, log_scale = _scaled(beta, J, field)
    ends, bonds = _ends(beta, field), _require.whole("n", n) - 1
    product = np.einsum("...i,...ij,...j->...", ends, np.linalg.matrix_power(matrix, bonds), ends)
    return bonds * log_scale + np.abs(np.multiply(beta, field)) + np.log(product)


def chain_correlation(n, i, j, beta, J=1.0, field=0.0):
    """Return ⟨s_i s_j⟩ in an open chain of n spins numbered from 0; without a field, tanh(βJ) to the power of their distance.

    Examples
    --------
    >>> round(float(chain_correlation(5, 0, 2, 0.5)), 6), round(float(np.tanh(0.5) ** 2), 6)
    (0.213552, 0.213552)
    """
    first, last = sorted((_require.whole("i", i, least=0), _require.whole("j", j, least=0)))
    if last >= _require.whole("n", n):
        raise ValueError(f"spins are numbered from 0 to {n - 1}, got {last}")
    matrix, _ = _scaled(beta, J, field)
    ends = _ends(beta, field)
    left = np.einsum("...i,...ij->...j", ends, np.linalg.matrix_power(matrix, first))
    right = np.einsum("...ij,...j->...i", np.linalg.matrix_power(matrix, n - 1 - last), ends)
    middle = np.linalg.matrix_power(matrix, last - first)
    signed = np.einsum("...i,...ij,...j->...", left, _SIGN @ middle @ _SIGN, right)
    return signed / np.einsum("...i,...ij,...j->...", left, middle, right)


def chain_energy(n, beta, J=1.0, field=0.0):
    """Return ⟨E⟩ of n spins in an open chain, total; without a field it is −(n − 1) J tanh(βJ).

    Examples
    --------
    >>> bool(np.isclose(chain_energy(3, beta=0.5), -2 * np.tanh(0.5)))
    True
    """
    matrix, _ = _scaled(beta, J, field)
    ends = _ends(beta, field)
    lefts = [ends]
    for _ in range(_require.whole("n", n) - 1):
        lefts.append(np.einsum("...i,...ij->...j", lefts[-1], matrix))
    partition = (lefts[-1] * ends).sum(-1)
    magnetisation = sum((left * right * _SPIN).sum(-1) for left, right in zip(lefts, lefts[::-1], strict=True))
    bonds = sum(np.einsum("...i,...ij,...j->...", left * _SPIN, matrix, right * _SPIN)
                for left, right in zip(lefts[:-1], lefts[-2::-1], strict=True))
    return -(J * bonds + field * magnetisation) / partition


def correlation_length(beta, J=1.0, field=0.0):
    """Return ξ, the distance over which ⟨s_i s_j⟩ − ⟨s_i⟩⟨s_j⟩ falls by e on a long ring.

    It is the inverse of the logarithm of λ₁ over the absolute value of λ₂, the two eigenvalues of the transfer matrix.

    Examples
    --------
    >>> bool(np.isclose(correlation_length(1.0), -1 / np.log(np.tanh(1.0))))
    True
    """
    values = np.linalg.eigvalsh(_scaled(beta, J, field)[0])
    return -1 / np.log(np.abs(values).min(-1) / np.abs(values).max(-1))


_SPIN = np.array([-1.0, 1.0])
_SIGN = np.diag(_SPIN)


def _bond_exponents(beta, J, field):
    beta = _require.inverse_temperature(beta)[..., None, None]
    return beta * (J * np.outer(_SPIN, _SPIN) + field * np.add.outer(_SPIN, _SPIN) / 2)


def _scaled(beta, J, field):
    """The transfer matrix divided by its largest eigenvalue, so that powers neither overflow nor vanish, and its logarithm."""
    exponents = _bond_exponents(beta, J, field)
    top = exponents.max((-2, -1), keepdims=True)
    matrix = np.exp(exponents - top)
    largest = np.linalg.eigvalsh(matrix)[..., -1]
    return matrix / largest[..., None, None], top[..., 0, 0] + np.log(largest)


def _ends(beta, field):
    """The half of the field that no bond counts at an end of a chain, exp(β field s/2), divided by its larger value."""
    exponent = _require.inverse_temperature(beta)[..., None] * field * _SPIN / 2
    return np.exp(exponent - np.abs(exponent))


def _trace(matrix):
    return np.trace(matrix, axis1=-2, axis2=-1)


# Two dimensions: the square lattice without a field.


def onsager_energy(T, J=1.0):
    """Return the energy per spin of the infinite square lattice at temperature T.

    Parameters
    ----------
    T : float or array_like, shape (...)
        Temperature, positive.
    J : float
        Coupling, positive.

    Returns
    -------
    ndarray, shape (...)
        −2J at T = 0, −√2 J at the critical temperature, 0 when hot.

    References
    ----------
    Onsager (1944), *Crystal statistics I*, Physical Review 65, 117.

    Examples
    --------
    >>> onsager_energy([2.0, critical_temperature()]).round(6).tolist()
    [-1.745565, -1.414214]
    """
    K, d, _ = _onsager(T, J)
    with np.errstate(invalid="ignore"):
        singular = np.where(d == 0, 0.0, d * ellipkm1(d**2))
    return -J / np.tanh(2 * K) * (1 + 2 / np.pi * singular)


def onsager_heat_capacity(T, J=1.0):
    """Return dU/dT per spin of the infinite square lattice; infinite at the critical temperature itself.

    Examples
    --------
    >>> round(float(onsager_heat_capacity(2.0)), 4)
    0.7249
    """
    K, d, sech_squared = _onsager(T, J)
    with np.errstate(invalid="ignore"):
        first, second = ellipkm1(d**2), ellipe(1 - d**2)
        value = first - second - sech_squared * (np.pi / 2 + np.where(d == 0, 0.0, d * first))
    return 4 / np.pi * (K / np.tanh(2 * K)) ** 2 * value


def onsager_magnetisation(T, J=1.0):
    """Return the spontaneous magnetisation of the infinite square lattice: (1 − sinh⁻⁴(2J/T))^(1/8), and 0 above the transition.

    References
    ----------
    Yang (1952), *The spontaneous magnetization of a two-dimensional Ising model*, Physical Review 85, 808.

    Examples
    --------
    >>> onsager_magnetisation([2.0, 2.5]).round(4).tolist()
    [0.9113, 0.0]
    """
    K, _, _ = _onsager(T, J)
    inverse_sinh = 2 * np.exp(-2 * K) / -np.expm1(-4 * K)
    return np.maximum(1 - inverse_sinh**4, 0) ** 0.125


def onsager_log_partition(T, J=1.0):
    r"""Return ln Z per spin of the infinite square lattice, by numerical quadrature of Onsager's integral.

    .. math:: \frac{\ln Z}{N} = \ln(\sqrt2\cosh 2K) + \frac1\pi\int_0^{\pi/2}\ln\Bigl(1+\sqrt{1-k^2\sin^2\varphi}\Bigr)\,d\varphi,
              \qquad k = \frac{2\sinh 2K}{\cosh^2 2K}

    Examples
    --------
    >>> round(float(onsager_log_partition(critical_temperature())), 6)    # ln 2 / 2 + 2 · Catalan's constant / π
    0.929695
    """
    K, d, _ = _onsager(T, J)
    integral = np.vectorize(lambda d: quad(
        lambda x: np.log1p(np.sqrt(np.cos(x) ** 2 + (d * np.sin(x)) ** 2)), 0, np.pi / 2, epsabs=1e-13, epsrel=1e-13)[0])
    return np.logaddexp(2 * K, -2 * K) - np.log(2) / 2 + integral(d) / np.pi


def dual_temperature(T, J=1.0):
    """Return the T* with tanh(J/T*) = exp(−2J/T): duality exchanges hot and cold, and leaves the critical temperature alone.

    Examples
    --------
    >>> bool(np.isclose(dual_temperature(critical_temperature()), critical_temperature()))
    True
    """
    return J / np.arctanh(np.exp(-2 * J / _require.positive("T", T)))


def torus_log_partition(L, beta, J=1.0):
    """Return ln Z, total, of the periodic L×L lattice without a field.

    With L = 2 every pair of neighbours has two bonds, as in `netlib.ising`.

    Parameters
    ----------
    L : int
        Side.
    beta, J : float
        Their product must lie between 0 and 300.

    Returns
    -------
    float

    References
    ----------
    Kaufman (1949), *Crystal statistics II*, Physical Review 76, 1232.

    Examples
    --------
    >>> beta = np.log(2) / 8                                        # so that e^{8β} = 2: Z = 2·2 + 12 + 2/2
    >>> round(float(np.exp(torus_log_partition(2, beta))), 6)
    17.0
    """
    return float(_torus(L, beta, J).real)


def torus_energy(L, beta, J=1.0):
    """Return ⟨E⟩ per spin of the periodic L×L lattice without a field.

    It is −∂ ln Z/∂β of `torus_log_partition`, taken along the imaginary axis: Im f(x + iε)/ε has no cancellation, so ε may be so
    small that the derivative is exact to rounding.

    Examples
    --------
    >>> round(torus_energy(64, 0.5), 4), round(float(onsager_energy(2.0)), 4)
    (-1.7456, -1.7456)
    """
    step = 1e-30
    return float(-_torus(L, beta + 1j * step, J).imag / step / L**2)


def _torus(L, beta, J):
    """Kaufman's ln Z: four products over 2 cosh or 2 sinh of Lγ/2, over odd or even wave numbers."""
    _require.whole("L", L, least=2)
    K = beta * J
    if not 0 < np.real(K) < 300:
        raise ValueError(f"beta times J must lie between 0 and 300, got {np.real(K):g}")
    gamma = np.arccosh(np.cosh(2 * K) / np.tanh(2 * K) - np.cos(np.pi * np.arange(2 * L) / L) + 0j)
    gamma[0] = 2 * K + np.log(np.tanh(K))
    sign = 1 if gamma[0].real >= 0 else -1
    gamma[0] *= sign
    x = L * gamma / 2
    with np.errstate(divide="ignore"):
        cosh, sinh = x + np.log1p(np.exp(-2 * x)), x + np.log(-np.expm1(-2 * x))
    terms = np.array([cosh[1::2].sum(), sinh[1::2].sum(), cosh[::2].sum(), sinh[::2].sum()])
    top = terms.real.max()
    total = np.exp(terms - top) @ [1, 1, 1, sign]
    return L**2 / 2 * np.log(2 * np.sinh(2 * K)) + top + np.log(total / 2)


def _onsager(T, J):
    K = J / _require.positive("T", T)
    if not (K > 0).all():
        raise ValueError(f"J must be positive, got {J}")
    sech_squared = (2 * np.exp(-2 * K) / (1 + np.exp(-4 * K))) ** 2
    return K, 1 - 2 * sech_squared, sech_squared


# Mean field: the best product distribution.


def mean_field_magnetisation(T, z=4, field=0.0, J=1.0):
    """Return the stable solution of m = tanh((zJm + field)/T), the magnetisation of the best product distribution.

    Of several solutions it is the one with the lowest free energy; without a field, the positive one, which vanishes from the
    mean-field critical temperature zJ on.

    Parameters
    ----------
    T : float or array_like, shape (...)
    z : float
        Number of neighbours of each spin.
    field : float or array_like, broadcastable to T
    J : float

    Returns
    -------
    ndarray, shape (...)

    Notes
    -----
    For a field that is not negative, m − tanh(...) is convex for m ≥ 0 and positive at m = 1, so that Newton's steps from m = 1
    come down to the largest solution and never pass it. A negative field is the mirror image.

    Examples
    --------
    >>> mean_field_magnetisation([2.0, 4.0, 5.0]).round(4).tolist()
    [0.9575, 0.0, 0.0]
    """
    T, field = np.broadcast_arrays(_require.positive("T", T), _require.finite("field", field))
    m = np.ones(T.shape)
    for _ in range(100):
        t = np.tanh((z * J * m + np.abs(field)) / T)
        slope = 1 - z * J / T * (1 - t**2)
        m = m - np.where(slope > 0, (m - t) / np.where(slope > 0, slope, 1), 0)
    disordered = (field == 0) & (T >= z * J)
    return np.where(disordered, 0.0, np.where(field < 0, -m, m))


def mean_field_free_energy(m, T, z=4, field=0.0, J=1.0):
    """Return ⟨E⟩ − T S per spin of independent spins of magnetisation m: an upper bound on the true free energy for every m.

    Examples
    --------
    >>> mean_field_free_energy([0.0, 1.0], T=1.0).round(4).tolist()    # −T ln 2, and −zJ/2
    [-0.6931, -2.0]
    """
    m, T = _require.finite("m", m), _require.positive("T", T)
    if (np.abs(m) > 1).any():
        raise ValueError(f"m must lie between -1 and 1, got {m[np.abs(m) > 1].flat[0]}")
    return -z * J * m**2 / 2 - field * m - T * (entr((1 + m) / 2) + entr((1 - m) / 2))


# Hopfield networks: how much they hold.


def signal_to_noise(N, P, alphabet=SPINS):
    """Return the ratio of a stored unit's field to its standard deviation, for Hebb's rule and random patterns.

    It is √((N − 1)/(P − 1)) for spins. For 0/1 units with threshold 0 it is smaller by √2: half of the units are silent, which
    halves both the signal and the variance, and signal over root variance is what counts.

    Examples
    --------
    >>> signal_to_noise(101, 5), round(signal_to_noise(101, 10, UNITS), 3)
    (5.0, 2.357)
    """
    _check_load(N, P, alphabet)
    return float(np.sqrt((N - 1) / (P - 1) / (1 if tuple(alphabet) == SPINS else 2))) if P > 1 else np.inf


def hebb_error_probability(N, P, alphabet=SPINS):
    """Return the probability that a given unit of a stored random pattern is unstable, exactly, in one step of Hebb's network.

    The signal is the number K of other units that are not silent; the noise is a sum of K(P − 1) independent signs. With spins
    K = N − 1, with 0/1 units K is binomial. A field of zero leaves the unit as it is and counts as no error.

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


def mceliece_capacity(N, every=False):
    """Return how many random patterns Hebb's rule keeps exactly for large N: N/(2 ln N) if most are stable, N/(4 ln N) if all.

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
    if tuple(alphabet) not in (SPINS, UNITS):
        raise ValueError(f"alphabet must be (-1, 1) or (0, 1), got {alphabet}")


# Hopfield networks: the mean-field theory of Amit, Gutfreund and Sompolinsky.


class Saddle(NamedTuple):
    """A solution of the AGS equations: overlap m, spin-glass order q, noise r, free energy per unit (weights divided by N)."""

    m: float
    q: float
    r: float
    free_energy: float


def ags_critical_load(T=0.0):
    """Return α_c(T), the load up to which states near a stored pattern exist.

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

    Examples
    --------
    >>> float(ags_glass_temperature(0.25))
    1.5
    """
    return 1 + np.sqrt(_require.positive("alpha", alpha))


def ags_ground_load(T=0.0):
    """Return the load up to which the states near stored patterns have the lowest free energy, lower than the spin glass.

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

    Examples
    --------
    >>> round(mixture_overlap(0.01), 4)                           # (3/4 · 1 + 1/4 · 3)/3 at T = 0
    0.5
    """
    T = float(_require.positive("T", T))
    z, p = _signs_sum(n)
    if T >= 1:
        return 0.0
    return brentq(lambda m: p @ (z * np.tanh(m * z / T)) / n - m, 1e-3 * np.sqrt(1 - T), 1.0, xtol=1e-15)


def mixture_stability(T, n=3):
    """Return the least eigenvalue of the free energy's Hessian at the symmetric n-mixture, α = 0: positive where it is stable.

    It is 1 − (1 − q + Q)/T with q = ⟨tanh²(mz/T)⟩ and Q = ⟨ξ¹ξ² tanh²(mz/T)⟩, and belongs to moving overlap from one of the
    patterns to another. Mixtures of an even number have units with z = 0, and are never stable.

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
    return float(_require.positive("alpha", alpha))


def _check_temperature(T):
    T = float(_require.finite("T", T))
    if T < 0:
        raise ValueError(f"T must not be negative, got {T:g}")
    return T
