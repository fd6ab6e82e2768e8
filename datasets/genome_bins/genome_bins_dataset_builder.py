"""TFDS builder of anybody's genome and peaks; `build_genome_bins` is how to make one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, ClassVar

import tensorflow_datasets as tfds

from tfbs.datasets.genome_bins import VERSION
from tfbs.datasets.genome_bins.plan import Plan
from tfbs.datasets.genome_bins.segment_builder import segment_features, segment_splits
from tfbs.errors import UserError


@dataclasses.dataclass(eq=False)
class GenomeBinsConfig(tfds.core.BuilderConfig):
    """A user's task: its name and what it is made of.

    Attributes:
        plan: Everything.
        workers: Processes that label; by default one per core.
    """

    plan: Plan | None = dataclasses.field(default=None, repr=False)
    workers: int | None = None


class Builder(tfds.core.GeneratorBasedBuilder):
    """Segments of a genome with labelled bins, made from the user's files."""

    VERSION = tfds.core.Version(VERSION)
    RELEASE_NOTES: ClassVar[dict[str, str]] = {"1.0.0": "First release."}

    def _info(self) -> tfds.core.DatasetInfo:
        plan = _plan(self.builder_config)
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                segment_features(len(plan.cells), len(plan.targets), len(plan.track_names))
            ),
            metadata=tfds.core.MetadataDict(plan.metadata),
            disable_shuffling=True,
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator[tuple[int, dict[str, Any]]]]:
        del dl_manager  # the user's files were read before
        return segment_splits(_plan(self.builder_config), self.builder_config.workers)

    def _generate_examples(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Is not called: `_split_generators` returns the generators."""
        raise NotImplementedError


def _plan(config: object) -> Plan:
    if not isinstance(config, GenomeBinsConfig) or config.plan is None:
        raise UserError(
            "genome_bins is built from your own files; run: "
            "tfbs data build genome_bins --name NAME --genome FASTA --peaks FACTOR=FILE"
        )
    return config.plan
