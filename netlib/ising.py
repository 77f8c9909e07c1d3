r"""The Ising model on a line or a square: every way to sweep it, right and wrong, plain and fast.

Spins :math:`s_i=\pm1` sit on a chain or a square lattice, each coupled to its nearest neighbours:

.. math:: E(s) = -J\sum_{\langle ij\rangle} s_i s_j - b\sum_i s_i .

All that a spin knows of the rest is the sum :math:`n` of its neighbours, which takes five values on a square: −4, −2, 0, 2, 4.
Its probability of being up after a heat-bath update is :math:`p(n)=\sigma(2\beta(Jn+b))`, which grows with :math:`n` (for
:math:`J>0`). One may therefore draw the uniform number first, turn it into a *threshold* :math:`\theta` with
:math:`P(\theta\le n)=p(n)`, and then set the spin up exactly if :math:`n\ge\theta`. Thresholds do not depend on the spins, so
they can be drawn in bulk, and what is left of a sweep is additions and comparisons of small integers: that is the fast kernel
behind `checkerboard_sweep` and `simulate`, which stands on a page of its own, ``netlib/_checkerboard.py``, and is tested against
the plain sweeps here. Metropolis without a field has a threshold too: a spin *stays* with probability
:math:`1-e^{-2\beta Jsn}` where :math:`Jsn` is positive, never elsewhere, and this grows with :math:`Jsn`.

On a checkerboard no two neighbours share a colour, so all black spins may be drawn at once, and then all white ones. Drawing
*all* spins at once is not valid; `synchronous_sweep` does it to be shown wrong.

A periodic side of length 2 meets each neighbour twice, once on either side: its bonds are doubled (coupling 2J).
"""

from dataclasses import KW_ONLY, dataclass

import numpy as np
from scipy.special import expit

from netlib import _checkerboard, _require
from netlib.network import RULES, SPINS, Network

ORDERS = ("checkerboard", "sequential")


def lattice_weights(shape, *, J=1.0, periodic=True):
    """Return the coupling matrix of a chain (L,) or a square lattice (L, L), sites counted row by row.

    In the book: chapter 7.

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
    shape = _checkerboard.sides(shape)
    coupling = _require.one_number("J", J)
    sites = np.arange(np.prod(shape)).reshape(shape)
    weights = np.zeros((sites.size, sites.size))
    for axis in range(len(shape)):
        here, there = sites, np.roll(sites, -1, axis)
        if not periodic:
            here, there = (np.delete(array, -1, axis) for array in (here, there))
        np.add.at(weights, (here.ravel(), there.ravel()), coupling)
        np.add.at(weights, (there.ravel(), here.ravel()), coupling)
    return weights


def lattice_network(L, *, J=1.0, field=0.0, periodic=True, dimension=2, rule="heat bath", order="checkerboard"):
    """Return the lattice as a `network.Network`, whose general block sampler every kernel here is tested against.

    In the book: chapters 7 and 8.

    Parameters
    ----------
    L : int
        Side; the network has L to the power of the dimension units, row by row.
    J, field : float, optional
        Coupling of each bond and field on each spin, in units of energy.
    periodic : bool, optional
    dimension : {1, 2}, optional
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
    shape = _checkerboard.sides((L,) * _checkerboard.one_or_two(dimension))
    _require.one_of("order", order, ORDERS)
    sites = np.arange(np.prod(shape))
    if order == "checkerboard":
        black = _checkerboard.black(shape, periodic).ravel()
        blocks = (sites[black], sites[~black])
    else:
        blocks = tuple(sites[:, None])
    biases = np.full(len(sites), _require.one_number("field", field))
    return Network(lattice_weights(shape, J=J, periodic=periodic), biases, SPINS, blocks, rule)


def random_spins(shape, rng):
    """Return spins drawn up or down with equal chances: the state at infinite temperature.

    In the book: chapter 8.

    Examples
    --------
    >>> random_spins((2, 3), np.random.default_rng(0)).tolist()
    [[-1, 1, 1], [1, 1, 1]]
    """
    return (2 * _require.generator(rng).integers(0, 2, shape, dtype=np.int8) - 1).astype(np.int8)


def energy(spins, *, J=1.0, field=0.0, periodic=True, dimension=2):
    """Return the energy of each lattice (of the whole lattice, not per spin).

    In the book: chapter 7.

    Parameters
    ----------
    spins : array_like of ±1, shape (..., L, L), or (..., L) if the dimension is 1
    J, field : float, optional
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
    spins = _checkerboard.lattice(spins, dimension)
    axes = tuple(range(-dimension, 0))
    bonds = (spins * neighbour_sum(spins, periodic=periodic, dimension=dimension)).sum(axes, dtype=np.int64) / 2
    return -_require.one_number("J", J) * bonds - _require.one_number("field", field) * spins.sum(axes, dtype=np.int64)


def magnetisation(spins, *, dimension=2):
    """Return the mean spin of each lattice, between −1 and 1.

    In the book: chapter 7.

    Examples
    --------
    >>> float(magnetisation([[1, 1], [1, -1]]))
    0.5
    """
    return _checkerboard.lattice(spins, dimension).mean(tuple(range(-dimension, 0)))


def neighbour_sum(spins, *, periodic=True, dimension=2):
    """Return the sum of the nearest neighbours of each site; outside an open lattice there is nothing.

    In the book: chapter 8.

    Examples
    --------
    >>> neighbour_sum([1, 1, -1, 1], dimension=1).tolist()
    [2, 0, 2, 0]
    >>> neighbour_sum([1, 1, -1, 1], periodic=False, dimension=1).tolist()
    [1, 0, 2, -1]
    """
    spins = _checkerboard.lattice(spins, dimension)
    total = np.zeros_like(spins)
    for axis in range(-dimension, 0):
        for step in (1, -1):
            shifted = np.roll(spins, step, axis)
            if not periodic:
                np.moveaxis(shifted, axis, 0)[0 if step == 1 else -1] = 0
            total += shifted
    return total


def chance_up(neighbours, spins, beta, *, J=1.0, field=0.0, rule="heat bath"):
    """Return the probability that a spin is up after its update, given the sum of its neighbours and its old value.

    Heat bath forgets the old value: σ(2β(Jn + field)). Metropolis proposes the opposite value and accepts it with
    probability min(1, exp(−βΔE)), ΔE = 2s(Jn + field).

    In the book: chapter 8.

    Parameters
    ----------
    neighbours, spins : array_like of int
        Sum of the neighbours, and ±1.
    beta : array_like
        All three broadcast against each other.
    J, field : float, optional
    rule : {"heat bath", "metropolis"}, optional

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If beta is negative, a number is not finite, or the rule is unknown.

    Examples
    --------
    >>> round(float(chance_up(4, -1, beta=0.5)), 4), round(float(chance_up(4, 1, beta=0.5, rule="metropolis")), 4)
    (0.982, 0.9817)
    """
    J, field = _require.one_number("J", J), _require.one_number("field", field)
    push = _require.inverse_temperature(beta) * (J * np.asarray(neighbours) + field)
    if _require.one_of("rule", rule, RULES) == "heat bath":
        return expit(2 * push) + 0 * np.asarray(spins)
    return np.where(np.asarray(spins) < 0, np.exp(np.minimum(2 * push, 0)), -np.expm1(np.minimum(-2 * push, 0)))


def checkerboard_sweep(spins, beta, rng, *, J=1.0, field=0.0, periodic=True, dimension=2, rule="heat bath"):
    """Draw all black spins at once, given the white ones; then all white ones, given the black ones.

    Valid because no two sites of a colour are neighbours. A square lattice with an even number of columns goes through the
    fast kernel; anything else through `plain_checkerboard_sweep`, which does the same in a few readable lines.

    In the book: chapter 8.

    Parameters
    ----------
    spins : array_like of ±1, shape (..., L, L), or (..., L) if the dimension is 1
        Leading axes are independent chains.
    beta : float or array_like, shape (...)
        Inverse temperature, the same for all chains or one for each.
    rng : numpy.random.Generator
    J, field : float, optional
        Coupling of each bond and field on each spin, in units of energy.
    periodic : bool, optional
    dimension : {1, 2}, optional
    rule : {"heat bath", "metropolis"}, optional

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
    spins, beta = _checkerboard.checked(spins, beta, rng, J, field, dimension, rule)
    _checkerboard.two_colours(spins.shape[-dimension:], periodic)
    if not _checkerboard.has_fast_kernel(spins, dimension):
        return _plain_sweep(spins, beta, rng, J, field, periodic, dimension, rule)
    return _checkerboard.run(spins, 1, rng, _law(beta, spins.shape[:-2], J, field, periodic, rule), J, field, periodic)[-1]


def plain_checkerboard_sweep(spins, beta, rng, *, J=1.0, field=0.0, periodic=True, dimension=2, rule="heat bath"):
    """Do what `checkerboard_sweep` does, written to be read; arguments and result are the same.

    In the book: chapter 8.

    Examples
    --------
    >>> plain_checkerboard_sweep([1, 1, 1, 1], 50.0, np.random.default_rng(0), dimension=1).tolist()
    [1, 1, 1, 1]
    """
    spins, beta = _checkerboard.checked(spins, beta, rng, J, field, dimension, rule)
    return _plain_sweep(spins, beta, rng, J, field, periodic, dimension, rule)


def _plain_sweep(spins, beta, rng, J, field, periodic, dimension, rule):
    black = _checkerboard.black(spins.shape[-dimension:], periodic)
    for colour in (black, ~black):
        neighbours = neighbour_sum(spins, periodic=periodic, dimension=dimension)
        chance = chance_up(neighbours, spins, beta, J=J, field=field, rule=rule)
        drawn = np.where(rng.random(spins.shape) < chance, 1, -1)
        spins = np.where(colour, drawn, spins).astype(np.int8)
    return spins


def _law(beta, batch, J, field, periodic, rule):
    """Return the law of a spin as the fast kernel takes it: its chances at each sum of neighbours, once for each chain.

    Metropolis without a field asks only how often a spin *stays*: that depends on spin times sum alone, 0 unless it is positive.
    """
    beta = beta.reshape(1, 1) if beta.size == 1 else np.broadcast_to(beta, batch + (1, 1)).reshape(-1, 1)
    levels = np.arange(-4, 5, 2 if periodic else 1)

    def chances(levels, old):
        return chance_up(levels, old, beta, J=abs(J), field=field, rule=rule)

    if rule == "heat bath":
        return "up", levels, [chances(levels, old=-1)]
    if field:
        return "up", levels, [chances(levels, old) for old in SPINS]
    levels = levels[levels > 0]
    return "stay", levels, [chances(levels, old=1)]


def synchronous_sweep(spins, beta, rng, *, J=1.0, field=0.0, periodic=True, dimension=2, rule="heat bath"):
    """Draw all spins at once from the same old state. This does *not* sample the Boltzmann distribution.

    It is here to be shown wrong. Arguments and result are those of `checkerboard_sweep`, odd sides included.

    In the book: chapter 8.

    Examples
    --------
    >>> synchronous_sweep([1, -1, 1, -1], 50.0, np.random.default_rng(0), dimension=1).tolist()
    [-1, 1, -1, 1]
    """
    spins, beta = _checkerboard.checked(spins, beta, rng, J, field, dimension, rule)
    neighbours = neighbour_sum(spins, periodic=periodic, dimension=dimension)
    chance = chance_up(neighbours, spins, beta, J=J, field=field, rule=rule)
    return np.where(rng.random(spins.shape) < chance, 1, -1).astype(np.int8)


def sweep_with_coins(spins, beta, coins, *, J=1.0, field=0.0):
    """Do a checkerboard heat-bath sweep whose uniform numbers are given: a spin turns up where its coin is below its chance.

    If no coupling is negative, more neighbours up never make a chance smaller. So of two lattices that are swept with the same
    coins, one that was nowhere below the other is still nowhere below it: that is what `coupling_from_the_past` rests on.

    In the book: chapter 9.

    Parameters
    ----------
    spins : array_like of ±1, shape (..., L, L)
        Periodic, with even sides.
    beta : float
    coins : array_like, shape (..., L, L)
        Uniform numbers between 0 and 1, one for each spin; those of several lattices may be the same.
    J, field : float, optional
        Coupling of each bond and field on each spin, in units of energy.

    Returns
    -------
    ndarray of int8, the shape of `spins`

    Raises
    ------
    ValueError
        If a side is odd, or a coin lies outside 0 ... 1.

    Examples
    --------
    >>> sweep_with_coins([[1, 1], [1, 1]], 0.0, [[0.2, 0.7], [0.5, 0.4]]).tolist()
    [[1, -1], [-1, 1]]
    """
    spins = _checkerboard.lattice(spins, dimension=2)
    coins = _require.finite("coins", coins)
    if ((coins < 0) | (coins > 1)).any():
        raise ValueError(f"coins must lie between 0 and 1, got {coins.min():g} to {coins.max():g}")
    black = _checkerboard.black(spins.shape[-2:], periodic=True)
    chances = chance_up(np.arange(-4, 5), 1, _require.one_beta(beta), J=J, field=field)
    for colour in (black, ~black):
        up = coins < chances[neighbour_sum(spins) + 4]
        spins = np.where(colour, np.where(up, 1, -1), spins).astype(np.int8)
    return spins


def coupling_from_the_past(L, beta, size, rng, *, J=1.0, field=0.0):
    """Draw lattices *exactly* from the Boltzmann law, without Z and without a time of warming up.

    Start one lattice all up and one all down, a number of sweeps before now, and sweep both with the same coins. Where they have
    met by now, every start has met them: the state does not depend on the start, and is a draw from the stationary law. Where
    not, begin twice as long ago, with the *same* coins for the sweeps that were drawn already.

    In the book: chapter 9.

    Parameters
    ----------
    L : int
        Side, even; periodic.
    beta : float
    size : int
        Number of independent lattices.
    rng : numpy.random.Generator
    J : float, optional
        Coupling of each bond; not negative.
    field : float, optional

    Returns
    -------
    spins : ndarray of int8, shape (size, L, L)
    sweeps : ndarray of int, shape (size,)
        How long ago each had to begin, a power of two. Below the critical temperature, without a field, it grows without all
        bounds in L.

    Raises
    ------
    ValueError
        If J is negative, or the side is odd.

    References
    ----------
    J. G. Propp and D. B. Wilson, Random Structures and Algorithms 9 (1996) 223–252.

    Examples
    --------
    >>> spins, sweeps = coupling_from_the_past(4, 0.2, 1000, np.random.default_rng(0))
    >>> spins.shape, int(sweeps.min()), bool(abs(energy(spins).mean() / 16 + 0.456) < 0.03)
    ((1000, 4, 4), 2, True)
    """
    (L, _), size = _checkerboard.sides((L, L)), _require.whole("size", size)
    if _require.one_number("J", J) < 0:
        raise ValueError(f"coupling from the past needs J of at least 0, got {J:g}: up must make up likelier")
    _require.generator(rng)
    spins, sweeps = np.empty((size, L, L), dtype=np.int8), np.zeros(size, dtype=int)
    waiting, past = np.arange(size), []                                         # seeds and lengths of its parts, oldest first
    while waiting.size:
        past.insert(0, (rng.integers(2**63), max(1, sum(length for _, length in past))))
        high = np.ones((waiting.size, L, L), dtype=np.int8)
        low = -high
        for seed, length in past:
            again = np.random.default_rng(seed)
            for _ in range(length):
                coins = again.random((size, L, L))[waiting]
                high, low = (sweep_with_coins(lattices, beta, coins, J=J, field=field) for lattices in (high, low))
        met = (high == low).all(axis=(1, 2))
        spins[waiting[met]], sweeps[waiting] = high[met], sum(length for _, length in past)
        waiting = waiting[~met]
    return spins, sweeps


def sequential_sweep(spins, beta, rng, *, J=1.0, field=0.0, periodic=True, dimension=2, rule="heat bath"):
    """Update the spins one after the other, row by row. Arguments and result are those of `checkerboard_sweep`.

    In the book: chapter 8.

    Examples
    --------
    >>> sequential_sweep([1, 1, 1], 50.0, np.random.default_rng(0), dimension=1).tolist()
    [1, 1, 1]
    """
    return _one_by_one(range, spins, beta, rng, J, field, periodic, dimension, rule)


def random_order_sweep(spins, beta, rng, *, J=1.0, field=0.0, periodic=True, dimension=2, rule="heat bath"):
    """Update N spins picked at random, with replacement. Arguments and result are those of `checkerboard_sweep`.

    Some spins are picked several times and some not at all. Each chain makes picks of its own. (In `network.random_order_sweep`
    all chains of a call share them.)

    In the book: chapter 8.

    Examples
    --------
    >>> random_order_sweep([1, 1, 1], 50.0, np.random.default_rng(0), dimension=1).tolist()
    [1, 1, 1]
    """
    def picks(sites):
        return rng.integers(0, sites, sites).tolist()

    return _one_by_one(picks, spins, beta, rng, J, field, periodic, dimension, rule)


def _one_by_one(order, spins, beta, rng, J, field, periodic, dimension, rule):
    """Single-spin updates in plain Python; on lists, which for one spin at a time are far faster than arrays.

    A negative index counts from the end, so lists in the order 0, 1, …, −1 are indexed by the old spin and by the sum themselves.
    """
    spins, beta = _checkerboard.checked(spins, beta, rng, J, field, dimension, rule)
    sites = int(np.prod(spins.shape[-dimension:]))
    neighbours = _checkerboard.neighbour_table(spins.shape[-dimension:], periodic)
    old, sums = np.array([[0], [1], [-1]]), np.array([0, 1, 2, 3, 4, -4, -3, -2, -1])
    if beta.size > 1:
        beta = np.broadcast_to(beta, spins.shape[:-dimension] + (1,) * dimension)
    chances = chance_up(sums, old, beta.reshape(-1, 1, 1), J=J, field=field, rule=rule).tolist()
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


def simulate(spins, beta, sweeps, rng, *, update=checkerboard_sweep, every=1, J=1.0, field=0.0, periodic=True, dimension=2,
             rule="heat bath"):
    """Run many sweeps and return the energy and the magnetisation along the way.

    In the book: chapters 8 and 9.

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
        Measure after each so many sweeps; at most `sweeps`.
    J, field, periodic, dimension, rule : optional
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
    sweeps, every = _require.sweeps_and_every(sweeps, every)
    spins, checked = _checkerboard.checked(spins, beta, rng, J, field, dimension, rule)
    if update is checkerboard_sweep and _checkerboard.has_fast_kernel(spins, dimension):
        _checkerboard.two_colours(spins.shape[-dimension:], periodic)
        law = _law(checked, spins.shape[:-2], J, field, periodic, rule)
        return _checkerboard.run(spins, sweeps, rng, law, J, field, periodic, every)
    energies, magnetisations = (np.empty(spins.shape[:-dimension] + (sweeps // every,)) for _ in range(2))
    settings = dict(J=J, field=field, periodic=periodic, dimension=dimension)
    sites = np.prod(spins.shape[-dimension:])
    for sweep in range(1, sweeps + 1):
        spins = update(spins, beta, rng, rule=rule, **settings)
        if sweep % every == 0:
            t = sweep // every - 1
            energies[..., t] = energy(spins, **settings) / sites
            magnetisations[..., t] = magnetisation(spins, dimension=dimension)
    return energies, magnetisations, spins


@dataclass(frozen=True)
class Lattice:
    """A lattice as a model: an energy and a sweep, which is all that ladders, statistics and scans ask for.

    In the book: chapter 10.

    Parameters
    ----------
    L : int
        Side.
    J, field : float, optional
    periodic : bool, optional
    dimension : {1, 2}, optional
    rule : {"heat bath", "metropolis"}, optional
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
    _: KW_ONLY
    J: float = 1.0
    field: float = 0.0
    periodic: bool = True
    dimension: int = 2
    rule: str = "heat bath"
    update: object = checkerboard_sweep

    def __post_init__(self):
        shape = _checkerboard.sides((self.L,) * _checkerboard.one_or_two(self.dimension))
        _require.one_number("J", self.J)
        _require.one_number("field", self.field)
        _require.one_of("rule", self.rule, RULES)
        if self.update is checkerboard_sweep:
            _checkerboard.two_colours(shape, self.periodic)

    def energy(self, state):
        """Return the energy of each lattice, shape (...)."""
        return energy(self._state(state), **self._settings())

    def sweep(self, state, beta, rng):
        """Return the state after one sweep; `beta` is one number or one for each lattice."""
        return self.update(self._state(state), beta, rng, rule=self.rule, **self._settings())

    def _settings(self):
        return dict(J=self.J, field=self.field, periodic=self.periodic, dimension=self.dimension)

    def _state(self, state):
        state = np.asarray(state)
        if state.shape[-self.dimension:] != (self.L,) * self.dimension:
            raise ValueError(f"state must end in the shape {(self.L,) * self.dimension}, got shape {state.shape}")
        return state
