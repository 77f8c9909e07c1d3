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

One machine is a `netlib.network.Network`; hundreds of independent trials are `Machines`, one model like any other. What learns
from samples takes and returns arrays with one machine per entry of the leading axes: weights (trials, N, N), biases (trials, N),
states (trials, chains, N).

Each page reads like its chapter: what a machine is made of (``machine``), what it says exactly (``likelihood``),
pseudo-likelihood (``pseudo``), many trials (``trials``), the encoders of 1985 (``encoders``); ``files`` keeps machines. This face
hands their names on.
"""

from netlib.boltzmann.encoders import Probes, annealed_cycle, annealed_moments, clamp_noise
from netlib.boltzmann.files import load, save
from netlib.boltzmann.likelihood import (
    centred,
    clamped_moments,
    completion,
    fit_exact,
    gradient,
    log_likelihood,
    log_marginal,
    posterior,
)
from netlib.boltzmann.machine import connectivity, free_blocks, random_weights
from netlib.boltzmann.pseudo import fit_pseudo_likelihood, pseudo_likelihood, pseudo_likelihood_gradient
from netlib.boltzmann.trials import Machines, fit_sampled, moments_of_states, sampled_start, sampled_step, sweeps

__all__ = [
    "connectivity", "random_weights", "free_blocks",
    "log_marginal", "completion", "posterior", "log_likelihood", "clamped_moments", "gradient", "centred", "fit_exact",
    "pseudo_likelihood", "pseudo_likelihood_gradient", "fit_pseudo_likelihood",
    "Machines", "sweeps", "moments_of_states", "sampled_start", "sampled_step", "fit_sampled",
    "Probes", "clamp_noise", "annealed_moments", "annealed_cycle",
    "save", "load",
]
