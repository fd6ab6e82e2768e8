"""Where a perturbation may lie, and which way it climbs fastest there."""

from __future__ import annotations

from typing import Literal

import tensorflow as tf

Norm = Literal["linf", "l2"]


def project_onto_ball(delta: tf.Tensor, radius: tf.Tensor | float, norm: Norm) -> tf.Tensor:
    """Returns the nearest perturbation inside the ball.

    Args:
        delta: `(batch, length, 4)`.
        radius: Of the ball, a scalar.
        norm: `linf` over elements, or `l2` over the whole sequence.
    """
    if norm == "linf":
        return tf.clip_by_value(delta, -radius, radius)
    length = euclidean_length(delta)
    return delta * tf.where(length > radius, tf.math.divide_no_nan(radius, length), 1.0)


def project_into_box(sequence: tf.Tensor, delta: tf.Tensor) -> tf.Tensor:
    """Returns the nearest perturbation that keeps every element in [0, 1].

    An element that is outside already, by noise, moves no further out.
    """
    low, high = tf.minimum(sequence, 0.0), tf.maximum(sequence, 1.0)
    return tf.clip_by_value(sequence + delta, low, high) - sequence


def project_onto_simplex(points: tf.Tensor) -> tf.Tensor:
    """Returns the nearest points whose last axis is not negative and sums to 1.

    Source: Held, Wolfe & Crowder (1974), https://doi.org/10.1007/BF01580223: a number is taken
    from every coordinate, the largest of (sum of the k largest - 1) / k.

    Args:
        points: `(..., letters)`.
    """
    largest_first = tf.sort(points, axis=-1, direction="DESCENDING")
    counts = tf.range(1, tf.shape(points)[-1] + 1)
    taken = (tf.cumsum(largest_first, axis=-1) - 1.0) / tf.cast(counts, points.dtype)
    return tf.nn.relu(points - tf.reduce_max(taken, axis=-1, keepdims=True))


def project_onto_dna(
    sequence: tf.Tensor, delta: tf.Tensor, radius: tf.Tensor, norm: Norm
) -> tf.Tensor:
    """Returns a perturbation inside the ball that keeps every position a mixture of letters.

    For `linf` it is the nearest one: around a letter the ball cuts a smaller simplex out of the
    simplex. For `l2` it is the nearest one on the simplex, shrunk into the ball, which stays on
    the simplex because the sequence itself is on it.

    Args:
        sequence: `(batch, length, 4)` one-hot; unknown positions, all zero, do not move.
        delta: `(batch, length, 4)`.
        radius: Of the ball, a scalar.
        norm: `linf` over elements, or `l2` over the whole sequence.
    """
    known = known_positions(sequence)
    if norm == "linf":
        share = tf.minimum(radius, 1.0)
        mixture = project_onto_simplex(sequence + tf.math.divide_no_nan(delta, share))
        return share * (mixture - sequence) * known
    moved = (project_onto_simplex(sequence + delta) - sequence) * known
    return project_onto_ball(moved, radius, norm)


def steepest(gradient: tf.Tensor, norm: Norm) -> tf.Tensor:
    """Returns the direction of unit length in which a loss rises fastest."""
    if norm == "linf":
        return tf.sign(gradient)
    return tf.math.divide_no_nan(gradient, euclidean_length(gradient))


def steepest_on_simplex(sequence: tf.Tensor, gradient: tf.Tensor, norm: Norm) -> tf.Tensor:
    """Returns the direction in which mixtures of letters climb fastest.

    For `linf` every position gains of its best letter, which the projection takes from the others
    alike, wherever the walk is: it can come back to the letter that it left. For `l2` it is the
    gradient, scaled so that what the simplex leaves of it at the sequence has unit length.

    Args:
        sequence: `(batch, length, 4)` one-hot.
        gradient: `(batch, length, 4)`.
        norm: `linf` or `l2`.
    """
    if norm == "linf":
        spread = tf.reduce_max(gradient, axis=-1) > tf.reduce_min(gradient, axis=-1)
        best = tf.one_hot(tf.argmax(gradient, axis=-1), gradient.shape[-1], dtype=gradient.dtype)
        return best * tf.cast(spread, gradient.dtype)[..., None]
    return tf.math.divide_no_nan(gradient, euclidean_length(tangent(sequence, gradient)))


def tangent(sequence: tf.Tensor, gradient: tf.Tensor) -> tf.Tensor:
    """Returns the part of a gradient along which a one-hot sequence can move on the simplex.

    It is the nearest direction that adds nothing in all at a position and takes only from the
    letter that is there.

    Args:
        sequence: `(batch, length, 4)` one-hot.
        gradient: `(batch, length, 4)`.
    """
    largest = tf.reduce_max(tf.abs(gradient), axis=(1, 2), keepdims=True)
    step = tf.math.divide_no_nan(gradient, 4.0 * largest)  # too short to use up a letter
    return (project_onto_simplex(sequence + step) - sequence) * 4.0 * largest


def known_positions(sequence: tf.Tensor) -> tf.Tensor:
    """Returns `(batch, length, 1)`: 1 where a letter is known, noisy or not, 0 on all-zero rows."""
    return tf.cast(tf.reduce_any(sequence != 0, axis=-1, keepdims=True), sequence.dtype)


def euclidean_length(values: tf.Tensor) -> tf.Tensor:
    """Returns `(batch, 1, 1)` root sums of squares."""
    return tf.sqrt(tf.reduce_sum(tf.square(values), axis=(1, 2), keepdims=True))
