"""Basset of Kelley, Snoek & Rinn."""

from __future__ import annotations

import keras

from tfbs.architectures.activations import activation_layer
from tfbs.architectures.blocks import Activation, logits
from tfbs.architectures.parameters import Dropout, KernelWidth, ManyFilters, Units
from tfbs.architectures.registry import register

MAX_NORM = 7.0
MOMENTUM = 0.9
"""Of batch norm: Torch's 0.1 of the new statistics."""


@register(
    "basset",
    family="CNN",
    source="Kelley et al. (2016), https://doi.org/10.1101/gr.200535.115",
    deviations=(
        "The sigmoid is in the loss: the output is a logit.",
        "The regime's Adam trains it, not RMSprop with momentum 0.98.",
        "The max norm of 7 holds for the weights of each filter and unit.",
    ),
    receptive_field=168,
)
def basset(
    length: int,
    num_targets: int,
    *,
    num_filters: ManyFilters = 300,
    kernel_size: KernelWidth = 19,
    activation: Activation = "relu",
    dense_units: Units = 1000,
    dropout: Dropout = 0.3,
) -> keras.Model:
    """Three unpadded convolutions and two hidden layers, with batch norm: made for 164 cell types.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: First-layer filters; the next layers have 2/3 as many.
        kernel_size: Width of a first-layer filter, in nucleotides; the others are 11 and 7 wide.
        activation: First-layer activation.
        dense_units: Units of each of the two hidden dense layers.
        dropout: Dropout of the hidden dense layers.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = _convolution(sequence, num_filters, kernel_size, 3, activation, "motifs")
    x = _convolution(x, 2 * num_filters // 3, 11, 4)
    x = keras.layers.Flatten()(_convolution(x, 2 * num_filters // 3, 7, 4))
    for _ in range(2):
        x = keras.layers.Dense(dense_units, kernel_constraint=keras.constraints.MaxNorm(MAX_NORM))(
            x
        )
        x = keras.layers.BatchNormalization(momentum=MOMENTUM)(x)
        x = keras.layers.Activation("relu")(x)
        x = keras.layers.Dropout(dropout)(x)
    return keras.Model(sequence, logits(x, num_targets, l2=0.0), name="basset")


def _convolution(
    x: keras.KerasTensor,
    num_filters: int,
    kernel_size: int,
    pool_size: int,
    activation: str = "relu",
    name: str | None = None,
) -> keras.KerasTensor:
    x = keras.layers.Conv1D(
        num_filters,
        kernel_size,
        kernel_constraint=keras.constraints.MaxNorm(MAX_NORM, axis=[0, 1]),
    )(x)
    x = keras.layers.BatchNormalization(momentum=MOMENTUM)(x)
    x = activation_layer(activation, name)(x)
    return keras.layers.MaxPooling1D(pool_size)(x)
