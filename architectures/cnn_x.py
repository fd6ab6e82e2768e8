"""CNN-X of Koo & Eddy, where X is the width of the first pool."""

from __future__ import annotations

from typing import Annotated, Literal

import keras

from tfbs.architectures.blocks import Activation, Convolution, conv_stack, dense_block, logits
from tfbs.architectures.parameters import Choice, Dropout, Filters, KernelWidth, Units
from tfbs.architectures.registry import register

POOLS = (1, 2, 4, 10, 25, 50, 100)


@register(
    "cnn_x",
    family="CNN",
    source="Koo & Eddy (2019), https://doi.org/10.1371/journal.pcbi.1007560, CNN-X",
    deviations=(
        "The sigmoid is in the loss: the output is a logit.",
        "The regime's Adam starts at 1e-3, the paper's at 3e-4.",
        "The L1 penalty that the paper's code gives to CNN-50 alone is left out.",
    ),
    receptive_field=134,
)
def cnn_x(
    length: int,
    num_targets: int,
    *,
    first_pool: Annotated[Literal[1, 2, 4, 10, 25, 50, 100], Choice(POOLS)] = 4,
    num_filters: Filters = 30,
    kernel_size: KernelWidth = 19,
    activation: Activation = "relu",
    dense_units: Units = 512,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """Two convolutions whose pools share a factor of 100: how far motifs may be spread over layers.

    Args:
        length: Sequence length, in nucleotides; at least 100.
        num_targets: Number of labels.
        first_pool: Width of the first pool, the X, in nucleotides; the second is 100 / X wide.
        num_filters: First-layer filters.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        dense_units: Units of the hidden dense layer.
        dropout: Dropout of the hidden dense layer.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    sequence = keras.Input((length, 4), name="sequence")
    rows = (
        Convolution(num_filters, kernel_size, 0.1, first_pool),
        Convolution(128, 5, 0.1, 100 // first_pool),
    )
    x = conv_stack(sequence, rows, activation, pool_first=True)
    x = dense_block(keras.layers.Flatten()(x), dense_units, dropout=dropout)
    return keras.Model(sequence, logits(x, num_targets), name="cnn_x")
