"""One network that learns what an ensemble says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import keras

from tfbs.benchmark.training.ensemble import Ensemble
from tfbs.benchmark.training.regime import register

if TYPE_CHECKING:
    from tfbs.benchmark.training.fit import Training
    from tfbs.benchmark.training.workbench import Workbench


@register("distilled", source="Hinton et al. (2015), https://arxiv.org/abs/1503.02531")
@dataclass(frozen=True, kw_only=True)
class Distilled(Ensemble):
    """Distilled ensemble: a network trained on the probabilities of a deep ensemble.

    The ensemble is asked about each batch as the student sees it. Where a label is unknown, its
    answer is not used; the student's epochs are judged by the true labels. Temperature is 1.
    """

    def train(self, bench: Workbench) -> tuple[keras.Model, Training]:
        """Returns the student; its training's cost counts the teachers' and their answers."""
        teacher, taught = super().train(bench)
        student, learned = super(Ensemble, self).train(bench.taught_by(teacher))
        asked = learned.with_passes(forward=self.members * learned.examples)
        return student, taught.then(asked)
