"""GC content as a layer."""

from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tfbs")
class GCFraction(keras.layers.Layer):
    """Returns the fraction of known letters that are G or C, in [0, 1].

    Input shape:
        `(batch, length, 4)`, order A, C, G, T.

    Output shape:
        `(batch, 1)`; 0 where every position is unknown.
    """

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Returns the GC fraction of every sequence."""
        letters = ops.sum(inputs, axis=1)
        total = ops.sum(letters, axis=-1, keepdims=True)
        strong = ops.sum(letters[:, 1:3], axis=-1, keepdims=True)
        return strong / ops.maximum(total, keras.config.epsilon())

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, int]:
        """Returns `(batch, 1)`."""
        return (input_shape[0], 1)
