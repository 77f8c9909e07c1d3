"""What a Boltzmann machine is made of: groups of units that are joined or not, weights to begin with, blocks to draw at once."""

from functools import lru_cache

import numpy as np
from scipy.special import expit

from netlib import _require
from netlib.network import colour_classes


def connectivity(sizes, joined):
    """Return which pairs of units may have a weight, given groups of units and which groups are joined.

    In the book: chapters 18 and 19.

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

    In the book: chapter 18.

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
    mask = allowed_pairs(mask, len(np.asarray(mask)))
    shape = (trials,) if np.ndim(trials) == 0 else tuple(trials)
    upper = np.triu(scale * _require.generator(rng).standard_normal((*shape, *mask.shape)) * mask)
    return upper + np.swapaxes(upper, -1, -2)


def free_blocks(mask, clamped=()):
    """Return blocks of units that no weight joins, made of the units that are not clamped.

    In the book: chapter 18.

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
    mask = allowed_pairs(mask, len(mask))
    held = tuple(_require.check_units(clamped, len(mask)).tolist())
    return [block.copy() for block in _free_blocks(mask.tobytes(), len(mask), held)]


@lru_cache(maxsize=64)
def _free_blocks(mask, count, clamped):
    """The blocks of `free_blocks`, found once for each mask: every step of a training asks for them."""
    free = np.setdiff1d(np.arange(count), clamped).astype(int)
    mask = np.frombuffer(mask, dtype=bool).reshape(count, count)
    return tuple(free[block] for block in colour_classes(mask[np.ix_(free, free)].astype(float)))


# ---- checks, and small steps that the other pages share ------------------------------------------------------------------------


def allowed_pairs(mask, count):
    """The allowed pairs as booleans: symmetric, nothing on the diagonal; all pairs if None."""
    if mask is None:
        return ~np.eye(count, dtype=bool)
    mask = np.asarray(mask).astype(bool)
    if mask.shape != (count, count):
        raise ValueError(f"mask must have shape ({count}, {count}), got {mask.shape}")
    if (mask != mask.T).any() or mask.diagonal().any():
        raise ValueError("mask must be symmetric with an empty diagonal")
    return mask


def samples(network, data, frequencies):
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


def samples_of_all(network, data, frequencies):
    """The same for data that show every unit."""
    data, frequencies = samples(network, data, frequencies)
    _require.length("data", data, len(network.weights))
    return data, frequencies


def values_of(network, units, values):
    """Values of some units, as floats."""
    values = _require.length("values", values, len(units))
    return _require.in_alphabet("values", values, network.alphabet).astype(float)


def machines_of(weights, biases):
    """Weights and biases of one machine per entry of the leading axes, in the type of the weights."""
    weights, biases = _require.finite("weights", weights), _require.finite("biases", biases)
    _require.single_or_double("weights", weights.dtype)
    if weights.ndim < 2 or weights.shape[-1] != weights.shape[-2] or biases.shape != weights.shape[:-1]:
        raise ValueError(f"weights must have shape (..., N, N) and biases (..., N), got {weights.shape} and {biases.shape}")
    if (weights != np.swapaxes(weights, -1, -2)).any() or np.diagonal(weights, axis1=-2, axis2=-1).any():
        raise ValueError("weights must be symmetric with a zero diagonal in every trial")
    return weights, biases.astype(weights.dtype, copy=False)


def mean_given(field, beta, alphabet):
    """⟨s⟩ of a unit in a field."""
    low, high = alphabet
    return low + (high - low) * expit(beta * (high - low) * field)


def on_pairs(matrix, mask):
    """Made symmetric to the last bit, and zero where no weight may be."""
    return (matrix + np.swapaxes(matrix, -1, -2)) / 2 * mask
