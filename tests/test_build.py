"""The strict build: no warning, each chapter executed once, every page in its place, and what lies beside the pages."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from urllib.parse import urlsplit

import pytest
import yaml

from book import ROOT, address, build, cache, launch, lite, quiz

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [chapter["file"] for part in TOC["parts"] for chapter in part["chapters"]]


def test_the_build_has_no_warning(site):
    log = build.LOG.read_text(encoding="utf-8")
    assert "build succeeded" in log
    assert not re.findall(r"^.*WARNING.*$", log, re.MULTILINE)


def test_the_build_executes_nothing_that_the_cache_has(site):
    assert not [path for path in cache.pages() if not cache.is_kept(path)]
    assert "Executing notebook" not in build.LOG.read_text(encoding="utf-8")


def test_only_what_passed_the_tests_is_published():
    publishing = {}
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
        publishing |= {name: (job, jobs) for name, job in jobs.items() if "deploy-pages" in str(job) or "git push" in str(job)}
    assert publishing
    for job, jobs in publishing.values():
        assert ".ci/run" in str(jobs[job["needs"]]["steps"]) and "make book" not in str(job)


def test_every_chapter_stands_in_the_table_of_contents():
    assert build.orphans() == []


@pytest.mark.parametrize("page", ["index", *PAGES])
def test_every_page_is_there(site, page):
    assert (site / f"{page}.html").exists()


def test_chapters_are_numbered_through(site):
    numbered = [page for page in PAGES if re.match(r"chapters/[1-5]", page)]
    for number, page in enumerate(numbered, 1):
        html = (site / f"{page}.html").read_text(encoding="utf-8")
        assert re.search(r"<h1><span class=\"section-number\">(\d+)", html)[1] == str(number), page
        assert f"/{number:02d}-" in page


def test_a_page_has_buttons_exactly_if_it_has_a_notebook(site):
    for page in PAGES:
        has_buttons = 'class="launch"' in (site / f"{page}.html").read_text(encoding="utf-8")
        assert has_buttons == (ROOT / f"{page}.ipynb").exists(), page


def test_the_notebooks_lie_beside_the_pages_and_in_the_laboratory(site):
    for chapter in cache.chapters():
        name = chapter.relative_to(ROOT).with_suffix(".ipynb")
        assert (site / "notebooks" / name).exists()
        assert (site / "lite" / "files" / name).exists()


def first_cell(site, folder):
    [chapter, *_] = cache.chapters()
    name = chapter.relative_to(ROOT).with_suffix(".ipynb")
    return "".join(json.loads((site / folder / name).read_text(encoding="utf-8"))["cells"][0]["source"])


def test_the_laboratory_installs_the_wheel_that_lies_beside_it_and_nothing_else_does(site):
    cell = first_cell(site, "lite/files")
    [wheel] = re.findall(r"netlib_book-[\w.]+-py3-none-any\.whl", cell)
    content = (site / "lite" / "pypi" / wheel).read_bytes()
    assert hashlib.sha256(content).hexdigest().startswith(re.search(r"sha256=(\w+)", cell)[1])
    assert "git+" not in cell and "piplite" not in first_cell(site, "notebooks")


def test_the_laboratory_asks_no_package_index(site):
    """What Pyodide's server lacks lies beside the wheel, so that it can do without the index."""
    config = json.loads((site / "lite" / "jupyter-lite.json").read_text(encoding="utf-8"))
    assert config["jupyter-config-data"]["litePluginSettings"][lite.PYODIDE_KERNEL_PLUGIN_ID]["disablePyPIFallback"] is True
    index = json.loads((site / "lite" / "pypi" / "all.json").read_text(encoding="utf-8"))
    assert {"netlib-book", *(name.replace("_", "-") for name in lite.BESIDE)} <= set(index)


def test_a_package_is_packed_again_as_it_was_installed(tmp_path):
    wheel = lite.repacked("comm", tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        assert "comm/__init__.py" in archive.namelist() and not [name for name in archive.namelist() if name.endswith(".pyc")]
    assert wheel.read_bytes() == lite.repacked("comm", tmp_path).read_bytes()
    with pytest.raises(ValueError, match="numpy has compiled parts"):
        lite.repacked("numpy", tmp_path)


def test_the_note_under_a_title_names_every_host():
    said = launch.note([text for text, _ in launch.links("chapters/a.ipynb", "../", "https://github.com/me/it", "c0ffee")])
    asked = {urlsplit(target).hostname for _, target in launch.links("a.ipynb", "", "https://github.com/me/it", "c0ffee")}
    assert all(host in said for host in asked - {None} | {urlsplit(lite.PYODIDE).hostname})
    assert "mybinder" not in launch.note(["Run in your browser"])


BROKEN = """---
jupytext: {text_representation: {format_name: myst}}
kernelspec: {name: python3, display_name: Python 3}
---
# Broken

```{code-cell} ipython3
1 / 0
```
"""


def test_a_chapter_that_fails_stops_the_build_and_is_named(monkeypatch, tmp_path):
    chapter = tmp_path / "chapters" / "broken.md"
    chapter.parent.mkdir()
    chapter.write_text(BROKEN, encoding="utf-8")
    monkeypatch.setattr(cache, "ROOT", tmp_path)
    monkeypatch.setattr(cache, "BUILD", tmp_path / "_build")
    failures = cache.execute(cache.folder(), cache.pages())
    assert list(failures) == ["chapters/broken.md"]
    assert "ZeroDivisionError" in failures["chapters/broken.md"]
    assert list(cache.execute(cache.folder(), cache.pages())) == ["chapters/broken.md"], "what failed must run again"


def test_a_strict_build_that_fails_leaves_the_site_and_says_why_at_the_end(monkeypatch, tmp_path):
    """Planted: a citation that does not exist, 500 lines before the end of what Sphinx says."""
    warning = f"\x1b[91m{ROOT}/chapters/a.md:12: WARNING: could not find bibtex key \"nobody1900\"\x1b[39;49;00m\n"
    said = ["reading sources\n", warning, *["writing output\n"] * 500, "build finished with problems, 1 warning.\n"]
    for name in ("BUILD", "SITE", "STAMP", "LOG"):
        monkeypatch.setattr(build, name, tmp_path / name.lower())
    monkeypatch.setattr(cache, "BUILD", tmp_path / "build")
    monkeypatch.setattr(cache, "pages", list)
    monkeypatch.setattr(cache, "chapters", list)
    monkeypatch.setattr(build, "sphinx", lambda folder, *_: (folder, said, True))
    build.SITE.mkdir()
    (build.SITE / "index.html").write_text("whole")
    with pytest.raises(SystemExit) as stopped:
        build.build()
    assert str(stopped.value).splitlines()[-1].strip() == 'chapters/a.md:12: WARNING: could not find bibtex key "nobody1900"'
    assert (build.SITE / "index.html").read_text() == "whole"
    assert not build.is_current()


def test_a_whole_site_takes_the_old_ones_place(tmp_path):
    for name in ("html", "next"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.txt").touch()
    build.replace(tmp_path / "html", tmp_path / "next")
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["html", "html/next.txt"]


def test_a_page_that_the_table_of_contents_does_not_name_is_found(monkeypatch, tmp_path):
    monkeypatch.setattr(build, "ROOT", tmp_path)
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "28-new.md").touch()
    (tmp_path / "chapters" / "01-old.md").touch()
    (tmp_path / "_toc.yml").write_text("root: index\nchapters:\n  - file: chapters/01-old\n")
    assert build.orphans() == ["chapters/28-new.md"]


FAKE = """#!/bin/sh
case "$*" in
  *version_info*) exit {status} ;;
  *"-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python && cp "$0" .venv/bin/pip ;;
  *) echo "{name}: $*" ;;
esac
"""


def fake_python(path, status):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(FAKE.format(status=status, name=path.name))
    path.chmod(0o755)


@pytest.mark.skipif(not shutil.which("make"), reason="no make here")
def test_an_environment_of_an_old_python_is_made_anew_as_the_advice_says(tmp_path):
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    fake_python(tmp_path / ".venv" / "bin" / "python", 1)
    (tmp_path / ".venv" / "pyvenv.cfg").touch()
    fake_python(tmp_path / "old", 1)
    fake_python(tmp_path / "new", 0)
    outside = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}

    def make(python):
        command = ["make", "book", f"PYTHON={tmp_path / python}"]
        return subprocess.run(command, cwd=tmp_path, env=outside, capture_output=True, text=True)

    refused = make("old")
    assert refused.returncode and "try: make book PYTHON=python3.12" in refused.stdout
    made = make("new")
    assert made.returncode == 0, made.stderr
    assert ".venv has no Python 3.11 or newer, and is made anew" in made.stdout
    assert "new: -m book.build --if-needed" in made.stdout


def test_a_draft_is_marked_on_its_page(tmp_path):
    """Sphinx alone, with the handler of the book's extension: a page whose front matter says draft says so under its title."""
    from docutils.core import publish_doctree

    from book import extension

    (tmp_path / "new.md").write_text("---\ndraft: true\n---\n\n# New\n", encoding="utf-8")
    (tmp_path / "old.md").write_text("---\nkernelspec: {name: python3}\n---\n\n# Old\n", encoding="utf-8")
    for name, expected in {"new": 1, "old": 0}.items():
        page = publish_doctree("x\n=\n\ny\n", settings_overrides={"doctitle_xform": False})
        extension.mark_draft(None, page, name, tmp_path)
        assert page.astext().count("This chapter is a draft") == expected


def test_the_cache_notices_a_change_in_netlib(monkeypatch, tmp_path):
    monkeypatch.setattr(cache, "ROOT", tmp_path)
    (tmp_path / "netlib").mkdir()
    module = tmp_path / "netlib" / "network.py"
    module.write_text("HALF = 0.5\n")
    before = cache.folder()
    module.write_text("HALF = 1.0\n")
    assert cache.folder() != before


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("https://github.com/owner/name.git", "https://github.com/owner/name"),
        ("git@github.com:owner/name.git", "https://github.com/owner/name"),
        ("https://someone:secret@github.com/owner/name", "https://github.com/owner/name"),
        ("/a/local/path", None),
        ("", None),
    ],
)
def test_the_book_learns_its_address(monkeypatch, remote, expected):
    monkeypatch.setenv("BOOK_REPOSITORY", remote)
    assert address.repository() == expected


def test_without_a_repository_there_is_no_button_to_another_host():
    assert not [target for _, target in launch.links("chapters/a.ipynb", "../", None, "c0ffee") if "://" in target]
    elsewhere = launch.links("chapters/a.ipynb", "../", "https://git.example.org/me/it", "c0ffee")
    assert not [target for _, target in elsewhere if "://" in target]


def test_a_quiz_refuses_what_is_not_a_choice():
    with pytest.raises(ValueError, match="not 'maybe'"):
        quiz.split_choices(["maybe"])


QUIZ_BOOK = """# Page

:::{quiz} Is $1+1=2$?
:label: quiz-1
- [x] *yes* :: By **counting**.
- [ ] no :: Count again, $1+1$.
:::
"""


def sphinx(folder, text, builder="html"):
    """Run Sphinx strictly on one page; return the process and all that it wrote."""
    (folder / "index.md").write_text(text, encoding="utf-8")
    extensions = 'extensions = ["myst_parser", "book.quiz"]\n'
    (folder / "conf.py").write_text(extensions + 'myst_enable_extensions = ["dollarmath", "colon_fence"]\n')
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", builder, str(folder), str(folder / "out")]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    pages = [path for ending in ("html", "txt", "tex") for path in (folder / "out").glob(f"*.{ending}")]
    return process, "".join(path.read_text(encoding="utf-8") for path in pages)


@pytest.mark.parametrize("builder", ["html", "text", "latex"])
def test_a_quiz_is_readable_in_every_format(tmp_path, builder):
    process, written = sphinx(tmp_path, QUIZ_BOOK, builder)
    assert process.returncode == 0, process.stderr
    assert "counting" in written and "Count again" in written and "Right." in written


@pytest.mark.parametrize("fault", [":label: quiz-1\n", "- [ ] no :: Count again, $1+1$.\n", " :: By **counting**.", "[x]"])
def test_a_quiz_that_is_incomplete_is_refused(tmp_path, fault):
    process, _ = sphinx(tmp_path, QUIZ_BOOK.replace(fault, "[ ]" if fault == "[x]" else ""))
    assert process.returncode and "quiz" in process.stderr
