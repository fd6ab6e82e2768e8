"""A network after SpliceAI, with a binary head."""

from __future__ import annotations

from typing import Annotated

import keras
from pydantic import Field

from tfbs.architectures.activations import activation_layer
from tfbs.architectures.blocks import Activation, logits
from tfbs.architectures.parameters import Filters, Range
from tfbs.architectures.registry import register

GROUPS = ((11, 1), (11, 4), (21, 10), (41, 25))
"""Kernel width and dilation of each group of four blocks."""

MOMENTUM = 0.9
"""Of the running statistics of every batch norm."""


@register(
    "spliceai",
    family="dilated",
    source="Jaganathan et al. (2019), https://doi.org/10.1016/j.cell.2018.12.015, SpliceAI-400nt",
    deviations=(
        "Positions are averaged and give one logit per label, instead of three classes for each "
        "position.",
        "Convolutions are padded by zeros; the paper's windows carry flanks that are cut off.",
        "The first activation sees one nucleotide; motifs names the next one, which sees a kernel.",
        "Running statistics of batch norm have a momentum of 0.9, not 0.99, to settle within small "
        "epochs.",
    ),
    receptive_field=401,
)
def spliceai(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 32,
    activation: Activation = "relu",
    num_groups: Annotated[int, Field(ge=1, le=4), Range(1, 4)] = 2,
) -> keras.Model:
    """Groups of four residual blocks of growing dilation, each with a short cut to the output.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: Filters of every convolution.
        activation: Activation between the convolutions of the first block; all others are ReLU.
        num_groups: 1 to 4, for the 80, 400, 2,000 and 10,000 nucleotides that a position of the
            paper's four networks sees around itself.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = keras.layers.Conv1D(num_filters, 1)(sequence)
    short_cuts = [keras.layers.Conv1D(num_filters, 1)(x)]
    for group, (kernel_size, dilation) in enumerate(GROUPS[:num_groups]):
        for block in range(4):
            first = group == block == 0
            added = _activated(x, "relu", None, num_filters, kernel_size, dilation)
            added = _activated(
                added,
                activation if first else "relu",
                "motifs" if first else None,
                num_filters,
                kernel_size,
                dilation,
            )
            x = keras.layers.Add()([x, added])
        short_cuts.append(keras.layers.Conv1D(num_filters, 1)(x))
    x = keras.layers.GlobalAveragePooling1D()(keras.layers.Add()(short_cuts))
    return keras.Model(sequence, logits(x, num_targets, l2=0.0), name="spliceai")


def _activated(
    x: keras.KerasTensor,
    activation: str,
    name: str | None,
    num_filters: int,
    kernel_size: int,
    dilation: int,
) -> keras.KerasTensor:
    """Returns batch norm, activation and convolution."""
    x = keras.layers.BatchNormalization(momentum=MOMENTUM)(x)
    x = activation_layer(activation, name)(x)
    return keras.layers.Conv1D(num_filters, kernel_size, padding="same", dilation_rate=dilation)(x)
