"""What an attack lowers: how far on the right side of their thresholds the logits are."""

from __future__ import annotations

import functools
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from tfbs.benchmark.inputs import bind, read_tracks, sequence_spec, tracks_spec
from tfbs.benchmark.predict import BATCH_SIZE


def margins(logit: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Returns the sum over known targets of (2 * label - 1) * logit; every attack lowers it.

    Args:
        logit: `(..., targets)`.
        label: `(..., targets)` int8, -1 where unknown.

    Returns:
        `(...)`, below 0 where a single target is on the wrong side.
    """
    sign = np.where(label < 0, 0, 2 * label - 1)
    return (sign * logit).sum(axis=-1)


class MarginGradient:
    """Margins and their gradient by the input, compiled once.

    Args:
        model: From one-hot, and perhaps tracks, to logits.
        batch_size: Sequences per step.
    """

    def __init__(self, model: keras.Model, batch_size: int = BATCH_SIZE) -> None:
        self.model = model
        self.batch_size = batch_size
        self._step = _compiled(model)

    def __call__(
        self, sequence: np.ndarray, label: np.ndarray, *, tracks: np.ndarray | None = None
    ) -> np.ndarray:
        """Returns `(n, length, 4)` float32 gradients of the margins.

        Args:
            sequence: `(n, length, 4)` float32.
            label: `(n, targets)` int8, -1 where unknown.
            tracks: `(n, length, tracks)`, for a model that reads them.
        """
        parts = []
        for start in range(0, len(sequence), self.batch_size):
            rows = slice(start, start + self.batch_size)
            beside = read_tracks(self.model, tracks, rows, len(label[rows]))
            parts.append(self._step(sequence[rows], label[rows], beside).numpy())
        return np.concatenate(parts)


@functools.lru_cache(maxsize=1)
def _compiled(model: keras.Model) -> Callable[..., tf.Tensor]:
    labels = tf.TensorSpec((None, model.output_shape[-1]), tf.int8)

    @tf.function(input_signature=[sequence_spec(model), labels, tracks_spec(model)])
    def step(sequence: tf.Tensor, label: tf.Tensor, tracks: tf.Tensor) -> tf.Tensor:
        sign = tf.cast(tf.where(label < 0, tf.zeros_like(label), 2 * label - 1), sequence.dtype)
        with tf.GradientTape() as tape:
            tape.watch(sequence)
            margin = tf.reduce_sum(sign * bind(model, tracks)(sequence, training=False))
        return tape.gradient(margin, sequence, unconnected_gradients="zero")

    return step
