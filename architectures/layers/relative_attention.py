"""Self-attention that knows how far apart two positions are."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="tfbs")
class RelativeAttention(keras.layers.Layer):
    """Multi-head self-attention with a learned bias for each head and signed distance.

    The score of a query at i for a key at j is their scaled product plus `bias[j - i]` of the
    head; distances beyond `max_distance` share the last bias of their direction.

    Source: Raffel et al. (2020), https://doi.org/10.48550/arXiv.1910.10683, without their bins.

    Args:
        num_heads: Attention heads.
        head_size: Size of queries, keys and values of a head.
        max_distance: Positions up to which distances are told apart.

    Input shape:
        `(batch, positions, channels)`.

    Output shape:
        `(batch, positions, channels)`.
    """

    def __init__(
        self, num_heads: int, head_size: int, max_distance: int = 32, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.num_heads = num_heads
        self.head_size = head_size
        self.max_distance = max_distance

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the projections, `4 * channels * heads * head_size`, and the biases."""
        channels, size = input_shape[-1], self.num_heads * self.head_size
        self.inward = self.add_weight(
            shape=(channels, 3 * size), initializer="glorot_uniform", name="inward_kernel"
        )
        self.outward = self.add_weight(
            shape=(size, channels), initializer="glorot_uniform", name="outward_kernel"
        )
        self.bias = self.add_weight(
            shape=(2 * self.max_distance + 1, self.num_heads), initializer="zeros", name="bias"
        )

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Returns what each position gathers from all."""
        positions = inputs.shape[1]
        heads = ops.reshape(
            ops.matmul(inputs, self.inward), (-1, positions, 3, self.num_heads, self.head_size)
        )
        query, key, value = (heads[:, :, part] for part in range(3))
        scores = ops.einsum("bihd,bjhd->bhij", query, key) / self.head_size**0.5
        distance = np.arange(positions)[None, :] - np.arange(positions)[:, None]
        index = np.clip(distance, -self.max_distance, self.max_distance) + self.max_distance
        scores += ops.transpose(ops.take(self.bias, index.astype("int32"), axis=0), (2, 0, 1))
        gathered = ops.einsum("bhij,bjhd->bihd", ops.softmax(scores, axis=-1), value)
        size = self.num_heads * self.head_size
        return ops.matmul(ops.reshape(gathered, (-1, positions, size)), self.outward)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the input."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "head_size": self.head_size,
            "max_distance": self.max_distance,
        }
