"""A coin decides which strand of a training example the network reads."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tfbs")
class RandomStrand(keras.layers.Layer):
    """Replaces each example by its reverse complement with probability 1/2, in training only.

    Input shape:
        `(batch, length, 4)`, order A, C, G, T; or a list of that and of tracks, `(batch, length,
        tracks)`, which are turned around with their sequence.

    Output shape:
        As the input.
    """

    is_linear = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Returns the examples, in training each on a random strand."""
        if not training:
            return inputs
        sequence, *tracks = inputs if isinstance(inputs, list | tuple) else [inputs]
        size = (ops.shape(sequence)[0], 1, 1)
        turned = keras.random.uniform(size, seed=self.seed_generator) < 0.5
        sequence = ops.where(turned, ops.flip(sequence, axis=(1, 2)), sequence)
        if not tracks:
            return sequence
        return [sequence, *(ops.where(turned, ops.flip(x, axis=1), x) for x in tracks)]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape of the input."""
        return input_shape
