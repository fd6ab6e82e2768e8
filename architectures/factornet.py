"""FactorNet of Quang & Xie, its part that reads the sequence."""

from __future__ import annotations

import keras

from tfbs.architectures.activations import activation_layer
from tfbs.architectures.blocks import Activation, logits
from tfbs.architectures.layers.strands import BothStrands, MeanOverStrands
from tfbs.architectures.parameters import (
    Dropout,
    Filters,
    KernelWidth,
    PoolWidth,
    RecurrentUnits,
    Units,
)
from tfbs.architectures.receptive_field import WHOLE
from tfbs.architectures.registry import register


@register(
    "factornet",
    family="CNN-RNN",
    source="Quang & Xie (2019), https://doi.org/10.1016/j.ymeth.2019.03.020",
    deviations=(
        "The logits of the two strands are averaged, not their sigmoids.",
        "DNase, mappability, expression and annotation are not read; prior.tracks adds tracks.",
        "The two strands stand one under the other in the batch, so each has dropout of its own.",
    ),
    receptive_field=WHOLE,
)
def factornet(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 32,
    kernel_size: KernelWidth = 26,
    activation: Activation = "relu",
    pool_size: PoolWidth = 13,
    lstm_units: RecurrentUnits = 32,
    dense_units: Units = 64,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """Motifs, mixtures of motifs at each position, a bidirectional LSTM; both strands averaged.

    There is no batch norm.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: First-layer filters, and units of the dense layer at each position.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        pool_size: Width of the pool, in nucleotides.
        lstm_units: Units of the LSTM in each direction.
        dense_units: Units of the hidden dense layer.
        dropout: Dropout of the LSTM's outputs and of the hidden layer.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits. Inside, the batch
        holds both strands: `motifs` has the forward ones first.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = keras.layers.Conv1D(num_filters, kernel_size)(BothStrands()(sequence))
    x = activation_layer(activation, "motifs")(x)
    x = keras.layers.Dropout(0.1)(x)
    x = keras.layers.Dense(num_filters, activation="relu")(x)
    x = keras.layers.MaxPooling1D(pool_size)(x)
    lstm = keras.layers.LSTM(lstm_units, return_sequences=True, dropout=0.1, recurrent_dropout=0.1)
    x = keras.layers.Dropout(dropout)(keras.layers.Bidirectional(lstm)(x))
    x = keras.layers.Dense(dense_units, activation="relu")(keras.layers.Flatten()(x))
    x = keras.layers.Dropout(dropout)(x)
    strands = logits(x, num_targets, l2=0.0)
    return keras.Model(sequence, MeanOverStrands()(strands), name="factornet")
