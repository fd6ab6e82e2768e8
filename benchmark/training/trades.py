"""TRADES: accuracy on clean sequences, and the same output on attacked ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import keras
import tensorflow as tf

from tfbs.architectures.parameters import NonNegative, Range
from tfbs.benchmark.attacks import perturb
from tfbs.benchmark.training.adversarial import BallAttack
from tfbs.benchmark.training.batch import Batch
from tfbs.benchmark.training.loss import masked_cross_entropy, masked_divergence
from tfbs.benchmark.training.regime import register
from tfbs.errors import UserError


@register("trades", source="Zhang et al. (2019), https://arxiv.org/abs/1901.08573")
@dataclass(frozen=True, kw_only=True)
class Trades(BallAttack):
    """TRADES: cross-entropy when clean, plus the divergence of the output under attack from it.

    The attack raises the divergence itself, over known targets.

    Attributes:
        beta: Weight of the divergence, 1 / lambda of the paper.
    """

    beta: Annotated[NonNegative, Range(1.0, 10.0, log=True)] = 6.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.random_start:
            raise UserError(
                "trades needs random_start=true: at the clean sequence the divergence that it "
                "raises has no slope"
            )

    def loss(
        self,
        core: keras.Model,
        batch: Batch,
        seed: keras.random.SeedGenerator,
        epoch: tf.Tensor,
    ) -> tf.Tensor:
        """Returns cross-entropy plus weighted divergence; see `Standard.loss`."""
        model = batch.bound(core)
        calm = tf.stop_gradient(model(batch.sequence, training=False))

        def divergence(logit: tf.Tensor) -> tf.Tensor:
            return masked_divergence(batch.label, calm, logit, batch.weight)

        attacked = perturb(
            model, batch.sequence, batch.label, self.attack, seed=seed, objective=divergence
        )
        clean, moved = tf.split(
            model(tf.concat([batch.sequence, attacked], axis=0), training=True), 2
        )
        return masked_cross_entropy(
            batch.label, clean, batch.weight
        ) + self.beta * masked_divergence(batch.label, clean, moved, batch.weight)

    def passes(self, epoch: int) -> tuple[int, int]:
        """Returns those of the attack, of both outputs, and of the output it departs from."""
        return self.steps + 3, self.steps + 2
