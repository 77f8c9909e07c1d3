"""Boltzmann machines: every average and gradient against enumeration, every sampler within its standard error."""

import inspect

import numpy as np
import pytest

from netlib import boltzmann, data, exact, ladder
from netlib.boltzmann import encoders, likelihood, pseudo
from netlib.network import SPINS, UNITS, Network

ALPHABETS = [SPINS, UNITS]


def machine(units, seed, alphabet=UNITS, mask=None, scale=1.0):
    rng = np.random.default_rng(seed)
    mask = ~np.eye(units, dtype=bool) if mask is None else mask
    return Network(boltzmann.random_weights(mask, rng, scale), scale * rng.standard_normal(units), alphabet)


def restricted(visible, hidden):
    """All pairs but those between two hidden units."""
    return boltzmann.connectivity([visible, hidden], joined=[(0, 0), (0, 1)])


def some_data(visible, alphabet, seed=0, rows=7):
    return np.random.default_rng(seed).choice(alphabet, size=(rows, visible))


def slope(function, network, i, j=None, step=1e-5):
    """Central difference in W_ij = W_ji, or in b_i if there is no j."""
    def moved(by):
        weights, biases = network.weights.copy(), network.biases.copy()
        if j is None:
            biases[i] += by
        else:
            weights[i, j] += by
            weights[j, i] += by
        return function(Network(weights, biases, network.alphabet))
    return (moved(step) - moved(-step)) / (2 * step)


def check_slopes(function, network, weights, biases):
    units = len(network.weights)
    for i in range(units):
        assert biases[i] == pytest.approx(slope(function, network, i), abs=2e-9)
        for j in range(i):
            assert weights[i, j] == weights[j, i] == pytest.approx(slope(function, network, i, j), abs=2e-9)
    assert not weights.diagonal().any()


# Exact


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("mask", [None, restricted(3, 2)], ids=["all joined", "hidden apart"])
def test_gradient_is_the_slope_of_the_log_likelihood(alphabet, mask):
    network, rows = machine(5, 1, alphabet, mask), some_data(3, alphabet)
    frequencies = np.arange(1.0, 8.0)
    for beta in (0.4, 1.0):
        weights, biases = boltzmann.gradient(network, rows, beta, frequencies)
        check_slopes(lambda at, beta=beta: boltzmann.log_likelihood(at, rows, beta, frequencies), network, weights, biases)


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("mask", [None, restricted(3, 2)], ids=["all joined", "hidden apart"])
def test_exact_pieces_against_a_list_of_all_states(alphabet, mask):
    network, rows, beta = machine(5, 2, alphabet, mask), some_data(3, alphabet), 0.7
    states, p = exact.states(5, alphabet), exact.probabilities(network, beta)
    mean, second, total = np.zeros(5), np.zeros((5, 5)), 0.0
    for row, given in zip(rows, boltzmann.posterior(network, rows, beta), strict=True):
        match = (states[:, :3] == row).all(axis=1)
        expected = p[match] / p[match].sum()
        np.testing.assert_allclose(given, expected, rtol=1e-12)
        mean += expected @ states[match] / len(rows)
        second += states[match].T @ (expected[:, None] * states[match]) / len(rows)
        total += np.log(p[match].sum()) / len(rows)
    assert boltzmann.log_likelihood(network, rows, beta) == pytest.approx(total, abs=1e-12)
    found_mean, found_second = boltzmann.clamped_moments(network, rows, beta)
    np.testing.assert_allclose(found_mean, mean, atol=1e-12)
    np.testing.assert_allclose(found_second, second, atol=1e-12)


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("known, wanted", [([0, 3], [4, 1]), ([5], [0]), ([], [2, 0]), ([1, 2, 4], None)])
def test_completion_is_the_conditional_law(alphabet, known, wanted):
    network = machine(6, 3, alphabet)
    values = some_data(len(known), alphabet, rows=4)
    found = boltzmann.completion(network, known, values, wanted, beta=0.8)
    others = np.setdiff1d(np.arange(6), known)
    for row, law in zip(values, found, strict=True):
        expected = exact.conditional(exact.probabilities(network, 0.8), np.array(known, int), row, 6, alphabet)
        if wanted is not None:
            expected = exact.marginal(expected, np.searchsorted(others, wanted), len(others))
        np.testing.assert_allclose(law, expected, rtol=1e-11)


def test_many_hidden_units_that_are_apart_need_no_enumeration():
    network = machine(44, 4, mask=restricted(4, 40), scale=0.3)
    law = boltzmann.completion(network, [], np.zeros(0), wanted=np.arange(4))
    expected = Network(network.weights[:4, :4], network.biases[:4], UNITS).energy(exact.states(4, UNITS))
    hidden = np.logaddexp(0, exact.states(4, UNITS) @ network.weights[:4, 4:] + network.biases[4:]).sum(axis=1)
    weight = np.exp(-expected + hidden)
    np.testing.assert_allclose(law, weight / weight.sum(), rtol=1e-10)


def test_enumeration_in_pieces_changes_nothing(monkeypatch):
    network, rows = machine(6, 5), some_data(3, UNITS)
    whole = boltzmann.log_marginal(network, [0, 1, 2], rows)
    monkeypatch.setattr(likelihood, "CHUNK", 16)
    np.testing.assert_allclose(boltzmann.log_marginal(network, [0, 1, 2], rows), whole, rtol=1e-14)


def test_centred_step_is_the_gradient_in_centred_coordinates():
    network, rows = machine(4, 6), some_data(3, UNITS)
    centre = np.array([0.3, 0.6, 0.2, 0.5])

    def likelihood(at):  # at.biases are b' of the centred machine
        return boltzmann.log_likelihood(Network(at.weights, at.biases - at.weights @ centre, UNITS), rows)

    coordinates = Network(network.weights, network.biases + network.weights @ centre, UNITS)
    plain = boltzmann.gradient(network, rows)
    weights, biases = boltzmann.centred(*plain, centre)
    check_slopes(likelihood, coordinates, weights, biases + weights @ centre)


def test_centred_step_vanishes_with_the_gradient():
    weights, biases = boltzmann.centred(np.zeros((3, 4, 4)), np.zeros((3, 4)), np.full((3, 4), 0.7))
    assert weights.shape == (3, 4, 4) and not weights.any() and not biases.any()


@pytest.mark.parametrize("centre", [False, True])
def test_one_exact_step_is_the_gradient_or_the_centred_one(centre):
    start, rows = machine(4, 8), some_data(3, UNITS)
    weights, biases = boltzmann.gradient(start, rows)
    if centre:
        weights, biases = boltzmann.centred(weights, biases, boltzmann.clamped_moments(start, rows)[0])
    found, _ = boltzmann.fit_exact(start, rows, 1, 0.25, centre=centre)
    np.testing.assert_allclose(found.weights, start.weights + 0.25 * weights, atol=1e-14)
    np.testing.assert_allclose(found.biases, start.biases + 0.25 * biases, atol=1e-14)


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("centre", [False, True])
def test_fixed_point_of_exact_learning_matches_moments(alphabet, centre):
    target = machine(4, 7, alphabet, scale=0.4)
    states, p = exact.states(4, alphabet), exact.probabilities(target)
    start = Network(np.zeros((4, 4)), alphabet=alphabet)
    rate = 0.3 if alphabet == SPINS else 2.0
    found, history = boltzmann.fit_exact(start, states, 800, rate, frequencies=p, centre=centre)
    for ours, theirs in zip(exact.moments(found), exact.moments(target), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-5)
    np.testing.assert_allclose(found.weights, target.weights, atol=2e-3)  # visible only: concave, one answer
    assert (np.diff(history) > -1e-12).all()
    assert history[-1] == pytest.approx(p @ np.log(p), abs=1e-8)


def test_mask_and_decay_hold_weights_down():
    rows, mask = data.parity(3, odd=True), boltzmann.connectivity([1, 2], joined=[(0, 1)])
    start = Network(np.zeros((3, 3)), alphabet=UNITS)
    found, _ = boltzmann.fit_exact(start, rows[:2], 50, 0.5, mask=mask, decay=0.1)
    loose, _ = boltzmann.fit_exact(start, rows[:2], 50, 0.5, mask=mask)
    assert found.weights[1, 2] == 0 and found.weights[0, 1] != 0
    assert np.abs(found.weights).max() < np.abs(loose.weights).max()


def test_decay_shrinks_the_weights_by_its_share():
    start = Network([[0, 1], [1, 0]], alphabet=UNITS)
    rows, p = exact.states(2, UNITS), exact.probabilities(start)
    found, _ = boltzmann.fit_exact(start, rows, 1, 0.5, frequencies=p, decay=0.1)
    assert found.weights[0, 1] == pytest.approx(1 - 0.5 * 0.1)


def test_parity_needs_a_hidden_unit():
    rows = data.parity(3)
    flat, history = boltzmann.fit_exact(machine(3, 8, scale=0.3), rows, 300, 1.0)
    assert history.max() <= -np.log(8) + 1e-12  # KL floor ln 2 above the entropy ln 4
    assert history[-1] == pytest.approx(-np.log(8), abs=1e-4)
    assert np.abs(flat.weights).max() < 0.05
    deep, history = boltzmann.fit_exact(machine(4, 9, scale=0.5), rows, 1200, 2.5)
    p = boltzmann.completion(deep, [], np.zeros(0), wanted=[0, 1, 2])
    even = p[exact.state_index(rows, UNITS)].sum()
    assert even > 0.95 and history[-1] > -np.log(4) - 0.1


# Pseudo-likelihood


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_pseudo_likelihood_and_its_gradient(alphabet):
    network, rows, beta = machine(4, 10, alphabet), some_data(4, alphabet), 0.6
    frequencies = np.arange(1.0, 8.0)
    p = exact.probabilities(network, beta)
    total = 0.0
    for row, weight in zip(rows, frequencies / frequencies.sum(), strict=True):
        for i in range(4):
            others = np.delete(np.arange(4), i)
            law = exact.conditional(p, others, row[others], 4, alphabet)
            total += weight * np.log(law[int(row[i] == alphabet[1])])
    assert boltzmann.pseudo_likelihood(network, rows, beta, frequencies) == pytest.approx(total, abs=1e-12)
    weights, biases = boltzmann.pseudo_likelihood_gradient(network, rows, beta, frequencies)
    check_slopes(lambda at: boltzmann.pseudo_likelihood(at, rows, beta, frequencies), network, weights, biases)


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_pseudo_likelihood_of_the_whole_law_finds_the_machine(alphabet):
    mask = boltzmann.connectivity([2, 3], joined=[(0, 1), (1, 1)])
    target = machine(5, 11, alphabet, mask, scale=0.7)
    found = boltzmann.fit_pseudo_likelihood(exact.states(5, alphabet), mask, alphabet, exact.probabilities(target))
    np.testing.assert_allclose(found.weights, target.weights, atol=1e-4)
    np.testing.assert_allclose(found.biases, target.biases, atol=1e-4)


def test_inverse_ising_from_samples_is_right_within_its_error():
    # 20000 independent samples of a ring of 6 spins, coupling 0.5. The mean of the 6 estimates has a standard error of about
    # 0.0035 (1/sqrt(6 · 20000 · (1 − tanh² ½)) = 0.0033, correlations a little more): 4.5 of these, twice in a million.
    ring = np.roll(np.eye(6), 1, axis=1)
    ring = (ring + ring.T).astype(bool)
    target = Network(0.5 * ring)
    samples = exact.sample(target, 1.0, 20000, np.random.default_rng(12))
    found = boltzmann.fit_pseudo_likelihood(samples, ring, biased=False)
    assert found.weights[ring].mean() == pytest.approx(0.5, abs=4.5 * 0.0035)
    assert not found.weights[~ring].any() and not found.biases.any()


def test_a_search_that_stops_early_says_so(monkeypatch):
    def hasty(*args, options, **how):
        return minimize(*args, options=dict(maxiter=1), **how)

    minimize = pseudo.minimize
    monkeypatch.setattr(pseudo, "minimize", hasty)
    with pytest.warns(RuntimeWarning, match="stopped at a slope of"):
        boltzmann.fit_pseudo_likelihood(data.random_patterns(50, 4, np.random.default_rng(0)))


def test_a_penalty_keeps_the_weights_of_separable_data_finite():
    w = boltzmann.fit_pseudo_likelihood([[1, 1], [-1, -1]], penalty=0.1).weights[0, 1]
    assert 2 * (1 - np.tanh(w)) == pytest.approx(0.1 * w, abs=1e-5)  # the slope of the objective is zero


# Samplers


def largest_z(states, network, beta):
    """Largest deviation of first and second moments from the exact ones, in standard errors, over independent states."""
    pairs = np.triu_indices(states.shape[-1], 1)
    products = np.concatenate([states, states[:, pairs[0]] * states[:, pairs[1]]], axis=1).astype(float)
    mean, second = exact.moments(network, beta)
    expected = np.concatenate([mean, second[pairs]])
    error = np.sqrt(np.maximum(np.concatenate([(states.astype(float) ** 2).mean(0), (products[:, len(mean):] ** 2).mean(0)])
                               - expected**2, 1e-12) / len(states))
    return np.abs((products.mean(axis=0) - expected) / error).max()


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("trials", [2, 20])
def test_sweeps_sample_each_machine_of_the_batch(alphabet, dtype, trials):
    # Independent chains, 40 sweeps each, only the last state used: 15 moments of each of 3 machines. |z| < 4.5 holds with
    # probability 0.9997 for a right sampler. Few trials run through `sweep`, many through the transposed kernel.
    mask = boltzmann.connectivity([2, 3], joined=[(0, 1), (1, 1)])
    rng = np.random.default_rng(13)
    weights = boltzmann.random_weights(mask, rng, 0.6, trials).astype(dtype)
    biases = (0.5 * rng.standard_normal((trials, 5))).astype(dtype)
    states = rng.choice(alphabet, size=(trials, 4000, 5)).astype(dtype)
    before = states.copy()
    for after in boltzmann.sweeps(weights, biases, states, rng, np.full(40, 0.8), boltzmann.free_blocks(mask), alphabet):
        assert after.shape == states.shape and after.dtype == dtype
    assert (states == before).all()
    for trial in {0, 1, trials - 1}:
        network = Network(weights[trial].astype(float), biases[trial].astype(float), alphabet)
        assert largest_z(after[trial], network, 0.8) < 4.5
    assert np.isin(after, alphabet).all()


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, bool, np.int64, np.float32])
def test_moments_of_states_of_any_type(dtype):
    states = np.random.default_rng(16).integers(2, size=(2, 1000, 3))
    mean, second = boltzmann.moments_of_states(states.astype(dtype))
    np.testing.assert_allclose(mean, states.mean(axis=1), rtol=1e-6)
    np.testing.assert_allclose(second, np.einsum("tci,tcj->tij", states, states) / 1000, rtol=1e-6)


def test_free_blocks_are_the_callers_own():
    mask = boltzmann.connectivity([2, 2], joined=[(0, 1)])
    boltzmann.free_blocks(mask)[0][:] = 3
    assert [block.tolist() for block in boltzmann.free_blocks(mask)] == [[0, 1], [2, 3]]


@pytest.mark.parametrize("trials", [1, 16])
def test_clamped_units_stay_and_the_rest_follow_the_conditional_law(trials):
    mask = ~np.eye(4, dtype=bool)
    network = machine(4, 14, scale=0.8)
    rng = np.random.default_rng(15)
    states = np.zeros((trials, 6000, 4))
    states[..., 1] = 1
    blocks = boltzmann.free_blocks(mask, clamped=[0, 1])
    weights, biases = np.tile(network.weights, (trials, 1, 1)), np.tile(network.biases, (trials, 1))
    *_, after = boltzmann.sweeps(weights, biases, states, rng, np.ones(30), blocks)
    assert (after[..., 0] == 0).all() and (after[..., 1] == 1).all()
    counts = np.bincount(exact.state_index(after[..., 2:].reshape(-1, 2), UNITS), minlength=4)
    expected = trials * 6000 * boltzmann.completion(network, [0, 1], [0, 1])
    assert ((counts - expected) ** 2 / expected).sum() < 21.1  # chi-squared with 3 degrees of freedom, p = 1e-4


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("trials", [(), (3,), (20,), (2, 3)])
def test_many_machines_are_one_model(trials, alphabet):
    mask = boltzmann.connectivity([2, 3], joined=[(0, 1), (1, 1)])
    rng = np.random.default_rng(41)
    weights, biases = boltzmann.random_weights(mask, rng, 0.7, trials), rng.standard_normal((*trials, 5))
    machines = boltzmann.Machines(weights, biases, alphabet)
    states = rng.choice(alphabet, size=(2, *trials, 4, 5)).astype(np.int8)
    before = states.copy()
    energy = machines.energy(states)
    assert energy.shape == (2, *trials, 4)
    for index in np.ndindex(trials):
        network = Network(weights[index], biases[index], alphabet)
        for k in range(2):
            np.testing.assert_allclose(energy[k][index], network.energy(states[k][index]), atol=1e-13)
    beta = rng.random((2, *trials, 4))
    one, two = (machines.sweep(states, beta, np.random.default_rng(5)) for _ in range(2))
    assert one.shape == states.shape and (one == two).all() and np.isin(one, alphabet).all() and (states == before).all()
    held = machines.clamp([1, 2])
    assert (held.sweep(states, 1.0, rng)[..., [1, 2]] == states[..., [1, 2]]).all()
    with pytest.raises(ValueError, match="beta must be one number or have one entry per chain"):
        machines.sweep(states, np.ones(7), rng)


@pytest.mark.parametrize("trials", [3, 30])
def test_each_chain_of_many_machines_has_its_own_beta(trials):
    # 4000 chains for each of two betas, 40 sweeps; all first and second moments of three machines: |z| < 4.5
    mask = ~np.eye(3, dtype=bool)
    rng = np.random.default_rng(42)
    weights, biases = boltzmann.random_weights(mask, rng, 0.8, trials), 0.5 * rng.standard_normal((trials, 3))
    machines = boltzmann.Machines(weights, biases)
    states, betas = rng.integers(2, size=(trials, 8000, 3)), np.repeat([0.3, 1.5], 4000)
    for _ in range(40):
        states = machines.sweep(states, betas, rng)
    for trial in (0, 1, trials - 1):
        network = Network(weights[trial], biases[trial], UNITS)
        assert largest_z(states[trial, :4000], network, 0.3) < 4.5
        assert largest_z(states[trial, 4000:], network, 1.5) < 4.5


def test_one_machine_of_many_trials_sweeps_like_its_network():
    network, rng = machine(6, 43), np.random.default_rng(43)
    states = rng.integers(2, size=(50, 6))
    many = boltzmann.Machines(network.weights, network.biases)
    assert (many.sweep(states, 0.7, np.random.default_rng(1)) == network.sweep(states, 0.7, np.random.default_rng(1))).all()
    assert many.sweep(states[0], 0.7, rng).shape == (6,)


def test_many_machines_walk_along_a_ladder():
    # Tempering of 20 machines at once: 300 independent ladders each, 40 sweeps; the moments of the last rung, |z| < 4.5
    mask = ~np.eye(4, dtype=bool)
    rng = np.random.default_rng(44)
    weights, biases = boltzmann.random_weights(mask, rng, 1.5, 20), np.zeros((20, 4))
    machines = boltzmann.Machines(weights, biases, SPINS)
    states = rng.choice(SPINS, size=(3, 20, 300, 4))
    result = ladder.parallel_tempering(ladder.rungs(machines, [0.2, 0.6, 1.0]), states, 40, rng)
    assert result.states.shape == states.shape and result.swap_rates.min() > 0.1
    for trial in (0, 7, 19):
        assert largest_z(result.states[-1, trial], Network(weights[trial]), 1.0) < 4.5


@pytest.mark.parametrize("dtype", [int, np.int8, bool])
def test_whole_weights_keep_the_temperature(dtype):
    # W = 2 between two spins at beta = 1/4, 10 000 pairs for 20 sweeps from all up: the mean of s0 s1 is tanh(1/2), the
    # magnetisation 0. Limits are 4.5 standard errors.
    weights, rng = np.array([[0, 1], [1, 0]], dtype), np.random.default_rng(45)
    *_, states = boltzmann.sweeps(weights, np.zeros(2), np.ones((10_000, 2)), rng, np.full(20, 0.5), [[0], [1]], SPINS)
    assert states.mean() == pytest.approx(0, abs=4.5 / np.sqrt(10_000))
    assert (states[:, 0] * states[:, 1]).mean() == pytest.approx(np.tanh(0.5), abs=4.5 / np.sqrt(10_000))


def test_annealed_moments_are_those_of_the_last_temperature():
    # The average of each chain over its 10 sweeps is independent of the other chains': the error bar comes from them.
    network = machine(5, 16, scale=8.0)
    rng = np.random.default_rng(17)
    blocks = boltzmann.free_blocks(~np.eye(5, dtype=bool))
    trials, chains = 400, 20
    weights, biases = np.tile(network.weights, (trials, 1, 1)), np.tile(network.biases, (trials, 1))
    states = rng.integers(2, size=(trials, chains, 5)).astype(float)
    mean, second = boltzmann.annealed_moments(weights, biases, states, rng, blocks)
    expected_mean, expected_second = exact.moments(network, beta=0.1)
    for found, expected in ((mean, expected_mean), (second, expected_second)):
        error = found.std(axis=0, ddof=1) / np.sqrt(trials)
        assert (np.abs(found.mean(axis=0) - expected) < 4.5 * error).all()
    # one mistake that must show: the moments of T = 12
    wrong = exact.moments(network, beta=1 / 12)[1]
    assert (np.abs(second.mean(axis=0) - wrong) > 4.5 * second.std(axis=0, ddof=1) / np.sqrt(trials)).any()


@pytest.mark.parametrize("trials", [1, 20])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.filterwarnings("error")
def test_extreme_weights_neither_overflow_nor_hesitate(trials, dtype):
    weights = np.tile(np.array([[0, 6000, 0], [6000, 0, -6000], [0, -6000, 0]], dtype), (trials, 1, 1))
    biases = np.tile(np.array([60, -3000, 100], dtype), (trials, 1))
    states = np.zeros((trials, 50, 3), dtype)
    rng = np.random.default_rng(18)
    blocks = boltzmann.free_blocks(weights[0] != 0)
    *_, after = boltzmann.sweeps(weights, biases, states, rng, np.ones(5), blocks)
    assert (after == [1, 0, 1]).all()  # a local minimum of depth 60 and more: unit 1 is held down by 3000 + 6000 − 6000
    network = Network(weights[0].astype(float) / 100, biases[0].astype(float), UNITS)
    weights, biases = boltzmann.gradient(network, [[1, 0, 1], [0, 1, 1]])
    assert np.isfinite(weights).all() and np.isfinite(biases).all()
    assert np.isfinite(boltzmann.log_likelihood(network, [[0, 1, 0]]))


def test_float32_machines_have_the_same_gradient():
    network, rows = machine(5, 19), some_data(3, UNITS)
    single = Network(network.weights.astype(np.float32), network.biases.astype(np.float32), UNITS)
    for ours, theirs in zip(boltzmann.gradient(single, rows), boltzmann.gradient(network, rows), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-6)


# Learning from samples


@pytest.mark.parametrize("centre", [False, True])
def test_sampled_learning_comes_to_the_exact_answer(centre):
    # 20 trials at once, the rate falling as 1/step at the end. Mean over trials against the exact maximum, within 4 standard
    # errors from the spread of the trials, and 0.02 for the bias of a finite run.
    target = machine(3, 20, scale=0.6)
    rows = exact.sample(target, 1.0, 200, np.random.default_rng(21))
    best, _ = boltzmann.fit_exact(Network(np.zeros((3, 3)), alphabet=UNITS), rows, 600, 2.0, centre=True)
    weights, biases, _ = boltzmann.fit_sampled(np.zeros((20, 3, 3)), np.zeros((20, 3)), rows, 600,
                                               lambda step: 3.0 / (1 + step / 50), np.random.default_rng(22), chains=200,
                                               centre=centre)
    error = weights.std(axis=0, ddof=1) / np.sqrt(20)
    assert (np.abs(weights.mean(axis=0) - best.weights) <= 4 * error + 0.02).all()
    assert weights.std(axis=0)[0, 1] < 0.1
    assert (np.abs(biases.mean(axis=0) - best.biases) <= 4 * biases.std(axis=0, ddof=1) / np.sqrt(20) + 0.02).all()


def test_sampled_learning_with_a_hidden_unit_raises_the_likelihood():
    rows = data.parity(3)
    start = machine(4, 23, scale=0.5)
    weights, biases, history = boltzmann.fit_sampled(
        start.weights, start.biases, np.repeat(rows, 25, axis=0), 1500, 0.5, np.random.default_rng(24), chains=100, every=500,
        monitor=lambda now: boltzmann.log_likelihood(Network(now["weights"], now["biases"], UNITS), rows))
    assert history["step"].tolist() == [0, 500, 1000, 1500]
    assert history["watched"][-1] > -np.log(8) + 0.2
    assert boltzmann.log_likelihood(Network(weights, biases, UNITS), rows) == history["watched"][-1]


def test_sampled_step_takes_its_share_of_every_weight():
    # With every unit clamped and the free chains in the same states the averages cancel: only the decay is left.
    weights = np.array([[0.0, 2.0], [2.0, 0.0]])
    start = boltzmann.sampled_start(weights, np.full(2, 60.0), np.ones((3, 2)), 4, np.random.default_rng(40))
    after = boltzmann.sampled_step(start, np.random.default_rng(41), 2, weights != 0, rate=0.5, decay=0.1)
    np.testing.assert_allclose(after["weights"], 0.95 * weights, rtol=1e-14)
    np.testing.assert_allclose(after["biases"], 60.0)


@pytest.mark.parametrize("trials", [(), (20,)])
def test_machines_in_a_file_are_the_same_machines(tmp_path, trials):
    rng = np.random.default_rng(46)
    weights = boltzmann.random_weights(~np.eye(4, dtype=bool), rng, trials=trials).astype(np.float32)
    for model in (boltzmann.Machines(weights, rng.standard_normal((*trials, 4))).clamp([2]),
                  Network(weights[(0,) * len(trials)], alphabet=SPINS, rule="metropolis"),
                  Network(weights[(0,) * len(trials)], blocks=())):
        boltzmann.save(tmp_path / "machine", model)
        again = boltzmann.load(tmp_path / "machine")
        assert type(again) is type(model) and again.alphabet == model.alphabet
        assert (again.weights == model.weights).all() and again.weights.dtype == np.float32
        assert (again.biases == model.biases).all()
        assert [block.tolist() for block in again.blocks] == [block.tolist() for block in model.blocks]
        assert getattr(again, "rule", None) == getattr(model, "rule", None)
    with pytest.raises(TypeError, match="machine must be a Network or Machines, got ndarray"):
        boltzmann.save(tmp_path / "machine", weights)
    (tmp_path / "machine").write_bytes(b"a note")
    with pytest.raises(ValueError, match="machine is not a whole Boltzmann machine"):
        boltzmann.load(tmp_path / "machine")


def test_the_noise_of_clamping_has_its_probabilities():
    # 100 000 bits of each kind; limits are 4.5 standard errors of the binomial.
    ones, zeros = np.ones((1000, 100), int), np.zeros((1000, 100), int)
    rng = np.random.default_rng(25)
    assert (boltzmann.clamp_noise(ones, rng) == 0).mean() == pytest.approx(0.15, abs=4.5 * np.sqrt(0.15 * 0.85 / 1e5))
    assert (boltzmann.clamp_noise(zeros, rng) == 1).mean() == pytest.approx(0.05, abs=4.5 * np.sqrt(0.05 * 0.95 / 1e5))
    assert (ones == 1).all()


def test_the_schedule_is_that_of_the_paper():
    # Ackley, Hinton and Sejnowski (1985): 2 at 20, 2 at 15, 2 at 12, 4 at 10, then statistics over 10 at 10
    assert ladder.ENCODER_1985 == ((2, 20), (2, 15), (2, 12), (4, 10)) and encoders.COLLECT_1985 == (10, 10)
    defaults = {name: value.default for name, value in inspect.signature(boltzmann.annealed_cycle).parameters.items()}
    assert [defaults[name] for name in ("annealings", "noise", "size", "fixed", "decay")] == [2, (0.15, 0.05), 2, True, 0]
    assert defaults["schedule"] is ladder.ENCODER_1985 and defaults["collect"] is encoders.COLLECT_1985


def test_a_machine_may_have_one_visible_unit():
    _, biases = boltzmann.annealed_cycle(np.zeros((2, 2)), np.zeros(2), [[1]], np.random.default_rng(30),
                                         ~np.eye(2, dtype=bool), annealings=50, noise=(0, 0))
    assert biases[0] == 2


def test_one_cycle_of_1985_changes_each_weight_by_two():
    mask = boltzmann.connectivity([4, 4, 2], joined=[(0, 0), (1, 1), (0, 2), (1, 2), (2, 2)])
    weights, biases = np.zeros((30, 10, 10)), np.zeros((30, 10))
    after, thresholds = boltzmann.annealed_cycle(weights, biases, data.encoder(4), np.random.default_rng(26), mask)
    assert not weights.any() and set(np.unique(np.abs(after))) == {0, 2} and set(np.unique(np.abs(thresholds))) <= {0, 2}
    assert (after == np.swapaxes(after, 1, 2)).all() and not after[:, ~mask].any()
    # within a group the clamped pattern has one unit on: those weights fall in nearly every trial
    assert (after[:, 0, 1] == -2).mean() > 0.8


def test_a_step_of_one_size_is_taken_however_small_the_difference():
    # Both phases are 2000 fair coins: their counts are equal with probability 1/sqrt(4 pi 500) = 0.013, and differ by less than
    # 40 with probability 0.8. Of 400 biases 5 stay; more than 20 would be 6 standard errors.
    _, biases = boltzmann.annealed_cycle(np.zeros((400, 2, 2)), np.zeros((400, 2)), [[0], [1]], np.random.default_rng(47),
                                         np.zeros((2, 2)), annealings=100, noise=(0, 0))
    assert (biases[:, 1] == 0).sum() <= 20


def test_proportional_step_and_decay_follow_the_exact_difference():
    # One cycle with many annealings: the mean step over 60 trials against 5 × (exact clamped − exact free) − decay, noise off.
    mask = restricted(3, 2)
    network = machine(5, 27, mask=mask, scale=5.0)
    rows = data.parity(3)
    weights, biases = np.tile(network.weights, (60, 1, 1)), np.tile(network.biases, (60, 1))
    after, thresholds = boltzmann.annealed_cycle(weights, biases, rows, np.random.default_rng(28), mask, annealings=50,
                                                 noise=(0, 0), size=5.0, fixed=False, decay=0.01)
    (mean, second), (free_mean, free_second) = boltzmann.clamped_moments(network, rows, 0.1), exact.moments(network, 0.1)
    expected = network.weights + 5 * (second - free_second) * mask - 0.01 * network.weights
    assert (np.abs(after.mean(axis=0) - expected) <= 4.5 * after.std(axis=0, ddof=1) / np.sqrt(60) + 1e-12).all()
    expected = network.biases + 5 * (mean - free_mean)
    assert (np.abs(thresholds.mean(axis=0) - expected) <= 4.5 * thresholds.std(axis=0, ddof=1) / np.sqrt(60)).all()


def test_annealing_in_random_order_ends_in_the_exact_averages():
    # Weights that the last temperature forgets in a few units of time; 60 trials against enumeration, 4.5 standard errors.
    mask = restricted(3, 2)
    network = machine(5, 33, mask=mask, scale=5.0)
    weights, biases = np.tile(network.weights, (60, 1, 1)), np.tile(network.biases, (60, 1))
    rng = np.random.default_rng(34)
    states = rng.integers(2, size=(60, 40, 5)).astype(float)
    mean, second = boltzmann.annealed_moments(weights, biases, states, rng, boltzmann.free_blocks(mask), order="random")
    exact_mean, exact_second = exact.moments(network, 0.1)
    for found, expected in ((mean, exact_mean), (second, exact_second)):
        assert (np.abs(found.mean(axis=0) - expected) <= 4.5 * found.std(axis=0, ddof=1) / np.sqrt(60) + 1e-12).all()


def test_a_unit_of_time_probes_each_unit_once_on_average():
    # Strong biases turn every probed unit on: of 4 units (3/4)^4 = 0.316 are not probed; 4.5 standard errors of 80 000 units,
    # those of one chain taken as dependent.
    probes = boltzmann.Probes(boltzmann.Machines(np.zeros((4, 4)), np.full(4, 500.0)))
    after = probes.sweep(np.zeros((20000, 4)), 1.0, np.random.default_rng(35))
    missed = (after == 0).mean(axis=1)
    assert missed.mean() == pytest.approx(0.75**4, abs=4.5 * missed.std() / np.sqrt(20000))
    assert 0 < len(np.unique(missed)) <= 4 and missed.max() < 1


def test_patterns_may_differ_from_trial_to_trial():
    mask = boltzmann.connectivity([2], joined=[(0, 0)])
    patterns = np.array([[[1, 1]], [[0, 0]]])
    _, biases = boltzmann.annealed_cycle(np.zeros((2, 2, 2)), np.zeros((2, 2)), patterns, np.random.default_rng(29), mask,
                                         annealings=50, noise=(0, 0))
    assert biases.tolist() == [[2, 2], [-2, -2]]


def test_the_four_two_four_encoder_learns():
    # Solved: with one group clamped, the other group's pattern is the exact mode at T = 10, for all four patterns. Of 60
    # trials with another seed half got there within 150 cycles and three quarters within 260; 9 of 20 is 2.5 sd below that.
    mask = boltzmann.connectivity([4, 4, 2], joined=[(0, 0), (1, 1), (0, 2), (1, 2), (2, 2)])
    rng = np.random.default_rng(30)
    weights, biases = np.zeros((20, 10, 10)), np.zeros((20, 10))
    solved = np.zeros(20, bool)
    patterns = data.encoder(4)
    for cycle in range(1, 251):
        weights, biases = boltzmann.annealed_cycle(weights, biases, patterns, rng, mask)
        if cycle % 10 == 0:
            for trial in np.flatnonzero(~solved):
                network = Network(weights[trial], biases[trial], UNITS)
                answers = boltzmann.completion(network, range(4), patterns[:, :4], range(4, 8), beta=0.1).argmax(axis=1)
                solved[trial] = (answers == [1, 2, 4, 8]).all()
    assert solved.sum() >= 9


def test_sampled_learning_resumes_bit_for_bit(tmp_path):
    def run(steps, **how):
        return boltzmann.fit_sampled(np.zeros((2, 3, 3)), np.zeros((2, 3)), data.parity(3), steps, 0.1, np.random.default_rng(34),
                                     chains=10, every=5, **how)

    whole = run(12)
    run(7, checkpoint=tmp_path / "run")
    resumed = run(12, checkpoint=tmp_path / "run")
    assert (resumed[0] == whole[0]).all() and (resumed[1] == whole[1]).all()


# Bad input


PAIR = Network(np.zeros((2, 2)), alphabet=UNITS)
RNG = np.random.default_rng(0)


@pytest.mark.parametrize("call, words", [
    (lambda: boltzmann.log_likelihood(PAIR, []), r"data must have shape \(samples, V\)"),
    (lambda: boltzmann.log_likelihood(PAIR, np.zeros((2, 3))), r"got \(2, 3\)"),
    (lambda: boltzmann.log_likelihood(PAIR, [[0, 2]]), "data must hold only 0 and 1, got 2"),
    (lambda: boltzmann.log_likelihood(PAIR, [[0, 1]], frequencies=[-1]), "frequencies must be 1 numbers, none negative"),
    (lambda: boltzmann.log_likelihood(PAIR, [[0, 1]], frequencies=[0]), "not all zero"),
    (lambda: boltzmann.log_likelihood(PAIR, [[0, 1]], beta=-1), "beta must not be negative"),
    (lambda: boltzmann.completion(PAIR, [0], [1], [0]), r"units \[0\] are both known and wanted"),
    (lambda: boltzmann.completion(PAIR, [0], [1, 0]), "values must have 1 units"),
    (lambda: boltzmann.completion(PAIR, [0], [-1]), "values must hold only 0 and 1"),
    (lambda: boltzmann.gradient(PAIR, [[0, 1]], mask=np.eye(2)), "mask must be symmetric with an empty diagonal"),
    (lambda: boltzmann.gradient(PAIR, [[0, 1]], mask=np.zeros((3, 3))), r"mask must have shape \(2, 2\), got \(3, 3\)"),
    (lambda: boltzmann.fit_exact(PAIR, [[0, 1]], 5, rate=0), "rate must be positive"),
    (lambda: boltzmann.fit_exact(PAIR, [[0, 1]], -1, rate=1), "steps must be at least 0"),
    (lambda: boltzmann.pseudo_likelihood(PAIR, [[0]]), "data must have 2 units"),
    (lambda: boltzmann.connectivity([1, 1], [(0, 2)]), r"joined must name groups from 0 to 1, got \(0, 2\)"),
    (lambda: boltzmann.fit_sampled([[0, 1], [2, 0]], [0, 0], [[0, 1]], 5, 0.1, RNG), "symmetric with a zero diagonal"),
    (lambda: boltzmann.fit_sampled(np.zeros((2, 2)), [0], [[0, 1]], 5, 0.1, RNG), r"biases \(..., N\), got \(2, 2\) and \(1,\)"),
    (lambda: boltzmann.fit_sampled(np.full((2, 2), np.nan), [0, 0], [[0, 1]], 5, 0.1, RNG), "weights must be finite"),
    (lambda: boltzmann.annealed_cycle(np.zeros((2, 2)), np.zeros(2), [[0, -1]], RNG, ~np.eye(2, dtype=bool)), "only 0 and 1"),
    (lambda: boltzmann.annealed_cycle(np.zeros((2, 2)), np.zeros(2), np.zeros((1, 3)), RNG, ~np.eye(2, dtype=bool)), r"\(P, V\)"),
    (lambda: boltzmann.Machines([[0, 1], [1, 0]]).sweep([0, 1], -1, RNG), "beta must not be negative, got -1"),
    (lambda: boltzmann.Machines([[0, 1], [1, 0]]).sweep([0, 1], np.nan, RNG), "beta must be finite, got nan"),
    (lambda: boltzmann.Machines([[0, 1], [1, 0]]).sweep([0, 2], 1, RNG), "state must hold only 0 and 1, got 2"),
    (lambda: boltzmann.Machines(np.zeros((3, 2, 2))).sweep([[0, 1]], 1, RNG), r"shape \(..., 3, chains, 2\), got \(1, 2\)"),
    (lambda: boltzmann.Machines([[0, 1], [1, 0]], blocks=[[0, 1]]), "units 0 and 1 of a block are joined by a weight"),
    (lambda: boltzmann.Machines([[0, 1], [1, 0]], alphabet=(1, 0)), r"alphabet must be \(-1, 1\) or \(0, 1\)"),
    (lambda: next(boltzmann.sweeps(np.zeros((2, 2)), np.zeros(2), [0, 1], RNG, [-1.0], [[0]])), "beta must not be negative"),
    (lambda: boltzmann.fit_sampled(np.zeros((2, 2)), [0, 0], [[0, 1]], 5, -1, RNG), "rate must be finite, not negative, got -1"),
    (lambda: boltzmann.fit_sampled(np.zeros((2, 2)), [0, 0], [[0, 1]], 5, np.nan, RNG), "rate must be finite, not negative"),
    (lambda: boltzmann.fit_sampled(np.zeros((2, 2)), [0, 0], [[0, 1]], 5, lambda n: 2 - n, RNG), "got -1 at step 3"),
    (lambda: boltzmann.annealed_cycle(np.zeros((2, 2)), np.zeros(2), [[0, 1]], RNG, ~np.eye(2, dtype=bool), collect=(1, 0.0)),
     "temperatures must be positive, got 0"),
    (lambda: boltzmann.annealed_cycle(np.zeros((2, 2)), np.zeros(2), [[0, 1]], RNG, ~np.eye(2, dtype=bool), size=-1),
     "size must be finite, not negative"),
    (lambda: boltzmann.annealed_cycle(np.zeros((2, 2)), np.zeros(2), [[0, 1]], RNG, ~np.eye(2, dtype=bool), order="shuffled"),
     r"order must be one of \('blocks', 'random'\), got 'shuffled'"),
    (lambda: boltzmann.log_likelihood(Network(np.zeros((26, 26)), alphabet=UNITS), [[0]]), "26"),
])
def test_bad_input_is_one_clear_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_generators_are_required():
    with pytest.raises(TypeError, match="numpy.random.Generator"):
        boltzmann.random_weights(np.zeros((2, 2)), 0)
