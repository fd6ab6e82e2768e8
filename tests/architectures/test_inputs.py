"""What builders may give: named inputs and sequences of any length become plain ones."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tfbs.architectures import ARCHITECTURES
from tfbs.architectures.inputs import with_plain_input
from tfbs.architectures.registry import Architecture
from tfbs.errors import UserError

LENGTH = 40


def network(inputs, sequence):
    x = keras.layers.Conv1D(3, 5, activation="relu", name="motifs")(sequence)
    return keras.Model(inputs, keras.layers.Dense(1)(keras.layers.GlobalMaxPooling1D()(x)))


def named(length, num_targets):
    sequence = keras.Input((length, 4), name="dna")
    return network({"dna": sequence}, sequence)


def of_any_length(length, num_targets):
    sequence = keras.Input((None, 4))
    return network(sequence, sequence)


def in_sequence(length, num_targets):
    convolution = keras.layers.Conv1D(3, 5, activation="relu", name="motifs")
    pool = keras.layers.GlobalMaxPooling1D()
    return keras.Sequential([keras.Input((None, 4)), convolution, pool, keras.layers.Dense(1)])


@pytest.mark.parametrize("builder", [named, of_any_length, in_sequence])
def test_a_builders_model_is_from_sequences_of_the_tasks_length(builder):
    made = []
    model = Architecture(
        "mine", lambda length, num_targets: made.append(builder(length, 1)) or made[0]
    ).build(LENGTH, 1, {})
    assert isinstance(model.input, keras.KerasTensor) and model.input.shape == (None, LENGTH, 4)
    assert model.get_layer("motifs").output.shape == (None, LENGTH - 4, 3)
    sequence = np.random.default_rng(0).normal(size=(2, LENGTH, 4)).astype("float32")
    given = {"dna": sequence} if builder is named else sequence
    np.testing.assert_array_equal(model.predict_on_batch(sequence), made[0].predict_on_batch(given))


def test_several_inputs_are_refused():
    def builder(length, num_targets):
        inputs = [keras.Input((length, 4)), keras.Input((length, 2))]
        return network(inputs, keras.layers.Concatenate()(inputs))

    with pytest.raises(UserError, match=r"architecture mine reads \[\(40, 4\), \(40, 2\)\]"):
        Architecture("mine", builder).build(LENGTH, 1, {})


def test_a_model_that_is_plain_is_left_as_it_is():
    flat = keras.Sequential([keras.Input((200, 4)), keras.layers.Flatten(), keras.layers.Dense(1)])
    for built in (ARCHITECTURES["cnn_local"].builder(200, 1), flat):
        assert with_plain_input(built, 200, "mine") is built
