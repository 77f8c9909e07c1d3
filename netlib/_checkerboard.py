"""What lattices share: the checks on what a sweep is given, the geometry of the two colours, and the fast kernel of `ising`.

Each colour lies in an array of its own, (..., L, L/2), so that the neighbours of all black spins are slices of the white array.
Random numbers become *thresholds* before any spin is looked at: 16 random bits pick one of a few, and rare cases are settled by
a second draw of full precision, so that every probability is exact. What is left of a sweep adds and compares bytes.
"""

from functools import lru_cache

import numpy as np

from netlib import _require
from netlib.network import RULES, SPINS

DRAWS_AT_ONCE = 1 << 16
SHORT_ROW = 256


# What a sweep is given


def checked(spins, beta, rng, J, field, dimension, rule):
    """Check what all sweeps take; return the spins as int8, and beta with lattice axes of length one."""
    spins = lattice(spins, dimension)
    beta = _require.beta_for(beta, spins.shape[:-dimension], unit_axes=dimension)
    _require.generator(rng)
    _require.one_number("J", J)
    _require.one_number("field", field)
    _require.one_of("rule", rule, RULES)
    return spins, beta


def lattice(spins, dimension):
    """Return `spins` as an int8 array (a view where it is one) that ends in a lattice."""
    spins = _require.in_alphabet("spins", spins, SPINS)
    if spins.ndim < one_or_two(dimension):
        raise ValueError(f"spins must have {dimension} lattice axes, got shape {spins.shape}")
    sides(spins.shape[spins.ndim - dimension:])
    return spins.astype(np.int8, copy=False)


def sides(shape):
    """Return the sides as a tuple of ints, each at least 2."""
    shape = tuple(_require.whole("side", side, least=2) for side in np.atleast_1d(shape).tolist())
    one_or_two(len(shape))
    return shape


def one_or_two(dimension):
    """Return the dimension, 1 or 2."""
    if dimension not in (1, 2):
        raise ValueError(f"dimension must be 1 or 2, got {dimension!r}")
    return int(dimension)


# The geometry of the two colours


def two_colours(shape, periodic):
    """Raise ValueError if neighbours would share a colour: on a periodic lattice with an odd side."""
    odd = [side for side in shape if side % 2]
    if periodic and odd:
        raise ValueError(f"a checkerboard needs even sides on a periodic lattice, got a side of {odd[0]}")


def black(shape, periodic):
    """Return the mask of the black sites, whose coordinates have an even sum."""
    two_colours(shape, periodic)
    return np.indices(shape).sum(0) % 2 == 0


def split(spins):
    """Return the black sites, those in column 2j of even rows and 2j + 1 of odd rows, and the white ones, each (..., L, L/2)."""
    black, white = spins[..., 0::2].copy(), spins[..., 1::2].copy()
    black[..., 1::2, :], white[..., 1::2, :] = spins[..., 1::2, 1::2], spins[..., 1::2, 0::2]
    return black, white


def merge(black, white):
    """Undo `split`."""
    spins = np.empty(black.shape[:-1] + (2 * black.shape[-1],), dtype=black.dtype)
    spins[..., 0::2, 0::2], spins[..., 0::2, 1::2] = black[..., 0::2, :], white[..., 0::2, :]
    spins[..., 1::2, 0::2], spins[..., 1::2, 1::2] = white[..., 1::2, :], black[..., 1::2, :]
    return spins


def steps_to_sum(other, parity, periodic, out):
    """Return the steps that make `out` the sum of the neighbours of each site of one colour (parity 0: black, 1: white).

    All neighbours are of the `other` colour. Site j of row i has four: entry j in the rows above, below and i itself, and in row
    i also the entry on the side away from its own column: j − 1 where i + parity is even, j + 1 where it is odd.

    A step (do, a, b, result) means ``do(a, b, result)``. The steps are planned once, and done again and again while the arrays
    change in place.
    """
    left, right = np.s_[:, parity::2], np.s_[:, 1 - parity::2]
    beyond_first, beyond_last = (other[:, -1], other[:, 0]) if periodic else (0, 0)
    steps = [(np.add, other[:, :-2], other[:, 2:], out[:, 1:-1]), (np.add, other[:, 1], beyond_first, out[:, 0]),
             (np.add, other[:, -2], beyond_last, out[:, -1]), (np.add, out, other, out)]
    if out.shape[-1] < SHORT_ROW:
        steps += _beside_in_one_long_row(other, left, right, out)
    else:
        from_left, from_right = out[left][..., 1:], out[right][..., :-1]
        steps += [(np.add, from_left, other[left][..., :-1], from_left), (np.add, from_right, other[right][..., 1:], from_right)]
    if periodic:
        first, last = out[left][..., 0], out[right][..., -1]
        steps += [(np.add, first, other[left][..., -1], first), (np.add, last, other[right][..., 0], last)]
    return steps


def _beside_in_one_long_row(other, left, right, out):
    """Return the steps that add the neighbour beside, without a loop over short rows.

    What is not wanted is masked; the rest is shifted as if all rows were one.
    """
    masked, moves_right, moves_left = np.zeros((3, *out.shape), dtype=np.int8)
    moves_right[left][..., :-1] = moves_left[right][..., 1:] = -1  # all bits set
    flat, shifted = out.reshape(-1), masked.reshape(-1)
    return [(np.bitwise_and, other, moves_right, masked), (np.add, flat[1:], shifted[:-1], flat[1:]),
            (np.bitwise_and, other, moves_left, masked), (np.add, flat[:-1], shifted[1:], flat[:-1])]


@lru_cache(maxsize=8)
def neighbour_table(shape, periodic):
    """Return the four neighbours of each site; a neighbour that is not there is site number N, where a zero stands."""
    count = int(np.prod(shape))
    sites = np.arange(count).reshape(shape)
    table = []
    for axis in range(len(shape)):
        for step in (-1, 1):
            there = np.roll(sites, step, axis)
            if not periodic:
                np.moveaxis(there, axis, 0)[0 if step == 1 else -1] = count
            table.append(there.ravel().tolist())
    while len(table) < 4:
        table.append([count] * count)
    return tuple(zip(*table, strict=True))


# The fast kernel


def has_fast_kernel(spins, dimension):
    """Say whether `run` takes these spins: a square lattice (not none at all) with an even number of columns."""
    return dimension == 2 and spins.shape[-1] % 2 == 0 and spins.size > 0


def run(spins, sweeps, rng, law, J, field, periodic, every=None):
    """Sweep, and measure after each `every` sweeps.

    Parameters
    ----------
    spins : ndarray of int8, shape (..., L, L)
    sweeps : int
    rng : numpy.random.Generator
    law : tuple (kind, levels, chances)
        How a spin is drawn from the sum n of its neighbours (for J < 0, of their opposites). A threshold t falls on each level
        so that P(t ≤ level) is the chance there, an array of shape (chains or 1, levels) that grows with the level.

        - ``("up", levels, [chance])``: the spin is up if n ≥ t, whatever it was.
        - ``("up", levels, [chance_if_down, chance_if_up])``: the same with a law for each old value.
        - ``("stay", levels, [chance])``: the spin stays if s·n ≥ t, and turns over otherwise.
    J, field : float
        For the energy; and the sign of J.
    periodic : bool
    every : int, optional

    Returns
    -------
    energy, magnetisation : ndarray, shape (..., T)
        Per spin.
    spins : ndarray of int8, the shape of `spins`
    """
    kind, levels, chances = law
    sites = spins.shape[-2] * spins.shape[-1]
    wide = np.int32 if sites < 2**29 else np.int64  # room for 4 per site
    black, white = split(spins.reshape((-1,) + spins.shape[-2:]))
    sums, turns = np.empty_like(black), np.empty_like(black)
    colours = (black, steps_to_sum(white, 0, periodic, sums)), (white, steps_to_sum(black, 1, periodic, sums))
    draws = thresholds([shares(chance) for chance in chances], levels, black.shape, 2 * sweeps, rng)
    bonds, ups = [], []
    for sweep in range(1, sweeps + 1):
        for here, steps in colours:
            for do, a, b, result in steps:
                do(a, b, result)
            if J < 0:
                np.negative(sums, sums)
            if kind == "stay":
                turn_over(here, sums, *next(draws), turns)
            else:
                draw_anew(here, sums, *next(draws))
        if every and sweep % every == 0:
            bonds.append((white * sums).sum((-2, -1), dtype=wide))
            ups.append((black + white).sum((-2, -1), dtype=wide))
    bonds, ups = (np.array(series).reshape((-1,) + spins.shape[:-2]) / sites for series in (bonds, ups))
    energies = -abs(J) * bonds - field * ups
    return np.moveaxis(energies, 0, -1), np.moveaxis(ups, 0, -1), merge(black, white).reshape(spins.shape)


def draw_anew(here, sums, threshold, threshold_if_up=None):
    """Set each spin up where the sum of its neighbours reaches its threshold, down elsewhere."""
    if threshold_if_up is not None:
        threshold = np.where(here < 0, threshold, threshold_if_up)
    np.greater_equal(sums, threshold, out=here.view(bool))
    here *= 2
    here -= 1


def turn_over(here, sums, threshold, turns):
    """Turn each spin over where spin times sum stays below its threshold. (`turns` is room to work in.)"""
    np.multiply(here, sums, turns)
    np.less(turns, threshold, turns.view(bool))
    turns *= -2
    here ^= turns  # the bits of 1 and −1 differ in all places but the last, and those of −2 are set just there


def shares(chance):
    """Cut the 65536 values of 16 random bits among the thresholds, without loss of accuracy.

    The probabilities p(n) at increasing levels n, last axis, become the probabilities of the thresholds, q = difference of p:
    threshold number k means "from level k on", the last "at no level". Of the 65536 values, threshold k owns
    floor(65535 q_k); what it still lacks to its full share is made up by the few values left over, which call for a second draw.

    Returns
    -------
    cuts : ndarray of uint16, shape (chains, levels + 1)
        A value r belongs to threshold number (how many cuts are ≤ r); if that is all of them, to the second draw.
    second : ndarray, shape (chains, levels)
        The same for the second draw, which is uniform between 0 and 1.
    """
    chance = np.maximum.accumulate(chance, axis=-1)
    q = np.diff(chance, axis=-1, prepend=0.0, append=1.0)
    owned = np.floor(65535 * q)
    lacking = np.cumsum(65536 * q - owned, axis=-1)
    return np.cumsum(owned, axis=-1).astype(np.uint16), (lacking / lacking[:, -1:])[:, :-1]


def thresholds(shares, levels, shape, count, rng):
    """Yield `count` times a list of arrays of thresholds, one array for each element of `shares`; many are drawn at once."""
    groups, size = len(shares[0][0]), int(np.prod(shape))
    step, first = int(levels[1] - levels[0]), int(levels[0])
    at_once = max(1, DRAWS_AT_ONCE // size)
    for done in range(0, count, at_once):
        now = min(at_once, count - done)
        numbers = draw_numbers(shares, now * size // groups, rng)
        for array in numbers:
            array *= step
            array += first
        numbers = [array.reshape((groups, now, shape[0] // groups) + shape[1:]) for array in numbers]
        for t in range(now):
            yield [array[:, t].reshape(shape) for array in numbers]


def draw_numbers(shares, size, rng):
    """Draw threshold numbers, an int8 array (chains, size) for each element of `shares`, all from the same 16 bits."""
    groups = len(shares[0][0])
    numbers = [np.empty((groups, size), dtype=np.int8) for _ in shares]
    width = max(1, DRAWS_AT_ONCE // groups)
    for start in range(0, size, width):
        stop = min(start + width, size)
        words = rng.integers(0, 2**64, (groups, -(-(stop - start) // 4)), dtype=np.uint64)
        bits = words.view(np.uint16)[:, : stop - start]
        passed = np.empty(bits.shape, dtype=bool)
        for number, (cuts, second) in zip(numbers, shares, strict=True):
            number = number[:, start:stop]
            np.greater_equal(bits, cuts[:, :1], out=number.view(bool))
            for cut in cuts.T[1:-1]:
                np.greater_equal(bits, cut[:, None], out=passed)
                number += passed.view(np.int8)
            np.greater_equal(bits, cuts[:, -1:], out=passed)
            chain, place = np.divmod(np.flatnonzero(passed), stop - start)
            number[chain, place] = (rng.random(len(chain))[:, None] >= second[chain]).sum(-1)
    return numbers
