"""CNN-dist of Koo & Ploenzke."""

from __future__ import annotations

import keras

from tfbs.architectures.blocks import Activation, Convolution, conv_stack, dense_block, logits
from tfbs.architectures.parameters import Dropout, Filters, KernelWidth, Units
from tfbs.architectures.registry import register


@register(
    "cnn_dist",
    family="CNN",
    source="Koo & Ploenzke (2021), https://doi.org/10.1038/s42256-020-00291-x, CNN-dist",
    receptive_field=128,
    deviations=("The sigmoid is in the loss: the output is a logit.",),
)
def cnn_dist(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 24,
    kernel_size: KernelWidth = 19,
    activation: Activation = "relu",
    dense_units: Units = 96,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """A hierarchy of small pools: motifs are assembled from parts over four layers.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: First-layer filters; the next layers have 4/3, 2 and 8/3 times as many.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        dense_units: Units of the hidden dense layer.
        dropout: Dropout of the hidden dense layer.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    sequence = keras.Input((length, 4), name="sequence")
    rows = (
        Convolution(num_filters, kernel_size, 0.1),
        Convolution(4 * num_filters // 3, 7, 0.2, 4),
        Convolution(2 * num_filters, 7, 0.3, 4, "valid"),
        Convolution(8 * num_filters // 3, 3, 0.4, 3, "valid", pool_padding="same"),
    )
    x = conv_stack(sequence, rows, activation)
    x = dense_block(keras.layers.Flatten()(x), dense_units, dropout=dropout)
    return keras.Model(sequence, logits(x, num_targets), name="cnn_dist")
