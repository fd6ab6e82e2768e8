"""What tracks say about the middle of a window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tfbs")
class TrackSummary(keras.layers.Layer):
    """Returns coverage, mean and maximum of each track in central windows.

    A position that is not covered (NaN) is left out of mean and maximum; both are 0 where no
    position of a window is covered, and coverage tells that from a true 0.

    Input shape:
        `(batch, length, tracks)`, NaN where a track covers nothing.

    Output shape:
        `(batch, 3 * windows * tracks)`.

    Args:
        shares: Widths of the windows as shares of the length, in (0, 1]. One that would lie a
            position off the middle is a position wider: both strands have the same windows.
    """

    def __init__(self, shares: Sequence[float], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shares = tuple(shares)

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Returns the summary of every window."""
        covered = ops.cast(ops.logical_not(ops.isnan(inputs)), inputs.dtype)
        values = ops.where(covered > 0, inputs, 0.0)
        parts = []
        for share in self.shares:
            width = max(1, round(share * inputs.shape[1]))
            width += (inputs.shape[1] - width) % 2
            first = (inputs.shape[1] - width) // 2
            window = slice(first, first + width)
            count = ops.sum(covered[:, window], axis=1)
            mean = ops.sum(values[:, window], axis=1) / ops.maximum(count, 1.0)
            lowest = ops.min(values[:, window], axis=1, keepdims=True)
            reached = ops.where(covered[:, window] > 0, values[:, window], lowest)
            parts += [count / width, mean, ops.max(reached, axis=1)]
        return ops.concatenate(parts, axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, int]:
        """Returns `(batch, 3 * windows * tracks)`."""
        tracks = input_shape[-1]
        assert tracks is not None  # noqa: S101  (tasks have a fixed number)
        return (input_shape[0], 3 * len(self.shares) * tracks)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments, for saving."""
        return {**super().get_config(), "shares": list(self.shares)}
