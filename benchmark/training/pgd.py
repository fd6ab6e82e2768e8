"""Adversarial training on the one-hot input."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import tensorflow as tf

from tfbs.benchmark.attacks import perturb
from tfbs.benchmark.training.adversarial import BallAttack, Phased
from tfbs.benchmark.training.batch import Batch
from tfbs.benchmark.training.regime import REGIMES, Regime, register


@register("pgd", source="Madry et al. (2018), https://arxiv.org/abs/1706.06083")
@dataclass(frozen=True, kw_only=True)
class AdversarialTraining(Phased, BallAttack):
    """Adversarial training: clean epochs, then clean and attacked, then attacked examples only."""

    def attacked(
        self, core: keras.Model, batch: Batch, seed: keras.random.SeedGenerator
    ) -> tf.Tensor:
        """Returns the sequences at the end of the attack's walk."""
        return perturb(batch.bound(core), batch.sequence, batch.label, self.attack, seed=seed)

    def attack_passes(self) -> tuple[int, int]:
        """Returns one forward and one backward pass per step."""
        return self.steps, self.steps


REGIMES.add(
    "pgd_l2",
    Regime(
        AdversarialTraining,
        source="Madry et al. (2018), https://arxiv.org/abs/1706.06083",
        preset={"norm": "l2", "epsilon": 1.4},
        summary=(
            "As pgd in a ball of Euclidean radius 1.4, about the distance to a sequence that "
            "differs by one letter."
        ),
    ),
)
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
