"""Projected gradient descent on the one-hot input."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace

import keras
import numpy as np
import tensorflow as tf

from tfbs.benchmark.attacks.projection import (
    Norm,
    known_positions,
    project_into_box,
    project_onto_ball,
    project_onto_dna,
    steepest,
    steepest_on_simplex,
)
from tfbs.benchmark.inputs import bind, read_tracks, sequence_spec, tracks_spec
from tfbs.benchmark.predict import BATCH_SIZE

Attack = Callable[..., tuple[np.ndarray, np.ndarray]]
"""Called as `attack(sequence, label, tracks=…)`, as an `Attacker`."""


@dataclass(frozen=True, kw_only=True)
class PGD:
    """Settings of an attack that walks uphill on the loss inside a ball around the input.

    Source: Madry et al. (2018), https://arxiv.org/abs/1706.06083; on DNA, Koo et al. (2019),
    https://doi.org/10.1101/657437.

    Attributes:
        epsilon: Radius of the ball, in units of the one-hot input.
        steps: Gradient steps.
        step_size: Length of the first step; by default 2.5 * epsilon / steps, which can cross
            the ball.
        step_decay: Step i has length step_size / (1 + step_decay * i).
        norm: `linf` moves every element by the sign of its gradient; `l2` moves the sequence
            along its gradient.
        box: Whether elements stay in [0, 1].
        simplex: Whether every position stays a mixture of letters; it is then inside the box
            too, and moves as `steepest_on_simplex` says.
        random_start: Whether the walk begins at a random point of the ball.
    """

    epsilon: float
    steps: int
    step_size: float | None = None
    step_decay: float = 0.0
    norm: Norm = "linf"
    box: bool = True
    simplex: bool = False
    random_start: bool = False

    def first_step(self, epsilon: tf.Tensor, steps: tf.Tensor) -> tf.Tensor | float:
        """Returns the length of the first of `steps` steps in a ball of radius `epsilon`."""
        if self.step_size is not None:
            return self.step_size
        return 2.5 * epsilon / tf.cast(steps, epsilon.dtype)


def perturb(
    model: keras.Model,
    sequence: tf.Tensor,
    label: tf.Tensor,
    attack: PGD,
    *,
    epsilon: tf.Tensor | float | None = None,
    steps: tf.Tensor | int | None = None,
    noise: tf.Tensor | None = None,
    seed: keras.random.SeedGenerator | None = None,
    objective: Callable[[tf.Tensor], tf.Tensor] | None = None,
) -> tf.Tensor:
    """Returns perturbed sequences, in the graph.

    The model is in inference mode. The loss is the sum over known targets of the margin
    -(2 * label - 1) * logit: its gradient has the sign of cross-entropy's for one target, and
    does not vanish where a sigmoid saturates. Unknown letters (all-zero rows) stay as they are.

    Args:
        model: From one-hot to logits.
        sequence: `(batch, length, 4)`.
        label: `(batch, targets)` in {0, 1}, -1 where unknown.
        attack: The settings.
        epsilon: Another radius than that of the settings.
        steps: Another number of steps than that of the settings.
        noise: `(batch, length, 4)` in [-1, 1]: where the walk starts, in units of the radius; by
            default at random if the settings say so, else at the sequence.
        seed: For the random start.
        objective: What the attack raises instead of the margin: from logits to a scalar.
    """
    number = tf.convert_to_tensor(attack.steps if steps is None else steps)
    radius = tf.convert_to_tensor(attack.epsilon if epsilon is None else epsilon, sequence.dtype)
    known = known_positions(sequence)
    objective = objective or margin(label)
    start = tf.zeros_like(sequence)
    if noise is None and attack.random_start:
        noise = keras.random.uniform(tf.shape(sequence), -1.0, 1.0, seed=seed)
    if noise is not None:
        start = _project(sequence, noise * radius * known, radius, attack)

    def walk(step: tf.Tensor, delta: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(delta)
            loss = objective(model(sequence + delta, training=False))
        gradient = tape.gradient(loss, delta, unconnected_gradients="zero") * known
        if attack.simplex:
            direction = steepest_on_simplex(sequence, gradient, attack.norm)
        else:
            direction = steepest(gradient, attack.norm)
        decay = 1 + attack.step_decay * tf.cast(step, radius.dtype)
        length = attack.first_step(radius, number) / decay
        return step + 1, _project(sequence, delta + length * direction, radius, attack)

    _, delta = tf.while_loop(
        lambda step, _: step < number,
        walk,
        (tf.constant(0), start),
        shape_invariants=(tf.TensorShape(()), sequence.shape),
    )
    return tf.stop_gradient(sequence + delta)


def margin(label: tf.Tensor) -> Callable[[tf.Tensor], tf.Tensor]:
    """Returns what attacks raise: from logits to the sum over known targets of the margin.

    Args:
        label: `(batch, targets)` in [0, 1], -1 where unknown.
    """
    sign = tf.where(label < 0, tf.zeros_like(label), 2 * label - 1)
    return lambda logit: -tf.reduce_sum(tf.cast(sign, logit.dtype) * logit)


def _project(sequence: tf.Tensor, delta: tf.Tensor, radius: tf.Tensor, attack: PGD) -> tf.Tensor:
    """Returns a near perturbation inside the ball, and inside the box or on the simplex."""
    if attack.simplex:
        return project_onto_dna(sequence, delta, radius, attack.norm)
    delta = project_onto_ball(delta, radius, attack.norm)
    return project_into_box(sequence, delta) if attack.box else delta


class Attacker:
    """An attack on one model, compiled once for all radii and numbers of steps.

    Args:
        model: From one-hot, and perhaps tracks, to logits.
        attack: The settings, without a random start: give `noise` instead.
        batch_size: Sequences per step.
    """

    def __init__(self, model: keras.Model, attack: PGD, batch_size: int = BATCH_SIZE) -> None:
        self.model = model
        self.attack = attack
        self.batch_size = batch_size
        self._step = _compiled(model, replace(attack, epsilon=0.0, steps=1))

    def __call__(
        self,
        sequence: np.ndarray,
        label: np.ndarray,
        epsilon: float | None = None,
        *,
        tracks: np.ndarray | None = None,
        noise: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Returns perturbed sequences `(n, length, 4)` and their logits `(n, targets)`.

        Args:
            sequence: `(n, length, 4)` float32 one-hot.
            label: `(n, targets)` int8, -1 where unknown.
            epsilon: Another radius than that of the settings.
            tracks: `(n, length, tracks)`, for a model that reads them; they are not attacked.
            noise: `(n, length, 4)` float32 in [-1, 1]: where the walk starts, in units of the
                radius; at the sequence by default.
        """
        radius = np.float32(self.attack.epsilon if epsilon is None else epsilon)
        parts = []
        for start in range(0, len(sequence), self.batch_size):
            rows = slice(start, start + self.batch_size)
            beside = read_tracks(self.model, tracks, rows, len(label[rows]))
            start_at = np.zeros_like(sequence[rows]) if noise is None else noise[rows]
            found = self._step(
                sequence[rows], label[rows], beside, start_at, radius, self.attack.steps
            )
            parts.append([values.numpy() for values in found])
        return np.concatenate([part[0] for part in parts]), np.concatenate([p[1] for p in parts])


@functools.lru_cache(maxsize=2)
def _compiled(model: keras.Model, attack: PGD) -> Callable[..., tuple[tf.Tensor, tf.Tensor]]:
    """Returns the attack as a graph; training and evaluation of a run share it."""
    signature = [
        sequence_spec(model),
        tf.TensorSpec((None, model.output_shape[-1]), tf.int8),
        tracks_spec(model),
        sequence_spec(model),
        tf.TensorSpec((), tf.float32),
        tf.TensorSpec((), tf.int32),
    ]

    @tf.function(input_signature=signature)
    def step(
        sequence: tf.Tensor,
        label: tf.Tensor,
        tracks: tf.Tensor,
        noise: tf.Tensor,
        epsilon: tf.Tensor,
        steps: tf.Tensor,
    ) -> tuple[tf.Tensor, tf.Tensor]:
        bound = bind(model, tracks)
        perturbed = perturb(
            bound, sequence, label, attack, epsilon=epsilon, steps=steps, noise=noise
        )
        return perturbed, bound(perturbed, training=False)

    return step
