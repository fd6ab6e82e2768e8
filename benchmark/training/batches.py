"""A training split as shuffled batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfbs.benchmark.inputs import num_tracks, read_tracks
from tfbs.benchmark.training.sampling import EpochSampler
from tfbs.datasets.task import Split


def batches(
    model: keras.Model,
    train: Split,
    sampler: EpochSampler,
    batch_size: int,
    seed: int,
    first_epoch: int = 0,
) -> tf.data.Dataset:
    """Yields shuffled batches for ever; epoch k's rows and order are functions of (seed, k) alone.

    Args:
        model: From one-hot, and perhaps tracks, to logits; only which tracks it reads matters.
        train: Training split.
        sampler: The rows of each epoch.
        batch_size: Sequences per batch.
        seed: Of the orders.
        first_epoch: The epoch to begin with, from 0.

    Returns:
        Batches `((codes, tracks), label)`.
    """

    def epoch(number: tf.Tensor) -> tf.data.Dataset:
        rows = tf.numpy_function(lambda k: sampler(int(k)), [number], tf.int64)
        rows = tf.ensure_shape(rows, (len(sampler),))
        order = tf.random.experimental.stateless_shuffle(
            rows, seed=tf.stack([tf.constant(seed, "int64"), number])
        )
        return tf.data.Dataset.from_tensor_slices(order).batch(batch_size)

    read = _reader(model, train)
    return tf.data.Dataset.counter(first_epoch).flat_map(epoch).map(read).prefetch(2)


def _reader(model: keras.Model, train: Split) -> Callable[[tf.Tensor], Any]:
    """Returns what reads rows of the training split: in the graph from memory, else by NumPy."""
    if num_tracks(model) == 0 and isinstance(train.sequence, np.ndarray):
        codes = tf.convert_to_tensor(np.ascontiguousarray(train.sequence))
        labels = tf.convert_to_tensor(np.ascontiguousarray(train.label))

        def gather(rows: tf.Tensor) -> Any:
            none = tf.zeros((tf.shape(rows)[0], codes.shape[1], 0))
            return (tf.gather(codes, rows), none), tf.gather(labels, rows)

        return gather

    def cut(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        tracks = read_tracks(model, train.tracks, rows, len(rows))
        return train.sequence[rows], tracks, np.asarray(train.label[rows])

    def read(rows: tf.Tensor) -> Any:
        codes, tracks, label = tf.numpy_function(cut, [rows], (tf.uint8, tf.float32, tf.int8))
        codes = tf.ensure_shape(codes, (None, train.sequence.shape[1]))
        tracks = tf.ensure_shape(tracks, (None, train.sequence.shape[1], num_tracks(model)))
        return (codes, tracks), tf.ensure_shape(label, (None, train.label.shape[1]))

    return read
