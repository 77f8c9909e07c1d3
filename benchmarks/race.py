"""Races: the same work done by netlib and by others, in turn, on one thread, in CPU time.

A contest is a piece of work of some size. Everyone who takes part is prepared once (imports, compilation, the first state), runs
once unmeasured, and is then timed again and again, all in turn, so that whatever else the machine does hits all alike. What
counts is the median. Every run returns a number that says what was computed (an energy, a reconstruction error): it stands in
the table too.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import isnan
from statistics import mean, median

ENOUGH = 3.0


@dataclass(frozen=True)
class Entrant:
    """Somebody who takes part: `prepare()` returns the function to time, which returns the number to compare.

    It may return a second function: what a call costs before it begins. It is timed in the same round, and its time taken off.
    `goal` is how many times faster than this one netlib should be; None if there is no goal. `does` says what is run.
    """

    name: str
    does: str
    prepare: Callable
    goal: float | None = None


@dataclass(frozen=True)
class Contest:
    """A piece of work of one size: netlib against each of the peers.

    Times are divided by `count`, which makes them times per `unit`. `limit` is the most seconds per unit that netlib may take,
    None without such a goal. `result` names what all should find.
    """

    work: str
    unit: str
    count: int
    result: str
    netlib: Entrant
    peers: tuple = ()
    limit: float | None = None


@dataclass(frozen=True)
class Lap:
    """What one entrant needed (seconds per unit, a number for each repetition) and found; or why it did not run."""

    entrant: Entrant
    times: tuple = ()
    results: tuple = ()
    problem: str = ""

    @property
    def time(self):
        """The median time, seconds per unit."""
        return median(self.times)

    @property
    def result(self):
        """The mean of what the runs found."""
        return mean(self.results)


def run(contest, repetitions=7, clock=time.process_time):
    """Time everybody in turn, and return a `Lap` for netlib and then one for each peer.

    Whoever cannot be imported, compiled or run gets a lap that says why. There are fewer repetitions (at least three) if one
    round takes long.
    """
    entrants = (contest.netlib, *contest.peers)
    runs, problems, costs = {}, {}, []
    for entrant in entrants:
        try:
            prepared = entrant.prepare()
            runs[entrant.name] = prepared if isinstance(prepared, tuple) else (prepared,)
            costs += [timed(call, clock)[0] for call in runs[entrant.name]]
        except Exception as error:
            if entrant is contest.netlib:
                raise
            runs.pop(entrant.name, None)
            problems[entrant.name] = f"{type(error).__name__}: {error}".splitlines()[0]
    repetitions = max(3, min(repetitions, int(repetitions * ENOUGH / max(sum(costs), 1e-9))))
    times, results = ({name: [] for name in runs} for _ in range(2))
    for _ in range(repetitions):
        for name, (call, *idle) in runs.items():
            spent, found = timed(call, clock)
            times[name].append((spent - sum(timed(other, clock)[0] for other in idle)) / contest.count)
            results[name].append(float(found))
    return [Lap(e, tuple(times.get(e.name, ())), tuple(results.get(e.name, ())), problems.get(e.name, "")) for e in entrants]


def timed(call, clock):
    """Return how long a call took, and what it returned."""
    before = clock()
    found = call()
    return clock() - before, found


def ratio(netlib, peer):
    """Return how many times as long as netlib the peer took, and the least and the largest such ratio of a single round."""
    rounds = [theirs / ours for ours, theirs in zip(netlib.times, peer.times, strict=True)]
    return peer.time / netlib.time, min(rounds), max(rounds)


def verdict(measured, goal):
    """Return "met", or "missed" with the part of the goal that was reached; nothing without a goal.

    >>> verdict(9.0, 8), verdict(6.0, 8), verdict(6.0, None)
    ('met', 'missed: 75 % of it', '')
    """
    if goal is None:
        return ""
    return "met" if measured >= goal else f"missed: {100 * measured / goal:.0f} % of it"


def rows(contest, laps):
    """Return the lines of the table for one contest, as lists of text."""
    netlib, *peers = laps
    lines = []
    if contest.limit:
        kept = verdict(contest.limit / netlib.time, 1)
        goals = ["", "", "", f"below {duration(contest.limit)}", kept]
        lines.append([contest.work, duration(netlib.time), *goals, number(netlib.result)])
    for peer in peers:
        if peer.problem:
            lines.append([contest.work, duration(netlib.time), peer.entrant.name, "not run", "", goal(peer), peer.problem, ""])
            continue
        times, least, most = ratio(netlib, peer)
        found = f"{number(netlib.result)} / {number(peer.result)}"
        lines.append([contest.work, duration(netlib.time), peer.entrant.name, duration(peer.time),
                      f"{times:.3g} ({least:.3g} to {most:.3g})", goal(peer), verdict(times, peer.entrant.goal), found])
    return lines


def goal(peer):
    """Return the goal as text."""
    return "" if peer.entrant.goal is None else f"at least {peer.entrant.goal:.3g}"


def number(value):
    """Return a result as text; what computes nothing to compare gives nan."""
    return "–" if isnan(value) else f"{value:.4g}"


def duration(seconds):
    """Return a time with three digits and its unit.

    >>> duration(0.0001234), duration(2.5)
    ('123 µs', '2.5 s')
    """
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def markdown(head, lines):
    """Return a table in Markdown.

    >>> print(markdown(["a", "b"], [["1", "22"]]))
    | a | b  |
    |---|----|
    | 1 | 22 |
    """
    widths = [max(len(line[k]) for line in [head, *lines]) for k in range(len(head))]
    text = [" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in [head, *lines]]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([f"| {text[0]} |", rule, *(f"| {line} |" for line in text[1:])])
