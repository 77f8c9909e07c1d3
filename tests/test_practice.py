"""The study of chapter 25: what it scores against what is exact, and slices of it against the files, with other seeds."""

import numpy as np
import pytest

from netlib import data, rbm
from studies import practice


def test_the_split_has_every_digit_once():
    assert len(practice.training) == 1500 and len(practice.held_out) == 297
    assert (practice.training.sum() + practice.held_out.sum()) == data.digits()[0].sum()


def test_the_cost_of_coins_is_their_cross_entropy():
    machine = rbm.initial(practice.training, 3, np.random.default_rng(0), scale=0.0)
    p = practice.training.mean(axis=0).clip(0.5 / 1500, 1 - 0.5 / 1500)
    x = practice.held_out
    expected = -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(axis=1).mean()
    assert practice.cost(machine, x, rbm.log_partition(machine)) == pytest.approx(expected)


def test_ridge_finds_what_is_there_and_guesses_what_is_not():
    rng = np.random.default_rng(0)
    answers = rng.integers(0, 10, 600)
    clear = np.eye(10)[answers] + 0.1 * rng.normal(size=(600, 10))
    noise = rng.normal(size=(600, 10))
    assert practice.ridge_wrong(clear[:400], answers[:400], clear[400:], answers[400:]) == 0
    assert practice.ridge_wrong(noise[:400], answers[:400], noise[400:], answers[400:]) > 0.75


@pytest.mark.parametrize("setting", ["plain", "rate 2", "momentum 0.5, then 0.9", "decay 0.1", "visible biases from 0"])
def test_a_slice_of_the_knobs_with_another_seed_agrees_with_the_file(setting):
    filed = data.study("practice")
    again = np.array([practice.knob(setting, 5, np.random.default_rng(900 + run), epochs=5)[0] for run in range(2)])
    for at, epoch in enumerate(practice.MARKS[:3]):
        rows = (filed["setting"] == setting) & (filed["epoch"] == epoch)
        for column, name in ((1, "cost"), (2, "held_out"), (3, "reconstruction")):
            ours, theirs = again[:, at, column], filed[name][rows]
            spread = max(theirs.std(ddof=1), 0.2 if name == "reconstruction" else 0.05)  # 0.2: the coins of 297 pictures
            assert abs(ours.mean() - theirs.mean()) < 5 * spread * np.sqrt(1 / 2 + 1 / 5), (epoch, name)


def test_one_fold_of_the_classifier_with_other_dice_agrees_with_the_file():
    filed = data.study("practice_classify")
    for name, wrong in practice.classify(3, np.random.default_rng(77)):
        rows = (filed["features"] == name) & (filed["share"] == 1.0) & (filed["fold"] == 3)
        assert abs(wrong - filed["wrong"][rows][0]) < 0.04, name


def test_the_autoencoder_takes_one_step_down_its_cross_entropy():
    """One batch, one epoch: the step is minus the gradient by finite differences."""
    rng = np.random.default_rng(4)
    x = (rng.random((20, 5)) < 0.4).astype(float)
    start = np.random.default_rng(5).normal(scale=0.1, size=(5, 3))  # the draw that the function makes first
    on = x.mean(axis=0).clip(0.001, 0.999)
    b = np.log(on / (1 - on))

    def loss(W, b, c):
        p = practice.sigmoid(b + practice.sigmoid(c + x @ W) @ W.T)
        return -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(axis=1).mean()

    W1, b1, c1 = practice.autoencoder(x, 0.0, np.random.default_rng(5), hidden=3, epochs=1, rate=1e-3)
    tiny = 1e-5
    for i, j in ((0, 0), (4, 2)):
        up, down = start.copy(), start.copy()
        up[i, j] += tiny
        down[i, j] -= tiny
        slope = (loss(up, b, np.zeros(3)) - loss(down, b, np.zeros(3))) / (2 * tiny)
        assert (W1 - start)[i, j] == pytest.approx(-1e-3 * slope, rel=1e-5)
    slope = (loss(start, b, np.array([tiny, 0, 0])) - loss(start, b, np.array([-tiny, 0, 0]))) / (2 * tiny)
    assert c1[0] == pytest.approx(-1e-3 * slope, rel=1e-4)
    slope = (loss(start, b + tiny * np.eye(5)[1], np.zeros(3)) - loss(start, b - tiny * np.eye(5)[1], np.zeros(3))) / (2 * tiny)
    assert (b1 - b)[1] == pytest.approx(-1e-3 * slope, rel=1e-4)
