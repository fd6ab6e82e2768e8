"""In-silico mutagenesis: what every substitution does to the output, exactly and fast."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfbs.benchmark.explain.attribution import ATTRIBUTIONS, InputGradient
from tfbs.benchmark.explain.graph import run_graph
from tfbs.benchmark.explain.local_forward import LocalForward, Region
from tfbs.benchmark.explain.output import check_request
from tfbs.benchmark.explain.window import read_positions
from tfbs.benchmark.inputs import bind, num_tracks, read_tracks, sequence_spec, tracks_spec
from tfbs.errors import Refused, UserError

MUTANTS = 1024
"""The most mutants of a step."""

CHECKED = 48
"""Mutants that are computed both ways."""

TOLERANCE = 1e-3
"""Largest difference between both ways, as a share of the largest effect that was checked."""

ROUNDING = 1e-5
"""What rounding may add, as a share of the largest output."""

_FAILURES = (Refused, TypeError, ValueError, AttributeError, tf.errors.InvalidArgumentError)
"""What trying the fast way on somebody's layers may raise."""

_LOG = logging.getLogger("tfbs")


@dataclass(frozen=True)
class Effects:
    """What substitutions do.

    Attributes:
        change: `(n, length, 4)` float32: output of the mutant minus that of the sequence; 0 at the
            letter that is there.
        fast: Whether only what can change was recomputed.
        reason: Why not, or from which operation on everything was.
    """

    change: np.ndarray
    fast: bool
    reason: str = ""


def mutation_effects(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    *,
    tracks: np.ndarray | None = None,
    fast: bool = True,
) -> Effects:
    """Returns the effect of every single substitution.

    A substitution changes a few positions of a convolution's output; only those are recomputed,
    up to the first operation that reads everything (`LocalForward`). A sample is computed both
    ways, and where they differ, or the model has no graph, all mutants go through the whole model.

    Args:
        model: From one-hot, and perhaps tracks, to outputs.
        sequence: `(n, length, 4)` one-hot; at an unknown position all four letters are tried.
        target: Column of the outputs, or one for each sequence.
        tracks: `(n, length, tracks)`, for a model that reads them; they stay as they are.
        fast: Whether to try the fast way.

    Raises:
        UserError: If sequences, targets or tracks do not go with the model.
    """
    check_request(model, sequence, target, tracks)
    if not np.isin(sequence, (0, 1)).all():
        raise UserError("mutagenesis needs whole letters: each position 0 or 1")
    columns = np.broadcast_to(np.asarray(target, "int32"), len(sequence))
    reason = "asked for"
    if fast:
        try:
            change = _all_effects(model, _fast(model), sequence, columns, tracks)
            reason = _differs(model, change, sequence, columns, tracks)
            if not reason:
                return Effects(change, True, _whole_from(model))
        except _FAILURES as error:
            reason = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        _LOG.warning("mutagenesis: every mutant goes through the whole model: %s", reason)
    return Effects(_all_effects(model, _naive(model), sequence, columns, tracks), False, reason)


@ATTRIBUTIONS.register("ism")
def ism(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    *,
    tracks: np.ndarray | None = None,
) -> np.ndarray:
    """Returns in-silico mutagenesis: output with each letter minus its mean over the four.

    At the letter that is there this is minus a quarter of the summed effects of its three
    substitutions: what the letter adds.

    Args:
        model: From one-hot, and perhaps tracks, to outputs.
        sequence: `(n, length, 4)` one-hot.
        target: Column of the outputs, or one for each sequence.
        tracks: `(n, length, tracks)`, for a model that reads them.

    Returns:
        `(n, length, 4)` float32; each position sums to 0.
    """
    change = mutation_effects(model, sequence, target, tracks=tracks).change
    return change - change.mean(axis=-1, keepdims=True)


Step = Callable[..., tuple[tf.Tensor, tf.Tensor]]


def _all_effects(
    model: keras.Model,
    step: Step,
    sequence: np.ndarray,
    columns: np.ndarray,
    tracks: np.ndarray | None,
) -> np.ndarray:
    """Returns `(n, length, 4)` effects by a step that computes some mutants of one sequence."""
    found = np.zeros(sequence.shape, "float32")
    for row, own in enumerate(np.asarray(sequence, "float32")):
        position, letter = _substitutions(model, own)
        beside = read_tracks(model, tracks, slice(row, row + 1), 1)
        steps = -(-len(position) // MUTANTS)
        for rows in np.array_split(np.arange(len(position)), steps) if steps else []:
            mutant, wild = step(own[None], beside, position[rows], letter[rows], columns[row])
            found[row, position[rows], letter[rows]] = mutant.numpy() - wild.numpy()
    return found


def _substitutions(model: keras.Model, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns positions and letters of the substitutions that the model can see."""
    seen = read_positions(model)
    position, letter = np.nonzero(own[seen] == 0)
    return (position + seen.start).astype("int32"), letter.astype("int32")


def _signature(model: keras.Model) -> list[tf.TensorSpec]:
    numbers = tf.TensorSpec((None,), tf.int32)
    return [sequence_spec(model), tracks_spec(model), numbers, numbers, tf.TensorSpec((), tf.int32)]


@functools.lru_cache(maxsize=1)
def _naive(model: keras.Model) -> Step:
    """Returns the step that runs whole mutants."""

    @tf.function(input_signature=_signature(model))
    def step(
        own: tf.Tensor, tracks: tf.Tensor, position: tf.Tensor, letter: tf.Tensor, target: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        bound = bind(model, tracks)
        mutants = tf.repeat(own, tf.shape(position)[0], axis=0)
        index = tf.stack([tf.range(tf.shape(position)[0]), position], axis=1)
        mutants = tf.tensor_scatter_nd_update(mutants, index, tf.one_hot(letter, 4))
        return bound(mutants, training=False)[:, target], bound(own, training=False)[0, target]

    return step


@functools.lru_cache(maxsize=1)
def _fast(model: keras.Model) -> Step:
    """Returns the step that recomputes what changes.

    Raises:
        Refused: If the model has no graph.
    """
    _whole_from(model)

    @tf.function(input_signature=_signature(model))
    def step(
        own: tf.Tensor, tracks: tf.Tensor, position: tf.Tensor, letter: tf.Tensor, target: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        forward = LocalForward()
        outputs = _run(model, forward, own, tracks, position, letter)
        wild = bind(model, tracks)(own, training=False)[0, target]
        mutant = outputs[:, target]
        if forward.covered:  # NaN where a merge left something out: the check will see it
            fine = tf.reduce_all(tf.stack(forward.covered))
            mutant = tf.where(fine, mutant, tf.constant(float("nan")))
        return mutant, wild

    return step


def _run(
    model: keras.Model,
    forward: LocalForward,
    own: tf.Tensor,
    tracks: tf.Tensor,
    position: tf.Tensor,
    letter: tf.Tensor,
) -> tf.Tensor:
    length = model.inputs[0].shape[1]
    whole = tf.ensure_shape(own, (1, length, 4))
    region = Region(whole, position, tf.one_hot(letter, 4)[:, None])
    inputs: list[Any] = [region]
    if num_tracks(model):
        inputs.append(tf.repeat(tracks, tf.shape(position)[0], axis=0))
    outputs: tf.Tensor = run_graph(model, inputs, forward)
    return outputs


@functools.lru_cache(maxsize=1)
def _whole_from(model: keras.Model) -> str:
    """Returns the kind of the first operation that needs whole mutants; empty if none.

    Raises:
        Refused: If the model has no graph.
    """
    length = model.inputs[0].shape[1]
    forward = LocalForward()
    zeros = tf.zeros((1, length, num_tracks(model)))
    _run(model, forward, tf.zeros((1, length, 4)), zeros, tf.constant([0]), tf.constant([0]))
    return forward.whole_from or ""


def _differs(
    model: keras.Model,
    change: np.ndarray,
    sequence: np.ndarray,
    columns: np.ndarray,
    tracks: np.ndarray | None,
) -> str:
    """Returns what is wrong with a sample of fast effects; nothing if they are right."""
    if np.isnan(change).any():
        return "a merge of branches changes more than was recomputed, or outputs are undefined"
    rng = np.random.default_rng(0)
    rows = np.unique(rng.integers(0, len(sequence), CHECKED // 4))
    steep = np.abs(InputGradient(model)(sequence[rows], columns[rows], tracks=_some(tracks, rows)))
    worst = largest = scale = 0.0
    for row, slope in zip(rows, steep, strict=True):
        own = np.asarray(sequence[row], "float32")
        position, letter = _substitutions(model, own)
        if not len(position):
            continue
        some = _sample(rng, slope[position, letter], np.abs(change[row, position, letter]))
        beside = read_tracks(model, tracks, slice(row, row + 1), 1)
        mutant, wild = _naive(model)(own[None], beside, position[some], letter[some], columns[row])
        naive = mutant.numpy() - wild.numpy()
        found = change[row, position[some], letter[some]]
        worst = max(worst, float(np.abs(naive - found).max()))
        largest = max(largest, float(np.abs(naive).max()))
        scale = max(scale, float(np.abs(mutant.numpy()).max()), abs(float(wild)))
    if worst > TOLERANCE * largest + ROUNDING * scale:
        return f"the fast way differs from the plain one by {worst:.2g}"
    return ""


def _sample(rng: np.random.Generator, slope: np.ndarray, effect: np.ndarray) -> np.ndarray:
    """Returns some mutants: by chance, where the gradient is steep, and where effects are large."""
    return np.unique(
        np.concatenate(
            [rng.integers(0, len(slope), 4), np.argsort(-slope)[:4], np.argsort(-effect)[:4]]
        )
    )


def _some(tracks: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
    return None if tracks is None else tracks[rows]
