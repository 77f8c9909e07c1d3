"""RBMs against enumeration, finite differences, and the general network sampler.

Tests of random code use fixed seeds and exact expectations; G-tests reject at 0.001, bounds are 4 standard errors or more.
"""

import tracemalloc
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logsumexp
from scipy.stats import chi2

from netlib import boltzmann, exact, ladder, rbm
from netlib.network import colour_classes
from netlib.rbm import divergence, likelihood


def random_machine(visible=3, hidden=2, seed=0, scale=1.0, sigma=None):
    rng = np.random.default_rng(seed)
    weights = scale * rng.standard_normal((visible, hidden))
    return rbm.RBM(weights, rng.standard_normal(visible), rng.standard_normal(hidden), sigma)


def all_units(n):
    """All 0/1 states, the first unit changing fastest."""
    return np.array(list(product((0, 1), repeat=n)))[:, ::-1]


def g_test(counts, probability):
    """P value of counts against exact probabilities; cells that expect less than 5 are pooled."""
    expected = probability * counts.sum()
    rare = expected < 5
    counts = np.append(counts[~rare], counts[rare].sum())
    expected = np.append(expected[~rare], expected[rare].sum())
    counts, expected = counts[expected > 0], expected[expected > 0]
    seen = counts > 0
    return chi2.sf(2 * (counts[seen] * np.log(counts[seen] / expected[seen])).sum(), len(counts) - 1)


def index(states):
    return states.astype(int) @ (1 << np.arange(states.shape[-1]))


GAUSSIAN = random_machine(3, 4, seed=5, scale=0.7, sigma=[0.5, 1.0, 2.0])


# ---- energy and conditionals


def test_energy_term_by_term():
    machine = random_machine(3, 2)
    for state in all_units(5):
        v, h = state[:3], state[3:]
        expected = -sum(machine.visible_bias[i] * v[i] for i in range(3)) - sum(machine.hidden_bias[j] * h[j] for j in range(2))
        expected -= sum(v[i] * machine.weights[i, j] * h[j] for i in range(3) for j in range(2))
        assert machine.energy(state) == pytest.approx(expected)


def test_gaussian_energy_term_by_term():
    v, h = np.array([0.3, -1.0, 2.0]), np.array([1, 0, 1, 1])
    expected = sum((v[i] - GAUSSIAN.visible_bias[i]) ** 2 / (2 * GAUSSIAN.sigma[i] ** 2) for i in range(3))
    expected -= h @ GAUSSIAN.hidden_bias
    expected -= sum(v[i] / GAUSSIAN.sigma[i] * GAUSSIAN.weights[i, j] * h[j] for i in range(3) for j in range(4))
    assert GAUSSIAN.energy(np.concatenate([v, h])) == pytest.approx(expected)


def test_network_is_the_same_machine():
    machine = random_machine(4, 3)
    network = rbm.to_network(machine)
    states = all_units(7)
    np.testing.assert_allclose(network.energy(states), machine.energy(states), atol=1e-13)
    assert [block.tolist() for block in colour_classes(network.weights)] == [[0, 1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize("beta", [0.0, 0.7, np.linspace(0, 2, 128)])
def test_sweep_is_the_sweep_of_the_network_draw_for_draw(beta):
    machine = random_machine(4, 3)
    states = all_units(7)
    mine = machine.sweep(states, beta, np.random.default_rng(1))
    np.testing.assert_array_equal(mine, rbm.to_network(machine).sweep(states, beta, np.random.default_rng(1)))
    held = machine.clamp([1, 5]).sweep(states, beta, np.random.default_rng(1))
    np.testing.assert_array_equal(held[:, [1, 5]], states[:, [1, 5]])
    assert (held != states).any()
    assert [block.tolist() for block in rbm.to_network(machine.clamp([1, 5])).blocks] == [[0, 2, 3], [4, 6]]


@pytest.mark.parametrize("beta", [0.5, 1.0])
def test_conditionals_by_enumeration(beta):
    machine = random_machine(3, 2)
    states = all_units(5)
    weight = np.exp(-beta * machine.energy(states))
    for v in all_units(3):
        here = (states[:, :3] == v).all(axis=1)
        expected = weight[here] @ states[here, 3:] / weight[here].sum()
        np.testing.assert_allclose(rbm.hidden_probabilities(machine, v, beta=beta), expected)
    for h in all_units(2):
        here = (states[:, 3:] == h).all(axis=1)
        expected = weight[here] @ states[here, :3] / weight[here].sum()
        np.testing.assert_allclose(rbm.visible_probabilities(machine, h, beta=beta), expected)
        np.testing.assert_allclose(rbm.visible_mean(machine, h, beta=beta), expected)


@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("machine", [random_machine(3, 2), GAUSSIAN], ids=["units", "gaussian"])
def test_free_energy_is_the_sum_over_hidden_states(machine, beta):
    hidden = all_units(machine.weights.shape[1])
    for v in all_units(3) if machine.sigma is None else np.random.default_rng(0).standard_normal((5, 3)):
        energies = machine.energy(np.concatenate([np.tile(v, (len(hidden), 1)), hidden], axis=1))
        expected = logsumexp(-beta * energies)
        assert rbm.log_marginal(machine, v, beta=beta) == pytest.approx(expected)
        assert rbm.free_energy(machine, v, beta=beta) == pytest.approx(-expected / beta)


def test_each_chain_of_a_grid_of_chains_has_its_own_beta():
    machine, rng = random_machine(), np.random.default_rng(4)
    visible, hidden, beta = rng.integers(0, 2, (2, 4, 3)), rng.integers(0, 2, (2, 4, 2)), rng.random((2, 4))
    for i, j in np.ndindex(2, 4):
        np.testing.assert_allclose(rbm.hidden_probabilities(machine, visible, beta=beta)[i, j],
                                   rbm.hidden_probabilities(machine, visible[i, j], beta=beta[i, j]))
        np.testing.assert_allclose(rbm.visible_probabilities(machine, hidden, beta=beta)[i, j],
                                   rbm.visible_probabilities(machine, hidden[i, j], beta=beta[i, j]))


def test_gaussian_conditional_is_the_slope_and_curvature_of_the_energy():
    h = np.array([1, 1, 0, 1])
    mean = rbm.visible_mean(GAUSSIAN, h)

    def energy(v):
        return GAUSSIAN.energy(np.concatenate([v, h]))

    for i, step in enumerate(np.eye(3) * 1e-3):
        assert energy(mean + step) - energy(mean - step) == pytest.approx(0, abs=1e-12)
        curvature = (energy(mean + step) + energy(mean - step) - 2 * energy(mean)) / 1e-6
        assert curvature == pytest.approx(1 / GAUSSIAN.sigma[i] ** 2, rel=1e-5)


@pytest.mark.parametrize("beta", [1.0, 0.25])
def test_gaussian_draws(beta):
    h = np.tile([1, 1, 0, 1], (40_000, 1))
    drawn = rbm.sample_visible(GAUSSIAN, h, np.random.default_rng(2), beta=beta)
    error = GAUSSIAN.sigma / np.sqrt(beta * len(h))
    assert (abs(drawn.mean(axis=0) - rbm.visible_mean(GAUSSIAN, h[0])) < 4 * error).all()
    np.testing.assert_allclose(drawn.std(axis=0), GAUSSIAN.sigma / np.sqrt(beta), rtol=4 / np.sqrt(2 * len(h)))


# ---- exact sums


@pytest.mark.parametrize("shape", [(3, 2), (2, 4)])
@pytest.mark.parametrize("beta", [0.0, 0.6, 1.0])
def test_partition_function(shape, beta):
    machine = random_machine(*shape)
    assert rbm.log_partition(machine, beta=beta) == pytest.approx(logsumexp(-beta * machine.energy(all_units(sum(shape)))))


@pytest.mark.parametrize("beta", [0.5, 1.0])
def test_gaussian_partition_function_by_quadrature(beta):
    machine = rbm.RBM([[0.8, -0.4]], [0.3], [0.2, -0.1], sigma=0.7)
    grid = np.linspace(-12, 12, 4001)
    weight = np.exp(rbm.log_marginal(machine, grid[:, None], beta=beta))
    assert rbm.log_partition(machine, beta=beta) == pytest.approx(np.log(weight.sum() * (grid[1] - grid[0])))


def test_likelihood_sums_to_one_and_takes_an_estimate():
    machine = random_machine(4, 3)
    log_p = rbm.log_likelihood(machine, all_units(4))
    assert np.exp(log_p).sum() == pytest.approx(1)
    np.testing.assert_allclose(rbm.log_likelihood(machine, all_units(4), log_z=1.0), log_p + rbm.log_partition(machine) - 1)


def test_pseudo_likelihood_by_enumeration():
    machine = random_machine(3, 2)
    p = np.exp(rbm.log_likelihood(machine, all_units(3)))
    for state in all_units(3):
        expected = 0
        for i in range(3):
            other = state.copy()
            other[i] = 1 - other[i]
            expected += np.log(p[index(state)] / (p[index(state)] + p[index(other)]))
        assert rbm.pseudo_likelihood(machine, state) == pytest.approx(expected)


@pytest.mark.parametrize("shape", [(3, 2), (2, 4)])
@pytest.mark.parametrize("beta", [0.5, 1.0])
def test_model_statistics_and_exact_samples(shape, beta):
    machine = random_machine(*shape)
    states = all_units(sum(shape))
    p = np.exp(-beta * machine.energy(states))
    p /= p.sum()
    v, h = rbm.split(machine, states)
    statistics = rbm.model_statistics(machine, beta=beta)
    np.testing.assert_allclose(statistics.weights, np.einsum("s,si,sj->ij", p, v, h))
    np.testing.assert_allclose(statistics.visible_bias, p @ v)
    np.testing.assert_allclose(statistics.hidden_bias, p @ h)
    drawn = rbm.exact_sample(machine, 20_000, np.random.default_rng(3), beta=beta)
    assert g_test(np.bincount(index(drawn), minlength=len(p)), p) > 0.001


def test_exact_sums_enumerate_the_smaller_side():
    for shape in ((3, 30), (30, 3)):
        machine = rbm.RBM(np.zeros(shape), np.full(shape[0], np.log(3)))
        assert rbm.exact_sample(machine, 2, np.random.default_rng(0)).shape == (2, 33)
        assert rbm.log_partition(machine) == pytest.approx(shape[0] * np.log(4) + shape[1] * np.log(2))
        for moment, value in zip(rbm.model_statistics(machine), (0.375, 0.75, 0.5), strict=True):
            np.testing.assert_allclose(moment, value, rtol=1e-12)


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 4), st.floats(0, 2))
@settings(max_examples=20, deadline=None)
def test_exact_sums_are_those_of_the_network(seed, visible, hidden, beta):
    machine = random_machine(visible, hidden, seed)
    network = rbm.to_network(machine)
    assert rbm.log_partition(machine, beta=beta) == pytest.approx(exact.log_partition(network, beta), abs=1e-11)
    mean, second = exact.moments(network, beta)
    both, v, h = rbm.model_statistics(machine, beta=beta)
    np.testing.assert_allclose(np.concatenate([v, h]), mean, atol=1e-13)
    np.testing.assert_allclose(both, second[:visible, visible:], atol=1e-13)


@pytest.mark.parametrize("shape", [(9, 5), (5, 9), GAUSSIAN], ids=["9x5", "5x9", "gaussian"])
def test_enumeration_in_pieces_changes_nothing(shape, monkeypatch):
    machine = shape if isinstance(shape, rbm.RBM) else random_machine(*shape)

    def sums():
        drawn = rbm.exact_sample(machine, 20, np.random.default_rng(0), beta=0.7)
        return [rbm.log_partition(machine, beta=0.7), *rbm.model_statistics(machine, beta=0.7), drawn]

    whole, listed = sums(), []
    monkeypatch.setattr(likelihood, "CHUNK", 30)
    state_of = exact.state_of
    monkeypatch.setattr(exact, "state_of", lambda index, *rest: listed.append(np.size(index)) or state_of(index, *rest))
    for one, other in zip(whole, sums(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)
    assert listed.count(listed[0]) > 5 and listed[0] < 10


def test_large_weights_do_not_overflow_the_sums():
    machine = random_machine(13, 40)
    wild = rbm.RBM(*(60 * np.sign(part) for part in (machine.weights, machine.visible_bias, machine.hidden_bias)))
    assert np.isfinite(rbm.log_partition(wild, beta=5.0))
    assert all(np.isfinite(part).all() for part in rbm.model_statistics(wild, beta=5.0))


def test_gaussian_exact_samples_have_the_exact_moments():
    drawn = rbm.exact_sample(GAUSSIAN, 100_000, np.random.default_rng(4))
    v, h = rbm.split(GAUSSIAN, drawn)
    statistics = rbm.model_statistics(GAUSSIAN)
    for values, expected in (
        (v / GAUSSIAN.sigma**2, statistics.visible_bias),
        (h, statistics.hidden_bias),
        ((v / GAUSSIAN.sigma)[:, :, None] * h[:, None, :], statistics.weights),
    ):
        assert (abs(values.mean(axis=0) - expected) < 4.5 * values.std(axis=0) / np.sqrt(len(v))).all()


# ---- block Gibbs against exact probabilities


def test_block_gibbs_has_the_exact_law():
    """20 000 independent chains of 30 steps (the slowest mode has decayed below 1e-6): counts are independent draws."""
    machine = random_machine(3, 2, seed=7)
    gap = np.sort(abs(np.linalg.eigvals(rbm.visible_transition_matrix(machine))))[-2]
    assert gap**30 < 1e-6
    p = np.exp(rbm.log_likelihood(machine, all_units(3)))
    rng = np.random.default_rng(8)
    visible = rbm.gibbs(machine, np.zeros((20_000, 3)), 30, rng)
    assert g_test(np.bincount(index(visible), minlength=8), p) > 0.001
    state = np.zeros((20_000, 5))
    for _ in range(30):
        state = machine.sweep(state, 1.0, rng)
    joint = exact.probabilities(rbm.to_network(machine))
    assert g_test(np.bincount(index(state), minlength=32), joint) > 0.001


def test_sweep_at_one_beta_for_each_chain():
    machine = random_machine(3, 2, seed=9)
    betas = np.repeat([0.0, 0.5, 2.0], 10_000)
    state = np.zeros((30_000, 5))
    rng = np.random.default_rng(10)
    for _ in range(60):
        state = machine.sweep(state, betas, rng)
    for beta, part in zip((0.0, 0.5, 2.0), state.reshape(3, 10_000, 5), strict=True):
        p = exact.probabilities(rbm.to_network(machine), beta)
        assert g_test(np.bincount(index(part), minlength=32), p) > 0.001


def test_one_step_from_one_state_follows_its_row_of_the_transition_matrix():
    machine = random_machine(3, 2, seed=11)
    matrix = rbm.visible_transition_matrix(machine)
    p = np.exp(rbm.log_likelihood(machine, all_units(3)))
    np.testing.assert_allclose(matrix.sum(axis=1), 1)
    np.testing.assert_allclose(p @ matrix, p)
    np.testing.assert_allclose(p[:, None] * matrix, (p[:, None] * matrix).T)  # a step of the visible units is reversible
    for k in (0, 5):
        after = rbm.gibbs(machine, np.tile(all_units(3)[k], (10_000, 1)), 1, np.random.default_rng(12))
        assert g_test(np.bincount(index(after), minlength=8), matrix[k]) > 0.001


def test_inpainting_samples_the_conditional():
    machine = random_machine(4, 2, seed=13)
    known = np.array([True, False, False, True])
    start = np.tile([1, 0, 0, 1], (10_000, 1))
    drawn = rbm.inpaint(machine, start, known, 30, np.random.default_rng(14))
    assert (drawn[:, known] == 1).all()
    states = all_units(4)
    p = np.exp(rbm.log_likelihood(machine, states)) * states[:, known].all(axis=1)
    assert g_test(np.bincount(index(drawn), minlength=16), p / p.sum()) > 0.001


# ---- gradients


@pytest.mark.parametrize("machine", [random_machine(4, 3), random_machine(2, 4), GAUSSIAN], ids=["4x3", "2x4", "gaussian"])
def test_exact_gradient_is_the_slope_of_the_log_likelihood(machine):
    rng = np.random.default_rng(15)
    shape = (6, len(machine.weights))
    data = rng.integers(0, 2, size=shape) if machine.sigma is None else rng.standard_normal(shape)
    gradient = rbm.exact_gradient(machine, data)
    for name in rbm.Statistics._fields:
        for where in np.ndindex(getattr(machine, name).shape):
            likelihood = []
            for step in (1e-5, -1e-5):
                moved = {field: getattr(machine, field).copy() for field in rbm.Statistics._fields}
                moved[name][where] += step
                likelihood.append(rbm.log_likelihood(rbm.RBM(**moved, sigma=machine.sigma), data).mean())
            assert getattr(gradient, name)[where] == pytest.approx((likelihood[0] - likelihood[1]) / 2e-5, abs=1e-8)


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_contrastive_divergence_has_the_enumerated_expectation(steps):
    machine = random_machine(3, 2, seed=16, scale=2.5)  # mixes slowly enough that k and k + 1 steps differ by many errors
    data = np.array([[1, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1]])
    expected = rbm.expected_contrastive_divergence(machine, data, steps)
    rng = np.random.default_rng(17)
    updates = [rbm.contrastive_divergence(machine, data, rng, steps) for _ in range(4000)]
    for name, value in expected._asdict().items():
        drawn = np.array([getattr(update, name) for update in updates])
        assert (abs(drawn.mean(axis=0) - value) < 4.5 * drawn.std(axis=0) / np.sqrt(len(drawn))).all()


def test_expected_contrastive_divergence_by_a_sum_over_paths():
    machine = random_machine(2, 2, seed=18)
    data = np.array([[1, 0], [1, 1], [0, 1]])
    expected = rbm.data_statistics(machine, data).weights.copy()
    for start, h, v in product(data, all_units(2), all_units(2)):
        up, down = rbm.hidden_probabilities(machine, start), rbm.visible_probabilities(machine, h)
        path = np.prod(np.where(h, up, 1 - up)) * np.prod(np.where(v, down, 1 - down)) / len(data)
        expected -= path * np.outer(v, rbm.hidden_probabilities(machine, v))
    np.testing.assert_allclose(rbm.expected_contrastive_divergence(machine, data).weights, expected)


def test_the_expectation_of_contrastive_divergence_is_that_of_the_transition_matrix(monkeypatch):
    machine = random_machine(5, 3, seed=45)
    data = all_units(5)[[3, 7, 7, 30]]
    law = np.bincount([3, 7, 7, 30], minlength=32) / 4
    law = law @ np.linalg.matrix_power(rbm.visible_transition_matrix(machine), 3)
    up = rbm.hidden_probabilities(machine, all_units(5))
    expected = rbm.data_statistics(machine, data).weights - (law[:, None] * all_units(5)).T @ up
    for rows in (divergence.ROWS, 7):  # the law is pushed some rows at a time
        monkeypatch.setattr(divergence, "ROWS", rows)
        np.testing.assert_allclose(rbm.expected_contrastive_divergence(machine, data, 3).weights, expected, atol=1e-14)


def test_the_expectation_needs_no_matrix_over_all_pairs_of_states():
    # 16 visible units: the transition matrix would take 32 GiB
    machine = random_machine(16, 3, seed=46, scale=0.3)
    data = np.random.default_rng(47).integers(2, size=(20, 16))
    tracemalloc.start()
    found = rbm.expected_contrastive_divergence(machine, data, 100)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2**28
    for mine, exactly in zip(found, rbm.exact_gradient(machine, data), strict=True):
        np.testing.assert_allclose(mine, exactly, atol=1e-9)


def test_contrastive_divergence_becomes_the_gradient_with_many_steps_and_is_zero_at_the_models_own_law():
    machine = random_machine(3, 2, seed=19)
    data = np.array([[1, 1, 0], [0, 0, 1]])
    far = rbm.expected_contrastive_divergence(machine, data, 200)
    for mine, exactly in zip(far, rbm.exact_gradient(machine, data), strict=True):
        np.testing.assert_allclose(mine, exactly, atol=1e-10)


def test_persistent_chains_keep_the_law_and_estimate_the_gradient():
    machine = random_machine(3, 2, seed=20)
    data = np.array([[1, 1, 0], [0, 0, 1]])
    rng = np.random.default_rng(21)
    chains = rbm.exact_sample(machine, 40_000, rng)
    gradient, after = rbm.persistent_contrastive_divergence(machine, data, chains, rng, steps=2)
    assert g_test(np.bincount(index(after), minlength=32), exact.probabilities(rbm.to_network(machine))) > 0.001
    for mine, exactly in zip(gradient, rbm.exact_gradient(machine, data), strict=True):
        assert (abs(mine - exactly) < 4.5 * 0.5 / np.sqrt(len(chains))).all()  # each average is of numbers between 0 and 1


def test_centred_gradient_is_that_of_the_centred_parameters():
    """Write E = −(v−μ)ᵀW(h−λ) − b′ᵀv − c′ᵀh: a step in (W, b′, c′) moves the ordinary parameters as `centred` says."""
    machine = random_machine(3, 2, seed=22)
    data = np.array([[1, 1, 0], [0, 0, 1], [0, 1, 1]])
    mu, lam = np.array([0.3, 0.6, 0.9]), np.array([0.4, 0.2])

    def ordinary(w, b, c):
        return rbm.RBM(w, b - w @ lam, c - mu @ w)

    w = machine.weights
    b, c = machine.visible_bias + w @ lam, machine.hidden_bias + mu @ w
    slope = np.zeros_like(w)
    for where in np.ndindex(w.shape):
        step = np.zeros_like(w)
        step[where] = 1e-5
        pair = [rbm.log_likelihood(ordinary(w + sign * step, b, c), data).mean() for sign in (1, -1)]
        slope[where] = (pair[0] - pair[1]) / 2e-5
    gradient = rbm.exact_gradient(machine, data)
    change = rbm.centred(gradient, mu, lam)
    np.testing.assert_allclose(change.weights, slope, atol=1e-8)
    moved = ordinary(w + slope, b + gradient.visible_bias, c + gradient.hidden_bias)  # linear: no small step needed
    np.testing.assert_allclose(machine.visible_bias + change.visible_bias, moved.visible_bias, atol=1e-7)
    np.testing.assert_allclose(machine.hidden_bias + change.hidden_bias, moved.hidden_bias, atol=1e-7)


@given(st.integers(0, 2**32 - 1))
def test_relabelling_and_exchanging_sides_change_nothing(seed):
    machine = random_machine(3, 2, seed=seed)
    rng = np.random.default_rng(seed)
    p, q = rng.permutation(3), rng.permutation(2)
    moved = rbm.RBM(machine.weights[np.ix_(p, q)], machine.visible_bias[p], machine.hidden_bias[q])
    v = all_units(3)
    np.testing.assert_allclose(rbm.free_energy(moved, v[:, p]), rbm.free_energy(machine, v))
    exchanged = rbm.RBM(machine.weights.T, machine.hidden_bias, machine.visible_bias)
    assert rbm.log_partition(exchanged) == pytest.approx(rbm.log_partition(machine))


# ---- precision


def test_float32_follows_float64():
    machine = random_machine(20, 10, seed=23)
    single = machine.astype(np.float32)
    v = np.random.default_rng(24).integers(0, 2, size=(50, 20))
    assert rbm.hidden_probabilities(single, v).dtype == np.float32
    hidden = rbm.sample_hidden(single, v, np.random.default_rng(0))
    assert hidden.dtype == rbm.sample_visible(single, hidden, np.random.default_rng(0)).dtype == np.float32
    np.testing.assert_allclose(rbm.hidden_probabilities(single, v), rbm.hidden_probabilities(machine, v), atol=1e-5)
    np.testing.assert_allclose(rbm.free_energy(single, v), rbm.free_energy(machine, v), rtol=1e-5)
    np.testing.assert_allclose(rbm.pseudo_likelihood(single, v), rbm.pseudo_likelihood(machine, v), rtol=1e-3, atol=1e-3)


def test_float32_training_has_the_statistics_of_float64():
    data = np.random.default_rng(25).integers(0, 2, size=(2000, 6))
    start = random_machine(6, 3, seed=26, scale=0.3)
    results = [
        rbm.contrastive_divergence(start.astype(dtype), data, np.random.default_rng(27), steps=3).weights
        for dtype in (np.float32, np.float64)
    ]
    assert abs(results[0] - results[1]).max() < 4.5 * np.sqrt(2) * 0.5 / np.sqrt(len(data))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.filterwarnings("error")
def test_extreme_weights(dtype):
    machine = rbm.RBM(np.array([[60.0, -60.0], [-60.0, 60.0], [60.0, 60.0]], dtype=dtype), [60, -60, 60], [-60, 60])
    for scale in (1, 60):
        wild = rbm.RBM(scale * machine.weights, scale * machine.visible_bias, scale * machine.hidden_bias)
        v = all_units(3)
        assert np.isfinite(rbm.free_energy(wild, v)).all()
        assert np.isfinite(rbm.log_partition(wild))
        assert np.isfinite(rbm.pseudo_likelihood(wild, v)).all()
        rng = np.random.default_rng(28)
        hidden = rbm.sample_hidden(wild, np.tile(v, (100, 1)), rng)
        field = np.tile(v, (100, 1)) @ wild.weights + wild.hidden_bias
        np.testing.assert_array_equal(hidden[field != 0], (field > 0)[field != 0])
        for part in rbm.contrastive_divergence(wild, v, rng):
            assert np.isfinite(part).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_fast_draw_has_the_sigmoids_probability(dtype):
    """2·10⁶ coins for each field: within 4.5 standard errors of σ(x), also far out."""
    fields = np.array([-9.0, -4.0, -1.0, 0.0, 0.5, 4.0, 9.0])
    machine = rbm.RBM(np.zeros((1, 7), dtype=dtype), hidden_bias=fields)
    rng = np.random.default_rng(29)
    on = sum(rbm.sample_hidden(machine, np.zeros((100_000, 1)), rng).sum(axis=0, dtype=float) for _ in range(20)) / 2e6
    p = expit(fields)
    assert (abs(on - p) < 4.5 * np.sqrt(p * (1 - p) / 2e6)).all()


# ---- training


BARS = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1]])
METHODS = [
    dict(method="exact", rate=0.3),
    dict(method="cd", steps=5, rate=0.3),
    dict(method="pcd", steps=5, rate=0.3),
    dict(method="tempering", betas=[0, 0.5, 1.0], rate=0.3, chains=200),
    dict(method="trajectory", rate=0.3, chains=200),
]
EACH = pytest.mark.parametrize("settings", METHODS, ids=lambda settings: settings["method"])


def begin(seed=30, hidden=4):
    rng = np.random.default_rng(seed)
    return rbm.initial(BARS, hidden, rng, scale=0.3), rng


@EACH
def test_training_raises_the_exact_likelihood(settings):
    """ln 6 = 1.79 is the floor; independent units with the data's means give 2.77."""
    start, rng = begin()
    data = np.tile(BARS, (10, 1))
    trained = rbm.train(start, data, rng, epochs=1000, batch_size=60, momentum=0.5, **settings)
    assert -rbm.log_likelihood(trained.rbm, BARS).mean() < 2.3
    assert -rbm.log_likelihood(start, BARS).mean() > 2.7
    if settings["method"] == "trajectory":
        assert 3 <= len(trained.chains) <= 10  # new rungs were kept, each with its chains


@EACH
def test_training_changes_no_argument_and_repeats_itself(settings):
    start, _ = begin()
    before = start.weights.copy()
    runs = [rbm.train(start, BARS, np.random.default_rng(31), epochs=5, batch_size=2, **settings) for _ in range(2)]
    np.testing.assert_array_equal(start.weights, before)
    assert (runs[0].rbm.weights != before).any()
    np.testing.assert_array_equal(runs[0].rbm.weights, runs[1].rbm.weights)


@EACH
def test_interrupted_training_resumes_bit_for_bit(settings, tmp_path):
    start, _ = begin()
    common = dict(settings, batch_size=2, momentum=0.5, decay=0.01, sparsity=(0.3, 0.1), centre=True, swap_rate=0.99)
    monitor = rbm.free_energy

    def watch(machine):
        return monitor(machine, BARS).mean()

    rng = np.random.default_rng(32)
    whole = rbm.train(start, BARS, rng, epochs=9, monitor=watch, **common)
    path = tmp_path / "run.npz"

    def interrupt(machine, calls=[]):  # noqa: B006 - counts its calls
        calls.append(1)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return watch(machine)

    with pytest.raises(KeyboardInterrupt):
        rbm.train(start, BARS, np.random.default_rng(32), epochs=9, monitor=interrupt, checkpoint=path, **common)
    other = np.random.default_rng(32)
    resumed = rbm.train(start, BARS, other, epochs=9, monitor=watch, checkpoint=path, **common)
    for name in rbm.Statistics._fields:
        np.testing.assert_array_equal(getattr(resumed.rbm, name), getattr(whole.rbm, name))
    np.testing.assert_array_equal(resumed.history, whole.history)
    np.testing.assert_array_equal(resumed.chains, whole.chains)
    assert len(resumed.rungs) == len(whole.rungs)
    for (mine, beta), (theirs, again) in zip(resumed.rungs, whole.rungs, strict=True):
        assert beta == again and (mine.weights == theirs.weights).all()
    assert other.random() == rng.random()


ALONE = dict(method="pcd", epochs=4, batch_size=2, rate=0.1, momentum=0.5, chains=20)
OWN = dict(start=begin()[0], data=BARS, seed=1, monitor=lambda machine: machine.weights.sum(), **ALONE)


def saved(path, **changed):
    call = {**OWN, **changed}
    return rbm.train(call.pop("start"), call.pop("data"), np.random.default_rng(call.pop("seed")), checkpoint=path, **call)


@pytest.mark.parametrize("other", [
    dict(start=begin(seed=31)[0]),
    dict(start=begin()[0].clamp([0])),
    dict(start=rbm.RBM(OWN["start"].weights, OWN["start"].visible_bias, sigma=1.0)),
    dict(data=BARS[:, ::-1]),  # as many ones
    dict(seed=2),
    dict(rate=0.2),
    dict(rate=lambda epoch: 0.1),
    dict(momentum=0.9),
    dict(decay=0.1),
    dict(sparsity=(0.1, 0.1)),
    dict(centre=True),
    dict(method="cd"),
    dict(steps=2),
    dict(batch_size=3),
    dict(chains=21),
    dict(dtype=np.float32),
    dict(betas=[0, 1]),
    dict(monitor=None),
], ids=lambda other: next(iter(other)))
def test_a_checkpoint_resumes_only_its_own_training(tmp_path, other):
    path = tmp_path / "run.npz"
    first = saved(path)
    with pytest.raises(ValueError, match="run.npz belongs to another training"):
        saved(path, **other)
    assert (saved(path).rbm.weights == first.rbm.weights).all()


def test_two_schedules_do_not_share_a_checkpoint(tmp_path):
    saved(tmp_path / "run", rate=lambda epoch: 0.1 / (1 + epoch))
    saved(tmp_path / "run", rate=lambda epoch: 0.1 / (epoch + 1))
    with pytest.raises(ValueError, match="momentum or rate had other values|rate had other values"):
        saved(tmp_path / "run", rate=lambda epoch: 0.1 / (2 + epoch))


def test_fewer_epochs_than_were_done_are_refused_and_more_go_on(tmp_path):
    saved(tmp_path / "run")
    with pytest.raises(ValueError, match="stands at step 4, further than the 2 steps asked for"):
        saved(tmp_path / "run", epochs=2)
    longer, whole = saved(tmp_path / "run", epochs=6), saved(tmp_path / "other", epochs=6)
    assert (longer.rbm.weights == whole.rbm.weights).all() and (longer.history == whole.history).all()


def test_a_checkpoint_of_something_else_is_refused_in_a_sentence(tmp_path):
    boltzmann.fit_sampled(np.zeros((2, 2)), [0, 0], [[0, 1]], 2, 0.1, np.random.default_rng(0), checkpoint=tmp_path / "run")
    with pytest.raises(ValueError, match="belongs to another training"):
        saved(tmp_path / "run")


def test_a_monitor_cannot_be_added_on_the_way(tmp_path):
    saved(tmp_path / "run", monitor=None)
    with pytest.raises(ValueError, match="belongs to another training"):
        saved(tmp_path / "run")


def test_the_rungs_of_a_training_are_a_ladder():
    start, rng = begin()
    trained = rbm.train(start, BARS, rng, method="trajectory", epochs=300, rate=0.3, chains=200, swap_rate=0.8)
    assert len(trained.rungs) == len(trained.chains) >= 3
    assert (trained.rungs[0][0].weights == start.weights).all()
    assert trained.rungs[-1][0] is trained.rbm and trained.chains.shape[1:] == (200, 8)
    walked = ladder.parallel_tempering(trained.rungs, trained.chains, 200, rng)
    assert walked.swap_rates.min() > 0.1 and walked.round_trips.sum() > 0
    warm = rbm.train(start, BARS, rng, method="tempering", betas=[0.2, 1.0], epochs=1)
    assert [beta for _, beta in warm.rungs] == [0.2, 1.0] and all(model is warm.rbm for model, _ in warm.rungs)
    assert rbm.train(start, BARS, rng, method="cd", epochs=1).rungs == []


def test_one_update_is_the_formula():
    """Two updates by hand: momentum, decay, sparsity with the gradient that `exact_gradient` gives."""
    start, _ = begin()
    trained = rbm.train(start, BARS, np.random.default_rng(0), method="exact", epochs=2, batch_size=6, rate=0.1, momentum=0.5,
                        decay=0.2, sparsity=(0.1, 0.3))
    w, b, c = start.weights, start.visible_bias, start.hidden_bias
    dw = db = dc = 0
    for _ in range(2):
        machine = rbm.RBM(w, b, c)
        gradient = rbm.exact_gradient(machine, BARS)
        active = rbm.hidden_probabilities(machine, BARS).mean(axis=0)
        dw = 0.5 * dw + 0.1 * (gradient.weights - 0.2 * w)
        db = 0.5 * db + 0.1 * gradient.visible_bias
        dc = 0.5 * dc + 0.1 * (gradient.hidden_bias + 0.3 * (0.1 - active))
        w, b, c = w + dw, b + db, c + dc
    np.testing.assert_allclose(trained.rbm.weights, w, rtol=1e-12)
    np.testing.assert_allclose(trained.rbm.visible_bias, b, rtol=1e-12)
    np.testing.assert_allclose(trained.rbm.hidden_bias, c, rtol=1e-12)


def test_a_centred_update_is_the_formula():
    """Three updates by hand: the hidden offset begins at 1/2 and goes a hundredth of the way to each batch's mean."""
    start, _ = begin()
    trained = rbm.train(start, BARS, np.random.default_rng(0), method="exact", epochs=3, batch_size=6, rate=0.2, centre=True)
    machine, offset = start, np.full(4, 0.5)
    for _ in range(3):
        offset = 0.99 * offset + 0.01 * rbm.hidden_probabilities(machine, BARS).mean(axis=0)
        change = rbm.centred(rbm.exact_gradient(machine, BARS), BARS.mean(axis=0), offset)
        machine = rbm.RBM(*(getattr(machine, name) + 0.2 * getattr(change, name) for name in rbm.Statistics._fields))
    for name in rbm.Statistics._fields:
        np.testing.assert_allclose(getattr(trained.rbm, name), getattr(machine, name), rtol=1e-11)


@pytest.mark.parametrize("method, shape", [("pcd", (6000,)), ("tempering", (10, 6000)), ("trajectory", (2, 6000))])
def test_chains_begin_at_rows_of_the_data_drawn_at_random(method, shape):
    start, rng = begin()
    chains = rbm.train(start, BARS, rng, method=method, epochs=0, chains=6000).chains
    assert chains.shape == (*shape, 8)
    chains = chains.reshape(-1, 6000, 8)[-1]
    law = np.zeros(16)
    law[index(BARS)] = 1 / 6
    assert g_test(np.bincount(index(chains[:, :4]), minlength=16), law) > 0.001
    for row in BARS:  # and their hidden units are drawn given the row
        here = chains[(chains[:, :4] == row).all(axis=1)]
        p = rbm.hidden_probabilities(start, row)
        assert (abs(here[:, 4:].mean(axis=0) - p) < 4.5 * np.sqrt(p * (1 - p) / len(here))).all()


def test_tempering_has_ten_even_rungs_unless_it_is_told():
    start, rng = begin()
    assert [beta for _, beta in rbm.train(start, BARS, rng, method="tempering", epochs=0).rungs] == np.linspace(0, 1, 10).tolist()
    warm = rbm.train(GAUSSIAN, np.zeros((2, 3)), rng, method="tempering", epochs=0).rungs
    assert [beta for _, beta in warm] == np.linspace(0.1, 1, 10).tolist()


def test_what_is_too_little_for_a_batch_is_dropped():
    """Five rows in batches of two: four of them are seen in an epoch, each at most once."""
    start, data = rbm.RBM(np.zeros((4, 1))), np.eye(4, dtype=int)[[0, 1, 2, 3, 3]]
    for seed in range(20):
        trained = rbm.train(start, data, np.random.default_rng(seed), method="exact", epochs=1, batch_size=2, rate=1e-9)
        order = np.random.default_rng(seed).permutation(5)[:4]
        expected = 1e-9 * (data[order].reshape(2, 2, 4).mean(axis=1) - 0.5).sum(axis=0)
        np.testing.assert_allclose(trained.rbm.visible_bias, expected, atol=1e-14)


def test_a_machine_in_a_file_is_the_same_machine(tmp_path):
    for machine in (random_machine().astype(np.float32).clamp([0, 4]), GAUSSIAN):
        rbm.save(tmp_path / "machine", machine)
        again = rbm.load(tmp_path / "machine")
        for name in ("weights", "visible_bias", "hidden_bias", "clamped", "sigma"):
            mine, theirs = getattr(machine, name), getattr(again, name)
            assert mine is theirs is None or ((mine == theirs).all() and mine.dtype == theirs.dtype)
    whole = (tmp_path / "machine").read_bytes()
    for content, words in ((b"", "is not a whole RBM"), (whole[:-1], "is not a whole RBM")):
        (tmp_path / "machine").write_bytes(content)
        with pytest.raises(ValueError, match=words):
            rbm.load(tmp_path / "machine")
    boltzmann.save(tmp_path / "machine", rbm.to_network(random_machine()))
    with pytest.raises(ValueError, match="is not a whole RBM, it holds Boltzmann machine"):
        rbm.load(tmp_path / "machine")
    with pytest.raises(FileNotFoundError):
        rbm.load(tmp_path / "absent")


def test_one_epoch_of_cd_is_the_plain_function():
    start, _ = begin()
    rng = np.random.default_rng(33)
    trained = rbm.train(start, BARS, rng, method="cd", steps=2, epochs=1, batch_size=6, rate=0.1)
    rng = np.random.default_rng(33)
    gradient = rbm.contrastive_divergence(start, BARS[rng.permutation(6)], rng, steps=2)
    np.testing.assert_allclose(trained.rbm.weights, start.weights + 0.1 * gradient.weights)


def test_a_start_has_the_means_of_the_data_and_calls_nothing_impossible():
    start = rbm.initial([[0, 0, 1], [0, 1, 1], [0, 0, 1], [0, 0, 1]], 2, np.random.default_rng(0))
    np.testing.assert_allclose(expit(start.visible_bias), [1 / 8, 1 / 4, 7 / 8])
    assert not start.hidden_bias.any()
    for scale in (0.01, 0.3):  # 40 000 weights: their spread is known to one part in 280
        start = rbm.initial(np.eye(200), 200, np.random.default_rng(1), scale=scale)
        assert start.weights.std() == pytest.approx(scale, rel=4.5 / np.sqrt(2 * start.weights.size))
        assert abs(start.weights.mean()) < 4.5 * scale / np.sqrt(start.weights.size)


def test_schedules_and_progress(capsys):
    start, rng = begin()
    seen = []
    rbm.train(start, BARS, rng, epochs=3, rate=lambda epoch: seen.append(epoch) or 0.1, momentum=lambda epoch: 0.5, progress=True,
              monitor=lambda machine: [1.5, 2.5])
    assert seen == [0, 1, 2]
    shown = capsys.readouterr().err
    assert "3/3 [00:0" in shown and "epoch" in shown and "1.5 2.5" in shown


def test_centring_and_gaussian_units_learn():
    """Two clusters: data from a mixture of two narrow Gaussians are better described than by independent units."""
    rng = np.random.default_rng(34)
    data = np.where(rng.integers(0, 2, size=(500, 1)) == 1, 1.0, -1.0) + 0.3 * rng.standard_normal((500, 2))
    start = rbm.initial(data, 2, rng, scale=0.1, sigma=0.3)
    trained = rbm.train(start, data, rng, method="cd", epochs=30, rate=0.02, batch_size=50, centre=True)
    before, after = (rbm.log_likelihood(machine, data).mean() for machine in (start, trained.rbm))
    assert after > before + 1
    assert np.allclose(start.visible_bias, data.mean(axis=0))


def test_gaussian_centred_update_is_the_binary_one_in_units_of_sigma():
    """Scaling data and sigma by 10 leaves the step of weights and hidden biases alone."""
    rng = np.random.default_rng(35)
    data = rng.standard_normal((20, 3))
    start = rbm.RBM(rng.standard_normal((3, 2)), sigma=1.0)
    kwargs = dict(method="exact", epochs=1, rate=0.1, batch_size=20, centre=True)
    one = rbm.train(start, data, np.random.default_rng(0), **kwargs).rbm
    ten = rbm.train(rbm.RBM(start.weights, sigma=10.0), 10 * data, np.random.default_rng(0), **kwargs).rbm
    np.testing.assert_allclose(ten.weights, one.weights)
    np.testing.assert_allclose(ten.hidden_bias, one.hidden_bias)


def test_a_stack_learns_and_dreams_what_it_saw():
    """Six pictures of sixteen: independent units with the data's means show one of them with probability 6/16 = 0.375. Of the
    dreams of seven seeds 97.3 to 98.4 percent did, of 5000 each."""
    rng = np.random.default_rng(0)
    how = dict(method="exact", epochs=500, rate=0.3, batch_size=120, momentum=0.9)
    stack = rbm.train_stack(np.tile(BARS, (20, 1)), [6, 6], rng, **how)
    below = rbm.hidden_probabilities(stack[0], BARS)
    np.testing.assert_allclose(rbm.upward(stack, BARS)[0], below)
    np.testing.assert_allclose(rbm.upward(stack, BARS)[1], expit(below @ stack[1].weights + stack[1].hidden_bias))
    mean, state = rbm.generate(stack, rng.integers(2, size=(5000, 12)), 100, rng)
    np.testing.assert_allclose(mean, rbm.visible_mean(stack[0], state[:, :6]))
    dreams = rng.random(mean.shape) < mean
    assert np.isin(index(dreams), index(BARS)).mean() > 0.95


def test_the_next_machine_of_a_stack_learns_from_draws():
    """Nothing is learned at rate 0: all hidden units are on with probability one half, and so are the next machine's data."""
    data = np.random.default_rng(48).integers(2, size=(4000, 5))
    stack = rbm.train_stack(data, [7, 2], np.random.default_rng(49), epochs=1, rate=0)
    assert np.abs(expit(stack[1].visible_bias) - 0.5).max() < 4.5 * 0.5 / np.sqrt(4000) + 0.01  # weights of 0.01 move p a little


def test_a_dream_is_drawn_on_its_way_down():
    """Coins in the middle, a copier below: half of 4000 dreams are black and half white, within 4.5 standard errors."""
    copier, coins = rbm.RBM([[90.0]], [-45.0], [-45.0]), rbm.RBM([[0.0]])
    mean, _ = rbm.generate([copier, coins, coins], np.zeros((4000, 2)), 1, np.random.default_rng(50))
    assert np.minimum(mean, 1 - mean).max() < 1e-15
    assert mean.mean() == pytest.approx(0.5, abs=4.5 * 0.5 / np.sqrt(4000))


def test_one_layer_dream_is_the_machines_own_mean():
    machine = random_machine(3, 2)
    mean, state = rbm.generate([machine], np.ones((4, 5)), 3, np.random.default_rng(37))
    np.testing.assert_allclose(mean, rbm.visible_mean(machine, state[:, 3:]))


# ---- annealed importance sampling: the fast walk


@pytest.mark.parametrize("machine", [random_machine(4, 3, seed=38), GAUSSIAN], ids=["units", "gaussian"])
def test_fast_walk_is_the_plain_one(machine):
    betas, chains = np.linspace(0, 1, 8), 6
    base = np.linspace(-0.5, 0.5, len(machine.weights))
    fast = rbm.annealed_importance_sampling(machine, betas, chains, np.random.default_rng(39), base)
    rng = np.random.default_rng(39)
    first = rbm.interpolate(machine, 0.0, base)
    start = rbm.sample_visible(first, np.zeros((chains, machine.weights.shape[1])), rng)
    models = [(rbm.Visible(rbm.interpolate(machine, beta, base)), 1.0) for beta in betas]
    plain = ladder.annealed_importance_sampling(models, start, rbm.log_partition(first), rng)
    np.testing.assert_allclose(fast.log_weights, plain.log_weights, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(fast.state, plain.state)
    assert fast.log_z == pytest.approx(plain.log_z)

    ends = rbm.split(machine, rbm.exact_sample(machine, chains, np.random.default_rng(40)))[0]
    fast = rbm.reverse_annealed_importance_sampling(machine, betas, ends, np.random.default_rng(41), base)
    plain = ladder.reverse_annealed_importance_sampling(models, ends, rbm.log_partition(first), np.random.default_rng(41))
    np.testing.assert_allclose(fast.log_weights, plain.log_weights, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("machine", [random_machine(8, 6, seed=42), GAUSSIAN], ids=["units", "gaussian"])
def test_importance_sampling_finds_the_exact_partition_function(machine, dtype):
    machine = machine.astype(dtype)
    log_z = rbm.log_partition(machine)
    rng = np.random.default_rng(43)
    betas = np.linspace(0, 1, 100)
    forward = rbm.annealed_importance_sampling(machine, betas, 500, rng)
    ends = rbm.split(machine, rbm.exact_sample(machine, 500, rng))[0]
    backward = rbm.reverse_annealed_importance_sampling(machine, betas, ends, rng)
    for estimate in (forward, backward):
        assert 0 < estimate.standard_error < 0.05
        assert abs(estimate.log_z - log_z) < 4 * estimate.standard_error


# ---- bad input


@pytest.mark.parametrize("arguments, message", [
    (([1.0, 2.0],), "weights must have shape"),
    (([[1.0, np.nan]],), "weights must be finite"),
    (([[1.0]], [1.0, 2.0]), r"visible_bias must have shape \(1,\)"),
    (([[1.0]], [1.0], [1.0, 2.0]), r"hidden_bias must have shape \(1,\)"),
    (([[1.0]], None, None, [0.0]), "sigma must be positive"),
    (([[1.0]], None, None, [1.0, 1.0]), "sigma must be one number"),
    (([[1.0]], None, None, None, [2]), "units must be indices from 0 to 1"),
])
def test_bad_machines(arguments, message):
    with pytest.raises(ValueError, match=message):
        rbm.RBM(*arguments)


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble])
def test_other_precisions_are_refused(dtype):
    with pytest.raises(TypeError, match=f"weights must be float32 or float64, got {np.dtype(dtype)}"):
        rbm.RBM(np.zeros((2, 2), dtype))
    for call in (lambda m: m.astype(dtype), lambda m: m.astype(int),
                 lambda m: rbm.train(m, BARS[:, :3], np.random.default_rng(0), dtype=int)):
        with pytest.raises(TypeError, match="dtype must be float32 or float64, got"):
            call(random_machine())
    assert rbm.RBM(np.eye(2, dtype=int)).weights.dtype == float


def test_a_machine_keeps_copies():
    given = dict(weights=np.ones((2, 3)), visible_bias=np.ones(2), hidden_bias=np.ones(3), sigma=np.ones(2),
                 clamped=np.array([0]))
    machine = rbm.RBM(**given)
    for name, array in given.items():
        array[...] = 2
        assert (getattr(machine, name) != 2).all(), name


@pytest.mark.parametrize("call, message", [
    (lambda m, rng: rbm.free_energy(m, [0, 1]), "visible must have 3 units"),
    (lambda m, rng: rbm.free_energy(m, [0, 1, 2]), "visible must hold only 0 and 1, got 2"),
    (lambda m, rng: rbm.free_energy(m, [0, 1, 1], beta=0), "beta must not be 0"),
    (lambda m, rng: rbm.visible_mean(m, [0.5, 1]), "hidden must hold only 0 and 1, got 0.5"),
    (lambda m, rng: m.sweep(np.zeros((2, 5)), [1, 1, 1], rng), "one entry per chain"),
    (lambda m, rng: m.sweep(np.zeros(5), -1, rng), "beta must not be negative"),
    (lambda m, rng: m.energy(np.zeros(4)), "state must have 5 units"),
    (lambda m, rng: rbm.exact_gradient(m, np.zeros((0, 3))), "n at least 1"),
    (lambda m, rng: rbm.train(m, np.zeros((0, 3)), rng), "n at least 1"),
    (lambda m, rng: rbm.train(m, [[0, 1, 1]], rng, method="sgd"), "method must be one of"),
    (lambda m, rng: rbm.train(m, [[0, 1, 1]], rng, decay=-1), "decay must be finite, not negative, got -1"),
    (lambda m, rng: rbm.train(m, [[0, 1, 1]], rng, rate=-1), "rate must be finite, not negative, got -1"),
    (lambda m, rng: rbm.train(m, [[0, 1, 1]], rng, rate=np.nan), "rate must be finite, not negative, got nan"),
    (lambda m, rng: rbm.train(m, [[0, 1, 1]], rng, rate=lambda epoch: 1 - epoch), "rate must be .*got -1 at step 2"),
    (lambda m, rng: rbm.train(m, [[0, 1, 1]], rng, momentum=1), "momentum must be finite, not negative and below 1, got 1"),
    (lambda m, rng: rbm.train(m, [[0, 1, 1]], rng, swap_rate=7), "swap_rate must be between 0 and 1, got 7"),
    (lambda m, rng: rbm.train(m, [[0, 1, 1]], rng, sparsity=(2, 1)), "the target of sparsity must be between 0 and 1"),
    (lambda m, rng: rbm.train(m, [[0, 0.5, 1]], rng), "got 0.5 at index .*grey values: threshold them, draw them, or give"),
    (lambda m, rng: rbm.train(m, [[0, -1, 1]], rng), "only 0 and 1, got -1 at index .0, 1.$"),
    (lambda m, rng: rbm.train(m, [[0, 1, 1]], rng, write_every=0), "write_every must be at least 1"),
    (lambda m, rng: rbm.visible_transition_matrix(rbm.RBM(np.zeros((13, 1)))), "at most 12 visible units"),
    (lambda m, rng: rbm.log_partition(m, beta=[1, 2]), "beta must be one number here"),
    (lambda m, rng: rbm.log_partition(GAUSSIAN, beta=0), "beta must be positive"),
    (lambda m, rng: rbm.train(m, [[0, 1, 1]], rng, steps=0), "steps must be at least 1"),
    (lambda m, rng: rbm.train(m, [[0, 1, 1]], rng, method="tempering", betas=[1, 0.5]), "betas must increase"),
    (lambda m, rng: rbm.inpaint(m, [0, 1, 1], [0, 1, 1], 1, rng), "known must be a mask"),
    (lambda m, rng: rbm.annealed_importance_sampling(m, [0.1, 1], 5, rng), "from 0 to 1"),
    (lambda m, rng: rbm.initial(np.zeros((0, 3)), 2, rng), "n at least 1"),
    (lambda m, rng: rbm.pseudo_likelihood(GAUSSIAN, [0, 1, 1]), "0/1 visible units"),
    (lambda m, rng: rbm.to_network(GAUSSIAN), "0/1 visible units"),
    (lambda m, rng: GAUSSIAN.sweep(np.zeros(7), 0, rng), "beta must be positive"),
    (lambda m, rng: rbm.model_statistics(rbm.RBM(np.zeros((26, 26)))), "n = 26 units have"),
    (lambda m, rng: rbm.Visible(m).sweep([0, 1, 1], 0.5, rng), "beta = 1"),
    (lambda m, rng: rbm.Visible(m).sweep(np.zeros((4, 3)), [1, 1], rng), "beta must be one number or have one entry per chain"),
    (lambda m, rng: rbm.train_stack([[0, 1]], [1], rng, checkpoint="x"), "one by one"),
])
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call(random_machine(3, 2), np.random.default_rng(0))


def test_a_generator_is_needed():
    with pytest.raises(TypeError, match="numpy.random.Generator"):
        rbm.gibbs(random_machine(3, 2), [0, 1, 1], 1, np.random.RandomState(0))
    with pytest.raises(TypeError, match="numpy.random.Generator"):
        random_machine(3, 2).sweep([0, 1, 1, 0, 1], 1.0, np.random.RandomState(0))


def test_divergence_is_said():
    start, rng = begin()
    with pytest.raises(FloatingPointError, match="lower the rate"), np.errstate(all="ignore"):
        rbm.train(start, BARS, rng, rate=1e308, decay=1e5, epochs=5)
