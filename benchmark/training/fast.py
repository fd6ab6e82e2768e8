"""Fast adversarial training: one step from a random start, no clean examples."""

from __future__ import annotations

from dataclasses import dataclass, replace

import keras

from tfbs.architectures.parameters import Positive
from tfbs.benchmark.attacks import PGD, Attack, Attacker
from tfbs.benchmark.training.adversarial import VALIDATION_STEPS, Count
from tfbs.benchmark.training.pgd import AdversarialTraining
from tfbs.benchmark.training.regime import register


@register("fast", source="Wong et al. (2020), https://arxiv.org/abs/2001.03994")
@dataclass(frozen=True, kw_only=True)
class FastAdversarialTraining(AdversarialTraining):
    """Fast adversarial training: attacked sequences only, one step from a random start.

    One-step training can overfit its own attack, so epochs are judged by seven steps.

    Attributes:
        step_size: By default 1.25 * epsilon.
    """

    steps: Positive = 1
    clean_epochs: Count = 0
    mixed_epochs: Count = 0
    warm_up_epochs: Count = 0

    @property
    def attack(self) -> PGD:
        """The settings of the attack."""
        length = self.step_size or 1.25 * self.epsilon
        return replace(super().attack, step_size=length)

    def judge(self, model: keras.Model) -> Attack:
        """Returns the same ball, in more and smaller steps."""
        smaller = replace(
            self.attack, steps=VALIDATION_STEPS, step_size=None, step_decay=0.0, random_start=False
        )
        return Attacker(model, smaller)
