"""Samplers and learning rules for the book: one energy, one sampler, four choices of W.

Import the module that you need: ``from netlib import ising, exact``. The core modules depend on NumPy and SciPy only; ``plot``, ``explore``
and ``check`` are the edge that draws, lets the reader experiment and answers exercises.
"""

__version__ = "0.1.0"
