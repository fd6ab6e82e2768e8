"""Pairs of examples mixed at a hidden layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import keras
import tensorflow as tf
from pydantic import Field

from tfbs.architectures.parameters import Range
from tfbs.benchmark.training.batch import Batch
from tfbs.benchmark.training.hidden_layer import cut
from tfbs.benchmark.training.manifold_noise import Manifold
from tfbs.benchmark.training.mixup import Pairs
from tfbs.benchmark.training.regime import register


@register("manifold_mixup", source="Verma et al. (2019), https://arxiv.org/abs/1806.05236")
@dataclass(frozen=True, kw_only=True)
class ManifoldMixup(Manifold):
    """Mixup of the activations of a hidden layer instead of the sequences.

    One layer is mixed; the paper draws one for each batch.

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
        first, _ = cut(core, self.layer)
        pairs = Pairs.draw(tf.shape(batch.sequence)[0], self.alpha, seed)
        hidden = pairs.mix(first(batch.sequence, training=True))
        return self.hidden_loss(core, hidden, pairs.mixed(batch))
