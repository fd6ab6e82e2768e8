"""CNN-local of Koo & Ploenzke."""

from __future__ import annotations

from typing import Annotated

import keras

from tfbs.architectures.blocks import Activation, Convolution, conv_stack, dense_block, logits
from tfbs.architectures.parameters import (
    Dropout,
    Filters,
    KernelWidth,
    Positive,
    Range,
    Units,
)
from tfbs.architectures.registry import register


@register(
    "cnn_local",
    family="CNN",
    source="Koo & Ploenzke (2021), https://doi.org/10.1038/s42256-020-00291-x, CNN-local",
    receptive_field=218,
    deviations=("The sigmoid is in the loss: the output is a logit.",),
)
def cnn_local(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 24,
    kernel_size: KernelWidth = 19,
    activation: Activation = "relu",
    pool_size: Annotated[Positive, Range(4, 50)] = 50,
    dense_units: Units = 96,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """Whole motifs in the first layer: one wide pool, so that filters cannot be combined.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: First-layer filters; the second layer has twice as many.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        pool_size: Width of the first pool, in nucleotides.
        dense_units: Units of the hidden dense layer.
        dropout: Dropout of the hidden dense layer.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    sequence = keras.Input((length, 4), name="sequence")
    rows = (
        Convolution(num_filters, kernel_size, 0.1, pool_size),
        Convolution(2 * num_filters, 3, 0.2, 2),
    )
    x = conv_stack(sequence, rows, activation)
    x = dense_block(keras.layers.Flatten()(x), dense_units, dropout=dropout)
    return keras.Model(sequence, logits(x, num_targets), name="cnn_local")
