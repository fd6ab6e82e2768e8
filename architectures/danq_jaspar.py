"""DanQ-JASPAR of Quang & Xie: DanQ whose kernels start as known motifs."""

from __future__ import annotations

import keras

from tfbs.architectures.blocks import Activation
from tfbs.architectures.danq import danq
from tfbs.architectures.motif_kernels import most_informative
from tfbs.architectures.parameters import (
    Dropout,
    KernelWidth,
    ManyFilters,
    PoolWidth,
    RecurrentUnits,
    Units,
)
from tfbs.architectures.receptive_field import WHOLE
from tfbs.architectures.registry import register
from tfbs.jaspar import Matrix, read_vertebrates, reverse_complement_matrix

NUM_REVERSED = 6
"""Motifs that are there on both strands."""

MARGIN = 3
"""Positions of a kernel, on either side, that a motif leaves free where it fits."""


@register(
    "danq_jaspar",
    family="CNN-RNN",
    source="Quang & Xie (2016), https://doi.org/10.1093/nar/gkw226, DanQ-JASPAR",
    deviations=(
        "The sigmoid is in the loss: the output is a logit.",
        "Other weights start as Keras' defaults and the regime's Adam trains them, not RMSprop.",
        "The six motifs that also stand reversed are the first of the release by id; the paper's "
        "code picks six by their place in a file that is not published.",
        "A motif wider than a kernel is cut to its most informative stretch.",
    ),
    receptive_field=WHOLE,
)
def danq_jaspar(
    length: int,
    num_targets: int,
    *,
    num_filters: ManyFilters = 1024,
    kernel_size: KernelWidth = 30,
    activation: Activation = "relu",
    pool_size: PoolWidth = 15,
    lstm_units: RecurrentUnits = 512,
    dense_units: Units = 925,
    convolution_dropout: Dropout = 0.2,
    dropout: Dropout = 0.5,
) -> keras.Model:
    """DanQ at three times the width; half of its kernels start as the motifs of JASPAR 2016.

    A kernel holds probabilities less 0.25 at a random offset, and a threshold between 0 and 1.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: First-layer filters; with fewer than 525, the first motifs by id are there.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        pool_size: Width of the pool, in nucleotides.
        lstm_units: Units of the LSTM in each direction.
        dense_units: Units of the hidden dense layer.
        convolution_dropout: Dropout of the pooled motifs.
        dropout: Dropout of the LSTM's outputs.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    model = danq(
        length,
        num_targets,
        num_filters=num_filters,
        kernel_size=kernel_size,
        activation=activation,
        pool_size=pool_size,
        lstm_units=lstm_units,
        dense_units=dense_units,
        convolution_dropout=convolution_dropout,
        dropout=dropout,
    )
    forward = [motif.probabilities for motif in read_vertebrates()]
    reverse = [reverse_complement_matrix(matrix) for matrix in forward[:NUM_REVERSED]]
    _plant(model.layers[1], (forward + reverse)[:num_filters])
    return keras.Model(model.input, model.output, name="danq_jaspar")


def _plant(convolution: keras.layers.Conv1D, matrices: list[Matrix]) -> None:
    """Writes one matrix into each of the first kernels; draws from Keras' own random stream."""
    kernel, bias = convolution.get_weights()
    draws = keras.ops.convert_to_numpy(keras.random.uniform((2, len(matrices))))
    for index, matrix in enumerate(matrices):
        matrix = most_informative(matrix, len(kernel))
        start = _offset(len(matrix), len(kernel), float(draws[0, index]))
        kernel[start : start + len(matrix), :, index] = matrix - 0.25
        bias[index] = draws[1, index] - 1
    convolution.set_weights([kernel, bias])


def _offset(width: int, kernel_size: int, draw: float) -> int:
    """Returns where a motif starts: uniform over the offsets that leave the margin, if any do."""
    margin = MARGIN if width + 2 * MARGIN <= kernel_size else 0
    return margin + int(draw * (kernel_size - width - 2 * margin + 1))
