"""The claims of chapter 8 as equations between matrices, and the matrices against the samplers that they describe."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from netlib import exact, markov
from netlib.network import RULES, SPINS, UNITS, Network, random_order_sweep, synchronous_sweep, update_block

ROUNDING = 1e-14


def ring(n, J=1.0):
    W = np.zeros((n, n))
    for i in range(n):
        W[i, (i + 1) % n] += J
        W[(i + 1) % n, i] += J
    return W


SQUARE = np.array([[0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 0, 1], [0, 1, 1, 0]], float)
# Weights and the two colours. A periodic 2×2 lattice has doubled bonds, so coupling 2; with distinct bonds it is a ring of four.
LATTICES = {
    "2x2 periodic": (2 * SQUARE, [0, 3], [1, 2]),
    "2x2 distinct": (SQUARE, [0, 3], [1, 2]),
    "ring of 6": (ring(6), [0, 2, 4], [1, 3, 5]),
}


def lattice(name, rule, order="checkerboard", field=0.0):
    weights, black, white = LATTICES[name]
    n = len(weights)
    blocks = [black, white] if order == "checkerboard" else [[i] for i in range(n)]
    return Network(weights, np.full(n, field), blocks=blocks, rule=rule)


everywhere = pytest.mark.parametrize("name", LATTICES)
both_rules = pytest.mark.parametrize("rule", RULES)


@everywhere
@both_rules
@pytest.mark.parametrize("order", ["checkerboard", "sequential"])
@pytest.mark.parametrize("beta, field", [(0.4, 0.0), (1.0, 0.3)])
def test_sweeps_are_stationary_and_violate_detailed_balance(name, rule, order, beta, field):
    network = lattice(name, rule, order, field)
    pi, P = exact.probabilities(network, beta), markov.sweep_matrix(network, beta)
    assert markov.is_stationary(pi, P)
    assert markov.detailed_balance_error(pi, P) > 1e-5
    backwards = Network(network.weights, network.biases, blocks=network.blocks[::-1], rule=rule)
    np.testing.assert_allclose(markov.time_reversed(pi, P), markov.sweep_matrix(backwards, beta), rtol=1e-12, atol=1e-12)


@everywhere
@both_rules
@pytest.mark.parametrize("beta, field", [(0.4, 0.0), (1.0, 0.3)])
def test_single_updates_half_sweeps_and_random_order_satisfy_detailed_balance(name, rule, beta, field):
    network = lattice(name, rule, field=field)
    pi = exact.probabilities(network, beta)
    steps = [markov.block_matrix(network, [i], beta) for i in range(len(pi).bit_length() - 1)]
    steps += [markov.block_matrix(network, block, beta) for block in network.blocks]
    steps += [markov.random_order_matrix(network, beta)]
    for P in steps:
        assert markov.detailed_balance_error(pi, P) < ROUNDING
        assert markov.stationarity_error(pi, P) < ROUNDING
    assert markov.is_ergodic(steps[-1])


@everywhere
@pytest.mark.parametrize("order", ["checkerboard", "sequential"])
@pytest.mark.parametrize("beta", [0.0, 0.4, 1.0])
def test_heat_bath_sweeps_are_ergodic_and_reach_the_boltzmann_law(name, order, beta):
    network = lattice(name, "heat bath", order)
    P = markov.sweep_matrix(network, beta)
    assert markov.is_ergodic(P)
    np.testing.assert_allclose(markov.stationary(P), exact.probabilities(network, beta), rtol=1e-9)


@pytest.mark.parametrize("name", ["2x2 periodic", "2x2 distinct"])
@pytest.mark.parametrize("beta", [0.2, 0.4, 1.0])
def test_checkerboard_metropolis_on_the_square_is_reducible(name, beta):
    """Three closed classes, of 12, 2 and 2 states, each with a clock of period 2."""
    P = markov.sweep_matrix(lattice(name, "metropolis"), beta)
    assert sorted(len(members) for members in markov.closed_classes(P)) == [2, 2, 12]
    assert markov.period(P) == 2
    assert not markov.is_ergodic(P)
    assert markov.spectral_gap(P) == pytest.approx(0, abs=1e-12) and markov.relaxation_time(P) == np.inf


@everywhere
@pytest.mark.parametrize("order", ["checkerboard", "sequential"])
def test_metropolis_at_infinite_temperature_flips_everything(name, order):
    P = markov.sweep_matrix(lattice(name, "metropolis", order), 0.0)
    np.testing.assert_array_equal(P, np.eye(len(P))[::-1])
    assert markov.period(P) == 2
    assert len(markov.closed_classes(P)) == len(P) // 2


@everywhere
@pytest.mark.parametrize("beta, field", [(0.4, 0.0), (1.0, 0.0), (0.5, 0.3)])
def test_synchronous_heat_bath_makes_the_sublattices_independent(name, beta, field):
    """Its law is P(A)P(B): each sublattice exactly right, so the magnetisation is; the energy is not."""
    network = lattice(name, "heat bath", field=field)
    _, black, white = LATTICES[name]
    n = len(network.weights)
    pi = exact.probabilities(network, beta)
    Q = markov.synchronous_matrix(network, beta)
    law = markov.stationary(Q)
    states = exact.states(n)
    black_law, white_law = exact.marginal(pi, black, n), exact.marginal(pi, white, n)
    product = black_law[exact.state_index(states[:, black])] * white_law[exact.state_index(states[:, white])]
    np.testing.assert_allclose(law, product, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(exact.moments_of(law)[0], exact.moments_of(pi)[0], rtol=1e-12, atol=1e-13)
    assert law @ network.energy(states) > pi @ network.energy(states) + 0.1
    assert markov.stationarity_error(pi, Q) > 1e-4
    if field == 0:
        assert law @ network.energy(states) == pytest.approx(0, abs=1e-13)


def test_fixed_order_metropolis_on_a_ring_of_six_is_stationary_but_not_ergodic():
    """β = 1: from the ordered state only 12 of 64 states are ever seen, with mean energy −5.664; the exact one is −5.110."""
    network = lattice("ring of 6", "metropolis", "sequential")
    pi, P, energy = exact.probabilities(network), markov.sweep_matrix(network, 1.0), exact.energies(network)
    assert markov.is_stationary(pi, P)
    classes = markov.closed_classes(P)
    assert [len(members) for members in classes] == [12, 40, 12]
    seen = classes[0]
    assert 0 in seen and 63 in seen
    assert pi[seen] @ energy[seen] / pi[seen].sum() == pytest.approx(-5.664, abs=5e-4)
    assert pi @ energy == pytest.approx(-5.110, abs=5e-4)
    start = np.eye(64)[0]
    assert markov.evolve(start, P, 2000)[-1] @ energy == pytest.approx(-5.664, abs=5e-4)


def test_two_coupled_units_may_not_be_drawn_together():
    with pytest.raises(ValueError, match="units 0 and 1"):
        markov.block_matrix(Network(ring(4)), [0, 1], 1.0)


@both_rules
@pytest.mark.parametrize("alphabet", [SPINS, UNITS])
@pytest.mark.parametrize("step", ["sweep", "block", "random order", "synchronous"])
def test_matrices_describe_the_samplers(rule, alphabet, step):
    """4000 chains from each of 16 states take one step; the counts are held against the rows. Significance 1e-4 each."""
    rng = np.random.default_rng(11)
    upper = np.triu(rng.normal(size=(4, 4)), 1)
    upper[0, 2] = upper[1, 3] = 0
    network = Network(upper + upper.T, rng.normal(size=4), alphabet=alphabet, blocks=[[1, 3], [0, 2]], rule=rule)
    beta = 0.6
    P = {"sweep": lambda: markov.sweep_matrix(network, beta),
         "block": lambda: markov.block_matrix(network, [0, 2], beta),
         "random order": lambda: np.linalg.matrix_power(markov.random_order_matrix(network, beta), 4),
         "synchronous": lambda: markov.synchronous_matrix(network, beta)}[step]()
    start = exact.states(4, alphabet)
    if step == "random order":  # all chains of a call share the order, so independent runs must be separate calls
        end = np.array([random_order_sweep(network, start, beta, rng) for _ in range(1500)])
    else:
        many = np.broadcast_to(start, (4000, 16, 4))
        end = {"sweep": lambda: network.sweep(many, beta, rng),
               "block": lambda: update_block(network, many, [0, 2], beta, rng),
               "synchronous": lambda: synchronous_sweep(network, many, beta, rng)}[step]()
    number = exact.state_index(end, alphabet)
    for x in range(16):
        counts = np.bincount(number[:, x], minlength=16)
        possible = P[x] > 0
        assert counts[~possible].sum() == 0
        if possible.sum() > 1:
            assert chisquare(counts[possible], len(number) * P[x, possible]).pvalue > 1e-4 / 16


def test_clamped_units_stay():
    network = Network(ring(4)).clamp([1])
    for matrix in (markov.sweep_matrix, markov.random_order_matrix, markov.synchronous_matrix):
        P = matrix(network, 0.5)
        x, y = np.nonzero(P)
        assert ((x ^ y) & 2 == 0).all()
        assert len(markov.closed_classes(P)) == 2
    given_up = exact.conditional(exact.probabilities(Network(ring(4)), 0.5), [1], [1], 4)
    up = np.flatnonzero(np.arange(16) & 2)
    P = markov.sweep_matrix(network, 0.5)[np.ix_(up, up)]
    np.testing.assert_allclose(markov.stationary(P), given_up, rtol=1e-12, atol=1e-13)


@given(st.integers(0, 2**32 - 1), st.integers(2, 8))
@settings(max_examples=30, deadline=None)
def test_stationary_law_of_any_positive_matrix(seed, size):
    P = np.random.default_rng(seed).dirichlet(np.full(size, 0.3), size=size) + 1e-9
    P /= P.sum(axis=1, keepdims=True)
    pi = markov.stationary(P)
    assert pi.sum() == pytest.approx(1) and markov.stationarity_error(pi, P) < 1e-12
    assert markov.detailed_balance_error(pi, 0.5 * (P + markov.time_reversed(pi, P))) < 1e-12


def test_small_probabilities_keep_their_digits():
    """A walk up a steep stair: π_k ∝ 1e-20^k, where a linear solver would return noise."""
    tiny = 1e-20
    P = np.array([[1 - tiny, tiny, 0], [1 - tiny, 0, tiny], [0, 1.0, 0]])
    np.testing.assert_allclose(markov.stationary(P), [1, tiny, tiny**2], rtol=1e-12)


def test_classes_and_periods():
    circle = np.roll(np.eye(3), 1, axis=1)
    assert markov.period(circle) == 3
    both = np.zeros((6, 6))
    both[:3, :3], both[3:5, 3:5] = circle, [[0, 1], [1, 0]]
    both[5, [0, 3]] = 0.5
    assert [members.tolist() for members in markov.closed_classes(both)] == [[0, 1, 2], [3, 4]]
    assert markov.period(both) == 6
    lazy = 0.5 * np.eye(3) + 0.5 * circle
    assert markov.period(lazy) == 1 and markov.is_ergodic(lazy)
    transient = np.array([[1.0, 0.0], [0.5, 0.5]])
    np.testing.assert_array_equal(markov.stationary(transient), [1, 0])
    assert markov.is_ergodic(transient)


def test_relaxation_is_the_rate_of_total_variation():
    a, b = 0.1, 0.3
    P = np.array([[1 - a, a], [b, 1 - b]])
    pi = np.array([b, a]) / (a + b)
    distance = markov.total_variation(markov.evolve([1.0, 0.0], P, 10), pi)
    np.testing.assert_allclose(distance, pi[1] * (1 - a - b) ** np.arange(11), rtol=1e-12, atol=1e-14)
    assert markov.relaxation_time(P) == pytest.approx(-1 / np.log(1 - a - b))
    assert markov.relaxation_time([[0.5, 0.5], [0.5, 0.5]]) < 0.05  # λ₂ is 0 only to rounding


@both_rules
def test_extreme_weights(rule):
    network = Network(60 * ring(4), np.full(4, -60.0), rule=rule)
    with np.errstate(over="raise", invalid="raise"):
        P = markov.sweep_matrix(network, 5.0)
    np.testing.assert_allclose(P.sum(axis=1), 1)


TWO = [[0.5, 0.5], [0.5, 0.5]]
BAD = [
    (lambda: markov.sweep_matrix(Network(np.zeros((13, 13))), 1.0), ValueError, "n = 13"),
    (lambda: markov.sweep_matrix(np.eye(3), 1.0), TypeError, "Network"),
    (lambda: markov.block_matrix(Network(ring(4)), [4], 1.0), ValueError, "from 0 to 3"),
    (lambda: markov.sweep_matrix(Network(ring(4)), -1.0), ValueError, "beta"),
    (lambda: markov.synchronous_matrix(Network(ring(4)), [1.0, 2.0]), ValueError, "one number"),
    (lambda: markov.random_order_matrix(Network(ring(4)).clamp(range(4)), 1.0), ValueError, "clamped"),
    (lambda: markov.stationary(np.eye(2)), ValueError, "2 closed classes"),
    (lambda: markov.stationary([[0.5, 0.6], [0.5, 0.5]]), ValueError, "row 0"),
    (lambda: markov.closed_classes([[1.5, -0.5], [0.5, 0.5]]), ValueError, "negative"),
    (lambda: markov.period([[1.0, 0.0]]), ValueError, "square"),
    (lambda: markov.is_ergodic([[np.nan]]), ValueError, "finite"),
    (lambda: markov.spectral_gap("P"), TypeError, "numbers"),
    (lambda: markov.stationarity_error([1.0], TWO), ValueError, "equally many"),
    (lambda: markov.detailed_balance_error([0.7, 0.7], TWO), ValueError, "add up to 1"),
    (lambda: markov.time_reversed([1.0, 0.0], np.eye(2)), ValueError, "nowhere zero"),
    (lambda: markov.total_variation([0.5, 0.5], [1.0]), ValueError, "equally many"),
    (lambda: markov.total_variation([0.5, 0.6], [0.5, 0.5]), ValueError, "add up to 1"),
    (lambda: markov.evolve([0.5, 0.5], TWO, -1), ValueError, "steps"),
]


@pytest.mark.parametrize("call, error, words", BAD)
def test_bad_input_is_one_clear_sentence(call, error, words):
    with pytest.raises(error, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
