"""The study of 1982: its network against netlib, slices of it against the file with other seeds, and its verdicts."""

import math

import numpy as np
import pytest

from netlib import data, hopfield
from netlib.network import UNITS
from studies import hopfield1982 as study

SLICES = [  # what to run again, on fewer matrices and with another seed
    ("errors", "0/1", 10, ["exact", "below five", "first step"], 150),
    ("errors", "±1", 15, ["exact", "below five"], 100),
    ("errors", "0/1, diagonal kept", 15, ["below five"], 60),
    ("clipped", "0/1", 9, ["exact", "bits"], 80),
    ("one_way", "0/1", 10, ["exact", "settled"], 60),
    ("noise", "0/1", 9, ["clipped", "one-way"], 100),
    ("information", "±1", 13, ["each"], 100),
    ("basins", "±1", 5, ["assigned", "near", "no meaning"], 40),
    ("probes", "0/1", 5, ["back", "back, stable"], 100),
    ("bounded", "0/1", 3, ["kept"], 60),
    ("similar", "±1", 20, ["both stable", "fused"], 300),
    ("familiarity", "0/1", 500, ["slower", "stable", "changes, stored", "changes, strange"], 10),
    ("sequences", "0/1", 1.0, ["all: 2", "all, 25: 3"], 100),
    ("partial", "0/1", 50, ["as equation 12"], 60),
    ("unfamiliar", "0/1", 25, ["random to zero", "recalled"], 40),
    ("random_weights", "0/1", 30, ["ends", "stable", "time"], 15),
]


def stored(item, rule, x):
    rows = data.study("hopfield1982")
    chosen = (rows["item"] == item) & (rows["rule"] == rule) & (rows["x"] == x)
    return {rows["quantity"][k]: (rows["mean"][k], rows["error"][k], rows["matrices"][k]) for k in np.flatnonzero(chosen)}


@pytest.mark.parametrize(("item", "rule", "x", "quantities", "matrices"), SLICES, ids=[f"{row[0]}-{row[1]}" for row in SLICES])
def test_a_slice_with_another_seed_agrees_with_the_file(item, rule, x, quantities, matrices):
    found, file = study.ITEMS[item](rule, x, matrices, np.random.default_rng(7)), stored(item, rule, x)
    for quantity in quantities:
        _, mean, _, *_ = study.summary(found[quantity])
        expected, error, count = file[quantity]
        spread = error * math.sqrt(count)  # of one matrix
        assert abs(mean - expected) < 4 * spread * math.sqrt(1 / matrices + 1 / count) + 0.01, (quantity, mean, expected)


@pytest.mark.parametrize("low", [0, -1])
def test_it_ends_where_netlib_finds_a_stable_state(low):
    signs = study.memories(6, 8, 40, np.random.default_rng(1))
    T = study.weights(signs)
    ends, times, settled = study.evolve(T, study.start(signs, low), np.random.default_rng(2), low=low)
    alphabet = UNITS if low == 0 else (-1, 1)
    for matrix, states in zip(T, ends, strict=True):
        again = hopfield.recall(matrix.astype(float), states.astype(int), alphabet=alphabet, order="fixed")
        assert (again.states == states).all()
    assert settled.all() and (times >= 0).all()
    stable = ~study.signs_step(T, signs, low)
    assert ((ends == study.start(signs, low)).all(axis=-1) == stable).all() and stable.any() and not stable.all()


def test_weights_are_those_of_hebb():
    signs = study.memories(1, 5, 12, np.random.default_rng(3))
    assert (study.weights(signs)[0] == hopfield.hebb(signs[0])).all()
    assert (np.diag(study.weights(signs, diagonal=True)[0]) == 5).all()


def test_bounded_weights_are_those_of_netlib():
    # The study's loop for one matrix, seen through what it keeps: the last memory of a stream is always among the best.
    found = study.bounded("0/1", 3, 5, np.random.default_rng(4), stored=12, asked=3)
    assert found["age 0"].mean() == 1
    signs = study.memories(1, 12, 30, np.random.default_rng(5))[0]
    T = np.zeros((30, 30))
    for pattern in signs:
        T = np.clip(T + np.outer(pattern, pattern), -3, 3)
    assert (T * (1 - np.eye(30)) == hopfield.bounded(signs, 3)).all()


def test_one_direction_leaves_one_of_each_pair():
    T = study.one_direction(np.ones((3, 7, 7), np.float32) - np.eye(7, dtype=np.float32), np.random.default_rng(0))
    assert (T + T.swapaxes(1, 2) == 1 - np.eye(7)).all()


def test_a_closed_set_is_found_by_following_every_move():
    # Three units of ±1 in a ring that chase each other: s1 wants to be as s3, s2 as s1, s3 the opposite of s2.
    T = np.array([[0, 0, 1], [1, 0, 0], [0, -1, 0]], np.float32)
    reach, single, rest = study.reachable(T, np.array([1, 1, 1], np.float32), -1)
    assert len(reach) == 6 and single and not rest
    # Two pairs, each of a unit that wants to be as the other, which wants not to: one state leads to two, through all sixteen.
    pairs = np.kron(np.eye(2), [[0, 1], [-1, 0]]).astype(np.float32)
    reach, single, rest = study.reachable(pairs, np.ones(4, np.float32), -1)
    assert len(reach) == 16 and not single and not rest
    assert study.reachable(np.zeros((3, 3), np.float32), np.array([1, 0, 1], np.float32), 0) == ({5}, False, True)


def test_a_walk_around_six_states_has_the_entropy_of_six():
    T = np.array([[0, 0, 1], [1, 0, 0], [0, -1, 0]], np.float32)  # the ring of above: from each state one way leads on
    [states] = study.wander(T[None], [np.array([1, 1, 1], np.float32)], [0], 2000, -1, np.random.default_rng(9))
    assert abs(states - 6) < 0.05


def test_entropy_of_a_coin():
    np.testing.assert_allclose(study.entropy(np.array([0, 0.5, 1, 0.11])), [0, 1, 0, 0.49992], rtol=0, atol=1e-4)


def test_verdicts():
    assert study.verdict((0.55, 0.65), (0.6, 0.62), (0.2, 0.9)) == "agrees"
    assert study.verdict((0.4, 0.6), (0.25, 0.28), (0.0, 0.62)) == "one matrix could"
    assert study.verdict((0.9, 1.0), (0.25, 0.28), (0.0, 0.62)) == "no"


def test_summaries_leave_out_what_was_never_found():
    count, mean, error, middle, low, high = study.summary([1.0, 3.0, np.inf, np.nan])
    assert (count, mean, error, middle, low, high) == (3, 2.0, 1.0, 3.0, 1.0, np.inf)


def test_the_table_of_the_paper_is_made_from_the_file():
    rows, table = data.study("hopfield1982"), data.study("hopfield1982_paper")
    again = study.compared([list(row) for row in zip(*rows.values(), strict=True)])
    assert [row[-1] for row in again] == list(table["verdict"])
    np.testing.assert_allclose([row[7] for row in again], table["mean"], rtol=1e-3)
