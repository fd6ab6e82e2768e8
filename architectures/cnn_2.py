"""CNN-2 of Koo & Ploenzke, and what it shares with CNN-50."""

from __future__ import annotations

from typing import Annotated

import keras

from tfbs.architectures.blocks import Activation, conv_block, dense_block, logits
from tfbs.architectures.parameters import Dropout, KernelWidth, Positive, Range, Units
from tfbs.architectures.registry import register

DEVIATIONS = (
    "The sigmoid is in the loss: the output is a logit.",
    "width_multiplier is 1 at any length; the paper doubles it for 1,000 nucleotides.",
)


@register(
    "cnn_2",
    family="CNN",
    source="Koo & Ploenzke (2021), https://doi.org/10.1038/s42256-020-00291-x, CNN-2",
    deviations=DEVIATIONS,
    receptive_field=126,
)
def cnn_2(
    length: int,
    num_targets: int,
    *,
    width_multiplier: Annotated[Positive, Range(1, 4)] = 1,
    kernel_size: KernelWidth = 19,
    activation: Activation = "relu",
    dense_units: Units = 512,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """A narrow first pool: the second layer can assemble motifs from parts.

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
    x = two_convolutions(sequence, (2, 50), width_multiplier, kernel_size, activation)
    x = dense_block(keras.layers.Flatten()(x), dense_units * width_multiplier, dropout=dropout)
    return keras.Model(sequence, logits(x, num_targets), name="cnn_2")


def two_convolutions(
    sequence: keras.KerasTensor,
    pools: tuple[int, int],
    width_multiplier: int,
    kernel_size: int,
    activation: str,
) -> keras.KerasTensor:
    """Returns 32 motif detectors and 124 filters of width 5 behind a pool each.

    Args:
        sequence: `(batch, length, 4)`.
        pools: Widths of the two pools, in positions.
        width_multiplier: Factor on the numbers of filters.
        kernel_size: Width of a motif detector, in nucleotides.
        activation: Of the motif detectors.

    Returns:
        `(batch, length / (pools[0] * pools[1]), 124 * width_multiplier)`.
    """
    x = conv_block(
        sequence,
        32 * width_multiplier,
        kernel_size,
        activation=activation,
        activation_name="motifs",
        dropout=0.1,
        pool_size=pools[0],
    )
    return conv_block(x, 124 * width_multiplier, 5, dropout=0.1, pool_size=pools[1])
