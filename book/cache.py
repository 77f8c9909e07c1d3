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
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
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


def chapters():
    """Return the sources that hold code cells, in the order of the book."""
    pages = [*ROOT.glob("index.md"), *sorted(ROOT.glob("chapters/**/*.md"))]
    return [path for path in pages if "```{code-cell}" in path.read_text(encoding="utf-8")]


def execute(kept):
    """Execute every chapter whose outputs are not in the cache; return the chapters that failed.

    Parameters
    ----------
    kept : Path
        The cache, as `folder` names it; older ones are removed.

    Returns
    -------
    dict
        Chapter's path, relative to the book, to traceback. What failed is not kept, so that it runs again next time.
    """
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn
    from myst_nb.core.read import myst_nb_reader_plugin

    for old in BUILD.glob("cache-*"):
        if old != kept:
            shutil.rmtree(old)
    cache = get_cache(kept)
    missing = {path: myst_nb_reader_plugin(str(path)) for path in chapters()}
    for path, notebook in list(missing.items()):
        try:
            seconds = cache.match_cache_notebook(notebook).data["execution_seconds"]
        except KeyError:
            continue
        print(f"{seconds:7.1f} s  {path.relative_to(ROOT)}  (kept)", flush=True)
        del missing[path]

    failures, start = {}, time.perf_counter()
    with ProcessPoolExecutor(WORKERS) as pool:
        tasks = [pool.submit(_run, path, notebook) for path, notebook in missing.items()]
        for task in as_completed(tasks):
            path, result = task.result()
            name = path.relative_to(ROOT)
            if result.err is None:
                bundle = CacheBundleIn(result.nb, str(path), data={"execution_seconds": result.time})
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
            else:
                failures[str(name)] = result.exc_string
            print(f"{result.time:7.1f} s  {name}" + ("  FAILED" if result.err else ""), flush=True)
    if missing:
        print(f"{time.perf_counter() - start:7.1f} s  for {len(missing)} chapters, {WORKERS} at a time", flush=True)
    return failures


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
