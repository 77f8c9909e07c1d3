"""The figure style: colours that stand out on white and on dark, and helpers that refuse what they cannot draw."""

import io
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from netlib import plot

GROUNDS = ("#ffffff", "#121212", "#14181f")
BRIGHTER = 1.2


def luminance(colour):
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], channels))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.fixture
def ax():
    with plt.rc_context(plot.STYLE):
        figure, ax = plt.subplots()
        yield ax
        plt.close(figure)


@pytest.mark.parametrize("ground", GROUNDS)
def test_contrast(ground):
    assert min(contrast(colour, ground) for colour in plot.COLOURS) >= 3
    if ground == "#ffffff":
        assert contrast(plot.INK, ground) >= 4.5
    else:  # where the site makes all pictures brighter
        assert contrast([BRIGHTER * channel for channel in to_rgb(plot.INK)], ground) >= 4.5


def test_the_dark_page_brightens_pictures():
    css = Path(__file__).resolve().parents[1] / "book" / "_static" / "book.css"
    assert f"filter: brightness({BRIGHTER})" in css.read_text(encoding="utf8")


def test_spins_differ_in_brightness_too():
    assert contrast(plot.PALE, plot.BLUE) >= 3


def test_style_is_taken_and_transparent():
    with plt.rc_context():
        plot.use_style()
        figure, ax = plt.subplots()
        ax.plot([0, 1], [0, 1])
        buffer = io.BytesIO()
        figure.savefig(buffer, format="rgba")
        plt.close(figure)
    assert np.frombuffer(buffer.getvalue(), np.uint8).reshape(-1, 4)[0, 3] == 0
    assert ax.lines[0].get_color() == plot.COLOURS[0]


def test_lattice_draws_each_spin(ax):
    spins = np.array([[1, -1], [-1, -1]], dtype=np.int8)
    image = plot.lattice(ax, spins)
    up, down = image.cmap(image.norm(1)), image.cmap(image.norm(-1))
    assert image.get_array().tolist() == spins.tolist()
    assert to_rgb(up) == pytest.approx(to_rgb(plot.BLUE))
    assert to_rgb(down) == pytest.approx(to_rgb(plot.PALE))
    assert plot.lattice(ax, [1, -1, 1]).get_array().shape == (1, 3)


def test_pixels(ax):
    image = plot.pixels(ax, np.arange(6), shape=(2, 3), limits=(0, 10))
    assert image.get_array().tolist() == [[0, 1, 2], [3, 4, 5]]
    assert image.get_clim() == (0, 10)


def test_points_and_probabilities(ax):
    assert len(plot.points(ax, [1, 2], [3, 4], 0.1, label="measured").lines[0].get_xdata()) == 2
    bars = plot.probabilities(ax, [0.25, 0.75], ["00", "01"])
    assert [bar.get_height() for bar in bars] == [0.25, 0.75]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["00", "01"]


RESULTS = [["Gibbs & co", np.int64(12), (np.float64(-0.4213), 0.0031), True], ["<Wolff>", 1, 1e-7, None]]


def test_a_table_is_text_where_it_is_printed():
    table = plot.table(RESULTS, columns=["sampler", "sweeps", "m", "exact"], caption="Two samplers",
                       formats=["", ".2f", ".3g", ""])
    assert repr(table).splitlines() == [
        "Two samplers",
        "sampler     sweeps                m  exact",
        "──────────────────────────────────────────",
        "Gibbs & co      12  −0.421 ± 0.0031    yes",
        "<Wolff>          1            1e−07      –",
    ]
    assert repr(plot.table([[1.23456, 2], [10, -3.0]], columns=["x", "y"])).splitlines()[2:] == ["1.235   2", "   10  −3"]


def test_a_table_is_a_table_on_the_page():
    """Read by an HTML parser: headings of columns and rows, a name for the region that scrolls, everything escaped."""
    page = plot.table(RESULTS, columns=["sampler", "T < T_c", "m", "exact"], caption='"Two" samplers')._repr_html_()
    tree = ElementTree.fromstring(page)
    assert tree.attrib["aria-label"] == tree.find("table/caption").text == '"Two" samplers'
    assert (tree.attrib["role"], tree.attrib["tabindex"]) == ("region", "0")
    head = tree.findall("table/thead/tr/th")
    assert [cell.text for cell in head] == ["sampler", "T < T_c", "m", "exact"]
    assert {cell.attrib["scope"] for cell in head} == {"col"}
    rows = tree.findall("table/tbody/tr")
    assert [[cell.text for cell in row] for row in rows] == [["Gibbs & co", "12", "−0.4213 ± 0.0031", "yes"],
                                                             ["<Wolff>", "1", "1e−07", "–"]]
    assert all([cell.tag for cell in row] == ["th", "td", "td", "td"] and row[0].attrib["scope"] == "row" for row in rows)
    assert [cell.attrib["style"] for cell in rows[0]] == ["text-align: left"] + 3 * ["text-align: right"]
    assert ElementTree.fromstring(plot.table([[1]], columns=["n"])._repr_html_()).attrib["aria-label"] == "Results: n"


@pytest.mark.parametrize("call, error, says", [
    (lambda: plot.table([], columns=["a"]), ValueError, "got 0 rows and 1 columns"),
    (lambda: plot.table([[1, 2], [3]], columns=["a", "b"]), ValueError,
     r"row 1 must have one entry for each of the 2 .*, got 1: \[3\]"),
    (lambda: plot.table([[1, 2]], columns=["a", "b"], formats=[".2f"]), ValueError, "one per column, 2 of them, got 1"),
    (lambda: plot.table([[1j]], columns=["a"]), TypeError, "must be a number, a pair .* got 1j"),
    (lambda: plot.table([[(1, 2, 3)]], columns=["a"]), TypeError, r"got \(1, 2, 3\)"),
])
def test_a_table_that_is_none(call, error, says):
    with pytest.raises(error, match=says):
        call()


@pytest.mark.parametrize("draw, says", [
    (lambda ax: plot.lattice(ax, [[0, 1]]), "spins must hold only -1 and 1, got 0"),
    (lambda ax: plot.lattice(ax, np.ones((1, 2, 2))), r"spins must have shape \(L, L\) or \(L,\), got \(1, 2, 2\)"),
    (lambda ax: plot.pixels(ax, [1, 2, 3]), r"got shape \(3,\)"),
    (lambda ax: plot.pixels(ax, [1, 2, 3], shape=(2, 2)), r"\(3,\) do not fill a picture of shape \(2, 2\)"),
    (lambda ax: plot.points(ax, [1, 2], [1], 0.1), r"got \(2,\), \(1,\) and \(\)"),
    (lambda ax: plot.points(ax, [1], [np.nan], 0.1), "y must be finite, got nan"),
    (lambda ax: plot.probabilities(ax, [0.5, 0.5], ["0"]), r"one label each, got shape \(2,\)"),
])
def test_bad_input(ax, draw, says):
    with pytest.raises(ValueError, match=says):
        draw(ax)
