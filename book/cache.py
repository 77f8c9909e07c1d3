"""Each chapter is executed once, in parallel, and its outputs are kept until something that they depend on changes.

The outputs live in a jupyter-cache, which knows a chapter by its code cells. What the cells import is not in them, so the name of
the cache's folder is a hash of netlib, the studies and the pinned packages: change one of them and nothing stale survives.
"""

import hashlib
import os
import shutil
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

import yaml

from book import ROOT

BUILD = ROOT / "_build"
WORKERS = 2
CELL_TIMEOUT = 60


def fingerprint(*patterns):
    """Return a short hash of all files that match the patterns, their names and contents, and of the Python version."""
    digest = hashlib.sha256(repr(sys.version_info[:3]).encode())
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}):
        if "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def folder():
    """Return the cache folder that belongs to netlib, the studies and the pins as they are now."""
    return BUILD / f"cache-{fingerprint('netlib/**/*', 'studies/**/*', 'requirements.txt')}"


def chapters(folder=None):
    """Return the chapters under `folder` (the book's, if none is given) that have code cells, in the order of the book."""
    return [path for path in sorted((folder or ROOT / "chapters").glob("**/*.md")) if _has_code(path)]


def pages():
    """Return all that is executed for the site: the chapters, and the landing page before them."""
    return [path for path in [ROOT / "index.md"] if path.exists() and _has_code(path)] + chapters()


def _has_code(path):
    return "```{code-cell}" in path.read_text(encoding="utf-8")


def is_draft(chapter):
    """Tell whether the front matter says ``draft: true``: such a chapter is built, marked, and need not be whole."""
    text = chapter.read_text(encoding="utf-8")
    return text.startswith("---\n") and bool((yaml.safe_load(text.split("---\n", 2)[1]) or {}).get("draft"))


def read(chapter):
    """Return a chapter's source as a notebook without outputs."""
    from myst_nb.core.read import read_myst_markdown_notebook

    return read_myst_markdown_notebook(chapter.read_text(encoding="utf-8"), path=str(chapter))


def executed(chapter):
    """Return the chapter as an executed notebook: the one that is kept, or else a new one, which is kept from now on."""
    notebook, kept = read(chapter), folder()
    if _seconds(kept, notebook) is None:
        for name, traceback in execute(kept, [chapter]).items():
            raise SystemExit(f"{name} failed while it was executed:\n\n{traceback}")
    cache = _open(kept)
    return cache.get_cache_bundle(cache.match_cache_notebook(notebook).pk).nb


def forget_all_but(kept):
    """Remove the caches of other states of netlib, the studies and the pins."""
    for old in BUILD.glob("cache-*"):
        if old != kept:
            shutil.rmtree(old)


def execute(kept, paths):
    """Execute those of the chapters `paths` whose outputs are not in the cache `kept` (see `folder`); return what failed.

    Returns
    -------
    dict
        Chapter's path, relative to the book, to traceback. What failed is not kept, so that it runs again next time.
    """
    from jupyter_cache.base import CacheBundleIn

    cache, missing, failures, start = _open(kept), {}, {}, time.perf_counter()
    for path in paths:
        notebook = read(path)
        seconds = _seconds(kept, notebook)
        if seconds is None:
            missing[path] = notebook
        else:
            print(f"{seconds:7.1f} s  {_name(path)}  (kept)", flush=True)
    with ProcessPoolExecutor(WORKERS) as pool:
        tasks = [pool.submit(_run, path, notebook) for path, notebook in missing.items()]
        for task in as_completed(tasks):
            path, result = task.result()
            if result.err is None:
                bundle = CacheBundleIn(result.nb, str(path), data={"execution_seconds": result.time})
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
            else:
                failures[_name(path)] = result.exc_string
            print(f"{result.time:7.1f} s  {_name(path)}" + ("  FAILED" if result.err else ""), flush=True)
    if len(missing) > 1:
        print(f"{time.perf_counter() - start:7.1f} s  for {len(missing)} chapters, {WORKERS} at a time", flush=True)
    return failures


def _open(kept):
    from jupyter_cache import get_cache

    return get_cache(kept)


def is_kept(chapter):
    """Tell whether the chapter as it is now has been executed with netlib as it is now."""
    return _seconds(folder(), read(chapter)) is not None


def _seconds(kept, notebook):
    """Return how long the kept run of this notebook took, or None if none is kept."""
    try:
        return _open(kept).match_cache_notebook(notebook).data["execution_seconds"]
    except KeyError:
        return None


def _name(path):
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _run(path, notebook):
    from jupyter_cache.executors.utils import single_nb_execution

    os.environ.update(environment())
    quiet = ["--IPKernelApp.log_level=ERROR"]
    options = {"timeout": CELL_TIMEOUT, "allow_errors": False, "kernel_name": "python3", "extra_arguments": quiet}
    return path, single_nb_execution(notebook, cwd=str(path.parent), **options)


def environment():
    """Return the variables under which a chapter runs: our netlib, our kernel, one thread, no home directory."""
    return {
        "PYTHONPATH": str(ROOT),
        "NETLIB_SITE": "1",
        "JUPYTER_PREFER_ENV_PATH": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "IPYTHONDIR": str(BUILD / "ipython"),
        "MPLCONFIGDIR": str(BUILD / "matplotlib"),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
