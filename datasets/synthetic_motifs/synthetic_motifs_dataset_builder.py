"""TFDS builder of planted motifs of twelve factors."""

from __future__ import annotations

from typing import ClassVar

import tensorflow_datasets as tfds

from tfbs.datasets.planted_builder import PlantedBuilder, PlantedConfig
from tfbs.datasets.planting import LabelledPlanted
from tfbs.datasets.synthetic_motifs import law


class Builder(PlantedBuilder):
    """Sequences that hold 1 to 5 motifs of twelve factors; the labels say of which."""

    VERSION = tfds.core.Version(law.VERSION)
    RELEASE_NOTES: ClassVar[dict[str, str]] = {"1.0.0": "First release."}
    BUILDER_CONFIGS: ClassVar[list[PlantedConfig]] = [
        PlantedConfig(
            name="default",
            description=law.CONFIGS["default"],
            split_sizes={"train": 21_000, "valid": 3_000, "test": 6_000},
            seed=33,
        ),
        PlantedConfig(
            name="small",
            description=law.CONFIGS["small"],
            split_sizes={"train": 4_200, "valid": 600, "test": 1_200},
            seed=33,
        ),
    ]
    TARGETS = tuple(law.FACTORS)
    HOMEPAGE = "https://github.com/p-koo/exponential_activations"
    SOURCE = "JASPAR 2016 CORE, as shipped in the package pyjaspar"
    NEGATIVES = "sequences with motifs of other factors only"

    def _draw(self, num_sequences: int) -> LabelledPlanted:
        return law.draw_motifs(num_sequences, self.builder_config.seed)
