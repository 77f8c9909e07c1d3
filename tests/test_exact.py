"""netlib.exact against sums written out state by state, and against what can be known without any sum."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netlib import _require, exact
from netlib.network import SPINS, UNITS, Network

SEEDS = st.integers(0, 2**32 - 1)
ALPHABETS = st.sampled_from([SPINS, UNITS])


def random_network(seed, n, alphabet, scale=1.0):
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.normal(size=(n, n)), 1) * scale
    return Network(upper + upper.T, rng.normal(size=n) * scale, alphabet=alphabet)


def energy_by_hand(network, state):
    """Pairs once, then biases: nothing of the package."""
    pairs = sum(network.weights[i, j] * state[i] * state[j] for i, j in itertools.combinations(range(len(state)), 2))
    return -pairs - sum(b * s for b, s in zip(network.biases, state, strict=True))


@given(SEEDS, st.integers(1, 6), ALPHABETS)
@settings(max_examples=30, deadline=None)
def test_energies_of_all_states(seed, n, alphabet):
    network = random_network(seed, n, alphabet)
    low_first = [state[::-1] for state in itertools.product(alphabet, repeat=n)]
    assert exact.states(n, alphabet).tolist() == [list(state) for state in low_first]
    np.testing.assert_allclose(exact.energies(network), [energy_by_hand(network, s) for s in low_first], rtol=0, atol=1e-12)


@given(SEEDS, st.integers(1, 6), ALPHABETS, st.floats(0.05, 3))
@settings(max_examples=30, deadline=None)
def test_thermal_quantities_are_the_sums_that_define_them(seed, n, alphabet, beta):
    network = random_network(seed, n, alphabet)
    states = exact.states(n, alphabet).astype(float)
    energy = np.array([energy_by_hand(network, s) for s in states])
    weight = np.exp(-beta * energy)
    p = weight / weight.sum()
    np.testing.assert_allclose(exact.probabilities(network, beta), p, rtol=1e-10)
    np.testing.assert_allclose(exact.log_partition(network, beta), np.log(weight.sum()), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(exact.mean_energy(network, beta), p @ energy, rtol=1e-12, atol=1e-11)
    variance = p @ energy**2 - (p @ energy) ** 2
    np.testing.assert_allclose(exact.heat_capacity(network, beta), beta**2 * variance, rtol=0, atol=1e-9)
    np.testing.assert_allclose(exact.entropy(network, beta), -p @ np.log(p), rtol=1e-12, atol=1e-10)
    np.testing.assert_allclose(exact.free_energy(network, beta), p @ energy - (-p @ np.log(p)) / beta, rtol=1e-12, atol=1e-9)
    mean, second = exact.moments(network, beta)
    np.testing.assert_allclose(mean, p @ states, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(second, np.einsum("k,ki,kj->ij", p, states, states), rtol=1e-12, atol=1e-12)


def test_derivatives_of_log_partition():
    network, beta, step = random_network(0, 5, SPINS), 0.7, 1e-5
    up, down = (exact.log_partition(network, beta + d) for d in (step, -step))
    assert -(up - down) / (2 * step) == pytest.approx(exact.mean_energy(network, beta), abs=1e-8)
    U = [exact.mean_energy(network, 1 / (1 / beta + d)) for d in (step, -step)]
    assert (U[0] - U[1]) / (2 * step) == pytest.approx(exact.heat_capacity(network, beta), abs=1e-6)


def test_many_temperatures_at_once():
    network, betas = random_network(1, 4, SPINS), np.array([[0.1, 0.5], [1.0, 2.0]])
    for quantity in (exact.log_partition, exact.mean_energy, exact.heat_capacity, exact.entropy, exact.free_energy):
        together = quantity(network, betas)
        assert together.shape == betas.shape
        np.testing.assert_allclose(together.ravel(), [quantity(network, b) for b in betas.ravel()])


def test_four_spins_on_a_square_by_formula():
    """Energies −4 (twice), 0 (twelve times), 4 (twice): Z = 2e^{4β} + 12 + 2e^{−4β}."""
    square = np.array([[0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 0, 1], [0, 1, 1, 0]])
    beta = 0.3
    Z = 2 * np.exp(4 * beta) + 12 + 2 * np.exp(-4 * beta)
    assert exact.log_partition(Network(square), beta) == pytest.approx(np.log(Z), abs=1e-13)
    doubled = 2 * np.exp(8 * beta) + 12 + 2 * np.exp(-8 * beta)
    assert exact.log_partition(Network(2 * square), beta) == pytest.approx(np.log(doubled), abs=1e-13)


@given(SEEDS, st.integers(2, 6), ALPHABETS)
@settings(max_examples=20, deadline=None)
def test_relabelling_units_moves_nothing_else(seed, n, alphabet):
    network = random_network(seed, n, alphabet)
    new = np.random.default_rng(seed).permutation(n)
    relabelled = Network(network.weights[np.ix_(new, new)], network.biases[new], alphabet=alphabet)
    np.testing.assert_allclose(exact.log_partition(relabelled, 0.8), exact.log_partition(network, 0.8), rtol=1e-12, atol=1e-12)
    (mean, second), (mean2, second2) = exact.moments(network), exact.moments(relabelled)
    np.testing.assert_allclose(mean2, mean[new], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(second2, second[np.ix_(new, new)], rtol=1e-12, atol=1e-12)


@given(SEEDS, st.integers(2, 6))
@settings(max_examples=20, deadline=None)
def test_gauge_transformation(seed, n):
    """s_i → g_i s_i with W_ij → g_i g_j W_ij and b_i → g_i b_i is the same physics in other words."""
    network = random_network(seed, n, SPINS)
    g = np.random.default_rng(seed).choice([-1, 1], size=n)
    other = Network(network.weights * np.outer(g, g), network.biases * g)
    states = exact.states(n)
    np.testing.assert_allclose(other.energy(states * g), network.energy(states), rtol=1e-12, atol=1e-12)
    assert exact.log_partition(other) == pytest.approx(exact.log_partition(network), abs=1e-11)
    np.testing.assert_allclose(exact.moments(other)[0], g * exact.moments(network)[0], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("alphabet", [SPINS, UNITS])
@pytest.mark.parametrize("sign", [-60, 60])
def test_extreme_weights_do_not_overflow(alphabet, sign):
    network = Network(sign * (1 - np.eye(12)), np.full(12, 60.0), alphabet=alphabet)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        p = exact.probabilities(network, 10.0)
        assert np.isfinite(exact.log_partition(network, 10.0))
        assert exact.entropy(network, 10.0) >= -1e-9
    assert p.sum() == pytest.approx(1)
    energy = exact.energies(network)
    ground = energy == energy.min()
    np.testing.assert_allclose(p, ground / ground.sum(), rtol=1e-12, atol=1e-12)


def test_float32_weights_are_summed_in_double():
    network = random_network(3, 10, SPINS)
    single = Network(network.weights.astype(np.float32), network.biases.astype(np.float32))
    double = Network(single.weights.astype(float), single.biases.astype(float))
    np.testing.assert_array_equal(exact.energies(single), exact.energies(double))


def test_a_large_network_against_independent_pairs():
    """Ten disjoint pairs, 20 units: ln Z = 10 ln(4 cosh β J) and <s_i s_j> = tanh β J within a pair, 0 between pairs."""
    W = np.zeros((20, 20))
    J = np.linspace(-2, 2, 10)
    for k, coupling in enumerate(J):
        W[2 * k, 2 * k + 1] = W[2 * k + 1, 2 * k] = coupling
    order = np.random.default_rng(0).permutation(20)
    network = Network(W[np.ix_(order, order)])
    assert exact.log_partition(network, 0.7) == pytest.approx(np.log(4 * np.cosh(0.7 * J)).sum(), abs=1e-10)
    expected = np.eye(20)
    expected[np.arange(0, 20, 2), np.arange(1, 20, 2)] = expected[np.arange(1, 20, 2), np.arange(0, 20, 2)] = np.tanh(0.7 * J)
    np.testing.assert_allclose(exact.moments(network, 0.7)[1], expected[np.ix_(order, order)], rtol=1e-12, atol=1e-11)


def test_the_limit_of_enumeration_is_twenty_five_units():
    assert _require.enumerable(25) == 25
    with pytest.raises(ValueError, match="n = 26 units"):
        _require.enumerable(26)


def test_state_numbers_go_both_ways():
    for alphabet in (SPINS, UNITS):
        states = exact.states(5, alphabet)
        assert states.dtype == np.int8
        np.testing.assert_array_equal(exact.state_index(states, alphabet), np.arange(32))
        np.testing.assert_array_equal(exact.state_of([[3, 7]], 5, alphabet), states[[[3, 7]]])


@given(SEEDS, ALPHABETS, st.permutations(range(4)), st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_marginal_and_conditional(seed, alphabet, order, kept):
    network = random_network(seed, 4, alphabet)
    p, states, units = exact.probabilities(network), exact.states(4, alphabet), np.array(order[:kept])
    marginal = exact.marginal(p, units, 4)
    others = [u for u in range(4) if u not in units]
    for k, values in enumerate(exact.states(kept, alphabet)):
        here = (states[:, units] == values).all(axis=1)
        assert marginal[k] == pytest.approx(p[here].sum(), abs=1e-14)
        rest = exact.conditional(p, units, values, 4, alphabet)
        for j, other_values in enumerate(exact.states(len(others), alphabet)):
            both = here & (states[:, others] == other_values).all(axis=1)
            assert rest[j] == pytest.approx(p[both].sum() / p[here].sum(), abs=1e-12)


def test_kl():
    p, q = np.array([0.5, 0.5, 0, 0]), np.array([0.25, 0.25, 0.25, 0.25])
    assert exact.kl(p, q) == pytest.approx(np.log(2))
    assert exact.kl(q, p) == np.inf
    assert exact.kl(p, p) == 0


def test_sample_is_exact():
    """Chi-squared of 40 000 draws over 16 states; a wrong law by 2 % of one state would be seen. Significance 1e-4."""
    from scipy.stats import chisquare

    network = random_network(5, 4, SPINS, scale=0.5)
    draws = exact.sample(network, 0.7, (200, 200), np.random.default_rng(6))
    assert draws.shape == (200, 200, 4) and draws.dtype == np.int8
    counts = np.bincount(exact.state_index(draws).ravel(), minlength=16)
    assert chisquare(counts, 40000 * exact.probabilities(network, 0.7)).pvalue > 1e-4


def test_the_temperature_is_one_unless_it_is_given():
    network = Network([[0, 0.7], [0.7, 0]], [0.3, -0.2])
    for function in (exact.log_partition, exact.probabilities, exact.mean_energy, exact.heat_capacity, exact.entropy,
                     exact.free_energy):
        np.testing.assert_array_equal(function(network), function(network, 1.0))
    for ours, theirs in zip(exact.moments(network), exact.moments(network, 1.0), strict=True):
        np.testing.assert_array_equal(ours, theirs)


PAIR = Network([[0, 1], [1, 0]])
BAD = [
    (lambda: exact.states(26), ValueError, "n = 26"),
    (lambda: exact.states(2.0), TypeError, "2.0"),
    (lambda: exact.states(2, (0, 2)), ValueError, "alphabet"),
    (lambda: exact.state_of(4, 2), ValueError, "between 0 and 3"),
    (lambda: exact.state_of(0.5, 2), TypeError, "whole numbers"),
    (lambda: exact.state_index([0, 1]), ValueError, "-1 and 1"),
    (lambda: exact.energies(Network(np.zeros((30, 30)))), ValueError, "n = 30"),
    (lambda: exact.energies(np.zeros((3, 3))), TypeError, "Network"),
    (lambda: exact.log_partition(PAIR, -1.0), ValueError, "beta"),
    (lambda: exact.probabilities(PAIR, np.nan), ValueError, "beta"),
    (lambda: exact.probabilities(PAIR, [1.0, 2.0]), ValueError, "one number"),
    (lambda: exact.free_energy(PAIR, 0.0), ValueError, "positive"),
    (lambda: exact.moments_of([0.5, 0.25, 0.25]), ValueError, r"2\*\*n"),
    (lambda: exact.moments_of([0.5, 0.6]), ValueError, "add up to 1"),
    (lambda: exact.sample(PAIR, 1.0, 3, 0), TypeError, "Generator"),
    (lambda: exact.kl([1.0], [0.5, 0.5]), ValueError, "same shape"),
    (lambda: exact.kl([1.5, -0.5], [0.5, 0.5]), ValueError, "negative"),
    (lambda: exact.marginal([0.5, 0.5], [1], 1), ValueError, "from 0 to 0"),
    (lambda: exact.marginal([0.5, 0.5], [0], 2), ValueError, "4 entries"),
    (lambda: exact.conditional([1.0, 0, 0, 0], [0], [1], 2), ValueError, "probability 0"),
    (lambda: exact.conditional([0.25] * 4, [0], [1, 1], 2), ValueError, "values"),
]


@pytest.mark.parametrize("call, error, words", BAD)
def test_bad_input_is_one_clear_sentence(call, error, words):
    with pytest.raises(error, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
