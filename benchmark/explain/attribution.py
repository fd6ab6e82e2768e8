"""What an attribution method is, and the one place that differentiates a model."""

from __future__ import annotations

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


def input_gradient(
    model: keras.Model, sequence: np.ndarray, target: int = 0, batch_size: int = BATCH_SIZE
) -> np.ndarray:
    """Returns the gradient of one target's logit by every input element.

    Args:
        model: From `(batch, length, 4)` to `(batch, targets)` logits, in inference mode.
        sequence: `(n, length, 4)` float, one-hot or not.
        target: Column of the logits.
        batch_size: Sequences per step.

    Returns:
        `(n, length, 4)` float32.
    """
    shape = (None, *model.input_shape[1:])

    @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32)])
    def step(batch: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(batch)
            logit = model(batch, training=False)[:, target]
        return tape.gradient(logit, batch)

    batches = [
        step(np.asarray(sequence[start : start + batch_size], "float32")).numpy()
        for start in range(0, len(sequence), batch_size)
    ]
    return np.concatenate(batches)
