"""The appendices that say what stands elsewhere: each year, link, word and number in them is looked up where it is said to be."""

import ast
import re

import pytest
from chapter_source import ROOT, code

from book.markdown import citations

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
