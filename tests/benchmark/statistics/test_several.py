"""Against published tables, R's documentation and scikit-posthocs."""

import numpy as np
import pytest
import scikit_posthocs
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tfbs.benchmark.statistics.several import SeveralTasks
from tfbs.benchmark.statistics.tiers import tie_groups

# AUC of C4.5, C4.5+m, C4.5+cf and C4.5+m+cf on 14 data sets: Demšar (2006), Table 6,
# which ranks the third before the fourth where both print 0.975.
DEMSAR = SeveralTasks(
    np.array(
        [
            (0.763, 0.768, 0.771, 0.798),
            (0.599, 0.591, 0.590, 0.569),
            (0.954, 0.971, 0.968, 0.967),
            (0.628, 0.661, 0.654, 0.657),
            (0.882, 0.888, 0.886, 0.898),
            (0.936, 0.931, 0.916, 0.931),
            (0.661, 0.668, 0.609, 0.685),
            (0.583, 0.583, 0.563, 0.625),
            (0.775, 0.838, 0.866, 0.875),
            (1.000, 1.000, 1.000, 1.000),
            (0.940, 0.962, 0.965, 0.962),
            (0.619, 0.666, 0.614, 0.669),
            (0.972, 0.981, 0.9751, 0.975),
            (0.957, 0.978, 0.946, 0.970),
        ]
    )
)
# Times to first base of 22 players by three ways to round it, Hollander & Wolfe (1973), as in the
# example of R's friedman.test.
ROUNDING = -np.array(
    [
        (5.40, 5.50, 5.55),
        (5.85, 5.70, 5.75),
        (5.20, 5.60, 5.50),
        (5.55, 5.50, 5.40),
        (5.90, 5.85, 5.70),
        (5.45, 5.55, 5.60),
        (5.40, 5.40, 5.35),
        (5.45, 5.50, 5.35),
        (5.25, 5.15, 5.00),
        (5.85, 5.80, 5.70),
        (5.25, 5.20, 5.10),
        (5.65, 5.55, 5.45),
        (5.60, 5.35, 5.45),
        (5.05, 5.00, 4.95),
        (5.50, 5.50, 5.40),
        (5.45, 5.55, 5.50),
        (5.55, 5.55, 5.35),
        (5.45, 5.50, 5.55),
        (5.50, 5.45, 5.25),
        (5.65, 5.60, 5.40),
        (5.70, 5.65, 5.55),
        (6.30, 6.30, 6.25),
    ]
)


def test_mean_ranks_and_critical_difference_are_those_of_demsar():
    np.testing.assert_allclose(DEMSAR.mean_ranks(), [3.143, 2.000, 2.893, 1.964], atol=5e-4)
    assert DEMSAR.critical_difference() == pytest.approx(1.25, abs=5e-3)


def test_friedman_is_that_of_r():
    """`Friedman chi-squared = 11.143, df = 2, p-value = 0.003805`."""
    found = SeveralTasks(ROUNDING).friedman()
    assert found == pytest.approx((11.143, 0.003805), rel=5e-5)


def test_pairs_are_those_of_scikit_posthocs():
    rng = np.random.default_rng(5)
    scores = np.array([0.9, 0.9, 0.85, 0.845, 0.6]) + rng.normal(0, 0.02, (15, 5))
    expected = scikit_posthocs.posthoc_wilcoxon(list(scores.T), p_adjust="holm").to_numpy()
    np.testing.assert_allclose(SeveralTasks(scores).pairwise(), expected)
    assert tie_groups(list(scores.mean(axis=0)), expected) == [1, 1, 2, 2, 3]


def test_intervals_of_mean_ranks_are_those_of_student_over_tasks():
    low, high = DEMSAR.rank_intervals()[0]
    expected = stats.ttest_1samp(DEMSAR.ranks[:, 0], 0).confidence_interval()
    assert (low, high) == pytest.approx((expected.low, min(4, expected.high)))


def test_a_lead_is_the_paired_test_of_student_over_tasks():
    lead = DEMSAR.lead(3, 0)
    expected = stats.ttest_rel(DEMSAR.scores[:, 3], DEMSAR.scores[:, 0])
    assert lead.p_value == pytest.approx(expected.pvalue)
    assert lead.interval() == pytest.approx(tuple(expected.confidence_interval()))


def test_equal_models_are_not_separated():
    equal = SeveralTasks(np.ones((4, 3)))
    assert (equal.pairwise() == 1).all() and np.isnan(equal.friedman()).all()
    np.testing.assert_array_equal(equal.rank_intervals(), np.full((3, 2), 2.0))


def test_five_tasks_cannot_separate_two_models_whatever_they_say():
    """A sign in all of five tasks has p = 2 / 32."""
    found = SeveralTasks(np.array([[0.9, 0.5], [0.8, 0.1], [0.7, 0.2], [0.9, 0.3], [0.6, 0.25]]))
    assert found.pairwise()[0, 1] == found.smallest_p_value() == pytest.approx(0.0625)


@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(2, 5))
def test_ranks_depend_on_nothing_but_the_order(seed, tasks, models):
    scores = np.random.default_rng(seed).normal(size=(tasks, models)).round(1)
    found, stretched = SeveralTasks(scores), SeveralTasks(np.exp(scores))
    np.testing.assert_array_equal(found.ranks, stretched.ranks)
    assert found.mean_ranks().sum() == pytest.approx(models * (models + 1) / 2)


@pytest.mark.parametrize(
    ("scores", "message"),
    [([[1.0, np.nan], [1.0, 2.0]], "finite score"), ([[1.0, 2.0]], "two tasks")],
)
def test_scores_that_are_missing_are_refused(scores, message):
    with pytest.raises(ValueError, match=message):
        SeveralTasks(np.array(scores))
