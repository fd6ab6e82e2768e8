"""The ceilings against labels drawn again and again, and a scorer that knows the truth."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from tfbs.datasets.ceiling import ceiling, expected_auroc, expected_average_precision


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_the_ceiling_is_what_the_true_logits_score_on_drawn_labels(noise):
    rng = np.random.default_rng(0)
    logit = rng.normal(0, 3, 800)
    chance = noise + (1 - 2 * noise) / (1 + np.exp(-logit))
    draws = rng.random((100, 800)) < chance
    auroc = np.array([roc_auc_score(label, logit) for label in draws])
    precision = np.array([average_precision_score(label, logit) for label in draws])
    for expected, values in (
        (expected_auroc(chance), auroc),
        (expected_average_precision(chance), precision),
    ):
        assert abs(values.mean() - expected) < 4 * values.std() / 100**0.5 + 1e-3


def test_certain_labels_give_the_scorers_own_numbers():
    rng = np.random.default_rng(1)
    label, score = (rng.random(300) < 0.3).astype(float), rng.normal(size=300)
    assert expected_auroc(label, score) == pytest.approx(roc_auc_score(label, score))
    assert expected_average_precision(label, score) == pytest.approx(
        average_precision_score(label, score)
    )
    assert expected_auroc(label, score.round(0)) == pytest.approx(
        roc_auc_score(label, score.round(0))
    )


def test_no_score_beats_the_chance_and_a_constant_gets_one_half():
    rng = np.random.default_rng(2)
    chance = rng.random(200)
    assert expected_auroc(chance) >= expected_auroc(chance, rng.normal(size=200))
    assert expected_auroc(chance, np.zeros(200)) == pytest.approx(0.5)


def test_labels_that_say_nothing_have_their_prevalence_as_ceiling():
    found = ceiling(np.full(500, 0.3))
    assert found == {
        "auroc": 0.5,
        "average_precision": pytest.approx(0.3, abs=0.02),
        "prevalence": 0.3,
    }
    assert np.isnan(expected_auroc(np.zeros(5))) and np.isnan(
        expected_average_precision(np.zeros(5))
    )
