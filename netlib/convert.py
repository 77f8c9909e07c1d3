r"""0/1 units and ±1 spins: the same network in two languages, translated exactly.

Put :math:`s_i = 2 v_i - 1` into the energy of spins and sort by powers of :math:`v`:

.. math::

   -\tfrac12 s^\mathsf{T} W s - b^\mathsf{T} s
   = -\tfrac12 v^\mathsf{T} (4W)\, v - \bigl(2b - 2W\mathbf 1\bigr)^\mathsf{T} v
   + \underbrace{\textstyle\sum_i b_i - \tfrac12 \sum_{ij} W_{ij}}_{\text{offset}} .

Weights are multiplied by four, biases change by the *row sums of the weights*, and a constant is left over. So 0/1 and ±1 are not
the same without the biases: a network of spins without a field is a network of units with a bias on each. The constant moves no
probability, but it does move the energy, and with it :math:`\ln Z`. All functions here return it, always in the same direction:

.. math::

   E_\text{spins}(s) = E_\text{units}(v) + \text{offset}, \qquad
   \ln Z_\text{spins} = \ln Z_\text{units} - \beta\,\text{offset}.
"""

from dataclasses import replace

import numpy as np

from netlib import _require
from netlib.network import SPINS, UNITS, Network


def to_units(network):
    """Return the same network with 0/1 units.

    In the book: chapter 11.

    Parameters
    ----------
    network : Network
        Of ±1 spins.

    Returns
    -------
    network : Network
        With the same blocks and rule.
    offset : float
        E_spins(s) = E_units(v) + offset for every state.

    Raises
    ------
    ValueError
        If the network has 0/1 units already.

    Examples
    --------
    Two spins that like to agree: as units they like to be on together, and dislike to be on at all.

    >>> network, offset = to_units(Network([[0, 1], [1, 0]]))
    >>> network.weights.tolist(), network.biases.tolist(), offset
    ([[0.0, 4.0], [4.0, 0.0]], [-2.0, -2.0], -1.0)
    """
    weights, biases = _parts(network, SPINS)
    units = replace(network, weights=4 * weights, biases=2 * biases - 2 * weights.sum(axis=1), alphabet=UNITS)
    return units, float(biases.sum() - weights.sum() / 2)


def to_spins(network):
    """Return the same network with ±1 spins.

    In the book: chapter 11.

    Parameters
    ----------
    network : Network
        Of 0/1 units.

    Returns
    -------
    network : Network
        With the same blocks and rule.
    offset : float
        E_spins(s) = E_units(v) + offset for every state: the direction is that of `to_units`.

    Raises
    ------
    ValueError
        If the network has ±1 spins already.

    Examples
    --------
    >>> network, offset = to_spins(Network([[0, 4], [4, 0]], biases=[-2, -2], alphabet=UNITS))
    >>> network.weights.tolist(), network.biases.tolist(), offset
    ([[0.0, 1.0], [1.0, 0.0]], [0.0, 0.0], -1.0)
    """
    weights, biases = _parts(network, UNITS)
    spins = replace(network, weights=weights / 4, biases=biases / 2 + weights.sum(axis=1) / 4, alphabet=SPINS)
    return spins, float(biases.sum() / 2 + weights.sum() / 8)


def state_to_units(spins):
    """Return v = (s + 1) / 2.

    In the book: chapter 11.

    Examples
    --------
    >>> state_to_units([-1, 1]).tolist()
    [0, 1]
    """
    return (_require.in_alphabet("spins", spins, SPINS) > 0).astype(np.int8)


def state_to_spins(units):
    """Return s = 2v − 1.

    In the book: chapter 11.

    Examples
    --------
    >>> state_to_spins([0, 1]).tolist()
    [-1, 1]
    """
    return (2 * _require.in_alphabet("units", units, UNITS).astype(np.int8) - 1).astype(np.int8)


def _parts(network, alphabet):
    if not isinstance(network, Network):
        raise TypeError(f"network must be a Network, got {type(network).__name__}")
    if network.alphabet != alphabet:
        raise ValueError(f"network must have the alphabet {alphabet}, got {network.alphabet}")
    return network.weights, network.biases
