"""Gates that models with dumb gradients must fail and honest ones pass."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from tfbs.benchmark.attacks.black_box import random_search
from tfbs.benchmark.attacks.margin import margins
from tfbs.benchmark.evaluation.gradient_masking import GATES, loss_fall, measure_masking
from tfbs.benchmark.protocol import Stress

STRESS = Stress(linf=(0.02, 0.1, 0.4), steps=10, queries=150)


def gates(examples):
    return {m.name: m.value for m in measure_masking(examples, STRESS)}


class Quantised(keras.layers.Layer):
    """Steps instead of a line: the gradient is 0."""

    def call(self, inputs):
        return ops.stop_gradient(ops.round(8 * inputs) / 8)


class Saturated(keras.layers.Layer):
    """A sigmoid so steep that its gradient underflows; the order of outputs stays."""

    def call(self, inputs):
        return 20 * ops.sigmoid(400 * inputs) - 10 + ops.stop_gradient(inputs)


@pytest.mark.parametrize("kind", ["linear", "network"])
def test_an_honest_model_passes_every_gate(linear_network, small_network, examples_of, kind):
    model = linear_network() if kind == "linear" else small_network("softplus")
    found = gates(examples_of(model))
    assert found["gradient_masking"] == 0
    assert found["loss_fall"] == pytest.approx(0, abs=1e-6)
    assert found["auroc_pgd_unbounded"] < 0.05
    assert found["black_box_share"] == 0


@pytest.mark.parametrize("top", [Quantised, Saturated])
def test_a_model_that_hides_its_gradient_is_flagged_by_the_gates_it_fails(
    linear_network, examples_of, top
):
    found = gates(examples_of(linear_network(top())))
    assert found["gradient_masking_black_box"] == 1
    assert found["gradient_masking"] == sum(found[f"gradient_masking_{gate}"] for gate in GATES)
    if top is Quantised:  # nothing ever moves it
        assert found["loss_fall"] == 1 and found["auroc_pgd_unbounded"] == 1
        assert found["gradient_masking"] == len(GATES)


class HalfHidden(keras.layers.Layer):
    """Half of the examples have only the side of 0 as their output, without a gradient."""

    def call(self, inputs):
        sequence, logit = inputs
        hidden = ops.stop_gradient(ops.cast(ops.sum(sequence[:, 0, :2], axis=1) > 0.5, "float32"))
        flat = ops.stop_gradient(0.1 * ops.sign(logit))
        return hidden[:, None] * flat + (1 - hidden[:, None]) * logit


def test_a_model_that_hides_the_gradient_of_half_its_examples_is_flagged(
    linear_network, examples_of
):
    plain = linear_network()
    top = HalfHidden()([plain.inputs[0], plain.outputs[0]])
    found = gates(examples_of(keras.Model(plain.inputs, top)))
    assert 0.1 < found["auroc_pgd_unbounded"] < 0.5  # about the square of the share
    assert found["gradient_masking_unbounded"] == 1


def test_the_fall_of_a_loss_is_relative_to_its_rise():
    assert loss_fall(np.array([0.0, 1.0, 2.0])) == 0
    assert loss_fall(np.array([0.0, 2.0, 1.5])) == pytest.approx(0.25)
    assert loss_fall(np.array([1.0, 1.0, 1.0])) == 1


def test_random_search_stays_at_the_corners_of_the_ball_and_below_the_optimum(
    linear_network, examples_of
):
    """On a linear model no corner is worse than epsilon times the sum of the kernel."""
    model = linear_network()
    examples = examples_of(model)
    clean = margins(examples.predict(examples.codes), examples.label)
    reach = 0.1 * np.abs(model.get_weights()[0]).sum()
    fell = [
        clean
        - margins(
            random_search(model, examples.sequence, examples.label, 0.1, queries, 0),
            examples.label,
        )
        for queries in (1, 400)
    ]
    assert (fell[1] >= fell[0] - 1e-5).all()
    assert (fell[1] <= reach + 1e-4).all()
    assert fell[1].mean() > 0.6 * reach


def test_gates_are_undefined_where_a_class_is_missing(linear_network, examples_of):
    from dataclasses import replace

    examples = examples_of(linear_network())
    alone = replace(examples, label=np.ones_like(examples.label))
    found = {m.name: m for m in measure_masking(alone, STRESS)}
    assert found["auroc_pgd_unbounded"].value is None
    assert found["gradient_masking"].undefined_reason == "a gate is undefined"
