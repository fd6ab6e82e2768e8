"""Of a network that reads the middle of its input: which positions it reads."""

from __future__ import annotations

import keras

CONTEXT_LAYER = "context"
"""Of such a network, the layer that cuts the middle out."""


def read_positions(model: keras.Model) -> slice:
    """Returns the positions that a model can see.

    All of them, unless a cropping called `context` is the only layer that reads the sequence.

    Args:
        model: From `(batch, length, 4)`, and perhaps tracks, to outputs.
    """
    sequence = model.inputs[0]
    readers = {
        layer
        for layer in model.layers
        for node in layer._inbound_nodes
        if any(tensor is sequence for tensor in node.input_tensors)
    }
    layer = next(iter(readers)) if len(readers) == 1 else None
    if not isinstance(layer, keras.layers.Cropping1D) or layer.name != CONTEXT_LAYER:
        return slice(0, sequence.shape[1])
    left, right = layer.cropping
    return slice(left, sequence.shape[1] - right)
