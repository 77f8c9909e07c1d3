r"""The Ising model on a line or a square: every way to sweep it, right and wrong, plain and fast.

Spins :math:`s_i=\pm1` sit on a chain or a square lattice, each coupled to its nearest neighbours:

.. math:: E(s) = -J\sum_{\langle ij\rangle} s_i s_j - b\sum_i s_i .

All that a spin knows of the rest is the sum :math:`n` of its neighbours, which takes five values on a square: −4, −2, 0, 2, 4.
Its probability of being up after a heat-bath update is :math:`p(n)=\sigma(2\beta(Jn+b))`, which grows with :math:`n` (for
:math:`J>0`). One may therefore draw the uniform number first, turn it into a *threshold* :math:`\theta` with
:math:`P(\theta\le n)=p(n)`, and then set the spin up exactly if :math:`n\ge\theta`. Thresholds do not depend on the spins, so
they can be drawn in bulk, and what is left of a sweep is additions and comparisons of small integers: that is the fast kernel
behind `checkerboard_sweep` and `simulate`.

On a checkerboard no two neighbours share a colour, so all black spins may be drawn at once, and then all white ones. Drawing
*all* spins at once is not valid; `synchronous_sweep` does it to be shown wrong.

A periodic side of length 2 meets each neighbour twice, once on either side: its bonds are doubled (coupling 2J).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import expit

from netlib import _require
from netlib.network import RULES, SPINS, Network

ORDERS = ("checkerboard", "sequential")
DRAWS_AT_ONCE = 1 << 16


def lattice_weights(shape, J=1.0, periodic=True):
    """Return the coupling matrix of a chain (L,) or a square lattice (L, L), sites counted row by row.

    Parameters
    ----------
    shape : int or tuple of one or two ints
        Sides, each at least 2.
    J : float, optional
        Coupling of each bond, in units of energy.
    periodic : bool, optional
        Whether the last site of each row and column is joined to the first. A periodic side of length 2 has doubled bonds.

    Returns
    -------
    ndarray, shape (N, N)

    Examples
    --------
    >>> lattice_weights(3, periodic=False)
    array([[0., 1., 0.],
           [1., 0., 1.],
           [0., 1., 0.]])
    >>> lattice_weights(2)
    array([[0., 2.],
           [2., 0.]])
    """
    shape = _sides(shape)
    coupling = float(_require.finite("J", J))
    sites = np.arange(np.prod(shape)).reshape(shape)
    weights = np.zeros((sites.size, sites.size))
    for axis in range(len(shape)):
        here, there = sites, np.roll(sites, -1, axis)
        if not periodic:
            here, there = (np.delete(array, -1, axis) for array in (here, there))
        np.add.at(weights, (here.ravel(), there.ravel()), coupling)
        np.add.at(weights, (there.ravel(), here.ravel()), coupling)
    return weights


def lattice_network(L, dimension=2, J=1.0, field=0.0, periodic=True, rule="heat bath", order="checkerboard"):
    """Return the lattice as a `network.Network`, whose general block sampler every kernel here is tested against.

    Parameters
    ----------
    L : int
        Side; the network has L to the power of the dimension units, row by row.
    dimension : {1, 2}, optional
    J, field : float, optional
        Coupling of each bond and field on each spin, in units of energy.
    periodic : bool, optional
    rule : {"heat bath", "metropolis"}, optional
    order : {"checkerboard", "sequential"}, optional
        Two blocks (the black sites, then the white ones), or one block for each site, row by row.

    Returns
    -------
    Network

    Examples
    --------
    >>> [block.tolist() for block in lattice_network(4, dimension=1).blocks]
    [[0, 2], [1, 3]]
    """
    shape = _sides((L,) * _dimension(dimension))
    if order not in ORDERS:
        raise ValueError(f"order must be one of {ORDERS}, got {order!r}")
    sites = np.arange(np.prod(shape))
    if order == "checkerboard":
        black = _black(shape, periodic).ravel()
        blocks = (sites[black], sites[~black])
    else:
        blocks = tuple(sites[:, None])
    biases = np.full(len(sites), float(_require.finite("field", field)))
    return Network(lattice_weights(shape, J, periodic), biases, SPINS, blocks, rule)


def random_spins(shape, rng):
    """Return spins drawn up or down with equal chances: the state at infinite temperature.

    Examples
    --------
    >>> random_spins((2, 3), np.random.default_rng(0)).tolist()
    [[-1, 1, 1], [1, 1, 1]]
    """
    return (2 * _require.generator(rng).integers(0, 2, shape, dtype=np.int8) - 1).astype(np.int8)


def energy(spins, field=0.0, J=1.0, periodic=True, dimension=2):
    """Return the energy of each lattice (of the whole lattice, not per spin).

    Parameters
    ----------
    spins : array_like of ±1, shape (..., L, L), or (..., L) if the dimension is 1
    field, J : float, optional
    periodic : bool, optional
    dimension : {1, 2}, optional

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> square = [[1, 1, 1], [1, -1, 1], [1, 1, 1]]
    >>> float(energy(square)), float(energy(square, periodic=False)), float(energy(square, field=0.5))
    (-10.0, -4.0, -13.5)
    """
    spins = _lattice(spins, dimension)
    axes = tuple(range(-dimension, 0))
    bonds = (spins * neighbour_sum(spins, periodic, dimension)).sum(axes, dtype=np.int64) / 2
    return -float(_require.finite("J", J)) * bonds - float(_require.finite("field", field)) * spins.sum(axes, dtype=np.int64)


def magnetisation(spins, dimension=2):
    """Return the mean spin of each lattice, between −1 and 1.

    Examples
    --------
    >>> float(magnetisation([[1, 1], [1, -1]]))
    0.5
    """
    return _lattice(spins, dimension).mean(tuple(range(-dimension, 0)))


def neighbour_sum(spins, periodic=True, dimension=2):
    """Return the sum of the nearest neighbours of each site; outside an open lattice there is nothing.

    Examples
    --------
    >>> neighbour_sum([1, 1, -1, 1], dimension=1).tolist()
    [2, 0, 2, 0]
    >>> neighbour_sum([1, 1, -1, 1], periodic=False, dimension=1).tolist()
    [1, 0, 2, -1]
    """
    spins = _lattice(spins, dimension)
    total = np.zeros_like(spins)
    for axis in range(-dimension, 0):
        for step in (1, -1):
            shifted = np.roll(spins, step, axis)
            if not periodic:
                np.moveaxis(shifted, axis, 0)[0 if step == 1 else -1] = 0
            total += shifted
    return total


def chance_up(neighbours, spins, beta, field=0.0, J=1.0, rule="heat bath"):
    """Return the probability that a spin is up after its update, given the sum of its neighbours and its old value.

    Heat bath forgets the old value: σ(2β(Jn + field)). Metropolis proposes the opposite value and accepts it with
    probability min(1, exp(−βΔE)), ΔE = 2s(Jn + field).

    Parameters
    ----------
    neighbours, spins : array_like of int
        Sum of the neighbours, and ±1.
    beta : array_like
        All three broadcast against each other.
    field, J : float, optional
    rule : {"heat bath", "metropolis"}, optional

    Returns
    -------
    ndarray

    Examples
    --------
    >>> round(float(chance_up(4, -1, beta=0.5)), 4), round(float(chance_up(4, 1, beta=0.5, rule="metropolis")), 4)
    (0.982, 0.9817)
    """
    push = np.asarray(beta) * (J * np.asarray(neighbours) + field)
    if rule == "heat bath":
        return expit(2 * push) + 0 * np.asarray(spins)
    return np.where(np.asarray(spins) < 0, np.exp(np.minimum(2 * push, 0)), -np.expm1(np.minimum(-2 * push, 0)))


def checkerboard_sweep(spins, beta, rng, field=0.0, rule="heat bath", periodic=True, J=1.0, dimension=2):
    """Draw all black spins at once, given the white ones; then all white ones, given the black ones.

    Valid because no two sites of a colour are neighbours. A square lattice with an even number of columns goes through the
    fast kernel; anything else through `plain_checkerboard_sweep`, which does the same in a few readable lines.

    Parameters
    ----------
    spins : array_like of ±1, shape (..., L, L), or (..., L) if the dimension is 1
        Leading axes are independent chains.
    beta : float or array_like, shape (...)
        Inverse temperature, the same for all chains or one for each.
    rng : numpy.random.Generator
    field : float, optional
    rule : {"heat bath", "metropolis"}, optional
    periodic : bool, optional
    J : float, optional
    dimension : {1, 2}, optional

    Returns
    -------
    ndarray of int8, the shape of `spins`

    Raises
    ------
    ValueError
        If a side is periodic and odd: such a lattice has no checkerboard.

    Examples
    --------
    >>> up = np.ones((4, 4), dtype=np.int8)
    >>> int(checkerboard_sweep(up, beta=50.0, rng=np.random.default_rng(0)).sum())
    16
    """
    spins, beta = _checked(spins, beta, rng, field, rule, J, dimension)
    _two_colours(spins.shape[-dimension:], periodic)
    if not _has_fast_kernel(spins, dimension):
        return _plain_sweep(spins, beta, rng, field, rule, periodic, J, dimension)
    return _fast_run(spins, beta, 1, rng, field, rule, periodic, J)[-1]


def plain_checkerboard_sweep(spins, beta, rng, field=0.0, rule="heat bath", periodic=True, J=1.0, dimension=2):
    """Do what `checkerboard_sweep` does, written to be read; arguments and result are the same.

    Examples
    --------
    >>> plain_checkerboard_sweep([1, 1, 1, 1], 50.0, np.random.default_rng(0), dimension=1).tolist()
    [1, 1, 1, 1]
    """
    spins, beta = _checked(spins, beta, rng, field, rule, J, dimension)
    return _plain_sweep(spins, beta, rng, field, rule, periodic, J, dimension)


def _plain_sweep(spins, beta, rng, field, rule, periodic, J, dimension):
    black = _black(spins.shape[-dimension:], periodic)
    for colour in (black, ~black):
        chance = chance_up(neighbour_sum(spins, periodic, dimension), spins, beta, field, J, rule)
        drawn = np.where(rng.random(spins.shape) < chance, 1, -1)
        spins = np.where(colour, drawn, spins).astype(np.int8)
    return spins


def synchronous_sweep(spins, beta, rng, field=0.0, rule="heat bath", periodic=True, J=1.0, dimension=2):
    """Draw all spins at once from the same old state. This does *not* sample the Boltzmann distribution.

    It is here to be shown wrong (chapter 8). Arguments and result are those of `checkerboard_sweep`, odd sides included.

    Examples
    --------
    >>> synchronous_sweep([1, -1, 1, -1], 50.0, np.random.default_rng(0), dimension=1).tolist()
    [-1, 1, -1, 1]
    """
    spins, beta = _checked(spins, beta, rng, field, rule, J, dimension)
    chance = chance_up(neighbour_sum(spins, periodic, dimension), spins, beta, field, J, rule)
    return np.where(rng.random(spins.shape) < chance, 1, -1).astype(np.int8)


def sequential_sweep(spins, beta, rng, field=0.0, rule="heat bath", periodic=True, J=1.0, dimension=2):
    """Update the spins one after the other, row by row. Arguments and result are those of `checkerboard_sweep`.

    Examples
    --------
    >>> sequential_sweep([1, 1, 1], 50.0, np.random.default_rng(0), dimension=1).tolist()
    [1, 1, 1]
    """
    return _one_by_one(range, spins, beta, rng, field, rule, periodic, J, dimension)


def random_order_sweep(spins, beta, rng, field=0.0, rule="heat bath", periodic=True, J=1.0, dimension=2):
    """Update N spins picked at random, with replacement. Arguments and result are those of `checkerboard_sweep`.

    Some spins are picked several times and some not at all; each chain makes picks of its own.

    Examples
    --------
    >>> random_order_sweep([1, 1, 1], 50.0, np.random.default_rng(0), dimension=1).tolist()
    [1, 1, 1]
    """
    def picks(sites):
        return rng.integers(0, sites, sites).tolist()

    return _one_by_one(picks, spins, beta, rng, field, rule, periodic, J, dimension)


def _one_by_one(order, spins, beta, rng, field, rule, periodic, J, dimension):
    """Single-spin updates in plain Python; on lists, which for one spin at a time are far faster than arrays.

    A negative index counts from the end, so lists in the order 0, 1, …, −1 are indexed by the old spin and by the sum themselves.
    """
    spins, beta = _checked(spins, beta, rng, field, rule, J, dimension)
    sites = int(np.prod(spins.shape[-dimension:]))
    neighbours = _neighbour_table(spins.shape[-dimension:], periodic)
    old, sums = np.array([[0], [1], [-1]]), np.array([0, 1, 2, 3, 4, -4, -3, -2, -1])
    chances = chance_up(sums, old, beta.reshape(-1, 1, 1), field, J, rule).tolist()
    chains = spins.reshape(-1, sites)
    updated = np.empty_like(chains)
    for k, chain in enumerate(chains):
        chance = chances[k % len(chances)]
        s = [*chain.tolist(), 0]
        for i, u in zip(order(sites), rng.random(sites).tolist(), strict=True):
            east, west, south, north = neighbours[i]
            s[i] = 1 if u < chance[s[i]][s[east] + s[west] + s[south] + s[north]] else -1
        updated[k] = s[:sites]
    return updated.reshape(spins.shape)


@lru_cache(maxsize=8)
def _neighbour_table(shape, periodic):
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


def simulate(spins, beta, sweeps, rng, update=checkerboard_sweep, every=1, field=0.0, rule="heat bath", periodic=True, J=1.0,
             dimension=2):
    """Run many sweeps and return the energy and the magnetisation along the way.

    Parameters
    ----------
    spins : array_like of ±1, shape (..., L, L), or (..., L) if the dimension is 1
        Where the chains start.
    beta : float or array_like, shape (...)
    sweeps : int
    rng : numpy.random.Generator
    update : function, optional
        One of the four sweeps of this module, or a cluster update of `netlib.cluster`.
    every : int, optional
        Measure after each so many sweeps.
    field, rule, periodic, J, dimension : optional
        As in `checkerboard_sweep`.

    Returns
    -------
    energy : ndarray, shape (..., T)
        Energy per spin, T = sweeps // every; time is the last axis.
    magnetisation : ndarray, shape (..., T)
        Mean spin.
    spins : ndarray of int8, the shape of `spins`
        The last state.

    Examples
    --------
    >>> up = np.ones((8, 8), dtype=np.int8)
    >>> energies, magnetisations, last = simulate(up, beta=50.0, sweeps=3, rng=np.random.default_rng(0))
    >>> energies.tolist(), magnetisations.tolist()
    ([-2.0, -2.0, -2.0], [1.0, 1.0, 1.0])
    """
    sweeps, every = _require.whole("sweeps", sweeps), _require.whole("every", every)
    spins, checked = _checked(spins, beta, rng, field, rule, J, dimension)
    if update is checkerboard_sweep and _has_fast_kernel(spins, dimension):
        _two_colours(spins.shape[-dimension:], periodic)
        return _fast_run(spins, checked, sweeps, rng, field, rule, periodic, J, every)
    energies, magnetisations = (np.empty(spins.shape[:-dimension] + (sweeps // every,)) for _ in range(2))
    settings = dict(field=field, rule=rule, periodic=periodic, J=J, dimension=dimension)
    sites = np.prod(spins.shape[-dimension:])
    for sweep in range(1, sweeps + 1):
        spins = update(spins, beta, rng, **settings)
        if sweep % every == 0:
            t = sweep // every - 1
            energies[..., t] = energy(spins, field, J, periodic, dimension) / sites
            magnetisations[..., t] = magnetisation(spins, dimension)
    return energies, magnetisations, spins


@dataclass(frozen=True)
class Lattice:
    """A lattice as a model: an energy and a sweep, which is all that ladders, statistics and scans ask for.

    Parameters
    ----------
    L : int
        Side.
    dimension : {1, 2}, optional
    field : float, optional
    periodic : bool, optional
    rule : {"heat bath", "metropolis"}, optional
    J : float, optional
    update : function, optional
        One of the four sweeps of this module, or a cluster update of `netlib.cluster`.

    Examples
    --------
    >>> model = Lattice(4)
    >>> state = np.ones((2, 4, 4), dtype=np.int8)
    >>> model.energy(model.sweep(state, [50.0, 60.0], np.random.default_rng(0))).tolist()
    [-32.0, -32.0]
    """

    L: int
    dimension: int = 2
    field: float = 0.0
    periodic: bool = True
    rule: str = "heat bath"
    J: float = 1.0
    update: object = checkerboard_sweep

    def __post_init__(self):
        shape = _sides((self.L,) * _dimension(self.dimension))
        if self.update is checkerboard_sweep:
            _two_colours(shape, self.periodic)

    def energy(self, state):
        """Return the energy of each lattice, shape (...)."""
        return energy(self._state(state), self.field, self.J, self.periodic, self.dimension)

    def sweep(self, state, beta, rng):
        """Return the state after one sweep; `beta` is one number or one for each lattice."""
        return self.update(self._state(state), beta, rng, self.field, self.rule, self.periodic, self.J, self.dimension)

    def _state(self, state):
        state = np.asarray(state)
        if state.shape[-self.dimension:] != (self.L,) * self.dimension:
            raise ValueError(f"state must end in the shape {(self.L,) * self.dimension}, got shape {state.shape}")
        return state


def _fast_run(spins, beta, sweeps, rng, field, rule, periodic, J, every=None):
    """Sweep and measure with each colour in an array of its own: the kernel behind `checkerboard_sweep` and `simulate`."""
    batch = spins.shape[:-2]
    black, white = _split(spins.reshape((-1,) + spins.shape[-2:]))
    beta = np.broadcast_to(beta, batch + (1, 1)).reshape(-1, 1) if beta.size > 1 else beta.reshape(1, 1)
    levels = np.arange(-4, 5, 2 if periodic else 1)
    olds = (-1,) if rule == "heat bath" else (-1, 1)
    shares = [_shares(chance_up(levels, old, beta, field, abs(J), rule)) for old in olds]
    draws = _thresholds(shares, levels, black.shape, 2 * sweeps, rng)
    sums = np.empty_like(black)
    bonds, ups = [], []
    for sweep in range(1, sweeps + 1):
        for parity, here, there in ((0, black, white), (1, white, black)):
            _sum_of_other_colour(there, parity, periodic, sums)
            if J < 0:
                np.negative(sums, out=sums)
            thresholds = next(draws)
            threshold = thresholds[0] if rule == "heat bath" else np.where(here < 0, *thresholds)
            np.greater_equal(sums, threshold, out=here.view(bool))
            here *= 2
            here -= 1
        if every and sweep % every == 0:
            bonds.append((white * sums).sum((-2, -1), dtype=np.int64))
            ups.append((black + white).sum((-2, -1), dtype=np.int64))
    sites = spins.shape[-2] * spins.shape[-1]
    bonds, ups = (np.array(series).reshape((-1,) + batch) / sites for series in (bonds, ups))
    energies = -abs(J) * bonds - field * ups
    return np.moveaxis(energies, 0, -1), np.moveaxis(ups, 0, -1), _merge(black, white).reshape(spins.shape)


def _split(spins):
    """Return the black sites, those in column 2j of even rows and 2j + 1 of odd rows, and the white ones, each (..., L, L/2)."""
    black, white = spins[..., 0::2].copy(), spins[..., 1::2].copy()
    black[..., 1::2, :], white[..., 1::2, :] = spins[..., 1::2, 1::2], spins[..., 1::2, 0::2]
    return black, white


def _merge(black, white):
    """Undo `_split`."""
    spins = np.empty(black.shape[:-1] + (2 * black.shape[-1],), dtype=black.dtype)
    spins[..., 0::2, 0::2], spins[..., 0::2, 1::2] = black[..., 0::2, :], white[..., 0::2, :]
    spins[..., 1::2, 0::2], spins[..., 1::2, 1::2] = white[..., 1::2, :], black[..., 1::2, :]
    return spins


def _sum_of_other_colour(other, parity, periodic, out):
    """Write into `out` the sum of the neighbours of each site of one colour (parity 0: black, 1: white), all of the other colour.

    Site j of row i has four: entry j in the rows above, below and i itself, and in row i also the entry on the side away from
    its own column: j − 1 where i + parity is even, j + 1 where it is odd.
    """
    np.add(other[:, :-2], other[:, 2:], out=out[:, 1:-1])
    beyond_first, beyond_last = (other[:, -1], other[:, 0]) if periodic else (0, 0)
    np.add(other[:, 1], beyond_first, out=out[:, 0])
    np.add(other[:, -2], beyond_last, out=out[:, -1])
    out += other
    left, right = slice(parity, None, 2), slice(1 - parity, None, 2)
    out[:, left, 1:] += other[:, left, :-1]
    out[:, right, :-1] += other[:, right, 1:]
    if periodic:
        out[:, left, 0] += other[:, left, -1]
        out[:, right, -1] += other[:, right, 0]


def _shares(chance):
    """Cut the 65536 values of 16 random bits among the thresholds, without loss of accuracy.

    The probabilities p(n) at increasing levels n, last axis, become the probabilities of the thresholds, q = difference of p:
    threshold number k means "up from level k on", the last "up at no level". Of the 65536 values, threshold k owns
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


def _thresholds(shares, levels, shape, count, rng):
    """Yield `count` times a list of arrays of thresholds, one array for each element of `shares`; many are drawn at once."""
    groups, size = len(shares[0][0]), int(np.prod(shape))
    step, first = int(levels[1] - levels[0]), int(levels[0])
    at_once = max(1, DRAWS_AT_ONCE // size)
    for done in range(0, count, at_once):
        now = min(at_once, count - done)
        numbers = _draw_numbers(shares, now * size // groups, rng)
        for array in numbers:
            array *= step
            array += first
        numbers = [array.reshape((groups, now, shape[0] // groups) + shape[1:]) for array in numbers]
        for t in range(now):
            yield [array[:, t].reshape(shape) for array in numbers]


def _draw_numbers(shares, size, rng):
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


def _has_fast_kernel(spins, dimension):
    return dimension == 2 and spins.shape[-1] % 2 == 0


def _black(shape, periodic):
    """Return the mask of the black sites, whose coordinates have an even sum."""
    _two_colours(shape, periodic)
    return np.indices(shape).sum(0) % 2 == 0


def _two_colours(shape, periodic):
    odd = [side for side in shape if side % 2]
    if periodic and odd:
        raise ValueError(f"a checkerboard needs even sides on a periodic lattice, got a side of {odd[0]}")


def _dimension(dimension):
    if dimension not in (1, 2):
        raise ValueError(f"dimension must be 1 or 2, got {dimension!r}")
    return dimension


def _sides(shape):
    shape = tuple(_require.whole("side", side, least=2) for side in np.atleast_1d(shape).tolist())
    _dimension(len(shape))
    return shape


def _lattice(spins, dimension):
    """Return `spins` as an int8 array (a view where it is one) that ends in a lattice."""
    spins = _require.in_alphabet("spins", spins, SPINS)
    if spins.ndim < _dimension(dimension):
        raise ValueError(f"spins must have {dimension} lattice axes, got shape {spins.shape}")
    _sides(spins.shape[spins.ndim - dimension:])
    return spins.astype(np.int8, copy=False)


def _checked(spins, beta, rng, field, rule, J, dimension):
    """Check what all sweeps take; return the spins, and beta with lattice axes of length one."""
    spins = _lattice(spins, dimension)
    beta = _require.inverse_temperature(beta)
    _require.generator(rng)
    for name, value in (("field", field), ("J", J)):
        if _require.finite(name, value).ndim:
            raise ValueError(f"{name} must be one number, the same everywhere, got shape {np.shape(value)}")
    if rule not in RULES:
        raise ValueError(f"rule must be one of {RULES}, got {rule!r}")
    if beta.ndim and beta.shape != spins.shape[:-dimension]:
        raise ValueError(f"beta must be one number or have one entry per chain, shape {spins.shape[:-dimension]}, "
                         f"got shape {beta.shape}")
    return spins, beta.reshape(beta.shape + (1,) * dimension)
