"""DeepBind, in its form for ChIP-seq."""

from __future__ import annotations

from typing import Annotated

import keras

from tfbs.architectures.activations import activation_layer
from tfbs.architectures.blocks import Activation, logits
from tfbs.architectures.layers.strands import BothStrands, MaxOverStrands
from tfbs.architectures.parameters import Choice, Count, Dropout, Filters, KernelWidth
from tfbs.architectures.registry import register


@register(
    "deepbind",
    family="CNN",
    source="Alipanahi et al. (2015), https://doi.org/10.1038/nbt.3300, ChIP-seq",
    receptive_field=24,
    deviations=(
        "The regime's Adam with early stopping trains it; the paper tries 30 random "
        "settings of SGD, dropout and weight decay and keeps the best.",
        "L2 is 1e-6 and weights start Glorot-uniform; the paper draws both scales at random.",
        "Sequences are padded by half a detector of zeros on each side; the paper pads by a whole "
        "one, less a position, of 0.25 for each letter.",
        "With several targets the better strand is chosen for each of them.",
    ),
)
def deepbind(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 16,
    kernel_size: KernelWidth = 24,
    activation: Activation = "relu",
    dense_units: Annotated[Count, Choice((0, 32, 64, 128))] = 32,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """Motif detectors with thresholds, their maxima over the sequence, the better strand's score.

    The bias of a detector is its threshold. There is no batch norm.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: Motif detectors.
        kernel_size: Width of a motif detector, in nucleotides.
        activation: Activation of the motif detectors.
        dense_units: Units of the hidden layer; 0 for none, the maxima are then weighed directly.
        dropout: Dropout of what feeds the output: the hidden layer or the maxima.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits. Inside, the batch
        holds both strands: `motifs` has the forward ones first.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = keras.layers.Conv1D(
        num_filters,
        kernel_size,
        padding="same",
        kernel_regularizer=keras.regularizers.L2(1e-6),
    )(BothStrands()(sequence))
    x = activation_layer(activation, "motifs")(x)
    x = keras.layers.GlobalMaxPooling1D()(x)
    if dense_units:
        x = keras.layers.Dense(
            dense_units, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-6)
        )(x)
    x = keras.layers.Dropout(dropout)(x)
    return keras.Model(sequence, MaxOverStrands()(logits(x, num_targets)), name="deepbind")
