"""The study of dense capacities: its margins against netlib's memory, its table against slices with other seeds."""

import numpy as np
import pytest

from netlib import capacity, data
from netlib.memory import DenseMemory
from netlib.scan import point_generator
from studies import dense_capacity


def gains(patterns, kind):
    """The cost of each flip of each stored pattern, unit by unit with netlib."""
    model = DenseMemory(patterns, kind)
    return np.stack([model.gain(patterns, unit) * patterns[:, unit] for unit in range(patterns.shape[1])], axis=1)


@pytest.mark.parametrize("degree", [2, 3, 4])
def test_the_first_pattern_is_judged_as_netlib_does(degree):
    """The same random numbers give the same patterns; by symmetry the study takes the first one as all up."""
    verdicts = []
    for seed in range(60):
        numbers = [1, 4, 9]
        held = dense_capacity.one(16, numbers, lambda x: x**degree, np.random.default_rng(seed))
        rng = np.random.default_rng(seed)
        drawn = np.concatenate([dense_capacity.signs(rows, 16, rng) for rows in (3, 5)]).astype(int)
        patterns = np.concatenate([np.ones((1, 16), int), drawn])
        assert held == [bool((gains(patterns[:P], degree)[0] >= 0).all()) for P in numbers]
        verdicts.append(held[-1])
    assert degree > 2 or 0 < sum(verdicts) < 60


def test_all_patterns_are_judged_as_netlib_does():
    verdicts = []
    for seed in range(60):
        held = dense_capacity.every(8, np.array([3, 8]), np.random.default_rng(seed))
        patterns = dense_capacity.signs(8, 8, np.random.default_rng(seed)).astype(int)
        assert held == [bool((gains(patterns[:P], "exponential") > 1e-12).all()) for P in (3, 8)]
        verdicts.append(held[-1])
    assert 5 < sum(verdicts) < 55


def test_the_prediction_tends_to_the_formula():
    """With P x² in place of P 2 ln N the two agree more closely the larger N is."""
    for degree in (2, 3, 4):
        ratio = [dense_capacity.predicted(N, degree) * dense_capacity.needed(N) ** 2
                 / (capacity.dense_capacity(N, degree) * 2 * np.log(N)) for N in (100, 10_000)]
        assert abs(ratio[1] - 1) < abs(ratio[0] - 1) / 5 < 0.05


def test_half_is_where_the_share_crosses():
    assert dense_capacity.half([10, 20, 40], [0.9, 0.5, 0.1]) == pytest.approx(20)
    assert dense_capacity.half([10, 40], [0.75, 0.25]) == pytest.approx(20)
    with pytest.raises(ValueError, match="must cross one half"):
        dense_capacity.half([10, 20], [0.9, 0.8])


@pytest.mark.parametrize(("kind", "question", "N"), [("2", "one", 200), ("3", "one", 64), ("4", "one", 32), ("exp", "one", 10),
                                                     ("exp", "all", 14)])
def test_a_slice_with_another_seed_agrees_with_the_file(kind, question, N):
    """300 sets against the file's 1000 at the number of patterns that is nearest to one half: within 4 standard errors."""
    table = data.study("dense_capacity")
    here = (table["memory"] == kind) & (table["question"] == question) & (table["N"] == N)
    numbers = np.unique(table["P"][here])
    share = np.array([table["held"][here & (table["P"] == P)].mean() / dense_capacity.TRIALS for P in numbers])
    k = int(np.abs(share - 0.5).argmin())
    rng, P = np.random.default_rng(77), np.array([int(numbers[k])])
    if question == "all":
        held = [dense_capacity.every(N, P, rng)[0] for _ in range(300)]
    elif kind == "exp":
        held = [dense_capacity.one(N, P, lambda x: np.exp(x - N), rng, dense_capacity.TIE)[0] for _ in range(300)]
    else:
        held = [dense_capacity.one(N, P, lambda x: x ** int(kind), rng)[0] for _ in range(300)]
    assert abs(np.mean(held) - share[k]) < 4 * np.sqrt(share[k] * (1 - share[k]) * (1 / 1000 + 1 / 300))


def test_the_summary_is_that_of_the_table():
    summary, rows = data.study("dense_capacity_half"), dense_capacity.summary(data.study("dense_capacity"))
    assert [list(row) for row in zip(*summary.values(), strict=True)] == [[m, q, N, P, e] for m, q, N, P, e in rows]
    flat = (summary["memory"] == "exp") & (summary["question"] == "one")      # here the share falls most slowly with ln P
    assert (summary["error"] < np.where(flat, 0.06, 0.03) * summary["P"]).all()


def test_a_point_of_the_file_is_reproduced_to_the_last_count():
    point = dict(memory="2", question="one", N=100, run=3)
    numbers, held = dense_capacity.measure(**point, rng=point_generator(dense_capacity.SEED, point))
    table = data.study("dense_capacity")
    here = (table["memory"] == "2") & (table["question"] == "one") & (table["N"] == 100) & (table["run"] == 3)
    assert (table["P"][here] == numbers).all() and (table["held"][here] == held).all()
