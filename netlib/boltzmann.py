r"""Boltzmann machines: networks that learn a distribution from examples of it.

The units of a network are split into visible ones, :math:`v`, which the data show, and hidden ones, :math:`h`, which they do
not; the visible units come first. The machine gives a visible state the probability
:math:`p(v) = \sum_h e^{-\beta E(v,h)}/Z`. Moving uphill on the average log-likelihood of the data asks of each weight

.. math:: \frac{\partial \langle \ln p(v) \rangle}{\partial W_{ij}}
          = \beta\,\bigl(\langle s_i s_j \rangle_\text{data} - \langle s_i s_j \rangle_\text{model}\bigr),

and of each bias the same with :math:`s_i` alone. In the first average the visible units are held at the data while the hidden
units follow their posterior (the clamped phase); in the second nothing is held (the free phase). Both ends of a
connection can measure what its weight needs. Everything below computes these two averages: by enumeration, by chains that are
kept from step to step, by annealing as in 1985; or avoids the second, by asking for each unit given all others
(pseudo-likelihood).

Exact functions take a `netlib.network.Network`. Those that sample take arrays, with one machine per entry of the leading axes,
so that hundreds of independent trials learn at once: weights (trials, N, N), biases (trials, N), states (trials, chains, N).
"""

import hashlib
import json
import os
import sys
import warnings
from functools import lru_cache

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, log_softmax, logsumexp

from netlib import _checkpoint, _require, exact
from netlib.network import SPINS, UNITS, Network, check_units, colour_classes

SCHEDULE_1985 = ((2, 20.0), (2, 15.0), (2, 12.0), (4, 10.0))
COLLECT_1985 = (10, 10.0)
CHUNK = 2**22
MANY_TRIALS, SMALL_MACHINE = 16, 64


def connectivity(sizes, joined):
    """Return which pairs of units may have a weight, given groups of units and which groups are joined.

    Parameters
    ----------
    sizes : sequence of int
        Units in each group, in order.
    joined : sequence of pairs of int
        Groups joined to each other completely; a pair (g, g) joins the units of group g among themselves.

    Returns
    -------
    ndarray of bool, shape (N, N)
        Symmetric, with an empty diagonal.

    Examples
    --------
    >>> connectivity([2, 1], joined=[(0, 1)]).astype(int).tolist()
    [[0, 0, 1], [0, 0, 1], [1, 1, 0]]
    """
    group = np.repeat(np.arange(len(sizes)), [_require.whole("sizes", size, least=0) for size in sizes])
    mask = np.zeros((len(group), len(group)), bool)
    for one, other in joined:
        if not 0 <= min(one, other) <= max(one, other) < len(sizes):
            raise ValueError(f"joined must name groups from 0 to {len(sizes) - 1}, got {(one, other)}")
        mask |= (group[:, None] == one) & (group == other)
    mask |= mask.T
    np.fill_diagonal(mask, False)
    return mask


def random_weights(mask, rng, scale=0.1, trials=()):
    """Draw symmetric weights for the pairs that `mask` allows, independent and normal.

    Parameters
    ----------
    mask : array_like of bool, shape (N, N)
    rng : numpy.random.Generator
    scale : float
        Standard deviation.
    trials : int or tuple of int
        Leading axes: how many independent machines.

    Returns
    -------
    ndarray, shape (*trials, N, N)

    Examples
    --------
    >>> weights = random_weights([[0, 1], [1, 0]], np.random.default_rng(0), trials=3)
    >>> weights.shape, bool((weights[:, 0, 1] == weights[:, 1, 0]).all())
    ((3, 2, 2), True)
    """
    mask = _mask(mask, len(np.asarray(mask)))
    shape = (trials,) if np.ndim(trials) == 0 else tuple(trials)
    upper = np.triu(scale * _require.generator(rng).standard_normal((*shape, *mask.shape)) * mask)
    return upper + np.swapaxes(upper, -1, -2)


# What a machine says exactly


def log_weights(network, units, values, beta=1.0):
    r"""Return :math:`\ln \sum_\text{rest} e^{-\beta E}`: some units at given values, all others summed out.

    For the visible units this is minus the free energy (times beta). If the others are not joined among themselves the sum
    factorises and their number does not matter; otherwise their states are enumerated.

    Parameters
    ----------
    network : Network
    units : sequence of int
        K units.
    values : array_like, shape (..., K)
    beta : float

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    One unit on, the other summed out: ln(e⁰ + e¹).

    >>> round(float(log_weights(Network([[0, 1], [1, 0]], alphabet=UNITS), [0], [1])), 6)
    1.313262
    """
    units = check_units(units, len(network.weights))
    values = _values(network, units, values)
    beta = exact.one_beta(beta)
    rest = np.setdiff1d(np.arange(len(network.weights)), units)
    field = values @ network.weights[np.ix_(units, rest)] + network.biases[rest]
    return -beta * _part(network, units).energy(values) + _log_sum_over(network, rest, field, beta)


def completion(network, known, values, wanted=None, beta=1.0):
    """Return P(wanted units | known units), exactly: units that are neither are summed out.

    Parameters
    ----------
    network : Network
    known : sequence of int
        K units whose values are given; may be empty.
    values : array_like, shape (..., K)
    wanted : sequence of int, optional
        All units that are not known, in ascending order, if left out.
    beta : float

    Returns
    -------
    ndarray, shape (..., 2^len(wanted))
        In the order of `netlib.exact.states`: the first wanted unit is the least significant digit.

    Examples
    --------
    >>> pair = Network([[0, 2], [2, 0]], biases=[0, -1], alphabet=UNITS)
    >>> completion(pair, known=[0], values=[1], wanted=[1]).round(4).tolist()
    [0.2689, 0.7311]
    """
    count = len(network.weights)
    known = check_units(known, count)
    values = _values(network, known, values)
    wanted = np.setdiff1d(np.arange(count), known) if wanted is None else check_units(wanted, count)
    if np.intersect1d(known, wanted).size:
        raise ValueError(f"units {np.intersect1d(known, wanted).tolist()} are both known and wanted")
    answers = exact.states(len(wanted), network.alphabet)
    shape = (*values.shape[:-1], len(answers))
    asked = np.concatenate([np.broadcast_to(values[..., None, :], (*shape, len(known))),
                            np.broadcast_to(answers, (*shape, len(wanted)))], axis=-1)
    return np.exp(log_softmax(log_weights(network, np.concatenate([known, wanted]), asked, beta), axis=-1))


def posterior(network, visible, beta=1.0):
    """Return P(h | v) over all states of the hidden units, those after the visible ones.

    Parameters
    ----------
    network : Network
    visible : array_like, shape (..., V)
    beta : float

    Returns
    -------
    ndarray, shape (..., 2^(N − V))

    Examples
    --------
    >>> posterior(Network(np.zeros((2, 2)), [0, np.log(3)], UNITS), [1]).round(6).tolist()  # odds of three to one
    [0.25, 0.75]
    """
    return completion(network, np.arange(np.shape(visible)[-1]), visible, beta=beta)


def log_likelihood(network, data, beta=1.0, frequencies=None):
    """Return the average of ln p(v) over the data, hidden units summed out.

    Parameters
    ----------
    network : Network
        Up to 25 units in all.
    data : array_like, shape (samples, V)
        States of the first V units.
    beta : float
    frequencies : array_like, shape (samples,), optional
        How often each row occurs; equal if left out.

    Returns
    -------
    float
        In nats.

    Examples
    --------
    A machine without weights gives each of its four states the probability ¼.

    >>> round(log_likelihood(Network(np.zeros((2, 2)), alphabet=UNITS), [[0, 1], [1, 1]]), 6)
    -1.386294
    """
    data, frequencies = _data(network, data, frequencies)
    seen = log_weights(network, np.arange(data.shape[1]), data, beta)
    return float(frequencies @ seen - exact.log_partition(network, beta))


def clamped_moments(network, data, beta=1.0, frequencies=None):
    """Return ⟨s_i⟩ and ⟨s_i s_j⟩ with the visible units at the data and the hidden ones in their posterior.

    Parameters
    ----------
    network, data, beta, frequencies
        As in `log_likelihood`. Hidden units that are not joined among themselves may be many.

    Returns
    -------
    mean : ndarray, shape (N,)
    second : ndarray, shape (N, N)

    Examples
    --------
    >>> mean, second = clamped_moments(Network(np.zeros((3, 3)), alphabet=UNITS), [[0, 1], [1, 1]])
    >>> mean.tolist(), second[1].tolist()
    ([0.5, 1.0, 0.5], [0.5, 1.0, 0.5])
    """
    data, frequencies = _data(network, data, frequencies)
    visible = data.shape[1]
    hidden = np.arange(visible, len(network.weights))
    weights = network.weights[visible:, visible:]
    if not weights.any():
        field = data @ network.weights[:visible, visible:] + network.biases[hidden]
        means = _mean_given(field, exact.one_beta(beta), network.alphabet)
        states = np.concatenate([data, means], axis=1)
        mean, second = frequencies @ states, states.T @ (frequencies[:, None] * states)
        low, high = network.alphabet
        second[hidden, hidden] = (low + high) * mean[hidden] - low * high  # s² = (low + high) s − low·high for either value
        return mean, second
    given = posterior(network, data, beta)
    answers = exact.states(len(hidden), network.alphabet).astype(float)
    states = np.concatenate([data, given @ answers], axis=1)
    mean, second = frequencies @ states, states.T @ (frequencies[:, None] * states)
    second[visible:, visible:] = answers.T @ ((frequencies @ given)[:, None] * answers)
    return mean, second


def gradient(network, data, beta=1.0, frequencies=None, mask=None):
    r"""Return the exact gradient of the average log-likelihood, β(⟨·⟩_data − ⟨·⟩_model).

    Parameters
    ----------
    network, data, beta, frequencies
        As in `log_likelihood`.
    mask : array_like of bool, shape (N, N), optional
        Pairs that may have a weight; all if left out.

    Returns
    -------
    weights : ndarray, shape (N, N)
        Entry (i, j) is the derivative as :math:`W_{ij}` and :math:`W_{ji}`, which are one number, move together.
    biases : ndarray, shape (N,)

    Notes
    -----
    Ackley, Hinton and Sejnowski, *Cognitive Science* 9 (1985) 147, where it is minus the gradient of the divergence G.

    Examples
    --------
    The data are always (1, 1); a machine that knows nothing has ⟨s⟩ = ½ and ⟨s₁s₂⟩ = ¼.

    >>> weights, biases = gradient(Network(np.zeros((2, 2)), alphabet=UNITS), [[1, 1]])
    >>> weights.tolist(), biases.tolist()
    ([[0.0, 0.75], [0.75, 0.0]], [0.5, 0.5])
    """
    beta = exact.one_beta(beta)
    mean, second = clamped_moments(network, data, beta, frequencies)
    free_mean, free_second = exact.moments(network, beta)
    return beta * _on_pairs(second - free_second, _mask(mask, len(mean))), beta * (mean - free_mean)


def centred(weights_gradient, biases_gradient, centre, mask=None):
    r"""Return the step that a machine with centred units would take, in the coordinates of the ordinary machine.

    Written with :math:`s - c`, the energy is :math:`-\tfrac12 (s-c)^\mathsf{T} W (s-c) - b'^\mathsf{T}(s-c)`, the same
    family of machines. Its gradient for the weights is a difference of moments about :math:`c`, and because
    :math:`b = b' - Wc`, a step in :math:`W` takes its share back from the biases. The zeros of the step are those of the
    gradient. With :math:`c` near the mean of the units, 0/1 machines learn about as well as ±1 machines.

    Parameters
    ----------
    weights_gradient : array_like, shape (..., N, N)
    biases_gradient : array_like, shape (..., N)
    centre : array_like, shape (..., N)
        c, for instance the mean of the clamped phase.
    mask : array_like of bool, shape (N, N), optional

    Returns
    -------
    weights, biases : ndarray
        Of the same shapes.

    Notes
    -----
    J. Melchior, A. Fischer and L. Wiskott, *Journal of Machine Learning Research* 17 (2016) no. 99.

    Examples
    --------
    >>> weights, biases = centred([[0, 0.75], [0.75, 0]], [0.5, 0.5], centre=[1, 1])
    >>> float(weights[0, 1]), biases.tolist()
    (-0.25, [0.75, 0.75])
    """
    weights_gradient, biases_gradient = np.asarray(weights_gradient), np.asarray(biases_gradient)
    centre = _require.length("centre", centre, biases_gradient.shape[-1])
    cross = centre[..., :, None] * biases_gradient[..., None, :]
    weights = _on_pairs(weights_gradient - cross - np.swapaxes(cross, -1, -2), _mask(mask, biases_gradient.shape[-1]))
    return weights, biases_gradient - (weights @ centre[..., None])[..., 0]


def fit_exact(start, data, steps, rate, mask=None, frequencies=None, decay=0.0, centre=False):
    """Climb the exact log-likelihood, one gradient step after the other (beta = 1).

    Parameters
    ----------
    start : Network
        Where to begin; its units after the first V are hidden. Hidden units need unequal weights to begin with: units that start
        alike stay alike.
    data : array_like, shape (samples, V)
    steps : int
    rate : float
        Learning rate.
    mask : array_like of bool, shape (N, N), optional
        Pairs that may have a weight; all if left out.
    frequencies : array_like, shape (samples,), optional
    decay : float
        Each step also takes `rate` × `decay` × weight away from every weight.
    centre : bool
        Take the steps of `centred`, with the mean of the clamped phase.

    Returns
    -------
    network : Network
    history : ndarray, shape (steps + 1,)
        Log-likelihood before the first step and after each.

    Examples
    --------
    Four states of probability ⅜, ⅛, ⅛, ⅜ need W = ln(p₁₁ p₀₀ / p₁₀ p₀₁) = ln 9 and b = ln(p₁₀ / p₀₀) = −ln 3.

    >>> machine, history = fit_exact(Network(np.zeros((2, 2)), alphabet=UNITS), [[0, 0], [1, 1], [0, 1], [1, 0]],
    ...                              steps=500, rate=1.0, frequencies=[3, 3, 1, 1])
    >>> machine.weights.round(3).tolist(), machine.biases.round(3).tolist()
    ([[0.0, 2.197], [2.197, 0.0]], [-1.099, -1.099])
    """
    data, frequencies = _data(start, data, frequencies)
    mask, alphabet = _mask(mask, len(start.weights)), start.alphabet
    rate = _positive("rate", rate)
    visible = np.arange(data.shape[1])
    weights, biases = start.weights * mask, start.biases
    history = []
    for step in range(_require.whole("steps", steps, least=0) + 1):
        network = Network(weights, biases, alphabet, blocks=())
        energy = exact.energies(network)
        log_z = logsumexp(-energy)
        history.append(frequencies @ log_weights(network, visible, data) - log_z)
        if step == steps:
            return Network(weights, biases, alphabet), np.array(history)
        mean, second = clamped_moments(network, data, frequencies=frequencies)
        free_mean, free_second = exact.moments_of(np.exp(-energy - log_z), alphabet)
        change = _on_pairs(second - free_second, mask), mean - free_mean
        if centre:
            change = centred(*change, mean, mask)
        weights = weights + rate * (change[0] - decay * weights)
        biases = biases + rate * change[1]


# Pseudo-likelihood: each unit given all others, so that no partition function is needed


def pseudo_likelihood(network, data, beta=1.0, frequencies=None):
    r"""Return the average over the data of :math:`\sum_i \ln p(s_i \mid \text{all other units})`; no hidden units.

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
    data, frequencies = _all_visible(network, data, frequencies)
    return float(frequencies @ _log_conditionals(network, data, exact.one_beta(beta)).sum(axis=1))


def pseudo_likelihood_gradient(network, data, beta=1.0, frequencies=None, mask=None):
    r"""Return the gradient of `pseudo_likelihood`.

    With the surprise :math:`r_i = s_i - \langle s_i \mid \text{rest} \rangle`, the derivative for a weight is
    :math:`\beta \langle r_i s_j + s_i r_j \rangle`, for a bias :math:`\beta \langle r_i \rangle`.

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
    data, frequencies = _all_visible(network, data, frequencies)
    beta = exact.one_beta(beta)
    surprise = frequencies[:, None] * (data - _mean_given(data @ network.weights + network.biases, beta, network.alphabet))
    pairs = surprise.T @ data
    return beta * _on_pairs(pairs + pairs.T, _mask(mask, len(pairs))), beta * surprise.sum(axis=0)


def fit_pseudo_likelihood(data, mask=None, alphabet=SPINS, frequencies=None, penalty=0.0, biased=True):
    """Find the machine without hidden units that maximises the pseudo-likelihood of the data (beta = 1), by L-BFGS.

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
    mask = _mask(mask, count)
    pairs = np.nonzero(np.triu(mask))
    empty = Network(np.zeros((count, count)), alphabet=alphabet, blocks=())
    data, frequencies = _all_visible(empty, data, frequencies)

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


# Many machines at once, by sampling


def sweep(weights, biases, states, rng, beta=1.0, blocks=None, alphabet=UNITS):
    """Return the states after one Gibbs sweep of every chain of every machine.

    Parameters
    ----------
    weights : ndarray, shape (..., N, N)
        One machine per entry of the leading axes.
    biases : ndarray, shape (..., N)
    states : ndarray, shape (..., chains, N)
    rng : numpy.random.Generator
    beta : float
    blocks : sequence of integer arrays, optional
        Drawn at once, one block after the other; units in no block are clamped. Colour classes of all weights together, if
        left out. The caller answers for blocks without a weight inside; `free_blocks` makes them.
    alphabet : tuple

    Returns
    -------
    ndarray, shape (..., chains, N)
        Of the type of the weights.

    Examples
    --------
    >>> weights, biases = np.zeros((2, 3, 3)), np.full((2, 3), 50.0)
    >>> sweep(weights, biases, np.zeros((2, 1, 3)), np.random.default_rng(0)).tolist()
    [[[1.0, 1.0, 1.0]], [[1.0, 1.0, 1.0]]]
    """
    low, high = alphabet
    blocks = free_blocks(_union(weights)) if blocks is None else blocks
    states = np.array(states, dtype=weights.dtype)
    for block in blocks:
        field = states @ weights[..., :, block] + biases[..., None, block]
        p_high = expit(weights.dtype.type(beta * (high - low)) * field)
        states[..., block] = np.where(rng.random(field.shape, dtype=field.dtype) < p_high, high, low)
    return states


def sweeps(weights, biases, states, rng, betas, blocks, alphabet=UNITS):
    """Sweep once at each inverse temperature in turn, and yield the states after each sweep.

    The same as calling `sweep` again and again. With many small machines the trials are kept on the last axis meanwhile:
    each operation then runs along hundreds of neighbouring numbers, which takes a third of the time.

    Parameters
    ----------
    weights, biases, states, rng, blocks, alphabet
        As in `sweep`.
    betas : iterable of float

    Yields
    ------
    ndarray, shape (..., chains, N)
        Valid until the next one is asked for: copy what is to be kept.

    Examples
    --------
    >>> betas = [0.1, 0.2, 0.4]
    >>> len(list(sweeps(np.zeros((2, 2)), np.zeros(2), np.zeros((5, 2)), np.random.default_rng(0), betas, [[0], [1]])))
    3
    """
    if weights.ndim != 3 or len(weights) < MANY_TRIALS or weights.shape[-1] > SMALL_MACHINE:
        for beta in betas:
            states = sweep(weights, biases, states, rng, beta, blocks, alphabet)
            yield states
        return
    (low, high), number = alphabet, weights.dtype.type
    inputs = np.ascontiguousarray(weights.transpose(1, 2, 0))
    parts = [(block, inputs[block], biases.T[block][:, None, :]) for block in blocks]
    states = np.array(states.transpose(2, 1, 0), dtype=weights.dtype, order="C")
    for beta in betas:
        for block, rows, bias in parts:
            field = np.einsum("knt,nct->kct", rows, states) + bias
            with np.errstate(over="ignore", invalid="ignore"):  # far below zero e^(-x) is infinite, and the unit stays low
                is_high = rng.random(field.shape, dtype=field.dtype) * (1 + np.exp(-number(beta * (high - low)) * field)) < 1
            states[block] = number(high - low) * is_high + number(low)
        yield states.transpose(2, 1, 0)


def free_blocks(mask, clamped=()):
    """Return blocks of units that no weight joins, made of the units that are not clamped.

    Parameters
    ----------
    mask : array_like of bool, shape (N, N)
        Pairs that may have a weight.
    clamped : sequence of int

    Returns
    -------
    list of ndarray

    Examples
    --------
    >>> [block.tolist() for block in free_blocks(connectivity([2, 2], joined=[(0, 1), (0, 0)]), clamped=[0])]
    [[1], [2, 3]]
    """
    mask = _mask(mask, len(mask))
    return [block.copy() for block in _free_blocks(mask.tobytes(), len(mask), tuple(check_units(clamped, len(mask)).tolist()))]


def moments_of_states(states):
    """Return ⟨s_i⟩, shape (..., N), and ⟨s_i s_j⟩, shape (..., N, N), averaged over the chains of states (..., chains, N).

    Examples
    --------
    >>> mean, second = moments_of_states(np.array([[1, 0], [1, 1]]))
    >>> mean.tolist(), second.tolist()
    ([1.0, 0.5], [[1.0, 0.5], [0.5, 0.5]])
    """
    states = np.ascontiguousarray(states)
    if states.dtype.kind != "f":
        states = states.astype(float)  # sums of int8 or bool would overflow
    return states.mean(axis=-2), np.swapaxes(states, -1, -2) @ states / states.shape[-2]


def sampled_start(weights, biases, data, chains, rng, alphabet=UNITS):
    """Return what `sampled_step` works on: machines, their free chains, and one clamped chain for each sample.

    Parameters
    ----------
    weights : ndarray, shape (..., N, N)
    biases : ndarray, shape (..., N)
    data : array_like, shape (samples, V)
    chains : int
        Free chains of each machine; they start in states drawn at random.
    rng : numpy.random.Generator
    alphabet : tuple

    Returns
    -------
    dict
        "weights", "biases", "free" (..., chains, N) and "clamped" (..., samples, N).

    Examples
    --------
    >>> start = sampled_start(np.zeros((5, 3, 3)), np.zeros((5, 3)), [[0, 1], [1, 0]], 10, np.random.default_rng(0))
    >>> start["free"].shape, start["clamped"].shape
    ((5, 10, 3), (5, 2, 3))
    """
    weights, biases = _machines(weights, biases)
    count, trials = weights.shape[-1], weights.shape[:-2]
    data, _ = _data(Network(np.zeros((count, count)), alphabet=alphabet, blocks=()), data, None)
    free = _random_states((*trials, _require.whole("chains", chains), count), weights.dtype, rng, alphabet)
    clamped = _random_states((*trials, len(data), count), weights.dtype, rng, alphabet)
    clamped[..., : data.shape[1]] = data
    return dict(weights=weights, biases=biases, free=free, clamped=clamped)


def sampled_step(parameters, rng, visible, mask, rate, count=1, decay=0.0, centre=False, alphabet=UNITS):
    """Return the machines and chains after one step of learning from chains that are kept from step to step.

    Parameters
    ----------
    parameters : dict
        From `sampled_start`.
    rng : numpy.random.Generator
    visible : int
        Number of visible units: the clamped chains keep them.
    mask : array_like of bool, shape (N, N)
    rate : float
    count : int
        Sweeps of all chains before their averages are taken.
    decay, centre
        As in `fit_exact`.
    alphabet : tuple

    Returns
    -------
    dict

    Notes
    -----
    R. M. Neal, *Artificial Intelligence* 56 (1992) 71; T. Tieleman, *ICML* 2008, for restricted machines.

    Examples
    --------
    >>> rng, mask = np.random.default_rng(0), connectivity([3], [(0, 0)])
    >>> start = sampled_start(np.zeros((3, 3)), np.zeros(3), [[0, 1], [1, 0]], 10, rng)
    >>> sampled_step(start, rng, 2, mask, rate=0.1)["clamped"][:, :2].tolist()  # the data stay
    [[0.0, 1.0], [1.0, 0.0]]
    """
    weights, biases = parameters["weights"], parameters["biases"]
    mask = _mask(mask, weights.shape[-1])
    free, clamped = parameters["free"], parameters["clamped"]
    everything, hidden = free_blocks(mask), free_blocks(mask, np.arange(visible))
    for states in sweeps(weights, biases, free, rng, np.ones(count), everything, alphabet):
        free = states
    for states in sweeps(weights, biases, clamped, rng, np.ones(count), hidden, alphabet):
        clamped = states
    (mean, second), (free_mean, free_second) = moments_of_states(clamped), moments_of_states(free)
    change = _on_pairs(second - free_second, mask), mean - free_mean
    if centre:
        change = centred(*change, mean, mask)
    return dict(weights=_typed(weights + rate * (change[0] - decay * weights), weights),
                biases=_typed(biases + rate * change[1], biases), free=free, clamped=clamped)


def fit_sampled(weights, biases, data, steps, rate, rng, chains=100, count=1, mask=None, decay=0.0, centre=False,
                alphabet=UNITS, **how):
    """Learn from samples: both averages are taken over chains that are kept from step to step.

    Parameters
    ----------
    weights : array_like, shape (..., N, N)
        Where to begin; each entry of the leading axes is a trial of its own.
    biases : array_like, shape (..., N)
    data : array_like, shape (samples, V)
    steps : int
    rate : float or callable
        Learning rate, or a function of the step's number that returns it. The noise of the averages dies out only if the
        rate goes to zero.
    rng : numpy.random.Generator
    chains, count, mask, decay, centre, alphabet
        As in `sampled_start` and `sampled_step`.
    **how
        Passed on to `train`: checkpoint, every, progress, watch.

    Returns
    -------
    weights, biases : ndarray
    history : dict
        As `train` returns it.

    Examples
    --------
    >>> weights, biases, history = fit_sampled(np.zeros((2, 2)), np.zeros(2), [[1, 1], [0, 0]], steps=200, rate=0.5,
    ...                                        rng=np.random.default_rng(0))
    >>> bool(weights[0, 1] > 2)
    True
    """
    weights, biases = _machines(weights, biases)
    mask = _mask(mask, weights.shape[-1])
    start = sampled_start(weights * mask, biases, data, chains, rng, alphabet)
    visible = np.shape(data)[-1]

    def step(number, parameters, rng):
        now = rate(number) if callable(rate) else rate
        return sampled_step(parameters, rng, visible, mask, now, count, decay, centre, alphabet)

    pace = "a function" if callable(rate) else rate
    about = f"fit_sampled {visible} {mask.tolist()} {pace} {count} {decay} {centre} {alphabet}"
    end, history = train(step, start, steps, rng, about=about, **how)
    return end["weights"], end["biases"], history


# Learning as in 1985


def clamp_noise(patterns, rng, on=0.15, off=0.05):
    """Flip bits of 0/1 patterns at random: those that are on with probability `on`, those that are off with `off`.

    A pattern that is always clamped as it is asks for infinite weights; noise keeps every state possible.

    Parameters
    ----------
    patterns : array_like, shape (..., V)
    rng : numpy.random.Generator
    on, off : float

    Returns
    -------
    ndarray, shape (..., V)

    Notes
    -----
    The default probabilities are those of Ackley, Hinton and Sejnowski, *Cognitive Science* 9 (1985) 147, for the 4-2-4 encoder.

    Examples
    --------
    >>> clamp_noise([[1, 0, 1]], np.random.default_rng(0), on=1, off=0).tolist()
    [[0, 0, 0]]
    """
    patterns = _require.in_alphabet("patterns", patterns, UNITS)
    uniform = _require.generator(rng).random(patterns.shape)
    return np.where(uniform < np.where(patterns == 1, on, off), 1 - patterns, patterns)


def annealed_moments(weights, biases, states, rng, blocks, schedule=SCHEDULE_1985, collect=COLLECT_1985):
    """Cool every chain down, then average ⟨s_i⟩ and ⟨s_i s_j⟩ over sweeps at the last temperature.

    Parameters
    ----------
    weights : ndarray, shape (..., N, N)
    biases : ndarray, shape (..., N)
    states : ndarray of 0 and 1, shape (..., chains, N)
        Where the chains begin; clamped units already at their values.
    rng : numpy.random.Generator
    blocks : sequence of integer arrays
        From `free_blocks`.
    schedule : sequence of (sweeps, temperature)
        That of 1985: 2 at T = 20, 2 at 15, 2 at 12, 4 at 10.
    collect : (sweeps, temperature)
        That of 1985: 10 at T = 10.

    Returns
    -------
    mean : ndarray, shape (..., N)
    second : ndarray, shape (..., N, N)

    Examples
    --------
    >>> chains, biases = np.zeros((3, 2)), np.array([1000.0, -1000.0])
    >>> annealed_moments(np.zeros((2, 2)), biases, chains, np.random.default_rng(0), [np.array([0, 1])])[0].tolist()
    [1.0, 0.0]
    """
    temperatures = [temperature for count, temperature in (*schedule, collect) for _ in range(count)]
    last = len(temperatures) - _require.whole("collect", collect[0])
    run = sweeps(weights, biases, states, rng, 1 / np.array(temperatures), blocks)
    seen = [states.copy(order="K") for number, states in enumerate(run) if number >= last]
    return moments_of_states(np.concatenate(seen, axis=-2))


def annealed_cycle(weights, biases, patterns, rng, mask, annealings=2, noise=(0.15, 0.05), size=2.0, fixed=True, decay=0.0,
                   schedule=SCHEDULE_1985, collect=COLLECT_1985):
    """Return weights and biases after one cycle of learning: clamped phase, free phase, one step.

    Parameters
    ----------
    weights : array_like, shape (..., N, N)
        One trial per entry of the leading axes.
    biases : array_like, shape (..., N)
    patterns : array_like of 0 and 1, shape (P, V) or (..., P, V)
        What is clamped, the same for all trials or not.
    rng : numpy.random.Generator
    mask : array_like of bool, shape (N, N)
    annealings : int
        How often each pattern is clamped, with noise of its own; the free phase has as many annealings in all.
    noise : (float, float)
        Probabilities of `clamp_noise` for bits that are on and off.
    size : float
        Of the step.
    fixed : bool
        If True every weight changes by ±`size`, by the sign of clamped minus free (not at all where they are equal); if False by
        `size` × (clamped − free).
    decay : float
        Times the weight is taken away from it in each cycle; biases do not decay.
    schedule, collect
        As in `annealed_moments`.

    Returns
    -------
    weights, biases : ndarray
        Of the same shapes.

    Notes
    -----
    Ackley, Hinton and Sejnowski, *Cognitive Science* 9 (1985) 147, on the encoder problem. Units are updated block after block
    in a fixed order, where the paper picks them at random.

    Examples
    --------
    >>> mask = connectivity([2, 1], joined=[(0, 0), (0, 1)])
    >>> weights, biases = annealed_cycle(np.zeros((5, 3, 3)), np.zeros((5, 3)), [[1, 0], [0, 1]], np.random.default_rng(0), mask)
    >>> weights.shape, set(np.abs(weights[:, 0, 1]).tolist()) <= {0.0, 2.0}
    ((5, 3, 3), True)
    """
    weights, biases = _machines(weights, biases)
    mask = _mask(mask, weights.shape[-1])
    patterns = _require.in_alphabet("patterns", patterns, UNITS)
    visible = patterns.shape[-1]
    if not 0 < visible <= len(mask) or patterns.ndim < 2 or patterns.size == 0:
        raise ValueError(f"patterns must have shape (P, V) with 0 < V <= {len(mask)} units, got {patterns.shape}")
    patterns = np.repeat(patterns, _require.whole("annealings", annealings), axis=-2)
    shape = (*weights.shape[:-2], patterns.shape[-2], len(mask))
    clamped = _random_states(shape, weights.dtype, rng, UNITS)
    clamped[..., :visible] = clamp_noise(np.broadcast_to(patterns, (*shape[:-1], visible)), rng, *noise)
    free = _random_states(shape, weights.dtype, rng, UNITS)
    hidden, everything = free_blocks(mask, np.arange(visible)), free_blocks(mask)
    mean, second = annealed_moments(weights, biases, clamped, rng, hidden, schedule, collect)
    free_mean, free_second = annealed_moments(weights, biases, free, rng, everything, schedule, collect)
    changes = _on_pairs(second - free_second, mask), mean - free_mean
    if fixed:
        changes = [np.sign(change) for change in changes]
    return (_typed(weights + size * changes[0] - decay * weights, weights), _typed(biases + size * changes[1], biases))


def train(step, parameters, steps, rng, checkpoint=None, every=100, progress=False, watch=None, about=""):
    """Repeat a learning step; write down where it stands, and on the next call go on from there bit for bit.

    Parameters
    ----------
    step : callable
        step(number, parameters, rng) returns the new parameters, and changes nothing else.
    parameters : dict of str to array_like
        All that one step hands to the next: weights, biases, chains.
    steps : int
        In all, those of earlier calls included.
    rng : numpy.random.Generator
        In the state in which the whole training begins, also when it is resumed; left in the state in which it ends.
    checkpoint : str or path-like, optional
        File to resume from if it exists, and to write after every `every` steps and at the end.
    every : int
    progress : bool
        Whether to show the step on standard error.
    watch : callable, optional
        watch(parameters) is recorded before the first step, after every `every` steps, and at the end.
    about : str
        What else this training is (data, rates); a checkpoint of another one is refused.

    Returns
    -------
    parameters : dict of str to ndarray
    history : dict
        "step", shape (records,), and "watched", shape (records, ...); both empty without `watch`.

    Raises
    ------
    ValueError
        If the checkpoint is damaged, belongs to another training, or has gone further than `steps`.

    Examples
    --------
    >>> end, history = train(lambda number, p, rng: {"x": p["x"] + number}, {"x": 0}, steps=4, rng=np.random.default_rng(0),
    ...                      every=2, watch=lambda p: p["x"])
    >>> int(end["x"]), history["step"].tolist(), history["watched"].tolist()
    (6, [0, 2, 4], [0, 1, 6])
    """
    steps, every = _require.whole("steps", steps, least=0), _require.whole("every", every)
    parameters = {name: np.asarray(value) for name, value in parameters.items()}
    identity = _identity(parameters, _require.generator(rng), every, about)
    done, records = 0, []
    if checkpoint is not None and os.path.exists(checkpoint):
        done, parameters, records = _resume(checkpoint, identity, steps, rng)
    elif watch is not None:
        records = [(0, np.asarray(watch(parameters)))]
    for number in range(done, steps):
        parameters = {name: np.asarray(value) for name, value in step(number, parameters, rng).items()}
        done = number + 1
        if done % every and done < steps:
            continue
        if watch is not None:
            records.append((done, np.asarray(watch(parameters))))
        if checkpoint is not None:
            _checkpoint.save(checkpoint, _stored(identity, done, parameters, records), rng)
        if progress:
            print(f"\rstep {done} of {steps}", end="\n" if done == steps else "", file=sys.stderr, flush=True)
    return parameters, dict(step=np.array([at for at, _ in records], dtype=int), watched=np.array([seen for _, seen in records]))


def _identity(parameters, rng, every, about):
    """A digest of the beginning: two trainings with the same one take the same steps."""
    digest = hashlib.sha256(f"{about} {every}".encode())
    digest.update(json.dumps(rng.bit_generator.state, default=lambda array: array.tolist()).encode())
    for name, value in sorted(parameters.items()):
        digest.update(f"{name} {value.dtype} {value.shape}".encode() + value.tobytes())
    return digest.hexdigest()


def _stored(identity, done, parameters, records):
    stored = {f"parameter {name}": value for name, value in parameters.items()}
    stored |= {f"record {at}": seen for at, seen in records}
    return stored | dict(identity=identity, done=done)


def _resume(path, identity, steps, rng):
    stored, then = _checkpoint.load(path)
    if str(stored.pop("identity", None)) != identity:
        raise ValueError(f"{path} belongs to another training (other data, parameters, settings or seed); "
                         "remove it or name another file")
    done = int(stored.pop("done"))
    if done > steps:
        raise ValueError(f"{path} stands at step {done}, further than the {steps} steps asked for")
    rng.bit_generator.state = then.bit_generator.state
    named = [(*key.split(" ", 1), value) for key, value in stored.items()]
    parameters = {name: value for kind, name, value in named if kind == "parameter"}
    return done, parameters, [(int(name), value) for kind, name, value in named if kind == "record"]


# Checks, and small steps used above


@lru_cache(maxsize=64)
def _free_blocks(mask, count, clamped):
    """The blocks of `free_blocks`, found once for each mask: every step of a training asks for them."""
    free = np.setdiff1d(np.arange(count), clamped).astype(int)
    mask = np.frombuffer(mask, dtype=bool).reshape(count, count)
    return tuple(free[block] for block in colour_classes(mask[np.ix_(free, free)].astype(float)))


def _mask(mask, count):
    """The allowed pairs as booleans: symmetric, nothing on the diagonal; all pairs if None."""
    if mask is None:
        return ~np.eye(count, dtype=bool)
    mask = np.asarray(mask).astype(bool)
    if mask.shape != (count, count):
        raise ValueError(f"mask must have shape ({count}, {count}), got {mask.shape}")
    if (mask != mask.T).any() or mask.diagonal().any():
        raise ValueError("mask must be symmetric with an empty diagonal")
    return mask


def _data(network, data, frequencies):
    """The data as floats, and frequencies that add up to one."""
    data = np.asarray(data)
    if data.ndim != 2 or data.size == 0 or data.shape[1] > len(network.weights):
        raise ValueError(f"data must have shape (samples, V), at least one sample and 1 to {len(network.weights)} visible units, "
                         f"got {data.shape}")
    data = _require.in_alphabet("data", data, network.alphabet).astype(float)
    if frequencies is None:
        return data, np.full(len(data), 1 / len(data))
    frequencies = _require.finite("frequencies", frequencies)
    if frequencies.shape != (len(data),) or frequencies.min() < 0 or frequencies.sum() == 0:
        raise ValueError(f"frequencies must be {len(data)} numbers, none negative and not all zero, got {frequencies.tolist()}")
    return data, frequencies / frequencies.sum()


def _all_visible(network, data, frequencies):
    data, frequencies = _data(network, data, frequencies)
    _require.length("data", data, len(network.weights))
    return data, frequencies


def _values(network, units, values):
    values = _require.length("values", values, len(units))
    return _require.in_alphabet("values", values, network.alphabet).astype(float)


def _machines(weights, biases):
    weights, biases = _require.finite("weights", weights), _require.finite("biases", biases)
    if weights.ndim < 2 or weights.shape[-1] != weights.shape[-2] or biases.shape != weights.shape[:-1]:
        raise ValueError(f"weights must have shape (..., N, N) and biases (..., N), got {weights.shape} and {biases.shape}")
    if (weights != np.swapaxes(weights, -1, -2)).any() or np.diagonal(weights, axis1=-2, axis2=-1).any():
        raise ValueError("weights must be symmetric with a zero diagonal in every trial")
    return weights, biases


def _positive(name, value):
    if not (np.isfinite(value) and value > 0):
        raise ValueError(f"{name} must be positive and finite, got {value}")
    return float(value)


def _part(network, units):
    """The network of some units alone."""
    return Network(network.weights[np.ix_(units, units)], network.biases[units], network.alphabet, blocks=())


def _log_sum_over(network, rest, field, beta):
    """ln Σ over the states of `rest` of exp(β·field·state − β·(their energy among themselves)), shape (...)."""
    low, high = network.alphabet
    inside = network.weights[np.ix_(rest, rest)]
    if not inside.any():
        return np.logaddexp(beta * low * field, beta * high * field).sum(axis=-1)
    energy = exact.energies(Network(inside, alphabet=network.alphabet, blocks=()))
    states = exact.states(len(rest), network.alphabet).astype(float)
    rows = field.reshape(-1, len(rest))
    size = max(1, CHUNK // len(states))
    sums = [logsumexp(beta * (rows[k : k + size] @ states.T - energy), axis=1) for k in range(0, len(rows), size)]
    return np.concatenate(sums).reshape(field.shape[:-1])


def _mean_given(field, beta, alphabet):
    """⟨s⟩ of a unit in a field."""
    low, high = alphabet
    return low + (high - low) * expit(beta * (high - low) * field)


def _log_conditionals(network, data, beta):
    """ln P(s_i | rest) for each sample and unit."""
    low, high = network.alphabet
    towards = np.where(data == high, 1.0, -1.0) * (data @ network.weights + network.biases)
    return -np.logaddexp(0, -beta * (high - low) * towards)


def _on_pairs(matrix, mask):
    """Made symmetric to the last bit, and zero where no weight may be."""
    return (matrix + np.swapaxes(matrix, -1, -2)) / 2 * mask


def _typed(array, like):
    return array.astype(like.dtype, copy=False)


def _union(weights):
    """Pairs joined in any of the machines."""
    return (weights != 0).reshape(-1, *weights.shape[-2:]).any(axis=0)


def _random_states(shape, dtype, rng, alphabet):
    return np.where(_require.generator(rng).random(shape) < 0.5, *alphabet).astype(dtype)
