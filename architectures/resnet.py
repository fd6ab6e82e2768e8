"""ResNet over DNA."""

from __future__ import annotations

from typing import Annotated

import keras

from tfbs.architectures.blocks import Activation, conv_block, logits
from tfbs.architectures.parameters import Dropout, Filters, KernelWidth, Positive, Range
from tfbs.architectures.registry import register

MOMENTUM = 0.9
"""Of the running statistics of every batch norm; the paper's code has 0.1 in Torch's sense."""


@register(
    "resnet",
    family="residual",
    source="after He et al. (2016), https://doi.org/10.1109/CVPR.2016.90, basic blocks",
    deviations=(
        "Convolutions run along DNA, and the first is wide enough for a whole motif.",
        "Three stages of two blocks with 64, 128 and 256 filters: sized for data sets of thousands "
        "of sequences, not for images.",
        "L2 is 1e-6 instead of 1e-4, and the regime's Adam trains it, not SGD with momentum.",
        "The averaged positions have dropout.",
    ),
    receptive_field=222,
)
def resnet(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 64,
    kernel_size: KernelWidth = 19,
    activation: Activation = "relu",
    pool_size: Annotated[Positive, Range(1, 8)] = 4,
    num_stages: Annotated[Positive, Range(1, 4)] = 3,
    blocks_per_stage: Annotated[Positive, Range(1, 3)] = 2,
    dropout: Dropout = 0.2,
) -> keras.Model:
    """Stages of residual blocks; each stage halves the length and doubles the filters.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: Filters of the first layer and the first stage.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation; all others are ReLU.
        pool_size: Width of the pool after the first layer, in nucleotides.
        num_stages: Stages; the first keeps the length.
        blocks_per_stage: Residual blocks of a stage, each two convolutions of width 3.
        dropout: Dropout of the averaged positions.

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
    for stage in range(num_stages):
        for block in range(blocks_per_stage):
            x = _block(x, num_filters * 2**stage, 2 if stage and not block else 1)
    x = keras.layers.Dropout(dropout)(keras.layers.GlobalAveragePooling1D()(x))
    return keras.Model(sequence, logits(x, num_targets), name="resnet")


def _block(x: keras.KerasTensor, num_filters: int, stride: int) -> keras.KerasTensor:
    """Returns the sum of the input and two convolutions; a strided one is projected first."""
    added = keras.layers.Activation("relu")(_convolution(x, num_filters, 3, stride))
    added = _convolution(added, num_filters, 3, 1)
    if stride > 1:
        x = _convolution(x, num_filters, 1, stride)
    return keras.layers.Activation("relu")(keras.layers.Add()([x, added]))


def _convolution(
    x: keras.KerasTensor, num_filters: int, kernel_size: int, stride: int
) -> keras.KerasTensor:
    """Returns convolution without bias and batch norm."""
    x = keras.layers.Conv1D(
        num_filters,
        kernel_size,
        strides=stride,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        kernel_regularizer=keras.regularizers.L2(1e-6),
    )(x)
    return keras.layers.BatchNormalization(momentum=MOMENTUM)(x)
