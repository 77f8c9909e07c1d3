"""The exact theory against enumeration, against its own derivatives, and against itself where two routes lead to one number.

Nothing here is random, so every comparison is to rounding or to the stated error of a finite difference.
"""

import itertools

import numpy as np
import pytest

from netlib import theory

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


def test_rings_take_arrays_and_extremes():
    beta = np.array([[0.1, 0.5], [2.0, 300.0]])
    values = theory.ring_log_partition(1000, beta, J=1.0, field=0.2)
    assert values.shape == (2, 2)
    assert values[1, 1] == pytest.approx(1000 * 300 * 1.2, rel=1e-12)
    assert theory.ring_log_partition(10**6, 0.7) == pytest.approx(10**6 * np.log(2 * np.cosh(0.7)), rel=1e-12)
    # A frustrated ring has 2n ground states, each with one broken bond.
    assert theory.ring_log_partition(9, 15.0, J=-1.0) == pytest.approx(np.log(18) + 7 * 15.0, rel=1e-12)


def test_correlation_length_is_the_decay_of_a_long_ring():
    beta, J, field, n = 0.8, 1.0, 0.05, 400
    m = theory.ring_magnetisation(n, beta, J, field)
    connected = [theory.ring_correlation(n, r, beta, J, field) - m**2 for r in (3, 4)]
    assert 1 / np.log(connected[0] / connected[1]) == pytest.approx(theory.correlation_length(beta, J, field), rel=1e-8)


def test_correlation_length_keeps_its_digits():
    for K in (0.1, 1.0, 5.0, 15.0, 18.0, 18.5, 40.0, 300.0):
        assert theory.correlation_length(K) == pytest.approx(1 / (2 * np.arctanh(np.exp(-2 * K))), rel=1e-13)
        assert theory.correlation_length(1.0, J=-K) == theory.correlation_length(K)          # −tanh K in place of tanh K
        assert theory.correlation_length(K, J=0.0) == 0
    for h in (1e-12, 1e-3, 1.0, 30.0, 500.0):                                               # cold: (a + r)/(a − r) is e^{2h}
        assert theory.correlation_length(1.0, J=300.0, field=-h) == pytest.approx(1 / (2 * h), rel=1e-12)
    K, h = 1.0, 800.0                                                                       # strong field: λ₁ = e^{K + h}
    assert theory.correlation_length(1.0, K, h) == pytest.approx(1 / (2 * h - np.log1p(-np.exp(-4 * K))), rel=1e-13)
    assert theory.correlation_length(1.0, -K, h) == pytest.approx(1 / (2 * h - np.log(np.expm1(4 * K))), rel=1e-13)


@pytest.mark.parametrize("L", [2, 3, 4])
@pytest.mark.parametrize("beta", [0.05, 0.3, 0.44068679350977147, 0.8, 3.0])
def test_torus_equals_enumeration(L, beta):
    energies = torus_energies(L)
    assert theory.torus_log_partition(L, beta) == pytest.approx(log_partition(energies, beta), rel=1e-12)
    assert theory.torus_energy(L, beta) == pytest.approx(expectation(energies, energies, beta) / L**2, rel=1e-11)


def test_torus_of_two_has_double_bonds():
    assert np.exp(theory.torus_log_partition(2, 0.3)) == pytest.approx(2 * np.exp(2.4) + 12 + 2 * np.exp(-2.4), rel=1e-12)


@pytest.mark.parametrize("L", [2, 3, 4])
def test_a_very_hot_torus_keeps_its_digits(L):
    """⟨E⟩ = −K κ₂ + K² κ₃/2 − K³ κ₄/6, with the cumulants of the energy over all states."""
    energies = torus_energies(L).astype(float)
    second, third, fourth = (np.mean(energies**k) for k in (2, 3, 4))
    for K in (1e-9, 1e-6, 1e-4):
        exact = (-K * second + K**2 * third / 2 - K**3 * (fourth - 3 * second**2) / 6) / L**2
        assert theory.torus_energy(L, K / 3, J=3.0) == pytest.approx(3 * exact, rel=1e-11)
    below, above = theory.torus_energy(L, 0.02 * (1 - 1e-12)), theory.torus_energy(L, 0.02 * (1 + 1e-12))
    assert below == pytest.approx(above, rel=1e-11)                                       # the two ways meet


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


def test_onsager_keeps_its_digits_when_hot_and_when_cold():
    """Polygons: ln Z = ln 2 + 2 ln cosh K + v⁴ + 2v⁶ + … when hot, v = tanh K, and 2K + e^{−8K} + 2e^{−12K} + … when cold."""
    for T in (1e3, 1e5, 1e8, 1e12):
        v = np.tanh(1 / T)
        assert theory.onsager_energy(T) == pytest.approx(-2 * v - (1 - v**2) * (4 * v**3 + 12 * v**5), rel=1e-14)
        assert theory.onsager_heat_capacity(T) == pytest.approx(2 * (1 - v**2) / T**2 * (1 + 6 * v**2), rel=1e-10)
        assert theory.torus_energy(64, 1 / T) == pytest.approx(theory.onsager_energy(T), rel=1e-13)
    for T in (0.02, 0.1, 0.15):
        x = np.exp(-4 / T)
        assert theory.onsager_heat_capacity(T) == pytest.approx((64 * x**2 + 288 * x**3) / T**2, rel=2e-10)
        assert theory.onsager_energy(T) == pytest.approx(-2 + 8 * x**2 + 24 * x**3, rel=1e-15)
    for T in (0.02, 0.5, 3.0, 1e8):
        assert np.sinh(2 / T) * np.sinh(2 / theory.dual_temperature(T)) == pytest.approx(1, rel=1e-13)
    assert (theory.onsager_heat_capacity(np.geomspace(0.02, 1e9, 300)) > 0).all()


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


@pytest.mark.parametrize(("call", "message"), [
    (lambda: theory.onsager_energy([2.0, 0.0]), "T must be positive, got 0"),
    (lambda: theory.onsager_magnetisation(float("nan")), "T must be finite, got nan"),
    (lambda: theory.onsager_energy(2.0, J=-1.0), "J must be positive, got -1"),
    (lambda: theory.critical_temperature(-1.0), "J must be positive, got -1"),
    (lambda: theory.onsager_energy(2.0, J=float("nan")), "J must be finite, got nan"),
    (lambda: theory.dual_temperature(2.0, J=0.0), "J must be positive, got 0"),
    (lambda: theory.ring_log_partition(4, 1.0, J=float("nan")), "J must be finite, got nan"),
    (lambda: theory.ring_magnetisation(4, 1.0, field=float("inf")), "field must be finite, got inf"),
    (lambda: theory.correlation_length(1.0, J=float("nan")), "J must be finite, got nan"),
    (lambda: theory.mean_field_magnetisation(1.0, J=float("nan")), "J must be finite, got nan"),
    (lambda: theory.mean_field_free_energy(0.5, 1.0, z=float("nan")), "z must be finite, got nan"),
    (lambda: theory.torus_energy(4, float("nan")), "beta must be finite, got nan"),
    (lambda: theory.torus_log_partition(4, [0.1, 0.2]), r"beta must be one number, .* got shape \(2,\)"),
    (lambda: theory.ring_log_partition(3, [1.0, 2.0], J=[1.0, 2.0, 3.0]),
     r"must fit together, got beta \(2,\), J \(3,\), field \(\)"),
    (lambda: theory.mean_field_free_energy([0.1, 0.2], [1.0, 2.0, 3.0]), r"must fit together, got m \(2,\), T \(3,\)"),
    (lambda: theory.onsager_energy([1.0, 2.0], J=[1.0, 2.0, 3.0]), r"must fit together, got T \(2,\), J \(3,\)"),
    (lambda: theory.transfer_matrix(-1.0), "beta must not be negative, got -1"),
    (lambda: theory.ring_log_partition(0, 1.0), "n must be at least 1, got 0"),
    (lambda: theory.ring_correlation(5, 6, 1.0), "distance must be from 0 to n = 5, got 6"),
    (lambda: theory.torus_log_partition(1, 0.4), "L must be at least 2, got 1"),
    (lambda: theory.torus_energy(4, -0.4), "beta times J must lie between 0 and 300, got -0.4"),
    (lambda: theory.mean_field_free_energy(1.5, 1.0), "m must lie between -1 and 1, got 1.5"),
    (lambda: theory.mean_field_magnetisation(0.0), "T must be positive, got 0"),
])
def test_bad_input_is_refused_in_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
