"""Outputs of a model on stored sequences, batch by batch."""

from __future__ import annotations

import functools
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from tfbs.benchmark.inputs import bind, read_tracks, tracks_spec
from tfbs.datasets.task import RowArray

BATCH_SIZE = 256


class Predictor:
    """Logits of a model for uint8 codes; one graph for any batch size.

    Args:
        model: From `(batch, length, 4)`, and perhaps tracks, to `(batch, targets)` logits.
        batch_size: Sequences per step.
    """

    def __init__(self, model: keras.Model, batch_size: int = BATCH_SIZE) -> None:
        self.model = model
        self.batch_size = batch_size
        self._step = _compiled(model)

    def __call__(self, codes: RowArray, tracks: RowArray | None = None) -> np.ndarray:
        """Returns `(n, targets)` float32 logits of `(n, length)` codes, read batch by batch.

        Args:
            codes: `(n, length)` uint8, in memory or cut on the fly.
            tracks: `(n, length, tracks)`, for a model that reads them.
        """
        batches = []
        for start in range(0, len(codes), self.batch_size):
            rows = slice(start, start + self.batch_size)
            batch = np.ascontiguousarray(codes[rows])
            found = self._step(batch, read_tracks(self.model, tracks, rows, len(batch)))
            batches.append(found.numpy())
        return np.concatenate(batches).astype("float32")


def one_hot(codes: tf.Tensor) -> tf.Tensor:
    """Returns `(…, length, 4)` float32 of uint8 codes, in the graph; code 4 is a zero row."""
    return tf.one_hot(codes, 4, dtype="float32")


@functools.lru_cache(maxsize=1)
def _compiled(model: keras.Model) -> Callable[[np.ndarray, np.ndarray], tf.Tensor]:
    """Returns the forward pass as a graph; validation and evaluation of a run share it."""
    codes_spec = tf.TensorSpec((None, model.inputs[0].shape[1]), tf.uint8)

    @tf.function(input_signature=[codes_spec, tracks_spec(model)])
    def step(codes: tf.Tensor, tracks: tf.Tensor) -> tf.Tensor:
        return bind(model, tracks)(one_hot(codes), training=False)

    return step
