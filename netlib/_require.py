"""The checks on input that several modules share: each raises one clear sentence, or returns the value."""

import numpy as np


def generator(rng):
    """Return `rng` if it is a `numpy.random.Generator`; there is no hidden global source."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, got {type(rng).__name__}; use numpy.random.default_rng(seed)")
    return rng


def inverse_temperature(beta):
    """Return `beta` as a float array; every entry must be finite and not negative."""
    beta = finite("beta", beta)
    if (beta < 0).any():
        raise ValueError(f"beta must not be negative, got {beta.min():g}")
    return beta


def beta_for(beta, chains, unit_axes=1):
    """Return `beta` as a float array that multiplies the states of `chains` chain by chain: the one broadcasting of all models.

    Parameters
    ----------
    beta : float or array_like
        One number, or anything that broadcasts to one number per chain.
    chains : tuple of int
        The leading axes of the states.
    unit_axes : int
        How many axes of the states are units (two for lattices); `beta` gets as many trailing axes.
    """
    beta = inverse_temperature(beta)
    try:
        fits = np.broadcast_shapes(beta.shape, chains) == tuple(chains)
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"beta must be one number or have one entry per chain, shape {tuple(chains)}, got shape {beta.shape}")
    return beta.reshape(beta.shape + (1,) * unit_axes)


def positive(name, values):
    """Return `values` as a float array; every entry must be finite and greater than zero."""
    array = finite(name, values)
    if not (array > 0).all():
        raise ValueError(f"{name} must be positive, got {array.min():g}")
    return array


def finite(name, values):
    """Return `values` as a float array without NaN or infinity (float32 stays float32)."""
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must be numbers, got dtype {array.dtype}")
    if array.dtype.kind != "f":
        array = array.astype(float)
    if not np.isfinite(array).all():
        bad = array[~np.isfinite(array)].flat[0]
        raise ValueError(f"{name} must be finite, got {bad} at index {_first(~np.isfinite(array))}")
    return array


def symmetric(weights):
    """Return `weights` as a float array: square, finite, symmetric, with a zero diagonal."""
    weights = finite("weights", weights)
    if weights.ndim != 2 or weights.shape[0] != weights.shape[1]:
        raise ValueError(f"weights must be a square matrix, got shape {weights.shape}")
    different = weights != weights.T
    if different.any():
        i, j = np.argwhere(different)[0]
        raise ValueError(f"weights must be symmetric, got W[{i}, {j}] = {weights[i, j]:g} but W[{j}, {i}] = {weights[j, i]:g}")
    if np.diag(weights).any():
        i = np.flatnonzero(np.diag(weights))[0]
        raise ValueError(f"weights must have a zero diagonal, got W[{i}, {i}] = {weights[i, i]:g}")
    return weights


def length(name, array, units):
    """Return `array` as it came; its last axis must have `units` entries."""
    array = np.asarray(array)
    if array.ndim == 0 or array.shape[-1] != units:
        raise ValueError(f"{name} must have {units} units on its last axis, got shape {array.shape}")
    return array


def in_alphabet(name, array, alphabet):
    """Return `array` as an array; every entry must be one of the two values of `alphabet`."""
    array = np.asarray(array)
    low, high = alphabet
    wrong = (array != low) & (array != high)
    if wrong.any():
        raise ValueError(f"{name} must hold only {low} and {high}, got {array[wrong].flat[0]} at index {_first(wrong)}")
    return array


def rbm(weights, visible_bias, hidden_bias):
    """Return the three as float arrays of shapes (V, H), (V,) and (H,)."""
    weights = finite("weights", weights)
    if weights.ndim != 2:
        raise ValueError(f"weights must have shape (visible, hidden), got {weights.shape}")
    visible_bias, hidden_bias = finite("visible_bias", visible_bias), finite("hidden_bias", hidden_bias)
    for name, bias, units in (("visible_bias", visible_bias, weights.shape[0]), ("hidden_bias", hidden_bias, weights.shape[1])):
        if bias.shape != (units,):
            raise ValueError(f"{name} must have shape ({units},) to match weights of shape {weights.shape}, got {bias.shape}")
    return weights, visible_bias, hidden_bias


def alphabet(values):
    """Return the two values that a unit takes, as a tuple: (-1, 1) or (0, 1)."""
    if np.shape(values) != (2,) or tuple(values) not in ((-1, 1), (0, 1)):
        raise ValueError(f"alphabet must be (-1, 1) or (0, 1), got {values!r}")
    return tuple(int(value) for value in values)


def whole(name, number, least=1):
    """Return `number` as an int; it must be a whole number of at least `least`."""
    if isinstance(number, (bool, np.bool_)) or not isinstance(number, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number, got {number!r}")
    if number < least:
        raise ValueError(f"{name} must be at least {least}, got {number}")
    return int(number)


def _first(mask):
    return tuple(int(i) for i in np.argwhere(mask)[0])


LIMIT = 25


def enumerable(n, limit=LIMIT):
    """Return n if the 2**n states of n units can be enumerated; raise ValueError that names n otherwise."""
    n = whole("the number of units n", n, least=0)
    if n > limit:
        raise ValueError(f"n = {n} units have 2**{n} states, too many to enumerate; the limit is n = {limit}")
    return n


def distribution(name, p):
    """Return `p` as a float array; it must have no negative entry and add up to one (to 1e-9)."""
    p = finite(name, p)
    if p.ndim != 1 or p.size == 0:
        raise ValueError(f"{name} must be one row of probabilities, got shape {p.shape}")
    if p.min() < 0:
        raise ValueError(f"{name} must not be negative, got {p.min():g} at index {int(p.argmin())}")
    if abs(p.sum() - 1) > 1e-9:
        raise ValueError(f"{name} must add up to 1, got {p.sum():.12g}")
    return p


def units_of(name, p):
    """Return n if `p` has 2**n entries; raise ValueError otherwise."""
    n = len(p).bit_length() - 1
    if len(p) != 2**n:
        raise ValueError(f"{name} must have 2**n entries, one per state of n units, got {len(p)}")
    return n


def one_beta(beta):
    """Return `beta` as a float; raise ValueError if it is negative, not finite, or more than one number."""
    beta = inverse_temperature(beta)
    if beta.ndim:
        raise ValueError(f"beta must be one number here, got shape {beta.shape}")
    return float(beta)
