"""What an attribution method is, and the one place that differentiates a model."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf

from tfbs.benchmark.inputs import bind, read_tracks, sequence_spec, tracks_spec
from tfbs.benchmark.predict import BATCH_SIZE
from tfbs.registry import Registry


class Attribution(Protocol):
    """Scores every letter of every position for one target's logit."""

    def __call__(
        self,
        model: keras.Model,
        sequence: np.ndarray,
        target: int | np.ndarray = 0,
        *,
        tracks: np.ndarray | None = None,
    ) -> np.ndarray:
        """Returns `(n, length, 4)` float32 for `(n, length, 4)` one-hot sequences."""
        ...


ATTRIBUTIONS: Registry[Attribution] = Registry("attribution")


class InputGradient:
    """The gradient of a model's logits by its input, compiled once for all targets.

    Args:
        model: From `(batch, length, 4)`, and perhaps tracks, to `(batch, targets)` logits, used
            in inference mode.
        batch_size: Sequences per step.
    """

    def __init__(self, model: keras.Model, batch_size: int = BATCH_SIZE) -> None:
        self.model = model
        self.batch_size = batch_size
        self._step = _compiled(model)

    def __call__(
        self,
        sequence: np.ndarray,
        target: int | np.ndarray = 0,
        *,
        tracks: np.ndarray | None = None,
    ) -> np.ndarray:
        """Returns the gradient of one target's logit by every input element.

        Args:
            sequence: `(n, length, 4)` float, one-hot or not.
            target: Column of the logits, or `(n,)` columns, one for each sequence.
            tracks: `(n, length, tracks)`, for a model that reads them.

        Returns:
            `(n, length, 4)` float32.
        """
        values = np.asarray(sequence, "float32")
        targets = np.broadcast_to(np.asarray(target, "int32"), len(values))
        parts = []
        for start in range(0, len(values), self.batch_size):
            rows = slice(start, start + self.batch_size)
            beside = read_tracks(self.model, tracks, rows, len(values[rows]))
            parts.append(self._step(values[rows], targets[rows], beside).numpy())
        return np.concatenate(parts)


@functools.lru_cache(maxsize=1)
def _compiled(model: keras.Model) -> Callable[..., tf.Tensor]:
    """Returns the gradient as a graph; all methods on one model share it."""
    targets = tf.TensorSpec((None,), tf.int32)

    @tf.function(input_signature=[sequence_spec(model), targets, tracks_spec(model)])
    def step(batch: tf.Tensor, target: tf.Tensor, tracks: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(batch)
            logits = bind(model, tracks)(batch, training=False)
            logit = tf.gather(logits, target, axis=1, batch_dims=1)
        return tape.gradient(logit, batch)

    return step
