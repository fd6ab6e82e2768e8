"""TFDS builder of planted motifs of twelve factors."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, ClassVar

import tensorflow_datasets as tfds

from tfbs.datasets.planted_features import planted_features
from tfbs.datasets.planting import LENGTH
from tfbs.datasets.synthetic_motifs import law


@dataclasses.dataclass(eq=False)
class SyntheticMotifsConfig(tfds.core.BuilderConfig):
    """How many are drawn.

    Attributes:
        split_sizes: Examples per split.
        seed: Of the one random stream that everything is drawn from.
    """

    split_sizes: dict[str, int] = dataclasses.field(
        default_factory=lambda: {"train": 21_000, "valid": 3_000, "test": 6_000}
    )
    seed: int = 33


class Builder(tfds.core.GeneratorBasedBuilder):
    """Sequences that hold 1 to 5 motifs of twelve factors; the labels say of which."""

    VERSION = tfds.core.Version(law.VERSION)
    RELEASE_NOTES: ClassVar[dict[str, str]] = {"1.0.0": "First release."}
    BUILDER_CONFIGS: ClassVar[list[SyntheticMotifsConfig]] = [
        SyntheticMotifsConfig(name="default", description=law.CONFIGS["default"]),
        SyntheticMotifsConfig(
            name="small",
            description=law.CONFIGS["small"],
            split_sizes={"train": 4_200, "valid": 600, "test": 1_200},
        ),
    ]

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=planted_features(LENGTH, num_targets=len(law.FACTORS)),
            supervised_keys=("sequence", "label"),
            homepage="https://github.com/p-koo/exponential_activations",
            metadata=tfds.core.MetadataDict(
                targets=list(law.FACTORS),
                seed=self.builder_config.seed,
                sources=["JASPAR 2016 CORE, as shipped in the package pyjaspar"],
                split_rule="drawn independently; sizes fixed",
                negatives="sequences with motifs of other factors only",
            ),
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator[tuple[str, dict[str, Any]]]]:
        del dl_manager  # everything is drawn here
        config = self.builder_config
        motifs = law.draw_motifs(sum(config.split_sizes.values()), config.seed)
        splits, first = {}, 0
        for split, size in config.split_sizes.items():
            splits[split] = self._generate_examples(motifs, range(first, first + size))
            first += size
        return splits

    def _generate_examples(
        self, motifs: law.Motifs, indices: range
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yields sequences with their labels, information content and placed motifs."""
        planted = motifs.planted
        for index in indices:
            name = f"sequence_{index:05d}"
            yield (
                name,
                {
                    "id": name,
                    "sequence": planted.sequence[index],
                    "label": motifs.label[index],
                    "ground_truth": {
                        "information": planted.information[index],
                        "motifs": [dataclasses.asdict(placed) for placed in planted.motifs[index]],
                    },
                },
            )
