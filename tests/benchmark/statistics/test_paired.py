"""The paired bootstrap against scikit-learn with weights."""

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student
from sklearn.metrics import average_precision_score, roc_auc_score

from tfbs.benchmark.evaluation.bootstrap import multiplicities, ranking_samples, stratified
from tfbs.benchmark.evaluation.prediction import (
    MINIMUM_PER_CLASS,
    expanded_tail,
    measure_prediction,
)
from tfbs.benchmark.statistics.delong import delong
from tfbs.benchmark.statistics.examples import example_covariance
from tfbs.benchmark.statistics.paired import paired_samples


def drawn(rng, num, share=0.3, models=2, targets=1, gap=1.0):
    """Labels, and outputs of models that see them through noise of their own and common noise."""
    label = (rng.random((num, targets)) < share).astype(np.int8)
    common = rng.normal(size=(num, targets))
    own = rng.normal(size=(models, num, targets))
    return label, gap * label + common + 0.5 * own


def test_every_draw_is_that_of_scikit_learn_with_weights():
    label, logits = drawn(np.random.default_rng(0), 60)
    weights = stratified(label[:, 0], np.random.default_rng(7), 5)
    for metric, score in (("auroc", roc_auc_score), ("average_precision", average_precision_score)):
        found = paired_samples(metric, label, logits, 7, num_resamples=5)
        expected = [
            [score(label[:, 0], logit[:, 0], sample_weight=draw) for draw in weights]
            for logit in logits
        ]
        np.testing.assert_allclose(found, expected)


def test_targets_and_blocks_are_drawn_together():
    label, logits = drawn(np.random.default_rng(1), 80, targets=3)
    label[:10, 1] = -1
    block = np.arange(80) // 4
    weights = multiplicities(20, np.random.default_rng(3), 4)[:, block]
    found = paired_samples("auroc", label, logits, 3, num_resamples=4, block=block)
    for model, logit in enumerate(logits):
        for index, draw in enumerate(weights):
            values = []
            for target in range(3):
                known = label[:, target] >= 0
                truth, score = label[known, target], logit[known, target]
                values.append(roc_auc_score(truth, score, sample_weight=draw[known]))
            assert found[model, index] == pytest.approx(np.mean(values))


def test_the_bootstrap_and_delong_agree():
    label, logits = drawn(np.random.default_rng(2), 1500)
    exact = example_covariance("auroc", label, logits, 0)
    samples = paired_samples("auroc", label, logits, 0)
    np.testing.assert_allclose(np.cov(samples), exact, rtol=0.15)


def test_one_example_of_a_class_leaves_the_covariance_unknown():
    label = np.array([[1], [0], [0]], np.int8)
    assert np.isnan(example_covariance("auroc", label, np.zeros((2, 3, 1)), 0)).all()


def test_the_tail_of_a_small_sample_is_that_of_hesterberg():
    """Made wider by t quantiles and by the bootstrap's missing n / (n - 1); exact for many."""
    t = 2.093024  # 97.5 % of 19 degrees of freedom, from any table
    assert expanded_tail(20) == pytest.approx(100 * norm.sf(t * np.sqrt(20 / 19)), rel=1e-5)
    assert expanded_tail(10**7) == pytest.approx(2.5, rel=1e-4)


def test_intervals_are_percentiles_further_out_where_a_class_is_small():
    label, logits = drawn(np.random.default_rng(4), 300, share=0.1, models=1)
    rarer = int(label.sum())
    samples = ranking_samples(label[:, 0], logits[0, :, 0], seed=0)["auroc"]
    (found,) = measure_prediction(label, logits[0], ("t",), 0, names=("auroc",))
    t = student.ppf(0.025, rarer - 1) * np.sqrt(rarer / (rarer - 1))
    tail = norm.cdf(t)
    np.testing.assert_allclose(found.interval, np.quantile(samples, [tail, 1 - tail]))
    assert tail < 0.025


@pytest.mark.slow
@pytest.mark.parametrize(("num", "share"), [(200, 0.3), (200, 0.1), (1000, 0.02), (5000, 0.02)])
def test_intervals_of_the_auroc_cover_the_truth(num, share):
    rng = np.random.default_rng(11)
    gap, sets = 1.0, 2000
    truth = norm.cdf(gap / np.sqrt(2 * 1.25))
    inside = []
    while len(inside) < sets:
        label, logits = drawn(rng, num, share, models=1, gap=gap)
        if min(label.sum(), (1 - label).sum()) < MINIMUM_PER_CLASS:
            continue
        found = measure_prediction(label, logits[0], ("t",), len(inside), names=("auroc",))
        low, high = next(m for m in found if m.name == "auroc").interval
        inside.append(low <= truth <= high)
    assert 0.93 <= np.mean(inside) <= 0.97, np.mean(inside)


@pytest.mark.slow
def test_two_models_that_are_equally_good_are_rarely_separated():
    rng = np.random.default_rng(12)
    found = []
    for _ in range(2000):
        label, logits = drawn(rng, 300)
        found.append(delong(label[:, 0], logits[..., 0]).difference(0, 1).p_value < 0.05)
    assert np.mean(found) < 0.06, np.mean(found)
