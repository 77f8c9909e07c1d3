"""The study of the encoders: its exact averages against enumeration, and slices of it against the file, with other seeds."""

import numpy as np
import pytest

from netlib import boltzmann, data, exact
from netlib.network import UNITS, Network
from studies import ahs1985


def test_its_exact_averages_are_those_of_enumeration():
    rng = np.random.default_rng(0)
    mask = ahs1985.connected("4-2-4")
    weights, biases = boltzmann.random_weights(mask, rng, 20.0, trials=3), rng.normal(scale=10, size=(3, 10))
    shown, law = ahs1985.noisy(data.encoder(4), (0.15, 0.05))
    free, clamped = ahs1985.exact_moments(weights, biases, 2), ahs1985.exact_clamped(weights, biases, 2, shown, law)
    for trial in range(3):
        network = Network(weights[trial], biases[trial], UNITS)
        for found, expected in ((free, exact.moments(network, 0.1)),
                                (clamped, boltzmann.clamped_moments(network, shown, 0.1, frequencies=law))):
            np.testing.assert_allclose(found[0][trial], expected[0], rtol=0, atol=1e-12)
            np.testing.assert_allclose(found[1][trial] * mask, expected[1] * mask, rtol=0, atol=1e-12)


def test_codes_are_read_with_weights_between_hidden_units_too():
    weights, biases = np.zeros((1, 10, 10)), np.array([[0.0] * 8 + [-1.0, -1.0]])
    assert ahs1985.codes(weights, biases, 2).tolist() == [[0] * 4]
    weights[0, 8, 9] = weights[0, 9, 8] = 3.0  # together they are worth it
    assert ahs1985.codes(weights, biases, 2).tolist() == [[3] * 4]


def test_spaced_codes_differ_in_two_bits():
    assert ahs1985.spaced(np.array([[0, 3, 5, 6], [0, 1, 6, 7], [0, 3, 5, 5]])).tolist() == [True, False, False]


@pytest.mark.parametrize("change", ["exact differences", "exact, clean vectors"])
def test_a_slice_with_another_seed_agrees_with_the_file(change):
    # Two samples of 50 runs with the same probability p differ by more than 3.5 standard errors of sqrt(2 p (1 - p) / 50)
    # in one of 2000 cases.
    runs = data.study("ahs1985")
    first = runs["first"][(runs["problem"] == "4-2-4") & (runs["change"] == change)]
    again = np.array(ahs1985.learn("4-2-4", change, 60, 50, 0, np.random.default_rng(7)))[:, 0]
    p, q = ((first > 0) & (first <= 60)).mean(), (again > 0).mean()
    middle = (p + q) / 2
    assert abs(p - q) < 3.5 * np.sqrt(2 * middle * (1 - middle) / 50)
