"""What every finished chapter has, seen from its source: the anatomy, alt texts, numbers that are computed, honest words."""

import re

import pytest
import yaml
from chapter_source import CHAPTERS, LESSONS, ROOT, code, code_cells, name, prose

from book import twins
from book.markdown import NUMBERED, citations, labels

each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=name)
each_lesson = pytest.mark.parametrize("chapter", LESSONS, ids=name)
PLACES = labels((ROOT / "chapters").glob("**/*.md"))
BANNED = [
    *("well known that", "well-known that", "can be shown", "easy to see", "clearly", "obviously", "trivially", "seamless"),
    *("important to note", "worth noting", "in conclusion", "dive into", "delve", "lorem ipsum", "TODO", "FIXME", "XXX"),
]
OUTSIDE = re.compile(r"\burllib|\brequests\b|\bsocket\b|https?://|expanduser|Path\.home|fetch_openml|os\.environ|getpass|~/|/(?:home|tmp)/")
MATHS = re.compile(r"(?s)\$\$.*?\$\$|\$[^$\n]+\$")


def test_there_are_finished_chapters():
    assert CHAPTERS


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


@each_chapter
def test_it_opens_with_a_question_and_a_goal(chapter):
    opening = prose(chapter).split("\n## ")[0]
    assert "?" in opening
    assert re.search(r"you (can|will be able to|know|shall)", opening, re.IGNORECASE), "what the reader can do at the end"


@each_chapter
def test_its_first_cell_sets_the_style_and_is_folded(chapter):
    first = code_cells(chapter)[0]
    assert "plot.use_style()" in first.source
    assert "hide-input" in first.metadata.tags


@each_chapter
def test_it_has_two_experiments_whose_outcome_is_predicted(chapter):
    assert len(re.findall(r"(?m)^explore\(", code(chapter))) >= 2
    assert re.search(r"predict", prose(chapter), re.IGNORECASE)


@each_lesson
def test_sympy_proves_a_step(chapter):
    proofs = [cell for cell in code_cells(chapter) if re.search(r"\b(sp|sympy)\.", cell.source) and "assert " in cell.source]
    assert proofs


@each_chapter
def test_nbval_has_something_to_compare(chapter):
    assert any(twins.CHECKED in cell.metadata.get("tags", []) for cell in code_cells(chapter))


@each_lesson
def test_it_says_where_intuition_fails_and_what_to_remember(chapter):
    headings = " ".join(re.findall(r"(?m)^##+ (.*)$", prose(chapter))).lower()
    assert "by hand" in headings
    assert "intuition" in headings
    assert "exercises" in headings
    assert "what to remember" in headings
    assert re.search(r"further reading", prose(chapter), re.IGNORECASE)
    assert re.search(r"notation", prose(chapter), re.IGNORECASE)


@each_chapter
def test_every_picture_has_a_text_alternative(chapter):
    for cell in code_cells(chapter):
        if re.search(r"\b(subplots|plt\.figure)\(", cell.source) and not re.search(r"(?m)\bexplore\(|^def draw", cell.source):
            alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            assert len(alt.split()) >= 5, cell.source.splitlines()[0]
    for options in re.findall(r"(?m)^(?:`{3,}|:{3,})\{(?:figure|image)\}[^\n]*\n((?::[^\n]*\n)*)", prose(chapter)):
        assert ":alt:" in options
    assert not re.search(r"!\[\]\(", prose(chapter))


@each_chapter
def test_every_number_in_the_text_is_glued_once_and_used(chapter):
    glued = re.findall(r"""\bglue\(\s*f?["']([^"']+)["']""", code(chapter))
    used = {text.split(":")[0] for text in re.findall(r"\{glue:text\}`([^`]+)`", chapter.read_text(encoding="utf8"))}
    assert len(glued) == len(set(glued)), "a name is glued once"
    assert used <= set(glued) or any("{" in given for given in glued)


@each_lesson
def test_every_claim_is_asserted_somewhere(chapter):
    assert code(chapter).count("assert ") >= 3


@each_chapter
def test_every_reference_leads_somewhere(chapter):
    text = prose(chapter)
    known = set(citations(ROOT / "book" / "references.bib"))
    cited = {key.strip() for keys in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text) for key in keys.split(",")}
    assert cited <= known
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


@each_chapter
def test_it_says_nothing_that_helps_nobody(chapter):
    text = MATHS.sub("", chapter.read_text(encoding="utf8"))
    said = [phrase for phrase in BANNED
            if re.search(rf"\b{re.escape(phrase)}\b", text, 0 if phrase.isupper() else re.IGNORECASE)]
    assert not said
