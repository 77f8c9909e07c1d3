"""Chapter 21: the shifter learned by the cycle of 1985, the ways in which that fails, and what is known since.

Run with ``python -m studies.shifter [workers]``. Two rows of eight units, the second the first moved by -1, 0 or +1 on a ring,
three units that say which, 24 hidden units joined to all of these and to nobody else. Written are, in netlib/results:

- ``shifter.csv``: for each setting, run and mark: share of the 768 cases answered rightly; the same with each case weighed by
  its frequency in the data; the mean probability of the right three bits; and the *echo*, the share of the 768 cases answered
  with the shift of the first sample of the last batch (for the methods of today: with the shift -1);
- ``shifter_machines.json``: the machines of the recipe at the end, divided by their temperature, with their KL to the data;
- ``shifter_joined.csv``: the recipe with weights among the hidden units, and without: the same share, graded by samples for
  both (with such weights the hidden units cannot be summed out), and exactly for those without;
- ``shifter_log.json``: seed, versions, seconds of each setting (all its runs), KL of every machine.

Answers are exact: hidden units that are not joined to each other are summed out one by one. A setting changes the recipe in
what is named there and in nothing else. All runs of a setting are trials of one call of `annealed_cycle`. A scan that is killed
goes on where it was; its files are removed at the end.
"""

import csv
import json
import sys
import time
from pathlib import Path

import numpy as np
from scipy.special import expit, softmax

from netlib import boltzmann, data, ladder, rbm
from netlib.network import UNITS
from netlib.scan import grid, scan

SEED = 21
TEMPERATURE = 10.0  # the last one of the schedule of 1985
HIDDEN = 24
SWEEPS = 10  # that answers are averaged over where they are sampled
EVERY = 250
RECIPE = dict(draw="own", batch=20, size=5.0, fixed=False, falling=False, decay=0.0005, noise=(0.0, 0.0), runs=8, cycles=9000)
SHORT = dict(runs=5, cycles=4500)
SHORTER = dict(runs=5, cycles=3000)
LARGE = dict(batch=100, **SHORTER)
SETTINGS = {
    "recipe": {},
    "one shift": dict(draw="one", **SHORT),
    "one shift, size 1": dict(draw="one", size=1.0, **SHORTER),
    "fixed steps": dict(fixed=True, size=2.0, **SHORTER),
    "one shift, fixed steps": dict(draw="one", fixed=True, size=2.0, **SHORTER),
    "no decay": dict(decay=0.0, **SHORT),
    "one shift, batch 100": dict(draw="one", **LARGE),
    "fixed steps, batch 100": dict(fixed=True, size=2.0, **LARGE),
    "size 1": dict(size=1.0, **SHORTER),
    "falling steps": dict(falling=True, **SHORTER),
}
MODERN = {
    "PCD": dict(method="pcd", chains=20, decay=0.001, centre=False),
    "PCD, centred": dict(method="pcd", chains=20, decay=0.001, centre=True),
    "PCD, centred, 100 chains": dict(method="pcd", chains=100, centre=True),
    "tempering, centred": dict(method="tempering", chains=10, centre=True),
}
MODERN_RUNS = 4
JOINED_CYCLES = 3000
RESULTS = Path(__file__).resolve().parents[1] / "netlib" / "results"

cases = data.shifter_cases()
right = cases[:, 16:].argmax(axis=1)
on = cases[:, :8].sum(axis=1)
frequency = 0.3**on * 0.7 ** (8 - on) / 3
three_bits = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 1, 1]])
questions = np.concatenate([np.repeat(cases[:, None, :16], 8, axis=1), np.repeat(three_bits[None], 768, axis=0)], axis=-1)


def measured(machine, last):
    """Accuracy, weighted accuracy, probability of the right three bits, and echo of the shift `last`, exactly."""
    law = softmax(-rbm.free_energy(machine, questions), axis=1)
    answer = law[:, :3].argmax(axis=1)
    chance = law[np.arange(768), right]
    hit = answer == right
    return [float(x) for x in (hit.mean(), frequency @ hit, frequency @ chance, (answer == last).mean())]


def at_temperature(weights, biases):
    """The machine whose Boltzmann distribution at temperature 1 is that of these weights at `TEMPERATURE`."""
    weights, biases = weights.astype(float) / TEMPERATURE, biases.astype(float) / TEMPERATURE
    return rbm.RBM(weights[:19, 19:], biases[:19], biases[19:])


def batch_of(draw, size, rng):
    """Cases with a shift of their own, or with one shift for all."""
    if draw == "own":
        return data.shifter(size, rng)
    shift = rng.integers(3)
    first = (rng.random((size, 8)) < 0.3).astype(np.int8)
    return np.hstack([first, np.roll(first, shift - 1, axis=1), np.tile(np.eye(3, dtype=np.int8)[shift], (size, 1))])


def divergence(machine):
    """KL from the data's distribution to the machine's."""
    return float(frequency @ (np.log(frequency) - rbm.log_likelihood(machine, cases)))


def learn(setting, rng):
    """All runs of one setting: a row [run, cycle, *measured] at each mark, the last machines, and the seconds."""
    began, how = time.perf_counter(), {**RECIPE, **SETTINGS[setting]}
    mask = boltzmann.connectivity([19, HIDDEN], joined=[(0, 1)])
    weights, biases = np.zeros((how["runs"], *mask.shape), np.float32), np.zeros((how["runs"], len(mask)), np.float32)
    step = {name: how[name] for name in ("fixed", "decay", "noise")}
    rows, last = [], [0] * how["runs"]
    for cycle in range(how["cycles"] + 1):
        if cycle % EVERY == 0:
            machines = [at_temperature(*parts) for parts in zip(weights, biases, strict=True)]
            rows += [[run, cycle, *measured(machine, last[run])] for run, machine in enumerate(machines)]
        batch = np.stack([batch_of(how["draw"], how["batch"], rng) for _ in range(how["runs"])])
        last = batch[:, 0, 16:].argmax(axis=-1)
        size = how["size"] * (1 - how["falling"] * cycle / how["cycles"])
        weights, biases = boltzmann.annealed_cycle(weights, biases, batch, rng, mask, annealings=1, size=size, **step)
    return dict(rows=rows, machines=[stored(machine) for machine in machines], seconds=time.perf_counter() - began)


def graded(weights, biases, free, rng, annealings=4):
    """Share of the 768 cases that each machine answers rightly, by the mean law of the shift units given the hidden ones."""
    machines = len(weights)
    states = rng.integers(2, size=(machines, annealings * 768, weights.shape[-1])).astype(weights.dtype)
    states[..., :16] = np.tile(cases[:, :16], (annealings, 1))
    seen = []

    def observe(states):
        on = expit((states @ weights[:, :, 16:19] + biases[:, None, 16:19]) / TEMPERATURE)
        chance = on * np.stack([np.prod(np.delete(1 - on, k, axis=-1), axis=-1) for k in range(3)], axis=-1)
        seen.append(chance.reshape(machines, annealings, 768, 3).mean(axis=1))
        return 0

    machine = boltzmann.Machines(weights, biases, UNITS, free)
    walk = ladder.rungs(machine, ladder.staircase([*ladder.ENCODER_1985, (SWEEPS, TEMPERATURE)]))
    ladder.anneal(walk, states, rng, observe=observe)
    answer = np.mean(seen[-SWEEPS:], axis=0).argmax(axis=-1)
    return (answer == right).mean(axis=-1)


def joined(within, rng):
    """The recipe, with weights among the hidden units or without: a row [cycle, run, graded, exact] at each mark."""
    began, how = time.process_time(), RECIPE
    mask = boltzmann.connectivity([19, HIDDEN], joined=[(0, 1), (1, 1)] if within else [(0, 1)])
    weights, biases = np.zeros((how["runs"], *mask.shape), np.float32), np.zeros((how["runs"], len(mask)), np.float32)
    free, rows = boltzmann.free_blocks(mask, np.arange(16)), []
    for cycle in range(1, JOINED_CYCLES + 1):
        batch = np.stack([data.shifter(how["batch"], rng) for _ in range(how["runs"])])
        weights, biases = boltzmann.annealed_cycle(weights, biases, batch, rng, mask, annealings=1, size=how["size"],
                                                   fixed=False, decay=how["decay"], noise=how["noise"])
        if cycle % 500 == 0:
            by_samples = graded(weights, biases, free, rng)
            for run, parts in enumerate(zip(weights, biases, strict=True)):
                exactly = float("nan") if within else measured(at_temperature(*parts), 0)[0]
                rows.append([cycle, run, round(float(by_samples[run]), 4), round(exactly, 4)])
    return dict(rows=rows, seconds=time.process_time() - began)


def modern(method, run, rng):
    """A method of today at temperature 1, with a rate that falls to zero: as many updates as the recipe has cycles."""
    began, epochs, rows = time.perf_counter(), 36, []
    sample = data.shifter(EVERY * 20, rng)
    machine = rbm.initial(sample, HIDDEN, rng, scale=0.1)

    def watch(now):
        rows.append([run, EVERY * (len(rows) + 1), *measured(now, 0)])
        return []

    trained = rbm.train(machine, sample, rng, epochs=epochs, batch_size=20, rate=lambda epoch: 0.5 * (1 - epoch / epochs),
                        monitor=watch, **MODERN[method])
    return dict(rows=rows, machines=[stored(trained.rbm)], seconds=time.perf_counter() - began)


def stored(machine):
    """A machine in numbers of four decimals, and how far it is from the data."""
    parts = {name: getattr(machine, name).round(4).tolist() for name in ("weights", "visible_bias", "hidden_bias")}
    return dict(parts, kl=round(divergence(machine), 4))


def main_joined(workers=None):
    """Hidden units joined or not; by itself, `python -m studies.shifter joined`."""
    ways = grid(within=[True, False])
    found = scan(joined, ways, SEED, workers=workers, progress=True)
    with open(RESULTS / "shifter_joined.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["within", "cycle", "run", "graded", "exact"])
        writer.writerows([int(way["within"]), *row] for way, result in zip(ways, found, strict=True) for row in result["rows"])
    names = ["joined" if way["within"] else "not joined" for way in ways]
    return {name: round(result["seconds"]) for name, result in zip(names, found, strict=True)}


def main(workers=None):
    settings = [point["setting"] for point in grid(setting=list(SETTINGS))]
    scans = {function: RESULTS / f"shifter_{function.__name__}.scan" for function in (learn, modern)}
    points = grid(method=list(MODERN), run=list(range(MODERN_RUNS)))
    newer = scan(modern, points, SEED, path=scans[modern], workers=workers, progress=True)
    found = scan(learn, grid(setting=settings), SEED, path=scans[learn], workers=workers, progress=True)
    named = [*zip(settings, found, strict=True), *zip([point["method"] for point in points], newer, strict=True)]
    with open(RESULTS / "shifter.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["setting", "run", "cycle", "uniform", "weighted", "chance", "echo"])
        writer.writerows([name, *row[:2], *(round(x, 4) for x in row[2:])] for name, result in named for row in result["rows"])
    (RESULTS / "shifter_machines.json").write_text(json.dumps(dict(named)["recipe"]["machines"]) + "\n", encoding="utf-8")
    log = dict(seed=SEED, numpy=np.__version__, python=sys.version.split()[0])
    log["seconds"] = {name: round(result["seconds"]) for name, result in zip(settings, found, strict=True)}
    log["kl"] = {name: [m["kl"] for other, result in named if other == name for m in result["machines"]] for name in dict(named)}
    log["joined"] = main_joined(workers)
    (RESULTS / "shifter_log.json").write_text(json.dumps(log, indent=1) + "\n", encoding="utf-8")
    for path in scans.values():  # what is finished need not be resumed
        path.unlink()


if __name__ == "__main__":
    if sys.argv[1:] == ["joined"]:
        print(main_joined())
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else None)
