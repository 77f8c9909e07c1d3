"""Chapter 20: the encoder problems of Ackley, Hinton and Sejnowski (1985), as the paper describes them, and with changes.

Run with ``python -m studies.ahs1985``. Two groups of visible units, each joined inside; a hidden group joined to both and not
inside; all weights zero at first. A cycle: every vector clamped with noise and annealed twice, as many annealings with
nothing clamped, and each weight changed by 2 by the sign of the difference. One unit of time is as many random probes as there
are free units. Written are

- ``ahs1985.csv``: one row for each run of 4-2-4, 4-3-4 and 8-3-8, under the settings of the paper and under changed ones;
- ``ahs1985_recall.csv``: the 40-10-40 encoder, cycle by cycle, and the tests of its completions; ``ahs1985_codes.csv``: how far
  its codes are apart; ``ahs1985_machines.json``: a machine of each kind;
- ``ahs1985_modern.csv``: exact slopes and a step of today, with the units of 1985 and with groups of which always one is on;
- ``ahs1985_about.json``: seed, versions, cycles, and the seconds that each part took.

The code of a vector is the most probable hidden state while it is clamped without noise. A machine is solved in a cycle if
the codes of all vectors differ after it (4-3-4: differ by two bits at least). A run's columns: `first`, the first cycle in which
it was solved, 0 if none; `less_one`, the first cycle with all codes but one; `last`, the last cycle in which it was *not* solved;
`share`, the part of all cycles from the first on in which it was solved; `end`, whether it was at the end; `largest`, the largest
absolute weight at the end; `astray`, how far free averages after an annealing are from the true ones then.
"""

import csv
import json
import platform
import time
from functools import partial
from pathlib import Path

import numpy as np
from scipy.special import expit, softmax

from netlib import boltzmann, data, exact, ladder
from netlib.network import UNITS
from netlib.scan import scan

SEED = 1985
RESULTS = Path(__file__).resolve().parents[1] / "netlib" / "results"
GROUPS = {"4-2-4": (4, 2), "4-3-4": (4, 3), "8-3-8": (8, 3), "40-10-40": (40, 10)}
PAPER = {"4-2-4": dict(cycles=2000, runs=250), "4-3-4": dict(cycles=1100, runs=200), "8-3-8": dict(cycles=4000, runs=50)}
NOISE = {"4-2-4": (0.15, 0.05), "4-3-4": (0.15, 0.05), "8-3-8": (0.15, 0.02), "40-10-40": (0.1, 0.0025)}
HOT = ((2, 80.0), (2, 40.0), *ladder.ENCODER_1985)
NOISY_CYCLES = 500
CLEAN = {  # name: clean cycles, and what is not as in the paper in them
    "as in the paper": (1500, {}),
    "hot start, steps of ½": (1000, dict(schedule=HOT, size=0.5)),
    "steps of ½": (1000, dict(size=0.5)),
    "hot start": (1000, dict(schedule=HOT)),
}
KEPT = ("as in the paper", "hot start, steps of ½")  # of these, a machine
MODERN = {
    "exact slopes": dict(units=True, centre=False),
    "exact slopes, centred": dict(units=True, centre=True),
    "one of v": dict(units=False, smooth=0.0, conditional=False),
    "one of v, smoothed": dict(units=False, smooth=0.5, conditional=False),
    "one of v, smoothed, only what is asked": dict(units=False, smooth=0.5, conditional=True),
}
MODERN_STEPS = {"4-2-4": 400, "8-3-8": 600, "40-10-40": 300}
MODERN_RUNS = {"4-2-4": (100, 200), "8-3-8": (20, 200), "40-10-40": (0, 10)}  # with units as in 1985, with groups
STAIRS = {
    "a quarter": ((1, 20.0), (1, 12.0), (1, 10.0)),
    "as in learning": ((2, 20.0), (2, 15.0), (2, 12.0), (4, 10.0)),
    "down to T = 5": ((2, 20.0), (2, 15.0), (2, 12.0), (4, 10.0), (4, 5.0)),
    "gentle": ((4, 20.0), (4, 15.0), (4, 12.0), (8, 10.0), (8, 5.0)),
    "four times as long": ((16, 20.0), (16, 15.0), (16, 12.0), (32, 10.0), (32, 5.0)),
    "sixteen times": ((64, 20.0), (64, 15.0), (64, 12.0), (128, 10.0), (128, 5.0)),
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
    "4 annealings": dict(annealings=4),
    "clean on-bits": dict(noise=(0.0, 0.02)),
    "clean off-bits": dict(noise=(0.15, 0.0)),
    "off-noise 0.05": dict(noise=(0.15, 0.05)),
    "decay 0.002": dict(decay=0.002),
    "steps of 1": dict(size=1.0),
    "proportional steps": dict(size=40.0, fixed=False),
    "16 perfect samples": dict(perfect=16),
    "hot start": dict(schedule=HOT),
    "hot start, random probes": dict(schedule=HOT, order="random"),
    "hot start, steps of 1": dict(schedule=HOT, size=1.0),
    "hot start, steps of 1, random probes": dict(schedule=HOT, size=1.0, order="random"),
    "hot start, steps of 1, 4 annealings": dict(schedule=HOT, size=1.0, annealings=4),
}
TRIED = [  # problem, cycles, runs, changes; 8-3-8 with blocks in fixed order, half the time, unless it says otherwise
    ("4-2-4", 500, 50, ["20 annealings", "exact differences", "hidden units joined", "1 annealing a vector", "8 annealings",
                        "exact, clean vectors", "8 perfect samples", "80 perfect samples", "blocks in fixed order",
                        "clean vectors", "weights below 100"]),
    ("8-3-8", 4000, 40, ["blocks in fixed order", "hot start", "hot start, steps of 1", "4 annealings"]),
    ("8-3-8", 4000, 20, ["clean vectors", "steps of 1", "weights below 100", "decay 0.002", "hidden units joined",
                         "1 annealing a vector", "hot start, steps of 1, 4 annealings", "proportional steps",
                         "16 perfect samples", "off-noise 0.05", "8 annealings", "clean off-bits", "clean on-bits",
                         "hot start, random probes", "hot start, steps of 1, random probes", "exact, clean vectors"]),
]


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


def exact_laws(weights, biases, hidden, beta=0.1):
    """Return the probabilities of the hidden states, (runs, 2^hidden), and of each visible group's given those; exactly."""
    visible = (weights.shape[-1] - hidden) // 2
    first, second_group, inner = np.arange(visible), np.arange(visible, 2 * visible), np.arange(2 * visible, 2 * visible + hidden)
    h = exact.states(hidden, UNITS).astype(float)
    s = exact.states(visible, UNITS).astype(float)
    within = 0.5 * np.einsum("ki,rij,kj->rk", h, weights[:, inner[:, None], inner], h)
    log_law = beta * (biases[:, inner] @ h.T + within)  # of the hidden state, up to a constant
    laws = []
    for group in (first, second_group):
        alone = 0.5 * np.einsum("ki,rij,kj->rk", s, weights[:, group[:, None], group], s) + biases[:, group] @ s.T
        logs = beta * (alone[:, None] + h @ weights[:, inner[:, None], group] @ s.T)
        total = np.logaddexp.reduce(logs, axis=-1)
        laws.append(np.exp(logs - total[..., None]))
        log_law = log_law + total
    return np.exp(log_law - np.logaddexp.reduce(log_law, axis=-1)[:, None]), laws


def exact_moments(weights, biases, hidden, beta=0.1):
    """Return both averages of the free machines exactly: given the hidden state the two visible groups are independent."""
    visible = (weights.shape[-1] - hidden) // 2
    first, second_group, inner = np.arange(visible), np.arange(visible, 2 * visible), np.arange(2 * visible, 2 * visible + hidden)
    h, s = exact.states(hidden, UNITS).astype(float), exact.states(visible, UNITS).astype(float)
    law, laws = exact_laws(weights, biases, hidden, beta)
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


def drawn(law, rng):
    """Draw an index from each row of probabilities."""
    below = law.cumsum(axis=-1)
    return (rng.random((*law.shape[:-1], 1)) * below[..., -1:] >= below).sum(axis=-1)


def perfect_cycle(weights, biases, hidden, patterns, noise, mask, samples, rng, size=2.0):
    """One cycle with independent samples of the true distributions: first the hidden states, then each group given those."""
    visible = patterns.shape[1] // 2
    law, laws = exact_laws(weights, biases, hidden)
    which = drawn(np.repeat(law[:, None], samples, axis=1), rng)
    groups = [exact.states(visible, UNITS)[drawn(p[np.arange(len(p))[:, None], which], rng)] for p in laws]
    free = np.concatenate([*groups, exact.states(hidden, UNITS)[which]], axis=-1)
    shown = np.tile(patterns, (samples // len(patterns), 1))
    shown = boltzmann.clamp_noise(np.broadcast_to(shown, (len(weights), *shown.shape)), rng, on=noise[0], off=noise[1])
    on = expit((shown @ weights[:, :-hidden, -hidden:] + biases[:, None, -hidden:]) / 10)
    clamped = np.concatenate([shown, rng.random(on.shape) < on], axis=-1)
    (mean, second), (free_mean, free_second) = boltzmann.moments_of_states(clamped), boltzmann.moments_of_states(free)
    return weights + size * np.sign(second - free_second) * mask, biases + size * np.sign(mean - free_mean)


def astray(weights, biases, mask, hidden, schedule, rng, annealings=200):
    """Return, for each run, how far the free averages of an annealing are from the true ones (root of the mean square).

    Two independent halves are averaged; the product of their errors has no share of chance.
    """
    mean, second = exact_moments(weights.astype(float), biases.astype(float), hidden)
    errors = []
    for _ in range(2):
        start = rng.integers(2, size=(len(weights), annealings, len(mask))).astype(weights.dtype)
        seen = boltzmann.annealed_moments(weights, biases, start, rng, boltzmann.free_blocks(mask), schedule, order="random")
        errors.append(np.concatenate([(seen[1] - second)[:, np.triu(mask)], seen[0] - mean], axis=-1))
    return np.sqrt(np.maximum((errors[0] * errors[1]).mean(axis=-1), 0))


def learn(problem, change, cycles, runs, batch, rng):
    """Learn with several runs at once; return a row of numbers for each run."""
    visible, hidden = GROUPS[problem]
    order = "blocks" if problem == "8-3-8" and change != "as in the paper" else "random"
    how = {"order": order, "noise": NOISE[problem], **CHANGES[change]}
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
    far = astray(weights, biases, mask, hidden, how.get("schedule", ladder.ENCODER_1985), rng)
    return [[*summary(found[:, run] >= visible - 1, good[:, run], float(np.abs(weights[run]).max())), round(float(far[run]), 4)]
            for run in range(runs)]


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


def spacing(weights, biases, rng):
    """Return rows of numbers, one for each machine: its different codes, the least distance of two codes in bits, the largest
    cosine of the hidden weights of two visible units of one group, and the share of pairs with a cosine of 0.8 or more; then
    the last two once more, with each group's weights dealt out at random."""
    rows = []
    for machine, read in zip(weights, codes(weights, biases, 10), strict=True):
        apart = np.bitwise_count(read[:, None] ^ read)[np.triu_indices(40, 1)]
        row = [len(set(read.tolist())), int(apart.min())]
        groups = machine[:80, 80:].reshape(2, 40, 10)
        for dealt in (groups, rng.permuted(groups.reshape(2, 400), axis=1).reshape(2, 40, 10)):
            unit = dealt / np.linalg.norm(dealt, axis=-1, keepdims=True)
            cosines = (unit @ unit.swapaxes(1, 2))[:, *np.triu_indices(40, 1)]
            row += [round(float(cosines.max()), 4), round(float((cosines >= 0.8).mean()), 6)]
        rows.append(row)
    return rows


def large(runs, rng):
    """Learn 40-10-40: 300 cycles without hidden units, 500 with noise, then clean ones in each way; tests, codes and machines."""
    mask, patterns, rows, spaces, kept = connected("40-10-40"), data.encoder(40), [], [], {}
    weights, biases = np.zeros((runs, 80, 80), np.float32), np.zeros((runs, 80), np.float32)
    how = dict(annealings=1, noise=NOISE["40-10-40"], order="random")
    for _ in range(300):
        weights, biases = boltzmann.annealed_cycle(weights, biases, patterns, rng, mask[:80, :80], **how)
    weights, biases = np.pad(weights, ((0, 0), (0, 10), (0, 10))), np.pad(biases, ((0, 0), (0, 10)))

    def test(way, cycle, names, trials):
        number = different(codes(weights, biases, 10))
        for name in names:
            right = recall(weights, biases, STAIRS[name], trials, rng)
            rows.extend([way, cycle, name, run, int(number[run]), round(float(right[run]), 4)] for run in range(runs))

    for cycle in range(1, NOISY_CYCLES + 1):
        weights, biases = boltzmann.annealed_cycle(weights, biases, patterns, rng, mask, **how)
        if cycle % 100 == 0:
            test("noise", cycle, ("as in learning", "gentle"), 5)
    noisy_end = weights, biases
    for way, (cycles, changed) in CLEAN.items():
        weights, biases = noisy_end
        for cycle in range(1, cycles + 1):
            weights, biases = boltzmann.annealed_cycle(weights, biases, patterns, rng, mask,
                                                       **{**how, "noise": (0.0, 0.0), **changed})
            if cycle in (25, 50) or cycle % 100 == 0:
                test(way, NOISY_CYCLES + cycle, ("as in learning", "gentle"), 5)
        test(f"{way}, end", NOISY_CYCLES + cycles, STAIRS, 10)
        spaces += [[way, run, *row] for run, row in enumerate(spacing(weights, biases, rng))]
        if way in KEPT:
            kept[way] = dict(weights=weights[0].tolist(), biases=biases[0].tolist())
    return dict(rows=rows, spaces=spaces, machines=kept)


def units_gradient(parameters, hidden, patterns, mask, centre):
    """Slopes of the log-likelihood of machines with units as in 1985, at T = 1, exactly."""
    weights, biases = parameters
    mean, second = exact_clamped(weights, biases, hidden, *noisy(patterns, (0.0, 0.0)), beta=1.0)
    free_mean, free_second = exact_moments(weights, biases, hidden, beta=1.0)
    change = (second - free_second) * mask, mean - free_mean
    return boltzmann.centred(*change, mean, mask) if centre else change


def groups_gradient(parameters, table, conditional):
    """The same if each visible group is one unit of v values: its v units, of which always exactly one is on.

    What the groups show is then a pair of numbers (i, j), and all v² pairs are listed, the hidden units summed out. `table` has
    the probabilities of the pairs in the data. Returns the slopes and P(j = i | i) averaged over i, for each run.
    """
    first, second, first_bias, second_bias, bias = parameters
    field = bias[:, None, None] + first[:, :, None] + second[:, None]  # (runs, v, v, hidden)
    logs = first_bias[:, :, None] + second_bias[:, None] + np.logaddexp(0, field).sum(axis=-1)
    answers = softmax(logs, axis=2)
    law = answers / len(table) if conditional else softmax(logs, axis=(1, 2))
    surplus = table - law
    on = surplus[..., None] * expit(field)
    slopes = on.sum(axis=2), on.sum(axis=1), surplus.sum(axis=2), surplus.sum(axis=1), on.sum(axis=(1, 2))
    return slopes, np.einsum("rii->r", answers) / len(table)


def climb(parameters, slopes, steps, rate=0.1):
    """Adam (Kingma and Ba 2015), uphill: each number's step is its mean slope over its root mean square slope."""
    means, squares = [np.zeros_like(x) for x in parameters], [np.zeros_like(x) for x in parameters]
    for step in range(1, steps + 1):
        for x, slope, mean, square in zip(parameters, slopes(parameters, step / steps), means, squares, strict=True):
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope**2 - square)
            x += rate * mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return parameters


def modern(problem, method, runs, rng):
    """Exact slopes and Adam; return a row [codes, part right] for each run.

    "smoothed" mixes a uniform distribution of all pairs into the data, half of it at first and none in the last three tenths.
    """
    visible, hidden = GROUPS[problem]
    how, steps = MODERN[method], MODERN_STEPS[problem]
    if how["units"]:
        mask, patterns = connected(problem), data.encoder(visible)
        upper = np.triu(rng.normal(size=(runs, *mask.shape)) * mask)
        start = [upper + upper.swapaxes(1, 2), np.zeros((runs, len(mask)))]
        weights, biases = climb(start, lambda now, part: units_gradient(now, hidden, patterns, mask, how["centre"]), steps)
        return [[int(number), "nan"] for number in different(codes(weights, biases, hidden))]
    start = [rng.normal(size=(runs, visible, hidden)) for _ in range(2)]
    start += [np.zeros((runs, visible)), np.zeros((runs, visible)), np.zeros((runs, hidden))]
    alone = np.eye(visible) / visible

    def slopes(now, part):
        mixed = how["smooth"] * max(0.0, 1 - part / 0.7)
        return groups_gradient(now, (1 - mixed) * alone + mixed / visible**2, how["conditional"])[0]

    end = climb(start, slopes, steps)
    read = (end[4][:, None] + end[0] + end[1] > 0) @ (1 << np.arange(hidden))
    right = groups_gradient(end, alone, True)[1]
    return [[int(number), round(float(part), 4)] for number, part in zip(different(read), right, strict=True)]


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


def modern_timed(rng, **point):
    began = time.process_time()
    return modern(rng=rng, **point), time.process_time() - began


def large_timed(rng, runs):
    began = time.process_time()
    return large(runs, rng), time.process_time() - began


COLUMNS = ["problem", "change", "cycles", "run", "first", "less_one", "last", "share", "end", "largest", "astray"]


def standing():
    """Return the rows and the seconds that the files hold, by setting."""
    file, rows = RESULTS / "ahs1985.csv", {}
    if file.exists():
        for row in csv.DictReader(file.open(encoding="utf-8")):
            rows.setdefault((row["problem"], row["change"]), []).append([row[column] for column in COLUMNS])
    about = RESULTS / "ahs1985_about.json"
    return rows, json.loads(about.read_text(encoding="utf-8"))["cpu_seconds"] if about.exists() else {}


def main(workers=None, notes=None, afresh=True):
    """Run everything; `notes` is a folder in which finished points are kept, so that a run that was stopped goes on.

    If not `afresh`, settings of the small encoders whose rows stand in the file are left as they are.
    """
    def path(name):
        return None if notes is None else Path(notes) / f"{name}.jsonl"

    settings = [(problem, "as in the paper", how) for problem, how in PAPER.items()]
    settings += [(problem, change, dict(cycles=cycles, runs=runs)) for problem, cycles, runs, names in TRIED for change in names]
    known, spent = ({}, {}) if afresh else standing()
    rows, seconds = [], {}
    for problem, change, how in settings:
        name = f"{problem}, {change}"
        if (problem, change) in known:
            rows += known[problem, change]
            seconds[name] = spent[name]
            continue
        points = batches(problem, change, how["cycles"], how["runs"])
        found, seconds[name] = timed(learn_timed, points, workers, path("runs"))
        of_all = [row for batch in found for row in batch]
        rows += [[problem, change, how["cycles"], run, *row] for run, row in enumerate(of_all)]
    write("ahs1985", COLUMNS, rows)
    [found], seconds["40-10-40"] = timed(large_timed, [dict(runs=5)], workers, path("large"))
    write("ahs1985_recall", ["learning", "cycle", "annealing", "run", "codes", "right"], found["rows"])
    write("ahs1985_codes", ["learning", "run", "codes", "distance", "cosine", "alike", "cosine_dealt", "alike_dealt"],
          found["spaces"])
    (RESULTS / "ahs1985_machines.json").write_text(json.dumps(found["machines"]) + "\n", encoding="utf-8")
    rows = []
    for problem in MODERN_RUNS:
        for method, how in MODERN.items():
            runs = MODERN_RUNS[problem][not how["units"]]
            if runs:
                [found], cost = timed(modern_timed, [dict(problem=problem, method=method, runs=runs)], workers, path("modern"))
                rows += [[problem, method, MODERN_STEPS[problem], run, *row] for run, row in enumerate(found)]
                seconds[f"{problem}, {method}"] = cost
    write("ahs1985_modern", ["problem", "method", "steps", "run", "codes", "right"], rows)
    about = dict(seed=SEED, python=platform.python_version(), numpy=np.__version__, cpu_seconds=seconds)
    (RESULTS / "ahs1985_about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
