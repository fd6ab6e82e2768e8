"""Sequences a little to the left or right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import keras
import numpy as np
import tensorflow as tf

from tfbs.architectures.parameters import Positive, Range
from tfbs.benchmark.training.regime import register
from tfbs.benchmark.training.standard import Standard


@register(
    "shift_augmentation",
    source="Kelley et al. (2018), https://doi.org/10.1101/gr.227819.117",
    augmentation=True,
)
@dataclass(frozen=True, kw_only=True)
class ShiftAugmentation(Standard):
    """Each sequence moved by a random number of nucleotides, its tracks with it.

    What moves in is unknown: all-zero rows, and NaN in tracks.

    Attributes:
        max_shift: Largest move to either side, in nucleotides.
    """

    max_shift: Annotated[Positive, Range(1, 20)] = 3

    def augment(
        self, sequence: tf.Tensor, tracks: tf.Tensor, seed: keras.random.SeedGenerator
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns shifted sequences; see `Standard.augment`."""
        sequence, tracks = super().augment(sequence, tracks, seed)
        number, length = tf.shape(sequence)[0], sequence.shape[1]
        shift = keras.random.randint((number, 1), -self.max_shift, self.max_shift + 1, seed=seed)
        source = tf.range(length) - shift
        inside = ((source >= 0) & (source < length))[:, :, None]
        source = tf.clip_by_value(source, 0, length - 1)
        moved, beside = (tf.gather(x, source, batch_dims=1) for x in (sequence, tracks))
        return tf.where(inside, moved, 0.0), tf.where(inside, beside, np.nan)
