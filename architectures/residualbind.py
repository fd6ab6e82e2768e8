"""ResidualBind of Koo & Ploenzke, in its form for ChIP-seq peaks."""

from __future__ import annotations

import keras

from tfbs.architectures.blocks import Activation, conv_block, dense_block, logits
from tfbs.architectures.parameters import Dropout, Filters, KernelWidth, Units
from tfbs.architectures.registry import register

LAST_KERNEL = 3
"""Width of the last convolution, which is not padded."""


@register(
    "residualbind",
    family="residual",
    source="Koo & Ploenzke (2021), https://doi.org/10.1038/s42256-020-00291-x, residualbind",
    receptive_field=386,
    deviations=(
        "The sigmoid is in the loss: the output is a logit.",
        "Pools are 10, 5 and 4 wide, as for the paper's 400 nucleotides; on shorter sequences "
        "each is narrowed as far as it takes to leave the last convolution its 3 positions, or "
        "the dense layer 1.",
    ),
)
def residualbind(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 24,
    kernel_size: KernelWidth = 19,
    activation: Activation = "relu",
    dense_units: Units = 96,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """A residual block refines the motifs before three convolutions with wide pools.

    The block's convolutions have a ReLU before batch norm too, as in the paper's code.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: First-layer filters; the later convolutions have 2 and 8/3 times as many.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        dense_units: Units of the hidden dense layer.
        dropout: Dropout of the hidden dense layer.

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
        dropout=0.1,
    )
    x = _pool(_residual_block(x, 5), 10, positions_to_leave=LAST_KERNEL)
    x = conv_block(x, 2 * num_filters, 7, dropout=0.3)
    x = _pool(x, 5, positions_to_leave=LAST_KERNEL)
    x = conv_block(x, 8 * num_filters // 3, LAST_KERNEL, padding="valid", dropout=0.4)
    x = _pool(x, 4, positions_to_leave=1)
    x = dense_block(keras.layers.Flatten()(x), dense_units, dropout=dropout)
    return keras.Model(sequence, logits(x, num_targets), name="residualbind")


def _residual_block(x: keras.KerasTensor, kernel_size: int) -> keras.KerasTensor:
    added = _rectified_convolution(x, kernel_size)
    added = keras.layers.Activation("relu")(added)
    added = _rectified_convolution(added, kernel_size)
    return keras.layers.Activation("relu")(keras.layers.Add()([x, added]))


def _rectified_convolution(x: keras.KerasTensor, kernel_size: int) -> keras.KerasTensor:
    x = keras.layers.Conv1D(
        x.shape[-1],
        kernel_size,
        padding="same",
        activation="relu",
        use_bias=False,
        kernel_initializer="he_normal",
        kernel_regularizer=keras.regularizers.L2(1e-6),
    )(x)
    return keras.layers.BatchNormalization()(x)


def _pool(x: keras.KerasTensor, size: int, *, positions_to_leave: int) -> keras.KerasTensor:
    size = min(size, x.shape[1] // positions_to_leave)
    return keras.layers.MaxPooling1D(size)(x) if size > 1 else x
