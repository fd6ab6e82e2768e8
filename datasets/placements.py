"""Where motifs were planted: read from the TFDS records of a split when it is asked for."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tfbs.datasets.planting import Placement

_FIELDS = ("start", "end", "strand", "matrix_id")


class StoredPlacements:
    """The planted motifs of one split, in the order of its arrays.

    They are no part of the arrays, and so not of a task's fingerprint. The first question reads
    the split's records, which takes seconds.

    Args:
        folder: The version folder of the dataset.
        split: Name of the split.
    """

    def __init__(self, folder: Path, split: str) -> None:
        self.folder = folder
        self.split = split

    def of(self, rows: npt.NDArray[np.int64]) -> list[tuple[Placement, ...]]:
        """Returns what was planted in each of the rows, from left to right.

        Args:
            rows: `(k,)` rows of the split.
        """
        return [self._all[row] for row in rows.tolist()]

    @functools.cached_property
    def _all(self) -> list[tuple[Placement, ...]]:
        # prepare writes the arrays, and the module of the arrays reads this one
        from tfbs.datasets.prepare import quiet_tfds

        with quiet_tfds():
            import tensorflow_datasets as tfds

            wanted = {"ground_truth": {"motifs": dict.fromkeys(_FIELDS, True)}}
            records = tfds.builder_from_directory(self.folder).as_dataset(
                split=self.split,
                decoders=tfds.decode.PartialDecoding(wanted),
                # the order of the arrays: one shard after the other
                read_config=tfds.ReadConfig(interleave_cycle_length=1, add_tfds_id=False),
            )
            return [
                _placements(record["ground_truth"]["motifs"])
                for record in records.as_numpy_iterator()
            ]


def has_placements(folder: Path) -> bool:
    """Returns whether the records of a version folder say what was planted in them."""
    features: Any = json.loads((folder / "features.json").read_text(encoding="utf-8"))
    for name in ("ground_truth", "motifs"):
        features = features.get("featuresDict", {}).get("features", {}).get(name, {})
    return bool(features)


def _placements(motifs: dict[str, npt.NDArray[Any]]) -> tuple[Placement, ...]:
    columns = (motifs[name].tolist() for name in _FIELDS)
    return tuple(
        Placement(start, end, strand, matrix_id.decode())
        for start, end, strand, matrix_id in zip(*columns, strict=True)
    )
