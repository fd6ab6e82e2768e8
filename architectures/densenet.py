"""DenseNet over DNA."""

from __future__ import annotations

from typing import Annotated

import keras
from pydantic import Field

from tfbs.architectures.blocks import Activation, conv_block, logits
from tfbs.architectures.parameters import Dropout, Filters, KernelWidth, Positive, Range
from tfbs.architectures.registry import register

MOMENTUM = 0.9
"""Of the running statistics of every batch norm; the paper's code has 0.1 in Torch's sense."""


@register(
    "densenet",
    family="dense",
    source="after Huang et al. (2017), https://doi.org/10.1109/CVPR.2017.243, DenseNet-BC",
    receptive_field=258,
    deviations=(
        "Convolutions run along DNA, and the first is wide enough for a whole motif.",
        "Three blocks of four layers with a growth rate of 24: sized for data sets of thousands "
        "of sequences, not for images.",
        "L2 is 1e-6 instead of 1e-4, and the regime's Adam trains it, not SGD with momentum.",
    ),
)
def densenet(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 64,
    kernel_size: KernelWidth = 19,
    activation: Activation = "relu",
    pool_size: Annotated[Positive, Range(1, 8)] = 4,
    num_blocks: Annotated[Positive, Range(1, 4)] = 3,
    layers_per_block: Annotated[Positive, Range(2, 6)] = 4,
    growth_rate: Annotated[Positive, Range(8, 48)] = 24,
    bottleneck: Positive = 4,
    compression: Annotated[float, Field(gt=0, le=1)] = 0.5,
    dropout: Dropout = 0.2,
) -> keras.Model:
    """Every layer of a block reads all layers before it; transitions halve length and channels.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: First-layer filters.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation; all others are ReLU.
        pool_size: Width of the pool after the first layer, in nucleotides.
        num_blocks: Densely connected blocks.
        layers_per_block: Layers of a block, each a convolution of width 1 and one of width 3.
        growth_rate: Channels that a layer adds.
        bottleneck: Channels between the two convolutions of a layer, in growth rates.
        compression: Fraction of the channels that a transition keeps.
        dropout: Dropout after every convolution but the first.

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
        pool_size=pool_size,
        momentum=MOMENTUM,
    )
    for block in range(num_blocks):
        if block:
            x = _convolution(x, max(1, int(compression * x.shape[-1])), 1, dropout)
            x = keras.layers.AveragePooling1D(2)(x)
        for _ in range(layers_per_block):
            new = _convolution(x, bottleneck * growth_rate, 1, dropout)
            new = _convolution(new, growth_rate, 3, dropout)
            x = keras.layers.Concatenate()([x, new])
    x = keras.layers.GlobalAveragePooling1D()(_rectified_norm(x))
    return keras.Model(sequence, logits(x, num_targets), name="densenet")


def _rectified_norm(x: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.Activation("relu")(keras.layers.BatchNormalization(momentum=MOMENTUM)(x))


def _convolution(
    x: keras.KerasTensor, num_filters: int, kernel_size: int, dropout: float
) -> keras.KerasTensor:
    """Returns batch norm, ReLU, convolution without bias, dropout."""
    x = keras.layers.Conv1D(
        num_filters,
        kernel_size,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        kernel_regularizer=keras.regularizers.L2(1e-6),
    )(_rectified_norm(x))
    return keras.layers.Dropout(dropout)(x)
