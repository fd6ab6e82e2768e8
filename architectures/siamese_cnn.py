"""The house's default for small ChIP-seq sets: few parameters, both strands, any length."""

from __future__ import annotations

import keras

from tfbs.architectures.blocks import Activation, central, conv_block, dense_block, logits
from tfbs.architectures.layers.strands import BothStrands, MeanOverStrands
from tfbs.architectures.parameters import (
    Dropout,
    Filters,
    Fraction,
    KernelWidth,
    Positive,
    Units,
)
from tfbs.architectures.registry import register


@register(
    "siamese_cnn",
    family="CNN",
    source="after DeepBind, Alipanahi et al. (2015), https://doi.org/10.1038/nbt.3300",
    receptive_field=11,
    deviations=(
        "The two strands share one network in training and prediction and their logits are "
        "averaged; DeepBind takes the better strand's.",
        "Exponential activation after batch norm (Koo & Ploenzke 2021) instead of a threshold.",
        "Max and mean of each motif detector over the sequence feed 96 hidden units.",
    ),
)
def siamese_cnn(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 64,
    kernel_size: KernelWidth = 11,
    activation: Activation = "exponential",
    dense_units: Units = 96,
    dropout: Dropout = 0.5,
    momentum: Fraction = 0.9,
    context: Positive | None = None,
) -> keras.Model:
    """Motif detectors on both strands, their maximum and mean over the sequence, one hidden layer.

    Global pooling leaves no position to overfit and takes sequences of any length; averaging
    the strands makes the output exactly equal for a sequence and its reverse complement.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: Motif detectors.
        kernel_size: Width of a motif detector, in nucleotides.
        activation: Activation of the motif detectors.
        dense_units: Units of the hidden dense layer.
        dropout: Dropout of the hidden dense layer.
        momentum: Of the running statistics of batch norm; 0.9 settles within a few small epochs.
        context: Central nucleotides that are read; all by default.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits. Inside, the batch
        holds both strands: `motifs` has the forward ones first.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = conv_block(
        BothStrands()(central(sequence, context)),
        num_filters,
        kernel_size,
        activation=activation,
        activation_name="motifs",
        dropout=0.1,
        momentum=momentum,
    )
    x = keras.layers.Concatenate()(
        [keras.layers.GlobalMaxPooling1D()(x), keras.layers.GlobalAveragePooling1D()(x)]
    )
    x = keras.layers.BatchNormalization(momentum=momentum)(x)
    x = dense_block(x, dense_units, dropout=dropout, momentum=momentum)
    return keras.Model(sequence, MeanOverStrands()(logits(x, num_targets)), name="siamese_cnn")
