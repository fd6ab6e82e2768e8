"""A network cut in two at a named layer."""

from __future__ import annotations

import functools
from typing import Annotated

import keras
import tensorflow as tf
from pydantic import Field

from tfbs.benchmark.explain.filters import MOTIF_LAYER
from tfbs.errors import Refused, nearest

LayerName = Annotated[str, Field(min_length=1)]

DEFAULT_LAYER = MOTIF_LAYER
"""The activations of the first layer, which the networks of this package have in common."""


@functools.lru_cache(maxsize=1)
def cut(model: keras.Model, layer: str) -> tuple[keras.Model, keras.Model]:
    """Returns the parts of a model before and after a layer, which share its weights.

    The first part is from one-hot to the layer's output; the second from that, and the tracks
    where the model reads them, to logits.

    Args:
        model: From one-hot, and perhaps tracks, to logits.
        layer: Name of the layer.

    Raises:
        Refused: If there is no such layer, or it has not one row per sequence, or is passed by.
    """
    inner = [each for each in model.layers if not isinstance(each, keras.layers.InputLayer)]
    names = [each.name for each in inner]
    if layer not in names:
        raise Refused(
            f"the regime needs a hidden layer called {layer!r}, {model.name} has none"
            f"{nearest(layer, names)}"
        )
    hidden = model.get_layer(layer).output
    try:
        first = keras.Model(model.inputs[0], hidden)
        second = keras.Model([hidden, *model.inputs[1:]], model.outputs[0])
    except ValueError as error:
        raise Refused(
            f"{model.name} cannot be cut at layer {layer!r}: some of its output comes past it, "
            "or the tracks go through it"
        ) from error
    if first(tf.zeros((1, *model.inputs[0].shape[1:]))).shape[0] != 1:
        raise Refused(
            f"layer {layer!r} of {model.name} has both strands as rows of their own: examples "
            "cannot be told apart there"
        )
    return first, second
