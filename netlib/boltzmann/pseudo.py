"""Pseudo-likelihood: each unit given all others, so that no partition function is needed."""

import warnings

import numpy as np
from scipy.optimize import minimize

from netlib import _require
from netlib.boltzmann.machine import allowed_pairs, mean_given, on_pairs, samples_of_all
from netlib.network import SPINS, Network


def pseudo_likelihood(network, data, beta=1.0, frequencies=None):
    r"""Return the average over the data of :math:`\sum_i \ln p(s_i \mid \text{all other units})`; no hidden units.

    In the book: chapter 18.

    Parameters
    ----------
    network : Network
    data : array_like, shape (samples, N)
    beta : float
    frequencies : array_like, shape (samples,), optional

    Returns
    -------
    float

    Notes
    -----
    J. Besag, *The Statistician* 24 (1975) 179.

    Examples
    --------
    >>> round(pseudo_likelihood(Network([[0, 1], [1, 0]]), [[1, 1]]), 6)
    -0.253856
    """
    data, frequencies = samples_of_all(network, data, frequencies)
    return float(frequencies @ _log_conditionals(network, data, _require.one_beta(beta)).sum(axis=1))


def pseudo_likelihood_gradient(network, data, beta=1.0, frequencies=None, mask=None):
    r"""Return the gradient of `pseudo_likelihood`.

    With the surprise :math:`r_i = s_i - \langle s_i \mid \text{rest} \rangle`, the derivative for a weight is
    :math:`\beta \langle r_i s_j + s_i r_j \rangle`, for a bias :math:`\beta \langle r_i \rangle`.

    In the book: chapter 18.

    Parameters
    ----------
    network, data, beta, frequencies
        As in `pseudo_likelihood`.
    mask : array_like of bool, shape (N, N), optional

    Returns
    -------
    weights : ndarray, shape (N, N)
    biases : ndarray, shape (N,)

    Examples
    --------
    >>> weights, biases = pseudo_likelihood_gradient(Network(np.zeros((2, 2))), [[1, 1]])
    >>> weights.tolist(), biases.tolist()
    ([[0.0, 2.0], [2.0, 0.0]], [1.0, 1.0])
    """
    data, frequencies = samples_of_all(network, data, frequencies)
    beta = _require.one_beta(beta)
    surprise = frequencies[:, None] * (data - mean_given(data @ network.weights + network.biases, beta, network.alphabet))
    pairs = surprise.T @ data
    return beta * on_pairs(pairs + pairs.T, allowed_pairs(mask, len(pairs))), beta * surprise.sum(axis=0)


def fit_pseudo_likelihood(data, mask=None, alphabet=SPINS, frequencies=None, penalty=0.0, biased=True):
    """Find the machine without hidden units that maximises the pseudo-likelihood of the data (beta = 1), by L-BFGS.

    In the book: chapter 18.

    Parameters
    ----------
    data : array_like, shape (samples, N)
        Values of the alphabet.
    mask : array_like of bool, shape (N, N), optional
        Pairs that may have a weight; all if left out.
    alphabet : tuple
        ``SPINS`` or ``UNITS``.
    frequencies : array_like, shape (samples,), optional
    penalty : float
        Takes ½ penalty Σ_{i<j} W² off the objective. Needed if some unit is settled by the others in all samples: without it the
        best weights are infinite, and the search stops where the slope fades.
    biased : bool
        Whether biases are learned; they stay zero otherwise.

    Returns
    -------
    Network

    Warns
    -----
    RuntimeWarning
        If the search stopped where the gradient is not yet zero.

    Examples
    --------
    Two spins that agree three times out of four: tanh W = ½.

    >>> machine = fit_pseudo_likelihood([[1, 1], [-1, -1], [1, -1], [-1, 1]], frequencies=[3, 3, 1, 1])
    >>> machine.weights.round(4).tolist()
    [[0.0, 0.5493], [0.5493, 0.0]]
    """
    count = np.shape(data)[-1]
    mask = allowed_pairs(mask, count)
    pairs = np.nonzero(np.triu(mask))
    empty = Network(np.zeros((count, count)), alphabet=alphabet, blocks=())
    data, frequencies = samples_of_all(empty, data, frequencies)

    def network(parameters, **blocks):
        weights = np.zeros((count, count))
        weights[pairs] = parameters[: len(pairs[0])]
        return Network(weights + weights.T, parameters[len(pairs[0]):] if biased else None, alphabet, **blocks)

    def descent(parameters):
        machine = network(parameters, blocks=())
        weights, biases = pseudo_likelihood_gradient(machine, data, frequencies=frequencies, mask=mask)
        strength = machine.weights[pairs]
        value = pseudo_likelihood(machine, data, frequencies=frequencies) - penalty / 2 * strength @ strength
        return -value, -np.concatenate([weights[pairs] - penalty * strength, biases if biased else []])

    found = minimize(descent, np.zeros(len(pairs[0]) + count * biased), jac=True, method="L-BFGS-B",
                     options=dict(maxiter=2000, maxfun=4000, ftol=1e-14, gtol=1e-7))
    slope = np.abs(found.jac).max(initial=0)
    if slope > 1e-4:
        warnings.warn(f"the search for the largest pseudo-likelihood stopped at a slope of {slope:.1e}, short of the maximum",
                      RuntimeWarning, stacklevel=2)
    return network(found.x)


def _log_conditionals(network, data, beta):
    """ln P(s_i | rest) for each sample and unit."""
    low, high = network.alphabet
    towards = np.where(data == high, 1.0, -1.0) * (data @ network.weights + network.biases)
    return -np.logaddexp(0, -beta * (high - low) * towards)
