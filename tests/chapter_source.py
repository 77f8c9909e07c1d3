"""Chapters as the tests see them: their cells, their exercises, and a way to run them in this process."""

import hashlib
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache as once
from pathlib import Path

from book import cache, twins

ROOT = Path(__file__).resolve().parent.parent
FIXTURE = ROOT / "tests" / "fixture" / "chapters" / "2-part" / "08-sample.md"
CHAPTERS = cache.chapters()
WHOLE = [path for path in CHAPTERS if not cache.is_draft(path)]  # a draft is built, and need not be whole
LESSONS = [path for path in CHAPTERS if path.stem[0].isdigit()]  # the numbered chapters; the tour proves and examines nothing
CELL = re.compile(r"(?ms)^```\{code-cell\}.*?^```$")
FENCED = re.compile(r"(?ms)^(`{3,}|:{3,}) *\{code-cell\}.*?^\1$")


@dataclass
class Exercise:
    """The pieces of one exercise, as code: the stub, the check, and the solution that sets the solution's name."""

    number: str
    title: str = ""
    stated: bool = False
    answer: str = ""
    stubs: list = field(default_factory=list)
    checks: list = field(default_factory=list)
    solutions: list = field(default_factory=list)

    @property
    def solution(self):
        return re.sub(r"^[a-z]+", "solution", self.answer)


def name(path):
    """What pytest calls a chapter."""
    return path.stem


def prose(path):
    """The chapter's text without its code cells."""
    return FENCED.sub("", path.read_text(encoding="utf8"))


def code_cells(path):
    """The chapter's code cells, in order."""
    return [cell for cell in cache.read(path).cells if cell.cell_type == "code"]


def code(path):
    """All of the chapter's code."""
    return "\n".join(cell.source for cell in code_cells(path))


def exercises(path):
    """Return exercise number ("8.3") -> `Exercise`, of everything that the chapter states, stubs, checks or solves."""
    found = defaultdict(lambda: Exercise(""))
    for title, label in re.findall(r"(?m)^`{3,}\{exercise(?:-start)?\} *([^\n]*)\n:label: ex-([\d-]+)", prose(path)):
        found[label.replace("-", ".")].stated, found[label.replace("-", ".")].title = True, title.strip()
    solving = None
    for cell in cache.read(path).cells:
        if cell.cell_type == "markdown":
            for start, label in re.findall(r"(?m)^`{3,}\{solution-(start|end)\} *(?:ex-([\d-]+))?", cell.source):
                solving = label.replace("-", ".") if start == "start" else None
            continue
        if solving:
            found[solving].solutions.append(cell.source)
        for given in re.findall(r"(?m)^(?:def )?((?:answer|attempt)_\d+_\d+)\b *(?:=|\()", cell.source):
            number = ".".join(given.split("_")[1:])
            found[number].stubs.append(cell.source)
            found[number].answer = given
        for number in re.findall(r"""check\.(?:number|function)\(\s*["']([\d.]+)["']""", cell.source):
            found[number].checks.append(cell.source)
    for number, exercise in found.items():
        exercise.number = number
    return dict(found)


@dataclass
class Told:
    """One call of a check: what it was given, and its verdict."""

    arguments: tuple
    keywords: dict
    verdict: object


@dataclass
class Experiment:
    """One call of `explore`: how many values each control has, and what the first and the last frame say."""

    controls: dict
    first: str
    last: str


@once
def executed(path):
    """Run all of the chapter's code cells in this process; return the namespace that they leave, and what the checks told.

    What its experiments say is kept in _build, so that the tests in the browser need not run the chapter again.
    """
    import os

    import matplotlib.pyplot as plt

    from netlib import check, explore

    namespace, told, experiments = {"__name__": "__main__"}, [], []

    def instead(draw, *, start=None, labels=None, **controls):
        controls, first = explore._check_controls(draw, controls, start, labels)
        sentences = []
        for index in (first, {control: len(values) - 1 for control, values in controls.items()}):
            figure, sentence = draw(**{control: controls[control][at] for control, at in index.items()})
            plt.close(figure)
            sentences.append(" ".join(sentence.split()))
        experiments.append(Experiment({control: len(values) for control, values in controls.items()}, *sentences))

    folder, original = os.getcwd(), explore.explore
    os.chdir(path.parent)
    explore.explore = instead
    try:
        with listening(check, told), plt.rc_context():
            for at, cell in enumerate(code_cells(path)):
                exec(compile(cell.source, f"{path.name}, code cell {at + 1}", "exec"), namespace)
                plt.close("all")
    finally:
        os.chdir(folder)
        explore.explore = original
    kept = _experiments_file(path)
    kept.parent.mkdir(parents=True, exist_ok=True)
    twins.write(kept, json.dumps([vars(experiment) for experiment in experiments]))
    return namespace, told


def experiments(path):
    """Return the chapter's experiments as netlib computes them now."""
    kept = _experiments_file(path)
    if not kept.exists():
        executed(path)
    return [Experiment(**values) for values in json.loads(kept.read_text(encoding="utf8"))]


def _experiments_file(path):
    """A file whose name changes with netlib, the studies, the pins and the chapter's code."""
    digest = hashlib.sha256((cache.folder().name + code(path)).encode()).hexdigest()[:12]
    return cache.BUILD / "experiments" / f"{path.stem}-{digest}.json"


def ask(path, exercise, answer):
    """Run the check of an exercise with `answer` in place of the reader's; return what it told."""
    from netlib import check

    namespace, _ = executed(path)
    told = []
    with listening(check, told):
        for source in exercise.checks:
            exec(compile(source, f"{path.name}, the check of {exercise.number}", "exec"), {**namespace, exercise.answer: answer})
    return [call for call in told if call.verdict.id == exercise.number]


class listening:
    """While it lasts, every call of `check.number` and `check.function` is written into `told`."""

    def __init__(self, check, told):
        self.check, self.told = check, told

    def __enter__(self):
        self.originals = {kind: getattr(self.check, kind) for kind in ("number", "function")}
        for kind, original in self.originals.items():
            setattr(self.check, kind, self._heard(original))

    def __exit__(self, *_):
        for kind, original in self.originals.items():
            setattr(self.check, kind, original)

    def _heard(self, original):
        def told(*arguments, **keywords):
            verdict = original(*arguments, **keywords)
            self.told.append(Told(arguments, keywords, verdict))
            return verdict
        return told
