"""The study of growing networks: what it measures where nothing moves, and slices of it against the file, with other seeds."""

import numpy as np
import pytest

from netlib import capacity, data, hopfield
from studies import hopfield_phases as phases


def test_order_parameters_of_a_network_that_stays_put():
    patterns = np.random.default_rng(0).choice([-1, 1], size=(6, 300)).astype(np.int8)
    assert (hopfield.stabilities(hopfield.hebb(patterns), patterns) > 0).all()
    between = patterns @ patterns.T.astype(float) / 300
    r = np.mean([(np.delete(row, k) ** 2).sum() for k, row in enumerate(between)]) * 300 / 6
    for T in (0.0, 0.005):  # at rest, or so cold that it is the same
        measured = phases.order_parameters(patterns, T, np.random.default_rng(1), memories=6, sweeps=5, discard=1)
        assert measured == pytest.approx((1, 1, r), abs=1e-3)


@pytest.mark.parametrize(("N", "load", "T"), [(500, 0.05, 0.0), (500, 0.05, 0.2), (500, 0.03, 0.5)])
def test_a_slice_with_another_seed_agrees_with_the_file(N, load, T):
    table = data.study("hopfield_phases")
    row = (table["N"] == N) & np.isclose(table["load"], load) & np.isclose(table["T"], T)
    assert row.sum() == 1
    m, m_error, q, q_error, r, r_error = phases.retrieval(N, load, T, 3, np.random.default_rng(5))
    for name, value, error, slack in (("m", m, m_error, 0.003), ("q", q, q_error, 0.006), ("r", r, r_error, 0.1)):
        assert abs(value - table[name][row][0]) < 4 * np.hypot(error, table[f"{name}_error"][row][0]) + slack, name


@pytest.mark.parametrize(("N", "load"), [(400, 0.14), (400, 0.17), (400, 0.19)])
def test_a_slice_of_the_end_agrees_with_the_file(N, load):
    table = data.study("hopfield_phases_end")
    row = (table["N"] == N) & np.isclose(table["load"], load)
    share, error = phases.end(N, load, 12, np.random.default_rng(6))
    assert row.sum() == 1
    assert abs(share - table["share"][row][0]) < 4 * np.hypot(error, table["error"][row][0]) + 0.02


def test_large_networks_lie_near_the_theory():
    table = data.study("hopfield_phases")
    for row in np.flatnonzero(table["N"] == 2000):
        saddle = capacity.ags_retrieval(table["load"][row], table["T"][row])
        assert abs(table["m"][row] - saddle.m) < 0.01 and abs(table["q"][row] - saddle.q) < 0.015


def test_every_point_stands_in_the_files_once():
    table, ends = data.study("hopfield_phases"), data.study("hopfield_phases_end")
    assert [(p["N"], p["load"], p["T"]) for p in phases.points()] == list(
        zip(table["N"].tolist(), table["load"].tolist(), table["T"].tolist(), strict=True))
    assert [(p["N"], p["load"]) for p in phases.end_points()] == list(zip(ends["N"].tolist(), ends["load"].tolist(), strict=True))
