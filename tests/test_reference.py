"""The reference pages: each module has one, it lists everything public once, and the overview's example runs."""

import ast
import doctest
import importlib
import inspect
import re

import pytest
from chapter_source import ROOT

FOLDER = ROOT / "chapters" / "6-appendices"
FILES = {path.stem: path for path in (ROOT / "netlib").glob("[a-z]*.py")}
PACKAGES = {path.parent.name: path for path in (ROOT / "netlib").glob("[a-z]*/__init__.py") if path.parent.name != "results"}
MODULES = sorted(FILES | PACKAGES)
KINDS = (ast.FunctionDef, ast.ClassDef)
IN_THE_BOOK = re.compile(r"^In the book: (?:all chapters|chapters? ((?:\d+(?:, | and )?)+))\.$", re.MULTILINE)
WRITTEN = {int(path.name[:2]) for path in (ROOT / "chapters").glob("[1-5]-*/[0-9][0-9]-*.md")}


def tree(path):
    return ast.parse(path.read_text(encoding="utf8"))


def public(module):
    """Return the names of the public functions and classes of a module; a package says them in its __all__."""
    if module in PACKAGES:
        return sorted(importlib.import_module(f"netlib.{module}").__all__)
    return sorted(node.name for node in tree(FILES[module]).body if isinstance(node, KINDS) and not node.name.startswith("_"))


def docstring(module, name):
    if module in PACKAGES:
        return inspect.getdoc(getattr(importlib.import_module(f"netlib.{module}"), name)) or ""
    return next(ast.get_docstring(node) for node in tree(FILES[module]).body if getattr(node, "name", None) == name) or ""


@pytest.mark.parametrize("module", MODULES)
def test_a_page_documents_everything_public_once(module):
    page = (FOLDER / "netlib" / f"{module}.md").read_text(encoding="utf8")
    assert f".. automodule:: netlib.{module}\n" in page
    assert sorted(re.findall(r"^\.\. auto(?:function|class):: (\w+)$", page, re.MULTILINE)) == public(module)
    assert sorted(re.findall(r"^   (\w+)$", page, re.MULTILINE)) == public(module)


@pytest.mark.parametrize("module", MODULES)
def test_everything_public_has_a_docstring_and_the_module_opens_with_an_equation(module):
    assert ".. math::" in ast.get_docstring(tree((FILES | PACKAGES)[module]))
    assert not [name for name in public(module) if not docstring(module, name)]


@pytest.mark.parametrize("module", MODULES)
def test_everything_public_says_where_in_the_book_it_is(module):
    for name in public(module):
        said = IN_THE_BOOK.search(docstring(module, name))
        assert said, f"{module}.{name}: a line 'In the book: chapter N.' is missing"
        assert set(map(int, re.findall(r"\d+", said[1] or ""))) <= WRITTEN, f"{module}.{name}: {said[0]}"


@pytest.mark.parametrize("package", PACKAGES)
def test_the_face_of_a_package_only_hands_names_on(package):
    body = tree(PACKAGES[package]).body
    assert all(isinstance(node, (ast.Expr, ast.ImportFrom, ast.Assign)) for node in body)
    assert [target.id for node in body if isinstance(node, ast.Assign) for target in node.targets] == ["__all__"]
    handed = [alias.name for node in body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(handed) == public(package)


def test_the_overview_links_every_module_and_its_example_runs():
    page = (FOLDER / "f-netlib.md").read_text(encoding="utf8")
    assert sorted(re.findall(r"{ref}`(\w+) <app-netlib-\1>`", page)) == MODULES
    example = re.search(r"```pycon\n(.*?)```", page, re.DOTALL)[1]
    test = doctest.DocTestParser().get_doctest(example, {}, "f-netlib.md", None, None)
    assert test.examples and not doctest.DocTestRunner().run(test).failed
