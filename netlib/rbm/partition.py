"""ln Z of machines that are too large to enumerate: annealed importance sampling, with one product v @ W for each step."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from netlib import _require, ladder
from netlib.rbm._arithmetic import coins, draw_visible, hidden_field, softplus_change
from netlib.rbm.machine import RBM, check_data, check_visible, free_energy, gibbs


def interpolate(rbm, beta, base_bias=None):
    """Return a machine on the way from independent units to `rbm`: weights βW, hidden biases βc, visible biases (1−β)b₀ + βb.

    In the book: chapter 24.

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

    In the book: chapter 24.
    """

    rbm: RBM

    def energy(self, state):
        """Return the free energy of each visible state."""
        return free_energy(self.rbm, state)

    def sweep(self, state, beta, rng):
        """Return the visible units after one step of block Gibbs sampling."""
        state = check_visible(self.rbm, state)
        if (_require.beta_for(beta, state.shape[:-1]) != 1).any():
            raise ValueError(f"this model is that of beta = 1, got beta = {beta}; scale the machine with interpolate instead")
        return gibbs(self.rbm, state, 1, rng)


def annealed_importance_sampling(rbm, betas, chains, rng, base_bias=None):
    """Estimate ln Z by walking from independent units to the machine, with the hidden units summed out of the weights.

    In the book: chapter 24.

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
    >>> from netlib.rbm import log_partition
    >>> rbm = RBM([[0.5, -0.3], [0.2, 0.4]])
    >>> estimate = annealed_importance_sampling(rbm, np.linspace(0, 1, 100), 100, np.random.default_rng(0))
    >>> bool(abs(estimate.log_z - log_partition(rbm)) < 0.01)
    True
    """
    betas, base = _check_path(rbm, betas, base_bias)
    first = interpolate(rbm, 0.0, base)
    nothing = np.zeros((_require.whole("chains", chains), rbm.weights.shape[1]), dtype=rbm.weights.dtype)
    visible = draw_visible(first, nothing, _require.generator(rng))
    log_weights, visible = _walk(rbm, visible, betas, base, rng)
    return ladder.importance(log_weights, _base_log_partition(first), visible)


def reverse_annealed_importance_sampling(rbm, betas, visible, rng, base_bias=None):
    """Estimate ln Z by walking back, from exact samples of the machine to independent units.

    In the book: chapter 24.

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
    visible = check_data(rbm, visible)
    log_weights, visible = _walk(rbm, visible, betas[::-1], base, _require.generator(rng))
    return ladder.importance(log_weights, _base_log_partition(interpolate(rbm, 0.0, base)), visible, reverse=True)


def _walk(rbm, visible, betas, base, rng):
    """Log weights of a walk along `betas`: the field v @ W serves the old weight, the new weight and the next draw."""
    log_weights = np.zeros(len(visible))
    bias, kind = rbm.visible_bias, rbm.kind
    for old, new in pairwise(betas):
        field = hidden_field(rbm, visible)
        log_weights += softplus_change(field, old, new)
        log_weights += kind.energy(visible, (1 - old) * base + old * bias)
        log_weights -= kind.energy(visible, (1 - new) * base + new * bias)
        field *= new
        hidden = coins(field, rng)[1]
        visible = kind.draw((hidden @ rbm.weights.T) * new, (1 - new) * base + new * bias, rng)
    return log_weights, visible


def _base_log_partition(first):
    """ln Z of a machine without weights and hidden biases."""
    visible, hidden = first.weights.shape
    return float(hidden * np.log(2) + first.kind.log_sum(np.zeros(visible), first.visible_bias, 1.0))


def _check_path(rbm, betas, base_bias):
    betas = _require.finite("betas", betas)
    if betas.ndim != 1 or len(betas) < 2 or betas[0] != 0 or betas[-1] != 1 or (np.diff(betas) <= 0).any():
        raise ValueError("betas must increase from 0 to 1")
    base = interpolate(rbm, 0.0, base_bias).visible_bias
    return betas.astype(rbm.weights.dtype).tolist(), base
