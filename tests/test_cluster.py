"""Swendsen–Wang and Wolff against full transition matrices made from all bond configurations, and against the exact torus.

G-tests at significance 0.0001 with fixed seeds; means within four standard errors.
"""

import itertools

import numpy as np
import pytest
from goodness import SIGNIFICANCE, g_test

from netlib import cluster, exact, ising, stats, theory
from netlib.network import SPINS

UPDATES = (cluster.swendsen_wang_sweep, cluster.wolff_step)


def bonds_of(shape, periodic):
    """Every bond as a pair of sites, doubled bonds twice, from the coupling matrix."""
    weights = ising.lattice_weights(shape, periodic=periodic)
    return [(i, j) for i, j in zip(*np.nonzero(np.triu(weights)), strict=True) for _ in range(int(weights[i, j]))]


def exact_law_after(update, start, periodic, laid):
    """The law of the next state, summed over all ways to lay bonds between equal neighbours: no picture, no seams, no stack."""
    s, sites = start.ravel(), start.size
    bonds = [(i, j) for i, j in bonds_of(start.shape, periodic) if s[i] == s[j]]
    law = np.zeros(2**sites)
    for present in itertools.product((False, True), repeat=len(bonds)):
        weight = np.prod([laid if here else 1 - laid for here in present])
        number = np.arange(sites)
        for (i, j), here in zip(bonds, present, strict=True):
            if here:
                number[number == number[i]] = number[j]
        groups = [number == k for k in np.unique(number)]
        if update is cluster.wolff_step:
            for group in groups:
                law[exact.state_index(np.where(group, -s, s), SPINS)] += weight * group.sum() / sites
        else:
            for turns in itertools.product((1, -1), repeat=len(groups)):
                after = s * np.sum([turn * group for turn, group in zip(turns, groups, strict=True)], axis=0)
                law[exact.state_index(after, SPINS)] += weight / 2 ** len(groups)
    return law


@pytest.mark.parametrize("update", UPDATES)
@pytest.mark.parametrize(("shape", "periodic"), [((3, 2), False), ((2, 3), True), ((3, 2), True), ((2, 2), True)])
def test_one_update_has_the_law_summed_over_all_bonds(update, shape, periodic):
    rng = np.random.default_rng(1)
    beta, J, draws = 0.3, 0.8, 4000
    for start in (ising.random_spins(shape, rng), np.where(np.indices(shape)[1] % 2, 1, -1)):
        after = update(np.broadcast_to(start, (draws, *shape)), beta, rng, periodic=periodic, J=J)
        counts = np.bincount(exact.state_index(after.reshape(draws, -1), SPINS), minlength=2**start.size)
        assert g_test(counts, exact_law_after(update, start, periodic, 1 - np.exp(-2 * beta * J))) > SIGNIFICANCE


@pytest.mark.parametrize("update", UPDATES)
def test_the_boltzmann_law_stays(update):
    """Chains started from the exact law of the 3×3 torus, two temperatures; four updates later they have it still."""
    rng = np.random.default_rng(2)
    net, chains = ising.lattice_network(3, order="sequential"), 1500
    betas = np.repeat([0.25, 0.6], chains).reshape(2, chains)
    state = np.stack([exact.sample(net, beta, chains, rng) for beta in (0.25, 0.6)]).reshape(2, chains, 3, 3)
    for _ in range(4):
        state = update(state, betas, rng)
    for k, beta in enumerate((0.25, 0.6)):
        counts = np.bincount(exact.state_index(state[k].reshape(chains, 9), SPINS), minlength=512)
        assert g_test(counts, exact.probabilities(net, beta)) > SIGNIFICANCE


@pytest.mark.parametrize(("update", "sweeps"), [(cluster.swendsen_wang_sweep, 2500), (cluster.wolff_step, 5000)])
def test_the_exact_energy_of_the_torus_at_the_critical_temperature(update, sweeps):
    rng = np.random.default_rng(3)
    beta = 1 / float(theory.critical_temperature())
    energies, _, _ = ising.simulate(np.ones((12, 12)), beta, sweeps, rng, update=update)
    mean, error = stats.mean_and_error(energies[100:])
    assert error < 0.012
    assert abs(mean - float(theory.torus_energy(12, beta))) < 4 * error


def test_clusters_are_joined_across_both_seams():
    """At low temperature all bonds between equal neighbours are laid: a cluster is a connected set of equal spins."""
    rng = np.random.default_rng(4)
    stripe = -np.ones((6, 4), dtype=np.int8)
    stripe[[0, -1]] = 1
    assert len(np.unique(cluster.clusters(stripe, 50.0, rng))) == 2
    assert len(np.unique(cluster.clusters(stripe, 50.0, rng, periodic=False))) == 3
    assert len(np.unique(cluster.clusters(stripe.T, 50.0, rng))) == 2
    corners = -np.ones((4, 4), dtype=np.int8)
    corners[np.ix_([0, -1], [0, -1])] = 1
    number = cluster.clusters(corners, 50.0, rng)
    assert len(np.unique(number)) == 2 and len(np.unique(number[corners > 0])) == 1
    assert len(np.unique(cluster.clusters(corners, 50.0, rng, periodic=False))) == 5
    assert len(np.unique(cluster.clusters(corners, 0.0, rng))) == 16


def test_cluster_updates_serve_in_the_model():
    model = ising.Lattice(5, update=cluster.swendsen_wang_sweep)
    state = ising.random_spins((3, 5, 5), np.random.default_rng(5))
    before = state.copy()
    after = model.sweep(state, [0.1, 0.4, 0.8], np.random.default_rng(6))
    assert after.shape == state.shape and after.dtype == np.int8
    np.testing.assert_array_equal(state, before)


@pytest.mark.parametrize("update", UPDATES)
@pytest.mark.parametrize(("change", "error", "words"), [
    (dict(field=0.1), ValueError, "cluster updates need a field of 0, got 0.1"),
    (dict(J=-1.0), ValueError, "cluster updates need J of at least 0, got -1"),
    (dict(dimension=1), ValueError, "dimension 2, got 1"),
    (dict(beta=-0.1), ValueError, "beta must not be negative"),
    (dict(rng=1), TypeError, "numpy.random.Generator"),
    (dict(spins=np.zeros((4, 4))), ValueError, "spins must hold only -1 and 1"),
])
def test_bad_input(update, change, error, words):
    call = dict(spins=np.ones((4, 4)), beta=0.5, rng=np.random.default_rng(0)) | change
    with pytest.raises(error, match=words):
        update(**call)


@pytest.mark.parametrize("update", UPDATES)
def test_batches_of_any_shape_and_bonds_that_cannot_be(update):
    rng = np.random.default_rng(7)
    assert update(np.ones((0, 4, 4)), 0.3, rng).shape == (0, 4, 4)
    assert update(np.ones((2, 3, 4, 4)), [[0.2], [0.4]], rng).shape == (2, 3, 4, 4)
    with np.errstate(over="raise", invalid="raise"):
        assert abs(update(np.ones((4, 4)), 1e308, rng, J=0.0).sum()) < 16  # no coupling, no bonds, whatever beta


def test_clusters_of_a_batch_do_not_touch():
    number = cluster.clusters(np.ones((3, 4, 4)), 50.0, np.random.default_rng(0))
    assert (number == np.arange(3)[:, None, None]).all()
