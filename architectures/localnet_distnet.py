"""LocalNet and DistNet of Koo, Qian, Kaplun, Volf & Kalimeris."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import keras

from tfbs.architectures.blocks import Activation, Convolution, conv_stack, logits
from tfbs.architectures.parameters import Choice, Filters, KernelWidth
from tfbs.architectures.registry import register


@dataclass(frozen=True)
class Network:
    """One of the two.

    Attributes:
        paper: What the paper calls it.
        summary: One line.
        receptive_field: In nucleotides.
        kernel_size: Width of its motif detectors.
        layers: Its convolutions, by the number of motif detectors and their width.
    """

    paper: str
    summary: str
    receptive_field: int
    kernel_size: int
    layers: Callable[[int, int], tuple[Convolution, ...]]


NETWORKS = {
    "localnet": Network(
        "LocalNet",
        "Whole motifs behind one wide pool, no hidden dense layer; regularised or bare.",
        218,
        19,
        lambda filters, width: (
            Convolution(filters, width, 0.2, 50),
            Convolution(4 * filters, 4, 0.5, 1, "valid"),
        ),
    ),
    "distnet": Network(
        "DistNet",
        "Motifs assembled over five narrow convolutions, no hidden dense layer; regularised or "
        "bare.",
        206,
        7,
        lambda filters, width: (
            Convolution(filters, width, 0.2),
            Convolution(4 * filters // 3, 6, 0.2, 3, "valid"),
            Convolution(2 * filters, 6, 0.3, 4, "valid"),
            Convolution(8 * filters // 3, 4, 0.4, 3, "valid"),
            Convolution(4 * filters, 4, 0.5, 1, "valid"),
        ),
    ),
}


def _register(name: str, network: Network) -> None:
    @register(
        name,
        family="CNN",
        source=f"Koo et al. (2019), https://doi.org/10.1101/657437, {network.paper}",
        deviations=(
            "The sigmoid is in the loss: the output is a logit.",
            "The regime's Adam starts at 1e-3, the paper's at 3e-4.",
        ),
        receptive_field=network.receptive_field,
        summary=network.summary,
    )
    def build(
        length: int,
        num_targets: int,
        *,
        num_filters: Filters = 24,
        kernel_size: KernelWidth = network.kernel_size,
        activation: Activation = "relu",
        regularised: Annotated[bool, Choice((True, False))] = True,
    ) -> keras.Model:
        """Returns a network of the table, from `(batch, length, 4)` to `(batch, num_targets)`.

        Args:
            length: Sequence length, in nucleotides; at least 200.
            num_targets: Number of labels.
            num_filters: First-layer filters; the next layers have multiples of it.
            kernel_size: Width of a first-layer filter, in nucleotides.
            activation: First-layer activation.
            regularised: Whether there are dropout, L2 and batch norm; all three or none.
        """
        sequence = keras.Input((length, 4), name="sequence")
        rows = network.layers(num_filters, kernel_size)
        x = conv_stack(sequence, rows, activation, pool_first=True, regularised=regularised)
        penalty = 1e-6 if regularised else 0.0
        outputs = logits(keras.layers.Flatten()(x), num_targets, l2=penalty)
        return keras.Model(sequence, outputs, name=name)


for _name, _network in NETWORKS.items():
    _register(_name, _network)
