"""The attack on explanations, and how alike maps stay."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.special import expit

from tfbs.benchmark.attacks.map_attack import KEPT, attack_maps, level_step, smooth_copy, soft_relu
from tfbs.benchmark.evaluation.explanation_stability import measure_stability
from tfbs.benchmark.evaluation.gradient_angle import simplex_angles
from tfbs.benchmark.explain.attribution import InputGradient
from tfbs.benchmark.explain.similarity import corrected, map_cosine
from tfbs.benchmark.protocol import Stress
from tfbs.benchmark.training.ensemble import mean_of


@pytest.mark.parametrize("activation", ["relu", "exponential"])
def test_the_map_moves_further_than_by_noise_and_the_prediction_stays(
    small_network, examples_of, activation
):
    model = small_network(activation)
    examples = examples_of(model)
    sequence, bound = examples.sequence, np.ones_like(examples.label)
    found = attack_maps(model, sequence, bound, 0.1, 10, 0)
    assert np.abs(found - sequence).max() <= 0.1 + 1e-6
    change = expit(model(found).numpy()) - expit(model(sequence).numpy())
    assert np.abs(change).max() <= KEPT + 1e-5
    gradient = InputGradient(model)
    before = corrected(gradient(sequence))
    attacked = 1 - map_cosine(before, corrected(gradient(found)))
    rng = np.random.default_rng(0)
    signs = rng.choice([-1.0, 1.0], (11, 60, 12, 4)).astype("float32")
    noisy = [1 - map_cosine(before, corrected(gradient(sequence + 0.1 * s))) for s in signs]
    assert attacked.mean() > 1.5 * np.mean(noisy)


def test_the_map_of_a_linear_model_cannot_be_moved(linear_network, examples_of):
    model = linear_network()
    examples = examples_of(model)
    measured = {m.name: m.value for m in measure_stability(examples, Stress(map_steps=3))}
    assert measured["attribution_similarity_map_attack_saliency"] == pytest.approx(1)
    assert measured["attribution_similarity_background_saliency"] is None


def test_the_step_is_the_optimum_of_its_linear_programme():
    rng = np.random.default_rng(0)
    gain, slope = rng.normal(size=(2, 6, 30))
    change = rng.normal(size=6)
    found = level_step(gain, slope, change)
    assert np.abs(found).max() == 1
    reached = (slope * found).sum(axis=1)
    np.testing.assert_allclose(reached, change, atol=np.abs(slope).max())
    for row in range(6):
        best = linprog(
            -gain[row], A_eq=slope[row][None], b_eq=[reached[row]], bounds=[(-1, 1)] * 30
        )
        assert gain[row] @ found[row] == pytest.approx(-best.fun, abs=1e-6)


def test_the_copy_has_second_derivatives_and_nearly_the_same_outputs(small_network, examples_of):
    model = small_network("relu")
    sequence = examples_of(model).sequence
    copy = smooth_copy(model)
    assert not any(
        getattr(layer, "activation", None) is keras.activations.relu for layer in copy.layers
    )
    assert all(
        layer.activation is keras.activations.relu for layer in model.layers[1:-2:2]
    )  # the model itself keeps its own
    np.testing.assert_allclose(copy(sequence), model(sequence), atol=1)
    assert np.corrcoef(copy(sequence)[:, 0], model(sequence)[:, 0])[0, 1] > 0.99


def test_the_members_of_an_ensemble_are_smoothed_too(small_network, examples_of):
    model = mean_of([small_network("relu"), small_network("relu")])
    sequence = examples_of(model).sequence
    copy = smooth_copy(model)
    inner = [layer for member in copy.layers for layer in getattr(member, "layers", [])]
    kinds = [layer.activation for layer in inner if hasattr(layer, "activation")]
    assert soft_relu in kinds and keras.activations.relu not in kinds
    assert np.corrcoef(copy(sequence)[:, 0], model(sequence)[:, 0])[0, 1] > 0.99


def test_maps_too_small_for_a_length_are_not_alike():
    tiny = np.full((1, 5, 4), 1e-30, "float32") * np.array([1, -1, 1, -1], "float32")
    assert map_cosine(tiny, tiny) == 0


def test_maps_of_other_surroundings_are_compared_where_no_letter_changed(
    linear_network, examples_of
):
    examples = examples_of(linear_network(), silent=np.ones((60, 12), bool))
    measured = {m.name: m for m in measure_stability(examples, Stress(map_steps=1))}
    background = measured["attribution_similarity_background_saliency"]
    assert background.value == pytest.approx(1)  # a linear model has one map
    assert measured["attribution_similarity_shift_saliency"].value < 0.9  # which does not shift
    for m in measured.values():
        m.to_json()


def test_a_gradient_along_the_plane_has_angle_0_and_across_it_90():
    gradient = np.array([[1, -1, 0, 0], [1, 1, 1, 1], [-2, -2, -2, -2], [1, 0, 0, 0], [0, 0, 0, 0]])
    expected = [0, 90, -90, 30, np.nan]  # one letter: arcsin(1 / 2)
    np.testing.assert_allclose(simplex_angles(gradient), expected, atol=1e-5)
