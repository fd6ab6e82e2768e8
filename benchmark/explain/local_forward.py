"""Recomputes of a forward pass only what a substitution can change; the rest is the wild type's.

A convolution or a pool reads a few positions, so that a changed stretch of its input changes a
stretch of its output, a little longer. As long as operations are of this kind, a mutant is its
stretch of changed values and the wild type around it. The first operation that reads everything
(a flattening, a recurrence, attention) gets the whole, put together again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from tfbs.benchmark.explain.deeplift import ELEMENTWISE, is_softmax


@dataclass(frozen=True)
class Region:
    """A batch of mutants as what differs from the wild type.

    Attributes:
        whole: `(groups, length, channels)` of the wild type; two groups where both strands
            are read.
        start: `(groups * batch,)` int32, first changed position; may lie outside.
        values: `(groups * batch, width, channels)` of the mutants there.
    """

    whole: tf.Tensor
    start: tf.Tensor
    values: tf.Tensor

    @property
    def width(self) -> int:
        """Positions that are changed, the same number for all mutants."""
        return int(self.values.shape[1])

    @property
    def length(self) -> int:
        """Positions in all."""
        return int(self.whole.shape[1])

    def window(self, first: tf.Tensor, size: int, padding: float = 0.0) -> tf.Tensor:
        """Returns `(groups * batch, size, channels)` of the mutants from a first position on.

        Args:
            first: `(groups * batch,)` int32; may lie outside.
            size: Positions.
            padding: What stands outside.
        """
        place = first[:, None] + tf.range(size)
        inside = (place >= 0) & (place < self.length)
        offset = place - self.start[:, None]
        changed = (offset >= 0) & (offset < self.width)
        own = tf.gather(
            self.values, tf.clip_by_value(offset, 0, self.width - 1), axis=1, batch_dims=1
        )
        found = tf.where(changed[..., None], own, self.unchanged(place))
        return tf.where(inside[..., None], found, tf.constant(padding, found.dtype))

    def unchanged(self, place: tf.Tensor) -> tf.Tensor:
        """Returns `(groups * batch, size, channels)` of the wild type.

        Args:
            place: `(groups * batch, size)` positions; those outside are moved to the border.
        """
        safe = tf.clip_by_value(place, 0, self.length - 1)
        by_group = tf.reshape(safe, (tf.shape(self.whole)[0], -1))
        found = tf.gather(self.whole, by_group, axis=1, batch_dims=1)
        return tf.reshape(found, (-1, place.shape[1], self.whole.shape[2]))

    def full(self) -> tf.Tensor:
        """Returns `(groups * batch, length, channels)` of the mutants."""
        return self.window(tf.zeros_like(self.start), self.length)


@dataclass(frozen=True)
class Reads:
    """Which positions an output position reads: output o reads o * stride - before + j * dilation.

    Attributes:
        kernel: How many.
        stride: From one output to the next.
        dilation: From one input to the next.
        before: Positions of padding on the left.
    """

    kernel: int
    stride: int
    dilation: int
    before: int

    def outputs(self, region: Region, length: int) -> tuple[tf.Tensor, int]:
        """Returns the first output that a region changes and how many, `length` at most."""
        reach = (self.kernel - 1) * self.dilation
        width = min((region.width - 1 + reach) // self.stride + 1, length)
        first = -((reach - self.before - region.start) // self.stride)  # rounded up
        return tf.clip_by_value(first, 0, length - width), width

    def slab(self, first: tf.Tensor, width: int) -> tuple[tf.Tensor, int]:
        """Returns the first input that some outputs read and how many."""
        size = (width - 1) * self.stride + (self.kernel - 1) * self.dilation + 1
        return first * self.stride - self.before, size


class LocalForward:
    """Runs operations on regions where they are local, on whole tensors where not.

    Attributes:
        covered: Scalar bool tensors that must all be true for the result to be exact.
        whole_from: Kind of the first operation that needed the whole, if any.
    """

    def __init__(self) -> None:
        self.covered: list[tf.Tensor] = []
        self.whole_from: str | None = None

    def __call__(self, operation: Any, *arguments: Any, **keywords: Any) -> Any:
        """Runs one operation."""
        flat = keras.tree.flatten((arguments, keywords))
        regions = [value for value in flat if isinstance(value, Region)]
        if not regions:
            return operation(*arguments, **keywords)
        local = self._local(operation, regions, flat, arguments, keywords)
        if local is not None:
            return local
        self.whole_from = self.whole_from or type(operation).__name__
        whole = keras.tree.map_structure(
            lambda value: value.full() if isinstance(value, Region) else value,
            (arguments, keywords),
        )
        return operation(*whole[0], **whole[1])

    def _local(
        self,
        operation: Any,
        regions: list[Region],
        flat: list[Any],
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
    ) -> Any:
        name = type(operation).__name__
        if len(regions) == 1:
            rule = _RULES.get(name)
            if _is_pointwise(operation):
                rule = _pointwise
            return None if rule is None else rule(operation, regions[0])
        tensors = [value for value in flat if tf.is_tensor(value)]
        by_position = name != "Concatenate" or operation.axis in (-1, 2)
        if name in _MERGES and by_position and not tensors:
            return self._merge(regions, _caller(operation, arguments, keywords))
        return None

    def _merge(
        self, regions: list[Region], call: Callable[[list[tf.Tensor]], tf.Tensor]
    ) -> Region | None:
        if len({region.length for region in regions}) > 1:
            return None
        width = max(region.width for region in regions)
        length = regions[0].length
        start = regions[0].start
        for region in regions[1:]:
            start = tf.minimum(start, region.start)
        start = tf.clip_by_value(start, 0, max(length - width, 0))
        for region in regions:
            first = tf.maximum(region.start, 0)
            end = tf.minimum(region.start + region.width, length)
            fits = (first >= start) & (end <= start + width)
            self.covered.append(tf.reduce_all(fits | (first >= end)))
        return Region(
            call([region.whole for region in regions]),
            start,
            call([region.window(start, width) for region in regions]),
        )


def _caller(
    operation: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> Callable[[list[tf.Tensor]], tf.Tensor]:
    """Returns what calls an operation with values in the places of its regions."""

    def call(values: list[tf.Tensor]) -> tf.Tensor:
        waiting = iter(values)
        own, named = keras.tree.map_structure(
            lambda value: next(waiting) if isinstance(value, Region) else value,
            (arguments, keywords),
        )
        return operation(*own, **named)

    return call


_MERGES = {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"}
_POINTWISE_LAYERS = {"BatchNormalization", "Dropout", "SpatialDropout1D", "LayerNormalization"}


def _is_pointwise(operation: Any) -> bool:
    """Returns whether an operation treats every position alone and alike."""
    name = type(operation).__name__
    if name in ELEMENTWISE and not is_softmax(operation):
        return True
    if name == "Dense":
        return True
    if name in _POINTWISE_LAYERS:
        axis = getattr(operation, "axis", -1)
        return axis in (-1, 2, [-1], [2])
    return False


def _pointwise(operation: Any, region: Region) -> Region:
    return Region(operation(region.whole), region.start, operation(region.values))


def _convolution(layer: Any, region: Region) -> Region | None:
    if layer.groups > 1 or layer.data_format != "channels_last":
        return None
    kernel, stride, dilation = layer.kernel_size[0], layer.strides[0], layer.dilation_rate[0]
    whole = layer(region.whole)
    reads = Reads(
        kernel, stride, dilation, _before(layer.padding, region.length, kernel, stride, dilation)
    )

    def convolve(slab: tf.Tensor) -> tf.Tensor:
        found = tf.nn.conv1d(slab, layer.kernel, stride, "VALID", dilations=dilation)
        found = found if layer.bias is None else found + layer.bias
        return layer.activation(found)

    return _windowed(region, whole, reads, convolve, 0.0)


def _max_pool(layer: Any, region: Region) -> Region:
    pool, stride = layer.pool_size[0], layer.strides[0]
    reads = Reads(pool, stride, 1, _before(layer.padding, region.length, pool, stride, 1))

    def apply(slab: tf.Tensor) -> tf.Tensor:
        return tf.nn.max_pool1d(slab, pool, stride, "VALID")

    return _windowed(region, layer(region.whole), reads, apply, float("-inf"))


def _average_pool(layer: Any, region: Region) -> Region | None:
    if layer.padding != "valid":
        return None
    pool, stride = layer.pool_size[0], layer.strides[0]

    def apply(slab: tf.Tensor) -> tf.Tensor:
        return tf.nn.avg_pool1d(slab, pool, stride, "VALID")

    return _windowed(region, layer(region.whole), Reads(pool, stride, 1, 0), apply, 0.0)


def _windowed(
    region: Region,
    whole: tf.Tensor,
    reads: Reads,
    apply: Callable[[tf.Tensor], tf.Tensor],
    padding: float,
) -> Region:
    """Returns the region of the output of an operation that reads neighbours."""
    first, width = reads.outputs(region, int(whole.shape[1]))
    begin, size = reads.slab(first, width)
    return Region(whole, first, apply(region.window(begin, size, padding)))


def _before(padding: str, length: int, kernel: int, stride: int, dilation: int) -> int:
    """Returns the padding on the left, as TensorFlow has it."""
    reach = (kernel - 1) * dilation
    if padding == "valid":
        return 0
    if padding == "causal":
        return reach
    outputs = -(-length // stride)
    return max((outputs - 1) * stride + reach + 1 - length, 0) // 2


def _crop(layer: Any, region: Region) -> Region:
    return Region(layer(region.whole), region.start - layer.cropping[0], region.values)


def _both_strands(layer: Any, region: Region) -> Region:
    reverse = region.length - region.start - region.width
    return Region(
        layer(region.whole),
        tf.concat([region.start, reverse], axis=0),
        layer(region.values),
    )


_APART = 2
"""Positions that a change may lie apart on the two strands: pools round it to their own grids."""


def _with_other_strand(layer: Any, region: Region) -> Region:
    """Returns what changes on either strand; NaN where the two are further than `_APART`."""
    width = min(region.width + _APART, region.length)
    forward, reverse = tf.split(region.start, 2)
    mirrored = region.length - region.width - reverse
    first = tf.clip_by_value(tf.minimum(forward, mirrored), 0, region.length - width)
    start = tf.concat([first, region.length - width - first], axis=0)
    near = tf.tile(tf.abs(forward - mirrored) <= _APART, [2])[:, None, None]
    values = layer(region.window(start, width))
    return Region(
        layer(region.whole), start, tf.where(near, values, tf.constant(float("nan"), values.dtype))
    )


def _random_strand(layer: Any, region: Region) -> Region | None:
    return None if isinstance(layer.input, list) else region


def _pad(layer: Any, region: Region) -> Region:
    return Region(layer(region.whole), region.start + layer.padding[0], region.values)


def _global_average(layer: Any, region: Region) -> tf.Tensor | None:
    if layer.keepdims:
        return None
    place = region.start[:, None] + tf.range(region.width)
    inside = (place >= 0) & (place < region.length)
    change = tf.where(inside[..., None], region.values - region.unchanged(place), 0.0)
    batch = tf.shape(region.start)[0] // tf.shape(region.whole)[0]
    wild = tf.repeat(layer(region.whole), batch, axis=0)
    return wild + tf.reduce_sum(change, axis=1) / region.length


def _global_max(layer: Any, region: Region) -> tf.Tensor | None:
    if layer.keepdims:
        return None
    left = _running_max(region.whole)
    right = _running_max(region.whole[:, ::-1])[:, ::-1]
    low = tf.constant(float("-inf"), region.whole.dtype)
    ends = region.start + region.width
    before = Region(left, region.start, region.values).unchanged(region.start[:, None] - 1)
    after = Region(right, region.start, region.values).unchanged(ends[:, None])
    place = region.start[:, None] + tf.range(region.width)
    inside = (place >= 0) & (place < region.length)
    own = tf.reduce_max(tf.where(inside[..., None], region.values, low), axis=1)
    before = tf.where((region.start > 0)[:, None], before[:, 0], low)
    after = tf.where((ends < region.length)[:, None], after[:, 0], low)
    return tf.maximum(own, tf.maximum(before, after))


def _running_max(values: tf.Tensor) -> tf.Tensor:
    """Returns the largest value up to each position, by doubling."""
    shift = 1
    while shift < values.shape[1]:
        moved = tf.pad(
            values[:, :-shift], [[0, 0], [shift, 0], [0, 0]], constant_values=values.dtype.min
        )
        values = tf.maximum(values, moved)
        shift *= 2
    return values


_RULES: dict[str, Callable[[Any, Region], Any]] = {
    "Conv1D": _convolution,
    "MaxPooling1D": _max_pool,
    "AveragePooling1D": _average_pool,
    "Cropping1D": _crop,
    "GlobalAveragePooling1D": _global_average,
    "GlobalMaxPooling1D": _global_max,
    "ZeroPadding1D": _pad,
    "BothStrands": _both_strands,
    "WithOtherStrand": _with_other_strand,
    "RandomStrand": _random_strand,
}
