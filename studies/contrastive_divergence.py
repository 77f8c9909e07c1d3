"""Chapter 23: CD-1, CD-10, PCD and exact learning on 3 x 3 bars and stripes, in exact likelihood; and CD-1 for too long.

Run with ``python -m studies.contrastive_divergence``. Two tables are written:

- ``contrastive_divergence.csv``: eight hidden units, learning rates that fall linearly to zero, 6000 updates for every method
  and rate, five starts each;
- ``contrastive_divergence_long.csv``: four hidden units, CD-1 at a constant rate for 20 000 updates, five starts.

Every update sees all 14 pictures seven times (98 rows); PCD has 98 chains. So an update of CD-1 and one of PCD cost the same.
The cost is exact, -<ln P(v)> in nats; the reconstruction error is the exact expectation of the number of wrong pixels
after v -> h -> v.
"""

import csv
import time
from pathlib import Path

import numpy as np

from netlib import data, exact, rbm
from netlib.network import UNITS
from netlib.scan import grid, scan

SEED = 23
UPDATES = 6000
MARKS = [0, 100, 200, 300, 400, 600, 800, 1000, 1300, 1600, 2000, 2500, 3000, 3500, 4000, 4500, 5000, 5500, 6000]
LONG = [0, 100, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 4000, 5000, 7000, 10000, 14000, 20000]
METHODS = {"CD-1": ("cd", 1), "CD-10": ("cd", 10), "PCD": ("pcd", 1), "exact": ("exact", 1)}
RESULTS = Path(__file__).resolve().parents[1] / "netlib" / "results"

pictures = data.bars_and_stripes(3)
batch = np.tile(pictures, (7, 1))


def cost(machine):
    """Return -<ln P(v)> over the 14 pictures, exactly."""
    return float(-rbm.log_likelihood(machine, pictures).mean())


def reconstruction(machine):
    """Return the exact expectation of the number of pixels that differ after one step v -> h -> v, averaged over the pictures."""
    hidden = exact.states(machine.weights.shape[1], UNITS)
    p = rbm.hidden_probabilities(machine, pictures)[:, None]
    law = np.where(hidden == 1, p, 1 - p).prod(axis=-1)
    on = law @ rbm.visible_probabilities(machine, hidden)
    return float(np.where(pictures == 1, 1 - on, on).sum(axis=1).mean())


def follow(marks, hidden, rng, **settings):
    """Train, and return [update, cost, reconstruction error] at each of the marks."""
    machine = rbm.initial(pictures, hidden, rng, scale=0.1)
    table = [[0, cost(machine), reconstruction(machine)]]
    updates = 0

    def watch(now):
        nonlocal updates
        updates += 1
        if updates in marks:
            table.append([updates, cost(now), reconstruction(now)])
        return []

    rbm.train(machine, batch, rng, epochs=marks[-1], batch_size=len(batch), chains=len(batch), monitor=watch, **settings)
    return table


def race(method, rate, start, rng):
    """One run of the race: the rate falls linearly to zero."""
    name, steps = METHODS[method]
    return follow(MARKS, 8, rng, method=name, steps=steps, rate=lambda epoch: rate * (1 - epoch / UPDATES))


def too_long(start, rng):
    """CD-1 with four hidden units, at a constant rate."""
    return follow(LONG, 4, rng, method="cd", rate=0.3)


def write(name, columns, rows):
    with open(RESULTS / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def main(workers=None):
    began = time.perf_counter()
    points = grid(method=list(METHODS), rate=[0.05, 0.1, 0.2, 0.4], start=[0, 1, 2, 3, 4])
    found = scan(race, points, SEED, workers=workers, progress=True)
    rows = [[*point.values(), u, round(c, 5), round(r, 5)] for point, run in zip(points, found, strict=True) for u, c, r in run]
    write("contrastive_divergence", ["method", "rate", "start", "update", "cost", "reconstruction"], rows)
    points = grid(start=[0, 1, 2, 3, 4])
    found = scan(too_long, points, SEED, workers=workers, progress=True)
    rows = [[point["start"], u, round(c, 5), round(r, 5)] for point, run in zip(points, found, strict=True) for u, c, r in run]
    write("contrastive_divergence_long", ["start", "update", "cost", "reconstruction"], rows)
    print(f"seed {SEED}, numpy {np.__version__}, {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
