"""Pairs of examples mixed at the input."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import keras
import tensorflow as tf
from pydantic import Field

from tfbs.architectures.parameters import Range
from tfbs.benchmark.training.batch import Batch
from tfbs.benchmark.training.regime import register
from tfbs.benchmark.training.standard import Standard


@register("mixup", source="Zhang et al. (2018), https://arxiv.org/abs/1710.09412")
@dataclass(frozen=True, kw_only=True)
class Mixup(Standard):
    """Mixup: weighted means of two sequences, their tracks and their labels.

    Attributes:
        alpha: The share of the first of a pair is drawn from Beta(alpha, alpha).
    """

    alpha: Annotated[float, Field(gt=0), Range(0.1, 2.0, log=True)] = 1.0

    def loss(
        self,
        core: keras.Model,
        batch: Batch,
        seed: keras.random.SeedGenerator,
        epoch: tf.Tensor,
    ) -> tf.Tensor:
        """Returns the cross-entropy of mixed examples; see `Standard.loss`."""
        pairs = Pairs.draw(tf.shape(batch.sequence)[0], self.alpha, seed)
        sequence = pairs.mix(batch.sequence)
        return super().loss(core, replace(pairs.mixed(batch), sequence=sequence), seed, epoch)


@dataclass(frozen=True)
class Pairs:
    """Who is mixed with whom, and how much.

    Attributes:
        partner: `(batch,)` int, a permutation.
        share: `(batch,)` in [0, 1], of an example itself; the rest is its partner's.
    """

    partner: tf.Tensor
    share: tf.Tensor

    @classmethod
    def draw(cls, number: tf.Tensor, alpha: float, seed: keras.random.SeedGenerator) -> Pairs:
        """Returns random pairs among a `number` of examples."""
        partner = keras.random.shuffle(tf.range(number), seed=seed)
        return cls(partner, keras.random.beta((number,), alpha, alpha, seed=seed))

    def mix(self, values: tf.Tensor) -> tf.Tensor:
        """Returns `(batch, …)` values mixed with those of the partners."""
        share = tf.reshape(self.share, [-1] + [1] * (len(values.shape) - 1))
        return share * values + (1 - share) * tf.gather(values, self.partner)

    def mixed(self, batch: Batch) -> Batch:
        """Returns a batch with mixed tracks and labels; its sequences are as they were.

        The cross-entropy of the mixed label under the mixed weight is the mixed cross-entropy
        of both labels, each under its own weight. A label is known where both are.
        """
        other = tf.gather(batch.label, self.partner)
        known = (batch.label >= 0) & (other >= 0)
        label = tf.cast(tf.maximum(batch.label, 0), batch.weight.dtype)
        weight = self.mix(batch.weight)
        soft = tf.math.divide_no_nan(self.mix(batch.weight * label), weight)
        return replace(
            batch, tracks=self.mix(batch.tracks), label=tf.where(known, soft, -1.0), weight=weight
        )
