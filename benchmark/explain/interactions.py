"""Second order: what two places of a sequence do together beyond what each does alone."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from tfbs.benchmark.explain.mutagenesis import mutation_effects
from tfbs.benchmark.explain.output import check_request
from tfbs.benchmark.explain.values import values_of
from tfbs.benchmark.inputs import bind, read_tracks, sequence_spec, tracks_spec
from tfbs.benchmark.predict import BATCH_SIZE
from tfbs.datasets.alphabet import one_hot

NUM_REPLACEMENTS = 10


def pairwise_mutagenesis(
    model: keras.Model,
    sequence: np.ndarray,
    target: int = 0,
    *,
    positions: np.ndarray | None = None,
    tracks: np.ndarray | None = None,
) -> np.ndarray:
    """Returns how far each double substitution departs from the sum of its two single ones.

    f(both) - f(first) - f(second) + f(neither), exact, by `9 P (P - 1) / 2` forward passes.

    Args:
        model: From one-hot, and perhaps tracks, to outputs.
        sequence: `(length, 4)`, one one-hot sequence.
        target: Column of the outputs.
        positions: `(P,)` which; all by default.
        tracks: `(length, tracks)`, for a model that reads them.

    Returns:
        `(P, 4, P, 4)` float32, symmetric; 0 where a letter is the sequence's own, and between
        letters of one position.
    """
    own = np.asarray(sequence, "float32")
    beside = None if tracks is None else tracks[None]
    check_request(model, own[None], target, beside)
    places = np.arange(len(own)) if positions is None else np.asarray(positions)
    single = mutation_effects(model, own[None], target, tracks=beside).change[0, places]
    plain = float(values_of(model, own[None], target, beside)[0])
    mutations = np.argwhere(own[places] == 0)  # (m, 2): index among the places, letter
    first, second = np.triu_indices(len(mutations), 1)
    apart = mutations[first, 0] != mutations[second, 0]
    pairs = np.stack([mutations[first[apart]], mutations[second[apart]]], axis=1)
    found = np.zeros((len(places), 4, len(places), 4), "float32")
    for start in range(0, len(pairs), BATCH_SIZE):
        chosen = pairs[start : start + BATCH_SIZE]
        mutants = np.repeat(own[None], len(chosen), axis=0)
        rows = np.arange(len(chosen))
        for place, letter in (chosen[:, 0].T, chosen[:, 1].T):
            mutants[rows, places[place]] = np.eye(4, dtype="float32")[letter]
        repeated = None if beside is None else np.repeat(beside, len(chosen), axis=0)
        together = values_of(model, mutants, target, repeated) - plain
        (i, a), (j, b) = chosen[:, 0].T, chosen[:, 1].T
        found[i, a, j, b] = found[j, b, i, a] = together - single[i, a] - single[j, b]
    return found


def input_hessian(
    model: keras.Model,
    sequence: np.ndarray,
    target: int = 0,
    *,
    tracks: np.ndarray | None = None,
) -> np.ndarray:
    """Returns the second derivatives of the output; 0 almost everywhere for piecewise linear nets.

    Args:
        model: From one-hot, and perhaps tracks, to outputs.
        sequence: `(length, 4)`, one one-hot sequence.
        target: Column of the outputs.
        tracks: `(length, tracks)`, for a model that reads them.

    Returns:
        `(length, 4, length, 4)` float32, symmetric.
    """
    beside = None if tracks is None else tracks[None]
    check_request(model, np.asarray(sequence)[None], target, beside)
    x = tf.constant(np.asarray(sequence, "float32")[None])
    bound = bind(model, tf.constant(read_tracks(model, beside, slice(0, 1), 1)))
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = bound(x, training=False)[:, target]
        gradient = inner.gradient(value, x)
        if gradient is None:
            return np.zeros((*sequence.shape, *sequence.shape), "float32")
    second = outer.jacobian(gradient, x, unconnected_gradients="zero")
    found: np.ndarray = second.numpy()[0, :, :, 0]
    return found


def hessian_interactions(
    model: keras.Model,
    sequence: np.ndarray,
    spans: Sequence[tuple[int, int]],
    target: int = 0,
    *,
    tracks: np.ndarray | None = None,
) -> np.ndarray:
    """Returns what the Hessian says that each two motif instances do together.

    The sum of the second derivatives over the letters that are there, each less the mean over
    the four letters of its position: exactly what `instance_interactions` is on average over
    uniform replacements if the output has no higher order. One Hessian-vector product for each
    instance, not the whole Hessian.

    Args:
        model: From one-hot, and perhaps tracks, to outputs.
        sequence: `(length, 4)`, one one-hot sequence.
        spans: Start and end of each instance.
        target: Column of the outputs.
        tracks: `(length, tracks)`, for a model that reads them.

    Returns:
        `(instances, instances)` float32, symmetric, 0 on the diagonal.
    """
    own = np.asarray(sequence, "float32")
    check_request(model, own[None], target, None if tracks is None else tracks[None])
    directions = np.zeros((len(spans), *own.shape), "float32")
    for direction, (start, end) in zip(directions, spans, strict=True):
        direction[start:end] = own[start:end] - own[start:end].sum(axis=-1, keepdims=True) / 4
    if not len(spans):
        return np.zeros((0, 0), "float32")
    beside = None if tracks is None else np.repeat(tracks[None], len(spans), axis=0)
    products = _hessian_products(model)(
        np.repeat(own[None], len(spans), axis=0),
        directions,
        read_tracks(model, beside, slice(None), len(spans)),
        target,
    )
    found: np.ndarray = np.einsum("ila,jla->ij", products.numpy(), directions)
    np.fill_diagonal(found, 0)
    return (found + found.T) / 2


@functools.lru_cache(maxsize=1)
def _hessian_products(model: keras.Model) -> Callable[..., tf.Tensor]:
    """Returns the compiled product of each sequence's Hessian with a direction."""
    sequences = sequence_spec(model)
    target = tf.TensorSpec((), tf.int32)

    @tf.function(input_signature=[sequences, sequences, tracks_spec(model), target])
    def products(
        x: tf.Tensor, direction: tf.Tensor, tracks: tf.Tensor, target: tf.Tensor
    ) -> tf.Tensor:
        bound = bind(model, tracks)
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                value = tf.gather(bound(x, training=False), target, axis=1)
            gradient = inner.gradient(value, x, unconnected_gradients="zero")
            slope = tf.reduce_sum(gradient * direction)
        return outer.gradient(slope, x, unconnected_gradients="zero")

    return products


def instance_interactions(
    model: keras.Model,
    sequence: np.ndarray,
    spans: Sequence[tuple[int, int]],
    target: int = 0,
    *,
    tracks: np.ndarray | None = None,
    num_replacements: int = NUM_REPLACEMENTS,
    seed: int = 0,
) -> np.ndarray:
    """Returns what each two motif instances of a sequence do together beyond each alone.

    f(both there) - f(first gone) - f(second gone) + f(both gone); gone is replaced by random
    letters, the same in all four, on average over some.

    Args:
        model: From one-hot, and perhaps tracks, to outputs.
        sequence: `(length, 4)`, one one-hot sequence.
        spans: Start and end of each instance.
        target: Column of the outputs.
        tracks: `(length, tracks)`, for a model that reads them.
        num_replacements: How many random replacements.
        seed: Of them.

    Returns:
        `(instances, instances)` float32, symmetric, 0 on the diagonal.
    """
    own = np.asarray(sequence, "float32")
    check_request(model, own[None], target, None if tracks is None else tracks[None])

    def value(mutants: np.ndarray) -> np.ndarray:
        beside = None if tracks is None else np.repeat(tracks[None], len(mutants), axis=0)
        return values_of(model, mutants, target, beside)

    return pair_interactions(value, own, spans, num_replacements, seed)


def pair_interactions(
    value: Callable[[np.ndarray], np.ndarray],
    sequence: np.ndarray,
    spans: Sequence[tuple[int, int]],
    num_replacements: int,
    seed: int,
) -> np.ndarray:
    """Returns the interactions of instances in any function of sequences.

    Args:
        value: From `(n, length, 4)` one-hot to `(n,)`.
        sequence: `(length, 4)`, one one-hot sequence.
        spans: Start and end of each instance.
        num_replacements: How many random replacements; `value` is asked for that many times
            `1 + instances + pairs`.
        seed: Of them.

    Returns:
        `(instances, instances)` float32, symmetric, 0 on the diagonal.
    """
    rng = np.random.default_rng(seed)
    noise = one_hot(rng.integers(0, 4, (num_replacements, len(sequence))).astype("uint8"))
    number = len(spans)
    pairs = list(itertools.combinations(range(number), 2))
    mutants = []
    for gone in [(), *((index,) for index in range(number)), *pairs]:
        changed = np.repeat(sequence[None], num_replacements, axis=0)
        for start, end in (spans[index] for index in gone):
            changed[:, start:end] = noise[:, start:end]
        mutants.append(changed)
    values = value(np.concatenate(mutants)).reshape(-1, num_replacements).mean(axis=1)
    both, alone, without = values[0], values[1 : number + 1], values[number + 1 :]
    found = np.zeros((number, number), "float32")
    for (i, j), neither in zip(pairs, without, strict=True):
        found[i, j] = found[j, i] = both - alone[i] - alone[j] + neither
    return found


def position_pairs(interaction: np.ndarray) -> np.ndarray:
    """Returns `(P, P)` root sums of squares over letters of `(P, 4, P, 4)` interactions."""
    found: np.ndarray = np.sqrt((interaction.astype("float64") ** 2).sum(axis=(1, 3)))
    return found
