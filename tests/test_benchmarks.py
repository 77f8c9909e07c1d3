"""The benchmarks' arithmetic, and that what is raced is the same work; the packages raced against need not be there.

Statistical tests: fixed seeds, at most four standard errors, which a right sampler exceeds once in 16 000 tries.
"""

import random
import re
import shutil
import sys

import numpy as np
import pytest

from benchmarks import contests, install, loops, race
from benchmarks.__main__ import README, table
from netlib import exact, ising, rbm, theory
from netlib.network import UNITS, Network, probability_high

ROOT = README.parents[1]


def clock_of(times):
    """A clock that shows these times, one after the other."""
    return iter(times).__next__


def entrant(name, result=0.0, goal=None):
    return race.Entrant(name, "", lambda: lambda: result, goal)


def broken(name):
    def prepare():
        raise ImportError("No module named 'peer'")

    return race.Entrant(name, "", prepare, 2)


def contest(*peers, **settings):
    return race.Contest("work", "step", 2, "a number", entrant("netlib", 1.5), peers, **settings)


def test_times_are_taken_in_turn_and_divided_by_the_count():
    preparation = [0, 10, 10, 20]
    rounds = [0, 2, 2, 8, 10, 14, 14, 32, 40, 42, 42, 50]  # netlib 2, 4, 2; the peer 6, 18, 8
    laps = race.run(contest(entrant("peer", 2.5)), repetitions=3, clock=clock_of(preparation + rounds))
    assert [lap.times for lap in laps] == [(1, 2, 1), (3, 9, 4)]
    assert race.ratio(*laps) == (4, 3, 4.5)
    assert [lap.result for lap in laps] == [1.5, 2.5]


def test_what_a_call_costs_before_it_begins_is_taken_off():
    peer = race.Entrant("peer", "", lambda: (lambda: 1.0, lambda: 0.0))
    preparation, rounds = [0, 1, 1, 8, 8, 10], [0, 2, 2, 12, 12, 16]  # netlib 2; the peer 10, of which 4 are not its work
    laps = race.run(contest(peer), 3, clock_of(preparation + rounds * 3))
    assert [lap.times for lap in laps] == [(1, 1, 1), (3, 3, 3)] and laps[1].result == 1.0


def test_long_rounds_are_repeated_less_often_but_three_times():
    slow = clock_of(range(100))  # each run takes one second, a round three
    assert [len(lap.times) for lap in race.run(contest(entrant("a"), entrant("b")), 7, slow)] == [7, 7, 7]
    slower = clock_of(range(0, 1000, 10))
    assert [len(lap.times) for lap in race.run(contest(entrant("a"), entrant("b")), 7, slower)] == [3, 3, 3]


def test_a_missing_peer_is_reported_and_netlib_may_not_be_missing():
    laps = race.run(contest(broken("peer")), repetitions=3)
    (line,) = race.rows(contest(broken("peer")), laps)
    assert "not run" in line and "ImportError: No module named 'peer'" in line and "at least 2" in line
    with pytest.raises(ImportError):
        race.run(race.Contest("work", "step", 1, "", broken("netlib")))


def test_a_peer_that_is_missing_at_home_gets_its_reason(monkeypatch):
    monkeypatch.setitem(sys.modules, "peapods", None)
    small = contests.lattice(4, sweeps=2)
    peapods = race.Contest(small.work, small.unit, small.count, small.result, small.netlib, small.peers[:1])
    assert "peapods" in race.run(peapods, repetitions=3)[1].problem


@pytest.mark.parametrize(("measured", "goal", "says"), [
    (8, 8, "met"), (7.99, 8, "missed: 100 % of it"), (2, 8, "missed: 25 % of it"), (0.9, 0.5, "met"), (3, None, "")])
def test_the_verdict_follows_the_goal(measured, goal, says):
    assert race.verdict(measured, goal) == says


def test_a_limit_is_for_the_time_itself():
    (line,) = race.rows(contest(limit=2.0), race.run(contest(limit=2.0), 3, clock_of([0, 1] + [0, 2] * 3)))
    assert line[1] == "1 s" and line[5:7] == ["below 2 s", "met"]
    (line,) = race.rows(contest(limit=0.5), race.run(contest(limit=0.5), 3, clock_of([0, 1] + [0, 2] * 3)))
    assert line[6] == "missed: 50 % of it"


def test_the_peers_are_pinned_and_all_are_raced():
    pins = install.peers((ROOT / "pyproject.toml").read_text(encoding="utf8"))
    names = {re.split("==", pin)[0] for pin in pins}
    raced = {entrant.name for make in contests.RACES for entrant in make().peers}
    assert all("==" in pin or pin == "scikit-learn" for pin in pins), "scikit-learn has its pin in requirements.txt"
    assert names - {"numba", "torch"} <= raced and {"textbook numba", "PyTorch"} <= raced


def test_the_record_holds_every_race():
    text = README.read_text(encoding="utf8")
    for make in contests.RACES:
        assert f"| {make().work} " in text, make().work
    assert all(f"| {name} " in text for name in contests.GROWTH)
    assert re.search(r"Measured on \d{4}-\d\d-\d\d on ", text)


def test_a_table_runs_and_says_what_it_runs(monkeypatch):
    monkeypatch.setattr(contests, "RACES", (lambda: contests.trials(16, 4, 2),))
    text = table()
    assert "| 16 Boltzmann machines of 4 units | " in text and "a naive loop: `loops.machine_by_machine`" in text


# The same work: netlib's calls against the plain loops and against exact values.


@pytest.mark.parametrize("loop", [loops.metropolis, loops.checkerboard_heat_bath])
def test_textbook_loops_and_netlib_agree_with_enumeration(loop):
    random.seed(1)
    beta, sweeps = 0.3, 4000
    spins = ising.random_spins((4, 4), np.random.default_rng(0)).astype(int)
    simulate = loops.many_sweeps(loop)
    simulate(spins, beta, 50)
    theirs = simulate(spins, beta, sweeps)[0]
    rule = "metropolis" if loop is loops.metropolis else "heat bath"
    ours = ising.simulate(spins, beta, sweeps, np.random.default_rng(2), rule=rule)[0]
    expected = exact.mean_energy(ising.lattice_network(4), beta) / 16
    for series in (theirs, ours):
        blocks = series.reshape(40, -1).mean(axis=1)  # of 100 sweeps, far longer than they are correlated
        assert abs(blocks.mean() - expected) < 4 * blocks.std(ddof=1) / np.sqrt(40)


@pytest.mark.parametrize("rule", ["heat bath", "metropolis"])
def test_textbook_loops_draw_with_netlibs_chances(rule, monkeypatch):
    beta, rows = 0.3, np.indices((4, 4)).reshape(2, -1).T.tolist()
    black_first = sorted(rows, key=lambda site: sum(site) % 2)
    loop, order = (loops.checkerboard_heat_bath, black_first) if rule == "heat bath" else (loops.metropolis, rows)
    chances = ising.chance_up(np.arange(-4, 5, 2), -1, beta, rule=rule)
    start = ising.random_spins((4, 4), np.random.default_rng(5)).astype(int)
    around = np.concatenate([chances - 1e-9, chances + 1e-9])
    for u in around[around < 1]:
        monkeypatch.setattr(loops, "random", lambda u=u: u)
        expected, spins = start.copy(), start.copy()
        for i, j in order:
            up = ising.chance_up(ising.neighbour_sum(expected)[i, j], expected[i, j], beta, rule=rule)
            turns = rule == "metropolis" and u < (up if expected[i, j] < 0 else 1 - up)
            expected[i, j] = (-expected[i, j] if turns else expected[i, j]) if rule == "metropolis" else (1 if u < up else -1)
        loop(spins, beta)
        assert (spins == expected).all(), u


def test_the_loop_over_machines_draws_with_the_conditional_law(monkeypatch):
    weights, biases = contests.machines(2, 5)
    for u in np.linspace(0.02, 0.98, 49):
        monkeypatch.setattr(loops, "random", lambda u=u: u)
        expected = np.zeros((2, 5))
        for matrix, bias, state in zip(weights, biases, expected, strict=True):
            machine = Network(matrix, bias, UNITS, blocks=np.arange(5)[:, None])
            for i in range(5):
                state[i] = u < probability_high(machine, state, 0.8)[i]
        assert (loops.machine_by_machine(weights, biases, np.zeros((2, 5)), [0.8]) == expected).all(), u


def test_raced_lattices_have_onsagers_energy():
    runs = contests.lattice(64, sweeps=400).netlib.prepare()
    energies = np.array([runs() for _ in range(20)])
    error = energies.std(ddof=1) / np.sqrt(20)
    assert abs(energies.mean() - theory.onsager_energy(contests.WARM)) < 4 * error + 1e-3  # finite size


def test_swendsen_wang_is_raced_at_the_critical_energy():
    runs = contests.swendsen_wang(64, sweeps=60).netlib.prepare()
    energies = np.array([runs() for _ in range(8)])
    error = energies.std(ddof=1) / np.sqrt(8)
    assert abs(energies.mean() - theory.onsager_energy(contests.CRITICAL)) < 4 * error + 1 / 64  # finite size


@pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler")
def test_the_c_of_packed_replicas_agrees_with_netlib():
    race_ = contests.replicas(32, sweeps=200)
    means = []
    for who in (race_.netlib, race_.peers[1]):
        call = who.prepare()
        call()
        values = np.array([call() for _ in range(15)])
        means.append((values.mean(), values.std(ddof=1) / np.sqrt(15)))
    (ours, error), (theirs, other) = means
    assert abs(ours - theirs) < 4 * np.hypot(error, other)


def test_recall_in_all_forms_mends_the_probes():
    for make in (contests.recall, contests.recall_by_overlaps):
        assert make(200, probes=20).netlib.prepare()() > 0.99
    patterns, _ = contests.memories(200, 1)
    assert len(patterns) % 2 == 1


def test_boltzmann_machines_by_loop_and_netlib_have_the_exact_activity():
    random.seed(3)
    weights, biases = contests.machines(1, 4)
    many = np.repeat(weights, 1500, axis=0), np.repeat(biases, 1500, axis=0)
    betas = np.ones(15)
    theirs = loops.machine_by_machine(*many, np.zeros((1500, 4)), betas)
    blocks, rng = np.arange(4)[:, None], np.random.default_rng(4)
    *_, ours = contests.boltzmann.sweeps(*many, np.zeros((1500, 1, 4)), rng, betas, blocks)
    mean = exact.moments(Network(weights[0], biases[0], alphabet=UNITS, blocks=blocks))[0]
    for states in (theirs, ours[:, 0]):
        assert (np.abs(states.mean(axis=0) - mean) < 4 * np.sqrt(mean * (1 - mean) / 1500)).all()


def test_states_written_out_give_the_same_moments():
    weights, biases = (part[0] for part in contests.machines(1, 8))
    network = Network(weights, biases, blocks=np.arange(8)[:, None])
    log_z, second = loops.second_moments(weights, biases, 0.5)
    assert np.isclose(log_z, exact.log_partition(network, 0.5)) and np.allclose(second, exact.moments(network, 0.5)[1])


def test_training_lowers_the_reconstruction_error():
    data = contests.pictures(600, 36).astype(np.float32)
    nothing = contests.start_weights(data, 12)
    before = contests.reconstruction_error(nothing, np.zeros(36), np.zeros(12), data[:100])
    for work in (contests.persistent, contests.contrastive_divergence):
        assert work(36, 12, rows=600).netlib.prepare()() < 0.9 * before


def test_importance_sampling_finds_the_exact_log_z():
    raced = contests.importance_sampling(40, 6, walks=200, steps=100)
    rng = np.random.default_rng(contests.SEED)
    weights = (0.05 * rng.standard_normal((40, 6))).astype(np.float32)
    biases = rng.normal(-1, 0.5, 40).astype(np.float32), rng.normal(0, 0.5, 6).astype(np.float32)
    assert abs(raced.netlib.prepare()() - rbm.log_partition(rbm.RBM(weights, *biases))) < 0.02
