"""Substitutions found by the gradient and kept if the loss rises: an attack that stays DNA."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfbs.benchmark.inputs import bind, read_tracks, sequence_spec, tracks_spec
from tfbs.benchmark.predict import BATCH_SIZE


def substitute_guided(
    model: Any, sequence: tf.Tensor, label: tf.Tensor, trials: tf.Tensor | int
) -> tf.Tensor:
    """Returns sequences with up to `trials` letters substituted, in the graph.

    Each trial takes the substitution that by the gradient raises the loss most, at a position
    not tried before, runs the model on it and keeps it only if the loss of that sequence does
    rise. The loss is the cross-entropy summed over known targets, the model is in inference
    mode. Unknown letters (all-zero rows) stay unknown.

    The idea of first-order candidates is that of Ebrahimi et al. (2018),
    https://doi.org/10.18653/v1/P18-2006; the check is ours.

    Args:
        model: From one-hot to logits.
        sequence: `(batch, length, 4)` one-hot.
        label: `(batch, targets)` in [0, 1], -1 where unknown.
        trials: Substitutions tried, at most the length.
    """
    length = sequence.shape[1]
    loss, gradient = _slope(model, sequence, label)
    untried = tf.reduce_max(sequence, axis=-1) > 0

    def attempt(
        trial: tf.Tensor, x: tf.Tensor, loss: tf.Tensor, gradient: tf.Tensor, untried: tf.Tensor
    ) -> tuple[tf.Tensor, ...]:
        rise = gradient - tf.reduce_sum(gradient * x, axis=-1, keepdims=True)
        allowed = untried[:, :, None] & (x == 0)
        flat = tf.reshape(tf.where(allowed, rise, -np.inf), (-1, 4 * length))
        best = tf.argmax(flat, axis=-1)
        here = tf.one_hot(best // 4, length, on_value=True, off_value=False)
        proposed = tf.where(here[:, :, None], tf.one_hot(best % 4, 4)[:, None], x)
        new_loss, new_gradient = _slope(model, proposed, label)
        kept = (new_loss > loss) & tf.reduce_any(untried, axis=-1)
        return (
            trial + 1,
            tf.where(kept[:, None, None], proposed, x),
            tf.where(kept, new_loss, loss),
            tf.where(kept[:, None, None], new_gradient, gradient),
            untried & ~here,
        )

    state = (tf.constant(0), sequence, loss, gradient, untried)
    found = tf.while_loop(
        lambda trial, *_: trial < trials,
        attempt,
        state,
        shape_invariants=tuple(value.shape for value in state),
    )
    return tf.stop_gradient(found[1])


def _slope(model: Any, sequence: tf.Tensor, label: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns each sequence's loss `(batch,)` and its gradient `(batch, length, 4)`."""
    with tf.GradientTape() as tape:
        tape.watch(sequence)
        logit = model(sequence, training=False)
        entropy = tf.nn.sigmoid_cross_entropy_with_logits(
            labels=tf.cast(tf.maximum(label, 0), logit.dtype), logits=logit
        )
        loss = tf.reduce_sum(tf.where(label < 0, 0.0, entropy), axis=-1)
    gradient = tf.ensure_shape(tape.gradient(loss, sequence), sequence.shape)
    return tf.stop_gradient(loss), tf.stop_gradient(gradient)


class GuidedAttacker:
    """`substitute_guided` on one model, batch by batch.

    Args:
        model: From one-hot, and perhaps tracks, to logits.
        trials: Substitutions tried.
    """

    def __init__(self, model: keras.Model, trials: int) -> None:
        self.model = model
        self.trials = trials
        self._step = _compiled(model)

    def __call__(
        self, sequence: np.ndarray, label: np.ndarray, *, tracks: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Returns attacked sequences `(n, length, 4)` and their logits `(n, targets)`.

        Args:
            sequence: `(n, length, 4)` float32 one-hot.
            label: `(n, targets)` int8, -1 where unknown.
            tracks: `(n, length, tracks)`, for a model that reads them; they are not attacked.
        """
        parts = []
        for start in range(0, len(sequence), BATCH_SIZE):
            rows = slice(start, start + BATCH_SIZE)
            beside = read_tracks(self.model, tracks, rows, len(label[rows]))
            found = self._step(sequence[rows], label[rows], beside, self.trials)
            parts.append([values.numpy() for values in found])
        return np.concatenate([part[0] for part in parts]), np.concatenate([p[1] for p in parts])


@functools.lru_cache(maxsize=1)
def _compiled(model: keras.Model) -> Callable[..., tuple[tf.Tensor, tf.Tensor]]:
    signature = [
        sequence_spec(model),
        tf.TensorSpec((None, model.output_shape[-1]), tf.int8),
        tracks_spec(model),
        tf.TensorSpec((), tf.int32),
    ]

    @tf.function(input_signature=signature)
    def step(
        sequence: tf.Tensor, label: tf.Tensor, tracks: tf.Tensor, trials: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        bound = bind(model, tracks)
        attacked = substitute_guided(bound, sequence, label, trials)
        return attacked, bound(attacked, training=False)

    return step
