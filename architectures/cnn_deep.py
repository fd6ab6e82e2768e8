"""CNN-deep of Koo & Ploenzke."""

from __future__ import annotations

from typing import Annotated

import keras

from tfbs.architectures.blocks import Activation, conv_block, dense_block, logits
from tfbs.architectures.parameters import Dropout, KernelWidth, Positive, Range, Units
from tfbs.architectures.registry import register


@register(
    "cnn_deep",
    family="CNN",
    source="Koo & Ploenzke (2021), https://doi.org/10.1038/s42256-020-00291-x, CNN-deep",
    receptive_field=128,
    deviations=(
        "The sigmoid is in the loss: the output is a logit.",
        "width_multiplier is 1 at any length; the paper doubles it for 1,000 nucleotides.",
    ),
)
def cnn_deep(
    length: int,
    num_targets: int,
    *,
    width_multiplier: Annotated[Positive, Range(1, 4)] = 1,
    kernel_size: KernelWidth = 19,
    activation: Activation = "relu",
    dense_units: Units = 512,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """Four convolutions with late pools, for many labels at once.

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
    x = conv_block(
        sequence,
        32 * width_multiplier,
        kernel_size,
        activation=activation,
        activation_name="motifs",
        dropout=0.1,
    )
    x = conv_block(x, 48 * width_multiplier, 7, dropout=0.2, pool_size=4)
    x = conv_block(x, 96 * width_multiplier, 7, padding="valid", dropout=0.3, pool_size=4)
    x = conv_block(x, 128 * width_multiplier, 3, padding="valid", dropout=0.4, pool_size=3)
    x = dense_block(keras.layers.Flatten()(x), dense_units * width_multiplier, dropout=dropout)
    return keras.Model(sequence, logits(x, num_targets), name="cnn_deep")
