"""Outputs of a model for sequences as numbers, one-hot or between."""

from __future__ import annotations

import functools
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from tfbs.benchmark.inputs import bind, read_tracks, sequence_spec, tracks_spec
from tfbs.benchmark.predict import BATCH_SIZE


def values_of(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    tracks: np.ndarray | None = None,
) -> np.ndarray:
    """Returns `(n,)` float32 outputs, each of its target.

    Args:
        model: From `(batch, length, 4)`, and perhaps tracks, to outputs.
        sequence: `(n, length, 4)` float.
        target: Column, or `(n,)` columns.
        tracks: `(n, length, tracks)`, for a model that reads them.
    """
    outputs = outputs_of(model, sequence, tracks)
    columns = np.broadcast_to(np.asarray(target, np.int64), len(outputs))
    found: np.ndarray = np.take_along_axis(outputs, columns[:, None], axis=1)[:, 0]
    return found


def outputs_of(
    model: keras.Model, sequence: np.ndarray, tracks: np.ndarray | None = None
) -> np.ndarray:
    """Returns `(n, targets)` float32 outputs.

    Args:
        model: From `(batch, length, 4)`, and perhaps tracks, to outputs.
        sequence: `(n, length, 4)` float.
        tracks: `(n, length, tracks)`, for a model that reads them.
    """
    step = _compiled(model)
    parts = []
    for start in range(0, len(sequence), BATCH_SIZE):
        rows = slice(start, start + BATCH_SIZE)
        batch = np.asarray(sequence[rows], "float32")
        parts.append(step(batch, read_tracks(model, tracks, rows, len(batch))).numpy())
    return np.concatenate(parts)


@functools.lru_cache(maxsize=1)
def _compiled(model: keras.Model) -> Callable[[np.ndarray, np.ndarray], tf.Tensor]:
    @tf.function(input_signature=[sequence_spec(model), tracks_spec(model)])
    def step(batch: tf.Tensor, tracks: tf.Tensor) -> tf.Tensor:
        return bind(model, tracks)(batch, training=False)

    return step
