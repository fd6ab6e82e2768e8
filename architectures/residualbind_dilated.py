"""ResidualBind with a dilated residual block, made for RNA-binding proteins."""

from __future__ import annotations

from typing import Annotated

import keras

from tfbs.architectures.blocks import Activation, conv_block, dense_block, logits
from tfbs.architectures.parameters import Dropout, Filters, KernelWidth, Positive, Range, Units
from tfbs.architectures.registry import register

RATES = (1, 2, 4, 8)


@register(
    "residualbind_dilated",
    family="residual",
    source="Koo et al. (2021), https://doi.org/10.1371/journal.pcbi.1008925, ResidualBind",
    deviations=(
        "The outputs are logits: cross-entropy instead of squared error on binding affinities.",
        "The input is DNA of any length, not RNA of 41 nucleotides.",
    ),
    receptive_field=50,
)
def residualbind_dilated(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 96,
    kernel_size: KernelWidth = 11,
    activation: Activation = "relu",
    pool_size: Annotated[Positive, Range(4, 20)] = 10,
    dense_units: Units = 256,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """Motif detectors refined by one residual block of four dilated convolutions.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: Filters of every convolution.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        pool_size: Width of the average pool, in nucleotides.
        dense_units: Units of the hidden dense layer.
        dropout: Dropout of the hidden dense layer.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = conv_block(
        sequence,
        num_filters,
        kernel_size,
        activation=activation,
        activation_name="motifs",
        dropout=0.1,
    )
    added = x
    for index, rate in enumerate(RATES):
        if index:
            added = keras.layers.Dropout(0.1)(keras.layers.Activation("relu")(added))
        added = keras.layers.Conv1D(
            num_filters,
            3,
            padding="same",
            dilation_rate=rate,
            use_bias=False,
            kernel_regularizer=keras.regularizers.L2(1e-6),
        )(added)
        added = keras.layers.BatchNormalization()(added)
    x = keras.layers.Activation("relu")(keras.layers.Add()([x, added]))
    x = keras.layers.Dropout(0.2)(keras.layers.AveragePooling1D(pool_size)(x))
    x = dense_block(keras.layers.Flatten()(x), dense_units, dropout=dropout)
    return keras.Model(sequence, logits(x, num_targets), name="residualbind_dilated")
