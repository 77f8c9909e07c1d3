"""Capacities against enumeration and integrals, and the theory of AGS against its equations and its own free energy.

Nothing here is random, so every comparison is to rounding or to the stated error of a finite difference.
"""

import itertools

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr

from netlib import capacity, theory
from netlib.network import SPINS, UNITS


@pytest.mark.parametrize("alphabet", [SPINS, UNITS])
def test_error_probability_equals_enumeration_of_all_patterns(alphabet):
    """Every choice of 3 patterns of 4 units, looked at one by one: how often is unit 0 of the first pattern unstable?"""
    N, P, wrong = 4, 3, 0
    for bits in itertools.product((0, 1), repeat=N * P):
        signs = 2 * np.reshape(bits, (P, N)) - 1
        state = signs[0] if alphabet == SPINS else np.array(bits[:N])
        field = sum(signs[:, 0] @ signs[:, j] * state[j] for j in range(1, N))
        wrong += field * signs[0, 0] < 0
    assert capacity.hebb_error_probability(N, P, alphabet=alphabet) == pytest.approx(wrong / 2 ** (N * P), rel=1e-12)


@pytest.mark.parametrize("alphabet", [SPINS, UNITS])
def test_error_probability_tends_to_the_gaussian_one(alphabet):
    exact = capacity.hebb_error_probability(20001, 4001, alphabet=alphabet)
    assert exact == pytest.approx(ndtr(-capacity.signal_to_noise(20001, 4001, alphabet=alphabet)), rel=0.03)


def test_one_pattern_has_no_errors():
    assert capacity.hebb_error_probability(50, 1) == capacity.hebb_error_probability(50, 1, alphabet=UNITS) == 0
    assert capacity.signal_to_noise(50, 1) == np.inf


def test_hopfields_estimate_of_1982():
    """n = 10, N = 100 in the alphabet 0/1: the paper's P = 0.0091 is the Gaussian tail beyond √(N / 2(n − 1))."""
    assert ndtr(-capacity.signal_to_noise(101, 10, alphabet=UNITS)) == pytest.approx(0.0092, abs=1e-4)


def test_gardner_capacity_is_its_integral_and_falls_with_the_margin():
    for kappa in (0.0, 0.5, 1.0, 3.0):
        integral, _ = quad(lambda z, k=kappa: np.exp(-z**2 / 2) / np.sqrt(2 * np.pi) * (z + k) ** 2, -kappa, 12)
        assert capacity.gardner_capacity(kappa) == pytest.approx(1 / integral, rel=1e-8)
    assert capacity.gardner_capacity(0.0) == 2
    assert (np.diff(capacity.gardner_capacity(np.linspace(0, 3, 20))) < 0).all()


def test_large_n_capacities():
    assert capacity.mceliece_capacity(256) == pytest.approx(256 / (16 * np.log(2)))
    assert capacity.mceliece_capacity(256, every=True) == pytest.approx(capacity.mceliece_capacity(256) / 2)
    assert capacity.dense_capacity(256, 3) == pytest.approx(256**2 / (2 * 3 * np.log(256)))
    assert capacity.dense_capacity(256, 4) / capacity.dense_capacity(256, 3) == pytest.approx(256 / 5)


# The theory of Amit, Gutfreund and Sompolinsky.


def average(function):
    return quad(lambda z: np.exp(-z**2 / 2) / np.sqrt(2 * np.pi) * function(z), -10, 10, epsabs=1e-12, epsrel=1e-12, limit=500)[0]


def ags_free_energy(m, q, r, alpha, T):
    """The replica-symmetric free energy, written out once more, with another quadrature."""
    C = (1 - q) / T
    width = np.sqrt(alpha * r)
    logarithms = average(lambda z: np.logaddexp((m + width * z) / T, -(m + width * z) / T))
    noise = alpha * r * (1 - q) / T + alpha * T * (np.log(1 - C) - q / T / (1 - C))
    return (alpha + m**2 + noise) / 2 - T * logarithms


POINTS = [(0.05, 0.1), (0.1, 0.3), (0.02, 0.7), (0.001, 0.9)]


@pytest.mark.parametrize(("alpha", "T"), POINTS + [(0.5, 0.6), (0.3, 1.2)])
@pytest.mark.parametrize("solve", [capacity.ags_retrieval, capacity.ags_spin_glass])
def test_saddle_points_solve_their_equations(solve, alpha, T):
    m, q, r, free_energy = solve(alpha, T)
    width = np.sqrt(alpha * r)
    assert m == pytest.approx(average(lambda z: np.tanh((m + width * z) / T)), abs=1e-9)
    assert q == pytest.approx(average(lambda z: np.tanh((m + width * z) / T) ** 2), abs=1e-9)
    assert r == pytest.approx(q / (1 - (1 - q) / T) ** 2, rel=1e-7)
    assert free_energy == pytest.approx(ags_free_energy(m, q, r, alpha, T), abs=1e-9)
    assert (m > 0) == (solve is capacity.ags_retrieval and (alpha, T) in POINTS)


@pytest.mark.parametrize(("alpha", "T"), POINTS)
@pytest.mark.parametrize("solve", [capacity.ags_retrieval, capacity.ags_spin_glass])
def test_saddle_points_are_stationary(solve, alpha, T):
    point = np.array(solve(alpha, T)[:3])
    for k in range(3):
        step = np.zeros(3)
        step[k] = 1e-5 * max(point[k], 0.1)
        up, down = (ags_free_energy(*(point + sign * step), alpha, T) for sign in (1, -1))
        assert abs(up - down) / (2 * step[k]) < 1e-6


def test_iteration_of_the_equations_arrives_at_the_same_point():
    alpha, T, m, q = 0.08, 0.25, 1.0, 1.0
    for _ in range(200):
        width = np.sqrt(alpha * q) / (1 - (1 - q) / T)
        m, q = (average(lambda z, k=k, m=m, w=width: np.tanh((m + w * z) / T) ** k) for k in (1, 2))
    assert capacity.ags_retrieval(alpha, T)[:2] == pytest.approx((m, q), abs=1e-8)


def test_critical_load_at_zero_temperature():
    alpha = capacity.ags_critical_load()
    assert alpha == pytest.approx(0.137906, abs=1e-6)
    assert capacity.ags_retrieval(alpha * (1 - 1e-12)).m == pytest.approx(0.967, abs=5e-4)
    assert capacity.ags_retrieval(alpha * 1.0001).m == 0
    assert capacity.ags_ground_load() == pytest.approx(0.0519, abs=5e-5)


def test_cold_is_the_limit_of_cool():
    for solve, alpha in ((capacity.ags_retrieval, 0.1), (capacity.ags_spin_glass, 0.1)):
        cold, cool = solve(alpha, 0.0), solve(alpha, 0.01)
        assert cool.m == pytest.approx(cold.m, abs=1e-3) and cool.r == pytest.approx(cold.r, rel=0.02)
        assert cool.free_energy == pytest.approx(cold.free_energy, abs=1e-3)
    assert capacity.ags_critical_load(0.02) == pytest.approx(capacity.ags_critical_load(), rel=0.01)
    assert capacity.ags_ground_load(0.02) == pytest.approx(capacity.ags_ground_load(), rel=0.02)


def test_lines_meet_at_temperature_one_with_the_slopes_of_the_paper():
    """Close to T = 1 retrieval appears at 1 − 1.95 √α and becomes the ground state at 1 − 2.6 √α."""
    assert 0.001 / np.sqrt(capacity.ags_critical_load(0.999)) == pytest.approx(1.95, abs=0.01)
    assert 0.001 / np.sqrt(capacity.ags_ground_load(0.999)) == pytest.approx(2.6, abs=0.01)
    assert capacity.ags_critical_load(1.0) == capacity.ags_critical_load(1.5) == capacity.ags_ground_load(1.0) == 0


def test_no_load_is_mean_field():
    assert capacity.ags_retrieval(1e-9, 0.6).m == pytest.approx(theory.mean_field_magnetisation(0.6, z=1), abs=1e-6)
    assert capacity.mixture_overlap(0.6, n=1) == pytest.approx(theory.mean_field_magnetisation(0.6, z=1), abs=1e-12)


def test_glass_appears_continuously():
    below, above = capacity.ags_spin_glass(0.25, 1.499), capacity.ags_spin_glass(0.25, 1.501)
    assert 0 < below.q < 0.01 and above.q == 0
    assert below.free_energy == pytest.approx(above.free_energy, abs=3e-3)


def mixture_free_energy(m, T):
    """Few patterns: f = m²/2 − T ⟨ln 2 cosh(m·ξ/T)⟩ over all signs ξ of the condensed patterns."""
    field = np.array(list(itertools.product((-1, 1), repeat=len(m)))) @ m / T
    return m @ m / 2 - T * np.logaddexp(field, -field).mean()


@pytest.mark.parametrize(("n", "T"), [(1, 0.8), (2, 0.5), (3, 0.3), (3, 0.6), (5, 0.35)])
def test_mixture_is_stationary_with_the_stated_least_curvature(n, T):
    m, step = np.full(n, capacity.mixture_overlap(T, n)), 1e-4
    axes = np.eye(n) * step
    for axis in axes:
        assert mixture_free_energy(m + axis, T) == pytest.approx(mixture_free_energy(m - axis, T), abs=1e-12)
    hessian = np.array([[mixture_free_energy(m + a + b, T) - mixture_free_energy(m + a - b, T) - mixture_free_energy(m - a + b, T)
                         + mixture_free_energy(m - a - b, T) for a in axes] for b in axes]) / (4 * step**2)
    assert np.linalg.eigvalsh(hessian)[0] == pytest.approx(capacity.mixture_stability(T, n), abs=1e-5)


def test_three_mixtures_are_stable_below_046():
    T = capacity.mixture_temperature(3)
    assert T == pytest.approx(0.4598, abs=5e-5)
    assert capacity.mixture_stability(T - 1e-4) > 0 > capacity.mixture_stability(T + 1e-4)
    assert capacity.mixture_temperature(5) < T
    assert all(capacity.mixture_stability(t, n=2) < 0 for t in (0.1, 0.3, 0.6))


@pytest.mark.parametrize(("call", "message"), [
    (lambda: capacity.ags_retrieval(-0.1), "alpha must be positive, got -0.1"),
    (lambda: capacity.ags_retrieval([0.1, 0.2]), r"alpha must be one number, .* got shape \(2,\)"),
    (lambda: capacity.ags_critical_load([0.1, 0.2]), r"T must be one number, .* got shape \(2,\)"),
    (lambda: capacity.ags_critical_load(-0.5), "T must not be negative, got -0.5"),
    (lambda: capacity.ags_spin_glass(0.1, float("nan")), "T must be finite, got nan"),
    (lambda: capacity.mixture_temperature(4), "n must be odd, mixtures of an even number are never stable, got 4"),
    (lambda: capacity.hebb_error_probability(10, 0), "P must be at least 1, got 0"),
    (lambda: capacity.signal_to_noise(10, 3, alphabet=(0, 2)), r"alphabet must be \(-1, 1\) or \(0, 1\), got \(0, 2\)"),
    (lambda: capacity.dense_capacity(10, 1), "degree must be at least 2, got 1"),
])
def test_bad_input_is_refused_in_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
