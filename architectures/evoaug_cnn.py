"""The network for ChIP-seq of Lee, Tang, Toneyan & Koo."""

from __future__ import annotations

from typing import Annotated

import keras

from tfbs.architectures.blocks import Activation, conv_block, dense_block, logits
from tfbs.architectures.parameters import Dropout, Filters, KernelWidth, Positive, Range, Units
from tfbs.architectures.registry import register


@register(
    "evoaug_cnn",
    family="CNN",
    source="Lee et al. (2023), https://doi.org/10.1186/s13059-023-02941-w, EvoAug, ChIP-seq",
    deviations=(
        "The sigmoid is in the loss: the output is a logit.",
        "Every hidden layer has a batch norm, as in the authors' TensorFlow version, whose last "
        "pool is 5 wide (last_pool).",
        "L2 is 1e-6 for all kernels; the paper gives Adam a weight decay of 1e-6.",
        "Augmentations belong to the training regime, not to the network.",
    ),
    receptive_field=118,
)
def evoaug_cnn(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 64,
    kernel_size: KernelWidth = 7,
    activation: Activation = "relu",
    last_pool: Annotated[Positive, Range(2, 5)] = 2,
    dense_units: Units = 256,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """Three convolutions with small pools, trained by its authors on evolved sequences.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: First-layer filters; the next layers have 1.5 and 2 times as many.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        last_pool: Width of the third pool; the first two are 4 wide.
        dense_units: Units of the hidden dense layer.
        dropout: Dropout of the hidden dense layer; the convolutions have 0.2.

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
        dropout=0.2,
        pool_size=4,
        pool_first=True,
    )
    x = conv_block(x, 3 * num_filters // 2, 5, dropout=0.2, pool_size=4, pool_first=True)
    x = conv_block(x, 2 * num_filters, 5, dropout=0.2, pool_size=last_pool, pool_first=True)
    x = dense_block(keras.layers.Flatten()(x), dense_units, dropout=dropout)
    return keras.Model(sequence, logits(x, num_targets), name="evoaug_cnn")
