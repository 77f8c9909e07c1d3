"""The study of chapter 27: its likelihoods against other enumerations, its slopes against differences, and slices of it again."""

import numpy as np
import pytest
from scipy.special import logsumexp

from netlib import data, exact, rbm
from netlib.network import UNITS, Network
from netlib.scan import point_generator
from studies import deep


def machines(seed, below=(5, 3), above=(3, 2)):
    rng = np.random.default_rng(seed)
    return [rbm.RBM(rng.normal(size=shape), rng.normal(size=shape[0]), rng.normal(size=shape[1])) for shape in (below, above)]


def test_a_belief_network_is_a_sum_over_its_codes():
    below, top = machines(0)
    pictures = exact.states(5, UNITS)
    h = exact.states(3, UNITS)
    prior = np.exp([float(rbm.log_likelihood(top, code)) for code in h])
    on = rbm.visible_probabilities(below, h)
    law = np.array([(prior * np.where(v == 1, on, 1 - on).prod(axis=1)).sum() for v in pictures])
    assert law.sum() == pytest.approx(1)
    found = [deep.belief_network(below, top, v[None]) for v in pictures]
    np.testing.assert_allclose([likelihood for likelihood, _ in found], np.log(law))
    assert all(bound < likelihood for likelihood, bound in found)


def test_upside_down_the_stack_is_its_lower_machine_and_the_bound_touches():
    below, _ = machines(1)
    pictures = exact.states(5, UNITS)[:9]
    likelihood, bound = deep.belief_network(below, deep.turned(below), pictures)
    assert likelihood == pytest.approx(rbm.log_likelihood(below, pictures).mean())
    assert bound == pytest.approx(likelihood)


def test_the_deep_boltzmann_machine_is_a_network_of_pairs():
    below, top = machines(2)
    below = rbm.RBM(below.weights, below.visible_bias)
    joined = np.zeros((10, 10))
    joined[:5, 5:8], joined[5:8, 8:] = below.weights, top.weights
    network = Network(joined + joined.T, np.concatenate([below.visible_bias, top.visible_bias, top.hidden_bias]), alphabet=UNITS)
    law = exact.probabilities(network)
    states = exact.states(10, UNITS)
    for v in ([0, 0, 0, 0, 0], [1, 0, 1, 1, 0]):
        expected = np.log(law[(states[:, :5] == v).all(axis=1)].sum())
        assert deep.boltzmann_network(below, top, np.array([v])) == pytest.approx(expected)


def test_dreams_come_as_often_as_the_machine_says():
    below, top = machines(7)
    pictures = exact.states(5, UNITS)
    expected = np.exp([deep.belief_network(below, top, v[None])[0] for v in pictures])
    drawn = deep.draw(deep.log_law(top), below, 20000, np.random.default_rng(8))
    found = (drawn[:, None] == pictures.astype(bool)).all(axis=2).mean(axis=0)
    assert (np.abs(found - expected) < 5 * np.sqrt(expected / 20000)).all()


def test_the_slopes_of_the_classifier_are_those_of_small_steps():
    rng = np.random.default_rng(3)
    layers = [(rng.normal(size=shape), rng.normal(size=shape[1])) for shape in ((6, 4), (4, 3), (3, 10))]
    pictures, labels = rng.integers(0, 2, (7, 6)), rng.integers(0, 10, 7)

    def cost():
        return -deep.forward(layers, pictures)[1][np.arange(7), labels].mean()

    for (W, b), slopes in zip(layers, deep.slopes(layers, pictures, labels), strict=True):
        for array, slope in zip((W, b), slopes, strict=True):
            for at in [(0,) * array.ndim, tuple(n - 1 for n in array.shape)]:
                kept, ends = array[at], []
                for step in (1e-5, -1e-5):
                    array[at] = kept + step
                    ends.append(cost())
                array[at] = kept
                assert slope[at] == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-7)


def test_the_exact_denoiser_has_the_smallest_error_and_its_flow_ends_in_memories():
    rng = np.random.default_rng(4)
    pictures = rng.choice([-1.0, 1.0], size=(6, 64))
    network = deep.learn_to_denoise(pictures, np.random.default_rng(5), hidden=16, updates=300)
    clean = np.repeat(pictures, 200, axis=0)
    for t in (2.0, 5.0):
        noisy = clean + t * rng.normal(size=clean.shape)
        best = ((deep.exact_denoiser(pictures, noisy, t) - clean) ** 2).mean()
        assert best < ((deep.denoise(network, noisy, t)[2] - clean) ** 2).mean()
        assert best < ((np.tanh(noisy / t**2) - clean) ** 2).mean()
    ends = deep.flow(lambda y, t: deep.exact_denoiser(pictures, y, t), 10 * rng.normal(size=(50, 64)))
    assert deep.wrong_pixels(ends, pictures).max() == 0
    assert len(np.unique(np.sign(ends), axis=0)) == 6


def test_a_machine_of_the_study_comes_out_again():
    rng = point_generator(deep.SEED, {"learned": "cd", "run": 1})
    images = rng.permutation(data.digits()[0])
    new, seen = images[:360], images[360:]
    below = deep.teach(rbm.initial(seen, deep.MIDDLE, rng), seen, rng, "cd")
    table = data.study("deep_likelihood")
    row = (table["learned"] == "cd") & (table["run"] == 1) & (table["machine"] == "transpose") & (table["epochs"] == 0)
    assert rbm.log_likelihood(below, new).mean() == pytest.approx(table["new"][row].item(), abs=0.1)
    assert table["bound"][row] == pytest.approx(table["new"][row].item(), abs=1e-3)
    assert (table["bound"] <= table["new"] + 1e-9).all()


def test_denoisers_with_another_seed_agree_with_the_file():
    table = data.study("deep_denoise")
    again = dict(deep.denoisers(100, 0, np.random.default_rng(700)))
    asked = ("network to its half", "network to network", "exact to exact", "digit to the other half", "network error new 1.0")
    for what in asked:
        filed = table["value"][(table["number"] == 100) & (table["what"] == what)]
        spread = max(filed.std(ddof=1), 0.02 * filed.mean())
        assert abs(again[what] - filed.mean()) < 4 * spread * np.sqrt(1 + 1 / len(filed)), what


def test_the_free_energy_of_the_upper_machine_is_the_law_of_its_lower_side():
    _, top = machines(6)
    assert logsumexp(deep.log_law(top)) == pytest.approx(0)
