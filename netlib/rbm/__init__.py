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
\langle v_i h_j\rangle_\text{model}`. All ways of training in this package are ways of estimating the second one.

With Gaussian visible units (give `sigma`) the energy is :math:`\sum_i (v_i-b_i)^2/2\sigma_i^2 - c^\mathsf{T}h -
\sum_{ij} (v_i/\sigma_i) W_{ij} h_j`; given `h`, unit i is normal with mean :math:`b_i + \sigma_i (Wh)_i` and standard deviation
:math:`\sigma_i` (at inverse temperature beta: :math:`\sigma_i/\sqrt\beta`). That is the convention of Hinton's guide of 2010.

Each page reads like its chapter: what a machine is (``machine``), what it says exactly (``likelihood``), contrastive divergence
(``divergence``), estimates of ln Z (``partition``), training (``learning``), stacks (``deep``). This face hands their names on.
"""

from netlib.rbm.deep import generate, train_stack, upward
from netlib.rbm.divergence import (
    centred,
    contrastive_divergence,
    expected_contrastive_divergence,
    persistent_contrastive_divergence,
    visible_transition_matrix,
)
from netlib.rbm.learning import Training, initial, train
from netlib.rbm.likelihood import (
    Statistics,
    data_statistics,
    exact_gradient,
    exact_sample,
    log_likelihood,
    log_partition,
    model_statistics,
    pseudo_likelihood,
)
from netlib.rbm.machine import (
    RBM,
    free_energy,
    gibbs,
    hidden_probabilities,
    inpaint,
    load,
    log_marginal,
    sample_hidden,
    sample_visible,
    save,
    split,
    to_network,
    visible_mean,
    visible_probabilities,
)
from netlib.rbm.partition import Visible, annealed_importance_sampling, interpolate, reverse_annealed_importance_sampling

__all__ = [
    "RBM", "split", "to_network", "hidden_probabilities", "visible_probabilities", "visible_mean", "sample_hidden",
    "sample_visible", "gibbs", "inpaint", "log_marginal", "free_energy", "save", "load",
    "Statistics", "log_partition", "log_likelihood", "pseudo_likelihood", "exact_sample", "data_statistics",
    "model_statistics", "exact_gradient",
    "contrastive_divergence", "persistent_contrastive_divergence", "visible_transition_matrix",
    "expected_contrastive_divergence", "centred",
    "interpolate", "Visible", "annealed_importance_sampling", "reverse_annealed_importance_sampling",
    "initial", "Training", "train",
    "train_stack", "upward", "generate",
]
