"""DanQ of Quang & Xie."""

from __future__ import annotations

import keras

from tfbs.architectures.activations import activation_layer
from tfbs.architectures.blocks import Activation, logits
from tfbs.architectures.parameters import (
    Dropout,
    KernelWidth,
    ManyFilters,
    PoolWidth,
    RecurrentUnits,
    Units,
)
from tfbs.architectures.receptive_field import WHOLE
from tfbs.architectures.registry import register


@register(
    "danq",
    family="CNN-RNN",
    source="Quang & Xie (2016), https://doi.org/10.1093/nar/gkw226",
    deviations=(
        "The sigmoid is in the loss: the output is a logit.",
        "Weights start as Keras' defaults and the regime's Adam trains them, not RMSprop.",
    ),
    receptive_field=WHOLE,
)
def danq(
    length: int,
    num_targets: int,
    *,
    num_filters: ManyFilters = 320,
    kernel_size: KernelWidth = 26,
    activation: Activation = "relu",
    pool_size: PoolWidth = 13,
    lstm_units: RecurrentUnits = 320,
    dense_units: Units = 925,
    convolution_dropout: Dropout = 0.2,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """A convolution finds motifs, a bidirectional LSTM reads their order.

    The LSTM takes one step per pooled position, one after another: on a CPU its time grows with
    `length / pool_size` and with the square of `lstm_units`. There is no batch norm.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: First-layer filters.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        pool_size: Width of the pool, in nucleotides.
        lstm_units: Units of the LSTM in each direction.
        dense_units: Units of the hidden dense layer.
        convolution_dropout: Dropout of the pooled motifs.
        dropout: Dropout of the LSTM's outputs.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = keras.layers.Conv1D(num_filters, kernel_size)(sequence)
    x = activation_layer(activation, "motifs")(x)
    x = keras.layers.MaxPooling1D(pool_size)(x)
    x = keras.layers.Dropout(convolution_dropout)(x)
    x = keras.layers.Bidirectional(keras.layers.LSTM(lstm_units, return_sequences=True))(x)
    x = keras.layers.Dropout(dropout)(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(dense_units, activation="relu")(x)
    return keras.Model(sequence, logits(x, num_targets, l2=0.0), name="danq")
