"""Chapter 13: every experiment of Hopfield (1982), as far as the paper describes it, with an interval for each number.

Run with ``python -m studies.hopfield1982``. The network of the paper: units 0 and 1, threshold 0, weights that are the sum of
(2V - 1)(2V - 1) over the memories with a zero diagonal, and units that readjust at random times with the mean rate W. One unit of
time, 1/W, is N attempts on average, each on a unit drawn at random, with replacement; a field of exactly zero changes nothing.
Written are

- ``hopfield1982.csv``: one row for each measured number: `item`, `rule` and `x` (what was varied: n, a distance, an age, a
  threshold) say which, `quantity` what; `mean` over so many `matrices`, its standard `error`, and `low` and `high`, between which
  95 % of the single matrices lie;
- ``hopfield1982_paper.csv``: the numbers of the paper, as a range that holds what was printed, beside ours, and the verdict;
- ``hopfield1982_about.json``: seed, versions and the CPU seconds of each item.

The matrices are independent of each other, and the memories of one matrix are not: so a standard error is that of a mean over
matrices, and where a matrix says yes or no, the interval is Wilson's.

**The verdict.** What is printed is read as a range: 0.6 as 0.55 to 0.65, "about half" as 0.4 to 0.6, a factor as itself within
5 %, "usually" and "often" as more than one half; where a coin gives one half, "most of the time" is more than three quarters.
*Agrees*: this range and the 95 % interval of our mean overlap. *One matrix could*: they do not, but the range and that from `low`
to `high` do. *No* otherwise.
"""

import csv
import json
import platform
import time
from pathlib import Path

import numpy as np

from netlib import stats
from netlib.scan import scan

SEED = 1982
RESULTS = Path(__file__).resolve().parents[1] / "netlib" / "results"
RULES = {  # how the paper has it, and what else it might have meant
    "0/1": {},
    "±1": dict(low=-1),  # the same as 0/1 with the threshold ½ Σ_j T_ij for unit i
    "±1, diagonal kept": dict(low=-1, diagonal=True),
    "0/1, diagonal kept": dict(diagonal=True),
    "0/1, ties switch on": dict(tie=1),
    "0/1, ties switch off": dict(tie=0),
    "0/1, sweeps": dict(sweeps=True),
    "0/1, stopped at time 2": dict(limit=2),
    "0/1, symmetric": {},  # for random weights only: T_ij = T_ji
}
WINDOW = 60  # units of time that a sequence is watched


# The network, many matrices and many starts at once.


def memories(matrices, n, N, rng):
    """Return random memories as ±1, shape (matrices, n, N)."""
    return 2 * rng.integers(2, size=(matrices, n, N)).astype(np.float32) - 1


def weights(signs, diagonal=False):
    """Equation 2 for each matrix, shape (matrices, N, N)."""
    T = signs.swapaxes(-1, -2) @ signs
    return T if diagonal else T * (1 - np.eye(signs.shape[-1], dtype=np.float32))


def start(signs, low=0):
    return signs if low == -1 else (signs + 1) / 2


def signs_of(V, low=0):
    return V if low == -1 else 2 * V - 1


def step(rows, V, at, threshold, low, tie):
    """Each row of V asks the unit `at`, whose weights are `rows`; return which of them change and change them."""
    here = np.arange(len(V))
    field = np.einsum("bj,bj->b", rows, V) - threshold
    old = V[here, at]
    new = np.where(field > 0, 1, np.where(field < 0, low, old if tie is None else tie)).astype(V.dtype)
    V[here, at] = new
    return new != old


def evolve(T, V, rng, limit=60, *, threshold=0, low=0, tie=None, sweeps=False, diagonal=False):
    """Run from V, shape (matrices, starts, N), until nothing can change, at most for the time `limit`.

    Returns the states, the times of the last changes (in 1/W) and whether each has settled. `diagonal` belongs to `weights`.
    """
    matrices, starts, N = V.shape
    flat, rows = V.reshape(-1, N).copy(), T.reshape(-1, N)
    of = np.repeat(np.arange(matrices), starts)
    last, settled = np.zeros(len(flat)), np.zeros(len(flat), bool)
    for now in range(limit):
        fields = (flat.reshape(V.shape) @ T.swapaxes(-1, -2)).reshape(flat.shape) - threshold
        move = np.where(fields > 0, 1, np.where(fields < 0, low, flat if tie is None else tie)) != flat
        settled = ~move.any(axis=1)
        active = np.flatnonzero(~settled)
        if not active.size:
            break
        states, base = flat[active], of[active] * N
        order = rng.permuted(np.tile(np.arange(N), (len(active), 1)), axis=1) if sweeps else None
        for k in range(N):
            at = order[:, k] if sweeps else rng.integers(N, size=len(active))
            changed = step(rows[base + at], states, at, threshold, low, tie)
            last[active[changed]] = now + (k + 1) / N
        flat[active] = states
    return flat.reshape(V.shape), last.reshape(V.shape[:2]), settled.reshape(V.shape[:2])


def distance(a, b):
    """Hamming distances between states as ±1."""
    return (a != b).sum(axis=-1)


# The items. Each returns {quantity: one value for each matrix}.


def errors(rule, x, matrices, rng, N=100, change=None):
    """Figure 2: start at each memory, see how many units are wrong when nothing moves any more. x is n."""
    how = RULES[rule]
    low, signs = how.get("low", 0), memories(matrices, int(x), N, rng)
    T = weights(signs, how.get("diagonal", False))
    T = T if change is None else change(T, rng)
    V = start(signs, low)
    fields = V @ T.swapaxes(-1, -2)
    ends, _, settled = evolve(T, V, rng, **how)
    wrong = distance(signs_of(ends, low), signs)
    toward = signs * fields
    return {"exact": (wrong == 0).mean(axis=1), "below five": (wrong < 5).mean(axis=1), "bits": wrong.mean(axis=1) / N,
            "twenty or more": (wrong >= 20).mean(axis=1), "first step": (toward < 0).mean(axis=(1, 2)),
            "signal": toward.mean(axis=(1, 2)), "square": (toward**2).mean(axis=(1, 2)), "settled": settled.mean(axis=1)}


def small(rule, x, matrices, rng):
    return errors(rule, x, matrices, rng, N=30)


def clipped(rule, x, matrices, rng):
    """Only the signs of the weights. Even n can give weights of zero, which stay zero."""
    return errors(rule, x, matrices, rng, change=lambda T, rng: np.sign(T))


def one_direction(T, rng):
    """Delete one of T_ij and T_ji, drawn at random."""
    upper = np.triu(rng.integers(2, size=T.shape), 1)
    return T * (upper + np.tril(1 - upper.swapaxes(-1, -2), -1)).astype(np.float32)


def one_way(rule, x, matrices, rng):
    """Only one connection for each pair."""
    return errors(rule, x, matrices, rng, change=one_direction)


def noise(rule, x, matrices, rng):
    """Signal over noise of the fields in x memories, clipped and one-way, relative to the same matrix as it was."""
    low, signs = RULES[rule].get("low", 0), memories(matrices, int(x), 100, rng)
    T = weights(signs)

    def ratio(T):
        toward = signs * (start(signs, low) @ T.swapaxes(-1, -2))
        return toward.mean(axis=(1, 2)) / toward.std(axis=(1, 2))

    plain = ratio(T)
    return {"plain": plain, "clipped": ratio(np.sign(T)) / plain, "one-way": ratio(one_direction(T, rng)) / plain}


def information(rule, x, matrices, rng):
    """Shannon information of x memories, clipped weights: N(1 - H(p)) bits a memory, p the part of its units that end wrong."""
    how, N = RULES[rule], 100
    signs = memories(matrices, int(x), N, rng)
    ends, _, _ = evolve(np.sign(weights(signs)), start(signs, how["low"]), rng, **how)
    wrong = distance(signs_of(ends, how["low"]), signs) / N
    return {"each": N * (1 - entropy(wrong)).sum(axis=1), "bits": wrong.mean(axis=1)}


def entropy(p):
    """In bits, of a coin."""
    q = np.clip(p, 1e-300, 1)
    r = np.clip(1 - p, 1e-300, 1)
    return -(p * np.log2(q) + (1 - p) * np.log2(r))


def basins(rule, x, matrices, rng, starts=1000):
    """N = 30, n = 5: where random starts end. The memories and their inverses are the ten nominal states."""
    how = RULES[rule]
    low, signs = how.get("low", 0), memories(matrices, 5, 30, rng)
    nominal = np.concatenate([signs, -signs], axis=1)
    T = weights(signs, how.get("diagonal", False))
    begun = memories(matrices, starts, 30, rng)
    ends, last, _ = evolve(T, start(begun, low), rng, **how)
    ends = signs_of(ends, low)
    away = np.stack([distance(ends, nominal[:, k : k + 1]) for k in range(10)], axis=-1)
    nearest = away.min(axis=-1)
    hits = (away == 0).sum(axis=1)
    move = signs_step(T, nominal, low)
    ratio = hits.max(axis=1) / np.maximum(hits.min(axis=1), 0.5)
    return {"assigned": (nearest == 0).mean(axis=1), "near": ((nearest > 0) & (nearest <= 3)).mean(axis=1),
            "no meaning": (nearest > 3).mean(axis=1), "zero state": (ends == -1).all(axis=-1).mean(axis=1),
            "memories": hits[:, :5].sum(axis=1) / starts, "inverses": hits[:, 5:].sum(axis=1) / starts,
            "stable memories": (~move[:, :5]).mean(axis=1), "stable inverses": (~move[:, 5:]).mean(axis=1),
            "all ten stable": (~move).all(axis=1), "ratio": np.where(hits.min(axis=1) > 0, ratio, np.inf),
            "assigned, all stable": np.where((~move).all(axis=1), (nearest == 0).mean(axis=1), np.nan),
            "time": last.mean(axis=1)}


def signs_step(T, signs, low):
    """Whether anything would change in these states."""
    return (signs * (start(signs, low) @ T.swapaxes(-1, -2)) < 0).any(axis=-1)


def probes(rule, x, matrices, rng, starts=200):
    """N = 30, n = 5: a memory with x units changed, no other nominal state being nearer; how often does it come back?"""
    how = RULES[rule]
    low, N = how.get("low", 0), 30
    signs = memories(matrices, 5, N, rng)
    which = rng.integers(5, size=(matrices, starts))
    wanted = signs[np.arange(matrices)[:, None], which]
    flip = rng.permuted(np.tile(np.arange(N) < x, (matrices, starts, 1)), axis=-1)
    begun = np.where(flip, -wanted, wanted)
    nominal = np.concatenate([signs, -signs], axis=1)
    nearest = np.stack([distance(begun, nominal[:, k : k + 1]) for k in range(10)], axis=-1).min(axis=-1)
    T = weights(signs, how.get("diagonal", False))
    ends, _, _ = evolve(T, start(begun, low), rng, **how)
    good, kept = distance(signs_of(ends, low), wanted) == 0, nearest == x
    stable = ~signs_step(T, signs, low)[np.arange(matrices)[:, None], which]
    return {"back": part(good, kept), "back, stable": part(good, kept & stable), "kept": kept.mean(axis=1)}


def part(good, asked):
    """The part of those asked that is good, for each matrix; NaN where none is asked."""
    return np.where(asked.any(axis=1), (good & asked).sum(axis=1) / np.maximum(asked.sum(axis=1), 1), np.nan)


def bounded(rule, x, matrices, rng, stored=60, asked=30):
    """Memories come one after the other, and no weight grows beyond x (0: no bound). Start at the last `asked` of them."""
    how, N = RULES[rule], 100
    low, signs = how.get("low", 0), memories(matrices, stored, N, rng)
    T = np.zeros((matrices, N, N), np.float32)
    for k in range(stored):
        T += signs[:, k, :, None] * signs[:, k, None, :]
        if x:
            np.clip(T, -x, x, out=T)
    T *= 1 - np.eye(N, dtype=np.float32)
    recent = signs[:, : -asked - 1 : -1]
    ends, _, _ = evolve(T, start(recent, low), rng, **how)
    wrong = distance(signs_of(ends, low), recent)
    ages = {f"age {age}": (wrong[:, age] < 5).astype(float) for age in range(asked)}
    return {"kept": (wrong < 5).sum(axis=1), "bits of the last": wrong[:, 0] / N, **ages}


def similar(rule, x, matrices, rng):
    """N = 100: seven random memories, and an eighth at the distance x from the first. Start at both of these."""
    how, N = RULES[rule], 100
    low, signs = how.get("low", 0), memories(matrices, 8, N, rng)
    flip = rng.permuted(np.tile(np.arange(N) < x, (matrices, 1)), axis=-1)
    signs[:, 7] = np.where(flip, -signs[:, 0], signs[:, 0])
    pair = signs[:, [0, 7]]
    ends, _, _ = evolve(weights(signs, how.get("diagonal", False)), start(pair, low), rng, **how)
    ends = signs_of(ends, low)
    wrong, apart = distance(ends, pair), distance(ends[:, 0], ends[:, 1])
    stable = (wrong == 0).all(axis=1)
    near = (wrong < 10).all(axis=1)
    return {"both stable": stable.astype(float), "displaced": ((apart > 0) & ~stable & near).astype(float),
            "fused": (apart == 0).astype(float), "elsewhere": ((apart > 0) & ~stable & ~near).astype(float),
            "end distance": apart, "distinct": (apart > 0).astype(float)}


def familiarity(rule, x, matrices, rng, starts=200):
    """N = 100, n = 500: how many changes in the time 1/(2W), from memories and from states that were never stored."""
    how, N = RULES[rule], 100
    low, signs = how.get("low", 0), memories(matrices, int(x), N, rng)
    T = weights(signs)
    known, strange = signs[:, :starts], memories(matrices, starts, N, rng)
    V = start(np.concatenate([known, strange], axis=1), low).reshape(-1, N)
    attempts, changes = rng.poisson(N / 2, size=len(V)), np.zeros(len(V))
    rows, base = T.reshape(-1, N), np.repeat(np.arange(matrices), 2 * starts) * N
    for k in range(attempts.max()):
        at = rng.integers(N, size=len(V))
        old = V[np.arange(len(V)), at].copy()
        changed = step(rows[base + at], V, at, 0, low, None)
        late = k >= attempts
        V[late, at[late]] = old[late]
        changes += changed & ~late
    changes = changes.reshape(matrices, 2, starts)
    a, b = changes[:, 0], changes[:, 1]
    area = ((a[:, :, None] < b[:, None]) + 0.5 * (a[:, :, None] == b[:, None])).mean(axis=(1, 2))
    cut = np.arange(N)
    right = ((a[:, :, None] <= cut).mean(axis=1) + (b[:, :, None] > cut).mean(axis=1)) / 2
    return {"slower": area, "told apart": right[:, right.mean(axis=0).argmax()], "changes, stored": a.mean(axis=1),
            "changes, strange": b.mean(axis=1), "stable": (~signs_step(T, signs, low)).mean(axis=1)}


def sequence(rule, x, matrices, rng, length=4):
    """Memories 1 to `length`, and the terms of strength x that lead from each to the next. Start at the first and watch.

    The state is at the memory that is nearest, if that is at most 20 (or 25) units away. In how many matrices does it come to all
    of them, in their order, and how long is it at those between the first and the last?
    """
    how, N = RULES[rule], 100
    low, signs = how.get("low", 0), memories(matrices, length, N, rng)
    lead = x * signs[:, 1:].swapaxes(-1, -2) @ signs[:, :-1]
    T = ((weights(signs) + lead) * (1 - np.eye(N))).astype(np.float32)
    V, rows, base = start(signs[:, 0], low).copy(), T.reshape(-1, N), np.arange(matrices) * N
    come, stays = {20: np.ones(matrices, int), 25: np.ones(matrices, int)}, np.zeros(matrices)
    for _ in range(WINDOW * 10):  # look ten times in a unit of time
        for _ in range(N // 10):
            at = rng.integers(N, size=matrices)
            step(rows[base + at], V, at, 0, low, None)
        away = distance(signs_of(V, low)[:, None], signs)
        nearest, at_most = away.argmin(axis=1), away.min(axis=1)
        for near, wanted in come.items():
            wanted += (nearest == wanted) & (at_most <= near)
        stays += ((nearest > 0) & (nearest < length - 1) & (at_most <= 20)) / 10
    whole = come[20] == length
    return {"all": whole.astype(float), "all, 25": (come[25] == length).astype(float), "come to": come[20].astype(float),
            "stay": np.where(whole & (length > 2), stays / max(length - 2, 1), np.nan)}


def sequences(rule, x, matrices, rng):
    """All lengths at the strength x."""
    found = {}
    for length in (2, 3, 4, 5, 6):
        found |= {f"{name}: {length}": value for name, value in sequence(rule, x, matrices, rng, length).items()}
    return found


def partial(rule, x, matrices, rng, starts=20):
    """Forty memories in four families, each stored with a tenth of the strength, then x units of a new one with full strength.

    Start from those x units, the others at random. What becomes of the others? The new one is a member of the first family.
    """
    how, N, k, weak = RULES[rule], 100, int(x), 0.1
    low = how.get("low", 0)
    heads = memories(matrices, 4, N, rng)
    family = np.repeat(heads, 10, axis=1) * np.where(rng.random((matrices, 40, N)) < 0.15, -1, 1)
    new = heads[:, 0] * np.where(rng.random((matrices, N)) < 0.15, -1, 1)
    C = weak * weights(family.astype(np.float32))
    known = new.copy()
    known[:, k:] = 0
    T = (C + weights(known[:, None].astype(np.float32))).astype(np.float32)
    T = np.round(T, 1)
    begun = memories(matrices, starts, N, rng)
    begun[..., :k] = new[:, None, :k]
    ends, _, settled = evolve(T, start(begun, low), rng, **how)
    ends = signs_of(ends, low)
    says = np.sign((C[:, k:, :k] @ new[:, :k, None])[..., 0])
    return {"as equation 12": (ends[..., k:] == says[:, None]).mean(axis=(1, 2)),
            "as the family": (ends[..., k:] == heads[:, :1, k:]).mean(axis=(1, 2)),
            "known units kept": (ends[..., :k] == new[:, None, :k]).mean(axis=(1, 2)), "settled": settled.mean(axis=1)}


def unfamiliar(rule, x, matrices, rng, starts=50):
    """N = 100, n = 5 and a threshold x for all units: what becomes of random states, and of memories with ten units changed?"""
    how, N = RULES[rule], 100
    low, signs = how.get("low", 0), memories(matrices, 5, N, rng)
    T = weights(signs)
    wanted = np.repeat(signs, starts // 5, axis=1)
    flip = rng.permuted(np.tile(np.arange(N) < 10, (matrices, starts, 1)), axis=-1)
    ends, _, _ = evolve(T, start(np.where(flip, -wanted, wanted), low), rng, threshold=x, **how)
    lost, _, _ = evolve(T, start(memories(matrices, starts, N, rng), low), rng, threshold=x, **how)
    return {"recalled": (distance(signs_of(ends, low), wanted) < 5).mean(axis=1),
            "random to zero": (lost == low).all(axis=-1).mean(axis=1),
            "probes to zero": (ends == low).all(axis=-1).mean(axis=1)}


# Random weights that are not symmetric.


def random_weights(rule, x, matrices, rng, trials=50, limit=200, walk=1000):
    """Weights uniform between -1 and 1, T_ij and T_ji independent, x units: how many different ends do 50 trials find?

    An end is a closed set of states: one stable state, a cycle in which every state has one successor, or a set in which the
    state wanders. From where a run stands after the time `limit`, all states that can follow are listed; if a stable one is among
    them, the run is `on its way` and counts for that end. `entropic`: exp(-Σ p ln p) over the states that are wandered in.
    """
    N, low = int(x), RULES[rule].get("low", 0)
    T = (rng.uniform(-1, 1, size=(matrices, N, N)) * (1 - np.eye(N))).astype(np.float32)
    if rule == "0/1, symmetric":
        T = np.triu(T) + np.triu(T).swapaxes(-1, -2)
    V, last, settled = evolve(T, start(memories(matrices, trials, N, rng), low), rng, limit, low=low)
    ends, kinds = np.zeros(matrices), np.zeros((matrices, 4))
    restless, of = [], []
    for m in range(matrices):
        sets = []
        for state, count in zip(*np.unique(V[m], axis=0, return_counts=True), strict=True):
            reach, single, rest = reachable(T[m], state, low)
            kind = 0 if len(reach) == 1 else 3 if rest else 1 if single else 2
            kinds[m, kind] += count / trials
            twin = next((k for k, known in enumerate(sets) if known & reach), None)
            if twin is None:
                sets.append(reach)
                if kind == 2:
                    restless.append(state)
                    of.append(m)
            else:
                sets[twin] |= reach
        ends[m] = len(sets)
    entropic = wander(T, restless, of, walk, low, rng) if restless else np.array([np.nan])
    times = np.where(settled, last, np.nan)
    mean_time = np.where(settled.any(axis=1), np.nansum(times, axis=1) / np.maximum(settled.sum(axis=1), 1), np.nan)
    return {"ends": ends, "two or three": np.isin(ends, (2, 3)).astype(float), "stable": kinds[:, 0], "cycle": kinds[:, 1],
            "wandering": kinds[:, 2], "on its way": kinds[:, 3], "time": mean_time, "entropic": entropic,
            "restless matrices": (kinds[:, 2] > 0).astype(float)}


def reachable(T, state, low, most=4000):
    """Return the codes of all states that can follow (some `most` at most), whether each has one successor, if one rests."""
    N = len(T)
    bits = 1 << np.arange(N, dtype=np.int64)
    found, single, rest = {int(bits @ (state > 0))}, True, False
    front = np.array([state])
    while len(front) and len(found) < most:
        fields = front @ T.T
        moves = np.where(fields > 0, 1, np.where(fields < 0, low, front)) != front
        single &= bool((moves.sum(axis=1) == 1).all())
        rest |= bool((~moves.any(axis=1)).any())
        row, unit = np.nonzero(moves)
        new = front[row]
        new[np.arange(len(row)), unit] = 1 + low - new[np.arange(len(row)), unit]
        codes, first = np.unique((new > 0) @ bits, return_index=True)
        fresh = [k for code, k in zip(codes.tolist(), first, strict=True) if code not in found]
        found |= set(codes.tolist())
        front = new[fresh]
    return found, single, rest


def wander(T, states, of, walk, low, rng):
    """Return exp(entropy) of the states seen in `walk` units of time from each start; NaN where the walk came to rest."""
    V, base, N = np.array(states, np.float32), np.array(of) * T.shape[-1], T.shape[-1]
    bits, seen = 1 << np.arange(N, dtype=np.int64), np.empty((walk * N, len(V)), np.int64)
    rows = T.reshape(-1, N)
    for k in range(walk * N):
        at = rng.integers(N, size=len(V))
        step(rows[base + at], V, at, 0, low, None)
        seen[k] = (V > 0) @ bits
    counts = [np.unique(column, return_counts=True)[1] / len(seen) for column in seen.T]
    resting = (seen[-20 * N :] == seen[-1]).all(axis=0)
    return np.where(resting, np.nan, [np.exp(-(p * np.log(p)).sum()) for p in counts])


ITEMS = dict(errors=errors, small=small, clipped=clipped, one_way=one_way, information=information, basins=basins, probes=probes,
             bounded=bounded, similar=similar, familiarity=familiarity, sequences=sequences, partial=partial,
             unfamiliar=unfamiliar, noise=noise, random_weights=random_weights)

MANY = {"errors": 500, "small": 500, "clipped": 500, "one_way": 300, "information": 300, "basins": 300, "probes": 300,
        "bounded": 200, "similar": 1000, "familiarity": 100, "sequences": 200, "partial": 200, "unfamiliar": 200, "noise": 500,
        "random_weights": 200}
READINGS = ("0/1, diagonal kept", "0/1, stopped at time 2", "±1, diagonal kept")
TIES = ("0/1, ties switch on", "0/1, ties switch off", "0/1, sweeps")
POINTS = {  # item: {rule: values of x}
    "errors": {"0/1": [5, 8, 9, 10, 11, 12, 13, 14, 15, 17, 20], "±1": [5, 10, 12, 15, 20]}
    | {rule: [5, 10, 15] for rule in READINGS} | {rule: [10, 15] for rule in TIES},
    "small": {"0/1": [3, 4, 5], "±1": [3, 4, 5]},
    "clipped": {"0/1": [5, 7, 9, 11], "±1": [9]},
    "one_way": {"0/1": [5, 7, 10], "±1": [10]},
    "information": {"±1": [5, 7, 9, 11, 12, 13, 14, 15, 17, 19, 21, 25]},
    "noise": {"0/1": [9], "±1": [9]},
    "basins": {rule: [5] for rule in ("0/1", "±1", *READINGS, *TIES)},
    "probes": {rule: list(range(1, 15)) for rule in ("0/1", "±1")} | {rule: [5, 12] for rule in READINGS},
    "bounded": {rule: [0, 1, 2, 3, 4, 5, 6, 8] for rule in ("0/1", "±1")},
    "similar": {rule: [2, 5, 10, 15, 20, 25, 30, 40, 50] for rule in ("0/1", "±1")}
    | {rule: [10, 20, 30] for rule in READINGS},
    "familiarity": {"0/1": [500], "±1": [500]},
    "sequences": {rule: [0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.7] for rule in ("0/1", "±1")},
    "partial": {rule: [25, 50, 75] for rule in ("0/1", "±1")},
    "unfamiliar": {"0/1": [0, 5, 10, 15, 20, 25, 30, 40]},
    "random_weights": {"0/1": [30], "0/1, symmetric": [30]},
}


def summary(values):
    """Return matrices, mean, its standard error, median, and the range of 95 % of the matrices. Infinite means: never found."""
    values = np.asarray(values, float)
    values = values[~np.isnan(values)]
    finite = values[np.isfinite(values)]
    if not finite.size:
        return [len(values)] + [float("nan")] * 2 + [float(np.median(values))] * 3 if len(values) else [0] + [float("nan")] * 5
    error = finite.std(ddof=1) / np.sqrt(len(finite)) if len(finite) > 1 else 0.0
    low, middle, high = (float(v) for v in np.quantile(values, [0.025, 0.5, 0.975], method="nearest"))
    return [len(values), float(finite.mean()), float(error), middle, low, high]


def measure(item, rule, x, rng):
    began = time.process_time()
    found = ITEMS[item](rule, x, MANY[item], rng)
    return {name: summary(values) for name, values in found.items()}, time.process_time() - began


# The paper's numbers.

HALF, MOST = (0.5, 1.0), (0.75, 1.0)
PAPER = [  # part, what, as printed, the range that this is read as, item, x, quantity
    ("random weights", "random weights: ends of 50 trials", "two or three", (2, 3), "random_weights", 30, "ends"),
    ("random weights", "random weights: time to rest", "about 4", (3.5, 4.5), "random_weights", 30, "time"),
    ("random weights", "random weights: states wandered in", "25", (24.5, 25.5), "random_weights", 30, "entropic"),
    ("recall", "P = 5: without error", "almost always", (0.9, 1), "errors", 5, "exact"),
    ("recall", "P = 10: without error", "0.6", (0.55, 0.65), "errors", 10, "exact"),
    ("recall", "P = 15: fewer than 5 errors", "about half", (0.4, 0.6), "errors", 15, "below five"),
    ("recall", "P = 15: 20 errors or more", "the rest", (0.4, 0.6), "errors", 15, "twenty or more"),
    ("basins", "N = 30: assigned", "85 %", (0.825, 0.875), "basins", 5, "assigned"),
    ("basins", "N = 30: without meaning", "10 %", (0.075, 0.125), "basins", 5, "no meaning"),
    ("basins", "N = 30: very near", "5 %", (0.025, 0.075), "basins", 5, "near"),
    ("basins", "N = 30: likeliest over rarest of ten", "20", (15, 25), "basins", 5, "ratio"),
    ("basins", "N = 30: back from distance 5", "more than 90 %", (0.9, 1), "probes", 5, "back"),
    ("basins", "N = 30: back from distance 12", "0.2", (0.15, 0.25), "probes", 12, "back"),
    ("clipped", "clipped: signal to noise over plain", "√(2/π) = 0.798", (0.758, 0.838), "noise", 9, "clipped"),
    ("clipped", "clipped ±1: most bits held at P =", "about 13", (12, 14), "information", None, "best"),
    ("clipped", "clipped ±1: bits at P = 13, over N²", "1/8", (0.115, 0.135), "information", 13, "each"),
    ("forgetting", "up to ±3: the last memory is kept", "retained", HALF, "bounded", 3, "age 0"),
    ("forgetting", "up to ±3: that before the last 20 is kept", "no longer stable", (0, 0.5), "bounded", 3, "age 20"),
    ("forgetting", "the bound that keeps most", "3 is appropriate", (2.5, 3.5), "bounded", None, "best"),
    ("one-way", "one-way: signal to noise over plain", "1/√2 = 0.707", (0.672, 0.742), "noise", 9, "one-way"),
    ("one-way", "one-way, P = 10: comes to rest", "stable minima", (0.9, 1), "one_way", 10, "settled"),
    ("similar", "distance 30: both stable", "usually", HALF, "similar", 30, "both stable"),
    ("similar", "distance 20: two different ends", "usually", HALF, "similar", 20, "distinct"),
    ("similar", "distance 10: one end for both", "often", HALF, "similar", 10, "fused"),
    ("familiar", "P = 500: memories that are stable", "none", (0, 0.001), "familiarity", 500, "stable"),
    ("familiar", "P = 500: a stranger moves more", "most of the time", MOST, "familiarity", 500, "slower"),
    ("familiar", "threshold 0: random start ends in 000…", "very seldom", (0, 0.05), "unfamiliar", 0, "random to zero"),
    ("familiar", "threshold 25: random start ends in 000…", "likely", HALF, "unfamiliar", 25, "random to zero"),
    ("familiar", "threshold 25: ten wrong, and recalled", "implied", HALF, "unfamiliar", 25, "recalled"),
    ("partial", "half a memory: the rest as predicted", "primarily", MOST, "partial", 50, "as equation 12"),
    ("sequences", "sequence of four, best A: all in order", "not faithfully", (0.001, 0.5), "sequences", None, "all: 4"),
    ("sequences", "sequence of five, best A: all in order", "impossible", (0, 0.025), "sequences", None, "all: 5"),
]
EQUIVALENT = [("without error", "exact"), ("below 5 errors", "below five"), ("wrong units", "bits"), ("first step", "first step")]


def verdict(printed, interval, single):
    """Compare the range that the paper's number is read as with the 95 % interval of a mean, and with single matrices."""
    if interval[0] <= printed[1] and printed[0] <= interval[1]:
        return "agrees"
    return "one matrix could" if single[0] <= printed[1] and printed[0] <= single[1] else "no"


def compared(rows):
    """Return the rows of hopfield1982_paper.csv, for each rule with which the number was measured."""
    of = {(row[0], row[1], row[2], row[3]): row[4:] for row in rows}
    found = []
    for part, what, printed, reading, item, x, quantity in PAPER:
        for rule, values in POINTS[item].items():
            if x is not None and x not in values:
                continue
            count, mean, error, middle, low, high = best(of, item, rule, quantity) if x is None else of[item, rule, x, quantity]
            if quantity == "each":
                mean, error, low, high = (value / 100**2 for value in (mean, error, low, high))
            if quantity == "ratio":
                mean, error = middle, 0.0
            interval = (mean - 1.96 * error, mean + 1.96 * error)
            if {low, high} <= {0.0, 1.0}:  # one matrix is a yes or a no: it has no range, and the share has Wilson's interval
                low, high = interval = stats.wilson_interval(round(mean * count), count)
            found.append([part, what, printed, *reading, rule, count, mean, error, low, high,
                          verdict(reading, interval, (low, high))])
    for name, quantity in EQUIVALENT:
        n, error = equivalent(of, quantity)
        interval = (n - 1.96 * error, n + 1.96 * error)
        found.append(["clipped", f"clipped, P = 9: plain P, same {name}", "12", 11.5, 12.5, "0/1", MANY["clipped"], n,
                      error, *interval, verdict((11.5, 12.5), interval, interval)])
    return found


def best(of, item, rule, quantity):
    """The largest share over x, or (`best`) the x itself of what is held most; there the error is read off the neighbours."""
    name = {"information": "each", "bounded": "kept"}.get(item, quantity)
    rows = {x: of[item, rule, x, name] for x in POINTS[item][rule]}
    top = max(rows, key=lambda x: rows[x][1])
    if quantity != "best":
        return rows[top]
    near = [x for x, row in rows.items() if rows[top][1] - row[1] <= 1.96 * np.hypot(row[2], rows[top][2])]
    return [rows[top][0], float(top), (max(near) - min(near)) / 2 / 1.96, float(top), float(min(near)), float(max(near))]


def equivalent(of, quantity):
    """The load at which the plain network does what the clipped one does with nine memories, by linear interpolation."""
    loads = np.array(POINTS["errors"]["0/1"])
    plain = np.array([of["errors", "0/1", n, quantity][1:3] for n in loads])
    goal, error = of["clipped", "0/1", 9, quantity][1:3]
    k = int(np.flatnonzero(np.diff(np.sign(plain[:, 0] - goal)))[0])
    slope = (plain[k + 1, 0] - plain[k, 0]) / (loads[k + 1] - loads[k])
    return float(loads[k] + (goal - plain[k, 0]) / slope), float(np.hypot(error, plain[k : k + 2, 1].max()) / abs(slope))


def write(name, columns, rows):
    def short(value):
        return f"{value:.5g}" if isinstance(value, float) else value

    with open(RESULTS / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([short(value) for value in row] for row in rows)


def main(workers=None, notes=None):
    """Run everything; `notes` is a folder in which finished points are kept, so that a run that was stopped goes on."""
    points = [dict(item=item, rule=rule, x=x) for item, rules in POINTS.items() for rule, values in rules.items() for x in values]
    path = None if notes is None else Path(notes) / "hopfield1982.jsonl"
    results = scan(measure, points, SEED, path=path, workers=workers, progress=True)
    rows, seconds = [], dict.fromkeys(ITEMS, 0.0)
    for point, (found, took) in zip(points, results, strict=True):
        seconds[point["item"]] += took
        rows += [[point["item"], point["rule"], point["x"], quantity, *values] for quantity, values in found.items()]
    write("hopfield1982", ["item", "rule", "x", "quantity", "matrices", "mean", "error", "median", "low", "high"], rows)
    write("hopfield1982_paper", ["part", "what", "printed", "from", "to", "rule", "matrices", "mean", "error", "low", "high",
                                 "verdict"], compared(rows))
    about = dict(seed=SEED, python=platform.python_version(), numpy=np.__version__,
                 cpu_seconds={item: round(took, 1) for item, took in seconds.items()})
    (RESULTS / "hopfield1982_about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
