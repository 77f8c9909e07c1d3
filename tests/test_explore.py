"""Experiments: the contract of `draw`, the frames of the site, the widgets of a kernel, and numbers for the text."""

import base64
import io
import json
import re

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image

from netlib import explore, plot


def draw(T, rule="heat bath"):
    figure, ax = plt.subplots(figsize=(2, 1.5))
    ax.plot([0, T], color=plot.COLOURS[rule == "metropolis"])
    return figure, f"T = {T:.2f}, {rule}: the end is at <{T:.1f}>."


def prepared(draw=draw, start=None, labels=None, **controls):
    controls, first = explore._check_controls(draw, controls, start, labels)
    return draw, controls, first, {name: (labels or {}).get(name, name) for name in controls}


def frames(block):
    return json.loads(re.search(r"(?s)<script[^>]*>(.*)</script>", block)[1])


def test_site_has_a_frame_and_a_sentence_for_each_combination():
    start = {"T": 2.0, "rule": "metropolis"}
    block = explore._site_html(*prepared(T=[1.0, 2.0, 3.0], rule=("heat bath", "metropolis"), start=start))
    data = frames(block)
    assert len(data["says"]) == len(data["frames"]) == len(data["images"]) == 6
    assert data["says"][3] == "T = 2.00, metropolis: the end is at <2.0>."
    assert 'data-frame="3"' in block
    assert block.count("the end is at &lt;2.0&gt;.") == 2
    assert data["images"][data["frames"][3]] in block.split("<script")[0]


def test_controls_are_native_named_and_written():
    block = explore._site_html(*prepared(T=np.array([1.0, 2.5]), rule=["heat bath"], labels={"T": "temperature T"}))
    assert re.search(r'<output[^>]*>temperature T = 1.0</output><input type="range" name="T" min="0" max="1"', block)
    assert 'aria-label="temperature T" aria-valuetext="1.0" data-texts="1.0 2.5"' in block
    assert 'aria-label="play temperature T"' in block
    assert '<option value="0" selected>heat bath</option>' in block
    assert not re.search(r"https?://|\bsrc=\"(?!data:)", block)


def test_pictures_are_small_transparent_and_sharp():
    block = explore._site_html(*prepared(T=[1.0]))
    picture = base64.b64decode(frames(block)["images"][0])
    image = np.asarray(Image.open(io.BytesIO(picture)).convert("RGBA"))
    assert image.shape == (216, 288, 4)
    assert 'width="192" height="144"' in block
    assert image[0, 0, 3] == 0
    assert len(picture) < 15_000


def test_same_picture_is_kept_once():
    def same(T):
        return draw(1)[0], f"T = {T}"
    data = frames(explore._site_html(*prepared(same, T=[1, 2, 3])))
    assert (data["frames"], len(data["images"])) == ([0, 0, 0], 1)


def test_same_call_gives_the_same_bytes():
    assert explore._site_html(*prepared(T=[1.0, 2.0])) == explore._site_html(*prepared(T=[1.0, 2.0]))


def test_frames_beyond_the_budget_are_refused(monkeypatch):
    monkeypatch.setattr(explore, "MOST_BYTES", 2000)
    with pytest.raises(ValueError, match="the 2 frames of this experiment take 0.0 MB"):
        explore._site_html(*prepared(T=[1.0, 2.0]))


def test_figures_are_closed():
    plt.close("all")
    explore._site_html(*prepared(T=[1.0, 2.0]))
    assert plt.get_fignums() == []


def test_script_cannot_be_closed_by_a_sentence():
    block = explore._site_html(*prepared(lambda T: (Figure(), "</script><b>"), T=[1]))
    assert block.count("</script>") == 1
    assert frames(block)["says"] == ["</script><b>"]


def test_plain_python_prints_the_first_sentence(capsys):
    explore.explore(draw, T=[1.0, 2.0], start={"T": 2.0})
    assert capsys.readouterr().out == "T = 2.00, heat bath: the end is at <2.0>.\n"


def test_widgets_follow():
    calls = []

    def counted(T, rule):
        calls.append((T, rule))
        return draw(T, rule)
    box = explore._widgets(ipywidgets, *prepared(counted, T=[1.0, 2.0, 3.0], rule=["heat bath", "metropolis"], start={"T": 2.0}))
    (slider, play), menu, picture, says = box.children[0].children, *box.children[1:]
    assert slider.label == "2"
    assert "T = 2.00, heat bath" in says.value
    before = picture.value
    slider.value = 2
    assert "T = 3.00, heat bath" in says.value
    assert "alt=\"T = 3.00, heat bath: the end is at &lt;3.0&gt;.\"" in picture.value
    assert picture.value != before
    menu.value = 1
    assert "T = 3.00, metropolis" in says.value
    play.value = 0
    assert "T = 1.00, metropolis" in says.value
    play.value = 2
    assert calls == [(2.0, "heat bath"), (3.0, "heat bath"), (3.0, "metropolis"), (1.0, "metropolis")]


def kernel_outputs(*sources, **environment):
    """Run the sources as cells of one kernel and return each cell's outputs."""
    setup = ["import os", f"os.environ.update({environment!r})", "from matplotlib.figure import Figure",
             "from netlib import check, explore", "def draw(T): return Figure((2, 1)), f'T = {T}.'"]
    notebook = new_notebook(cells=[new_code_cell(source) for source in ("\n".join(setup), *sources)])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    return [cell.outputs for cell in notebook.cells[1:]]


def test_in_a_kernel():
    live, still, glued, told = kernel_outputs(
        "explore.explore(draw, T=[1, 2])",
        "import sys; sys.modules['ipywidgets'] = None\nexplore.explore(draw, T=[1, 2])",
        "explore.glue('m', 0.98765, '.2f')",
        "check.number('1.1', 1, 1)",
    )
    assert "application/vnd.jupyter.widget-view+json" in live[0].data
    assert "install ipywidgets" in still[0].data["text/html"]
    assert 'alt="T = 1."' in still[0].data["text/html"]
    assert glued[0].data == {"application/papermill.record/text/plain": "'0.99'"}
    assert glued[0].metadata["scrapbook"] == {"name": "m", "mime_prefix": "application/papermill.record/"}
    assert [len(outputs) for outputs in (live, still, glued, told)] == [1, 1, 1, 1]
    assert told[0].data["text/plain"] == "✓ Exercise 1.1: right"


def test_on_the_site():
    (outputs,) = kernel_outputs("explore.explore(draw, T=[1, 2])", NETLIB_SITE="1")
    assert [output.output_type for output in outputs] == ["display_data"]
    assert frames(outputs[0].data["text/html"])["says"] == ["T = 1.", "T = 2."]


@pytest.mark.parametrize("value, spec, text", [
    (1.5, ".2f", "1.50"), (-0.25, "", "−0.25"), (np.int64(7), "", "7"), ("T_c", "", "T_c"),
])
def test_glue_renders_as_formatted(value, spec, text, monkeypatch):
    import IPython.display
    from myst_nb.core.variables import format_plain_text
    shown = []
    monkeypatch.setattr(explore, "in_ipython", lambda: True)
    monkeypatch.setattr(IPython.display, "display", lambda data, **_: shown.append(data))
    assert explore.glue("name", value, spec) is None
    assert format_plain_text(shown[0]["application/papermill.record/text/plain"], "s") == text


@pytest.mark.parametrize("value, error", [
    (np.nan, ValueError), (np.inf, ValueError), (None, TypeError), ([1, 2], TypeError), (True, TypeError),
])
def test_glue_refuses(value, error):
    with pytest.raises(error, match="the value of name must be"):
        explore.glue("name", value)


@pytest.mark.parametrize("values, written", [
    (np.linspace(1, 4, 13), ["1.00", "1.25"]), ([0.1 * k for k in range(1, 4)], ["0.1", "0.2"]), ([1, 10, 100], ["1", "10"]),
    (np.linspace(0, 1, 7), ["0.000", "0.167"]), ([1e-6, 1.0], ["1e−06", "1"]), ([-1.0, 1.0], ["−1", "1"]),
    ([1e9, 2e9], ["1e+09", "2e+09"]), ([0.0], ["0"]),
    ([2.26918531, 2.26918532], ["2.26918531", "2.26918532"]), ([0.10001, 0.1], ["0.10001", "0.10000"]),
])
def test_values_are_written_compactly_and_differ(values, written):
    found = explore._texts(list(map(float, values)))
    assert found[:2] == written
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("options, error, says", [
    ({}, ValueError, "at least one control"),
    ({"T": []}, ValueError, "the control T has no values"),
    ({"T": [1, np.nan]}, ValueError, "must be finite"),
    ({"T": [1, 1.0]}, ValueError, "must not repeat"),
    ({"T": [1, "a"]}, TypeError, "all be numbers, all strings or all truth values"),
    ({"T": [1, True]}, TypeError, "all be numbers"),
    ({"T": [None]}, TypeError, "all be numbers"),
    ({"T": np.ones((2, 2))}, TypeError, "all be numbers"),
    ({"T": 3}, TypeError, "must be a list, tuple or array, got int"),
    ({"T": {1, 2}}, TypeError, "must be a list, tuple or array, got set"),
    ({"T": range(20), "L": range(10)}, ValueError, "at most 150 combinations can be shown, got T: 20 × L: 10 = 200"),
    ({"T": [1], "start": {"T": 2}}, ValueError, "T = 2 is not among its values"),
    ({"T": [1], "start": {"L": 2}}, ValueError, r"start names \['L'\]"),
    ({"T": [1], "labels": {"L": "side"}}, ValueError, r"labels names \['L'\]"),
    ({"T": [1], "draw": 3}, TypeError, "draw must be a function"),
    ({"T": [1], "draw": lambda T: None}, TypeError, r"must return \(figure, says\)"),
    ({"T": [1], "draw": lambda T: (1, "a")}, TypeError, r"must return \(figure, says\)"),
    ({"T": [1], "draw": lambda T: (Figure(), " ")}, ValueError, "must say what this frame shows"),
])
def test_bad_input_gets_one_sentence(options, error, says):
    with pytest.raises(error, match=says) as caught:
        explore.explore(options.pop("draw", draw), **options)
    assert "\n" not in str(caught.value)
