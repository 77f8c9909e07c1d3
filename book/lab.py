"""A reader's own copy of the notebooks, in _build/lab: what is written there stays, whatever happens to the book.

    python -m book.lab   # copy what is not there yet, and say which copies are older than the book

`make lab` opens the copies in JupyterLab. Nothing overwrites or removes them, `make clean` included: to have a chapter anew,
rename its copy.
"""

import shutil

import nbformat

from book import ROOT, cache, twins

LAB = cache.BUILD / "lab"


def copy(folder=LAB, root=ROOT):
    """Copy each notebook, and each page without one, that `folder` does not hold; return the copies of an older chapter."""
    older = []
    for page in sorted(root.glob("chapters/**/*.md")):
        twin = page.with_suffix(".ipynb")
        source = twin if twin.exists() else page
        own = folder / source.relative_to(root)
        if not own.exists():
            own.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, own)
        elif source == twin and _mark(own) != _mark(twin):
            older.append(own)
    return older


def _mark(notebook):
    try:
        return nbformat.read(notebook, as_version=4).metadata.get(twins.MARK)
    except Exception:
        return None


def main():
    for own in copy():
        print(f"the chapter has changed since you began: {own.relative_to(ROOT)} (yours is kept; rename it to get the new one)")


if __name__ == "__main__":
    main()
