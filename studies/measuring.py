"""Chapter 24: how likely digits are to RBMs, with ln Z by annealed importance sampling and, where it can be had, exactly.

Run with ``python -m studies.measuring`` (names of tables after it write only those). 1297 of the 1797 digits of 8 × 8 pixels
are for training, 500 for testing; the split is random and always the same. Two tables and a note are written:

- ``measuring_walks.csv``: machines of several sizes, trained by CD-1 and by PCD: ln Z from 100 walks with several numbers of
  steps, forwards and backwards (backwards from exact samples where the hidden side can be listed, otherwise from the ends of
  chains that began at training digits, which is no bound), the exact ln Z where it can be had, and the means of ln P*(v) over
  training and test digits, from which ln Z is to be subtracted;
- ``measuring_epochs.csv``: PCD without decay for longer and longer: likelihood of training and test digits;
- ``measuring_about.json``: seed, versions and time.
"""

import csv
import json
import sys
import time
from pathlib import Path

import numpy as np

from netlib import data, rbm
from netlib.scan import grid, scan

SEED = 24
WALKS = 100
STEPS = [10, 100, 1000, 5000]
LISTED = 20  # hidden units, at most, for which ln Z is exact
RESULTS = Path(__file__).resolve().parents[1] / "netlib" / "results"


def split():
    """Return 1297 digits to train with and 500 to test with, always the same."""
    images, _ = data.digits()
    order = np.random.default_rng(SEED).permutation(len(images))
    return images[order[:1297]], images[order[1297:]]


def trained(method, hidden, epochs, decay, rng):
    """Return a machine trained on the training digits, at a rate that falls to zero."""
    train, _ = split()
    start = rbm.initial(train, hidden, rng)
    return rbm.train(start, train, rng, method=method, epochs=epochs, batch_size=50, chains=100, decay=decay, dtype=np.float32,
                     rate=lambda epoch: 0.2 * (1 - epoch / epochs)).rbm.astype(np.float64)


def base_bias():
    """Return the visible biases at the foot of the ladder: independent pixels with the means of the training digits."""
    return rbm.initial(split()[0], 1, np.random.default_rng(0)).visible_bias


def ends(machine, rng):
    """Return visible states to walk back from: exact samples, or the ends of chains from training digits; and whether exact."""
    if machine.weights.shape[1] <= LISTED:
        return rbm.exact_sample(machine, WALKS, rng)[:, :64], True
    train, _ = split()
    return rbm.gibbs(machine, train[rng.choice(len(train), WALKS, replace=False)], 1000, rng), False


def walks(method, hidden, run, rng):
    """Return for each number of steps what walks both ways say about ln Z, and the means of ln P*(v)."""
    machine = trained(method, hidden, 150, 1e-3, rng)
    train, test = split()
    unnormalised = rbm.log_marginal(machine, test)
    known = rbm.log_partition(machine) if hidden <= LISTED else None
    begin, fair = ends(machine, rng)
    table = []
    for steps in STEPS:
        betas = np.linspace(0, 1, steps + 1)
        there = rbm.annealed_importance_sampling(machine, betas, WALKS, rng, base_bias())
        back = rbm.reverse_annealed_importance_sampling(machine, betas, begin, rng, base_bias())
        table.append([steps, there.log_z, there.standard_error, there.effective_sample_size, back.log_z, back.standard_error,
                      int(fair), "" if known is None else known, float(rbm.log_marginal(machine, train).mean()),
                      float(unnormalised.mean()), float(unnormalised.std(ddof=1) / np.sqrt(len(test)))])
    return table


def epochs(hidden, epochs, run, rng):
    """Return the mean ln P(v) of training and test digits after a whole training of so many epochs without decay."""
    machine = trained("pcd", hidden, epochs, 0.0, rng)
    found = rbm.annealed_importance_sampling(machine, np.linspace(0, 1, 2001), WALKS, rng, base_bias())
    return [[float(rbm.log_likelihood(machine, digits, found.log_z).mean()) for digits in split()] +
            [found.standard_error, found.effective_sample_size]]


def tables():
    """Return what is scanned for each table: function, points, columns after those of the point."""
    columns = ["steps", "forward", "forward_error", "effective", "backward", "backward_error", "fair", "exact", "train", "test",
               "test_error"]
    return {
        "walks": (walks, grid(method=["cd", "pcd"], hidden=[16, 20, 64, 256], run=[0, 1, 2]), columns),
        "epochs": (epochs, grid(hidden=[16, 64, 256], epochs=[10, 30, 100, 300, 1000], run=[0, 1, 2]),
                   ["train", "test", "error", "effective"]),
    }


def main(names=(), workers=None):
    """Write these tables, or all."""
    began, cpu = time.perf_counter(), time.process_time()
    for name, (function, points, columns) in tables().items():
        if names and name not in names:
            continue
        found = scan(function, points, SEED, workers=workers, progress=True)
        with open(RESULTS / f"measuring_{name}.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*points[0], *columns])
            for point, result in zip(points, found, strict=True):
                writer.writerows([*point.values(), *(round(x, 4) if isinstance(x, float) else x for x in row)] for row in result)
    about = {"seed": SEED, "numpy": np.__version__, "cpu_seconds": round(time.process_time() - cpu),
             "wall_seconds": round(time.perf_counter() - began)}
    (RESULTS / "measuring_about.json").write_text(json.dumps(about) + "\n", encoding="utf-8")
    print(about)


if __name__ == "__main__":
    main(sys.argv[1:])
