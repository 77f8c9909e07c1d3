r"""Cluster updates: turn many coupled spins at once, and still sample the Boltzmann law.

Between two equal neighbours a bond is laid with probability

.. math:: p = 1 - e^{-2\beta J},

between unequal ones never. The bonds tie the spins into clusters. Given the bonds, a cluster may be all up or all down, both
equally likely; given the spins, the bonds are as above. Drawing bonds and spins in turn is a block sampler again, on a larger
system of spins *and* bonds whose law has the Boltzmann law as its marginal (Edwards and Sokal). Swendsen and Wang toss a coin for
every cluster; Wolff grows the cluster of one random spin and always turns it. Near the critical temperature clusters have all
sizes, and such moves forget the past far sooner than single spins do.

For square lattices without a field, J > 0: a field would make the two values of a cluster unequal. Both updates take the
arguments of the sweeps in `netlib.ising`, so ``ising.simulate(..., update=cluster.swendsen_wang_sweep)`` and ``ising.Lattice``
take them too.

References
----------
R. H. Swendsen and J.-S. Wang, *Nonuniversal critical dynamics in Monte Carlo simulations*, Physical Review Letters 58, 86 (1987).
R. G. Edwards and A. D. Sokal, Physical Review D 38, 2009 (1988). U. Wolff, *Collective Monte Carlo updating for spin systems*,
Physical Review Letters 62, 361 (1989).
"""

import numpy as np
from scipy.ndimage import label
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from netlib import _checkerboard

IN_PLANE = np.zeros((3, 3, 3), dtype=bool)
IN_PLANE[1, 1, :] = IN_PLANE[1, :, 1] = True


def swendsen_wang_sweep(spins, beta, rng, *, J=1.0, field=0.0, periodic=True, dimension=2, rule="heat bath"):
    """Lay bonds between equal neighbours, and toss a fair coin for each cluster.

    In the book: chapter 9.

    Parameters
    ----------
    spins : array_like of ±1, shape (..., L, L)
        Leading axes are independent chains. A periodic side of length 2 has doubled bonds.
    beta : float or array_like, shape (...)
    rng : numpy.random.Generator
    J : float, optional
        Coupling of each bond, in units of energy; not negative.
    periodic : bool, optional
    field, dimension, rule : optional
        There for the sake of a common signature: the field must be 0 and the dimension 2, and the rule does not matter.

    Returns
    -------
    ndarray of int8, the shape of `spins`

    Raises
    ------
    ValueError
        If there is a field, J is negative, or the dimension is not 2.

    Examples
    --------
    >>> up = np.ones((4, 4), dtype=np.int8)
    >>> abs(int(swendsen_wang_sweep(up, beta=50.0, rng=np.random.default_rng(0)).sum()))
    16
    """
    lattices, laid = _batch(spins, beta, rng, J, field, dimension, rule)
    number = _clusters(lattices, laid, rng, periodic)
    turn = rng.integers(0, 2, number.max(initial=-1) + 1, dtype=np.int8) * 2 - 1
    return (lattices * turn[number]).reshape(np.shape(spins))


def wolff_step(spins, beta, rng, *, J=1.0, field=0.0, periodic=True, dimension=2, rule="heat bath"):
    """Grow one cluster from a random spin and turn it over. Arguments and result are those of `swendsen_wang_sweep`.

    In the book: chapter 9.

    Examples
    --------
    >>> up = np.ones((4, 4), dtype=np.int8)
    >>> int(wolff_step(up, beta=50.0, rng=np.random.default_rng(0)).sum())
    -16
    """
    lattices, laid = _batch(spins, beta, rng, J, field, dimension, rule)
    return np.array([_wolff(*pair, rng, periodic) for pair in zip(lattices, laid, strict=True)]).reshape(np.shape(spins))


def clusters(spins, beta, rng, *, J=1.0, periodic=True):
    """Lay bonds between equal neighbours and number the clusters. Arguments are those of `swendsen_wang_sweep`.

    In the book: chapter 9.

    Returns
    -------
    ndarray of int, shape (..., L, L)
        Number of the cluster of each site, counted from 0 through all lattices.

    Examples
    --------
    >>> clusters([[1, 1], [-1, -1]], 50.0, np.random.default_rng(0)).tolist()
    [[0, 0], [1, 1]]
    """
    lattices, laid = _batch(spins, beta, rng, J, field=0.0, dimension=2, rule="heat bath")
    return _clusters(lattices, laid, rng, periodic).reshape(np.shape(spins))


def _clusters(spins, laid, rng, periodic):
    """Number the clusters of a batch (chains, L, L) at once; `laid` is the probability of a bond, for each chain.

    Each lattice becomes a picture of twice its side: sites at even places, the bond of two sites at the place between. Lit
    pixels that touch are one cluster. The picture is flat, so the bonds across the two seams of a periodic lattice are laid
    afterwards, as edges of a graph whose nodes are the clusters of the picture.
    """
    down, right = ((spins == np.roll(spins, -1, axis)) & (rng.random(spins.shape) < laid) for axis in (1, 2))
    chains, rows, columns = spins.shape
    picture = np.zeros((chains, 2 * rows, 2 * columns), dtype=bool)
    picture[:, ::2, ::2] = True
    picture[:, 1:-1:2, ::2] = down[:, :-1, :]
    picture[:, ::2, 1:-1:2] = right[:, :, :-1]
    number, count = label(picture, structure=IN_PLANE)
    number = number[:, ::2, ::2] - 1
    if not periodic:
        return number
    bottom, side = down[:, -1, :], right[:, :, -1]
    last = np.concatenate([number[:, -1, :][bottom], number[:, :, -1][side]])
    first = np.concatenate([number[:, 0, :][bottom], number[:, :, 0][side]])
    seams = coo_array((np.ones(len(last)), (last, first)), shape=(count, count))
    return connected_components(seams, directed=False)[1][number]


def _wolff(spins, laid, rng, periodic):
    neighbours = _checkerboard.neighbour_table(spins.shape, periodic)
    s = [*spins.ravel().tolist(), 0]
    seed = int(rng.integers(spins.size))
    value, waiting = s[seed], [seed]
    s[seed] = -value
    while waiting:
        around = neighbours[waiting.pop()]
        for j, u in zip(around, rng.random(4).tolist(), strict=True):
            if s[j] == value and u < laid:
                s[j] = -value
                waiting.append(j)
    return np.array(s[:-1], dtype=np.int8).reshape(spins.shape)


def _batch(spins, beta, rng, J, field, dimension, rule):
    """Check the arguments; return the lattices, shape (chains, L, L), and the probability of a bond in each, (chains, 1, 1)."""
    if dimension != 2:
        raise ValueError(f"cluster updates are for square lattices, dimension 2, got {dimension!r}")
    spins, beta = _checkerboard.checked(spins, beta, rng, J, field, dimension, rule)
    if field != 0:
        raise ValueError(f"cluster updates need a field of 0, got {field:g}: in a field up and down are not equally likely")
    if J < 0:
        raise ValueError(f"cluster updates need J of at least 0, got {J:g}: bonds are laid between equal neighbours")
    laid = np.broadcast_to(-np.expm1(beta * (-2.0 * J)), spins.shape[:-2] + (1, 1)).reshape(-1, 1, 1)
    return spins.reshape(-1, *spins.shape[-2:]), laid
