"""What is raced: for every piece of work a function of its size that returns a `Contest`. Peers are imported when prepared."""

import ctypes
import subprocess
import tempfile
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks import loops
from benchmarks.race import Contest, Entrant
from netlib import _checkerboard, boltzmann, cluster, exact, hopfield, ising, packed, rbm
from netlib.network import SPINS, Network

SEED = 2026
WARM, CRITICAL = 2.5, 2.269
LATTICE_RULES = {
    "heat bath": ("gibbs", "Gibbs", loops.checkerboard_heat_bath),
    "metropolis": ("metropolis", "Metropolis", loops.metropolis),
}


def lattice(L, rule="heat bath", sweeps=100, dwave=True):
    """One square lattice at T = 2.5; energy and magnetisation measured after each sweep."""
    mode, criterion, loop = LATTICE_RULES[rule]
    peers = (
        Entrant("peapods", f"`Ising.sample(sweep_mode={mode!r})`, Rust; measures after each sweep",
                partial(_peapods, L, [WARM], mode, sweeps), 8),
        Entrant("dwave-samplers", f"`SimulatedAnnealingSampler` at one beta, C++, {criterion}, site by site; measures once, at "
                "the end; the time of a call with a single sweep is taken off", partial(_dwave, L, criterion, sweeps), 8),
        Entrant("textbook numba", f"`loops.{loop.__name__}`, compiled by numba; measures after each sweep",
                partial(_numba, L, loop, sweeps), 10),
    )
    netlib = Entrant("netlib", f"`ising.simulate(rule={rule!r})`", partial(_lattice, (L, L), 1 / WARM, sweeps, rule))
    peers = peers if dwave else peers[::2]
    return Contest(f"lattice {L}×{L}, {rule}", "sweep", sweeps, "energy per spin", netlib, peers)


def _lattice(shape, beta, sweeps, rule="heat bath", update=ising.checkerboard_sweep, every=1):
    rng = np.random.default_rng(SEED)
    state = ising.simulate(ising.random_spins(shape, rng), beta, sweeps, rng)[-1]

    def call():
        nonlocal state
        energies, _, state = ising.simulate(state, beta, sweeps, rng, rule=rule, update=update, every=every)
        return energies.mean()

    return call


def _peapods(L, temperatures, mode, sweeps, measured=True, **cluster_settings):
    from peapods import Ising

    model = Ising((L, L), temperatures=np.array(temperatures))

    def call():
        model.sample(sweeps, sweep_mode=mode, warmup_ratio=0.0 if measured else 1 - 1 / sweeps, **cluster_settings)
        return -model.energies_avg.mean()

    call()
    return call


def _dwave(L, criterion, sweeps):
    import dimod
    from dwave.samplers import SimulatedAnnealingSampler

    sites = np.arange(L * L).reshape(L, L)
    here = np.concatenate([sites.ravel()] * 2)
    there = np.concatenate([np.roll(sites, -1, axis).ravel() for axis in (0, 1)])
    model = dimod.BinaryQuadraticModel.from_numpy_vectors(np.zeros(L * L), (here, there, -np.ones(2 * L * L)), 0.0, dimod.SPIN)
    sampler, state = SimulatedAnnealingSampler(), None

    def call(count):
        nonlocal state
        state = sampler.sample(model, beta_schedule_type="custom", beta_schedule=[1 / WARM], num_sweeps_per_beta=count,
                               proposal_acceptance_criteria=criterion, initial_states=state, num_reads=1)
        return state.record.energy[0] / (L * L)

    call(sweeps)
    return partial(call, sweeps + 1), partial(call, 1)


def _numba(L, loop, sweeps):
    from numba import njit

    simulate = njit(loops.many_sweeps(njit(loop)))
    spins = ising.random_spins((L, L), np.random.default_rng(SEED))
    simulate(spins, 1 / WARM, sweeps)
    return lambda: simulate(spins, 1 / WARM, sweeps)[0].mean()


def replicas(L, sweeps=100):
    """64 replicas at 64 temperatures between 1.5 and 3.5; measured once at the end."""
    temperatures = np.linspace(1.5, 3.5, 64)
    peers = (
        Entrant("peapods", "`Ising.sample(sweep_mode='gibbs')` with 64 temperatures, Rust; measures in the last sweep alone",
                partial(_peapods, L, temperatures, "gibbs", sweeps, measured=False), 15),
        Entrant("SIMD C", "`packed.c`: the same method in C with 512-bit vectors, compiled on the spot with -O3 -march=native",
                partial(_c_packed, L, temperatures, sweeps), 0.5),
    )
    netlib = Entrant("netlib", "`packed.simulate(every=sweeps)`", partial(_packed, L, temperatures, sweeps))
    return Contest(f"64 replicas of {L}×{L}", "sweep of all", sweeps, "energy per spin, mean of all", netlib, peers)


def _packed(L, temperatures, sweeps):
    rng = np.random.default_rng(SEED)
    words = packed.pack(np.ones((64, L, L), dtype=np.int8))

    def call():
        nonlocal words
        energies, _, words = packed.simulate(words, 1 / temperatures, sweeps, rng, every=sweeps)
        return energies.mean()

    return call


def _c_packed(L, temperatures, sweeps):
    if L % 16:
        raise ValueError("rows of a colour must fill the vectors: L a multiple of 16")
    library = compiled(Path(__file__).with_name("packed.c"))
    of_two, differ, rest = (np.ascontiguousarray(part) for part in packed._law(1 / temperatures))
    black, white = _checkerboard.split(packed.pack(np.ones((64, L, L), dtype=np.int8)))
    library.seed(ctypes.c_uint64(SEED))

    def call():
        arrays = [ctypes.c_void_p(array.ctypes.data) for array in (black, white, of_two, differ, rest)]
        library.run(*arrays[:2], L, L // 2, sweeps, len(of_two), *arrays[2:])
        return packed.energy(_checkerboard.merge(black, white)).mean() / L**2

    return call


def compiled(source):
    """Compile a C file into a library and load it."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "library.so"
        subprocess.run(["cc", "-O3", "-march=native", "-shared", "-fPIC", "-o", str(target), str(source)], check=True)
        return ctypes.CDLL(str(target))


def swendsen_wang(L, sweeps=30):
    """Swendsen-Wang at the critical temperature, *and* a sweep of heat bath before each, which peapods cannot leave out."""
    def both(spins, beta, rng, **settings):
        return cluster.swendsen_wang_sweep(ising.checkerboard_sweep(spins, beta, rng, **settings), beta, rng, **settings)

    peer = Entrant("peapods", "`Ising.sample('gibbs', cluster_update_interval=1, cluster_mode='sw')`, Rust; measures after each",
                   partial(_peapods, L, [CRITICAL], "gibbs", sweeps, cluster_update_interval=1, cluster_mode="sw"), 1 / 1.2)
    netlib = Entrant("netlib", "`ising.simulate` with `ising.checkerboard_sweep` and then `cluster.swendsen_wang_sweep`",
                     partial(_lattice, (L, L), 1 / CRITICAL, sweeps, update=both))
    return Contest(f"heat bath and Swendsen–Wang {L}×{L}", "sweep of both", sweeps, "energy per spin", netlib, (peer,))


def swendsen_wang_alone(L, sweeps=30):
    """Swendsen-Wang alone, for the growth with size; the difference to `swendsen_wang` is the heat bath."""
    netlib = Entrant("netlib", "", partial(_lattice, (L, L), 1 / CRITICAL, sweeps, update=cluster.swendsen_wang_sweep))
    return Contest(f"Swendsen–Wang {L}×{L}", "sweep", sweeps, "energy per spin", netlib)


def chains(L, count=16, sweeps=50):
    """A batch of lattices at T = 2.5; measured once at the end."""
    peer = Entrant("thrml", "`sample_states` of an `IsingEBM` with two blocks, vmapped and compiled by JAX; keeps the last state",
                   partial(_thrml, L, count, sweeps))
    netlib = Entrant("netlib", "`ising.simulate(every=sweeps)`", partial(_lattice, (count, L, L), 1 / WARM, sweeps, every=sweeps))
    return Contest(f"{count} lattices {L}×{L}, heat bath", "sweep of all", sweeps, "energy per spin", netlib, (peer,))


def _thrml(L, count, sweeps):
    import jax
    from thrml import Block, SamplingSchedule, SpinNode, sample_states
    from thrml.models import IsingEBM, IsingSamplingProgram

    nodes = np.array([SpinNode() for _ in range(L * L)]).reshape(L, L)
    edges = [pair for axis in (0, 1) for pair in zip(nodes.ravel(), np.roll(nodes, -1, axis).ravel(), strict=True)]
    ones = jax.numpy.ones
    model = IsingEBM(list(nodes.ravel()), edges, 0 * ones(L * L), ones(len(edges)), jax.numpy.array(1 / WARM))
    black = np.indices((L, L)).sum(0) % 2 == 0
    blocks = [Block(list(nodes[black])), Block(list(nodes[~black]))]
    program = IsingSamplingProgram(model, blocks, [])
    schedule = SamplingSchedule(sweeps, 1, 1)
    step = jax.jit(jax.vmap(lambda key, state: sample_states(key, program, schedule, state, [], blocks)))
    key = jax.random.key(SEED)
    state = [jax.random.bernoulli(key, shape=(count, L * L // 2)) for _ in blocks]

    def call():
        nonlocal key, state
        key, now = jax.random.split(key)
        state = [part[:, 0] for part in jax.block_until_ready(step(jax.random.split(now, count), state))]
        spins = np.empty((count, L, L), dtype=np.int8)
        for colour, part in zip((black, ~black), state, strict=True):
            spins[:, colour] = 2 * np.asarray(part, dtype=np.int8) - 1
        return ising.energy(spins).mean() / L**2

    call()
    return call


def recall(N, probes=400):
    """Hebb's rule with N/20 (an odd number of) patterns; probes with a tenth of the units wrong run until they are stable."""
    patterns, starts = memories(N, probes)
    targets = patterns[np.arange(probes) % len(patterns)]

    def netlib():
        weights, rng = hopfield.hebb(patterns), np.random.default_rng(SEED)
        return lambda: (hopfield.recall(weights, starts, rng).states == targets).mean()

    peer = Entrant("hopfieldnetwork", "`HopfieldNetwork.update_neurons(0, 'async', run_max=True)`, probe by probe",
                   partial(_hopfieldnetwork, patterns, starts, targets), 25)
    return Contest(f"recall, N = {N}, {len(patterns)} patterns, {probes} probes", "probe", probes, "right units",
                   Entrant("netlib", "`hopfield.recall`, a random order in each sweep", netlib), (peer,))


def recall_by_overlaps(N, probes=400):
    """The same without the weights, for the growth with size."""
    patterns, starts = memories(N, probes)
    targets = patterns[np.arange(probes) % len(patterns)]

    def netlib():
        rng = np.random.default_rng(SEED)
        return lambda: (hopfield.recall_hebb(patterns, starts, rng).states == targets).mean()

    entrant = Entrant("netlib", "`hopfield.recall_hebb`", netlib)
    return Contest(f"recall from overlaps, N = {N}", "probe", probes, "right units", entrant)


def memories(N, probes):
    """Return an odd number of random patterns, about N/20, and probes with a tenth of their units turned over.

    With an odd number of patterns and an even N no field is zero, so that it does not matter what becomes of ties.
    """
    rng = np.random.default_rng(SEED)
    patterns = rng.choice(np.array(SPINS, dtype=np.int8), (N // 20 | 1, N))
    starts = patterns[np.arange(probes) % len(patterns)]
    return patterns, np.where(rng.random(starts.shape) < 0.1, -starts, starts).astype(np.int8)


def _hopfieldnetwork(patterns, starts, targets):
    from hopfieldnetwork import HopfieldNetwork

    net = HopfieldNetwork(N=patterns.shape[1])
    for pattern in patterns:
        net.train_pattern(pattern)

    def call():
        right = 0.0
        for start, target in zip(starts, targets, strict=True):
            net.set_initial_neurons_state(start.copy())
            net.update_neurons(0, "async", run_max=True)
            right += (net.S == target).mean()
        return right / len(starts)

    return call


def trials(count, units=10, sweeps=20, chains=1):
    """Machines of ten 0/1 units, all joined, each with weights of its own, and with so many chains, which sweep at beta = 1."""
    weights, biases = machines(count, units)
    start, betas = np.zeros((count, chains, units)), np.ones(sweeps)

    def netlib():
        rng, blocks = np.random.default_rng(SEED), np.arange(units)[:, None]
        return lambda: [states.mean() for states in boltzmann.sweeps(weights, biases, start, rng, betas, blocks)][-1]

    def loop():
        repeated = np.repeat(weights, chains, axis=0), np.repeat(biases, chains, axis=0)
        return lambda: loops.machine_by_machine(*repeated, np.zeros((count * chains, units)), betas).mean()

    peer = Entrant("a naive loop", "`loops.machine_by_machine`: Python and NumPy, unit by unit", loop, 100)
    each = f", {chains} chains each" if chains > 1 else ""
    return Contest(f"{count} Boltzmann machines of {units} units{each}", "sweep of all", sweeps, "mean activity",
                   Entrant("netlib", "`boltzmann.sweeps`", netlib), (peer,))


def machines(count, units):
    """Return weights (count, units, units) and biases of random machines."""
    rng = np.random.default_rng(SEED)
    weights = np.triu(rng.standard_normal((count, units, units)), 1)
    return weights + weights.swapaxes(1, 2), rng.standard_normal((count, units))


def enumeration(n, with_peer=False):
    """ln Z and all second moments of n spins, by visiting every state."""
    weights, biases = (part[0] for part in machines(1, n))
    weights = weights / np.sqrt(n)
    network = Network(weights, biases, blocks=np.arange(n)[:, None])

    def netlib():
        return lambda: (exact.moments(network)[1] ** 2).mean()

    peer = Entrant("all states written out", "`loops.second_moments`: itertools and NumPy",
                   lambda: lambda: (loops.second_moments(weights, biases, 1.0)[1] ** 2).mean())
    return Contest(f"enumeration, n = {n}", "machine", 1, "mean square of all moments",
                   Entrant("netlib", "`exact.moments`", netlib), (peer,) if with_peer else (), limit=1.0 if n == 24 else None)


BATCH, RATE = 100, 0.05


def persistent(visible, hidden, rows=5000, dtype=np.float32):
    """Training by PCD-1 for one epoch, batches and chains of 100."""
    data = pictures(rows, visible).astype(dtype)
    peers = (
        Entrant("scikit-learn", "`BernoulliRBM.fit` with data of the same precision; PCD-1; the time of a fit without epochs "
                "is taken off", partial(_sklearn, data, hidden), 1.15),
        Entrant("rbms", "`fit_batch_pcd` and `torch.optim.SGD`, uncentred; one Gibbs step; it also draws hidden units that PCD "
                "does not use, and makes every gradient one long", partial(_rbms, data, hidden), 1.7),
    )
    netlib = Entrant("netlib", "`rbm.train(method='pcd')`", partial(_train, data, hidden, "pcd"))
    bits = 8 * np.dtype(dtype).itemsize
    return Contest(f"RBM {visible}×{hidden}, PCD-1, {bits} bits", "batch of 100", rows // BATCH, "squared reconstruction error",
                   netlib, peers if dtype == np.float32 else peers[:1])


def contrastive_divergence(visible, hidden, rows=5000):
    """Training by CD-1 for one epoch, batches of 100."""
    data = pictures(rows, visible).astype(np.float32)
    peers = (
        Entrant("PyTorch", "`loops.torch_cd1`, float32", partial(_torch, data, hidden), 1.2),
        Entrant("its matrix products alone", "the four products of such a batch, NumPy, float32; the ratio is their part of the "
                "time", partial(_products, data, hidden), 0.8),
    )
    netlib = Entrant("netlib", "`rbm.train(method='cd')`", partial(_train, data, hidden, "cd"))
    return Contest(f"RBM {visible}×{hidden}, CD-1, 32 bits", "batch of 100", rows // BATCH, "squared reconstruction error",
                   netlib, peers)


def pictures(rows, visible):
    """Return noisy copies of ten random binary pictures, shape (rows, visible)."""
    rng = np.random.default_rng(SEED)
    kinds = rng.random((10, visible)) < 0.2
    return (kinds[rng.integers(10, size=rows)] ^ (rng.random((rows, visible)) < 0.05)).astype(np.float64)


def reconstruction_error(weights, visible_bias, hidden_bias, data):
    """Return the mean of (v - p(v | p(h | v)))², without any drawing."""
    hidden = 1 / (1 + np.exp(-(data @ weights + hidden_bias)))
    return ((data - 1 / (1 + np.exp(-(hidden @ weights.T + visible_bias)))) ** 2).mean()


def start_weights(data, hidden):
    """Return the small random weights that all trainings begin with."""
    return (0.01 * np.random.default_rng(SEED).standard_normal((data.shape[1], hidden))).astype(data.dtype)


def _train(data, hidden, method):
    start = rbm.RBM(start_weights(data, hidden))

    def call():
        rng = np.random.default_rng(SEED)
        trained = rbm.train(start, data, rng, method=method, epochs=1, batch_size=BATCH, chains=BATCH, rate=RATE).rbm
        return reconstruction_error(trained.weights, trained.visible_bias, trained.hidden_bias, data[:BATCH])

    return call


def _sklearn(data, hidden):
    from sklearn.neural_network import BernoulliRBM

    def call(epochs=1):
        model = BernoulliRBM(hidden, learning_rate=RATE, batch_size=BATCH, n_iter=epochs, random_state=SEED).fit(data)
        return reconstruction_error(model.components_.T, model.intercept_visible_, model.intercept_hidden_, data[:BATCH])

    return call, partial(call, 0)


def _torch(data, hidden):
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    start = torch.from_numpy(start_weights(data, hidden))

    def call():
        parts = [start.clone(), torch.zeros(data.shape[1]), torch.zeros(hidden)]
        order = torch.randperm(len(data))
        loops.torch_cd1(torch, *parts, (torch.from_numpy(data)[rows] for rows in order.split(BATCH)), RATE)
        return reconstruction_error(*(part.numpy() for part in parts), data[:BATCH])

    return call


def _rbms(data, hidden):
    import torch
    from rbms.bernoulli_bernoulli import BBRBM
    from rbms.training.pcd import fit_batch_pcd

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    start = torch.from_numpy(start_weights(data, hidden))

    def call():
        model = BBRBM(start.clone(), torch.zeros(data.shape[1]), torch.zeros(hidden))
        model.init_grad()
        chains = model.init_chains(BATCH)
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE, maximize=True)
        with torch.no_grad():
            for rows in torch.randperm(len(data)).split(BATCH):
                optimizer.zero_grad(set_to_none=False)
                batch = torch.from_numpy(data)[rows], torch.ones(len(rows))
                chains, _ = fit_batch_pcd(batch, chains, model, gibbs_steps=1, beta=1.0, centered=False)
                optimizer.step()
        return reconstruction_error(*(part.numpy() for part in (model.weight_matrix, model.vbias, model.hbias)), data[:BATCH])

    return call


def _products(data, hidden):
    """The products of CD-1: data to hidden, hidden to visible, visible to hidden, and both averages in one."""
    weights, batch = start_weights(data, hidden), data[:BATCH]
    both, units = np.concatenate([batch, batch]), np.ones((2 * BATCH, hidden), dtype=data.dtype)

    def call():
        for _ in range(len(data) // BATCH):
            batch @ weights
            units[:BATCH] @ weights.T
            batch @ weights
            both.T @ units
        return np.nan

    return call


def importance_sampling(visible, hidden, walks=100, steps=200):
    """ln Z of an RBM by annealed importance sampling, from independent units with its own visible biases."""
    rng = np.random.default_rng(SEED)
    weights = (0.05 * rng.standard_normal((visible, hidden))).astype(np.float32)
    biases = rng.normal(-1, 0.5, visible).astype(np.float32), rng.normal(0, 0.5, hidden).astype(np.float32)

    def netlib():
        machine, betas = rbm.RBM(weights, *biases), np.linspace(0, 1, steps)
        return lambda: rbm.annealed_importance_sampling(machine, betas, walks, rng).log_z

    peer = Entrant("rbms", "`compute_partition_function_ais`, float32", partial(_rbms_ais, weights, biases, walks, steps), 3)
    return Contest(f"AIS {visible}×{hidden}, {walks} walks", "step", steps - 1, "ln Z",
                   Entrant("netlib", "`rbm.annealed_importance_sampling`, float32", netlib), (peer,))


def _rbms_ais(weights, biases, walks, steps):
    import torch
    from rbms.bernoulli_bernoulli import BBRBM
    from rbms.partition_function.ais import compute_partition_function_ais

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    model = BBRBM(*(torch.from_numpy(part) for part in (weights, *biases)))
    return lambda: compute_partition_function_ais(walks, steps, model)


RACES = (
    partial(lattice, 256), partial(lattice, 1024, sweeps=10, dwave=False), partial(lattice, 256, rule="metropolis"),
    partial(replicas, 64), partial(replicas, 256, sweeps=20), partial(swendsen_wang, 256), partial(chains, 64),
    partial(recall, 1000),
    partial(trials, 500), partial(trials, 500, chains=4), partial(enumeration, 20, with_peer=True), partial(enumeration, 24),
    partial(persistent, 784, 500), partial(persistent, 784, 500, dtype=np.float64), partial(contrastive_divergence, 784, 500),
    partial(importance_sampling, 784, 500),
)

GROWTH = {
    "one lattice, heat bath, per sweep": (
        {f"L = {L}": partial(lattice, L, sweeps=max(5, 100 * 128**2 // L**2)) for L in (64, 128, 256, 512, 1024)},
        ("peapods", "textbook numba")),
    "64 replicas, per sweep of all": (
        {f"L = {L}": partial(replicas, L, sweeps=max(5, 100 * 32**2 // L**2)) for L in (16, 32, 64, 128, 256)},
        ("peapods", "SIMD C")),
    "Swendsen–Wang, per sweep": (
        {f"L = {L}": partial(swendsen_wang_alone, L, sweeps=10) for L in (64, 128, 256, 512)}, ()),
    "recall with weights, per probe": (
        {f"N = {N}": partial(recall, N, probes=200) for N in (250, 500, 1000, 2000, 4000)}, ()),
    "recall from overlaps, per probe": (
        {f"N = {N}": partial(recall_by_overlaps, N, probes=200) for N in (250, 500, 1000, 2000, 4000)}, ()),
    "Boltzmann machines, per sweep of all": (
        {f"{count} trials": partial(trials, count) for count in (16, 64, 250, 1000, 4000)}, ()),
    "enumeration with moments": ({f"n = {n}": partial(enumeration, n) for n in (16, 18, 20, 22, 24)}, ()),
    "RBM, PCD-1, per batch of 100": (
        {f"{visible}×{hidden}": partial(persistent, visible, hidden, rows=2000)
         for visible, hidden in ((64, 64), (196, 128), (784, 128), (784, 500), (784, 1000))}, ("scikit-learn",)),
}
