"""Free adversarial training: one gradient for the weights and for the attack."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import tensorflow as tf

from tfbs.architectures.parameters import NonNegative, Positive
from tfbs.benchmark.attacks import PGD, Attack, Attacker
from tfbs.benchmark.attacks.projection import (
    known_positions,
    project_into_box,
    project_onto_ball,
)
from tfbs.benchmark.training.adversarial import VALIDATION_STEPS, Attacking
from tfbs.benchmark.training.batch import Batch, Learner
from tfbs.benchmark.training.loss import masked_cross_entropy
from tfbs.benchmark.training.regime import register


@register("free", source="Shafahi et al. (2019), https://arxiv.org/abs/1904.12843")
@dataclass(frozen=True, kw_only=True)
class FreeAdversarialTraining(Attacking):
    """Free adversarial training: each batch is replayed, every pass moves weights and attack.

    The attack of a batch starts at a random point of the ball; the paper carries on the one of
    the batch before, which belongs to other sequences.

    Attributes:
        epsilon: L-infinity radius of the attack, and the length of its steps.
        replays: Optimiser steps on a batch; a quarter of the epochs is then as much training.
        box: Whether attacked inputs stay in [0, 1].
    """

    epsilon: NonNegative = 0.05
    replays: Positive = 4
    box: bool = True
    epochs: Positive = 25
    patience: Positive = 4
    rate_patience: Positive = 2

    def step(self, learner: Learner, batch: Batch) -> tf.Tensor:
        """Learns `replays` times from a batch; returns the mean loss."""
        model, shape = batch.bound(learner.core), batch.sequence.shape
        known = known_positions(batch.sequence)
        noise = keras.random.uniform(tf.shape(batch.sequence), -1.0, 1.0, seed=learner.attack)

        def replay(
            number: tf.Tensor, delta: tf.Tensor, total: tf.Tensor
        ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
            with tf.GradientTape() as tape:
                tape.watch(delta)
                logit = model(batch.sequence + delta, training=True)
                loss = learner.penalised(masked_cross_entropy(batch.label, logit, batch.weight))
            (slope,) = learner.descend(tape, loss, delta)
            moved = self._inside(batch.sequence, delta + self.epsilon * tf.sign(slope) * known)
            return number + 1, tf.ensure_shape(moved, shape), total + loss

        _, _, total = tf.while_loop(
            lambda number, *_: number < self.replays,
            replay,
            (
                tf.constant(0),
                self._inside(batch.sequence, self.epsilon * noise * known),
                tf.constant(0.0),
            ),
            shape_invariants=(tf.TensorShape(()), shape, tf.TensorShape(())),
        )
        return total / self.replays

    def passes(self, epoch: int) -> tuple[int, int]:
        """Returns one forward and one backward pass per replay."""
        return self.replays, self.replays

    def judge(self, model: keras.Model) -> Attack:
        """Returns the same ball, in more and smaller steps."""
        return Attacker(model, PGD(epsilon=self.epsilon, steps=VALIDATION_STEPS, box=self.box))

    def _inside(self, sequence: tf.Tensor, delta: tf.Tensor) -> tf.Tensor:
        delta = project_onto_ball(delta, self.epsilon, "linf")
        return project_into_box(sequence, delta) if self.box else delta
