"""Samplers and learning rules for the book: one energy, one sampler, four choices of W.

Import the module that you need: ``from netlib import ising, exact``. The core modules depend on NumPy and SciPy only. Three
modules are the edge: ``plot`` draws, ``explore`` lets the reader experiment, ``check`` answers exercises.
"""

__version__ = "0.1.0"
