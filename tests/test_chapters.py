"""What protects the reader of a chapter: labels, alt texts, numbers that are computed, checked outputs, no network, honest words.

How a chapter tells its story is its own affair, and no wording is demanded here. A draft (``draft: true`` in the front matter) is
held to the first and the last part only: it need not be whole.
"""

import ast
import re
from collections import Counter
from functools import cache as once

import pytest
import yaml
from chapter_source import CHAPTERS, LESSONS, ROOT, WHOLE, code, code_cells, name, prose

from book import cache, twins
from book.markdown import NUMBERED, citations, labels

each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=name)
each_whole = pytest.mark.parametrize("chapter", WHOLE, ids=name)
each_lesson = pytest.mark.parametrize("chapter", [chapter for chapter in LESSONS if chapter in WHOLE], ids=name)
PLACES = labels((ROOT / "chapters").glob("**/*.md"))
INSTEAD_OF_A_REASON = ["well known that", "well-known that", "can be shown", "easy to see", "clearly", "obviously", "trivially"]
LEFT_OVER = ["lorem ipsum", "TODO", "FIXME", "XXX"]
OUTSIDE = re.compile(r"\burllib|\brequests\b|\bsocket\b|https?://|expanduser|Path\.home|fetch_openml|os\.environ|getpass|~/|/(?:home|tmp)/")
MATHS = re.compile(r"(?s)\$\$.*?\$\$|\$[^$\n]+\$")
GLUE = re.compile(r"\{glue:text\}`([^`:]+)(?::[^`]*)?`")


def test_there_are_finished_chapters():
    assert WHOLE


@each_chapter
def test_its_front_matter_is_the_books(chapter):
    _, matter, _ = chapter.read_text(encoding="utf8").split("---\n", 2)
    matter = yaml.safe_load(matter)
    assert matter["kernelspec"]["name"] == "python3"
    assert matter["jupytext"]["text_representation"]["format_name"] == "myst"


@each_chapter
def test_it_has_a_label_and_one_title(chapter):
    assert len(re.findall(r"(?m)^# ", prose(chapter))) == 1
    assert re.search(r"(?m)^\((ch|app)-[\w-]+\)=\n# \S", prose(chapter)), "a label above the title"


@each_whole
def test_it_opens_with_a_question(chapter):
    assert "?" in prose(chapter).split("\n## ")[0]


@each_whole
def test_it_sets_the_style_in_a_folded_cell(chapter):
    styles = [cell for cell in code_cells(chapter) if "plot.use_style()" in cell.source]
    assert styles and all(twins.FOLDED & set(cell.metadata.get("tags", [])) for cell in styles)


@each_chapter
def test_checks_are_folded(chapter):
    for cell in code_cells(chapter):
        if twins.CHECK.search(cell.source):
            assert twins.FOLDED & set(cell.metadata.get("tags", [])), cell.source.splitlines()[0]


@each_lesson
def test_it_has_an_experiment(chapter):
    assert re.search(r"(?m)^explore\(", code(chapter))


@each_whole
def test_nbval_has_something_to_compare(chapter):
    assert any(twins.CHECKED in cell.metadata.get("tags", []) for cell in code_cells(chapter))


@each_lesson
def test_its_claims_are_asserted(chapter):
    assert sum(isinstance(node, ast.Assert) for cell in code_cells(chapter) for node in ast.walk(ast.parse(cell.source))) >= 3


def loose(source):
    """Return the calls in `source` that give an absolute tolerance and leave the relative one at NumPy's 1e-5 (or 1e-7).

    >>> loose("np.allclose(a, b, atol=1e-12)")
    ['np.allclose(a, b, atol=1e-12)']
    >>> loose("np.allclose(a, b, rtol=0, atol=1e-12); np.allclose(a, b)")
    []
    """
    def is_loose(node):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = {keyword.arg for keyword in node.keywords}
        return called in ("allclose", "isclose", "assert_allclose") and "atol" in given and "rtol" not in given
    return [ast.unparse(node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and is_loose(node)]


@each_chapter
def test_no_tolerance_is_wider_than_it_says(chapter):
    found = [call for cell in code_cells(chapter) for call in loose(cell.source)]
    assert not found, f"these keep rtol=1e-5 beside their atol; say rtol=0: {found}"


@each_chapter
def test_every_picture_has_a_text_alternative(chapter):
    for cell in code_cells(chapter):
        if re.search(r"\b(subplots|plt\.figure)\(", cell.source) and not re.search(r"(?m)\bexplore\(|^def draw", cell.source):
            alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            assert len(alt.split()) >= 5, cell.source.splitlines()[0]
    for options in re.findall(r"(?m)^(?:`{3,}|:{3,})\{(?:figure|image)\}[^\n]*\n((?::[^\n]*\n)*)", prose(chapter)):
        assert ":alt:" in options
    assert not re.search(r"!\[\]\(", prose(chapter))


@once
def glued(chapter):
    """Return the names that the chapter glues when it runs, each as often as it is glued."""
    outputs = [output for cell in cache.executed(chapter).cells for output in cell.get("outputs", [])]
    return [output["metadata"]["scrapbook"]["name"] for output in outputs if twins.GLUED in output.get("data", {})]


@each_chapter
def test_every_number_in_the_text_is_glued_once_and_used(chapter):
    used, given = set(GLUE.findall(chapter.read_text(encoding="utf8"))), Counter(glued(chapter))
    assert not (twice := [name for name, count in given.items() if count > 1]), f"glued twice: {twice}"
    assert not (missing := used - set(given)), f"used in the text, and glued by no cell: {missing}"
    assert not (idle := set(given) - used), f"glued, and used nowhere in the text: {idle}"


def test_glued_names_are_the_chapters_own():
    """The site knows all names of the book at once: a second chapter's value would silently take the first one's place."""
    counts = Counter(given for chapter in CHAPTERS for given in set(glued(chapter)))
    assert not [given for given, count in counts.items() if count > 1]


@each_chapter
def test_every_reference_leads_somewhere(chapter):
    text = prose(chapter)
    known = set(citations(ROOT / "book" / "references.bib"))
    cited = {key.strip() for keys in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text) for key in keys.split(",")}
    assert not cited - known
    for shown in re.findall(r"\{(?:ref|numref)\}`([^`]+)`", text):
        label = re.sub(r".*<(.*)>$", r"\1", shown, flags=re.DOTALL)
        assert label in PLACES or label.split("-")[0] in NUMBERED, label


@each_chapter
def test_it_needs_no_network_and_no_home(chapter):
    for cell in code_cells(chapter):
        assert not (found := OUTSIDE.search(cell.source)), found


@each_chapter
def test_randomness_has_a_seed(chapter):
    assert not re.search(r"default_rng\(\s*\)|np\.random\.(?!default_rng|Generator|SeedSequence|PCG64)\w", code(chapter))


@each_whole
def test_nothing_stands_in_place_of_a_reason_and_nothing_is_left_over(chapter):
    text = MATHS.sub("", chapter.read_text(encoding="utf8"))
    found = [phrase for phrase in INSTEAD_OF_A_REASON if re.search(rf"\b{re.escape(phrase)}\b", text, re.IGNORECASE)]
    found += [mark for mark in LEFT_OVER if re.search(rf"\b{re.escape(mark)}\b", text)]
    assert not found


def test_the_readme_says_what_is_written():
    text = (ROOT / "README.md").read_text(encoding="utf8")
    written = [str(int(path.stem[:2])) for path in LESSONS if path in WHOLE]
    numbered = re.findall(r"(?m)^ *- file: chapters/\d-\w+/(\d\d)-", (ROOT / "_toc.yml").read_text(encoding="utf8"))
    said = re.search(r"Written: (\d+) of (\d+) chapters \(([\d, ]+)\)", text)
    assert said, "the README says which chapters are written"
    assert said.groups() == (str(len(written)), str(len(numbered)), ", ".join(written))
