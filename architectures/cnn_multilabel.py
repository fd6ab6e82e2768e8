"""CNN-2, CNN-50 and CNN-deep of Koo & Ploenzke, for the labels of many factors at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import keras

from tfbs.architectures.blocks import Activation, Convolution, conv_stack, dense_block, logits
from tfbs.architectures.parameters import Dropout, KernelWidth, Positive, Range, Units
from tfbs.architectures.registry import register


@dataclass(frozen=True)
class Network:
    """One of the three.

    Attributes:
        paper: What the paper calls it.
        summary: One line.
        receptive_field: In nucleotides.
        layers: Its convolutions, before `width_multiplier` and `kernel_size`.
    """

    paper: str
    summary: str
    receptive_field: int
    layers: tuple[Convolution, ...]


NETWORKS = {
    "cnn_2": Network(
        "CNN-2",
        "A narrow first pool: the second layer can assemble motifs from parts.",
        126,
        (Convolution(32, 19, 0.1, 2), Convolution(124, 5, 0.1, 50)),
    ),
    "cnn_50": Network(
        "CNN-50",
        "A wide first pool: a first-layer filter must hold a whole motif.",
        318,
        (Convolution(32, 19, 0.1, 50), Convolution(124, 5, 0.1, 2)),
    ),
    "cnn_deep": Network(
        "CNN-deep",
        "Four convolutions with late pools, for many labels at once.",
        128,
        (
            Convolution(32, 19, 0.1),
            Convolution(48, 7, 0.2, 4),
            Convolution(96, 7, 0.3, 4, "valid"),
            Convolution(128, 3, 0.4, 3, "valid"),
        ),
    ),
}


def _register(name: str, network: Network) -> None:
    @register(
        name,
        family="CNN",
        source="Koo & Ploenzke (2021), https://doi.org/10.1038/s42256-020-00291-x, "
        f"{network.paper}",
        deviations=(
            "The sigmoid is in the loss: the output is a logit.",
            "width_multiplier is 1 at any length; the paper doubles it for 1,000 nucleotides.",
        ),
        receptive_field=network.receptive_field,
        summary=network.summary,
    )
    def build(
        length: int,
        num_targets: int,
        *,
        width_multiplier: Annotated[Positive, Range(1, 4)] = 1,
        kernel_size: KernelWidth = 19,
        activation: Activation = "relu",
        dense_units: Units = 512,
        dropout: Dropout = 0.5,
    ) -> keras.Model:
        """Returns a network of the table, from `(batch, length, 4)` to `(batch, num_targets)`.

        Args:
            length: Sequence length, in nucleotides.
            num_targets: Number of labels.
            width_multiplier: Factor on all numbers of filters and units.
            kernel_size: Width of a first-layer filter, in nucleotides.
            activation: First-layer activation.
            dense_units: Units of the hidden dense layer, before the factor.
            dropout: Dropout of the hidden dense layer.
        """
        motifs, *others = (
            replace(row, filters=row.filters * width_multiplier) for row in network.layers
        )
        sequence = keras.Input((length, 4), name="sequence")
        x = conv_stack(sequence, [replace(motifs, width=kernel_size), *others], activation)
        x = dense_block(keras.layers.Flatten()(x), dense_units * width_multiplier, dropout=dropout)
        return keras.Model(sequence, logits(x, num_targets), name=name)


for _name, _network in NETWORKS.items():
    _register(_name, _network)
