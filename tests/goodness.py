"""Goodness of fit: the G-test that all tests of samplers use."""

import numpy as np
from scipy.stats import chi2

SIGNIFICANCE = 1e-4


def g_test(counts, p):
    """Return the probability that counts of draws from the law `p` fit it as badly as these, or worse.

    States expected fewer than five times are taken together, for the approximation by χ² is poor for them. A state that cannot
    be, but was drawn, makes the answer 0.

    >>> g_test([50, 50], [0.5, 0.5]), g_test([99, 1], [1.0, 0.0]), g_test([100, 0], [1.0, 0.0])
    (1.0, 0.0, 1.0)
    """
    counts, p = np.asarray(counts), np.asarray(p, dtype=float)
    if counts.shape != p.shape or abs(p.sum() - 1) > 1e-9:
        raise ValueError(f"counts and law must match and the law add up to 1, got {counts.shape}, {p.shape}, {p.sum()}")
    if counts[p == 0].any():
        return 0.0
    expected = p * counts.sum()
    often = expected >= 5
    observed, expected = (np.append(array[often], array[~often].sum()) for array in (counts, expected))
    observed, expected = observed[expected > 0], expected[expected > 0]
    if len(expected) == 1:
        return 1.0
    g = 2 * np.sum(observed * np.log(np.maximum(observed, 1) / expected))
    return float(chi2.sf(g, len(expected) - 1))
