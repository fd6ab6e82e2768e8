"""Calibration against scikit-learn and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logit as to_logit
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from tfbs.benchmark.evaluation.calibration import (
    BINS,
    calibration_errors,
    measure_calibration,
    reliability,
)


@pytest.fixture
def case():
    rng = np.random.default_rng(0)
    probability = rng.beta(0.7, 1.3, 500)
    label = (rng.random(500) < probability**2).astype("int8")
    return label[:, None], probability[:, None]


def test_the_error_and_the_curve_are_those_of_scikit_learn(case):
    label, probability = case
    share, mean = calibration_curve(label[:, 0], probability[:, 0], n_bins=BINS)
    found = reliability(label, probability)
    filled = found[:, 2] > 0
    np.testing.assert_allclose(found[filled, 0], mean, rtol=1e-5)
    np.testing.assert_allclose(found[filled, 1], share, rtol=1e-5)
    expected = (found[filled, 2] / 500 * np.abs(share - mean)).sum()
    ones = np.ones((1, 500))
    assert calibration_errors(label[:, 0], probability[:, 0], ones)[0] == pytest.approx(expected)
    measured, _ = measure_calibration(label, {"pgd_0": to_logit(probability)}, 0)
    values = {m.name: m for m in measured}
    assert values["ece_pgd_0"].value == pytest.approx(expected, rel=1e-4)
    assert values["brier_pgd_0"].value == pytest.approx(
        brier_score_loss(label[:, 0], probability[:, 0])
    )
    for m in measured:
        assert m.interval[0] <= m.value <= m.interval[1]


def test_weights_count_examples_as_often_as_they_say(case):
    label, probability = (values[:60, 0] for values in case)
    weights = np.random.default_rng(1).integers(0, 3, (1, 60))
    repeated = np.repeat(np.arange(60), weights[0])
    expected = calibration_errors(
        label[repeated], probability[repeated], np.ones((1, len(repeated)))
    )
    np.testing.assert_allclose(calibration_errors(label, probability, weights), expected)


def test_unknown_labels_are_left_out_and_targets_are_averaged(case):
    label, probability = case
    other = np.full_like(label, -1)
    other[:100] = label[:100]
    both = np.concatenate([label, other], axis=1)
    logit = np.repeat(to_logit(probability), 2, axis=1)
    pair = {m.name: m.value for m in measure_calibration(both, {"pgd_0": logit}, 0)[0]}
    single = [
        measure_calibration(label[:n], {"pgd_0": logit[:n, :1]}, 0)[0][1].value for n in (500, 100)
    ]
    assert pair["brier_pgd_0"] == pytest.approx(np.mean(single))


def test_without_known_labels_it_is_undefined():
    nothing = np.full((3, 1), -1, "int8")
    measured, _ = measure_calibration(nothing, {"pgd_0": np.zeros((3, 1))}, 0)
    assert all(m.value is None and m.undefined_reason for m in measured)
