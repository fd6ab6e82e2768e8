"""DistNet of Koo, Qian, Kaplun, Volf & Kalimeris."""

from __future__ import annotations

from typing import Annotated

import keras

from tfbs.architectures.blocks import Activation, logits
from tfbs.architectures.localnet import DEVIATIONS, switched_block
from tfbs.architectures.parameters import Choice, Filters, KernelWidth
from tfbs.architectures.registry import register


@register(
    "distnet",
    family="CNN",
    source="Koo et al. (2019), https://doi.org/10.1101/657437, DistNet",
    deviations=DEVIATIONS,
    receptive_field=206,
)
def distnet(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 24,
    kernel_size: KernelWidth = 7,
    activation: Activation = "relu",
    regularised: Annotated[bool, Choice((True, False))] = True,
) -> keras.Model:
    """Motifs assembled over five narrow convolutions, no hidden dense layer; regularised or bare.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: First-layer filters; the next have 4/3, 2, 8/3 and 4 times as many.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        regularised: Whether there are dropout, L2 and batch norm; all three or none.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = switched_block(
        sequence,
        num_filters,
        kernel_size,
        regularised,
        padding="same",
        activation=activation,
        activation_name="motifs",
        dropout=0.2,
    )
    for filters, width, pool_size, dropout in (
        (4 * num_filters // 3, 6, 3, 0.2),
        (2 * num_filters, 6, 4, 0.3),
        (8 * num_filters // 3, 4, 3, 0.4),
        (4 * num_filters, 4, 1, 0.5),
    ):
        x = switched_block(x, filters, width, regularised, dropout=dropout, pool_size=pool_size)
    x = keras.layers.Flatten()(x)
    penalty = 1e-6 if regularised else 0.0
    return keras.Model(sequence, logits(x, num_targets, l2=penalty), name="distnet")
