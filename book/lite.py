"""What lies beside the pages: the notebooks to download, and a JupyterLite laboratory that runs them in the browser."""

import shutil
import subprocess
import sys

import nbformat

from book import ROOT, address, cache, twins

BUILD = cache.BUILD


def publish_notebooks(site, notebooks):
    """Write every notebook to notebooks/ in the site, with a first cell that installs netlib from this very commit.

    Parameters
    ----------
    site : Path
    notebooks : dict
        Chapter to the text of its notebook.
    """
    for chapter, text in notebooks.items():
        copy = site / "notebooks" / chapter.relative_to(ROOT).with_suffix(".ipynb")
        copy.parent.mkdir(parents=True, exist_ok=True)
        notebook = twins.pinned(nbformat.reads(text, as_version=4), address.repository(), address.commit())
        copy.write_text(nbformat.writes(nbformat.from_dict(notebook)) + "\n", encoding="utf-8")


def build(site):
    """Build the laboratory, JupyterLab with the notebooks and a wheel of netlib, into lite/ in the site."""
    work = BUILD / "lite"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    (site / "notebooks").mkdir(exist_ok=True)
    wheel = make_wheel(work)
    _run(
        *("jupyterlite_core", "build", "--no-sourcemaps", "--lite-dir", str(work), "--contents", str(site / "notebooks")),
        *("--piplite-wheels", str(wheel), "--output-dir", str(site / "lite")),
    )


def make_wheel(folder):
    """Make a wheel of netlib in `folder`, from a copy, so that building it leaves nothing behind; return its path."""
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "netlib", source / "netlib", ignore=shutil.ignore_patterns("__pycache__"))
    _run("pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(source))
    return next(folder.glob("netlib_book-*.whl"))


def _run(module, *arguments):
    """Run a Python module; on failure stop with everything that it said."""
    process = subprocess.run([sys.executable, "-m", module, *arguments], cwd=BUILD, capture_output=True, text=True)
    if process.returncode:
        raise SystemExit(f"{module} {arguments[0]} failed:\n{process.stdout}{process.stderr}")
