"""The study of capacities: its short cuts against plain recall, and slices of it against the file, with other seeds."""

import numpy as np
import pytest

from netlib import data, hopfield
from netlib.network import SPINS, UNITS
from studies import capacities


@pytest.mark.parametrize("alphabet", [SPINS, UNITS])
def test_stable_by_fields_is_stable_by_recall(alphabet):
    patterns = np.random.default_rng(0).choice([-1, 1], size=(9, 60)).astype(np.int8)
    states = patterns if alphabet == SPINS else (patterns + 1) // 2
    ends = hopfield.recall(hopfield.hebb(patterns), states, order="fixed", alphabet=alphabet).states
    stable = capacities.stable(patterns, alphabet)
    assert (stable == (ends == states).all(axis=1)).all()
    assert 0 < stable.sum() < 9


def test_probes_have_a_fifth_of_their_units_wrong():
    memories = np.random.default_rng(1).choice([-1, 1], size=(5, 50))
    assert (capacities.damaged(memories, np.random.default_rng(2)) != memories).sum(axis=1).tolist() == [10] * 5


@pytest.mark.parametrize(("coding", "N", "P"), [("±1", 100, 12), ("±1", 50, 6), ("0/1", 100, 7), ("0/1", 200, 14)])
def test_a_slice_with_another_seed_agrees_with_the_file(coding, N, P):
    table = data.study("capacities")
    for meaning, share, error in capacities.storage(coding, N, P, 40, True, np.random.default_rng(3)):
        row = (table["coding"] == coding) & (table["N"] == N) & (table["P"] == P) & (table["meaning"] == meaning)
        assert row.sum() == 1, (coding, N, P, meaning)
        assert abs(share - table["share"][row][0]) < 4 * np.hypot(error, table["error"][row][0]) + 0.02, meaning


@pytest.mark.parametrize(("kind", "share"), [("weights", 0.7), ("units", 0.6), ("units", 0.8)])
def test_a_slice_of_the_damage_agrees_with_the_file(kind, share):
    table = data.study("capacities_damage")
    row = (table["kind"] == kind) & (table["N"] == 100) & np.isclose(table["share"], share)
    wrong, error = capacities.damage(kind, 100, share, 60, np.random.default_rng(4))
    assert abs(wrong - table["wrong"][row][0]) < 4 * np.hypot(error, table["error"][row][0])


def test_every_point_stands_in_the_file_once():
    table = data.study("capacities")
    keys = list(zip(*(table[name].tolist() for name in ("coding", "N", "P", "meaning")), strict=True))
    assert len(keys) == len(set(keys))
    assert {(p["coding"], p["N"], p["P"]) for p in capacities.points()} == {key[:3] for key in keys}


def test_half_is_found_on_a_curve_whose_half_is_known():
    P = np.arange(10, 40, 2)
    share = np.clip(1.0 / (1 + np.exp((P - 23.4) / 2)), 0, 1)
    middle, error = capacities.half_kept(P, share, np.full(len(P), 0.02), np.full(len(P), 10))
    assert abs(middle - 23.4) < 0.1 and 0.02 < error < 0.5


def test_the_halves_are_those_of_the_table():
    table = data.study("capacities_half")
    again = capacities.halves(data.study("capacities"))
    assert again == [[*row] for row in zip(*(table[name].tolist() for name in table), strict=True)]
