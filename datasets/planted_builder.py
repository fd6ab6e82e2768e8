"""What TFDS builders of sequences with planted motifs share: sizes, splits and examples."""

from __future__ import annotations

import abc
import dataclasses
from collections.abc import Iterator
from typing import Any, ClassVar

import tensorflow_datasets as tfds

from tfbs.datasets.planted_features import motif_columns, planted_features
from tfbs.datasets.planting import LENGTH, LabelledPlanted


@dataclasses.dataclass(eq=False)
class PlantedConfig(tfds.core.BuilderConfig):
    """How many sequences are drawn.

    Attributes:
        split_sizes: Examples per split, which are cut in this order from one drawing.
        seed: Of the one random stream that everything is drawn from.
    """

    split_sizes: dict[str, int] = dataclasses.field(default_factory=dict)
    seed: int = 0


class PlantedBuilder(tfds.core.GeneratorBasedBuilder, skip_registration=True):  # type: ignore[call-arg]
    """A builder that draws labelled sequences with their truth; a task says how and what.

    Attributes:
        TARGETS: Names of the label columns.
        HOMEPAGE: Of the simulation that the law is taken from.
        SOURCE: Where the matrices come from.
        NEGATIVES: What a sequence with label 0 holds.
    """

    TARGETS: ClassVar[tuple[str, ...]]
    HOMEPAGE: ClassVar[str]
    SOURCE: ClassVar[str]
    NEGATIVES: ClassVar[str]

    @abc.abstractmethod
    def _draw(self, num_sequences: int) -> LabelledPlanted:
        """Returns the sequences of all splits, one after another."""

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=planted_features(LENGTH, num_targets=len(self.TARGETS)),
            supervised_keys=("sequence", "label"),
            homepage=self.HOMEPAGE,
            metadata=tfds.core.MetadataDict(
                targets=list(self.TARGETS),
                seed=self.builder_config.seed,
                sources=[self.SOURCE],
                split_rule="drawn independently; sizes fixed",
                negatives=self.NEGATIVES,
            ),
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator[tuple[str, dict[str, Any]]]]:
        del dl_manager  # everything is drawn here
        sizes = self.builder_config.split_sizes
        drawn = self._draw(sum(sizes.values()))
        splits, first = {}, 0
        for split, size in sizes.items():
            splits[split] = self._generate_examples(drawn, range(first, first + size))
            first += size
        return splits

    def _generate_examples(
        self, drawn: LabelledPlanted, indices: range
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yields sequences with their labels, information content and placed motifs."""
        planted = drawn.planted
        for index in indices:
            name = f"sequence_{index:05d}"
            yield (
                name,
                {
                    "id": name,
                    "sequence": planted.sequence[index],
                    "label": drawn.label[index],
                    "ground_truth": {
                        "information": planted.information[index],
                        "motifs": motif_columns([vars(placed) for placed in planted.motifs[index]]),
                    },
                },
            )
