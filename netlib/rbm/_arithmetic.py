"""The arithmetic of an RBM without checks, written to be fast; the other pages of this package are written to be read.

`Units` and `Gaussian` are the two kinds of visible units. Whatever depends on the kind is a method here, and nothing else asks.

`softplus`, `sigmoid` and `coins` stand beside SciPy's logaddexp and expit because they take a quarter to a half of the time.
"""

import numpy as np
from scipy.special import expit

from netlib import _require
from netlib.network import UNITS


class Units:
    """Visible units that are 0 or 1."""

    sigma = 1
    hottest = 0.0  # the least inverse temperature that makes sense

    def check(self, visible):
        try:
            return _require.in_alphabet("visible", visible, UNITS)
        except ValueError as error:
            if not ((visible >= 0) & (visible <= 1)).all():
                raise
            raise ValueError(f"{error}; grey values: threshold them, draw them, or give the machine a sigma") from None

    def scaled(self, visible):
        """What is multiplied with the weights."""
        return visible

    def energy(self, visible, bias):
        """The part of the energy that the hidden units do not enter."""
        return -(visible @ bias)

    def mean(self, field, bias, beta):
        """The mean of each unit, given W h."""
        return expit(beta * (field + bias))

    def draw(self, field, bias, rng):
        """A draw at beta = 1; `field` = W h is used up."""
        field += bias
        return coins(field, rng)[1]

    def draw_at(self, field, bias, beta, rng):
        return coins(beta * field + beta * bias, rng)[1]

    def log_sum(self, field, bias, beta):
        """ln Σ_v exp(−βE), less what the hidden units contribute alone."""
        return softplus(beta * (field + bias)).sum(axis=-1, dtype=float)

    def bias_for(self, mean, samples):
        """The biases with which units without weights have this mean; what was never seen is not called impossible."""
        mean = np.clip(mean, 0.5 / samples, 1 - 0.5 / samples)
        return np.log(mean / (1 - mean))


class Gaussian:
    """Visible units that are real numbers, normal given the hidden ones, with standard deviations sigma."""

    hottest = 0.1

    def __init__(self, sigma):
        self.sigma = sigma

    def check(self, visible):
        return _require.finite("visible", visible)

    def scaled(self, visible):
        return visible / self.sigma

    def energy(self, visible, bias):
        return 0.5 * (((visible - bias) / self.sigma) ** 2).sum(axis=-1)

    def mean(self, field, bias, beta):
        return bias + self.sigma * field

    def draw(self, field, bias, rng):
        return bias + self.sigma * (field + rng.standard_normal(field.shape, dtype=field.dtype))

    def draw_at(self, field, bias, beta, rng):
        noise = rng.standard_normal(field.shape, dtype=field.dtype)
        return self.mean(field, bias, beta) + self.sigma / np.sqrt(beta) * noise

    def log_sum(self, field, bias, beta):
        gain = (field * (bias / self.sigma + field / 2)).sum(axis=-1)
        return beta * gain + 0.5 * np.log(2 * np.pi * self.sigma**2 / beta).sum(dtype=float)

    def bias_for(self, mean, samples):
        return mean


def hidden_field(rbm, visible):
    """c + vᵀW, with v in units of sigma."""
    field = rbm.kind.scaled(visible) @ rbm.weights
    field += rbm.hidden_bias
    return field


def draw_hidden(rbm, visible, rng, beta=None):
    """P(h = 1 | v), and a draw from it."""
    field = hidden_field(rbm, visible)
    if beta is not None:
        field *= beta
    return coins(field, rng)


def draw_visible(rbm, hidden, rng, beta=None):
    field = hidden @ rbm.weights.T
    if beta is None:
        return rbm.kind.draw(field, rbm.visible_bias, rng)
    return rbm.kind.draw_at(field, rbm.visible_bias, beta, rng)


def coins(field, rng):
    """Probabilities σ(field) and a draw from them; `field` is used up. The draw is u < 1/(1 + e^−x), without the division."""
    with np.errstate(over="ignore", invalid="ignore"):  # e^−x may be infinite: then the coin falls on 0
        np.negative(field, out=field)
        np.exp(field, out=field)
        field += 1
        uniform = rng.random(field.shape, dtype=field.dtype)
        uniform *= field
        return np.reciprocal(field, out=field), (uniform < 1).astype(field.dtype)


def sigmoid(field):
    """σ(field); `field` is used up."""
    with np.errstate(over="ignore"):
        np.negative(field, out=field)
        np.exp(field, out=field)
        field += 1
        return np.reciprocal(field, out=field)


def softplus(x):
    """ln(1 + e^x) without overflow."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def softplus_change(x, old, new):
    """Sum over the last axis of ln(1 + e^(new x)) − ln(1 + e^(old x)), without overflow, with one logarithm for both."""
    size = np.abs(x)
    ratio = (1 + np.exp(-new * size)) / (1 + np.exp(-old * size))
    return np.log(ratio).sum(axis=-1, dtype=float) + (new - old) * np.maximum(x, 0).sum(axis=-1, dtype=float)
