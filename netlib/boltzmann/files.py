"""A trained machine in a file."""

import numpy as np

from netlib import _checkpoint
from netlib.boltzmann.trials import Machines
from netlib.network import Network

KINDS = dict(Network=Network, Machines=Machines)


def save(path, machine):
    """Write a machine, or many, to a file of type npz, all or nothing.

    In the book: chapters 20 and 21.

    Parameters
    ----------
    path : str or path-like
        Written exactly there, whatever its suffix.
    machine : netlib.network.Network or Machines

    Examples
    --------
    >>> import tempfile, os
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(os.path.join(folder, "pair.npz"), Network([[0, 2], [2, 0]], biases=[1, -1]).clamp([1]))
    ...     again = load(os.path.join(folder, "pair.npz"))
    >>> again.weights.tolist(), again.biases.tolist(), again.alphabet, [block.tolist() for block in again.blocks]
    ([[0.0, 2.0], [2.0, 0.0]], [1.0, -1.0], (-1, 1), [[0]])
    """
    kind = type(machine).__name__
    if kind not in KINDS:
        raise TypeError(f"machine must be a Network or Machines, got {kind}")
    rule = dict(rule=machine.rule) if kind == "Network" else {}
    ends = np.cumsum([len(block) for block in machine.blocks], dtype=int)
    _checkpoint.write(path, dict(rule, kind="Boltzmann machine", model=kind, weights=machine.weights, biases=machine.biases,
                                 alphabet=machine.alphabet, units=np.concatenate([np.zeros(0, int), *machine.blocks]), ends=ends))


def load(path):
    """Return the machine that `save` wrote; nothing in the file is executed.

    In the book: chapters 20 and 21.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    netlib.network.Network or Machines

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is cut short, or holds something else.
    """
    stored = _checkpoint.read(path, kind="Boltzmann machine")
    kind, units, ends = KINDS[str(stored.pop("model"))], stored.pop("units"), stored.pop("ends")
    rule = dict(rule=str(stored.pop("rule"))) if "rule" in stored else {}
    blocks = np.split(units, ends)[:-1]
    return kind(stored["weights"], stored["biases"], tuple(stored["alphabet"].tolist()), blocks=blocks, **rule)
