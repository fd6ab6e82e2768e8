"""The trunk of Basenji with a binary head."""

from __future__ import annotations

from typing import Annotated, Literal

import keras
from pydantic import Field

from tfbs.architectures.activations import activation_layer
from tfbs.architectures.blocks import Activation, logits
from tfbs.architectures.parameters import (
    Choice,
    Dropout,
    Filters,
    KernelWidth,
    ManyFilters,
    Positive,
    Range,
)
from tfbs.architectures.registry import register

MOMENTUM = 0.9
"""Of the running statistics of every batch norm."""

ACTIVATIONS = Choice(("gelu", "relu", "exponential"))


@register(
    "basenji",
    family="dilated",
    source=(
        "Kelley et al. (2018), https://doi.org/10.1101/gr.227819.117, as in Toneyan et al. (2022), "
        "https://doi.org/10.1038/s42256-022-00570-9, binary version"
    ),
    receptive_field=700,
    deviations=(
        "The trunk's positions are averaged over the whole sequence: one label per sequence "
        "instead of a coverage profile. The sigmoid is in the loss.",
        "Blocks whose dilation would reach the pooled length are left out: at 101 nucleotides "
        "the last one.",
        "A single first convolution with a pool of 2, as Toneyan et al. have it, for sequences "
        "far shorter than Basenji's 131 kb.",
        "The first GELU follows the first batch norm, under the name motifs, and the last one the "
        "last batch norm, as in Basenji; the one-hot input itself is not passed through a GELU.",
        "GELU is exact, not the logistic approximation.",
    ),
)
def basenji(
    length: int,
    num_targets: int,
    *,
    num_filters: ManyFilters = 256,
    kernel_size: KernelWidth = 15,
    activation: Annotated[Literal["gelu"] | Activation, ACTIVATIONS] = "gelu",
    pool_size: Annotated[Positive, Range(1, 8)] = 2,
    num_blocks: Annotated[Positive, Range(4, 11)] = 11,
    block_filters: Filters = 128,
    dilation_growth: Annotated[float, Field(ge=1)] = 1.5,
    head_filters: Annotated[Positive, Range(64, 2048, log=True)] = 2048,
    dropout: Dropout = 0.3,
) -> keras.Model:
    """Residual blocks of ever wider dilation, averaged over the sequence.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: First-layer filters, and the channels that the blocks add to.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation; all others are GELU.
        pool_size: Width of the pool after the first layer, in nucleotides.
        num_blocks: Largest number of dilated residual blocks.
        block_filters: Filters of the dilated convolution of a block.
        dilation_growth: Factor on the dilation from block to block, starting at 1.
        head_filters: Filters of the last convolution, of width 1.
        dropout: Dropout of what a block adds.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = _convolution(sequence, num_filters, kernel_size)
    x = activation_layer(activation, "motifs")(x)
    if pool_size > 1:
        x = keras.layers.MaxPooling1D(pool_size, padding="same")(x)
    for dilation in dilation_rates(x.shape[1], num_blocks, dilation_growth):
        x = _residual_block(x, block_filters, dilation, dropout)
    x = _convolution(keras.layers.Activation("gelu")(x), head_filters, 1)
    x = keras.layers.Activation("gelu")(keras.layers.Dropout(0.05)(x))
    x = keras.layers.GlobalAveragePooling1D()(x)
    return keras.Model(sequence, logits(x, num_targets, l2=0.0), name="basenji")


def dilation_rates(num_positions: int, num_blocks: int, growth: float) -> list[int]:
    """Returns the dilations of the blocks, in positions, as far as they stay below the length."""
    rates = [round(growth**block) for block in range(num_blocks)]
    return [rate for rate in rates if rate < num_positions]


def _residual_block(
    x: keras.KerasTensor, num_filters: int, dilation: int, dropout: float
) -> keras.KerasTensor:
    added = _convolution(keras.layers.Activation("gelu")(x), num_filters, 3, dilation=dilation)
    added = keras.layers.Activation("gelu")(added)
    added = _convolution(added, x.shape[-1], 1, scale="zeros")
    return keras.layers.Add()([x, keras.layers.Dropout(dropout)(added)])


def _convolution(
    x: keras.KerasTensor,
    num_filters: int,
    kernel_size: int,
    *,
    dilation: int = 1,
    scale: str = "ones",
) -> keras.KerasTensor:
    """Returns convolution without bias and batch norm, whose scale starts at `scale`."""
    x = keras.layers.Conv1D(
        num_filters,
        kernel_size,
        padding="same",
        dilation_rate=dilation,
        use_bias=False,
        kernel_initializer="he_normal",
    )(x)
    return keras.layers.BatchNormalization(momentum=MOMENTUM, gamma_initializer=scale)(x)
