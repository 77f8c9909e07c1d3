r"""What is known exactly about the Ising model: the ring, the square lattice, and mean field.

The one-dimensional Ising model in a field :math:`b` is a product of :math:`2\times2` matrices, one per bond,

.. math:: V_{ss'} = e^{\beta\,(J s s' + b (s+s')/2)},\qquad Z_\text{ring} = \operatorname{tr} V^n = \lambda_1^n + \lambda_2^n .

The square lattice without a field was solved by Onsager: with :math:`K = \beta J` it orders at :math:`\sinh 2K_c = 1`. In what
follows its energy and heat capacity are written with :math:`\kappa`, which is :math:`\sinh^2 2K` when hot and
:math:`\sinh^{-2} 2K` when cold, so that it lies between 0 and 1, its value at the transition. These functions are the yardsticks
that samplers are held against; none of them draws a random number.

All energies and entropies are per spin unless the name says otherwise, and Boltzmann's constant is 1.
"""

import numpy as np
from scipy.integrate import quad
from scipy.special import binom as choose
from scipy.special import ellipkm1, elliprd, entr

from netlib import _require


def critical_temperature(J=1.0):
    """Return the temperature 2J / ln(1 + √2) below which the square lattice is magnetised.

    In the book: chapter 7.

    Examples
    --------
    >>> round(float(critical_temperature()), 6)
    2.269185
    """
    return 2 * _coupling(J) / np.log1p(np.sqrt(2))


# One dimension: transfer matrices.


def transfer_matrix(beta, J=1.0, field=0.0):
    """Return the matrix V whose entry for neighbours s, s' is exp(β(J s s' + field (s + s')/2)).

    In the book: chapter 7.

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

    In the book: chapter 7.

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

    In the book: chapter 7.

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

    In the book: chapter 7.

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

    In the book: chapter 7.

    Examples
    --------
    >>> round(float(ring_energy(6, beta=1.0)), 2)
    -5.11
    """
    return -n * (J * ring_correlation(n, 1, beta, J, field) + field * ring_magnetisation(n, beta, J, field))


def correlation_length(beta, J=1.0, field=0.0):
    r"""Return ξ, the distance over which ⟨s_i s_j⟩ − ⟨s_i⟩⟨s_j⟩ falls by e on a long ring.

    It is the inverse of the logarithm of λ₁ over the absolute value of λ₂, the two eigenvalues of the transfer matrix, which are
    :math:`e^{\beta J}(a \pm r)` with :math:`a = \cosh(\beta\,\text{field})` and
    :math:`r^2 = \sinh^2(\beta\,\text{field}) + e^{-4\beta J}`. When cold these nearly agree; hence a/r alone is used.

    In the book: chapter 7.

    Examples
    --------
    >>> bool(np.isclose(correlation_length(1.0), -1 / np.log(np.tanh(1.0))))
    True
    >>> f"{correlation_length(20.0):.3e}"                              # e⁴⁰/2
    '1.177e+17'
    """
    K, h = np.broadcast_arrays(*_reduced(beta, J, field))
    with np.errstate(divide="ignore", over="ignore"):
        log_a = np.logaddexp(h, -h) - np.log(2)
        log_r = np.logaddexp(2 * (np.abs(h) + np.log(-np.expm1(-2 * np.abs(h))) - np.log(2)), -4 * K) / 2
        ratio = np.exp(-np.abs(log_a - log_r))
        # ln((1 + x)/(1 − x)) is 2 artanh x, and (a + r)²/|a² − r²| where x is near 1, with a² − r² = 1 − e^{−4K}
        far = 2 * np.logaddexp(log_a, log_r) - np.maximum(0, -4 * K) - np.log(-np.expm1(-4 * np.abs(K)))
        return 1 / np.where(ratio < 0.5, 2 * np.arctanh(np.minimum(ratio, 0.5)), far)


_SPIN = np.array([-1.0, 1.0])
_SIGN = np.diag(_SPIN)


def _coupling(J):
    """`J` as a float array: positive and finite."""
    return _require.positive("J", J)


def _reduced(beta, J, field):
    """βJ and β·field."""
    beta, J, field = _require.inverse_temperature(beta), _require.finite("J", J), _require.finite("field", field)
    _require.fitting(beta=beta, J=J, field=field)
    return beta * J, beta * field


def _bond_exponents(beta, J, field):
    K, h = (x[..., None, None] for x in _reduced(beta, J, field))
    return K * np.outer(_SPIN, _SPIN) + h * np.add.outer(_SPIN, _SPIN) / 2


def _scaled(beta, J, field):
    """The transfer matrix divided by its largest eigenvalue, so that powers neither overflow nor vanish, and its logarithm."""
    exponents = _bond_exponents(beta, J, field)
    top = exponents.max((-2, -1), keepdims=True)
    matrix = np.exp(exponents - top)
    largest = np.linalg.eigvalsh(matrix)[..., -1]
    return matrix / largest[..., None, None], top[..., 0, 0] + np.log(largest)


def _trace(matrix):
    return np.trace(matrix, axis1=-2, axis2=-1)


# Two dimensions: the square lattice without a field.


def onsager_energy(T, J=1.0):
    """Return the energy per spin of the infinite square lattice at temperature T.

    In the book: chapters 7 and 8.

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
    K, cold, kappa = _onsager(T, J)
    part = (1 - kappa) * kappa**2 * _elliptic(kappa)[0]
    return -J / np.tanh(2 * K) * np.where(cold, 2 - kappa + part, kappa - part)


def onsager_heat_capacity(T, J=1.0):
    """Return dU/dT per spin of the infinite square lattice; infinite at the critical temperature itself.

    In the book: chapter 7.

    Examples
    --------
    >>> round(float(onsager_heat_capacity(2.0)), 4)
    0.7249
    """
    K, cold, kappa = _onsager(T, J)
    R, D = _elliptic(kappa)
    both = kappa * (1 + kappa) * R
    return 2 * K**2 * np.where(cold, kappa**2 * (1 + 2 * D + both), 1 + 2 * kappa * D + both)


def onsager_magnetisation(T, J=1.0):
    """Return the spontaneous magnetisation of the infinite square lattice: (1 − sinh⁻⁴(2J/T))^(1/8), and 0 above the transition.

    In the book: chapters 7 and 8.

    References
    ----------
    Yang (1952), *The spontaneous magnetization of a two-dimensional Ising model*, Physical Review 85, 808.

    Examples
    --------
    >>> onsager_magnetisation([2.0, 2.5]).round(4).tolist()
    [0.9113, 0.0]
    """
    _, cold, kappa = _onsager(T, J)
    return np.where(cold, (1 - kappa) * (1 + kappa), 0) ** 0.125


def onsager_log_partition(T, J=1.0):
    r"""Return ln Z per spin of the infinite square lattice, by numerical quadrature of Onsager's integral.

    .. math:: \frac{\ln Z}{N} = \ln(\sqrt2\cosh 2K) + \frac1\pi\int_0^{\pi/2}\ln\Bigl(1+\sqrt{1-k^2\sin^2\varphi}\Bigr)\,d\varphi,
              \qquad k = \frac{2\sinh 2K}{\cosh^2 2K}

    In the book: chapter 7.

    Examples
    --------
    >>> round(float(onsager_log_partition(critical_temperature())), 6)    # ln 2 / 2 + 2 · Catalan's constant / π
    0.929695
    """
    K, _, _ = _onsager(T, J)
    d = 2 * np.tanh(2 * K) ** 2 - 1                                     # 1 − k² = d²
    integral = np.vectorize(lambda d: quad(
        lambda x: np.log1p(np.sqrt(np.cos(x) ** 2 + (d * np.sin(x)) ** 2)), 0, np.pi / 2, epsabs=1e-13, epsrel=1e-13)[0])
    return np.logaddexp(2 * K, -2 * K) - np.log(2) / 2 + integral(d) / np.pi


def dual_temperature(T, J=1.0):
    """Return the T* with tanh(J/T*) = exp(−2J/T): duality exchanges hot and cold, and leaves the critical temperature alone.

    In the book: chapter 7.

    Examples
    --------
    >>> bool(np.isclose(dual_temperature(critical_temperature()), critical_temperature()))
    True
    """
    with np.errstate(over="ignore", divide="ignore"):
        return 2 * J / np.log1p(2 / np.expm1(2 * _coupling(J) / _require.positive("T", T)))


def torus_log_partition(L, beta, J=1.0):
    """Return ln Z, total, of the periodic L×L lattice without a field.

    With L = 2 every pair of neighbours has two bonds, as in `netlib.ising`.

    In the book: chapter 7.

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
    return float(_torus(L, _require.one_number("beta", beta), _require.one_number("J", J)).real)


def torus_energy(L, beta, J=1.0):
    """Return ⟨E⟩ per spin of the periodic L×L lattice without a field.

    It is −∂ ln Z/∂β of `torus_log_partition`, taken along the imaginary axis: Im f(x + iε)/ε has no cancellation, so ε may be so
    small that the derivative is exact to rounding. When very hot the terms of f cancel themselves, and are put together by hand.

    In the book: chapter 7.

    Examples
    --------
    >>> round(torus_energy(64, 0.5), 4), round(float(onsager_energy(2.0)), 4)
    (-1.7456, -1.7456)
    """
    beta, J, step = _require.one_number("beta", beta), _require.one_number("J", J), 1e-30
    derivative = _torus(L, beta + 1j * step, J).imag / step if beta * J > 0.02 else J * _hot_torus_slope(L, beta * J)
    return float(-derivative / L**2)


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


def _hot_torus_slope(L, K):
    """∂ ln Z/∂K of Kaufman's formula for small K, where L²/(2K) from the first factor cancels Σ γ′L/2 from the products.

    With s = sinh 2K, c = cosh 2K and R = s sinh γ the sum of both, over the odd or the even wave numbers alone, is L² c s times
    the mean of ε, once cos θ, whose sum over the wave numbers is zero, is added to each term.
    """
    _torus(L, K, 1.0)
    s, c, cos = np.sinh(2 * K), np.cosh(2 * K), np.cos(np.pi * np.arange(2 * L) / L)
    square = 1 + (s - cos) ** 2
    excess = s * square - 2 * cos                                       # (R² − 1)/s
    R = np.sqrt(1 + s * excess)
    epsilon = (square + R + 1 + cos * excess * (R + 2) / (R + 1)) / ((R + 1) * R)
    gamma, slope = np.arcsinh(R / s), -2 * c * (1 - s**2) / (s * R)
    small = np.exp(-L * gamma)
    total = change = 0.0
    for parity, sign, weight in ((1, 1, 1), (1, -1, 1), (0, 1, 1), (0, -1, -1)):     # 2 cosh x and 2 sinh x are e^x (1 ± e^{−2x})
        x, t = gamma[parity::2].sum() * L / 2, sign * small[parity::2]
        size = weight * np.exp(x - gamma.sum() * L / 4) * np.prod(1 + t)
        total += size
        change += size * (L**2 * c * s * epsilon[parity::2].mean() - L * (slope[parity::2] * t / (1 + t)).sum())
    return change / total


def _onsager(T, J):
    """K, whether it is cold, and κ."""
    T, J = _require.positive("T", T), _coupling(J)
    _require.fitting(T=T, J=J)
    K = J / T
    inverse_sinh = 2 * np.exp(-2 * K) / -np.expm1(-4 * K)
    cold = inverse_sinh < 1
    return K, cold, np.where(cold, inverse_sinh, 1 / np.where(cold, 1, inverse_sinh)) ** 2


def _elliptic(kappa):
    """Return ((2/π)K − 1)/κ² and (2/π)(K − E)/κ² of the complete elliptic integrals of modulus κ: 1/4 and 1/2 at κ = 0.

    Landen's transformation leads from Onsager's modulus, 2 sinh 2K/cosh² 2K, to this one. Where κ is small the first is the sum
    of binom(2n, n)²/16ⁿ κ^(2n − 2), since the difference cancels.
    """
    n = np.arange(10, 0, -1)
    series = np.polyval((choose(2 * n, n) / 4.0**n) ** 2, np.minimum(kappa, 0.2) ** 2)
    rest = (1 - kappa) * (1 + kappa)
    with np.errstate(divide="ignore"):
        direct = (2 / np.pi * ellipkm1(rest) - 1) / np.maximum(kappa, 0.2) ** 2
    return np.where(kappa < 0.2, series, direct), 2 / (3 * np.pi) * elliprd(0.0, rest, 1.0)


# Mean field: the best product distribution.


def mean_field_magnetisation(T, z=4, field=0.0, J=1.0):
    """Return the stable solution of m = tanh((zJm + field)/T), the magnetisation of the best product distribution.

    Of several solutions it is the one with the lowest free energy; without a field, the positive one, which vanishes from the
    mean-field critical temperature zJ on.

    In the book: chapter 7.

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
    T, field = _require.positive("T", T), _require.finite("field", field)
    z, J = _require.finite("z", z), _require.finite("J", J)
    _require.fitting(T=T, field=field, z=z, J=J)
    T, field, z, J = np.broadcast_arrays(T, field, z, J)
    m = np.ones(T.shape)
    for _ in range(100):
        t = np.tanh((z * J * m + np.abs(field)) / T)
        slope = 1 - z * J / T * (1 - t**2)
        m = m - np.where(slope > 0, (m - t) / np.where(slope > 0, slope, 1), 0)
    disordered = (field == 0) & (T >= z * J)
    return np.where(disordered, 0.0, np.where(field < 0, -m, m))


def mean_field_free_energy(m, T, z=4, field=0.0, J=1.0):
    """Return ⟨E⟩ − T S per spin of independent spins of magnetisation m: an upper bound on the true free energy for every m.

    In the book: chapter 7.

    Examples
    --------
    >>> mean_field_free_energy([0.0, 1.0], T=1.0).round(4).tolist()    # −T ln 2, and −zJ/2
    [-0.6931, -2.0]
    """
    m, T = _require.finite("m", m), _require.positive("T", T)
    z, field, J = _require.finite("z", z), _require.finite("field", field), _require.finite("J", J)
    _require.fitting(m=m, T=T, z=z, field=field, J=J)
    if (np.abs(m) > 1).any():
        raise ValueError(f"m must lie between -1 and 1, got {m[np.abs(m) > 1].flat[0]}")
    return -z * J * m**2 / 2 - field * m - T * (entr((1 + m) / 2) + entr((1 - m) / 2))
