"""DeepSEA of Zhou & Troyanskaya."""

from __future__ import annotations

from typing import Annotated

import keras

from tfbs.architectures.blocks import Activation, conv_block, logits
from tfbs.architectures.parameters import Dropout, ManyFilters, Positive, Range, Units
from tfbs.architectures.registry import register

L2 = 5e-7
"""Weight of the squared weights in the loss: a weight decay of 1e-6."""


@register(
    "deepsea",
    family="CNN",
    source="Zhou & Troyanskaya (2015), https://doi.org/10.1038/nmeth.3547",
    deviations=(
        "The sigmoid is in the loss: the output is a logit.",
        "The regime's Adam trains it, not SGD with momentum 0.9.",
        "The max norm of kernels and the L1 penalty of the hidden layer are left out.",
    ),
    receptive_field=163,
)
def deepsea(
    length: int,
    num_targets: int,
    *,
    num_filters: ManyFilters = 320,
    kernel_size: Annotated[Positive, Range(5, 9)] = 8,
    activation: Activation = "relu",
    dense_units: Units = 925,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """Three unpadded convolutions of width 8, then one hidden layer for all labels.

    There is no batch norm.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: First-layer filters; the next layers have 1.5 and 3 times as many.
        kernel_size: Width of all filters, in positions.
        activation: First-layer activation.
        dense_units: Units of the hidden dense layer.
        dropout: Dropout of the third convolution; the first two have 0.2.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = sequence
    for layer, (filters, pool_size, rate) in enumerate(
        ((num_filters, 4, 0.2), (3 * num_filters // 2, 4, 0.2), (3 * num_filters, 1, dropout))
    ):
        x = conv_block(
            x,
            filters,
            kernel_size,
            padding="valid",
            activation="relu" if layer else activation,
            activation_name=None if layer else "motifs",
            dropout=rate,
            pool_size=pool_size,
            pool_first=True,
            normalise=False,
            use_bias=True,
            l2=L2,
        )
    x = keras.layers.Dense(
        dense_units, activation="relu", kernel_regularizer=keras.regularizers.L2(L2)
    )(keras.layers.Flatten()(x))
    return keras.Model(sequence, logits(x, num_targets, l2=L2), name="deepsea")
