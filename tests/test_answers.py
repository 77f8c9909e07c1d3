"""Exercises that answer on the page: the page's judge says what the notebook's says, and what it has heard is kept.

The first tests need no built site: they feed exercises made here to `exercises.js`. The others open the site, and hold both
judges together on every number that the book asks for.
"""

import base64
import json
import math
import random
import re

import numpy as np
import pytest
import yaml
from browser import TYPESET
from chapter_source import LESSONS, code

from book import ROOT
from netlib import check

STATIC = ROOT / "book" / "_static"
JUDGE = """pairs => pairs.map(([data, texts]) => {
    const exercise = bookExercises.described({ dataset: { check: data } });
    return texts.map((text) => bookExercises.judge(text, exercise));
})"""
NAMES = {"math": math, "np": np, "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "tanh": math.tanh, "pi": math.pi,
"e": math.e,
         "inf": math.inf, "nan": math.nan, "abs": abs}
COMMON = [  # what Python reads as well: the notebook's judge gets what these mean there
    "...", "None", "0", "1", "-1", "0.5", ".5", "5.", "2/3", "-(3 - 5) * 2 / 7", "2**0.5", "2**-1", "-2**2", "2**3**2", "1e-3",
    "1e400", "1_000",
    "math.log(2)", "np.exp(-1)", "exp(-1)", "sqrt(2)", "np.sqrt(2) / 2", "tanh(0.5)", "1/(1 + math.exp(-1))", "math.pi / 4",
    "e**-1", "pi", "17 - 12*sqrt(2)",
    "np.log(1 + np.exp(2))", "abs(-3)", "+4", "--4", "nan", "inf", "-inf", "'0.5'", '"0.5"', "'0,5'", "'nan'", "'forty-two'",
    "'2.5 J'", "'2,5 J'",
    '"it\'s"', "'a \"quoted\" word'", "''", "0,731", "2,5", "1,-2", "1.5,2", "1,2,3", "(1, 2)", "(1,)", "[1, 2]", "[1, 2,]",
    "[]", "()", "[[1, 2], [3, 4]]",
    "[0.5, 1/2]", "np.array([1, 2])", "[nan, 1]", "[50, 50]", "123456.5", "1234567", "100000.5", "0.00001234565", "-0.0",
    "12345.65", "2.5e-14", "1e16",
]
PAGE_ALONE = {  # what is written on paper, and means the same as the Python beside it
    "": "...", "  ": "...", "…": "...", "2^0.5": "2**0.5", "e^-1": "math.e**-1", "e^(-1)": "math.exp(-1)",
    "ln 2": "math.log(2)", "ln2": "math.log(2)",
    "ln(2)/2": "math.log(2)/2", "√2": "math.sqrt(2)", "12√2": "12*math.sqrt(2)", "17 − 12√2": "17 - 12*math.sqrt(2)",
    "2π": "2*math.pi", "2 ln 2": "2*math.log(2)",
    "−0.5": "-0.5", "3×4": "3*4", "3·4": "3*4", "1÷4": "1/4", "σ(1)": "1/(1 + math.exp(-1))", "exp -1": "math.exp(-1)",
    "50 %": "0.5", "12.5%": "0.125",
    "answer_8_1 = 0.5": "0.5", "2(3+4)": "2*(3+4)", "1/2π": "'1/2π'", "two": "'two'", "0.5 J": "'0.5 J'", "2.5.3": "'2.5.3'",
    "7 % 3": "'7 % 3'",
    "0,05": "'0,05'", "1; 2": "'1; 2'", "import os": "'import os'", "constructor": "'constructor'",
    "toString(1)": "'toString(1)'",
    "(": "'('", "[1, 2": "'[1, 2'", "1 +": "'1 +'", "[1] + [2]": "'[1] + [2]'", "=0.5": "'=0.5'",
    "0.5 sweeps per site": "'0.5 sweeps per site'",
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
    slips = [np.asarray(wrong) for wrong, _ in exercise["hints"]]
    values = [target, *(target * factor for factor in factors), target + 1, target - 0.01, *slips]
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
    ("12 %", {"expected": 0.12}, "right"), ("12 %", {"expected": 12}, "wrong"), ("12%", {"expected": 12.5}, "wrong"),
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
    signs = [*"()[],+-*/^%√e1x';", "**", "pi", "ln", "exp", "alert(1)", "2.5", " ", "__proto__"]
    texts = ["".join(rng.choices(signs, k=rng.randrange(1, 12))) for _ in range(3000)] + ["(" * 200, "-" * 200, "1" * 200]
    [heard] = page.evaluate(JUDGE, [[exercise, texts]])
    assert len(heard) == len(texts)
    assert all(status in check.STATUSES and "undefined" not in sentence for status, sentence in heard)


# ---- the built site ----

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [chapter["file"] for part in TOC["parts"] for chapter in part["chapters"]]
UNWRITTEN = [page for page in PAGES if "in-preparation" in (ROOT / f"{page}.md").read_text(encoding="utf-8")]
ASKING = [path.relative_to(ROOT).with_suffix("").as_posix() for path in LESSONS]
SAMPLING = "chapters/2-ising/08-sampling"
LIST = "chapters/6-appendices/exercises.html"
FIELD = re.compile(r'class="exercise-answer" data-exercise="([\d.]+)" data-check="([^"]+)"')


@pytest.fixture(scope="module")
def fields(site):
    """Page -> number -> the exercise's description, of every field of the site."""
    found = {}
    for page in ASKING:
        html = (site / f"{page}.html").read_text(encoding="utf-8")
        found[page] = {number: json.loads(base64.b64decode(data)) for number, data in FIELD.findall(html)}
    return found


def test_every_number_that_is_asked_for_has_a_field_and_every_program_a_way_to_the_notebook(site, fields):
    for path, page in zip(LESSONS, ASKING, strict=True):
        html = (site / f"{page}.html").read_text(encoding="utf-8")
        assert sorted(fields[page]) == sorted(re.findall(r"""check\.number\(\s*["']([\d.]+)""", code(path))), page
        programs = re.findall(r"""check\.function\(\s*["']([\d.]+)""", code(path))
        assert sorted(programs) == sorted(re.findall(r'class="exercise-program" data-exercise="([\d.]+)"', html)), page
        assert html.count("I have done exercise") == len(programs)
        assert html.count("Open the notebook:") == (len(programs) if path.with_suffix(".ipynb").exists() else 0)


def test_nothing_stands_on_the_site_that_cannot_be_answered_there(site):
    for page in ASKING:
        html = (site / f"{page}.html").read_text(encoding="utf-8")
        text = re.sub(r"<[^>]+>", "", re.sub(r"(?s)<script.*?</script>", "", html))
        assert "not answered yet" not in text, page
        assert not re.search(r"answer_\d+_\d+ = \.\.\.|check\.(number|function)\(", text), page
        solutions = re.findall(r"(?m)^`{3,}\{solution-start\}", (ROOT / f"{page}.md").read_text(encoding="utf-8"))
        assert html.count('<details class="solution"') == len(solutions)


def test_both_judges_say_the_same_of_every_number_of_the_book(laboratory, fields):
    exercises = [exercise for found in fields.values() for exercise in found.values()]
    differing = compared(laboratory(), exercises)
    assert not differing, "\n".join(map(str, differing[:20]))
    assert len(exercises) >= 75


def type_into(page, number, text):
    """Type an answer with the keyboard and return the status and the sentence."""
    field = page.locator(f'.exercise-answer[data-exercise="{number}"]')
    field.locator("input").fill(text)
    field.locator("input").press("Enter")
    verdict = field.locator(".exercise-verdict")
    return verdict.get_attribute("data-status"), straight(verdict.locator("span").last.text_content())


def straight(text):
    """Undo what the page does to apostrophes within words."""
    return text.replace("’", "'")


@pytest.mark.parametrize("name", ASKING)
def test_each_field_answers_right_and_wrong_by_keyboard(open_page, fields, name):
    page = open_page(f"{name}.html")
    for number, exercise in fields[name].items():
        status, sentence = type_into(page, number, listed(exercise["expected"], repr))
        assert (status, sentence[:5]) == ("right", "right"), number
        for wrong, why in exercise["hints"]:
            assert type_into(page, number, listed(wrong, repr)) == ("hint", straight(f"not yet: {why}")), number
        assert type_into(page, number, "forty-two")[0] == "wrong"
        assert type_into(page, number, "") == ("open", "not answered yet")
    assert not page.faults


def test_a_reader_meets_every_kind_of_verdict(open_page):
    page = open_page(f"{SAMPLING}.html", 390)
    says = [
        ("0.7311", "right, because σ(2βa)"), ("0.735", "nearly"), ("0.6225", "units with values 0 and 1"), ("7", "too large"),
        ("-0.7311", "the sign is not"), ("0,731", "write 0.731, with a point"), ("73.1", "divide it by 100"),
        ("73.1 %", "right, because"),
        ("0.731 J", "without a unit: write 0.731"), ("1/(1+e^-1)", "right, because"), ("σ(1)", "right, because"),
        ("[1, 2]", "an array of numbers of shape (2,)"), ("maybe", "the text 'maybe'"), ("", "not answered yet"),
    ]
    for text, part in says:
        assert part in type_into(page, "8.1", text)[1], text
    verdict = page.locator('.exercise-answer[data-exercise="8.1"] .exercise-verdict')
    assert verdict.get_attribute("role") == "status"
    assert page.locator("#answer-8-1").get_attribute("aria-describedby") == verdict.get_attribute("id")
    page.locator('.exercise-answer[data-exercise="8.2"] button').click()
    assert "not answered yet" in page.locator('.exercise-answer[data-exercise="8.2"] .exercise-verdict').inner_text()


def kept(page):
    return json.loads(page.evaluate("localStorage.getItem('netlib-book')"))


def mark(page, chapter=8):
    return page.locator(f'.bd-docs-nav [data-chapter="{chapter}"] .toc-mark').text_content()


def test_progress_is_kept_shown_exported_imported_and_erased(open_page, address, tmp_path):
    page = open_page(f"{SAMPLING}.html")
    assert mark(page) == ""
    type_into(page, "8.1", "0.731")
    type_into(page, "8.2", "0.5")
    type_into(page, "8.2", "17 - 12√2")
    type_into(page, "8.5", "1000")
    page.locator('.exercise-program[data-exercise="8.3"] input').check()
    assert mark(page) == "3/8: 3 of 8 exercises answered"
    states = {number: one["state"] for number, one in kept(page)["exercises"].items()}
    assert states == {"8.1": "right", "8.2": "helped", "8.5": "tried", "8.3": "own"}
    page.reload()
    assert page.locator("#answer-8-2").input_value() == "17 - 12√2"
    assert "answered right, with help" in page.locator('.exercise-answer[data-exercise="8.2"] .exercise-verdict').inner_text()
    assert page.locator('.exercise-program[data-exercise="8.3"] input').is_checked()
    assert "3/8" in mark(page)

    page.goto(f"{address}/{LIST}")
    assert page.locator(".progress-sum").inner_text().startswith("1 of ")
    says = {"8.1": "✓ right", "8.2": "✓ right, with help", "8.3": "✓ done, you say", "8.5": "➜ not yet", "8.4": "○ open"}
    for number, expected in says.items():
        assert page.locator(f'tr[data-exercise="{number}"] .exercise-state').inner_text() == expected
    with page.expect_download() as download:
        page.locator(".progress-export").click()
    file = tmp_path / "progress.json"
    download.value.save_as(file)
    assert json.loads(file.read_text()) == kept(page)

    page.once("dialog", lambda dialog: dialog.dismiss())
    page.locator(".progress-erase").click()
    assert kept(page)["exercises"]
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(".progress-erase").click()
    assert page.evaluate("localStorage.getItem('netlib-book')") is None
    assert page.locator('tr[data-exercise="8.1"] .exercise-state').inner_text() == "○ open"
    for text in ("{}", "no JSON", '{"version": 99, "exercises": {}}'):
        bad = tmp_path / "bad.json"
        bad.write_text(text)
        page.locator(".progress-panel input").set_input_files(bad)
        page.wait_for_function("document.querySelector('.progress-said').textContent.includes('nothing was changed')")
    page.locator(".progress-panel input").set_input_files(file)
    page.wait_for_function("document.querySelector('.progress-said').textContent.includes('Imported')")
    assert {number: one["state"] for number, one in kept(page)["exercises"].items()} == states
    assert not page.faults


def test_a_solution_opens_only_when_asked_for_and_counts_as_help(open_page):
    page = open_page(f"{SAMPLING}.html")
    assert page.locator("details.solution[open]").count() == 0
    solution = page.locator('details.solution[data-exercise="8.1"]')
    solution.locator("summary").focus()
    page.keyboard.press("Enter")
    assert solution.locator("p").first.is_visible()
    page.wait_for_function("localStorage.getItem('netlib-book')?.includes('opened')")
    type_into(page, "8.1", "0.731")
    assert kept(page)["exercises"]["8.1"]["state"] == "helped"


def test_reading_to_the_end_is_marked(open_page):
    page = open_page(f"{SAMPLING}.html")
    page.evaluate("scrollTo(0, 300)")
    page.wait_for_timeout(300)
    assert "read" not in mark(page)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.wait_for_function("localStorage.getItem('netlib-book')?.includes('08-sampling')")
    assert mark(page) == "✓: read to its end"


@pytest.mark.parametrize("what", ["getItem", "setItem"])
def test_a_browser_that_keeps_nothing_still_answers(open_page, address, what):
    page = open_page("index.html")
    page.context.add_init_script(f"Storage.prototype.{what} = () => {{ throw new DOMException('no', 'SecurityError'); }};")
    page.goto(f"{address}/{SAMPLING}.html")
    assert type_into(page, "8.1", "0.731")[0] == "right"
    assert "1/8" in mark(page)
    page.goto(f"{address}/{LIST}")
    assert not [fault for fault in page.faults if "SecurityError" in fault]


@pytest.mark.parametrize("stored", [
    "null", "[]", "7", '"x"', '{"version": 1}',
    '{"version": 1, "exercises": {"8.1": null, "__proto__": 3, "8.2": {"state": "x"}}}',
])
def test_a_spoilt_record_does_no_harm(open_page, stored):
    page = open_page("index.html")
    page.evaluate("stored => localStorage.setItem('netlib-book', stored)", stored)
    page.goto(page.url.replace("index.html", f"{SAMPLING}.html"))
    assert type_into(page, "8.1", "0.731")[0] == "right"
    assert kept(page)["exercises"]["8.1"]["state"] == "right"
    assert not page.faults


def test_the_record_of_a_later_edition_is_left_alone(open_page):
    page = open_page("index.html")
    page.evaluate("localStorage.setItem('netlib-book', '{\"version\": 2, \"exercises\": []}')")
    page.goto(page.url.replace("index.html", f"{SAMPLING}.html"))
    assert type_into(page, "8.1", "0.731")[0] == "right"
    assert kept(page) == {"version": 2, "exercises": []}


def test_without_scripts_the_field_says_so_and_the_solution_opens(open_page):
    page = open_page(f"{SAMPLING}.html", scripts=False)
    field = page.locator('.exercise-answer[data-exercise="8.1"]')
    assert "needs JavaScript" in field.inner_text()
    assert not field.locator("input").is_visible()
    solution = page.locator('details.solution[data-exercise="8.1"]')
    solution.locator("summary").click()
    assert solution.locator("p").first.is_visible()
    page = open_page(LIST, scripts=False)
    assert page.locator("tr[data-exercise] a").count() >= 119
    assert not page.locator(".progress-export").is_visible()


def reload(page):
    page.reload()
    page.wait_for_function(TYPESET, timeout=20000)
    page.evaluate("() => window.MathJax?.startup?.promise")


def test_nothing_moves_when_the_scripts_start(open_page, address):
    """The boxes are as high without the scripts as with them, also where an answer is remembered."""
    boxes = "'.exercise, .exercise-program, .bd-docs-nav li'"
    heights = f"() => [...document.querySelectorAll({boxes})].map((box) => box.getBoundingClientRect().height)"
    page = open_page(f"{SAMPLING}.html")
    before = page.evaluate(heights)
    type_into(page, "8.2", "17 - 12√2")
    reload(page)
    assert "answered right" in page.locator('.exercise-answer[data-exercise="8.2"] .exercise-verdict').inner_text()
    assert page.evaluate(heights) == pytest.approx(before, abs=0.5)
    scripts = re.compile(r"/(exercises|progress)\.js")
    page.context.route(scripts, lambda route: route.fulfill(body="", content_type="text/javascript"))
    reload(page)
    assert page.evaluate(heights) == pytest.approx(before, abs=0.5)


@pytest.mark.parametrize("width", [1400, 390, 320])
def test_what_is_touched_is_large_enough(open_page, width):
    targets = (".exercise-row input, .exercise-row button, details.solution > summary, .exercise-tick, .exercise-links a, "
               ".progress-buttons button, .exercise-list a")
    measure = "all => all.map((one) => [one.textContent, one.getBoundingClientRect().toJSON()])"
    for name in (f"{SAMPLING}.html", LIST):
        page = open_page(name, width)
        for text, box in page.locator(targets).evaluate_all(measure):
            assert box["height"] >= 24 and box["width"] >= 24, text
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_unwritten_page_is_a_dead_end(site):
    for page_name in UNWRITTEN:
        html = (site / f"{page_name}.html").read_text(encoding="utf-8")
        [area] = re.findall(r'(?s)<div class="prev-next-area">(.*?)</footer>', html)
        leads = [target.split("/")[-1].removesuffix(".html") for target in re.findall(r'href="([^"#]+)"', area)]
        assert leads
        for lead in leads:
            assert not any(page.endswith(f"/{lead}") for page in UNWRITTEN), lead
        assert "What is written before it: " in html


def test_the_table_of_contents_says_where_one_is_and_what_is_written(open_page):
    for name in (f"{SAMPLING}.html", "chapters/5-rbm/23-contrastive-divergence.html", LIST):
        page = open_page(name)
        here = page.locator(".bd-docs-nav [aria-current=page]")
        assert here.count() == 1
        page.wait_for_timeout(200)
        box = here.bounding_box()
        assert 0 <= box["y"] <= 900 - box["height"], f"{name}: one's place in the table of contents is out of sight"
        assert page.evaluate("scrollY") == 0
        soon = page.locator(".bd-docs-nav .toc-soon")
        assert [mark.strip() for mark in soon.all_inner_texts()] == ["in preparation"] * len(UNWRITTEN)


def test_the_landing_page_shows_a_way_to_begin_and_names_its_authors(open_page):
    page = open_page("index.html", 390)
    begin = page.locator("p.begin > a").first
    assert begin.inner_text().startswith("Begin") and begin.bounding_box()["y"] < 900
    assert page.request.get(begin.evaluate("a => a.href")).ok
    [author] = [one["name"] for one in yaml.safe_load((ROOT / "CITATION.cff").read_text())["authors"]]
    assert author.removeprefix("The ") in page.locator("p.authors").inner_text()
