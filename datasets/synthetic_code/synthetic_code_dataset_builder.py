"""TFDS builder of the synthetic regulatory code."""

from __future__ import annotations

from typing import ClassVar

import tensorflow_datasets as tfds

from tfbs.datasets.planted_builder import PlantedBuilder, PlantedConfig
from tfbs.datasets.planting import LabelledPlanted
from tfbs.datasets.synthetic_code import law


def _config(name: str, train: int, valid: int, test: int) -> PlantedConfig:
    return PlantedConfig(
        name=name,
        description=law.CONFIGS[name],
        split_sizes={"train": train, "valid": valid, "test": test},
        seed=22,
    )


class Builder(PlantedBuilder):
    """Sequences that hold 3 to 7 motifs; positives hold motifs of five core factors only."""

    VERSION = tfds.core.Version(law.VERSION)
    RELEASE_NOTES: ClassVar[dict[str, str]] = {"1.0.0": "First release."}
    BUILDER_CONFIGS: ClassVar[list[PlantedConfig]] = [
        _config("default", 14_000, 2_000, 4_000),
        _config("hard", 14_000, 2_000, 4_000),
        _config("10k", 7_000, 1_000, 2_000),
        _config("30k", 21_000, 3_000, 6_000),
        _config("medium", 6_000, 1_000, 2_000),
        _config("small", 2_800, 400, 800),
    ]
    TARGETS = ("regulatory_code",)
    HOMEPAGE = "https://github.com/p-koo/exponential_activations"
    SOURCE = "JASPAR 2016 CORE, as shipped in the package pyjaspar"
    NEGATIVES = "core and background motifs under the same count and placement law"

    def _draw(self, num_sequences: int) -> LabelledPlanted:
        config = self.builder_config
        return law.draw_code(num_sequences, law.background_of(config.name), config.seed)
