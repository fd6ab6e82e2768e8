"""A pool between the sum and the maximum, as a layer."""

from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tfbs")
class GlobalLogSumExp1D(keras.layers.Layer):
    """Returns the logarithm of the sum over positions of exponentials.

    It exceeds the maximum by at most the logarithm of the number of positions.

    Input shape:
        `(batch, positions, channels)`.

    Output shape:
        `(batch, channels)`.
    """

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Returns the pool of every channel."""
        return ops.logsumexp(inputs, axis=1)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, int | None]:
        """Returns `(batch, channels)`."""
        return (input_shape[0], input_shape[2])
