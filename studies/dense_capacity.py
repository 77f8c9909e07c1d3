"""Chapter 16: how many random patterns a dense memory holds, against the number of units, for F(x) = x², x³, x⁴ and eˣ.

Run with ``python -m studies.dense_capacity``. It writes ``dense_capacity.csv``: how often, of ``trials`` fresh sets of P random
patterns of N units,

- question "one": a given pattern is stable (no unit gains by flipping; for eˣ: each flip costs energy);
- question "all" (only for eˣ): each of the P patterns is one of which each flip costs energy;

``dense_capacity_half.csv``, the P at which this happens half of the time, with its error; and ``dense_capacity_about.json``.

The given pattern may be taken as all up, since flipping a unit in all patterns changes nothing. Sums of powers are whole numbers
below 2⁵³, so they are exact.
"""

import csv
import json
import time
from pathlib import Path

import numpy as np
from scipy.special import ndtri
from scipy.stats import binom

from netlib import data
from netlib.scan import scan

SEED = 16
RUNS, TRIALS = 10, 100
UNITS = {2: (100, 200, 400, 800, 1600), 3: (32, 64, 128, 256, 512), 4: (32, 48, 64, 96, 128, 192)}
EXPONENTIAL = {"one": (8, 10, 12, 14, 16, 18, 20), "all": (10, 12, 14, 16, 18, 20, 22)}
RATIO = 1.15                                                      # between the numbers of patterns that are looked at
TIE = 1e-12
RESULTS = Path(__file__).resolve().parents[1] / "netlib" / "results"


def predicted(N, degree):
    """Return the P at which a pattern is stable with probability ½, if the noise on each unit is normal and independent.

    Signal Nⁿ − (N − 2)ⁿ, variance that of F(Y + 1) − F(Y − 1) for a sum Y of N − 1 signs, P − 1 times; both exact.
    """
    ups = np.arange(N)
    Y = 2.0 * ups - (N - 1)
    variance = binom.pmf(ups, N - 1, 0.5) @ ((Y + 1) ** degree - (Y - 1) ** degree) ** 2
    signal = float(N) ** degree - float(N - 2) ** degree
    return 1 + (signal / needed(N)) ** 2 / variance


def needed(N):
    """Return the ratio of signal to noise at which N units are all right with probability ½: Φ(x)^N = ½. About √(2 ln N)."""
    return float(ndtri(0.5 ** (1 / N)))


def marks(middle, below=7, above=7):
    return np.unique(np.rint(middle * RATIO ** np.arange(-below, above + 1.0)).astype(int)).clip(min=1)


def signs(rows, N, rng):
    bits = np.unpackbits(rng.integers(0, 256, size=(rows, (N + 7) // 8), dtype=np.uint8), axis=1, count=N)
    return 2 * bits.astype(np.float32) - 1


def one(N, numbers, F, rng, tie=0.0):
    """Return for each of the numbers of patterns whether the first one, all up, is stable.

    The margin of a unit, E(flipped) − E, is the sum over patterns of F(x) − F(x − 2ξ); up to a tie of −`tie` it is stable.
    """
    margin, done, stable = np.full(N, F(float(N)) - F(N - 2.0)), 1, []
    for P in numbers:
        while done < P:
            patterns = signs(min(20_000, P - done), N, rng)
            done += len(patterns)
            x = patterns.sum(axis=1).astype(float)
            if_up, if_down = F(x) - F(x - 2), F(x) - F(x + 2)
            margin += (if_up + if_down).sum() / 2 + (if_up - if_down) / 2 @ patterns
        stable.append(bool((margin >= tie).all()))
    return stable


def every(N, numbers, rng):
    """Return for each of the numbers of patterns whether all of them are strict minima of the exponential memory.

    The margin of unit i in pattern ν is proportional to ξ_i^ν Σ_μ K_νμ ξ_i^μ − tanh(1) Σ_μ K_νμ with K = exp(ξ^ν·ξ^μ − N).
    """
    patterns = signs(numbers[-1], N, rng).astype(float)
    strict = []
    for P in numbers:
        K = np.exp(patterns[:P] @ patterns[:P].T - N)
        margins = patterns[:P] * (K @ patterns[:P]) - np.tanh(1) * K.sum(axis=1, keepdims=True)
        strict.append(bool((margins > TIE).all()))
    return strict


def middle_of(memory, question, N):
    """Where to look: the prediction for powers; for eˣ as many patterns as there is room for without neighbours."""
    if memory != "exp":
        return predicted(N, int(memory))
    return np.log(2) * 2**N / N * 1.4 if question == "one" else np.sqrt(2 * np.log(2) * 2**N / N)


def measure(memory, question, N, run, rng):
    """Return the numbers of patterns looked at, and of TRIALS sets how many hold."""
    numbers = marks(middle_of(memory, question, N))
    if memory == "exp":
        trials = [every(N, numbers, rng) if question == "all" else one(N, numbers, lambda x: np.exp(x - N), rng, TIE)
                  for _ in range(TRIALS)]
    else:
        trials = [one(N, numbers, lambda x: x ** int(memory), rng) for _ in range(TRIALS)]
    return [numbers, np.sum(trials, axis=0)]


def points():
    found = [dict(memory=str(degree), question="one", N=N, run=run) for degree, sizes in UNITS.items() for N in sizes
             for run in range(RUNS)]
    return found + [dict(memory="exp", question=question, N=N, run=run) for question, sizes in EXPONENTIAL.items() for N in sizes
                    for run in range(RUNS)]


def half(numbers, share):
    """Return the number of patterns at which a falling share crosses ½, by straight lines in ln P."""
    share = np.asarray(share, float)
    k = int(np.flatnonzero(share >= 0.5)[-1])
    if k == len(share) - 1 or share[0] < 0.5:
        raise ValueError(f"the shares must cross one half, got {share}")
    t = (share[k] - 0.5) / (share[k] - share[k + 1])
    return float(numbers[k] * (numbers[k + 1] / numbers[k]) ** t)


def summary(table):
    """Return rows of memory, question, N, P at one half and its standard error (jackknife over the runs)."""
    rows = []
    for memory, question in dict.fromkeys(zip(table["memory"], table["question"], strict=True)):
        chosen = (table["memory"] == memory) & (table["question"] == question)
        for N in np.unique(table["N"][chosen]):
            here = chosen & (table["N"] == N)
            numbers = np.unique(table["P"][here])
            share = table["held"][here].reshape(-1, len(numbers)) / table["trials"][here][0]
            without = [half(numbers, np.delete(share, run, axis=0).mean(axis=0)) for run in range(len(share))]
            error = np.sqrt((len(share) - 1) * np.var(without))
            rows.append([memory, question, int(N), round(half(numbers, share.mean(axis=0)), 3), round(float(error), 3)])
    return rows


def write(name, columns, rows):
    with open(RESULTS / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def main(workers=None):
    began, cpu = time.perf_counter(), time.process_time()
    asked = points()
    found = scan(measure, asked, SEED, workers=workers, progress=True)
    rows = [[*point.values(), P, held, TRIALS] for point, result in zip(asked, found, strict=True)
            for P, held in zip(*result, strict=True)]
    write("dense_capacity", ["memory", "question", "N", "run", "P", "held", "trials"], rows)
    write("dense_capacity_half", ["memory", "question", "N", "P", "error"], summary(data.study("dense_capacity")))
    about = {"seed": SEED, "numpy": np.__version__, "cpu_seconds": round(time.process_time() - cpu),
             "wall_seconds": round(time.perf_counter() - began)}
    (RESULTS / "dense_capacity_about.json").write_text(json.dumps(about) + "\n", encoding="utf-8")
    print(about)


if __name__ == "__main__":
    main()
