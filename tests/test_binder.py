"""The journey that a reader makes on Binder, made here: an environment from .binder/, JupyterLab, a chapter, Run All, a slider.

The environment is kept in _build until what is in .binder/ changes; netlib is installed into it anew each time.
"""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import browser
import nbformat
import pytest
from chapter_source import LESSONS, ROOT, code

from book import twins

BINDER = ROOT / ".binder"
PATIENCE = 120_000
ALL_RUN = """visible => {
  const prompts = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputArea-prompt')];
  return prompts.filter(prompt => /\\d/.test(prompt.textContent)).length >= visible; }"""
CHAPTER = next((chapter for chapter in LESSONS if "explore(" in code(chapter)), None)


def pins(path):
    lines = [line.split("#")[0].strip() for line in path.read_text(encoding="utf8").splitlines()]
    return [line for line in lines if line]


def test_its_pins_are_the_books():
    assert set(pins(BINDER / "requirements.txt")) <= {*pins(ROOT / "requirements.txt"), "."}
    assert pins(BINDER / "requirements.txt")[-1] == ".", "netlib itself, from the repository"


def test_its_python_is_one_that_netlib_allows():
    assert (BINDER / "runtime.txt").read_text(encoding="utf8") == "python-3.11\n"


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """What Binder would get: the files of the repository, and nothing else."""
    folder = tmp_path_factory.mktemp("binder") / "book"
    command = ["git", "ls-files", "-coz", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for path in filter(None, listed.stdout.split("\0")):
        if (ROOT / path).is_file():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, folder / path)
    return folder


@pytest.fixture(scope="module")
def environment(clone):
    """A virtual environment with what .binder/ asks for; return its folder of programs."""
    mark = hashlib.sha256((BINDER / "requirements.txt").read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = ROOT / "_build" / f"binder-{mark}"
    pip = [folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    if not (folder / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([*pip, "-r", ".binder/requirements.txt"], cwd=clone, check=True)
        (folder / "ready").touch()
    subprocess.run([*pip, "--no-deps", "--force-reinstall", "."], cwd=clone, check=True)
    return folder / "bin"


@pytest.fixture(scope="module")
def laboratory(clone, environment, tmp_path_factory):
    """JupyterLab as Binder starts it, with two settings of its own: all cells are drawn, and nobody is asked about news."""
    home = tmp_path_factory.mktemp("home")
    settings = home / "settings" / "@jupyterlab"
    wanted = {"notebook-extension/tracker": '"windowingMode": "none"', "apputils-extension/notification": '"fetchNews": "false"'}
    for plugin, setting in wanted.items():
        (settings / plugin).parent.mkdir(parents=True)
        (settings / f"{plugin}.jupyterlab-settings").write_text(f"{{{setting}}}", encoding="utf8")
    outside = {key: value for key, value in os.environ.items() if not re.match("PYTHON|JUPYTER|NETLIB|MPL|VIRTUAL_ENV", key)}
    own = {"HOME": str(home), "JUPYTERLAB_SETTINGS_DIR": str(home / "settings")}
    own["PATH"] = f"{environment}{os.pathsep}{os.environ['PATH']}"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"--no-browser --allow-root --ip=127.0.0.1 --port={port} --IdentityProvider.token= --ServerApp.password="
    log = home / "log"
    with open(log, "w", encoding="utf8") as file:
        command = [environment / "python", "-m", "jupyterlab", *options.split()]
        process = subprocess.Popen(command, cwd=clone, env=outside | own, stdout=file, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=5)
                break
            except OSError:
                assert process.poll() is None, log.read_text(encoding="utf8")
                time.sleep(0.5)
        yield address
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def page(chromium, laboratory):
    """The chapter in JupyterLab, after Run All Cells; in a browser of its own, which no other test has used."""
    own = chromium.browser_type.launch(executable_path=browser.program(), args=browser.FLAGS)
    page = own.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{laboratory}/lab/tree/{CHAPTER.with_suffix('.ipynb').relative_to(ROOT).as_posix()}")
    page.locator(".jp-Notebook .jp-MarkdownCell h1").first.wait_for()
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
    page.wait_for_function(ALL_RUN, arg=sum(not hidden(cell) for cell in cells()), polling=500)
    yield page
    own.close()


def cells():
    return [cell for cell in nbformat.read(CHAPTER.with_suffix(".ipynb"), as_version=4).cells if cell.cell_type == "code"]


def hidden(cell):
    return cell.metadata.get("jupyter", {}).get("source_hidden", False)


def kernel_is_idle(laboratory):
    [kernel] = json.load(urllib.request.urlopen(f"{laboratory}/api/kernels", timeout=10))
    return kernel["execution_state"] == "idle"


def test_all_cells_run(page, laboratory):
    deadline = time.monotonic() + PATIENCE / 1000
    while not kernel_is_idle(laboratory) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert page.locator('.jp-Notebook [data-mime-type="application/vnd.jupyter.error"]').count() == 0
    assert page.locator('.jp-Notebook [data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
    assert page.get_by_text("not answered yet").count() == len(re.findall(r"check\.(?:number|function)\(", code(CHAPTER)))


def test_a_moved_slider_changes_the_picture_and_its_sentence(page):
    slider = page.locator(".jp-OutputArea .noUi-handle").first
    box = page.locator(".jp-OutputArea .widget-vbox", has=page.locator(".noUi-handle")).first
    picture, says = box.locator("img").first, box.locator("[role=status]").first
    before = picture.get_attribute("src"), says.inner_text()
    slider.scroll_into_view_if_needed()
    slider.focus()
    for key in ("ArrowRight", "ArrowLeft", "ArrowLeft"):
        slider.press(key)
        page.wait_for_timeout(1500)
        if picture.get_attribute("src") != before[0]:
            break
    assert picture.get_attribute("src") != before[0]
    assert says.inner_text() != before[1] == before[1].strip() != ""
    assert picture.get_attribute("alt") == says.inner_text()


def test_solutions_and_checks_are_folded(page):
    assert page.locator(".jp-Notebook .jp-CodeCell .jp-Placeholder.jp-InputPlaceholder").count() >= sum(map(hidden, cells()))
    assert not any(place.is_visible() for place in page.locator(".jp-Notebook").get_by_text(re.compile("solution_\\d")).all())
    folds = page.locator("details:has(summary:text-matches('^Solution of exercise'))")
    assert folds.count() == len({cell.source for cell in cells() if re.search(r"(?m)^(def )?solution_", cell.source)})
    assert not any(fold.get_attribute("open") is not None for fold in folds.all())


def test_the_reader_sees_text_and_no_markup(page):
    shown = "\n".join(page.locator(".jp-Notebook .jp-MarkdownCell").all_inner_texts())
    assert len(shown) > 1000
    assert not re.search(r"\{[a-z:]+\}`|:::|```|\{exercise\}|\$\$|\\frac|</?details|\*\*", shown)
    assert page.locator(".jp-MarkdownCell mjx-container").count() > 10
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0


def test_a_chapter_opens_as_a_notebook(page):
    assert page.locator(".jp-NotebookPanel").count() == 1
    assert twins.CHECKED in str([cell.metadata for cell in cells()])
