"""What an attribution method is, and the one place that differentiates a model."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf

from tfbs.benchmark.predict import BATCH_SIZE
from tfbs.registry import Registry


class Attribution(Protocol):
    """Scores every letter of every position for one target's logit."""

    def __call__(self, model: keras.Model, sequence: np.ndarray, target: int = 0) -> np.ndarray:
        """Returns `(n, length, 4)` float32 for `(n, length, 4)` one-hot sequences."""
        ...


ATTRIBUTIONS: Registry[Attribution] = Registry("attribution")


class InputGradient:
    """The gradient of a model's logits by its input, compiled once for all targets.

    Args:
        model: From `(batch, length, 4)` to `(batch, targets)` logits, used in inference mode.
        batch_size: Sequences per step.
    """

    def __init__(self, model: keras.Model, batch_size: int = BATCH_SIZE) -> None:
        self.batch_size = batch_size
        self._step = _compiled(model)

    def __call__(self, sequence: np.ndarray, target: int = 0) -> np.ndarray:
        """Returns the gradient of one target's logit by every input element.

        Args:
            sequence: `(n, length, 4)` float, one-hot or not.
            target: Column of the logits.

        Returns:
            `(n, length, 4)` float32.
        """
        values = np.asarray(sequence, "float32")
        starts = range(0, len(values), self.batch_size)
        batches = [self._step(values[start : start + self.batch_size], target) for start in starts]
        return np.concatenate([batch.numpy() for batch in batches])


@functools.lru_cache(maxsize=1)
def _compiled(model: keras.Model) -> Callable[[np.ndarray, int], tf.Tensor]:
    """Returns the gradient as a graph; all methods on one model share it."""
    inputs = tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)

    @tf.function(input_signature=[inputs, tf.TensorSpec((), tf.int32)])
    def step(batch: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(batch)
            logit = tf.gather(model(batch, training=False), target, axis=1)
        return tape.gradient(logit, batch)

    return step
