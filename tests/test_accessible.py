"""Anyone can read the site: valid HTML, nothing that axe-core objects to, a keyboard that gets there, a page without scripts."""

import re
from pathlib import Path

import axe_playwright_python
import html5lib
import pytest
from test_site import FINISHED, PAGES

from book import accessible, typography

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf8")
REFERENCE = [f"chapters/6-appendices/netlib/{name}.html" for name in ("ising", "ladder", "plot", "rbm")]
OTHERS = [*REFERENCE, "genindex.html", "search.html"]
DARK = ["index.html", *FINISHED[7:9], "chapters/6-appendices/g-bibliography.html", *OTHERS[-2:]]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
JUDGE = """tags => axe.run(document, { resultTypes: ["violations"], runOnly: { type: "tag", values: tags } }).then(found =>
  found.violations.flatMap(({ id, impact, nodes }) => nodes.map(node => `${id} (${impact}): ${node.html.slice(0, 150)}`)))"""
FOREIGN = {"summary": {"p", "div", "ul"}, "p": {"p", "div", "ul", "ol", "table", "figure", "pre"}}  # what no such element holds
STOPS = """() => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex]")].filter(e =>
  e.tabIndex >= 0 && e.getBoundingClientRect().width && e.closest("main")
  && e.compareDocumentPosition(document.querySelector("#exercises")) & Node.DOCUMENT_POSITION_FOLLOWING).length"""


def objections(page, tags=RULES):
    page.evaluate(AXE)
    return page.evaluate(JUDGE, tags)


def faults(text):
    """Return what is wrong with a page's HTML: a strict parser's errors, ids that stand twice, what is in the wrong place."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(re.sub(r'(?s)(<script type="application/json"[^>]*>).*?(?=</script>)', r"\1", text))
    found = [f"line {where[0]}: {what} {more}" for where, what, more in parser.errors]
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    found += [f"id twice: {name}" for name in sorted({name for name in ids if ids.count(name) > 1})]
    for element in tree.iter():
        inside = [child.tag for child in element.iter() if child is not element]
        found += [f"{name} in {element.tag}" for name in FOREIGN.get(element.tag, set()) & set(inside)]
        if element.tag == "figure" and element.get("role") and "figcaption" in inside:
            found.append("role on a figure with a caption")
        if element.tag == "th" and not "".join(element.itertext()).strip():
            found.append("empty heading of a table")
        if element.tag == "input" and element.get("type") == "radio" and element.get("autocomplete"):
            found.append("autocomplete on a radio button")
    return found


def test_planted_faults_are_seen():
    text = ('<!doctype html><html lang="en"><title>x</title><b id="a">x</b><summary><p id="a">x</p></summary>'
            '<table><tr><th></th></tr></table><figure role="group"><figcaption>x</figcaption></figure>'
            '<input type="radio" autocomplete="off"></p>')
    said = " ".join(faults(text))
    for fault in ("id twice: a", "p in summary", "role on a figure", "empty heading", "autocomplete", "line 1"):
        assert fault in said


def test_the_html_of_every_page_is_valid(site):
    found = {}
    for path in sorted(site.rglob("*.html")):
        if path.relative_to(site).parts[0] not in ("lite", "_static"):
            wrong = faults(path.read_text(encoding="utf8"))
            if wrong:
                found[path.name] = wrong[:5]
    assert not found


def test_axe_sees_a_planted_fault(open_page):
    page = open_page("search.html")
    page.locator("main").evaluate("""e => e.insertAdjacentHTML("beforeend", "<button></button><img src='data:,'>")""")
    assert {line.split()[0] for line in objections(page)} >= {"button-name", "image-alt"}


@pytest.mark.parametrize("name", [*PAGES, *OTHERS])
def test_axe_finds_nothing(open_page, name):
    assert objections(open_page(name)) == []


@pytest.mark.parametrize("name", DARK)
def test_axe_finds_nothing_in_the_dark(open_page, name):
    assert objections(open_page(name, scheme="dark")) == []


@pytest.mark.parametrize("name", FINISHED[7:9])
def test_axe_finds_nothing_on_a_phone_with_everything_open(open_page, name):
    page = open_page(name, width=390)
    page.evaluate("() => document.querySelectorAll('details').forEach(e => { e.open = true; })")
    assert objections(page) == []


def test_a_keyboard_reaches_the_exercises(open_page):
    """Two keys by the skip link; by reading on, no more than the links, folds and controls of the text."""
    for name in FINISHED:
        page = open_page(name)
        if not page.query_selector("#exercises"):
            continue
        assert page.evaluate("() => document.querySelectorAll('mjx-container:is([tabindex=\"0\"]):not([display])').length") == 0
        assert page.evaluate(STOPS) < 140, name
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.getAttribute('href')") == "#exercises"
        page.keyboard.press("Enter")
        page.wait_for_function("() => document.querySelector('#exercises').getBoundingClientRect().top < innerHeight")
        page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_scripts_the_page_has_its_colours_and_says_what_is_missing(open_page, scheme):
    page = open_page(FINISHED[0], scheme=scheme, scripts=False)
    colours = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color].map(c => Number(c.match(/\\d+/)[0]))"
    ground, ink = page.locator("body").evaluate(colours)
    assert (ground < 60 and ink > 180) if scheme == "dark" else (ground > 240 and ink < 60)
    assert page.locator(".without-scripts").is_visible()
    assert accessible.NOTE in page.locator(".without-scripts").inner_text()


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("name", ["genindex.html", *OTHERS[1:4], FINISHED[7]])
def test_a_small_screen_does_not_scroll_sideways(open_page, name, width):
    assert open_page(name, width).evaluate("() => document.documentElement.scrollWidth") <= width


def test_lines_have_65_to_75_signs(open_page):
    """With whichever serif face is here; counted in the middle of long paragraphs, where every line is full."""
    page = open_page(FINISHED[7])
    counts = page.evaluate("""() => [...document.querySelectorAll(".bd-article section > p")]
      .filter(p => p.innerText.length > 400 && !p.querySelector(".math, code")).map(p => {
        const range = document.createRange();
        range.selectNodeContents(p);
        const lines = new Set([...range.getClientRects()].map(r => Math.round(r.bottom))).size;
        return p.innerText.length / (lines - 0.5); })""")
    assert counts and 60 <= sum(counts) / len(counts) <= 76


def test_experiments_are_numbered_and_no_sign_stands_alone(site):
    for name in FINISHED:
        text = (site / name).read_text(encoding="utf8")
        captions = re.findall(r'<figcaption class="explore-caption"><span class="caption-number">([^<]*)', text)
        assert len(captions) == text.count('<figure class="explore"') == len(set(captions)), name
        body = re.sub(rf'<span class="together">[^<]*{typography.FORMULA}[^<]*</span>', "", text[text.index("<article"):])
        assert not re.findall(rf"{typography.FORMULA}[.,;:!?)]", body), name


def test_a_table_is_not_mended_twice():
    once = accessible.headed("<table><thead><tr><th></th></tr></thead><tbody><tr><td>a</td></tr></tbody></table>")
    assert accessible.headed(once) == once
