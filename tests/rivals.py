"""What each exercise must not call right: wrong numbers and wrong functions that a reader is likely to hand in.

The keys are the chapter's number and the exercise's title, which do not move when an exercise is put before it. The values are
those of typical slips, derived here and not read from the chapters' hints; the functions run on every input and are wrong, each
in one way. A rival may get a hint, never "right" and never "nearly".
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


def everybody(energy=lambda M, N: -(M**2) / (2 * N), counted=True, value=np.abs):
    """The mean of value(m) for N spins of which each pulls on each, with places for slips."""
    def mean(N, T):
        up = np.arange(N + 1)
        exponents = -energy(2 * up - N, N) / T + counted * np.array([log(comb(N, k)) for k in up])
        return float(softmax(exponents) @ value((2 * up - N) / N))
    return mean


def checkerboard(colours=(0, 1), factor=2, fresh=True):
    """The sweep of exercise "Find the bug" in chapter 8, with places for slips."""
    def sweep(spins, beta, rng):
        i, j = np.indices(spins.shape)
        old = spins
        for colour in colours:
            seen = spins if fresh else old
            field = sum(np.roll(seen, step, axis) for axis in (0, 1) for step in (1, -1))
            drawn = np.where(rng.random(spins.shape) < expit(factor * beta * field), 1, -1)
            spins = np.where((i + j) % 2 == colour, drawn, spins)
        return spins
    return sweep


def trial(blocks=20, ddof=1, per_block=False, naive=False, sign=1, units=False, inside=None):
    """Gap and error bar of the trial in chapter 8, with places for slips."""
    def judge(states, W, beta):
        fields = states @ W
        d = sign * (states * fields - fields * np.tanh((inside or beta) * fields))
        d = d.sum(axis=1) if units else d.mean(axis=1)
        means = d if naive else d.reshape(blocks, -1).mean(axis=1)
        return d.mean(), means.std(ddof=ddof) / (1 if per_block else sqrt(len(means)))
    return judge


def unit_sweep(gap=lambda field, bias, T: (field + bias) / T, backwards=False, at_once=False):
    """A sweep of 0/1 units, one after the other, with places for slips."""
    def sweep(W, b, s, T, rng):
        s = np.array(s)
        old = s.copy()
        for i in range(len(s))[::-1] if backwards else range(len(s)):
            s[i] = rng.random() < expit(gap(W[i] @ (old if at_once else s), b[i], T))
        return s
    return sweep


def two_units(share):
    none, first_on, second_on, both = np.log(share)
    return both + none - first_on - second_on, first_on - none, second_on - none


def half_right(data=True, model=True, sign=1, total=False, drawn=False):
    """The exact gradient of an RBM, where the average over data or model may be a product of means."""
    def gradient(W, b, c, pictures):
        v = all_states(len(b))
        p = softmax(v @ b + np.logaddexp(0, c + v @ W).sum(axis=1))
        h, up = expit(c + v @ W), expit(c + pictures @ W)
        up_w = (up > 0.5) if drawn else up
        share = np.full(len(pictures), 1.0 if total else 1 / len(pictures))
        of_data = pictures.T @ (share[:, None] * up_w) if data else np.outer(pictures.mean(axis=0), up.mean(axis=0))
        of_model = v.T @ (p[:, None] * h) if model else np.outer(p @ v, p @ h)
        return sign * (of_data - of_model), pictures.mean(axis=0) - p @ v, up.mean(axis=0) - p @ h
    return gradient


def trainer(bias=1, sign=1, mean=True, steps=None, drawn=False, kept=False, one_by_one=False):
    """Training by CD-k as chapter 23 asks for it, with places for slips."""
    def train(W, b, c, pictures, k, rate, updates, rng):
        W, b, c = (np.array(x, float) for x in (W, b, c))
        chain = pictures
        for _ in range(updates):
            v, up = (chain if kept else pictures), expit(c + pictures @ W)
            for _ in range(steps or k):
                h = rng.random((len(v), len(c))) < expit(c + v @ W)
                v = (rng.random((len(v), len(b))) < expit(b + h @ W.T)).astype(float)
            chain, move = v, sign * rate / (len(pictures) if mean else 1)
            after = h if drawn else expit(c + v @ W)
            W = W + move * (pictures.T @ up - v.T @ after)
            after = expit(c + v @ W) if one_by_one else after
            b, c = b + bias * move * (pictures - v).sum(axis=0), c + bias * move * (up - after).sum(axis=0)
        return W, b, c
    return train


def contrast(stuck=False, drawn=False, sign=1, mean=True, steps=None, again=False):
    """The change of W by CD-k, with places for slips."""
    def change(W, b, c, pictures, k, rng):
        up, v = expit(c + pictures @ W), pictures
        for _ in range(steps or k):
            v = pictures if again else v
            h = (rng.random(up.shape) < (up if stuck else expit(c + v @ W))).astype(float)
            v = (rng.random(v.shape) < expit(b + h @ W.T)).astype(float)
        return sign * (pictures.T @ up - v.T @ (h if drawn else expit(c + v @ W))) / (len(pictures) if mean else 1)
    return change


def without_a_guard(x, y):
    differ, n = int(np.sum(np.asarray(x) != y)), len(x)
    if differ == 0:
        return (n - 1) // 2
    return max((min(differ, n - differ) - 1) // 2, 0)


def at_rest(at_tie=lambda old: old, sweeps=100, at_once=False, backwards=False):
    """Recall unit after unit until nobody changes, with places for slips."""
    def recall(W, s):
        W, s = np.asarray(W), np.array(s)
        for _ in range(sweeps):
            old = s.copy()
            for i in range(len(s))[::-1] if backwards else range(len(s)):
                a = W[i] @ (old if at_once else s)
                s[i] = np.sign(a) if a else at_tie(s[i])
            if (s == old).all():
                break
        return s
    return recall


def basins(diagonal=False, ghosts=True, sweeps=100, per_pattern=False, **slips):
    """How many starts end in a pattern, in a negative, elsewhere, with places for slips."""
    def count(patterns):
        W = patterns.T @ patterns
        if not diagonal:
            W = W - np.diag(np.diag(W))
        ends = [at_rest(sweeps=sweeps, **slips)(W, 2 * s - 1) for s in all_states(patterns.shape[1])]
        stored = np.array([(patterns == end).all(axis=1).any() for end in ends])
        negative = np.array([(patterns == -end).all(axis=1).any() for end in ends]) & ghosts
        counts = stored.sum(), (negative & ~stored).sum(), (~stored & ~negative).sum()
        return tuple(int(n) // (len(patterns) if per_pattern else 1) for n in counts)
    return count


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


def moved(along=lambda row, s: np.roll(row, s), sign=1, first_only=False):
    """The second rows of the shifter, with places for slips."""
    def rows(first, shifts):
        shifts = np.full(len(shifts), shifts[0]) if first_only else np.asarray(shifts)
        return np.array([along(row, sign * s) for row, s in zip(first, shifts, strict=True)])
    return rows


def rolled_flat(first, shifts):
    second = np.empty_like(first)
    for s in (-1, 0, 1):
        second[shifts == s] = np.roll(first[shifts == s], s)
    return second


def without_a_ring(row, s):
    padded = np.concatenate([[0], row, [0]])
    return padded[1 - s : 1 - s + len(row)]


def shift_law(gain=1.0, hidden_bias=True, shift_bias=True, compete=True, rounded=False):
    """P(shift | rows) of exercise 21.7, with places for slips."""
    def law(W, b, c, rows):
        field = hidden_bias * c + np.asarray(rows, float) @ W[:-3]
        score = shift_bias * b[-3:] + gain * np.logaddexp(0, field[:, None, :] + W[-3:]).sum(axis=-1)
        p = softmax(score, axis=1) if compete else np.exp(score - score.max())
        return (p == p.max(axis=1, keepdims=True)).astype(float) if rounded else p
    return law


def coincidence(sign=1, left_out=(), power=False):
    """The coincidence term of exercise 21.5, with places for slips."""
    def term(w1, w2, w3, c):
        total = 0.0
        for state in [(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]:
            if state not in left_out:
                total += (-1) ** (sum(state) + 1) * np.logaddexp(0, c + np.dot(state, (w1, w2, w3)))
        return math.exp(total) if power else sign * float(total)
    return term


RIVALS = {
    "6: A thermometer with one switch": [log(4), 1 / log(4 / 3), 0.25, 1 / 3, 3, -1 / log(3), 1 / log(4)],
    "6: The most probable state, never seen": [1, exp(-100), expit(1), 2.0**-100, expit(-1) ** 100, 2.4e-14, 2.6e-14, 0],
    "6: A thermometer made of noise": [
        lambda energies, C: np.var(energies) / C, lambda energies, C: np.std(energies) / C, lambda energies, C: np.std(energies),
        lambda energies, C: np.mean(energies), lambda energies, C: np.sqrt(np.mean(np.square(energies)) / C),
        lambda energies, C: 1.3 * np.std(energies) / np.sqrt(C), lambda energies, C: np.sqrt(np.var(energies) * C),
        lambda energies, C: (np.var(energies) / C) ** 0.6,
    ],
    "6: T from a table of counts": [1.067, 0.4685, 2.16, 2.856, 0.9, 1, 20 / log(27.95e14)],
    "6: Two baths in contact": [30, 20, 36, 18, 22, 26, 12, 40],
    "6: Find the bug": [
        boltzmann_minus(first), boltzmann_minus(np.mean), boltzmann_minus(np.max), boltzmann_minus(np.median),
        boltzmann_minus(lambda energies: 0), lambda energies, beta: softmax(beta * np.asarray(energies, float)),
        lambda energies, beta: softmax(-np.asarray(energies, float)),
        lambda energies, beta: softmax(-beta * np.clip(energies, -700, 700)),
        lambda energies, beta: softmax(-beta * np.sort(energies)),
        lambda energies, beta: np.exp(-beta * (np.asarray(energies, float) - np.min(energies))),
    ],
    "6: β from a mean": [0.4343, -0.834, 1.199, log(2), log(3), 0.5, 0.9],
    "6: The price of independence (an evening)": [1, 2 * log(cosh(0.5)), 2, 0.2, 0.5, 1 / 0.8636, 0.8],
    "7: The square of four, both ways": [
        lambda beta, copies: 2 * exp(4 * beta) + 12 + 2 * exp(-4 * beta),
        lambda beta, copies: 2 * exp(8 * beta) + 12 + 2 * exp(-8 * beta),
        lambda beta, copies: 2 * cosh(4 * copies * beta) + 12, lambda beta, copies: copies * (4 * cosh(4 * beta) + 12),
        lambda beta, copies: 4 * cosh(2 * copies * beta) + 12, lambda beta, copies: (2 * cosh(copies * beta)) ** 4,
    ],
    "7: Half a magnet": [0.924, 3.667, 3.692, 2.266, 1.820, 4 * tanh(0.5), 4, 2 / 0.5],
    "7: How cold for nine tenths?": [1.444, 0.777, 2.03, 1.548, T_C],
    "7: A ladder of six": [
        2 * 398.97, 2**6 * 1.25**7 * (1 + 2 * 0.6**4), 2**6 * 1.25**7 * (1 + 2 * 0.6**4 + 0.6**7),
        2**6 * 1.25**7 * (1 + 2 * 0.6**4 + 0.6**8), 1 + 2 * 0.6**4 + 0.6**6, 2**6 * 1.25**7,
    ],
    "7: The least push (an evening)": [0.006, 0.021, 0.053, 0.824, 0.103, 1.5 * math.atanh(0.5) / 64, 0.0266],
    "7: A wall comes by itself": [exp(2.5), exp(10), 5, exp(0.8), 74, 144, 153],
    "7: Everybody with everybody": [
        everybody(lambda M, N: -(M**2) / N), everybody(lambda M, N: -(M**2) / 2), everybody(counted=False),
        everybody(value=lambda m: m), everybody(value=np.square), everybody(lambda M, N: M**2 / (2 * N)),
        lambda N, T: everybody()(N, 1 / T), lambda N, T: abs(everybody(value=np.square)(N, T)) ** 0.5,
    ],
    "7: Find the bug: five who want to differ": [105.25, 2.5**5, 1.5**5, 80, 16, 10, 2.5**5 - 1, 2 * (2.5**5 - 1.5**5)],
    "8: A coin with a field": [expit(0.5), expit(-1), expit(4), expit(2), tanh(0.5), expit(1) * 100, 0.5],
    "8: A lonely rebel": [exp(-4 / T_C), exp(-8), exp(-16 / T_C), exp(8 / T_C), expit(-8 / T_C), exp(-2 / T_C), 2.94],
    "8: A referee for parallel updates": [
        returns_too_early, returns_inside_the_outer_loop, every_second,
        lambda W, block: all(W[block[0]][j] == 0 for j in block[1:]), lambda W, block: W[block[0]][block[-1]] == 0,
        lambda W, block: all(W[i][j] == 0 for i, j in zip(block, block[1:], strict=False)),
        lambda W, block: bool(np.sum(np.asarray(W)[np.ix_(block, block)]) == 0),
        lambda W, block: bool((np.asarray(W)[np.ix_(block, block)] <= 0).all()),
        lambda W, block: bool((np.asarray(W)[np.ix_(block, block)] >= 0).all()),
        lambda W, block: bool((np.asarray(W)[block] == 0).all()), lambda W, block: len(block) == 1,
        lambda W, block: bool(np.linalg.det(np.asarray(W, float)[np.ix_(block, block)]) == 0),
    ],
    "8: Predict a wrong result": [-4 * M_18**2, -(M_18**2), -2 * M_18, 0, -2, 2 * M_18**2],
    "8: The corridor": [0, 1, 4, 6, 8, 16],
    "8: How long must it run?": [2500, 2000, 200000, 50, 50000, 100001],
    "8: Find the bug": [
        checkerboard(fresh=False), checkerboard(colours=(1, 0)), checkerboard(factor=1), checkerboard(factor=-2),
        checkerboard(colours=(0, 1, 0)), checkerboard(colours=(0,)), checkerboard(colours=(0, 0)),
        lambda spins, beta, rng: spins,
    ],
    "8: A trial with an error bar (an evening)": [
        trial(ddof=0), trial(blocks=10), trial(per_block=True), trial(naive=True), trial(sign=-1), trial(units=True),
        trial(inside=1),
        lambda states, W, beta: trial()(states, W, beta)[::-1], lambda states, W, beta: trial()(states, W, beta)[0],
    ],
    "11: Votes after the damage": [60, 61, 79, 99, 80, 58, 19],
    "11: Downhill by hand, with a tie": [-6, -9, 4, -5, -8, -2],
    "11: An odd council": [81, 41, 39, 20, 40.5],
    "11: Two councils": [
        without_a_guard, lambda x, y: (min(np.sum(x != y), np.sum(x == y)) - 1) // 2,
        lambda x, y: min(np.sum(x != y), np.sum(x == y)) // 2, lambda x, y: (np.sum(x != y) - 1) // 2,
        lambda x, y: (len(x) - 1) // 2, lambda x, y: max((np.sum(x != y) - 1) // 2, 0),
        lambda x, y: (max(np.sum(x != y), np.sum(x == y)) - 1) // 2,
    ],
    "11: The blotted zero": [31, 16, 48, 14, 23, 8, 7],
    "11: Find the bug": [
        at_rest(lambda old: 0), at_rest(lambda old: 1), at_rest(lambda old: -1), at_rest(at_once=True),
        at_rest(lambda old: -old, sweeps=101), at_rest(sweeps=0), at_rest(lambda old: 1, backwards=True),
        lambda W, s: np.ones(len(s)),
    ],
    "11: All probes at once (an evening)": [
        basins(diagonal=True), basins(at_once=True), basins(ghosts=False), basins(sweeps=0), basins(per_pattern=True),
        lambda patterns: basins()(patterns)[:2], lambda patterns: (sum(basins()(patterns)[:2]), 0, basins()(patterns)[2]),
    ],
    "17: A thermometer in a unit": [2 / log(10), log(9) / 2, 4 / log(9), 1 / log(9), 2 / -log(0.9), 2 / 0.9],
    "17: Completion by pencil": [0.5, 2 / 3, 7 / 12, 39 / 50, 30 / 36, 9 / 50, 5 / 14],
    "17: Down to the step": [
        lambda a, T: float(a > 0) if T == 0 else float(expit(a / T)),
        lambda a, T: float(a >= 0) if T == 0 else float(expit(a / T)),
        lambda a, T: float(expit(2 * a / T)) if T else 0.5 * (1 + np.sign(a)), softened,
        lambda a, T: float(expit(a * T)) if T else 0.5 * (1 + np.sign(a)), lambda a, T: 0.5 if T == 0 else float(expit(a / T)),
    ],
    "17: A cooler model": [
        0.25, 1, 0.5, sqrt(0.5) / (sqrt(0.5) + sqrt(0.3) + sqrt(0.2)), exp(1) / (exp(1) + exp(0.6) + exp(0.4)),
    ],
    "17: The referee": [
        lambda n, p: g_statistic(n, p) / 2, lambda n, p: g_statistic(n, p) / log(2), lambda n, p: g_statistic(n, p) / np.sum(n),
        lambda n, p: ((np.asarray(n) - np.sum(n) * np.asarray(p)) ** 2 / (np.sum(n) * np.asarray(p))).sum(),
        lambda n, p: 2 * np.sum(np.asarray(n) * np.log((np.asarray(n) + 1) / (np.sum(n) * np.asarray(p)))),
    ],
    "17: A network that never rests": [0, 1, 2, 5, 20, 22, 32],
    "17: How hot for both answers? (an evening)": [hot(9), hot(10), hot(13), 26.5, 27, 29, 24, hot(8) / 2, 2, 10, 45],
    "17: Find the bug": [
        unit_sweep(lambda field, bias, T: field / T + bias), unit_sweep(lambda field, bias, T: field + bias / T),
        unit_sweep(lambda field, bias, T: field + bias), unit_sweep(lambda field, bias, T: (field + bias) * T),
        unit_sweep(lambda field, bias, T: 2 * (field + bias) / T), unit_sweep(lambda field, bias, T: (field - bias) / T),
        unit_sweep(lambda field, bias, T: field / T), unit_sweep(backwards=True), unit_sweep(at_once=True),
    ],
    "18: A single day": [0.5, 0, -0.25, -1 / 8, 1 / 2, -1],
    "18: One weight alone": [9, 2.4, log(6 / 5), 3, 1.5, 2],
    "18: The gradient, written by you": [
        lambda W, b, data: slopes(W, b, data, pair_weight=1), lambda W, b, data: slopes(W, b, data, bias_weight=0),
        lambda W, b, data: slopes(W, b, data, bias_weight=-1), lambda W, b, data: -slopes(W, b, data),
        lambda W, b, data: slopes(W, b, data, pair_weight=-0.5), lambda W, b, data: slopes(W, b, data, ddof=1),
        lambda W, b, data: slopes(W, b, data) / 2, lambda W, b, data: np.triu(slopes(W, b, data)),
        lambda W, b, data: slopes(np.zeros_like(W), b, data),
    ],
    "18: How curved?": [3 / 16, -0.25, -1, 0, -1 / 16, -1 / 8],
    "18: A unit that is always on": [1000, 500, 7.5, 6, log(500), 1],
    "18: The largest safe rate": [4 / 3, 2, 3 / 4, 2 / (1 - tanh(0.5) ** 2), 3 / 8, 8, 1.5],
    "18: Without a partition function (an evening)": [
        lambda W, data: float(-np.logaddexp(0, -data * local(W, data)).sum(axis=1).mean()),
        lambda W, data: float(-np.logaddexp(0, -2 * data * local(W, data)).mean()),
        lambda W, data: float(-np.logaddexp(0, -2 * local(W, data)).sum(axis=1).mean()),
        lambda W, data: float(-np.logaddexp(0, 2 * data * local(W, data)).sum(axis=1).mean()),
        lambda W, data: float(-np.logaddexp(0, -2 * data * local(W, data)).sum()),
        lambda W, data: float(np.logaddexp(0, -2 * data * local(W, data)).sum(axis=1).mean()),
        lambda W, data: float(-np.logaddexp(0, -4 * data * local(W, data)).sum(axis=1).mean()),
    ],
    "18: Find the bug": [
        lambda share, steps, rate: (two_units(share)[0] / 2, *two_units(share)[1:]),
        lambda share, steps, rate: tuple(-x for x in two_units(share)),
        lambda share, steps, rate: two_units(share[[0, 2, 1, 3]]),
        lambda share, steps, rate: (two_units(share)[0], *(2 * x for x in two_units(share)[1:])),
        lambda share, steps, rate: (2 * two_units(share)[0], *two_units(share)[1:]),
        lambda share, steps, rate: tuple(exp(x) for x in two_units(share)), lambda share, steps, rate: (0.0, 0.0, 0.0),
    ],
    "21: The ring of three": [22, 18, 24, 8, 21, 16, 6],
    "21: What one couple says": [0.311, 0.1744, 4 / 3, 0.085, 0.2169, 0.5, 0.585],
    "21: How many batches?": [20, 2.5, 1000, 7, 1, 30, 70],
    "21: The best that can be had": [
        lambda n, p: 1 - 2 / 3 * (p**n + (1 - p) ** n), lambda n, p: 1 - p**n - (1 - p) ** n,
        lambda n, p: 1 - 2 / 3 * (p**n + (1 - p) ** n) - 2 / 3 * (p * (1 - p)) ** (n / 2),
        lambda n, p: 1 - 2 / 3 * (p**n + (1 - p) ** n) - (n % 2 == 0) * (p * (1 - p)) ** (n // 2) / 3,
        lambda n, p: 1 - 1 / 3 * (p**n + (1 - p) ** n) - (n % 2 == 0) * 2 / 3 * (p * (1 - p)) ** (n // 2),
        lambda n, p: 1 - (6 - 2 * (n % 2)) / (3 * 2**n),
    ],
    "21: The price of a coincidence": [
        coincidence(power=True), coincidence(sign=-1), coincidence(left_out=[(0, 0, 0)]),
        coincidence(left_out=[(0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0)]), lambda w1, w2, w3, c: coincidence()(w1, w2, w3, 0),
        lambda w1, w2, w3, c: 0.0,
    ],
    "21: Find the bug": [
        rolled_flat, moved(sign=-1), moved(first_only=True), moved(along=without_a_ring), moved(along=lambda row, s: row),
        lambda first, shifts: np.roll(first, 1, axis=1),
    ],
    "21: A machine of your own (an evening)": [
        shift_law(gain=2), shift_law(gain=-1), shift_law(hidden_bias=False), shift_law(shift_bias=False),
        shift_law(compete=False), shift_law(rounded=True),
        lambda W, b, c, rows: softmax(b[-3:] + expit(c + rows @ W[:-3]) @ W[-3:].T, axis=1),
    ],
    "22: With a bias": [20 / 42, 36, 36 / 42, 36 / 70, 20 / 72, 40 / 84],
    "22: Downwards": [6 / 7, 4 / 5, 2, 14 / 42, log(2), 1 / 3, 0.5],
    "22: A free energy that does not overflow": [
        free_energy_by(lambda a: a + np.log1p(np.exp(-a))), free_energy_by(lambda a: np.log1p(np.exp(a))),
        free_energy_by(lambda a: np.log(1 + np.exp(np.minimum(a, 700)))), free_energy_by(lambda a: np.maximum(a, 0)),
        free_energy_by(lambda a: -np.logaddexp(0, a)), free_energy_by(lambda a: np.logaddexp(0, -a)),
        lambda W, b, c, v: float(-np.logaddexp(0, np.asarray(c) + np.asarray(v) @ np.asarray(W)).sum()),
        lambda W, b, c, v: float(-np.dot(b, v) - np.logaddexp(0, np.asarray(v) @ np.asarray(W)).sum()),
        lambda W, b, c, v: float(np.dot(b, v) + np.logaddexp(0, np.asarray(c) + np.asarray(v) @ np.asarray(W)).sum()),
        lambda W, b, c, v: float(-np.dot(b, v) - logsumexp([0, *(np.asarray(c) + np.asarray(v) @ np.asarray(W))])),
    ],
    "22: How many terms?": [2**74, 2**64, 640, 2**10 * 64, 1023, 10, 2**10 + 2**64],
    "22: A wire made of gossip": [2.38, 4, 0, 1.381, 2, log((1 + exp(2)) / 4)],
    "22: One block step, given the dice": [
        block_step(swapped=True), block_step(hidden_bias=False), block_step(visible_bias=False), block_step(gain=2),
        block_step(gain=-1), block_step(same_dice=True),
        lambda W, b, c, v, uh, uv: (uv < expit(b + W @ expit(c + v @ W))).astype(int), lambda W, b, c, v, uh, uv: v,
        lambda W, b, c, v, uh, uv: (expit(b + W @ (expit(c + v @ W) > 0.5)) > 0.5).astype(int),
    ],
    "22: What are hidden units worth?": [log(14), log(512) / 9, 9, 14 * 9 * log(2), -9 * log(2), log(512) / 14, 0],
    "22: Find the bug: a gradient that is half right": [
        half_right(False, False), half_right(True, False), half_right(False, True), half_right(sign=-1), half_right(total=True),
        half_right(drawn=True), lambda *given: half_right()(*given)[::-1], lambda *given: half_right()(*given)[0],
    ],
    "23: The other pixel": [-0.5, 30 / 64, -10 / 16, -5 / 16, -15 / 64, 15 / 32, 0],
    "23: How many steps?": [43, 43.7, 1, 2, 22, 45],
    "23: Slower with weight": [4 * math.atanh(0.5), math.atanh(sqrt(0.5)), 2 * math.atanh(sqrt(0.5)), 4, 2],
    "23: Walk round a rectangle": [
        sides((1, 1, 1, 1)), sides((-1, -1, 1, 1)), sides((1, 1, 0, 0)), sides((1, 1, -1, -1), mid=0),
        sides((1, 1, -1, -1), mid=1), sides((1, 1, -1, -1), components=(1, 0, 1, 0)),
        lambda field, a, b: 0.0, lambda field, a, b: 2 * a * b,
    ],
    "23: Persistent, by hand": [
        lambda W, b, c, d, v, h: v.T @ expit(c + v @ W) / len(v) - d.T @ expit(c + d @ W) / len(d),
        lambda W, b, c, d, v, h: (d.T @ expit(c + d @ W) - v.T @ expit(c + v @ W)) / len(d),
        lambda W, b, c, d, v, h: d.T @ expit(c + d @ W) / len(d) - v.T @ h / len(v),
        lambda W, b, c, d, v, h: d.T @ expit(d @ W) / len(d) - v.T @ expit(v @ W) / len(v),
        lambda W, b, c, d, v, h: d.T @ expit(c + d @ W) / len(d) - expit(b + h @ W.T).T @ h / len(v),
        lambda W, b, c, d, v, h: d.T @ expit(c + d @ W) - v.T @ expit(c + v @ W),
    ],
    "23: The bound, by hand": [0.1, 0.2, 0.025, 7 / 64, 7 / 16, 0.4, 0.9 * 7 / 16, 1 - 0.175],
    "23: Stop in time: an evening": [
        trainer(bias=0), trainer(sign=-1), trainer(mean=False), trainer(steps=1), trainer(drawn=True), trainer(kept=True),
        trainer(one_by_one=True), lambda W, b, c, *_: (W, b, c),
    ],
    "23: Find the bug: ten steps that are one": [
        contrast(stuck=True), contrast(drawn=True), contrast(sign=-1), contrast(mean=False), contrast(steps=1),
        contrast(again=True),
    ],
}
