"""The trunk of BPNet with a binary head."""

from __future__ import annotations

from typing import Annotated

import keras

from tfbs.architectures.activations import activation_layer
from tfbs.architectures.blocks import Activation, logits
from tfbs.architectures.parameters import Filters, KernelWidth, Positive, Range
from tfbs.architectures.registry import register


@register(
    "bpnet",
    family="dilated",
    source="Avsec et al. (2021), https://doi.org/10.1038/s41588-021-00782-6",
    deviations=(
        "One logit per label from the average over positions, as the paper's head of total counts, "
        "instead of a profile and counts.",
        "Blocks whose dilation would reach the length are left out: at 200 nucleotides 7 of the 9 "
        "remain.",
    ),
    receptive_field=2069,
)
def bpnet(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 64,
    kernel_size: KernelWidth = 25,
    activation: Activation = "relu",
    num_blocks: Annotated[Positive, Range(4, 10)] = 9,
) -> keras.Model:
    """One convolution, then residual convolutions whose dilation doubles, averaged over positions.

    There is no pool, no batch norm and no dropout: every position keeps its own prediction.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: Filters of every convolution.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation; all others are ReLU.
        num_blocks: Largest number of dilated convolutions, with dilations 2, 4, 8, …

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = keras.layers.Conv1D(num_filters, kernel_size, padding="same")(sequence)
    x = activation_layer(activation, "motifs")(x)
    for block in range(1, num_blocks + 1):
        if 2**block >= length:
            break
        added = keras.layers.Conv1D(
            num_filters, 3, padding="same", dilation_rate=2**block, activation="relu"
        )(x)
        x = keras.layers.Add()([x, added])
    x = keras.layers.GlobalAveragePooling1D()(x)
    return keras.Model(sequence, logits(x, num_targets, l2=0.0), name="bpnet")
