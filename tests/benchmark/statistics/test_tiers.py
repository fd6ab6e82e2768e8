"""Holm's correction against statsmodels, and the groups that follow from it."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from tfbs.benchmark.statistics.tiers import holm, of_all_pairs, tie_groups


def test_holm_is_that_of_statsmodels():
    p_values = [0.04, 0.001, 0.5, 0.02, 0.02, 0.9]
    np.testing.assert_allclose(holm(p_values), multipletests(p_values, method="holm")[1])
    assert holm([]).size == 0


def test_holm_corrects_for_all_pairs():
    """In R: `p.adjust(c(0.01, 0.04, 0.03), "holm")` is 0.03, 0.06, 0.06."""
    given = {(0, 1): 0.01, (0, 2): 0.04, (1, 2): 0.03}
    found = of_all_pairs(3, lambda first, second: given[first, second])
    np.testing.assert_allclose(found, [[1, 0.03, 0.06], [0.03, 1, 0.06], [0.06, 0.06, 1]])
    np.testing.assert_array_equal(of_all_pairs(1, lambda first, second: 0.0), [[1.0]])


def test_groups_are_anchored_on_their_leader():
    p_values = np.array([[1, 0.4, 0.01, 0], [0.4, 1, 0.3, 0], [0.01, 0.3, 1, 0], [0, 0, 0, 1.0]])
    # 0.88 ties with 0.89, but its leader 0.90 is separated from it
    assert tie_groups([0.90, 0.89, 0.88, 0.80], p_values) == [1, 1, 2, 3]
    assert tie_groups([0.90, 0.89, 0.88, 0.80], np.ones((4, 4))) == [1, 1, 1, 1]


def test_two_copies_share_a_group():
    p_values = np.array([[1, 0.001, 0.001], [0.001, 1, 1], [0.001, 1, 1]])
    assert tie_groups([0.5, 0.9, 0.9], p_values) == [2, 1, 1]


@pytest.mark.parametrize("models", [2, 6])
def test_equal_models_are_torn_apart_in_one_of_twenty_cases_at_most(models):
    """Whoever leads was chosen for being best: a correction for its own pairs alone is too weak."""
    rng = np.random.default_rng(3)
    apart = []
    for _ in range(2000):
        values = rng.normal(size=models)

        def p_value(first, second, values=values):
            return 2 * stats.norm.sf(abs(values[first] - values[second]) / np.sqrt(2))

        apart.append(max(tie_groups(list(values), of_all_pairs(models, p_value))) > 1)
    assert np.mean(apart) < 0.05 + 2 * np.sqrt(0.05 * 0.95 / 2000), np.mean(apart)
    assert np.mean(apart) > 0.01
