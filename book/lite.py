"""What lies beside the pages: the notebooks to download, and a JupyterLite laboratory that runs them in the browser."""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import distribution

import nbformat
from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_KERNEL_PLUGIN_ID, PYODIDE_MJS

from book import ROOT, address, cache, twins

BUILD = cache.BUILD
PYODIDE = f"{PYODIDE_CDN_URL}/{PYODIDE_MJS}"
BESIDE = ("comm", "ipywidgets", "jupyterlab_widgets")  # what the notebooks need and Pyodide's own server has not
WATCH = ROOT / "book" / "_lab" / "laboratory.js"


def publish_notebooks(site, notebooks):
    """Write every notebook to notebooks/ in the site, with a first cell that installs netlib from this very commit.

    Parameters
    ----------
    site : Path
    notebooks : dict
        Chapter to the text of its notebook.
    """
    for chapter, text in notebooks.items():
        notebook = twins.pinned(nbformat.reads(text, as_version=4), address.repository(), address.commit())
        _write(site / "notebooks", chapter, notebook)


def build(site, notebooks):
    """Build the laboratory, JupyterLab with the notebooks and a wheel of netlib, into lite/ in the site.

    Its notebooks install the wheel that lies beside them. No index of packages is asked for what is missing: Pyodide's server has
    most, and the few others lie here, too, so that the laboratory asks one host besides its own.

    Parameters
    ----------
    site : Path
    notebooks : dict
        Chapter to the text of its notebook.
    """
    work = BUILD / "lite"
    shutil.rmtree(work, ignore_errors=True)
    (work / "contents").mkdir(parents=True)
    wheels = [make_wheel(work), *(repacked(name, work) for name in BESIDE)]
    for chapter, text in notebooks.items():
        notebook = twins.in_the_laboratory(nbformat.reads(text, as_version=4), wheels[0].name, _digest(wheels[0]))
        _write(work / "contents", chapter, notebook)
    settings = {"litePluginSettings": {PYODIDE_KERNEL_PLUGIN_ID: {"disablePyPIFallback": True}}}
    config = {"jupyter-lite-schema-version": 0, "jupyter-config-data": settings}
    (work / "jupyter-lite.json").write_text(json.dumps(config), encoding="utf-8")
    listed = [option for wheel in wheels for option in ("--piplite-wheels", str(wheel))]
    _run(
        *("jupyterlite_core", "build", "--no-sourcemaps", "--lite-dir", str(work), "--contents", str(work / "contents")),
        *(*listed, "--output-dir", str(site / "lite")),
    )
    watch(site / "lite")


def watch(lite):
    """Have every page of the laboratory say so when Python cannot be fetched (see laboratory.js)."""
    (lite / WATCH.name).write_text(WATCH.read_text(encoding="utf-8").replace("PYODIDE", PYODIDE), encoding="utf-8")
    for page in lite.glob("*/index.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace("</head>", f'<script defer src="../{WATCH.name}"></script>\n  </head>', 1), encoding="utf-8")


def _write(folder, chapter, notebook):
    copy = folder / chapter.relative_to(ROOT).with_suffix(".ipynb")
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(nbformat.writes(nbformat.from_dict(notebook)) + "\n", encoding="utf-8")


def _digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def repacked(name, folder):
    """Make a wheel in `folder` of a package that is installed here and has no compiled part; return its path.

    It holds the package itself and not the files that its installation put elsewhere.
    """
    found = distribution(name)
    if "Root-Is-Purelib: true" not in found.read_text("WHEEL"):
        raise ValueError(f"{name} has compiled parts, and cannot be put beside the laboratory")
    outside = ("..", "/")
    files = [file for file in found.files if not str(file).startswith(outside) and file.suffix != ".pyc"]
    files = [file for file in files if file.name not in ("INSTALLER", "REQUESTED", "direct_url.json", "RECORD")]
    wheel = folder / f"{name.replace('-', '_')}-{found.version}-py3-none-any.whl"
    [info] = {file.parts[0] for file in files if file.parts[0].endswith(".dist-info")}
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        record = []
        for file in sorted(files, key=str):
            content = file.read_binary()
            archive.writestr(zipfile.ZipInfo(file.as_posix()), content, zipfile.ZIP_DEFLATED)
            mark = f"{file.hash.mode}={file.hash.value},{len(content)}" if file.hash else ","
            record.append(f"{file.as_posix()},{mark}")
        archive.writestr(zipfile.ZipInfo(f"{info}/RECORD"), "\n".join([*record, f"{info}/RECORD,,"]) + "\n")
    return wheel


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
