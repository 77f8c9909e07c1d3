r"""Exercise feedback: the reader's answer goes in, one honest sentence comes out.

A check knows the right value, computed and not typed, and the values that typical slips lead to. It answers with one of four
verdicts: *not answered yet*, *right* (and why), the *hint* that belongs to a known slip, or *not yet* with a fact that helps: the
direction of the error for a number, the first counter-example for a function. An answer :math:`a` counts as :math:`e` when

.. math:: \max_i |a_i - e_i| \le \tau \max_i |e_i|

(:math:`\le \tau` if all are zero), with :math:`\tau = 10^{-3}` unless :math:`e` is whole numbers, which must be met exactly.
Nothing that a reader can type makes a check raise; what an author gets wrong raises at once.
"""

import copy
import html
import numbers
from dataclasses import dataclass

import numpy as np

SYMBOLS = {"open": "○", "right": "✓", "hint": "➜", "wrong": "✗"}
WORDS = {"open": "not answered yet", "right": "right", "hint": "not yet", "wrong": "not yet"}
EDGES = {"open": "#7a7a7a", "right": "#0b8a66", "hint": "#b87700", "wrong": "#c8500a"}
ROUNDING = 1e-9
NEARLY = 20


@dataclass(frozen=True)
class Verdict:
    """What a check found: `status` is "open", "right", "hint" or "wrong", `message` the sentence that the reader sees."""

    id: str
    status: str
    message: str

    def __repr__(self):
        return f"{SYMBOLS[self.status]} Exercise {self.id}: {self.message}"

    def to_html(self):
        """Return the verdict as an HTML block with a status role; the symbol and the words say what the colour says."""
        symbol, edge = SYMBOLS[self.status], EDGES[self.status]
        return (f'<div role="status" class="netlib-check netlib-check-{self.status}" style="border-left: 0.3em solid {edge}; '
                f'padding: 0.4em 0.8em; margin: 0.4em 0; color: inherit; white-space: pre-wrap; overflow-wrap: anywhere">'
                f'<strong><span aria-hidden="true">{symbol} </span>Exercise {html.escape(self.id)}:</strong> '
                f"{html.escape(self.message)}</div>")

    def _ipython_display_(self):
        """Show nothing: the check has shown the verdict already, and the end of a cell must not show it twice."""


def number(id, answer, expected, *, tolerance=None, because="", hints=()):
    """Check a number, or an array of numbers, that the reader found.

    Parameters
    ----------
    id : str
        The exercise's number, such as "8.1".
    answer : object
        What the reader wrote; ``...`` means not answered yet. Anything else may come in; numbers, Fractions, SymPy numbers,
        and (nested lists of) them are understood.
    expected : number or array_like
        The right value, finite.
    tolerance : float, optional
        Allowed error relative to the largest entry of `expected` (absolute where that is zero). If left out, 0.001 for
        floats, and whole numbers must be met exactly.
    because : str, optional
        Shown with a right answer.
    hints : dict or sequence of pairs, optional
        Typical wrong value -> why it is wrong.

    Returns
    -------
    Verdict
        In a notebook it has already been shown.

    Raises
    ------
    ValueError
        For faults of the exercise: an expected value or hint that is no finite number, a hint that would count as right, a
        tolerance below zero.

    Examples
    --------
    >>> number("1.1", ..., 2.5)
    ○ Exercise 1.1: not answered yet
    >>> number("1.1", 2.5, 2.5, because="5 / 2 = 2.5")
    ✓ Exercise 1.1: right, because 5 / 2 = 2.5
    >>> number("1.1", 10, 2.5, hints={10: "you multiplied where you should divide"})
    ➜ Exercise 1.1: not yet: you multiplied where you should divide
    >>> number("1.1", -2.5, 2.5).message
    'not yet: the size is right, the sign is not'
    """
    target = _author_value(id, "expected", expected)
    tolerance = _author_tolerance(id, tolerance, target)
    pairs = [(_author_value(id, "the hint", wrong), why) for wrong, why in _pairs(hints)]
    for wrong, _ in pairs:
        if _close(wrong, target, tolerance):
            raise ValueError(f"exercise {id}: the hint for {_show(wrong)} would never be shown, that value counts as right")
    return _tell(id, *_judge_number(answer, target, tolerance, because, pairs))


def function(id, attempt, reference, inputs, *, tolerance=1e-6, because="", hints=()):
    """Check a function that the reader wrote, by comparing it with a reference on given inputs.

    Parameters
    ----------
    id : str
        The exercise's number, such as "8.4".
    attempt : callable
        What the reader wrote; not answered yet if it is ``...`` or returns nothing (or ``...``) for every input.
    reference : callable
        The right function.
    inputs : sequence
        A tuple is a list of arguments, anything else is the only argument. Both functions get their own copies, also of
        random generators, so that both see the same random numbers.
    tolerance : float, optional
        As for `number`.
    because : str, optional
        Shown with a right answer.
    hints : sequence of pairs, optional
        (wrong function, why it is wrong): shown when the attempt agrees with the wrong function on every input.

    Returns
    -------
    Verdict
        In a notebook it has already been shown.

    Raises
    ------
    ValueError
        For faults of the exercise: no inputs, a tolerance below zero, a hint's function that equals the reference on every input.

    Examples
    --------
    >>> function("1.2", lambda x: ..., abs, inputs=[1, -2])
    ○ Exercise 1.2: not answered yet
    >>> function("1.2", lambda x: x if x > 0 else -x, abs, inputs=[1, -2])
    ✓ Exercise 1.2: right
    >>> function("1.2", lambda x: x, abs, inputs=[1, -2])
    ✗ Exercise 1.2: not yet: for the input -2 yours gives -2, and 2 is right
    """
    inputs = [item if isinstance(item, tuple) else (item,) for item in inputs]
    if not inputs:
        raise ValueError(f"exercise {id}: inputs must not be empty")
    if not callable(reference):
        raise ValueError(f"exercise {id}: the reference must be a function, got {type(reference).__name__}")
    _author_tolerance(id, tolerance, np.zeros(()))
    right = [_call(reference, item) for item in inputs]
    slips = []
    for wrong, why in _pairs(hints):
        results = [_outcome(wrong, item) for item in inputs]
        if all(_agree(ours, theirs, tolerance) for ours, theirs in zip(results, right, strict=True)):
            raise ValueError(f"exercise {id}: the function of the hint {why!r} equals the reference on every input")
        slips.append((results, why))
    return _tell(id, *_judge_function(attempt, inputs, right, tolerance, because, slips))


def _judge_number(answer, target, tolerance, because, pairs):
    if answer is Ellipsis or answer is None:
        return "open", ""
    try:
        value = _numbers(answer)
    except Exception:
        return "wrong", f"{_a_number(target)} is wanted, and this is {_show(answer)} ({type(answer).__name__})"
    if value.shape != target.shape:
        return "wrong", f"{_a_number(target)} is wanted, and this is {_a_number(value)}"
    if not np.isfinite(value).all():
        return "wrong", f"{_show(value)} is not finite"
    if _close(value, target, tolerance):
        return "right", because
    for wrong, why in pairs:
        if wrong.shape == value.shape and _close(value, wrong, max(tolerance, ROUNDING)):
            return "hint", why
    return "wrong", _direction(value, target, tolerance)


def _judge_function(attempt, inputs, right, tolerance, because, slips):
    if attempt is Ellipsis or attempt is None:
        return "open", ""
    if not callable(attempt):
        return "wrong", f"a function is wanted, and this is {_show(attempt)} ({type(attempt).__name__})"
    results = [_outcome(attempt, item) for item in inputs]
    if all(result is None or result is Ellipsis for result in results):
        return "open", ""
    failed = [k for k, result in enumerate(results) if not _agree(result, right[k], tolerance)]
    if not failed:
        return "right", because
    for wrong, why in slips:
        if all(_agree(mine, slip, tolerance) for mine, slip in zip(results, wrong, strict=True)):
            return "hint", why
    first = failed[0]
    given = ", ".join(_show(argument) for argument in inputs[first])
    if isinstance(results[first], _Raised):
        return "wrong", f"for the input {given} yours stops with {results[first]}"
    return "wrong", f"for the input {given} yours gives {_show(results[first])}, and {_show(right[first])} is right"


def _tell(id, status, detail):
    joint = {"open": "", "right": ", because " if detail else "", "hint": ": ", "wrong": ": "}[status]
    verdict = Verdict(str(id), status, WORDS[status] + joint + detail)
    if _in_ipython():
        from IPython.display import display
        display({"text/html": verdict.to_html(), "text/plain": repr(verdict)}, raw=True)
    return verdict


def _in_ipython():
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return get_ipython() is not None


class _Raised(str):
    """The type and message of an exception that a function raised."""


def _call(function, arguments):
    return function(*copy.deepcopy(arguments))


def _outcome(function, arguments):
    try:
        return _call(function, arguments)
    except Exception as error:
        return _Raised(f"{type(error).__name__}: {error}")


def _numbers(value):
    """Return `value` as a float array; text, truth values (where numbers are wanted) and complex numbers raise TypeError."""
    array = np.asarray(value)
    if array.dtype.kind in "iuf":
        return array.astype(float)
    if array.dtype.kind != "O":
        raise TypeError(f"not numbers: {array.dtype}")
    flat = [_one_number(item) for item in array.ravel()]
    return np.array(flat, dtype=float).reshape(array.shape)


def _one_number(item):
    if isinstance(item, (str, bytes, bool)) or not (isinstance(item, numbers.Real) or hasattr(item, "__float__")):
        raise TypeError(f"not a number: {item!r}")
    return float(item)


def _close(value, target, tolerance):
    if value.shape != target.shape:
        return False
    scale = np.abs(target).max(initial=0) or 1.0
    return bool((np.abs(value - target) <= max(tolerance, ROUNDING) * scale).all())


def _agree(result, right, tolerance):
    """Whether two results of any kind agree: numbers within the tolerance, containers entry by entry, the rest by equality."""
    try:
        if isinstance(result, _Raised) or isinstance(right, _Raised):
            return isinstance(result, _Raised) and isinstance(right, _Raised) and result == right
        try:
            mine, theirs = _numbers(result), _numbers(right)
        except (TypeError, ValueError):
            if isinstance(right, (tuple, list)):
                same_length = isinstance(result, (tuple, list)) and len(result) == len(right)
                return same_length and all(_agree(a, b, tolerance) for a, b in zip(result, right, strict=True))
            return np.shape(result) == np.shape(right) and bool(np.all(np.asarray(result == right)))
        if mine.shape != theirs.shape or (np.isfinite(mine) != np.isfinite(theirs)).any():
            return False
        finite = np.isfinite(theirs)
        return _close(mine[finite], theirs[finite], tolerance) and np.array_equal(mine[~finite], theirs[~finite], equal_nan=True)
    except Exception:
        return False


def _direction(value, target, tolerance):
    """Say in which direction `value` misses `target`, without giving it away."""
    if target.ndim:
        scale = np.abs(target).max(initial=0) or 1.0
        where = tuple(int(i) for i in np.argwhere(np.abs(value - target) > max(tolerance, ROUNDING) * scale)[0])
        place = ", ".join(map(str, where))
        return f"entry [{place}] is the first that is off: {_direction(value[where], target[where], tolerance)}"
    if target == 0 or value == 0:
        return f"{_show(value)} is too {'large' if value > target else 'small'}"
    if value == -target or _close(-value, target, tolerance):
        return "the size is right, the sign is not"
    if value * target < 0:
        return f"{_show(value)} has the wrong sign"
    ratio = value / target
    side = "large" if value > target else "small"
    if _close(value, target, NEARLY * tolerance) and tolerance:
        return f"nearly: {_show(value)} is slightly too {side}; give more digits, or look for a small slip"
    if ratio > 10 or ratio < 0.1:
        return f"{_show(value)} is too {side}, by more than a factor of ten in size"
    return f"{_show(value)} is too {side}"


def _author_value(id, name, value):
    try:
        array = _numbers(value)
    except (TypeError, ValueError):
        raise ValueError(f"exercise {id}: {name} must be a number or an array of numbers, got {value!r}") from None
    if array.size == 0 or not np.isfinite(array).all():
        raise ValueError(f"exercise {id}: {name} must be finite and not empty, got {value!r}")
    return array


def _author_tolerance(id, tolerance, target):
    if tolerance is None:
        return 0.0 if (target == np.round(target)).all() and (np.abs(target) < 2**53).all() else 1e-3
    if isinstance(tolerance, bool) or not isinstance(tolerance, numbers.Real) or not 0 <= tolerance < 1:
        raise ValueError(f"exercise {id}: tolerance must be a number from 0 up to 1, got {tolerance!r}")
    return float(tolerance)


def _pairs(hints):
    return list(hints.items()) if isinstance(hints, dict) else list(hints)


def _a_number(array):
    return "one number" if array.ndim == 0 else f"an array of numbers of shape {array.shape}"


def _show(value):
    """A short text for any value, on one line."""
    try:
        if isinstance(value, float | np.floating) or (isinstance(value, np.ndarray) and value.ndim == 0):
            return f"{float(value):.6g}"
        with np.printoptions(precision=5, threshold=20, linewidth=10**6):
            text = " ".join((np.array2string(value, separator=", ") if isinstance(value, np.ndarray) else repr(value)).split())
    except Exception:
        text = f"a {type(value).__name__}"
    return text if len(text) <= 120 else text[:117] + "..."
