"""The study of the shifter: its exact grading against enumeration, its batches, and slices against the file, with other seeds."""

import numpy as np
import pytest

from netlib import boltzmann, data, exact, rbm
from netlib.network import UNITS, Network
from studies import shifter


def small_machine(rng, hidden=3):
    return rbm.RBM(rng.normal(size=(19, hidden)), rng.normal(size=19), rng.normal(size=hidden))


def test_its_grading_is_that_of_enumeration():
    machine = small_machine(np.random.default_rng(0))
    hit, chance, weights = [], [], []
    for case in shifter.cases:
        law = []
        for bits in shifter.three_bits:
            v = np.concatenate([case[:16], bits])
            h = exact.states(3, UNITS)
            law.append(np.exp(v @ machine.visible_bias + h @ (machine.hidden_bias + v @ machine.weights)).sum())
        shift = int(case[16:].argmax())
        hit.append(int(np.argmax(law[:3])) == shift)
        chance.append(law[shift] / sum(law))
        weights.append(np.prod(np.where(case[:8] == 1, 0.3, 0.7)) / 3)
    answers = [np.mean(hit), np.dot(weights, hit), np.dot(weights, chance)]
    np.testing.assert_allclose(shifter.measured(machine, 0)[:3], answers, atol=1e-12)
    echoes = [shifter.measured(machine, last)[3] for last in range(3)]
    assert abs(sum(echoes) - 1) < 1e-12 and len(set(echoes)) > 1


def test_a_machine_at_temperature_ten_is_a_tenth_of_its_weights():
    rng = np.random.default_rng(1)
    weights, biases = 10 * boltzmann.random_weights(boltzmann.connectivity([2, 1], [(0, 1)]), rng, 1.0), rng.normal(size=3)
    grown = np.zeros((22, 22)), np.zeros(22)
    grown[0][np.ix_([0, 18, 19], [0, 18, 19])], grown[1][[0, 18, 19]] = weights, biases
    machine = shifter.at_temperature(*grown)
    hot = exact.probabilities(Network(weights, biases, UNITS), beta=1 / shifter.TEMPERATURE)
    states = exact.states(3, UNITS)
    own = np.exp(states[:, :2] @ machine.visible_bias[[0, 18]] + states[:, 2] * machine.hidden_bias[0]
                 + states[:, 2] * (states[:, :2] @ machine.weights[[0, 18], 0]))
    np.testing.assert_allclose(own / own.sum(), hot, atol=1e-12)


def test_the_divergence_is_that_of_a_listing_of_all_visible_states():
    machine = small_machine(np.random.default_rng(2), hidden=2)
    v = exact.states(19, UNITS)
    logs = v @ machine.visible_bias + np.logaddexp(0, machine.hidden_bias + v @ machine.weights).sum(axis=1)
    number = np.logaddexp.reduce(logs)
    field = machine.hidden_bias + shifter.cases @ machine.weights
    own = shifter.cases @ machine.visible_bias + np.logaddexp(0, field).sum(axis=1)
    expected = shifter.frequency @ (np.log(shifter.frequency) - (own - number))
    assert abs(shifter.divergence(machine) - expected) < 1e-9


def test_batches_share_their_shift_only_where_they_say_so():
    rng = np.random.default_rng(3)
    for draw, variance in (("own", 2 / 9 / 20), ("one", 2 / 9)):
        batches = np.array([shifter.batch_of(draw, 20, rng) for _ in range(1500)])
        every = batches.reshape(-1, 19)
        moved = [np.roll(row[:8], int(row[16:].argmax()) - 1) for row in every[:2000]]
        assert (np.array(moved) == every[:2000, 8:16]).all()
        share = batches[:, :, 18].mean(axis=1)
        assert abs(share.mean() - 1 / 3) < 4.5 * np.sqrt(variance / 1500)
        assert abs(share.var() / variance - 1) < 0.2  # its own relative error is about 0.03
        assert abs(every[:, :8].mean() - 0.3) < 4.5 * np.sqrt(0.21 / every[:, :8].size)


def test_the_file_has_five_machines_for_each_way_to_fail_and_what_the_study_says():
    study, log = data.study("shifter"), data.study("shifter_log")
    for setting, change in shifter.SETTINGS.items():
        how, chosen = {**shifter.RECIPE, **change}, study["setting"] == setting
        assert how["runs"] >= 5 and set(study["run"][chosen]) == set(range(how["runs"]))
        assert study["cycle"][chosen].max() == how["cycles"] and len(log["kl"][setting]) == how["runs"]
    for method in shifter.MODERN:
        assert (study["setting"] == method).sum() == shifter.MODERN_RUNS * 36


def test_the_stored_machines_answer_as_the_file_says():
    study, kept = data.study("shifter"), data.study("shifter_machines")
    last = (study["setting"] == "recipe") & (study["cycle"] == shifter.RECIPE["cycles"])
    for run, machine in enumerate(kept):
        machine = rbm.RBM(*(np.array(machine[name]) for name in ("weights", "visible_bias", "hidden_bias")))
        row = last & (study["run"] == run)
        measured = shifter.measured(machine, 0)[:3]
        for name, value in zip(("uniform", "weighted", "chance"), measured, strict=True):  # rounded weights: a case may change
            assert abs(study[name][row][0] - value) < 0.004, (run, name)


@pytest.mark.parametrize("setting", ["fixed steps", "one shift", "fixed steps, batch 100"])
def test_a_slice_with_another_seed_agrees_with_the_file(setting, monkeypatch):
    monkeypatch.setitem(shifter.SETTINGS, setting, {**shifter.SETTINGS[setting], "runs": 5, "cycles": 250})
    again = np.array([row[2] for row in shifter.learn(setting, np.random.default_rng(4))["rows"] if row[1] == 250])
    study = data.study("shifter")
    in_file = study["uniform"][(study["setting"] == setting) & (study["cycle"] == 250)]
    error = np.hypot(again.std(ddof=1), in_file.std(ddof=1)) / np.sqrt(5)
    assert abs(again.mean() - in_file.mean()) < 5 * error + 0.01
