"""SATORI of Ullah & Ben-Hur."""

from __future__ import annotations

from typing import Annotated

import keras

from tfbs.architectures.blocks import Activation, conv_block, logits
from tfbs.architectures.layers import RectifiedAttention
from tfbs.architectures.parameters import (
    Choice,
    Dropout,
    Filters,
    KernelWidth,
    Positive,
    Range,
    RecurrentUnits,
)
from tfbs.architectures.receptive_field import WHOLE
from tfbs.architectures.registry import register


@register(
    "satori",
    family="attention",
    source="Ullah & Ben-Hur (2021), https://doi.org/10.1093/nar/gkab349",
    deviations=(
        "The sigmoid is in the loss: the output is a logit.",
        "The pooled features are standardised within a sequence; the paper's code standardises the "
        "whole batch, so that a prediction depends on its neighbours.",
        "Positions are averaged, not summed: the standardisation that follows makes them equal.",
    ),
    receptive_field=WHOLE,
)
def satori(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 200,
    kernel_size: KernelWidth = 13,
    activation: Activation = "relu",
    pool_size: Annotated[Positive, Range(2, 12)] = 6,
    recurrent: Annotated[bool, Choice((False, True))] = False,
    lstm_units: RecurrentUnits = 100,
    num_heads: Annotated[Positive, Choice((2, 4, 8))] = 8,
    head_size: Annotated[Positive, Choice((16, 32, 64))] = 32,
    attention_units: Annotated[Positive, Range(32, 256, log=True)] = 100,
    dropout: Dropout = 0.2,
) -> keras.Model:
    """Self-attention between motifs, whose weights say which motifs go together.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: First-layer filters.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        pool_size: Width of the pool, in nucleotides.
        recurrent: Whether two bidirectional LSTM layers stand between motifs and attention.
        lstm_units: Units of the LSTM layers in each direction.
        num_heads: Attention heads.
        head_size: Size of queries, keys and values of a head.
        attention_units: Units that all heads are mixed into, at each position.
        dropout: Dropout of the pooled motifs and of the attention; the LSTM has 0.4.

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
        dropout=dropout,
        pool_size=pool_size,
        pool_first=True,
        momentum=0.9,
        l2=0.0,
    )
    if recurrent:
        for _ in range(2):
            x = keras.layers.Bidirectional(keras.layers.LSTM(lstm_units, return_sequences=True))(x)
        x = keras.layers.Dropout(0.4)(x)
    x = RectifiedAttention(
        num_heads,
        head_size,
        dropout=dropout,
        output_shape=attention_units,
        name="attention",
    )(x, x)
    x = keras.layers.GlobalAveragePooling1D()(keras.layers.Activation("relu")(x))
    x = keras.layers.LayerNormalization(epsilon=1e-6, center=False, scale=False)(x)
    return keras.Model(sequence, logits(x, num_targets, l2=0.0), name="satori")
