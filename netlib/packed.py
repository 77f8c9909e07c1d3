r"""Sixty-four Ising lattices in one: a spin is a bit, and a 64-bit word holds the same site of 64 replicas.

One machine instruction on a word treats 64 spins. Counting the four neighbours :math:`a, b, c, d` of a spin takes a full adder,
the circuit of school addition in base two: :math:`a+b+c+d = \text{ones} + 2\,\text{twos} + 4\,\text{fours}`, each a word. A
heat-bath update sets the spin *against* the majority of its neighbours with probability

.. math:: e_n = \frac{1}{1+e^{2\beta n}},\qquad n = 2 \text{ (three to one)},\quad n = 4 \text{ (four to none)},

and tosses a coin when they are two to two. What is left is to draw words whose bit r is 1 with the probability that replica r
asks for. Write it in base two, :math:`e_n = \sum_k d_k 2^{-k}`, and toss a coin for each digit until heads come up: the first
head is number k with probability :math:`2^{-k}`, so the digit :math:`d_k` is 1 with probability :math:`e_n`. A random word
tosses 64 coins; the k-th digits of all replicas form a word as well. Each digit decides half of the bits that are left. The one
in 512 that nine digits leave open are looked up one by one, and each is given a uniform number of full precision for the digits
to come: rare flips at low temperature are as rare as they should be.

Every replica has its own temperature *and its own random bits*. Replicas of one temperature that share their random bits run into
the same state and stay together: they are one sample, not 64.
"""

import numpy as np
from scipy.special import expit

from netlib import _checkerboard, _require

REPLICAS = 64
DIGITS = 9
WORDS_AT_ONCE = 1 << 13


def pack(spins):
    """Return 64 lattices as words: bit r of each word is 1 if that spin is up in replica r.

    In the book: chapter 9.

    Parameters
    ----------
    spins : array_like of ±1, shape (..., 64, L, L)

    Returns
    -------
    ndarray of uint64, shape (..., L, L)

    Examples
    --------
    >>> spins = -np.ones((64, 2, 2), dtype=np.int8)
    >>> spins[0, 0, 0] = spins[3, 0, 0] = 1
    >>> pack(spins).tolist()
    [[9, 0], [0, 0]]
    """
    spins = _checkerboard.lattice(spins, dimension=2)
    if spins.ndim < 3 or spins.shape[-3] != REPLICAS:
        raise ValueError(f"spins must have the shape (..., {REPLICAS}, L, L), got {spins.shape}")
    bits = np.packbits(np.moveaxis(spins > 0, -3, -1), axis=-1, bitorder="little")
    return bits.view("<u8")[..., 0].astype(np.uint64, copy=False)


def unpack(words):
    """Return the 64 lattices that `pack` packed.

    In the book: chapter 9.

    Parameters
    ----------
    words : ndarray of uint64, shape (..., L, L)

    Returns
    -------
    ndarray of int8, shape (..., 64, L, L)

    Examples
    --------
    >>> unpack(np.array([[9, 0], [0, 0]], dtype=np.uint64))[:4, 0, 0].tolist()
    [1, -1, -1, 1]
    """
    return np.moveaxis(2 * _bits(_words(words)).astype(np.int8) - 1, -1, -3)


def random_words(shape, rng):
    """Return words of which every bit is a fair coin: 64 lattices at infinite temperature.

    In the book: chapter 9.

    Examples
    --------
    >>> random_words((2, 2), np.random.default_rng(0)).dtype
    dtype('uint64')
    """
    return _require.generator(rng).integers(0, 2**64, shape, dtype=np.uint64)


def energy(words):
    """Return the energy of each replica, J = 1, no field, periodic.

    In the book: chapter 9.

    Parameters
    ----------
    words : ndarray of uint64, shape (..., L, L)

    Returns
    -------
    ndarray, shape (..., 64)

    Examples
    --------
    >>> energy(np.zeros((4, 4), dtype=np.uint64))[:2].tolist()
    [-32.0, -32.0]
    """
    words = _words(words)
    unlike = sum(_count(words ^ np.roll(words, 1, axis)) for axis in (-2, -1))
    return 2.0 * unlike - 2.0 * words.shape[-2] * words.shape[-1]


def magnetisation(words):
    """Return the mean spin of each replica, shape (..., 64).

    In the book: chapter 9.

    Examples
    --------
    >>> magnetisation(np.array([[1, 1], [1, 0]], dtype=np.uint64))[:2].tolist()
    [0.5, -1.0]
    """
    words = _words(words)
    return 2.0 * _count(words) / (words.shape[-2] * words.shape[-1]) - 1.0


def checkerboard_sweep(words, beta, rng):
    """Draw all black spins of all replicas, then all white ones, by heat bath.

    In the book: chapter 9.

    Parameters
    ----------
    words : ndarray of uint64, shape (..., L, L)
        Periodic, with even sides. Leading axes are further independent lattices.
    beta : float or array_like, shape (64,)
        Inverse temperature of the replicas, the same for all or one for each.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of uint64, shape (..., L, L)

    Examples
    --------
    >>> up = np.full((4, 4), 2**64 - 1, dtype=np.uint64)
    >>> bool((checkerboard_sweep(up, 50.0, np.random.default_rng(0)) == up).all())
    True
    """
    return _run(words, beta, 1, rng)[-1]


def simulate(words, beta, sweeps, rng, every=1):
    """Run many sweeps and return the energy and the magnetisation of each replica along the way.

    In the book: chapter 9.

    Parameters
    ----------
    words : ndarray of uint64, shape (..., L, L)
    beta : float or array_like, shape (64,)
    sweeps : int
    rng : numpy.random.Generator
    every : int, optional
        Measure after each so many sweeps, at most `sweeps`: counting bits replica by replica costs more than a sweep.

    Returns
    -------
    energy : ndarray, shape (..., 64, T)
        Energy per spin, T = sweeps // every; time is the last axis.
    magnetisation : ndarray, shape (..., 64, T)
    words : ndarray of uint64, shape (..., L, L)
        The last state.

    Examples
    --------
    >>> up = np.full((4, 4), 2**64 - 1, dtype=np.uint64)
    >>> energies, magnetisations, last = simulate(up, 50.0, 6, np.random.default_rng(0), every=3)
    >>> energies.shape, energies[5].tolist()
    ((64, 2), [-2.0, -2.0])
    """
    sweeps, every = _require.sweeps_and_every(sweeps, every)
    return _run(words, beta, sweeps, rng, every)


def _run(words, beta, sweeps, rng, every=None):
    words, law = _words(words), _law(beta)
    _checkerboard.two_colours(words.shape[-2:], periodic=True)
    _require.generator(rng)
    black, white = _checkerboard.split(words)
    times = sweeps // every if every else 0
    energies, magnetisations = np.empty((2, times, *words.shape[:-2], REPLICAS))
    room = np.empty((3, *black.shape), dtype=np.uint64)
    for sweep in range(1, sweeps + 1):
        _draw(_neighbours(white, 0, room), law, rng, out=black)
        _draw(_neighbours(black, 1, room), law, rng, out=white)
        if every and sweep % every == 0:
            now = _checkerboard.merge(black, white)
            energies[sweep // every - 1] = energy(now) / (words.shape[-2] * words.shape[-1])
            magnetisations[sweep // every - 1] = magnetisation(now)
    return np.moveaxis(energies, 0, -1), np.moveaxis(magnetisations, 0, -1), _checkerboard.merge(black, white)


def _neighbours(other, parity, room):
    """Return the four neighbours of each site of one colour (0: black, 1: white), all in the array of the other colour.

    Three of them are copies of it, shifted by one row or (see `_checkerboard.steps_to_sum`) one column, written into `room`.
    """
    above, below, beside = room
    above[..., 1:, :], above[..., 0, :] = other[..., :-1, :], other[..., -1, :]
    below[..., :-1, :], below[..., -1, :] = other[..., 1:, :], other[..., 0, :]
    left, right = np.s_[..., parity::2, :], np.s_[..., 1 - parity::2, :]
    beside[left][..., 1:], beside[left][..., 0] = other[left][..., :-1], other[left][..., -1]
    beside[right][..., :-1], beside[right][..., -1] = other[right][..., 1:], other[right][..., 0]
    return above, below, other, beside


def _draw(neighbours, law, rng, out):
    """Draw all spins of one colour into `out`, given their neighbours: the majority of these, unless drawn against it."""
    drawn, *flat = (array.reshape(-1) for array in (out, *neighbours))
    for start in range(0, drawn.size, WORDS_AT_ONCE):
        part = slice(start, start + WORDS_AT_ONCE)
        a, b, c, d = (array[part] for array in flat)
        ones, twos, fours = _add(a, b, c, d)
        coin = rng.integers(0, 2**64, len(a), dtype=np.uint64)
        tied = twos & ~ones
        majority_up = fours | (ones & twos)
        unanimous = ~(ones | twos)
        undecided = ~(coin | tied)
        against = _biased_coins(law, unanimous, undecided, rng)
        drawn[part] = majority_up ^ against | tied & coin


def _add(a, b, c, d):
    """Add four bits, 64 times at once: a + b + c + d = ones + 2 twos + 4 fours."""
    ab, cd = a ^ b, c ^ d
    carry_ab, carry_cd = a & b, c & d
    return ab ^ cd, carry_ab ^ carry_cd ^ (ab & cd), carry_ab & carry_cd


def _biased_coins(law, unanimous, undecided, rng):
    """Return words whose bits are 1 with probability e_n, among the `undecided` bits (n = 4 where `unanimous`)."""
    of_two, differ, remainders = law
    below, undecided = np.zeros_like(undecided), undecided.copy()
    coins = rng.integers(0, 2**64, (len(of_two), len(below)), dtype=np.uint64)
    for two, other, decided in zip(of_two, differ, coins, strict=True):
        digit = unanimous & other
        digit ^= two
        decided &= undecided
        undecided ^= decided
        decided &= digit
        below |= decided
    words = np.flatnonzero(undecided != 0)
    left = undecided[words]
    while words.size:  # the lowest bit that is left in each of these words; few have more than one
        bit = left & -left
        kind, replica = (unanimous[words] & bit != 0).astype(int), np.bitwise_count(bit - np.uint64(1))
        late = rng.random(words.size) < remainders[kind, replica]
        below[words[late]] |= bit[late]
        left ^= bit
        words, left = words[left != 0], left[left != 0]
    return below


def _law(beta):
    """Return the binary digits of e_2 and e_4, and what follows them.

    Neither exceeds one half, so the first digit is 0 and is left out; one half itself is written 0.0111….

    Returns
    -------
    of_two, differ : ndarray of uint64, shape (DIGITS - 1,)
        The digits of e_2, and where those of e_4 are others; most significant first, bit r belongs to replica r.
    remainders : ndarray, shape (2, 64)
        The digits behind these, of e_2 and e_4, as a number between 0 and 1.
    """
    beta = _require.inverse_temperature(beta)
    if beta.shape not in ((), (REPLICAS,)):
        raise ValueError(f"beta must be one number or have one entry per replica, shape ({REPLICAS},), got shape {beta.shape}")
    scaled = expit(-2.0 * np.outer((2, 4), np.broadcast_to(beta, REPLICAS))) * 2**DIGITS
    whole = np.minimum(np.floor(scaled), 2 ** (DIGITS - 1) - 1).astype(np.uint64)
    places, replicas = np.arange(DIGITS - 2, -1, -1).astype(np.uint64), np.arange(REPLICAS, dtype=np.uint64)
    of_two, of_four = ((whole[:, None] >> places[:, None] & np.uint64(1)) << replicas).sum(-1)
    return of_two, of_two ^ of_four, scaled - whole


def _bits(words):
    """Return the bits of each word on a new last axis, replica 0 first."""
    return np.unpackbits(words.astype("<u8", copy=False)[..., None].view(np.uint8), axis=-1, bitorder="little")


def _count(words):
    """Return for each replica how many of its bits are 1, shape (..., 64)."""
    flat = words.reshape(*words.shape[:-2], words.shape[-2] * words.shape[-1])
    return _bits(flat).sum(-2, dtype=np.int64)


def _words(words):
    words = _require.unmasked("words", words)
    if words.dtype != np.uint64:
        raise TypeError(f"words must be uint64, 64 replicas in each, got dtype {words.dtype}")
    if words.ndim < 2:
        raise ValueError(f"words must have 2 lattice axes, got shape {words.shape}")
    _checkerboard.sides(words.shape[-2:])
    return words
