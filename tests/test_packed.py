"""Bit-packed replicas against transition matrices, the exact finite torus, and each other.

G-tests at significance 0.0001 with fixed seeds; means within 4.5 standard errors (the largest of 64 deviations is compared).
"""

import numpy as np
import pytest
from goodness import SIGNIFICANCE, g_test
from scipy.special import expit

from netlib import exact, ising, markov, network, packed, stats, theory
from netlib.network import SPINS

ALL_UP = np.uint64(2**64 - 1)


def test_packing_is_undone_by_unpacking_and_measured_alike():
    spins = ising.random_spins((3, 64, 4, 6), np.random.default_rng(1))
    words = packed.pack(spins)
    assert words.shape == (3, 4, 6) and words.dtype == np.uint64
    np.testing.assert_array_equal(packed.unpack(words), spins)
    np.testing.assert_array_equal(packed.energy(words), ising.energy(spins))
    np.testing.assert_allclose(packed.magnetisation(words), ising.magnetisation(spins), atol=1e-15)


def test_the_adder_adds():
    """All sixteen cases of four bits."""
    a, b, c, d = (np.array([case >> k & 1 for case in range(16)], dtype=np.uint64) for k in range(4))
    ones, twos, fours = packed._add(a, b, c, d)
    np.testing.assert_array_equal(ones + 2 * twos + 4 * fours, a + b + c + d)


def test_the_digits_and_the_remainder_add_up_to_the_probability():
    """No sampling: Σ digit 2⁻ᵏ + remainder 2⁻⁹ is e_2 and e_4 of each replica, to rounding."""
    beta = np.concatenate([[0.0, 1e-9, 300.0], np.linspace(0.05, 3, 61)])
    of_two, differ, remainders = packed._law(beta)
    for n, digits, remainder in zip((2, 4), (of_two, of_two ^ differ), remainders, strict=True):
        bits = (digits[:, None] >> np.arange(64, dtype=np.uint64) & np.uint64(1)).astype(float)
        total = 0.5 ** np.arange(2, packed.DIGITS + 1) @ bits + 0.5**packed.DIGITS * remainder
        np.testing.assert_allclose(total, expit(-2 * n * beta), rtol=1e-12)
        assert ((remainder >= 0) & (remainder <= 1)).all()


@pytest.mark.parametrize("shape", [(2, 4), (4, 2)])
def test_one_sweep_has_the_law_of_the_transition_matrix_at_each_temperature(shape):
    rng = np.random.default_rng(2)
    kinds, draws = np.array([0.0, 0.2, 0.45, 0.8]), 400
    of_replica = rng.permutation(np.repeat(np.arange(4), 16))
    black = np.indices(shape).sum(0).ravel() % 2 == 0
    net = network.Network(ising.lattice_weights(shape), alphabet=SPINS, blocks=[np.flatnonzero(black), np.flatnonzero(~black)])
    for _ in range(3):
        start = ising.random_spins(shape, rng)
        words = np.broadcast_to(np.where(start > 0, ALL_UP, np.uint64(0)), (draws, *shape))
        after = packed.unpack(packed.checkerboard_sweep(words, kinds[of_replica], rng))
        for kind, beta in enumerate(kinds):
            found = exact.state_index(after[:, of_replica == kind].reshape(-1, 8), SPINS)
            law = markov.sweep_matrix(net, beta)[exact.state_index(start.ravel(), SPINS)]
            assert g_test(np.bincount(found, minlength=256), law) > SIGNIFICANCE


def test_spins_flip_as_rarely_as_they_should_at_low_temperature():
    """Even replicas at T = 0.6, odd ones at 0.7: from all up, 200 and 1370 black spins flip, within four sigma."""
    rng = np.random.default_rng(3)
    T = np.where(np.arange(64) % 2, 0.7, 0.6)
    up, flips, sweeps = np.full((512, 512), ALL_UP), np.zeros(64), 30
    for _ in range(sweeps):
        after = packed.checkerboard_sweep(up, 1 / T, rng)
        flips += sum(packed._count(~after[i::2, i::2]) for i in range(2))
    for t in (0.6, 0.7):
        expected = 32 * sweeps * up.size / 2 * expit(-8 / t)
        assert 190 < expected < 1400
        assert abs(flips[t == T].sum() - expected) < 4 * np.sqrt(expected)


def test_spins_go_against_three_of_four_neighbours_as_often_as_they_should():
    """Even replicas at T = 0.6, odd ones at 0.7: 4000 and 10 300 of three million, within four sigma."""
    T = np.where(np.arange(64) % 2, 0.7, 0.6)
    neighbours = [np.full((256, 384), word) for word in (ALL_UP, ALL_UP, np.uint64(0), ALL_UP)]
    drawn = np.empty_like(neighbours[0])
    packed._draw(neighbours, packed._law(1 / T), np.random.default_rng(21), out=drawn)
    against = packed._count(~drawn)
    for t in (0.6, 0.7):
        expected = 32 * neighbours[0].size * expit(-4 / t)
        assert 3900 < expected < 11000
        assert abs(against[t == T].sum() - expected) < 4 * np.sqrt(expected)


def test_random_words_are_fair_coins():
    ups = packed._count(packed.random_words((64, 64), np.random.default_rng(22)))
    assert ups.shape == (64,) and (abs(ups - 2048) < 4.5 * 32).all()


def test_every_replica_has_random_bits_of_its_own():
    """Same start, same temperature: over many sweeps the black spins of any two of the 2016 pairs of replicas are uncorrelated.

    With one random word for all replicas, two replicas would make the same moves: correlation one, here 180 standard errors.
    """
    rng = np.random.default_rng(4)
    start = packed.pack(np.broadcast_to(ising.random_spins((4, 4), rng), (64, 4, 4)))
    after = packed.unpack(packed.checkerboard_sweep(np.broadcast_to(start, (4000, 4, 4)), 0.3, rng)).astype(float)
    black = np.concatenate([after[:, :, i::2, i::2].reshape(4000, 64, 4) for i in range(2)], axis=-1)
    black = (black - black.mean(0)) / black.std(0)
    z = np.einsum("tri,tsi->rs", black, black) / np.sqrt(4000 * 8)
    pairs = z[np.triu_indices(64, 1)]
    assert abs(pairs).max() < 5
    assert abs((pairs**2).sum() - pairs.size) < 4 * np.sqrt(2 * pairs.size)


def test_sixty_four_temperatures_against_the_exact_torus():
    """L = 8, T from 1.8 to 5: the mean energy of each replica, and the mean square deviation, against the exact torus."""
    rng = np.random.default_rng(5)
    beta = 1 / np.linspace(1.8, 5, 64)
    energies, magnetisations, last = packed.simulate(np.full((8, 8), ALL_UP), beta, 4000, rng, every=2)
    assert energies.shape == magnetisations.shape == (64, 2000)
    np.testing.assert_allclose(64 * energies[:, -1], packed.energy(last))
    np.testing.assert_allclose(magnetisations[:, -1], packed.magnetisation(last))
    mean, error = stats.mean_and_error(energies[:, 100:], pool=False)
    z = (mean - np.array([float(theory.torus_energy(8, b)) for b in beta])) / error
    assert error.max() < 0.02
    assert abs(z).max() < 4.5 and (z**2).mean() < 2


def test_sweeps_are_pure_and_repeat_with_the_seed():
    words = packed.random_words((2, 4, 4), np.random.default_rng(6))
    before = words.copy()
    one, two = (packed.checkerboard_sweep(words, 0.3, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(words, before)
    np.testing.assert_array_equal(one, two)
    energies, _, last = packed.simulate(words, 0.3, 5, np.random.default_rng(7), every=2)
    assert energies.shape == (2, 64, 2) and last.shape == (2, 4, 4)
    with pytest.raises(ValueError, match="every must be at most the number of sweeps, 1, or nothing is measured, got 2"):
        packed.simulate(words, 0.3, 1, np.random.default_rng(7), every=2)
    energies, _, last = packed.simulate(words[:0], 0.3, 2, np.random.default_rng(7))
    assert energies.shape == (0, 64, 2) and last.shape == (0, 4, 4)


@pytest.mark.parametrize(("change", "error", "words"), [
    (dict(words=np.ones((4, 4))), TypeError, "words must be uint64"),
    (dict(words=np.ma.zeros((4, 4), dtype=np.uint64)), TypeError, "words must be an array without a mask"),
    (dict(words=np.zeros(4, dtype=np.uint64)), ValueError, r"words must have 2 lattice axes, got shape \(4,\)"),
    (dict(words=np.zeros((3, 4), dtype=np.uint64)), ValueError, "a checkerboard needs even sides .* got a side of 3"),
    (dict(beta=np.ones(5)), ValueError, r"one entry per replica, shape \(64,\), got shape \(5,\)"),
    (dict(beta=-1.0), ValueError, "beta must not be negative"),
    (dict(beta=np.nan), ValueError, "beta must be finite"),
    (dict(rng=None), TypeError, "numpy.random.Generator"),
])
def test_bad_input(change, error, words):
    call = dict(words=np.zeros((4, 4), dtype=np.uint64), beta=0.5, rng=np.random.default_rng(0)) | change
    with pytest.raises(error, match=words):
        packed.checkerboard_sweep(**call)
    with pytest.raises(error, match=words):
        packed.simulate(sweeps=1, **call)


def test_only_sixty_four_lattices_can_be_packed():
    with pytest.raises(ValueError, match=r"must have the shape \(..., 64, L, L\), got \(32, 4, 4\)"):
        packed.pack(np.ones((32, 4, 4)))
