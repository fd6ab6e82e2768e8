"""TFDS builder of the synthetic regulatory code."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, ClassVar

import tensorflow_datasets as tfds

from tfbs.datasets.planted_features import planted_features
from tfbs.datasets.planting import LENGTH
from tfbs.datasets.synthetic_code import law


@dataclasses.dataclass(eq=False)
class SyntheticCodeConfig(tfds.core.BuilderConfig):
    """What is drawn, and how many.

    Attributes:
        background: Which matrices only negatives hold: `"distinct"` or `"lookalikes"`.
        split_sizes: Examples per split.
        seed: Of the one random stream that everything is drawn from.
    """

    background: str = "distinct"
    split_sizes: dict[str, int] = dataclasses.field(
        default_factory=lambda: {"train": 14_000, "valid": 2_000, "test": 4_000}
    )
    seed: int = 22


class Builder(tfds.core.GeneratorBasedBuilder):
    """Sequences that hold 3 to 7 motifs; positives hold motifs of five core factors only."""

    VERSION = tfds.core.Version(law.VERSION)
    RELEASE_NOTES: ClassVar[dict[str, str]] = {"1.0.0": "First release."}
    BUILDER_CONFIGS: ClassVar[list[SyntheticCodeConfig]] = [
        SyntheticCodeConfig(name="default", description=law.CONFIGS["default"]),
        SyntheticCodeConfig(
            name="hard",
            description=law.CONFIGS["hard"],
            background="lookalikes",
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

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=planted_features(LENGTH, num_targets=1),
            supervised_keys=("sequence", "label"),
            homepage="https://github.com/p-koo/exponential_activations",
            metadata=tfds.core.MetadataDict(
                targets=["regulatory_code"],
                seed=self.builder_config.seed,
                sources=["JASPAR 2016 CORE, as shipped in the package pyjaspar"],
                split_rule="drawn independently; sizes fixed",
                negatives="core and background motifs under the same count and placement law",
            ),
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator[tuple[str, dict[str, Any]]]]:
        del dl_manager  # everything is drawn here
        config = self.builder_config
        background = law.read_background(config.background)
        code = law.draw_code(sum(config.split_sizes.values()), background, config.seed)
        splits, first = {}, 0
        for split, size in config.split_sizes.items():
            splits[split] = self._generate_examples(code, range(first, first + size))
            first += size
        return splits

    def _generate_examples(
        self, code: law.Code, indices: range
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yields sequences with their label, information content and placed motifs."""
        for index in indices:
            name = f"sequence_{index:05d}"
            yield (
                name,
                {
                    "id": name,
                    "sequence": code.sequence[index],
                    "label": code.label[index : index + 1],
                    "ground_truth": {
                        "information": code.information[index],
                        "motifs": [dataclasses.asdict(placed) for placed in code.motifs[index]],
                    },
                },
            )
