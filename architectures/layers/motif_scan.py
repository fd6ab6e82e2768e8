"""A scan with position weight matrices as a layer."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from tfbs.jaspar import Matrix


@keras.saving.register_keras_serializable(package="tfbs")
class MotifScan(keras.layers.Layer):
    """Scores every position with every matrix, on both strands.

    The matrices are weights that are not trained; `set_weights([pack(matrices, width)])` fills
    them.

    Args:
        num_motifs: Number of matrices.
        width: Of the widest, in nucleotides; odd, so that both strands overhang alike.

    Input shape:
        `(batch, length, 4)`.

    Output shape:
        `(batch, 2 * length, num_motifs)`: for the window around each position the score as it
        stands, then that of the other strand. A window may hang over the end of the sequence;
        what lies outside adds nothing.
    """

    def __init__(self, num_motifs: int, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.num_motifs = num_motifs
        self.width = width

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes room for the matrices, `(width, 4, num_motifs)`."""
        del input_shape
        self.kernel = self.add_weight(
            shape=(self.width, 4, self.num_motifs),
            initializer="zeros",
            trainable=False,
            name="kernel",
        )

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Returns the scores of both strands, side by side in one convolution."""
        strands = ops.concatenate([self.kernel, ops.flip(self.kernel, axis=(0, 1))], axis=2)
        scores = ops.conv(inputs, strands, padding="same")
        return ops.reshape(scores, (-1, 2 * inputs.shape[1], self.num_motifs))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns `(batch, 2 * length, num_motifs)`."""
        batch, length = input_shape[:2]
        return (batch, None if length is None else 2 * length, self.num_motifs)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "num_motifs": self.num_motifs, "width": self.width}


def pack(matrices: list[Matrix], width: int) -> np.ndarray:
    """Returns matrices in the middle of one array, `(width, 4, motifs)` float32, zeros around.

    Args:
        matrices: `(at most width, 4)` each.
        width: In nucleotides.
    """
    kernel = np.zeros((width, 4, len(matrices)), "float32")
    for index, matrix in enumerate(matrices):
        start = (width - len(matrix)) // 2
        kernel[start : start + len(matrix), :, index] = matrix
    return kernel
