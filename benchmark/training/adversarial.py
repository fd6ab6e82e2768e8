"""What regimes that attack their training sequences have in common."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Annotated

import keras
import tensorflow as tf
from pydantic import Field

from tfbs.architectures.parameters import NonNegative, Positive
from tfbs.benchmark.attacks import PGD, Attack, Attacker
from tfbs.benchmark.attacks.projection import Norm
from tfbs.benchmark.protocol import EVALUATION_STEPS
from tfbs.benchmark.training.batch import Batch
from tfbs.benchmark.training.loss import masked_cross_entropy
from tfbs.benchmark.training.standard import Monitor, Standard
from tfbs.errors import UserError

VALIDATION_STEPS = 7
"""Gradient steps by which regimes with a weak attack of their own are judged."""

Count = Annotated[int, Field(ge=0)]


@dataclass(frozen=True, kw_only=True)
class Attacking(Standard):
    """Attacks its sequences, and by default judges epochs under attack.

    Attributes:
        monitor: By default the AUROC of the validation split under attack.
    """

    monitor: Monitor = "val_adversarial_auroc"

    @property
    def is_adversarial(self) -> bool:
        """Whether training attacks its sequences."""
        return True

    def validation_attack(self, model: keras.Model) -> Attack | None:
        """Returns the attack that validation is judged under, if the monitor asks for it."""
        return self.judge(model) if self.monitor == "val_adversarial_auroc" else None

    def judge(self, model: keras.Model) -> Attack:
        """Returns the attack that epochs are compared by."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Phased(Attacking):
    """Clean epochs, then clean and attacked, then attacked examples only.

    Attributes:
        clean_epochs: Epochs of standard training at first.
        mixed_epochs: Epochs after those in which each batch holds its sequences clean and
            attacked.
    """

    clean_epochs: Count = 5
    mixed_epochs: Count = 100
    warm_up_epochs: Count = 5

    def attacked(
        self, core: keras.Model, batch: Batch, seed: keras.random.SeedGenerator
    ) -> tf.Tensor:
        """Returns `(batch, length, 4)`, the sequences to train on."""
        raise NotImplementedError

    def attack_passes(self) -> tuple[int, int]:
        """Returns forward and backward passes per attacked sequence."""
        raise NotImplementedError

    def loss(
        self,
        core: keras.Model,
        batch: Batch,
        seed: keras.random.SeedGenerator,
        epoch: tf.Tensor,
    ) -> tf.Tensor:
        """Returns the cross-entropy of what this epoch trains on; see `Standard.loss`."""
        model = batch.bound(core)

        def clean() -> tf.Tensor:
            return masked_cross_entropy(
                batch.label, model(batch.sequence, training=True), batch.weight
            )

        def attacked() -> tf.Tensor:
            perturbed = self.attacked(core, batch, seed)
            return masked_cross_entropy(batch.label, model(perturbed, training=True), batch.weight)

        def mixed() -> tf.Tensor:
            perturbed = self.attacked(core, batch, seed)
            both = model(tf.concat([batch.sequence, perturbed], axis=0), training=True)
            labels, weights = (tf.concat([x, x], axis=0) for x in (batch.label, batch.weight))
            return masked_cross_entropy(labels, both, weights)

        return tf.case(
            [
                (epoch < self.clean_epochs, clean),
                (epoch < self.clean_epochs + self.mixed_epochs, mixed),
            ],
            default=attacked,
        )

    def passes(self, epoch: int) -> tuple[int, int]:
        """Returns forward and backward passes per training sequence in an epoch, from 0."""
        if epoch < self.clean_epochs:
            return 1, 1
        trained = 2 if epoch < self.clean_epochs + self.mixed_epochs else 1
        forward, backward = self.attack_passes()
        return trained + forward, trained + backward


@dataclass(frozen=True, kw_only=True)
class BallAttack(Attacking):
    """Walks uphill on the loss inside a ball around the one-hot input.

    Attributes:
        epsilon: Radius of the attack, in units of the one-hot input.
        steps: Gradient steps of the attack.
        step_size: Length of the first step; by default 2.5 * epsilon / steps.
        step_decay: Step i has length step_size / (1 + step_decay * i).
        norm: `linf` or `l2`.
        box: Whether attacked inputs stay in [0, 1].
        random_start: Whether the attack begins at a random point of the ball.
    """

    epsilon: NonNegative = 0.05
    steps: Positive = 7
    step_size: Annotated[float, Field(gt=0)] | None = None
    step_decay: NonNegative = 0.0
    norm: Norm = "linf"
    box: bool = True
    random_start: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        own, length = self.attack, 2.5 * self.epsilon / EVALUATION_STEPS
        if own.step_size is None or math.isclose(own.step_size, length):
            own = replace(own, step_size=None, box=True)  # off the box runs are attacked too
        if own == PGD(epsilon=self.epsilon, steps=EVALUATION_STEPS, norm=self.norm):
            raise UserError(
                f"steps={EVALUATION_STEPS} from the clean sequence is the attack that runs are "
                "evaluated under: train against another, or with random_start=true"
            )

    @property
    def attack(self) -> PGD:
        """The settings of the attack."""
        return PGD(
            epsilon=self.epsilon,
            steps=self.steps,
            step_size=self.step_size,
            step_decay=self.step_decay,
            norm=self.norm,
            box=self.box,
            random_start=self.random_start,
        )

    def judge(self, model: keras.Model) -> Attack:
        """Returns the training's attack, from the clean sequence."""
        return Attacker(model, replace(self.attack, random_start=False))
