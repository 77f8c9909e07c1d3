"""Machines on top of each other: a deep belief network, trained from the bottom up."""

import numpy as np
from scipy.special import expit

from netlib import _require
from netlib.rbm._arithmetic import hidden_field
from netlib.rbm.learning import initial, train
from netlib.rbm.machine import sample_hidden, sample_visible, split, visible_mean


def train_stack(data, layers, rng, sigma=None, **settings):
    """Train a deep belief network greedily: each machine learns the hidden probabilities of the one below, drawn as 0/1.

    In the book: chapter 27.

    Parameters
    ----------
    data : array_like, shape (n, V)
    layers : sequence of int
        Numbers of hidden units, from the bottom up.
    rng : numpy.random.Generator
    sigma : float or array_like, optional
        For Gaussian visible units at the bottom.
    **settings
        As for `train`, the same for every layer.

    Returns
    -------
    list of RBM

    References
    ----------
    G. E. Hinton, S. Osindero, Y.-W. Teh, A fast learning algorithm for deep belief nets, Neural Computation 18, 1527 (2006).

    Examples
    --------
    >>> stack = train_stack([[1, 0], [0, 1]], [3, 2], np.random.default_rng(0), epochs=1)
    >>> [machine.weights.shape for machine in stack]
    [(2, 3), (3, 2)]
    """
    if "checkpoint" in settings:
        raise ValueError("a checkpoint belongs to one machine; train the layers one by one with train")
    stack = []
    for units in layers:
        start = initial(data, units, rng, sigma=None if stack else sigma)
        stack.append(train(start, data, rng, **settings).rbm)
        data = sample_hidden(stack[-1], data, rng)
    return stack


def upward(stack, visible):
    """Return the hidden probabilities of every layer, from the bottom up, each computed from the probabilities below it.

    In the book: chapter 27.

    Parameters
    ----------
    stack : sequence of RBM
    visible : array_like, shape (..., V)

    Returns
    -------
    list of ndarray, shapes (..., H) of each layer

    Examples
    --------
    >>> from netlib.rbm import RBM
    >>> [layer.tolist() for layer in upward([RBM(np.zeros((1, 2))), RBM(np.zeros((2, 1)))], [1])]
    [[0.5, 0.5], [0.5]]
    """
    layers = []
    for rbm in stack:
        visible = expit(hidden_field(rbm, np.asarray(visible, dtype=rbm.weights.dtype)))
        layers.append(visible)
    return layers


def generate(stack, state, sweeps, rng):
    """Dream: Gibbs sampling in the top machine, then one pass down.

    In the book: chapter 27.

    Parameters
    ----------
    stack : sequence of RBM
    state : array_like, shape (..., V + H of the top machine)
    sweeps : int
    rng : numpy.random.Generator

    Returns
    -------
    visible : ndarray, shape (..., V)
        The means of the visible units at the bottom, given a sample of the layer above.
    state : ndarray
        The top machine's state, to go on from.

    Examples
    --------
    >>> from netlib.rbm import RBM
    >>> copier = RBM([[90.0]], [-45.0], [-45.0])  # both units on, or both off
    >>> [part.tolist() for part in generate([copier], [1, 1], 5, np.random.default_rng(0))]
    [[1.0], [1.0, 1.0]]
    """
    *lower, top = stack
    for _ in range(_require.whole("sweeps", sweeps, least=0)):
        state = top.sweep(state, 1.0, rng)
    visible, hidden = split(top, state)
    mean = visible_mean(top, hidden)
    for rbm in reversed(lower):
        mean = visible_mean(rbm, visible)
        visible = sample_visible(rbm, visible, rng)
    return mean, np.asarray(state)
