"""The built site as a reader meets it, in Chromium, with every request to another host refused."""

import re

import pytest
import yaml

from book import cache

TOC = yaml.safe_load((cache.ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = ["index.html", *(f"{chapter['file']}.html" for part in TOC["parts"] for chapter in part["chapters"])]
FINISHED = [f"{path.relative_to(cache.ROOT).with_suffix('')}.html" for path in cache.chapters()]
VIEWS = [(1400, "light"), (1400, "dark"), (390, "light"), (390, "dark")]

SCRIPTS = cache.ROOT / "tests" / "browser_scripts"
PROBE, CONTRAST, GROUNDS = ((SCRIPTS / f"{name}.js").read_text(encoding="utf-8") for name in ("probe", "contrast", "grounds"))


FAULTS = """() => document.querySelector("main article").insertAdjacentHTML("beforeend", `
  <mjx-merror>\\\\undefined</mjx-merror> <span class="math">x</span> <div style="width: 3000px; height: 1px">wide</div>
  <pre style="overflow-x: hidden; width: 50px">much longer than its box</pre> <img src="data:," alt="figure.png"> <input>
  <p style="color: #999; background: #eee">hardly legible</p> <button class="search-button-field">again</button>`)"""


def test_the_probes_see_planted_faults(open_page):
    page = open_page("index.html")
    page.evaluate(FAULTS)
    assert [what for what, where in page.evaluate(PROBE).items() if not where] == []
    assert any("hardly legible" in line for line in page.evaluate(CONTRAST))
    page.evaluate("() => fetch('https://example.org/').catch(() => 0)")
    assert page.faults


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
def test_every_page_is_whole(open_page, width, scheme):
    """Nothing asked from another host, no console error, all formulas typeset, nothing too wide, everything named."""
    faults = {}
    pages = PAGES if (width, scheme) == (390, "dark") else ["index.html", PAGES[1], *FINISHED]
    for name in pages:
        page = open_page(name, width, scheme)
        found = {what: where for what, where in page.evaluate(PROBE).items() if where}
        if page.faults:
            found["requests and errors"] = page.faults
        if found:
            faults[name] = found
        page.context.close()
    assert not faults


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(open_page, scheme):
    """WCAG's ratio of 4.5 for everything that is read."""
    faults = {}
    for name in ["index.html", PAGES[1], *FINISHED]:
        if found := open_page(name, scheme=scheme).evaluate(CONTRAST):
            faults[name] = found
    assert not faults


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_have_no_ground_of_their_own(open_page, scheme):
    for name in FINISHED:
        grounds = open_page(name, scheme=scheme).evaluate(GROUNDS)
        assert set(grounds) <= {"rgba(0, 0, 0, 0)"}, name


def test_a_wide_formula_can_be_scrolled_by_keyboard(open_page):
    scrolled = 0
    for name in FINISHED:
        page = open_page(name, 390)
        for formula in page.query_selector_all("main mjx-container[display=true]"):
            if formula.is_visible() and formula.evaluate("e => e.scrollWidth > e.clientWidth + 1"):
                formula.focus()
                page.keyboard.press("ArrowRight")
                page.wait_for_function("e => e.scrollLeft > 0", arg=formula, timeout=3000)
                scrolled += 1
                break
        page.context.close()
    assert scrolled or not FINISHED


def test_a_question_answers_by_keyboard(open_page):
    """Arrow keys move and do not answer; Space or Enter shows the choice's own reason, and marks it by a sign and a word."""
    asked = 0
    for name in FINISHED:
        page = open_page(name)
        for quiz in page.query_selector_all("fieldset.quiz"):
            choices = quiz.query_selector_all(".quiz-choice")
            quiz.query_selector("input").focus()
            page.keyboard.press("Space")
            for number, choice in enumerate(choices):
                if number:
                    page.keyboard.press("ArrowDown")
                    assert not [reason for reason in quiz.query_selector_all(".quiz-reason") if reason.is_visible()]
                    assert quiz.query_selector(".quiz-ask").is_visible()
                    page.keyboard.press("Enter")
                right = "quiz-right" in choice.get_attribute("class")
                shown = [reason for reason in quiz.query_selector_all(".quiz-reason") if reason.is_visible()]
                assert len(shown) == 1
                assert shown[0].get_attribute("id") == choice.query_selector("input").get_attribute("value")
                assert re.match(r"(Right|Yes|True)\b" if right else r"(Not so|No|Wrong|False)\b", shown[0].inner_text())
                assert not re.match(r"(\w+)\W+\1\b|Not so\. No[.,]", shown[0].inner_text())
                sign = choice.evaluate("e => getComputedStyle(e, '::after').content")
                assert ("✓" if right else "✗") in sign
            assert quiz.query_selector("[aria-live=polite]")
            asked += 1
        page.context.close()
    assert asked or not FINISHED


def test_buttons_are_reached_by_keyboard_and_lead_somewhere(open_page, site):
    for name in FINISHED:
        page = open_page(name, 390)
        buttons = page.query_selector_all("nav.launch a")
        assert buttons, f"{name} has no buttons; has it a notebook? (make notebooks)"
        assert buttons[0].inner_text() == "Run in your browser"
        for button in buttons:
            button.focus()
            assert button.evaluate("e => e == document.activeElement")
            target = button.evaluate("e => e.href")
            if target.startswith(page.url.split("/chapters")[0]):
                assert page.request.get(target).ok, target
        page.context.close()


def test_the_page_can_be_read_without_scripts(open_page):
    for name in FINISHED[:1]:
        page = open_page(name, scripts=False)
        assert page.inner_text("h1")
        assert not page.faults


def test_the_laboratory_opens_a_chapter(open_page, site):
    """JupyterLite shows the notebook; its Python, which comes from another host, is refused here, and the reader is told so."""
    for name in FINISHED[:1]:
        page = open_page(f"lite/lab/index.html?path={name.removesuffix('.html')}.ipynb")
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=90000)
        note = page.wait_for_selector("#book-no-python", timeout=30000)
        assert note.get_attribute("role") == "alert"
        assert "Python could not be fetched from cdn.jsdelivr.net" in note.inner_text()
        assert page.request.get(note.query_selector("a").evaluate("link => link.href")).ok


def test_an_initial_begins_no_list(site):
    """A reference such as A. D. Sokal, ... in a docstring is not item A of a list."""
    pages = site.glob("chapters/6-appendices/netlib/*.html")
    assert not [page.name for page in pages if 'class="upperalpha' in page.read_text(encoding="utf-8")]
