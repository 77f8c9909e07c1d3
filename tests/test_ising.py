"""The Ising lattices against full transition matrices, against enumeration, and against Onsager.

Samples are compared with exact laws by the G-test at significance 0.0001 (seeds are fixed, so a test that passes once
passes always), means within four standard errors.
"""

import numpy as np
import pytest
from goodness import SIGNIFICANCE, g_test

from netlib import _checkerboard, exact, ising, markov, network, stats, theory
from netlib.network import RULES, SPINS

SWEEPS = (ising.checkerboard_sweep, ising.plain_checkerboard_sweep, ising.sequential_sweep, ising.random_order_sweep,
          ising.synchronous_sweep)
SHAPES = [((2, 4), True), ((4, 2), True), ((4, 2), False), ((3, 2), False), ((3, 3), False), ((8,), True), ((7,), False)]


def lattice(shape, periodic=True, field=0.0, J=1.0, rule="heat bath", order="checkerboard"):
    """The network of any chain or rectangle, its blocks the two colours or the single sites."""
    sites = np.arange(np.prod(shape))
    colour = np.indices(shape).sum(0).ravel() % 2
    blocks = [sites[colour == 0], sites[colour == 1]] if order == "checkerboard" else sites[:, None]
    return network.Network(ising.lattice_weights(shape, J=J, periodic=periodic), np.full(len(sites), field), SPINS, blocks, rule)


def exact_law_after(update, net, beta):
    if update is ising.synchronous_sweep:
        return markov.synchronous_matrix(net, beta)
    if update is ising.random_order_sweep:
        return np.linalg.matrix_power(markov.random_order_matrix(net, beta), len(net.weights))
    return markov.sweep_matrix(net, beta)


@pytest.mark.parametrize("update", SWEEPS)
@pytest.mark.parametrize(("rule", "field"), [("heat bath", 0.3), ("metropolis", 0.3), ("metropolis", 0.0)])
@pytest.mark.parametrize(("shape", "periodic"), SHAPES)
def test_one_sweep_has_the_law_of_the_transition_matrix(update, rule, field, shape, periodic):
    """One sweep from one state: no fault of sign, colour, slice, rule or probability leaves this law as it is."""
    rng = np.random.default_rng(1)
    beta, J, draws = 0.35, 1.0 if sum(shape) % 2 == 0 else -0.8, 6000
    net = lattice(shape, periodic, field, J, rule, "sequential" if update is ising.sequential_sweep else "checkerboard")
    matrix = exact_law_after(update, net, beta)
    for _ in range(3):
        start = ising.random_spins(shape, rng)
        after = update(np.broadcast_to(start, (draws, *shape)), beta, rng, J=J, field=field, periodic=periodic,
                       dimension=len(shape), rule=rule)
        counts = np.bincount(exact.state_index(after.reshape(draws, -1), SPINS), minlength=len(matrix))
        assert g_test(counts, matrix[exact.state_index(start.ravel(), SPINS)]) > SIGNIFICANCE


@pytest.mark.parametrize(("rule", "field"), [("heat bath", 0.05), ("metropolis", 0.05), ("metropolis", 0.0)])
@pytest.mark.parametrize("periodic", [True, False])
def test_sweeps_keep_the_boltzmann_law_with_a_temperature_for_each_chain(rule, field, periodic):
    """Chains started from the exact law, each temperature its own; ten sweeps later they have it still."""
    rng = np.random.default_rng(2)
    betas, chains = np.array([0.2, 0.44, 0.7]), 10000
    net, states = ising.lattice_network(4, field=field, periodic=periodic), exact.states(16).reshape(-1, 4, 4)
    levels, level_of = np.unique(net.energy(exact.states(16)).round(6) + 1e3 * states.sum((1, 2)), return_inverse=True)
    kind, start = rng.permutation(np.repeat(np.arange(3), chains)), np.empty((3 * chains, 16))
    for k, beta in enumerate(betas):
        start[kind == k] = exact.sample(net, beta, chains, rng)
    energies, magnetisations, _ = ising.simulate(start.reshape(3, chains, 4, 4), betas[kind].reshape(3, chains), 10, rng,
                                                 every=10, field=field, rule=rule, periodic=periodic)
    found = ((16 * energies).round(6) + 1e3 * (16 * magnetisations).round()).ravel()
    for k, beta in enumerate(betas):
        counts = np.bincount(np.abs(found[kind == k][:, None] - levels).argmin(1), minlength=len(levels))
        assert g_test(counts, np.bincount(level_of, exact.probabilities(net, beta))) > SIGNIFICANCE


@pytest.mark.parametrize(("rule", "settings"), [
    ("metropolis", {}), ("metropolis", dict(J=-1.0)), ("metropolis", dict(periodic=False)), ("metropolis", dict(field=0.2)),
    ("heat bath", {})])
def test_the_kernel_and_the_plain_sweep_have_the_same_law_at_each_site(rule, settings):
    """Six sweeps of 8×6 lattices from one state, 4000 by each: the 48 means, and those of the 48 bonds to the right.

    The largest of 96 deviations stays below 4.5 standard errors, and their mean square is near one.
    """
    rng = np.random.default_rng(23)
    start = np.broadcast_to(ising.random_spins((8, 6), rng), (4000, 8, 6))
    found = []
    for update in (ising.checkerboard_sweep, ising.plain_checkerboard_sweep):
        spins = start
        for _ in range(6):
            spins = update(spins, 0.3, rng, rule=rule, **settings)
        values = np.stack([spins, spins * np.roll(spins, -1, -1)]).astype(float)
        found.append((values.mean(1), values.var(1) / 4000))
    (one, error), (two, other) = found
    z = (one - two) / np.sqrt(error + other)
    assert abs(z).max() < 4.5
    assert abs((z**2).mean() - 1) < 4 * np.sqrt(2 / 96) * 1.5  # bonds and spins hang together


def test_the_kernel_and_the_general_block_sampler_agree():
    """Mean energies of 4×4 chains run by the one and by the other, and the exact one."""
    rng = np.random.default_rng(3)
    net, beta = ising.lattice_network(4), 0.4
    energies, _, _ = ising.simulate(ising.random_spins((50, 4, 4), rng), beta, 1000, rng)
    state, general = ising.random_spins((50, 16), rng), []
    for _ in range(1000):
        state = net.sweep(state, beta, rng)
        general.append(net.energy(state))
    for series in (16 * energies, np.array(general).T):
        mean, error = stats.mean_and_error(series[:, 50:])
        assert error < 0.1
        assert abs(mean - exact.mean_energy(net, beta)) < 4 * error


@pytest.mark.parametrize(("T", "rule", "sweeps"), [
    (0.6, "heat bath", 640), (0.7, "heat bath", 320), (0.6, "metropolis", 640), (0.7, "metropolis", 320)])
def test_spins_flip_as_rarely_as_they_should_at_low_temperature(T, rule, sweeps):
    """At T = 0.6 a spin among four equal ones flips in 1.6 of a million updates: less than 2⁻¹⁶, so 16-bit thresholds give none.

    At T = 0.7 a 16-bit threshold is 40 % too high, or gives none. Here 134 and 456 flips are expected, and more than four
    standard deviations of that number are not accepted.
    """
    rng = np.random.default_rng(4)
    up = np.ones((512, 512), dtype=np.int8)
    flips = 0
    for _ in range(sweeps):
        after = ising.checkerboard_sweep(up, 1 / T, rng, rule=rule)
        flips += sum(int((after[i::2, i::2] < 0).sum()) for i in range(2))
    expected = sweeps * up.size / 2 * (1 / (1 + np.exp(8 / T)) if rule == "heat bath" else np.exp(-8 / T))
    assert 130 < expected < 460
    assert abs(flips - expected) < 4 * np.sqrt(expected)


@pytest.mark.parametrize("J", [1.0, -1.0])
@pytest.mark.parametrize("T", [0.6, 0.7])
def test_metropolis_at_low_temperature_turns_over_what_it_should(T, J):
    """Where two of four neighbours agree a proposal is always accepted; where three do, with probability exp(−4/T).

    Stripes of two rows: each spin has three neighbours that agree. 340 and 880 of 262 144 black spins turn, within four standard
    deviations. Stripes of one row: two agree. (For J < 0 the same states with every other column turned over.)
    """
    rng = np.random.default_rng(20)
    rows, columns = np.indices((512, 512))
    gauge = 1 if J > 0 else (-1) ** columns * (-1) ** rows
    black = (rows + columns) % 2 == 0
    turned = 0
    wide = (gauge * np.where(rows // 2 % 2, 1, -1)).astype(np.int8)
    for _ in range(2):
        turned += int((ising.checkerboard_sweep(wide, 1 / T, rng, J=J, rule="metropolis") != wide)[black].sum())
    expected = black.sum() * 2 * np.exp(-4 / T)
    assert 300 < expected < 900
    assert abs(turned - expected) < 4 * np.sqrt(expected)
    narrow = (gauge * np.where(rows % 2, 1, -1)).astype(np.int8)
    assert (ising.checkerboard_sweep(narrow, 1 / T, rng, J=J, rule="metropolis") != narrow)[black].all()


@pytest.mark.parametrize("beta", [0.0, 1e-9, 0.3, 1.0, 5.0, 300.0])
@pytest.mark.parametrize("J", [1.0, -0.4, 0.0])
@pytest.mark.parametrize("periodic", [True, False])
def test_metropolis_without_a_field_stays_with_the_chance_of_the_formula(beta, J, periodic):
    """No sampling: the shares of the law that `simulate` hands to the kernel, against 1 − exp(−2β|J|a) typed out here."""
    kind, levels, (chance,) = ising._law(np.array(beta).reshape(1, 1), (), J, 0.0, periodic, "metropolis")
    assert kind == "stay" and levels.tolist() == ([2, 4] if periodic else [1, 2, 3, 4])
    cuts, second = _checkerboard.shares(chance)
    left = 65536 - int(cuts[0, -1])
    found = (cuts[0, :-1] + left * second[0]) / 65536
    np.testing.assert_allclose(1 - found, [np.exp(-2 * beta * abs(J) * a) for a in levels], rtol=0, atol=1e-15)


@pytest.mark.parametrize("beta", [0.0, 1e-9, 0.3, 1.0, 5.0, 300.0])
@pytest.mark.parametrize("field", [0.0, 0.7])
@pytest.mark.parametrize("rule", RULES)
def test_the_shares_of_sixteen_bits_and_the_second_draw_add_up_to_the_probability(beta, field, rule):
    """No sampling: owned values / 65536 plus the leftover values times the second draw is p, to rounding."""
    for old in SPINS:
        chance = ising.chance_up(np.arange(-4, 5), old, np.array([[beta]]), field=field, rule=rule)
        cuts, second = _checkerboard.shares(chance)
        left = 65536 - int(cuts[0, -1])
        assert 1 <= left <= 11
        np.testing.assert_allclose((cuts[0, :-1] + left * second[0]) / 65536, chance[0], rtol=1e-12, atol=1e-18)


@pytest.mark.parametrize("shape", [(2, 2), (4, 2), (2, 6), (6, 4), (5, 8), (2, 2 * _checkerboard.SHORT_ROW), (3, 514), (4, 512)])
@pytest.mark.parametrize("periodic", [True, False])
def test_the_sums_by_slices_are_the_sums_by_the_matrix(shape, periodic):
    spins = ising.random_spins((3, *shape), np.random.default_rng(5))
    by_matrix = (spins.reshape(3, -1) @ ising.lattice_weights(shape, periodic=periodic)).reshape(spins.shape)
    np.testing.assert_array_equal(ising.neighbour_sum(spins, periodic=periodic), by_matrix)
    if shape[0] % 2 and periodic:
        return
    colours = _checkerboard.split(spins)
    np.testing.assert_array_equal(_checkerboard.merge(*colours), spins)
    for parity, expected in enumerate(_checkerboard.split(by_matrix)):
        found = np.empty_like(colours[0])
        for do, a, b, result in _checkerboard.steps_to_sum(colours[1 - parity], parity, periodic, found):
            do(a, b, result)
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dimension", [1, 2])
@pytest.mark.parametrize("L", [2, 3, 4])
@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize(("J", "field"), [(1.0, 0.0), (-0.5, 0.3)])
def test_the_energy_is_that_of_the_network(dimension, L, periodic, J, field):
    net = ising.lattice_network(L, dimension=dimension, J=J, field=field, periodic=periodic, order="sequential")
    spins = ising.random_spins((5, *(L,) * dimension), np.random.default_rng(6))
    found = ising.energy(spins, J=J, field=field, periodic=periodic, dimension=dimension)
    np.testing.assert_allclose(found, net.energy(spins.reshape(5, -1)), atol=1e-12)
    model = ising.Lattice(L, J=J, field=field, periodic=periodic, dimension=dimension, update=ising.sequential_sweep)
    np.testing.assert_allclose(model.energy(spins), net.energy(spins.reshape(5, -1)), atol=1e-12)


def test_a_periodic_side_of_two_has_doubled_bonds():
    assert ising.lattice_weights((2, 2)).tolist() == [[0, 2, 2, 0], [2, 0, 0, 2], [2, 0, 0, 2], [0, 2, 2, 0]]
    assert ising.lattice_weights((2, 2), periodic=False).tolist() == [[0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 0, 1], [0, 1, 1, 0]]
    assert float(ising.energy(np.ones((2, 2)))) == -8
    assert float(ising.energy(np.ones((2, 2)), periodic=False)) == -4


@pytest.mark.parametrize(("update", "J", "periodic"), [
    (ising.checkerboard_sweep, 1.0, True), (ising.checkerboard_sweep, -0.7, False),
    (ising.random_order_sweep, 1.0, True), (ising.sequential_sweep, -0.7, False)])
def test_the_series_are_those_of_the_states(update, J, periodic):
    rng = np.random.default_rng(7)
    settings = dict(field=0.2, periodic=periodic, J=J)
    spins = ising.random_spins((2, 3, 4, 6), rng)
    energies, magnetisations, last = ising.simulate(spins, 0.3, 7, rng, update=update, every=7, **settings)
    assert energies.shape == magnetisations.shape == (2, 3, 1)
    np.testing.assert_allclose(24 * energies[..., -1], ising.energy(last, **settings))
    np.testing.assert_allclose(magnetisations[..., -1], ising.magnetisation(last))
    energies, magnetisations, last = ising.simulate(spins, 0.3, 7, rng, update=update, every=3, **settings)
    assert energies.shape == (2, 3, 2) and last.dtype == np.int8
    with pytest.raises(ValueError, match="every must be at most the number of sweeps, 10, or nothing is measured, got 20"):
        ising.simulate(spins, 0.3, 10, rng, every=20)


def test_many_sweeps_at_once_are_so_many_single_sweeps():
    """Two sweeps of `simulate` against the square of the transition matrix: thresholds drawn in bulk are not used twice."""
    rng = np.random.default_rng(8)
    matrix = np.linalg.matrix_power(markov.sweep_matrix(lattice((2, 4)), 0.4), 3)
    start = ising.random_spins((2, 4), rng)
    for beta in (0.4, np.full(20000, 0.4)):
        _, _, last = ising.simulate(np.broadcast_to(start, (20000, 2, 4)), beta, 3, rng)
        counts = np.bincount(exact.state_index(last.reshape(-1, 8), SPINS), minlength=256)
        assert g_test(counts, matrix[exact.state_index(start.ravel(), SPINS)]) > SIGNIFICANCE
    _, _, last = ising.simulate(start, 0.4, 3 * 3000, rng)
    assert last.shape == (2, 4)


def test_one_small_lattice_for_a_long_time():
    """4×4, where the thresholds of thousands of sweeps are drawn at once: exact energy and |m| within four standard errors."""
    rng = np.random.default_rng(9)
    energies, magnetisations, _ = ising.simulate(np.ones((4, 4), dtype=np.int8), 0.35, 20000, rng)
    net = ising.lattice_network(4)
    mean, error = stats.mean_and_error(energies)
    assert error < 0.01 and abs(mean - exact.mean_energy(net, 0.35) / 16) < 4 * error
    mean, error = stats.mean_and_error(abs(magnetisations))
    assert error < 0.01 and abs(mean - exact.probabilities(net, 0.35) @ abs(exact.states(16).mean(1))) < 4 * error


def test_onsager():
    """L = 32, T = 2: the exact energy of the finite torus, and Onsager's magnetisation, within four standard errors."""
    rng = np.random.default_rng(10)
    energies, magnetisations, _ = ising.simulate(np.ones((32, 32, 32), dtype=np.int8), 0.5, 2000, rng)
    mean, error = stats.mean_and_error(energies[:, 100:])
    assert error < 6e-4 and abs(mean - float(theory.torus_energy(32, 0.5))) < 4 * error
    mean, error = stats.mean_and_error(magnetisations[:, 100:])
    assert error < 1e-3 and abs(mean - float(theory.onsager_magnetisation(2.0))) < 4 * error


def test_synchronous_updating_has_the_right_magnetisation_and_the_wrong_energy():
    rng = np.random.default_rng(11)
    up = np.ones((16, 32, 32), dtype=np.int8)
    energies, magnetisations, _ = ising.simulate(up, 0.5, 600, rng, update=ising.synchronous_sweep)
    mean, error = stats.mean_and_error(magnetisations[:, 100:])
    assert abs(mean - float(theory.onsager_magnetisation(2.0))) < 5 * error
    mean, error = stats.mean_and_error(energies[:, 100:])
    assert mean - float(theory.onsager_energy(2.0)) > 20 * error


def test_the_model_contract():
    rng = np.random.default_rng(12)
    for model, shape in ((ising.Lattice(4), (3, 4, 4)), (ising.Lattice(6, dimension=1, field=0.1), (3, 6)),
                         (ising.Lattice(3, update=ising.random_order_sweep), (3, 3, 3))):
        state = ising.random_spins(shape, rng)
        assert model.energy(state).shape == (3,)
        assert model.sweep(state, [0.1, 0.2, 0.3], rng).shape == shape
    with pytest.raises(ValueError, match=r"\(4, 4\), got shape \(3, 5\)"):
        ising.Lattice(4).energy(np.ones((3, 5)))
    with pytest.raises(ValueError, match="odd|even"):
        ising.Lattice(5)


@pytest.mark.parametrize("update", SWEEPS)
def test_sweeps_are_pure_and_repeat_with_the_seed(update):
    spins = ising.random_spins((2, 4, 4), np.random.default_rng(13))
    before = spins.copy()
    one, two = (update(spins, [0.1, 0.3], np.random.default_rng(14)) for _ in range(2))
    np.testing.assert_array_equal(spins, before)
    np.testing.assert_array_equal(one, two)
    assert one.dtype == np.int8 and not np.shares_memory(one, spins)
    frozen = update(np.ones((4, 4)), 300.0, np.random.default_rng(15))
    assert frozen.sum() == 16


@pytest.mark.parametrize("update", SWEEPS)
def test_no_chain_at_all_is_a_batch_like_any_other(update):
    rng = np.random.default_rng(16)
    for shape, beta in (((0, 4, 4), 0.3), ((0, 4, 4), np.zeros(0)), ((2, 0, 4, 4), np.zeros((2, 0)))):
        none = np.ones(shape, np.int8)
        assert update(none, beta, rng).shape == shape
        energies, magnetisations, last = ising.simulate(none, beta, 4, rng, update=update, every=2)
        assert energies.shape == magnetisations.shape == shape[:-2] + (2,) and last.shape == shape


@pytest.mark.parametrize("update", SWEEPS)
def test_a_temperature_for_each_row_of_chains(update):
    """Shape (2, 1) against (2, 3): each of the three chains of a row has the temperature of its row."""
    spins = ising.random_spins((2, 3, 4, 4), np.random.default_rng(17))
    one, two = (update(spins, beta, np.random.default_rng(18)) for beta in ([[0.1], [0.9]], np.repeat([[0.1], [0.9]], 3, axis=1)))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("rule", RULES)
def test_an_enormous_beta_freezes(rule):
    """At beta = 1e308 a spin with four equal neighbours stays, whatever the field; no NaN, which would turn it."""
    for field in (0.0, 0.5):
        with np.errstate(over="ignore"):
            after = ising.checkerboard_sweep(np.ones((4, 4)), 1e308, np.random.default_rng(19), field=field, rule=rule)
        assert after.sum() == 16
    assert ising.chance_up(0, 1, 1e308) == 0.5


@pytest.mark.parametrize(("change", "error", "words"), [
    (dict(rule="heatbath"), ValueError, r"rule must be one of \('heat bath', 'metropolis'\), got 'heatbath'"),
    (dict(beta=-1.0), ValueError, "beta must not be negative, got -1"),
    (dict(J=np.nan), ValueError, "J must be finite, got nan"),
    (dict(field=[0.0, 1.0]), ValueError, r"field must be one number, the same everywhere, got shape \(2,\)"),
])
def test_chances_and_lattices_refuse_what_sweeps_refuse(change, error, words):
    with pytest.raises(error, match=words):
        ising.chance_up(4, 1, **(dict(beta=0.5) | change))
    if "beta" not in change:
        with pytest.raises(error, match=words):
            ising.Lattice(4, **change)


def test_settings_have_names():
    rng, up = np.random.default_rng(0), np.ones((4, 4))
    for update in SWEEPS:
        with pytest.raises(TypeError, match="positional"):
            update(up, 0.5, rng, 0.1)
    with pytest.raises(TypeError, match="positional"):
        ising.simulate(up, 0.5, 1, rng, ising.sequential_sweep)


@pytest.mark.parametrize("update", SWEEPS)
@pytest.mark.parametrize(("change", "error", "words"), [
    (dict(spins=np.zeros((4, 4))), ValueError, "spins must hold only -1 and 1"),
    (dict(spins=np.ones(4)), ValueError, r"spins must have 2 lattice axes, got shape \(4,\)"),
    (dict(spins=np.ones((4, 1))), ValueError, "side must be at least 2, got 1"),
    (dict(beta=-0.5), ValueError, "beta must not be negative, got -0.5"),
    (dict(beta=np.nan), ValueError, "beta must be finite"),
    (dict(beta=[0.1, 0.2]), ValueError, r"one entry per chain, shape \(\), got shape \(2,\)"),
    (dict(rng=3), TypeError, "numpy.random.Generator"),
    (dict(field=np.inf), ValueError, "field must be finite"),
    (dict(field=np.ones(2)), ValueError, r"field must be one number, the same everywhere, got shape \(2,\)"),
    (dict(J="strong"), TypeError, "J must be numbers"),
    (dict(rule="gibbs"), ValueError, "rule must be one of"),
    (dict(spins=np.ma.array(np.ones((4, 4)), mask=np.eye(4))), TypeError, "spins must be an array without a mask"),
    (dict(J=np.float16(1)), TypeError, "J must be float32 or float64, got float16"),
    (dict(dimension=3), ValueError, "dimension must be 1 or 2, got 3"),
])
def test_bad_input_to_a_sweep(update, change, error, words):
    call = dict(spins=np.ones((4, 4)), beta=0.5, rng=np.random.default_rng(0)) | change
    with pytest.raises(error, match=words):
        update(**call)
    with pytest.raises(error, match=words):
        ising.simulate(sweeps=1, update=update, **call)


def test_other_bad_input():
    rng = np.random.default_rng(0)
    for sweep in (ising.checkerboard_sweep, ising.plain_checkerboard_sweep):
        for spins in (np.ones((4, 3)), np.ones((3, 4))):
            with pytest.raises(ValueError, match="a checkerboard needs even sides on a periodic lattice, got a side of 3"):
                sweep(spins, 0.5, rng)
    with pytest.raises(ValueError, match="even sides"):
        ising.simulate(np.ones((3, 4)), 0.5, 10, rng)
    with pytest.raises(ValueError, match="even sides"):
        ising.lattice_network(3)
    with pytest.raises(ValueError, match="order must be one of"):
        ising.lattice_network(4, order="spiral")
    with pytest.raises(ValueError, match="sweeps must be at least 1, got 0"):
        ising.simulate(np.ones((4, 4)), 0.5, 0, rng)
    with pytest.raises(ValueError, match="side must be at least 2, got 1"):
        ising.lattice_weights(1)
    with pytest.raises(ValueError, match="dimension must be 1 or 2, got 3"):
        ising.lattice_weights((2, 2, 2))


def test_a_sweep_with_coins_has_the_law_of_the_transition_matrix():
    rng, beta, size = np.random.default_rng(11), 0.35, 40_000
    start = np.array([[1, -1, 1, 1], [-1, -1, 1, -1]], dtype=np.int8)
    net = lattice((2, 4), field=0.3)
    after = ising.sweep_with_coins(np.broadcast_to(start, (size, 2, 4)), beta, rng.random((size, 2, 4)), field=0.3)
    index = (after.reshape(size, 8) > 0) @ (1 << np.arange(8))
    row = markov.sweep_matrix(net, beta)[(start.ravel() > 0) @ (1 << np.arange(8))]
    assert g_test(np.bincount(index, minlength=256), row) > SIGNIFICANCE


def test_with_the_same_coins_the_upper_lattice_stays_above():
    rng = np.random.default_rng(12)
    high, low = ising.random_spins((50, 6, 6), rng), ising.random_spins((50, 6, 6), rng)
    high, low = np.maximum(high, low), np.minimum(high, low)
    for _ in range(20):
        coins = rng.random((50, 6, 6))
        high, low = (ising.sweep_with_coins(s, 0.4, coins, field=-0.2) for s in (high, low))
        assert (high >= low).all()


def test_coupling_from_the_past_keeps_its_coins_and_their_order():
    """On 2 × 2, hot, many meet in the first rounds. Fresh coins in each round, or new ones put last, give a p of 1e-7."""
    spins, _ = ising.coupling_from_the_past(2, 0.2, 20_000, np.random.default_rng(13))
    counts = np.bincount((spins.reshape(-1, 4) > 0) @ (1 << np.arange(4)), minlength=16)
    assert g_test(counts, exact.probabilities(ising.lattice_network(2), 0.2)) > SIGNIFICANCE


@pytest.mark.parametrize("field", [0.0, 0.2])
def test_coupling_from_the_past_is_exact(field):
    """The joint law of energy and magnetisation of 4 × 4, against all 65 536 states."""
    beta, size = 0.4, 6000
    spins, sweeps = ising.coupling_from_the_past(4, beta, size, np.random.default_rng(13), field=field)
    net = ising.lattice_network(4, field=field)
    weight = exact.probabilities(net, beta)
    states = exact.states(16, SPINS)
    key = np.rint(ising.energy(states.reshape(-1, 4, 4))).astype(int) * 100 + states.sum(1)
    kinds, of = np.unique(key, return_inverse=True)
    drawn = np.rint(ising.energy(spins)).astype(int) * 100 + spins.sum(axis=(1, 2), dtype=int)
    counts = np.bincount(np.searchsorted(kinds, drawn), minlength=len(kinds))
    assert g_test(counts, np.bincount(of, weights=weight)) > SIGNIFICANCE
    assert (np.log2(sweeps) % 1 == 0).all() and sweeps.min() < sweeps.max()


@pytest.mark.parametrize(("call", "words"), [
    (lambda rng: ising.coupling_from_the_past(4, 0.2, 3, rng, J=-1.0), "J of at least 0, got -1"),
    (lambda rng: ising.coupling_from_the_past(5, 0.2, 3, rng), "a side of 5"),
    (lambda rng: ising.sweep_with_coins(np.ones((2, 2)), 0.2, [[0.1, 0.2], [0.3, 1.5]]), "between 0 and 1, got 0.1 to 1.5"),
])
def test_bad_input_to_given_coins(call, words):
    with pytest.raises(ValueError, match=words):
        call(np.random.default_rng(0))
