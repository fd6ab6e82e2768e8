"""LocalNet of Koo, Qian, Kaplun, Volf & Kalimeris."""

from __future__ import annotations

from typing import Annotated

import keras

from tfbs.architectures.blocks import Activation, conv_block, logits
from tfbs.architectures.parameters import Choice, Filters, KernelWidth
from tfbs.architectures.registry import register

DEVIATIONS = (
    "The sigmoid is in the loss: the output is a logit.",
    "The regime's Adam starts at 1e-3, the paper's at 3e-4.",
)


@register(
    "localnet",
    family="CNN",
    source="Koo et al. (2019), https://doi.org/10.1101/657437, LocalNet",
    deviations=DEVIATIONS,
    receptive_field=218,
)
def localnet(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 24,
    kernel_size: KernelWidth = 19,
    activation: Activation = "relu",
    regularised: Annotated[bool, Choice((True, False))] = True,
) -> keras.Model:
    """Whole motifs behind one wide pool, no hidden dense layer; regularised or bare.

    Args:
        length: Sequence length, in nucleotides; at least 200.
        num_targets: Number of labels.
        num_filters: First-layer filters; the second layer has four times as many.
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
        pool_size=50,
    )
    x = switched_block(x, 4 * num_filters, 4, regularised, dropout=0.5)
    x = keras.layers.Flatten()(x)
    penalty = 1e-6 if regularised else 0.0
    return keras.Model(sequence, logits(x, num_targets, l2=penalty), name="localnet")


def switched_block(
    x: keras.KerasTensor,
    num_filters: int,
    kernel_size: int,
    regularised: bool,
    *,
    padding: str = "valid",
    activation: str = "relu",
    activation_name: str | None = None,
    dropout: float,
    pool_size: int = 1,
) -> keras.KerasTensor:
    """Returns `conv_block`, or without regularisation a convolution with bias, activation, pool.

    Args:
        x: `(batch, length, channels)`.
        num_filters: Number of filters.
        kernel_size: Width of a filter, in positions.
        regularised: Whether there are dropout, L2 and batch norm.
        padding: `"same"` or `"valid"`.
        activation: Name of a Keras activation.
        activation_name: Name of the activation layer.
        dropout: Fraction of activations dropped in training.
        pool_size: Width and stride of the pool; 1 for none.

    Returns:
        `(batch, pooled length, num_filters)`.
    """
    return conv_block(
        x,
        num_filters,
        kernel_size,
        padding=padding,
        activation=activation,
        activation_name=activation_name,
        dropout=dropout if regularised else 0.0,
        pool_size=pool_size,
        pool_first=True,
        normalise=regularised,
        use_bias=not regularised,
        l2=1e-6 if regularised else 0.0,
    )
