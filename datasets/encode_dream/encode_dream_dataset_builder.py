"""TFDS builder of `encode_dream`."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from typing import Any, ClassVar

import tensorflow_datasets as tfds

from tfbs.datasets.downloads import fetch
from tfbs.datasets.encode_dream import VERSION
from tfbs.datasets.encode_dream.assignment import Assignment, all_assignments
from tfbs.datasets.encode_dream.hg19 import HG19, Reference
from tfbs.datasets.encode_dream.sources import layout_of, read_inputs
from tfbs.datasets.genome_bins.plan import make_plan
from tfbs.datasets.genome_bins.segment_builder import segment_features, segment_splits


@dataclasses.dataclass(eq=False)
class DreamConfig(tfds.core.BuilderConfig):
    """A task of the challenge.

    Attributes:
        assignment: What is asked for.
        reference: The genome.
    """

    assignment: Assignment | None = None
    reference: Reference = HG19


class Builder(tfds.core.GeneratorBasedBuilder):
    """Segments of hg19 with the bins of the ENCODE-DREAM challenge."""

    VERSION = tfds.core.Version(VERSION)
    RELEASE_NOTES: ClassVar[dict[str, str]] = {"1.0.0": "First release."}
    CHECKS_FILES: ClassVar[bool] = True
    BUILDER_CONFIGS: ClassVar[list[DreamConfig]] = [
        DreamConfig(name=name, description=asked.description, assignment=asked)
        for name, asked in all_assignments().items()
    ]

    def _info(self) -> tfds.core.DatasetInfo:
        asked = self.builder_config.assignment
        num_tracks = 1 if asked.source == "official" else 0
        return self.dataset_info_from_configs(
            # how many cells and factors there are, the files say
            features=tfds.features.FeaturesDict(segment_features(None, None, num_tracks)),
            metadata=tfds.core.MetadataDict(),
            disable_shuffling=True,
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator[tuple[int, dict[str, Any]]]]:
        config = self.builder_config
        get = functools.partial(fetch, dl_manager)
        inputs = read_inputs(config.assignment, get, config.reference)
        plan = make_plan(inputs, layout_of(config.assignment, inputs))
        self.info.metadata.update(plan.metadata)
        return segment_splits(plan)

    def _generate_examples(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Is not called: `_split_generators` returns the generators."""
        raise NotImplementedError
