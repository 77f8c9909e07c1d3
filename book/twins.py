"""The notebook beside each chapter: its twin, for Binder, Colab, JupyterLite, GitHub's viewer and nbval.

    python -m book.twins               # write those that are out of date
    python -m book.twins CHAPTER.md    # only this one
    python -m book.twins --check       # write nothing, say which are out of date
    python -m book.twins --student FOLDER   # copies without solutions, for a class

A twin depends on its chapter, on what netlib computes and on nothing else: the ids of its cells come from their sources, no time
and no machine is written into it, and outputs stand only in the cells tagged nbval-check-output, which nbval compares. Nobody
edits a twin; one whose cells are not those that its mark names was edited all the same, and is not overwritten without --force.
"""

import argparse
import hashlib
import os
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from book import cache
from book.markdown import FENCE, Plain, citations, equations, labels

INSTALL = """\
# netlib is the book's own package; this cell installs it where it is missing.
from importlib.metadata import PackageNotFoundError, version

try:
    version("netlib-book")
except PackageNotFoundError:
    """
BESIDE = """\
# netlib, the book's own package, lies beside this notebook. This cell installs it from there, and what else the chapters use.
import piplite
from js import location

beside = location.href.split("/extensions/")[0] + "/pypi/"
await piplite.install([beside + "{wheel}?sha256={digest}", "matplotlib", "ipywidgets", "joblib", "tqdm"])
"""
CHECKED = "nbval-check-output"
CHECK = re.compile(r"""\bcheck\.(?:number|function)\(\s*["']([\d.]+)["']""")
FOLDED = {"hide-input", "hide-cell", "remove-cell", "remove-input"}
GLUED = "application/papermill.record/text/plain"
COMPARED = {"text/plain", GLUED}
TABLE = '<div class="results"'  # how netlib.plot.table begins
MARK = "netlib-book"
SOLUTION = "# A solution: open this cell to read it.\n"
DRAFT = "> **A draft.** This chapter is not whole yet, and what it says may change."
EDITED = "edited by hand, and so left as it is: {twin} (keep a copy elsewhere, then: python -m book.twins --force CHAPTER.md)"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m book.twins", description="Write the notebook beside each chapter.")
    parser.add_argument("chapters", nargs="*", type=Path, help="chapters/**/*.md; all of them, if none is named")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a twin is out of date")
    parser.add_argument("--force", action="store_true", help="overwrite also what was edited by hand")
    parser.add_argument("--student", type=Path, metavar="FOLDER", help="write copies without solutions there, and no twin")
    options = parser.parse_args(arguments)
    named = [chapter.resolve() for chapter in options.chapters]
    if not named:
        cache.execute(cache.folder(), cache.chapters())
    texts = {chapter: rendered(chapter) for chapter in named or cache.chapters()}
    if options.student:
        return _write_student_copies(texts, options.student)
    if options.check:
        stale = [twin for chapter, text in texts.items() if _stored(twin := chapter.with_suffix(".ipynb")) != text]
        for twin in stale:
            print(f"out of date: {twin}" + (" (and edited by hand)" if is_edited(twin) else ""))
        if stale:
            print(f"{len(stale)} of the notebooks differ from their chapters; run: make notebooks")
        return int(bool(stale))
    written, edited = write_all(texts, options.force)
    for twin in written:
        print(f"written: {twin}")
    for twin in edited:
        print(EDITED.format(twin=os.path.relpath(twin)))
    return int(bool(edited))


def _write_student_copies(texts, folder):
    for chapter, text in texts.items():
        copy = folder / f"{chapter.stem}.ipynb"
        if is_edited(copy):
            print(f"left alone, because it was edited: {copy}")
            continue
        notebook = student(nbformat.reads(text, as_version=4))
        notebook["metadata"] = _metadata(notebook["cells"])
        folder.mkdir(parents=True, exist_ok=True)
        write(copy, nbformat.writes(nbformat.from_dict(notebook)) + "\n")
        print(f"written: {copy}")
    return 0


def rendered(chapter):
    """Return the text of the twin of `chapter` (an absolute path)."""
    return nbformat.writes(twin(chapter, cache.executed(chapter)), version=4) + "\n"


def write_all(texts, force=False):
    """Write the twins whose text has changed, but none that was edited by hand.

    Parameters
    ----------
    texts : dict
        Chapter to the text of its twin.
    force : bool
        Overwrite what was edited, too.

    Returns
    -------
    written, edited : list of Path
    """
    stale = [twin for chapter, text in texts.items() if _stored(twin := chapter.with_suffix(".ipynb")) != text]
    edited = [] if force else [twin for twin in stale if is_edited(twin)]
    written = [twin for twin in stale if twin not in edited]
    for path in written:
        write(path, texts[path.with_suffix(".md")])
    return written, edited


def is_edited(path):
    """Tell whether the cells of a notebook are not those that were written there: its mark says what they were."""
    text = _stored(path)
    try:
        notebook = nbformat.reads(text, as_version=4) if text else None
    except Exception:
        return True
    return notebook is not None and notebook.metadata.get(MARK, {}).get("cells") not in (None, fingerprint(notebook.cells))


def fingerprint(cells):
    """Return a hash of what stands in the cells; their outputs and counts do not matter."""
    return hashlib.sha256(repr([(cell.cell_type, cell.source) for cell in cells]).encode()).hexdigest()[:16]


def _stored(path):
    return path.read_text(encoding="utf8") if path.exists() else None


def student(notebook):
    """Return a notebook without its solutions, for a class."""
    def tells(cell):
        return cell.source.startswith((SOLUTION, "<details><summary>Solution of exercise"))
    return {**notebook, "cells": [cell for cell in notebook.cells if not tells(cell)]}


def twin(chapter, run):
    """Return the twin of one chapter.

    Parameters
    ----------
    chapter : Path
        The chapter, an absolute path.
    run : NotebookNode
        The same chapter, executed: the source of the numbers in the text and of the compared outputs.

    Returns
    -------
    NotebookNode
    """
    book = next(parent for parent in chapter.parents if parent.name == "chapters")
    bibliography = book.parent / "book" / "references.bib"
    source = cache.read(chapter)
    code = [cell for cell in run.cells if cell.cell_type == "code"]
    if [cell.source for cell in code] != [cell.source for cell in source.cells if cell.cell_type == "code"]:
        raise ValueError(f"{chapter.name}: the executed notebook does not belong to this chapter")
    plain = Plain(
        path=chapter,
        places=labels(book.glob("**/*.md")),
        citations=citations(bibliography) if bibliography.exists() else {},
        notebooks=set(cache.chapters(book)),
        equations={label: number for path in book.glob("**/*.md") for label, number in equations(path).items()},
        values=glued(code),
    )
    cells, used = [], Counter()
    solution, count = False, 0
    for cell in source.cells:
        identity = cell_id(chapter, cell.source, used)
        if cell.cell_type == "markdown":
            solution = _in_solution(cell.source, solution)
            if text := plain.cell(cell.source):
                cells.append(new_markdown_cell(text, id=identity))
            continue
        cells.append(_code_cell(chapter, cell, code[count], identity, count + 1, solution))
        if caption := _caption(cell.metadata, plain):
            cells.append(new_markdown_cell(caption, id=identity + "-caption"))
        count += 1
    if cache.is_draft(chapter):
        cells.insert(1, new_markdown_cell(DRAFT, id=f"{chapter.stem}-draft"))
    if works := plain.references():
        cells.append(new_markdown_cell(works, id=f"{chapter.stem}-references"))
    return new_notebook(cells=cells, metadata=_metadata(cells))


def _metadata(cells):
    return {"kernelspec": KERNEL, "language_info": {"name": "python"}, MARK: {"cells": fingerprint(cells)}}


def pinned(notebook, repository, commit):
    """Return `notebook` with a first cell that installs netlib where it is missing.

    The copies on the site have it, which are downloaded or opened in Colab; for the laboratory's see `in_the_laboratory`.
    It installs from the commit that built the site, and never by the name ``netlib``, which on the index is somebody else's.

    Parameters
    ----------
    notebook : dict
    repository : str or None
        Its web address; without one the cell says what to do.
    commit : str or None

    Returns
    -------
    dict
    """
    if repository and commit:
        command = f'%pip install --quiet "netlib-book @ git+{repository}@{commit}"'
    else:
        command = 'print("Where to install netlib from is not known here. In a folder that holds the book: pip install .")'
    return _with_first_cell(notebook, INSTALL + command)


def in_the_laboratory(notebook, wheel, digest):
    """Return `notebook` with a first cell for JupyterLite, which installs the wheel of netlib that lies in the site.

    Parameters
    ----------
    notebook : dict
    wheel : str
        The name of its file.
    digest : str
        The beginning of its hash, so that no browser takes an older one that it has kept.

    Returns
    -------
    dict
    """
    return _with_first_cell(notebook, BESIDE.format(wheel=wheel, digest=digest).rstrip())


def _with_first_cell(notebook, source):
    install = new_code_cell(source, id="install-netlib", metadata={"jupyter": {"source_hidden": True}})
    return {**notebook, "cells": [install, *notebook["cells"]]}


def glued(cells):
    """Return name -> text of every value that the executed `cells` glued."""
    values = {}
    for output in (output for cell in cells for output in cell.get("outputs", [])):
        if GLUED in output.get("data", {}):
            values[output["metadata"]["scrapbook"]["name"]] = "".join(output["data"][GLUED]).strip("'")
    return values


def cell_id(chapter, source, used):
    """Return an id that depends on the source alone, so that a new cell changes no other; repeats are counted in `used`."""
    digest = hashlib.sha256(source.encode()).hexdigest()[:8]
    used[digest] += 1
    return f"{chapter.stem}-{digest}" + (f"-{used[digest]}" if used[digest] > 1 else "")


def write(path, text):
    """Write `text` to `path` whole or not at all: a full disk or an interrupt leaves what was there."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding="utf8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _code_cell(chapter, cell, run, identity, number, solution):
    tags = list(cell.metadata.get("tags", []))
    metadata = {"tags": tags} if tags else {}
    if solution:
        metadata["jupyter"] = {"source_hidden": True, "outputs_hidden": True}
    elif FOLDED & set(tags):
        metadata["jupyter"] = {"source_hidden": True}
    text = _cover(cell.source, solution) + cell.source
    if CHECKED not in tags or solution:
        return new_code_cell(text, id=identity, metadata=metadata)
    outputs = _joined([_output(chapter, output) for output in run.outputs])
    if not outputs:
        raise ValueError(f"{chapter.name}: a cell tagged {CHECKED} prints nothing: {cell.source.splitlines()[0]!r}")
    return new_code_cell(text, id=identity, metadata=metadata, outputs=outputs, execution_count=number)


def _cover(source, solution):
    """Return the line that stands for a folded answer: JupyterLab shows the first line of a folded cell, and it must not tell."""
    if solution:
        return SOLUTION
    if checked := CHECK.search(source):
        return f"# The check of exercise {checked[1]}: run this cell.\n"
    return ""


def _output(chapter, output):
    output = nbformat.from_dict({key: value for key, value in output.items() if key != "transient"})
    kinds = set(output.get("data", {}))
    if "".join(output.get("data", {}).get("text/html", "")).startswith(TABLE):
        kinds.discard("text/html")  # a table of results is text twice over, and compared as both
    if output.output_type == "error" or output.get("name") == "stderr" or kinds - COMPARED:
        found = ", ".join(kinds) or output.output_type
        raise ValueError(f"{chapter.name}: a cell tagged {CHECKED} may print text and nothing else, found {found}")
    if "execution_count" in output:
        output["execution_count"] = None
    return output


def _joined(outputs):
    """Join what was printed in one go, and came in pieces of which the kernel's timing decides."""
    joined = []
    for output in outputs:
        if joined and joined[-1].output_type == output.output_type == "stream":
            joined[-1]["text"] += output.text
        else:
            joined.append(output)
    return joined


def _caption(metadata, plain):
    figure = metadata.get("mystnb", {}).get("figure", {})
    if not figure:
        return ""
    label = f"*{plain.number(figure['name'])}.* " if "name" in figure else ""
    return plain.cell(label + " ".join(figure.get("caption", "").split()))


def _in_solution(text, inside):
    for line in text.splitlines():
        if match := FENCE.match(line):
            inside = {"solution-start": True, "solution-end": False}.get(match["name"], inside)
    return inside


if __name__ == "__main__":
    sys.exit(main())
