"""Adversarial training on sequences that stay DNA."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import keras
import tensorflow as tf

from tfbs.architectures.parameters import Positive, Range
from tfbs.benchmark.attacks import Attack, GuidedAttacker, substitute_guided
from tfbs.benchmark.training.adversarial import Phased
from tfbs.benchmark.training.batch import Batch
from tfbs.benchmark.training.regime import register
from tfbs.errors import Refused


@register(
    "nucleotide_adversarial",
    source="after HotFlip, Ebrahimi et al. (2018), https://doi.org/10.18653/v1/P18-2006",
)
@dataclass(frozen=True, kw_only=True)
class NucleotideAdversarialTraining(Phased):
    """As pgd, but attacked by substitutions of letters, each kept only if the loss rises.

    A substitution inside a site can truly end binding: the label is kept all the same, so few
    substitutions are right.

    Attributes:
        substitutions: Substitutions tried per sequence, one after another.
    """

    substitutions: Annotated[Positive, Range(1, 10)] = 3

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.shows_dna:
            raise Refused(
                "nucleotide_adversarial substitutes letters: it cannot be added to noise on "
                "them (gaussian_noise, or evoaug unless noise=0)"
            )

    def attacked(
        self, core: keras.Model, batch: Batch, seed: keras.random.SeedGenerator
    ) -> tf.Tensor:
        """Returns the sequences after the substitutions that raised the loss."""
        model = batch.bound(core)
        return substitute_guided(model, batch.sequence, batch.label, self.substitutions)

    def attack_passes(self) -> tuple[int, int]:
        """Returns those of the sequence and of each trial."""
        return self.substitutions + 1, self.substitutions + 1

    def judge(self, model: keras.Model) -> Attack:
        """Returns the same attack."""
        return GuidedAttacker(model, self.substitutions)
