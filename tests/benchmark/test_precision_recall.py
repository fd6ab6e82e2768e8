"""The areas under precision-recall against scikit-learn, a plain walk, and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_auc_score

from tfbs.benchmark.evaluation.precision_recall import Thresholds
from tfbs.benchmark.evaluation.ranking import ranking_values


def example(seed, n=60, decimals=1):
    rng = np.random.default_rng(seed)
    label = np.r_[1, 0, rng.random(n) < 0.3].astype("int8")
    return label, (label + rng.normal(size=n + 2)).round(decimals)


def walk(label, score, parts):
    """Davis and Goadrich's points, joined by straight lines, every positive in so many parts."""
    points = []
    true = false = 0.0
    for threshold in np.unique(score)[::-1]:
        chosen = score == threshold
        hits, ties = label[chosen].sum(), (label[chosen] == 0).sum()
        if hits and true + false > 0:
            points.append((true, true / (true + false)))
        for step in range(1, hits * parts + 1):
            t = true + step / parts
            points.append((t, t / (t + false + ties * step / (hits * parts))))
        true, false = true + hits, false + ties
    if points[0][0] > 0:
        points.insert(0, (0.0, points[0][1]))
    recall, precision = np.array(points).T
    return np.trapezoid(precision, recall / label.sum())


@given(st.integers(0, 10_000), st.sampled_from([0, 1, 6]))
def test_the_areas_are_those_of_scikit_learn_and_of_a_walk(seed, decimals):
    label, score = example(seed, decimals=decimals)
    found = Thresholds.of(label, score)
    assert found.auroc() == pytest.approx(roc_auc_score(label, score))
    assert found.average_precision() == pytest.approx(average_precision_score(label, score))
    precision, recall, _ = precision_recall_curve(label, score)
    assert found.trapezoid() == pytest.approx(auc(recall, precision))
    assert found.interpolated() == pytest.approx(walk(label, score, 1))
    assert found.integral() == pytest.approx(walk(label, score, 200), abs=2e-3)
    ours = ranking_values(label, score)
    assert ours["auprc_interpolated"] == pytest.approx(found.integral())
    for rate in (5, 10, 25, 50):
        assert found.recall_at_fdr(rate / 100) == pytest.approx(ours[f"recall_at_fdr_{rate}"])


def test_equal_scores_have_the_precision_of_chance_everywhere():
    found = Thresholds.of(np.r_[np.ones(5), np.zeros(95)].astype("int8"), np.zeros(100))
    assert found.interpolated() == pytest.approx(0.05)
    assert found.integral() == pytest.approx(0.05)
    assert found.average_precision() == pytest.approx(0.05)
    assert found.trapezoid() == pytest.approx((1 + 0.05) / 2)  # what ties are worth to it


def test_a_tie_behind_a_lead_is_the_closed_form():
    """One true, then 4 true among 12: t / (t + 2 (t - 1)) from 1 to 5."""
    label = np.array([1, *[1] * 4, *[0] * 8], "int8")
    score = np.array([9.0, *[5.0] * 12])
    found = Thresholds.of(label, score)
    expected = (1 + (5 - 1) / 3 + 2 / 9 * np.log((3 * 5 - 2) / (3 * 1 - 2))) / 5
    assert found.integral() == pytest.approx(expected)
    points = [t / (3 * t - 2) for t in range(1, 6)]
    assert found.interpolated() == pytest.approx((1 + np.trapezoid(points)) / 5)


def test_zeroed_and_rounded_scores_order_the_areas_as_reported_for_the_challenge():
    """With distinct scores all agree; ties lower average precision most, and raise the trapezoid.

    The report gives .2813 for all, then .2738, .2818, .2750 with 97 % zeros, and .2348, .2831,
    .2665 at ten levels, on two million bins of another draw.
    """
    rng = np.random.default_rng(0)
    label = (rng.random(400_000) < 0.0025).astype("int8")
    score = rng.normal(size=len(label)) + 2.5 * label

    def areas(values):
        found = Thresholds.of(label, values)
        return found.average_precision(), found.interpolated(), found.trapezoid()

    np.testing.assert_allclose(areas(score), areas(score)[0], atol=1e-3)
    zeroed = np.where(score >= np.quantile(score, 0.97), score, 0)
    levels = np.digitize(score, np.quantile(score, [0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995]))
    for tied in (zeroed, levels.astype(float)):
        average, interpolated, trapezoid = areas(tied)
        assert average < interpolated < areas(score)[0] + 2e-3 < trapezoid + 3e-3
    assert areas(levels.astype(float))[1] - areas(levels.astype(float))[0] > 0.005
