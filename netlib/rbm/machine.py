"""What an RBM is: its energy, one side given the other, block Gibbs sampling, and the free energy of the visible side."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from netlib import _checkpoint, _require
from netlib.network import UNITS, Network
from netlib.rbm._arithmetic import Gaussian, Units, draw_hidden, draw_visible, hidden_field, softplus


@dataclass(frozen=True, eq=False)
class RBM:
    """A restricted Boltzmann machine; as a model its state is the visible units followed by the hidden ones.

    In the book: chapter 22.

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
        set_ = dict(weights=weights.copy(), clamped=_require.check_units(self.clamped, sum(weights.shape)).copy())
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

    @property
    def kind(self):
        """What depends on the kind of the visible units (0/1 or Gaussian)."""
        return Units() if self.sigma is None else Gaussian(self.sigma)

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
        visible, hidden = check_visible(self, visible), check_hidden(self, hidden)
        joint = np.einsum("...j,...j->...", hidden_field(self, visible), hidden)
        return self.kind.energy(visible, self.visible_bias) - joint

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
        visible, hidden = check_visible(self, visible), check_hidden(self, hidden)
        beta = beta_for(self, visible.shape[:-1], beta)
        _require.generator(rng)
        held = np.zeros(sum(self.weights.shape), dtype=bool)
        held[self.clamped] = True
        hold_visible, hold_hidden = split(self, held)
        visible = np.where(hold_visible, visible, draw_visible(self, hidden, rng, beta))
        hidden = np.where(hold_hidden, hidden, draw_hidden(self, visible, rng, beta)[1])
        return np.concatenate([visible, hidden], axis=-1)

    def clamp(self, units):
        """Return the same machine with `units` (visible from 0, then hidden) left as they are by a sweep."""
        return replace(self, clamped=units)

    def astype(self, dtype):
        """Return the same machine in float32 or float64."""
        return replace(self, weights=self.weights.astype(_require.single_or_double("dtype", dtype)))


def split(rbm, state):
    """Return the visible (..., V) and the hidden part (..., H) of states (..., V + H).

    In the book: chapter 22.

    Examples
    --------
    >>> [part.tolist() for part in split(RBM(np.zeros((2, 1))), [1, 0, 1])]
    [[1, 0], [1]]
    """
    state = _require.length("state", state, sum(rbm.weights.shape))
    return state[..., : len(rbm.weights)], state[..., len(rbm.weights) :]


def to_network(rbm):
    """Return the pairwise network with the same energy, whose colour classes are the two sides.

    In the book: chapter 22.

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
    check_units_only(rbm)
    visible, hidden = rbm.weights.shape
    weights = np.block([[np.zeros((visible, visible)), rbm.weights], [rbm.weights.T, np.zeros((hidden, hidden))]])
    network = Network(weights, np.concatenate([rbm.visible_bias, rbm.hidden_bias]), alphabet=UNITS)
    return network.clamp(rbm.clamped)


def hidden_probabilities(rbm, visible, *, beta=1.0):
    """Return P(h_j = 1 | v) for every hidden unit.

    In the book: chapter 22.

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
    visible = check_visible(rbm, visible)
    return expit(beta_for(rbm, visible.shape[:-1], beta) * hidden_field(rbm, visible))


def visible_probabilities(rbm, hidden, *, beta=1.0):
    """Return P(v_i = 1 | h) for every visible unit, shape (..., V); for 0/1 visible units only (see `visible_mean`).

    In the book: chapter 22.

    Examples
    --------
    >>> visible_probabilities(RBM([[np.log(3)]]), [[0], [1]]).round(6).tolist()
    [[0.5], [0.75]]
    """
    check_units_only(rbm)
    return visible_mean(rbm, hidden, beta=beta)


def visible_mean(rbm, hidden, *, beta=1.0):
    """Return the mean of every visible unit given the hidden ones: a probability, or the centre of a Gaussian.

    In the book: chapters 22 and 25.

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
    hidden = check_hidden(rbm, hidden)
    return rbm.kind.mean(hidden @ rbm.weights.T, rbm.visible_bias, beta_for(rbm, hidden.shape[:-1], beta))


def sample_hidden(rbm, visible, rng, *, beta=1.0):
    """Draw all hidden units given the visible ones: (..., V) to (..., H), all at once.

    In the book: chapter 22.

    Examples
    --------
    >>> copier = RBM([[90.0]], [-45.0], [-45.0])  # both units on, or both off
    >>> sample_hidden(copier, [[1], [0]], np.random.default_rng(0)).tolist()
    [[1.0], [0.0]]
    """
    visible = check_visible(rbm, visible)
    return draw_hidden(rbm, visible, _require.generator(rng), beta_for(rbm, visible.shape[:-1], beta))[1]


def sample_visible(rbm, hidden, rng, *, beta=1.0):
    """Draw all visible units given the hidden ones: (..., H) to (..., V), all at once.

    In the book: chapter 22.

    Examples
    --------
    >>> copier = RBM([[90.0]], [-45.0], [-45.0])  # both units on, or both off
    >>> sample_visible(copier, [[1], [0]], np.random.default_rng(0)).tolist()
    [[1.0], [0.0]]
    """
    hidden = check_hidden(rbm, hidden)
    return draw_visible(rbm, hidden, _require.generator(rng), beta_for(rbm, hidden.shape[:-1], beta))


def gibbs(rbm, visible, steps, rng, *, beta=1.0):
    """Return the visible units after some steps of block Gibbs sampling, v → h → v each.

    In the book: chapter 22.

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
    visible = check_visible(rbm, visible)
    beta = beta_for(rbm, visible.shape[:-1], beta)
    _require.generator(rng)
    for _ in range(_require.whole("steps", steps, least=0)):
        hidden = draw_hidden(rbm, visible, rng, beta)[1]
        visible = draw_visible(rbm, hidden, rng, beta)
    return visible


def inpaint(rbm, visible, known, sweeps, rng, *, beta=1.0):
    """Sample the unknown visible units, and the hidden ones, with the known visible units clamped.

    In the book: chapter 22.

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
    visible = check_visible(rbm, visible)
    known = np.asarray(known)
    if known.dtype != bool or known.shape != visible.shape[-1:]:
        raise ValueError(f"known must be a mask of shape {visible.shape[-1:]}, got {known.dtype} of shape {known.shape}")
    state = np.concatenate([visible, sample_hidden(rbm, visible, rng, beta=beta)], axis=-1)
    held = rbm.clamp(np.flatnonzero(known))
    for _ in range(_require.whole("sweeps", sweeps, least=0)):
        state = held.sweep(state, beta, rng)
    return split(rbm, state)[0]


def log_marginal(rbm, visible, *, beta=1.0):
    """Return ln Σ_h exp(−β E(v, h)), the logarithm of the probability of `visible` up to −ln Z.

    In the book: chapter 22.

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
    visible = check_visible(rbm, visible)
    beta = beta_for(rbm, visible.shape[:-1], beta)
    alone = rbm.kind.energy(visible, rbm.visible_bias)
    return softplus(beta * hidden_field(rbm, visible)).sum(axis=-1) - beta[..., 0] * alone


def free_energy(rbm, visible, *, beta=1.0):
    """Return F(v) = −(1/β) ln Σ_h exp(−β E(v, h)); beta must not be zero.

    In the book: chapter 22.

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
    return -log_marginal(rbm, visible, beta=beta) / np.asarray(beta)


def save(path, rbm):
    """Write a machine to a file of type npz, all or nothing.

    In the book: chapter 25.

    Parameters
    ----------
    path : str or path-like
        Written exactly there, whatever its suffix.
    rbm : RBM

    Examples
    --------
    >>> import tempfile, os
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(os.path.join(folder, "machine.npz"), RBM([[1.0, 2.0]], sigma=0.5))
    ...     again = load(os.path.join(folder, "machine.npz"))
    >>> again.weights.tolist(), again.sigma.tolist()
    ([[1.0, 2.0]], [0.5])
    """
    arrays = {name: getattr(rbm, name) for name in ("weights", "visible_bias", "hidden_bias", "sigma", "clamped")}
    _checkpoint.write(path, {"kind": "RBM", **{name: array for name, array in arrays.items() if array is not None}})


def load(path):
    """Return the machine that `save` wrote; nothing in the file is executed.

    In the book: chapter 25.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    RBM

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is cut short, or holds something else.
    """
    return RBM(**_checkpoint.read(path, kind="RBM"))


# ---- checks ------------------------------------------------------------------------------------------------------------------


def check_visible(rbm, visible):
    """States of the visible units, in the type of the machine."""
    return rbm.kind.check(_require.length("visible", visible, len(rbm.weights))).astype(rbm.weights.dtype, copy=False)


def check_hidden(rbm, hidden):
    """States of the hidden units, in the type of the machine."""
    hidden = _require.in_alphabet("hidden", _require.length("hidden", hidden, rbm.weights.shape[1]), UNITS)
    return hidden.astype(rbm.weights.dtype, copy=False)


def check_data(rbm, data):
    """States of the visible units, one row for each of at least one sample."""
    data = check_visible(rbm, data)
    if data.ndim != 2 or not len(data):
        raise ValueError(f"data must have shape (n, {len(rbm.weights)}) with n at least 1, got shape {data.shape}")
    return data


def check_units_only(rbm):
    if rbm.sigma is not None:
        raise ValueError("this needs 0/1 visible units, got a machine with Gaussian visible units (sigma)")


def beta_for(rbm, chains, beta):
    """One beta for each of the chains, in the type of the machine."""
    beta = _require.beta_for(beta, chains)
    if rbm.sigma is not None and (beta == 0).any():
        raise ValueError("beta must be positive with Gaussian visible units, got 0")
    return beta.astype(rbm.weights.dtype)
