"""The parts of the networks of Ghotra, Lee, Tripathy & Koo."""

from __future__ import annotations

from typing import Annotated, Literal

import keras

from tfbs.architectures.blocks import conv_block, dense_block, logits
from tfbs.architectures.parameters import Choice, Positive
from tfbs.errors import UserError

SOURCE = "Ghotra et al. (2021), https://doi.org/10.1101/2021.07.13.452181"
SIGMOID = "The sigmoid is in the loss: the output is a logit."
SIZES = "Sizes are those of the paper's second task; its first has 32 filters, 512 units, 128 keys."
LSTM_DEVIATION = (
    "Both directions of the LSTM have tanh; in the paper's code the backward one has ReLU."
)
PROJECTION = "The projection behind the heads has no bias."

PoolSize = Annotated[Positive, Choice((4, 24))]
"""Width of the first pool, in nucleotides: coarse or fine positions for what follows."""

Second = Annotated[Literal["none", "convolution"], Choice(("none", "convolution"))]
"""Whether a second convolution of width 7 and a pool of 6 follow."""

KeySize = Annotated[Positive, Choice((24, 48, 96, 128))]
"""Size of queries, keys and values, all heads together."""


def positions(
    sequence: keras.KerasTensor,
    num_filters: int,
    kernel_size: int,
    activation: str,
    pool_size: int,
    second: str,
) -> keras.KerasTensor:
    """Returns motif activations, pooled: `(batch, positions, num_filters)`.

    Args:
        sequence: `(batch, length, 4)`.
        num_filters: Filters of each convolution.
        kernel_size: Width of a motif detector, in nucleotides.
        activation: Of the motif detectors.
        pool_size: Width of the first pool, in nucleotides.
        second: `"convolution"` for a second convolution and a pool of 6, else `"none"`.
    """
    x = conv_block(
        sequence,
        num_filters,
        kernel_size,
        activation=activation,
        activation_name="motifs",
        dropout=0.1,
        pool_size=pool_size,
        pool_first=True,
        l2=0.0,
    )
    if second == "none":
        return x
    return conv_block(x, num_filters, 7, dropout=0.1, pool_size=6, pool_first=True, l2=0.0)


def recurrence(x: keras.KerasTensor, num_units: int, pool_size: int) -> keras.KerasTensor:
    """Returns what a bidirectional LSTM reads, pooled, with dropout 0.1.

    Args:
        x: `(batch, positions, channels)`.
        num_units: Of both directions together; even.
        pool_size: Width of the pool behind it, in positions; 1 for none.

    Returns:
        `(batch, positions / pool_size, num_units)`.

    Raises:
        UserError: If `num_units` is odd.
    """
    if num_units % 2:
        raise UserError(f"an LSTM of {num_units} units cannot be shared by two directions")
    x = keras.layers.Bidirectional(keras.layers.LSTM(num_units // 2, return_sequences=True))(x)
    if pool_size > 1:
        x = keras.layers.MaxPooling1D(pool_size)(x)
    return keras.layers.Dropout(0.1)(x)


def attention(
    x: keras.KerasTensor, num_heads: int, key_size: int, dropout: float, name: str
) -> keras.KerasTensor:
    """Returns multi-head self-attention without biases, with dropout.

    Args:
        x: `(batch, positions, channels)`.
        num_heads: Attention heads.
        key_size: Of all heads together; a multiple of `num_heads`.
        dropout: Of the output.
        name: Of the attention layer.

    Returns:
        `(batch, positions, key_size)`.

    Raises:
        UserError: If `num_heads` does not divide `key_size`.
    """
    if key_size % num_heads:
        raise UserError(f"num_heads={num_heads} does not divide key_size={key_size}")
    x = keras.layers.MultiHeadAttention(
        num_heads, key_size // num_heads, output_shape=key_size, use_bias=False, name=name
    )(x, x)
    return keras.layers.Dropout(dropout)(x)


def reader(
    x: keras.KerasTensor, num_targets: int, dense_units: int, dropout: float
) -> keras.KerasTensor:
    """Returns logits from one hidden layer over all positions, `(batch, num_targets)`."""
    x = dense_block(keras.layers.Flatten()(x), dense_units, dropout=dropout, l2=0.0)
    return logits(x, num_targets, l2=0.0)
