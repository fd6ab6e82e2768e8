"""CNN-50 of Koo & Ploenzke."""

from __future__ import annotations

from typing import Annotated

import keras

from tfbs.architectures.blocks import Activation, dense_block, logits
from tfbs.architectures.cnn_2 import DEVIATIONS, two_convolutions
from tfbs.architectures.parameters import Dropout, KernelWidth, Positive, Range, Units
from tfbs.architectures.registry import register


@register(
    "cnn_50",
    family="CNN",
    source="Koo & Ploenzke (2021), https://doi.org/10.1038/s42256-020-00291-x, CNN-50",
    deviations=DEVIATIONS,
    receptive_field=318,
)
def cnn_50(
    length: int,
    num_targets: int,
    *,
    width_multiplier: Annotated[Positive, Range(1, 4)] = 1,
    kernel_size: KernelWidth = 19,
    activation: Activation = "relu",
    dense_units: Units = 512,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """A wide first pool: a first-layer filter must hold a whole motif.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        width_multiplier: Factor on all numbers of filters and units.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        dense_units: Units of the hidden dense layer, before the factor.
        dropout: Dropout of the hidden dense layer.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = two_convolutions(sequence, (50, 2), width_multiplier, kernel_size, activation)
    x = dense_block(keras.layers.Flatten()(x), dense_units * width_multiplier, dropout=dropout)
    return keras.Model(sequence, logits(x, num_targets), name="cnn_50")
