"""The figure style: colours that stand out on white and on dark, and helpers that refuse what they cannot draw."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from netlib import plot

GROUNDS = ("#ffffff", "#121212", "#14181e")


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
    assert contrast(plot.INK, ground) >= 4


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
