"""Exercises that answer on the page: the page's judge says what the notebook's says, and what it has heard is kept.

The first tests need no built site: they feed exercises made here to `exercises.js`. The others open the site, and hold both judges
together on every number that the book asks for.
"""

import base64
import json
import math
import random
import re

import numpy as np
import pytest

from book import ROOT, cache
from netlib import check

STATIC = ROOT / "book" / "_static"
JUDGE = """pairs => pairs.map(([data, texts]) => {
    const exercise = bookExercises.described({ dataset: { check: data } });
    return texts.map((text) => bookExercises.judge(text, exercise));
})"""
NAMES = {"math": math, "np": np, "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "tanh": math.tanh, "pi": math.pi, "e": math.e,
         "inf": math.inf, "nan": math.nan, "abs": abs}
COMMON = [  # what Python reads as well: the notebook's judge gets what these mean there
    "...", "None", "0", "1", "-1", "0.5", ".5", "5.", "2/3", "-(3 - 5) * 2 / 7", "2**0.5", "2**-1", "-2**2", "2**3**2", "1e-3", "1e400", "1_000",
    "math.log(2)", "np.exp(-1)", "exp(-1)", "sqrt(2)", "np.sqrt(2) / 2", "tanh(0.5)", "1/(1 + math.exp(-1))", "math.pi / 4", "e**-1", "pi", "17 - 12*sqrt(2)",
    "np.log(1 + np.exp(2))", "abs(-3)", "+4", "--4", "nan", "inf", "-inf", "'0.5'", '"0.5"', "'0,5'", "'nan'", "'forty-two'", "'2.5 J'", "'2,5 J'",
    '"it\'s"', "'a \"quoted\" word'", "''", "0,731", "2,5", "1,-2", "1.5,2", "1,2,3", "(1, 2)", "(1,)", "[1, 2]", "[1, 2,]", "[]", "()", "[[1, 2], [3, 4]]",
    "[0.5, 1/2]", "np.array([1, 2])", "[nan, 1]", "[50, 50]", "123456.5", "1234567", "100000.5", "0.00001234565", "-0.0", "12345.65", "2.5e-14", "1e16",
]
PAGE_ALONE = {  # what is written on paper, and means the same as the Python beside it
    "": "...", "  ": "...", "…": "...", "2^0.5": "2**0.5", "e^-1": "math.e**-1", "e^(-1)": "math.exp(-1)", "ln 2": "math.log(2)", "ln2": "math.log(2)",
    "ln(2)/2": "math.log(2)/2", "√2": "math.sqrt(2)", "12√2": "12*math.sqrt(2)", "17 − 12√2": "17 - 12*math.sqrt(2)", "2π": "2*math.pi", "2 ln 2": "2*math.log(2)",
    "−0.5": "-0.5", "3×4": "3*4", "3·4": "3*4", "1÷4": "1/4", "σ(1)": "1/(1 + math.exp(-1))", "exp -1": "math.exp(-1)", "50 %": "0.5", "12.5%": "0.125",
    "answer_8_1 = 0.5": "0.5", "2(3+4)": "2*(3+4)", "1/2π": "'1/2π'", "two": "'two'", "0.5 J": "'0.5 J'", "2.5.3": "'2.5.3'", "7 % 3": "'7 % 3'",
    "0,05": "'0,05'", "1; 2": "'1; 2'", "import os": "'import os'", "constructor": "'constructor'", "toString(1)": "'toString(1)'",
    "(": "'('", "[1, 2": "'[1, 2'", "1 +": "'1 +'", "[1] + [2]": "'[1] + [2]'", "=0.5": "'=0.5'", "0.5 sweeps per site": "'0.5 sweeps per site'",
}
MADE = {
    "half": (0.5, {"because": "1/2 = 0.5.", "hints": {0.25: "squared", 2.0: "upside down", 0.502: "a near rival"}}),
    "long": (8 / 3, {"because": "8/3 = 2.67", "tolerance": 1e-6, "hints": [(4 / 3, "halved")]}),
    "whole": (1024, {"hints": {1023: "one too few", 2**20: "twice"}}),
    "zero": (0.0, {"tolerance": 1e-3}),
    "tiny": (2.4847e-14, {"because": "it is 2.5e-14."}),
    "minus": (-0.1875, {"hints": {0.8125: "one minus"}, "because": "−3/16 = −0.19"}),
    "wide": (0.0294, {"tolerance": 0.05}),
    "pair": ([0.5, 1 / 3], {"hints": [([1 / 3, 0.5], "in the wrong order")]}),
    "table": ([[1, 2], [3, 4]], {"hints": [([[1, 3], [2, 4]], "transposed")]}),
}


def encoded(exercise):
    return base64.b64encode(json.dumps(exercise).encode()).decode()


def notebook(text, exercise):
    """Return what the notebook's judge says when a reader writes `text` after the equals sign."""
    name, fields = check._judge_number(eval(text, dict(NAMES)), exercise)
    status, sentence = check.VERDICTS[name]
    return [status, sentence.format(**fields)]


def answers_to(exercise, rng):
    """Return what readers may type: the right value in many spellings, near and far from it, each hint's value, and anything."""
    target = np.asarray(exercise["expected"], dtype=float)
    written = [repr, "{:.2g}".format, "{:.3g}".format, "{:.4g}".format, "{:.6g}".format, "{:.3f}".format, "{:.0f}".format]
    factors = [1.0004, 0.9994, 1.0011, 1.003, 0.995, 1.015, 1.03, 0.5, 2, 11, 0.05, -1, -1.3, 100, 0.01]
    values = [target, *(target * factor for factor in factors), target + 1, target - 0.01, *(np.asarray(wrong) for wrong, _ in exercise["hints"])]
    values += [target * rng.uniform(-2, 3) for _ in range(10)]
    if target.ndim:
        for _ in range(8):
            other = target.copy()
            other[tuple(rng.randrange(size) for size in target.shape)] *= rng.choice([1.002, 1.01, -1, 3, 40, 0])
            values.append(other)
        values += [target[0], target.ravel(), target[::-1], np.append(target, 0)]
    texts = [listed(np.asarray(value, dtype=float).tolist(), write) for value in values for write in written]
    return list(dict.fromkeys([*texts, *COMMON]))


def listed(value, write):
    return "[" + ", ".join(listed(part, write) for part in value) + "]" if isinstance(value, list) else write(value)


def compared(page, exercises):
    """Feed both judges; return what they say differently."""
    rng = random.Random(8)
    asked = [(exercise, [*answers_to(exercise, rng), *PAGE_ALONE]) for exercise in exercises]
    heard = page.evaluate(JUDGE, [[encoded(exercise), texts] for exercise, texts in asked])
    return [(text, said, expected)
            for (exercise, texts), sayings in zip(asked, heard, strict=True) for text, said in zip(texts, sayings, strict=True)
            if said != (expected := notebook(PAGE_ALONE.get(text, text), exercise))]


@pytest.fixture(scope="module")
def laboratory(chromium):
    """Return a function that opens an empty page with the judge, whose script may have been spoilt before."""
    contexts = []

    def opened(spoil=lambda script: script):
        contexts.append(chromium.new_context())
        page = contexts[-1].new_page()
        script = (STATIC / "exercises.js").read_text(encoding="utf8")
        spoilt = spoil(script)
        page.set_content(f'<script type="application/json" id="exercise-verdicts">{json.dumps(check._table())}</script>'
                         f"<script>{spoilt}</script>")
        return page

    yield opened
    for context in contexts:
        context.close()


def described(expected, options):
    return json.loads(json.dumps(check._description("1.1", expected, **options)))


def test_both_judges_say_the_same(laboratory):
    differing = compared(laboratory(), [described(*made) for made in MADE.values()])
    assert not differing, "\n".join(map(str, differing[:20]))


FAULTS = {
    "the tolerance is doubled": ("exercise.tolerance);", "2 * exercise.tolerance);"),
    "nothing rounded counts": ("(0.5 + 1e-6) * unit", "0"),
    "the nearest hint is not sought": ("distance(value, a.wrong) - distance(value, b.wrong)", "0"),
    "large is small": ("x > right", "x < right"),
    "five digits are written": ("toExponential(5)", "toExponential(4)"),
    "a power binds less than a minus": ("-scalar(signed())", "scalar(-signed()) ** 1 + 0 * 1 + 1e-2"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_seen(laboratory, fault):
    right, wrong = FAULTS[fault]

    def spoil(script):
        assert right in script
        return script.replace(right, wrong)

    exercises = [*MADE.values(), (10.0, {"hints": [(20.012, "far"), (20.0, "near")]})]
    assert compared(laboratory(spoil), [described(*made) for made in exercises])


@pytest.mark.parametrize(("text", "exercise", "expected"), [
    ("12 %", {"expected": 0.12}, "right"), ("12 %", {"expected": 12}, "right"), ("12%", {"expected": 12.5}, "wrong"),
    ("12,5 %", {"expected": 0.125}, "wrong"), ("1/3 %", {"expected": 1 / 300}, "right"),
    ("-0,5", {"expected": -0.5}, "wrong"), ("05", {"expected": 5}, "wrong"), ("10 %%", {"expected": 0.1}, "wrong"),
])
def test_a_percentage_is_a_number(laboratory, text, exercise, expected):
    [[[status, sentence]]] = laboratory().evaluate(JUDGE, [[encoded(described(exercise["expected"], {})), [text]]])
    assert status == expected, sentence


def test_nothing_that_is_typed_runs_or_raises(laboratory):
    page = laboratory()
    exercise = encoded(described(0.5, {}))
    rng = random.Random(3)
    signs = ["(", ")", "[", "]", ",", "+", "-", "*", "**", "/", "^", "%", "√", "e", "pi", "ln", "exp", "alert(1)", "1", "2.5", " ", "x", "__proto__", "'", ";"]
    texts = ["".join(rng.choices(signs, k=rng.randrange(1, 12))) for _ in range(3000)] + ["(" * 200, "-" * 200, "1" * 200]
    [heard] = page.evaluate(JUDGE, [[exercise, texts]])
    assert len(heard) == len(texts)
    assert all(status in check.STATUSES and "undefined" not in sentence for status, sentence in heard)
