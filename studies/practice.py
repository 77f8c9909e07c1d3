"""Chapter 25: each knob of the recipe of 2010, moved alone, on the 8 x 8 digits; and what learned features are worth.

Run with ``python -m studies.practice``. Three tables are written:

- ``practice.csv``: 16 hidden units, 40 epochs over 1500 digits, one knob moved away from the plain setting at a time, five starts
  each. The costs are exact, -<ln P(v)> in nats, on 300 of the training pictures and on the 297 held out; the reconstruction error
  is the mean number of pixels that differ after one sampled step v -> h -> v.
- ``practice_end.csv``: of start 0 of each setting, the histogram of its weights and the mean activities of its hidden units.
- ``practice_classify.csv``: ten-fold cross-validation of a ridge classifier on raw pixels, on the features of an RBM of 100
  units, on as many random features, on principal components and on the hidden layers of two autoencoders of 100 units, one of
  which was trained to give clean pictures for noisy ones; everything is fitted on the nine folds alone.
"""

import csv
import time
from pathlib import Path

import numpy as np

from netlib import data, rbm
from netlib.scan import scan

SEED, SPLIT = 25, 1500
MARKS = [1, 2, 5, 10, 20, 40]
EDGES = np.linspace(-6, 6, 25)
PLAIN = dict(method="cd", steps=1, rate=0.05, momentum=0.0, decay=0.0, batch_size=20, scale=0.01, bias="data")
KNOBS = {
    "plain": {},
    "rate 0.005": dict(rate=0.005),
    "rate 0.5": dict(rate=0.5),
    "rate 2": dict(rate=2.0),
    "momentum 0.5, then 0.9": dict(momentum="both"),
    "momentum 0.9, rate 0.005": dict(momentum=0.9, rate=0.005),
    "start 0.1": dict(scale=0.1),
    "start 1": dict(scale=1.0),
    "visible biases from 0": dict(bias="zero"),
    "batch 5": dict(batch_size=5),
    "batch 100": dict(batch_size=100),
    "batch 1500": dict(batch_size=1500),
    "decay 0.0001": dict(decay=1e-4),
    "decay 0.01": dict(decay=1e-2),
    "decay 0.1": dict(decay=1e-1),
    "sparsity 0.1": dict(sparsity=(0.1, 0.3)),
    "CD-10": dict(steps=10),
    "PCD": dict(method="pcd"),
    "centred": dict(centre=True),
}
RESULTS = Path(__file__).resolve().parents[1] / "netlib" / "results"

digits, labels = data.digits()
mixed = np.random.default_rng(SEED).permutation(len(digits))
training, held_out = digits[mixed[:SPLIT]].astype(float), digits[mixed[SPLIT:]].astype(float)


def cost(machine, pictures, log_z):
    """Return -<ln P(v)>, exactly."""
    return float(-rbm.log_likelihood(machine, pictures, log_z).mean())


def knob(setting, start, rng, epochs=MARKS[-1]):
    """Train with one knob moved; return [epoch, cost, held-out cost, wrong pixels] at the marks, and the last machine."""
    settings = PLAIN | KNOBS[setting]
    scale, bias = settings.pop("scale"), settings.pop("bias")
    machine = rbm.initial(training, 16, rng, scale=scale)
    if bias == "zero":
        machine = rbm.RBM(machine.weights)
    if settings["momentum"] == "both":
        settings["momentum"] = lambda epoch: 0.5 if epoch < 5 else 0.9
    table, dice = [], np.random.default_rng(start)

    def watch(now):
        watch.epoch += 1
        if watch.epoch in MARKS:
            log_z = rbm.log_partition(now)
            back = rbm.sample_visible(now, rbm.sample_hidden(now, held_out, dice), dice)
            wrong = float((back != held_out).sum(axis=1).mean())
            table.append([watch.epoch, cost(now, training[:300], log_z), cost(now, held_out, log_z), wrong])
        return []

    watch.epoch = 0
    trained = rbm.train(machine, training, rng, epochs=epochs, chains=100, monitor=watch, **settings)
    return table, trained.rbm


def knob_point(setting, start, rng):
    """One point of the scan: the table and, of start 0, what the dashboard needs."""
    table, machine = knob(setting, start, rng)
    if start:
        return table, None, None
    counts = np.histogram(np.clip(machine.weights, -5.99, 5.99), EDGES)[0]
    return table, counts.tolist(), rbm.hidden_probabilities(machine, held_out).mean(axis=0).tolist()


def ridge_wrong(features, answers, tests, right, penalties=(0.1, 1, 10, 100, 1000)):
    """Share of wrong test digits of one-against-all ridge regression, its penalty chosen on every fifth training row."""
    middle, width = features.mean(axis=0), features.std(axis=0) + 1e-3
    A, B = ((x - middle) / width for x in (features, tests))
    target = np.eye(10)[answers] - 0.1

    def fit(rows, penalty):
        X = A[rows]
        return np.linalg.solve(X.T @ X + penalty * np.eye(X.shape[1]), X.T @ target[rows])

    inner = np.arange(len(A)) % 5 == 0
    best = min(penalties, key=lambda p: ((A[inner] @ fit(~inner, p)).argmax(axis=1) != answers[inner]).mean())
    return float(((B @ fit(slice(None), best)).argmax(axis=1) != right).mean())


def sigmoid(a):
    """Return 1 / (1 + e^-a)."""
    return 1 / (1 + np.exp(-a))


def autoencoder(pictures, noise, rng, hidden=100, epochs=40, rate=1.0):
    """Train an autoencoder, tied weights, on its cross-entropy; `noise` is the probability that an input pixel is flipped."""
    W = rng.normal(scale=0.1, size=(pictures.shape[1], hidden))
    on = pictures.mean(axis=0).clip(0.001, 0.999)
    b, c = np.log(on / (1 - on)), np.zeros(hidden)
    for epoch in range(epochs):
        for rows in np.array_split(rng.permutation(len(pictures)), len(pictures) // 20):
            clean = pictures[rows]
            seen = np.where(rng.random(clean.shape) < noise, 1 - clean, clean)
            h = sigmoid(c + seen @ W)
            off = clean - sigmoid(b + h @ W.T)
            back = (off @ W) * h * (1 - h)
            step = rate * (1 - epoch / epochs) / len(rows)
            W += step * (off.T @ h + seen.T @ back)
            b += step * off.sum(axis=0)
            c += step * back.sum(axis=0)
    return W, b, c


def classify(fold, rng, share=1.0):
    """Wrong answers in one fold, for each kind of features; `share` of the labels are used, all of the pictures."""
    order = np.random.default_rng(SEED + 1).permutation(len(digits))
    test = order[fold::10]
    train = np.setdiff1d(order, test)
    train = rng.permutation(train)
    known = train[: round(share * len(train))]
    x = digits.astype(float)
    start = rbm.initial(x[train], 100, rng)
    learned = rbm.train(start, x[train], rng, method="pcd", epochs=40, batch_size=20, rate=lambda e: 0.05 * (1 - e / 40)).rbm
    random = rbm.RBM(rng.normal(size=(64, 100)) / 2, hidden_bias=rng.normal(size=100))
    directions = np.linalg.svd(x[train] - x[train].mean(axis=0), full_matrices=False)[2][:30].T
    plain, cleaning = (autoencoder(x[train], noise, rng) for noise in (0.0, 0.1))
    kinds = {
        "pixels": lambda v: v,
        "RBM features": lambda v: rbm.hidden_probabilities(learned, v),
        "random features": lambda v: rbm.hidden_probabilities(random, v),
        "30 principal components": lambda v: v @ directions,
        "autoencoder": lambda v: sigmoid(plain[2] + v @ plain[0]),
        "autoencoder, noisy inputs": lambda v: sigmoid(cleaning[2] + v @ cleaning[0]),
    }
    return [[name, ridge_wrong(f(x[known]), labels[known], f(x[test]), labels[test])] for name, f in kinds.items()]


def write(name, columns, rows):
    with open(RESULTS / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def main(workers=None):
    began = time.perf_counter()
    points = [dict(fold=fold, share=share) for share in (0.1, 1.0) for fold in range(10)]
    found = scan(classify, points, SEED, workers=workers)
    rows = [[p["share"], p["fold"], name, round(wrong, 5)] for p, run in zip(points, found, strict=True) for name, wrong in run]
    write("practice_classify", ["share", "fold", "features", "wrong"], rows)
    points = [dict(setting=setting, start=start) for setting in KNOBS for start in range(5)]
    found = scan(knob_point, points, SEED, workers=workers)
    rows = [[*p.values(), e, *(round(x, 4) for x in rest)] for p, run in zip(points, found, strict=True) for e, *rest in run[0]]
    write("practice", ["setting", "start", "epoch", "cost", "held_out", "reconstruction"], rows)
    rows = []
    for p, (_, counts, active) in zip(points, found, strict=True):
        if p["start"] == 0:
            rows += [[p["setting"], "weights", k, n] for k, n in enumerate(counts)]
            rows += [[p["setting"], "active", k, round(a, 4)] for k, a in enumerate(active)]
    write("practice_end", ["setting", "what", "number", "value"], rows)
    print(f"seed {SEED}, numpy {np.__version__}, {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
