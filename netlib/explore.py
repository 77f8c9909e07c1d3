r"""Experiments: one function that draws a frame becomes sliders, in a notebook and on the website alike.

``explore(draw, T=[1.5, 2.0, 2.5], L=[8, 16])`` offers every combination of the listed values; ``draw(T=..., L=...)`` returns
a figure and one sentence with this frame's numbers. Where a kernel runs, the sliders are ipywidgets and frames are drawn
when asked for. While the site is built (``NETLIB_SITE=1``) no kernel will be there later, so all

.. math:: \prod_c n_c \le 150

frames (:math:`n_c` values of control :math:`c`) are drawn at once and put into the page, with native controls that
``book/_static/explore.js`` brings to life. The sentence is the frame's text alternative, and is announced when it changes.
"""

import base64
import hashlib
import html
import io
import itertools
import json
import math
import numbers
import os
import sys
import time

import numpy as np

from netlib._show import in_ipython

MOST_FRAMES = 150
MOST_BYTES = 1_500_000
PIXELS_PER_INCH = 144
PATIENCE = 0.1


def explore(draw, *, start=None, labels=None, caption=None, **controls):
    """Show an experiment: a picture and a sentence that follow a few controls.

    In the book: all chapters.

    Parameters
    ----------
    draw : callable
        ``draw(**values)`` returns ``(figure, says)``: a matplotlib figure made in this call (it is closed afterwards), and one
        sentence with the numbers of this frame, such as "T = 2.30: the magnetisation is 0.42 ± 0.03.". The same values must
        always give the same frame: make random generators inside, with a fixed seed.
    start : dict, optional
        Control name -> the value shown first; the first value of a control that is not named.
    labels : dict, optional
        Control name -> what the reader sees in its place, with a unit where there is one, such as "temperature T".
    caption : str, optional
        What the experiment is about, in a few words. The site numbers the experiment and puts this beside the number; if left
        out, the heading above the experiment.
    **controls : sequence
        Control name -> its values, a list, tuple or array. Numbers become a slider with a play button, strings and truth values
        a menu. At most 150 combinations in all.

    Raises
    ------
    TypeError
        If `draw` is no function or returns something else than ``(figure, says)``, or a control's values are of another or of
        mixed kind.
    ValueError
        If there are no controls or too many combinations, a control is empty or repeats a value, `start` or `labels` names
        something that does not exist, or the sentence is empty.

    Examples
    --------
    >>> explore(lambda T: (None, "T is 1."), T=[])
    Traceback (most recent call last):
        ...
    ValueError: the control T has no values
    >>> explore(lambda T: (None, "T is 1."), T=range(200))
    Traceback (most recent call last):
        ...
    ValueError: at most 150 combinations can be shown, got T: 200 = 200
    """
    controls, first = _check_controls(draw, controls, start, labels)
    labels = {name: (labels or {}).get(name, name) for name in controls}
    if os.environ.get("NETLIB_SITE") == "1":
        _display_html(_site_html(draw, controls, first, labels, caption), "an experiment with " + ", ".join(labels.values()))
    elif not _in_kernel():
        print(_frame(draw, controls, first)[1])
    else:
        try:
            import ipywidgets
        except ImportError:
            _display_still(draw, controls, first)
        else:
            from IPython.display import display
            display(_widgets(ipywidgets, draw, controls, first, labels))


def glue(name, value, spec=""):
    """Keep a number for the text, where the glue:text role shows it as formatted here; a live notebook shows nothing.

    In the book: all chapters.

    Parameters
    ----------
    name : str
        Unique within the chapter.
    value : number or str
    spec : str, optional
        Format specification, such as ".3f". The role shows the result as it is: give no second specification there.

    Raises
    ------
    TypeError
        If the value is neither a number nor a string.
    ValueError
        If the number is not finite.

    Examples
    --------
    >>> glue("m_onsager", float("nan"), ".3f")
    Traceback (most recent call last):
        ...
    ValueError: the value of m_onsager must be finite, got nan
    """
    if not isinstance(value, str):
        value = np.asarray(value)
        if value.ndim or value.dtype.kind not in "iuf":
            raise TypeError(f"the value of {name} must be one number or a string, got {value.dtype} of shape {value.shape}")
        if not np.isfinite(value):
            raise ValueError(f"the value of {name} must be finite, got {value}")
        value = format(value.item(), spec).replace("-", "−")
    if in_ipython():
        from IPython.display import display
        prefix = "application/papermill.record/"
        display({prefix + "text/plain": repr(value)}, raw=True, metadata={"scrapbook": {"name": name, "mime_prefix": prefix}})


def _check_controls(draw, controls, start=None, labels=None):
    """Return the controls as lists of plain Python values, and the index of each one's first value."""
    if not callable(draw):
        raise TypeError(f"draw must be a function that returns (figure, says), got {type(draw).__name__}")
    if not controls:
        raise ValueError("an experiment needs at least one control, such as T=[1.0, 2.0]")
    controls = {name: _values(name, values) for name, values in controls.items()}
    counts = {name: len(values) for name, values in controls.items()}
    if math.prod(counts.values()) > MOST_FRAMES:
        product = " × ".join(f"{name}: {count}" for name, count in counts.items())
        raise ValueError(f"at most {MOST_FRAMES} combinations can be shown, got {product} = {math.prod(counts.values())}")
    for what, given in (("start", start), ("labels", labels)):
        if unknown := set(given or ()) - set(controls):
            raise ValueError(f"{what} names {sorted(unknown)}, but the controls are {list(controls)}")
    first = {}
    for name, values in controls.items():
        wanted = (start or {}).get(name, values[0])
        if wanted not in values:
            raise ValueError(f"start: {name} = {wanted!r} is not among its values {values}")
        first[name] = values.index(wanted)
    return controls, first


def _is_numeric(values):
    """Whether a control's values are numbers, so that it is a slider and not a menu."""
    return not isinstance(values[0], str | bool)


def _texts(values):
    """Return how each value of one control is written: with as few decimals as tell them apart.

    Examples
    --------
    >>> _texts([1.5, 2.0, 2.25]), _texts([4, 8, 16]), _texts([-0.5, 0.5]), _texts([False, True])
    (['1.50', '2.00', '2.25'], ['4', '8', '16'], ['−0.5', '0.5'], ['no', 'yes'])
    >>> _texts(np.linspace(0, 1, 4).tolist()), _texts([1e-05, 0.01, 10.0])
    (['0.000', '0.333', '0.667', '1.000'], ['1e−05', '0.01', '10'])
    """
    if isinstance(values[0], bool):
        return ["yes" if value else "no" for value in values]
    if isinstance(values[0], str):
        return list(values)
    return [text.replace("-", "−") for text in _compact(values)]


def _site_html(draw, controls, first, labels, caption=None):
    """Return the experiment as one block of HTML that holds all of its frames.

    Raises
    ------
    ValueError
        If the frames take more than 1.5 MB.
    """
    names, numbers_of = list(controls), [range(len(values)) for values in controls.values()]
    images, frames, says = {}, [], []
    for index in itertools.product(*numbers_of):
        figure, sentence = _frame(draw, controls, dict(zip(names, index, strict=True)))
        picture, size = _webp(figure)
        frames.append(images.setdefault(picture, len(images)))
        says.append(sentence)
    if (bytes_in_all := sum(map(len, images))) > MOST_BYTES:
        raise ValueError(f"the {len(frames)} frames of this experiment take {bytes_in_all / 1e6:.1f} MB, "
                         f"and {MOST_BYTES / 1e6} MB is the most: draw fewer frames, or simpler ones")
    here = int(np.ravel_multi_index([first[name] for name in names], [len(r) for r in numbers_of]))
    data = json.dumps({"says": says, "frames": frames, "images": list(images)}, ensure_ascii=False).replace("</", "<\\/")
    rows = "".join(_control_html(name, labels[name], values, first[name]) for name, values in controls.items())
    mark = hashlib.sha256((data + rows).encode()).hexdigest()[:12]
    width, height = size
    name, sentence, scale = html.escape(", ".join(labels.values())), html.escape(says[here]), PIXELS_PER_INCH / 96
    told = "" if caption is None else f'<figcaption class="explore-caption">{html.escape(caption)}</figcaption>\n'
    return (f'<figure class="explore" data-explore="{mark}" data-frame="{here}" aria-label="Experiment: {name}">\n{told}'
            f'<div class="explore-controls" hidden>{rows}</div>\n'
            f'<img class="explore-picture dark-light" width="{width / scale:.0f}" height="{height / scale:.0f}" alt="{sentence}" '
            f'src="data:image/webp;base64,{list(images)[frames[here]]}">\n'
            f'<p class="explore-says" aria-live="polite" aria-atomic="true">{sentence}</p>\n'
            f'<noscript><p class="explore-note">Without JavaScript this experiment shows its first frame only.</p></noscript>\n'
            f'<script type="application/json" class="explore-frames">{data}</script>\n</figure>')


def _widgets(ipywidgets, draw, controls, first, labels):
    """Return the experiment as a box of ipywidgets that draws each frame when it is asked for, and remembers it."""
    remembered = {}

    def shown(index):
        key = tuple(index.values())
        if key not in remembered:
            figure, says = _frame(draw, controls, index)
            remembered[key] = _img(_png(figure), says), f'<p role="status" aria-live="polite">{html.escape(says)}</p>'
        return remembered[key]

    began = time.perf_counter()
    picture, says = (ipywidgets.HTML(part) for part in shown(first))
    quick = time.perf_counter() - began < PATIENCE
    index, rows = dict(first), []

    def follow(name):
        def moved(change):
            index[name] = change["new"]
            picture.value, says.value = shown(dict(index))
        return moved

    for name, values in controls.items():
        kind = {"options": list(zip(_texts(values), range(len(values)), strict=True)), "value": first[name],
                "description": labels[name], "style": {"description_width": "initial"}}
        if _is_numeric(values):
            control = ipywidgets.SelectionSlider(continuous_update=quick, **kind)
            play = ipywidgets.Play(value=first[name], min=0, max=len(values) - 1, interval=500, show_repeat=False)
            ipywidgets.link((play, "value"), (control, "value"))
            rows.append(ipywidgets.HBox([control, play]))
        else:
            control = ipywidgets.Dropdown(**kind)
            rows.append(control)
        control.observe(follow(name), names="value")
    return ipywidgets.VBox([*rows, picture, says])


def _values(name, values):
    values = values.tolist() if isinstance(values, np.ndarray) else values
    if not isinstance(values, list | tuple | range):
        raise TypeError(f"the values of the control {name} must be a list, tuple or array, got {type(values).__name__}")
    values = [value.item() if isinstance(value, np.generic) else value for value in values]
    if not values:
        raise ValueError(f"the control {name} has no values")
    kinds = {next((kind for kind in (str, bool, numbers.Real) if isinstance(value, kind)), type(value)) for value in values}
    if len(kinds) > 1 or not kinds <= {str, bool, numbers.Real}:
        raise TypeError(f"the values of the control {name} must all be numbers, all strings or all truth values, got {values}")
    if numbers.Real in kinds and not all(math.isfinite(value) for value in values):
        raise ValueError(f"the values of the control {name} must be finite, got {values}")
    if len(set(values)) < len(values):
        raise ValueError(f"the values of the control {name} must not repeat, got {values}")
    return values


def _compact(values):
    largest, smallest = max(map(abs, values)), min((abs(value) for value in values if value), default=1)
    if largest < 1e5 and (largest / smallest < 1e4 or all(float(value).is_integer() for value in values)):
        for decimals in range(5):
            if all(abs(round(value, decimals) - value) <= 1e-9 * largest for value in values):
                return [f"{value:.{decimals}f}" for value in values]
        for decimals in range(3, 9):
            if len(set(written := [f"{value:.{decimals}f}" for value in values])) == len(values):
                return written
    for digits in range(3, 17):
        if len(set(written := [f"{value:.{digits}g}" for value in values])) == len(values):
            return written
    return list(map(repr, values))


def _frame(draw, controls, index):
    """Draw one frame; `index` holds the position of each control."""
    values = {name: controls[name][position] for name, position in index.items()}
    frame = draw(**values)
    if not (isinstance(frame, tuple) and len(frame) == 2 and hasattr(frame[0], "savefig") and isinstance(frame[1], str)):
        raise TypeError(f"draw must return (figure, says), a matplotlib figure and a sentence, got {frame!r} for {values}")
    figure, says = frame
    if not says.strip():
        raise ValueError(f"the sentence must say what this frame shows, got {says!r} for {values}")
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(figure)
    return figure, " ".join(says.split())


def _png(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=PIXELS_PER_INCH, transparent=True)
    return base64.b64encode(buffer.getvalue()).decode()


def _webp(figure):
    """Return the figure as base64 of a WebP, and its size in pixels; rounding the colours by eye's measure halves the bytes."""
    from PIL import Image
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=PIXELS_PER_INCH, transparent=True, pil_kwargs={"compress_level": 0})
    pixels = np.array(Image.open(buffer).convert("RGBA"))
    pixels[..., :3], pixels[..., 3] = _rounded(8)[pixels[..., :3]], _rounded(16)[pixels[..., 3]]
    pixels[pixels[..., 3] == 0] = 0
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="webp", lossless=True, quality=50, method=2)
    return base64.b64encode(buffer.getvalue()).decode(), pixels.shape[1::-1]


def _rounded(step):
    """The 256 levels of a colour channel, rounded to multiples of `step` (and to 255)."""
    return np.minimum((np.arange(256) + step // 2) // step * step, 255).astype(np.uint8)


def _img(picture, says):
    return (f'<img src="data:image/png;base64,{picture}" alt="{html.escape(says)}" '
            'style="max-width: 100%; width: 34em; height: auto; background: transparent">')


def _control_html(name, label, values, first):
    written, label, name = _texts(values), html.escape(label), html.escape(name)
    if _is_numeric(values):
        shown = f"{label} = {written[first]}"
        return (f'<div class="explore-control"><output class="explore-value" aria-live="off">{shown}</output>'
                f'<input type="range" name="{name}" min="0" max="{len(values) - 1}" step="1" value="{first}" autocomplete="off" '
                f'aria-label="{label}" aria-valuetext="{written[first]}" data-texts="{" ".join(written)}">'
                f'<button type="button" class="explore-play" aria-label="play {label}"></button></div>')
    options = "".join(f'<option value="{k}"{" selected" if k == first else ""}>{html.escape(text)}</option>'
                      for k, text in enumerate(written))
    return (f'<div class="explore-control"><label class="explore-menu">{label} '
            f'<select name="{name}" aria-label="{label}" autocomplete="off">{options}</select></label></div>')


def _display_html(block, plain):
    if in_ipython():
        from IPython.display import display
        display({"text/html": block, "text/plain": plain}, raw=True)


def _display_still(draw, controls, first):
    figure, says = _frame(draw, controls, first)
    note = "To move the controls of this experiment, install ipywidgets; this is its first frame."
    _display_html(f"{_img(_png(figure), says)}<p>{html.escape(says)}</p><p><em>{note}</em></p>", f"{says} ({note})")


def _in_kernel():
    if not in_ipython():
        return False
    from IPython import get_ipython
    return hasattr(get_ipython(), "kernel")
