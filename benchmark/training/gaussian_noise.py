"""Noise on the one-hot input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import keras
import tensorflow as tf

from tfbs.architectures.parameters import NonNegative, Range
from tfbs.benchmark.attacks.projection import known_positions
from tfbs.benchmark.training.regime import register
from tfbs.benchmark.training.standard import Standard


@register(
    "gaussian_noise",
    source="Koo et al. (2019), https://doi.org/10.1101/657437",
    augmentation=True,
    last=True,
)
@dataclass(frozen=True, kw_only=True)
class GaussianNoise(Standard):
    """Normal noise on every element of the one-hot sequence, drawn afresh at each step.

    Unknown letters (all-zero rows) stay as they are.

    Attributes:
        sigma: Standard deviation of the noise.
    """

    sigma: Annotated[NonNegative, Range(0.01, 0.5, log=True)] = 0.1

    @property
    def shows_dna(self) -> bool:
        """Whether training sees sequences of letters, not noise on them."""
        return self.sigma == 0 and super().shows_dna

    def augment(
        self, sequence: tf.Tensor, tracks: tf.Tensor, seed: keras.random.SeedGenerator
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns noisy sequences; see `Standard.augment`."""
        sequence, tracks = super().augment(sequence, tracks, seed)
        return add_noise(sequence, self.sigma, seed), tracks


def add_noise(
    sequence: tf.Tensor, sigma: tf.Tensor | float, seed: keras.random.SeedGenerator
) -> tf.Tensor:
    """Returns sequences with normal noise on the rows of known letters.

    Args:
        sequence: `(batch, length, 4)`.
        sigma: Standard deviation, a scalar or `(batch, 1, 1)`.
        seed: The stream to draw from.
    """
    known = known_positions(sequence)
    return sequence + sigma * known * keras.random.normal(tf.shape(sequence), seed=seed)
