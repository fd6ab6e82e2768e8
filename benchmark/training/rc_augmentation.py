"""Both strands."""

from __future__ import annotations

from tfbs.benchmark.training.regime import REGIMES, Regime
from tfbs.benchmark.training.standard import Standard

REGIMES.add(
    "rc_augmentation",
    Regime(
        Standard,
        source="Zhou et al. (2022), https://proceedings.mlr.press/v165/zhou22a.html",
        preset={"reverse_complement": "augmentation"},
        summary="Each sequence shown on a random strand.",
        augmentation=True,
    ),
)
