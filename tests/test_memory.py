"""Dense memories against enumeration and against Hebb's rule; the continuous memory against its energy and against attention."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netlib import exact, hopfield, memory
from netlib.network import SPINS

KINDS = [dict(degree=1), dict(degree=2), dict(degree=3), dict(degree=4, rectified=True), dict(degree="exponential")]


def random_spins(*shape, seed):
    return np.random.default_rng(seed).choice(SPINS, size=shape).astype(np.int8)


def test_energy_is_its_sum():
    patterns, states = random_spins(4, 7, seed=0), random_spins(3, 2, 7, seed=1)
    functions = [lambda x: x, lambda x: x**2, lambda x: x**3, lambda x: max(x, 0) ** 4, lambda x: np.exp(x - 7)]
    for kind, F in zip(KINDS, functions, strict=True):
        energies = memory.DenseMemory(patterns, **kind).energy(states)
        assert energies.shape == (3, 2)
        for index in np.ndindex(3, 2):
            assert energies[index] == pytest.approx(-sum(F(float(p @ states[index])) for p in patterns.astype(int)))


def test_degree_two_is_hebb():
    patterns, states = random_spins(5, 12, seed=2), random_spins(40, 12, seed=3)
    quadratic, net = memory.DenseMemory(patterns, 2), hopfield.network(hopfield.hebb(patterns))
    assert quadratic.energy(states) == pytest.approx(2 * net.energy(states) - 5 * 12)
    assert quadratic.gain(states, 4) == pytest.approx(4 * net.local_field(states)[:, 4])
    dense, pairwise = memory.recall(quadratic, states), hopfield.recall(hopfield.hebb(patterns), states, order="fixed")
    assert (dense.states == pairwise.states).all() and (dense.sweeps == pairwise.sweeps).all() and dense.converged.all()


@pytest.mark.parametrize("kind", KINDS)
def test_gain_is_the_energy_difference(kind):
    model, states = memory.DenseMemory(random_spins(4, 9, seed=4), **kind), random_spins(6, 9, seed=5)
    for unit in (0, 8):
        low, high = states.copy(), states.copy()
        low[:, unit], high[:, unit] = -1, 1
        assert model.gain(states, unit) == pytest.approx(model.energy(low) - model.energy(high))


@pytest.mark.parametrize("kind", KINDS)
def test_recall_goes_downhill_to_where_no_flip_helps(kind):
    """The recall with kept overlaps ends where the plain loop over energies ends."""
    model, probes = memory.DenseMemory(random_spins(6, 15, seed=6), **kind), random_spins(2, 10, 15, seed=7)
    found = memory.recall(model, probes)
    assert found.states.shape == probes.shape and found.states.dtype == np.int8 and found.converged.all()
    assert found.sweeps.shape == (2, 10) and (model.energy(found.states) <= model.energy(probes) + 1e-12).all()
    for index in np.ndindex(2, 10):
        state = probes[index].copy()
        for _, unit in itertools.product(range(20), range(15)):
            gain = model.gain(state, unit)
            state[unit] = 1 if gain > 1e-12 else -1 if gain < -1e-12 else state[unit]
        assert (state == found.states[index]).all()


def test_random_order_recall_is_reproducible_and_stable():
    model, probes = memory.DenseMemory(random_spins(30, 20, seed=8), 3), random_spins(10, 20, seed=9)
    once, again = (memory.recall(model, probes, np.random.default_rng(1)) for _ in range(2))
    assert (once.states == again.states).all()
    assert (memory.recall(model, once.states).sweeps == 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_sweep_samples_the_boltzmann_distribution(kind):
    """20 000 independent chains of 4 spins against enumeration: the χ² of 16 states stays below 44.3 (probability 1e-4)."""
    model = memory.DenseMemory(random_spins(3, 4, seed=10), **kind)
    states = exact.states(4)
    beta = 1.5 / np.ptp(model.energy(states))
    probabilities = np.exp(-beta * model.energy(states))
    probabilities /= probabilities.sum()
    rng, chains = np.random.default_rng(11), random_spins(20_000, 4, seed=12)
    for _ in range(15):
        chains = model.sweep(chains, beta, rng)
    counts = np.bincount(exact.state_index(chains, SPINS), minlength=16)
    assert ((counts - 20_000 * probabilities) ** 2 / (20_000 * probabilities)).sum() < 44.3


def test_sweep_takes_one_temperature_per_chain():
    model = memory.DenseMemory(np.ones((1, 30)), 3)
    final = model.sweep(np.ones((2, 30), dtype=int), np.array([0.0, 100.0]), np.random.default_rng(0))
    assert (final[1] == 1).all() and (final[0] == -1).any()


def test_rectified_and_odd_memories_forget_the_inverse():
    pattern = random_spins(1, 21, seed=13)
    assert (memory.recall(memory.DenseMemory(pattern, 2), -pattern).states == -pattern).all()
    assert (memory.recall(memory.DenseMemory(pattern, 3), -pattern).states == pattern).all()
    flipped = pattern.copy()
    flipped[0, :8] *= -1
    assert (memory.recall(memory.DenseMemory(pattern, 3, rectified=True), flipped).states == pattern).all()
    still = memory.recall(memory.DenseMemory(pattern, 2, rectified=True), -pattern)
    assert (still.states == -pattern).all() and still.sweeps == 0       # flat down there: a tie everywhere


def test_higher_degrees_hold_more():
    """150 patterns of 60 units, five of each wrong: hopeless for pairs, few errors at degree 3, none at 5 or exponential."""
    patterns = random_spins(150, 60, seed=14)
    probes = patterns.copy()
    probes[:, :5] *= -1
    wrong = [(memory.recall(memory.DenseMemory(patterns, kind), probes).states != patterns).mean()
             for kind in (2, 3, 5, "exponential")]
    assert wrong[0] > 0.2 > 0.05 > wrong[1] > 0 == wrong[2] == wrong[3]


def test_exponential_recall_does_not_overflow():
    patterns = random_spins(5, 3000, seed=15)
    probes = patterns.copy()
    probes[:, :900] *= -1
    with np.errstate(over="raise", invalid="raise"):
        found = memory.recall(memory.DenseMemory(patterns, "exponential"), probes)
    assert (found.states == patterns).all()


@pytest.mark.parametrize("kind", [dict(degree=160), dict(degree=161), dict(degree=160, rectified=True), dict(degree=900)])
def test_high_degrees_neither_overflow_nor_vanish(kind):
    """100¹⁶⁰ is no number any more: the units of a stored pattern stay where they are, and 10 flipped ones come back."""
    patterns = random_spins(8, 100, seed=20)
    model = memory.DenseMemory(patterns, **kind)
    probes = patterns.copy()
    probes[:, :10] *= -1
    with np.errstate(over="raise", invalid="raise"):
        for start in (patterns, probes):
            assert (model.sweep(start, 1.0, np.random.default_rng(0)) == patterns).all()
        assert (memory.recall(model, probes).states == patterns).all()
        assert np.isinf(model.gain(patterns, 3)).all() and (np.sign(model.gain(probes, 3)) == patterns[:, 3]).all()
    with np.errstate(invalid="raise"):
        flat = model.sweep(np.repeat(patterns, 50, axis=0), 0.0, np.random.default_rng(0))          # β = 0: coins, not 0·∞
    assert abs(flat.mean()) < 4 / np.sqrt(flat.size)


def test_an_energy_that_is_no_number_is_infinite_with_the_right_sign():
    """100¹⁶¹ is no number. Odd powers of opposite overlaps cancel, and must not become infinity minus infinity."""
    pattern = random_spins(1, 100, seed=30)
    other = random_spins(1, 100, seed=31)
    pair = memory.DenseMemory(np.concatenate([pattern, -pattern]), 161)
    with np.errstate(all="raise"):
        assert memory.DenseMemory(pattern, 160).energy(pattern).tolist() == [-np.inf]
        assert memory.DenseMemory(pattern, 161).energy(np.concatenate([pattern, -pattern])).tolist() == [-np.inf, np.inf]
        assert memory.DenseMemory(pattern, 161).energy(pattern[0]) == -np.inf
        assert pair.energy(pattern).tolist() == [0.0]
        states = np.concatenate([pattern, other])
        mixed = memory.DenseMemory(pattern, 161).energy(states)
        assert mixed[0] == -np.inf and mixed[1] == pytest.approx(-float(other[0] @ pattern[0]) ** 161)


@pytest.mark.parametrize("rectified", [False, True])
def test_a_small_overlap_decides_though_its_power_is_tiny(rectified):
    """With one overlap of 2 and (if rectified, so that it does not count) one of −100 of 100 units, 0.02³⁰¹ is no number."""
    pattern = np.ones(100, int)
    state = np.where(np.arange(100) < 51, 1, -1)
    patterns = [pattern, -state] if rectified else [pattern]
    found = memory.recall(memory.DenseMemory(patterns, 301, rectified), state, sweeps=1)
    assert (found.states == 1).all()


def test_rounding_decides_no_tie():
    """A pattern and its inverse, in an even degree and with unequal partners that cancel: no unit has a reason to move."""
    rng = np.random.default_rng(21)
    for degree in (6, 7, 8, 20, "exponential"):
        half = rng.choice(SPINS, (40, 30))
        twins = np.concatenate([half, half])
        twins[:40, 0], twins[40:, 0] = 1, -1                                                     # unit 0: 40 against 40
        model = memory.DenseMemory(twins[rng.permutation(80)], degree)
        states = rng.choice(SPINS, (200, 30))
        assert (model.gain(states, 0) == 0).all()
        assert (memory.recall(model, states).states[:, 0] == states[:, 0]).all()


def test_no_probes_give_no_states():
    model = memory.DenseMemory(random_spins(2, 5, seed=22))
    assert memory.recall(model, np.ones((0, 5))).period.shape == (0,)
    assert model.sweep(np.ones((0, 5)), 1.0, np.random.default_rng(0)).shape == (0, 5)


# Continuous memories.


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 50), st.integers(1, 6), st.integers(1, 5))
def test_energy_never_rises_and_is_never_negative(seed, beta, P, N):
    rng = np.random.default_rng(seed)
    patterns, states = rng.normal(size=(P, N)), 2 * rng.normal(size=(7, N))
    energies = [memory.continuous_energy(states, patterns, beta)]
    for _ in range(6):
        states = memory.continuous_step(states, patterns, beta)
        energies.append(memory.continuous_energy(states, patterns, beta))
    assert (np.diff(energies, axis=0) <= 1e-12).all() and np.min(energies) >= -1e-12


def test_step_is_the_state_minus_the_gradient():
    """∇E = s − step(s), so that fixed points are exactly the stationary points; checked by central differences."""
    rng = np.random.default_rng(16)
    patterns, state, beta, step = rng.normal(size=(5, 4)), rng.normal(size=4), 1.7, 1e-6
    gradient = [(memory.continuous_energy(state + step * axis, patterns, beta)
                 - memory.continuous_energy(state - step * axis, patterns, beta)) / (2 * step) for axis in np.eye(4)]
    assert state - memory.continuous_step(state, patterns, beta) == pytest.approx(np.array(gradient), abs=1e-8)
    final = memory.continuous_recall(state, patterns, beta)
    assert memory.continuous_step(final, patterns, beta) == pytest.approx(final, abs=1e-9)


def test_one_step_is_attention():
    rng = np.random.default_rng(17)
    patterns, states = rng.normal(size=(6, 16)), rng.normal(size=(2, 3, 16))
    assert memory.continuous_step(states, patterns, 0.25) == pytest.approx(memory.attention(states, patterns, patterns))
    query, key, value = rng.normal(size=(16, 8)), rng.normal(size=(16, 8)), rng.normal(size=(16, 5))
    by_hand = []
    for state in states.reshape(-1, 16):
        weights = np.array([np.exp((state @ query) @ (pattern @ key) / np.sqrt(8)) for pattern in patterns])
        by_hand.append(weights @ (patterns @ value) / weights.sum())
    attended = memory.attention(states @ query, patterns @ key, patterns @ value)
    assert attended.reshape(-1, 5) == pytest.approx(np.array(by_hand))


def test_cold_is_the_largest_overlap_which_is_nearest_only_if_norms_are_equal():
    rng = np.random.default_rng(18)
    patterns, states = rng.normal(size=(10, 4)), rng.normal(size=(50, 4))

    def nearest(patterns):
        return ((states[:, None] - patterns) ** 2).sum(axis=-1).argmin(axis=1)

    chosen = (states @ patterns.T).argmax(axis=1)
    assert memory.continuous_step(states, patterns, 1e6) == pytest.approx(patterns[chosen])
    assert (chosen != nearest(patterns)).any()
    sphere = patterns / np.linalg.norm(patterns, axis=1, keepdims=True)
    assert memory.continuous_step(states, sphere, 1e6) == pytest.approx(sphere[nearest(sphere)])


def test_hot_is_the_mean_of_all_patterns():
    patterns = np.random.default_rng(19).normal(size=(5, 3))
    assert memory.continuous_recall(patterns, patterns, 1e-9) == pytest.approx(np.tile(patterns.mean(0), (5, 1)), abs=1e-7)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: memory.DenseMemory([1, 1]), ValueError, r"patterns must have shape \(P, N\) with at least one pattern, got \(2,\)"),
    (lambda: memory.DenseMemory([[1, 0]]), ValueError, r"patterns must hold only -1 and 1, got 0 at index \(0, 1\)"),
    (lambda: memory.DenseMemory([[1, 1]], degree=0), ValueError, "degree must be at least 1, got 0"),
    (lambda: memory.DenseMemory([[1, 1]], degree="cubic"), TypeError, "degree must be a whole number, got 'cubic'"),
    (lambda: memory.DenseMemory([[1, 1]]).energy([1, 1, 1]), ValueError, r"state must have 2 units .* got shape \(3,\)"),
    (lambda: memory.DenseMemory([[1, 1]]).sweep([1, 1], -1.0, np.random.default_rng()), ValueError, "beta must not be negative"),
    (lambda: memory.DenseMemory([[1, 1]]).sweep(np.ones((3, 2)), [1.0, 2.0], np.random.default_rng()), ValueError,
     r"beta must be one number or have one entry per chain, shape \(3,\), got shape \(2,\)"),
    (lambda: memory.DenseMemory([[1, 1]]).sweep([1, 1], 1.0, None), TypeError,
     "rng must be a numpy.random.Generator, got NoneType"),
    (lambda: memory.recall(memory.DenseMemory([[1, 1]]), [1, 2]), ValueError, "probes must hold only -1 and 1, got 2"),
    (lambda: memory.DenseMemory([[1, 1]]).gain([1, 1], 2), ValueError, r"units must be indices from 0 to 1, got \[2\]"),
    (lambda: memory.continuous_step([1.0], [[1.0]], [1.0, 2.0]), ValueError, r"beta must be one number, .* got shape \(2,\)"),
    (lambda: memory.attention([1.0], 3.0, [[1.0]]), ValueError, r"keys must be a matrix with at least one row, got shape \(\)"),
    (lambda: memory.recall(np.ones((2, 2)), [1, 1]), TypeError, "memory must be a DenseMemory, got ndarray"),
    (lambda: memory.continuous_step([1.0], [[1.0, 2.0]], 1.0), ValueError, r"states must have 2 units .* got shape \(1,\)"),
    (lambda: memory.continuous_step([1.0, np.nan], [[1.0, 2.0]], 1.0), ValueError, "states must be finite, got nan"),
    (lambda: memory.continuous_energy([1.0], [[1.0]], 0.0), ValueError, "beta must be positive, got 0"),
    (lambda: memory.continuous_energy([1.0], np.empty((0, 1)), 1.0), ValueError,
     r"at least one row, got shape \(0, 1\)"),
    (lambda: memory.attention([1.0], [[1.0]], [[1.0], [2.0]]), ValueError, r"one row per key, 1 of them, got shape \(2, 1\)"),
])
def test_bad_input_is_refused_in_one_sentence(call, error, message):
    with pytest.raises(error, match=message):
        call()
