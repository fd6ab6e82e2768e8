"""Attention whose heads are rectified before they are mixed."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tfbs")
class RectifiedAttention(keras.layers.MultiHeadAttention):
    """Keras' attention with a ReLU between the heads and the layer that mixes them.

    Source: Ullah & Ben-Hur (2021), https://doi.org/10.1093/nar/gkab349: each head of SATORI ends
    in one.

    Input shape:
        Queries and values, `(batch, positions, channels)` each.

    Output shape:
        `(batch, positions, output_shape)`.
    """

    def _compute_attention(self, *arguments: Any, **keywords: Any) -> tuple[Any, Any]:
        """Returns rectified heads, `(batch, positions, heads, head size)`, and weights."""
        heads, weights = super()._compute_attention(*arguments, **keywords)
        return ops.relu(heads), weights
