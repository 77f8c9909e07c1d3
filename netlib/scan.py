r"""A parameter scan: one function at every point of a grid, on all cores or on a cluster, and the same numbers everywhere.

Every point gets a random generator of its own, whose seed is computed from the scan's seed and *from the values of the point*
(NumPy's ``SeedSequence`` mixes the two):

.. math:: \text{generator}(\text{point}) = \operatorname{Generator}\bigl(\text{seed},\ \text{hash}(\text{point})\bigr).

So the result at a point depends on nothing else: not on the number of workers, not on the order in which they come to it, not on
the other points. A scan may be killed and resumed, refined or extended; what it has computed stays as it was.

The work goes through joblib, which runs it on this machine's cores, or where ``joblib.parallel_config`` says:

.. code-block:: python

    with joblib.parallel_config(backend="dask"):
        results = scan(measure, grid(T=[1.0, 2.0, 3.0], L=[16, 32]), seed=1)
"""

import hashlib
import json
import math
import os
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np

from netlib import _require
from netlib._progress import shown

HEAD = b'{"scan": '  # how the file of a scan begins
MARKED = [{"float": text} for text in ("nan", "inf", "-inf")]  # what stands in the file for numbers that JSON does not know


def grid(**axes):
    """Return all combinations of the given values, the last axis changing fastest.

    In the book: chapter 23.

    Parameters
    ----------
    **axes : sequence
        Numbers, strings or booleans for each parameter. For a scan, 1 and 1.0 are two different values.

    Returns
    -------
    list of dict

    Examples
    --------
    >>> grid(L=[4, 8], T=[1.0, 2.0])
    [{'L': 4, 'T': 1.0}, {'L': 4, 'T': 2.0}, {'L': 8, 'T': 1.0}, {'L': 8, 'T': 2.0}]
    """
    listed = [[value.item() if isinstance(value, np.generic) else value for value in values] for values in axes.values()]
    return [dict(zip(axes, values, strict=True)) for values in product(*listed)]


def point_generator(seed, point):
    """Return the random generator that a scan with this seed gives to this point.

    In the book: chapter 23.

    Parameters
    ----------
    seed : int
    point : dict

    Returns
    -------
    numpy.random.Generator

    Examples
    --------
    >>> first = point_generator(1, {"T": 2.0, "L": 8}).random()
    >>> first == point_generator(1, {"L": 8, "T": 2.0}).random(), first == point_generator(1, {"L": 8, "T": 2.5}).random()
    (True, False)
    """
    digest = hashlib.sha256(_key(point).encode()).digest()
    words = np.frombuffer(digest, dtype="<u4").tolist()
    return np.random.default_rng(np.random.SeedSequence(_require.whole("seed", seed, least=0), spawn_key=words))


def scan(function, points, seed, path=None, workers=None, progress=False):
    """Compute ``function(rng=..., **point)`` at every point, in parallel; resume if `path` holds results already.

    In the book: chapter 23.

    Parameters
    ----------
    function : callable
        Takes the parameters of a point and ``rng`` by name; returns what JSON can hold: numbers, strings, lists, dicts (NumPy
        numbers and arrays become numbers and lists; NaN and the infinities are written as {"float": "nan"}). For more than one
        process it must be importable, or picklable by joblib.
    points : sequence of dict
        See `grid`. A point that occurs twice is an error: add a parameter such as ``run`` to repeat it.
    seed : int
    path : path-like, optional
        A file of JSON lines, one for each finished point in order of completion; a line that a kill has cut short is computed
        again. It remembers seed and name of the function (of a ``functools.partial``, its arguments too), not its code: use a
        new file when you have changed that.
    workers : int, optional
        Number of processes. If left out, what ``joblib.parallel_config`` says, or else one.
    progress : bool
        Whether to show on standard error how far it is and how long it will take.

    Returns
    -------
    list
        What the function returned, in the order of `points`.

    Raises
    ------
    ImportError
        If joblib is not installed.
    ValueError
        If a point occurs twice, or the file is no scan's, is damaged, or was written with another seed or another function; or
        if there is a file and the function has no name to be known by.
    Exception
        What the function raises, with a note that names the point. What was finished before stays in the file.

    Examples
    --------
    >>> def coins(n, rng):
    ...     return rng.integers(2, size=n).sum()
    >>> results = scan(coins, grid(n=[0, 10, 1000]), seed=1)
    >>> results[0], results == scan(coins, grid(n=[1000, 10, 0]), seed=1)[::-1]
    (0, True)
    """
    try:
        import joblib
    except ImportError as error:
        raise ImportError("a scan needs joblib: install it with `pip install joblib`") from error
    points = [dict(point) for point in points]
    keys = [_key(point) for point in points]
    twice = {key for key in keys if keys.count(key) > 1} if len(set(keys)) < len(keys) else ()
    if twice:
        raise ValueError(f"point {min(twice)} occurs more than once; give each repetition a parameter of its own")
    head = {"scan": None if path is None else _name(function), "seed": _require.whole("seed", seed, least=0)}
    found = {} if path is None else _read(path, head)
    wanted = [(key, point) for key, point in zip(keys, points, strict=True) if key not in found]
    arriving = joblib.Parallel(n_jobs=workers, return_as="generator_unordered")(
        joblib.delayed(_compute)(function, seed, key, point) for key, point in wanted)
    done = len(points) - len(wanted)
    with _Log(path, head) as log, shown(progress, len(points), "point", done) as report:
        for count, (key, point, result) in enumerate(arriving, start=done + 1):
            found[key] = result
            log.write({"point": point, "result": result})
            report(count)
    return [found[key] for key in keys]


def read(path):
    """Return the finished points of a scan's file, as a list of (point, result), in order of completion.

    In the book: chapter 23.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    list of (dict, result)
    """
    return [(line["point"], line["result"]) for line in _lines(path)[1:]]


def _compute(function, seed, key, point):
    """One point, in whatever process; the result as it will be read back from the file."""
    try:
        return key, point, _from_json(_to_json(function(rng=point_generator(seed, point), **point)))
    except Exception as error:
        error.add_note(f"at the point {point} of the scan")
        raise


def _name(function):
    """What a file knows a function by: the same in every process, and not the same for two functions."""
    if isinstance(function, partial):
        return f"{_name(function.func)} with {_to_json([function.args, function.keywords])}"
    name = getattr(function, "__qualname__", None)
    if name is None or name.endswith("<lambda>"):
        raise ValueError(f"a scan that writes a file needs a function with a name of its own, got {function!r}; use def")
    return name


def _key(point):
    """The same text for the same values, in whatever order they were given."""
    return json.dumps(point, sort_keys=True, default=_plain)


def _plain(value):
    """NumPy numbers and arrays as JSON."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"a scan holds numbers, strings, lists and dicts, got {type(value).__name__}")


def _to_json(value):
    """One line of JSON that any reader accepts; NaN and infinities, which it does not know, as {"float": "nan"}."""
    try:
        return json.dumps(value, default=_plain, allow_nan=False)
    except ValueError:
        return json.dumps(_marked(json.loads(json.dumps(value, default=_plain))), allow_nan=False)


def _marked(value):
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    if isinstance(value, dict):
        return {key: _marked(part) for key, part in value.items()}
    return [_marked(part) for part in value] if isinstance(value, list) else value


def _from_json(text):
    def unmark(part):
        return float(part["float"]) if part in MARKED else part

    return json.loads(text, object_hook=unmark)


def _read(path, head):
    """Results by key; the file must belong to this scan."""
    lines = _lines(path, _to_json(head).encode())
    if lines and lines[0] != head:
        raise ValueError(f"{path} was written by another scan, {lines[0]}, and this one is {head}")
    return {_key(line["point"]): line["result"] for line in lines[1:]}


def _lines(path, head=HEAD):
    """Whole lines of a file that may end in the middle of one, even of its `head`; a file that is not a scan's is refused."""
    if not Path(path).exists():
        return []
    *whole, cut = Path(path).read_bytes().split(b"\n")
    if not (whole[0].startswith(HEAD) if whole else head.startswith(cut)):
        raise ValueError(f"{path} was not written by a scan and is left as it is; name another file")
    lines = []
    for number, line in enumerate(whole, start=1):
        try:
            lines.append(_from_json(line))
        except ValueError as error:
            raise ValueError(f"{path} is damaged in line {number}: {error}") from error
    return lines


class _Log:
    """Appends JSON lines, each on the disk before the next point is waited for; without a path it does nothing."""

    def __init__(self, path, head):
        self.path, self.head = path, head

    def __enter__(self):
        if self.path is not None:
            self.file = open(self.path, "a+b")
            self.file.seek(0)
            self.file.truncate(self.file.read().rfind(b"\n") + 1)  # drop a line that was cut short
            if self.file.seek(0, os.SEEK_END) == 0:
                self.write(self.head)
        return self

    def write(self, line):
        if self.path is not None:
            self.file.write(_to_json(line).encode() + b"\n")
            self.file.flush()
            os.fsync(self.file.fileno())

    def __exit__(self, *_):
        if self.path is not None:
            self.file.close()
