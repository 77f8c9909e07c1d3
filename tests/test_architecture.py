"""Knowledge flows one way: netlib <- studies <- chapters <- book; and the tree speaks of no machine."""

import ast
import re
import subprocess
import sys
import tomllib

import pytest
from chapter_source import CHAPTERS, ROOT, code, name

MAY_IMPORT = {"netlib": {"netlib"}, "studies": {"netlib", "studies"}, "benchmarks": {"netlib", "benchmarks"}}
EDGE = {"plot", "explore", "check", "_show"}
SHOWS = {"matplotlib", "ipywidgets", "IPython"}
OURS = {"netlib", "studies", "chapters", "book", "benchmarks", "tests"}
# Folders of one machine and addresses behind one door, in two pieces each so that this file does not match itself.
MACHINE = re.compile("|".join([
    *("/" + "work/", "/" + r"home/\w", "/" + r"Users/\w", "/" + r"root/\w", r"[A-Z]:\\Users"),
    *(r"\b10\.\d+\.\d+\.\d+\b", r"192\.168\.\d", "--index" + "-url", "extra" + "-index", "PIP_" + "INDEX", "art" + "ifactory"),
]))


def modules(folder):
    return sorted((ROOT / folder).glob("**/*.py"))


def imported(source):
    """Return the full names of all modules that the source imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the package in full"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def roots(source):
    return {name.split(".")[0] for name in imported(source)}


def tracked():
    """The text files that belong to the book."""
    answer = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if answer.returncode:
        pytest.fail("the tree's files are listed by git, which failed: " + answer.stderr)
    paths = [ROOT / path for path in answer.stdout.split("\0") if path]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:8000]]


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_nothing_imports_upwards(folder):
    for path in modules(folder):
        assert roots(path.read_text(encoding="utf8")) & OURS <= MAY_IMPORT[folder], path.relative_to(ROOT)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=name)
def test_a_chapter_needs_netlib_alone(chapter):
    source = re.sub(r"(?m)^%.*$", "", code(chapter))
    assert roots(source) & OURS <= {"netlib"}, "a chapter must also run where only netlib is installed"


def test_the_core_of_netlib_shows_nothing():
    for path in modules("netlib"):
        if path.stem not in EDGE:
            source = path.read_text(encoding="utf8")
            assert not roots(source) & SHOWS, path.name
            assert not imported(source) & {f"netlib.{module}" for module in EDGE}, path.name


def test_importing_the_core_loads_no_picture_and_no_widget():
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in modules("netlib")]
    core = [name for name in names if name.split(".")[1:] not in [[edge] for edge in EDGE]]
    assert {"netlib", "netlib.rbm", "netlib.rbm.learning", "netlib.boltzmann.trials", "netlib._checkpoint"} <= set(core)
    program = f"import sys\nfor module in {core}: __import__(module)\nprint(set({sorted(SHOWS)}) & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert answer.stdout.strip() == "set()", answer.stdout + answer.stderr


def test_the_tree_speaks_of_no_machine():
    for path in tracked():
        found = MACHINE.search(path.read_text(encoding="utf8", errors="replace"))
        assert not found, f"{path.relative_to(ROOT)}: {found}"


def test_only_exact_pins_and_only_once():
    lines = [line.split("#")[0].strip() for line in (ROOT / "requirements.txt").read_text(encoding="utf8").splitlines()]
    pins = [line for line in lines if line]
    assert all(re.fullmatch(r"[\w.-]+(\[[\w,]+\])?==[\w.]+", pin) for pin in pins), pins
    names = [pin.split("==")[0].lower() for pin in pins]
    assert len(names) == len(set(names))


def test_the_wheel_holds_every_package():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["tool"]["setuptools"]["packages"]
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in modules("netlib")} | {"netlib.results"}
    assert sorted(listed) == sorted(found)
