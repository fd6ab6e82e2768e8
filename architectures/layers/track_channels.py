"""Tracks as channels beside the letters."""

from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tfbs")
class TrackChannels(keras.layers.Layer):
    """Returns each track with 0 where it covers nothing, and whether it covers each position.

    Input shape:
        `(batch, length, tracks)`, NaN where a track covers nothing.

    Output shape:
        `(batch, length, 2 * tracks)`: the values, then 1 where covered, else 0.
    """

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Returns values and coverage."""
        uncovered = ops.isnan(inputs)
        values = ops.where(uncovered, 0.0, inputs)
        return ops.concatenate([values, 1.0 - ops.cast(uncovered, inputs.dtype)], axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape with twice the channels."""
        tracks = input_shape[-1]
        assert tracks is not None  # noqa: S101  (tasks have a fixed number)
        return (*input_shape[:-1], 2 * tracks)
