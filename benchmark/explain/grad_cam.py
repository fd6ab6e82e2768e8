"""Class activation maps: which positions of the last convolution speak for the output."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from tfbs.benchmark.explain.attribution import ATTRIBUTIONS
from tfbs.benchmark.explain.layer_view import centres_of, last_convolution, stretch
from tfbs.benchmark.explain.output import check_request
from tfbs.benchmark.inputs import read_tracks
from tfbs.benchmark.predict import BATCH_SIZE
from tfbs.errors import Refused


@ATTRIBUTIONS.register("grad_cam")
def grad_cam(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    *,
    tracks: np.ndarray | None = None,
) -> np.ndarray:
    """Returns the activations of the last convolution weighted by their mean gradients.

    Source: Selvaraju et al. (2017), https://arxiv.org/abs/1610.02391, on the activations after the
    convolution's nonlinearity. Negative values are set to 0; a coarser layer is interpolated
    between the nucleotides that its positions stand for.

    Args:
        model: From one-hot, and perhaps tracks, to outputs.
        sequence: `(n, length, 4)` one-hot.
        target: Column of the outputs, or one for each sequence.
        tracks: `(n, length, tracks)`, for a model that reads them.

    Returns:
        `(n, length, 4)` float32: the map at the letter that is there, 0 elsewhere.

    Raises:
        Refused: If the model has no convolution, or it reads both strands as one batch.
    """
    check_request(model, sequence, target, tracks)
    layer = last_convolution(model)
    inner = keras.Model(model.inputs, [layer.output, model.outputs[0]])
    columns = np.broadcast_to(np.asarray(target, "int32"), len(sequence))
    parts = []
    for start in range(0, len(sequence), BATCH_SIZE):
        rows = slice(start, start + BATCH_SIZE)
        batch = tf.constant(sequence[rows], tf.float32)
        beside = [read_tracks(model, tracks, rows, len(batch))][: len(model.inputs) - 1]
        with tf.GradientTape() as tape:
            features, outputs = inner([batch, *beside] if beside else batch, training=False)
            value = tf.gather(outputs, columns[rows], axis=1, batch_dims=1)
        if len(features) != len(batch):
            raise Refused("grad_cam: the network reads both strands as one batch")
        weight = tf.reduce_mean(tape.gradient(value, features), axis=1, keepdims=True)
        parts.append(tf.nn.relu(tf.reduce_sum(weight * features, axis=-1)).numpy())
    coarse = np.concatenate(parts)
    centres = centres_of(model, coarse.shape[1])
    wide = stretch(coarse, sequence.shape[1], centres)
    return wide[..., None] * np.asarray(sequence, "float32")
