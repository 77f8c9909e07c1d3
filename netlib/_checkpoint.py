"""A long training writes down where it stands, and later goes on from there bit for bit.

A checkpoint is one npz file: the arrays (parameters, chains, step) and the state of the random generator, as JSON. It is
written beside its final name and then renamed, so that an interrupt leaves the old file or the new one, never half of one.
"""

import json
import os
from pathlib import Path

import numpy as np

from netlib import _require

GENERATOR = "generator_state"


def save(path, arrays, rng):
    """Write `arrays` and the state of `rng` to `path`, all or nothing.

    Parameters
    ----------
    path : str or path-like
        Written exactly there, whatever its suffix.
    arrays : dict of str to array_like
        Numbers, booleans or strings; no objects. What says which training this is belongs here too.
    rng : numpy.random.Generator

    Raises
    ------
    TypeError
        If an array holds Python objects, or `rng` is no generator.
    """
    path = Path(path)
    arrays = {name: np.asarray(value) for name, value in arrays.items()}
    for name, value in arrays.items():
        if value.dtype.hasobject:
            raise TypeError(f"a checkpoint holds numbers and strings, got Python objects in {name!r}")
    if GENERATOR in arrays:
        raise ValueError(f"{GENERATOR!r} is the name that the checkpoint uses itself; choose another")
    state = json.dumps(_require.generator(rng).bit_generator.state, default=_listed)
    half = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(half, "wb") as file:
            np.savez(file, **arrays, **{GENERATOR: np.array(state)})
            file.flush()
            os.fsync(file.fileno())
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)


def load(path):
    """Return what `save` wrote: the arrays, and a generator that goes on with the same random numbers.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    arrays : dict of str to ndarray
    rng : numpy.random.Generator

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is cut short, or is no checkpoint.

    Examples
    --------
    >>> import tempfile, os
    >>> rng = np.random.default_rng(1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(os.path.join(folder, "run.npz"), {"step": 7}, rng)
    ...     arrays, again = load(os.path.join(folder, "run.npz"))
    >>> int(arrays["step"]), again.random() == rng.random()
    (7, True)
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        state = json.loads(str(arrays.pop(GENERATOR)))
        bits = getattr(np.random, state["bit_generator"])()
        bits.state = state
    except FileNotFoundError:
        raise
    except Exception as error:  # a damaged byte surfaces as anything from BadZipFile to NotImplementedError
        raise ValueError(f"{path} is not a whole checkpoint (cut short, or written by something else): {error}") from error
    return arrays, np.random.Generator(bits)


def _listed(value):
    """JSON for the arrays inside some generators' states (Mersenne Twister, Philox)."""
    return value.tolist()
