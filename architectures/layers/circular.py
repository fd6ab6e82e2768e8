"""Filters that are scanned in all their circular shifts."""

from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tfbs")
class CircularConv1D(keras.layers.Conv1D):
    """A convolution with every circular shift of each filter, of which the best one counts.

    A motif that a filter would learn shifted and cut off is found whole by one of the shifts.

    Source: Blum & Kollmann (2019), https://doi.org/10.1093/bioinformatics/btz194. There each shift
    has a global maximum and a weight in the output of its own; here the largest at each position is
    passed on, so that the filters stay as many as they are.

    Input shape:
        `(batch, length, channels)`.

    Output shape:
        `(batch, new length, filters)`.
    """

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Returns the best shift of each filter at each position."""
        width = self.kernel_size[0]
        shifted = [ops.roll(self.kernel, shift, axis=0) for shift in range(width)]
        scans = self.convolution_op(inputs, ops.concatenate(shifted, axis=-1))
        by_shift = ops.reshape(scans, (-1, scans.shape[1], width, self.filters))
        best = ops.max(by_shift, axis=2)
        return self.activation(best + self.bias if self.use_bias else best)
