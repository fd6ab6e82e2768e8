"""Cross-entropy that ignores unknown labels."""

from __future__ import annotations

import numpy as np
import tensorflow as tf


def masked_cross_entropy(label: tf.Tensor, logit: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
    """Returns the weighted mean binary cross-entropy over known labels, in nats.

    Args:
        label: `(batch, targets)`, in [0, 1], or -1 where unknown.
        logit: `(batch, targets)`.
        weight: `(batch, targets)`, at least 0.

    Returns:
        A scalar; 0 where a batch has no known label.
    """
    entropy = tf.nn.sigmoid_cross_entropy_with_logits(
        labels=tf.cast(tf.maximum(label, 0), logit.dtype), logits=logit
    )
    return _mean_over_known(label, entropy, weight)


def masked_divergence(
    label: tf.Tensor, logit: tf.Tensor, other: tf.Tensor, weight: tf.Tensor
) -> tf.Tensor:
    """Returns the weighted mean Kullback-Leibler divergence over known labels, in nats.

    Args:
        label: `(batch, targets)`; only whether it is known matters.
        logit: `(batch, targets)`, of the distribution that the mean is over.
        other: `(batch, targets)`, of the distribution that departs from it.
        weight: `(batch, targets)`, at least 0.

    Returns:
        A scalar; 0 where a batch has no known label.
    """
    probability = tf.sigmoid(logit)
    divergence = probability * (tf.math.log_sigmoid(logit) - tf.math.log_sigmoid(other))
    divergence += (1 - probability) * (tf.math.log_sigmoid(-logit) - tf.math.log_sigmoid(-other))
    return _mean_over_known(label, divergence, weight)


def _mean_over_known(label: tf.Tensor, values: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
    known = tf.cast(label >= 0, values.dtype) * weight
    return tf.math.divide_no_nan(tf.reduce_sum(known * values), tf.reduce_sum(known))


def class_weights(label: np.ndarray, balanced: bool) -> np.ndarray:
    """Returns `(targets, 2)` float32: the weight of an unbound and of a bound label.

    Balanced weights give both classes the same total and average 1 over known labels, as
    scikit-learn's `class_weight="balanced"` does. A target with one class keeps weight 1.

    Args:
        label: `(examples, targets)` int8, -1 where unknown.
        balanced: Whether to balance; else all weights are 1.
    """
    weights = np.ones((label.shape[1], 2), "float32")
    if balanced:
        counts = np.stack([(label == value).sum(axis=0) for value in (0, 1)], axis=1)
        both = counts.min(axis=1) > 0
        weights[both] = counts[both].sum(axis=1, keepdims=True) / (2 * counts[both])
    return weights
