import numpy as np
from statsmodels.stats.multitest import multipletests

from tfbs.benchmark.statistics.difference import Difference
from tfbs.benchmark.statistics.tiers import holm, tie_groups


def test_holm_is_that_of_statsmodels():
    p_values = [0.04, 0.001, 0.5, 0.02, 0.02, 0.9]
    np.testing.assert_allclose(holm(p_values), multipletests(p_values, method="holm")[1])
    assert holm([]).size == 0


def test_groups_are_anchored_on_their_leader():
    values = [0.90, 0.89, 0.88, 0.80]
    error = 0.012 / 1.96

    def difference(first, second):
        return Difference(values[first] - values[second], error)

    # 0.88 ties with 0.89, but its leader 0.90 is separated from it
    assert tie_groups(values, difference) == [1, 1, 2, 3]
    assert tie_groups(values, lambda first, second: None) == [1, 1, 1, 1]


def test_two_copies_share_a_group():
    assert tie_groups(
        [0.5, 0.9, 0.9], lambda a, b: Difference(0.4 if a != b and 0 in (a, b) else 0.0, 0.01)
    ) == [2, 1, 1]
