"""The input gradient of one logit per sequence, for penalties on it."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


def logit_gradient(
    model: Any, sequence: tf.Tensor, seed: keras.random.SeedGenerator, at: tf.Tensor | None = None
) -> tf.Tensor:
    """Returns the gradient of a logit, `(batch, length, 4)`; it can be differentiated again.

    Where there are several targets, each sequence draws one. The model is in inference mode.

    Args:
        model: From one-hot to `(batch, targets)` logits.
        sequence: `(batch, length, 4)`.
        seed: The stream to draw targets from.
        at: Where to take the gradient instead, `(batch, length, 4)`.
    """
    point = sequence if at is None else at
    with tf.GradientTape() as tape:
        tape.watch(point)
        logit = model(point, training=False)
        targets = logit.shape[-1]
        drawn = keras.random.randint((tf.shape(point)[0],), 0, targets, seed=seed)
        chosen = tf.reduce_sum(tf.gather(logit, drawn, batch_dims=1))
    return tape.gradient(chosen, point)
