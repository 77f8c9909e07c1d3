"""The strict build: no warning, each chapter executed once, every page in its place, and what lies beside the pages."""

import re
import subprocess
import sys

import pytest
import yaml

from book import address, build, cache, launch, lite, quiz

TOC = yaml.safe_load((cache.ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [chapter["file"] for part in TOC["parts"] for chapter in part["chapters"]]


def test_the_build_has_no_warning(site):
    log = build.LOG.read_text(encoding="utf-8")
    assert "build succeeded" in log
    assert not re.findall(r"^.*WARNING.*$", log, re.MULTILINE)


def test_the_build_executes_nothing_that_the_cache_has(site):
    from jupyter_cache import get_cache
    from myst_nb.core.read import myst_nb_reader_plugin

    kept = get_cache(cache.folder())
    for path in cache.chapters():
        assert kept.match_cache_notebook(myst_nb_reader_plugin(str(path))), "a KeyError names what the cache does not have"
    assert "Executing notebook" not in build.LOG.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["index", *PAGES])
def test_every_page_is_there(site, page):
    assert (site / f"{page}.html").exists()


def test_27_chapters_are_numbered_through(site):
    numbered = [page for page in PAGES if re.match(r"chapters/[1-5]", page)]
    assert len(numbered) == 27
    for number, page in enumerate(numbered, 1):
        html = (site / f"{page}.html").read_text(encoding="utf-8")
        assert re.search(r"<h1><span class=\"section-number\">(\d+)", html)[1] == str(number), page
        assert f"/{number:02d}-" in page


def test_a_page_has_buttons_exactly_if_it_has_a_notebook(site):
    for page in PAGES:
        has_buttons = 'class="launch"' in (site / f"{page}.html").read_text(encoding="utf-8")
        assert has_buttons == (cache.ROOT / f"{page}.ipynb").exists(), page


def test_the_notebooks_lie_beside_the_pages_and_in_the_laboratory(site):
    for twin in lite.twins():
        name = twin.relative_to(cache.ROOT)
        assert (site / "notebooks" / name).exists()
        assert (site / "lite" / "files" / name).exists()


def test_the_laboratory_holds_a_wheel_of_netlib(site):
    assert "netlib-book" in (site / "lite" / "pypi" / "all.json").read_text(encoding="utf-8")


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
    failures = cache.execute(cache.folder())
    assert list(failures) == ["chapters/broken.md"]
    assert "ZeroDivisionError" in failures["chapters/broken.md"]
    assert list(cache.execute(cache.folder())) == ["chapters/broken.md"], "what failed must run again"


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
    process = subprocess.run(command, cwd=cache.ROOT, capture_output=True, text=True)
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
