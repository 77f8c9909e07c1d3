"""Chapter 9: the square lattice near its critical temperature: Binder cumulants, autocorrelation times, and times to meet.

Run with ``python -m studies.criticality``. It writes

- ``criticality_moments.csv``: for each side L, each of RUNS independent Swendsen–Wang runs at the temperature START, and each
  temperature T near it, the reweighted means of m², m⁴, m²e and m⁴e, and e (per spin), which give the cumulant and its slope;
- ``criticality_times.csv``: at the critical temperature, for each kind of update and each L, the autocorrelation time (1 + 2 Σ ρ)
  of m² and of the energy with its standard error, counted in sweeps (Wolff: a step counts as the share of the lattice it turned);
- ``criticality_meetings.csv``: for each T and L, and each of MEETINGS pairs that start all up and all down and are swept with the
  same coins, after how many sweeps they met (0: not within PATIENCE sweeps);
- ``criticality_about.json``: seed, versions and the CPU seconds of each part.

START is a guess, as one reads it off a plot of the heat capacity; nothing in the first table uses the exact critical temperature.
Temperatures are spaced as 1/L, so that the same share of each run's energies speaks for them.
"""

import csv
import json
import platform
import time
from pathlib import Path

import numpy as np

from netlib import cluster, ising, packed, stats, theory
from netlib.scan import scan

SEED = 9
RESULTS = Path(__file__).resolve().parents[1] / "netlib" / "results"
START, RUNS = 2.27, 16
SIDES = {8: 20_000, 16: 20_000, 32: 20_000, 64: 16_000, 128: 12_000}         # sweeps of each run, after a tenth for warming up
OFFSETS = np.linspace(-1, 1, 41)                                              # (T − START) L / START
HEAT_BATH, SWENDSEN_WANG, WOLFF = (8, 12, 16, 24, 32, 48), (8, 16, 32, 64, 128), (8, 16, 32, 64)
WARM = (2.0, 2.269185314213022, 2.4, 2.6, 3.0)
MEETING_SIDES, MEETINGS, PATIENCE = (8, 16, 32, 64), 64, 30_000
UPDATES = {"Swendsen-Wang": cluster.swendsen_wang_sweep, "Wolff": cluster.wolff_step}


def moments(L, rng):
    """Return rows of run, T, and the reweighted means of m², m⁴, m²e, m⁴e, e."""
    spins = ising.random_spins((RUNS, L, L), rng)
    sweeps = SIDES[L]
    *_, spins = ising.simulate(spins, 1 / START, sweeps // 10, rng, update=cluster.swendsen_wang_sweep)
    e, m, _ = ising.simulate(spins, 1 / START, sweeps, rng, update=cluster.swendsen_wang_sweep)
    rows = []
    for run in range(RUNS):
        measured = np.array([m[run] ** 2, m[run] ** 4, m[run] ** 2 * e[run], m[run] ** 4 * e[run], e[run]])
        for T in START * (1 + OFFSETS / L):
            w = -(1 / T - 1 / START) * L**2 * e[run]
            w = np.exp(w - w.max())
            rows.append([L, run, round(float(T), 8), *(float(f"{x:.9g}") for x in measured @ w / w.sum())])
    return rows


def times(update, L, rng):
    """Return the autocorrelation times of m² and of the energy in sweeps, each with its error."""
    beta = 1 / theory.critical_temperature()
    if update == "heat bath":
        scale = L**2.17
        every = max(1, int(scale / 30))
        words = packed.random_words((L, L), rng)
        words = packed.simulate(words, beta, int(15 * scale), rng, every=int(15 * scale))[2]
        e, m, _ = packed.simulate(words, beta, int(150 * scale), rng, every=every)
        unit = every
    else:
        chains, steps = (16, 6000) if update == "Swendsen-Wang" else (4, 6000)
        spins = np.ones((chains, L, L), dtype=np.int8)
        *_, spins = ising.simulate(spins, beta, steps // 10, rng, update=UPDATES[update])
        e, m, _ = ising.simulate(spins, beta, steps, rng, update=UPDATES[update])
        unit = 1.0 if update == "Swendsen-Wang" else turned(m, L)
    found = [stats.autocorrelation_time_and_error(series) for series in (m**2, e)]
    return [round(float(unit * value), 4) for pair in found for value in pair]


def turned(m, L):
    """Return the mean share of the lattice that a step turned over: its cluster is what the magnetisation changed by, halved."""
    return float(np.abs(np.diff(m, axis=-1)).mean() / 2)


def meetings(T, L, rng):
    """Return for each pair after how many sweeps all up and all down, swept with the same coins, were the same."""
    met = np.zeros(MEETINGS, dtype=int)
    apart = np.arange(MEETINGS)
    high = np.ones((MEETINGS, L, L), dtype=np.int8)
    low = -high
    for sweep in range(1, PATIENCE + 1):
        coins = rng.random(high.shape)
        high, low = (ising.sweep_with_coins(lattices, 1 / T, coins) for lattices in (high, low))
        same = (high == low).all(axis=(1, 2))
        met[apart[same]] = sweep
        apart, high, low = apart[~same], high[~same], low[~same]
        if not apart.size:
            break
    return met.tolist()


def work(what, rng, **point):
    began = time.process_time()
    found = {"moments": moments, "times": times, "meetings": meetings}[what](rng=rng, **point)
    return found, time.process_time() - began


def points():
    found = [dict(what="moments", L=L) for L in SIDES]
    for update, sides in (("heat bath", HEAT_BATH), ("Swendsen-Wang", SWENDSEN_WANG), ("Wolff", WOLFF)):
        found += [dict(what="times", update=update, L=L) for L in sides]
    return found + [dict(what="meetings", T=T, L=L) for T in WARM for L in MEETING_SIDES
                    if L <= {WARM[0]: 8, WARM[1]: 32}.get(T, 64)]


def write(name, columns, rows):
    with open(RESULTS / f"criticality_{name}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def main(workers=None, notes=None):
    """Run everything; `notes` is a folder in which finished points are kept, so that a run that was stopped goes on."""
    asked = points()
    path = None if notes is None else Path(notes) / "criticality.jsonl"
    found = [(point, result, took) for point, (result, took)
             in zip(asked, scan(work, asked, SEED, path=path, workers=workers, progress=True), strict=True)]
    write("moments", ["L", "run", "T", "m2", "m4", "m2e", "m4e", "e"],
          [row for point, rows, _ in found if point["what"] == "moments" for row in rows])
    write("times", ["update", "L", "m2", "m2_error", "energy", "energy_error"],
          [[point["update"], point["L"], *row] for point, row, _ in found if point["what"] == "times"])
    write("meetings", ["T", "L", "pair", "sweeps"], [[point["T"], point["L"], pair, sweeps] for point, row, _ in found
                                                     if point["what"] == "meetings" for pair, sweeps in enumerate(row)])
    seconds = dict.fromkeys(("moments", "times", "meetings"), 0.0)
    for point, _, took in found:
        seconds[point["what"]] += round(took, 1)
    about = dict(seed=SEED, python=platform.python_version(), numpy=np.__version__, cpu_seconds=seconds)
    (RESULTS / "criticality_about.json").write_text(json.dumps(about) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
