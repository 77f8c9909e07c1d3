"""Chapter 27: what a second layer adds on digits, what its weights are worth to a classifier, and a denoiser that is learned.

Run with ``python -m studies.deep`` (names of tables after it write only those). Four tables and a note are written:

- ``deep_likelihood.csv``: exact mean log-likelihoods, in nats a picture, of machines with 16 units in the middle: the RBM, a
  belief network with a second layer of 64 above it that starts as the RBM's transpose or at random, and a Boltzmann machine of
  the same three layers that learns both at once;
- ``deep_classify.csv``: errors of a classifier whose two hidden layers start as a stack of RBMs, or at random, and of one without
  hidden layers, by the number of digits whose labels it may see;
- ``deep_denoise.csv``: two small networks learn, from two halves of a set of digits, to take away noise; how near their pictures
  come to what they have seen, and to each other, when both start from the same noise;
- ``deep_dreams.csv``: ten exact draws from an RBM, a belief network and a Boltzmann machine of these sizes, a byte for each row
  of a picture;
- ``deep_about.json``: seed, versions, and the seconds that it took.
"""

import csv
import json
import platform
import sys
import time
from pathlib import Path

import numpy as np
from scipy.special import expit, log_softmax, logsumexp, softmax

from netlib import data, exact, rbm
from netlib.network import UNITS
from netlib.scan import grid, scan

SEED = 27
RESULTS = Path(__file__).resolve().parents[1] / "netlib" / "results"
MIDDLE, ABOVE = 16, 64
EPOCHS = [0, 1, 4, 16]
LABELLED = [50, 100, 300, 1400]
RATES = [0.001, 0.003, 0.01]
NOISES = np.geomspace(10, 0.05, 60)


# What a second layer adds.


def middle_states(units=MIDDLE):
    return exact.states(units, UNITS).astype(float)


def log_law(top):
    """ln P(h) of all states of the lower side of a machine: of the middle layer, under the machine above it."""
    return -rbm.free_energy(top, middle_states(len(top.weights))) - rbm.log_partition(top)


def belief_network(below, top, pictures):
    """Return the mean of ln P(v) and of its bound for a stack of two, by enumerating the middle layer."""
    h = middle_states(len(top.weights))
    field = below.visible_bias + h @ below.weights.T
    prior = log_law(top) - np.logaddexp(0, field).sum(axis=1)
    likelihood, bound = [], []
    for some in np.array_split(np.asarray(pictures, float), max(1, len(pictures) * len(h) // 2**22)):
        joint = prior + some @ field.T
        a = below.hidden_bias + some @ below.weights
        posterior = a @ h.T - np.logaddexp(0, a).sum(axis=1, keepdims=True)
        likelihood.append(logsumexp(joint, axis=1))
        bound.append((np.exp(posterior) * (joint - posterior)).sum(axis=1))
    return float(np.concatenate(likelihood).mean()), float(np.concatenate(bound).mean())


def boltzmann_network(below, top, pictures):
    """Return the mean of ln P(v) of the Boltzmann machine v–h–g with the weights of two RBMs; the h biases are those of `top`."""
    h = middle_states(len(top.weights))
    up = h @ top.visible_bias + np.logaddexp(0, top.hidden_bias + h @ top.weights).sum(axis=1)
    field = below.visible_bias + h @ below.weights.T
    log_z = logsumexp(up + np.logaddexp(0, field).sum(axis=1))
    parts = [logsumexp(up + some @ field.T, axis=1)
             for some in np.array_split(np.asarray(pictures, float), max(1, len(pictures) * len(h) // 2**22))]
    return float(np.concatenate(parts).mean() - log_z)


def teach(machine, pictures, rng, method, epochs=150):
    """Train a machine by short or by persistent chains, at a rate that falls to zero."""
    return rbm.train(machine, pictures, rng, method=method, epochs=epochs, batch_size=50, chains=100,
                     rate=lambda epoch: 0.1 * (1 - epoch / epochs), decay=1e-4).rbm


def turned(machine):
    """The same machine upside down."""
    return rbm.RBM(machine.weights.T, machine.hidden_bias, machine.visible_bias)


def codes(below, pictures, rng):
    """Many draws of the hidden units, ten for each picture."""
    return rbm.sample_hidden(below, np.tile(pictures, (10, 1)), rng)


def teach_together(pictures, rng, epochs=150, chains=100, rounds=10):
    """Train v–h–g at once: mean field with the picture held, persistent chains without. Returns two RBMs, lower and upper."""
    start = rbm.initial(pictures, MIDDLE, rng, scale=0.05)
    W, b = start.weights.copy(), start.visible_bias.copy()
    X, c, d = rng.normal(scale=0.05, size=(MIDDLE, ABOVE)), np.zeros(MIDDLE), np.zeros(ABOVE)
    v, g = rng.random((chains, len(b))) < 0.5, rng.random((chains, ABOVE)) < 0.5
    for epoch in range(epochs):
        rate = 0.1 * (1 - epoch / epochs)
        order = rng.permutation(len(pictures))
        for first in range(0, len(order) - 49, 50):
            seen = pictures[order[first : first + 50]].astype(float)
            top = np.full((50, ABOVE), 0.5)
            for _ in range(rounds):
                middle = expit(c + seen @ W + top @ X.T)
                top = expit(d + middle @ X)
            h = rng.random((chains, MIDDLE)) < expit(c + v @ W + g @ X.T)  # one colour
            v, g = rng.random(v.shape) < expit(b + h @ W.T), rng.random(g.shape) < expit(d + h @ X)  # the other
            p = expit(c + v @ W + g @ X.T)
            W += rate * (seen.T @ middle / 50 - v.T @ p / chains - 1e-4 * W)
            X += rate * (middle.T @ top / 50 - p.T @ g / chains - 1e-4 * X)
            b += rate * (seen.mean(axis=0) - v.mean(axis=0))
            c += rate * (middle.mean(axis=0) - p.mean(axis=0))
            d += rate * (top.mean(axis=0) - g.mean(axis=0))
    return rbm.RBM(W, b, np.zeros(MIDDLE)), rbm.RBM(X, c, d)


def likelihood(learned, run, rng):
    """Return rows [machine, epochs of the second layer, ln P on 360 new digits, its bound, ln P on 360 seen digits]."""
    images = rng.permutation(data.digits()[0])
    new, seen = images[:360], images[360:]
    if learned == "together":
        pair = teach_together(seen, rng)
        value = boltzmann_network(*pair, new)
        return [["together", 150, value, value, boltzmann_network(*pair, seen[:360])]]
    below = teach(rbm.initial(seen, MIDDLE, rng), seen, rng, learned)
    h = codes(below, seen, rng)
    rows = []
    for start in ("transpose", "random"):
        for epochs in EPOCHS:
            top = turned(below) if start == "transpose" else rbm.initial(h, ABOVE, rng)
            if epochs:
                top = teach(top, h, rng, "pcd", epochs)
            value, bound = belief_network(below, top, new)
            rows.append([start, epochs, value, bound, belief_network(below, top, seen[:360])[0]])
    return rows


def draw(log_p, below, number, rng):
    """Draw pictures: codes of the middle layer from their law (its logarithm, up to a constant), then the pixels once."""
    h = middle_states(len(below.hidden_bias))
    chosen = h[rng.choice(len(h), size=number, p=softmax(log_p))]
    return rng.random((number, len(below.visible_bias))) < expit(below.visible_bias + chosen @ below.weights.T)


def dreams(machine, rng):
    """Return rows [number, the eight rows of a picture as bytes] of ten independent draws from one machine."""
    seen = rng.permutation(data.digits()[0])[360:]
    if machine == "boltzmann":
        below, top = teach_together(seen, rng)
        pixels = below.visible_bias + middle_states() @ below.weights.T
        log_p = log_law(top) + np.logaddexp(0, pixels).sum(axis=1)
    else:
        below = teach(rbm.initial(seen, MIDDLE, rng), seen, rng, "pcd")
        top = turned(below)
        if machine == "belief":
            top = teach(top, codes(below, seen, rng), rng, "pcd", 16)
        log_p = log_law(top)
    rows = np.packbits(draw(log_p, below, 10, rng).reshape(10, 8, 8), axis=2)[:, :, 0]
    return [[number, *row.tolist()] for number, row in enumerate(rows)]


# What its weights are worth to a classifier.


def forward(layers, pictures):
    """All layers of a classifier: sigmoids, and a softmax at the end (its logarithm)."""
    states = [np.asarray(pictures, float)]
    for W, b in layers[:-1]:
        states.append(expit(states[-1] @ W + b))
    W, b = layers[-1]
    return states, log_softmax(states[-1] @ W + b, axis=1)


def slopes(layers, pictures, labels):
    """Return the gradient of the mean of −ln P(label), layer by layer."""
    states, log_p = forward(layers, pictures)
    error = (np.exp(log_p) - np.eye(10)[labels]) / len(labels)
    found = []
    for (W, _), state in zip(layers[::-1], states[::-1], strict=True):
        found.append((state.T @ error, error.sum(axis=0)))
        error = (error @ W.T) * state * (1 - state)
    return found[::-1]


class Adam:
    """Adam's step for a list of arrays, which change in place."""

    def __init__(self, arrays):
        self.arrays, self.steps = arrays, 0
        self.mean, self.square = ([np.zeros_like(a) for a in arrays] for _ in range(2))

    def step(self, gradients, rate):
        self.steps += 1
        for a, g, m, q in zip(self.arrays, gradients, self.mean, self.square, strict=True):
            m += 0.1 * (g - m)
            q += 0.001 * (g * g - q)
            a -= rate * (m / (1 - 0.9**self.steps)) / (np.sqrt(q / (1 - 0.999**self.steps)) + 1e-8)


def tune(layers, pictures, labels, rate, rng, updates=1500):
    """Fit a classifier by Adam in batches of 50."""
    layers = [(W.copy(), b.copy()) for W, b in layers]
    adam = Adam([array for layer in layers for array in layer])
    for _ in range(updates):
        batch = rng.integers(len(labels), size=min(50, len(labels)))
        adam.step([g for pair in slopes(layers, pictures[batch], labels[batch]) for g in pair], rate)
    return layers


def classify(run, rng):
    """Return rows [start, labelled, error on new digits]; each start takes the rate that is best on 200 other digits."""
    images, labels = data.digits()
    order = rng.permutation(len(images))
    new, held, seen = order[:197], order[197:397], order[397:]
    stack = rbm.train_stack(images[seen], [100, 100], rng, epochs=50, batch_size=50, rate=0.1, decay=1e-4)
    starts = {
        "stack": [(machine.weights, machine.hidden_bias) for machine in stack],
        "random": [(rng.normal(size=(n, 100)) / np.sqrt(n), np.zeros(100)) for n in (64, 100)],
        "pixels": [],
    }
    rows = []
    for name, lower in starts.items():
        begin = lower + [(np.zeros((100 if lower else 64, 10)), np.zeros(10))]
        for number in LABELLED:
            told = seen[:number]
            tried = []
            for rate in RATES:
                layers = tune(begin, images[told], labels[told], rate, rng)
                errors = [float((forward(layers, images[some])[1].argmax(axis=1) != labels[some]).mean()) for some in (held, new)]
                tried.append((*errors, rate))
            rows.append([name, number, min(tried)[1]])
    return rows


# A denoiser that is learned.


def new_denoiser(hidden, rng):
    up, down = rng.normal(size=(65, hidden)) / 8, rng.normal(size=(hidden, 64)) / (2 * np.sqrt(hidden))
    return [up, np.zeros(hidden), down, np.zeros(64)]


def denoise(network, noisy, noise):
    """What a network with one hidden layer takes a noisy picture for; `noise` is a standard deviation, or a column of them."""
    A, a, B, b = network
    noise = np.broadcast_to(noise, (len(noisy), 1))
    told = np.hstack([noisy / np.sqrt(1 + noise**2), np.log(noise)])
    hidden = np.tanh(told @ A + a)
    return told, hidden, np.tanh(hidden @ B + b)


def learn_to_denoise(pictures, rng, hidden=128, updates=8000, batch=128, rate=0.002):
    """Add noise of all sizes to pictures of ±1, and follow the slope of the squared error of the network's answer."""
    network = new_denoiser(hidden, rng)
    adam = Adam(network)
    for update in range(updates):
        clean = pictures[rng.integers(len(pictures), size=batch)]
        noise = np.exp(rng.uniform(np.log(0.1), np.log(10), size=(batch, 1)))
        told, middle, answer = denoise(network, clean + noise * rng.normal(size=clean.shape), noise)
        error = 2 * (answer - clean) / batch * (1 - answer**2)
        back = (error @ network[2].T) * (1 - middle**2)
        adam.step([told.T @ back, back.sum(axis=0), middle.T @ error, error.sum(axis=0)], rate * (1 - update / updates))
    return network


def exact_denoiser(pictures, noisy, noise):
    """The mean of the pictures, weighted by how well each explains the noisy one: no answer has a smaller error on them."""
    return softmax(noisy @ pictures.T / noise**2, axis=1) @ pictures


def flow(denoiser, noisy, noises=NOISES):
    """From much noise to none: keep the share t'/t of what the denoiser calls noise, at each step."""
    for now, then in zip(noises, [*noises[1:], 0], strict=True):
        guess = denoiser(noisy, now)
        noisy = guess + then / now * (noisy - guess)
    return noisy


def wrong_pixels(one, other):
    """Pixels that differ, for each of the first the smallest number over the others."""
    return ((len(one[0]) - np.sign(one) @ np.sign(other).T) / 2).min(axis=1)


def denoisers(number, run, rng):
    """Return rows [what, value]: two networks from two halves of 2·number digits, and the exact denoiser of the first half."""
    images = 2.0 * rng.permutation(data.digits()[0]) - 1
    halves, new = (images[:number], images[number : 2 * number]), images[2 * number :]
    noise = NOISES[0] * rng.normal(size=(200, 64))
    networks = [learn_to_denoise(half, rng) for half in halves]
    ends = [flow(lambda y, t, network=network: denoise(network, y, t)[2], noise) for network in networks]
    copied = flow(lambda y, t: exact_denoiser(halves[0], y, t), noise)
    other = flow(lambda y, t: exact_denoiser(halves[1], y, t), noise)
    rows = [
        ["network to its half", wrong_pixels(ends[0], halves[0]).mean()],
        ["network to the other half", wrong_pixels(ends[0], halves[1]).mean()],
        ["network to network", (np.sign(ends[0]) != np.sign(ends[1])).sum(axis=1).mean()],
        ["network to another noise", (np.sign(ends[0]) != np.sign(np.roll(ends[1], 1, axis=0))).sum(axis=1).mean()],
        ["network copies", (wrong_pixels(ends[0], halves[0]) == 0).mean()],
        ["exact to its half", wrong_pixels(copied, halves[0]).mean()],
        ["exact to exact", (np.sign(copied) != np.sign(other)).sum(axis=1).mean()],
        ["exact to another noise", (np.sign(copied) != np.sign(np.roll(other, 1, axis=0))).sum(axis=1).mean()],
        ["digit to the other half", wrong_pixels(halves[0][:200], halves[1]).mean()],
    ]
    for t in (0.5, 1.0, 2.0):
        for name, clean in (("seen", halves[0][:200]), ("new", new[:200])):
            noisy = clean + t * rng.normal(size=clean.shape)
            rows.append([f"network error {name} {t}", ((denoise(networks[0], noisy, t)[2] - clean) ** 2).mean()])
            rows.append([f"exact error {name} {t}", ((exact_denoiser(halves[0], noisy, t) - clean) ** 2).mean()])
    return [[name, float(value)] for name, value in rows]


def tables():
    return {
        "likelihood": (likelihood, grid(learned=["cd", "pcd", "together"], run=list(range(5))),
                       ["machine", "epochs", "new", "bound", "seen"]),
        "dreams": (dreams, grid(machine=["rbm", "belief", "boltzmann"]), ["number", *(f"row{row}" for row in range(8))]),
        "classify": (classify, grid(run=list(range(10))), ["start", "labelled", "error"]),
        "denoise": (denoisers, grid(number=[100, 300, 800], run=list(range(4))), ["what", "value"]),
    }


def main(names=(), workers=None):
    """Write these tables, or all."""
    about = RESULTS / "deep_about.json"
    took = json.loads(about.read_text(encoding="utf-8"))["seconds"] if about.exists() else {}
    for name, (function, points, columns) in tables().items():
        if names and name not in names:
            continue
        began, wall = time.process_time(), time.perf_counter()
        found = scan(function, points, SEED, workers=workers, progress=True)
        with open(RESULTS / f"deep_{name}.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*points[0], *columns])
            for point, rows in zip(points, found, strict=True):
                writer.writerows([*point.values(), *(round(x, 4) if isinstance(x, float) else x for x in row)] for row in rows)
        took[name] = {"cpu": round(time.process_time() - began), "wall": round(time.perf_counter() - wall)}
    note = {"seed": SEED, "python": platform.python_version(), "numpy": np.__version__, "seconds": took}
    about.write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
