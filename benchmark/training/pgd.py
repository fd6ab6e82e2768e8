"""Adversarial training on the one-hot input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import keras
import tensorflow as tf
from pydantic import Field

from tfbs.architectures.parameters import NonNegative, Positive
from tfbs.benchmark.attacks import PGD, Attacker, perturb
from tfbs.benchmark.attacks.projection import Norm
from tfbs.benchmark.protocol import EVALUATION_STEPS
from tfbs.benchmark.training.loss import masked_cross_entropy
from tfbs.benchmark.training.regime import REGIMES, Regime, register
from tfbs.benchmark.training.standard import Monitor, Standard
from tfbs.errors import UserError

Count = Annotated[int, Field(ge=0)]


@register("pgd", source="Madry et al. (2018), https://arxiv.org/abs/1706.06083")
@dataclass(frozen=True, kw_only=True)
class AdversarialTraining(Standard):
    """Adversarial training: clean epochs, then clean and attacked, then attacked examples only.

    Attributes:
        epsilon: Radius of the attack, in units of the one-hot input.
        steps: Gradient steps of the attack.
        step_size: Length of the first step; by default 2.5 * epsilon / steps.
        step_decay: Step i has length step_size / (1 + step_decay * i).
        norm: `linf` or `l2`.
        box: Whether attacked inputs stay in [0, 1].
        random_start: Whether the attack begins at a random point of the ball.
        clean_epochs: Epochs of standard training at first.
        mixed_epochs: Epochs after those in which each batch holds its sequences clean and
            attacked.
        monitor: By default the AUROC of the validation split under this attack.
    """

    epsilon: NonNegative = 0.05
    steps: Positive = 7
    step_size: Annotated[float, Field(gt=0)] | None = None
    step_decay: NonNegative = 0.0
    norm: Norm = "linf"
    box: bool = True
    random_start: bool = True
    clean_epochs: Count = 5
    mixed_epochs: Count = 100
    warm_up_epochs: Count = 5
    monitor: Monitor = "val_adversarial_auroc"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.attack == PGD(epsilon=self.epsilon, steps=EVALUATION_STEPS):
            raise UserError(
                f"steps={EVALUATION_STEPS} from the clean sequence is the attack that runs are "
                "evaluated under: train against another, or with random_start=true"
            )

    @property
    def is_adversarial(self) -> bool:
        """Whether training attacks its sequences."""
        return True

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

    def loss(
        self,
        model: keras.Model,
        sequence: tf.Tensor,
        label: tf.Tensor,
        weight: tf.Tensor,
        seed: keras.random.SeedGenerator,
        epoch: tf.Tensor,
    ) -> tf.Tensor:
        """Returns the cross-entropy of what this epoch trains on; see `Standard.loss`."""

        def clean() -> tf.Tensor:
            return masked_cross_entropy(label, model(sequence, training=True), weight)

        def attacked() -> tf.Tensor:
            perturbed = perturb(model, sequence, label, self.attack, seed=seed)
            return masked_cross_entropy(label, model(perturbed, training=True), weight)

        def mixed() -> tf.Tensor:
            perturbed = perturb(model, sequence, label, self.attack, seed=seed)
            both = model(tf.concat([sequence, perturbed], axis=0), training=True)
            labels, weights = (tf.concat([x, x], axis=0) for x in (label, weight))
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
        return trained + self.steps, trained + self.steps

    def validation_attack(self, model: keras.Model) -> Attacker | None:
        """Returns the attack that validation is judged under, if the monitor asks for it."""
        if self.monitor != "val_adversarial_auroc":
            return None
        return Attacker(model, PGD(**{**vars(self.attack), "random_start": False}))


REGIMES.add(
    "pgd_2019",
    Regime(
        AdversarialTraining,
        source="Koo, Qian, Kaplun, Volf & Kalimeris (2019), https://doi.org/10.1101/657437",
        preset={
            "epochs": 100,
            "batch_size": 50,
            "learning_rate": 3e-4,
            "monitor": "val_auroc",
            "patience": 100,
            "restore_best_weights": False,
            "rate_patience": 100,
            "epsilon": 0.2,
            "steps": 20,
            "step_size": 0.01,
            "step_decay": 0.1,
            "random_start": False,
            "clean_epochs": 20,
            "mixed_epochs": 80,
            "warm_up_epochs": 0,
        },
        summary=(
            "Published 2019: L-infinity 0.2 in 20 shrinking steps, 20 clean epochs of 100, then "
            "50 clean and 50 attacked sequences a batch, no early stopping."
        ),
    ),
)
REGIMES.add(
    "pgd_2021",
    Regime(
        AdversarialTraining,
        source="the robustness code of Koo's group (2021), MIT-licensed tfomics",
        preset={
            "epochs": 200,
            "batch_size": 32,
            "learning_rate": 3e-4,
            "patience": 15,
            "rate_factor": 0.3,
            "rate_patience": 5,
            "epsilon": 0.05,
            "steps": 15,
            "step_size": 0.005,
            "box": False,
            "random_start": False,
            "clean_epochs": 10,
            "mixed_epochs": 15,
            "warm_up_epochs": 25,
        },
        summary=(
            "Published 2021: L-infinity 0.05 in 15 steps of 0.005 outside the box, 10 clean "
            "epochs, 15 mixed, then attacked sequences only."
        ),
    ),
)
