"""Chapter 20: the encoder problems of Ackley, Hinton and Sejnowski (1985), as the paper describes them, and with changes.

Run with ``python -m studies.ahs1985``. Two groups of visible units, each joined inside; a hidden group joined to both and not
inside; all weights zero at first. A cycle: every vector clamped with noise and annealed twice, as many annealings with
nothing clamped, and each weight changed by 2 by the sign of the difference. One unit of time is as many random probes as there
are free units. Written are

- ``ahs1985.csv``: one row for each run of 4-2-4, 4-3-4 and 8-3-8, under the settings of the paper and under changed ones;
- ``ahs1985_recall.csv``: the 40-10-40 encoder, cycle by cycle, and the tests of its completions;
- ``ahs1985_about.json``: seed, versions, cycles, and the seconds that each part took.

The code of a vector is the most probable hidden state while it is clamped without noise. A machine is solved in a cycle if
the codes of all vectors differ after it (4-3-4: differ by two bits at least). A run's columns: `first`, the first cycle in which
it was solved, 0 if none; `less_one`, the first cycle with all codes but one; `last`, the last cycle in which it was *not* solved;
`share`, the part of all cycles from the first on in which it was solved; `end`, whether it was at the end; `largest`, the largest
absolute weight at the end.
"""

import csv
import json
import platform
import time
from functools import partial
from pathlib import Path

import numpy as np
from scipy.special import expit

from netlib import boltzmann, data, exact, ladder
from netlib.network import UNITS
from netlib.scan import scan

SEED = 1985
RESULTS = Path(__file__).resolve().parents[1] / "netlib" / "results"
GROUPS = {"4-2-4": (4, 2), "4-3-4": (4, 3), "8-3-8": (8, 3), "40-10-40": (40, 10)}
PAPER = {"4-2-4": dict(cycles=2000, runs=250), "4-3-4": dict(cycles=1100, runs=200), "8-3-8": dict(cycles=4000, runs=50)}
NOISE = {"4-2-4": (0.15, 0.05), "4-3-4": (0.15, 0.05), "8-3-8": (0.15, 0.02), "40-10-40": (0.1, 0.0025)}
LARGE_CYCLES = 700
STAIRS = {
    "a quarter": ((1, 20.0), (1, 12.0), (1, 10.0)),
    "as in learning": ((2, 20.0), (2, 15.0), (2, 12.0), (4, 10.0)),
    "down to T = 5": ((2, 20.0), (2, 15.0), (2, 12.0), (4, 10.0), (4, 5.0)),
    "gentle": ((4, 20.0), (4, 15.0), (4, 12.0), (8, 10.0), (8, 5.0)),
    "four times as long": ((16, 20.0), (16, 15.0), (16, 12.0), (32, 10.0), (32, 5.0)),
}
CHANGES = {  # name: what is not as in the paper
    "as in the paper": {},
    "1 annealing a vector": dict(annealings=1),
    "8 annealings": dict(annealings=8),
    "20 annealings": dict(annealings=20),
    "exact differences": dict(exact=True),  # these two start from weights of ±2: from zero, hidden units would stay alike
    "exact, clean vectors": dict(exact=True, noise=(0.0, 0.0)),
    "8 perfect samples": dict(perfect=8),  # in each phase, as many as there are annealings in the paper
    "80 perfect samples": dict(perfect=80),
    "clean vectors": dict(noise=(0.0, 0.0)),
    "blocks in fixed order": dict(order="blocks"),
    "hidden units joined": dict(joined=True),
    "weights below 100": dict(cap=100.0),
}
TRIED = {"4-2-4": dict(cycles=500, runs=50, names=[
             "20 annealings", "exact differences", "hidden units joined", "1 annealing a vector", "8 annealings",
             "exact, clean vectors", "8 perfect samples", "80 perfect samples", "blocks in fixed order", "clean vectors",
             "weights below 100"]),
         "8-3-8": dict(cycles=4000, runs=20, names=["exact, clean vectors"])}


def connected(problem, joined=False):
    """Which pairs have a weight: all within a visible group, none between the two, all to the hidden units."""
    visible, hidden = GROUPS[problem]
    pairs = [(0, 0), (1, 1), (0, 2), (1, 2)] + [(2, 2)] * joined
    return boltzmann.connectivity([visible, visible, hidden], pairs)


def codes(weights, biases, hidden):
    """Return the most probable hidden state for each clamped vector as a number, shape (runs, vectors)."""
    visible = (weights.shape[-1] - hidden) // 2
    states = exact.states(hidden, UNITS)
    field = data.encoder(visible) @ weights[:, :-hidden, -hidden:] + biases[:, None, -hidden:]
    inside = 0.5 * np.einsum("ki,rij,kj->rk", states, weights[:, -hidden:, -hidden:], states)
    return (field @ states.T + inside[:, None]).argmax(axis=-1)


def different(codes):
    """Return how many different codes each run has."""
    return 1 + (np.diff(np.sort(codes, axis=-1), axis=-1) != 0).sum(axis=-1)


def spaced(codes):
    """Return whether any two codes of a run differ in two bits at least."""
    apart = np.bitwise_count(codes[..., :, None] ^ codes[..., None, :])
    return (apart + 2 * np.eye(codes.shape[-1], dtype=int)).min(axis=(-1, -2)) >= 2


def exact_moments(weights, biases, hidden, beta=0.1):
    """Return both averages of the free machines exactly: given the hidden state the two visible groups are independent."""
    visible = (weights.shape[-1] - hidden) // 2
    first, second_group, inner = np.arange(visible), np.arange(visible, 2 * visible), np.arange(2 * visible, 2 * visible + hidden)
    h = exact.states(hidden, UNITS).astype(float)
    s = exact.states(visible, UNITS).astype(float)
    log_law = beta * biases[:, inner] @ h.T  # of the hidden state, up to a constant; shape (runs, 2^hidden)
    laws = []
    for group in (first, second_group):
        alone = 0.5 * np.einsum("ki,rij,kj->rk", s, weights[:, group[:, None], group], s) + biases[:, group] @ s.T
        logs = beta * (alone[:, None] + h @ weights[:, inner[:, None], group] @ s.T)
        total = np.logaddexp.reduce(logs, axis=-1)
        laws.append(np.exp(logs - total[..., None]))
        log_law = log_law + total
    law = np.exp(log_law - np.logaddexp.reduce(log_law, axis=-1)[:, None])
    means = [p @ s for p in laws]
    mean = np.empty(biases.shape)
    second = np.empty(weights.shape)
    mean[:, inner] = law @ h
    second[:, inner[:, None], inner] = np.einsum("rh,hi,hj->rij", law, h, h)
    for group, p, on in zip((first, second_group), laws, means, strict=True):
        mean[:, group] = np.einsum("rh,rhi->ri", law, on)
        second[:, group[:, None], group] = np.einsum("rk,ki,kj->rij", np.einsum("rh,rhk->rk", law, p), s, s)
        cross = np.einsum("rh,rhi,hj->rij", law, on, h)
        second[:, group[:, None], inner], second[:, inner[:, None], group] = cross, cross.swapaxes(1, 2)
    cross = np.einsum("rh,rhi,rhj->rij", law, *means)
    second[:, first[:, None], second_group] = cross
    second[:, second_group[:, None], first] = cross.swapaxes(1, 2)
    return mean, second


def noisy(patterns, noise):
    """Return every visible state that clamping with noise can show, and its probability."""
    if not any(noise):
        return np.asarray(patterns, float), np.full(len(patterns), 1 / len(patterns))
    shown = exact.states(patterns.shape[1], UNITS).astype(float)
    flip = np.where(patterns == 1, noise[0], noise[1])[:, None]
    return shown, np.where(shown == patterns[:, None], 1 - flip, flip).prod(axis=-1).mean(axis=0)


def exact_clamped(weights, biases, hidden, shown, law, beta=0.1):
    """Return both averages with the visible units clamped, exactly; no weights between hidden units."""
    visible = shown.shape[1]
    on = expit(beta * (shown @ weights[:, :visible, visible:] + biases[:, None, visible:]))
    everything = np.concatenate([np.broadcast_to(shown, (len(weights), *shown.shape)), on], axis=-1)
    mean = law @ everything
    second = everything.swapaxes(1, 2) @ (law[:, None] * everything)
    inner = np.arange(visible, visible + hidden)
    second[:, inner, inner] = mean[:, inner]
    return mean, second


def exact_cycle(weights, biases, hidden, shown, law, mask, size=2.0):
    """One cycle with the exact differences: each weight moves by `size` in the direction of its slope."""
    mean, second = exact_clamped(weights, biases, hidden, shown, law)
    free_mean, free_second = exact_moments(weights, biases, hidden)
    step = np.sign(second - free_second)
    return weights + size * (step + step.swapaxes(1, 2)) / 2 * mask, biases + size * np.sign(mean - free_mean)


def perfect_cycle(weights, biases, hidden, patterns, noise, mask, samples, rng, size=2.0):
    """One cycle with independent samples of the true distributions, all states of the machines listed."""
    states = exact.states(weights.shape[-1], UNITS).astype(float)
    logs = -boltzmann.Machines(weights, biases, UNITS, ()).energy(np.broadcast_to(states, (len(weights), *states.shape))) / 10
    law = np.exp(logs - logs.max(axis=1, keepdims=True))
    free = np.stack([states[rng.choice(len(states), samples, p=p / p.sum())] for p in law])
    shown = np.tile(patterns, (samples // len(patterns), 1))
    shown = boltzmann.clamp_noise(np.broadcast_to(shown, (len(weights), *shown.shape)), rng, on=noise[0], off=noise[1])
    on = expit((shown @ weights[:, :-hidden, -hidden:] + biases[:, None, -hidden:]) / 10)
    clamped = np.concatenate([shown, rng.random(on.shape) < on], axis=-1)
    (mean, second), (free_mean, free_second) = boltzmann.moments_of_states(clamped), boltzmann.moments_of_states(free)
    return weights + size * np.sign(second - free_second) * mask, biases + size * np.sign(mean - free_mean)


def learn(problem, change, cycles, runs, batch, rng):
    """Learn with several runs at once; return a row of numbers for each run."""
    visible, hidden = GROUPS[problem]
    how = {"order": "random", "noise": NOISE[problem], **CHANGES[change]}
    mask, patterns = connected(problem, how.pop("joined", False)), data.encoder(visible)
    weights, biases = np.zeros((runs, *mask.shape), np.float32), np.zeros((runs, len(mask)), np.float32)
    cap = how.pop("cap", np.inf)
    if how.pop("exact", False):
        upper = np.triu(rng.choice([-2.0, 2.0], size=weights.shape) * mask)
        weights, biases = upper + upper.swapaxes(1, 2), biases.astype(float)
        shown, law = noisy(patterns, how["noise"])
        cycle = partial(exact_cycle, hidden=hidden, shown=shown, law=law, mask=mask)
    elif "perfect" in how:
        cycle = partial(perfect_cycle, hidden=hidden, patterns=patterns, noise=how["noise"], mask=mask, rng=rng,
                        samples=how["perfect"])
    else:
        cycle = partial(boltzmann.annealed_cycle, data=patterns, rng=rng, mask=mask, **how)
    found = np.empty((cycles, runs), int)
    good = np.empty((cycles, runs), bool)
    for now in range(cycles):
        weights, biases = cycle(weights, biases)
        weights, biases = weights.clip(-cap, cap), biases.clip(-cap, cap)
        read = codes(weights, biases, hidden)
        found[now] = different(read)
        good[now] = spaced(read) if problem == "4-3-4" else found[now] == visible
    return [summary(found[:, run] >= visible - 1, good[:, run], float(np.abs(weights[run]).max())) for run in range(runs)]


def summary(nearly, good, largest):
    """Return first, less_one, last, share, end, largest; see above."""
    first, less_one = (1 + int(column.argmax()) if column.any() else 0 for column in (good, nearly))
    last = len(good) - int((~good)[::-1].argmax()) if not good.all() else 0
    return [first, less_one, last, round(float(good[first - 1 :].mean()), 4) if first else 0.0, int(good[-1]), largest]


def recall(weights, biases, stairs, trials, rng):
    """Return the part of the 40 vectors that the machines complete: V1 clamped, annealed, just the right unit of V2 on."""
    patterns = np.repeat(data.encoder(40)[:, :40], trials, axis=0)
    free = boltzmann.free_blocks(connected("40-10-40"), np.arange(40))
    machines = boltzmann.Probes(boltzmann.Machines(weights, biases, UNITS, free))
    states = rng.integers(2, size=(len(weights), len(patterns), 90)).astype(float)
    states[..., :40] = patterns
    states, _ = ladder.anneal(ladder.rungs(machines, ladder.staircase(stairs)), states, rng, observe=lambda states: 0)
    return (states[..., 40:80] == patterns).all(axis=-1).mean(axis=-1)


def large(runs, rng):
    """Learn 40-10-40: 300 cycles without hidden units, 500 with noise, then clean; test now and then; return the machines too."""
    mask, patterns, rows = connected("40-10-40"), data.encoder(40), []
    weights, biases = np.zeros((runs, 80, 80)), np.zeros((runs, 80))
    for _ in range(300):
        weights, biases = boltzmann.annealed_cycle(weights, biases, patterns, rng, mask[:80, :80], annealings=1,
                                                   noise=NOISE["40-10-40"], order="random")
    weights, biases = np.pad(weights, ((0, 0), (0, 10), (0, 10))), np.pad(biases, ((0, 0), (0, 10)))
    for cycle in range(1, LARGE_CYCLES + 1):
        noise = NOISE["40-10-40"] if cycle <= 500 else (0.0, 0.0)
        weights, biases = boltzmann.annealed_cycle(weights, biases, patterns, rng, mask, annealings=1, noise=noise,
                                                   order="random")
        if cycle % 50 == 0:
            number = different(codes(weights, biases, 10))
            for name in ("as in learning", "gentle"):
                right = recall(weights, biases, STAIRS[name], 10, rng)
                rows += [[cycle, name, run, int(number[run]), float(right[run])] for run in range(runs)]
    for name, stairs in STAIRS.items():
        right = recall(weights, biases, stairs, 40, rng)
        rows += [[LARGE_CYCLES + 1, name, run, int(number[run]), float(right[run])] for run in range(runs)]
    return dict(rows=rows, weights=weights[0].astype(int), biases=biases[0].astype(int))


def batches(problem, change, cycles, runs, most=250):
    return [dict(problem=problem, change=change, cycles=cycles, runs=min(most, runs - most * number), batch=number)
            for number in range(-(-runs // most))]


def write(name, columns, rows):
    with open(RESULTS / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def timed(function, points, workers, path):
    """Scan, and return the results and the seconds that they took."""
    results = scan(function, points, SEED, path=path, workers=workers, progress=True)
    return [result[0] for result in results], round(sum(result[1] for result in results), 1)


def learn_timed(rng, **point):
    began = time.process_time()
    return learn(rng=rng, **point), time.process_time() - began


def large_timed(rng, runs):
    began = time.process_time()
    return large(runs, rng), time.process_time() - began


def main(workers=None, notes=None):
    """Run everything; `notes` is a folder in which finished points are kept, so that a run that was stopped goes on."""
    def path(name):
        return None if notes is None else Path(notes) / f"{name}.jsonl"

    settings = [("4-2-4", change, TRIED["4-2-4"]) for change in TRIED["4-2-4"]["names"]]
    settings = [(problem, "as in the paper", how) for problem, how in PAPER.items()] + settings
    settings += [("8-3-8", change, TRIED["8-3-8"]) for change in TRIED["8-3-8"]["names"]]
    rows, seconds = [], {}
    for problem, change, how in settings:
        points = batches(problem, change, how["cycles"], how["runs"])
        found, seconds[f"{problem}, {change}"] = timed(learn_timed, points, workers, path("runs"))
        of_all = [row for batch in found for row in batch]
        rows += [[problem, change, how["cycles"], run, *row] for run, row in enumerate(of_all)]
        write("ahs1985", ["problem", "change", "cycles", "run", "first", "less_one", "last", "share", "end", "largest"], rows)
    [found], seconds["40-10-40"] = timed(large_timed, [dict(runs=2)], workers, path("large"))
    write("ahs1985_recall", ["cycle", "annealing", "run", "codes", "right"], found["rows"])
    about = dict(seed=SEED, python=platform.python_version(), numpy=np.__version__, cpu_seconds=seconds)
    (RESULTS / "ahs1985_about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
