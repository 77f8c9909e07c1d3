"""Training: epochs of batches, and the five places where the average under the model can come from."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from netlib import _require, ladder, training
from netlib.rbm._arithmetic import draw_hidden, hidden_field, sigmoid
from netlib.rbm.divergence import centred, difference, from_chains, from_data
from netlib.rbm.likelihood import Statistics, data_statistics, model_statistics
from netlib.rbm.machine import RBM, check_data, split

NAMES = Statistics._fields


def initial(data, hidden_units, rng, scale=0.01, sigma=None):
    """Return a machine to start training from: small random weights, visible biases that already give the means of the data.

    In the book: chapters 22 and 25.

    Parameters
    ----------
    data : array_like, shape (n, V)
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
    data = np.atleast_2d(_require.finite("data", data))
    if data.ndim != 2 or not data.size:
        raise ValueError(f"data must have shape (n, units) with n at least 1, got shape {data.shape}")
    weights = scale * _require.generator(rng).standard_normal((data.shape[1], _require.whole("hidden_units", hidden_units)))
    rbm = RBM(weights, sigma=sigma)
    return replace(rbm, visible_bias=rbm.kind.bias_for(check_data(rbm, data).mean(axis=0), len(data)))


class Training(NamedTuple):
    """What training leaves.

    In the book: chapters 25 and 26.

    Parameters
    ----------
    rbm : RBM
    history : ndarray, shape (epochs, ...)
        What `monitor` said after each epoch; empty without one.
    chains : ndarray
        States of the chains that lived on: (m, V + H) for "pcd", (rungs, m, V + H) for the two temperings, empty for the others.
    rungs : list of (RBM, float)
        What the chains of the temperings walked on, from easy to hard, the trained machine last: a ladder in the sense of
        `netlib.ladder`.
        Empty for the other methods.
    """

    rbm: RBM
    history: np.ndarray
    chains: np.ndarray
    rungs: list


def train(rbm, data, rng, *, method="cd", steps=1, epochs=10, batch_size=100, rate=0.05, momentum=0.0, decay=0.0,
          sparsity=None, centre=False, chains=100, betas=None, swap_rate=0.25, dtype=None, monitor=None, progress=False,
          checkpoint=None, write_every=1):
    """Train by following an estimate of the likelihood gradient, batch by batch.

    In the book: chapters 22, 23, 25 and 26.

    Parameters
    ----------
    rbm : RBM
        Where to start (see `initial`).
    data : array_like, shape (n, V)
    rng : numpy.random.Generator
        In the state in which the whole training begins, also when it is resumed; left in the state in which it ends.
    method : {"exact", "cd", "pcd", "tempering", "trajectory"}
        Where the model average comes from: enumeration; short chains from the data; chains that live on; the last rung of a
        ladder of temperatures (`betas`), or of a ladder of earlier machines on this trajectory.
    steps : int
        Sweeps of the chains for each update.
    epochs : int
        In all, those of a training that is resumed included.
    batch_size : int
        Each epoch visits the data in a new random order, in batches of this size; what is left over at its end, too little for a
        batch, is dropped. All of the data if there are fewer.
    rate : float or callable
        Learning rate η, or a function of the epoch (from 0).
    momentum : float or callable
        Part of the last change that is added to the next one, 0 ≤ momentum < 1, or a function of the epoch.
    decay : float
        Each update subtracts rate · decay · W.
    sparsity : (float, float), optional
        (target, cost): hidden biases are pushed by cost · (target − mean activity in the batch).
    centre : bool
        Use the centred gradient, with the data's mean and a running mean of the hidden units: it begins at ½, and each batch
        moves it a hundredth of the way to its own mean.
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
        Whether to show on standard error how far it is and how long it will take.
    checkpoint : str or path-like, optional
        If it exists, training goes on from it and ends bit for bit as if it had not been interrupted.
    write_every : int
        The checkpoint is written after so many epochs, and at the end.

    Returns
    -------
    Training

    Raises
    ------
    ValueError
        If the data are empty or outside the alphabet, a setting is out of range, or the checkpoint belongs to another training
        (start, data, generator or settings) or has gone further than `epochs`.
    FloatingPointError
        If the parameters have grown beyond all numbers.

    Examples
    --------
    >>> from netlib.rbm import log_likelihood
    >>> data = np.array([[0, 0], [1, 1]])
    >>> rng = np.random.default_rng(0)
    >>> start = initial(data, 1, rng, scale=0.1)
    >>> trained = train(start, data, rng, method="exact", epochs=1000, rate=1.0)
    >>> bool(log_likelihood(trained.rbm, data).mean() > -0.72)  # ln ½ = −0.693 is the best possible
    True
    """
    if method not in SOURCES:
        raise ValueError(f"method must be one of {tuple(SOURCES)}, got {method!r}")
    source = SOURCES[method]
    settings = dict(steps=_require.whole("steps", steps), chains=_require.whole("chains", chains),
                    swap_rate=_probability("swap_rate", swap_rate), betas=_betas(rbm, betas))
    batch_size, decay = _require.whole("batch_size", batch_size), training.scheduled("decay", decay, 0)
    for name, setting, below in (("rate", rate, np.inf), ("momentum", momentum, 1)):
        if not callable(setting):
            training.scheduled(name, setting, 0, below)
    if sparsity is not None:
        sparsity = _probability("the target of sparsity", sparsity[0]), training.scheduled("the cost of sparsity", sparsity[1], 0)
    begin = rbm if dtype is None else rbm.astype(dtype)
    data = check_data(begin, data)
    offset = data.mean(axis=0)

    def machine(now):
        return replace(begin, **{name: now[name] for name in NAMES})

    def epoch(number, now, rng):
        rbm = machine(now)  # copies, which change in place below
        model, velocity = source(rbm, now, settings), [now["velocity " + name] for name in NAMES]
        eta, mu = training.scheduled("rate", rate, number), training.scheduled("momentum", momentum, number, below=1)
        hidden_offset = now["hidden_offset"].copy()
        order, size = rng.permutation(len(data)), min(batch_size, len(data))
        for first in range(0, len(order) - size + 1, size):
            batch = data[order[first : first + size]]
            gradient = model.difference(batch, rng)
            if centre:
                hidden_offset += 0.01 * (expit(hidden_field(rbm, batch)).mean(axis=0) - hidden_offset)
                gradient = _centred(rbm.kind, gradient, offset, hidden_offset)
            if decay:
                gradient.weights[...] -= decay * rbm.weights
            if sparsity:
                gradient.hidden_bias[...] += sparsity[1] * (sparsity[0] - expit(hidden_field(rbm, batch)).mean(axis=0))
            for name, last, change in zip(NAMES, velocity, gradient, strict=True):
                change *= eta
                if mu:
                    change += mu * last
                parameter = getattr(rbm, name)
                parameter += change
            velocity = gradient
        parameters = {name: getattr(rbm, name) for name in NAMES}
        if not all(np.isfinite(parameter).all() for parameter in parameters.values()):
            raise FloatingPointError(f"training diverged in epoch {number + 1}: parameters are no longer finite; lower the rate")
        velocity = {"velocity " + name: last for name, last in zip(NAMES, velocity, strict=True)}
        return dict(parameters, **velocity, hidden_offset=hidden_offset, **model.kept())

    start = {name: getattr(begin, name) for name in NAMES}
    start |= {"velocity " + name: np.zeros_like(getattr(begin, name)) for name in NAMES}
    start |= dict(hidden_offset=np.full_like(begin.hidden_bias, 0.5))
    start |= source.start(begin, data, _require.generator(rng), settings)
    end, history = training.follow(
        epoch, start, epochs, rng, every=1, record_start=False, checkpoint=checkpoint, write_every=write_every, progress=progress,
        unit="epoch", monitor=None if monitor is None else lambda now: np.asarray(monitor(machine(now)), dtype=float),
        settings=dict(settings, of="rbm.train", method=method, data=data, sigma=begin.sigma, clamped=begin.clamped, decay=decay,
                      batch_size=batch_size, rate=rate, momentum=momentum, sparsity=sparsity, centre=bool(centre)))
    trained = machine(end)
    return Training(trained, history["watched"], end.get("chains", np.empty(0)), list(source(trained, end, settings).rungs))


# ---- where the model average comes from: one class for each answer -------------------------------------------------------------
#
# ``start`` returns what the first epoch needs besides the parameters, ``kept`` what the next one does; ``difference`` is the
# estimate of the gradient, data minus model, for one batch.


class Enumeration:
    """From all states of the smaller side."""

    rungs = ()

    def __init__(self, rbm, now, settings):
        self.rbm = rbm

    @staticmethod
    def start(rbm, data, rng, settings):
        return {}

    def kept(self):
        return {}

    def difference(self, batch, rng):
        gradient = data_statistics(self.rbm, batch) - model_statistics(self.rbm)
        return Statistics(*(part.astype(self.rbm.weights.dtype, copy=False) for part in gradient))


class ShortChains(Enumeration):
    """From chains of a few steps that begin at the batch."""

    def __init__(self, rbm, now, settings):
        self.rbm, self.steps = rbm, settings["steps"]

    def difference(self, batch, rng):
        return from_data(self.rbm, batch, rng, self.steps)


class LastingChains(ShortChains):
    """From chains that live on; they begin at rows of the data."""

    def __init__(self, rbm, now, settings):
        super().__init__(rbm, now, settings)
        self.chains = now["chains"]

    @staticmethod
    def start(rbm, data, rng, settings):
        return dict(chains=_at_rows(rbm, data, rng, (settings["chains"],)))

    def kept(self):
        return dict(chains=self.chains)

    def difference(self, batch, rng):
        gradient, self.chains = from_chains(self.rbm, batch, split(self.rbm, self.chains)[1], rng, self.steps)
        return gradient


class Temperatures(LastingChains):
    """From the last rung of a ladder of temperatures."""

    def __init__(self, rbm, now, settings):
        super().__init__(rbm, now, settings)
        self.rungs = [(rbm, beta) for beta in settings["betas"]]

    @staticmethod
    def start(rbm, data, rng, settings):
        return dict(chains=_at_rows(rbm, data, rng, (len(settings["betas"]), settings["chains"])))

    def difference(self, batch, rng):
        rbm = self.rbm
        self.chains = ladder.parallel_tempering(self.rungs, self.chains, self.steps, rng).states
        fantasies = split(rbm, self.chains[-1])[0]
        return difference(rbm, batch, sigmoid(hidden_field(rbm, batch)), fantasies, sigmoid(hidden_field(rbm, fantasies)))


class Trajectory(Temperatures):
    """From the last rung of a ladder of machines that this training went through; it grows when its last step gets too wide."""

    def __init__(self, rbm, now, settings):
        LastingChains.__init__(self, rbm, now, settings)
        earlier = zip(*(now["rung " + name] for name in NAMES), strict=True)
        self.rungs = [(replace(rbm, **dict(zip(NAMES, parameters, strict=True))), 1.0) for parameters in earlier] + [(rbm, 1.0)]
        self.swap_rate = settings["swap_rate"]

    @staticmethod
    def start(rbm, data, rng, settings):
        first = {"rung " + name: getattr(rbm, name)[None] for name in NAMES}
        return dict(first, chains=_at_rows(rbm, data, rng, (2, settings["chains"])))

    def kept(self):
        earlier = {"rung " + name: np.array([getattr(model, name) for model, _ in self.rungs[:-1]]) for name in NAMES}
        return dict(earlier, chains=self.chains)

    def difference(self, batch, rng):
        gradient = super().difference(batch, rng)
        if ladder.swap_rate(self.rungs[-2:], self.chains[-2:]) < self.swap_rate:
            self.rungs.insert(-1, (replace(self.rbm), 1.0))
            self.chains = np.concatenate([self.chains, self.chains[-1:]])
        return gradient


SOURCES = dict(exact=Enumeration, cd=ShortChains, pcd=LastingChains, tempering=Temperatures, trajectory=Trajectory)


def _at_rows(rbm, data, rng, shape):
    """States (v, h) of chains that begin at rows of the data drawn at random."""
    first = data[rng.integers(len(data), size=shape)]
    return np.concatenate([first, draw_hidden(rbm, first, rng)[1]], axis=-1)


def _centred(kind, gradient, visible_offset, hidden_offset):
    """The centred gradient; Gaussian units are counted in units of sigma."""
    counted = gradient._replace(visible_bias=gradient.visible_bias * kind.sigma)
    counted = centred(counted, visible_offset / kind.sigma, hidden_offset)
    return counted._replace(visible_bias=gradient.visible_bias - kind.sigma * (counted.weights @ hidden_offset))


def _betas(rbm, betas):
    """The rungs of tempering: ten even steps if none are given."""
    if betas is None:
        return np.linspace(rbm.kind.hottest, 1, 10).tolist()
    betas = _require.finite("betas", betas)
    if betas.ndim != 1 or len(betas) < 2 or (np.diff(betas) <= 0).any() or betas[0] < 0 or betas[-1] != 1:
        raise ValueError(f"betas must increase and end at 1, none negative, got {betas.tolist()}")
    return betas.tolist()


def _probability(name, value):
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must be between 0 and 1, got {value}")
    return float(value)
