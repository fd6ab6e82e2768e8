"""CNN-LSTM-ATT of Ghotra, Lee, Tripathy & Koo."""

from __future__ import annotations

from typing import Annotated

import keras

from tfbs.architectures.blocks import Activation
from tfbs.architectures.convatt import (
    LSTM_DEVIATION,
    PROJECTION,
    SIGMOID,
    SIZES,
    SOURCE,
    KeySize,
    PoolSize,
    Second,
    attention,
    positions,
    reader,
    recurrence,
)
from tfbs.architectures.parameters import (
    Choice,
    Dropout,
    Filters,
    Fraction,
    KernelWidth,
    Positive,
    Units,
)
from tfbs.architectures.receptive_field import WHOLE
from tfbs.architectures.registry import register


@register(
    "cnn_lstm_attention",
    family="attention",
    source=f"{SOURCE}, CNN-LSTM-ATT; CNN2-LSTM-ATT with pool_size=4 and second=convolution, "
    "CNN-LSTM2-ATT with pool_size=4 and lstm_pool_size=6",
    deviations=(SIGMOID, SIZES, LSTM_DEVIATION, PROJECTION),
    receptive_field=WHOLE,
)
def cnn_lstm_attention(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 24,
    kernel_size: KernelWidth = 19,
    activation: Activation = "relu",
    pool_size: PoolSize = 24,
    second: Second = "none",
    lstm_units: Annotated[Positive, Choice((24, 48, 96, 128))] = 48,
    lstm_pool_size: Positive = 1,
    num_heads: Positive = 8,
    key_size: KeySize = 96,
    attention_dropout: Fraction = 0.1,
    dense_units: Units = 96,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """A bidirectional LSTM tells the pooled positions their order before they attend.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: Filters of each convolution.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        pool_size: Width of the first pool, in nucleotides.
        second: Whether a second convolution, with a pool of 6, follows.
        lstm_units: Units of both directions together; even.
        lstm_pool_size: Width of a pool behind the LSTM, in positions; 1 for none.
        num_heads: Attention heads.
        key_size: Size of queries, keys and values, all heads together; a multiple of `num_heads`.
        attention_dropout: Dropout of the attention's output.
        dense_units: Units of the hidden dense layer.
        dropout: Dropout of the hidden dense layer.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.

    Raises:
        UserError: If `num_heads` does not divide `key_size`, or `lstm_units` is odd.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = positions(sequence, num_filters, kernel_size, activation, pool_size, second)
    x = recurrence(x, lstm_units, lstm_pool_size)
    x = attention(x, num_heads, key_size, attention_dropout, "attention")
    return keras.Model(
        sequence, reader(x, num_targets, dense_units, dropout), name="cnn_lstm_attention"
    )
