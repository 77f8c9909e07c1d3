"""The study of chapter 26: its laws and updates against what is exact, and slices against the files."""

import numpy as np
import pytest

from netlib import data, exact, markov, rbm
from netlib.network import UNITS
from studies import training_today as today


@pytest.fixture(scope="module")
def machine():
    rng = np.random.default_rng(1)
    return rbm.RBM(rng.normal(size=(9, 8)), rng.normal(size=9), rng.normal(size=8))


def test_laws_are_those_of_the_transition_matrix(machine):
    P = rbm.visible_transition_matrix(machine)
    walked = [today.noise @ np.linalg.matrix_power(P, k) for k in (0, 1, 3, 101)]
    assert np.allclose(today.laws(machine, [0, 1, 3]), walked[:3], rtol=0, atol=1e-12)
    assert np.allclose(today.laws(machine, [0, 1, 3, 101]), walked, rtol=0, atol=1e-12)


def test_relaxation_time_is_that_of_the_transition_matrix(machine):
    assert np.isclose(today.relaxation(machine), markov.relaxation_time(rbm.visible_transition_matrix(machine)))


def test_a_step_with_the_law_of_the_machine_is_a_step_along_the_gradient(machine):
    moved = today.step(machine, today.joint(machine).sum(axis=1), rate=1)
    gradient = rbm.exact_gradient(machine, today.pictures)
    assert np.allclose(moved.weights - machine.weights, gradient.weights)
    assert np.allclose(moved.visible_bias - machine.visible_bias, gradient.visible_bias)
    assert np.allclose(moved.hidden_bias - machine.hidden_bias, gradient.hidden_bias)


def test_the_divergence_is_that_of_exact():
    law = np.random.default_rng(0).dirichlet(np.ones(512))
    assert np.isclose(today.divergence(law), exact.kl(today.target, law))
    assert set(np.flatnonzero(today.target)) == set(exact.state_index(today.pictures, UNITS))


def test_the_exact_path_comes_out_again():
    path = data.study("training_today_path")
    of = (path["start"] == 3) & (path["update"] <= 100)
    found = {}

    def watch(update, now):
        found[update] = [today.divergence(today.joint(now).sum(axis=1)), today.relaxation(now)]

    today.train("exact", 3, np.random.default_rng(0), updates=100, watch=watch)
    marks = path["update"][of]
    assert list(marks) == [u for u in today.MARKS if u <= 100]
    written = np.transpose([path["divergence"][of], path["relaxation"][of]])
    assert np.allclose(written, [found[u] for u in marks], rtol=1e-3, atol=2e-6)


@pytest.mark.parametrize("method", list(today.METHODS))
@pytest.mark.parametrize("start", today.STARTS)
def test_the_kept_machine_generates_the_curve_in_the_file(method, start):
    table = data.study("training_today")
    of = (table["method"] == method) & (table["start"] == start)
    last = rbm.RBM(**data.study("training_today_machines")[method][str(start)][str(today.UPDATES)])
    found = [today.divergence(law) for law in today.laws(last, today.GENERATE)]
    assert np.allclose(found, table["divergence"][of], rtol=0, atol=1e-3)
    assert abs(today.relaxation(last) / table["relaxation"][of][0] - 1) < 1e-2


@pytest.mark.parametrize("method", ["k=3", "k=10", "k=30", "exact"])
def test_a_kept_machine_hardly_moves_under_its_own_way_of_training(method):
    last = rbm.RBM(**data.study("training_today_machines")[method]["0"][str(today.UPDATES)])
    steps = today.METHODS[method]
    own = today.joint(last).sum(axis=1) if steps is None else today.laws(last, [steps])[0]
    others = today.joint(last).sum(axis=1) if steps else today.laws(last, [3])[0]

    def moved(law):
        return np.abs(today.step(last, law, rate=1).weights - last.weights).max()

    assert moved(own) < moved(others) / 2


def test_the_slowest_mode_is_an_eigenvector_of_the_transition_matrix(machine):
    mode, tau = today.slowest_mode(machine)
    second = (tau - 1) / (tau + 1)
    assert np.allclose(rbm.visible_transition_matrix(machine) @ mode, second * mode, rtol=0, atol=1e-9)
    assert np.isclose(today.relaxation(machine), -1 / np.log(second))


def test_the_measured_times_come_out_again_and_agree_with_the_exact_ones():
    table = data.study("training_today_tau")
    plain = table["sampler"] == "plain Gibbs"
    assert (abs(table["tau"] - table["exact"])[plain] < 3.5 * table["error"][plain]).all()
    kept = rbm.RBM(**data.study("training_today_machines")["exact"]["2"]["200"])
    rng = np.random.default_rng([today.SEED, 2, 200])
    tau, error, _ = today.measured([(kept, 1.0)], 600, rng)
    row = plain & (table["start"] == 2) & (table["update"] == 200)
    assert np.allclose([tau, error], [table["tau"][row][0], table["error"][row][0]], rtol=0.02)


@pytest.mark.parametrize("method", ["k=3", "PCD"])
def test_the_beginning_of_a_training_by_another_route(method):
    """Two updates: the law of k steps by powers of the matrix; for PCD by the same random numbers."""
    found = today.train(method, 4, np.random.default_rng(5), updates=2)
    rng, machine = np.random.default_rng(5), today.begin(4)
    v = (rng.random((512, 9)) < 0.5).astype(float)
    seen = today.pictures
    for rate in (0.5, 0.25) if method == "PCD" else (0.5, 0.5):
        if method == "PCD":
            v = rbm.gibbs(machine, v, 1, rng)
            law = np.array([(v == state).all(axis=1).mean() for state in today.V])
        else:
            law = today.noise @ np.linalg.matrix_power(rbm.visible_transition_matrix(machine), 3)
        up = rbm.hidden_probabilities(machine, seen)
        all_up = rbm.hidden_probabilities(machine, today.V)
        machine = rbm.RBM(
            machine.weights + rate * (seen.T @ up / 14 - (today.V * law[:, None]).T @ all_up),
            machine.visible_bias + rate * (seen.mean(axis=0) - law @ today.V),
            machine.hidden_bias + rate * (up.mean(axis=0) - law @ all_up),
        )
    assert np.allclose(found.weights, machine.weights, rtol=0, atol=1e-12)
    assert np.allclose(found.visible_bias, machine.visible_bias, rtol=0, atol=1e-12)
    assert np.allclose(found.hidden_bias, machine.hidden_bias, rtol=0, atol=1e-12)
