r"""One style for every figure and table of the book, readable on a white page and on a dark one.

Figures have a transparent ground, so the page shows through. Ink and colours therefore have to stand out from both grounds. The
contrast of two relative luminances :math:`Y_1 \ge Y_2` is

.. math:: C = \frac{Y_1 + 0.05}{Y_2 + 0.05},

so a colour with :math:`C \ge 3` on white (:math:`Y = 1`) and on near-black (:math:`Y \approx 0.006`) has
:math:`0.12 \le Y \le 0.30`. The colours are those of Okabe and Ito, moved into that band, and differ for readers with any of the
common kinds of colour blindness; lines also differ in dash or marker wherever two of them meet.
"""

import html
import numbers

import matplotlib
import numpy as np
from cycler import cycler
from matplotlib.colors import ListedColormap

from netlib import _require

BLUE, VERMILLION, GREEN, PURPLE, OCHRE, SKY = "#0072b2", "#d55e00", "#00936b", "#b8639a", "#b57f00", "#3a95cc"
COLOURS = [BLUE, VERMILLION, GREEN, PURPLE, OCHRE, SKY]
INK = "#707070"  # the site's dark pages brighten all pictures by a fifth: no single grey reaches 4.5 on white and on near-black
PALE = "#f2dfb4"
SPINS = ListedColormap([PALE, BLUE], name="spins")
STYLE = {
    "figure.figsize": (5.4, 3.4),
    "figure.dpi": 100,
    "figure.facecolor": "none",
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "none",
    "savefig.edgecolor": "none",
    "svg.hashsalt": "netlib",
    "font.size": 12,
    "axes.titlesize": 12,
    "axes.labelsize": 12,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
    "legend.fontsize": 11,
    "legend.frameon": False,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": INK,
    "grid.alpha": 0.3,
    "lines.linewidth": 2,
    "lines.markersize": 5,
    "image.interpolation": "nearest",
    "axes.prop_cycle": cycler(color=COLOURS),
}


def use_style():
    """Switch matplotlib, and a notebook's inline figures, to the book's style; call it in a chapter's first cell.

    In the book: all chapters.
    """
    matplotlib.rcParams.update(STYLE)
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    if get_ipython() is not None:
        set_matplotlib_formats("svg", metadata={"Date": None})


def lattice(ax, spins):
    """Draw a lattice of spins as squares: up is blue, down is pale.

    In the book: all chapters.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    spins : array_like, shape (L, L) or (L,)
        Of ±1 (a line of spins is drawn as one row).

    Returns
    -------
    matplotlib.image.AxesImage
    """
    spins = np.atleast_2d(_require.in_alphabet("spins", spins, (-1, 1)))
    if spins.ndim != 2:
        raise ValueError(f"spins must have shape (L, L) or (L,), got {spins.shape}")
    return _picture(ax, spins, cmap=SPINS, vmin=-1, vmax=1)


def pixels(ax, values, shape=None, limits=None):
    """Draw a vector or matrix of numbers as squares, from pale (low) to blue (high).

    In the book: all chapters.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    values : array_like, shape (N,) or (rows, columns)
    shape : tuple, optional
        (rows, columns) of a vector.
    limits : tuple, optional
        The values drawn as pale and as blue; the smallest and the largest if left out.

    Returns
    -------
    matplotlib.image.AxesImage
    """
    values = _require.finite("values", values)
    if shape is not None:
        if values.size != np.prod(shape):
            raise ValueError(f"values of shape {values.shape} do not fill a picture of shape {tuple(shape)}")
        values = values.reshape(shape)
    if values.ndim != 2:
        raise ValueError(f"values must be a matrix, or come with a shape (rows, columns), got shape {values.shape}")
    low, high = limits or (values.min(), values.max())
    shades = matplotlib.colors.LinearSegmentedColormap.from_list("pixels", [PALE, BLUE])
    return _picture(ax, values, cmap=shades, vmin=low, vmax=high)


def points(ax, x, y, error, label=None, **style):
    """Draw measured points with error bars of one standard error.

    In the book: all chapters.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    x, y : array_like, shape (n,)
    error : array_like, shape (n,) or ()
    label : str, optional
    style : optional
        Passed on to ``Axes.errorbar``, such as ``color`` and ``marker``.

    Returns
    -------
    matplotlib.container.ErrorbarContainer
    """
    x, y, error = (_require.finite(name, value) for name, value in (("x", x), ("y", y), ("error", error)))
    if x.shape != y.shape or error.shape not in ((), y.shape):
        raise ValueError(f"x, y and error must have one shape, got {x.shape}, {y.shape} and {error.shape}")
    style = {"marker": "o", "linestyle": "none", "capsize": 2.5, "elinewidth": 1.5} | style
    return ax.errorbar(x, y, yerr=error, label=label, **style)


def probabilities(ax, p, labels=None, label=None, offset=0.0, width=0.8, **style):
    """Draw a distribution over a few states as bars.

    In the book: all chapters.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    p : array_like, shape (n,)
    labels : sequence of str, optional
        One under each bar.
    label : str, optional
        The legend's.
    offset, width : float, optional
        To put two distributions side by side: offsets -0.2 and 0.2, width 0.4.
    style : optional
        Passed on to ``Axes.bar``.

    Returns
    -------
    matplotlib.container.BarContainer
    """
    p = _require.finite("p", p)
    if p.ndim != 1 or (labels is not None and len(labels) != len(p)):
        raise ValueError(f"p must be one row of probabilities with one label each, got shape {p.shape} and labels {labels}")
    places = np.arange(len(p))
    if labels is not None:
        ax.set_xticks(places, labels)
    return ax.bar(places + offset, p, width=width, label=label, **style)


def table(rows, *, columns, caption=None, formats=None):
    """Return results as a table: a real one in a notebook and on the page, aligned text where it is printed.

    In the book: all chapters.

    Parameters
    ----------
    rows : sequence of sequences
        One entry per column. A number is written in the column's format; a pair (estimate, error) with ± between; None as a dash;
        a string as it is. The first column names the rows.
    columns : sequence of str
        The headings, with units where there are any.
    caption : str, optional
        What the table shows.
    formats : str or sequence of str, optional
        A format specification such as ".3f" for all columns, or one for each; integers ignore one that is made for fractions.
        Four significant digits if left out.

    Returns
    -------
    Table
        Show it by making it a cell's last line, or with ``print``.

    Raises
    ------
    ValueError
        If a row has not one entry per column, or there are no rows.
    TypeError
        If an entry is neither a number, nor a pair of numbers, nor a string, nor None.

    Examples
    --------
    >>> table([["Gibbs", 9, (0.42131, 0.0031)], ["Wolff", 1, (-0.5, 0.02)]], columns=["sampler", "τ", "m"], formats=".3f")
    sampler  τ               m
    ──────────────────────────
    Gibbs    9   0.421 ± 0.003
    Wolff    1  −0.500 ± 0.020
    """
    columns, rows = [str(column) for column in columns], [list(row) for row in rows]
    if not rows or not columns:
        raise ValueError(f"a table needs rows and columns, got {len(rows)} rows and {len(columns)} columns")
    for k, row in enumerate(rows):
        if len(row) != len(columns):
            raise ValueError(f"row {k} must have one entry for each of the {len(columns)} columns, got {len(row)}: {row}")
    formats = [formats or ".4g"] * len(columns) if formats is None or isinstance(formats, str) else list(formats)
    if len(formats) != len(columns):
        raise ValueError(f"formats must be one specification or one per column, {len(columns)} of them, got {len(formats)}")
    cells = [[_written(entry, spec) for entry, spec in zip(row, formats, strict=True)] for row in rows]
    words = [all(isinstance(row[k], str) for row in rows) for k in range(len(columns))]
    return _Table(columns, cells, words, caption)


class _Table:
    """A finished table: its headings and cells as text, and which columns hold words (set to the left) and not numbers."""

    def __init__(self, columns, cells, words, caption):
        self.columns, self.cells, self.words, self.caption = columns, cells, words, caption

    def __repr__(self):
        lines = [self.columns, *self.cells]
        widths = [max(len(line[k]) for line in lines) for k in range(len(self.columns))]
        written = ["  ".join(cell.ljust(width) if left else cell.rjust(width)
                             for cell, width, left in zip(line, widths, self.words, strict=True)).rstrip() for line in lines]
        rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
        return "\n".join(([self.caption] if self.caption else []) + [written[0], rule, *written[1:]])

    def _repr_html_(self):
        sides = ["left" if left else "right" for left in self.words]
        head = "".join(f'<th scope="col" style="text-align: {side}">{html.escape(column)}</th>'
                       for column, side in zip(self.columns, sides, strict=True))
        body = "".join("<tr>" + "".join(
            f'<{tag} style="text-align: {side}">{html.escape(cell)}</{tag.split()[0]}>'
            for tag, cell, side in zip(['th scope="row"'] + ["td"] * (len(row) - 1), row, sides, strict=True)) + "</tr>\n"
            for row in self.cells)
        name = html.escape(self.caption or "Results: " + ", ".join(self.columns), quote=True)
        caption = f"<caption>{html.escape(self.caption)}</caption>" if self.caption else ""
        return (f'<div class="results" role="region" aria-label="{name}" tabindex="0" style="overflow-x: auto">\n'
                f'<table class="table">{caption}<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>')


def _written(entry, spec):
    """How an entry of a table is written."""
    if entry is None:
        return "–"
    if isinstance(entry, str):
        return entry
    if isinstance(entry, tuple) and len(entry) == 2:
        return " ± ".join(_written(part, spec) for part in entry)
    if isinstance(entry, np.ndarray) and entry.ndim == 0:
        entry = entry.item()
    if isinstance(entry, bool | np.bool_):
        return "yes" if entry else "no"
    if isinstance(entry, numbers.Integral):
        return format(int(entry), "" if spec[-1:] in tuple("eEfFgG%") else spec).replace("-", "−")
    if isinstance(entry, numbers.Real):
        return format(float(entry), spec).replace("-", "−")
    raise TypeError(f"an entry of a table must be a number, a pair (estimate, error), a string or None, got {entry!r}")


def _picture(ax, values, **kind):
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(True)
    return ax.imshow(values, interpolation="nearest", **kind)
