"""The notebooks beside the chapters say what the chapters say, and nbval compares what they print."""

import errno
import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from bs4 import BeautifulSoup
from chapter_source import CHAPTERS, FIXTURE, ROOT, WHOLE, name

from book import cache, lab, twins

each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=name)
DIRECTIVE = re.compile(r"(?m)^ *(?:`{3,}|:{3,}) *\{|\{[a-z:]+\}`|^\([\w-]+\)=$")


def stored(chapter):
    return nbformat.read(chapter.with_suffix(".ipynb"), as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell):
    return cell.metadata.get("tags", [])


@pytest.fixture(scope="module")
def sample():
    """The twin of the small chapter in the fixture, as text."""
    return twins.rendered(FIXTURE)


@pytest.fixture
def notebook(sample):
    return nbformat.reads(sample, as_version=4)


@each_chapter
def test_the_twin_is_up_to_date(chapter):
    assert chapter.with_suffix(".ipynb").read_text(encoding="utf8") == twins.rendered(chapter), "run: make notebooks"


def test_there_is_no_twin_without_a_chapter():
    found = {path for path in (ROOT / "chapters").glob("**/*.ipynb") if ".ipynb_checkpoints" not in path.parts}
    assert found == {chapter.with_suffix(".ipynb") for chapter in CHAPTERS}


@pytest.mark.parametrize("chapter", WHOLE, ids=name)
def test_it_has_a_checked_output_and_nbval_will_compare_it(chapter):
    checked = [cell for cell in code_cells(stored(chapter)) if twins.CHECKED in tags(cell)]
    assert checked
    assert all(cell.outputs and cell.execution_count for cell in checked)


@each_chapter
def test_nothing_else_has_an_output(chapter):
    others = [cell for cell in code_cells(stored(chapter)) if twins.CHECKED not in tags(cell)]
    assert not any(cell.outputs or cell.execution_count for cell in others)


@each_chapter
def test_checks_and_solutions_are_folded(chapter):
    for cell in code_cells(stored(chapter)):
        if "check.number(" in cell.source or "check.function(" in cell.source or re.search(r"(?m)^(def )?solution_", cell.source):
            assert cell.metadata.jupyter.source_hidden
            assert cell.source.startswith("# "), "JupyterLab shows the first line of a folded cell: it must not tell"


@each_chapter
def test_no_reader_meets_a_raw_directive_or_a_time(chapter):
    notebook = stored(chapter)
    assert set(notebook.metadata) == {"kernelspec", "language_info", twins.MARK}
    assert not twins.is_edited(chapter.with_suffix(".ipynb"))
    assert notebook.metadata.language_info == {"name": "python"}
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags", "jupyter"}
        if cell.cell_type == "markdown":
            assert not DIRECTIVE.search(cell.source), cell.source


def test_the_text_shows_the_numbers_that_were_computed(notebook):
    text = notebook.cells[0].source
    assert "Their energy is −1.0 (-1.00)" in text


def test_another_value_makes_another_twin(sample):
    run = cache.executed(FIXTURE)
    for output in (output for cell in run.cells for output in cell.get("outputs", [])):
        if twins.GLUED in output.get("data", {}):
            output["data"][twins.GLUED] = "'−2.0'"
    assert nbformat.writes(twins.twin(FIXTURE, run)) + "\n" != sample


def test_references_become_links_numbers_and_names(notebook):
    text = notebook.cells[0].source
    assert "see [What comes before](07-before.md), [Chapter 7](07-before.md)" in text
    assert "Geman and Geman (1984)" in text
    assert "(Metropolis et al., 1953; Geman and Geman, 1984) came first" in text
    assert r"\tag{8.1}" in text and "and (8.1) is" in text
    assert "`` {ref}`x` ``" in text, "code stays as it is"
    assert any(cell.source == "*Figure 8.1.* A line with slope −1.0." for cell in notebook.cells)


def test_a_question_can_be_answered_without_a_kernel(notebook):
    question = notebook.cells[-2].source
    assert "- (b) The one of lower energy" in question
    assert question.count("<details><summary>") == 2
    assert "**Right.** $e^{1/T} > e^{-1/T}$, as [What comes before](07-before.md) says." in question


def test_a_solution_is_folded_and_has_no_output(notebook):
    [solution] = [cell for cell in code_cells(notebook) if "solution_8_1 =" in cell.source]
    assert solution.metadata.jupyter == {"source_hidden": True, "outputs_hidden": True}
    assert not solution.outputs
    assert any(cell.source.startswith("<details><summary>Solution of exercise 8.1") for cell in notebook.cells)


@pytest.mark.parametrize(("wrong", "complaint"), [
    ("{unheard}`x`", "role {unheard}"),
    (":::{unheard}\n:::", "directive {unheard}"),
    ("{ref}`ch-nowhere`", "'ch-nowhere' is nowhere defined"),
    ("{cite}`nobody1900`", "'nobody1900' is cited"),
    ("{glue:text}`no_value`", "'no_value', which no cell glues"),
])
def test_what_it_does_not_know_is_an_error(tmp_path, wrong, complaint):
    chapter = tmp_path / "chapters" / "01-a.md"
    chapter.parent.mkdir()
    chapter.write_text(f"---\nkernelspec:\n  name: python3\n---\n\n# A\n\n{wrong}\n", encoding="utf8")
    with pytest.raises(ValueError, match=re.escape(complaint)):
        twins.twin(chapter, cache.read(chapter))


def test_a_picture_in_a_checked_cell_is_an_error():
    run = cache.executed(FIXTURE)
    [cell] = [cell for cell in run.cells if twins.CHECKED in tags(cell)]
    cell.outputs.append(nbformat.v4.new_output("display_data", {"image/png": "aGVsbG8="}))
    with pytest.raises(ValueError, match="may print text and nothing else, found image/png"):
        twins.twin(FIXTURE, run)


def test_it_does_not_matter_in_how_many_pieces_a_cell_prints(sample):
    run = cache.executed(FIXTURE)
    [cell] = [cell for cell in run.cells if twins.CHECKED in tags(cell)]
    at = next(at for at, output in enumerate(cell.outputs) if output.output_type == "stream")
    text = cell.outputs[at].text
    cell.outputs[at:at + 1] = [nbformat.v4.new_output("stream", text=part) for part in (text[:3], text[3:])]
    assert nbformat.writes(twins.twin(FIXTURE, run)) + "\n" == sample


def test_a_new_cell_changes_no_other_id(tmp_path):
    shutil.copytree(FIXTURE.parent.parent, tmp_path / "chapters")
    shutil.copytree(FIXTURE.parent.parent.parent / "book", tmp_path / "book")
    chapter = tmp_path / "chapters" / FIXTURE.parent.name / FIXTURE.name
    run = cache.executed(FIXTURE)
    before = [cell.id for cell in twins.twin(chapter, run).cells]
    new = "```{code-cell} ipython3\n1 + 1\n```\n\n```{exercise} Two spins"
    chapter.write_text(chapter.read_text(encoding="utf8").replace("```{exercise} Two spins", new), encoding="utf8")
    at = next(at for at, cell in enumerate(run.cells) if cell.source.startswith("answer_8_1"))
    run.cells.insert(at, nbformat.v4.new_code_cell("1 + 1"))
    after = [cell.id for cell in twins.twin(chapter, run).cells]
    assert len(after) == len(set(after)) == len(before) + 1
    assert set(before) < set(after)


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()], ids=["full disk", "interrupt"])
@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_full_disk_or_an_interrupt_leaves_what_was_there(tmp_path, monkeypatch, fault, moment):
    def fail(*_):
        raise fault
    path = tmp_path / "twin.ipynb"
    path.write_text("whole", encoding="utf8")
    monkeypatch.setattr(os, moment, fail)
    with pytest.raises(type(fault)):
        twins.write(path, "new" * 100_000)
    assert path.read_text(encoding="utf8") == "whole"
    assert [path] == list(tmp_path.iterdir()), "no half-written file is left"


def test_check_names_what_is_out_of_date_and_writes_nothing(tmp_path, capsys):
    shutil.copytree(FIXTURE.parent.parent.parent, tmp_path, dirs_exist_ok=True)
    chapter = tmp_path / FIXTURE.relative_to(FIXTURE.parent.parent.parent)
    assert twins.main(["--check", str(chapter)]) == 1
    assert "out of date: " + str(chapter.with_suffix(".ipynb")) in capsys.readouterr().out
    assert not chapter.with_suffix(".ipynb").exists()
    assert twins.main([str(chapter)]) == 0
    assert twins.main(["--check", str(chapter)]) == 0


@pytest.fixture
def own_book(tmp_path):
    """A copy of the fixture's little book with its twin written; returns the chapter."""
    shutil.copytree(FIXTURE.parent.parent.parent, tmp_path, dirs_exist_ok=True)
    chapter = tmp_path / FIXTURE.relative_to(FIXTURE.parent.parent.parent)
    assert twins.main([str(chapter)]) == 0
    return chapter


def type_an_answer(path):
    notebook = nbformat.read(path, as_version=4)
    [stub] = [cell for cell in notebook.cells if cell.source == "answer_8_1 = ..."]
    stub.source = "answer_8_1 = 1  # my evening of work"
    nbformat.write(notebook, path)


def test_a_twin_that_was_edited_by_hand_is_not_overwritten(own_book, capsys):
    twin = own_book.with_suffix(".ipynb")
    type_an_answer(twin)
    assert twins.main([str(own_book)]) == 1
    assert "edited by hand" in capsys.readouterr().out
    assert "my evening of work" in twin.read_text(encoding="utf8")
    assert twins.main(["--check", str(own_book)]) == 1
    assert twins.main(["--force", str(own_book)]) == 0
    assert "my evening of work" not in twin.read_text(encoding="utf8")


def test_a_twin_that_was_only_run_is_written_again(own_book):
    """Run All and save: outputs and counts are new, the cells are not."""
    twin = own_book.with_suffix(".ipynb")
    before = twin.read_text(encoding="utf8")
    notebook = nbformat.read(twin, as_version=4)
    for count, cell in enumerate(code_cells(notebook), 1):
        cell.execution_count = count
        cell.outputs = [nbformat.v4.new_output("stream", text="ran")]
    notebook.metadata.language_info.version = "3.11"
    nbformat.write(notebook, twin)
    assert twins.main([str(own_book)]) == 0
    assert twin.read_text(encoding="utf8") == before


def test_a_twin_that_git_could_not_merge_is_somebodys_work(own_book):
    twin = own_book.with_suffix(".ipynb")
    twin.write_text("<<<<<<< HEAD\n", encoding="utf8")
    assert twins.is_edited(twin)


def test_the_readers_own_copies_are_never_overwritten(own_book, tmp_path):
    folder, root = tmp_path / "lab", own_book.parent.parent.parent
    own = folder / own_book.relative_to(root).with_suffix(".ipynb")
    assert lab.copy(folder, root) == []
    assert (folder / "chapters" / "2-part" / "07-before.md").exists(), "what the notebooks link to"
    type_an_answer(own)
    assert lab.copy(folder, root) == []
    own_book.write_text(own_book.read_text(encoding="utf8").replace("Two spins pull", "Two magnets pull"), encoding="utf8")
    assert twins.main([str(own_book)]) == 0
    assert lab.copy(folder, root) == [own]
    assert "my evening of work" in own.read_text(encoding="utf8")


def test_a_student_copy_holds_no_solution_and_runs(own_book, tmp_path):
    folder = tmp_path / "class"
    assert twins.main(["--student", str(folder), str(own_book)]) == 0
    copy = folder / "08-sample.ipynb"
    assert "solution" not in copy.read_text(encoding="utf8").lower()
    assert "answer_8_1 = ..." in copy.read_text(encoding="utf8")
    result = nbval(folder, ROOT)
    assert result.returncode == 0, result.stdout
    type_an_answer(copy)
    assert twins.main(["--student", str(folder), str(own_book)]) == 0
    assert "my evening of work" in copy.read_text(encoding="utf8")


def test_a_draft_says_so(own_book):
    source = own_book.read_text(encoding="utf8")
    own_book.write_text(source.replace("---\n", "---\ndraft: true\n", 1), encoding="utf8")
    assert twins.twin(own_book, cache.executed(FIXTURE)).cells[1].source == twins.DRAFT


def test_the_works_that_are_cited_are_listed(notebook):
    listed = notebook.cells[-1].source
    assert listed.startswith("## References")
    assert listed.count("\n- ") == 2
    assert "- Geman, Stuart; Geman, Donald (1984). Stochastic" in listed


@each_chapter
def test_its_numbers_are_those_of_the_page(chapter, site):
    """The twin counts equations, figures and exercises by itself, and fills in what was computed: the site must agree."""
    html = (site / chapter.relative_to(ROOT).with_suffix(".html")).read_text(encoding="utf8")
    page = BeautifulSoup(html, "html.parser").article
    text = "\n".join(cell.source for cell in stored(chapter).cells if cell.cell_type == "markdown")
    assert re.findall(r"\\tag\{([\d.]+)\}", text) == [found.text.strip("()¶#") for found in page.select(".eqno")]
    exercises = [re.match(r"Exercise [\d.]+", found.text.strip())[0] for found in page.select(".exercise > .admonition-title")]
    assert re.findall(r"(?m)^\*\*(Exercise [\d.]+)\*\*", text) == exercises
    captions = page.select("figure:not(.explore) .caption-number")  # experiments have numbers of their own
    numbers = [found.text.strip() for found in captions if "." in found.text.split()[-1].rstrip(".")]  # those of chapters
    figures = [number.replace("Fig.", "Figure") for number in numbers]
    assert re.findall(r"(?m)^\*(Figure [\d.]+?)\.\*", text) == figures
    said = re.sub(r"\s+", "", page.text)
    computed = twins.glued(cache.executed(chapter).cells)
    for used in re.findall(r"\{glue:text\}`([^`:]+)`", chapter.read_text(encoding="utf8")):
        assert re.sub(r"\s+", "", computed[used]) in said


def test_a_pinned_copy_installs_netlib_from_the_commit(notebook):
    copy = twins.pinned(notebook, "https://example.org/owner/name", "0123abc")
    install, *rest = copy["cells"]
    assert rest == notebook.cells
    assert '%pip install --quiet "netlib-book @ git+https://example.org/owner/name@0123abc"' in install["source"]
    assert not re.search(r"install.*[ \"']netlib[ \"'\n]", install["source"])
    assert "install" not in notebook.cells[0].source, "the notebook itself is not changed"
    nbformat.validate(nbformat.from_dict(copy))


def test_without_a_repository_the_copy_says_what_to_do(notebook):
    source = twins.pinned(notebook, None, None)["cells"][0]["source"]
    assert "git+" not in source and "%pip" not in source
    assert "pip install ." in source


def nbval(folder, netlib):
    """Run nbval on the notebooks of `folder` with the netlib that lies in the folder `netlib`."""
    command = f"{sys.executable} -m pytest --nbval-lax -q -p no:cacheprovider --rootdir . .".split()
    return subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(netlib)}, capture_output=True, text=True)


@pytest.mark.parametrize("broken", [False, True], ids=["as it is", "without the one half"])
def test_nbval_fails_when_a_constant_of_netlib_changes(tmp_path, sample, broken):
    shutil.copytree(ROOT / "netlib", tmp_path / "lib" / "netlib")
    network = tmp_path / "lib" / "netlib" / "network.py"
    source = network.read_text(encoding="utf8")
    assert source.count("return -0.5 * ") == 1
    if broken:
        network.write_text(source.replace("return -0.5 * ", "return -1.0 * "), encoding="utf8")
    (tmp_path / "chapter").mkdir()
    twins.write(tmp_path / "chapter" / "sample.ipynb", sample)
    result = nbval(tmp_path / "chapter", tmp_path / "lib")
    if broken:
        assert result.returncode == 1 and "Cell outputs differ" in result.stdout, result.stdout
    else:
        assert result.returncode == 0, result.stdout
