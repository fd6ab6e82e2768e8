"""CNN-LSTM-TRANSn of Ghotra, Lee, Tripathy & Koo."""

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
    "cnn_lstm_transformer",
    family="attention",
    source=f"{SOURCE}, CNN-LSTM-TRANSn, n being num_blocks; CNN2-LSTM-TRANSn with pool_size=4 and "
    "second=convolution, CNN-LSTM2-TRANSn with pool_size=4 and lstm_pool_size=6",
    deviations=(SIGMOID, SIZES, LSTM_DEVIATION, PROJECTION),
    receptive_field=WHOLE,
)
def cnn_lstm_transformer(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 24,
    kernel_size: KernelWidth = 19,
    activation: Activation = "relu",
    pool_size: PoolSize = 24,
    second: Second = "none",
    lstm_pool_size: Positive = 1,
    num_blocks: Annotated[Positive, Choice((1, 2, 4))] = 1,
    num_heads: Positive = 8,
    key_size: KeySize = 48,
    attention_dropout: Fraction = 0.1,
    dense_units: Units = 96,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """Transformer blocks on what a bidirectional LSTM reads off the pooled motifs.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: Filters of each convolution.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        pool_size: Width of the first pool, in nucleotides.
        second: Whether a second convolution, with a pool of 6, follows.
        lstm_pool_size: Width of a pool behind the LSTM, in positions; 1 for none.
        num_blocks: Transformer blocks, the n.
        num_heads: Attention heads.
        key_size: Size of the LSTM's output, of queries, keys and values, all heads together; a
            multiple of `num_heads`, even.
        attention_dropout: Dropout inside the transformer blocks.
        dense_units: Units of the hidden dense layer.
        dropout: Dropout of the hidden dense layer.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.

    Raises:
        UserError: If `num_heads` does not divide `key_size`, or `key_size` is odd.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = positions(sequence, num_filters, kernel_size, activation, pool_size, second)
    x = _norm(recurrence(x, key_size, lstm_pool_size))
    for block in range(num_blocks):
        attended = attention(x, num_heads, key_size, attention_dropout, f"attention_{block + 1}")
        x = _norm(keras.layers.Add()([x, attended]))
        x = _norm(keras.layers.Add()([x, _feed_forward(x, attention_dropout)]))
    return keras.Model(
        sequence, reader(x, num_targets, dense_units, dropout), name="cnn_lstm_transformer"
    )


def _norm(x: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.LayerNormalization(epsilon=1e-6)(x)


def _feed_forward(x: keras.KerasTensor, dropout: float) -> keras.KerasTensor:
    hidden = keras.layers.Dense(32, activation="relu")(x)
    hidden = keras.layers.Dense(x.shape[-1])(keras.layers.Dropout(dropout)(hidden))
    return keras.layers.Dropout(dropout)(hidden)
