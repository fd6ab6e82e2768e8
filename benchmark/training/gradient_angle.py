"""A penalty on gradients that point away from what sequences can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import keras
import tensorflow as tf

from tfbs.architectures.parameters import NonNegative, Range
from tfbs.benchmark.training.batch import Batch
from tfbs.benchmark.training.logit_gradient import logit_gradient
from tfbs.benchmark.training.regime import register
from tfbs.benchmark.training.standard import Standard


@register(
    "gradient_angle",
    source="Majdandzic et al. (2023), https://doi.org/10.1186/s13059-023-02956-3",
)
@dataclass(frozen=True, kw_only=True)
class GradientAngle(Standard):
    """Cross-entropy plus the mean angle between input gradients and the plane of one-hot letters.

    The gradient is that of a logit. The paper's best cosine similarity came at weights of 1e-4
    to 1e-3.

    Attributes:
        angle_weight: Weight of the mean angle, per radian.
    """

    angle_weight: Annotated[NonNegative, Range(1e-5, 0.1, log=True)] = 1e-3

    def loss(
        self,
        core: keras.Model,
        batch: Batch,
        seed: keras.random.SeedGenerator,
        epoch: tf.Tensor,
    ) -> tf.Tensor:
        """Returns cross-entropy plus penalty; see `Standard.loss`."""
        gradient = logit_gradient(batch.bound(core), batch.sequence, seed)
        penalty = tf.reduce_mean(angle_to_simplex(gradient))
        return super().loss(core, batch, seed, epoch) + self.angle_weight * penalty

    def passes(self, epoch: int) -> tuple[int, int]:
        """Returns those of both outputs, of the gradient, and of the gradient's gradient."""
        return 2, 3


def angle_to_simplex(gradient: tf.Tensor) -> tf.Tensor:
    """Returns `(batch, length)` angles to the plane where letters sum to 1, in [0, pi / 2].

    That is arcsin(|sum| / (2 * norm)), in a form whose own gradient stays finite.

    Args:
        gradient: `(batch, length, 4)`; where all four are 0 the angle is 0.
    """
    total = tf.reduce_sum(gradient, axis=-1, keepdims=True)
    inside = tf.reduce_sum(tf.square(gradient - total / 4), axis=-1)
    safe = tf.where(inside > 0, inside, 1.0)
    in_plane = tf.where(inside > 0, tf.sqrt(safe), 0.0)
    across = tf.abs(total[..., 0]) / 2
    some = across + in_plane > 0
    return tf.atan2(tf.where(some, across, 0.0), tf.where(some, in_plane, 1.0))
