"""Attribution and its scores, on models whose gradient is known."""

from __future__ import annotations

import re
from importlib import resources

import keras
import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from tfbs.benchmark.evaluation.interpretability import (
    TRUTH_RULES,
    measure_interpretability,
    position_areas,
    scaled,
    score_attribution,
    signal_to_noise,
)
from tfbs.benchmark.explain import ATTRIBUTIONS
from tfbs.datasets import alphabet, synthetic_grammar
from tfbs.datasets.synthetic_grammar.composition import Law
from tfbs.datasets.synthetic_grammar.law import draw_grammar

LENGTH = 30


@pytest.fixture
def linear_model() -> keras.Model:
    """Logits linear in the one-hot input, with kernel `weights`."""
    sequence = keras.Input((LENGTH, 4))
    outputs = keras.layers.Dense(2)(keras.layers.Flatten()(sequence))
    model = keras.Model(sequence, outputs)
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=(4 * LENGTH, 2)), rng.normal(size=2)])
    return model


def one_hot(n: int) -> np.ndarray:
    return np.eye(4, dtype="float32")[np.random.default_rng(1).integers(0, 4, (n, LENGTH))]


@pytest.mark.parametrize("target", [0, 1])
def test_the_saliency_of_a_linear_model_is_its_kernel(linear_model, target):
    kernel = linear_model.get_weights()[0][:, target].reshape(LENGTH, 4)
    sequence = one_hot(5)
    maps = ATTRIBUTIONS["saliency"](linear_model, sequence, target)
    np.testing.assert_allclose(maps, np.repeat(kernel[None], 5, axis=0), rtol=1e-6)
    corrected = ATTRIBUTIONS["saliency_corrected"](linear_model, sequence, target)
    expected = kernel - kernel.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(corrected[0], expected, atol=1e-6)


def test_position_areas_equal_scikit_learn():
    rng = np.random.default_rng(0)
    for _ in range(50):
        truth = np.r_[True, False, rng.random(40) < 0.3]
        score = rng.normal(size=42).round(1)  # with ties
        assert position_areas(truth, score) == pytest.approx(
            (roc_auc_score(truth, score), average_precision_score(truth, score))
        )


def test_a_sequence_without_both_kinds_of_positions_has_no_area():
    assert np.isnan(position_areas(np.ones(5, bool), np.arange(5.0))).all()


def test_a_map_without_information_gets_chance():
    truth = np.arange(50) < 10
    assert position_areas(truth, np.zeros(50)) == pytest.approx((0.5, 0.2))


def test_the_truth_itself_scores_one_and_its_opposite_zero():
    information = np.zeros((6, LENGTH), "float32")
    information[:, 5:12] = 1.5
    sequence = one_hot(6)
    perfect = information[..., None] * sequence
    for sign, area in ((1, 1.0), (-1, 0.0)):
        for m in score_attribution("saliency", sign * perfect, sequence, information, seed=0):
            if "auroc" in m.name:
                assert m.value == pytest.approx(area)


def test_the_tfomics_rule_leaves_weak_motif_positions_out():
    """Positions between background and 0.1 bits count for Koo & Ploenzke only."""
    information = np.zeros((1, LENGTH), "float32")
    information[0, :5], information[0, 5:10] = 1.0, 0.05
    sequence = one_hot(1)
    score = np.zeros(LENGTH)
    score[:5] = 1.0
    measured = {
        m.name: m.value
        for m in score_attribution(
            "saliency", score[None, :, None] * sequence, sequence, information, seed=0
        )
    }
    assert measured["attribution_auroc_saliency_tfomics"] == 1.0
    # half of the ten important positions tie with the 20 background ones
    assert measured["attribution_auroc_saliency"] == pytest.approx(0.75)


def test_chance_is_reported_beside_the_scores(linear_model):
    information = np.zeros((8, LENGTH), "float32")
    information[:, :6] = 2
    measured, maps = measure_interpretability(linear_model, one_hot(8), information, seed=0)
    values = {m.name: m.value for m in measured}
    for suffix in TRUTH_RULES:
        assert values[f"attribution_aupr_chance{suffix}"] == pytest.approx(0.2)
    assert maps["attribution_saliency"].dtype == np.float16


def test_mutagenesis_is_also_scored_by_the_size_of_its_effects():
    rng = np.random.default_rng(0)
    sequence = one_hot(6)
    information = np.zeros((6, LENGTH), "float32")
    information[:, 10:16] = 2
    change = rng.normal(size=(6, LENGTH, 4)) * (1 + 50 * (information > 0))[..., None]
    change *= 1 - sequence
    maps = change - change.mean(axis=2, keepdims=True)
    scored = score_attribution("ism", maps, sequence, information, seed=0)
    measured = {m.name: m.value for m in scored}
    areas = [
        position_areas(truth > 0, score)[0]
        for truth, score in zip(information, np.linalg.norm(change, axis=2), strict=True)
    ]
    assert measured["attribution_auroc_ism_norm"] == pytest.approx(np.mean(areas), abs=1e-6)
    assert measured["attribution_auroc_ism_norm"] > measured["attribution_auroc_ism"]


def test_signal_is_compared_with_the_noisiest_background():
    information = np.zeros((2, 40), "float32")
    information[:, :4] = 2
    scores = np.zeros((2, 40))
    scores[0, :4] = [4, 8, -2, 2]  # mean 3
    scores[0, 4:16] = [1.5] * 5 + [0.5] * 5 + [0.1] * 2  # ten largest: mean 1
    scores[1, 4:13] = 1  # nine are too few
    np.testing.assert_allclose(signal_to_noise(scores, information), [3, 0])


def test_scaling_a_map_keeps_zero_maps_zero():
    maps = np.zeros((2, 3, 4))
    maps[1, 0, 0] = -400.0
    assert scaled(maps)[0].max() == 0 and scaled(maps)[1].min() == -1


def test_the_exact_importance_scores_what_the_card_of_the_grammar_says():
    card = resources.files(synthetic_grammar).joinpath("README.md").read_text(encoding="utf-8")
    stated = re.search(r"attribution AUROC of ([\d.]+) and an attribution AUPR of\s([\d.]+)", card)
    drawn = draw_grammar(Law(), 400, (3,))
    bound = drawn.label == 1
    attribution = drawn.importance[bound]
    attribution = attribution - attribution.mean(axis=2, keepdims=True)
    found = {
        measured.name: measured.value
        for measured in score_attribution(
            "ism",
            attribution,
            alphabet.one_hot(drawn.sequence[bound]),
            drawn.information[bound],
            seed=0,
        )
    }
    assert found["attribution_auroc_ism"] == pytest.approx(float(stated[1]), abs=0.01)
    assert found["attribution_aupr_ism"] == pytest.approx(float(stated[2]), abs=0.03)
