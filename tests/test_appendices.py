"""The appendices that say what stands elsewhere: each year, link, word and number in them is looked up where it is said to be."""

import ast
import json
import re

import pytest
from chapter_source import ROOT, code

from book.markdown import citations, labels

FOLDER = ROOT / "chapters" / "6-appendices"
HISTORY = FOLDER / "e-history.md"
WORKS = citations(ROOT / "book" / "references.bib")


def assigned(name):
    """The literal that the history's cells give to this name."""
    nodes = (node for node in ast.walk(ast.parse(code(HISTORY))) if isinstance(node, ast.Assign))
    return next(ast.literal_eval(node.value) for node in nodes if getattr(node.targets[0], "id", "") == name)


PAPERS = [paper for lane in assigned("PAPERS").values() for paper in lane]


@pytest.mark.parametrize(("key", "year", "label"), PAPERS, ids=[key for key, _, _ in PAPERS])
def test_a_dot_of_the_timeline_is_a_work_of_the_bibliography(key, year, label):
    assert WORKS[key].year == str(year)
    family = label.removesuffix(" et al.").split(", ")
    assert all(name in WORKS[key].reference for name in family), WORKS[key].reference
    assert label.endswith("et al.") == (WORKS[key].authors.endswith("et al.")), WORKS[key].authors


def test_lanes_go_down_the_years_and_no_dot_stands_twice():
    keys = [key for key, _, _ in PAPERS]
    assert len(keys) == len(set(keys))
    for lane in assigned("PAPERS").values():
        years = [year for _, year, _ in lane]
        assert years == sorted(years)


def test_what_is_called_earlier_is_earlier():
    year = {key: year for key, year, _ in PAPERS}
    assert all(year[first] < year[known] for _, known, first in assigned("EARLIER"))


ERRORS = FOLDER / "b-errors.md"
GLOSSARY = FOLDER / "d-glossary.md"
SECTION = re.compile(r"\[(?P<title>(?:[^\[\]$]|\$[^$]+\$)+)\]\(\.\./(?P<path>[\w/-]+\.md)#(?P<slug>[\w-]+)\)")
ENTRY = re.compile(r'(?m)^"(?P<error>.+)"\n: (?P<answer>.+)$')
MATHEMATICS = re.compile(r"\$[^$]+\$|`[^`]+`")


def slug(title):
    """What the site makes of a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def section(path, wanted):
    """The cells of the chapter's notebook from the heading with this slug to the next one of its rank."""
    cells, rank = [], 0
    for cell in json.loads((ROOT / "chapters" / path).with_suffix(".ipynb").read_text(encoding="utf8"))["cells"]:
        lines = "".join(cell["source"]).split("\n")
        if cell["cell_type"] != "markdown":
            if rank:
                printed = (output.get("text", output.get("data", {}).get("text/plain", "")) for output in cell["outputs"])
                cells.append(("code", "\n".join([*lines, *map("".join, printed)])))
            continue
        kept = []
        for line in lines:
            if heading := re.match(r"(#+) (.*)", line):
                if rank and len(heading[1]) <= rank:
                    return [*cells, ("markdown", "\n".join(kept))]
                if not rank and slug(heading[2]) == wanted:
                    rank = len(heading[1])
            if rank:
                kept.append(line)
        if rank:
            cells.append(("markdown", "\n".join(kept)))
    return cells


def numbers(text):
    return re.findall(r"(?<![\w.])\d+(?:\.\d+)?|[½⅛¼¾⅓]", text)


ANSWERS = [(entry["error"], entry["answer"]) for entry in ENTRY.finditer(ERRORS.read_text(encoding="utf8"))]


@pytest.mark.parametrize(("error", "answer"), ANSWERS, ids=[error for error, _ in ANSWERS])
def test_an_error_is_answered_by_a_section_that_computes_its_numbers(error, answer):
    found = list(SECTION.finditer(answer))
    assert len(found) == 1, "one link, at the end"
    assert answer.endswith(found[0][0])
    assert slug(found[0]["title"]) == found[0]["slug"]
    cells = section(found[0]["path"], found[0]["slug"])
    assert cells, "no such section"
    assert any(kind == "code" for kind, _ in cells), "nothing is computed there"
    text = "\n".join(source for _, source in cells)
    said = answer.removesuffix(found[0][0])
    missing = [number for number in numbers(MATHEMATICS.sub(" ", said)) if not re.search(rf"(?<![\d.]){number}(?!\d|\.\d)", text)]
    assert not missing, f"not in that section: {missing}"


def test_no_error_is_told_twice():
    errors = [error for error, _ in ANSWERS]
    assert len(errors) == len(set(errors)) and ERRORS.read_text(encoding="utf8").count("\n: ") == len(errors)


TERM = re.compile(r"(?m)^(?P<term>\S.*)\n  (?P<meaning>.+)$")
GLOSSED = [(entry["term"], entry["meaning"]) for entry in TERM.finditer(GLOSSARY.read_text(encoding="utf8"))]
PLACES = labels((ROOT / "chapters").glob("**/*.md"))


def target(link):
    """The path (under chapters/) and the slug of the heading that this link leads to."""
    if match := SECTION.fullmatch(link):
        assert slug(match["title"]) == match["slug"]
        return match["path"], match["slug"]
    place = PLACES[re.fullmatch(r"\{ref\}`([\w-]+)`", link)[1]]
    return place.path.relative_to(ROOT / "chapters").as_posix(), slug(place.title)


@pytest.mark.parametrize(("term", "meaning"), GLOSSED, ids=[term for term, _ in GLOSSED])
def test_a_word_of_the_glossary_is_used_where_its_link_leads(term, meaning):
    link = re.search(r"(\{ref\}`[\w-]+`|\[[^]]+\]\([^)]+\))$", meaning)
    assert link, "a link at the end"
    text = "\n".join(source for _, source in section(*target(link[1]))).replace("*", "")
    assert re.search(rf"(?i)(?<!\w){re.escape(term)}", text), "not said there"
    known = {term for term, _ in GLOSSED}
    assert set(re.findall(r"\{term\}`(?:[^`]*<)?([^`<>]+)>?`", meaning)) <= known


def test_the_glossary_is_in_order_and_says_nothing_twice():
    terms = [term.lower() for term, _ in GLOSSED]
    assert terms == sorted(set(terms)) and len(terms) >= 90
