"""Prediction metrics against closed forms and scikit-learn; the bootstrap against theory."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from tfbs.benchmark.evaluation.bootstrap import mean_samples, ranking_samples
from tfbs.benchmark.evaluation.prediction import (
    auroc,
    average_precision,
    mean_over_targets,
    measure_prediction,
)
from tfbs.benchmark.evaluation.ranking import BASIC, RANKING, ranking_values
from tfbs.benchmark.evaluation.sequence_mean import measure_mean

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


def interpolated(true, false):
    """Trapezoids along precision-recall, every step cut in 2,000."""
    area = 0.0
    for index in np.flatnonzero(np.diff(true) > 0):
        share = np.linspace(1e-9, 1, 2000)
        t = true[index] + share * (true[index + 1] - true[index])
        f = false[index] + share * (false[index + 1] - false[index])
        area += np.trapezoid(t / (t + f), t)
    return area / true[-1]


def weighted(label, score, weights):
    """Every ranking metric by scikit-learn's weights, for one weight per example."""
    false, true, _ = roc_curve(label, score, sample_weight=weights, drop_intermediate=False)
    p, n = weights[label == 1].sum(), weights[label == 0].sum()
    calls = true * p + false * n
    precision = np.divide(true * p, calls, out=np.zeros_like(calls), where=calls > 0)
    average = average_precision_score(label, score, sample_weight=weights)
    half = np.flatnonzero(true >= 0.5 - 1e-12)[0]
    passed = {
        rate: true[precision >= 1 - rate / 100 - 1e-12].max(initial=0) for rate in (5, 10, 25, 50)
    }
    return {
        "auroc": roc_auc_score(label, score, sample_weight=weights),
        "average_precision": average,
        "auprc_interpolated": interpolated(true * p, false * n),
        "lift": average / (p / (p + n)),
        **{f"recall_at_fdr_{rate}": value for rate, value in passed.items()},
        "precision_at_recall_50_prevalence_0.01": true[half]
        * 0.01
        / (true[half] * 0.01 + false[half] * 0.99),
    }


def test_the_bootstrap_resamples_the_real_metrics():
    """Multiplicities with scikit-learn's sample weights give the same numbers."""
    rng = np.random.default_rng(0)
    label = rng.integers(0, 2, 60)
    score = (label + rng.normal(size=60)).round(1)  # with ties
    ours = ranking_samples(label, score, seed=3, num_resamples=20)
    again = np.random.default_rng(3)
    weights = np.zeros((20, 60))
    for member in (label == 1, label == 0):  # stratified
        for row, draw in enumerate(again.integers(0, member.sum(), (20, member.sum()))):
            weights[row, member] = np.bincount(draw, minlength=member.sum())
    for row in range(20):
        for name, value in weighted(label, score, weights[row]).items():
            assert ours[name][row] == pytest.approx(value, abs=1e-5), name


def test_blocks_are_drawn_as_wholes():
    """A resample by block is scikit-learn's metric with the multiplicity of the block."""
    rng = np.random.default_rng(1)
    label, block = rng.integers(0, 2, 80), rng.integers(0, 12, 80)
    score = (label + rng.normal(size=80)).round(1)
    ours = ranking_samples(label, score, seed=5, num_resamples=15, block=block)
    draws = np.random.default_rng(5).integers(0, 12, (15, 12))
    for row, draw in enumerate(draws):
        weights = np.bincount(draw, minlength=12)[block].astype(float)
        for name, value in weighted(label, score, weights).items():
            assert ours[name][row] == pytest.approx(value, abs=1e-5), name


def test_blocks_widen_the_interval_of_correlated_examples():
    """Copies of 50 examples in 50 blocks are known no better than the 50 examples."""
    rng = np.random.default_rng(2)
    label = np.repeat(np.arange(50) % 2, 20)
    score = np.repeat(rng.normal(size=50), 20)
    loose = ranking_samples(label, score, seed=0)["auroc"].std()
    blocks = ranking_samples(label, score, seed=0, block=np.repeat(np.arange(50), 20))["auroc"]
    assert blocks.std() > 3 * loose
    values = mean_samples(score, seed=0, block=np.repeat(np.arange(50), 20))
    assert values.std() == pytest.approx(score.std() / np.sqrt(50), rel=0.1)


@given(st.integers(0, 10_000), st.integers(2, 40))
def test_ranking_values_are_those_of_scikit_learn(seed, n):
    rng = np.random.default_rng(seed)
    label = np.r_[1, 0, rng.random(n) < 0.3].astype(int)
    score = rng.normal(size=n + 2).round(1)
    expected = weighted(label, score, np.ones(n + 2))
    ours = ranking_values(label, score)
    assert ours == pytest.approx(expected, abs=1e-5)
    assert 0 <= ours["recall_at_fdr_5"] <= ours["recall_at_fdr_50"] <= 1


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
    assert len(measured) == 3 * len(RANKING)
    for m in measured:
        assert m.interval[0] <= m.value <= m.interval[1]
        assert m.interval[0] < m.interval[1] or m.name not in BASIC
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


def test_targets_that_are_nearly_one_have_the_interval_of_one():
    """Their luck is shared: the mean of two columns that are equal is as uncertain as each."""
    rng = np.random.default_rng(0)
    label = rng.integers(0, 2, (400, 1)).astype("int8")
    logit = label + rng.normal(size=(400, 1))
    twice = np.repeat(label, 2, axis=1)
    twice[0, 1] = -1
    measured = measure_prediction(twice, np.repeat(logit, 2, axis=1), ("a", "b"), seed=0)
    one, mean = (by_name(measured, "auroc", target) for target in ("a", "mean"))
    widths = [m.interval[1] - m.interval[0] for m in (one, mean)]
    assert widths[1] / widths[0] == pytest.approx(1, abs=0.15)
    assert mean.positives == one.positives


def test_targets_of_their_own_examples_halve_the_variance_of_the_mean():
    rng = np.random.default_rng(0)
    label = np.full((800, 2), -1, "int8")
    label[:400, 0] = label[400:, 1] = rng.integers(0, 2, 400)
    logit = (label == 1) + rng.normal(size=(800, 2))
    measured = measure_prediction(label, logit, ("a", "b"), seed=0)
    widths = [
        np.subtract(*by_name(measured, "auroc", target).interval[::-1])
        for target in ("a", "b", "mean")
    ]
    assert widths[2] == pytest.approx(np.hypot(*widths[:2]) / 2, rel=0.15)


def test_the_interval_of_a_few_things_is_that_of_students_t():
    rng = np.random.default_rng(0)
    values = rng.normal(size=6)
    found = measure_mean("auroc", values, 0, "none")
    half = stats.t.ppf(0.975, 5) * values.std(ddof=1) / np.sqrt(6)
    assert np.subtract(*found.interval[::-1]) / 2 == pytest.approx(half, rel=0.15)
    single = measure_mean("auroc", values[:1], 0, "none")
    assert single.interval is None and single.undefined_reason == "no interval: one sequence"
