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


def test_laws_with_joined_hidden_units_and_samples_from_them_are_those_of_enumeration():
    rng = np.random.default_rng(1)
    mask = ahs1985.connected("4-2-4", joined=True)
    weights, biases = boltzmann.random_weights(mask, rng, 10.0, trials=2), rng.normal(scale=5, size=(2, 10))
    mean, second = ahs1985.exact_moments(weights, biases, 2)
    for trial in range(2):
        expected = exact.moments(Network(weights[trial], biases[trial], UNITS), 0.1)
        np.testing.assert_allclose(mean[trial], expected[0], rtol=0, atol=1e-12)
        np.testing.assert_allclose(second[trial] * mask, expected[1] * mask, rtol=0, atol=1e-12)
    picked = ahs1985.drawn(np.tile([0.2, 0.0, 0.5, 0.3], (20000, 1)), rng)
    share = np.bincount(picked, minlength=4) / 20000
    assert share[1] == 0 and (np.abs(share - [0.2, 0, 0.5, 0.3]) < 4.5 * np.sqrt(0.25 / 20000)).all()


def test_an_annealing_is_not_astray_where_it_settles_and_is_where_it_cannot():
    rng, mask = np.random.default_rng(2), ahs1985.connected("4-2-4")
    soft = boltzmann.random_weights(mask, rng, 3.0, trials=2), np.zeros((2, 10))
    hard = 60 * soft[0], soft[1]
    schedule = ahs1985.ladder.ENCODER_1985
    assert ahs1985.astray(*soft, mask, 2, schedule, rng).max() < 0.03  # chance alone makes about 0.01
    assert ahs1985.astray(*hard, mask, 2, schedule, rng).min() > 0.05


@pytest.mark.parametrize("conditional", [False, True])
def test_slopes_of_groups_are_derivatives(conditional):
    rng, v = np.random.default_rng(3), 3
    x = [rng.normal(size=(1, v, 2)), rng.normal(size=(1, v, 2)), *rng.normal(size=(2, 1, v)), rng.normal(size=(1, 2))]
    table = np.eye(v) / v

    def height(x):
        field = x[4][:, None, None] + x[0][:, :, None] + x[1][:, None]
        logs = (x[2][:, :, None] + x[3][:, None] + np.logaddexp(0, field).sum(axis=-1))[0]
        total = np.logaddexp.reduce(logs, axis=1)[:, None] if conditional else np.logaddexp.reduce(logs.ravel())
        return (table * (logs - total)).sum()

    slopes, _ = ahs1985.groups_gradient(x, table, conditional)
    for number, part in enumerate(x):
        for place in np.ndindex(part.shape):
            moved = [[y.copy() for y in x] for _ in range(2)]
            for sign, y in zip((1, -1), moved, strict=True):
                y[number][place] += sign * 1e-5
            measured = (height(moved[0]) - height(moved[1])) / 2e-5
            assert abs(measured - slopes[number][place]) < 1e-8


@pytest.mark.parametrize("method", ["exact slopes", "one of v", "one of v, smoothed"])
def test_a_slice_of_todays_methods_agrees_with_the_file(method):
    runs = data.study("ahs1985_modern")
    solved = runs["codes"][(runs["problem"] == "4-2-4") & (runs["method"] == method)] == 4
    again = np.array([row[0] for row in ahs1985.modern("4-2-4", method, 60, np.random.default_rng(8))]) == 4
    middle = (solved.mean() + again.mean()) / 2
    assert abs(solved.mean() - again.mean()) < 3.5 * np.sqrt(middle * (1 - middle) * (1 / len(solved) + 1 / 60))


def test_the_stored_machines_complete_as_the_file_says():
    tests, machines = data.study("ahs1985_recall"), data.study("ahs1985_machines")
    for learning, kept in machines.items():
        chosen = (tests["learning"] == f"{learning}, end") & (tests["annealing"] == "gentle") & (tests["run"] == 0)
        [in_file] = tests["right"][chosen]
        weights, biases = np.float32([kept["weights"]]), np.float32([kept["biases"]])
        [again] = ahs1985.recall(weights, biases, ahs1985.STAIRS["gentle"], 5, np.random.default_rng(9))
        assert abs(again - in_file) < 4.5 * np.sqrt(max(in_file * (1 - in_file), 0.01) * (1 / 200 + 1 / 400))
