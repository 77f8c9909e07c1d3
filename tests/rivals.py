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


def one_hidden(W, b, data, fill=expit, pair_weight=0.5, sign=1, total=False):
    """The gradient of exercise 19.6, with places for slips; `fill` makes the last unit's mean from its field."""
    W, data, states = np.asarray(W, float), np.asarray(data, float), all_states(len(b))
    law = softmax(pair_weight * np.einsum("si,ij,sj->s", states, W, states) + states @ b)
    filled = np.column_stack([data, fill(data @ W[:-1, -1] + b[-1])])
    data_moments = filled.T @ filled / (1 if total else len(data))
    return sign * (data_moments - states.T @ (law[:, None] * states)) * (1 - np.eye(len(b)))


def two_hidden(W, b, data, joint=True, joined=True, uniform=False, total=False):
    """The clamped moments of exercise 19.7, with places for slips."""
    W, data = np.array(W, float), np.asarray(data, float)
    if not joined:
        W[-1, -2] = W[-2, -1] = 0
    second = 0
    for v in data:
        states = np.column_stack([np.tile(v, (4, 1)), all_states(2)])
        law = np.full(4, 0.25) if uniform else softmax(np.einsum("si,ij,sj->s", states, W, states) / 2 + states @ b)
        second = second + ((states.T * law) @ states if joint else np.outer(law @ states, law @ states))
    return second / (1 if total else len(data)) * (1 - np.eye(len(b)))


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


def softplus_by(large=math.inf, small=-math.inf, top=lambda x: max(x, 0.0), rest=lambda x: math.log1p(exp(-abs(x))), sign=1):
    """Softplus with places for slips: a shortcut that begins too early, a part left out or turned round."""
    def softplus(x):
        if x > large or x < small:
            return x if x > large else exp(x)
        return sign * (top(x) + rest(x))
    return softplus


def log_mean_exp(c=max, put_back=True, count=len):
    """The logarithm of the average of e^x, with places for slips."""
    def average(x):
        with np.errstate(all="ignore"):
            return float(put_back * c(x) + np.log(np.exp(np.asarray(x) - c(x)).sum() / count(x)))
    return average


def exponential(terms=20, below=0.5, turned=True, halvings=0, inverted=True):
    """e^x by halving, adding up the series and squaring, with places for slips."""
    def e_to_the(x):
        y, squarings, total, term = abs(x) if turned else x, halvings, 1.0, 1.0
        while abs(y) > below:
            y, squarings = y / 2, squarings + 1
        for k in range(1, terms):
            term *= y / k
            total += term
        with np.errstate(all="ignore"):
            total = float(np.float64(total) ** 2.0**squarings)
        return 1 / total if inverted and turned and x < 0 else total
    return e_to_the


def slopes_by_nudging(step=1e-5, left=1, divisor=2, together=False):
    """The gradient of f by finite differences, with places for slips."""
    def gradient(f, x):
        nudges = np.ones((1, len(x))) if together else np.eye(len(x))
        slope = [(f(x + step * e) - f(x - left * step * e)) / (divisor * step) for e in nudges]
        return np.resize(slope, len(x))
    return gradient


def die_with(mean, six=5, sign=1):
    """The probability of one face where p is e to the power of a multiple of the face and the mean is given."""
    faces, low, high = np.arange(1, 7), -5.0, 5.0
    for _ in range(100):
        a = (low + high) / 2
        low, high = (a, high) if softmax(a * faces) @ faces < mean else (low, a)
    return float(softmax(sign * a * faces)[six])


def coldness(low=-1e5, high=1e5, halvings=200, at_the_end=lambda beta: beta):
    """β for a given mean energy by halving an interval, with places for slips."""
    def beta(E, U):
        a, b = low, high
        for _ in range(halvings):
            middle = (a + b) / 2
            a, b = (middle, b) if softmax(-middle * np.asarray(E)) @ E > U else (a, middle)
        return float(at_the_end((a + b) / 2))
    return beta


def resemblance(about=np.mean, divisor=lambda n, t: n, scaled=True, lag=0):
    """The autocorrelation of a series at lag t, with places for slips."""
    def at(x, t):
        d, t = np.asarray(x) - about(x), t + lag
        lagged = (d[: len(d) - t] * d[t:]).sum() / divisor(len(d), t)
        return float(lagged / (d * d).mean() if scaled else lagged)
    return at


def row_walk(accept=lambda ratio: min(1.0, ratio), inward=False, ring=False, stays=True, proposal=0.5):
    """The table of a Metropolis chain on a row of stones, with places for slips."""
    def table(pi):
        n = len(pi)
        P = np.zeros((n, n))
        for x in range(n):
            near = [(x - 1) % n, (x + 1) % n] if ring else [y for y in (x - 1, x + 1) if 0 <= y < n]
            for y in near:
                P[x, y] += (1 / len(near) if inward else proposal) * accept(pi[y] / pi[x])
            P[x, x] += stays * (1 - P[x].sum())
        return P
    return table


def error_bar(factor=3.0, first=1.0, twice=2.0, power=0.5, times=1, at_sign=False, divisor=lambda n, t: n):
    """The standard error of the mean of a series by its autocorrelation time, with places for slips."""
    def error(x):
        N, tau, W = len(x), first, 0
        while W < factor * tau and W < N - 1:
            W += 1
            rho = resemblance(divisor=divisor)(x, W)
            if at_sign and rho < 0:
                break
            tau += twice * rho
        return float((np.var(x) * tau**times / N) ** power)
    return error


def power_iteration(start=np.ones, value=lambda W, x: x @ W @ x, steps=1000):
    """An eigenvalue by repeated multiplication, with places for slips."""
    def strongest(W):
        x = start(len(W))
        for _ in range(steps):
            x = W @ x
            x = x / max(np.linalg.norm(x), 1e-300)
        return float(value(W, x))
    return strongest


def outer_products(count=lambda k: k, centred=False):
    """The sum of the first outer products of a table, with places for slips."""
    def closest(X, k):
        middle = X.mean(axis=0) * centred
        left, values, right = np.linalg.svd(X - middle, full_matrices=False)
        return middle + (left[:, :count(k)] * values[:count(k)]) @ right[:count(k)]
    return closest


def divergence(where_impossible=math.inf, factor=1.0):
    """KL(q‖p) term by term, with places for slips."""
    def kl(q, p):
        pairs = [(a, b) for a, b in zip(q, p, strict=True) if a]
        return float(factor * sum(a * log(a / b) if b else where_impossible for a, b in pairs))
    return kl


def rank_among_draws(plus=1, below=1e-9, twice=2, law=lambda counts, p: np.asarray(p), weight=lambda n: n, lower=False):
    """The p-value of G by drawing counts from the law, with places for slips."""
    def p_value(counts, p, draws, rng):
        n = np.vstack([counts, rng.multinomial(int(np.sum(counts)), law(counts, p), size=draws)]).astype(float)
        seen, *drawn = twice * (weight(n) * np.log(np.where(n > 0, n / (np.sum(counts) * law(counts, p)), 1.0))).sum(axis=1)
        worse = np.array(drawn) <= seen + below if lower else np.array(drawn) >= seen - below
        return float((plus + worse.sum()) / (plus + draws))
    return p_value


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


def pair_steps(means=False, flipped=False, diagonal=False, scaled=True, signed=True):
    """Steps of fixed size from two sets of 0/1 states, with places for slips."""
    def steps(clamped, free, size):
        pairs = [np.asarray(states, float).T @ np.asarray(states, float) / len(states) for states in (clamped, free)]
        if means:
            pairs = [np.outer(np.mean(states, axis=0), np.mean(states, axis=0)) for states in (clamped, free)]
        difference = np.round(pairs[0] - pairs[1], 12) * (-1 if flipped else 1)
        step = (np.sign(difference) if signed else difference) * (size if scaled else 1)
        return step if diagonal else step * (1 - np.eye(len(step)))
    return steps


def number_of_codes(joined=True, biased=True, joining=0.5):
    """Different hidden states of lowest energy of a machine of 8 + 8 + 3 units, with places for slips."""
    def count(W, b):
        W, b, found = np.asarray(W, float), np.asarray(b, float), set()
        hidden = np.array([[k >> 2 & 1, k >> 1 & 1, k & 1] for k in range(8)])
        for unit in range(8):
            field = W[unit, 16:] + W[8 + unit, 16:] + biased * b[16:]
            energy = -hidden @ field - joining * joined * np.einsum("ki,ij,kj->k", hidden, W[16:, 16:], hidden)
            found.add(int(energy.argmin()))
        return len(found)
    return count


def coin_tail(voters=lambda N: N - 1, noisy=lambda P: P - 1, below=lambda total, signal: total < -signal):
    """P(a sum of coins is below minus the signal), with places for slips."""
    def law(N, P):
        coins, signal = voters(N) * noisy(P), voters(N)
        return sum(comb(coins, k) for k in range(coins + 1) if below(2 * k - coins, signal)) / 2**coins
    return law


def kept_whole(diagonal=0, right=lambda field: field >= 0, count=lambda good: good.all(axis=1).mean()):
    """The share of patterns that are stable by Hebb's rule, with places for slips."""
    def share(patterns):
        X = np.array(patterns)
        W = X.T @ X
        np.fill_diagonal(W, diagonal if diagonal is not None else len(X))
        return float(count(right((X @ W) * X)))
    return share


def kept_centred(stored=1, shown=1, diagonal=False, right=lambda field: field >= 0, count=lambda good: good.all(axis=1).sum()):
    """How many patterns are stable when their mean is taken out, with places for slips."""
    def number(patterns):
        X = np.array(patterns)
        W = (len(X) * X - stored * X.sum(axis=0)).T @ (len(X) * X - stored * X.sum(axis=0))
        if not diagonal:
            np.fill_diagonal(W, 0)
        return count(right(((len(X) * X - shown * X.sum(axis=0)) @ W) * X)).item()
    return number


def share_and_error(ddof=1, spread_only=False, pooled=False, most=5, wrong_way=False):
    """The share of memories with fewer than five errors and its standard error over networks, with places for slips."""
    def both(wrong):
        kept = np.asarray(wrong) < most
        each = kept.mean(axis=1)
        if pooled:
            return kept.mean(), sqrt(kept.mean() * (1 - kept.mean()) / (kept.size if pooled == "memories" else len(kept)))
        if wrong_way:
            each = kept.mean(axis=0)
        return kept.mean(), each.std(ddof=ddof) / (1 if spread_only else sqrt(len(each)))
    return both


def held(holds=True, tie=None, sweeps=100, synchronous=False, held_at=None, reverse=False):
    """Recall of 0/1 units in order with known units held, with places for slips."""
    def recall(W, v, known):
        v = np.array(v)
        for _ in range(sweeps):
            old = v.copy()
            for i in range(len(v))[:: -1 if reverse else 1]:
                if held_at is not None and known[i]:
                    v[i] = held_at
                elif not (holds and known[i]):
                    a = np.dot(W[i], old if synchronous else v)
                    v[i] = 1 if a > 0 else 0 if a < 0 else v[i] if tie is None else tie
            if (v == old).all():
                break
        return v
    return recall


def pieces_of(top=0, less=1, twice=2, lists=lambda P: 2**P):
    """The share of answers that a unit with n inputs can give to P patterns, with places for slips."""
    return lambda P, n: twice * sum(comb(max(P - less, 0), k) for k in range(n + top)) / lists(P)


def dreamt(epsilon=1.0, diagonal=False, which=slice(None), mean=False, ghost=False):
    """Weights after some dreams were taken out, with places for slips."""
    def after(W, dreams, eps):
        W = np.array(W, float)
        for d in np.array(dreams)[which]:
            d = np.where(d < 0, 0, d) if ghost else d
            W = W - epsilon * eps * (np.outer(d, d) - (0 if diagonal else np.diag(d * d))) / (len(dreams) if mean else 1)
        return W
    return after


def law_of_a_dream(tie=False, start=None, choose=None, up=False, sweeps=None, reversed_order=False):
    """Where a random start ends when units that feel a field against them flip one by one, with places for slips."""
    def law(W):
        W = np.array(W, float)
        n = len(W)
        states = (np.arange(2**n)[:, None] >> np.arange(n)[::-1] & 1) * 2 - 1
        p, ended = np.full(2**n, 2.0**-n) if start is None else start(n), np.zeros(2**n)
        for _ in range(sweeps or 60):
            after = np.zeros(2**n)
            for k in np.flatnonzero(p):
                against = states[k] * (W @ states[k]) * (-1 if up else 1)
                units = np.flatnonzero(against <= 0 if tie else against < 0)
                if not units.size:
                    ended[k] += p[k]
                    continue
                units = units if choose is None else choose(against, units)
                for i in units:
                    after[k ^ 1 << (n - 1 - i)] += p[k] / len(units)
            p = after
        if reversed_order:
            ended = ended[[int(f"{k:0{n}b}"[::-1], 2) for k in range(2**n)]]
        return ended.tolist()
    return law


def head(axis=1, root=True, by_length=True, safe=True, flipped=False):
    """Attention, with places for slips."""
    def attend(Q, K, V):
        size = K.shape[1] if by_length else len(Q)
        scores = Q @ K.T / (sqrt(size) if root else size) * (-1 if flipped else 1)
        with np.errstate(all="ignore"):
            weights = np.exp(scores - (scores.max() if safe else 0))
            return weights / weights.sum(axis=axis, keepdims=True) @ V
    return attend


def levelled(factor=-0.5, power=2.0, cold=1.0):
    """Weights of keys of any length, with places for slips."""
    def weights(q, keys, beta):
        return softmax(cold * beta * (keys @ q + factor * np.linalg.norm(keys, axis=1) ** power))
    return weights


def resting_states(steps=10_000, close=1e-3, spring=True, normalised=True, all_starts=False):
    """Different ends of the continuous memory from its own patterns, with places for slips."""
    def count(patterns, beta):
        s = np.array(patterns, float)
        for _ in range(steps):
            scores = beta * s @ np.transpose(patterns)
            weights = softmax(scores, axis=1) if normalised else softmax(scores, axis=0)
            s, old = weights @ patterns if spring else s + weights @ patterns, s
            if np.abs(s - old).max() <= 1e-9:
                break
        kept = []
        for end in s:
            if all_starts or all(np.abs(end - other).max() > close for other in kept):
                kept.append(end)
        return len(kept)
    return count


def recalled_overlap(start=1.0, width=lambda a, r: sqrt(a * r), power=2, gain=lambda q, T: (1 - q) / T, square=True, rounds=600):
    """The overlap by iteration of the three equations of many memories, with places for slips."""
    z = np.linspace(-8, 8, 801)
    weights = np.exp(-(z**2) / 2) * (z[1] - z[0]) / sqrt(2 * math.pi)

    def overlap(alpha, T):
        m, r = start, 1.0
        for _ in range(rounds):
            t = np.tanh((m + width(alpha, r) * z) / T)
            m, q = weights @ t, weights @ (t**2 if square else t)
            r = q / (1 - gain(q, T)) ** power
        return float(m)
    return overlap


def last_load(fixed=lambda f: f / (1 - f), gain=1.0, power=2, answers=False, scale=lambda f: 1.0):
    """The largest load with a memory when a share f of the wires is cut, with places for slips."""
    def load(f):
        y = np.linspace(0.02, 3, 3000)
        error_function = np.array([math.erf(value) for value in y])
        s = error_function / (sqrt(2) * y)
        r = 1 / (1 - gain * sqrt(2 / math.pi) * np.exp(-(y**2)) / s) ** power
        return float((s**2 / (r * (1 + fixed(f)) if answers else r + fixed(f))).max() * scale(f))
    return load


def paid_along(state=0, first=0, left=0, biased=True, sign=1):
    """Log weights of walks whose states were kept, with places for slips."""
    def log_weights(W, c, betas, path):
        total = np.zeros(len(path[0]))
        for k in range(first, len(path) - state - left):
            a = (np.asarray(c) if biased else 0) + path[k + state] @ W
            old, new = betas[k], betas[k + 1]
            total += sign * (np.logaddexp(0, new * a) - np.logaddexp(0, old * a)).sum(axis=1)
        return total
    return log_weights


def annealed(hidden=1, first=True, bias_paid=1, averaged=True, logarithm=True, late=False, up="new", down="new", own=False,
             start=1):
    """ln Z by walks from a foot with other visible biases, with places for slips."""
    def log_z(W, b, c, base, betas, walks, rng):
        base = np.asarray(b if own else base, dtype=float)
        v = (rng.random((walks, len(b))) < expit(base)).astype(float)
        total = np.zeros(walks)
        for old, new in zip(betas[:-1], betas[1:], strict=True):
            at = {"old": old, "new": new, "one": 1}

            def pay(v, old=old, new=new):
                a = c + v @ W
                wires = (np.logaddexp(0, new * a) - np.logaddexp(0, old * a)).sum(axis=1)
                return wires + bias_paid * (new - old) * (v @ (b - base))

            paid = pay(v)
            h = rng.random((walks, len(c))) < expit(at[up] * (c + v @ W))
            v = (rng.random(v.shape) < expit((1 - at[down]) * base + at[down] * (b + h @ W.T))).astype(float)
            total += pay(v) if late else paid
        value = logsumexp(total) - averaged * np.log(walks) if logarithm else total.mean()
        return value + start * (hidden * len(c) * np.log(2) + (np.logaddexp(0, base).sum() if first else 0))
    return log_z


def pushed(keep=lambda change, g, rate: change, inside=False, sign=1):
    """A walk with momentum; the settings plant slips."""
    def walk(gradients, rate, momentum):
        x, last = 0.0, 0.0
        for g in gradients:
            change = rate * (g + momentum * last) if inside else rate * g + sign * momentum * last
            x, last = x + change, keep(change, g, rate)
        return x
    return walk


def persistent_update(sign=1, biases=True, pull=1, push=1, mean=True, stay=False, drawn=False):
    """One update of PCD with momentum and decay; the settings plant slips."""
    def update(W, b, c, batch, v, velocity, rate, momentum, decay, rng):
        h = (rng.random((len(v), len(c))) < expit(c + v @ W)).astype(float)
        new = (rng.random(v.shape) < expit(b + h @ W.T)).astype(float)
        n, m = (len(batch), len(new)) if mean else (1, 1)
        up, down = expit(c + batch @ W), h if drawn else expit(c + new @ W)
        g = [batch.T @ up / n - new.T @ down / m, batch.sum(0) / n - new.sum(0) / m, up.sum(0) / n - down.sum(0) / m]
        g = [sign * x for x in g]
        g[0] = g[0] - pull * decay * W
        g[1:] = g[1:] if biases else [0 * b, 0 * c]
        return *(x + rate * d + push * momentum * u for x, d, u in zip((W, b, c), g, velocity, strict=True)), v if stay else new
    return update


def mean_field_answer(inner=np.tanh, outer=np.tanh, square=False, start=1.0, times=20000):
    """The largest solution of chapter 26's m = tanh(w tanh(w m)), with places for slips."""
    def solve(w):
        m = start
        for _ in range(times):
            m = outer((w**2 if square else w) * inner(w * m))
        return float(m)
    return solve


def swap_probability(sign=1, mine=1, yours=1, rule=lambda gain: min(1.0, exp(gain))):
    """Exchange of the states of two machines, with places for slips."""
    def accept(F_A, F_B, x, y):
        return float(rule(sign * (mine * (F_A[x] - F_A[y]) + yours * (F_B[y] - F_B[x]))))
    return accept


def k_steps_from_noise(start="noise", extra=0, sign=1, drawn=False, mean=True):
    """The exact direction of training with k steps from noise, with places for slips."""
    def direction(W, b, c, pictures, k):
        V, H = (np.array(list(np.ndindex(*[2] * n)), float) for n in W.shape)
        up, down = expit(c + V @ W), expit(b + H @ W.T)
        to_h = np.where(H[None] == 1, up[:, None], 1 - up[:, None]).prod(axis=-1)
        to_v = np.where(V[None] == 1, down[:, None], 1 - down[:, None]).prod(axis=-1)
        law = np.full(len(V), 1 / len(V))
        if start == "off":
            law = np.eye(len(V))[0]
        elif start == "data":
            law = np.array([(np.asarray(pictures) == v).all(axis=1).mean() for v in V])
        elif start == "model":
            law = np.exp(V @ b + np.logaddexp(0, c + V @ W).sum(axis=1))
            law = law / law.sum()
        for _ in range(k + extra):
            law = law @ to_h @ to_v
        hidden = (up > 0.5).astype(float) if drawn else up
        n = len(pictures) if mean else 1
        return sign * (pictures.T @ expit(c + pictures @ W) / n - (V * law[:, None]).T @ hidden)
    return direction


def guessed(power=2, odds=0.5, scale=1.0):
    """The mean of a pixel seen through noise, with places for slips."""
    return lambda y, t, p: np.tanh(scale * np.asarray(y) / t**power + odds * log(p / (1 - p)))


def voted(power=2, factor=1.0, axis=1):
    """Stored pictures, weighted by their votes for a noisy one."""
    return lambda y, X, t: softmax(factor * y @ X.T / t**power, axis=axis) @ X


def back_through(mean=True, variance=True, power=0.5, eps=True, sign=-1.0, unbiased=False):
    """The slopes behind a batch normalisation, with places for slips."""
    def back(x, g, e):
        spread = x.var(ddof=1 if unbiased and len(x) > 1 else 0) + e * eps
        hat = (x - x.mean()) / sqrt(spread) if spread else 0 * x
        return (g + sign * (mean * g.mean() + variance * hat * (g * hat).mean())) / (spread**power or 1)
    return back


def stacked(turn=True, sign=1, weights=True, visible=True, hidden=True, swap=False, likeliest=False, only=None, extra=0):
    """An RBM with a second layer on top that learns its codes: mean ln P and its bound, with places for slips."""
    def pair(W, b, c, pictures, updates, rate):
        h = (np.arange(2 ** len(c))[:, None] >> np.arange(len(c)) & 1).astype(float)
        up = c + pictures @ W
        log_q = up @ h.T - np.logaddexp(0, up).sum(axis=1, keepdims=True)
        codes = np.exp(log_q)
        if likeliest:
            codes = np.eye(len(h))[codes.argmax(axis=1)]
        wanted = codes.mean(axis=0)
        x, y, z = np.array(W.T, float), np.array(c, float), np.array(b, float)
        if swap and len(b) == len(c):
            y, z = z, y
        if swap and len(b) != len(c):
            x, y, z = x, 0 * y, 0 * z
        if not turn:
            x = 0 * x
        for _ in range(max(updates + extra, 0)):
            field = z + h @ x
            u = h @ y + np.logaddexp(0, field).sum(axis=1)
            miss = sign * rate * (wanted - np.exp(u - logsumexp(u)))
            on = expit(field)
            x, y, z = x + weights * (h.T * miss) @ on, y + visible * miss @ h, z + hidden * miss @ on
        u = h @ y + np.logaddexp(0, z + h @ x).sum(axis=1)
        down = b + h @ W.T
        joint = u - logsumexp(u) + pictures @ down.T - np.logaddexp(0, down).sum(axis=1)
        both = logsumexp(joint, axis=1).mean(), (np.exp(log_q) * (joint - log_q)).sum(axis=1).mean()
        return both if only is None else (both[only], both[only])
    return pair


def stairs_from_the_past(fresh=False, newest_first=False, grow=2, forwards=False, longer=0):
    """Coupling from the past on n stairs, wrong in one way; like the chapter's, a function of n and the seed of the coins."""
    def run(n, seed):
        rng, coins = np.random.default_rng(seed), []
        while True:
            new = [int(rng.integers(2)) for _ in range(max(1, (grow - 1) * len(coins)) + longer)]
            kept = [int(rng.integers(2)) for _ in coins] if fresh else coins
            coins = kept + new if newest_first or forwards else new + kept
            high, low = n, 1
            for step in coins:
                high, low = (min(x + 1, n) if step else max(x - 1, 1) for x in (high, low))
                if forwards and high == low:
                    return high
            if high == low:
                return high
    return run


def helped(factor=2.0, power=0.5, by=None, down=False):
    """Chances of all spins, given one Gaussian helper for each pattern; right with the defaults."""
    def law(xi, beta, z):
        xi = np.asarray(xi)
        p = expit(factor * (beta / (xi.shape[1] if by is None else by(xi))) ** power * (np.asarray(z) @ xi))
        return 1 - p if down else p
    return law


def swapped(sign=1, follow=True, accept=lambda gain, coin: coin < exp(min(gain, 0.0))):
    """Exchanges along a ladder, in order; right with the defaults."""
    def run(betas, energies, coins):
        order = list(range(len(betas)))
        for k in range(len(betas) - 1):
            a, b = (order[k], order[k + 1]) if follow else (k, k + 1)
            if accept(sign * (betas[k] - betas[k + 1]) * (energies[a] - energies[b]), coins[k]):
                order[k], order[k + 1] = order[k + 1], order[k]
        return order
    return run


def nearest_next(far):
    here, left, length = 0, set(range(1, len(far))), 0.0
    while left:
        there = min(left, key=lambda k: far[here][k])
        length, here = length + far[here][there], there
        left.remove(there)
    return length + far[here][0]


RIVALS = {
    "2: Nine products and three biases": [-7, -3.5, -5, -8, 2, 8, -10, 7, -1],
    "2: The highest point of the circle": [-3 + sqrt(52), -8, 1, 3, 5, -6, -16, 6, 2.5],
    "2: Reading the compass": [4, 4 / 3, 63.6, 8 / 9, 16 / 81, 4 / 81, -4 / 9, 1.11],
    "2: A line through zero": [2, 1.5, 25 / 18, 22 / 35, 22 / sqrt(14), 22 / 9, 22],
    "2: A cure, and its best dose": [9, 5, -1, -4, 5 / 14, 8, 0, 4.5],
    "2: Find the bug": [
        power_iteration(value=lambda W, x: np.linalg.norm(W @ x)), power_iteration(),
        power_iteration(start=lambda n: np.eye(n)[0], value=lambda W, x: np.linalg.norm(W @ x)),
        power_iteration(start=lambda n: np.arange(1.0, n + 1), steps=3),
        lambda W: float(np.linalg.eigvalsh(W)[-1]), lambda W: float(np.linalg.eigvalsh(W)[0]), lambda W: float(np.trace(W)),
        lambda W: float(abs(np.linalg.eigvalsh(W)).max()), lambda W: -float(abs(np.linalg.eigvalsh(W)).max()),
    ],
    "2: Taking tables apart yourself (an evening)": [
        outer_products(lambda k: k + 1), outer_products(lambda k: k - 1), outer_products(centred=True),
        lambda X, k: X, lambda X, k: np.zeros_like(X),
        lambda X, k: outer_products()(X, k) - outer_products()(X, k - 1),
    ],
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
    "19: Always an umbrella": [-9 / 40, 0.4, 0.75, 0, -0.1, 0.5, 3 / 5, -3 / 20],
    "19: Dry but sprinkled": [1 / 820, 46 / 820, 0.1, 0.001, 1 / 6, 1 / 45, 45 / 774, 1 / 100],
    "19: In the mirror": [
        [1 / 3, 2, 0.5, 4, 1 / 5], [1 / 3, 2, 2, 1 / 4, 1 / 5], [1 / 3, 2, 1 / 6, 8, 1 / 5], [1 / 3, 2, 1.5, 2, 5],
        [3, 0.5, 1.5, 2, 1 / 5], [-3, -0.5, 1.5, 2, -5], [1 / 3, 2, 3.5, 4.5, 1 / 5],
    ],
    "19: Four of four, and": [1, 3.627 / 5.627, 17 / 33, 4 / 7.5, 0.613, 4.25 / 7.75 + 0.01, 0.5, 4 / 8.5],
    "19: One round of EM": [1.3733, 0.52 * 7 / 9 + 0.16, 0.4945, 1 / 3, 0.6, 0.52, 0.68, 7 / 9, 0.52 * 7 / 9],
    "19: The slopes, written by you": [
        lambda W, b, data: one_hidden(W, b, data, fill=lambda a: a > 0),
        lambda W, b, data: one_hidden(W, b, data, fill=lambda a: np.full(len(a), 0.5)),
        lambda W, b, data: one_hidden(W, b, data, fill=np.ones_like),
        lambda W, b, data: one_hidden(W, b, data, fill=np.zeros_like),
        lambda W, b, data: one_hidden(W, b, data, fill=lambda a: expit(2 * a)),
        lambda W, b, data: one_hidden(W, b, data, fill=lambda a: expit(-a)),
        lambda W, b, data: one_hidden(W, b, data, fill=lambda a: expit(a - b[-1])),
        lambda W, b, data: one_hidden(W, b, data, pair_weight=1), lambda W, b, data: one_hidden(W, b, data, sign=-1),
        lambda W, b, data: one_hidden(W, b, data, total=True), lambda W, b, data: one_hidden(W, b, data) / 2,
    ],
    "19: Find the bug": [
        lambda W, b, data: two_hidden(W, b, data, joint=False), lambda W, b, data: two_hidden(W, b, data, joined=False),
        lambda W, b, data: two_hidden(W, b, data, uniform=True), lambda W, b, data: two_hidden(2 * np.asarray(W), b, data),
        lambda W, b, data: two_hidden(W, 0 * b, data), lambda W, b, data: two_hidden(W, b, data, total=True),
        lambda W, b, data: np.triu(two_hidden(W, b, data)),
    ],
    "19: Without weights between the lamps (an evening)": [
        [log(2), log(2)], [log(2), log(2) / 2], [0.75 * log(9 / 4), log(2) / 2], [0.576, 0.576], [0.831, 0.5],
        [log(2) / 2, 0.576], [0.576, 0.0],
    ],
    "20: Forty names": [5, 7, 8, 10, 20, 40, 80, log(40) / log(2)],
    "20: Only one group speaks": [81 / 100, 3 / 4, 9 / 10, 1 / 4, 1 / 16, 1 / 2, 3 / 8],
    "20: Well-spaced codes": [2, 8, 24, 70, 96, 1680, 4096],
    "20: To halve the wandering": [2, 4, 8, 32, sqrt(2), 2**0.25],
    "20: Find the bug": [
        pair_steps(means=True), pair_steps(flipped=True), pair_steps(diagonal=True), pair_steps(scaled=False),
        pair_steps(signed=False),
    ],
    "20: The other one in sixteen (an evening)": [
        number_of_codes(joined=False), number_of_codes(biased=False), lambda W, b: 8, lambda W, b: 3,
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
    "1: The sum from the first line": [
        1002, 3003, 1002 + log(3), 1001 + log(3), 1000 + log(3), 0.4076, 1000.4076, 1001.4076,
        1002 + log(1 + exp(1) + exp(2)), 1002.5032,
    ],
    "1: Fractions only": [2 / 3, 1 / 3, 0.75, 1.25, 5 / 3, tanh(2), -0.6, 0.8, 15 / 17],
    "1: Enough terms": [11, 12, 13, 15, 16, 17],
    "1: Softplus for every number": [
        softplus_by(large=10), softplus_by(small=-10), softplus_by(top=lambda x: x), softplus_by(top=abs), softplus_by(sign=-1),
        softplus_by(rest=lambda x: 0.0), softplus_by(rest=lambda x: log(1 + exp(-abs(x)))),
        softplus_by(rest=lambda x: math.log1p(exp(-abs(x))) / log(2)), lambda x: float(np.logaddexp(0, -x)),
    ],
    "1: A deck of cards": [66, 67, 69, 67.9, 68.9, 156, 157, 156.36, 8e67],
    "1: Find the bug": [
        log_mean_exp(count=lambda x: 1), log_mean_exp(count=lambda x: len(x) - 1 or 1), log_mean_exp(put_back=False),
        log_mean_exp(first), log_mean_exp(min), log_mean_exp(np.mean), log_mean_exp(lambda x: max(np.abs(x))), log_mean_exp(sum),
        max, np.mean, lambda x: float(logsumexp(x) / len(x)),
    ],
    "1: An exponential of your own (an evening)": [
        exponential(below=800, terms=60), exponential(below=800, terms=60, turned=False), exponential(terms=8),
        exponential(inverted=False), exponential(halvings=1), exponential(below=20),
        exponential(below=800, terms=1000, turned=False), lambda x: (1 + x / 2**20) ** 2**20,
    ],
    "3: The slope of tanh": [6 / 25, 4 / 25, 8 / 25, 4 / 5, 34 / 25, 1 - tanh(2) ** 2, 9 / 25, 1 / 4],
    "3: A weight's slope": [5, 1 / 4, 1 / 8, 5 / 6, 5 / 3, log(8), exp(5) / (3 + exp(5)), 3 / 8],
    "3: The speed limit": [2 / 3, 1, 1 / 4, 2 / 5, 1 / 3, 4, 2, 2 / 8],
    "3: A test for every gradient": [
        slopes_by_nudging(1e-3), slopes_by_nudging(1e-13), slopes_by_nudging(1e-5, left=0, divisor=1),
        slopes_by_nudging(1e-8, left=0, divisor=1), slopes_by_nudging(divisor=1), slopes_by_nudging(divisor=-2),
        slopes_by_nudging(together=True), lambda f, x: float(slopes_by_nudging()(f, x).sum()),
    ],
    "3: Find the bug": [
        lambda W, b, s: -(W @ s) - b, lambda W, b, s: -(W.T @ s) - b, lambda W, b, s: -2 * (W @ s) - b,
        lambda W, b, s: -(W + W.T) @ s / 2 - b, lambda W, b, s: (W + W.T) @ s + b, lambda W, b, s: -(W + W.T) @ s,
        lambda W, b, s: -(W + W.T - np.diag(np.diag(W))) @ s - b, lambda W, b, s: -(W + W.T) @ s - b @ s,
    ],
    "3: A loaded die": [1 / 6, 6 / 21, die_with(4.5, six=0), die_with(3.5), 0.5, 1.449, 0.371, 0.25],
    "3: Maximum entropy for any energies (an evening)": [
        coldness(low=0), coldness(high=0), coldness(-50, 50), coldness(-1000, 1000), coldness(halvings=20),
        coldness(at_the_end=lambda beta: -beta), coldness(at_the_end=lambda beta: 1 / beta), coldness(at_the_end=exp),
    ],
    "5: Two states": [0.4, 0.75, 0.25, 0.63, 0.9, 0.7, 0.03, 1],
    "5: A law from flows": [1 / 3, 1 / 2, 1 / 4, 1 / 7, 1 / 5, 2 / 11, 1],
    "5: From eigenvalue to τ": [9, 10, 9.5, 18, 20, 1 / 0.1, -1 / log(0.9), 0.1, 1 / 19],
    "5: How long must you run?": [10_000, 1900, 95_000, 380_000, 3_610_000, 190, 526, 760_000],
    "5: Find the bug": [
        resemblance(lambda x: 0), resemblance(lambda x: 0, lambda n, t: n - t), resemblance(divisor=lambda n, t: n - t),
        resemblance(scaled=False), resemblance(divisor=lambda n, t: n - 1), resemblance(np.median), resemblance(first),
        resemblance(lag=1), lambda x, t: float(np.corrcoef(x[: len(x) - t], x[t:])[0, 1]),
    ],
    "5: A chain to order": [
        row_walk(inward=True), row_walk(ring=True), row_walk(stays=False), row_walk(proposal=1.0),
        row_walk(lambda ratio: min(1, 1 / ratio)), row_walk(lambda ratio: ratio / (1 + ratio)), row_walk(lambda ratio: 1.0),
        row_walk(lambda ratio: min(1, sqrt(ratio))), row_walk(lambda ratio: float(ratio >= 1)), lambda pi: row_walk()(pi).T,
        lambda pi: np.tile(np.asarray(pi) / sum(pi), (len(pi), 1)),
    ],
    "5: Your own honest error bar (an evening)": [
        error_bar(factor=0), error_bar(factor=1), error_bar(factor=6), error_bar(twice=1.0), error_bar(power=1),
        error_bar(times=2), error_bar(first=0.0), error_bar(first=0.5, twice=1.0), error_bar(at_sign=True, factor=1e9),
        error_bar(divisor=lambda n, t: n - t),
    ],
    "4: Known or new?": [
        9 / 13, 0.81, 81 / 82, 81 / 4, 0.162, 0.9, 0.18, 9 / 10, 18 / 22, 4 / 85, 0.17, (9 / 13) ** 2, 0.99,
    ],
    "4: Four spins in a row": [0.729, 0.8, 0.4096, 0.64, 0.4, 0.756, 0.7, 0.271, 0.244, 0.1**3, 1 - 0.2**3, 0.9**4, 0],
    "4: Failing in pairs": [
        0.99**100, exp(-0.5), exp(-1), 0.98**50, 0.9999**50, 0.5, 0.99**25, 1 - 0.99**50, 0.99, 0.995**50, 0.01**50, 0.6,
    ],
    "4: What shared noise leaves of a hundred": [
        10, 100 / 11, 10.9, 0.109, 90, 100 / sqrt(10.9), 1 / 0.11, 100 / 99, 9, 9.9, 100 / 9.9, 19, 100 / (1 + 2 * 99 * 0.1), 1,
    ],
    "4: Parity": [
        1, log(4), log(8), log(2) / 4, 4 * log(2), 0, -log(2), 2, 3 * log(2), math.inf, log(2) / 3, log(2) / 8, log(2) / 2,
    ],
    "4: Find the bug": [
        divergence(where_impossible=0.0), lambda q, p: abs(divergence(where_impossible=0.0)(q, p)),
        lambda q, p: max(divergence(where_impossible=0.0)(q, p), 0.0), divergence(factor=-1), divergence(factor=1 / log(2)),
        divergence(factor=0.5), lambda q, p: divergence()(p, q), lambda q, p: divergence()(q, p) + divergence()(p, q),
        lambda q, p: math.inf if 0 in p else divergence()(q, p),
        lambda q, p: math.inf if 0 in q or 0 in p else divergence()(q, p),
        lambda q, p: sum(-a * log(b) if b else math.inf for a, b in zip(q, p, strict=True) if a),
        lambda q, p: float(np.abs(np.subtract(q, p)).sum()),
        lambda q, p: sum(a * log((a + 1e-9) / (b + 1e-9)) for a, b in zip(q, p, strict=True)),
    ],
    "4: A test that needs no limit (an evening)": [
        rank_among_draws(plus=0), rank_among_draws(below=-1e-9), rank_among_draws(lower=True), rank_among_draws(twice=-2),
        rank_among_draws(law=lambda counts, p: np.full(len(p), 1 / len(p))),
        rank_among_draws(law=lambda counts, p: (np.asarray(counts) + 1) / (np.sum(counts) + len(p))),
        rank_among_draws(weight=lambda n: 1.0), rank_among_draws(weight=np.sqrt),
        lambda *given: 1 - rank_among_draws()(*given), lambda *given: rank_among_draws()(*given) / 2,
        lambda counts, p, draws, rng: rank_among_draws()(counts, p, draws, np.random.default_rng(0)),
        lambda counts, p, draws, rng: rank_among_draws()(counts, p, draws - 1, rng), lambda counts, p, draws, rng: 0.05,
        lambda counts, p, draws, rng: float(np.exp(-g_statistic(np.maximum(counts, 1e-300), p) / 2)),
    ],
    "12: Four times the noise": [25, 24, 27, 100, 101, 13, 12, 1600, 401 / 16],
    "12: Crosstalk by pencil": [0, 4, -1, -2, 2, -8, 8, 1, -3],
    "12: Counting coins": [
        coin_tail(below=lambda total, signal: total <= -signal), coin_tail(noisy=lambda P: P), coin_tail(voters=lambda N: N),
        coin_tail(below=lambda total, signal: total < 0), coin_tail(below=lambda total, signal: abs(total) > signal),
        lambda N, P: 1 - coin_tail()(N, P), lambda N, P: math.erfc(sqrt((N - 1) / (P - 1)) / sqrt(2)) / 2,
        lambda N, P: math.erfc(sqrt((N - 1) / (P - 1))) / 2,
    ],
    "12: A short cue": [
        math.erfc(sqrt(100 / 18) / sqrt(2)) / 2, math.erfc(sqrt(11) / sqrt(2)) / 2, math.erfc(sqrt(2) / sqrt(2)) / 2,
        math.erfc(sqrt(20 / 18) / sqrt(2)) / 2, 1 - math.erfc(sqrt(20 / 9) / sqrt(2)) / 2, math.erfc(sqrt(20 / 9)) / 2,
        math.erfc(sqrt(20 / 9) / sqrt(2)), math.erfc(20 / 9 / sqrt(2)) / 2,
    ],
    "12: How far is a million from infinity?": [1, 2, 0.5, 1.5, 0.83, 27.6 / 20, 43700, 0.0437, 1.16],
    "12: Find the bug": [
        kept_whole(diagonal=None), kept_whole(right=lambda field: field > 0), kept_whole(diagonal=1), kept_whole(diagonal=-1),
        kept_whole(diagonal=None, right=lambda field: field > 0), kept_whole(count=lambda good: good.mean()),
        kept_whole(count=lambda good: good.all()), kept_whole(count=lambda good: good.all(axis=1).sum()),
        kept_whole(count=lambda good: good.any(axis=1).mean()),
    ],
    "12: Cut wires": [sqrt(20), 0.4 * sqrt(20), sqrt(12), sqrt(0.4 * 200 / 11), 8, sqrt(20 / 0.4), 2, 0.6 * sqrt(20)],
    "12: Store the difference (an evening)": [
        kept_centred(0, 0), kept_centred(shown=0), kept_centred(stored=0), kept_centred(diagonal=True), kept_centred(shown=-1),
        kept_centred(right=lambda field: field > 0), kept_centred(count=lambda good: good.all(axis=1).mean()),
        kept_centred(count=lambda good: good.sum()), kept_centred(-1, -1),
    ],
    "13: Units that are never silent": [2, 0.5, 2**30, 30, 0, 2 + 29 / 2**30, 2**-30, 1 + 60 / 2**30, 15],
    "13: Five voters": [11 / 16, 5 / 16, 0.5, 0.399, 0.4, 1 / 5, 10 / 32, 0.447, 6 / 10, 0.25],
    "13: Clipped and cut": [0.798, 0.707, 1 / math.pi, 0.399, 0.798 + 0.707, 0.637, 0.5, 2 / math.pi / 2, 0.45],
    "13: The threshold that makes it symmetric": [
        lambda W: np.sum(W, axis=1), lambda W: -np.sum(W, axis=1) / 2, lambda W: np.sum(W, axis=1) / 4,
        lambda W: np.zeros(len(W)), lambda W: np.full(len(W), np.sum(W) / 2 / len(W)), lambda W: np.mean(W, axis=1),
        lambda W: np.sum(np.abs(W), axis=1) / 2, lambda W: np.sum(W) / 2,
    ],
    "13: Find the bug": [
        share_and_error(pooled="memories"), share_and_error(pooled="networks"), share_and_error(ddof=0),
        share_and_error(spread_only=True), share_and_error(wrong_way=True), share_and_error(most=6), share_and_error(most=1),
        lambda wrong: share_and_error()(wrong)[0], lambda wrong: share_and_error()(wrong)[::-1],
    ],
    "13: Known bits are held (an evening)": [
        held(holds=False), held(tie=0), held(tie=1), held(sweeps=1), held(sweeps=2), held(synchronous=True), held(held_at=1),
        held(held_at=0), held(reverse=True), lambda W, v, known: np.array(v),
    ],
    "15: The price of a dream": [36, 70, -35, 72, 0.35, 99, 18, 34, 3500, 0.7, 17.5, 1.2],
    "15: The weakest unit": [0.75, 2 / 3, 0.25, 1, 0, 1 / 3, 0.8, -0.5, 1.5],
    "15: Count the pieces": [
        pieces_of(twice=1), pieces_of(top=1), pieces_of(less=0), pieces_of(lists=lambda P: 1), pieces_of(top=-1),
        pieces_of(less=2), pieces_of(lists=lambda P: 2 ** (P - 1)), lambda P, n: float(P <= 2 * n),
        lambda P, n: 2 * comb(P - 1, n - 1) / 2**P, lambda P, n: min(1.0, 2 * P / 2**P),
    ],
    "15: Thirty-four dreams, larger": [46, 51, 34, 50, 136, 45, 48, 46.03, 133, 186, 0.46],
    "15: Find the bug": [
        dreamt(diagonal=True), dreamt(epsilon=-1.0), dreamt(which=slice(-1, None)), dreamt(mean=True), dreamt(epsilon=0.5),
        dreamt(which=slice(0, 1)), dreamt(ghost=True), lambda W, dreams, eps: np.maximum(dreamt()(W, dreams, eps), 0),
        lambda W, dreams, eps: np.triu(dreamt()(W, dreams, eps)), lambda W, dreams, eps: np.array(W, float),
    ],
    "15: The exact law of dreams (an evening)": [
        law_of_a_dream(choose=lambda against, units: units[:1]), law_of_a_dream(choose=lambda against, units: units[-1:]),
        law_of_a_dream(choose=lambda against, units: units[[against[units].argmin()]]), law_of_a_dream(up=True),
        law_of_a_dream(tie=True), law_of_a_dream(sweeps=2), law_of_a_dream(reversed_order=True),
        law_of_a_dream(start=lambda n: np.eye(2**n)[0]),
        lambda W: [2.0 ** -len(W)] * 2 ** len(W),
    ],
    "16: Loud enough": [1, 2, 3, 5, 6, 15, 7],
    "16: A thousand units, by formula": [
        1e6 / (2 * log(1000)), 1e6 / 18, 1e6 / (30 * log(1000)), 1e9 / (6 * log(1000)), 1000 / (2 * log(1000)),
        1e6 / (12 * log(1000)), 1e6 / (3 * log(1000)), 1e6 / 6, 32_600,
    ],
    "16: When do they part?": [2, 1, 0.25, 8, 16, 0.5, 1 / sqrt(2), 4 / 3, 4 / sqrt(3)],
    "16: Self-weights for safety": [0, 1, -2, 4, 0.5, 3, sqrt(2), 8],
    "16: Find the bug": [
        head(axis=0), head(safe=False), head(axis=0, safe=False), head(root=False), head(by_length=False), head(flipped=True),
        lambda Q, K, V: V[np.argmax(Q @ K.T, axis=1)], lambda Q, K, V: head()(Q, V, K) if K.shape == V.shape else 0.0,
        lambda Q, K, V: head()(Q, K, V) / len(K),
    ],
    "16: Nearest, after all": [
        levelled(0), levelled(-1), levelled(0.5), levelled(power=1), levelled(cold=2), levelled(cold=0.5),
        lambda q, keys, beta: levelled(0)(q, keys / np.linalg.norm(keys, axis=1, keepdims=True), beta),
        lambda q, keys, beta: np.eye(len(keys))[((keys - q) ** 2).sum(axis=1).argmin()],
        lambda q, keys, beta: softmax(-beta * np.abs(keys - q).sum(axis=1)),
        lambda q, keys, beta: 1 / ((keys - q) ** 2).sum(axis=1) / (1 / ((keys - q) ** 2).sum(axis=1)).sum(),
    ],
    "16: How many memories does it have? (an evening)": [
        resting_states(steps=1), resting_states(steps=2), resting_states(all_starts=True), resting_states(close=1.0),
        resting_states(close=-1.0), resting_states(normalised=False), lambda patterns, beta: resting_states()(patterns, 1 / beta),
        lambda patterns, beta: resting_states()(patterns, 2 * beta),
    ],
    "14: A mixture of five": [1.875, 0.5, 0.2, 0.1875, 0.3, 0.625, 1, 0.75],
    "14: Glass at 1.3": [0.3, 0.69, sqrt(0.3), 2.3, 1.69, 1.3, 0.7],
    "14: How loud is the answer?": [1.0434, 0.0415, 1, 0.9186, 1.0434**4, 1.0433, 0.957, 2.18],
    "14: Solve for the critical load": [0.5252, 0.2758, 1.511, 0.967, 2 / math.pi, 0.138, 0.1382, 0.144, 0.0914, 0.0519, 0.15],
    "14: Find the bug": [
        recalled_overlap(start=0.0), recalled_overlap(width=lambda a, r: a * sqrt(r)), recalled_overlap(width=lambda a, r: a * r),
        recalled_overlap(gain=lambda q, T: 0.0), recalled_overlap(power=1), recalled_overlap(gain=lambda q, T: (1 - q)),
        recalled_overlap(start=0.0, width=lambda a, r: a * sqrt(r)), recalled_overlap(width=lambda a, r: sqrt(a) * r),
        lambda alpha, T: recalled_overlap()(alpha, T) ** 2,
    ],
    "14: Cut wires, and the cliff again (an evening)": [
        last_load(answers=True), last_load(fixed=lambda f: f), last_load(gain=0.0), last_load(scale=lambda f: 1 / (1 - f)),
        last_load(power=1), last_load(fixed=lambda f: (1 - f)), last_load(fixed=lambda f: 1 / (1 - f)), last_load(gain=0.5),
        lambda f: 0.1379 * (1 - f), lambda f: sqrt(2 * last_load()(f)),
    ],
    "24: The way back": [5 / 2, 4 / 7, 3 / 5, 2 / 3, 2 / 7, 5 / 7 * 11 / 18, 2 / 5 * 5 / 7, 7 / 4, 5 / 3, 2 / 3 * 2 / 3],
    "24: How many of four?": [4, 28 / 64, 8 / 5, 8 / 28, 2, 16 / 28, 1, 3, 28 / 8, 28 / 4],
    "24: Flattered": [-log(4), log(4 / 3), 0.75, 4, log(3), 0.25, 2, -log(4 / 3), 4 * log(4), 1],
    "24: From log weights to the report": [
        lambda x, z: (z + np.mean(x), np.exp(2 * logsumexp(x) - logsumexp(2 * x))),
        lambda x, z: (z + logsumexp(x), np.exp(2 * logsumexp(x) - logsumexp(2 * x))),
        lambda x, z: (logsumexp(x) - log(len(x)), np.exp(2 * logsumexp(x) - logsumexp(2 * x))),
        lambda x, z: (z - logsumexp(x) + log(len(x)), np.exp(2 * logsumexp(x) - logsumexp(2 * x))),
        lambda x, z: (z + logsumexp(x) - log(len(x)), np.exp(logsumexp(2 * x) - 2 * logsumexp(x))),
        lambda x, z: (z + logsumexp(x) - log(len(x)), float(len(x))),
        lambda x, z: (z + logsumexp(x) - log(len(x)), np.sum(x) ** 2 / np.sum(x**2)),
        lambda x, z: (z + logsumexp(x) - log(len(x)), np.exp(logsumexp(x) - max(x))),
        lambda x, z: (z + logsumexp(x - max(x)) - log(len(x)), np.exp(2 * logsumexp(x) - logsumexp(2 * x))),
    ],
    "24: Find the bug: paying with the wrong state": [
        paid_along(state=1), paid_along(first=1), paid_along(left=1), paid_along(biased=False), paid_along(sign=-1),
        lambda W, c, betas, path: paid_along()(W, c, betas[:: len(betas) - 1], path[-1:]),
        lambda W, c, betas, path: np.exp(paid_along()(W, c, betas, path)),
    ],
    "24: Another ladder: an evening": [
        annealed(hidden=0), annealed(first=False), annealed(bias_paid=0), annealed(bias_paid=-1), annealed(logarithm=False),
        annealed(averaged=False), annealed(late=True), annealed(up="old"), annealed(down="old"), annealed(up="one"),
        annealed(down="one"), annealed(own=True), annealed(start=0),
    ],
    "25: The first bias": [0.8, 4, log(0.8), -log(4), log(36 / 45), log(5), 1.25],
    "25: A fair comparison": [0.006, 0.3, 0.12, 0.06, 0.6, 1.2, 0.108],
    "25: Two bells": [3, 0.25, 1 / (1 + exp(2 - log(3))), 1 / (1 + exp(-2 - log(3))), 0.5, log(3), 1 / (1 + exp(-log(3) + 4))],
    "25: Find the bug: momentum that forgets": [
        pushed(lambda change, g, rate: rate * g), pushed(lambda change, g, rate: g), pushed(inside=True), pushed(sign=-1),
        lambda gradients, rate, momentum: rate * sum(gradients),
        lambda gradients, rate, momentum: rate * sum(gradients) / (1 - momentum),
    ],
    "25: A training you can trust: an evening": [
        persistent_update(sign=-1), persistent_update(biases=False), persistent_update(pull=-1), persistent_update(pull=0),
        persistent_update(push=0), persistent_update(mean=False), persistent_update(stay=True), persistent_update(drawn=True),
    ],
    "26: The threshold of four": [3.8497, 0.9624, 0.4812, 1.925 / 4, 4, 2, 1, 7.699],
    "26: How long until it is seen?": [412, 411, 233, 232, 923, 95, 94, 368, 3683],
    "26: The two answers": [
        mean_field_answer(start=0.0), mean_field_answer(inner=lambda a: a), mean_field_answer(outer=lambda a: a, times=1),
        mean_field_answer(times=3), mean_field_answer(square=True), mean_field_answer(start=-1.0), lambda w: 1.0, tanh,
    ],
    "26: Find the bug: the exchange": [
        swap_probability(sign=-1), swap_probability(yours=0), swap_probability(mine=0), swap_probability(yours=-1),
        swap_probability(rule=exp), swap_probability(rule=expit), lambda F_A, F_B, x, y: 1.0,
    ],
    "26: A training of your own: an evening": [
        k_steps_from_noise(start="data"), k_steps_from_noise(start="model"), k_steps_from_noise(start="off"),
        k_steps_from_noise(extra=1), k_steps_from_noise(extra=-1), k_steps_from_noise(sign=-1), k_steps_from_noise(drawn=True),
        k_steps_from_noise(mean=False),
    ],
    "27: A careless second layer": [
        log(5 / 8), 0.75 * log(0.5), 0.75 * log(0.5) - log(5 / 8), log(2 / 3) - 0.75 * log(0.5), log(11 / 16) - 0.75 * log(0.5),
        0.6 * log(0.8) + 0.4 * log(1.6), 0.75 * log(1.25), 0.0499 / log(2), 0, 1 / 8,
    ],
    "27: How much room?": [
        3 / 4 * log(9 / 8) + 1 / 4 * log(3 / 4), 2 / 3 * log(16 / 15) + 1 / 3 * log(8 / 9), 5 / 8 * log(15 / 16),
        3 / 8 * log(9 / 8),
        0.5 * log(3 / 4) + 0.5 * log(3 / 2), 0.00384 / log(2), 0, -0.0038, 1 / 24, 0.0047,
    ],
    "27: A pixel that is mostly paper": [
        guessed(power=1), guessed(odds=1.0), guessed(odds=0.0), guessed(scale=2.0), guessed(scale=0.5), guessed(power=-2),
        guessed(odds=-0.5), lambda y, t, p: expit(2 * y / t**2 + log(p / (1 - p))), lambda y, t, p: np.sign(y),
        lambda y, t, p: guessed(odds=0.0)(y, t, p) + 2 * p - 1,
    ],
    "27: Wrong with what probability?": [
        2 / 9 + 1 / 25, 32 / 15, 1 / 45, 44 / 45, 344 / 675, 4 / 9 + 16 / 25, -log(45), log(45), 1.4, 1.236,
    ],
    "27: Find the bug: all digits are grey": [
        voted(power=1), voted(power=0), voted(power=-2), voted(power=3), voted(factor=0.5), voted(factor=2.0), voted(axis=0),
        lambda y, X, t: X[(y @ X.T).argmax(axis=1)], lambda y, X, t: np.tanh(y / t**2), lambda y, X, t: voted()(y, X, t) / len(X),
        lambda y, X, t: y + voted()(y, X, t),
    ],
    "27: Back through a batch": [
        back_through(mean=False), back_through(variance=False), back_through(mean=False, variance=False), back_through(power=1.0),
        back_through(power=0.0), back_through(eps=False), back_through(sign=1.0), back_through(unbiased=True),
        lambda x, g, eps: g * (x - x.mean()) / np.sqrt(x.var() + eps),
    ],
    "27: A stack of your own (an evening)": [
        stacked(turn=False), stacked(sign=-1), stacked(hidden=False), stacked(visible=False),
        stacked(visible=False, hidden=False), stacked(swap=True), stacked(likeliest=True), stacked(only=0), stacked(only=1),
        stacked(extra=-1), stacked(weights=False),
        lambda *given: stacked()(*given)[::-1],
    ],
    "9: Nine coins": [2 / 9, 0, 2 / 3, 2 / 243, 1 / 27, 1 / 9, 1 - 1 / 3 * 243 / 225, 25 / 27],
    "9: Two hills and a guess": [(2.3175 + 2.2939) / 2, 2.2939, 2.3175, 2.2939 - 2 * (2.3175 - 2.2939), 2.2939 - 0.0118],
    "9: Four measurements, moved": [-5, -3, -24 / 5, -72 / 4, -6, -20 / 3, -8],
    "9: The bond of a three-coloured magnet": [
        lambda beta, J: 1 - exp(-2 * beta * J), lambda beta, J: exp(-beta * J), lambda beta, J: 1 - exp(-beta),
        lambda beta, J: 1 - exp(-3 * beta * J), lambda beta, J: tanh(beta * J), lambda beta, J: 1 - exp(-beta * J / 2),
    ],
    "9: Find the bug": [
        stairs_from_the_past(fresh=True), stairs_from_the_past(newest_first=True), stairs_from_the_past(grow=3),
        stairs_from_the_past(forwards=True), lambda n, seed: (n + 1) // 2,
    ],
    "9: The smallest crossing (an evening)": [T_C, 2.3, 0.6365, 1 / 2.0987, 2.2, 1.9],
    "10: An exchange": [1, exp(1.5), exp(-3), exp(-6), 1 / (1 + exp(1.5)), 1 - exp(-1.5), 0.5],
    "10: Still in the trap": [1 / 49, 0.51, 0.98, 1 / 2500, 0.5, 1 / 51, exp(-1)],
    "10: One good state among a thousand fair ones": [
        1 / (1 + exp(-6)), 1 / (1 + 1000 * exp(-1.5)), 1 / 1001, 1 / (1 + 1000 * exp(-3)), 1,
    ],
    "10: All at once": [
        helped(factor=1), helped(power=1), helped(by=lambda xi: 1), helped(by=len), helped(down=True), helped(factor=-1),
        helped(power=0),
    ],
    "10: Find the bug": [
        swapped(sign=-1), swapped(follow=False), swapped(accept=lambda gain, coin: gain > 0),
        swapped(accept=lambda gain, coin: coin < 1 / (1 + exp(-gain))), swapped(accept=lambda gain, coin: True),
    ],
    "10: The shortest tour, surely (an evening)": [
        nearest_next, lambda far: sum(min(d for d in row if d > 0) for row in far), lambda far: nearest_next(far) - far[0][1],
        lambda far: sum(far[k][(k + 1) % len(far)] for k in range(len(far))),
    ],
}
