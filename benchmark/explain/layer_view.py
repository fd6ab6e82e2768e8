"""What part of the sequence each position of a layer looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfbs.benchmark.inputs import read_tracks
from tfbs.datasets.task import RowArray
from tfbs.errors import Refused, nearest

_EXAMPLES = 64
_POOLS = (keras.layers.MaxPooling1D, keras.layers.AveragePooling1D)
_MOVING = (*_POOLS, keras.layers.Conv1D, keras.layers.Cropping1D, keras.layers.ZeroPadding1D)
_NONLINEAR = ("Activation", "ReLU", "LeakyReLU", "ELU", "PReLU")


@dataclass(frozen=True)
class View:
    """Position `i` of a layer sees `width` nucleotides, the first at `first + i * stride`.

    Attributes:
        first: Of position 0; negative where padding comes before the sequence.
        stride: Nucleotides from one position to the next.
        width: Nucleotides that a position sees.
        positions: Of the layer.
    """

    first: int
    stride: int
    width: int
    positions: int

    def centres(self) -> np.ndarray:
        """Returns `(positions,)` int: the nucleotide in the middle of what each position sees."""
        return self.first + (self.width - 1) // 2 + self.stride * np.arange(self.positions)


def find_layer(model: keras.Model, wanted: str) -> keras.layers.Layer:
    """Returns a layer by its name, or the activations after the so-manieth convolution.

    Args:
        model: Any.
        wanted: A name, or a number from 1.

    Raises:
        Refused: If there is no such layer, or it has no filters along the sequence.
    """
    names = [layer.name for layer in model.layers]
    if wanted.isdigit():
        found = _after_convolution(model, int(wanted))
    elif wanted in names:
        found = model.get_layer(wanted)
    else:
        raise Refused(f"{model.name} has no layer {wanted!r}{nearest(wanted, names)}")
    shape = getattr(found.output, "shape", ())
    if len(shape) != 3:
        raise Refused(f"layer {found.name!r} of {model.name} gives {shape}: no filters along it")
    return found


def last_convolution(model: keras.Model) -> keras.layers.Layer:
    """Returns the activations after the last convolution.

    Raises:
        Refused: If the model has no convolution of its own.
    """
    places = _convolutions(model)
    if not places:
        raise Refused(f"model {model.name!r} has no convolution of its own")
    return _after_convolution(model, len(places))


def centres_of(model: keras.Model, positions: int) -> np.ndarray:
    """Returns the nucleotide that each of so many positions stands for, `(positions,)` float.

    The middle of what it reads, from kernels, strides and padding. What keeps the number of
    positions keeps their places, so the first layer that has so many tells, however far later ones
    see.

    Args:
        model: From one-hot, and perhaps tracks, to outputs; functional.
        positions: Of a layer.

    Raises:
        Refused: If no layer has so many positions, or a layer before changes their number otherwise
            than a convolution, a pool, a crop or padding.
    """
    current, first, stride = int(model.inputs[0].shape[1]), 0.0, 1.0
    for layer in model.layers:
        if current == positions:
            break
        before, after = (_positions(tensor) for tensor in (layer.input, layer.output))
        if before != current or after is None:
            continue
        if not isinstance(layer, _MOVING) and after == current:
            continue
        ahead, step = _geometry(layer, current, after)
        first, stride, current = first + ahead * stride, stride * step, after
    if current != positions:
        raise Refused(f"no layer of model {model.name!r} has {positions} positions")
    return first + stride * np.arange(positions)


def _positions(tensor: Any) -> int | None:
    """Returns how many positions a tensor has; None for other shapes."""
    shape = getattr(tensor, "shape", None)
    return int(shape[1]) if shape is not None and len(shape) == 3 else None


def _geometry(layer: keras.Layer, before: int, after: int) -> tuple[float, int]:
    """Returns where position 0 of a layer stands among those that it reads, and its stride."""
    if isinstance(layer, keras.layers.Cropping1D):
        return layer.cropping[0], 1
    if isinstance(layer, keras.layers.ZeroPadding1D):
        return -layer.padding[0], 1
    if isinstance(layer, keras.layers.Conv1D):
        width = (layer.kernel_size[0] - 1) * layer.dilation_rate[0] + 1
    elif isinstance(layer, _POOLS):
        width = int(np.ravel(layer.pool_size)[0])
    else:
        raise Refused(f"layer {layer.name!r} changes the positions in a way that is not known")
    stride = int(np.ravel(layer.strides)[0])
    padded = max(0, (after - 1) * stride + width - before) if layer.padding == "same" else 0
    ahead = width - 1 if layer.padding == "causal" else padded // 2
    return (width - 1) / 2 - ahead, stride


def stretch(coarse: np.ndarray, length: int, centres: np.ndarray) -> np.ndarray:
    """Returns `(n, length)` float32 from `(n, positions)`, interpolated between centres."""
    places = np.arange(length)
    return np.stack([np.interp(places, centres, row) for row in coarse]).astype("float32")


def _convolutions(model: keras.Model) -> list[int]:
    return [
        index for index, layer in enumerate(model.layers) if isinstance(layer, keras.layers.Conv1D)
    ]


def _after_convolution(model: keras.Model, number: int) -> keras.layers.Layer:
    """Returns the first activations after a convolution, or the convolution if it has its own."""
    places = _convolutions(model)
    if not 1 <= number <= len(places):
        raise Refused(f"{model.name} has {len(places)} convolutions, so no layer {number}")
    start = places[number - 1]
    stop = places[number] if number < len(places) else len(model.layers)
    own = model.layers[start]
    if own.activation is not keras.activations.linear:
        return own
    later = (one for one in model.layers[start:stop] if type(one).__name__ in _NONLINEAR)
    return next(later, own)


def measure_view(
    extract: keras.Model, sequence: np.ndarray, tracks: RowArray | None = None, seed: int = 0
) -> View:
    """Returns what the positions of an output see, found by gradients.

    Args:
        extract: From `(batch, length, 4)`, and perhaps tracks, to `(batch, positions, channels)`.
        sequence: `(n, length, 4)`; the first 64 are differentiated.
        tracks: `(n, length, tracks)`, for a model that reads them.
        seed: Of the random mix of channels.

    Raises:
        Refused: If neighbours do not see the same, shifted, or see the whole sequence.
    """
    x = tf.convert_to_tensor(sequence[:_EXAMPLES], tf.float32)
    rows = slice(0, len(x))
    beside = [read_tracks(extract, tracks, rows, len(x))][: len(extract.inputs) - 1]
    positions = int(extract.output.shape[1])
    rng = np.random.default_rng(seed)
    weights = tf.constant(rng.normal(size=extract.output.shape[2]), tf.float32)
    middle = positions // 2
    spans = []
    for position in (middle - 1, middle):
        with tf.GradientTape() as tape:
            tape.watch(x)
            forward = extract([x, *beside], training=False)[: len(x), max(position, 0)]
            mix = tf.reduce_sum(forward * weights)
        seen = np.flatnonzero(np.abs(tape.gradient(mix, x).numpy()).max(axis=(0, 2)))
        if not len(seen):
            raise Refused(f"layer {extract.name!r} is silent: it has no filters to show")
        spans.append((int(seen[0]), int(seen[-1]) + 1))
    (before, end_before), (start, end) = spans
    stride, length = start - before, sequence.shape[1]
    if positions < 2 or stride < 1 or end - end_before != stride or end - start >= length:
        raise Refused(
            f"positions of layer {extract.name!r} see {end - start} of {length} "
            "nucleotides and not each the same, shifted: its filters have no matrix"
        )
    return View(start - stride * middle, stride, end - start, positions)
