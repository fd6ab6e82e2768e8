"""An attack on the explanation: another map, the same prediction."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from scipy.special import expit

from tfbs.benchmark.explain.attribution import InputGradient
from tfbs.benchmark.explain.bound import explain_bound
from tfbs.benchmark.explain.similarity import corrected, map_cosine
from tfbs.benchmark.explain.values import outputs_of
from tfbs.benchmark.inputs import bind, read_tracks, sequence_spec, tracks_spec
from tfbs.benchmark.predict import BATCH_SIZE

SHARPNESS = 10.0
"""Of the softplus that stands in for a ReLU: softplus(10 x) / 10."""

KEPT = 0.05
"""Largest change of a bound target's probability that keeps the prediction."""


def attack_maps(
    model: keras.Model,
    sequence: np.ndarray,
    label: np.ndarray,
    epsilon: float,
    steps: int,
    seed: int,
    *,
    tracks: np.ndarray | None = None,
) -> np.ndarray:
    """Returns inputs near the sequences with another corrected saliency map of what is bound.

    Steps inside an L-infinity ball climb 1 - cosine of the maps, each of them the steepest that
    brings the explained logit back to where it was, to first order (`level_step`). They need the
    gradient of a gradient, which is 0 almost everywhere for a network of ReLUs: they follow a
    copy of the model with softplus instead (`smooth_copy`). Cosine and prediction are computed on
    the model itself, and of all steps that keep the probability of every bound target within 0.05
    the one with the lowest cosine is returned, or the sequence where there is none.

    Source: Ghorbani, Abid & Zou (2019), https://doi.org/10.1609/aaai.v33i01.33013681; the
    softplus is that of Dombrowski et al. (2019), https://arxiv.org/abs/1906.07983.

    Args:
        model: From one-hot, and perhaps tracks, to logits.
        sequence: `(n, length, 4)` float32 one-hot; unknown positions, all zero, stay.
        label: `(n, targets)` int8; the logits of a sequence's bound targets are explained.
        epsilon: Radius; elements may leave [0, 1].
        steps: Gradient steps, each of 2.5 * epsilon / steps.
        seed: Of the random start: at the sequence itself the cosine has its maximum.
        tracks: `(n, length, tracks)`, for a model that reads them; they are not attacked.

    Returns:
        `(n, length, 4)` float32.
    """
    climb = _compiled(smooth_copy(model))
    known = sequence.max(axis=-1, keepdims=True)
    noise = np.random.default_rng(seed).uniform(-1, 1, sequence.shape).astype("float32")
    delta = epsilon * noise * known
    original = _state(model, sequence, label, tracks)
    length = 2.5 * epsilon / steps
    best, lowest = sequence, np.ones(len(sequence))
    for step in range(steps + 1):
        point = sequence + delta
        state = _state(model, point, label, tracks)
        cosine = map_cosine(state.maps, original.maps)
        better = (cosine < lowest) & (_change(state, original, label) <= KEPT)
        best = np.where(better[:, None, None], point, best)
        lowest = np.where(better, cosine, lowest)
        if step < steps:
            gain, slope = _climb(climb, model, (sequence, delta, label), tracks)
            drift = _explained(state, label) - _explained(original, label)
            direction = level_step(gain * known, slope * known, -drift / length)
            delta = np.clip(delta + length * direction, -epsilon, epsilon).astype("float32")
    return best


def level_step(gain: np.ndarray, slope: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Returns the steps within [-1, 1] that gain most among those with a given change.

    Maximises gain * step under slope * step = change: a linear programme whose solution is the
    sign of gain - price * slope, the price a weighted quantile of gain / slope. Changes that no
    step brings about are brought about as far as possible.

    Args:
        gain: `(n, ...)`.
        slope: `(n, ...)`.
        change: `(n,)`.

    Returns:
        `(n, ...)` of -1, 0 and 1; the change is met up to the slope of one element.
    """
    flat, weight = gain.reshape(len(gain), -1), slope.reshape(len(slope), -1)
    steps = np.sign(flat)
    for row, (own, by) in enumerate(zip(flat, weight, strict=True)):
        where = np.flatnonzero(by)
        order = where[np.argsort(-own[where] / by[where], kind="stable")]
        size = np.abs(by[order])
        # with the first k of them up the slope and the others down, the change is this
        reached = 2 * np.append(0, np.cumsum(size)) - size.sum()
        up = int(np.abs(reached - change[row]).argmin())
        steps[row, order] = np.sign(by[order]) * np.where(np.arange(len(order)) < up, 1, -1)
    return steps.reshape(gain.shape)


def smooth_copy(model: keras.Model) -> keras.Model:
    """Returns a copy with the same weights whose ReLUs are softplus(10 x) / 10.

    Models inside the model, as of an ensemble, are copied in the same way.
    ReLUs inside of somebody's own layers stay; there second derivatives miss their kinks.

    Args:
        model: A functional model.
    """
    copy = keras.models.clone_model(model, clone_function=_smooth_layer, recursive=True)
    copy.set_weights(model.get_weights())
    return copy


def _smooth_layer(layer: keras.Layer) -> keras.Layer:
    if isinstance(layer, keras.layers.ReLU):
        return keras.layers.Activation(soft_relu, name=layer.name)
    copy = layer.__class__.from_config(layer.get_config())
    if getattr(layer, "activation", None) is keras.activations.relu:
        copy.activation = soft_relu
    return copy


def soft_relu(x: keras.KerasTensor) -> keras.KerasTensor:
    """Returns softplus(10 x) / 10, which is within 0.07 of a ReLU."""
    return ops.softplus(SHARPNESS * x) / SHARPNESS


@dataclass(frozen=True)
class _State:
    """Corrected maps of what is bound, `(n, length, 4)`, and logits, `(n, targets)`."""

    maps: np.ndarray
    logit: np.ndarray


def _state(
    model: keras.Model, point: np.ndarray, label: np.ndarray, tracks: np.ndarray | None
) -> _State:
    maps = explain_bound(InputGradient(model), point, label, tracks=tracks)
    return _State(corrected(maps.astype(np.float64)), outputs_of(model, point, tracks))


def _change(state: _State, original: _State, label: np.ndarray) -> np.ndarray:
    """Returns the largest change of a bound target's probability, `(n,)`."""
    moved = np.abs(expit(state.logit) - expit(original.logit))
    return np.where(label == 1, moved, 0).max(axis=1)


def _explained(state: _State, label: np.ndarray) -> np.ndarray:
    """Returns the sum of the logits of bound targets, `(n,)`."""
    return np.where(label == 1, state.logit, 0).sum(axis=1)


def _climb(
    climb: Callable[..., tuple[tf.Tensor, tf.Tensor]],
    model: keras.Model,
    examples: tuple[np.ndarray, ...],
    tracks: np.ndarray | None,
) -> list[np.ndarray]:
    """Returns the slopes of 1 - cosine and of the logit, batch by batch."""
    parts = []
    for start in range(0, len(examples[0]), BATCH_SIZE):
        rows = slice(start, start + BATCH_SIZE)
        batch = [values[rows] for values in examples]
        parts.append(climb(*batch, read_tracks(model, tracks, rows, len(batch[0]))))
    return [np.concatenate([part[index].numpy() for part in parts]) for index in (0, 1)]


@functools.lru_cache(maxsize=1)
def _compiled(model: keras.Model) -> Callable[..., tuple[tf.Tensor, tf.Tensor]]:
    one_hot = sequence_spec(model)
    labels = tf.TensorSpec((None, model.output_shape[-1]), tf.int8)

    @tf.function(input_signature=[one_hot, one_hot, labels, tracks_spec(model)])
    def step(
        sequence: tf.Tensor, delta: tf.Tensor, label: tf.Tensor, tracks: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        bound, explained = bind(model, tracks), tf.cast(label == 1, sequence.dtype)

        def explain(point: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            with tf.GradientTape() as inner:
                inner.watch(point)
                logit = tf.reduce_sum(explained * bound(point, training=False))
            slope = inner.gradient(logit, point, unconnected_gradients="zero")
            centred = slope - tf.reduce_mean(slope, axis=-1, keepdims=True)
            flat = tf.reshape(centred, (tf.shape(centred)[0], -1))
            return slope, tf.math.l2_normalize(flat, axis=1)

        _, own_map = explain(sequence)
        with tf.GradientTape() as outer:
            outer.watch(delta)
            slope, its_map = explain(sequence + delta)
            distance = 1 - tf.reduce_sum(own_map * its_map, axis=1)
        return outer.gradient(distance, delta, unconnected_gradients="zero"), slope

    return step
