"""The study of the storage rules: its questions against what is exact, and slices of it against the files, with other seeds."""

import numpy as np
import pytest
from scipy.stats import binom

from netlib import data, hopfield
from studies import storage_rules


def test_one_pattern_always_has_weights_and_contradicting_ones_have_none():
    assert storage_rules.solvable(5, 1, np.random.default_rng(0))
    assert storage_rules.solvable_symmetric(5, 1, np.random.default_rng(0))
    assert not storage_rules.solvable(1, 30, np.random.default_rng(0))
    assert not storage_rules.solvable_symmetric(4, 40, np.random.default_rng(0))


@pytest.mark.parametrize("P", [3, 9, 12])
def test_symmetric_weights_are_found_where_the_perceptron_finds_them(P):
    for seed in range(5):
        patterns = np.random.default_rng(seed).choice([-1.0, 1.0], size=(P, 10))
        try:
            hopfield.perceptron(patterns, sweeps=300)
        except RuntimeError:
            continue
        assert storage_rules.solvable_symmetric(10, P, np.random.default_rng(seed))


def test_solvable_problems_are_as_many_as_cover_counts():
    rng = np.random.default_rng(1)
    for load in (1.8, 2.0, 2.2):
        P = round(load * 30)
        expected = binom.cdf(29, P - 1, 0.5)
        found = np.mean([storage_rules.solvable(30, P, rng) for _ in range(60)])
        assert abs(found - expected) < 4 * np.sqrt(expected * (1 - expected) / 60)


def test_the_radius_of_one_memory_is_that_of_a_majority():
    patterns = data.random_patterns(1, 100, np.random.default_rng(0))
    found = storage_rules.radius(hopfield.hebb(patterns), patterns, np.random.default_rng(1))
    assert found == pytest.approx(storage_rules.FLIPS[-1] / 100)  # the memory comes back from 48 wrong, the ghost from 52 on


@pytest.mark.parametrize("correlation", storage_rules.CORRELATIONS)
def test_a_slice_of_the_race_with_another_seed_agrees_with_the_file(correlation):
    race, load = data.study("storage_rules_race"), 0.2
    again = [storage_rules.race(correlation, load, run, np.random.default_rng(700 + run)) for run in range(3)]
    for at, rule in enumerate(dict.fromkeys(race["rule"].tolist())):
        chosen = (race["rule"] == rule) & (race["correlation"] == correlation) & (race["load"] == load)
        for column, name in ((1, "stable"), (2, "radius")):
            ours, filed = np.array([run[at][column] for run in again]), race[name][chosen]
            spread = max(ours.std(ddof=1), filed.std(ddof=1), 0.01)
            assert abs(ours.mean() - filed.mean()) < 4 * spread * np.sqrt(1 / 3 + 1 / len(filed)), (rule, name)


def test_a_slice_of_the_dreams_with_another_seed_agrees_with_the_file():
    dreams = data.study("storage_rules_dreams")
    chosen = (dreams["kind"] == "digits") & (dreams["P"] == 5)
    again = np.array([storage_rules.dream("digits", 5, run, np.random.default_rng(800 + run)) for run in range(6)])
    for mark, recalled in zip(storage_rules.MARKS, again[:, :, 2].T, strict=True):
        filed = dreams["recalled"][chosen & (dreams["dreams"] == mark)]
        spread = max(recalled.std(ddof=1), filed.std(ddof=1), 0.01)
        assert abs(recalled.mean() - filed.mean()) < 4 * spread * np.sqrt(1 / 6 + 1 / len(filed)), mark
