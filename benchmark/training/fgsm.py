"""Adversarial training with the fast gradient sign method."""

from __future__ import annotations

from tfbs.benchmark.training.pgd import AdversarialTraining
from tfbs.benchmark.training.regime import REGIMES, Regime

REGIMES.add(
    "fgsm",
    Regime(
        AdversarialTraining,
        source="Goodfellow et al. (2015), https://arxiv.org/abs/1412.6572",
        preset={"steps": 1, "random_start": False},
        summary="As pgd in one step from the sequence to the corner of the ball (FGSM).",
    ),
)
