"""Noise on the activations of a hidden layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import keras
import tensorflow as tf

from tfbs.architectures.parameters import NonNegative, Range
from tfbs.benchmark.inputs import num_tracks
from tfbs.benchmark.training.batch import Batch
from tfbs.benchmark.training.hidden_layer import DEFAULT_LAYER, LayerName, cut
from tfbs.benchmark.training.loss import masked_cross_entropy
from tfbs.benchmark.training.regime import register
from tfbs.benchmark.training.standard import Standard


@dataclass(frozen=True, kw_only=True)
class Manifold(Standard):
    """Perturbs the activations of a hidden layer.

    Attributes:
        layer: Name of the layer; `motifs` is the activation of the first.
    """

    layer: LayerName = DEFAULT_LAYER

    def check_model(self, model: keras.Model) -> None:
        """Refuses models without the layer."""
        cut(model, self.layer)

    def hidden_loss(self, core: keras.Model, hidden: tf.Tensor, batch: Batch) -> tf.Tensor:
        """Returns the cross-entropy of what the layers after the hidden one make of it."""
        _, second = cut(core, self.layer)
        inputs = [hidden, batch.tracks] if num_tracks(core) else hidden
        return masked_cross_entropy(batch.label, second(inputs, training=True), batch.weight)


@register(
    "manifold_noise",
    source="Labelson et al. (2021), Learning Meaningful Representations of Life workshop",
)
@dataclass(frozen=True, kw_only=True)
class ManifoldNoise(Manifold):
    """Normal noise on the activations of a hidden layer, drawn afresh at each step.

    Attributes:
        hidden_sigma: Standard deviation of the noise.
    """

    hidden_sigma: Annotated[NonNegative, Range(0.01, 1.0, log=True)] = 0.15

    def loss(
        self,
        core: keras.Model,
        batch: Batch,
        seed: keras.random.SeedGenerator,
        epoch: tf.Tensor,
    ) -> tf.Tensor:
        """Returns the cross-entropy behind the noise; see `Standard.loss`."""
        first, _ = cut(core, self.layer)
        hidden = first(batch.sequence, training=True)
        noise = keras.random.normal(tf.shape(hidden), seed=seed)
        return self.hidden_loss(core, hidden + self.hidden_sigma * noise, batch)
