"""Chapter 14: the mean-field theory of Hebb's rule against networks of growing size.

Run with ``python -m studies.hopfield_phases`` (some six minutes on one core). Two tables are written:

- ``hopfield_phases.csv``: at load P/N and temperature T, runs that start at stored patterns. The overlap m, and, from two runs
  with noise of their own, q = ⟨s⟩·⟨s⟩'/N and r = Σ m^μ m^μ'/α over the patterns that are not recalled, where ⟨ ⟩ and ⟨ ⟩' are the
  time averages of the two: an average squared would be too large by its own noise. Standard errors over networks;
- ``hopfield_phases_end.csv``: T = 0, the share of stored patterns from which recall comes to rest with at most 5 % of the units
  wrong, and its standard error over networks, near the critical load.

Weights are divided by N. At T = 0 units are asked in random order and ties keep.
"""

import csv
import json
import platform
import time
from pathlib import Path

import numpy as np

from netlib import hopfield
from netlib.scan import scan

SEED = 14
COLD = [(0.05, 0.0), (0.1, 0.0), (0.13, 0.0)]
WARM = [(0.1, 0.1), (0.05, 0.2), (0.1, 0.2), (0.05, 0.4), (0.03, 0.5)]
NETWORKS = {500: 6, 1000: 4, 2000: 4}
ENDS = {400: 32, 800: 16, 1600: 10, 3200: 4}
LOADS = [0.13, 0.135, 0.14, 0.145, 0.15, 0.155, 0.16, 0.17]
AT = {400: [*LOADS, 0.18, 0.19], 800: [*LOADS, 0.18], 1600: LOADS, 3200: [0.14, 0.145, 0.15, 0.155, 0.16]}  # where half are kept
MEMORIES, DISCARD, SWEEPS, ALLOWED = 10, 20, 80, 0.05
RESULTS = Path(__file__).resolve().parents[1] / "netlib" / "results"


def mean_and_error(values):
    values = np.asarray(values, dtype=float)
    return [float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))]


def order_parameters(patterns, T, rng, memories=MEMORIES, sweeps=SWEEPS, discard=DISCARD):
    """m, q and r of one network, each the mean over its first memories, by two runs from each."""
    P, N = patterns.shape
    shown = patterns[:memories]
    if T == 0:
        ends = hopfield.recall_hebb(patterns, shown, rng).states
        averages = np.array([ends, ends], dtype=float)
    else:
        starts = np.array([shown, shown])
        _, averages = hopfield.recall_stochastic(hopfield.hebb(patterns) / N, starts, 1 / T, sweeps, rng, discard=discard)
    overlaps = averages @ patterns.T / N  # shape (2, memories, P)
    own = np.arange(memories)
    m = overlaps[:, own, own].mean()
    overlaps[:, own, own] = 0
    return float(m), float((averages[0] * averages[1]).mean()), float((overlaps[0] * overlaps[1]).sum(axis=-1).mean() * N / P)


def drawn(N, load, rng):
    return rng.choice(np.array([-1, 1], dtype=np.int8), size=(round(load * N), N))


def retrieval(N, load, T, networks, rng):
    """[m, error, q, error, r, error] over networks."""
    each = np.array([order_parameters(drawn(N, load, rng), T, rng) for _ in range(networks)])
    return [value for column in each.T for value in mean_and_error(column)]


def end(N, load, networks, rng, shown=20):
    """The share of memories that come to rest near themselves, and its error over networks."""
    shares = []
    for _ in range(networks):
        patterns = drawn(N, load, rng)
        states = hopfield.recall_hebb(patterns, patterns[:shown], rng, sweeps=100).states
        shares.append(((states != patterns[:shown]).mean(axis=1) <= ALLOWED).mean())
    return mean_and_error(shares)


def timed(function, **point):
    began = time.process_time()
    return function(**point), time.process_time() - began


def timed_retrieval(rng, **point):
    return timed(retrieval, rng=rng, **point)


def timed_end(rng, **point):
    return timed(end, rng=rng, **point)


def points():
    return [dict(N=N, load=load, T=T, networks=networks) for N, networks in NETWORKS.items() for load, T in COLD + WARM]


def end_points():
    return [dict(N=N, load=load, networks=networks) for N, networks in ENDS.items() for load in AT[N]]


def write(name, columns, rows):
    with open(RESULTS / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def main(workers=None, notes=None):
    """Run everything; `notes` is a folder in which finished points are kept, so that a run that was stopped goes on."""
    seconds = {}
    for name, function, asked, columns in [
        ("hopfield_phases_end", timed_end, end_points(), ["share", "error"]),
        ("hopfield_phases", timed_retrieval, points(), ["m", "m_error", "q", "q_error", "r", "r_error"]),
    ]:
        path = None if notes is None else Path(notes) / f"{name}.jsonl"
        found = scan(function, asked, SEED, path=path, workers=workers, progress=True)
        seconds[name] = round(sum(spent for _, spent in found), 1)
        rows = [[*point.values(), *(round(x, 6) for x in result)] for point, (result, _) in zip(asked, found, strict=True)]
        write(name, [*asked[0], *columns], rows)
    about = dict(seed=SEED, python=platform.python_version(), numpy=np.__version__, cpu_seconds=seconds)
    (RESULTS / "hopfield_phases_about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
