r"""Restricted Boltzmann machines: a network whose weights join two sides, so that each side can be drawn at once.

Visible units :math:`v` and hidden units :math:`h`, both 0/1, have the energy

.. math:: E(v,h) = -b^\mathsf{T} v - c^\mathsf{T} h - v^\mathsf{T} W h .

No weight joins two units of one side: visible and hidden units are the two colour classes of `netlib.network`, and one side
given the other is a row of independent coins,

.. math::

    P(h_j = 1 \mid v) = \sigma\Bigl(c_j + \sum_i v_i W_{ij}\Bigr), \qquad
    P(v_i = 1 \mid h) = \sigma\Bigl(b_i + \sum_j W_{ij} h_j\Bigr).

For the same reason the hidden units can be summed out by hand, which leaves the free energy of a visible state,

.. math:: F(v) = -b^\mathsf{T} v - \sum_j \ln\bigl(1 + e^{c_j + (v^\mathsf{T} W)_j}\bigr), \qquad P(v) = e^{-F(v)} / Z .

The gradient of the mean log-likelihood is a difference of two averages, :math:`\langle v_i h_j\rangle_\text{data} -
\langle v_i h_j\rangle_\text{model}`. All ways of training in this module are ways of estimating the second one.

With Gaussian visible units (give `sigma`) the energy is :math:`\sum_i (v_i-b_i)^2/2\sigma_i^2 - c^\mathsf{T}h -
\sum_{ij} (v_i/\sigma_i) W_{ij} h_j`; given `h`, unit i is normal with mean :math:`b_i + \sigma_i (Wh)_i` and standard deviation
:math:`\sigma_i` (at inverse temperature beta: :math:`\sigma_i/\sqrt\beta`). That is the convention of Hinton's guide of 2010.
"""

import sys
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import expit, logsumexp

from netlib import _checkpoint, _require, exact, ladder
from netlib.network import UNITS, Network, check_units

ENUMERABLE = 20


@dataclass(frozen=True, eq=False)
class RBM:
    """A restricted Boltzmann machine; as a model its state is the visible units followed by the hidden ones.

    Parameters
    ----------
    weights : array_like, shape (V, H)
        One row for each visible unit. Their type (float32 or float64; whole numbers become float64) is the one in which
        everything is computed. The machine keeps copies.
    visible_bias : array_like, shape (V,), optional
        b; zero if left out.
    hidden_bias : array_like, shape (H,), optional
        c; zero if left out.
    sigma : float or array_like, shape (V,), optional
        Standard deviations of Gaussian visible units. If left out, visible units are 0/1.
    clamped : array_like of int, optional
        Units (0 to V−1 visible, V to V+H−1 hidden) that a sweep leaves as they are.

    Raises
    ------
    ValueError
        If shapes disagree, a number is not finite, or sigma is not positive.
    TypeError
        If the weights are no numbers, or floats of another precision.

    Examples
    --------
    >>> tiny = RBM([[1.0], [2.0]], visible_bias=[0.5, 0.0], hidden_bias=[-1.0])
    >>> float(tiny.energy([1, 1, 1]))  # −0.5 + 1 − (1 + 2)
    -2.5
    """

    weights: np.ndarray
    visible_bias: np.ndarray = None
    hidden_bias: np.ndarray = None
    sigma: np.ndarray = None
    clamped: np.ndarray = ()

    def __post_init__(self):
        weights = _require.finite("weights", self.weights)
        if weights.ndim != 2 or 0 in weights.shape:
            raise ValueError(f"weights must have shape (visible, hidden) with at least one unit each, got {weights.shape}")
        _require.single_or_double("weights", weights.dtype)
        set_ = dict(weights=weights.copy(), clamped=check_units(self.clamped, sum(weights.shape)).copy())
        for name, units in (("visible_bias", weights.shape[0]), ("hidden_bias", weights.shape[1])):
            given = getattr(self, name)
            bias = _require.finite(name, np.zeros(units) if given is None else given).astype(weights.dtype)
            if bias.shape != (units,):
                raise ValueError(f"{name} must have shape ({units},) to match the weights {weights.shape}, got {bias.shape}")
            set_[name] = bias
        if self.sigma is not None:
            sigma = _require.finite("sigma", self.sigma).astype(weights.dtype, copy=False)
            if sigma.shape not in ((), (len(weights),)):
                raise ValueError(f"sigma must be one number or have shape ({len(weights)},), got {sigma.shape}")
            if (sigma <= 0).any():
                raise ValueError(f"sigma must be positive, got {sigma.min():g}")
            set_["sigma"] = np.broadcast_to(sigma, len(weights)).copy()
        for name, value in set_.items():
            object.__setattr__(self, name, value)

    def energy(self, state):
        """Return E(v, h) of each state.

        Parameters
        ----------
        state : array_like, shape (..., V + H)

        Returns
        -------
        ndarray, shape (...)
        """
        visible, hidden = split(self, state)
        visible, hidden = _check_visible(self, visible), _check_hidden(self, hidden)
        joint = np.einsum("...j,...j->...", _hidden_field(self, visible), hidden)
        return _visible_energy(self, visible) - joint

    def sweep(self, state, beta, rng):
        """Return the state after the visible units were drawn given the hidden ones, and then the hidden given the visible.

        Parameters
        ----------
        state : array_like, shape (..., V + H)
        beta : float or array_like, shape (...)
        rng : numpy.random.Generator

        Returns
        -------
        ndarray, shape (..., V + H)

        Examples
        --------
        >>> RBM([[0.0]], visible_bias=[50.0], hidden_bias=[-50.0]).sweep([0, 1], 1.0, np.random.default_rng(0)).tolist()
        [1.0, 0.0]
        """
        visible, hidden = split(self, state)
        visible, hidden = _check_visible(self, visible), _check_hidden(self, hidden)
        beta = _beta_for(self, visible.shape[:-1], beta)
        _require.generator(rng)
        held = np.zeros(sum(self.weights.shape), dtype=bool)
        held[self.clamped] = True
        hold_visible, hold_hidden = split(self, held)
        visible = np.where(hold_visible, visible, _draw_visible(self, hidden, rng, beta))
        hidden = np.where(hold_hidden, hidden, _draw_hidden(self, visible, rng, beta)[1])
        return np.concatenate([visible, hidden], axis=-1)

    def clamp(self, units):
        """Return the same machine with `units` (visible from 0, then hidden) left as they are by a sweep."""
        return replace(self, clamped=units)

    def astype(self, dtype):
        """Return the same machine in float32 or float64."""
        return replace(self, weights=self.weights.astype(_require.single_or_double("dtype", dtype)))


class Statistics(NamedTuple):
    """Averages that belong to the three parameters, or a difference of two such averages: a gradient."""

    weights: np.ndarray
    visible_bias: np.ndarray
    hidden_bias: np.ndarray

    def __sub__(self, other):
        return Statistics(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))


def split(rbm, state):
    """Return the visible (..., V) and the hidden part (..., H) of states (..., V + H).

    Examples
    --------
    >>> [part.tolist() for part in split(RBM(np.zeros((2, 1))), [1, 0, 1])]
    [[1, 0], [1]]
    """
    state = _require.length("state", state, sum(rbm.weights.shape))
    return state[..., : len(rbm.weights)], state[..., len(rbm.weights) :]


def to_network(rbm):
    """Return the pairwise network with the same energy, whose colour classes are the two sides.

    Parameters
    ----------
    rbm : RBM
        With 0/1 visible units.

    Returns
    -------
    netlib.network.Network
        N = V + H units, visible first.

    Examples
    --------
    >>> [block.tolist() for block in to_network(RBM([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])).blocks]
    [[0, 1, 2], [3, 4]]
    """
    _require_units(rbm)
    visible, hidden = rbm.weights.shape
    weights = np.block([[np.zeros((visible, visible)), rbm.weights], [rbm.weights.T, np.zeros((hidden, hidden))]])
    network = Network(weights, np.concatenate([rbm.visible_bias, rbm.hidden_bias]), alphabet=UNITS)
    return network.clamp(rbm.clamped)


# ---- one side given the other ------------------------------------------------------------------------------------------------


def hidden_probabilities(rbm, visible, beta=1.0):
    """Return P(h_j = 1 | v) for every hidden unit.

    Parameters
    ----------
    rbm : RBM
    visible : array_like, shape (..., V)
    beta : float or array_like, shape (...)

    Returns
    -------
    ndarray, shape (..., H)

    Examples
    --------
    >>> hidden_probabilities(RBM([[1.0], [-1.0]]), [1, 1]).tolist()
    [0.5]
    """
    visible = _check_visible(rbm, visible)
    return expit(_beta_for(rbm, visible.shape[:-1], beta) * _hidden_field(rbm, visible))


def visible_probabilities(rbm, hidden, beta=1.0):
    """Return P(v_i = 1 | h) for every visible unit, shape (..., V); for 0/1 visible units only (see `visible_mean`).

    Examples
    --------
    >>> visible_probabilities(RBM([[np.log(3)]]), [[0], [1]]).round(6).tolist()
    [[0.5], [0.75]]
    """
    _require_units(rbm)
    return visible_mean(rbm, hidden, beta)


def visible_mean(rbm, hidden, beta=1.0):
    """Return the mean of every visible unit given the hidden ones: a probability, or the centre of a Gaussian.

    Parameters
    ----------
    rbm : RBM
    hidden : array_like, shape (..., H)
    beta : float or array_like, shape (...)

    Returns
    -------
    ndarray, shape (..., V)

    Examples
    --------
    >>> visible_mean(RBM([[2.0]], visible_bias=[1.0], sigma=3.0), [[0], [1]]).tolist()
    [[1.0], [7.0]]
    """
    hidden = _check_hidden(rbm, hidden)
    return _visible_mean(rbm, hidden, _beta_for(rbm, hidden.shape[:-1], beta))


def sample_hidden(rbm, visible, rng, beta=1.0):
    """Draw all hidden units given the visible ones: (..., V) to (..., H), all at once.

    Examples
    --------
    >>> copier = RBM([[90.0]], [-45.0], [-45.0])  # both units on, or both off
    >>> sample_hidden(copier, [[1], [0]], np.random.default_rng(0)).tolist()
    [[1.0], [0.0]]
    """
    visible = _check_visible(rbm, visible)
    return _draw_hidden(rbm, visible, _require.generator(rng), _beta_for(rbm, visible.shape[:-1], beta))[1]


def sample_visible(rbm, hidden, rng, beta=1.0):
    """Draw all visible units given the hidden ones: (..., H) to (..., V), all at once.

    Examples
    --------
    >>> copier = RBM([[90.0]], [-45.0], [-45.0])  # both units on, or both off
    >>> sample_visible(copier, [[1], [0]], np.random.default_rng(0)).tolist()
    [[1.0], [0.0]]
    """
    hidden = _check_hidden(rbm, hidden)
    return _draw_visible(rbm, hidden, _require.generator(rng), _beta_for(rbm, hidden.shape[:-1], beta))


def gibbs(rbm, visible, steps, rng, beta=1.0):
    """Return the visible units after some steps of block Gibbs sampling, v → h → v each.

    Parameters
    ----------
    rbm : RBM
    visible : array_like, shape (..., V)
    steps : int
    rng : numpy.random.Generator
    beta : float or array_like, shape (...)

    Returns
    -------
    ndarray, shape (..., V)

    Examples
    --------
    >>> copier = RBM([[90.0]], [-45.0], [-45.0])  # both units on, or both off
    >>> gibbs(copier, [[1], [0]], 10, np.random.default_rng(0)).tolist()
    [[1.0], [0.0]]
    """
    visible = _check_visible(rbm, visible)
    beta = _beta_for(rbm, visible.shape[:-1], beta)
    _require.generator(rng)
    for _ in range(_require.whole("steps", steps, least=0)):
        hidden = _draw_hidden(rbm, visible, rng, beta)[1]
        visible = _draw_visible(rbm, hidden, rng, beta)
    return visible


def inpaint(rbm, visible, known, sweeps, rng, beta=1.0):
    """Sample the unknown visible units, and the hidden ones, with the known visible units clamped.

    Parameters
    ----------
    rbm : RBM
    visible : array_like, shape (..., V)
        The unknown entries are where the walk starts.
    known : array_like of bool, shape (V,)
    sweeps : int
    rng : numpy.random.Generator
    beta : float or array_like, shape (...)

    Returns
    -------
    ndarray, shape (..., V)

    Examples
    --------
    >>> twins = RBM([[40.0, -40.0], [40.0, -40.0]], visible_bias=[-20.0, -20.0], hidden_bias=[-40.0, 40.0])
    >>> inpaint(twins, [[1, 0], [0, 1]], [True, False], 5, np.random.default_rng(0)).tolist()
    [[1.0, 1.0], [0.0, 0.0]]
    """
    visible = _check_visible(rbm, visible)
    known = np.asarray(known)
    if known.dtype != bool or known.shape != visible.shape[-1:]:
        raise ValueError(f"known must be a mask of shape {visible.shape[-1:]}, got {known.dtype} of shape {known.shape}")
    state = np.concatenate([visible, sample_hidden(rbm, visible, rng, beta)], axis=-1)
    held = rbm.clamp(np.flatnonzero(known))
    for _ in range(_require.whole("sweeps", sweeps, least=0)):
        state = held.sweep(state, beta, rng)
    return split(rbm, state)[0]


# ---- energies of one side, exact sums ----------------------------------------------------------------------------------------


def log_marginal(rbm, visible, beta=1.0):
    """Return ln Σ_h exp(−β E(v, h)), the logarithm of the probability of `visible` up to −ln Z.

    Parameters
    ----------
    rbm : RBM
    visible : array_like, shape (..., V)
    beta : float or array_like, shape (...)

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> round(float(np.exp(log_marginal(RBM([[0.0, 0.0]]), [1]))), 6)  # four hidden states of energy zero
    4.0
    """
    visible = _check_visible(rbm, visible)
    beta = _beta_for(rbm, visible.shape[:-1], beta)
    return _softplus(beta * _hidden_field(rbm, visible)).sum(axis=-1) - beta[..., 0] * _visible_energy(rbm, visible)


def free_energy(rbm, visible, beta=1.0):
    """Return F(v) = −(1/β) ln Σ_h exp(−β E(v, h)); beta must not be zero.

    Parameters
    ----------
    rbm : RBM
    visible : array_like, shape (..., V)
    beta : float or array_like, shape (...)

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> round(float(free_energy(RBM([[0.0]], visible_bias=[3.0]), [1])), 6)  # −3 − ln 2
    -3.693147
    """
    if (_require.inverse_temperature(beta) == 0).any():
        raise ValueError("beta must not be 0 in a free energy −(1/β) ln Σ_h exp(−βE); use log_marginal")
    return -log_marginal(rbm, visible, beta) / np.asarray(beta)


def log_partition(rbm, beta=1.0):
    """Return ln Z exactly, by enumerating the smaller side (Gaussian visible units: the hidden side).

    Parameters
    ----------
    rbm : RBM
    beta : float

    Returns
    -------
    float

    Examples
    --------
    >>> round(float(np.exp(log_partition(RBM(np.zeros((3, 2)))))), 6)
    32.0
    """
    if rbm.sigma is None:
        parts = (np.asarray(part, dtype=float) for part in (rbm.weights, rbm.visible_bias, rbm.hidden_bias))
        return exact.rbm_log_partition(*parts, beta)
    return float(logsumexp(_hidden_log_marginal(rbm, _all_states(rbm.weights.shape[1]), beta)))


def log_likelihood(rbm, visible, log_z=None):
    """Return ln P(v) of each visible state, shape (...); exact unless an estimate of ln Z is given as `log_z`.

    Examples
    --------
    >>> float(np.exp(log_likelihood(RBM(np.zeros((2, 1))), [0, 1])).round(6))  # one of four
    0.25
    """
    return log_marginal(rbm, visible) - (log_partition(rbm) if log_z is None else log_z)


def pseudo_likelihood(rbm, visible):
    """Return Σ_i ln P(v_i | all other visible units), the hidden units summed out; no ln Z is needed.

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
    _require_units(rbm)
    visible = _check_visible(rbm, visible)
    field = _hidden_field(rbm, visible)
    here = _softplus(field).sum(axis=-1)
    total = np.zeros(visible.shape[:-1])
    for unit, row in enumerate(rbm.weights):
        turn = 1 - 2 * visible[..., unit]
        there = _softplus(field + turn[..., None] * row).sum(axis=-1) + turn * rbm.visible_bias[unit]
        total -= _softplus(there - here)
    return total


def exact_sample(rbm, size, rng, beta=1.0):
    """Draw independent states from the exact distribution, by enumerating the smaller side (20 units at most).

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
    if rbm.sigma is None and rbm.weights.shape[0] < rbm.weights.shape[1]:
        hidden, visible = split(_swapped(rbm), exact_sample(_swapped(rbm), size, rng, beta))
        return np.concatenate([visible, hidden], axis=-1)
    states, probability = _hidden_law(rbm, beta)
    hidden = states[rng.choice(len(states), size=size, p=probability)]
    return np.concatenate([sample_visible(rbm, hidden, rng, beta), hidden], axis=-1)


# ---- gradients ---------------------------------------------------------------------------------------------------------------


def data_statistics(rbm, visible):
    """Return the averages ⟨v hᵀ⟩, ⟨v⟩, ⟨h⟩ with the visible units clamped to data.

    Gaussian visible units are counted as v/σ in the first average and as v/σ² in the second: their derivatives of −E.

    Parameters
    ----------
    rbm : RBM
    visible : array_like, shape (n, V)

    Returns
    -------
    Statistics

    Examples
    --------
    >>> [average.tolist() for average in data_statistics(RBM([[0.0]]), [[1], [1]])]
    [[[0.5]], [1.0], [0.5]]
    """
    visible = _require_data(rbm, visible)
    return _statistics(rbm, visible, expit(_hidden_field(rbm, visible)))


def model_statistics(rbm, beta=1.0):
    """Return the same averages under the model itself, exactly, by enumerating the smaller side (20 units at most).

    Examples
    --------
    >>> [average.tolist() for average in model_statistics(RBM([[0.0]]))]
    [[[0.25]], [0.5], [0.5]]
    """
    if rbm.sigma is None and rbm.weights.shape[0] < rbm.weights.shape[1]:
        swapped = model_statistics(_swapped(rbm), beta)
        return Statistics(swapped.weights.T, swapped.hidden_bias, swapped.visible_bias)
    hidden, probability = _hidden_law(rbm, beta)
    visible = visible_mean(rbm, hidden, beta)
    scale = 1 if rbm.sigma is None else rbm.sigma
    mean = probability @ visible
    return Statistics((visible / scale).T @ (probability[:, None] * hidden), mean / scale**2, probability @ hidden)


def exact_gradient(rbm, visible):
    """Return the gradient of the mean log-likelihood of the data, exactly: data average minus model average.

    Parameters
    ----------
    rbm : RBM
        Small on one side (20 units at most).
    visible : array_like, shape (n, V)

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
    return data_statistics(rbm, visible) - model_statistics(rbm)


def contrastive_divergence(rbm, visible, rng, steps=1):
    """Return one CD-k update direction: the averages at the data minus those after k steps of Gibbs sampling from the data.

    Hidden states are sampled on the way, hidden probabilities used in both averages.

    Parameters
    ----------
    rbm : RBM
    visible : array_like, shape (n, V)
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
    >>> copier = RBM([[90.0]], [-45.0], [-45.0])  # knows these data by heart: nothing to learn
    >>> [bool(np.allclose(change, 0)) for change in contrastive_divergence(copier, [[1], [0]], np.random.default_rng(0))]
    [True, True, True]
    """
    visible = _require_data(rbm, visible)
    return _contrastive_divergence(rbm, visible, _require.generator(rng), _require.whole("steps", steps))


def persistent_contrastive_divergence(rbm, visible, chains, rng, steps=1):
    """Return one update direction with the model average from chains that live on, and the chains after their steps.

    Parameters
    ----------
    rbm : RBM
    visible : array_like, shape (n, V)
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
    >>> copier = RBM([[90.0]], [-45.0], [-45.0])  # both units on, or both off
    >>> persistent_contrastive_divergence(copier, [[1], [0]], [[1, 1], [0, 0]], np.random.default_rng(0))[1].tolist()
    [[1.0, 1.0], [0.0, 0.0]]
    """
    visible = _require_data(rbm, visible)
    hidden = _check_hidden(rbm, split(rbm, chains)[1])
    return _persistent(rbm, visible, hidden, _require.generator(rng), _require.whole("steps", steps))


def visible_transition_matrix(rbm, beta=1.0):
    """Return P[v, v′] of one Gibbs step v → h → v′, over all states of the visible units; shape (2^V, 2^V).

    Examples
    --------
    >>> visible_transition_matrix(RBM([[0.0]])).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    _require_units(rbm)
    visible, hidden = (_all_states(units) for units in rbm.weights.shape)
    return _law_of_coins(hidden_probabilities(rbm, visible, beta)) @ _law_of_coins(visible_mean(rbm, hidden, beta))


def expected_contrastive_divergence(rbm, visible, steps=1):
    """Return the exact expectation of `contrastive_divergence`, by the transition matrix over all visible states.

    Parameters
    ----------
    rbm : RBM
        With 0/1 visible units, few enough of both kinds (2^(2V) and 2^(V+H) numbers are held).
    visible : array_like, shape (n, V)
    steps : int

    Returns
    -------
    Statistics

    Examples
    --------
    >>> one = RBM([[0.0]])
    >>> expected_contrastive_divergence(one, [[1]]).visible_bias.tolist()  # 1 at the data, 1/2 after one step
    [0.5]
    """
    _require_units(rbm)
    visible = _require_data(rbm, visible)
    law = np.bincount(exact.state_index(visible.astype(int), UNITS), minlength=2 ** visible.shape[1]) / len(visible)
    matrix = visible_transition_matrix(rbm)
    for _ in range(_require.whole("steps", steps)):
        law = law @ matrix
    states = _all_states(visible.shape[1])
    hidden = expit(_hidden_field(rbm, states))
    return data_statistics(rbm, visible) - Statistics((law[:, None] * states).T @ hidden, law @ states, law @ hidden)


def centred(statistics, visible_offset, hidden_offset):
    """Return the gradient of the parameters of an RBM written in v − μ and h − λ, as a change of the ordinary parameters.

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


# ---- training ----------------------------------------------------------------------------------------------------------------


def initial(visible, hidden_units, rng, scale=0.01, sigma=None):
    """Return a machine to start training from: small random weights, visible biases that already give the means of the data.

    Parameters
    ----------
    visible : array_like, shape (n, V)
        The data.
    hidden_units : int
    rng : numpy.random.Generator
    scale : float
        Standard deviation of the weights.
    sigma : float or array_like, optional
        For Gaussian visible units.

    Returns
    -------
    RBM

    References
    ----------
    G. E. Hinton, A practical guide to training restricted Boltzmann machines, UTML TR 2010-003 (2010), section 8.

    Examples
    --------
    >>> float(initial([[1], [1], [1], [0]], 2, np.random.default_rng(0)).visible_bias[0].round(6))  # ln 3: odds of three to one
    1.098612
    """
    visible = np.atleast_2d(_require.finite("visible", visible))
    if visible.ndim != 2 or not visible.size:
        raise ValueError(f"visible must be data of shape (n, units) with n at least 1, got shape {visible.shape}")
    weights = scale * _require.generator(rng).standard_normal((visible.shape[1], _require.whole("hidden_units", hidden_units)))
    rbm = RBM(weights, sigma=sigma)
    _check_visible(rbm, visible)
    mean = visible.mean(axis=0)
    if sigma is None:
        mean = np.clip(mean, 0.5 / len(visible), 1 - 0.5 / len(visible))  # a unit that was never on is not impossible
        mean = np.log(mean / (1 - mean))
    return replace(rbm, visible_bias=mean)


class Training(NamedTuple):
    """What training leaves: the machine, what `monitor` said after each epoch, and the chains that lived on."""

    rbm: RBM
    history: np.ndarray
    chains: np.ndarray


METHODS = ("exact", "cd", "pcd", "tempering", "trajectory")


def train(rbm, visible, rng, *, method="cd", steps=1, epochs=10, batch_size=100, rate=0.05, momentum=0.0, decay=0.0,
          sparsity=None, centring=False, chains=100, betas=None, swap_rate=0.25, dtype=None, monitor=None, progress=False,
          checkpoint=None):
    """Train by following an estimate of the likelihood gradient, batch by batch.

    Parameters
    ----------
    rbm : RBM
        Where to start (see `initial`).
    visible : array_like, shape (n, V)
    rng : numpy.random.Generator
        Is advanced; with a checkpoint, set to where the interrupted run was.
    method : {"exact", "cd", "pcd", "tempering", "trajectory"}
        Where the model average comes from: enumeration; short chains from the data; chains that live on; the last rung of a
        ladder of temperatures (`betas`), or of a ladder of earlier machines on this trajectory.
    steps : int
        Sweeps of the chains for each update.
    epochs, batch_size : int
    rate : float or callable
        Learning rate η, or a function of the epoch (from 0).
    momentum : float or callable
        Part of the last change that is added to the next one, 0 ≤ momentum < 1, or a function of the epoch.
    decay : float
        Each update subtracts rate · decay · W.
    sparsity : (float, float), optional
        (target, cost): hidden biases are pushed by cost · (target − mean activity in the batch).
    centring : bool
        Use the centred gradient, with the data's mean and a running mean of the hidden units.
    chains : int
        Number of chains for "pcd", of ladders for the two temperings.
    betas : array_like, optional
        For "tempering": increasing to 1. Ten even steps from 0 if left out.
    swap_rate : float
        For "trajectory": a new rung is kept when exchanges between the last rung and the machine fall below it.
    dtype : optional
        numpy.float32 is about twice as fast; the machine's own if left out.
    monitor : callable, optional
        ``monitor(rbm)`` after each epoch; numbers, gathered in the history.
    progress : bool
        Print a line on standard error, rewritten after each epoch.
    checkpoint : path, optional
        Written after each epoch; if it exists, training goes on from it and ends bit for bit as if it had not been interrupted.

    Returns
    -------
    Training

    Raises
    ------
    ValueError
        If the data are empty or outside the alphabet, a setting is out of range, or the checkpoint belongs to another call.

    Examples
    --------
    >>> data = np.array([[0, 0], [1, 1]])
    >>> rng = np.random.default_rng(0)
    >>> start = initial(data, 1, rng, scale=0.1)
    >>> trained = train(start, data, rng, method="exact", epochs=1000, rate=1.0)
    >>> bool(log_likelihood(trained.rbm, data).mean() > -0.72)  # ln ½ = −0.693 is the best possible
    True
    """
    settings = dict(method=method, steps=steps, batch_size=batch_size, decay=decay, sparsity=sparsity, centring=centring,
                    chains=chains, swap_rate=swap_rate, betas=None if betas is None else np.asarray(betas).tolist())
    _check_settings(settings, epochs)
    _require.generator(rng)
    rbm = rbm.astype(dtype or rbm.weights.dtype)
    visible = _require_data(rbm, visible)
    batch_size = min(batch_size, len(visible))
    parameters = Statistics(rbm.weights, rbm.visible_bias, rbm.hidden_bias)  # copies: changed in place below, seen by rbm
    run = _start(rbm, visible, rng, settings)
    mark = f"{settings} {visible.shape} {parameters.weights.shape} {rbm.weights.dtype} {float(visible.sum())!r}"
    if checkpoint is not None and Path(checkpoint).exists():
        _resume(run, parameters, checkpoint, mark, rng)
    for epoch in range(run.epoch, _require.whole("epochs", epochs, least=0)):
        eta, mu = (float(value(epoch) if callable(value) else value) for value in (rate, momentum))
        order = rng.permutation(len(visible))
        for start in range(0, len(order) - batch_size + 1, batch_size):
            batch = visible[order[start : start + batch_size]]
            gradient = _model_phase(rbm, batch, rng, run, settings)
            if centring:
                gradient = _centre(rbm, gradient, batch, run)
            if decay:
                gradient.weights[...] -= decay * rbm.weights
            if sparsity:
                gradient.hidden_bias[...] += sparsity[1] * (sparsity[0] - expit(_hidden_field(rbm, batch)).mean(axis=0))
            for parameter, velocity, change in zip(parameters, run.velocity, gradient, strict=True):
                change *= eta
                if mu:
                    change += mu * velocity
                parameter += change
            run.velocity = gradient
        if not all(np.isfinite(parameter).all() for parameter in parameters):
            raise FloatingPointError(f"training diverged in epoch {epoch + 1}: parameters are no longer finite; lower the rate")
        run.epoch = epoch + 1
        run.history.append(np.asarray(monitor(_frozen(rbm)) if monitor else [], dtype=float))
        if checkpoint is not None:
            _checkpoint.save(checkpoint, _arrays(run, parameters, mark), rng)
        if progress:
            says = " ".join(f"{value:.4g}" for value in np.atleast_1d(run.history[-1]))
            print(f"\repoch {run.epoch}/{epochs} {says}", end="\n" if run.epoch == epochs else "", file=sys.stderr, flush=True)
    return Training(_frozen(rbm), np.array(run.history), run.chains)


class _Run:
    """Where a training stands, besides the parameters: what a checkpoint must hold."""

    def __init__(self, rbm, chains, rungs):
        self.epoch, self.history, self.chains, self.rungs = 0, [], chains, rungs
        self.velocity = [np.zeros_like(getattr(rbm, name)) for name in Statistics._fields]
        self.hidden_offset = np.full_like(rbm.hidden_bias, 0.5)
        self.visible_offset = None


def _start(rbm, visible, rng, settings):
    """Chains begin at rows of the data; the first rung of a trajectory is the machine at its start."""
    method = settings["method"]
    run = _Run(rbm, np.empty(0), [])
    run.visible_offset = visible.mean(axis=0)
    if method == "tempering":
        betas = settings["betas"] or np.linspace(0.1 if rbm.sigma is not None else 0, 1, 10).tolist()
        run.rungs = [(rbm, beta) for beta in betas]
    if method == "trajectory":
        run.rungs = [(_frozen(rbm), 1.0), (rbm, 1.0)]
    if method in ("pcd", "tempering", "trajectory"):
        shape = (len(run.rungs), settings["chains"]) if run.rungs else (settings["chains"],)
        first = visible[rng.integers(len(visible), size=shape)]
        run.chains = np.concatenate([first, _draw_hidden(rbm, first, rng)[1]], axis=-1)
    return run


def _model_phase(rbm, batch, rng, run, settings):
    """The difference data − model for one batch; the chains move on."""
    method, steps = settings["method"], settings["steps"]
    if method == "cd":
        return _contrastive_divergence(rbm, batch, rng, steps)
    if method == "pcd":
        gradient, run.chains = _persistent(rbm, batch, split(rbm, run.chains)[1], rng, steps)
        return gradient
    if method == "exact":
        gradient = data_statistics(rbm, batch) - model_statistics(rbm)
        return Statistics(*(part.astype(rbm.weights.dtype, copy=False) for part in gradient))
    run.chains = ladder.parallel_tempering(run.rungs, run.chains, steps, rng).states
    fantasies = split(rbm, run.chains[-1])[0]
    if method == "trajectory" and ladder.swap_rate(run.rungs[-2:], run.chains[-2:]) < settings["swap_rate"]:
        run.rungs.insert(-1, (_frozen(rbm), 1.0))
        run.chains = np.concatenate([run.chains, run.chains[-1:]])
    return _difference(rbm, batch, _sigmoid(_hidden_field(rbm, batch)), fantasies, _sigmoid(_hidden_field(rbm, fantasies)))


def _contrastive_divergence(rbm, visible, rng, steps):
    at_data, hidden = _draw_hidden(rbm, visible, rng)
    fantasy = _draw_visible(rbm, hidden, rng)
    for _ in range(steps - 1):
        fantasy = _draw_visible(rbm, _draw_hidden(rbm, fantasy, rng)[1], rng)
    return _difference(rbm, visible, at_data, fantasy, _sigmoid(_hidden_field(rbm, fantasy)))


def _persistent(rbm, visible, hidden, rng, steps):
    for _ in range(steps):
        fantasy = _draw_visible(rbm, hidden, rng)
        probability, hidden = _draw_hidden(rbm, fantasy, rng)
    gradient = _difference(rbm, visible, _sigmoid(_hidden_field(rbm, visible)), fantasy, probability)
    return gradient, np.concatenate([fantasy, hidden], axis=-1)


def _centre(rbm, gradient, batch, run):
    """The centred gradient, with λ the running mean of the hidden probabilities; Gaussian units are counted in units of σ."""
    run.hidden_offset += 0.01 * (expit(_hidden_field(rbm, batch)).mean(axis=0) - run.hidden_offset)
    if rbm.sigma is None:
        return centred(gradient, run.visible_offset, run.hidden_offset)
    counted = gradient._replace(visible_bias=gradient.visible_bias * rbm.sigma)
    counted = centred(counted, run.visible_offset / rbm.sigma, run.hidden_offset)
    return counted._replace(visible_bias=gradient.visible_bias - rbm.sigma * (counted.weights @ run.hidden_offset))


def _arrays(run, parameters, mark):
    rungs = [model for model, _ in run.rungs[:-1]] if run.rungs and run.rungs[0][0] is not run.rungs[-1][0] else []
    kept = {f"rung_{name}": np.array([getattr(model, name) for model in rungs]) for name in Statistics._fields}
    velocity = {f"velocity_{name}": value for name, value in zip(Statistics._fields, run.velocity, strict=True)}
    return dict(parameters._asdict(), **velocity, **kept, mark=mark, epoch=run.epoch, history=np.array(run.history),
                chains=run.chains, hidden_offset=run.hidden_offset)


def _resume(run, parameters, path, mark, rng):
    """Put everything back as `_arrays` found it."""
    arrays, then = _checkpoint.load(path)
    if str(arrays["mark"]) != mark:
        raise ValueError(f"checkpoint {path} was written by another call: {arrays['mark']}, and this one is {mark}")
    rng.bit_generator.state = then.bit_generator.state
    for name, parameter, velocity in zip(Statistics._fields, parameters, run.velocity, strict=True):
        parameter[...] = arrays[name]
        velocity[...] = arrays[f"velocity_{name}"]
    run.epoch, run.history, run.chains = int(arrays["epoch"]), list(arrays["history"]), arrays["chains"]
    run.hidden_offset = arrays["hidden_offset"]
    kept = zip(*(arrays[f"rung_{name}"] for name in Statistics._fields), strict=True)
    models = [replace(run.rungs[-1][0], **dict(zip(Statistics._fields, values, strict=True))) for values in kept]
    if models:
        run.rungs[:-1] = [(model, 1.0) for model in models]


def _frozen(rbm):
    """A copy that does not change when training goes on."""
    return replace(rbm)


def _check_settings(settings, epochs):
    if settings["method"] not in METHODS:
        raise ValueError(f"method must be one of {METHODS}, got {settings['method']!r}")
    for name in ("steps", "batch_size", "chains"):
        _require.whole(name, settings[name])
    if settings["decay"] < 0:
        raise ValueError(f"decay must not be negative, got {settings['decay']}")
    betas = settings["betas"]
    if betas is not None and (np.ndim(betas) != 1 or len(betas) < 2 or (np.diff(betas) <= 0).any() or betas[-1] != 1):
        raise ValueError(f"betas must increase and end at 1, got {betas}")


# ---- stacks ------------------------------------------------------------------------------------------------------------------


def train_stack(visible, layers, rng, sigma=None, **settings):
    """Train a deep belief network greedily: each machine learns the hidden probabilities of the one below, drawn as 0/1.

    Parameters
    ----------
    visible : array_like, shape (n, V)
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
    stack, data = [], visible
    for units in layers:
        start = initial(data, units, rng, sigma=None if stack else sigma)
        stack.append(train(start, data, rng, **settings).rbm)
        data = sample_hidden(stack[-1], data, rng)
    return stack


def upward(stack, visible):
    """Return the hidden probabilities of every layer, from the bottom up, each computed from the probabilities below it.

    Parameters
    ----------
    stack : sequence of RBM
    visible : array_like, shape (..., V)

    Returns
    -------
    list of ndarray, shapes (..., H) of each layer

    Examples
    --------
    >>> [layer.tolist() for layer in upward([RBM(np.zeros((1, 2))), RBM(np.zeros((2, 1)))], [1])]
    [[0.5, 0.5], [0.5]]
    """
    layers = []
    for rbm in stack:
        visible = expit(_hidden_field(rbm, np.asarray(visible, dtype=rbm.weights.dtype)))
        layers.append(visible)
    return layers


def generate(stack, state, sweeps, rng):
    """Dream: Gibbs sampling in the top machine, then one pass down.

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


# ---- annealed importance sampling: one product v @ W for each step -----------------------------------------------------------


def interpolate(rbm, beta, base_bias=None):
    """Return a machine on the way from independent units to `rbm`: weights βW, hidden biases βc, visible biases (1−β)b₀ + βb.

    Parameters
    ----------
    rbm : RBM
    beta : float
        From 0 to 1.
    base_bias : array_like, shape (V,), optional
        b₀; those of `rbm` if left out. Those that give the means of the data are a better start.

    Returns
    -------
    RBM

    Examples
    --------
    >>> interpolate(RBM([[2.0]]), 0.5).weights.tolist()
    [[1.0]]
    """
    base = rbm.visible_bias if base_bias is None else _require.length("base_bias", base_bias, len(rbm.weights))
    return replace(rbm, weights=beta * rbm.weights, hidden_bias=beta * rbm.hidden_bias,
                   visible_bias=(1 - beta) * base + beta * rbm.visible_bias)


@dataclass(frozen=True, eq=False)
class Visible:
    """The visible units of an RBM as a model of their own: energy F(v), and v → h → v as its sweep. Only for beta = 1.

    `netlib.ladder.annealed_importance_sampling` on these models is the plain version of `annealed_importance_sampling` below.
    """

    rbm: RBM

    def energy(self, state):
        """Return the free energy of each visible state."""
        return free_energy(self.rbm, state)

    def sweep(self, state, beta, rng):
        """Return the visible units after one step of block Gibbs sampling."""
        if np.any(np.asarray(beta) != 1):
            raise ValueError(f"this model is that of beta = 1, got beta = {beta}; scale the machine with interpolate instead")
        return gibbs(self.rbm, state, 1, rng)


def annealed_importance_sampling(rbm, betas, chains, rng, base_bias=None):
    """Estimate ln Z by walking from independent units to the machine, with the hidden units summed out of the weights.

    Parameters
    ----------
    rbm : RBM
    betas : array_like
        Increasing from 0 to 1.
    chains : int
        Number of independent walks.
    rng : numpy.random.Generator
    base_bias : array_like, shape (V,), optional
        Visible biases at beta = 0 (see `interpolate`).

    Returns
    -------
    ladder.Importance
        Read there what its error bar does not say. ``state`` holds visible units, (chains, V).

    References
    ----------
    R. Salakhutdinov, I. Murray, On the quantitative analysis of deep belief networks, ICML 2008.

    Examples
    --------
    >>> rbm = RBM([[0.5, -0.3], [0.2, 0.4]])
    >>> estimate = annealed_importance_sampling(rbm, np.linspace(0, 1, 100), 100, np.random.default_rng(0))
    >>> bool(abs(estimate.log_z - log_partition(rbm)) < 0.01)
    True
    """
    betas, base = _check_path(rbm, betas, base_bias)
    first = interpolate(rbm, 0.0, base)
    nothing = np.zeros((_require.whole("chains", chains), rbm.weights.shape[1]), dtype=rbm.weights.dtype)
    visible = _draw_visible(first, nothing, _require.generator(rng))
    log_weights, visible = _walk(rbm, visible, betas, base, rng)
    return ladder.importance(log_weights, _base_log_partition(first), visible)


def reverse_annealed_importance_sampling(rbm, betas, visible, rng, base_bias=None):
    """Estimate ln Z by walking back, from exact samples of the machine to independent units.

    Parameters
    ----------
    rbm : RBM
    betas : array_like
        Increasing from 0 to 1, as for the way forward.
    visible : array_like, shape (n, V)
        Exact samples (`exact_sample`); samples of a Markov chain that has not seen every mode make this no bound.
    rng : numpy.random.Generator
    base_bias : array_like, shape (V,), optional

    Returns
    -------
    ladder.Importance

    Examples
    --------
    >>> free = RBM(np.zeros((2, 1)))  # Z = 8, whatever the walk
    >>> round(reverse_annealed_importance_sampling(free, [0, 1], [[0, 1], [1, 1]], np.random.default_rng(0)).log_z, 6)
    2.079442
    """
    betas, base = _check_path(rbm, betas, base_bias)
    visible = _require_data(rbm, visible)
    log_weights, visible = _walk(rbm, visible, betas[::-1], base, _require.generator(rng))
    return ladder.importance(log_weights, _base_log_partition(interpolate(rbm, 0.0, base)), visible, reverse=True)


def _walk(rbm, visible, betas, base, rng):
    """Log weights of a walk along `betas`: the field v @ W serves the old weight, the new weight and the next draw."""
    log_weights = np.zeros(len(visible))
    bias = rbm.visible_bias
    for old, new in pairwise(betas):
        field = _hidden_field(rbm, visible)
        log_weights += _softplus_change(field, old, new)
        log_weights += _visible_energy(rbm, visible, (1 - old) * base + old * bias)
        log_weights -= _visible_energy(rbm, visible, (1 - new) * base + new * bias)
        field *= new
        hidden = _coins(field, rng)[1]
        visible = _visible_from((hidden @ rbm.weights.T) * new, (1 - new) * base + new * bias, rbm.sigma, rng)
    return log_weights, visible


def _base_log_partition(first):
    """ln Z of a machine without weights and hidden biases."""
    free = first.weights.shape[1] * np.log(2)
    if first.sigma is None:
        return float(free + _softplus(first.visible_bias).sum(dtype=float))
    return float(free + np.log(first.sigma).sum() + len(first.weights) / 2 * np.log(2 * np.pi))


def _check_path(rbm, betas, base_bias):
    betas = _require.finite("betas", betas)
    if betas.ndim != 1 or len(betas) < 2 or betas[0] != 0 or betas[-1] != 1 or (np.diff(betas) <= 0).any():
        raise ValueError("betas must increase from 0 to 1")
    base = interpolate(rbm, 0.0, base_bias).visible_bias
    return betas.astype(rbm.weights.dtype).tolist(), base


# ---- the arithmetic, without checks ------------------------------------------------------------------------------------------


def _hidden_field(rbm, visible):
    field = (visible if rbm.sigma is None else visible / rbm.sigma) @ rbm.weights
    field += rbm.hidden_bias
    return field


def _visible_energy(rbm, visible, bias=None):
    bias = rbm.visible_bias if bias is None else bias
    if rbm.sigma is None:
        return -(visible @ bias)
    return 0.5 * (((visible - bias) / rbm.sigma) ** 2).sum(axis=-1)


def _visible_mean(rbm, hidden, beta):
    field = hidden @ rbm.weights.T
    return expit(beta * (field + rbm.visible_bias)) if rbm.sigma is None else rbm.visible_bias + rbm.sigma * field


def _draw_hidden(rbm, visible, rng, beta=None):
    """P(h = 1 | v), and a draw from it."""
    field = _hidden_field(rbm, visible)
    if beta is not None:
        field *= beta
    return _coins(field, rng)


def _draw_visible(rbm, hidden, rng, beta=None):
    if beta is None:
        return _visible_from(hidden @ rbm.weights.T, rbm.visible_bias, rbm.sigma, rng)
    if rbm.sigma is None:
        return _visible_from(beta * (hidden @ rbm.weights.T), beta * rbm.visible_bias, None, rng)
    return _visible_mean(rbm, hidden, beta) + rbm.sigma / np.sqrt(beta) * rng.standard_normal(
        (*hidden.shape[:-1], len(rbm.weights)), dtype=rbm.weights.dtype)


def _visible_from(field, bias, sigma, rng):
    if sigma is None:
        field += bias
        return _coins(field, rng)[1]
    return bias + sigma * (field + rng.standard_normal(field.shape, dtype=field.dtype))


def _coins(field, rng):
    """Probabilities σ(field) and a draw from them; `field` is used up. The draw is u < 1/(1 + e^−x), without the division."""
    with np.errstate(over="ignore", invalid="ignore"):  # e^−x may be infinite: then the coin falls on 0
        np.negative(field, out=field)
        np.exp(field, out=field)
        field += 1
        uniform = rng.random(field.shape, dtype=field.dtype)
        uniform *= field
        return np.reciprocal(field, out=field), (uniform < 1).astype(field.dtype)


def _sigmoid(field):
    """σ(field); `field` is used up."""
    with np.errstate(over="ignore"):
        np.negative(field, out=field)
        np.exp(field, out=field)
        field += 1
        return np.reciprocal(field, out=field)


def _softplus(x):
    """ln(1 + e^x) without overflow."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def _softplus_change(x, old, new):
    """Sum over the last axis of ln(1 + e^(new x)) − ln(1 + e^(old x)), without overflow, with one logarithm for both."""
    size = np.abs(x)
    ratio = (1 + np.exp(-new * size)) / (1 + np.exp(-old * size))
    return np.log(ratio).sum(axis=-1, dtype=float) + (new - old) * np.maximum(x, 0).sum(axis=-1, dtype=float)


def _statistics(rbm, visible, hidden):
    mean = visible.mean(axis=0)
    if rbm.sigma is not None:
        visible, mean = visible / rbm.sigma, mean / rbm.sigma**2
    weights = visible.T @ hidden
    weights /= len(visible)
    return Statistics(weights, mean, hidden.mean(axis=0))


def _difference(rbm, visible, hidden, fantasy, fantasy_hidden):
    """`_statistics` of data minus that of fantasies, as one matrix product."""
    signed = np.concatenate([visible / len(visible), fantasy / -len(fantasy)])
    mean = signed.sum(axis=0)
    if rbm.sigma is not None:
        signed, mean = signed / rbm.sigma, mean / rbm.sigma**2
    weights = signed.T @ np.concatenate([hidden, fantasy_hidden])
    return Statistics(weights, mean, hidden.mean(axis=0) - fantasy_hidden.mean(axis=0))


def _swapped(rbm):
    """The same machine with the two sides exchanged."""
    return RBM(rbm.weights.T, rbm.hidden_bias, rbm.visible_bias)


def _all_states(units):
    if units > ENUMERABLE:
        raise ValueError(f"at most {ENUMERABLE} units can be enumerated here, got {units}")
    return exact.states(units, UNITS).astype(float)


def _hidden_log_marginal(rbm, hidden, beta):
    """ln Σ_v exp(−βE(v, h)); an integral for Gaussian visible units."""
    if rbm.sigma is None:
        return log_marginal(_swapped(rbm), hidden, beta)
    field = hidden @ rbm.weights.T
    gain = hidden @ rbm.hidden_bias + (field * (rbm.visible_bias / rbm.sigma + field / 2)).sum(axis=-1)
    return beta * gain + 0.5 * np.log(2 * np.pi * rbm.sigma**2 / beta).sum()


def _hidden_law(rbm, beta):
    """All hidden states and their probabilities."""
    _require.inverse_temperature(beta)
    states = _all_states(rbm.weights.shape[1])
    log_p = _hidden_log_marginal(rbm.astype(float), states, beta)
    return states, np.exp(log_p - logsumexp(log_p))


def _law_of_coins(probability):
    """The probabilities (..., 2^n) of all states of n independent coins (..., n), in the order of `exact.states`."""
    law = np.ones((*probability.shape[:-1], 1))
    for unit in range(probability.shape[-1]):
        p = probability[..., unit, None]
        law = np.concatenate([law * (1 - p), law * p], axis=-1)
    return law


def _beta_for(rbm, batch, beta):
    beta = _require.inverse_temperature(beta)
    try:
        fits = np.broadcast_shapes(beta.shape, batch) == batch
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"beta must be one number or have one entry per chain, shape {batch}, got shape {beta.shape}")
    if rbm.sigma is not None and (beta == 0).any():
        raise ValueError("beta must be positive with Gaussian visible units, got 0")
    return beta[..., None].astype(rbm.weights.dtype)


def _check_visible(rbm, visible):
    visible = _require.length("visible", visible, len(rbm.weights))
    visible = _require.finite("visible", visible) if rbm.sigma is not None else _require.in_alphabet("visible", visible, UNITS)
    return visible.astype(rbm.weights.dtype, copy=False)


def _check_hidden(rbm, hidden):
    hidden = _require.in_alphabet("hidden", _require.length("hidden", hidden, rbm.weights.shape[1]), UNITS)
    return hidden.astype(rbm.weights.dtype, copy=False)


def _require_data(rbm, visible):
    visible = _check_visible(rbm, visible)
    if visible.ndim != 2 or not len(visible):
        raise ValueError(f"visible must be data of shape (n, {len(rbm.weights)}) with n at least 1, got shape {visible.shape}")
    return visible


def _require_units(rbm):
    if rbm.sigma is not None:
        raise ValueError("this needs 0/1 visible units, got a machine with Gaussian visible units (sigma)")
