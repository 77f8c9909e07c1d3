"""Gradients from short chains: contrastive divergence, chains that live on, what both are on average, and the centred step."""

import numpy as np
from scipy.special import expit

from netlib import _require, exact
from netlib.network import UNITS
from netlib.rbm._arithmetic import draw_hidden, draw_visible, hidden_field, sigmoid
from netlib.rbm.likelihood import Statistics, data_statistics
from netlib.rbm.machine import check_data, check_hidden, check_units_only, hidden_probabilities, split, visible_mean

ROWS = 2**10  # states whose laws are held at once


def contrastive_divergence(rbm, data, rng, steps=1):
    """Return one CD-k update direction: the averages at the data minus those after k steps of Gibbs sampling from the data.

    Hidden states are sampled on the way, hidden probabilities used in both averages.

    In the book: chapter 23.

    Parameters
    ----------
    rbm : RBM
    data : array_like, shape (n, V)
    rng : numpy.random.Generator
    steps : int
        k, at least 1.

    Returns
    -------
    Statistics

    References
    ----------
    G. E. Hinton, Training products of experts by minimizing contrastive divergence, Neural Computation 14, 1771 (2002).

    Examples
    --------
    >>> from netlib.rbm import RBM
    >>> copier = RBM([[90.0]], [-45.0], [-45.0])  # knows these data by heart: nothing to learn
    >>> [bool(np.allclose(change, 0)) for change in contrastive_divergence(copier, [[1], [0]], np.random.default_rng(0))]
    [True, True, True]
    """
    return from_data(rbm, check_data(rbm, data), _require.generator(rng), _require.whole("steps", steps))


def persistent_contrastive_divergence(rbm, data, chains, rng, steps=1):
    """Return one update direction with the model average from chains that live on, and the chains after their steps.

    In the book: chapter 23.

    Parameters
    ----------
    rbm : RBM
    data : array_like, shape (n, V)
    chains : array_like, shape (m, V + H)
        States (v, h) as the last call returned them.
    rng : numpy.random.Generator
    steps : int

    Returns
    -------
    Statistics, ndarray of shape (m, V + H)

    References
    ----------
    T. Tieleman, Training restricted Boltzmann machines using approximations to the likelihood gradient, ICML 2008.

    Examples
    --------
    >>> from netlib.rbm import RBM
    >>> copier = RBM([[90.0]], [-45.0], [-45.0])  # both units on, or both off
    >>> persistent_contrastive_divergence(copier, [[1], [0]], [[1, 1], [0, 0]], np.random.default_rng(0))[1].tolist()
    [[1.0, 1.0], [0.0, 0.0]]
    """
    data, hidden = check_data(rbm, data), check_hidden(rbm, split(rbm, chains)[1])
    return from_chains(rbm, data, hidden, _require.generator(rng), _require.whole("steps", steps))


def visible_transition_matrix(rbm, *, beta=1.0):
    """Return P[v, v′] of one Gibbs step v → h → v′, over all states of the visible units.

    In the book: chapter 23.

    Parameters
    ----------
    rbm : RBM
        With at most 12 0/1 visible units, and 26 units in all.
    beta : float

    Returns
    -------
    ndarray, shape (2^V, 2^V)

    Examples
    --------
    >>> from netlib.rbm import RBM
    >>> visible_transition_matrix(RBM([[0.0]])).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    check_units_only(rbm)
    if len(rbm.weights) > 12 or sum(rbm.weights.shape) > 26:
        raise ValueError(f"this matrix is for at most 12 visible units, and 26 in all, got {rbm.weights.shape}")
    visible, hidden = (exact.states(units, UNITS).astype(float) for units in rbm.weights.shape)
    up = _law_of_coins(hidden_probabilities(rbm, visible, beta=beta))
    return up @ _law_of_coins(visible_mean(rbm, hidden, beta=beta))


def expected_contrastive_divergence(rbm, data, steps=1):
    """Return the exact expectation of `contrastive_divergence`: the law of the data, pushed through k steps.

    In the book: chapter 23.

    Parameters
    ----------
    rbm : RBM
        With 0/1 visible units; a step takes 2^(V+H) operations for each side, and holds 1024 · 2^max(V, H) numbers at most.
    data : array_like, shape (n, V)
    steps : int

    Returns
    -------
    Statistics

    Examples
    --------
    >>> from netlib.rbm import RBM
    >>> one = RBM([[0.0]])
    >>> expected_contrastive_divergence(one, [[1]]).visible_bias.tolist()  # 1 at the data, 1/2 after one step
    [0.5]
    """
    check_units_only(rbm)
    data = check_data(rbm, data)
    visible, hidden = (exact.states(units, UNITS).astype(float) for units in rbm.weights.shape)
    law = np.bincount(exact.state_index(data.astype(int), UNITS), minlength=len(visible)) / len(data)
    for _ in range(_require.whole("steps", steps)):
        law = _pushed(law, visible, lambda states: hidden_probabilities(rbm, states))
        law = _pushed(law, hidden, lambda states: visible_mean(rbm, states))
    up = expit(hidden_field(rbm, visible))
    return data_statistics(rbm, data) - Statistics((law[:, None] * visible).T @ up, law @ visible, law @ up)


def centred(statistics, visible_offset, hidden_offset):
    """Return the gradient of the parameters of an RBM written in v − μ and h − λ, as a change of the ordinary parameters.

    In the book: chapter 25.

    Parameters
    ----------
    statistics : Statistics
        A difference data − model, of a machine with 0/1 visible units.
    visible_offset, hidden_offset : array_like, shapes (V,) and (H,)
        μ and λ.

    Returns
    -------
    Statistics

    References
    ----------
    J. Melchior, A. Fischer, L. Wiskott, How to center deep Boltzmann machines, Journal of Machine Learning Research
    17(99), 1 (2016).

    Examples
    --------
    >>> difference = Statistics(np.array([[1.0]]), np.array([0.5]), np.array([0.25]))
    >>> [part.tolist() for part in centred(difference, [0.0], [1.0])]  # 1 − 0.5; 0.5 − 0.5·1; unchanged
    [[[0.5]], [0.0], [0.25]]
    """
    mu, lam = np.asarray(visible_offset), np.asarray(hidden_offset)
    weights = statistics.weights - np.outer(mu, statistics.hidden_bias) - np.outer(statistics.visible_bias, lam)
    return Statistics(weights, statistics.visible_bias - weights @ lam, statistics.hidden_bias - mu @ weights)


# ---- without checks: what training calls batch after batch ---------------------------------------------------------------------


def from_data(rbm, data, rng, steps):
    """CD-k."""
    at_data, hidden = draw_hidden(rbm, data, rng)
    fantasy = draw_visible(rbm, hidden, rng)
    for _ in range(steps - 1):
        fantasy = draw_visible(rbm, draw_hidden(rbm, fantasy, rng)[1], rng)
    return difference(rbm, data, at_data, fantasy, sigmoid(hidden_field(rbm, fantasy)))


def from_chains(rbm, data, hidden, rng, steps):
    """PCD, and the chains after their steps."""
    for _ in range(steps):
        fantasy = draw_visible(rbm, hidden, rng)
        probability, hidden = draw_hidden(rbm, fantasy, rng)
    gradient = difference(rbm, data, sigmoid(hidden_field(rbm, data)), fantasy, probability)
    return gradient, np.concatenate([fantasy, hidden], axis=-1)


def difference(rbm, visible, hidden, fantasy, fantasy_hidden):
    """The statistics of data minus those of fantasies, as one matrix product."""
    signed = np.concatenate([visible / len(visible), fantasy / -len(fantasy)])
    mean = signed.sum(axis=0) / rbm.kind.sigma**2
    weights = rbm.kind.scaled(signed).T @ np.concatenate([hidden, fantasy_hidden])
    return Statistics(weights, mean, hidden.mean(axis=0) - fantasy_hidden.mean(axis=0))


def _pushed(law, states, probabilities):
    """The law of the other side, drawn from coins with these probabilities, if `states` follow `law`."""
    total = 0.0
    for first in range(0, len(law), ROWS):
        rows = slice(first, first + ROWS)
        total = total + law[rows] @ _law_of_coins(probabilities(states[rows]))
    return total


def _law_of_coins(probability):
    """The probabilities (..., 2^n) of all states of n independent coins (..., n), in the order of `exact.states`."""
    law = np.ones((*probability.shape[:-1], 1))
    for unit in range(probability.shape[-1]):
        p = probability[..., unit, None]
        law = np.concatenate([law * (1 - p), law * p], axis=-1)
    return law
