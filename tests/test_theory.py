"""The exact theory against enumeration, against its own derivatives, and against itself where two routes lead to one number.

Nothing here is random, so every comparison is to rounding or to the stated error of a finite difference.
"""

import itertools

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr

from netlib import theory
from netlib.network import SPINS, UNITS

BETAS = (0.0, 0.3, 1.0, 2.5)
CASES = [(J, field) for J in (1.0, -0.7, 0.0) for field in (0.0, 0.4, -1.1)]


def all_states(n):
    return np.array(list(itertools.product((-1, 1), repeat=n)))


def expectation(values, energies, beta):
    weights = np.exp(-beta * (energies - energies.min()))
    return values @ weights / weights.sum()


def log_partition(energies, beta):
    return np.logaddexp.reduce(-beta * energies)


def ring_energies(states, J, field):
    return -J * (states * np.roll(states, 1, axis=1)).sum(1) - field * states.sum(1)


def chain_energies(states, J, field):
    return -J * (states[:, 1:] * states[:, :-1]).sum(1) - field * states.sum(1)


def torus_energies(L):
    spins = all_states(L * L).reshape(-1, L, L)
    return -(spins * np.roll(spins, 1, 1) + spins * np.roll(spins, 1, 2)).sum((1, 2))


def derivative(function, x, step=1e-3):
    """Five-point formula, error of order step⁴."""
    return (8 * (function(x + step) - function(x - step)) - function(x + 2 * step) + function(x - 2 * step)) / (12 * step)


@pytest.mark.parametrize(("J", "field"), CASES)
@pytest.mark.parametrize("n", [2, 5, 8])
def test_ring_equals_enumeration(n, J, field):
    states = all_states(n)
    energies = ring_energies(states, J, field)
    for beta in BETAS:
        assert theory.ring_log_partition(n, beta, J, field) == pytest.approx(log_partition(energies, beta), rel=1e-12)
        assert theory.ring_energy(n, beta, J, field) == pytest.approx(expectation(energies, energies, beta), rel=1e-10, abs=1e-11)
        assert theory.ring_magnetisation(n, beta, J, field) == pytest.approx(expectation(states[:, 0], energies, beta), abs=1e-11)
        for r in range(n):
            exact = expectation(states[:, 0] * states[:, r], energies, beta)
            assert theory.ring_correlation(n, r, beta, J, field) == pytest.approx(exact, abs=1e-11)


@pytest.mark.parametrize(("J", "field"), CASES)
@pytest.mark.parametrize("n", [1, 2, 7])
def test_chain_equals_enumeration(n, J, field):
    states = all_states(n)
    energies = chain_energies(states, J, field)
    for beta in BETAS:
        assert theory.chain_log_partition(n, beta, J, field) == pytest.approx(log_partition(energies, beta), rel=1e-12)
        mean_energy = expectation(energies, energies, beta)
        assert theory.chain_energy(n, beta, J, field) == pytest.approx(mean_energy, rel=1e-10, abs=1e-11)
        for i, j in ((0, n - 1), (n // 2, n - 1), (n // 2, n // 3)):
            exact = expectation(states[:, i] * states[:, j], energies, beta)
            assert theory.chain_correlation(n, i, j, beta, J, field) == pytest.approx(exact, abs=1e-11)


def test_rings_take_arrays_and_extremes():
    beta = np.array([[0.1, 0.5], [2.0, 300.0]])
    values = theory.ring_log_partition(1000, beta, J=1.0, field=0.2)
    assert values.shape == (2, 2)
    assert values[1, 1] == pytest.approx(1000 * 300 * 1.2, rel=1e-12)
    assert theory.ring_log_partition(10**6, 0.7) == pytest.approx(10**6 * np.log(2 * np.cosh(0.7)), rel=1e-12)
    # A frustrated ring has 2n ground states, each with one broken bond.
    assert theory.ring_log_partition(9, 15.0, J=-1.0) == pytest.approx(np.log(18) + 7 * 15.0, rel=1e-12)
    assert theory.chain_energy(50, beta).shape == (2, 2)


def test_correlation_length_is_the_decay_of_a_long_ring():
    beta, J, field, n = 0.8, 1.0, 0.05, 400
    m = theory.ring_magnetisation(n, beta, J, field)
    connected = [theory.ring_correlation(n, r, beta, J, field) - m**2 for r in (3, 4)]
    assert 1 / np.log(connected[0] / connected[1]) == pytest.approx(theory.correlation_length(beta, J, field), rel=1e-8)


@pytest.mark.parametrize("L", [2, 3, 4])
@pytest.mark.parametrize("beta", [0.05, 0.3, 0.44068679350977147, 0.8, 3.0])
def test_torus_equals_enumeration(L, beta):
    energies = torus_energies(L)
    assert theory.torus_log_partition(L, beta) == pytest.approx(log_partition(energies, beta), rel=1e-12)
    assert theory.torus_energy(L, beta) == pytest.approx(expectation(energies, energies, beta) / L**2, rel=1e-11)


def test_torus_of_two_has_double_bonds():
    assert np.exp(theory.torus_log_partition(2, 0.3)) == pytest.approx(2 * np.exp(2.4) + 12 + 2 * np.exp(-2.4), rel=1e-12)


def test_large_torus_is_onsagers_lattice():
    for T in (1.2, 1.8, 3.0, 6.0):
        assert theory.torus_log_partition(128, 1 / T) / 128**2 == pytest.approx(theory.onsager_log_partition(T), abs=1e-4)
        assert theory.torus_energy(128, 1 / T) == pytest.approx(theory.onsager_energy(T), abs=1e-10)


def test_onsager_at_the_critical_temperature():
    T = theory.critical_temperature()
    assert T == pytest.approx(2 / np.log(1 + np.sqrt(2)), rel=1e-15)
    assert np.sinh(2 / T) == pytest.approx(1, rel=1e-14)
    assert theory.onsager_energy(T) == pytest.approx(-np.sqrt(2), rel=1e-13)
    catalan = 0.915965594177219015
    assert theory.onsager_log_partition(T) == pytest.approx(np.log(2) / 2 + 2 * catalan / np.pi, rel=1e-10)
    assert theory.onsager_heat_capacity(T) > 10
    assert theory.onsager_magnetisation(T) < 0.02                     # rounding ε in T leaves about (8ε)^(1/8)
    assert theory.onsager_magnetisation(T * (1 + 1e-12)) == 0
    assert np.isfinite(theory.onsager_energy(T * (1 + np.linspace(-1e-15, 1e-15, 9)))).all()


def test_onsager_derivatives():
    for T in (0.8, 1.5, 2.1, 2.5, 5.0, 40.0):
        beta = 1 / T
        energy = -derivative(lambda b: theory.onsager_log_partition(1 / b), beta, beta / 500)
        assert theory.onsager_energy(T) == pytest.approx(energy, rel=1e-7)
        slope = derivative(theory.onsager_energy, T, T / 1000)
        assert theory.onsager_heat_capacity(T) == pytest.approx(slope, rel=1e-6, abs=1e-9)


def test_heat_capacity_diverges_as_the_logarithm():
    T = theory.critical_temperature()
    for side in (-1, 1):
        near, nearer = (theory.onsager_heat_capacity(T * (1 + side * x)) for x in (1e-6, 1e-7))
        assert (nearer - near) / np.log(10) == pytest.approx(2 / np.pi * np.log(1 + np.sqrt(2)) ** 2, rel=1e-4)    # 0.4945


def test_onsager_scales_with_the_coupling_and_has_its_limits():
    T = np.array([0.01, 0.5, 2.0, 3.0, 1e4])
    assert theory.onsager_energy(3 * T, J=3.0) == pytest.approx(3 * theory.onsager_energy(T), rel=1e-12)
    assert theory.onsager_heat_capacity(3 * T, J=3.0) == pytest.approx(theory.onsager_heat_capacity(T), rel=1e-12)
    assert theory.onsager_magnetisation(3 * T, J=3.0) == pytest.approx(theory.onsager_magnetisation(T), rel=1e-12)
    assert theory.onsager_energy(0.01) == -2 and theory.onsager_magnetisation(0.01) == 1
    assert theory.onsager_energy(1e4) == pytest.approx(-2e-4, rel=1e-6)
    assert theory.onsager_log_partition(0.01) == pytest.approx(200)


def test_magnetisation_exponent_is_an_eighth():
    T = theory.critical_temperature()
    ratio = theory.onsager_magnetisation(T * (1 - 1e-8)) / theory.onsager_magnetisation(T * (1 - 1e-9))
    assert np.log10(ratio) == pytest.approx(1 / 8, abs=1e-6)


def test_duality_relates_the_partition_functions_of_hot_and_cold():
    T = np.array([0.9, 1.7, 2.6, 5.0])
    dual = theory.dual_temperature(T)
    assert theory.dual_temperature(dual) == pytest.approx(T, rel=1e-12)
    difference = theory.onsager_log_partition(T) - theory.onsager_log_partition(dual)
    assert difference == pytest.approx(np.log(np.sinh(2 / T)), abs=1e-10)


def test_mean_field_solves_its_equation_and_minimises_its_free_energy():
    grid = np.linspace(-1, 1, 20001)
    for T, z, field, J in [(2.0, 4, 0.0, 1.0), (3.9, 4, 0.0, 1.0), (1.0, 2, -0.3, 0.8), (5.0, 4, 0.7, 1.0), (3.0, 6, 0.01, 1.0)]:
        m = theory.mean_field_magnetisation(T, z, field, J)
        assert m == pytest.approx(np.tanh((z * J * m + field) / T), abs=1e-12)
        best = theory.mean_field_free_energy(m, T, z, field, J)
        assert best <= theory.mean_field_free_energy(grid, T, z, field, J).min() + 1e-14


def test_mean_field_exponent_is_a_half_and_its_critical_temperature_zJ():
    T = 6 * 0.5 * (1 - np.array([1e-6, 1e-8]))
    m = theory.mean_field_magnetisation(T, z=6, J=0.5)
    assert m == pytest.approx(np.sqrt(3 * np.array([1e-6, 1e-8])), rel=1e-5)
    assert theory.mean_field_magnetisation([3.0, 3.1, 1e3], z=6, J=0.5).tolist() == [0, 0, 0]
    assert theory.mean_field_magnetisation(4.0, field=1e-9) == pytest.approx((3 * 1e-9 / 4) ** (1 / 3), rel=1e-4)
    assert theory.mean_field_magnetisation(2.0, field=[0.1, -0.1]).sum() == 0


def test_mean_field_free_energy_is_an_upper_bound():
    for T in (1.0, 2.0, 3.0, 6.0):
        exact = -T * theory.onsager_log_partition(T)
        assert theory.mean_field_free_energy(theory.mean_field_magnetisation(T), T) > exact


# Capacity.


@pytest.mark.parametrize("alphabet", [SPINS, UNITS])
def test_error_probability_equals_enumeration_of_all_patterns(alphabet):
    """Every choice of 3 patterns of 4 units, looked at one by one: how often is unit 0 of the first pattern unstable?"""
    N, P, wrong = 4, 3, 0
    for bits in itertools.product((0, 1), repeat=N * P):
        signs = 2 * np.reshape(bits, (P, N)) - 1
        state = signs[0] if alphabet == SPINS else np.array(bits[:N])
        field = sum(signs[:, 0] @ signs[:, j] * state[j] for j in range(1, N))
        wrong += field * signs[0, 0] < 0
    assert theory.hebb_error_probability(N, P, alphabet) == pytest.approx(wrong / 2 ** (N * P), rel=1e-12)


@pytest.mark.parametrize("alphabet", [SPINS, UNITS])
def test_error_probability_tends_to_the_gaussian_one(alphabet):
    exact = theory.hebb_error_probability(20001, 4001, alphabet)
    assert exact == pytest.approx(ndtr(-theory.signal_to_noise(20001, 4001, alphabet)), rel=0.03)


def test_one_pattern_has_no_errors():
    assert theory.hebb_error_probability(50, 1) == theory.hebb_error_probability(50, 1, UNITS) == 0
    assert theory.signal_to_noise(50, 1) == np.inf


def test_hopfields_estimate_of_1982():
    """n = 10, N = 100 in the alphabet 0/1: the paper's P = 0.0091 is the Gaussian tail beyond √(N / 2(n − 1))."""
    assert ndtr(-theory.signal_to_noise(101, 10, UNITS)) == pytest.approx(0.0092, abs=1e-4)


def test_gardner_capacity_is_its_integral_and_falls_with_the_margin():
    for kappa in (0.0, 0.5, 1.0, 3.0):
        integral, _ = quad(lambda z, k=kappa: np.exp(-z**2 / 2) / np.sqrt(2 * np.pi) * (z + k) ** 2, -kappa, 12)
        assert theory.gardner_capacity(kappa) == pytest.approx(1 / integral, rel=1e-8)
    assert theory.gardner_capacity(0.0) == 2
    assert (np.diff(theory.gardner_capacity(np.linspace(0, 3, 20))) < 0).all()


def test_large_n_capacities():
    assert theory.mceliece_capacity(256) == pytest.approx(256 / (16 * np.log(2)))
    assert theory.mceliece_capacity(256, every=True) == pytest.approx(theory.mceliece_capacity(256) / 2)
    assert theory.dense_capacity(256, 3) == pytest.approx(256**2 / (2 * 3 * np.log(256)))
    assert theory.dense_capacity(256, 4) / theory.dense_capacity(256, 3) == pytest.approx(256 / 5)


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
@pytest.mark.parametrize("solve", [theory.ags_retrieval, theory.ags_spin_glass])
def test_saddle_points_solve_their_equations(solve, alpha, T):
    m, q, r, free_energy = solve(alpha, T)
    width = np.sqrt(alpha * r)
    assert m == pytest.approx(average(lambda z: np.tanh((m + width * z) / T)), abs=1e-9)
    assert q == pytest.approx(average(lambda z: np.tanh((m + width * z) / T) ** 2), abs=1e-9)
    assert r == pytest.approx(q / (1 - (1 - q) / T) ** 2, rel=1e-7)
    assert free_energy == pytest.approx(ags_free_energy(m, q, r, alpha, T), abs=1e-9)
    assert (m > 0) == (solve is theory.ags_retrieval and (alpha, T) in POINTS)


@pytest.mark.parametrize(("alpha", "T"), POINTS)
@pytest.mark.parametrize("solve", [theory.ags_retrieval, theory.ags_spin_glass])
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
    assert theory.ags_retrieval(alpha, T)[:2] == pytest.approx((m, q), abs=1e-8)


def test_critical_load_at_zero_temperature():
    alpha = theory.ags_critical_load()
    assert alpha == pytest.approx(0.137906, abs=1e-6)
    assert theory.ags_retrieval(alpha * (1 - 1e-12)).m == pytest.approx(0.967, abs=5e-4)
    assert theory.ags_retrieval(alpha * 1.0001).m == 0
    assert theory.ags_ground_load() == pytest.approx(0.0519, abs=5e-5)


def test_cold_is_the_limit_of_cool():
    for solve, alpha in ((theory.ags_retrieval, 0.1), (theory.ags_spin_glass, 0.1)):
        cold, cool = solve(alpha, 0.0), solve(alpha, 0.01)
        assert cool.m == pytest.approx(cold.m, abs=1e-3) and cool.r == pytest.approx(cold.r, rel=0.02)
        assert cool.free_energy == pytest.approx(cold.free_energy, abs=1e-3)
    assert theory.ags_critical_load(0.02) == pytest.approx(theory.ags_critical_load(), rel=0.01)
    assert theory.ags_ground_load(0.02) == pytest.approx(theory.ags_ground_load(), rel=0.02)


def test_lines_meet_at_temperature_one_with_the_slopes_of_the_paper():
    """Close to T = 1 retrieval appears at 1 − 1.95 √α and becomes the ground state at 1 − 2.6 √α."""
    assert 0.001 / np.sqrt(theory.ags_critical_load(0.999)) == pytest.approx(1.95, abs=0.01)
    assert 0.001 / np.sqrt(theory.ags_ground_load(0.999)) == pytest.approx(2.6, abs=0.01)
    assert theory.ags_critical_load(1.0) == theory.ags_critical_load(1.5) == theory.ags_ground_load(1.0) == 0


def test_no_load_is_mean_field():
    assert theory.ags_retrieval(1e-9, 0.6).m == pytest.approx(theory.mean_field_magnetisation(0.6, z=1), abs=1e-6)
    assert theory.mixture_overlap(0.6, n=1) == pytest.approx(theory.mean_field_magnetisation(0.6, z=1), abs=1e-12)


def test_glass_appears_continuously():
    below, above = theory.ags_spin_glass(0.25, 1.499), theory.ags_spin_glass(0.25, 1.501)
    assert 0 < below.q < 0.01 and above.q == 0
    assert below.free_energy == pytest.approx(above.free_energy, abs=3e-3)


def mixture_free_energy(m, T):
    """Few patterns: f = m²/2 − T ⟨ln 2 cosh(m·ξ/T)⟩ over all signs ξ of the condensed patterns."""
    field = np.array(list(itertools.product((-1, 1), repeat=len(m)))) @ m / T
    return m @ m / 2 - T * np.logaddexp(field, -field).mean()


@pytest.mark.parametrize(("n", "T"), [(1, 0.8), (2, 0.5), (3, 0.3), (3, 0.6), (5, 0.35)])
def test_mixture_is_stationary_with_the_stated_least_curvature(n, T):
    m, step = np.full(n, theory.mixture_overlap(T, n)), 1e-4
    axes = np.eye(n) * step
    for axis in axes:
        assert mixture_free_energy(m + axis, T) == pytest.approx(mixture_free_energy(m - axis, T), abs=1e-12)
    hessian = np.array([[mixture_free_energy(m + a + b, T) - mixture_free_energy(m + a - b, T) - mixture_free_energy(m - a + b, T)
                         + mixture_free_energy(m - a - b, T) for a in axes] for b in axes]) / (4 * step**2)
    assert np.linalg.eigvalsh(hessian)[0] == pytest.approx(theory.mixture_stability(T, n), abs=1e-5)


def test_three_mixtures_are_stable_below_046():
    T = theory.mixture_temperature(3)
    assert T == pytest.approx(0.4598, abs=5e-5)
    assert theory.mixture_stability(T - 1e-4) > 0 > theory.mixture_stability(T + 1e-4)
    assert theory.mixture_temperature(5) < T
    assert all(theory.mixture_stability(t, n=2) < 0 for t in (0.1, 0.3, 0.6))


@pytest.mark.parametrize(("call", "message"), [
    (lambda: theory.onsager_energy([2.0, 0.0]), "T must be positive, got 0"),
    (lambda: theory.onsager_magnetisation(float("nan")), "T must be finite, got nan"),
    (lambda: theory.onsager_energy(2.0, J=-1.0), "J must be positive, got -1"),
    (lambda: theory.transfer_matrix(-1.0), "beta must not be negative, got -1"),
    (lambda: theory.ring_log_partition(0, 1.0), "n must be at least 1, got 0"),
    (lambda: theory.ring_correlation(5, 6, 1.0), "distance must be from 0 to n = 5, got 6"),
    (lambda: theory.chain_correlation(5, 0, 5, 1.0), "spins are numbered from 0 to 4, got 5"),
    (lambda: theory.torus_log_partition(1, 0.4), "L must be at least 2, got 1"),
    (lambda: theory.torus_energy(4, -0.4), "beta times J must lie between 0 and 300, got -0.4"),
    (lambda: theory.mean_field_free_energy(1.5, 1.0), "m must lie between -1 and 1, got 1.5"),
    (lambda: theory.mean_field_magnetisation(0.0), "T must be positive, got 0"),
    (lambda: theory.ags_retrieval(-0.1), "alpha must be positive, got -0.1"),
    (lambda: theory.ags_critical_load(-0.5), "T must not be negative, got -0.5"),
    (lambda: theory.ags_spin_glass(0.1, float("nan")), "T must be finite, got nan"),
    (lambda: theory.mixture_temperature(4), "n must be odd, mixtures of an even number are never stable, got 4"),
    (lambda: theory.hebb_error_probability(10, 0), "P must be at least 1, got 0"),
    (lambda: theory.signal_to_noise(10, 3, (0, 2)), r"alphabet must be \(-1, 1\) or \(0, 1\), got \(0, 2\)"),
    (lambda: theory.dense_capacity(10, 1), "degree must be at least 2, got 1"),
])
def test_bad_input_is_refused_in_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
