r"""What is known exactly: rings and chains, the square lattice, mean field, and how much a Hopfield network can hold.

The one-dimensional Ising model in a field :math:`h` is a product of :math:`2\times2` matrices, one per bond,

.. math:: V_{ss'} = e^{\beta\,(J s s' + h (s+s')/2)},\qquad Z_\text{ring} = \operatorname{tr} V^n = \lambda_1^n + \lambda_2^n .

The square lattice without a field was solved by Onsager: with :math:`K = \beta J` it orders at :math:`\sinh 2K_c = 1`. In what
follows everything about it is written with :math:`d = 2\tanh^2 2K - 1 = 1 - 2/\cosh^2 2K`, which runs from −1 (hot) through 0
(critical) to 1 (cold). These functions are the yardsticks that samplers are held against; none of them draws a random number.

All energies and entropies are per spin unless the name says otherwise, and Boltzmann's constant is 1.
"""

import numpy as np
from scipy.integrate import quad
from scipy.special import ellipe, ellipkm1, entr

from netlib import _require


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
    """Return ⟨s_i⟩ = tr(S Vⁿ)/Z on a ring of n spins, where S = diag(−1, 1)."""
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
    """Return ⟨s_i s_j⟩ in an open chain of n spins numbered from 0; without a field it is tanh(βJ) to the power |i − j|."""
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
    """Return ξ = 1/ln(λ₁/|λ₂|): on a long ring ⟨s_i s_j⟩ − ⟨s_i⟩⟨s_j⟩ falls as exp(−|i − j|/ξ).

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
    L. Onsager, *Crystal statistics I*, Physical Review 65, 117 (1944).

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
    C. N. Yang, *The spontaneous magnetization of a two-dimensional Ising model*, Physical Review 85, 808 (1952).

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
    B. Kaufman, *Crystal statistics II*, Physical Review 76, 1232 (1949).

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
