"""The reference pages: each module has one, it lists everything public once, and the overview's example runs."""

import ast
import doctest
import re

import pytest
from chapter_source import ROOT

FOLDER = ROOT / "chapters" / "6-appendices"
MODULES = sorted(path.stem for path in (ROOT / "netlib").glob("[a-z]*.py"))


def public(module):
    """Return the names of the public functions and classes of a module."""
    tree = ast.parse((ROOT / "netlib" / f"{module}.py").read_text(encoding="utf8"))
    kinds = (ast.FunctionDef, ast.ClassDef)
    return sorted(node.name for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_"))


@pytest.mark.parametrize("module", MODULES)
def test_a_page_documents_everything_public_once(module):
    page = (FOLDER / "netlib" / f"{module}.md").read_text(encoding="utf8")
    assert f".. automodule:: netlib.{module}\n" in page
    assert sorted(re.findall(r"^\.\. auto(?:function|class):: (\w+)$", page, re.MULTILINE)) == public(module)
    assert sorted(re.findall(r"^   (\w+)$", page, re.MULTILINE)) == public(module)


@pytest.mark.parametrize("module", MODULES)
def test_everything_public_has_a_docstring_and_the_module_opens_with_an_equation(module):
    tree = ast.parse((ROOT / "netlib" / f"{module}.py").read_text(encoding="utf8"))
    assert ".. math::" in ast.get_docstring(tree)
    named = {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    assert not [name for name in public(module) if not ast.get_docstring(named[name])]


def test_the_overview_links_every_module_and_its_example_runs():
    page = (FOLDER / "f-netlib.md").read_text(encoding="utf8")
    assert sorted(re.findall(r"{ref}`(\w+) <app-netlib-\1>`", page)) == MODULES
    example = re.search(r"```pycon\n(.*?)```", page, re.DOTALL)[1]
    test = doctest.DocTestParser().get_doctest(example, {}, "f-netlib.md", None, None)
    assert test.examples and not doctest.DocTestRunner().run(test).failed
