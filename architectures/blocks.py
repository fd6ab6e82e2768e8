"""The blocks that several networks are made of, most of them those of Koo's group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import keras

from tfbs.architectures.activations import activation_layer
from tfbs.architectures.parameters import Choice

Activation = Annotated[
    Literal[
        "relu",
        "exponential",
        "sigmoid",
        "tanh",
        "softplus",
        "linear",
        "elu",
        "shift_scale_relu",
        "shift_scale_tanh",
        "shift_scale_sigmoid",
        "exp_relu",
        "shift_relu",
        "scale_relu",
        "shift_tanh",
        "scale_tanh",
        "shift_sigmoid",
        "scale_sigmoid",
        "log_relu",
    ],
    Choice(("relu", "exponential")),
]
"""Activation of the motif detectors; a search tries ReLU and exponential."""


def central(x: keras.KerasTensor, width: int | None) -> keras.KerasTensor:
    """Returns the middle of the sequences, `(batch, width, channels)`; all of them for None.

    An odd base more is cut off on the right.

    Args:
        x: `(batch, length, channels)`.
        width: In positions; at least `length` leaves them as they are.
    """
    length = x.shape[1]
    if width is None or width >= length:
        return x
    left = (length - width) // 2
    return keras.layers.Cropping1D((left, length - width - left), name="context")(x)


def conv_block(
    x: keras.KerasTensor,
    num_filters: int,
    kernel_size: int,
    *,
    padding: str = "same",
    activation: str = "relu",
    activation_name: str | None = None,
    dropout: float = 0.0,
    pool_size: int = 1,
    pool_padding: str = "valid",
    pool_first: bool = False,
    normalise: bool = True,
    use_bias: bool = False,
    momentum: float = 0.99,
    l2: float = 1e-6,
) -> keras.KerasTensor:
    """Returns convolution without bias, batch norm, activation, dropout, max pool.

    Source: the block of Koo & Ploenzke (2021), https://doi.org/10.1038/s42256-020-00291-x.

    Args:
        x: `(batch, length, channels)`.
        num_filters: Number of filters.
        kernel_size: Width of a filter, in positions.
        padding: `"same"` or `"valid"`.
        activation: One of `Activation`.
        activation_name: Name of the activation layer; `"motifs"` for the first of a network.
        dropout: Fraction of activations dropped in training.
        pool_size: Width and stride of the pool; 1 for none.
        pool_padding: Padding of the pool.
        pool_first: Whether dropout follows the pool.
        normalise: Whether there is a batch norm.
        use_bias: Whether the convolution has a bias.
        momentum: Of the running statistics of batch norm.
        l2: Weight of the squared kernel norm in the loss.

    Returns:
        `(batch, pooled length, num_filters)`.
    """
    x = keras.layers.Conv1D(
        num_filters,
        kernel_size,
        padding=padding,
        use_bias=use_bias,
        kernel_regularizer=keras.regularizers.L2(l2) if l2 else None,
    )(x)
    if normalise:
        x = keras.layers.BatchNormalization(momentum=momentum)(x)
    x = activation_layer(activation, activation_name)(x)
    if not pool_first:
        x = keras.layers.Dropout(dropout)(x)
    if pool_size > 1:
        x = keras.layers.MaxPooling1D(pool_size, padding=pool_padding)(x)
    return keras.layers.Dropout(dropout)(x) if pool_first else x


@dataclass(frozen=True)
class Convolution:
    """A row of the layer table of a convolutional network.

    Attributes:
        filters: Number of filters.
        width: Of a filter, in positions.
        dropout: Fraction of activations dropped in training.
        pool: Width and stride of the max pool; 1 for none.
        padding: `"same"` or `"valid"`.
        pool_padding: Padding of the pool.
    """

    filters: int
    width: int
    dropout: float
    pool: int = 1
    padding: str = "same"
    pool_padding: str = "valid"


def conv_stack(
    sequence: keras.KerasTensor,
    rows: Sequence[Convolution],
    activation: str,
    *,
    pool_first: bool = False,
    regularised: bool = True,
) -> keras.KerasTensor:
    """Returns what a table of convolutions makes of a sequence.

    Args:
        sequence: `(batch, length, 4)`.
        rows: A `conv_block` each; the first holds the motif detectors.
        activation: Of the motif detectors; the others have ReLU.
        pool_first: Whether dropout follows the pool.
        regularised: Whether there are dropout, L2 and batch norm; convolutions without them have
            a bias.

    Returns:
        `(batch, positions, filters of the last row)`.
    """
    x = sequence
    for index, row in enumerate(rows):
        x = conv_block(
            x,
            row.filters,
            row.width,
            padding=row.padding,
            activation="relu" if index else activation,
            activation_name=None if index else "motifs",
            dropout=row.dropout if regularised else 0.0,
            pool_size=row.pool,
            pool_padding=row.pool_padding,
            pool_first=pool_first,
            normalise=regularised,
            use_bias=not regularised,
            l2=1e-6 if regularised else 0.0,
        )
    return x


def dense_block(
    x: keras.KerasTensor,
    units: int,
    *,
    dropout: float = 0.0,
    use_bias: bool = False,
    momentum: float = 0.99,
    l2: float = 1e-6,
) -> keras.KerasTensor:
    """Returns a dense layer, batch norm, ReLU and dropout: `(batch, units)`."""
    x = keras.layers.Dense(
        units, use_bias=use_bias, kernel_regularizer=keras.regularizers.L2(l2) if l2 else None
    )(x)
    x = keras.layers.BatchNormalization(momentum=momentum)(x)
    x = keras.layers.Activation("relu")(x)
    return keras.layers.Dropout(dropout)(x)


def logits(x: keras.KerasTensor, num_targets: int, *, l2: float = 1e-6) -> keras.KerasTensor:
    """Returns the last layer, `(batch, num_targets)` logits in float32."""
    return keras.layers.Dense(
        num_targets,
        name="logits",
        dtype="float32",
        kernel_regularizer=keras.regularizers.L2(l2) if l2 else None,
    )(x)
