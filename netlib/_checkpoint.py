"""Arrays in a file, all or nothing: trained machines, and where a long training stands.

Everything is one npz file without pickles, so that reading it executes nothing. It is written beside its final name and then
renamed, so that an interrupt leaves the old file or the new one, never half of one. A checkpoint holds besides its arrays
(parameters, chains, step) the state of the random generator, as JSON.
"""

import json
import os
from pathlib import Path

import numpy as np

from netlib import _require

GENERATOR = "generator_state"


def write(path, arrays):
    """Write `arrays`, a dict of numbers, booleans and strings, to `path`; TypeError if one of them holds Python objects."""
    path = Path(path)
    arrays = {name: np.asarray(value) for name, value in arrays.items()}
    for name, value in arrays.items():
        if value.dtype.hasobject:
            raise TypeError(f"a file holds numbers and strings, got Python objects in {name!r}")
    half = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(half, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)


def read(path, kind):
    """Return what `write` wrote, less its entry "kind", which must be `kind`; ValueError if the file is no such thing."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        found = str(arrays.pop("kind", "something else"))
    except FileNotFoundError:
        raise
    except Exception as error:  # a damaged byte surfaces as anything from BadZipFile to NotImplementedError
        raise ValueError(f"{path} is not a whole {kind} (cut short, or written by something else): {error}") from error
    if found != kind:
        raise ValueError(f"{path} is not a whole {kind}, it holds {found}")
    return arrays


def save(path, arrays, rng):
    """Write a checkpoint: `arrays`, and the state of `rng`."""
    if {GENERATOR, "kind"} & set(arrays):
        raise ValueError(f"{GENERATOR!r} and 'kind' are names that the checkpoint uses itself; choose another")
    state = json.dumps(_require.generator(rng).bit_generator.state, default=lambda array: array.tolist())
    write(path, {**arrays, GENERATOR: state, "kind": "checkpoint"})


def load(path):
    """Return what `save` wrote: the arrays, and a generator that goes on with the same random numbers.

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
    arrays = read(path, kind="checkpoint")
    try:
        state = json.loads(str(arrays.pop(GENERATOR)))
        bits = getattr(np.random, state["bit_generator"])()
        bits.state = state
    except Exception as error:
        raise ValueError(f"{path} is not a whole checkpoint: its generator cannot be read: {error}") from error
    return arrays, np.random.Generator(bits)
