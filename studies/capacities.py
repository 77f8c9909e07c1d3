"""Chapter 12: how much Hebb's rule holds, by four meanings of "holds", in two codings; and what damage does to it.

Run with ``python -m studies.capacities`` (some ten minutes on one core). Three tables are written:

- ``capacities.csv``: for random patterns, a coding, N units and P patterns, the share of memories that are kept, and its standard
  error over pattern sets. *all*: every one of the P memories is stable, a share of pattern sets; *each*: a memory is
  stable; *near*: a memory comes to rest with at most 5 % of its units wrong; *back*: so does a probe with 20 % of them wrong;
- ``capacities_half.csv``: the number of patterns at which half are kept, from a straight line through the probits of the shares
  between 0.1 and 0.9 (and the two next to one half), weighted by their errors, and its standard error, which grows with the
  scatter around the line;
- ``capacities_damage.csv``: P/N = 0.05, spins; a share of the weights is cut (the two directions of a pair together), or of
  the units is dead and casts no vote. The mean share of wrong units, among those that live, after recall from the memory.

Spins are ±1; "0/1" are units 0 and 1 with the same weights and threshold 0, as in the paper of 1982. Ties keep; units are asked
in random order. With ties kept a memory is stable, or loses at least one unit and never comes back to itself, since the energy
falls; so *all* and *each* need the fields of the memories only.
"""

import csv
import json
import platform
import time
from pathlib import Path

import numpy as np
from scipy.stats import norm

from netlib import data, hopfield
from netlib.network import SPINS, UNITS
from netlib.scan import scan

SEED = 12
ALPHABETS = {"±1": SPINS, "0/1": UNITS}
SIZES = [50, 100, 200, 400, 800, 1600]
LARGE = [3200, 6400]
ROUGH = [0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.10, 0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.17, 0.18, 0.20, 0.22]
HIGH = [0.24, 0.26, 0.28, 0.30, 0.32, 0.36, 0.40]  # for few units
LOW = [0.02, 0.025, 0.03, 0.035, 0.04, 0.045, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1]  # for many, which are to be exact
SHARES = [0.0, 0.1, 0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9]
WRONG, ALLOWED, PROBES = 0.2, 0.05, 60
RESULTS = Path(__file__).resolve().parents[1] / "netlib" / "results"


def mean_and_error(shares):
    shares = np.asarray(shares, dtype=float)
    return float(shares.mean()), float(shares.std(ddof=1) / np.sqrt(len(shares)))


def stable(patterns, alphabet):
    """Which memories are stable, by the fields of all P of them: shape (P,). No weights are made."""
    signs = patterns.astype(np.float32)
    states = signs if alphabet == SPINS else (signs + 1) / 2
    fields = (states @ signs.T) @ signs - len(signs) * states  # whole numbers below 2^24: exact
    return (fields * signs >= 0).all(axis=1)


def rests_near(patterns, probes, wanted, alphabet, rng):
    """Which probes come to rest with at most 5 % of the units different from the wanted memories."""
    if alphabet == UNITS:
        probes = (probes + 1) // 2
    ends = hopfield.recall_hebb((patterns + 1) // 2 if alphabet == UNITS else patterns, probes, rng, alphabet=alphabet, sweeps=50)
    signs = ends.states if alphabet == SPINS else 2 * ends.states - 1
    return (signs != wanted).mean(axis=-1) <= ALLOWED


def damaged(memories, rng):
    """The memories with a fifth of their units turned over, others for each."""
    wrong = np.zeros(memories.shape, dtype=bool)
    wrong[:, : round(WRONG * memories.shape[1])] = True
    return np.where(rng.permuted(wrong, axis=1), -memories, memories)


def storage(coding, N, P, sets, recall, rng):
    """Shares of memories kept, [meaning, share, error] for each meaning; the recall of *near* and *back* only if asked for."""
    alphabet, shares = ALPHABETS[coding], {"all": [], "each": [], "near": [], "back": []}
    for _ in range(sets):
        patterns = rng.choice(np.array([-1, 1], dtype=np.int8), size=(P, N))
        keeps = stable(patterns, alphabet)
        shares["all"].append(keeps.all())
        shares["each"].append(keeps.mean())
        if recall:
            shown = patterns[:PROBES]
            near, back = rests_near(patterns, np.array([shown, damaged(shown, rng)]), shown, alphabet, rng).mean(axis=1)
            shares["near"].append(near)
            shares["back"].append(back)
    return [[meaning, *mean_and_error(values)] for meaning, values in shares.items() if values]


def damage(kind, N, share, sets, rng):
    """Mean share of wrong units at rest among those that live, and its error over sets."""
    P, wrong = round(0.05 * N), []
    for _ in range(sets):
        patterns = rng.choice(np.array([-1, 1], dtype=np.int8), size=(P, N))
        if kind == "units":
            patterns = patterns[:, rng.permutation(N)[: N - round(share * N)]]
            ends = hopfield.recall_hebb(patterns, patterns[:PROBES], rng, sweeps=50).states
        else:
            left = np.triu(rng.random((N, N)) >= share, 1)
            ends = hopfield.recall(hopfield.hebb(patterns) * (left | left.T), patterns[:PROBES], rng, sweeps=50).states
        wrong.append((ends != patterns[:PROBES]).mean())
    return list(mean_and_error(wrong))


def points():
    """What is to be computed: more sets where they are cheap, loads where something happens (for 0/1 at half of them)."""
    found = []

    def ask(coding, N, load, sets, recall):
        P = round(load * N / (2 if coding == "0/1" else 1))
        if P >= 2 and dict(coding=coding, N=N, P=P, sets=sets, recall=recall) not in found:
            found.append(dict(coding=coding, N=N, P=P, sets=sets, recall=recall))

    for N in SIZES:
        sets = min(60, 6_000 // N) if N < 400 else max(4, 4_800 // N)
        last = {400: 0.22, 800: 0.2, 1600: 0.18}.get(N, 1)
        for coding in ALPHABETS if N < 1600 else ["±1"]:
            if coding == "0/1" and N >= 400:
                sets *= 4  # the bias of 0/1 units is common to all memories of a network, so networks differ much
            for load in ROUGH + (HIGH if N < 400 else []):
                ask(coding, N, load, sets, N < 400 or 0.09 <= load <= last)
    for N in [800, 1600, *LARGE]:
        for load in LOW:
            ask("±1", N, load, 40 if N < 3200 else 20, False)
    return found


def timed_storage(rng, **point):
    began = time.process_time()
    return storage(rng=rng, **point), time.process_time() - began


def timed_damage(rng, **point):
    began = time.process_time()
    return damage(rng=rng, **point), time.process_time() - began


def half_kept(P, share, error, sets):
    """The P at which half are kept, and its standard error."""
    order = np.argsort(P)
    P, share, error, sets = P[order], share[order], error[order], sets[order]
    used = (share > 0.1) & (share < 0.9)
    last = np.flatnonzero(share >= 0.5)[-1]
    used[last : last + 2] = True  # a steep curve may have no other points
    z = norm.ppf(np.clip(share[used], 0.02, 0.98))
    slack = np.hypot(error[used], 0.5 / (sets[used] * np.minimum(P[used], PROBES)))  # no error bar of zero by luck
    (slope, start), cov = np.polyfit(P[used], z, 1, w=norm.pdf(z) / slack, cov="unscaled")
    scatter = (((z - start - slope * P[used]) * norm.pdf(z) / slack) ** 2).sum() / max(used.sum() - 2, 1)
    middle = -start / slope
    gradient = np.array([middle, 1]) / slope
    return float(middle), float(np.sqrt(max(scatter, 1) * gradient @ cov @ gradient))


def halves(table):
    """One row [coding, N, meaning, P, error] for each curve of the table."""
    rows = []
    for coding in ALPHABETS:
        for N in np.unique(table["N"]):
            for meaning in ("all", "each", "near", "back"):
                chosen = (table["coding"] == coding) & (table["N"] == N) & (table["meaning"] == meaning)
                if chosen.any():
                    middle, error = half_kept(*(table[name][chosen] for name in ("P", "share", "error", "sets")))
                    rows.append([coding, int(N), meaning, round(middle, 3), round(error, 3)])
    return rows


def write(name, columns, rows):
    with open(RESULTS / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def main(workers=None, notes=None):
    """Run everything; `notes` is a folder in which finished points are kept, so that a run that was stopped goes on."""
    def path(name):
        return None if notes is None else Path(notes) / f"{name}.jsonl"

    asked = points()
    found = scan(timed_storage, asked, SEED, path=path("storage"), workers=workers, progress=True)
    seconds = {"capacities": round(sum(spent for _, spent in found), 1)}
    kept = {}
    for p, (result, _) in zip(asked, found, strict=True):
        for meaning, share, error in result:
            key = p["coding"], p["N"], p["P"], meaning
            if key not in kept or kept[key][-1] < p["sets"]:  # asked twice: the larger sample
                kept[key] = [round(share, 5), round(error, 5), p["sets"]]
    write("capacities", ["coding", "N", "P", "meaning", "share", "error", "sets"], [[*key, *row] for key, row in kept.items()])
    write("capacities_half", ["coding", "N", "meaning", "P", "error"], halves(data.study("capacities")))
    asked = [dict(kind=kind, N=N, share=share, sets=60 if N == 100 else 5)
             for N in (100, 1000) for kind in ("weights", "units") for share in SHARES]
    found = scan(timed_damage, asked, SEED, path=path("damage"), workers=workers, progress=True)
    seconds["damage"] = round(sum(spent for _, spent in found), 1)
    rows = [[p["kind"], p["N"], p["share"], *(round(x, 5) for x in result), p["sets"]]
            for p, (result, _) in zip(asked, found, strict=True)]
    write("capacities_damage", ["kind", "N", "share", "wrong", "error", "sets"], rows)
    about = dict(seed=SEED, python=platform.python_version(), numpy=np.__version__, cpu_seconds=seconds)
    (RESULTS / "capacities_about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
