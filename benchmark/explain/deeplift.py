"""DeepLIFT's rescale rule, and SHAP values by it: differences instead of derivatives.

Source: Shrikumar et al. (2017), https://arxiv.org/abs/1704.02685; Lundberg & Lee (2017),
https://arxiv.org/abs/1705.07874. A reference runs through the network first and every nonlinear
operation keeps what it read and gave; then the sequence runs, and its gradient passes each such
operation multiplied by the change of the output over the change of the input. Linear operations
pass gradients as they are. Of max pooling the change of the maximum goes to where the maxima are.
Where nothing changes, the gradient passes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfbs.benchmark.explain.attribution import ATTRIBUTIONS
from tfbs.benchmark.explain.completeness import (
    COMPLETE,
    Contributions,
    hypothetical,
    total,
    warn,
)
from tfbs.benchmark.explain.graph import graph_of, run_graph
from tfbs.benchmark.explain.output import check_request
from tfbs.benchmark.explain.references import (
    NUM_REFERENCES,
    UNIFORM,
    check_references,
    shuffled_references,
)
from tfbs.benchmark.inputs import read_tracks, sequence_spec, tracks_spec
from tfbs.benchmark.predict import BATCH_SIZE

ELEMENTWISE = frozenset(
    """
    Activation ReLU LeakyReLU ELU Relu LeakyRelu Elu Gelu Silu Sigmoid Tanh Softplus Exp Log
    Log1p Square Abs Sqrt
    """.split()  # noqa: SIM905
)
"""Operations that act on every number alone: the rescale rule applies."""

POOLS = {"MaxPooling1D", "GlobalMaxPooling1D"}

FUSED = (
    keras.layers.Dense,
    keras.layers.Conv1D,
    keras.layers.SeparableConv1D,
    keras.layers.DepthwiseConv1D,
    keras.layers.Conv1DTranspose,
)
"""Linear layers that may hold an activation."""

LINEAR = frozenset(
    """
    Conv1D Dense SeparableConv1D DepthwiseConv1D Conv1DTranspose BatchNormalization
    AveragePooling1D GlobalAveragePooling1D Flatten Reshape Permute Dropout SpatialDropout1D
    GaussianNoise Add Subtract Average Concatenate Cropping1D ZeroPadding1D UpSampling1D Identity
    RepeatVector GetItem Transpose Mean Sum Squeeze ExpandDims
    """.split()  # noqa: SIM905
)
"""Operations whose gradient is exact between any two inputs, beside layers with `is_linear`."""

_TINY = 1e-6


class _Rules:
    """Runs the reference, then the sequence, through one graph."""

    def __init__(self) -> None:
        self.kept: list[tuple[tf.Tensor, tf.Tensor]] = []

    def keep(self, operation: Any, *arguments: Any, **keywords: Any) -> Any:
        """Runs an operation on the reference and keeps what nonlinear ones read and gave."""
        linear, nonlinear = split(operation)
        if nonlinear is None:
            return operation(*arguments, **keywords)
        before = arguments[0] if linear is None else linear(*arguments, **keywords)
        after = nonlinear(before)
        self.kept.append((before, after))
        return after

    def multiply(self, operation: Any, *arguments: Any, **keywords: Any) -> Any:
        """Runs an operation on the sequence; nonlinear ones get the rule's gradient."""
        linear, nonlinear = split(operation)
        if nonlinear is None:
            return operation(*arguments, **keywords)
        before = arguments[0] if linear is None else linear(*arguments, **keywords)
        rule = _pooled if type(operation).__name__ in POOLS else _rescaled
        return rule(nonlinear, before, *self.kept.pop(0))


Function = Callable[..., Any]


def split(operation: Any) -> tuple[Function | None, Function | None]:
    """Returns the linear part of an operation and the nonlinear one after it, if any.

    Operations without a rule come back as linear: their gradient is used.
    """
    name = type(operation).__name__
    if name in POOLS or (name in ELEMENTWISE and not is_softmax(operation)):
        return None, operation
    activation = getattr(operation, "activation", None)
    if isinstance(operation, FUSED) and activation not in (None, keras.activations.linear):
        if is_softmax(operation):
            return operation, None
        return functools.partial(_without_activation, operation), activation
    return operation, None


def is_softmax(operation: Any) -> bool:
    """Returns whether an operation ends in a softmax, which mixes its inputs."""
    activation = getattr(operation, "activation", None)
    mixing = (keras.activations.softmax, keras.activations.log_softmax)
    return type(operation).__name__ in ("Softmax", "LogSoftmax") or activation in mixing


def _without_activation(layer: Any, *arguments: Any, **keywords: Any) -> Any:
    kept, layer.activation = layer.activation, keras.activations.linear
    try:
        return layer(*arguments, **keywords)
    finally:
        layer.activation = kept


def _rescaled(function: Function, x: tf.Tensor, before: tf.Tensor, after: tf.Tensor) -> tf.Tensor:
    @tf.custom_gradient
    def apply(x: tf.Tensor) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        derivative = tape.gradient(y, x)
        change = x - before

        def gradient(upstream: tf.Tensor) -> tf.Tensor:
            small = tf.abs(change) < _TINY
            ratio = (y - after) / tf.where(small, tf.ones_like(change), change)
            return upstream * tf.where(small, derivative, ratio)

        return y, gradient

    return apply(x)


def _pooled(pool: Function, x: tf.Tensor, before: tf.Tensor, after: tf.Tensor) -> tf.Tensor:
    @tf.custom_gradient
    def apply(x: tf.Tensor) -> Any:
        y = pool(x)

        def gradient(upstream: tf.Tensor) -> tf.Tensor:
            larger = tf.maximum(y, after)
            gained = _back(pool, x, upstream * (larger - after))
            lost = _back(pool, before, upstream * (y - larger))
            change = x - before
            same = change == 0  # of any other, however small, a share is at most as large
            share = (gained + lost) / tf.where(same, tf.ones_like(change), change)
            return tf.where(same, _back(pool, x, upstream), share)

        return y, gradient

    return apply(x)


def _back(pool: Function, x: tf.Tensor, upstream: tf.Tensor) -> tf.Tensor:
    """Returns what goes to where the maxima are."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = pool(x)
    return tape.gradient(y, x, output_gradients=upstream)


def unsupported_layers(model: keras.Model) -> list[str]:
    """Returns the kinds of operations that the rule has nothing for; their gradient is used."""
    found: list[str] = []

    def call(operation: Any, *arguments: Any, **keywords: Any) -> Any:
        name = type(operation).__name__
        known = name in LINEAR | POOLS or name in ELEMENTWISE
        if (not known and not getattr(operation, "is_linear", False)) or is_softmax(operation):
            found.append(name)
        return operation(*arguments, **keywords)

    run_graph(model, [keras.ops.zeros((1, *t.shape[1:])) for t in model.inputs], call)
    return sorted(set(found))


@functools.lru_cache(maxsize=1)
def _compiled(model: keras.Model) -> Function:
    """Returns the multipliers and both outputs as a graph."""
    graph_of(model)
    spec, columns = sequence_spec(model), tf.TensorSpec((None,), tf.int32)

    @tf.function(input_signature=[spec, spec, columns, tracks_spec(model)])
    def step(
        batch: tf.Tensor, reference: tf.Tensor, target: tf.Tensor, tracks: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        beside = [tracks] if len(model.inputs) > 1 else []
        rules = _Rules()
        plain = run_graph(model, [reference, *beside], rules.keep)
        with tf.GradientTape() as tape:
            tape.watch(batch)
            outputs = run_graph(model, [batch, *beside], rules.multiply)
            value = tf.gather(outputs, target, axis=1, batch_dims=1)
        against = tf.gather(plain, target, axis=1, batch_dims=1)
        return tape.gradient(value, batch), value, against

    return step


def against_references(
    model: keras.Model,
    sequence: np.ndarray,
    references: np.ndarray,
    target: int | np.ndarray = 0,
    tracks: np.ndarray | None = None,
) -> Contributions:
    """Returns contributions by the rescale rule, averaged over each sequence's references.

    Args:
        model: From one-hot, and perhaps tracks, to outputs; functional.
        sequence: `(n, length, 4)` one-hot.
        references: `(n, number, length, 4)`.
        target: Column of the outputs, or one for each sequence.
        tracks: `(n, length, tracks)`, for a model that reads them; the same for references.
    """
    check_references(references, sequence)
    step = _compiled(model)
    number = references.shape[1]
    columns = np.broadcast_to(np.asarray(target, "int32"), len(sequence))
    size = max(1, BATCH_SIZE // number)
    maps, expected, sums = [], [], []
    for start in range(0, len(sequence), size):
        rows = slice(start, start + size)
        batch = np.repeat(np.asarray(sequence[rows], "float32"), number, axis=0)
        own = np.asarray(references[rows], "float32").reshape(batch.shape)
        beside = read_tracks(model, tracks, rows, len(batch) // number)
        multiplier, value, plain = step(
            batch, own, np.repeat(columns[rows], number), np.repeat(beside, number, axis=0)
        )
        found = hypothetical(multiplier.numpy(), own)
        maps.append(found.reshape(-1, number, *sequence.shape[1:]).mean(axis=1))
        expected.append((value - plain).numpy().reshape(-1, number).mean(axis=1))
        sums.append(total(multiplier.numpy(), batch, own).reshape(-1, number).mean(axis=1))
    return Contributions(*(np.concatenate(parts) for parts in (maps, expected, sums)))


@COMPLETE.register("deeplift")
def deeplift_contributions(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    *,
    tracks: np.ndarray | None = None,
) -> Contributions:
    """Returns DeepLIFT contributions against a quarter of each letter."""
    check_request(model, sequence, target, tracks)
    uniform = np.full((len(sequence), 1, *sequence.shape[1:]), UNIFORM, "float32")
    found = against_references(model, sequence, uniform, target, tracks)
    return warn("deeplift", found, unsupported_layers(model))


@COMPLETE.register("deepshap")
def deepshap_contributions(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    *,
    tracks: np.ndarray | None = None,
    references: np.ndarray | None = None,
    num_references: int = NUM_REFERENCES,
    seed: int = 0,
) -> Contributions:
    """Returns DeepSHAP contributions against dinucleotide shuffles.

    Args:
        model: From one-hot, and perhaps tracks, to outputs; functional.
        sequence: `(n, length, 4)` one-hot.
        target: Column of the outputs, or one for each sequence.
        tracks: `(n, length, tracks)`, for a model that reads them.
        references: `(n, number, length, 4)`; shuffles of each sequence by default.
        num_references: How many shuffles.
        seed: Of the shuffles.
    """
    check_request(model, sequence, target, tracks)
    if references is None:
        references = shuffled_references(sequence, num_references, seed)
    found = against_references(model, sequence, references, target, tracks)
    return warn("deepshap", found, unsupported_layers(model))


@ATTRIBUTIONS.register("deeplift")
def deeplift(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    *,
    tracks: np.ndarray | None = None,
) -> np.ndarray:
    """DeepLIFT's rescale rule against a uniform reference (Shrikumar et al. 2017), complete."""
    return deeplift_contributions(model, sequence, target, tracks=tracks).map


@ATTRIBUTIONS.register("deepshap")
def deepshap(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    *,
    tracks: np.ndarray | None = None,
) -> np.ndarray:
    """DeepLIFT averaged over 20 dinucleotide shuffles (Lundberg & Lee 2017), complete."""
    return deepshap_contributions(model, sequence, target, tracks=tracks).map
