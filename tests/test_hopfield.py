"""Storage rules by their defining property, recall against its plain loop, and the examples of 1982 and 1983.

What is random has a fixed seed. The statistical tests compare with exact probabilities and allow four standard errors, so that a
correct program would fail one of them in about 16 000 seeds.
"""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netlib import capacity, exact, hopfield
from netlib.network import SPINS, UNITS, Network

RULES = (hopfield.hebb, hopfield.clipped, hopfield.bounded, hopfield.pseudo_inverse, hopfield.storkey)


def random_patterns(P, N, seed, alphabet=SPINS):
    return np.random.default_rng(seed).choice(alphabet, size=(P, N)).astype(np.int8)


def flip(patterns, count, rng):
    """Flip `count` units of each pattern, chosen at random."""
    noisy = patterns.copy()
    for row in noisy:
        row[rng.choice(len(row), count, replace=False)] *= -1
    return noisy


# Storage.


def test_hebb_is_its_double_sum():
    patterns = random_patterns(3, 6, 0)
    weights = hopfield.hebb(patterns)
    for i, j in itertools.product(range(6), repeat=2):
        assert weights[i, j] == (0 if i == j else sum(int(p[i]) * int(p[j]) for p in patterns))
    assert (hopfield.hebb_biases(patterns) == patterns.sum(0)).all()


@pytest.mark.parametrize("rule", RULES)
def test_rules_give_hollow_symmetric_weights_and_treat_units_as_signs(rule):
    bits = random_patterns(4, 11, 1, UNITS)
    weights = rule(bits, alphabet=UNITS)
    assert (weights == weights.T).all() and not np.diag(weights).any()
    assert (weights == rule(2 * bits - 1)).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(2, 9), st.sampled_from(RULES))
def test_rules_follow_relabelling_and_gauge(seed, P, N, rule):
    """Renaming units renames weights; flipping the sign of a unit in all patterns flips the sign of its weights."""
    rng = np.random.default_rng(seed)
    patterns, permutation, gauge = rng.choice(SPINS, (P, N)), rng.permutation(N), rng.choice(SPINS, N)
    weights = rule(patterns)
    assert np.allclose(rule(patterns[:, permutation]), weights[np.ix_(permutation, permutation)], rtol=1e-12, atol=1e-9)
    assert np.allclose(rule(patterns * gauge), weights * np.outer(gauge, gauge), rtol=1e-12, atol=1e-9)


def test_bounded_weights_stay_in_range_and_forget():
    patterns = random_patterns(60, 100, 2)
    weights = hopfield.bounded(patterns)
    assert set(np.unique(weights)) <= set(range(-3, 4))
    errors = (hopfield.stabilities(weights, patterns) <= 0).mean(axis=1)
    assert errors[-3:].mean() < 0.1 < 0.3 < errors[:20].mean()
    few = random_patterns(3, 12, 3)
    assert (hopfield.bounded(few) == hopfield.hebb(few)).all()


@pytest.mark.parametrize("P", [1, 5, 19])
def test_projector_reproduces_every_pattern(P):
    patterns = random_patterns(P, 20, 4)
    patterns[-1, :15] = patterns[0, :15]                       # correlated
    projection = hopfield.projector(patterns)
    assert np.allclose(projection @ patterns.T, patterns.T, rtol=1e-12, atol=1e-12)
    assert np.allclose(projection @ projection, projection, rtol=1e-12, atol=1e-12)
    assert np.trace(projection) == pytest.approx(np.linalg.matrix_rank(patterns))
    fields = patterns * (patterns @ hopfield.pseudo_inverse(patterns))
    assert np.allclose(fields, 1 - np.diag(projection), rtol=1e-12, atol=1e-12)


def test_projector_does_not_mind_a_repeated_pattern():
    patterns = random_patterns(3, 10, 5)
    assert np.allclose(hopfield.projector(patterns[[0, 1, 2, 0]]), hopfield.projector(patterns), rtol=1e-12, atol=1e-12)


def test_storkey_equals_the_formula_written_as_loops():
    patterns = random_patterns(4, 7, 6)
    N = 7
    w = np.zeros((N, N))
    for xi in patterns:
        h = [[sum(w[i, k] * xi[k] for k in range(N) if k not in (i, j)) for j in range(N)] for i in range(N)]
        old = w.copy()
        for i, j in itertools.permutations(range(N), 2):
            w[i, j] = old[i, j] + (xi[i] * xi[j] - xi[i] * h[j][i] - h[i][j] * xi[j]) / N
    assert np.allclose(hopfield.storkey(patterns), N * w, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("alphabet", [SPINS, UNITS])
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("kappa", [0.0, 0.4])
def test_perceptron_reaches_its_margin(kappa, symmetric, alphabet):
    patterns = random_patterns(20, 40, 7, alphabet)
    patterns[:, 0] = alphabet[1]
    kappa = kappa if alphabet == SPINS else kappa / 4            # silent units leave half the field
    weights = hopfield.perceptron(patterns, kappa, symmetric=symmetric, alphabet=alphabet)
    signs = np.where(patterns == alphabet[1], 1, -1)
    stability = signs * (patterns @ weights.T) / np.linalg.norm(weights, axis=1)
    assert stability.min() > kappa
    assert np.allclose(stability, hopfield.stabilities(weights, patterns, alphabet), rtol=1e-12, atol=1e-12)
    assert not np.diag(weights).any() and (weights == weights.T).all() == symmetric


def test_perceptron_stores_what_hebb_cannot():
    patterns = random_patterns(50, 50, 8)
    assert (hopfield.stabilities(hopfield.hebb(patterns), patterns) <= 0).any()
    assert (hopfield.stabilities(hopfield.perceptron(patterns), patterns) > 0).all()


def test_stability_does_not_depend_on_the_scale_of_the_weights():
    patterns = np.random.default_rng(3).choice(SPINS, (2, 8))
    weights = hopfield.hebb(patterns)
    expected = patterns * (patterns @ weights) / np.sqrt((weights**2).sum(axis=1))
    for scale in (1e-3, 1, 1e3):
        np.testing.assert_allclose(hopfield.stabilities(scale * weights, patterns), expected)


def test_perceptron_says_when_it_fails():
    impossible = np.array(list(itertools.product(SPINS, repeat=3)))    # all eight corners of a cube
    with pytest.raises(RuntimeError, match="after 20 sweeps the least stability is .* not above kappa = 0"):
        hopfield.perceptron(impossible, sweeps=20)


@pytest.mark.parametrize("alphabet", [SPINS, UNITS])
def test_unlearning_subtracts_one_stable_state_per_dream(alphabet):
    weights, biases = hopfield.hebb(random_patterns(3, 16, 9)), np.random.default_rng(1).integers(-9, 10, 16)
    stable = 2 * (hopfield.fixed_points(weights, biases, alphabet=alphabet) == 1) - 1
    for seed in range(10):
        once = hopfield.unlearn(weights, 1, 0.01, np.random.default_rng(seed), biases=biases, alphabet=alphabet)
        difference = (weights - once) / 0.01
        row = np.concatenate([[1], difference[0, 1:]]).round()
        assert np.allclose(difference, np.outer(row, row) - np.eye(16), rtol=1e-12, atol=1e-12)
        assert any((row == state).all() or (row == -state).all() for state in stable)
    assert (hopfield.unlearn(weights, 0, 0.01, np.random.default_rng(0)) == weights).all()


UNLEARNING_1983 = ("++++----++-+-+--", "++++------+-+-++", "++--++--+--++--+")
SPURIOUS_1983 = "++++----+--++--+"


def signs(word):
    return np.array([1 if letter == "+" else -1 for letter in word], dtype=np.int8)


def test_the_sixteen_units_of_1983():
    """Three memories, one spurious state Q: its overlaps, its energy, and all fixed points."""
    memories, Q = np.array([signs(word) for word in UNLEARNING_1983]), signs(SPURIOUS_1983)
    net = hopfield.network(hopfield.hebb(memories))
    assert (16 * hopfield.overlaps(Q, memories)).tolist() == [8, 8, 8]
    assert net.energy(Q) == -72
    assert net.energy(memories).tolist() == [-104, -104, -104]
    fixed = hopfield.fixed_points(net)
    assert len(fixed) == 14
    found = {tuple(state) for state in fixed.tolist()}
    assert {tuple((sign * state).tolist()) for state in memories for sign in SPINS} < found and tuple(Q.tolist()) in found


def test_dreams_help_and_too_many_dreams_destroy():
    """Of 2000 random starts 0.862 end in one of the six stored states; after 120 dreams more do, after 400 none.

    How many more differs from night to night, by a standard deviation of 0.06: 24 nights, three standard errors of their mean.
    """
    memories = np.array([signs(word) for word in UNLEARNING_1983])
    weights, starts = hopfield.hebb(memories), random_patterns(2000, 16, 0)

    def reached(dreams, seed):
        dreamt = hopfield.unlearn(weights, dreams, 0.02, np.random.default_rng(seed))
        final = hopfield.recall(dreamt, starts).states
        return (np.abs(hopfield.overlaps(final, memories)).max(axis=-1) == 1).mean()

    nights = [reached(120, seed) for seed in range(24)]
    assert reached(0, 0) == pytest.approx(0.8615, abs=1e-9)
    assert np.mean(nights) - reached(0, 0) > 3 * np.std(nights, ddof=1) / np.sqrt(24)
    assert reached(400, 0) == 0


@pytest.mark.parametrize("alphabet", [SPINS, UNITS])
def test_dreams_stabilise_random_patterns(alphabet):
    patterns = random_patterns(12, 60, 28, alphabet)
    weights = hopfield.hebb(patterns, alphabet)
    dreamt = hopfield.unlearn(weights, 400, 0.01, np.random.default_rng(0), alphabet=alphabet)
    before, after = ((hopfield.stabilities(w, patterns, alphabet) <= 0).mean() for w in (weights, dreamt))
    assert after < before / 2


# Recall.


def cases(seed):
    rng = np.random.default_rng(seed)
    symmetric = np.triu(rng.integers(-3, 4, (70, 70)), 1)
    yield symmetric + symmetric.T, rng.integers(-2, 3, 70), SPINS
    yield symmetric + symmetric.T, None, UNITS
    real = np.triu(rng.normal(size=(70, 70)), 1)
    yield real + real.T, rng.normal(size=70), UNITS


@pytest.mark.parametrize("case", range(3))
@pytest.mark.parametrize("order", ["fixed", "random"])
def test_recall_of_many_is_the_plain_loop_on_each(case, order):
    """70 units make two blocks, so that the corrections inside a block and the refresh between blocks are both used."""
    weights, biases, alphabet = list(cases(1))[case]
    probes = random_patterns(9, 70, 10, alphabet)
    together = hopfield.recall(weights, probes, np.random.default_rng(5), biases=biases, alphabet=alphabet, order=order)
    for probe, state, sweeps in zip(probes, together.states, together.sweeps, strict=True):
        path = hopfield.trajectory(weights, probe, np.random.default_rng(5), biases=biases, alphabet=alphabet, order=order)
        assert (path[-1] == state).all()
        assert sweeps <= len(path) - 1
        alone = hopfield.recall(weights, probe, np.random.default_rng(5), biases=biases, alphabet=alphabet, order=order)
        assert (alone.states == state).all() and alone.sweeps == sweeps and alone.converged


@pytest.mark.parametrize("case", range(3))
def test_energy_descends_strictly_and_ends_stable(case):
    weights, biases, alphabet = list(cases(2))[case]
    net = Network(weights, biases, alphabet)
    path = hopfield.trajectory(net, random_patterns(1, 70, 11, alphabet)[0], np.random.default_rng(0))
    assert (np.diff(net.energy(path)) < 0).all()
    assert (np.abs(np.diff(path, axis=0)).sum(axis=1) == alphabet[1] - alphabet[0]).all()
    field = net.local_field(path[-1])
    assert (field * np.where(path[-1] == alphabet[1], 1, -1) >= 0).all()


@pytest.mark.parametrize("alphabet", [SPINS, UNITS])
@pytest.mark.parametrize("order", ["fixed", "random", "synchronous"])
def test_overlaps_do_what_weights_do(order, alphabet):
    patterns, probes = random_patterns(9, 150, 12, alphabet), random_patterns(2 * 3, 150, 13, alphabet).reshape(2, 3, 150)
    biases = np.random.default_rng(0).integers(-3, 4, 150) / 2
    one, other = (recall(stored, probes, np.random.default_rng(1), biases=biases, alphabet=alphabet, order=order)
                  for recall, stored in ((hopfield.recall, hopfield.hebb(patterns, alphabet)), (hopfield.recall_hebb, patterns)))
    for left, right in zip(one, other, strict=True):
        assert (left == right).all()
    assert one.states.shape == (2, 3, 150) and one.states.dtype == np.int8 and one.sweeps.shape == one.period.shape == (2, 3)


def test_ties_keep_the_state():
    weights = hopfield.hebb([[1, 1, 1], [1, 1, -1]])             # the third unit has no weights at all
    for probe in ([1, 1, 1], [1, 1, -1]):
        for order in ("fixed", "random", "synchronous"):
            found = hopfield.recall(weights, probe, np.random.default_rng(0), order=order)
            assert found.states.tolist() == probe and found.sweeps == 0 and found.converged


@pytest.mark.parametrize("N", [3, 5, 7, 11, 48, 80])
@pytest.mark.parametrize("alphabet", [SPINS, UNITS])
def test_a_common_factor_changes_no_decision(N, alphabet):
    """Few patterns make many ties. W/N, biases and all, decides as W does, though its fields are rounded where votes cancel."""
    patterns, probes = random_patterns(5, N, 30, alphabet), random_patterns(200, N, 31, alphabet)
    weights, biases = hopfield.hebb(patterns, alphabet), np.random.default_rng(32).integers(-2, 3, N)
    fields = probes @ weights + biases
    rounded = (probes @ (weights / N) + biases / N)[fields == 0]
    assert N < 48 or (rounded != 0).any()                                         # without a tolerance they would decide
    for factor in (1 / N, 0.1, 3e5):
        for order in ("fixed", "random", "synchronous"):
            whole, scaled = (hopfield.recall(f * weights, probes, np.random.default_rng(5), biases=f * biases, alphabet=alphabet,
                                             order=order) for f in (1, factor))
            assert all((left == right).all() for left, right in zip(whole, scaled, strict=True))
        for probe in probes[:20]:
            whole, scaled = (hopfield.trajectory(f * weights, probe, biases=f * biases, alphabet=alphabet) for f in (1, factor))
            assert (whole == scaled).all()
        if N < 20:
            whole, scaled = (hopfield.fixed_points(f * weights, f * biases, alphabet=alphabet) for f in (1, factor))
            assert (whole == scaled).all()
            ties = [hopfield.stabilities(f * weights, patterns, alphabet) == 0 for f in (1, factor)]
            assert (ties[0] == ties[1]).all()


@pytest.mark.parametrize(("P", "N", "seed"), [(2, 8, 1), (2, 11, 0), (3, 6, 2), (3, 7, 4), (3, 9, 1)])
def test_ties_of_the_pseudo_inverse_are_ties(P, N, seed):
    """Cramer's rule: the projection times the determinant of the patterns' overlaps is a matrix of whole numbers."""
    patterns = np.random.default_rng(seed).choice(SPINS, (P, N))
    gram = patterns @ patterns.T
    denominator = np.rint(np.linalg.det(gram))
    whole = patterns.T @ np.rint(denominator * np.linalg.inv(gram)) @ patterns
    np.fill_diagonal(whole, 0)
    rounded = hopfield.pseudo_inverse(patterns)
    np.testing.assert_allclose(rounded, whole / denominator, rtol=0, atol=1e-14)
    fields = exact.states(N) @ whole
    assert (fields == 0).any() and ((exact.states(N) @ rounded)[fields == 0] != 0).any()
    assert (hopfield.fixed_points(rounded) == hopfield.fixed_points(whole)).all()
    for order in ("fixed", "synchronous"):
        one, other = (hopfield.recall(weights, exact.states(N), order=order).states for weights in (rounded, whole))
        assert (one == other).all()


def test_single_precision_has_a_wider_tie():
    """The weights 0.1, 0.2 and −0.3 in float32 add up to 1e-8."""
    weights = np.zeros((4, 4), np.float32)
    weights[0, 1:] = weights[1:, 0] = [0.1, 0.2, -0.3]
    assert weights[0].astype(float).sum() != 0
    for state in ([1, 1, 1, 1], [-1, 1, 1, 1]):
        assert hopfield.recall(weights, state, sweeps=1, order="synchronous").states[0] == state[0]
    weights[0, 1] = weights[1, 0] = 0.101
    assert hopfield.recall(weights, [-1, 1, 1, 1], sweeps=1, order="synchronous").states[0] == 1


def test_dreams_are_stable_states_in_spite_of_rounding():
    """With multiples of 0.1 as weights the field of a tie is not exactly zero; a dream of W/10 is one of W."""
    weights, biases = hopfield.hebb(random_patterns(3, 24, 34)), np.arange(24) % 2
    for seed in range(100):
        one, other = (hopfield.unlearn(f * weights, 1, f, np.random.default_rng(seed), biases=f * biases) / f for f in (1, 0.1))
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)


def test_whole_numbers_whose_sums_are_rounded_have_a_tolerance_too():
    """2⁵³ + 1 + 1 − (2⁵³ + 2) is 0, and −2 in double precision."""
    weights = np.zeros((5, 5))
    weights[0, 1:] = weights[1:, 0] = [2.0**53, 1, 1, -(2.0**53) - 2]
    for first in SPINS:
        assert hopfield.recall(weights, [first, 1, 1, 1, 1], sweeps=1).states[0] == first


@pytest.mark.parametrize("large", [2**23, 2**24, 2**25, 2**40, 2**51])
def test_large_whole_weights_are_not_rounded(large):
    """2²⁵ + 1 − 2²⁵ is 1, and 0 in single precision, which would be a tie: from a largest field of 2²⁴ on double is needed."""
    weights = np.array([[0, large + 1, -large], [large + 1, 0, 0], [-large, 0, 0]])
    assert hopfield.recall(weights, [-1, 1, 1], order="fixed", sweeps=1).states[0] == 1
    assert hopfield.recall(weights // 2, [-1, 1, 1], order="fixed", sweeps=1).states[0] == -1    # a true tie


def test_no_probes_give_no_states():
    found = hopfield.recall(hopfield.hebb([[1, 1, -1]]), np.ones((0, 2, 3), np.int8))
    assert found.states.shape == (0, 2, 3) and found.sweeps.shape == found.converged.shape == (0, 2)


def test_without_a_generator_the_order_is_fixed_and_with_one_random():
    weights, biases, _ = next(cases(6))
    probe = random_patterns(1, 70, 35)[0]
    paths = [hopfield.trajectory(weights, probe, *rng, biases=biases, **order).tolist() for rng, order in [
        ((), {}), ((np.random.default_rng(0),), {"order": "fixed"}), ((np.random.default_rng(0),), {}),
        ((np.random.default_rng(0),), {"order": "random"})]]
    assert paths[0] == paths[1] != paths[2] == paths[3]


def test_biases_are_honoured():
    """A bias against a unit's vote turns it: with Σξ as biases the inverse of the single pattern is no longer stable."""
    pattern = random_patterns(1, 30, 14)
    weights, biases = hopfield.hebb(pattern), 30 * hopfield.hebb_biases(pattern)
    assert (hopfield.recall(weights, -pattern, order="fixed").states == -pattern).all()
    assert (hopfield.recall(weights, -pattern, order="fixed", biases=biases).states == pattern).all()
    assert (hopfield.recall_hebb(pattern, -pattern, order="fixed", biases=biases).states == pattern).all()


def test_clamped_units_stay():
    net = Network(hopfield.hebb([[1, 1, 1, 1]]), blocks=np.arange(4)[:, None]).clamp([3])
    assert hopfield.recall(net, [-1, 1, 1, -1], order="fixed").states.tolist() == [1, 1, 1, -1]
    assert hopfield.recall(net, [1, -1, -1, 1], order="synchronous").states.tolist() == [1, 1, 1, 1]
    assert len(hopfield.fixed_points(net)) == 4                  # either sign of the clamped unit, with all of one sign beside it


def test_synchronous_recall_swings_where_asynchronous_recall_settles():
    pair = [[0, 1], [1, 0]]
    swing = hopfield.recall(pair, [[1, -1], [1, 1]], order="synchronous")
    assert swing.period.tolist() == [2, 1] and swing.converged.tolist() == [False, True]
    assert hopfield.recall(pair, [1, -1], order="fixed").converged
    weights, _, _ = next(cases(3))
    many = hopfield.recall(weights, random_patterns(50, 70, 15), order="synchronous")
    assert set(many.period.tolist()) <= {1, 2}                   # symmetric weights: nothing else can happen
    after = np.where(many.states @ weights == 0, many.states, np.sign(many.states @ weights))
    twice = np.where(after @ weights == 0, after, np.sign(after @ weights))
    assert (twice == many.states).all() and ((after == many.states).all(1) == many.converged).all()


def test_asymmetric_weights_may_never_settle():
    found = hopfield.recall([[0, 1], [-1, 0]], [1, 1], order="fixed", sweeps=50)
    assert found.period == 0 and found.sweeps == 50


def test_one_memory_corrects_less_than_half_and_recalls_its_inverse_beyond():
    pattern, rng = random_patterns(1, 101, 16), np.random.default_rng(0)
    for wrong in (0, 30, 50):
        assert (hopfield.recall_hebb(pattern, flip(pattern, wrong, rng), rng).states == pattern).all()
        assert (hopfield.recall_hebb(pattern, -flip(pattern, wrong, rng), rng).states == -pattern).all()


@pytest.mark.parametrize("alphabet", [SPINS, UNITS])
def test_stochastic_recall_is_the_networks_own_heat_bath(alphabet):
    weights, biases, _ = next(cases(4))
    probes = random_patterns(5, 70, 17, alphabet)
    states, means = hopfield.recall_stochastic(weights, probes, 0.1, 6, np.random.default_rng(2), biases=biases,
                                                alphabet=alphabet, discard=2)
    net, rng, expected, total = hopfield.network(weights, biases, alphabet=alphabet), np.random.default_rng(2), probes, 0
    for sweep in range(6):
        expected = net.sweep(expected, 0.1, rng)
        total = total + expected * (sweep >= 2)
    assert (states == expected).all() and (means == total / 4).all()


def test_stochastic_recall_samples_the_boltzmann_distribution():
    """Mean spins of 4000 independent chains against enumeration, within 4 standard errors."""
    patterns = random_patterns(2, 5, 18)
    net = hopfield.network(hopfield.hebb(patterns), biases=[0.5, 0, 0, -0.3, 0])
    states, _ = hopfield.recall_stochastic(net, random_patterns(4000, 5, 19), 0.4, 40, np.random.default_rng(3))
    mean, second = exact.moments(net, 0.4)
    assert (np.abs(states.mean(0) - mean) < 4 * np.sqrt((1 - mean**2) / 4000)).all()
    pairs = np.triu_indices(5, 1)
    difference = (states.T.astype(float) @ states / 4000 - second)[pairs]
    assert (np.abs(difference) < 4 * np.sqrt((1 - second[pairs] ** 2) / 4000)).all()


# Counting.


@pytest.mark.parametrize("alphabet", [SPINS, UNITS])
@pytest.mark.parametrize("whole", [True, False])
def test_fixed_points_are_what_recall_leaves_alone(alphabet, whole):
    rng = np.random.default_rng(20)
    weights = np.triu(rng.integers(-1, 2, (9, 9)) if whole else rng.normal(size=(9, 9)), 1)
    weights = weights + weights.T
    biases = rng.integers(-1, 2, 9)
    states = exact.states(9, alphabet)
    kept = hopfield.recall(weights, states, order="fixed", biases=biases, alphabet=alphabet).sweeps == 0
    fixed = hopfield.fixed_points(weights, biases, alphabet=alphabet)
    assert (fixed == states[kept]).all() and len(fixed) == kept.sum() > 0


def test_fixed_points_of_twenty_units():
    pattern = random_patterns(1, 20, 21)
    assert len(hopfield.fixed_points(hopfield.hebb(pattern))) == 2
    with pytest.raises(ValueError, match=r"n = 26 units have 2\*\*26 states, too many to enumerate"):
        hopfield.fixed_points(np.zeros((26, 26)))


def test_sixty_three_votes_to_nothing():
    """64 units, 16 on: an on-unit is confirmed by 15 + 48 others, an off-unit by 16 + 47. Nobody votes for himself."""
    pattern = np.where(np.arange(64) < 16, 1, -1)
    weights, on, off = hopfield.hebb(pattern[None]), np.arange(16), np.arange(16, 64)
    votes_for, votes_against = hopfield.votes(weights, pattern)
    assert (votes_for == 63).all() and (votes_against == 0).all()
    by_on, by_off = (hopfield.votes(weights, pattern, voters=voters)[0] for voters in (on, off))
    assert (by_on[on] == 15).all() and (by_off[on] == 48).all() and (by_on[off] == 16).all() and (by_off[off] == 47).all()


@pytest.mark.parametrize("case", range(3))
def test_votes_add_up_to_the_field(case):
    weights, biases, alphabet = list(cases(5))[case]
    states = random_patterns(4, 70, 22, alphabet)
    votes_for, votes_against = hopfield.votes(weights, states, biases, alphabet=alphabet)
    side = np.where(states == alphabet[1], 1, -1)
    fields = Network(weights, biases, alphabet).local_field(states)
    assert np.allclose(side * (votes_for - votes_against), fields, rtol=1e-12, atol=1e-12)
    assert (votes_for >= 0).all() and (votes_against >= 0).all()


def test_overlaps_of_units_count_as_signs():
    bits = random_patterns(3, 40, 23, UNITS)
    assert (hopfield.overlaps(bits, bits, UNITS) == hopfield.overlaps(2 * bits - 1, 2 * bits - 1)).all()
    assert np.diag(hopfield.overlaps(bits, bits, UNITS)).tolist() == [1, 1, 1]


@pytest.mark.parametrize(("alphabet", "N", "P"), [(SPINS, 100, 15), (UNITS, 100, 10)])
def test_single_step_errors_are_as_frequent_as_theory_says(alphabet, N, P):
    """Unit errors of 400 independent networks, against the exact probability; the error bar is the spread between networks."""
    rng, rates = np.random.default_rng(24), []
    for _ in range(400):
        patterns = rng.choice(alphabet, size=(P, N))
        field = patterns @ hopfield.hebb(patterns, alphabet)
        rates.append((field * np.where(patterns == 1, 1, -1) < 0).mean())
    exactly = capacity.hebb_error_probability(N, P, alphabet=alphabet)
    assert abs(np.mean(rates) - exactly) < 4 * np.std(rates) / np.sqrt(400)


def test_retrieval_is_good_below_the_critical_load_and_lost_above():
    """N = 1000, started at the pattern: at α = 0.10 theory has m = 0.996; at α = 0.20 only a remanence of the memory is left."""
    rng = np.random.default_rng(25)
    final = []
    for P in (100, 200):
        patterns = rng.choice(SPINS, size=(P, 1000)).astype(np.int8)
        states = hopfield.recall_hebb(patterns, patterns[:40], rng).states
        final.append(hopfield.overlaps(states, patterns)[:, :40].diagonal())
    assert abs(final[0].mean() - capacity.ags_retrieval(0.10, 0.0).m) < 0.003
    assert final[1].mean() < 0.6


# Input.


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: hopfield.hebb([1, -1]), ValueError, r"patterns must have shape \(P, N\) with at least one pattern, got \(2,\)"),
    (lambda: hopfield.hebb(np.empty((0, 5))), ValueError, r"at least one pattern, got \(0, 5\)"),
    (lambda: hopfield.hebb([[1, 0]]), ValueError, r"patterns must hold only -1 and 1, got 0 at index \(0, 1\)"),
    (lambda: hopfield.hebb([[1, 0]], alphabet=(0, 2)), ValueError, r"alphabet must be \(-1, 1\) or \(0, 1\), got \(0, 2\)"),
    (lambda: hopfield.bounded([[1, 1]], bound=0), ValueError, "bound must be positive, got 0"),
    (lambda: hopfield.perceptron([[1, 1]], kappa=-1.0), ValueError, "kappa must not be negative, got -1"),
    (lambda: hopfield.unlearn(np.zeros((2, 2)), 1, -0.1, np.random.default_rng()), ValueError,
     "epsilon must be positive, got -0.1"),
    (lambda: hopfield.unlearn(np.zeros((2, 2)), 1, 0.1, 7), TypeError, "rng must be a numpy.random.Generator, got int"),
    (lambda: hopfield.recall([[0, 1]], [1, 1]), ValueError, r"weights must be a square matrix, got shape \(1, 2\)"),
    (lambda: hopfield.recall([[1, 0], [0, 0]], [1, 1]), ValueError, r"zero diagonal, got W\[0, 0\] = 1"),
    (lambda: hopfield.recall([[0, np.nan], [0, 0]], [1, 1]), ValueError, r"weights must be finite, got nan at index \(0, 1\)"),
    (lambda: hopfield.recall(np.zeros((2, 2)), [1, 1, 1]), ValueError,
     r"probes must have 2 units on its last axis, got shape \(3,\)"),
    (lambda: hopfield.recall(np.zeros((2, 2)), [1, 0]), ValueError, r"probes must hold only -1 and 1, got 0 at index \(1,\)"),
    (lambda: hopfield.recall(np.zeros((2, 2)), [1, 1], order="random"), TypeError,
     "rng must be a numpy.random.Generator, got NoneType"),
    (lambda: hopfield.recall(np.zeros((2, 2)), [1, 1], order="any"), ValueError,
     "order must be 'random', 'fixed' or, .* got 'any'"),
    (lambda: hopfield.recall(np.zeros((2, 2)), [1, 1], biases=[1.0]), ValueError,
     r"biases must have shape \(2,\) .* got \(1,\)"),
    (lambda: hopfield.recall(hopfield.network(np.zeros((2, 2))), [1, 1], biases=[1.0, 1.0]), ValueError,
     "brings its own biases"),
    (lambda: hopfield.recall(np.zeros((2, 2)), [1, 1], order="fixed", sweeps=0), ValueError, "sweeps must be at least 1, got 0"),
    (lambda: hopfield.recall_stochastic(np.zeros((2, 2)), [1, 1], 1.0, 3, np.random.default_rng(), discard=3), ValueError,
     "discard must be less than sweeps = 3, got 3"),
    (lambda: hopfield.perceptron([[1, 1]], kappa=[1.0, 2.0]), ValueError, r"kappa must be one number, .* got shape \(2,\)"),
    (lambda: hopfield.votes(np.zeros((2, 2)), [1, 1], voters=[2]), ValueError, r"units must be indices from 0 to 1, got \[2\]"),
    (lambda: hopfield.network(3), ValueError, r"weights must be a square matrix, got shape \(\)"),
    (lambda: hopfield.trajectory(np.zeros((2, 2)), [1, 1], sweeps=-3), ValueError, "sweeps must be at least 1, got -3"),
    (lambda: hopfield.trajectory(np.zeros((2, 2)), [[1, 1]]), ValueError,
     r"probe must be one state, shape \(2,\), got shape \(1, 2\)"),
    (lambda: hopfield.stabilities(np.zeros((2, 2)), [[1, 1, 1]]), ValueError,
     r"patterns must have 2 units on its last axis, got shape \(1, 3\)"),
    (lambda: hopfield.recall(np.zeros((0, 0)), np.ones((1, 0))), ValueError, r"square matrix, got shape \(0, 0\)"),
    (lambda: hopfield.recall_stochastic(np.zeros((2, 2)), [1, 1], -1.0, 3, np.random.default_rng()), ValueError,
     "beta must not be negative, got -1"),
    (lambda: hopfield.recall_stochastic([[0, 1], [2, 0]], [1, 1], 1.0, 3, np.random.default_rng()), ValueError,
     "weights must be symmetric"),
    (lambda: hopfield.overlaps([1, 1], [[1, 1, 1]]), ValueError, r"states must have 3 units on its last axis, got shape \(2,\)"),
])
def test_bad_input_is_refused_in_one_sentence(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_arguments_are_not_changed():
    weights, probes = hopfield.hebb(random_patterns(3, 20, 26)), random_patterns(5, 20, 27)
    before = weights.copy(), probes.copy()
    hopfield.recall(weights, probes, np.random.default_rng(0))
    hopfield.recall_stochastic(weights, probes, 0.1, 3, np.random.default_rng(0))
    hopfield.trajectory(weights, probes[0], np.random.default_rng(0))
    hopfield.unlearn(weights, 3, 0.1, np.random.default_rng(0))
    assert (weights == before[0]).all() and (probes == before[1]).all()
