"""CNN and CNN2 of Ghotra, Lee, Tripathy & Koo."""

from __future__ import annotations

import keras

from tfbs.architectures.blocks import Activation
from tfbs.architectures.convatt import SIGMOID, SIZES, SOURCE, PoolSize, Second, positions, reader
from tfbs.architectures.parameters import Dropout, Filters, KernelWidth, Units
from tfbs.architectures.registry import register


@register(
    "convatt_cnn",
    family="CNN",
    source=f"{SOURCE}, CNN; CNN2 with pool_size=4 and second=convolution",
    deviations=(SIGMOID, SIZES),
    receptive_field=42,
)
def convatt_cnn(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 24,
    kernel_size: KernelWidth = 19,
    activation: Activation = "relu",
    pool_size: PoolSize = 24,
    second: Second = "none",
    dense_units: Units = 96,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """One convolution with a wide pool and a hidden layer: what attention is compared with.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: Filters of each convolution.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        pool_size: Width of the first pool, in nucleotides.
        second: Whether a second convolution, with a pool of 6, follows.
        dense_units: Units of the hidden dense layer.
        dropout: Dropout of the hidden dense layer.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = positions(sequence, num_filters, kernel_size, activation, pool_size, second)
    return keras.Model(sequence, reader(x, num_targets, dense_units, dropout), name="convatt_cnn")
