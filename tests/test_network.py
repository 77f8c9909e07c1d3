"""The spine against exact probabilities. (Its samplers against their matrices, state by state: test_markov.)"""

import itertools

import numpy as np
import pytest
from goodness import SIGNIFICANCE, g_test
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from netlib import exact
from netlib.ising import lattice_weights
from netlib.network import (
    RULES,
    SPINS,
    UNITS,
    Network,
    check_block,
    colour_classes,
    free_units,
    probability_high,
    random_order_sweep,
    synchronous_sweep,
    update_block,
)

SEEDS = st.integers(0, 2**32 - 1)
ALPHABETS = st.sampled_from([SPINS, UNITS])
RING = np.array([[0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0]], float)


def random_network(seed, n, alphabet, rule="heat bath"):
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.normal(size=(n, n)) * (rng.random((n, n)) < 0.6), 1)
    return Network(upper + upper.T, rng.normal(size=n) * 0.5, alphabet=alphabet, rule=rule)


def fit(states, p, alphabet):
    """The p-value of independent states against the law p."""
    return g_test(np.bincount(exact.state_index(states, alphabet).ravel(), minlength=len(p)), p)


def test_three_units_by_hand():
    """E(1, 1, 1) = −(2 − 1) − 0.5 = −1.5 and E(1, −1, 1) = −(−2 + 1) − 0.5 = 0.5: each pair once."""
    W = [[0, 2, 0], [2, 0, -1], [0, -1, 0]]
    spins = Network(W, biases=[0.5, 0, 0])
    assert spins.energy([1, 1, 1]) == -1.5
    assert spins.energy([1, -1, 1]) == 0.5
    assert spins.local_field([1, -1, 1]).tolist() == [-1.5, 1.0, 1.0]
    units = Network(W, biases=[0.5, 0, 0], alphabet=UNITS)
    assert units.energy([1, 1, 1]) == -1.5
    assert units.energy([1, 0, 1]) == -0.5


@given(SEEDS, st.integers(1, 6), ALPHABETS, st.floats(0, 3))
@settings(max_examples=30, deadline=None)
def test_conditional_is_the_ratio_of_boltzmann_weights(seed, n, alphabet, beta):
    network = random_network(seed, n, alphabet)
    low, high = alphabet
    state = np.random.default_rng(seed).choice(alphabet, size=n)
    for i in range(n):
        up, down = state.copy(), state.copy()
        up[i], down[i] = high, low
        ratio = np.exp(-beta * (network.energy(up) - network.energy(down)))
        assert probability_high(network, state, beta)[i] == pytest.approx(ratio / (1 + ratio), abs=1e-10)
        change = network.energy(up) - network.energy(down)
        assert change == pytest.approx(-(high - low) * network.local_field(state)[i], abs=1e-10)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("alphabet", [SPINS, UNITS])
@pytest.mark.parametrize("order", ["blocks", "one by one"])
def test_sampler_reaches_the_exact_law(rule, alphabet, order):
    """20 000 independent chains from one state, 60 sweeps (the relaxation time is below 5), all 32 probabilities by G-test."""
    network, rng, beta = random_network(4, 5, alphabet, rule), np.random.default_rng(8), 0.3
    if order == "one by one":
        network = Network(network.weights, network.biases, alphabet, [[i] for i in range(5)], rule)
    states = np.full((20000, 5), alphabet[1])
    for _ in range(60):
        states = network.sweep(states, beta, rng)
    assert fit(states, exact.probabilities(network, beta), alphabet) > SIGNIFICANCE


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("alphabet", [SPINS, UNITS])
def test_a_sweep_leaves_the_exact_law_as_it_is(rule, alphabet):
    network, rng = random_network(4, 5, alphabet, rule), np.random.default_rng(9)
    states = exact.sample(network, 1.2, 50000, rng)
    assert fit(network.sweep(states, 1.2, rng), exact.probabilities(network, 1.2), alphabet) > SIGNIFICANCE


def test_synchronous_sweep_does_not():
    network, rng = Network(RING), np.random.default_rng(10)
    states = exact.sample(network, 0.5, 20000, rng)
    for _ in range(30):
        states = synchronous_sweep(network, states, 0.5, rng)
    assert fit(states, exact.probabilities(network, 0.5), SPINS) < 1e-100


@pytest.mark.parametrize("rule", RULES)
def test_each_chain_has_its_own_temperature(rule):
    network, rng = random_network(4, 4, SPINS, rule), np.random.default_rng(12)
    beta = np.array([0.0, 0.2, 0.4])[:, None]
    states = np.broadcast_to(1, (3, 20000, 4))
    beta = np.broadcast_to(beta, (3, 20000))
    for _ in range(40):
        states = network.sweep(states, beta, rng)
    for k, b in enumerate([0.0, 0.2, 0.4]):
        if b > 0 or rule == "heat bath":  # Metropolis at β = 0 flips every unit in every sweep
            assert fit(states[k], exact.probabilities(network, b), SPINS) > SIGNIFICANCE


@pytest.mark.parametrize("rule", RULES)
def test_clamped_units_stay_and_the_rest_follows_the_conditional_law(rule):
    network, rng = random_network(4, 5, SPINS, rule), np.random.default_rng(13)
    held = network.clamp([1, 3])
    states = np.tile([1, -1, 1, 1, 1], (20000, 1))
    for _ in range(60):
        states = held.sweep(states, 0.3, rng)
    assert (states[:, [1, 3]] == [-1, 1]).all()
    law = exact.conditional(exact.probabilities(network, 0.3), [1, 3], [-1, 1], 5)
    assert fit(states[:, [0, 2, 4]], law, SPINS) > SIGNIFICANCE
    everything = network.clamp(range(5))
    for step in (everything.sweep, lambda *a: random_order_sweep(everything, *a), lambda *a: synchronous_sweep(everything, *a)):
        np.testing.assert_array_equal(step(states[:3], 0.8, rng), states[:3])


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("alphabet", [SPINS, UNITS])
def test_extreme_weights_do_not_overflow(rule, alphabet):
    network = Network(60 * (1 - np.eye(5)), np.full(5, -60.0), alphabet=alphabet, rule=rule)
    states = np.random.default_rng(0).choice(alphabet, size=(50, 5))
    with np.errstate(over="raise", invalid="raise"):
        for _ in range(20):
            states = network.sweep(states, 10.0, np.random.default_rng(1))
        assert np.isin(states, alphabet).all()


@given(SEEDS, st.integers(1, 7))
@settings(max_examples=30, deadline=None)
def test_colour_classes_split_the_units_into_independent_blocks(seed, n):
    network = random_network(seed, n, SPINS)
    blocks = colour_classes(network.weights)
    assert sorted(np.concatenate(blocks)) == list(range(n))
    for block in blocks:
        assert all(network.weights[i, j] == 0 for i, j in itertools.combinations(block, 2))
        np.testing.assert_array_equal(check_block(network.weights, block), block)


def test_greedy_colours_are_not_the_fewest():
    """The 5×5 torus: greedy takes four, but (i + j pattern 0 1 0 1 2) mod 3 needs three."""
    weights = lattice_weights((5, 5))
    assert len(colour_classes(weights)) == 4
    pattern = np.array([0, 1, 0, 1, 2])
    colour = ((pattern[:, None] + pattern) % 3).ravel()
    for c in range(3):
        check_block(weights, np.flatnonzero(colour == c))


@pytest.mark.parametrize("rule", RULES)
def test_a_field_of_zero_is_a_fair_coin_at_any_beta(rule):
    """At beta = 1e308, beta times (high − low) is infinite, and infinity times a field of 0 no number."""
    network = Network(np.zeros((400, 400)), rule=rule)
    mean = network.sweep(np.ones(400), 1e308, np.random.default_rng(14)).mean()
    assert abs(mean) < 0.2 if rule == "heat bath" else mean == -1
    assert (probability_high(network, np.ones(400), 1e308) == 0.5).all()


def test_arguments_are_not_changed_and_weights_are_the_networks_own():
    weights, state = RING.copy(), np.ones((3, 4), np.int8)
    network = Network(weights, blocks=[[0, 2], [1, 3]])
    weights[0, 1] = 7
    assert network.weights[0, 1] == 1
    new = network.sweep(state, 0.0, np.random.default_rng(0))
    assert (state == 1).all() and new.dtype == np.int8 and (new != 1).any()
    assert free_units(network).tolist() == [0, 2, 1, 3]


def test_same_seed_same_states():
    network = random_network(0, 6, SPINS)
    one, two = (network.sweep(np.ones(6), 0.5, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one, two)


@given(arrays.arrays(float, (3, 3), elements=st.floats(-5, 5)))
@settings(max_examples=50, deadline=None)
def test_weights_are_accepted_only_if_symmetric_with_zero_diagonal(weights):
    if (weights == weights.T).all() and not weights.diagonal().any():
        Network(weights)
    else:
        with pytest.raises(ValueError, match="^weights must"):
            Network(weights)


@given(arrays.arrays(np.int8, (2, 4)))
@settings(max_examples=50, deadline=None)
def test_states_are_accepted_only_in_the_alphabet(state):
    for alphabet in (SPINS, UNITS):
        network = Network(RING, alphabet=alphabet)
        if np.isin(state, alphabet).all():
            assert network.energy(state).shape == (2,)
        else:
            with pytest.raises(ValueError, match="must hold only"):
                network.energy(state)


RNG = np.random.default_rng(0)
BAD = [
    (lambda: Network([[0, 0.3], [np.nextafter(0.3, 1), 0]]), ValueError, r"= 0.29999999999999999 but .* = 0.30000000000000004"),
    (lambda: Network(RING.astype(np.float16)), TypeError, "weights must be float32 or float64, got float16"),
    (lambda: Network(RING, np.ones(4, np.longdouble)), TypeError, "biases must be float32 or float64"),
    (lambda: Network(np.ma.masked_equal(RING, 1)), TypeError, "weights must be an array without a mask"),
    (lambda: Network(RING).energy(np.ma.ones(4)), TypeError, "state must be an array without a mask"),
    (lambda: Network(RING).clamp(np.ma.array([0, 1], mask=[0, 1])), TypeError, "units must be an array without a mask"),
    (lambda: Network([[0, 1], [2, 0]]), ValueError, r"W\[0, 1\] = 1 but W\[1, 0\] = 2"),
    (lambda: Network([[1.0]]), ValueError, "zero diagonal"),
    (lambda: Network([[0, np.nan], [np.nan, 0]]), ValueError, "finite"),
    (lambda: Network([["a"]]), TypeError, "numbers"),
    (lambda: Network(np.zeros((2, 3))), ValueError, r"\(2, 3\)"),
    (lambda: Network(RING, biases=[1.0]), ValueError, r"\(4,\)"),
    (lambda: Network(RING, alphabet=(0, 2)), ValueError, "alphabet"),
    (lambda: Network(RING, alphabet=2), ValueError, "alphabet"),
    (lambda: Network(RING, rule="gibbs"), ValueError, "rule"),
    (lambda: Network(RING, blocks=[[0, 1]]), ValueError, "units 0 and 1"),
    (lambda: Network(RING, blocks=[[0, 4]]), ValueError, "from 0 to 3"),
    (lambda: Network(RING, blocks=[[0.5]]), TypeError, "integer"),
    (lambda: Network(RING, blocks=[[0, 0]]), ValueError, "repeat"),
    (lambda: Network(RING).energy([1, 1]), ValueError, "4 units"),
    (lambda: Network(RING).local_field([1, 1, 1, 0]), ValueError, "-1 and 1"),
    (lambda: Network(RING).sweep(np.ones(4), -1.0, RNG), ValueError, "negative"),
    (lambda: Network(RING).sweep(np.ones(4), np.nan, RNG), ValueError, "finite"),
    (lambda: Network(RING).sweep(np.ones(4), [1.0, 2.0], RNG), ValueError, "one entry per chain"),
    (lambda: Network(RING).sweep(np.ones(4), 1.0, 0), TypeError, "Generator"),
    (lambda: Network(RING).clamp([9]), ValueError, "from 0 to 3"),
    (lambda: update_block(Network(RING), np.ones(4), [0, 3], 1.0, RNG), ValueError, "units 0 and 3"),
    (lambda: random_order_sweep(Network(RING), np.ones(4), 1.0, None), TypeError, "Generator"),
    (lambda: synchronous_sweep(Network(RING), np.zeros(4), 1.0, RNG), ValueError, "-1 and 1"),
    (lambda: probability_high(Network(RING), np.ones(3), 1.0), ValueError, "4 units"),
    (lambda: colour_classes([[0, 1], [0, 0]]), ValueError, "symmetric"),
]


@pytest.mark.parametrize("call, error, words", BAD)
def test_bad_input_is_one_clear_sentence(call, error, words):
    with pytest.raises(error, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
