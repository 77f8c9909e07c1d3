"""Everything that must hold, as `make test` runs it: style, the strict build, all tests and doctests, and the notebooks' outputs.

It stops at the first part that fails, and ends with how many tests ran. Where CI is set, a test that skips counts as failed.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

from book import ROOT, cache

WORKERS = ("-n", str(cache.WORKERS))
TESTS = (*WORKERS, "--dist", "loadfile", "--doctest-modules", "netlib", "book", "tests")
NOTEBOOKS = (*WORKERS, "--dist", "loadscope", "--nbval-lax", "--nbval-current-env", "chapters")


def main():
    start = time.perf_counter()
    run("style", "ruff", "check", ".")
    run("strict build", "book.build", "--if-needed")
    counts = {name: run_tests(name, *arguments) for name, arguments in {"tests": TESTS, "notebook cells": NOTEBOOKS}.items()}
    listed = ", ".join(f"{count} {name}" for name, count in counts.items())
    print(f"\nAll is well: {listed} passed in {(time.perf_counter() - start) / 60:.1f} minutes.")


def run(name, module, *arguments):
    """Run a Python module on the book; stop if it fails."""
    print(f"\n== {name} ==", flush=True)
    variables = os.environ | {"PYTHONPATH": str(ROOT), "JUPYTER_PREFER_ENV_PATH": "1"}
    if subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, env=variables).returncode:
        raise SystemExit(f"\nStopped: {name} failed.")


def run_tests(name, *arguments):
    """Run pytest; return how many tests passed."""
    report = cache.BUILD / f"{name.replace(' ', '-')}.xml"
    run(name, "pytest", "-q", "--durations=15", *arguments, f"--junitxml={report}")
    suite = ElementTree.parse(report).getroot().find("testsuite")
    skipped = int(suite.get("skipped"))
    if skipped and os.environ.get("CI"):
        raise SystemExit(f"\nStopped: {skipped} of the {name} were skipped, which CI does not allow.")
    return int(suite.get("tests")) - skipped


if __name__ == "__main__":
    main()
