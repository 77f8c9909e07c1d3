"""What a machine says exactly, by enumeration: completions, likelihoods, both averages of the gradient, and learning by it."""

import numpy as np
from scipy.special import log_softmax, logsumexp

from netlib import _require, exact, training
from netlib.boltzmann.machine import allowed_pairs, mean_given, on_pairs, samples, values_of
from netlib.network import Network

CHUNK = 2**22  # numbers held at once while states are listed


def log_marginal(network, units, values, beta=1.0):
    r"""Return :math:`\ln \sum_\text{rest} e^{-\beta E}`: some units at given values, all others summed out.

    For the visible units this is minus the free energy (times beta). If the others are not joined among themselves the sum
    factorises and their number does not matter; otherwise their states are enumerated.

    In the book: chapter 19.

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

    >>> from netlib.network import UNITS
    >>> round(float(log_marginal(Network([[0, 1], [1, 0]], alphabet=UNITS), [0], [1])), 6)
    1.313262
    """
    units = _require.check_units(units, len(network.weights))
    values = values_of(network, units, values)
    beta = _require.one_beta(beta)
    rest = np.setdiff1d(np.arange(len(network.weights)), units)
    field = values @ network.weights[np.ix_(units, rest)] + network.biases[rest]
    return -beta * _part(network, units).energy(values) + _log_sum_over(network, rest, field, beta)


def completion(network, known, values, wanted=None, beta=1.0):
    """Return P(wanted units | known units), exactly: units that are neither are summed out.

    In the book: chapter 17.

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
    >>> from netlib.network import UNITS
    >>> pair = Network([[0, 2], [2, 0]], biases=[0, -1], alphabet=UNITS)
    >>> completion(pair, known=[0], values=[1], wanted=[1]).round(4).tolist()
    [0.2689, 0.7311]
    """
    count = len(network.weights)
    known = _require.check_units(known, count)
    values = values_of(network, known, values)
    wanted = np.setdiff1d(np.arange(count), known) if wanted is None else _require.check_units(wanted, count)
    if np.intersect1d(known, wanted).size:
        raise ValueError(f"units {np.intersect1d(known, wanted).tolist()} are both known and wanted")
    answers = exact.states(len(wanted), network.alphabet)
    shape = (*values.shape[:-1], len(answers))
    asked = np.concatenate([np.broadcast_to(values[..., None, :], (*shape, len(known))),
                            np.broadcast_to(answers, (*shape, len(wanted)))], axis=-1)
    return np.exp(log_softmax(log_marginal(network, np.concatenate([known, wanted]), asked, beta), axis=-1))


def posterior(network, visible, beta=1.0):
    """Return P(h | v) over all states of the hidden units, those after the visible ones.

    In the book: chapter 19.

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
    >>> from netlib.network import UNITS
    >>> posterior(Network(np.zeros((2, 2)), [0, np.log(3)], UNITS), [1]).round(6).tolist()  # odds of three to one
    [0.25, 0.75]
    """
    return completion(network, np.arange(np.shape(visible)[-1]), visible, beta=beta)


def log_likelihood(network, data, beta=1.0, frequencies=None):
    """Return the average of ln p(v) over the data, hidden units summed out.

    In the book: chapter 18.

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

    >>> from netlib.network import UNITS
    >>> round(log_likelihood(Network(np.zeros((2, 2)), alphabet=UNITS), [[0, 1], [1, 1]]), 6)
    -1.386294
    """
    data, frequencies = samples(network, data, frequencies)
    seen = log_marginal(network, np.arange(data.shape[1]), data, beta)
    return float(frequencies @ seen - exact.log_partition(network, beta))


def clamped_moments(network, data, beta=1.0, frequencies=None):
    """Return ⟨s_i⟩ and ⟨s_i s_j⟩ with the visible units at the data and the hidden ones in their posterior.

    In the book: chapters 18 and 19.

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
    >>> from netlib.network import UNITS
    >>> mean, second = clamped_moments(Network(np.zeros((3, 3)), alphabet=UNITS), [[0, 1], [1, 1]])
    >>> mean.tolist(), second[1].tolist()
    ([0.5, 1.0, 0.5], [0.5, 1.0, 0.5])
    """
    data, frequencies = samples(network, data, frequencies)
    visible = data.shape[1]
    hidden = np.arange(visible, len(network.weights))
    weights = network.weights[visible:, visible:]
    if not weights.any():
        field = data @ network.weights[:visible, visible:] + network.biases[hidden]
        means = mean_given(field, _require.one_beta(beta), network.alphabet)
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

    In the book: chapter 18.

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

    >>> from netlib.network import UNITS
    >>> weights, biases = gradient(Network(np.zeros((2, 2)), alphabet=UNITS), [[1, 1]])
    >>> weights.tolist(), biases.tolist()
    ([[0.0, 0.75], [0.75, 0.0]], [0.5, 0.5])
    """
    beta = _require.one_beta(beta)
    mean, second = clamped_moments(network, data, beta, frequencies)
    free_mean, free_second = exact.moments(network, beta)
    return beta * on_pairs(second - free_second, allowed_pairs(mask, len(mean))), beta * (mean - free_mean)


def centred(weights_gradient, biases_gradient, offset, mask=None):
    r"""Return the step that a machine with centred units would take, in the coordinates of the ordinary machine.

    Written with :math:`s - c`, the energy is :math:`-\tfrac12 (s-c)^\mathsf{T} W (s-c) - b'^\mathsf{T}(s-c)`, the same
    family of machines. Its gradient for the weights is a difference of moments about :math:`c`, and because
    :math:`b = b' - Wc`, a step in :math:`W` takes its share back from the biases. The zeros of the step are those of the
    gradient. With :math:`c` near the mean of the units, 0/1 machines learn about as well as ±1 machines.

    In the book: chapter 25.

    Parameters
    ----------
    weights_gradient : array_like, shape (..., N, N)
    biases_gradient : array_like, shape (..., N)
    offset : array_like, shape (..., N)
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
    >>> weights, biases = centred([[0, 0.75], [0.75, 0]], [0.5, 0.5], offset=[1, 1])
    >>> float(weights[0, 1]), biases.tolist()
    (-0.25, [0.75, 0.75])
    """
    weights_gradient, biases_gradient = np.asarray(weights_gradient), np.asarray(biases_gradient)
    offset = _require.length("offset", offset, biases_gradient.shape[-1])
    cross = offset[..., :, None] * biases_gradient[..., None, :]
    weights = on_pairs(weights_gradient - cross - np.swapaxes(cross, -1, -2), allowed_pairs(mask, biases_gradient.shape[-1]))
    return weights, biases_gradient - (weights @ offset[..., None])[..., 0]


def fit_exact(start, data, steps, rate, *, mask=None, frequencies=None, decay=0.0, centre=False):
    """Climb the exact log-likelihood, one gradient step after the other (beta = 1).

    In the book: chapter 18.

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

    >>> from netlib.network import UNITS
    >>> machine, history = fit_exact(Network(np.zeros((2, 2)), alphabet=UNITS), [[0, 0], [1, 1], [0, 1], [1, 0]],
    ...                              steps=500, rate=1.0, frequencies=[3, 3, 1, 1])
    >>> machine.weights.round(3).tolist(), machine.biases.round(3).tolist()
    ([[0.0, 2.197], [2.197, 0.0]], [-1.099, -1.099])
    """
    data, frequencies = samples(start, data, frequencies)
    mask, alphabet = allowed_pairs(mask, len(start.weights)), start.alphabet
    rate, decay = float(_require.positive("rate", rate)), training.scheduled("decay", decay, 0)
    visible = np.arange(data.shape[1])
    weights, biases = start.weights * mask, start.biases
    history = []
    for step in range(_require.whole("steps", steps, least=0) + 1):
        network = Network(weights, biases, alphabet, blocks=())
        energy = exact.energies(network)
        log_z = logsumexp(-energy)
        history.append(frequencies @ log_marginal(network, visible, data) - log_z)
        if step == steps:
            return Network(weights, biases, alphabet), np.array(history)
        mean, second = clamped_moments(network, data, frequencies=frequencies)
        free_mean, free_second = exact.moments_of(np.exp(-energy - log_z), alphabet)
        change = on_pairs(second - free_second, mask), mean - free_mean
        if centre:
            change = centred(*change, mean, mask)
        weights = weights + rate * (change[0] - decay * weights)
        biases = biases + rate * change[1]


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
