"""CNN-ATT of Ghotra, Lee, Tripathy & Koo."""

from __future__ import annotations

import keras

from tfbs.architectures.blocks import Activation
from tfbs.architectures.convatt import (
    SIGMOID,
    SIZES,
    SOURCE,
    KeySize,
    PoolSize,
    Second,
    attention,
    positions,
    reader,
)
from tfbs.architectures.parameters import Dropout, Filters, Fraction, KernelWidth, Positive, Units
from tfbs.architectures.receptive_field import WHOLE
from tfbs.architectures.registry import register


@register(
    "cnn_attention",
    family="attention",
    source=f"{SOURCE}, CNN-ATT; CNN2-ATT with pool_size=4 and second=convolution",
    deviations=(
        SIGMOID,
        SIZES,
        "The projection behind the heads has no bias; the batch norm that follows would take it "
        "out again.",
    ),
    receptive_field=WHOLE,
)
def cnn_attention(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 24,
    kernel_size: KernelWidth = 19,
    activation: Activation = "relu",
    pool_size: PoolSize = 24,
    second: Second = "none",
    num_heads: Positive = 8,
    key_size: KeySize = 48,
    attention_dropout: Fraction = 0.1,
    dense_units: Units = 96,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """One convolution with a wide pool, then self-attention between the pooled positions.

    Positions are not encoded: attention sees a set, the dense layer behind it the order.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: First-layer filters.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        pool_size: Width of the pool, in nucleotides: 24, or 4 for finer positions.
        second: Whether a second convolution, with a pool of 6, follows.
        num_heads: Attention heads.
        key_size: Size of queries, keys and values, all heads together; a multiple of `num_heads`.
        attention_dropout: Dropout of the attention's output.
        dense_units: Units of the hidden dense layer.
        dropout: Dropout of the hidden dense layer.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.

    Raises:
        UserError: If `num_heads` does not divide `key_size`.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = positions(sequence, num_filters, kernel_size, activation, pool_size, second)
    x = attention(x, num_heads, key_size, attention_dropout, "attention")
    return keras.Model(sequence, reader(x, num_targets, dense_units, dropout), name="cnn_attention")
