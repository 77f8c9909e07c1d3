r"""Exercise feedback: the reader's answer goes in, one honest sentence comes out.

A check knows the right value, computed and not typed, and the values that typical slips lead to. It answers with one of four
verdicts: *not answered yet*, *right* (and why), the *hint* that belongs to a known slip, or *not yet* with a fact that helps: the
direction of the error for a number, the first counter-example for a function. An answer :math:`a` counts as :math:`e` when each
of its entries is close, or is the right one rounded:

.. math:: |a_i - e_i| \le \tau \max_j |e_j| \quad\text{or}\quad a_i = [e_i]_n

(:math:`\le \tau` if all are zero), with :math:`\tau = 10^{-3}` unless :math:`e` is whole numbers, which must be met exactly.
:math:`[e]_n` is :math:`e` rounded to :math:`n` significant digits: :math:`n = 3` if :math:`\tau \ge 10^{-3}`, and as many as the
sentence after "right, because" prints :math:`e` with (two at least, and after a decimal point). No rounded value counts that a
hint's value is as near to.
Nothing that a reader can type makes a check raise; what an author gets wrong raises at once.

While the site is built (``NETLIB_SITE=1``) no kernel will be there later. So an unanswered `number` shows a field in which to
answer, with all that judging needs beside it, for ``book/_static/exercises.js``: a second judge with the same table of verdicts
and the same limits (``_table``). The right value is encoded there, so that nobody reads it by accident; it is no secret.
"""

import base64
import contextlib
import copy
import html
import inspect
import json
import math
import numbers
import os
import re
from dataclasses import dataclass

import numpy as np

from netlib._show import in_ipython

STATUSES = {
    "open": {"symbol": "○", "edge": "#7a7a7a"},
    "right": {"symbol": "✓", "edge": "#0b8a66"},
    "hint": {"symbol": "➜", "edge": "#b87700"},
    "wrong": {"symbol": "✗", "edge": "#c8500a"},
}
VERDICTS = {
    "unanswered": ("open", "not answered yet"),
    "right": ("right", "right"),
    "because": ("right", "right, because {because}"),
    "hint": ("hint", "not yet: {why}"),
    "not a number": ("wrong", "not yet: {wanted} is wanted, and this is {found}"),
    "in quotes": ("wrong", "not yet: {wanted} is wanted, and this is a text: leave out the quotes"),
    "unit": ("wrong", "not yet: one number is wanted, without a unit: write {written}"),
    "decimal comma": ("wrong", "not yet: one number is wanted, and a comma makes two: write {written}, with a point"),
    "not finite": ("wrong", "not yet: {answer} is not finite"),
    "percentage": ("wrong", "not yet: {answer} is a hundred times too large; if you mean a percentage, divide it by 100"),
    "entry": ("wrong", "not yet: entry {place} is the first that is off: {fact}"),
    "sign": ("wrong", "not yet: the size is right, the sign is not"),
    "other side": ("wrong", "not yet: {answer} has the wrong sign"),
    "nearly": ("wrong", "not yet: nearly: {answer} is slightly too {side}; give more digits, or look for a small slip"),
    "far": ("wrong", "not yet: {answer} is too {side}, by more than a factor of ten in size"),
    "off": ("wrong", "not yet: {answer} is too {side}"),
    "no function": ("wrong", "not yet: a function is wanted, and this is {found}"),
    "stops": ("wrong", "not yet: for {given} yours stops with {error}"),
    "too large": ("wrong", "not yet: for {given} yours stops with {error}; a number grew too large on the way"),
    "counter-example": ("wrong", "not yet: for {given} yours gives {mine}, and {right} is right"),
}
ROUNDING = 1e-9
NEARLY = 10
NEARLY_AT_MOST = 0.02
BAND = 1e-3
FEW = 16
WHATEVER = (Exception, SystemExit, GeneratorExit)  # what a reader's object or function may raise; an interrupt passes
WITH_UNIT = re.compile(r"([-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([^\W\d_][^\d,;()\[\]%]*)")
DECIMAL = re.compile(r"(?<![\w.,])[-−+]?\d+\.\d+(?:e[-+−]?\d+)?(?![\w%]| %)")


@dataclass(frozen=True)
class Verdict:
    """What a check found: `status` is "open", "right", "hint" or "wrong", `message` the sentence that the reader sees.

    In the book: all chapters.
    """

    id: str
    status: str
    message: str

    def __repr__(self):
        return f"{STATUSES[self.status]['symbol']} Exercise {self.id}: {self.message}"

    def to_html(self):
        """Return the verdict as an HTML block with a status role; the symbol and the words say what the colour says."""
        symbol, edge = STATUSES[self.status].values()
        return (f'<div role="status" class="netlib-check netlib-check-{self.status}" style="border-left: 0.3em solid {edge}; '
                f'padding: 0.4em 0.8em; margin: 0.4em 0; color: inherit; white-space: pre-wrap; overflow-wrap: anywhere">'
                f'<strong><span aria-hidden="true">{symbol} </span>Exercise {html.escape(self.id)}:</strong> '
                f"{html.escape(self.message)}</div>")

    def _ipython_display_(self):
        """Show nothing: the check has shown the verdict already, and the end of a cell must not show it twice."""


def number(id, answer, expected, *, tolerance=None, because="", hints=()):
    """Check a number, or an array of numbers, that the reader found.

    In the book: all chapters.

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
    exercise = _description(id, expected, tolerance, because, hints)
    name, fields = _judge_number(answer, exercise)
    return _tell(id, name, fields, _field_html(str(id), exercise))


def function(id, attempt, reference, inputs, *, tolerance=1e-6, because="", hints=()):
    """Check a function that the reader wrote, by comparing it with a reference on given inputs.

    In the book: all chapters.

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
    name, fields = _judge_function(attempt, inputs, right, tolerance, because, slips)
    return _tell(id, name, fields, _program_html(str(id)))


def _description(id, expected, tolerance=None, because="", hints=()):
    """Return all that judging a number needs, as plain lists and numbers: what is written into JSON for another judge.

    The keys: `expected` and each hint's value (nested lists or a number), `tolerance`, `digits` (to how many significant digits
    the right value may be rounded), `because`, and `hints` (pairs of value and sentence).
    """
    target = _author_value(id, "expected", expected)
    tolerance = _author_tolerance(id, tolerance, target)
    pairs = [[_author_value(id, "the hint", wrong).tolist(), why] for wrong, why in _pairs(hints)]
    digits = _printed_digits(because, target) if tolerance else []
    if tolerance >= BAND:
        digits = sorted({3, *digits})
    exercise = {"expected": target.tolist(), "tolerance": tolerance, "digits": digits, "because": because, "hints": pairs}
    for wrong, _ in pairs:
        if _counts(np.asarray(wrong), exercise):
            raise ValueError(f"exercise {id}: the hint for {_show(wrong)} would never be shown, that value counts as right")
    return exercise


def _judge_number(answer, exercise):
    """Judge `answer` by an exercise's `_description` and by nothing else; return the name of a verdict and its fields."""
    target = np.asarray(exercise["expected"], dtype=float)
    if answer is Ellipsis or answer is None:
        return "unanswered", {}
    try:
        value = _numbers(answer)
    except WHATEVER:
        return _no_number(answer, target)
    if value.shape != target.shape:
        if target.ndim == 0 and _is_decimal_comma(answer):
            return "decimal comma", {"written": f"{answer[0]}.{answer[1]}"}
        return "not a number", {"wanted": _a_number(target), "found": _a_number(value)}
    if not np.isfinite(value).all():
        return "not finite", {"answer": _written(value)}
    if _counts(value, exercise):
        return ("because", {"because": exercise["because"]}) if exercise["because"] else ("right", {})
    for wrong, why in sorted(exercise["hints"], key=lambda pair: _distance(value, pair[0])):
        if _is_hinted(value, np.asarray(wrong, dtype=float), exercise["tolerance"]):
            return "hint", {"why": why}
    if target.any() and np.abs(target).max() <= 1 and _counts(value / 100, exercise):
        return "percentage", {"answer": _written(value)}
    nearer = min((_distance(value, wrong) for wrong, _ in exercise["hints"]), default=math.inf) <= _distance(value, target)
    return _direction(value, target, exercise["tolerance"], nearly=not nearer)


def _no_number(answer, target):
    wanted = _a_number(target)
    with contextlib.suppress(*WHATEVER):
        if isinstance(answer, str) and target.ndim == 0:
            if unit := WITH_UNIT.fullmatch(answer.strip()):
                if unit[2].lower() not in ("nan", "inf", "infinity"):
                    return "unit", {"written": unit[1]}
            elif math.isfinite(float(answer.strip().replace(",", "."))):
                if "," in answer:
                    return "decimal comma", {"written": answer.strip().replace(",", ".")}
                return "in quotes", {"wanted": wanted}
    found = f"the text {_show(answer)}" if isinstance(answer, str) else f"{_show(answer)} ({type(answer).__name__})"
    return "not a number", {"wanted": wanted, "found": found}


def _is_decimal_comma(answer):
    """Whether `answer` is what Python makes of 0,731: two whole numbers, the second of them without a sign."""
    return type(answer) is tuple and len(answer) == 2 and all(type(part) is int for part in answer) and answer[1] >= 0


def _judge_function(attempt, inputs, right, tolerance, because, slips):
    if attempt is Ellipsis or attempt is None:
        return "unanswered", {}
    if not callable(attempt):
        return "no function", {"found": f"{_show(attempt)} ({type(attempt).__name__})"}
    results = [_outcome(attempt, item) for item in inputs]
    if all(result is None or result is Ellipsis for result in results):
        return "unanswered", {}
    failed = [k for k, result in enumerate(results) if not _agree(result, right[k], tolerance)]
    if not failed:
        return ("because", {"because": because}) if because else ("right", {})
    for wrong, why in slips:
        if all(_agree(mine, slip, tolerance) for mine, slip in zip(results, wrong, strict=True)):
            return "hint", {"why": why}
    first = failed[0]
    given = _given(attempt, inputs, first)
    if isinstance(results[first], _Raised):
        kind = "too large" if results[first].startswith("OverflowError") else "stops"
        return kind, {"given": given, "error": results[first]}
    mine, true = _difference(results[first], right[first], tolerance)
    return "counter-example", {"given": given, "mine": mine, "right": true}


def _given(attempt, inputs, at):
    """Say for which input: its arguments, by name where there are several, and its place where they are not shown whole."""
    arguments = inputs[at]
    if len(arguments) == 1:
        return f"the input {_show(arguments[0])}"
    try:
        names = list(inspect.signature(attempt).bind(*arguments).arguments)
    except WHATEVER:
        names = []
    if len(names) != len(arguments):
        return "the input " + ", ".join(map(_show, arguments))
    named = ", ".join(f"{name} = {_show(argument)}" for name, argument in zip(names, arguments, strict=True))
    is_whole = all(np.size(_plain(argument)) <= FEW for argument in arguments)
    return f"the input {named}" if is_whole else f"input {at + 1} of {len(inputs)} ({named})"


def _difference(mine, right, tolerance):
    """Say two results as briefly as shows that they differ: shapes, the first entry that is off, or all of both."""
    if isinstance(mine, tuple | list) and isinstance(right, tuple) and len(mine) == len(right) > 1:
        at = [_agree(ours, theirs, tolerance) for ours, theirs in zip(mine, right, strict=True)].index(False)
        if any(np.size(_plain(part)) > 1 for part in right):
            ours, theirs = _difference(mine[at], right[at], tolerance)
            return f"{ours} as result {at + 1} of {len(right)}", theirs
    try:
        ours, theirs = _numbers(mine), _numbers(right)
    except WHATEVER:
        return _show(mine), _show(right)
    if ours.shape != theirs.shape:
        return _a_shape(ours, mine), _a_shape(theirs, right)
    if ours.size <= FEW:
        return _show(mine), _show(right)
    for place in np.ndindex(ours.shape):
        scale = np.abs(theirs[np.isfinite(theirs)]).max(initial=0) or 1.0
        if not (abs(ours[place] - theirs[place]) <= max(tolerance, ROUNDING) * scale or ours[place] == theirs[place]):
            break
    return f"{_show(ours[place])} in entry [{', '.join(map(str, place))}]", _show(theirs[place])


def _a_shape(array, value):
    return _show(value) if array.ndim == 0 else f"an array of shape {array.shape}"


def _tell(id, name, fields, on_site):
    """Return the verdict, after it was shown where there is something to show it; in its place, on the site, `on_site`."""
    status, sentence = VERDICTS[name]
    verdict = Verdict(str(id), status, sentence.format(**fields))
    if in_ipython():
        from IPython.display import display
        is_asked = name == "unanswered" and os.environ.get("NETLIB_SITE") == "1"
        display({"text/html": on_site if is_asked else verdict.to_html(), "text/plain": repr(verdict)}, raw=True)
    return verdict


def _table():
    """Return what both judges share, ready for JSON: statuses, verdicts and limits."""
    symbols = {status: look["symbol"] for status, look in STATUSES.items()}
    limits = {"rounding": ROUNDING, "nearly": NEARLY, "nearlyAtMost": NEARLY_AT_MOST, "band": BAND, "few": FEW}
    return {"symbols": symbols, "verdicts": VERDICTS, "limits": limits}


def _field_html(id, exercise):
    """Return the field in which a number is answered on the site, which holds the exercise's description."""
    data = base64.b64encode(json.dumps(exercise, ensure_ascii=False, separators=(",", ":")).encode()).decode()
    shape, name = np.shape(exercise["expected"]), "answer-" + re.sub(r"\W", "-", id)
    asked = {0: "one number", 1: f"{math.prod(shape)} numbers, with commas between them"}.get(
        len(shape), "an array of shape " + " × ".join(map(str, shape)) + ", in brackets row by row")
    return (f'<div class="exercise-answer" data-exercise="{html.escape(id)}" data-check="{data}">\n'
            f'<label for="{name}">Your answer<span class="exercise-asked">, {asked}</span></label>\n'
            f'<div class="exercise-row"><input id="{name}" type="text" maxlength="200" autocomplete="off" autocapitalize="off" '
            f'spellcheck="false" enterkeyhint="done" aria-describedby="{name}-verdict">'
            f'<button type="button">Check<span class="exercise-which"> exercise {html.escape(id)}</span></button></div>\n'
            f'<p class="exercise-verdict" id="{name}-verdict" role="status"></p>\n'
            "<noscript><p>To judge an answer here, this field needs JavaScript; the solution opens without.</p></noscript>\n"
            "</div>")


def _program_html(id):
    """Return what the site says where a program is asked for, which only a kernel can judge."""
    return (f'<div class="exercise-program" data-exercise="{html.escape(id)}">\n'
            "<p>The answer is a program, and a page cannot run it: write it into the cell under exercise "
            f"{html.escape(id)} in the notebook; the next cell there judges it.</p>\n</div>")


class _Raised(str):
    """The type and message of an exception that a function raised."""


def _call(function, arguments):
    return function(*copy.deepcopy(arguments))


def _outcome(function, arguments):
    try:
        with _nobody_leaves():
            return _call(function, arguments)
    except WHATEVER as error:
        try:
            return _Raised(": ".join(filter(None, [type(error).__name__, " ".join(str(error).split())])))
        except WHATEVER:
            return _Raised(type(error).__name__)


@contextlib.contextmanager
def _nobody_leaves():
    """While it lasts, exit() in a notebook raises SystemExit, as it does elsewhere, instead of ending the kernel."""
    if not in_ipython():
        yield
        return
    from IPython import get_ipython

    def leave(*_):
        raise SystemExit("exit() would end your session")

    shell = get_ipython()
    shell.ask_exit = leave
    try:
        yield
    finally:
        del shell.ask_exit


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
    return value.shape == target.shape and bool(_within(value, target, tolerance).all())


def _within(value, target, tolerance):
    """Say of each entry whether it is within the tolerance, which is relative to the largest entry of the target."""
    scale = np.abs(target).max(initial=0) or 1.0
    return np.abs(value - target) <= max(tolerance, ROUNDING) * scale


def _counts(value, exercise):
    """Whether `value` counts as the right one: close to it, or equal to it when it is rounded, and then nearer than each hint."""
    target = np.asarray(exercise["expected"], dtype=float)
    if value.shape != target.shape:
        return False
    good = _within(value, target, exercise["tolerance"])
    if good.all():
        return True
    rounded = np.any([_is_rounded(value, target, n) for n in exercise["digits"]], axis=0)
    rivals = min((_distance(value, wrong) for wrong, _ in exercise["hints"]), default=math.inf)
    return bool((good | rounded).all() and _distance(value, target) < rivals)


def _is_hinted(value, wrong, tolerance):
    """Whether `value` is the wrong value of a hint, which may be rounded to three digits like a right one."""
    if value.shape != wrong.shape:
        return False
    tolerance = max(tolerance, _author_tolerance("", None, wrong))
    return bool((_within(value, wrong, tolerance) | (tolerance >= BAND) & _is_rounded(value, wrong, 3)).all())


def _is_rounded(value, target, digits):
    """Say of each entry of `value` whether it is that of `target`, rounded to so many significant digits."""
    size = np.abs(np.where(target == 0, 1, target))
    unit = 10.0 ** (np.floor(np.log10(size) + ROUNDING) - digits + 1)
    whole = np.abs(value / unit - np.round(value / unit)) < 1e-6
    return whole & (np.abs(value - target) <= (0.5 + 1e-6) * unit) & (target != 0)


def _distance(value, other):
    other = np.asarray(other, dtype=float)
    return float(np.abs(value - other).max(initial=0)) if value.shape == other.shape else math.inf


def _printed_digits(because, target):
    """Return the numbers of significant digits, two or more, to which the sentence prints the right number after a point."""
    found = set()
    if target.ndim == 0 and target != 0:
        for text in DECIMAL.findall(because):
            text = text.replace("−", "-")
            mantissa, _, power = text.partition("e")
            unit = 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))
            digits = math.floor(math.log10(abs(target)) + ROUNDING) - round(math.log10(unit)) + 1
            if digits >= 2 and _is_rounded(np.asarray(float(text)), target, digits):
                found.add(digits)
    return sorted(found)


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
    except WHATEVER:
        return False


def _direction(value, target, tolerance, nearly=True):
    """Say in which direction `value` misses `target`, without giving it away; return the name of a verdict and its fields."""
    if target.ndim:
        where = tuple(int(i) for i in np.argwhere(~_within(value, target, tolerance))[0])
        name, fields = _direction(value[where], target[where], tolerance, nearly)
        fact = VERDICTS[name][1].format(**fields).removeprefix("not yet: ")
        return "entry", {"place": f"[{', '.join(map(str, where))}]", "fact": fact}
    fields = {"answer": _written(value), "side": "large" if value > target else "small"}
    if target == 0 or value == 0:
        return "off", fields
    if value == -target or _close(-value, target, tolerance):
        return "sign", {}
    if value * target < 0:
        return "other side", fields
    if nearly and tolerance and _close(value, target, min(NEARLY * tolerance, NEARLY_AT_MOST)):
        return "nearly", fields
    return "off" if 0.1 <= value / target <= 10 else "far", fields


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


def _written(value):
    """Write a number with six digits, and an array of a few as lists of such."""
    if value.ndim == 0:
        return f"{float(value) + 0.0:.6g}"
    return "[" + ", ".join(map(_written, value)) + "]" if value.size <= FEW else f"an array of shape {value.shape}"


def _a_number(array):
    return "one number" if array.ndim == 0 else f"an array of numbers of shape {array.shape}"


def _show(value):
    """A short text for any value, on one line; of a long array its shape, and what stands in it if that is a few numbers."""
    try:
        value = _plain(value.item() if isinstance(value, np.generic) else value)
        if isinstance(value, float) or (isinstance(value, np.ndarray) and value.ndim == 0):
            return f"{float(value) + 0.0:.6g}"
        if isinstance(value, np.ndarray) and value.size > FEW:
            return _long(value)
        with np.printoptions(precision=5, linewidth=10**6):
            text = " ".join((np.array2string(value, separator=", ") if isinstance(value, np.ndarray) else repr(value)).split())
    except WHATEVER:
        text = f"a {type(value).__name__}"
    return text if len(text) <= 120 else text[:117] + "..."


def _plain(value):
    """Return numeric arrays and lists of numbers as arrays, without a minus before what is zero; all else as it is."""
    with contextlib.suppress(*WHATEVER):
        if isinstance(value, np.ndarray | list) or (isinstance(value, tuple) and len(value) > FEW):
            array = np.asarray(value)
            if array.dtype.kind == "f":
                return np.where(np.abs(array) < 1e-6 * np.abs(array).max(initial=0), 0, array) + 0.0
            if array.dtype.kind in "iu":
                return array
    return value


def _long(array):
    values, counts = np.unique(array, return_counts=True)
    if len(values) <= 3:
        said = [f"{count} times {value:g}" for value, count in zip(values.tolist(), counts.tolist(), strict=True)]
        return f"an array of shape {array.shape} with {' and '.join(said)}"
    return f"an array of shape {array.shape}"
