"""The notebook beside each chapter: its twin, for Binder, Colab, JupyterLite, GitHub's viewer and nbval.

``python -m book.twins [chapter ...]`` writes them, ``python -m book.twins --check`` says which are out of date. A twin depends on its
chapter, on `netlib` and on nothing else: the ids of its cells come from their sources, no time and no machine is written into it, and outputs stand only in
the cells tagged ``nbval-check-output``, which nbval compares. Nobody edits a twin.
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
from myst_nb.core.read import read_myst_markdown_notebook
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from book.markdown import FENCE, Plain, citations, equations, labels

ROOT = Path(__file__).resolve().parent.parent
CHECKED = "nbval-check-output"
FOLDED = {"hide-input", "hide-cell", "remove-cell", "remove-input"}
GLUED = "application/papermill.record/text/plain"
COMPARED = {"text/plain", GLUED}
METADATA = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, "language_info": {"name": "python"}}


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m book.twins", description="Write the notebook beside each chapter.")
    parser.add_argument("chapters", nargs="*", type=Path, help="chapters/**/*.md; all of them, if none is named")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a twin is out of date")
    options = parser.parse_args(arguments)
    stale = []
    for chapter in options.chapters or chapters():
        text = rendered(chapter.resolve())
        twin = chapter.with_suffix(".ipynb")
        if not twin.exists() or twin.read_text(encoding="utf8") != text:
            stale.append(twin)
            if not options.check:
                write(twin, text)
            print(f"{'out of date' if options.check else 'written'}: {twin}")
    if options.check and stale:
        print(f"{len(stale)} of the notebooks differ from their chapters; run: make notebooks")
        return 1
    return 0


def chapters(folder=ROOT / "chapters"):
    """Return the chapters under `folder` that have code cells, in order."""
    return [path for path in sorted(folder.glob("**/*.md")) if "{code-cell}" in path.read_text(encoding="utf8")]


def rendered(chapter):
    """Return the text of the twin of `chapter` (an absolute path)."""
    return nbformat.writes(twin(chapter, executed(chapter)), version=4) + "\n"


def read(chapter):
    """Return the chapter's source as a notebook without outputs."""
    return read_myst_markdown_notebook(chapter.read_text(encoding="utf8"), path=str(chapter))


def executed(chapter):
    """Return the chapter as a notebook that has just been executed in its folder."""
    notebook = read(chapter)
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(chapter.parent)}}).execute()
    return notebook


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
    source = read(chapter)
    code = [cell for cell in run.cells if cell.cell_type == "code"]
    if [cell.source for cell in code] != [cell.source for cell in source.cells if cell.cell_type == "code"]:
        raise ValueError(f"{chapter.name}: the executed notebook does not belong to this chapter")
    plain = Plain(chapter, labels(book.glob("**/*.md")), citations(bibliography) if bibliography.exists() else {}, set(chapters(book)),
                  equations(chapter), glued(code))
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
    return new_notebook(cells=cells, metadata=METADATA)


def pinned(notebook, repository, commit):
    """Return `notebook` with a first cell that installs netlib where it is missing.

    Only the copies on the site have it, which Colab and JupyterLite open. In the browser the package comes from the site itself, elsewhere
    from the commit that built the site; never from an index by the name ``netlib``, which belongs to somebody else's package.

    Parameters
    ----------
    notebook : NotebookNode
    repository : str or None
        Its web address; without one the cell says what to do.
    commit : str or None

    Returns
    -------
    NotebookNode
    """
    if repository and commit:
        elsewhere = f'%pip install --quiet "netlib-book @ git+{repository}@{commit}"'
    else:
        elsewhere = 'print("This copy of the book has no repository to install from. In a folder that holds the book: pip install .")'
    install = new_code_cell(f"""\
# netlib is the book's own package; this cell installs it where it is missing.
import sys
from importlib.metadata import PackageNotFoundError, version

try:
    version("netlib-book")
except PackageNotFoundError:
    if sys.platform == "emscripten":
        %pip install -q netlib-book ipywidgets
    else:
        {elsewhere}""", id="install-netlib", metadata={"tags": ["hide-input"], "jupyter": {"source_hidden": True}})
    return new_notebook(cells=[install, *notebook.cells], metadata=notebook.metadata)


def glued(cells):
    """Return name -> text of every value that the executed `cells` glued."""
    values = {}
    for output in (output for cell in cells for output in cell.get("outputs", [])):
        if GLUED in output.get("data", {}):
            values[output["metadata"]["scrapbook"]["name"]] = "".join(output["data"][GLUED]).strip("'\"")
    return values


def cell_id(chapter, source, used):
    """Return an id that depends on the source alone, so that a change in one cell changes no other; repeats are counted in `used`."""
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
    if CHECKED not in tags or solution:
        return new_code_cell(cell.source, id=identity, metadata=metadata)
    outputs = [_output(chapter, output) for output in run.outputs]
    if not outputs:
        raise ValueError(f"{chapter.name}: a cell tagged {CHECKED} prints nothing: {cell.source.splitlines()[0]!r}")
    return new_code_cell(cell.source, id=identity, metadata=metadata, outputs=outputs, execution_count=number)


def _output(chapter, output):
    output = nbformat.from_dict({key: value for key, value in output.items() if key != "transient"})
    kinds = set(output.get("data", {}))
    if output.output_type == "error" or output.get("name") == "stderr" or kinds - COMPARED:
        raise ValueError(f"{chapter.name}: a cell tagged {CHECKED} may print text and nothing else, found {sorted(kinds) or output.output_type}")
    if "execution_count" in output:
        output["execution_count"] = None
    return output


def _caption(metadata, plain):
    figure = metadata.get("mystnb", {}).get("figure", {})
    if not figure:
        return ""
    number = re.sub(r"^fig-", "", figure.get("name", "")).replace("-", ".")
    return plain.cell((f"*Figure {number}.* " if number else "") + " ".join(figure.get("caption", "").split()))


def _in_solution(text, inside):
    for line in text.splitlines():
        if match := FENCE.match(line):
            inside = {"solution-start": True, "solution-end": False}.get(match["name"], inside)
    return inside


if __name__ == "__main__":
    sys.exit(main())
