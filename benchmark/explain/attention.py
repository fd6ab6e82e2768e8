"""Where attention looks: the weights of attention layers, averaged over heads and queries."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfbs.benchmark.explain.attribution import ATTRIBUTIONS
from tfbs.benchmark.explain.graph import run_graph
from tfbs.benchmark.explain.layer_view import centres_of, stretch
from tfbs.benchmark.explain.output import check_request
from tfbs.benchmark.inputs import read_tracks
from tfbs.benchmark.predict import BATCH_SIZE
from tfbs.errors import Refused


def attention_weights(
    model: keras.Model, sequence: np.ndarray, tracks: np.ndarray | None = None
) -> list[np.ndarray]:
    """Returns `(n, heads, queries, keys)` float32 of every attention layer, in order.

    A layer counts that takes `return_attention_scores`, as `keras.layers.MultiHeadAttention`.

    Args:
        model: From one-hot, and perhaps tracks, to outputs; functional.
        sequence: `(n, length, 4)`.
        tracks: `(n, length, tracks)`, for a model that reads them.
    """
    batches: list[list[np.ndarray]] = []
    for start in range(0, len(sequence), BATCH_SIZE):
        rows = slice(start, start + BATCH_SIZE)
        found: list[np.ndarray] = []

        def call(
            operation: Any, *arguments: Any, found: list[np.ndarray] = found, **keywords: Any
        ) -> Any:
            if not has_weights(operation):
                return operation(*arguments, **keywords)
            outputs, weights = operation(
                *arguments, **{**keywords, "return_attention_scores": True}
            )
            found.append(weights.numpy())
            return outputs

        batch = tf.constant(sequence[rows], tf.float32)
        beside = [read_tracks(model, tracks, rows, len(batch))][: len(model.inputs) - 1]
        run_graph(model, [batch, *beside], call)
        batches.append(found)
    return [np.concatenate(parts) for parts in zip(*batches, strict=True)]


def has_weights(operation: Any) -> bool:
    """Returns whether an operation is an attention layer that tells its weights."""
    call = getattr(operation, "call", None)
    code = getattr(getattr(call, "__func__", call), "__code__", None)
    return code is not None and "return_attention_scores" in code.co_varnames


@ATTRIBUTIONS.register("attention")
def attention(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    *,
    tracks: np.ndarray | None = None,
) -> np.ndarray:
    """Returns how much attention each position receives, the mean over layers, heads and queries.

    The same for every target. Weights between positions of a coarser layer are interpolated
    between the nucleotides that they stand for.

    Args:
        model: From one-hot, and perhaps tracks, to outputs; functional.
        sequence: `(n, length, 4)` one-hot.
        target: Any; attention does not know it.
        tracks: `(n, length, tracks)`, for a model that reads them.

    Returns:
        `(n, length, 4)` float32: the map at the letter that is there, 0 elsewhere.

    Raises:
        Refused: If the model has no attention layer.
    """
    check_request(model, sequence, target, tracks)
    layers = _weights_by_head(model, sequence, tracks)
    maps = [
        stretch(
            weights.mean(axis=(1, 2)),
            sequence.shape[1],
            centres_of(model, weights.shape[-1]),
        )
        for weights in layers
    ]
    return np.mean(maps, axis=0)[..., None] * np.asarray(sequence, "float32")


def attention_pairs(
    model: keras.Model, sequence: np.ndarray, tracks: np.ndarray | None = None
) -> list[np.ndarray]:
    """Returns `(n, queries, keys)` float32 of every attention layer, the mean over heads.

    Args:
        model: From one-hot, and perhaps tracks, to outputs; functional.
        sequence: `(n, length, 4)` one-hot.
        tracks: `(n, length, tracks)`, for a model that reads them.

    Raises:
        Refused: If the model has no attention layer.
    """
    layers = _weights_by_head(model, sequence, tracks)
    return [weights.mean(axis=1) for weights in layers]


def _weights_by_head(
    model: keras.Model, sequence: np.ndarray, tracks: np.ndarray | None
) -> list[np.ndarray]:
    layers = attention_weights(model, sequence, tracks)
    if not layers:
        raise Refused(f"attention: model {model.name!r} has no attention layer that tells weights")
    if any(weights.ndim != 4 or len(weights) != len(sequence) for weights in layers):
        raise Refused("attention: weights are not by sequence and head, or both strands are read")
    return layers
