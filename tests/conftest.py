"""What every test sees: the book's folder on the path, pictures without a screen, and one thread.

`pip install .[test]` is enough for the tests of netlib: a file that needs something else, the book's own tests above all, is left
out and named at the start. Where CI is set nothing is left out.
"""

import ast
import os
import sys
from importlib.util import find_spec
from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
sys.path.insert(0, str(ROOT))
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
os.environ["MPLBACKEND"] = "Agg"
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

pytest_plugins = ["browser"]


def missing(path):
    """Return what a test file imports, by itself or through a helper beside it, and what is not installed."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf8")).body:
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.split(".")[0])
    helpers = [TESTS / f"{name}.py" for name in names if (TESTS / f"{name}.py").exists()]
    others = {"jupyter_book" if name == "book" else name for name in names - {helper.stem for helper in helpers}}
    return {name for name in others if not find_spec(name)}.union(*map(missing, helpers))


LEFT_OUT = {path.name: needs for path in sorted(TESTS.glob("test_*.py")) if (needs := missing(path))}
collect_ignore = [] if os.environ.get("CI") else list(LEFT_OUT)


def pytest_report_header():
    return [f"{name} is left out, because it needs {', '.join(sorted(LEFT_OUT[name]))}" for name in collect_ignore]
