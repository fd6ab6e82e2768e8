"""Outputs of a model on stored sequences, batch by batch."""

from __future__ import annotations

import functools
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

BATCH_SIZE = 256


class Predictor:
    """Logits of a model for uint8 codes; one graph for any batch size.

    Args:
        model: From `(batch, length, 4)` to `(batch, targets)` logits.
        batch_size: Sequences per step.
    """

    def __init__(self, model: keras.Model, batch_size: int = BATCH_SIZE) -> None:
        self.model = model
        self.batch_size = batch_size
        self._step = _compiled(model)

    def __call__(self, codes: np.ndarray) -> np.ndarray:
        """Returns `(n, targets)` float32 logits of `(n, length)` codes."""
        batches = [
            self._step(np.ascontiguousarray(codes[start : start + self.batch_size])).numpy()
            for start in range(0, len(codes), self.batch_size)
        ]
        return np.concatenate(batches).astype("float32")


def one_hot(codes: tf.Tensor) -> tf.Tensor:
    """Returns `(…, length, 4)` float32 of uint8 codes, in the graph; code 4 is a zero row."""
    return tf.one_hot(codes, 4, dtype="float32")


@functools.lru_cache(maxsize=1)
def _compiled(model: keras.Model) -> Callable[[np.ndarray], tf.Tensor]:
    """Returns the forward pass as a graph; validation and evaluation of a run share it."""

    @tf.function(input_signature=[tf.TensorSpec((None, model.input_shape[1]), tf.uint8)])
    def step(codes: tf.Tensor) -> tf.Tensor:
        return model(one_hot(codes), training=False)

    return step
