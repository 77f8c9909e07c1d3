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


def unmasked(name, values):
    """Return `values` as an array; what a mask hides would come back as if it were there."""
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"{name} must be an array without a mask, got a masked array; say what stands at the masked places "
                        "with its method filled(value)")
    return np.asarray(values)


def one_number(name, value):
    """Return `value` as a float: one finite number."""
    array = finite(name, value)
    if array.ndim:
        raise ValueError(f"{name} must be one number, the same everywhere, got shape {array.shape}")
    return float(array)


def one_of(name, value, known):
    """Return `value` if it is one of the words `known`."""
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name} must be one of {tuple(known)}, got {value!r}")
    return value


def finite(name, values):
    """Return `values` as a float array without NaN or infinity: float32 stays float32, whole numbers become float64.

    Other precisions are refused: sums of a few hundred numbers overflow in float16.
    """
    array = unmasked(name, values)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must be numbers, got dtype {array.dtype}")
    if array.dtype.kind != "f":
        array = array.astype(float)
    single_or_double(name, array.dtype)
    if not np.isfinite(array).all():
        bad = array[~np.isfinite(array)].flat[0]
        raise ValueError(f"{name} must be finite, got {bad} at index {_first(~np.isfinite(array))}")
    return array


def single_or_double(name, dtype):
    """Return `dtype` as a numpy.dtype: float32 or float64, in which everything is computed and drawn."""
    dtype = np.dtype(dtype)
    if dtype not in (np.float32, np.float64):
        raise TypeError(f"{name} must be float32 or float64, got {dtype}")
    return dtype


def symmetric(weights):
    """Return `weights` as a float array: square, finite, symmetric, with a zero diagonal."""
    weights = finite("weights", weights)
    if weights.ndim != 2 or weights.shape[0] != weights.shape[1]:
        raise ValueError(f"weights must be a square matrix, got shape {weights.shape}")
    different = weights != weights.T
    if different.any():
        i, j = np.argwhere(different)[0]
        here, there = _told_apart(weights[i, j], weights[j, i])
        raise ValueError(f"weights must be symmetric, got W[{i}, {j}] = {here} but W[{j}, {i}] = {there}")
    if np.diag(weights).any():
        i = np.flatnonzero(np.diag(weights))[0]
        raise ValueError(f"weights must have a zero diagonal, got W[{i}, {i}] = {weights[i, i]:g}")
    return weights


def length(name, array, units):
    """Return `array` as it came; its last axis must have `units` entries."""
    array = unmasked(name, array)
    if array.ndim == 0 or array.shape[-1] != units:
        raise ValueError(f"{name} must have {units} units on its last axis, got shape {array.shape}")
    return array


def in_alphabet(name, array, alphabet):
    """Return `array` as an array; every entry must be one of the two values of `alphabet`."""
    array = unmasked(name, array)
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


def sweeps_and_every(sweeps, every):
    """Return both as ints, at least 1; `every` may not exceed `sweeps`, or nothing would ever be measured."""
    sweeps, every = whole("sweeps", sweeps), whole("every", every)
    if every > sweeps:
        raise ValueError(f"every must be at most the number of sweeps, {sweeps}, or nothing is measured, got {every}")
    return sweeps, every


def check_units(units, count):
    """Return `units` as an array of distinct indices below `count`."""
    units = np.atleast_1d(unmasked("units", units))
    if units.size == 0:
        return units.astype(int)
    if units.dtype.kind not in "iu":
        raise TypeError(f"units must be integer indices, got dtype {units.dtype}")
    if units.ndim != 1 or units.min() < 0 or units.max() >= count:
        raise ValueError(f"units must be indices from 0 to {count - 1}, got {units.tolist()}")
    if len(np.unique(units)) < len(units):
        raise ValueError(f"units must not repeat, got {units.tolist()}")
    return units


def check_block(weights, block):
    """Return `block` as an array of distinct indices; no two of its units may be joined by a weight."""
    block = check_units(block, len(weights))
    inside = np.argwhere(weights[np.ix_(block, block)] != 0)
    if inside.size:
        i, j = block[inside[0]]
        raise ValueError(f"units {i} and {j} of a block are joined by W[{i}, {j}] = {weights[i, j]:g}; "
                         "independent draws need a block without a weight inside")
    return block


def _told_apart(a, b):
    """Return two different numbers as texts, with as many digits as it takes to see the difference."""
    texts = [(f"{a:.{digits}g}", f"{b:.{digits}g}") for digits in (6, 9, 17)]
    return next((pair for pair in texts if pair[0] != pair[1]), texts[-1])


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


def one_positive(name, value):
    """Return `value` as a float: one finite number greater than zero."""
    return float(positive(name, one_number(name, value)))


def fitting(**arrays):
    """Raise ValueError if the shapes of these arrays do not broadcast."""
    try:
        np.broadcast_shapes(*map(np.shape, arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {np.shape(array)}" for name, array in arrays.items())
        raise ValueError(f"shapes must fit together, got {shapes}") from None
