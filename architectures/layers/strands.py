"""Both strands through one network, as a pair of layers around it."""

from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tfbs")
class BothStrands(keras.layers.Layer):
    """Stacks the reverse complements of a batch under the batch.

    The layers that follow see twice as many sequences: first all forward strands, then, in the
    same order, all reverse complements. `MaxOverStrands` or `MeanOverStrands` folds them again.

    Input shape:
        `(batch, length, 4)`, order A, C, G, T.

    Output shape:
        `(2 * batch, length, 4)`.
    """

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Returns forward strands over reverse complements."""
        return ops.concatenate([inputs, ops.flip(inputs, axis=(1, 2))], axis=0)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape with twice the batch, where that is known."""
        batch = None if input_shape[0] is None else 2 * input_shape[0]
        return (batch, *input_shape[1:])


class _FoldedStrands(keras.layers.Layer):
    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape with half the batch, where that is known."""
        batch = None if input_shape[0] is None else input_shape[0] // 2
        return (batch, *input_shape[1:])


@keras.saving.register_keras_serializable(package="tfbs")
class MaxOverStrands(_FoldedStrands):
    """Takes the larger of what `BothStrands` stacked, element by element.

    Input shape:
        `(2 * batch, ...)`.

    Output shape:
        `(batch, ...)`; equal for a sequence and its reverse complement.
    """

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Returns the larger of the two halves of the batch."""
        forward, reverse = ops.split(inputs, 2, axis=0)
        return ops.maximum(forward, reverse)


@keras.saving.register_keras_serializable(package="tfbs")
class MeanOverStrands(_FoldedStrands):
    """Averages what `BothStrands` stacked, so that a sequence and its reverse complement agree.

    Input shape:
        `(2 * batch, ...)`.

    Output shape:
        `(batch, ...)`.
    """

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Returns the mean of the two halves of the batch."""
        forward, reverse = ops.split(inputs, 2, axis=0)
        return (forward + reverse) / 2
