"""TFDS builder of the synthetic regulatory code."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import tensorflow_datasets as tfds

from tfbs.datasets.planted_builder import PlantedBuilder, PlantedConfig
from tfbs.datasets.planting import LabelledPlanted
from tfbs.datasets.synthetic_code import law

_FULL = {"train": 14_000, "valid": 2_000, "test": 4_000}


@dataclasses.dataclass(eq=False)
class SyntheticCodeConfig(PlantedConfig):
    """What is drawn, and how many.

    Attributes:
        background: Which matrices only negatives hold: `"distinct"` or `"lookalikes"`.
    """

    background: str = "distinct"
    seed: int = 22


class Builder(PlantedBuilder):
    """Sequences that hold 3 to 7 motifs; positives hold motifs of five core factors only."""

    VERSION = tfds.core.Version(law.VERSION)
    RELEASE_NOTES: ClassVar[dict[str, str]] = {"1.0.0": "First release."}
    BUILDER_CONFIGS: ClassVar[list[SyntheticCodeConfig]] = [
        SyntheticCodeConfig(name="default", description=law.CONFIGS["default"], split_sizes=_FULL),
        SyntheticCodeConfig(
            name="hard",
            description=law.CONFIGS["hard"],
            split_sizes=_FULL,
            background="lookalikes",
        ),
        SyntheticCodeConfig(
            name="10k",
            description=law.CONFIGS["10k"],
            split_sizes={"train": 7_000, "valid": 1_000, "test": 2_000},
        ),
        SyntheticCodeConfig(
            name="30k",
            description=law.CONFIGS["30k"],
            split_sizes={"train": 21_000, "valid": 3_000, "test": 6_000},
        ),
        SyntheticCodeConfig(
            name="medium",
            description=law.CONFIGS["medium"],
            split_sizes={"train": 6_000, "valid": 1_000, "test": 2_000},
        ),
        SyntheticCodeConfig(
            name="small",
            description=law.CONFIGS["small"],
            split_sizes={"train": 2_800, "valid": 400, "test": 800},
        ),
    ]
    TARGETS = ("regulatory_code",)
    HOMEPAGE = "https://github.com/p-koo/exponential_activations"
    SOURCE = "JASPAR 2016 CORE, as shipped in the package pyjaspar"
    NEGATIVES = "core and background motifs under the same count and placement law"

    def _draw(self, num_sequences: int) -> LabelledPlanted:
        config = self.builder_config
        return law.draw_code(num_sequences, law.read_background(config.background), config.seed)
