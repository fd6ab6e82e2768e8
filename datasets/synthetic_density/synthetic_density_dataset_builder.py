"""TFDS builder of the density simulation of three factors."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import tensorflow_datasets as tfds

from tfbs.datasets.planted_builder import PlantedBuilder, PlantedConfig
from tfbs.datasets.planting import LabelledPlanted
from tfbs.datasets.synthetic_density import law

_FULL = {"train": 12_000, "valid": 9_000, "test": 9_000}


@dataclasses.dataclass(eq=False)
class SyntheticDensityConfig(PlantedConfig):
    """How many are drawn, and how clean their labels are.

    Attributes:
        noisy: Whether labels of the training split are flipped at random.
    """

    noisy: bool = False
    seed: int = 1234


class Builder(PlantedBuilder):
    """Sequences that hold 1 to 3 motifs of one of three factors; the labels say of which."""

    VERSION = tfds.core.Version(law.VERSION)
    RELEASE_NOTES: ClassVar[dict[str, str]] = {"1.0.0": "First release."}
    BUILDER_CONFIGS: ClassVar[list[SyntheticDensityConfig]] = [
        SyntheticDensityConfig(
            name="default", description=law.CONFIGS["default"], split_sizes=_FULL
        ),
        SyntheticDensityConfig(
            name="noisy", description=law.CONFIGS["noisy"], split_sizes=_FULL, noisy=True
        ),
        SyntheticDensityConfig(
            name="small",
            description=law.CONFIGS["small"],
            split_sizes={"train": 2_400, "valid": 1_800, "test": 1_800},
        ),
    ]
    TARGETS = tuple(law.FACTORS)
    HOMEPAGE = "https://github.com/hannahgz/BenchmarkRCStrategies"
    SOURCE = "JASPAR 2026 CORE, as shipped in the package pyjaspar"
    NEGATIVES = "sequences with motifs of one of the other two factors"

    def _draw(self, num_sequences: int) -> LabelledPlanted:
        config = self.builder_config
        num_noisy = config.split_sizes["train"] if config.noisy else 0
        return law.draw_density(num_sequences, config.seed, num_noisy)
