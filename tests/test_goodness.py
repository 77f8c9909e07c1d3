"""The helper of the statistical tests: a right law passes as often as it should, wrong ones do not."""

import numpy as np
import pytest
from goodness import SIGNIFICANCE, g_test


def test_the_p_value_is_uniform_where_the_law_is_right():
    rng = np.random.default_rng(1)
    law = np.array([0.5, 0.3, 0.15, 0.04, 0.009, 0.001])  # the last is expected twice, fewer than five times
    values = np.array([g_test(rng.multinomial(2000, law), law) for _ in range(4000)])
    for level in (0.01, 0.1, 0.5):
        assert abs((values < level).mean() - level) < 4 * np.sqrt(level * (1 - level) / 4000) + 0.1 * level


def test_a_law_that_is_a_little_wrong_fails():
    rng = np.random.default_rng(2)
    law = np.full(8, 1 / 8)
    wrong = law + 0.01 * np.array([1, -1] * 4)
    assert g_test(rng.multinomial(20000, wrong), law) < SIGNIFICANCE
    assert g_test([99, 1], [1.0, 0.0]) == 0, "what cannot be, was drawn"
    assert g_test([100, 0], [1.0, 0.0]) == 1


@pytest.mark.parametrize(("counts", "law"), [([1, 2], [0.5, 0.3]), ([1, 2, 3], [0.5, 0.5])])
def test_what_is_no_law_for_these_counts_is_refused(counts, law):
    with pytest.raises(ValueError, match="counts and law must match"):
        g_test(counts, law)
