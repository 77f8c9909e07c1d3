"""Chapter 15: rules of storage race against each other, dreams are counted, and the perceptron's limit is approached.

Run with ``python -m studies.storage_rules`` (names of tables after it write only those). Five tables are written:

- ``storage_rules_race.csv``: N = 100, random and correlated patterns, several loads: what each rule keeps, and how far from a
  pattern it still recalls it;
- ``storage_rules_dreams.csv``: what is kept and recalled after a number of dreams, for random patterns and for digits;
- ``storage_rules_awake.csv``: the same for digits that are stored again, a little, after each dream;
- ``storage_rules_capacity.csv``: the share of stable patterns for Hebb's and Storkey's rule at several N;
- ``storage_rules_limit.csv``: the share of random problems that have a solution at all, decided by linear programming: for one
  unit, and for a whole network with symmetric weights.

A pattern counts as *stable* if no unit leaves it, as *recalled* if the network ends at an overlap of 0.95 or more with it, and as
recalled *exactly* if it ends there. The *radius* of a network is the share of wrong units at which half of the probes are
recalled. Dreams are counted in units of P/epsilon, the number that takes as much from the weights as was stored.
"""

import csv
import sys
import time
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from netlib import data, hopfield
from netlib.scan import grid, scan

SEED = 15
N = 100
LOADS = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
FLIPS = [0, 2, 4, 7, 10, 13, 16, 20, 24, 28, 32, 36, 40, 44, 48]
CORRELATIONS = [0.0, 0.25]
ALPHAS = [1.4, 1.6, 1.8, 1.9, 2.0, 2.1, 2.2, 2.4, 2.6]
BEST = 0.55  # dreams of the race, in units of P/epsilon
DIGITS = [3, 5, 7, 10]
RANDOM = [10, 30, 50]
MARKS = [round(0.05 * k, 2) for k in range(25)]
AWAKE = [0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0]
RESULTS = Path(__file__).resolve().parents[1] / "netlib" / "results"


def rules(patterns, rng):
    """Return the weights of each rule; None where the perceptron gave up."""
    P = len(patterns)
    epsilon = 0.02

    def repaired(kappa):
        try:
            return hopfield.perceptron(patterns, kappa, sweeps=200)
        except RuntimeError:
            return None

    return {
        "Hebb": hopfield.hebb(patterns),
        "Storkey": hopfield.storkey(patterns),
        "pseudo-inverse": hopfield.pseudo_inverse(patterns),
        "perceptron, κ = 0": repaired(0.0),
        "perceptron, κ = 1": repaired(1.0),
        "dreams": hopfield.unlearn(hopfield.hebb(patterns), round(BEST * P / epsilon), epsilon, rng),
    }


def hurt(patterns, flips, rng):
    """Return each pattern with this many of its units turned over."""
    wrong = np.where(np.arange(patterns.shape[1]) < flips, -1, 1)
    return patterns * rng.permuted(np.tile(wrong, (len(patterns), 1)), axis=1)


def stable(weights, patterns):
    """Return the share of patterns that no unit leaves."""
    return float((hopfield.stabilities(weights, patterns) >= 0).all(axis=1).mean())


def radius(weights, patterns, rng):
    """Return the share of wrong units at which half of the probes still end near their pattern, or 0."""
    some = patterns[:20]
    probes = np.array([hurt(some, k, rng) for k in FLIPS])
    ends = hopfield.recall(weights, probes, rng).states
    good = ((ends * some).mean(axis=-1) >= 0.95).mean(axis=1)
    below = np.flatnonzero(good < 0.5)
    if not below.size:
        return FLIPS[-1] / patterns.shape[1]
    if below[0] == 0:
        return 0.0
    a, b = below[0] - 1, below[0]
    flips = FLIPS[a] + (good[a] - 0.5) / (good[a] - good[b]) * (FLIPS[b] - FLIPS[a])
    return float(flips / patterns.shape[1])


def race(correlation, load, run, rng):
    """Return [rule, share stable, radius] for each rule on one set of patterns; a rule that gave up has stored nothing."""
    patterns = data.correlated_patterns(round(load * N), N, correlation, rng)
    return [[name, 0.0, 0.0] if weights is None else [name, stable(weights, patterns), radius(weights, patterns, rng)]
            for name, weights in rules(patterns, rng).items()]


def patterns_of(kind, P, rng):
    """Return P patterns: each a random digit of another kind, or signs of 100 units, random or correlated."""
    if kind != "digits":
        return data.correlated_patterns(P, N, 0.25 if kind == "correlated" else 0.0, rng)
    images, labels = data.digits()
    which = rng.choice(10, P, replace=False)
    return np.array([2 * rng.choice(images[labels == digit]) - 1 for digit in which])


def dream(kind, P, run, rng):
    """Return [dreams in units of P/epsilon, share stable, share recalled exactly from a tenth of wrong units] at each mark."""
    epsilon = 0.01
    patterns = patterns_of(kind, P, rng)
    units = patterns.shape[1]
    weights, done, table = hopfield.hebb(patterns), 0, []
    for mark in MARKS:
        wanted = round(mark * P / epsilon)
        weights = hopfield.unlearn(weights, wanted - done, epsilon, rng)
        done = wanted
        probes = np.array([hurt(patterns, round(units / 10), rng) for _ in range(5)])
        ends = hopfield.recall(weights, probes, rng).states
        table.append([mark, stable(weights, patterns), float((ends == patterns).all(axis=-1).mean())])
    return table


def awake(P, run, rng):
    """Dream as before, and after each dream store all patterns again with epsilon/P of Hebb's weights. The same three numbers."""
    epsilon = 0.01
    patterns = patterns_of("digits", P, rng)
    hebb = hopfield.hebb(patterns)
    weights, done, table = hebb, 0, []
    for mark in AWAKE:
        wanted = round(mark * P / epsilon)
        for _ in range(wanted - done):
            weights = hopfield.unlearn(weights, 1, epsilon, rng) + epsilon / P * hebb
        done = wanted
        probes = np.array([hurt(patterns, round(patterns.shape[1] / 10), rng) for _ in range(5)])
        ends = hopfield.recall(weights, probes, rng).states
        table.append([mark, stable(weights, patterns), float((ends == patterns).all(axis=-1).mean())])
    return table


def capacity(rule, units, load, run, rng):
    """Return the share of stable patterns."""
    patterns = data.random_patterns(round(load * units), units, rng)
    return stable(getattr(hopfield, rule)(patterns), patterns)


def solvable(inputs, patterns, rng):
    """Return whether one unit with this many inputs can learn this many random patterns: linear programming, no learning rule."""
    signs = rng.choice([-1.0, 1.0], size=(patterns, inputs)) * rng.choice([-1.0, 1.0], size=(patterns, 1))
    return linprog(np.zeros(inputs), A_ub=-signs, b_ub=-np.ones(patterns), bounds=(None, None), method="highs").status == 0


def solvable_symmetric(units, patterns, rng):
    """Return whether symmetric weights exist for which this many random patterns are stable, every unit on the right side."""
    xi = rng.choice([-1.0, 1.0], size=(patterns, units))
    i, j = np.triu_indices(units, 1)
    pair = np.arange(len(i))
    rows = np.arange(patterns * units).reshape(patterns, units)
    product = xi[:, i] * xi[:, j]  # the same number in the row of unit i and in that of unit j
    entries = np.concatenate([product.ravel(), product.ravel()])
    place = (np.concatenate([rows[:, i].ravel(), rows[:, j].ravel()]), np.tile(pair, 2 * patterns))
    margins = sparse.csr_matrix((entries, place), shape=(rows.size, len(i)))
    return linprog(np.zeros(len(i)), A_ub=-margins, b_ub=-np.ones(rows.size), bounds=(None, None), method="highs").status == 0


def limit(kind, size, load, run, rng):
    """Return how many of 20 random problems have a solution."""
    ask = solvable if kind == "one unit" else solvable_symmetric
    return sum(bool(ask(size, round(load * size), rng)) for _ in range(20))


def write(name, columns, rows):
    with open(RESULTS / f"storage_rules_{name}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def rounded(values):
    return [round(value, 4) if isinstance(value, float) else value for value in values]


def tables():
    """Return what is scanned for each table: function, points, columns after those of the point, and the rows of one result."""
    def lines(result):
        return [rounded(line) for line in result]

    def one(result):
        return [rounded([result])]

    dreamt = grid(kind=["digits"], P=DIGITS, run=list(range(20)))
    dreamt += grid(kind=["random"], P=RANDOM, run=list(range(12))) + grid(kind=["correlated"], P=RANDOM[:2], run=list(range(4)))
    shares = grid(rule=["hebb"], units=[50, 100, 200, 400], load=[0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 0.24], run=list(range(12)))
    shares += grid(rule=["storkey"], units=[50, 100, 200, 400], load=[0.32, 0.4, 0.44, 0.48, 0.52, 0.56, 0.6], run=list(range(6)))
    limits = grid(kind=["one unit"], size=[10, 20, 40, 80], load=ALPHAS, run=list(range(4)))
    limits += grid(kind=["symmetric"], size=[10, 16, 24], load=[0.8, 1.0, 1.1, 1.2, 1.3, 1.4, 1.6], run=[0, 1])
    return {
        "race": (race, grid(correlation=CORRELATIONS, load=LOADS, run=list(range(8))), ["rule", "stable", "radius"], lines),
        "dreams": (dream, dreamt, ["dreams", "stable", "recalled"], lines),
        "awake": (awake, grid(P=[5, 10], run=list(range(20))), ["dreams", "stable", "recalled"], lines),
        "capacity": (capacity, shares, ["stable"], one),
        "limit": (limit, limits, ["solved_of_20"], one),
    }


def main(names=(), workers=None):
    """Write these tables, or all."""
    for name, (function, points, columns, rows) in tables().items():
        if names and name not in names:
            continue
        began = time.process_time()
        found = scan(function, points, SEED, workers=workers, progress=True)
        pairs = zip(points, found, strict=True)
        write(name, [*points[0], *columns], [[*point.values(), *row] for point, result in pairs for row in rows(result)])
        print(f"{name}: seed {SEED}, numpy {np.__version__}, {time.process_time() - began:.0f} s of CPU")


if __name__ == "__main__":
    main(sys.argv[1:])
