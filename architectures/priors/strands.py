"""What a network knows of the reverse complement, by strategy.

The strategies are those that Zhou, Shrikumar & Kundaje (2021),
https://doi.org/10.1101/2020.11.04.368803, compare. A network on both strands holds them as one
batch, see `layers.strands`: weights and batch norm are shared by construction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from tfbs.architectures.layers.equilibrium import Equilibrium
from tfbs.architectures.layers.random_strand import RandomStrand
from tfbs.architectures.layers.site_weights import SiteWeights
from tfbs.architectures.layers.strands import (
    AlignedStrands,
    BothStrands,
    MaxOverStrands,
    MeanOverStrands,
    SumOverStrands,
    WithOtherStrand,
)
from tfbs.architectures.priors.rebuild import MOTIFS, motif_scan, rebuild
from tfbs.errors import Refused

Strategy = Callable[[keras.Model], keras.Model]

TRUNK = (
    keras.layers.BatchNormalization,
    keras.layers.Activation,
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.ELU,
    keras.layers.Dropout,
    keras.layers.SpatialDropout1D,
    keras.layers.GaussianNoise,
    keras.layers.MaxPooling1D,
    keras.layers.AveragePooling1D,
    keras.layers.Cropping1D,
    keras.layers.ZeroPadding1D,
    keras.layers.Add,
    keras.layers.Subtract,
    keras.layers.Multiply,
    keras.layers.Average,
    keras.layers.Maximum,
    keras.layers.Minimum,
    keras.layers.Concatenate,
)
"""Layers between convolutions, which treat every channel alone or join channels of one strand."""


def augmentation(network: keras.Model) -> keras.Model:
    """Each training example is shown on a random strand; nothing changes in inference."""
    return rebuild(network, read=_random_strand)


def posthoc(network: keras.Model) -> keras.Model:
    """Trained as it is; in inference the logits of both strands are averaged."""
    return rebuild(
        network,
        read=lambda inputs: _both_strands(inputs, in_training=False),
        finish=MeanOverStrands(in_training=False),
    )


def posthoc_augmented(network: keras.Model) -> keras.Model:
    """Trained on random strands; in inference the logits of both strands are averaged."""
    return rebuild(
        network,
        read=lambda inputs: _both_strands(_random_strand(inputs), in_training=False),
        finish=MeanOverStrands(in_training=False),
    )


def siamese_mean(network: keras.Model) -> keras.Model:
    """One network on both strands in training and inference; their logits are averaged."""
    return rebuild(network, read=_both_strands, finish=MeanOverStrands())


def siamese_max(network: keras.Model) -> keras.Model:
    """One network on both strands in training and inference; the larger logit counts."""
    return rebuild(network, read=_both_strands, finish=MaxOverStrands())


def shared(network: keras.Model) -> keras.Model:
    """Convolutions and batch norms share their parameters between strands; the head is averaged.

    Source: Shrikumar, Greenside & Kundaje (2017), https://doi.org/10.1101/103663. As there, a
    filter counts for both strands: `num_filters` filters give twice as many channels, and the
    kernels of all convolutions but the first read twice as many. Layers of `TRUNK` stand between
    convolutions; from the first other one on (a flatten, a global pool, an LSTM, attention), the
    head reads the channels of both strands in both directions, and its logits are averaged.

    Raises:
        Refused: If there is no convolution, or sizes in the head are made for the channels of one
            strand.
    """
    if not any(isinstance(layer, keras.layers.Conv1D) for layer in network.layers):
        raise Refused(f"prior.rc=shared: {network.name} has no convolution")
    try:
        return rebuild(network, read=_both_strands, connect=_Sharing(), finish=MeanOverStrands())
    except ValueError as error:
        raise Refused(
            f"prior.rc=shared: the head of {network.name} has sizes made for the channels of one "
            "strand; prior.rc=siamese_mean takes any network"
        ) from error


def pool_sum(network: keras.Model) -> keras.Model:
    """Motifs of both strands are added at each position; what follows reads one strand."""
    return _pooled(network, SumOverStrands(name="pooled_strands"))


def pool_average(network: keras.Model) -> keras.Model:
    """Motifs of both strands are averaged at each position; what follows reads one strand."""
    return _pooled(network, MeanOverStrands(name="pooled_strands"))


def pool_max(network: keras.Model) -> keras.Model:
    """The stronger strand counts for each motif and position; what follows reads one strand."""
    return _pooled(network, MaxOverStrands(name="pooled_strands"))


STRATEGIES: dict[str, Strategy] = {
    strategy.__name__: strategy
    for strategy in (
        augmentation,
        siamese_mean,
        siamese_max,
        posthoc,
        posthoc_augmented,
        shared,
        pool_sum,
        pool_average,
        pool_max,
    )
}
"""What `prior.rc` names. Outputs are equal on both strands for those of `INVARIANT`."""

INVARIANT = ("siamese_mean", "siamese_max", "posthoc", "posthoc_augmented", "shared")
"""Strategies whose outputs are the same for a sequence and its reverse complement."""


def read_strands(network: keras.Model, strategy: str) -> keras.Model:
    """Returns the network under a strategy.

    Args:
        network: From `(batch, length, 4)`, and perhaps tracks, to logits.
        strategy: One of `STRATEGIES`.

    Raises:
        Refused: If the network reads both strands by itself, or the strategy does not go with it.
    """
    if any(isinstance(layer, (BothStrands, Equilibrium)) for layer in network.layers):
        raise Refused(f"prior.rc={strategy}: {network.name} reads both strands by itself")
    return STRATEGIES[strategy](network)


def _both_strands(
    inputs: list[keras.KerasTensor], in_training: bool = True
) -> list[keras.KerasTensor]:
    """Returns the sequence on both strands, and tracks in both directions."""
    sequence, *tracks = inputs
    return [
        BothStrands(in_training)(sequence),
        *(BothStrands(in_training, complement=False)(tensor) for tensor in tracks),
    ]


def _random_strand(inputs: list[keras.KerasTensor]) -> list[keras.KerasTensor]:
    found = RandomStrand()(inputs if len(inputs) > 1 else inputs[0])
    return found if isinstance(found, list) else [found]


class _Sharing:
    """Connects layers so that a convolution on motifs sees both strands.

    A tensor belongs to the trunk from the first convolution on, as long as only convolutions and
    layers of `TRUNK` come; then to the head.
    """

    def __init__(self) -> None:
        self.trunk: dict[int, keras.KerasTensor] = {}
        self.head: dict[int, keras.KerasTensor] = {}
        self.shown: dict[int, keras.KerasTensor] = {}

    def __call__(self, layer: keras.Layer, *arguments: Any, **keywords: Any) -> Any:
        flat = keras.tree.flatten((arguments, keywords))
        in_head = any(id(value) in self.head for value in flat)
        in_trunk = any(id(value) in self.trunk for value in flat)
        convolution = isinstance(layer, keras.layers.Conv1D)
        stays = isinstance(layer, TRUNK) and not in_head
        if in_trunk and not stays:
            arguments, keywords = keras.tree.map_structure(self._show, (arguments, keywords))
        outputs = layer(*arguments, **keywords)
        if not in_head and (convolution or (stays and in_trunk)):
            self.trunk[id(outputs)] = outputs
        elif in_head or in_trunk:
            self.head.update((id(value), value) for value in keras.tree.flatten(outputs))
        return outputs

    def _show(self, value: Any) -> Any:
        """Returns a tensor of the trunk with the other strand's channels, others as they are."""
        if id(value) not in self.trunk:
            return value
        if id(value) not in self.shown:
            self.shown[id(value)] = WithOtherStrand()(value)
        return self.shown[id(value)]


def _pooled(network: keras.Model, fold: keras.Layer) -> keras.Model:
    """Returns the network with both strands up to its motifs, and what they come to after them.

    Windows of an even kernel with `same` padding lie one position off on the other strand.

    Raises:
        Refused: If the motifs are of both strands already, or something goes round them, which
            would meet them on one strand.
    """
    if isinstance(motif_scan(network), SiteWeights):
        raise Refused(f"prior.rc: the motifs of {network.name} are of both strands already")
    outside: dict[int, keras.KerasTensor] = {}

    def connect(layer: keras.Layer, *arguments: Any, **keywords: Any) -> Any:
        outputs = layer(*arguments, **keywords)
        given = {
            id(value) in outside
            for value in keras.tree.flatten((arguments, keywords))
            if isinstance(value, keras.KerasTensor)
        }
        if len(given) > 1:
            raise Refused(
                f"pooling strands at the motifs of {network.name} leaves out what goes round them "
                f"to {layer.name}"
            )
        if layer.name == MOTIFS:
            outputs = fold(AlignedStrands(name="aligned_strands")(outputs))
        if layer.name == MOTIFS or given == {True}:
            outside.update((id(value), value) for value in keras.tree.flatten(outputs))
        return outputs

    return rebuild(network, read=_both_strands, connect=connect)
