"""Walks along ladders against exact enumeration.

Seeds are fixed; G-tests reject at 0.001, bounds are 4 standard errors or more.
"""

from itertools import product

import numpy as np
import pytest
from scipy.stats import chi2

from netlib import exact, ladder, rbm
from netlib.network import SPINS, Network


def glass(n=4, seed=0):
    rng = np.random.default_rng(seed)
    weights = np.triu(rng.standard_normal((n, n)), 1)
    return Network(weights + weights.T, biases=0.3 * rng.standard_normal(n))


def index(spins):
    return (np.asarray(spins) > 0).astype(int) @ (1 << np.arange(np.shape(spins)[-1]))


def g_test(counts, probability):
    """P value of counts against exact probabilities; cells that expect less than 5 are pooled."""
    expected = probability * counts.sum()
    rare = expected < 5
    counts, expected = np.append(counts[~rare], counts[rare].sum()), np.append(expected[~rare], expected[rare].sum())
    seen = counts > 0
    return chi2.sf(2 * (counts[seen] * np.log(counts[seen] / expected[seen])).sum(), np.count_nonzero(expected) - 1)


class Frozen:
    """A model whose sweeps do nothing: what is left of tempering are the exchanges."""

    def __init__(self, network):
        self.energy = network.energy

    def sweep(self, state, beta, rng):
        return np.array(state)


# ---- schedules and annealing


def test_schedules():
    temperatures = 1 / ladder.geometric(8.0, 0.5, 5)
    np.testing.assert_allclose(temperatures, [8, 4, 2, 1, 0.5])
    np.testing.assert_allclose(1 / ladder.logarithmic(3.0, 4), 3 / np.log([2, 3, 4, 5]))
    np.testing.assert_allclose(1 / ladder.staircase([(1, 3.0), (2, 1.5)]), [3, 1.5, 1.5])


def test_annealing_finds_the_ground_state_and_reports_energies():
    machine = glass(8, seed=1)
    rng = np.random.default_rng(2)
    start = rng.choice(SPINS, size=(50, 8))
    before = start.copy()
    state, energies = ladder.anneal(ladder.rungs(machine, ladder.geometric(5.0, 0.05, 60)), start, rng, sweeps=2)
    np.testing.assert_array_equal(start, before)
    assert energies.shape == (60, 50)
    np.testing.assert_allclose(energies[-1], machine.energy(state))
    assert np.isclose(energies[-1], exact.energies(machine).min()).mean() > 0.5


def test_annealing_takes_its_sweeps_at_the_temperatures_of_the_ladder():
    calls = []

    class Spy(Frozen):
        def sweep(self, state, beta, rng):
            calls.append(beta)
            return np.array(state)

    ladder.anneal(ladder.rungs(Spy(glass()), [0.1, 0.2]), np.ones(4), np.random.default_rng(0), sweeps=3)
    assert calls == [0.1] * 3 + [0.2] * 3


def test_annealing_gathers_what_is_observed():
    machine, start = glass(), np.ones((3, 4), dtype=int)
    walk = ladder.rungs(machine, [0.1, 0.2, 5.0])
    state, seen = ladder.anneal(walk, start, np.random.default_rng(4), observe=np.copy)
    again, energies = ladder.anneal(walk, start, np.random.default_rng(4))
    assert seen.shape == (3, 3, 4) and (seen[-1] == state).all() and (again == state).all()
    np.testing.assert_allclose(machine.energy(seen), energies)


def test_weighted_walks_take_their_sweeps_on_each_rung_after_the_first():
    calls = []

    class Spy(Frozen):
        def sweep(self, state, beta, rng):
            calls.append(beta)
            return np.array(state)

    walk, start = ladder.rungs(Spy(glass()), [0.1, 0.2, 0.3]), np.ones((2, 4))
    ladder.annealed_importance_sampling(walk, start, 0.0, np.random.default_rng(0), sweeps=3)
    assert calls == [0.2] * 3 + [0.3] * 3
    calls.clear()
    ladder.reverse_annealed_importance_sampling(walk, start, 0.0, np.random.default_rng(0), sweeps=2)
    assert calls == [0.2] * 2 + [0.1] * 2


def test_annealing_at_one_temperature_is_sampling():
    machine = glass()
    state, _ = ladder.anneal(ladder.rungs(machine, [0.6] * 40), np.ones((20_000, 4)), np.random.default_rng(3))
    assert g_test(np.bincount(index(state), minlength=16), exact.probabilities(machine, 0.6)) > 0.001


# ---- tempering


def test_exchange_probability_is_the_law():
    """Frozen states x, y: one proposal, accepted with min(1, p_i(y) p_j(x) / p_i(x) p_j(y)), also between different machines."""
    first, second = glass(seed=4), glass(seed=5)
    pair = [(Frozen(first), 0.7), (Frozen(second), 1.3)]
    p, q = exact.probabilities(first, 0.7), exact.probabilities(second, 1.3)
    rng = np.random.default_rng(6)
    states = exact.states(4, SPINS)
    for x, y in rng.integers(16, size=(12, 2)):
        law = min(1.0, p[y] * q[x] / (p[x] * q[y]))
        both = np.repeat(states[[x, y]][:, None], 20_000, axis=1)
        assert ladder.swap_rate(pair, both) == pytest.approx(law)
        result = ladder.parallel_tempering(pair, both, 2, rng)  # even and odd pairs in turn: two sweeps propose once
        assert abs(result.swap_rates[0] - law) <= 4.5 * np.sqrt(law * (1 - law) / 20_000)
        exchanged = result.walkers[0] == 1
        np.testing.assert_array_equal(result.states[0], np.where(exchanged[:, None], states[y], states[x]))
        np.testing.assert_array_equal(result.states[1], np.where(exchanged[:, None], states[x], states[y]))


def test_tempering_has_the_exact_joint_law():
    """Three rungs of two spins, 20 000 independent ladders: after 30 sweeps the joint law is the product of the three."""
    machine = glass(2, seed=7)
    betas = [0.0, 0.8, 2.0]
    states = np.ones((3, 20_000, 2), dtype=int)
    result = ladder.parallel_tempering(ladder.rungs(machine, betas), states, 30, np.random.default_rng(8))
    joint = index(result.states[0]) + 4 * index(result.states[1]) + 16 * index(result.states[2])
    laws = [exact.probabilities(machine, beta) for beta in betas]
    law = np.array([laws[0][k] * laws[1][j] * laws[2][i] for i, j, k in product(range(4), repeat=3)])
    assert g_test(np.bincount(joint, minlength=64), law) > 0.001
    np.testing.assert_array_equal(states, 1)


def test_exchanges_alone_keep_the_product_law():
    """Start in the exact product law, exchange without sweeping: still the product law (states of two different machines)."""
    first, second = glass(2, seed=9), glass(2, seed=10)
    rng = np.random.default_rng(11)
    states = np.array([exact.sample(first, 0.5, 40_000, rng), exact.sample(second, 1.5, 40_000, rng)])
    result = ladder.parallel_tempering([(Frozen(first), 0.5), (Frozen(second), 1.5)], states, 3, rng)
    joint = index(result.states[0]) + 4 * index(result.states[1])
    law = np.outer(exact.probabilities(second, 1.5), exact.probabilities(first, 0.5)).ravel()
    assert g_test(np.bincount(joint, minlength=16), law) > 0.001
    assert 0.1 < result.swap_rates[0] < 0.95


def test_every_other_pair_is_proposed_in_turn():
    same = [(Frozen(Network(np.zeros((2, 2)))), 1.0)] * 5  # equal energies: every proposal is accepted
    even, odd = [1, 0, 3, 2, 4], [0, 2, 1, 4, 3]
    once = [ladder.parallel_tempering(same, np.ones((5, 2)), 1, np.random.default_rng(s)).walkers.tolist() for s in range(20)]
    assert even in once and odd in once and all(walkers in (even, odd) for walkers in once)
    twice = [ladder.parallel_tempering(same, np.ones((5, 2)), 2, np.random.default_rng(s)).walkers for s in range(20)]
    assert all(walkers.tolist() in (np.array(even)[odd].tolist(), np.array(odd)[even].tolist()) for walkers in twice)


def test_different_models_of_one_law_walk_like_one_model():
    """Rungs that share a model are swept as one batch; equal copies one by one: both have the law."""
    machine, copy = glass(3, seed=12), glass(3, seed=12)
    rng = np.random.default_rng(13)
    result = ladder.parallel_tempering([(machine, 0.3), (copy, 1.0)], np.ones((2, 20_000, 3)), 20, rng)
    for states, beta in zip(result.states, (0.3, 1.0), strict=True):
        assert g_test(np.bincount(index(states), minlength=8), exact.probabilities(machine, beta)) > 0.001


@pytest.mark.parametrize("seed", range(12, 18))  # some begin with the pair (0, 1), some with no pair
def test_round_trips_are_counted(seed):
    """Equal rungs exchange always, so the two states of a ladder of two change places every other sweep."""
    alike = ladder.rungs(Frozen(glass()), [1.0, 1.0])
    result = ladder.parallel_tempering(alike, np.ones((2, 5, 4)), 40, np.random.default_rng(seed))
    assert result.swap_rates.tolist() == [1.0]
    # 20 exchanges: the state that began on the first rung is back after every second one, the other one was first on top, and is
    # down for the first time after exchange 1 (not a trip: it did not come from below), then after 3, 5, ..., 19
    assert (result.round_trips == 10 + 9).all()
    np.testing.assert_array_equal(result.walkers, np.array([[0], [1]]) * np.ones(5, dtype=int))


def test_no_round_trip_through_a_closed_door():
    """A rung that never exchanges lets nothing through."""
    ferromagnet = Network(1e4 * (1 - np.eye(3)))
    states = np.array([[[1, 1, -1]], [[1, 1, 1]]])
    path = ladder.rungs(Frozen(ferromagnet), [0.0, 1.0])
    result = ladder.parallel_tempering(path, states, 20, np.random.default_rng(15))
    assert result.swap_rates.tolist() == [0.0] and result.round_trips.tolist() == [0]
    np.testing.assert_array_equal(result.walkers, [[0], [1]])


def test_round_trips_by_following_every_walker():
    """Recount from the recorded walkers, one at a time."""
    machine = glass(6, seed=16)
    betas = np.linspace(0, 1.5, 5)
    rng = np.random.default_rng(17)
    states = np.ones((5, 3, 6), dtype=int)
    trips = np.zeros(3, dtype=int)
    labelled = np.concatenate([states, np.broadcast_to(np.arange(5)[:, None, None], (5, 3, 1))], axis=-1)

    class Labelled:
        """The last column is a label that goes along."""

        def energy(self, state):
            return machine.energy(state[..., :6])

        def sweep(self, state, beta, rng):
            return np.concatenate([machine.sweep(state[..., :6], beta, rng), state[..., 6:]], axis=-1)

    result = ladder.parallel_tempering(ladder.rungs(Labelled(), betas), labelled, 300, rng, observe=lambda s: s[..., 6].copy())
    for chain in range(3):
        for walker in range(5):
            heading = 1 if walker == 0 else 0
            reached = False
            for position in np.argmax(result.observed[:, :, chain] == walker, axis=1):
                if position == 0:
                    trips[chain] += heading == 1 and reached
                    heading, reached = 1, False
                elif position == 4 and heading == 1:
                    reached = True
    np.testing.assert_array_equal(result.round_trips, trips)
    assert trips.min() > 2
    np.testing.assert_array_equal(result.states[..., 6], result.walkers)


def test_tempering_crosses_a_barrier_that_one_chain_does_not():
    """A ferromagnet of 10 spins at beta = 1 keeps its sign for many sweeps; tempered chains have both, within 4.5 errors."""
    ferromagnet = Network(0.5 * (1 - np.eye(10)))
    rng = np.random.default_rng(18)
    lone = np.ones((200, 10), dtype=int)
    for _ in range(60):
        lone = ferromagnet.sweep(lone, 1.0, rng)
    assert lone.mean() > 0.8
    states = np.ones((8, 200, 10), dtype=int)
    result = ladder.parallel_tempering(ladder.rungs(ferromagnet, np.linspace(0, 1, 8)), states, 200, rng)
    assert abs(np.sign(result.states[-1].sum(axis=-1)).mean()) < 4.5 / np.sqrt(200)
    assert result.round_trips.mean() > 1
    assert result.swap_rates.min() > 0.3


def test_tempering_of_rbms_with_batches():
    machine = rbm.RBM([[3.0, -2.0], [3.0, 1.0], [-2.0, 2.0]], [-1.0, -2.0, 0.5], [-2.0, 0.3])
    states = np.zeros((3, 100, 200, 5))
    result = ladder.parallel_tempering(ladder.rungs(machine, [0.0, 0.5, 1.0]), states, 25, np.random.default_rng(19))
    counts = np.bincount(index(result.states[-1].reshape(-1, 5)), minlength=32)
    assert g_test(counts, exact.probabilities(rbm.to_network(machine))) > 0.001
    assert result.round_trips.shape == (100, 200)


# ---- annealed importance sampling


@pytest.mark.parametrize("machine", [glass(6, seed=20), rbm.to_network(rbm.RBM([[2.0, -1.0], [1.5, 1.0]], [-1, 0.3], [0.2, -1]))])
def test_both_directions_find_the_exact_partition_function(machine):
    rng = np.random.default_rng(21)
    path = ladder.rungs(machine, np.linspace(0, 1, 60))
    n = len(machine.weights)
    forward = ladder.annealed_importance_sampling(path, rng.choice(machine.alphabet, size=(1000, n)), n * np.log(2), rng)
    backward = ladder.reverse_annealed_importance_sampling(path, exact.sample(machine, 1.0, 1000, rng), n * np.log(2), rng)
    for result in (forward, backward):
        assert 0 < result.standard_error < 0.1
        assert abs(result.log_z - exact.log_partition(machine)) < 4 * result.standard_error
        assert 0 < result.effective_sample_size < 1000
    assert forward.bound < exact.log_partition(machine) < backward.bound


def test_error_bars_cover():
    """200 repetitions: the estimate over its error bar has mean 0 and variance 1, within 4.5 standard errors."""
    machine = glass(4, seed=22)
    rng = np.random.default_rng(23)
    path = ladder.rungs(machine, np.linspace(0, 1, 10))
    log_z = exact.log_partition(machine)
    pulls = []
    for _ in range(200):
        result = ladder.annealed_importance_sampling(path, rng.choice(SPINS, size=(400, 4)), 4 * np.log(2), rng)
        pulls.append((result.log_z - log_z) / result.standard_error)
    assert abs(np.mean(pulls)) < 4.5 / np.sqrt(200)
    assert abs(np.var(pulls) - 1) < 4.5 * np.sqrt(2 / 200)


def test_one_step_is_plain_importance_sampling():
    machine = glass(4, seed=24)
    state = np.random.default_rng(25).choice(SPINS, size=(50, 4))
    path = ladder.rungs(machine, [0.0, 1.0])
    result = ladder.annealed_importance_sampling(path, state, 4 * np.log(2), np.random.default_rng(0))
    np.testing.assert_allclose(result.log_weights, -machine.energy(state))
    w = np.exp(-machine.energy(state))
    assert result.log_z == pytest.approx(np.log(16 * w.mean()))
    assert result.standard_error == pytest.approx(w.std(ddof=1) / np.sqrt(50) / w.mean())
    assert result.effective_sample_size == pytest.approx(w.sum() ** 2 / (w**2).sum())
    result = ladder.reverse_annealed_importance_sampling(path, state, 4 * np.log(2), np.random.default_rng(0))
    assert result.log_z == pytest.approx(np.log(16 / (1 / w).mean()))
    assert result.bound == pytest.approx(np.log(16) - machine.energy(state).mean())


def test_a_ladder_may_be_a_generator_of_different_machines():
    machine = glass(4, seed=26)
    rng = np.random.default_rng(27)
    path = ((Network(beta * machine.weights, beta * machine.biases), 1.0) for beta in np.linspace(0, 1, 40))
    result = ladder.annealed_importance_sampling(path, rng.choice(SPINS, size=(500, 4)), 4 * np.log(2), rng, sweeps=2)
    assert abs(result.log_z - exact.log_partition(machine)) < 4 * result.standard_error


def two_modes():
    """An RBM with a wide mode that annealing finds, and a narrow one, 10 times heavier, that it does not.

    Without its last hidden unit it is a machine of 40 weakly coupled visible units. If that unit is on, it turns all visible
    units on; its bias is the price that leaves this mode 10 times the weight of the other.
    """
    weak = 0.5 * np.random.default_rng(0).standard_normal((40, 4))
    off, on = rbm.log_partition(rbm.RBM(weak)), rbm.log_partition(rbm.RBM(weak, np.full(40, 12.0)))
    return rbm.RBM(np.column_stack([weak, np.full(40, 12.0)]), hidden_bias=[0, 0, 0, 0, off - on + np.log(10)])


def test_importance_sampling_misses_a_mode_and_only_the_reverse_run_shows_it():
    machine = two_modes()
    log_z = rbm.log_partition(machine)
    assert rbm.model_statistics(machine).hidden_bias[-1] == pytest.approx(10 / 11)
    rng = np.random.default_rng(28)
    betas = np.linspace(0, 1, 200)
    forward = rbm.annealed_importance_sampling(machine, betas, 100, rng)
    assert forward.standard_error < 0.1  # a small error bar, a good effective sample size,
    assert forward.effective_sample_size > 90
    assert log_z - forward.log_z > 2  # and yet ln 11 = 2.4 too low: all the weight of the other mode
    ends = rbm.split(machine, rbm.exact_sample(machine, 400, rng))[0]
    backward = rbm.reverse_annealed_importance_sampling(machine, betas, ends, rng)
    error = np.hypot(forward.standard_error, backward.standard_error)
    assert backward.bound - forward.bound > 5 * error  # the gap
    assert backward.bound > log_z > forward.bound
    stuck = rbm.gibbs(machine, ends[ends.mean(axis=1) < 0.9], 20, rng)  # chains that have seen one mode only
    deceived = rbm.reverse_annealed_importance_sampling(machine, betas, stuck, rng)
    assert abs(deceived.bound - forward.bound) < 0.3  # no gap: with such samples the reverse run is no bound


# ---- bad input


@pytest.mark.parametrize("call, error, message", [
    (lambda m, rng: ladder.geometric(1.0, 2.0, 5), ValueError, "hot must not be below cold"),
    (lambda m, rng: ladder.geometric(1.0, 0.0, 5), ValueError, "temperatures must be positive"),
    (lambda m, rng: ladder.staircase([(0, 1.0)]), ValueError, "sweeps must be at least 1"),
    (lambda m, rng: ladder.rungs(m, [-1.0]), ValueError, "beta must not be negative"),
    (lambda m, rng: ladder.anneal([m], np.ones(4), rng), TypeError, "a rung must be a pair"),
    (lambda m, rng: ladder.anneal([], np.ones(4), rng), ValueError, "at least one rung"),
    (lambda m, rng: ladder.anneal(ladder.rungs(m, [1.0]), np.ones(4), 5), TypeError, "numpy.random.Generator"),
    (lambda m, rng: ladder.parallel_tempering(ladder.rungs(m, [0, 1]), np.ones((3, 4)), 1, rng), ValueError, "the 2 rungs"),
    (lambda m, rng: ladder.annealed_importance_sampling(ladder.rungs(m, [0, 1]), np.ones(4), 0, rng), ValueError, "leading axis"),
    (lambda m, rng: ladder.annealed_importance_sampling(ladder.rungs(m, [0]), np.ones((5, 4)), 0, rng), ValueError, "2 rungs"),
    (lambda m, rng: ladder.annealed_importance_sampling(ladder.rungs(m, [0, 1]), np.ones((5, 4)), 0, 5), TypeError, "Generator"),
    (lambda m, rng: ladder.importance([1.0], 0.0, None), ValueError, "at least 2 walks"),
    (lambda m, rng: ladder.importance([1.0, np.nan], 0.0, None), ValueError, "log_weights must be finite"),
])
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call(glass(), np.random.default_rng(0))
