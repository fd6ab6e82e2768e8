"""Tests of one difference against SciPy's and their closed forms."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import ttost_ind

from tfbs.benchmark.statistics.difference import Difference
from tfbs.benchmark.statistics.seeds import SeedMean, difference_of_means

FIRST, SECOND = (0.90, 0.93, 0.91, 0.94), (0.88, 0.87, 0.92)


def test_without_examples_it_is_the_test_of_welch():
    found = difference_of_means(SeedMean(FIRST), SeedMean(SECOND))
    welch = stats.ttest_ind(FIRST, SECOND, equal_var=False)
    assert found.p_value == pytest.approx(welch.pvalue)
    assert found.interval() == pytest.approx(tuple(welch.confidence_interval()))


def test_equivalence_is_two_one_sided_tests():
    found = difference_of_means(SeedMean(FIRST), SeedMean(SECOND))
    expected, *_ = ttost_ind(FIRST, SECOND, -0.1, 0.1, usevar="unequal")
    assert found.equivalence(0.1) == pytest.approx(expected)


def test_examples_add_to_the_error_and_to_the_degrees_of_freedom():
    seeds = difference_of_means(SeedMean(FIRST), SeedMean(SECOND))
    both = difference_of_means(SeedMean(FIRST, 0.01), SeedMean(SECOND, 0.02))
    paired = difference_of_means(SeedMean(FIRST, 0.01), SeedMean(SECOND, 0.02), 0.001)
    assert both.error**2 == pytest.approx(seeds.error**2 + 0.03)
    assert paired.error**2 == pytest.approx(seeds.error**2 + 0.001)
    assert seeds.freedom < paired.freedom < both.freedom


@pytest.mark.parametrize(
    ("value", "error", "verdict"),
    [
        (0.05, 0.01, "higher"),
        (-0.05, 0.01, "lower"),
        (0.001, 0.002, "equivalent"),
        (0.001, 0.02, "undecided"),
        (0.0, 0.0, "equivalent"),
    ],
)
def test_verdicts(value, error, verdict):
    assert Difference(value, error).verdict(margin=0.01) == verdict


def test_the_resolvable_difference_is_found_in_four_of_five_cases():
    difference = Difference(0.0, 0.3)
    drawn = np.random.default_rng(0).normal(difference.resolvable(), 0.3, 20_000)
    found = [Difference(float(value), 0.3).p_value < 0.05 for value in drawn]
    assert np.mean(found) == pytest.approx(0.8, abs=0.01)


def test_a_single_seed_gives_no_difference():
    with pytest.raises(ValueError, match="more than one of each"):
        difference_of_means(SeedMean((0.9,)), SeedMean(FIRST))
