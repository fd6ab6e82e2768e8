"""An attack on the explanation: another map, the same prediction."""

from __future__ import annotations

import functools
from collections.abc import Callable

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

PENALTY = 0.1
"""On the squared change of the explained logit, beside a cosine."""

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

    Sign steps climb 1 - cosine of the maps, minus a penalty on the change of the logit, inside
    an L-infinity ball. They need the gradient of a gradient, which is 0 almost everywhere for a
    network of ReLUs: they follow a copy of the model with softplus instead (`smooth_copy`). What
    counts is computed on the model itself: of all steps that keep the probability of every
    bound target within 0.05, the one with the lowest cosine is returned, or the sequence where
    there is none.

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
    best, lowest = sequence, np.ones(len(sequence))
    for step in range(steps + 1):
        point = sequence + delta
        cosine, changed = _compare(_state(model, point, label, tracks), original, label)
        better = (cosine < lowest) & (changed <= KEPT)
        best = np.where(better[:, None, None], point, best)
        lowest = np.where(better, cosine, lowest)
        if step < steps:
            direction = _climb(climb, model, sequence, delta, label, tracks)
            delta = np.clip(
                delta + 2.5 * epsilon / steps * direction * known, -epsilon, epsilon
            ).astype("float32")
    return best


def smooth_copy(model: keras.Model) -> keras.Model:
    """Returns a copy with the same weights whose ReLUs are softplus(10 x) / 10.

    ReLUs inside of somebody's own layers stay; there second derivatives miss their kinks.

    Args:
        model: A functional model.
    """
    copy = keras.models.clone_model(model, clone_function=_smooth_layer)
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


State = tuple[np.ndarray, np.ndarray]


def _state(
    model: keras.Model, point: np.ndarray, label: np.ndarray, tracks: np.ndarray | None
) -> State:
    """Returns corrected maps of what is bound, and probabilities."""
    maps = explain_bound(InputGradient(model), point, label, tracks=tracks)
    return corrected(maps), expit(outputs_of(model, point, tracks))


def _compare(state: State, original: State, label: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the cosine of the maps, and the largest change of a bound probability."""
    change = np.where(label == 1, np.abs(state[1] - original[1]), 0)
    return map_cosine(state[0], original[0]), change.max(axis=1)


def _climb(
    climb: Callable[..., tf.Tensor],
    model: keras.Model,
    sequence: np.ndarray,
    delta: np.ndarray,
    label: np.ndarray,
    tracks: np.ndarray | None,
) -> np.ndarray:
    parts = []
    for start in range(0, len(sequence), BATCH_SIZE):
        rows = slice(start, start + BATCH_SIZE)
        beside = read_tracks(model, tracks, rows, len(label[rows]))
        parts.append(climb(sequence[rows], delta[rows], label[rows], beside).numpy())
    return np.concatenate(parts)


@functools.lru_cache(maxsize=1)
def _compiled(model: keras.Model) -> Callable[..., tf.Tensor]:
    one_hot = sequence_spec(model)
    labels = tf.TensorSpec((None, model.output_shape[-1]), tf.int8)

    @tf.function(input_signature=[one_hot, one_hot, labels, tracks_spec(model)])
    def step(
        sequence: tf.Tensor, delta: tf.Tensor, label: tf.Tensor, tracks: tf.Tensor
    ) -> tf.Tensor:
        explained = tf.cast(label == 1, sequence.dtype)
        bound = bind(model, tracks)

        def explain(point: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            with tf.GradientTape() as inner:
                inner.watch(point)
                logit = tf.reduce_sum(explained * bound(point, training=False), axis=1)
            slope = inner.gradient(logit, point, unconnected_gradients="zero")
            slope -= tf.reduce_mean(slope, axis=-1, keepdims=True)
            return logit, tf.reshape(slope, (tf.shape(slope)[0], -1))

        before, own_map = explain(sequence)
        with tf.GradientTape() as outer:
            outer.watch(delta)
            logit, its_map = explain(sequence + delta)
            cosine = tf.reduce_sum(_unit(own_map) * _unit(its_map), axis=1)
            gain = 1 - cosine - PENALTY * tf.square(logit - before)
        return tf.sign(outer.gradient(gain, delta, unconnected_gradients="zero"))

    return step


def _unit(flat: tf.Tensor) -> tf.Tensor:
    return tf.math.l2_normalize(flat, axis=1)
