"""Chapter 26: machines trained with k steps from noise; modes, mixing and likelihood along exact training.

Run with ``python -m studies.training_today``. Everything is on 3 x 3 bars and stripes with eight hidden units. There the law
after k block Gibbs steps from uniformly random pixels is a product of a row of 512 numbers with a matrix: no updates use
samples, except those of PCD, and the measured autocorrelation times. Written are

- ``training_today.csv``: for each way of training and start, KL(data | law after k steps from noise) in nats, over k;
- ``training_today_path.csv``: along each exact training, KL in equilibrium, relaxation time and singular values of W;
- ``training_today_tau.csv``: measured autocorrelation time of the slowest mode, along each exact training by plain Gibbs, and
  at its end by two ladders;
- ``training_today_machines.json``: by method, start and update, the machines (at the end; exact training also on the way);
- ``training_today_about.json``: seed, versions, times.
"""

import csv
import json
import platform
import time
from pathlib import Path

import numpy as np

from netlib import data, exact, ladder, rbm, stats
from netlib.network import UNITS
from netlib.scan import grid, scan

SEED = 26
HIDDEN = 8
UPDATES = 2000
RATE = 0.5
STARTS = [0, 1, 2, 3, 4]
METHODS = {"k=3": 3, "k=10": 10, "k=30": 30, "exact": None, "PCD": None}
GENERATE = [0, 1, 2, 3, 5, 7, 10, 14, 20, 30, 50, 70, 100, 200, 300, 1000, 3000, 10000]
MARKS = [0, 10, 20, 30, 50, 70, 100, 150, 200, 300, 400, 500, 700, 1000, 1400, 2000]
KEPT = [100, 150, 200, 300, 500, 1000, 2000]
TEMPERATURES = [0.4, 0.6, 0.8, 1.0]  # inverse ones
TRAJECTORY = [200, 300, 500, 2000]
LADDERS = 64
RESULTS = Path(__file__).resolve().parents[1] / "netlib" / "results"

pictures = data.bars_and_stripes(3)
V = exact.states(9, UNITS).astype(float)
H = exact.states(HIDDEN, UNITS).astype(float)
noise = np.full(len(V), 1 / len(V))
target = np.zeros(len(V))
target[exact.state_index(pictures, UNITS)] = 1 / len(pictures)


def joint(machine):
    """Return P(v, h) of all states, shape (512, 256)."""
    log = V @ machine.weights @ H.T + (V @ machine.visible_bias)[:, None] + machine.hidden_bias @ H.T
    p = np.exp(log - log.max())
    return p / p.sum()


def laws(machine, steps, start=noise):
    """Return the law of the visible units after each of these numbers of steps (rising) from a law, shape (len(steps), 512)."""
    p = joint(machine)
    if max(steps) > 100:  # by the eigenvectors of the balanced matrix, all at once
        root = np.sqrt(p.sum(axis=1))
        left, singular, _ = np.linalg.svd(p / np.outer(root, np.sqrt(p.sum(axis=0))), full_matrices=False)
        parts = (start / root) @ left
        return np.array([(left @ (parts * singular ** (2 * k))) * root if k else start for k in steps])
    up, down = p / p.sum(axis=1, keepdims=True), (p / p.sum(axis=0)).T
    found, law = [], start
    for k in range(max(steps) + 1):
        if k in steps:
            found.append(law)
        law = (law @ up) @ down
    return np.array(found)


def divergence(law):
    """Return KL(data | law) in nats."""
    return float(np.sum(target[target > 0] * np.log(target[target > 0] / law[target > 0])))


def averages(machine, law):
    """Return <v h>, <v>, <h> when v follows a law and h is drawn from it."""
    h = rbm.hidden_probabilities(machine, V)
    return (V * law[:, None]).T @ h, law @ V, law @ h


def relaxation(machine):
    """Return -1/ln of the second eigenvalue of v -> h -> v: they are the squared singular values of P(v,h)/sqrt(P(v)P(h))."""
    p = joint(machine)
    balanced = p / np.sqrt(p.sum(axis=1, keepdims=True) * p.sum(axis=0))
    second = np.sort(np.linalg.eigvalsh(balanced.T @ balanced))[-2]
    return float(-1 / np.log(second))


def step(machine, law, rate=RATE):
    """Return the machine after one update with this law in the model's place."""
    change = [rate * (d - m) for d, m in zip(averages(machine, target), averages(machine, law), strict=True)]
    return rbm.RBM(machine.weights + change[0], machine.visible_bias + change[1], machine.hidden_bias + change[2])


def begin(start):
    """Return the machine that every method starts from: the weights of start s are the same for all."""
    return rbm.initial(pictures, HIDDEN, np.random.default_rng([SEED, start]), scale=0.1)


def train(method, start, rng, updates=UPDATES, watch=None):
    """Train one machine; `watch(update, machine)` is called before the first update and after each."""
    machine, k = begin(start), METHODS[method]
    chains = (rng.random((512, 9)) < 0.5).astype(float)
    for update in range(updates):
        if watch:
            watch(update, machine)
        if method == "PCD":
            chains = rbm.gibbs(machine, chains, 1, rng)
            law = np.bincount(exact.state_index(chains.astype(int), UNITS), minlength=len(V)) / len(chains)
            machine = step(machine, law, RATE * (1 - update / updates))
        elif method == "exact":
            machine = step(machine, joint(machine).sum(axis=1))
        else:
            machine = step(machine, laws(machine, [k])[0])
    if watch:
        watch(updates, machine)
    return machine


def slowest_mode(machine):
    """Return the function of the pixels that v -> h -> v forgets most slowly, shape (512,), and its autocorrelation time."""
    p = joint(machine)
    root = np.sqrt(p.sum(axis=1))
    left, singular, _ = np.linalg.svd(p / np.outer(root, np.sqrt(p.sum(axis=0))), full_matrices=False)
    return left[:, 1] / root, float((1 + singular[1] ** 2) / (1 - singular[1] ** 2))


def measured(rungs, sweeps, rng):
    """Return tau of the last rung's slowest mode in sweeps, its error and the rarest swap; a third of the sweeps warms up."""
    last = rungs[-1][0]
    mode, _ = slowest_mode(last)
    v = pictures[rng.integers(len(pictures), size=LADDERS)]
    states = np.concatenate([v, rbm.sample_hidden(last, v, rng)], axis=1)
    done = ladder.parallel_tempering(
        rungs, np.array([states] * len(rungs)), sweeps, rng,
        observe=lambda now: mode[exact.state_index(now[-1][:, :9].astype(int), UNITS)],
    )
    tau, error = stats.autocorrelation_time_and_error(np.array(done.observed)[sweeps // 3 :].T)
    return float(tau), float(error), float(done.swap_rates.min()) if len(rungs) > 1 else 1.0


def times(kept, start):
    """Return the rows of ``training_today_tau.csv`` of one exact training."""
    rows = []
    for update in KEPT:
        true = slowest_mode(kept[update])[1]
        rng = np.random.default_rng([SEED, start, update])
        rows.append([start, update, "plain Gibbs", 1, true, *measured([(kept[update], 1.0)], int(max(600, 30 * true)), rng)])
    last = kept[UPDATES]
    for number, (name, rungs) in enumerate((
        ("temperatures", [(last, beta) for beta in TEMPERATURES]), ("trajectory", [(kept[u], 1.0) for u in TRAJECTORY])
    )):
        rng = np.random.default_rng([SEED, start, UPDATES, number])
        rows.append([start, UPDATES, name, len(rungs), true, *measured(rungs, 3000, rng)])
    return rows


def packed(machine):
    """Return a machine as lists, rounded."""
    return {name: np.round(getattr(machine, name), 6).tolist() for name in ("weights", "visible_bias", "hidden_bias")}


def one(method, start, rng):
    """One run: KL after each number of generating steps, and the equilibrium KL; along the exact one also its path and times."""
    cpu, path, kept = time.process_time(), [], {}

    def watch(update, machine):
        if method == "exact" and update in MARKS:
            singular = np.linalg.svd(machine.weights, compute_uv=False)
            equilibrium = divergence(joint(machine).sum(axis=1))
            path.append([update, equilibrium, relaxation(machine), *singular])
        if update == UPDATES or (method == "exact" and update in KEPT):
            kept[update] = machine

    machine = train(method, start, rng, watch=watch)
    curve = [divergence(law) for law in laws(machine, GENERATE)]
    slow = times(kept, start) if method == "exact" else []
    kept = {update: packed(machine) for update, machine in kept.items()}
    equilibrium = divergence(joint(machine).sum(axis=1))
    return curve, equilibrium, relaxation(machine), path, slow, kept, time.process_time() - cpu


def write(name, columns, rows):
    with open(RESULTS / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def main(workers=None):
    began = time.perf_counter()
    points = grid(method=list(METHODS), start=STARTS)
    found = scan(one, points, SEED, workers=workers, progress=True)
    curves, paths, taus, machines, cpu = [], [], [], {}, 0
    for point, (curve, equilibrium, relaxed, path, slow, kept, seconds) in zip(points, found, strict=True):
        for k, kl in zip(GENERATE, curve, strict=True):
            curves.append([point["method"], point["start"], k, round(kl, 6), round(equilibrium, 6), round(relaxed, 4)])
        paths += [[point["start"], row[0], *(round(x, 6) for x in row[1:])] for row in path]
        taus += [[x if isinstance(x, (int, str)) else round(x, 4) for x in row] for row in slow]
        machines.setdefault(point["method"], {})[point["start"]] = kept
        cpu += seconds
    write("training_today", ["method", "start", "steps", "divergence", "equilibrium", "relaxation"], curves)
    write("training_today_path", ["start", "update", "divergence", "relaxation", *(f"w{j + 1}" for j in range(HIDDEN))], paths)
    write("training_today_tau", ["start", "update", "sampler", "rungs", "exact", "tau", "error", "rarest_swap"], taus)
    about = {
        "seed": SEED, "updates": UPDATES, "rate": RATE, "python": platform.python_version(), "numpy": np.__version__,
        "wall_seconds": round(time.perf_counter() - began), "cpu_seconds": round(cpu),
    }
    for name, what in (("machines", machines), ("about", about)):
        with open(RESULTS / f"training_today_{name}.json", "w", encoding="utf-8") as file:
            json.dump(what, file)
            file.write("\n")
    print(about)


if __name__ == "__main__":
    main()
