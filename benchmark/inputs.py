"""What a model reads beside the sequence: tracks ride along, unperturbed and unexplained."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfbs.datasets.task import RowArray


def num_tracks(model: keras.Model) -> int:
    """Returns the number of tracks that a model reads: its second input's last axis, or 0."""
    return 0 if len(model.inputs) == 1 else int(model.inputs[1].shape[-1])


def sequence_spec(model: keras.Model) -> tf.TensorSpec:
    """Returns the signature of one-hot batches of a model."""
    return tf.TensorSpec((None, *model.inputs[0].shape[1:]), tf.float32)


def tracks_spec(model: keras.Model) -> tf.TensorSpec:
    """Returns the signature of the tracks of a batch; of no width where a model reads none."""
    return tf.TensorSpec((None, model.inputs[0].shape[1], num_tracks(model)), tf.float32)


def read_tracks(
    model: keras.Model, tracks: RowArray | None, rows: slice | np.ndarray, size: int
) -> np.ndarray:
    """Returns `(size, length, tracks)` float32 for a batch; of no width where none are read.

    Args:
        model: From one-hot, and perhaps tracks, to logits.
        tracks: Of the task; needed by a model that reads tracks.
        rows: Which rows of `tracks`.
        size: Rows in the batch.
    """
    width = num_tracks(model)
    if not width:
        return np.zeros((size, model.inputs[0].shape[1], 0), "float32")
    assert tracks is not None  # noqa: S101  (refused when the model was built)
    return np.asarray(tracks[rows], "float32")


def bind(model: keras.Model, tracks: tf.Tensor) -> Any:
    """Returns the model as a function of the sequence alone, in the graph.

    The function takes `(copies * batch, length, 4)`, the tracks repeat for each copy, and
    `training`.

    Args:
        model: From one-hot, and perhaps tracks, to logits.
        tracks: `(batch, length, tracks)`.
    """
    if not num_tracks(model):
        return model

    def bound(sequence: tf.Tensor, training: bool = False) -> tf.Tensor:
        copies = tf.shape(sequence)[0] // tf.shape(tracks)[0]
        return model([sequence, tf.tile(tracks, (copies, 1, 1))], training=training)

    return bound
