"""TFDS builder of anybody's labelled sequences; `build_sequences` is how to make one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import tensorflow_datasets as tfds

from tfbs.datasets.sequences import VERSION
from tfbs.errors import UserError


@dataclasses.dataclass(frozen=True)
class SplitContent:
    """The examples of one split, ready to be written.

    Attributes:
        ids: One unique name each.
        sequence: `(n, length)` uint8 codes.
        label: `(n, targets)` int8; 1, 0 or -1 (unknown).
        information: `(n, length)` float32, position truth; None where there is none.
    """

    ids: list[str]
    sequence: npt.NDArray[np.uint8]
    label: npt.NDArray[np.int8]
    information: npt.NDArray[np.float32] | None = None


@dataclasses.dataclass(eq=False)
class SequencesConfig(tfds.core.BuilderConfig):
    """A user's task: its name and what it holds.

    Attributes:
        content: Examples by split.
        metadata: Targets, sources, rules and notes, all JSON.
    """

    content: dict[str, SplitContent] = dataclasses.field(default_factory=dict, repr=False)
    metadata: dict[str, Any] = dataclasses.field(default_factory=dict, repr=False)


class Builder(tfds.core.GeneratorBasedBuilder):
    """Labelled sequences of one length, made from the user's files."""

    VERSION = tfds.core.Version(VERSION)
    RELEASE_NOTES: ClassVar[dict[str, str]] = {"1.0.0": "First release."}

    def _info(self) -> tfds.core.DatasetInfo:
        config = self.builder_config
        if not isinstance(config, SequencesConfig) or not config.content:
            raise UserError(
                "sequences is built from your own files; run: "
                "tfbs data build sequences --name NAME --input FILE"
            )
        train = config.content["train"]
        length = train.sequence.shape[1]
        truth = {}
        if train.information is not None:
            information = tfds.features.Tensor(shape=(length,), dtype=np.float32, encoding="bytes")
            truth = {"ground_truth": {"information": information}}
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "id": tfds.features.Text(),
                    "sequence": tfds.features.Tensor(
                        shape=(length,), dtype=np.uint8, encoding="bytes"
                    ),
                    "label": tfds.features.Tensor(shape=(train.label.shape[1],), dtype=np.int8),
                    **truth,
                }
            ),
            supervised_keys=("sequence", "label"),
            metadata=tfds.core.MetadataDict(config.metadata),
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator[tuple[str, dict[str, Any]]]]:
        del dl_manager  # the user's files were read before
        content = self.builder_config.content
        return {split: self._generate_examples(content[split]) for split in content}

    def _generate_examples(self, content: SplitContent) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yields sequences with their labels."""
        for row, name in enumerate(content.ids):
            example = {"id": name, "sequence": content.sequence[row], "label": content.label[row]}
            if content.information is not None:
                example["ground_truth"] = {"information": content.information[row]}
            yield name, example
