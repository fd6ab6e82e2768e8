"""CNN-ATT of Ghotra, Lee, Tripathy & Koo."""

from __future__ import annotations

import keras

from tfbs.architectures.blocks import Activation, conv_block, dense_block, logits
from tfbs.architectures.parameters import Fraction, Positive
from tfbs.architectures.registry import register
from tfbs.errors import UserError


@register(
    "cnn_attention",
    family="attention",
    source="Ghotra et al. (2021), https://doi.org/10.1101/2021.07.13.452181, CNN-ATT",
    deviations=(
        "The sigmoid is in the loss: the output is a logit.",
        "The projection behind the heads has no bias; the batch norm that follows would take it "
        "out again.",
    ),
)
def cnn_attention(
    length: int,
    num_targets: int,
    *,
    num_filters: Positive = 24,
    kernel_size: Positive = 19,
    activation: Activation = "relu",
    pool_size: Positive = 24,
    num_heads: Positive = 8,
    key_size: Positive = 48,
    attention_dropout: Fraction = 0.1,
    dense_units: Positive = 96,
    dropout: Fraction = 0.5,
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
    if key_size % num_heads:
        raise UserError(f"num_heads={num_heads} does not divide key_size={key_size}")
    sequence = keras.Input((length, 4), name="sequence")
    x = conv_block(
        sequence,
        num_filters,
        kernel_size,
        activation=activation,
        activation_name="motifs",
        pool_size=pool_size,
        l2=0.0,
    )
    x = keras.layers.Dropout(0.1)(x)
    x = keras.layers.MultiHeadAttention(
        num_heads, key_size // num_heads, output_shape=key_size, use_bias=False, name="attention"
    )(x, x)
    x = keras.layers.Dropout(attention_dropout)(x)
    x = dense_block(keras.layers.Flatten()(x), dense_units, dropout=dropout, l2=0.0)
    return keras.Model(sequence, logits(x, num_targets, l2=0.0), name="cnn_attention")
