"""What TFDS builders of genome tasks share: features, and segments from a plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from tfbs.datasets.genome_bins.plan import Plan
from tfbs.datasets.genome_bins.segments import generate_segments, track_means


def segment_features(
    num_cells: int | None, num_targets: int | None, num_tracks: int
) -> dict[str, Any]:
    """Returns the features of a segment: a stretch of a chromosome with the bins that start in it.

    Args:
        num_cells: Cell types; None where that is not known yet.
        num_targets: Factors; likewise.
        num_tracks: Tracks; without any there is no feature `track`.
    """

    def packed(shape: tuple[int | None, ...], dtype: Any) -> tfds.features.Tensor:
        return tfds.features.Tensor(shape=shape, dtype=dtype, encoding="zlib")

    features: dict[str, Any] = {
        "chromosome": tfds.features.Text(),
        "start": tfds.features.Scalar(np.int64),
        "sequence": packed((None,), np.uint8),
        "bin_start": packed((None,), np.int64),
        "label": packed((None, num_cells, num_targets), np.int8),
        "summit": packed((None, 3), np.int64),
    }
    if num_tracks:
        features["track"] = packed((None, num_cells, num_tracks), np.float16)
    return features


def segment_splits(
    plan: Plan, workers: int | None = None
) -> dict[str, Iterator[tuple[int, dict[str, Any]]]]:
    """Returns what `_split_generators` returns for a plan.

    Args:
        plan: The task.
        workers: Processes; by default one per core, and none for a small genome.

    Raises:
        UserError: If a track has negative values that were to be scaled.
    """
    means = track_means(plan, workers)
    return {split: generate_segments(plan, split, means, workers) for split in plan.folds}
