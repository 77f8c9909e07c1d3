r"""The loop around every learning rule: take steps, keep a record, show how far it is, write it down, go on from there.

A step of learning takes the parameters :math:`\theta` (weights, biases, chains that are kept) and random numbers
:math:`\xi` to new parameters, at a pace that may change with the number of the step,

.. math:: \theta_{t+1} = \operatorname{step}(t, \theta_t, \xi_t).

Nothing else passes from one step to the next. So whoever knows :math:`t`, :math:`\theta_t` and the state of the random generator
can go on as if nothing had happened: that is what a checkpoint holds, and why a resumed training ends bit for bit like one that
was never interrupted. A checkpoint also holds a digest of all that the steps depend on. It resumes its own training and no
other.
"""

import hashlib
import json
import os

import numpy as np

from netlib import _checkpoint, _require
from netlib._progress import shown


def follow(step, parameters, steps, rng, *, settings=None, monitor=None, every=100, record_start=True, checkpoint=None,
           write_every=None, progress=False, unit="step"):
    """Repeat a learning step; write down where it stands, and on the next call go on from there bit for bit.

    In the book: chapters 18, 20, 21 and 26.

    Parameters
    ----------
    step : callable
        step(number, parameters, rng) returns the new parameters, and changes nothing else.
    parameters : dict of str to array_like
        All that one step hands to the next: weights, biases, chains.
    steps : int
        In all, those of earlier calls included.
    rng : numpy.random.Generator
        In the state in which the whole training begins, also when it is resumed; left in the state in which it ends.
    settings : dict, optional
        What else the steps depend on, by name: numbers, strings, arrays (data), and functions of the step's number. A checkpoint
        of a training with other settings is refused; functions are compared by their values at the steps that were taken.
    monitor : callable, optional
        monitor(parameters) is recorded before the first step, after every `every` steps, and at the end.
    every : int
    record_start : bool
        Whether the record begins before the first step.
    checkpoint : str or path-like, optional
        File to resume from if it exists, and to write after every `write_every` steps and at the end.
    write_every : int, optional
        As `every` if left out.
    progress : bool
        Whether to show on standard error how far it is and how long it will take.
    unit : str
        What a step is called there.

    Returns
    -------
    parameters : dict of str to ndarray
    history : dict
        "step", shape (records,), and "watched", shape (records, ...); both empty without `monitor`.

    Raises
    ------
    ValueError
        If the checkpoint is damaged, belongs to another training, or has gone further than `steps`; or if what `monitor` returns
        changes its shape.

    Examples
    --------
    >>> end, history = follow(lambda number, p, rng: {"x": p["x"] + number}, {"x": 0}, steps=4, rng=np.random.default_rng(0),
    ...                       every=2, monitor=lambda p: p["x"])
    >>> int(end["x"]), history["step"].tolist(), history["watched"].tolist()
    (6, [0, 2, 4], [0, 1, 6])
    """
    steps, every = _require.whole("steps", steps, least=0), _require.whole("every", every)
    write_every = every if write_every is None else _require.whole("write_every", write_every)
    parameters = {name: np.asarray(value) for name, value in parameters.items()}
    _require.generator(rng)
    identity = None
    if checkpoint is not None:
        identity = _Identity(parameters, rng, settings or {}, None if monitor is None else every, record_start)
    done, records = 0, []
    if checkpoint is not None and os.path.exists(checkpoint):
        done, parameters, records = _resume(checkpoint, identity, steps, rng)
    elif monitor is not None and record_start:
        records = [(0, np.asarray(monitor(parameters)))]
    with shown(progress, steps, unit, done) as report:
        for number in range(done, steps):
            parameters = {name: np.asarray(value) for name, value in step(number, parameters, rng).items()}
            done = number + 1
            if monitor is not None and (done % every == 0 or done == steps):
                records.append((done, _like(records, np.asarray(monitor(parameters)), done)))
            if checkpoint is not None:
                identity.took(number)
                if done % write_every == 0 or done == steps:
                    _checkpoint.save(checkpoint, _stored(identity, done, parameters, records), rng)
            report(done, _brief(records))
    return parameters, dict(step=np.array([at for at, _ in records], dtype=int), watched=np.array([seen for _, seen in records]))


def scheduled(name, setting, number, below=np.inf):
    """Return what a setting is at step `number`: it is one number, or a function of the step's number.

    In the book: chapters 18 and 25.

    Parameters
    ----------
    name : str
    setting : float or callable
    number : int
    below : float, optional

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If it is negative, not finite, or not below `below`.

    Examples
    --------
    >>> scheduled("rate", 0.1, 7), scheduled("rate", lambda number: 1 / number, 4)
    (0.1, 0.25)
    """
    value = float(setting(number) if callable(setting) else setting)
    if not (np.isfinite(value) and 0 <= value < below):
        limit = "" if below == np.inf else f" and below {below:g}"
        where = f" at step {number}" if callable(setting) else ""
        raise ValueError(f"{name} must be finite, not negative{limit}, got {value:g}{where}")
    return value


class _Identity:
    """A digest of all that the steps depend on, and one of the pace: the values of the settings that change, step by step."""

    def __init__(self, parameters, rng, settings, *how):
        self.functions = {name: setting for name, setting in sorted(settings.items()) if callable(setting)}
        constant = {name: setting for name, setting in sorted(settings.items()) if not callable(setting)}
        state = json.dumps(rng.bit_generator.state, default=lambda array: array.tolist())
        beginning = [list(self.functions), list(constant.items()), sorted(parameters.items()), state, how]
        self.beginning = hashlib.sha256(_told(beginning)).hexdigest()
        self.pace = hashlib.sha256()

    def took(self, number):
        self.pace.update(_told([float(function(number)) for function in self.functions.values()]))


def _told(value):
    """A value as bytes: the same for equal values, others for others."""
    if value is None or isinstance(value, (str, bool, np.bool_)):
        return f"{value!r};".encode()
    if isinstance(value, (int, float, np.integer, np.floating)):
        return f"{float(value)!r};".encode()
    if isinstance(value, (list, tuple)):
        return b"[" + b"".join(_told(part) for part in value) + b"]"
    array = np.asarray(value)
    if array.dtype.hasobject:
        raise TypeError(f"settings are numbers, strings, arrays and functions, got {type(value).__name__}")
    return f"{array.dtype} {array.shape} {hashlib.sha256(array.tobytes()).hexdigest()};".encode()


def _stored(identity, done, parameters, records):
    stored = {f"parameter {name}": value for name, value in parameters.items()}
    stored |= dict(at=np.array([at for at, _ in records], dtype=int), watched=np.array([seen for _, seen in records]))
    return stored | dict(identity=identity.beginning, pace=identity.pace.hexdigest(), done=done)


def _resume(path, identity, steps, rng):
    stored, then = _checkpoint.load(path)
    if str(stored.pop("identity", None)) != identity.beginning:
        raise ValueError(f"{path} belongs to another training (other data, parameters, settings or seed, or recorded otherwise); "
                         "remove it or name another file")
    done = int(stored.pop("done"))
    if done > steps:
        raise ValueError(f"{path} stands at step {done}, further than the {steps} steps asked for")
    for number in range(done):
        identity.took(number)
    if str(stored.pop("pace")) != identity.pace.hexdigest():
        raise ValueError(f"{path} belongs to another training: {' or '.join(identity.functions)} had other values in its {done} "
                         "steps; remove it or name another file")
    rng.bit_generator.state = then.bit_generator.state
    records = list(zip(stored.pop("at").tolist(), stored.pop("watched"), strict=True))
    return done, {key.removeprefix("parameter "): value for key, value in stored.items()}, records


def _like(records, seen, done):
    """What `monitor` returned, of the shape that it returned before."""
    if records and seen.shape != records[0][1].shape:
        before = records[0][1].shape
        raise ValueError(f"monitor must return numbers of one shape, got {seen.shape} after step {done} and {before} before")
    return seen


def _brief(records):
    """The last record in a few digits, if it is short."""
    last = np.atleast_1d(records[-1][1]) if records else np.empty(0)
    return " ".join(f"{value:.4g}" for value in last) if last.ndim == 1 and last.size <= 4 and last.dtype.kind in "biuf" else ""
