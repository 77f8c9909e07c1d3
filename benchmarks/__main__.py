"""Run all races and print the tables; with ``--record`` also write them into benchmarks/README.md."""

import argparse
import os
import platform
import re
from dataclasses import replace
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks import contests, race

README = Path(__file__).with_name("README.md")
PACKAGES = ("numpy", "scipy", "numba", "peapods", "dwave-samplers", "hopfieldnetwork", "scikit-learn", "torch", "rbms", "thrml",
            "jax")
HEAD = ["work", "netlib", "peer", "peer's time", "peer / netlib (least to most)", "goal", "", "found: netlib / peer"]


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--record", action="store_true", help="write the tables into benchmarks/README.md")
    parser.add_argument("--only", default="", help="run only the races whose name holds this")
    options = parser.parse_args()
    tables = "\n\n".join([machine(), table(options.only), growth(options.only)])
    print(tables)
    if options.record:
        text = README.read_text(encoding="utf8")
        README.write_text(re.sub(r"(?s)(?<=<!-- record -->\n).*(?=<!-- end -->)", lambda _: tables + "\n", text), encoding="utf8")


def machine():
    """Return a paragraph with date, machine, load and versions."""
    versions = ", ".join(f"{package} {installed(package)}" for package in PACKAGES)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (f"Measured on {date.today()} on {processor()}, {os.cpu_count()} cores (load averages at the start {load}), "
            f"{platform.system()}, Python {platform.python_version()}, {versions}.")


def processor():
    """Return the name of the processor."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf8")
    except OSError:
        return platform.processor()
    fields = dict(re.findall(r"(?m)^(model name|model|cpu family)\s*: (.*)$", text))
    wide = ", AVX-512" if "avx512f" in text else ""
    name, family, model = (fields.get(key, "?") for key in ("model name", "cpu family", "model"))
    return f"{name} (family {family}, model {model}{wide})"


def installed(package):
    """Return the version of a package, or say that it is not there."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"


def table(only=""):
    """Run the races and return the table of results, then what each line runs."""
    lines, does = [], []
    for make in contests.RACES:
        contest = make()
        if only in contest.work:
            lines += race.rows(contest, race.run(contest))
            does += [f"- **{contest.work}** ({contest.result}; times per {contest.unit}): {described(contest)}"]
    return f"{race.markdown(HEAD, lines)}\n\n" + "\n".join(does)


def described(contest):
    """Return what everybody in a contest does."""
    return "; ".join(f"{entrant.name}: {entrant.does}" for entrant in (contest.netlib, *contest.peers)) + "."


def growth(only=""):
    """Return a table for each piece of work whose cost grows with a size."""
    tables = []
    for name, (sizes, peers) in contests.GROWTH.items():
        if only in name:
            columns = [grown(make(), peers) for make in sizes.values()]
            lines = [[who, *(column[who] for column in columns)] for who in ("netlib", *peers)]
            tables.append(race.markdown([name, *sizes], lines))
    return "\n\n".join(tables)


def grown(contest, peers):
    """Return the median time of everybody in one contest, as text."""
    chosen = replace(contest, peers=tuple(peer for peer in contest.peers if peer.name in peers))
    laps = race.run(chosen, repetitions=5)
    return {lap.entrant.name: "not run" if lap.problem else race.duration(lap.time) for lap in laps}


if __name__ == "__main__":
    main()
