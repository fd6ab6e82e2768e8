"""Second order: exact where the answer is known."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from tfbs.benchmark.explain.interactions import (
    hessian_interactions,
    input_hessian,
    instance_interactions,
    pairwise_mutagenesis,
    position_pairs,
)
from tfbs.benchmark.explain.values import values_of
from tfbs.datasets.alphabet import one_hot

LENGTH = 12


class Products(keras.layers.Layer):
    """The quadratic form of known weights, plus a linear part."""

    def __init__(self, form, linear):
        super().__init__()
        self.form, self.linear = form.astype("float32"), linear.astype("float32")

    def call(self, inputs):
        flat = ops.reshape(inputs, (-1, LENGTH * 4))
        return ops.stack(
            [ops.sum(flat * ops.matmul(flat, self.form), axis=1), ops.matmul(flat, self.linear)], 1
        )


@pytest.fixture(scope="module")
def products():
    rng = np.random.default_rng(0)
    form = rng.normal(size=(LENGTH * 4, LENGTH * 4))
    form = (form + form.T) / 2
    inputs = keras.Input((LENGTH, 4))
    model = keras.Model(inputs, Products(form, rng.normal(size=LENGTH * 4))(inputs))
    return model, form.reshape(LENGTH, 4, LENGTH, 4)


@pytest.fixture(scope="module")
def sequence():
    return one_hot(np.random.default_rng(1).integers(0, 4, (1, LENGTH)).astype("uint8"))[0]


def test_pairs_of_substitutions_in_a_quadratic_model(products, sequence):
    model, form = products
    found = pairwise_mutagenesis(model, sequence)
    own = sequence.argmax(axis=1)
    rows = np.arange(LENGTH)
    at_j = form - form[:, :, rows, own][:, :, :, None]  # the letter of j against its own
    expected = 2 * (at_j - at_j[rows, own][:, None])
    for i in range(LENGTH):
        expected[i, :, i] = 0
    np.testing.assert_allclose(found, expected, atol=2e-4)
    np.testing.assert_array_equal(found, found.transpose(2, 3, 0, 1))
    some = pairwise_mutagenesis(model, sequence, positions=np.array([2, 7]))
    np.testing.assert_allclose(some, found[[2, 7]][:, :, [2, 7]], atol=1e-5)


def test_a_linear_model_has_no_interactions(products, sequence):
    model, _ = products
    assert np.abs(pairwise_mutagenesis(model, sequence, 1)).max() < 1e-4
    assert np.abs(input_hessian(model, sequence, 1)).max() == 0


def test_the_hessian_of_a_quadratic_model_is_twice_its_form(products, sequence):
    model, form = products
    np.testing.assert_allclose(input_hessian(model, sequence), 2 * form, rtol=1e-4, atol=1e-5)


def test_instances_interact_through_their_positions_alone(sequence):
    """A product of two stretches' sums: the interaction is the product of the changes."""
    inputs = keras.Input((LENGTH, 4))
    letters = keras.layers.Reshape((LENGTH * 4,))(inputs)
    weights = np.zeros((LENGTH, 4, 2), "float32")
    weights[1:4, :, 0] = np.random.default_rng(2).normal(size=(3, 4))
    weights[7:10, :, 1] = np.random.default_rng(3).normal(size=(3, 4))
    parts = keras.layers.Dense(2, use_bias=False)
    sums = parts(letters)
    parts.set_weights([weights.reshape(-1, 2)])
    model = keras.Model(inputs, keras.layers.Multiply()([sums[:, :1], sums[:, 1:]]))
    sums_of = keras.Model(inputs, sums)
    spans = [(1, 4), (7, 10), (4, 7)]
    found = instance_interactions(model, sequence, spans, num_replacements=6, seed=5)
    noise = one_hot(np.random.default_rng(5).integers(0, 4, (6, LENGTH)).astype("uint8"))
    changed = np.repeat(sequence[None], 6, axis=0)
    changed[:, 1:4], changed[:, 7:10] = noise[:, 1:4], noise[:, 7:10]
    before = np.array([values_of(sums_of, sequence[None], t)[0] for t in (0, 1)])
    after = np.stack([values_of(sums_of, changed, t) for t in (0, 1)], axis=1)
    assert found[0, 1] == pytest.approx(((before - after).prod(axis=1)).mean(), rel=1e-4)
    assert found[0, 2] == pytest.approx(0, abs=1e-5) == found[1, 2]
    np.testing.assert_array_equal(found, found.T)


def test_the_hessian_between_instances_is_the_sum_over_centred_letters(products, sequence):
    model, form = products
    spans = [(0, 3), (5, 6), (8, 12)]
    found = hessian_interactions(model, sequence, spans)
    centred = sequence - 0.25
    second = 2 * np.einsum("ia,iajb,jb->ij", centred, form, centred)
    for i, (a, b) in enumerate(spans):
        for j, (c, d) in enumerate(spans):
            assert found[i, j] == pytest.approx(0 if i == j else second[a:b, c:d].sum(), abs=1e-4)
    assert np.abs(hessian_interactions(model, sequence, spans, 1)).max() == 0
    assert hessian_interactions(model, sequence, []).shape == (0, 0)


def test_the_hessian_is_what_replacements_come_to_on_average(products, sequence):
    model, _ = products
    spans = [(0, 3), (5, 6)]
    found = float(hessian_interactions(model, sequence, spans)[0, 1])
    drawn = float(instance_interactions(model, sequence, spans, num_replacements=4000)[0, 1])
    assert found == pytest.approx(drawn, rel=0.05, abs=0.1)


def test_pairs_of_positions_are_root_sums_of_squares():
    interaction = np.random.default_rng(0).normal(size=(3, 4, 3, 4))
    found = position_pairs(interaction)
    assert found[0, 2] == pytest.approx(np.linalg.norm(interaction[0, :, 2]))
