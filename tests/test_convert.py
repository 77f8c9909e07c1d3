"""0/1 ↔ ±1: every energy and ln Z agree once the offset is counted, and the samplers do the same in both languages."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netlib import convert, exact
from netlib.network import SPINS, UNITS, Network, probability_high

SEEDS = st.integers(0, 2**32 - 1)


def random_network(seed, n, alphabet):
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.normal(size=(n, n)), 1)
    return Network(upper + upper.T, rng.normal(size=n), alphabet=alphabet, rule="metropolis")


def both(network):
    """The network as spins, as units, and the offset."""
    if network.alphabet == SPINS:
        units, offset = convert.to_units(network)
        return network, units, offset
    spins, offset = convert.to_spins(network)
    return spins, network, offset


@given(SEEDS, st.integers(1, 6), st.sampled_from([SPINS, UNITS]), st.floats(0, 3))
@settings(max_examples=40, deadline=None)
def test_energies_partition_and_conditionals_agree(seed, n, alphabet, beta):
    spins, units, offset = both(random_network(seed, n, alphabet))
    assert (spins.alphabet, units.alphabet, spins.rule, units.rule) == (SPINS, UNITS, "metropolis", "metropolis")
    v = exact.states(n, UNITS)
    s = convert.state_to_spins(v)
    np.testing.assert_array_equal(s, exact.states(n, SPINS))
    np.testing.assert_array_equal(convert.state_to_units(s), v)
    np.testing.assert_allclose(spins.energy(s), units.energy(v) + offset, rtol=1e-12, atol=1e-12)
    assert exact.log_partition(spins, beta) == pytest.approx(exact.log_partition(units, beta) - beta * offset, abs=1e-11)
    np.testing.assert_allclose(exact.probabilities(spins, beta), exact.probabilities(units, beta), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(probability_high(spins, s, beta), probability_high(units, v, beta), rtol=1e-12, atol=1e-12)


@given(SEEDS, st.integers(1, 6), st.sampled_from([SPINS, UNITS]))
@settings(max_examples=20, deadline=None)
def test_there_and_back(seed, n, alphabet):
    network = random_network(seed, n, alphabet)
    one, two = (convert.to_units, convert.to_spins) if alphabet == SPINS else (convert.to_spins, convert.to_units)
    other, offset = one(network)
    back, offset_back = two(other)
    assert back.alphabet == alphabet
    np.testing.assert_array_equal(back.weights, network.weights)
    np.testing.assert_allclose(back.biases, network.biases, rtol=1e-12, atol=1e-13)
    assert offset_back == pytest.approx(offset, abs=1e-12)


def test_without_the_offset_the_partition_function_differs():
    network = Network([[0, 1], [1, 0]])
    units, offset = convert.to_units(network)
    assert offset == -1
    assert exact.log_partition(network) - exact.log_partition(units) == pytest.approx(1)


def test_blocks_and_clamped_units_are_kept():
    network = Network(np.zeros((3, 3)), blocks=[[2], [0]])
    assert [block.tolist() for block in convert.to_units(network)[0].blocks] == [[2], [0]]


BAD = [
    (lambda: convert.to_units(Network([[0.0]], alphabet=UNITS)), ValueError, "alphabet"),
    (lambda: convert.to_spins(Network([[0.0]])), ValueError, "alphabet"),
    (lambda: convert.to_units(np.eye(2)), TypeError, "Network"),
    (lambda: convert.state_to_units([0, 1]), ValueError, "-1 and 1"),
    (lambda: convert.state_to_spins([0, 2]), ValueError, "0 and 1"),
]


@pytest.mark.parametrize("call, error, words", BAD)
def test_bad_input_is_one_clear_sentence(call, error, words):
    with pytest.raises(error, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
