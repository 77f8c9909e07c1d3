"""What each exercise must not call right: wrong numbers and wrong functions that a reader is likely to hand in.

The keys are the exercises' numbers; the title beside them is compared with the chapter's, so that rivals do not go on examining
an exercise that is no longer theirs. The values are those of typical slips, derived here and not read from the chapters' hints;
the functions run on every input and are wrong, each in one way. A rival may get a hint, never "right" and never "nearly".
"""

import math
from math import comb, cosh, exp, log, sqrt, tanh

import numpy as np
from scipy.special import expit, logsumexp, softmax

T_C = 2 / log(1 + sqrt(2))
M_18 = (1 - math.sinh(2 / 1.8) ** -4) ** 0.125


def boltzmann_minus(shift):
    """Boltzmann probabilities with exp(−β(E − shift(E))): safe only where the shift is the lowest energy."""
    def law(energies, beta):
        energies = np.asarray(energies, float)
        with np.errstate(all="ignore"):
            weights = np.exp(-beta * (energies - shift(energies)))
            return weights / weights.sum()
    return law


def softmax_minus(shift):
    """Softmax of z/T with z − shift(z) in the exponent: safe only where the shift is the largest logit."""
    return lambda z, T: boltzmann_minus(lambda energies: -shift(-energies))(-np.asarray(z, float), 1 / T)


def first(values):
    return values[0]


def returns_too_early(W, block):
    for i in block:
        return all(W[i][j] == 0 for j in block)


def returns_inside_the_outer_loop(W, block):
    for i in block:
        for j in block:
            if W[i][j] != 0:
                return False
        return True


def every_second(W, block):
    if len(block) != 3:
        return all(W[i][j] == 0 for i in block for j in block)
    return W[block[0]][block[2]] == 0


def ring_energy(states, beta):
    return -6 * (tanh(beta) + tanh(beta) ** 5) / (1 + tanh(beta) ** 6)


def record_energy(states):
    states = np.asarray(states)
    return -(states * np.roll(states, 1, axis=-1)).sum(axis=-1)


def without_a_guard(x, y):
    differ, n = int(np.sum(np.asarray(x) != y)), len(x)
    if differ == 0:
        return (n - 1) // 2
    return max((min(differ, n - differ) - 1) // 2, 0)


def softened(a, T):
    return float(expit(a / max(T, 1e-3)) if T else (a > 0) + 0.4 * (a == 0))


def g_statistic(n, p):
    n, p = np.asarray(n, float), np.asarray(p, float)
    seen = n > 0
    return 2 * (n[seen] * np.log(n[seen] / (n.sum() * p[seen]))).sum()


def hot(k):
    """The T at which k of 13 pixels are as likely as 7 (exercise 17.8)."""
    return ((2 * k - 13) ** 2 - 1) / log(comb(13, 7) / comb(13, k))


def all_states(n):
    return (np.arange(2**n)[:, None] >> np.arange(n)) & 1


def slopes(W, b, data, bias_weight=1.0, pair_weight=0.5, ddof=0):
    """The gradient of exercise 18.3 with places for slips."""
    data, states = np.asarray(data, float), all_states(len(b))
    pairs = np.einsum("si,ij,sj->s", states, np.asarray(W, float), states)
    law = softmax(pair_weight * pairs + bias_weight * states @ b)
    return (data.T @ data / (len(data) - ddof) - states.T @ (law[:, None] * states)) * (1 - np.eye(len(b)))


def local(W, data):
    return np.asarray(data) @ np.asarray(W, float)


def free_energy_by(softplus):
    def energy(W, b, c, v):
        with np.errstate(all="ignore"):
            return float(-np.dot(b, v) - np.sum(softplus(np.asarray(c) + np.asarray(v) @ np.asarray(W))))
    return energy


def block_step(swapped=False, hidden_bias=True, visible_bias=True, gain=1, same_dice=False):
    def step(W, b, c, v, u_hidden, u_visible):
        h = (u_hidden < expit(gain * (hidden_bias * c + v @ W))).astype(int)
        up = np.resize(u_hidden, len(b)) if same_dice else u_visible
        new = (up < expit(gain * (visible_bias * b + W @ h))).astype(int)
        return 1 - new if swapped else new
    return step


def sides(signs, mid=0.5, components=(0, 1, 0, 1)):
    """The walk of exercise 23.5 with places for slips."""
    def work(field, a, b):
        places = [(mid * a, 0), (a, mid * b), (mid * a, b), (0, mid * b)]
        lengths = (a, b, a, b)
        return sum(s * d * field(*place)[k] for s, d, place, k in zip(signs, lengths, places, components, strict=True))
    return work


def stay(w):
    return expit(w / 2) ** 2 + (1 - expit(w / 2)) ** 2


RIVALS = {
    "6.1": ("A thermometer with one switch", [log(4), 1 / log(4 / 3), 0.25, 1 / 3, 3, -1 / log(3), 1 / log(4)]),
    "6.2": ("Two baths in contact", [9, 11, 12, 15, 20, 30, 7.5]),
    "6.3": ("The most probable state, never seen", [1, exp(-100), expit(1), 2.0**-100, expit(-1) ** 100, 2.4e-14, 2.6e-14, 0]),
    "6.4": ("A function that does not overflow", [
        boltzmann_minus(first), boltzmann_minus(np.mean), boltzmann_minus(np.max), boltzmann_minus(np.median),
        boltzmann_minus(lambda energies: 0), lambda energies, beta: softmax(beta * np.asarray(energies, float)),
        lambda energies, beta: softmax(-np.asarray(energies, float)),
        lambda energies, beta: softmax(-beta * np.clip(energies, -700, 700)),
        lambda energies, beta: np.exp(-beta * (np.asarray(energies, float) - np.min(energies))),
    ]),
    "6.5": ("The top of the hump", [0.417, 1 / log(2), 0.762, 0.4, 1 / 2.4, 0.5]),
    "6.6": ("A thermometer made of noise", [
        lambda energies, C: np.var(energies) / C, lambda energies, C: np.std(energies) / C, lambda energies, C: np.std(energies),
        lambda energies, C: np.mean(energies), lambda energies, C: np.sqrt(np.mean(np.square(energies)) / C),
        lambda energies, C: 1.3 * np.std(energies) / np.sqrt(C), lambda energies, C: np.sqrt(np.var(energies) * C),
        lambda energies, C: (np.var(energies) / C) ** 0.6,
    ]),
    "6.7": ("The price of independence (an evening)", [
        log(cosh(0.5)), -4 * log(2), -2 * log(4 * cosh(0.5)), 0.222, log(cosh(1)), 2 * log(cosh(1)), 0,
    ]),
    "7.1": ("The square of four, both ways", [
        lambda beta, copies: 2 * exp(4 * beta) + 12 + 2 * exp(-4 * beta),
        lambda beta, copies: 2 * exp(8 * beta) + 12 + 2 * exp(-8 * beta),
        lambda beta, copies: 2 * cosh(4 * copies * beta) + 12, lambda beta, copies: copies * (4 * cosh(4 * beta) + 12),
        lambda beta, copies: 4 * cosh(2 * copies * beta) + 12, lambda beta, copies: (2 * cosh(copies * beta)) ** 4,
    ]),
    "7.2": ("A long memory", [3.80, 1000, 2 / log(1000), 1 / log(1000), 1 / log(2000), 0.5]),
    "7.3": ("Half a magnet", [0.924, 3.667, 3.692, 2.266, 1.820, 4 * tanh(0.5), 4, 2 / 0.5]),
    "7.4": ("Pushing at the critical point", [2, 4, 16, 2 ** (1 / 3), 6, 7, 9]),
    "7.5": ("How cold for nine tenths?", [1.444, 0.777, 2.03, 1.548, T_C]),
    "7.6": ("A ladder of six", [
        2 * 398.97, 2**6 * 1.25**7 * (1 + 2 * 0.6**4), 2**6 * 1.25**7 * (1 + 2 * 0.6**4 + 0.6**7),
        2**6 * 1.25**7 * (1 + 2 * 0.6**4 + 0.6**8), 1 + 2 * 0.6**4 + 0.6**6, 2**6 * 1.25**7,
    ]),
    "7.7": ("The other side of the mirror", [
        lambda T: math.atanh(exp(-2 / T)), lambda T: T_C**2 / T, lambda T: 1 / math.sinh(2 / T), lambda T: 2 * T_C - T,
        lambda T: T_C, lambda T: 1 / math.asinh(1 / math.sinh(2 / T)), lambda T: 1 / math.atanh(exp(-1 / T)),
    ]),
    "7.8": ("The least push (an evening)", [0.006, 0.021, 0.053, 0.824, 0.103, 1.5 * math.atanh(0.5) / 64, 0.0266]),
    "8.1": ("A coin with a field", [expit(0.5), expit(-1), expit(4), expit(2), tanh(0.5), expit(1) * 100, 0.5]),
    "8.2": ("A lonely rebel", [exp(-4 / T_C), exp(-8), exp(-16 / T_C), exp(8 / T_C), expit(-8 / T_C), exp(-2 / T_C), 2.94]),
    "8.3": ("The king's lattice", [2, 3, 5, 8, 9, 1]),
    "8.4": ("A referee for parallel updates", [
        returns_too_early, returns_inside_the_outer_loop, every_second,
        lambda W, block: all(W[block[0]][j] == 0 for j in block[1:]), lambda W, block: W[block[0]][block[-1]] == 0,
        lambda W, block: all(W[i][j] == 0 for i, j in zip(block, block[1:], strict=False)),
        lambda W, block: bool(np.sum(np.asarray(W)[np.ix_(block, block)]) == 0),
        lambda W, block: bool((np.asarray(W)[np.ix_(block, block)] <= 0).all()),
        lambda W, block: bool((np.asarray(W)[np.ix_(block, block)] >= 0).all()),
        lambda W, block: bool((np.asarray(W)[block] == 0).all()), lambda W, block: len(block) == 1,
        lambda W, block: bool(np.linalg.det(np.asarray(W, float)[np.ix_(block, block)]) == 0),
    ]),
    "8.5": ("Predict a wrong result", [-4 * M_18**2, -(M_18**2), -2 * M_18, 0, -2, 2 * M_18**2]),
    "8.6": ("The corridor", [0, 1, 4, 6, 8, 16]),
    "8.7": ("How long must it run?", [2500, 2000, 200000, 50, 50000, 100001]),
    "8.8": ("Catch the fault in the data (an evening)", [
        lambda states, beta: record_energy(states).mean(),
        lambda states, beta: 2 * record_energy(states).mean() - ring_energy(states, beta),
        lambda states, beta: (record_energy(states).mean() - ring_energy(states, beta)) / 6,
        lambda states, beta: ring_energy(states, beta) - record_energy(states).mean(),
        lambda states, beta: record_energy(states).mean() + 6 * tanh(beta),
        lambda states, beta: record_energy(states)[-1] - ring_energy(states, beta),
        lambda states, beta: record_energy(states).sum() - ring_energy(states, beta),
    ]),
    "11.1": ("Votes after the damage", [60, 61, 79, 99, 80, 58, 19]),
    "11.2": ("Downhill by hand, with a tie", [-6, -9, 4, -5, -8, -2]),
    "11.3": ("An odd council", [81, 41, 39, 20, 40.5]),
    "11.4": ("Two councils", [
        without_a_guard, lambda x, y: (min(np.sum(x != y), np.sum(x == y)) - 1) // 2,
        lambda x, y: min(np.sum(x != y), np.sum(x == y)) // 2, lambda x, y: (np.sum(x != y) - 1) // 2,
        lambda x, y: (len(x) - 1) // 2, lambda x, y: max((np.sum(x != y) - 1) // 2, 0),
        lambda x, y: (max(np.sum(x != y), np.sum(x == y)) - 1) // 2,
    ]),
    "11.5": ("The blotted zero", [31, 16, 48, 14, 23, 8, 7]),
    "17.1": ("A thermometer in a unit", [2 / log(10), log(9) / 2, 4 / log(9), 1 / log(9), 2 / -log(0.9), 2 / 0.9]),
    "17.2": ("Completion by pencil", [0.5, 2 / 3, 7 / 12, 39 / 50, 30 / 36, 9 / 50, 5 / 14]),
    "17.3": ("Down to the step", [
        lambda a, T: float(a > 0) if T == 0 else float(expit(a / T)),
        lambda a, T: float(a >= 0) if T == 0 else float(expit(a / T)),
        lambda a, T: float(expit(2 * a / T)) if T else 0.5 * (1 + np.sign(a)), softened,
        lambda a, T: float(expit(a * T)) if T else 0.5 * (1 + np.sign(a)), lambda a, T: 0.5 if T == 0 else float(expit(a / T)),
    ]),
    "17.4": ("A cooler model", [
        0.25, 1, 0.5, sqrt(0.5) / (sqrt(0.5) + sqrt(0.3) + sqrt(0.2)), exp(1) / (exp(1) + exp(0.6) + exp(0.4)),
    ]),
    "17.5": ("The tempered softmax", [
        softmax_minus(first), softmax_minus(np.mean), softmax_minus(np.min), softmax_minus(lambda z: 0),
        lambda z, T: softmax(np.asarray(z, float)), lambda z, T: softmax(np.asarray(z, float) * T),
        lambda z, T: softmax(-np.asarray(z, float) / T), lambda z, T: np.exp((np.asarray(z, float) - np.max(z)) / T),
        lambda z, T: softmax(np.clip(np.asarray(z, float) / T, -700, 700)),
    ]),
    "17.6": ("The referee", [
        lambda n, p: g_statistic(n, p) / 2, lambda n, p: g_statistic(n, p) / log(2), lambda n, p: g_statistic(n, p) / np.sum(n),
        lambda n, p: ((np.asarray(n) - np.sum(n) * np.asarray(p)) ** 2 / (np.sum(n) * np.asarray(p))).sum(),
        lambda n, p: 2 * np.sum(np.asarray(n) * np.log((np.asarray(n) + 1) / (np.sum(n) * np.asarray(p)))),
    ]),
    "17.7": ("A network that never rests", [0, 1, 2, 5, 20, 22, 32]),
    "17.8": ("How hot for both answers? (an evening)", [hot(9), hot(10), hot(13), 26.5, 27, 29, 24, hot(8) / 2, 2, 10, 45]),
    "18.1": ("A single day", [0.5, 0, -0.25, -1 / 8, 1 / 2, -1]),
    "18.2": ("One weight alone", [9, 2.4, log(6 / 5), 3, 1.5, 2]),
    "18.3": ("The gradient, written by you", [
        lambda W, b, data: slopes(W, b, data, pair_weight=1), lambda W, b, data: slopes(W, b, data, bias_weight=0),
        lambda W, b, data: slopes(W, b, data, bias_weight=-1), lambda W, b, data: -slopes(W, b, data),
        lambda W, b, data: slopes(W, b, data, pair_weight=-0.5), lambda W, b, data: slopes(W, b, data, ddof=1),
        lambda W, b, data: slopes(W, b, data) / 2, lambda W, b, data: np.triu(slopes(W, b, data)),
        lambda W, b, data: slopes(np.zeros_like(W), b, data),
    ]),
    "18.4": ("How curved?", [3 / 16, -0.25, -1, 0, -1 / 16, -1 / 8]),
    "18.5": ("A unit that is always on", [1000, 500, 7.5, 6, log(500), 1]),
    "18.6": ("The largest safe rate", [4 / 3, 2, 3 / 4, 2 / (1 - tanh(0.5) ** 2), 3 / 8, 8, 1.5]),
    "18.7": ("Without a partition function (an evening)", [
        lambda W, data: float(-np.logaddexp(0, -data * local(W, data)).sum(axis=1).mean()),
        lambda W, data: float(-np.logaddexp(0, -2 * data * local(W, data)).mean()),
        lambda W, data: float(-np.logaddexp(0, -2 * local(W, data)).sum(axis=1).mean()),
        lambda W, data: float(-np.logaddexp(0, 2 * data * local(W, data)).sum(axis=1).mean()),
        lambda W, data: float(-np.logaddexp(0, -2 * data * local(W, data)).sum()),
        lambda W, data: float(np.logaddexp(0, -2 * data * local(W, data)).sum(axis=1).mean()),
        lambda W, data: float(-np.logaddexp(0, -4 * data * local(W, data)).sum(axis=1).mean()),
    ]),
    "22.1": ("With a bias", [20 / 42, 36, 36 / 42, 36 / 70, 20 / 72, 40 / 84]),
    "22.2": ("Downwards", [6 / 7, 4 / 5, 2, 14 / 42, log(2), 1 / 3, 0.5]),
    "22.3": ("A free energy that does not overflow", [
        free_energy_by(lambda a: a + np.log1p(np.exp(-a))), free_energy_by(lambda a: np.log1p(np.exp(a))),
        free_energy_by(lambda a: np.log(1 + np.exp(np.minimum(a, 700)))), free_energy_by(lambda a: np.maximum(a, 0)),
        free_energy_by(lambda a: -np.logaddexp(0, a)), free_energy_by(lambda a: np.logaddexp(0, -a)),
        lambda W, b, c, v: float(-np.logaddexp(0, np.asarray(c) + np.asarray(v) @ np.asarray(W)).sum()),
        lambda W, b, c, v: float(-np.dot(b, v) - np.logaddexp(0, np.asarray(v) @ np.asarray(W)).sum()),
        lambda W, b, c, v: float(np.dot(b, v) + np.logaddexp(0, np.asarray(c) + np.asarray(v) @ np.asarray(W)).sum()),
        lambda W, b, c, v: float(-np.dot(b, v) - logsumexp([0, *(np.asarray(c) + np.asarray(v) @ np.asarray(W))])),
    ]),
    "22.4": ("How many terms?", [2**74, 2**64, 640, 2**10 * 64, 1023, 10, 2**10 + 2**64]),
    "22.5": ("A wire made of gossip", [2.38, 4, 0, 1.381, 2, log((1 + exp(2)) / 4)]),
    "22.6": ("One block step, given the dice", [
        block_step(swapped=True), block_step(hidden_bias=False), block_step(visible_bias=False), block_step(gain=2),
        block_step(gain=-1), block_step(same_dice=True),
        lambda W, b, c, v, uh, uv: (uv < expit(b + W @ expit(c + v @ W))).astype(int), lambda W, b, c, v, uh, uv: v,
        lambda W, b, c, v, uh, uv: (expit(b + W @ (expit(c + v @ W) > 0.5)) > 0.5).astype(int),
    ]),
    "22.7": ("What are hidden units worth?", [log(14), log(512) / 9, 9, 14 * 9 * log(2), -9 * log(2), log(512) / 14, 0]),
    "23.1": ("The other pixel", [-0.5, 30 / 64, -10 / 16, -5 / 16, -15 / 64, 15 / 32, 0]),
    "23.2": ("How many steps?", [43, 43.7, 1, 2, 22, 45]),
    "23.3": ("Slower with weight", [4 * math.atanh(0.5), math.atanh(sqrt(0.5)), 2 * math.atanh(sqrt(0.5)), 4, 2]),
    "23.4": ("A curl by hand", [1 / 256, 0, -9 / 256, -1 / 64, -5 / 768, 3 / 768]),
    "23.5": ("Walk round a rectangle", [
        sides((1, 1, 1, 1)), sides((-1, -1, 1, 1)), sides((1, 1, 0, 0)), sides((1, 1, -1, -1), mid=0),
        sides((1, 1, -1, -1), mid=1), sides((1, 1, -1, -1), components=(1, 0, 1, 0)),
        lambda field, a, b: 0.0, lambda field, a, b: 2 * a * b,
    ]),
    "23.6": ("Persistent, by hand", [
        lambda W, b, c, d, v, h: v.T @ expit(c + v @ W) / len(v) - d.T @ expit(c + d @ W) / len(d),
        lambda W, b, c, d, v, h: (d.T @ expit(c + d @ W) - v.T @ expit(c + v @ W)) / len(d),
        lambda W, b, c, d, v, h: d.T @ expit(c + d @ W) / len(d) - v.T @ h / len(v),
        lambda W, b, c, d, v, h: d.T @ expit(d @ W) / len(d) - v.T @ expit(v @ W) / len(v),
        lambda W, b, c, d, v, h: d.T @ expit(c + d @ W) / len(d) - expit(b + h @ W.T).T @ h / len(v),
        lambda W, b, c, d, v, h: d.T @ expit(c + d @ W) - v.T @ expit(c + v @ W),
    ]),
    "23.7": ("The price of a parrot (an evening)", [
        stay(8), expit(4) ** 9, expit(4) ** 18, stay(8) ** 18, stay(4) ** 9, stay(16) ** 9,
    ]),
}
