"""Prediction metrics against closed forms and scikit-learn; the bootstrap against theory."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from tfbs.benchmark.evaluation.bootstrap import mean_samples, ranking_samples
from tfbs.benchmark.evaluation.prediction import (
    auroc,
    average_precision,
    mean_over_targets,
    measure_prediction,
)

REFERENCE = Path(__file__).parents[3] / "shared/data/metric-reference-gm12878"


def test_a_constant_scorer_gets_a_half_and_the_prevalence():
    label = np.r_[np.ones(10), np.zeros(990)]
    assert auroc(label, np.zeros(1000)) == pytest.approx(0.5)
    assert average_precision(label, np.zeros(1000)) == pytest.approx(0.01)


@given(st.integers(0, 10_000))
def test_metrics_do_not_depend_on_the_order_of_examples_nor_on_the_scale(seed):
    rng = np.random.default_rng(seed)
    label = np.r_[1, 0, rng.integers(0, 2, 30)]
    score = rng.normal(size=32).round(1)
    order = rng.permutation(32)
    for metric in (auroc, average_precision):
        value = metric(label, score)
        assert 0 <= value <= 1
        assert metric(label[order], 3 * score[order] + 1) == pytest.approx(value)
    assert auroc(label, -score) == pytest.approx(1 - auroc(label, score))


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference data are not here")
@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("gkmsvm_t2_l10_k6_d3_t16_x5", 0.9390508834427328),
        ("gkmsvm_t3_l10_k6_d3_c10_g2_t16_x5", 0.9432129964790918),
    ],
)
def test_published_areas_are_reached_to_the_last_digit(name, published):
    with gzip.open(REFERENCE / f"{name}.cvpred.txt.gz", "rt") as lines:
        table = np.array([line.split()[1:3] for line in lines], "float64")
    assert auroc(table[:, 1] > 0, table[:, 0]) == pytest.approx(published, abs=1e-15)


def test_the_bootstrap_resamples_the_real_metrics():
    """Multiplicities with scikit-learn's sample weights give the same numbers."""
    rng = np.random.default_rng(0)
    label = rng.integers(0, 2, 60)
    score = (label + rng.normal(size=60)).round(1)  # with ties
    ours = ranking_samples(label, score, seed=3, num_resamples=20)
    again = np.random.default_rng(3)
    positive = label[np.argsort(-score, kind="stable")] == 1
    sorted_score = np.sort(score)[::-1]
    weights = np.zeros((20, 60))
    for member in (positive, ~positive):
        draws = again.integers(0, member.sum(), (20, member.sum()))
        for row, draw in enumerate(draws):
            weights[row, member] = np.bincount(draw, minlength=member.sum())
    for row in range(20):
        assert weights[row, positive].sum() == positive.sum()  # stratified
        expected = roc_auc_score(positive, sorted_score, sample_weight=weights[row])
        assert ours["auroc"][row] == pytest.approx(expected)
        expected = average_precision_score(positive, sorted_score, sample_weight=weights[row])
        assert ours["average_precision"][row] == pytest.approx(expected)


def test_the_spread_of_a_random_auroc_is_that_of_the_u_statistic():
    """For scores without signal the standard error is sqrt((p + n + 1) / (12 p n))."""
    rng = np.random.default_rng(1)
    label = np.r_[np.ones(300), np.zeros(500)]
    samples = ranking_samples(label, rng.normal(size=800), seed=0, num_resamples=2000)
    assert samples["auroc"].std() == pytest.approx(np.sqrt(801 / (12 * 300 * 500)), rel=0.08)


def test_a_bootstrapped_mean_has_the_standard_error_of_the_mean_and_leaves_nan_out():
    values = np.r_[np.random.default_rng(0).normal(size=400), np.nan]
    samples = mean_samples(values, seed=0, num_resamples=4000)
    assert samples.mean() == pytest.approx(np.nanmean(values), abs=5e-3)
    assert samples.std() == pytest.approx(np.nanstd(values) / 20, rel=0.05)


def by_name(measured, name, target):
    (found,) = [m for m in measured if m.name == name and m.target == target]
    return found


def test_each_target_and_the_mean_are_measured_with_intervals_around_the_value():
    rng = np.random.default_rng(0)
    label = rng.integers(0, 2, (200, 2)).astype("int8")
    logit = label + rng.normal(size=(200, 2))
    measured = measure_prediction(label, logit, ("a", "b"), seed=0)
    assert len(measured) == 6
    for m in measured:
        assert m.interval[0] < m.value < m.interval[1]
    values = [by_name(measured, "auroc", target).value for target in ("a", "b")]
    assert by_name(measured, "auroc", "mean").value == pytest.approx(np.mean(values))


def test_the_interval_of_a_wholly_wrong_ranking_holds_its_value():
    label = (np.arange(100) < 50).astype("int8")[:, None]
    for m in measure_prediction(label, np.arange(100.0)[:, None], ("a",), seed=0):
        assert m.interval[0] <= m.value <= m.interval[1]


def test_unknown_labels_are_left_out():
    label = np.array([[1], [0]] * 30 + [[-1]] * 40, "int8")
    logit = np.r_[np.tile([[1.0], [0.0]], (30, 1)), np.full((40, 1), 9.0)]
    m = by_name(measure_prediction(label, logit, ("a",), seed=0), "auroc", "a")
    assert (m.value, m.n, m.positives) == (1.0, 60, 30)


def test_one_class_is_undefined_with_a_reason_and_few_positives_have_no_interval():
    label = np.zeros((100, 2), "int8")
    label[:5, 1] = 1
    logit = np.random.default_rng(0).normal(size=(100, 2))
    measured = measure_prediction(label, logit, ("none", "few"), seed=0)
    none, few = (by_name(measured, "auroc", target) for target in ("none", "few"))
    assert none.value is None and none.undefined_reason == "no positives among 100 known labels"
    assert few.value is not None and few.interval is None
    assert "5 examples of the rarer class, 20 needed" in few.undefined_reason
    mean = by_name(measured, "auroc", "mean")
    assert mean.value == few.value and mean.interval is None and mean.undefined_reason


def test_the_mean_over_no_target_is_nan():
    assert np.isnan(mean_over_targets(auroc, np.zeros((5, 1), "int8"), np.zeros((5, 1))))
