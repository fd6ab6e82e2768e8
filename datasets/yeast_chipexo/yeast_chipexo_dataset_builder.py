"""TFDS builder of `yeast_chipexo`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import tensorflow_datasets as tfds

from tfbs.datasets.downloads import fetch, registered
from tfbs.datasets.genome_bins.plan import make_plan
from tfbs.datasets.genome_bins.segment_builder import segment_features, segment_splits
from tfbs.datasets.yeast_chipexo import VERSION
from tfbs.datasets.yeast_chipexo.sources import FACTORS, LAYOUT, all_files, read_files


class Builder(tfds.core.GeneratorBasedBuilder):
    """Segments of the yeast genome with bins that ChIP-exo says are bound."""

    VERSION = tfds.core.Version(VERSION)
    RELEASE_NOTES: ClassVar[dict[str, str]] = {"1.0.0": "First release."}

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(segment_features(1, len(FACTORS), 1)),
            metadata=tfds.core.MetadataDict(),
            disable_shuffling=True,
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator[tuple[int, dict[str, Any]]]]:
        files = fetch(dl_manager, registered(self.url_infos, all_files()))
        plan = make_plan(read_files(files), LAYOUT)
        self.info.metadata.update(plan.metadata)
        return segment_splits(plan)

    def _generate_examples(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Is not called: `_split_generators` returns the generators."""
        raise NotImplementedError
