"""A penalty on explanations that are spread out."""

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
    "attribution_prior", source="Erion et al. (2021), https://doi.org/10.1038/s42256-021-00343-w"
)
@dataclass(frozen=True, kw_only=True)
class AttributionPrior(Standard):
    """Cross-entropy plus a penalty on expected gradients that many positions share.

    Expected gradients are sampled once per sequence and step, against another sequence of the
    batch. The penalty is 1 minus the Gini coefficient of the positions' absolute attributions,
    of each sequence; the paper takes that of the features' means over a batch, but a motif is at
    another position in each sequence.

    Attributes:
        prior_weight: Weight of the penalty; no value for DNA is published.
    """

    prior_weight: Annotated[NonNegative, Range(1e-3, 10.0, log=True)] = 0.1

    def loss(
        self,
        core: keras.Model,
        batch: Batch,
        seed: keras.random.SeedGenerator,
        epoch: tf.Tensor,
    ) -> tf.Tensor:
        """Returns cross-entropy plus penalty; see `Standard.loss`."""
        maps = expected_gradients(batch, core, seed)
        penalty = tf.reduce_mean(1 - gini(tf.abs(tf.reduce_sum(maps, axis=-1))))
        return super().loss(core, batch, seed, epoch) + self.prior_weight * penalty

    def passes(self, epoch: int) -> tuple[int, int]:
        """Returns those of both outputs, of the gradient, and of the gradient's gradient."""
        return 2, 3


def expected_gradients(
    batch: Batch, core: keras.Model, seed: keras.random.SeedGenerator
) -> tf.Tensor:
    """Returns one sample of expected gradients, `(batch, length, 4)`.

    Args:
        batch: Its sequences in a random order are the references.
        core: The model.
        seed: The stream of references and of points on the lines from them.
    """
    sequence = batch.sequence
    number = tf.shape(sequence)[0]
    reference = tf.gather(sequence, keras.random.shuffle(tf.range(number), seed=seed))
    share = keras.random.uniform((number, 1, 1), seed=seed)
    point = reference + share * (sequence - reference)
    return (sequence - reference) * logit_gradient(batch.bound(core), sequence, seed, at=point)


def gini(values: tf.Tensor) -> tf.Tensor:
    """Returns `(batch,)` Gini coefficients: 0 where all are equal, near 1 where one has all.

    Args:
        values: `(batch, n)`, at least 0; where all are 0 the coefficient is 0.
    """
    n = values.shape[-1]
    rank = 2 * tf.range(1, n + 1, dtype=values.dtype) - n - 1
    weighted = tf.reduce_sum(rank * tf.sort(values, axis=-1), axis=-1)
    return tf.math.divide_no_nan(weighted, n * tf.reduce_sum(values, axis=-1))
