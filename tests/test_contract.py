"""One contract, all models: `energy(state)` and `sweep(state, beta, rng)`, as `network.Model` has it.

What a sweep must leave as it is comes from the model's own energy: all states written out, with exp(−βE), added up and
divided. Each model starts from that law and from a single state; G-tests at significance 0.0001, with fixed seeds.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest
from goodness import SIGNIFICANCE, g_test

from netlib import boltzmann, cluster, ising, ladder, network
from netlib.memory import DenseMemory
from netlib.network import RULES, SPINS, UNITS, Network
from netlib.rbm import RBM, Visible

CHAINS = 8000
SWEEPS = (ising.checkerboard_sweep, ising.plain_checkerboard_sweep, ising.sequential_sweep, ising.random_order_sweep)


@dataclass(frozen=True)
class Case:
    """A model, and what the tests must know of its states.

    `shape` is that of one state and `alphabet` holds the values of a unit; a clamped unit is `held` at a value. `betas` are two
    inverse temperatures at which the model is tested, `sweeps` how many reach its law from any state (many times the relaxation
    time), or 0 if none do.
    """

    model: object
    shape: tuple
    alphabet: tuple = SPINS
    held: tuple = ()
    betas: tuple = (0.2, 0.5)
    sweeps: int = 60

    def states(self):
        """Every state of the free units, shape (states, *shape)."""
        units = int(np.prod(self.shape))
        bits = np.arange(2**units)[:, None] >> np.arange(units) & 1
        states = np.array(self.alphabet, np.int8)[bits]
        return states[[all(state[unit] == value for unit, value in self.held) for state in states]].reshape(-1, *self.shape)

    def law(self, beta):
        weights = np.exp(-beta * np.asarray(self.model.energy(self.states()), dtype=float))
        return weights / weights.sum()

    def fit(self, states, beta):
        """The p-value of the G-test of independent states against the law at beta."""
        places = 2.0 ** np.arange(np.prod(self.shape))
        number = (self.states().reshape(-1, len(places)) == self.alphabet[1]) @ places
        found = (np.asarray(states).reshape(-1, len(places)) == self.alphabet[1]) @ places
        index = np.searchsorted(number, found).clip(max=len(number) - 1)
        assert (number[index] == found).all(), "a clamped unit moved"
        return g_test(np.bincount(index, minlength=len(number)), self.law(beta))


def pairwise(alphabet, rule, held=()):
    rng = np.random.default_rng(4)
    upper = np.triu(rng.normal(size=(5, 5)) * (rng.random((5, 5)) < 0.7), 1)
    net = Network(upper + upper.T, rng.normal(size=5) / 2, alphabet, rule=rule)
    held = tuple((unit, alphabet[value]) for unit, value in held)
    return Case(net.clamp([unit for unit, _ in held]) if held else net, (5,), alphabet, held)


class Gaussian(Case):
    """A machine with one Gaussian visible unit: its values on a fine grid are the states, and ten bins of them are counted."""

    grid = np.arange(-6, 6, 0.01)

    def states(self):
        hidden = np.arange(4)[:, None] >> np.arange(2) & 1
        return np.column_stack([np.tile(self.grid, 4), np.repeat(hidden, len(self.grid), axis=0)])

    def fit(self, states, beta):
        def cells(states):
            return np.digitize(states[:, 0], edges) + 10 * (states[:, 1] + 2 * states[:, 2]).astype(int)

        law = self.law(beta)
        edges = np.interp(np.arange(1, 10) / 10, np.cumsum(law.reshape(4, -1).sum(0)), self.grid) + 0.005
        expected = np.bincount(cells(self.states()), law, minlength=40)
        return g_test(np.bincount(cells(states), minlength=40), expected)


class RandomOrder:
    """The random order of `network`, as a model."""

    def __init__(self, net):
        self.energy, self.sweep = net.energy, partial(network.random_order_sweep, net)


class OneMachine:
    """One machine of a batch, as a model; the others sweep the same states with weights of their own."""

    def __init__(self, batch, number):
        self.batch, self.number = batch, number

    def energy(self, state):
        state = np.asarray(state)
        energies = self.batch.energy(self._repeated(state))[self.number]
        return energies.reshape(state.shape[:-1])

    def sweep(self, state, beta, rng):
        betas = np.broadcast_to(beta, state.shape[:-1]).reshape(-1) if np.ndim(beta) else beta
        return self.batch.sweep(self._repeated(state), betas, rng)[self.number].reshape(state.shape)

    def _repeated(self, state):
        units = state.shape[-1]
        return np.broadcast_to(state.reshape(int(np.prod(state.shape[:-1])), units), (3, int(np.prod(state.shape[:-1])), units))


def three_machines(alphabet):
    rng = np.random.default_rng(6)
    upper = np.triu(rng.normal(size=(3, 5, 5)), 1)
    return boltzmann.Machines(upper + upper.swapaxes(1, 2), rng.normal(size=(3, 5)) / 2, alphabet)


def restricted(**settings):
    rng = np.random.default_rng(5)
    return RBM(rng.normal(size=(3, 2)), rng.normal(size=3) / 2, rng.normal(size=2) / 2, **settings)


PATTERNS = [[1, 1, 1, 1, 1], [1, -1, 1, -1, 1], [1, 1, -1, -1, 1]]
CASES = {
    **{f"network {alphabet} {rule}": pairwise(alphabet, rule) for alphabet in (SPINS, UNITS) for rule in RULES},
    **{f"network, clamped, {rule}": pairwise(UNITS, rule, held=((1, 1), (3, 0))) for rule in RULES},
    **{f"network in random order, {rule}": Case(RandomOrder(pairwise(SPINS, rule).model), (5,)) for rule in RULES},
    "lattice, heat bath": Case(ising.Lattice(2, J=0.6), (2, 2)),
    # Once both colours are mixed each spin has a sum of 0 and is turned over with certainty: mixed for ever.
    "lattice, metropolis": Case(ising.Lattice(2, J=0.6, rule="metropolis"), (2, 2), sweeps=0),
    **{f"open lattice of 3, {rule}": Case(ising.Lattice(3, J=0.5, periodic=False, rule=rule), (3, 3)) for rule in RULES},
    **{f"lattice in a field, J < 0, {rule}": Case(ising.Lattice(2, J=-0.5, field=0.4, rule=rule), (2, 2)) for rule in RULES},
    **{f"ring of 6, {update.__name__}": Case(ising.Lattice(6, dimension=1, field=0.2, update=update), (6,))
       for update in SWEEPS},
    **{f"lattice of 3, {update.__name__}": Case(ising.Lattice(3, J=0.5, update=update), (3, 3))
       for update in (cluster.swendsen_wang_sweep, cluster.wolff_step)},
    "RBM": Case(restricted(), (5,), UNITS, betas=(0.5, 1.5)),
    "RBM, clamped": Case(restricted(clamped=[0, 4]), (5,), UNITS, held=((0, 1), (4, 0)), betas=(0.5, 1.5)),
    "RBM's visible units": Case(Visible(restricted()), (3,), UNITS, betas=(1.0, 1.0)),
    "RBM, Gaussian": Gaussian(RBM([[1.0, -0.8]], [0.3], [0.2, -0.1], sigma=[0.7]), (3,), None, betas=(0.5, 1.5)),
    **{f"dense memory of degree {degree}": Case(DenseMemory(PATTERNS, degree), (5,), betas=betas)
       for degree, betas in ((2, (0.02, 0.05)), (3, (0.005, 0.01)), ("exponential", (0.3, 0.8)))},
}
for alphabet in (SPINS, UNITS):
    high = alphabet[1]
    CASES[f"one of three machines {alphabet}"] = Case(OneMachine(three_machines(alphabet), 1), (5,), alphabet)
    CASES[f"one of three machines {alphabet}, random probes"] = Case(
        OneMachine(boltzmann.Probes(three_machines(alphabet)), 1), (5,), alphabet)
    last = three_machines(alphabet)
    last = boltzmann.Machines(last.weights[2], last.biases[2], alphabet).clamp([1])
    CASES[f"one machine {alphabet}, clamped, random probes"] = Case(boltzmann.Probes(last), (5,), alphabet, held=((1, high),))


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]


def some(case, chains, seed=1):
    states = case.states()
    return states[np.random.default_rng(seed).integers(len(states), size=chains)]


def test_it_is_a_model(case):
    assert isinstance(case.model, network.Model)
    assert not isinstance(cluster, network.Model) and not isinstance(object(), network.Model)


@pytest.mark.parametrize("chains", [(), (3,), (2, 3), (0,), (2, 0)])
def test_one_energy_for_each_state_and_a_sweep_of_the_same_shape(case, chains):
    state = some(case, chains)
    energies = np.asarray(case.model.energy(state))
    assert energies.shape == chains and energies.dtype.kind == "f"
    after = case.model.sweep(state, 1.0, np.random.default_rng(2))
    assert after.shape == state.shape and (case.alphabet is None or np.isin(after, case.alphabet).all())
    if chains == (2, 3):
        one_by_one = [[float(case.model.energy(state[i, j])) for j in range(3)] for i in range(2)]
        np.testing.assert_allclose(energies, one_by_one, rtol=1e-12)


def test_the_argument_stays_and_the_seed_decides(case):
    state = some(case, (20,))
    before, beta = state.copy(), np.full(20, case.betas[1])
    one, two = (case.model.sweep(state, beta, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(state, before)
    np.testing.assert_array_equal(one, two)
    assert not np.shares_memory(one, state)
    assert (beta == case.betas[1]).all()
    different = [case.model.sweep(state, beta, np.random.default_rng(seed)) for seed in range(4, 14)]
    assert any((other != one).any() for other in different)


def test_a_beta_for_each_chain_or_for_each_row_of_chains(case):
    """(2, 1) against (2, 3) is the same, draw by draw, as the (2, 3) that it stands for."""
    state, column = some(case, (2, 3)), np.array(case.betas)[:, None]
    one, two = (case.model.sweep(state, beta, np.random.default_rng(4)) for beta in (column, np.repeat(column, 3, axis=1)))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].betas[0] < 1])
def test_independent_ladders_climb_side_by_side(name):
    """Three ladders of two rungs each: tempering hands a sweep states (2, 3, ...) and a beta for each rung."""
    case = CASES[name]
    state = some(case, (2, 3))
    run = ladder.parallel_tempering(ladder.rungs(case.model, case.betas), state, 2, np.random.default_rng(9))
    assert run.states.shape == state.shape and run.round_trips.shape == (3,)


WRONG_BETAS = [
    (np.ones(2), ValueError, r"beta must be one number or have one entry per chain, shape \(3,\), got shape \(2,\)"),
    (np.ones((3, 1)), ValueError, r"beta must be one number or have one entry per chain, shape \(3,\), got shape \(3, 1\)"),
    (-0.5, ValueError, "beta must not be negative, got -0.5"),
    ([1.0, 1.0, np.nan], ValueError, "beta must be finite, got nan"),
    ("cold", TypeError, "beta must be numbers"),
]


@pytest.mark.parametrize(("name", "beta", "error", "words"), [
    pytest.param(name, *wrong, id=f"{name}, {wrong[2]}")
    for name in CASES if "machines" not in name for wrong in WRONG_BETAS])
def test_a_wrong_beta_gets_the_same_sentence_everywhere(name, beta, error, words):
    with pytest.raises(error, match=words):
        CASES[name].model.sweep(some(CASES[name], (3,)), beta, np.random.default_rng(5))


@pytest.mark.parametrize(("beta", "error", "words"), [
    (np.ones(2), ValueError, r"beta must be one number or have one entry per chain, shape \(3, 4\), got shape \(2,\)"),
    *WRONG_BETAS[2:3], WRONG_BETAS[4]])
def test_a_batch_of_machines_says_the_same(beta, error, words):
    state = np.ones((3, 4, 5))
    with pytest.raises(error, match=words):
        three_machines(SPINS).sweep(state, beta, np.random.default_rng(5))
    assert three_machines(SPINS).sweep(state, [[0.1], [0.2], [0.3]], np.random.default_rng(5)).shape == (3, 4, 5)


def test_there_is_no_hidden_randomness(case):
    for rng in (None, 7, np.random):
        with pytest.raises(TypeError, match="rng must be a numpy.random.Generator"):
            case.model.sweep(some(case, (3,)), 1.0, rng)


def test_a_state_of_the_wrong_size_or_with_other_values_is_refused(case):
    wrong = np.concatenate([some(case, (3,))] * 2, axis=-1)
    strange = some(case, (3,)).astype(float)
    strange.flat[0] = 5 if case.alphabet else np.nan
    for call in (case.model.energy, lambda state: case.model.sweep(state, 1.0, np.random.default_rng(6))):
        for state in (wrong, strange):
            with pytest.raises(ValueError):
                call(state)


def test_the_boltzmann_law_stays_with_a_temperature_for_each_chain(case):
    rng = np.random.default_rng(7)
    states = case.states()
    state = np.stack([states[rng.choice(len(states), CHAINS, p=case.law(beta))] for beta in case.betas], axis=1)
    betas = np.broadcast_to(case.betas, (CHAINS, 2))  # by turns
    for _ in range(3):
        state = case.model.sweep(state, betas, rng)
    for k, beta in enumerate(case.betas):
        assert case.fit(state[:, k], beta) > SIGNIFICANCE


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].sweeps])
def test_the_boltzmann_law_is_reached_from_one_state(name):
    case = CASES[name]
    rng = np.random.default_rng(8)
    beta = case.betas[0]
    state = np.broadcast_to(case.states()[-1], (CHAINS, *case.shape))
    for _ in range(case.sweeps):
        state = case.model.sweep(state, beta, rng)
    assert case.fit(state, beta) > SIGNIFICANCE
