"""Hessian and attention against pairs of motifs that are known to interact."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from tests.benchmark.probes import by_name
from tests.benchmark.test_planted_pairs import LENGTH, SPANS, probe_of, product_model, rule

from tfbs.benchmark.evaluation.second_order import attention_between, measure_second_order


class Looking(keras.layers.Layer):
    """Attention that always looks from the first motif to the second and back, in pairs."""

    def call(self, inputs, return_attention_scores=False):
        places = np.arange(LENGTH)
        first = (places >= SPANS[0][0]) & (places < SPANS[0][1])
        second = (places >= SPANS[1][0]) & (places < SPANS[1][1])
        weights = first[:, None] & second | second[:, None] & first
        size = keras.ops.shape(inputs)[0]
        tiled = keras.ops.tile(weights[None, None].astype("float32"), (size, 1, 1, 1))
        return (inputs, tiled) if return_attention_scores else inputs


def looking_model() -> keras.Model:
    inputs = keras.Input((LENGTH, 4))
    x = keras.layers.Flatten()(Looking()(inputs))
    return keras.Model(inputs, keras.layers.Dense(1)(x))


@pytest.mark.parametrize("sign", [1, -1])
def test_the_hessian_of_a_model_that_is_the_rule_agrees_with_it_in_sign(sign):
    """Almost: the true interaction is over 64 replacements, the Hessian's over all."""
    found = by_name(measure_second_order(probe_of(product_model(sign), true_logits=rule)))
    correlation = found["interaction_correlation_hessian"]
    assert 0.9 < sign * correlation.value < 1
    assert (correlation.n, correlation.positives) == (36, 12)
    assert found["interaction_auroc_hessian"].undefined_reason == "the true interaction is known"
    assert "no attention layer" in found["interaction_correlation_attention"].undefined_reason


def test_without_a_rule_pairs_are_told_from_pairs_beside_them():
    """One pair in three has a second derivative, or attention; all others tie at none."""
    third = 1 / 3 + 2 / 3 / 2
    found = by_name(measure_second_order(probe_of(product_model())))
    assert found["interaction_auroc_hessian"].value == pytest.approx(third, abs=0.02)
    found = by_name(measure_second_order(probe_of(looking_model())))
    assert found["interaction_auroc_attention"].value == pytest.approx(third, abs=0.06)
    assert found["interaction_auroc_hessian"].value == 0.5  # a linear model has none


def test_a_network_of_straight_pieces_has_no_second_derivative_to_score():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((LENGTH, 4))
    x = keras.layers.Conv1D(4, 7, activation="relu")(inputs)
    x = keras.layers.Dense(3, activation="relu")(keras.layers.GlobalMaxPooling1D()(x))
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    found = by_name(measure_second_order(probe_of(model, true_logits=rule)))
    assert "all equal" in found["interaction_correlation_hessian"].undefined_reason


def test_attention_strength_goes_with_the_size_of_interactions_whatever_their_sign():
    found = by_name(measure_second_order(probe_of(looking_model(), true_logits=rule)))
    assert 0.3 < found["interaction_correlation_attention"].value <= 1


def test_attention_of_a_coarse_layer_is_stretched_and_taken_either_way():
    weights = np.array([[0.0, 0.8], [0.4, 0.0]])  # two positions for eight nucleotides
    found = attention_between(weights, [(0, 2), (6, 8)], 8, np.array([1.5, 5.5]))
    np.testing.assert_allclose(found, [[0, 0.6], [0.6, 0]], atol=1e-6)


def test_second_derivatives_pass_through_recurrence_and_attention():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((LENGTH, 4))
    x = keras.layers.Conv1D(4, 7, activation="tanh", padding="same")(inputs)
    x = keras.layers.MultiHeadAttention(2, 4)(x, x)
    x = keras.layers.Bidirectional(keras.layers.LSTM(3))(keras.layers.MaxPooling1D(4)(x))
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    found = by_name(measure_second_order(probe_of(model, true_logits=rule)))
    for metric in ("interaction_correlation_hessian", "interaction_correlation_attention"):
        assert -1 <= found[metric].value <= 1
