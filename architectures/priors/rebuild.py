"""A network built again with other layers, inputs or connections, under the same layer names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras

from tfbs.architectures.layers.strands import BothStrands
from tfbs.errors import Refused

Read = Callable[[list[keras.KerasTensor]], list[keras.KerasTensor]]
"""From a network's inputs to what its layers see of them."""

Connect = Callable[..., Any]
"""Called as `connect(layer, *arguments, **keywords)` in the place of each layer."""

MOTIFS = "motifs"
"""Name of the first activation of a network."""

_POINTWISE = (
    keras.layers.BatchNormalization,
    keras.layers.Dropout,
    keras.layers.SpatialDropout1D,
)


def rebuild(
    network: keras.Model,
    *,
    read: Read = lambda inputs: inputs,
    replace: Callable[[keras.Layer], keras.Layer] = lambda layer: copy(layer),
    connect: Connect = lambda layer, *arguments, **keywords: layer(*arguments, **keywords),
    finish: Callable[[keras.KerasTensor], keras.KerasTensor] = lambda outputs: outputs,
    beside: Sequence[keras.KerasTensor] = (),
) -> keras.Model:
    """Returns a copy of a network; layers whose weights keep their shapes keep their weights.

    Args:
        network: Built by the functional interface, or `keras.Sequential`.
        read: Stands between the inputs and the layers.
        replace: Returns the layer that takes another's place; a copy where none does.
        connect: Calls a layer of the copy.
        finish: Stands between the layers and the outputs.
        beside: More inputs, which `connect` brings in.
    """
    inputs = [keras.Input(tensor.shape[1:], name=tensor.name) for tensor in network.inputs]
    made: dict[keras.Layer, keras.Layer] = {}

    def clone(layer: keras.Layer) -> keras.Layer:
        if layer not in made:
            made[layer] = replace(layer)
        return made[layer]

    sequential = isinstance(network, keras.Sequential)
    graph = keras.Model(network.inputs, network.outputs) if sequential else network
    outputs = graph._run_through_graph(read(inputs), operation_fn=clone, call_fn=connect)
    for old, new in made.items():
        _hand_over(old, new)
    everything = [*inputs, *beside]
    return keras.Model(
        everything if len(everything) > 1 else everything[0],
        finish(keras.tree.flatten(outputs)[0]),
        name=network.name,
    )


def copy(layer: keras.Layer, kind: type[keras.Layer] | None = None, **changes: Any) -> keras.Layer:
    """Returns a new layer with the settings of another, under its name.

    Args:
        layer: The other.
        kind: Class of the new one; the other's by default.
        changes: Settings that differ.
    """
    return (kind or type(layer)).from_config({**_unbuilt(layer.get_config()), **changes})


def _unbuilt(config: Any) -> Any:
    """Returns a config without the shapes that layers inside the layer were built for."""
    if isinstance(config, list):
        return [_unbuilt(part) for part in config]
    if not isinstance(config, dict):
        return config
    return {key: _unbuilt(part) for key, part in config.items() if key != "build_config"}


def _hand_over(old: keras.Layer, new: keras.Layer) -> None:
    weights = [weight.shape for weight in getattr(new, "weights", [])]
    if weights and weights == [weight.shape for weight in old.weights]:
        new.set_weights(old.get_weights())


def motif_scan(network: keras.Model) -> keras.Layer:
    """Returns the layer whose output the motif activation reads, but for batch norm.

    Raises:
        Refused: If the network has no layer called `motifs`, or what it reads is not a scan of
            the sequence itself.
    """
    scan = producer(motif_layer(network).input)
    if isinstance(scan, keras.layers.InputLayer):
        raise Refused(
            f"the motifs of {network.name} are its scan: a convolution needs an activation layer "
            f"of its own, called {MOTIFS!r}"
        )
    source, *_ = way_to(scan)
    if not isinstance(source, keras.layers.InputLayer):
        raise Refused(
            f"the motifs of {network.name} are no scan of the sequence: {one_part(scan).name} "
            f"reads {source.name}"
        )
    return scan


def one_part(scan: keras.Layer) -> keras.Layer:
    """Returns the scan, or the first of its parts where it has several."""
    while isinstance(scan.input, list):
        scan = producer(scan.input[0])
    return scan


def way_to(scan: keras.Layer) -> list[keras.Layer]:
    """Returns what a scan reads, then the strands and crops in between, as they are called."""
    way = [producer(one_part(scan).input)]
    while isinstance(way[0], (BothStrands, keras.layers.Cropping1D)):
        way.insert(0, producer(way[0].input))
    return way


def motif_layer(network: keras.Model) -> keras.Layer:
    """Returns the layer called `motifs`.

    Raises:
        Refused: If the network has none.
    """
    if MOTIFS not in {layer.name for layer in network.layers}:
        raise Refused(f"{network.name} names no layer {MOTIFS!r}, its first activation")
    return network.get_layer(MOTIFS)


def producer(tensor: keras.KerasTensor) -> keras.Layer:
    """Returns the layer that a tensor comes from, batch norm and dropout apart."""
    layer = tensor._keras_history.operation
    while isinstance(layer, _POINTWISE):
        layer = layer.input._keras_history.operation
    return layer
