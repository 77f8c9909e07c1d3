"""What an RBM says exactly, by visiting all states of its smaller side: ln Z, likelihoods, samples, and the gradient."""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, logsumexp

from netlib import _require, exact
from netlib.network import UNITS
from netlib.rbm._arithmetic import hidden_field, softplus
from netlib.rbm.machine import RBM, check_data, check_units_only, check_visible, log_marginal, sample_visible, visible_mean

CHUNK = 2**22  # numbers held at once while states are listed


class Statistics(NamedTuple):
    """Averages that belong to the three parameters, or a difference of two such averages: a gradient.

    In the book: chapters 22 and 23.
    """

    weights: np.ndarray
    visible_bias: np.ndarray
    hidden_bias: np.ndarray

    def __sub__(self, other):
        return Statistics(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))


def log_partition(rbm, *, beta=1.0):
    r"""Return ln Z exactly, by enumerating the smaller side (Gaussian visible units: the hidden side).

    Given one side, the units of the other are independent, so that their sum factorises:

    .. math:: Z = \sum_h e^{\beta c^\mathsf{T} h} \prod_i \bigl(1 + e^{\beta (b_i + \sum_j W_{ij} h_j)}\bigr),

    and the same with the sides exchanged.

    In the book: chapter 22.

    Parameters
    ----------
    rbm : RBM
        Up to 25 units on the side that is enumerated.
    beta : float

    Returns
    -------
    float

    Examples
    --------
    >>> round(float(np.exp(log_partition(RBM(np.zeros((3, 2)))))), 6)
    32.0
    """
    rbm = _smaller_side_hidden(rbm)
    return float(logsumexp(np.concatenate([log_weights for _, log_weights in _enumerated(rbm, _require.one_beta(beta))])))


def log_likelihood(rbm, visible, log_z=None):
    """Return ln P(v) of each visible state, shape (...); exact unless an estimate of ln Z is given as `log_z`.

    In the book: chapter 22.

    Examples
    --------
    >>> float(np.exp(log_likelihood(RBM(np.zeros((2, 1))), [0, 1])).round(6))  # one of four
    0.25
    """
    return log_marginal(rbm, visible) - (log_partition(rbm) if log_z is None else log_z)


def pseudo_likelihood(rbm, visible):
    """Return Σ_i ln P(v_i | all other visible units), the hidden units summed out; no ln Z is needed.

    In the book: chapter 24.

    Parameters
    ----------
    rbm : RBM
        With 0/1 visible units.
    visible : array_like, shape (..., V)

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> round(float(pseudo_likelihood(RBM(np.zeros((3, 2))), [0, 1, 1])), 6)  # three fair coins: −3 ln 2
    -2.079442
    """
    check_units_only(rbm)
    visible = check_visible(rbm, visible)
    field = hidden_field(rbm, visible)
    here = softplus(field).sum(axis=-1)
    total = np.zeros(visible.shape[:-1])
    for unit, row in enumerate(rbm.weights):
        turn = 1 - 2 * visible[..., unit]
        there = softplus(field + turn[..., None] * row).sum(axis=-1) + turn * rbm.visible_bias[unit]
        total -= softplus(there - here)
    return total


def exact_sample(rbm, size, rng, *, beta=1.0):
    """Draw independent states from the exact distribution, by enumerating the smaller side (25 units at most).

    In the book: chapter 22.

    Parameters
    ----------
    rbm : RBM
    size : int
    rng : numpy.random.Generator
    beta : float

    Returns
    -------
    ndarray, shape (size, V + H)

    Examples
    --------
    >>> exact_sample(RBM([[0.0]], [50.0], [-50.0]), 2, np.random.default_rng(0)).tolist()
    [[1.0, 0.0], [1.0, 0.0]]
    """
    size, _ = _require.whole("size", size), _require.generator(rng)
    machine = _smaller_side_hidden(rbm)
    law = _hidden_law(machine, _require.one_beta(beta))
    drawn = exact.state_of(rng.choice(len(law), size=size, p=law), machine.weights.shape[1], UNITS).astype(float)
    sides = sample_visible(machine, drawn, rng, beta=beta), drawn
    return np.concatenate(sides if machine is rbm else sides[::-1], axis=-1)


def data_statistics(rbm, data):
    """Return the averages ⟨v hᵀ⟩, ⟨v⟩, ⟨h⟩ with the visible units clamped to data.

    Gaussian visible units are counted as v/σ in the first average and as v/σ² in the second: their derivatives of −E.

    In the book: chapter 22.

    Parameters
    ----------
    rbm : RBM
    data : array_like, shape (n, V)

    Returns
    -------
    Statistics

    Examples
    --------
    >>> [average.tolist() for average in data_statistics(RBM([[0.0]]), [[1], [1]])]
    [[[0.5]], [1.0], [0.5]]
    """
    data = check_data(rbm, data)
    hidden = expit(hidden_field(rbm, data))
    weights = rbm.kind.scaled(data).T @ hidden
    weights /= len(data)
    return Statistics(weights, data.mean(axis=0) / rbm.kind.sigma**2, hidden.mean(axis=0))


def model_statistics(rbm, *, beta=1.0):
    """Return the same averages under the model itself, exactly, by enumerating the smaller side (25 units at most).

    In the book: chapter 22.

    Parameters
    ----------
    rbm : RBM
    beta : float

    Returns
    -------
    Statistics

    Examples
    --------
    >>> [average.tolist() for average in model_statistics(RBM([[0.0]]))]
    [[[0.25]], [0.5], [0.5]]
    """
    machine, beta = _smaller_side_hidden(rbm), _require.one_beta(beta)
    law, done, total = _hidden_law(machine, beta), 0, None
    for hidden, _ in _enumerated(machine, beta):
        part = law[done : done + len(hidden), None]
        visible = visible_mean(machine, hidden, beta=beta)
        seen = Statistics(machine.kind.scaled(visible).T @ (part * hidden), part[:, 0] @ visible, part[:, 0] @ hidden)
        total = seen if total is None else Statistics(*(one + other for one, other in zip(total, seen, strict=True)))
        done += len(hidden)
    if machine is rbm:
        return total._replace(visible_bias=total.visible_bias / rbm.kind.sigma**2)
    return Statistics(total.weights.T, total.hidden_bias, total.visible_bias)


def exact_gradient(rbm, data):
    """Return the gradient of the mean log-likelihood of the data, exactly: data average minus model average.

    In the book: chapter 22.

    Parameters
    ----------
    rbm : RBM
        Small on one side (25 units at most).
    data : array_like, shape (n, V)

    Returns
    -------
    Statistics
        Of the shapes of the parameters.

    Examples
    --------
    >>> gradient = exact_gradient(RBM([[0.0]]), [[1], [1]])  # data: ⟨v⟩ = 1, ⟨vh⟩ = 1/2; model: 1/2 and 1/4
    >>> gradient.weights.tolist(), gradient.visible_bias.tolist(), gradient.hidden_bias.tolist()
    ([[0.25]], [0.5], [0.0])
    """
    return data_statistics(rbm, data) - model_statistics(rbm)


def _smaller_side_hidden(rbm):
    """The machine itself, or the same one with its sides exchanged if the visible side is smaller."""
    if rbm.sigma is not None or rbm.weights.shape[0] >= rbm.weights.shape[1]:
        return rbm
    return RBM(rbm.weights.T, rbm.hidden_bias, rbm.visible_bias)


def _enumerated(rbm, beta):
    """All hidden states, some rows at a time, and ln Σ_v exp(−βE(v, h)) of each (an integral for Gaussian visible units)."""
    rbm, units = rbm.astype(float), _require.enumerable(rbm.weights.shape[1])
    if rbm.sigma is not None and beta == 0:
        raise ValueError("beta must be positive with Gaussian visible units, got 0")
    rows = max(1, CHUNK // max(rbm.weights.shape))
    for first in range(0, 2**units, rows):
        hidden = exact.state_of(np.arange(first, min(first + rows, 2**units)), units, UNITS).astype(float)
        yield hidden, rbm.kind.log_sum(hidden @ rbm.weights.T, rbm.visible_bias, beta) + beta * (hidden @ rbm.hidden_bias)


def _hidden_law(rbm, beta):
    """The probabilities of all hidden states, in the order of `exact.states`."""
    log_weights = np.concatenate([log_weights for _, log_weights in _enumerated(rbm, beta)])
    return np.exp(log_weights - logsumexp(log_weights))
