"""How much of the sequence one position of a network sees, measured by gradients."""

from __future__ import annotations

from typing import Literal

import keras
import numpy as np

from tfbs.architectures.layers.log_sum_exp import GlobalLogSumExp1D

ReceptiveField = int | Literal["whole sequence"]
WHOLE: Literal["whole sequence"] = "whole sequence"

JOINING: dict[type[keras.Layer], str] = {
    keras.layers.Flatten: "flatten",
    keras.layers.GlobalAveragePooling1D: "average",
    keras.layers.GlobalMaxPooling1D: "maximum",
    GlobalLogSumExp1D: "log-sum-exp",
}
"""Layers that join the positions, and what it is called."""

_EXAMPLES = 12


def joining_layers(model: keras.Model) -> list[keras.Layer]:
    """Returns the layers that join the positions: global pools or a flatten, of branches several.

    One that another depends on only tells the positions of the whole, as in
    squeeze-and-excitation, and does not count.
    """
    found = [layer for layer in model.layers if type(layer) in JOINING]
    within = {layer for outer in found for layer in keras.Model(model.inputs, outer.input).layers}
    return [layer for layer in found if layer not in within]


def measure_receptive_field(model: keras.Model, seed: int = 0) -> ReceptiveField:
    """Returns how many nucleotides the central position sees before positions are joined.

    The central position of what feeds the joining layer, in the model as it is initialised, is
    differentiated with respect to random inputs; the span of nucleotides with a gradient in any
    of them counts. Of branches that are joined apart the widest counts. A model without a joining
    layer counts over the whole sequence.
    Scales of batch norm are drawn at random, since some start at zero.

    Args:
        model: From `(batch, length, 4)`; its weights are changed. `length` must exceed the
            field, or the whole sequence is found.
        seed: Of inputs and weights.

    Returns:
        A number of nucleotides, or `"whole sequence"` where the central position sees all that
        any position sees.
    """
    rng = np.random.default_rng(seed)
    _wake(model, rng)
    joined = {id(layer.input): layer.input for layer in joining_layers(model)}
    fields = [_field_of(x, model, rng) for x in joined.values()]
    widths = [field for field in fields if field != WHOLE]
    return max(widths) if widths and len(widths) == len(fields) else WHOLE


def _field_of(
    joined: keras.KerasTensor, model: keras.Model, rng: np.random.Generator
) -> ReceptiveField:
    """Returns what the central position of `joined` sees."""
    observed = keras.Model(model.inputs[0], joined)
    codes = rng.integers(0, 4, (_EXAMPLES, model.inputs[0].shape[1]))
    sequence = np.eye(4, dtype="float32")[codes]
    middle = observed.output.shape[1] // 2
    central = _seen(observed, sequence, slice(middle, middle + 1), rng)
    return WHOLE if central == _seen(observed, sequence, slice(None), rng) else central


def _wake(model: keras.Model, rng: np.random.Generator) -> None:
    """Draws the scales of batch norm; those that start at zero would let nothing through."""
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma = layer.gamma
            if gamma is not None:
                gamma.assign(rng.uniform(0.5, 1.5, gamma.shape))


def _seen(
    observed: keras.Model, sequence: np.ndarray, positions: slice, rng: np.random.Generator
) -> int:
    """Returns the span of nucleotides that a random mix of channels at `positions` depends on."""
    import tensorflow as tf

    x = tf.convert_to_tensor(sequence)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = observed(x, training=False)[: len(sequence), positions]  # the forward strands
        mix = tf.reduce_sum(y * rng.normal(size=y.shape[1:]).astype("float32"))
    gradient = tape.gradient(mix, x).numpy()
    seen = np.flatnonzero(np.abs(gradient).max(axis=(0, 2)))
    return int(seen[-1] - seen[0]) + 1
