"""The arrays of a prepared task: written once from TFDS records, memory-mapped ever after.

They lie in `arrays/` inside TFDS's version folder: `task.json` and one `.npy` per split and
field. Reading records one by one is some hundred times slower than a memory-mapped array.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tfbs.datasets.genome_bins.cell import GenomeCell, read_cell
from tfbs.datasets.genome_bins.stored import FIELDS as WINDOW_FIELDS
from tfbs.datasets.genome_bins.stored import read_windows, write_windows
from tfbs.datasets.placements import StoredPlacements, has_placements
from tfbs.datasets.split import Placements, Progress, Split
from tfbs.errors import UserError, nearest

if TYPE_CHECKING:
    import tensorflow_datasets as tfds

TRUTH = ("information", "logit", "importance")
"""Float32 features of `ground_truth` that a task may have."""

FIELDS = ("ids", "sequence", "label", *TRUTH)
_SUMMARY = "task.json"
_BATCH = 4096


@dataclass(frozen=True)
class Summary:
    """What `task.json` says of the arrays beside it.

    Attributes:
        fingerprint: sha256 over all arrays in stored order.
        description: One line.
        targets: Names of the label columns.
        fields: Field names of each split, in stored order.
        metadata: What the builder noted: sources, rules, notes.
    """

    fingerprint: str
    description: str
    targets: tuple[str, ...]
    fields: dict[str, tuple[str, ...]]
    metadata: dict[str, object]

    @property
    def tracks(self) -> tuple[str, ...]:
        """Names of the tracks."""
        found = self.metadata.get("tracks", ())
        return tuple(str(name) for name in found) if isinstance(found, list) else ()

    @property
    def is_windows(self) -> bool:
        """Whether the rows are windows that are cut from chromosomes."""
        return "codes" in next(iter(self.fields.values()))


def has_arrays(folder: Path) -> bool:
    """Returns whether the arrays of a version folder are complete."""
    return (folder / "arrays" / _SUMMARY).is_file()


def read_arrays(folder: Path) -> tuple[Summary, dict[str, Split]]:
    """Returns the summary and the memory-mapped splits of a version folder.

    Raises:
        UserError: If a file is missing or damaged.
    """
    try:
        summary = _read_summary(folder)
        stored = _stored(folder, summary)
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError, EOFError) as error:
        reason = " ".join(str(error).split())
        raise damaged(folder, f"arrays, {type(error).__name__}: {reason}") from error
    if summary.is_windows:
        return summary, read_windows(stored, _card(summary))
    planted = has_placements(folder)
    return summary, {
        split: _loose(found, StoredPlacements(folder, split) if planted else None)
        for split, found in stored.items()
    }


def _read_summary(folder: Path) -> Summary:
    written = json.loads((folder / "arrays" / _SUMMARY).read_text())
    return Summary(
        fingerprint=written["fingerprint"],
        description=written["description"],
        targets=tuple(written["targets"]),
        fields={split: tuple(fields) for split, fields in written["fields"].items()},
        metadata=written["metadata"],
    )


def damaged(folder: Path, what: str) -> UserError:
    """Returns the error of a task whose files are not as they were written.

    Args:
        folder: The version folder.
        what: Which files, and how it was found out.
    """
    return UserError(f"{folder}: damaged ({what}); remove this folder and build the task again")


def read_cell_arrays(folder: Path, cell: str) -> GenomeCell:
    """Returns one cell of a genome task on all its chromosomes.

    Args:
        folder: The version folder.
        cell: Name of the cell; empty where cells are not told apart.

    Raises:
        UserError: If the task is none of a genome, or has no such cell.
    """
    summary, _ = read_arrays(folder)
    cells = summary.metadata.get("cells")
    if not summary.is_windows or not isinstance(cells, list):
        raise UserError(f"{folder}: the task has no bins of a genome")
    if cell not in cells:
        raise UserError(f"the task has no cell {cell!r}{nearest(cell, map(str, cells))}")
    return read_cell(_stored(folder, summary), _card(summary), cell)


def fingerprint_of(folder: Path) -> str:
    """Returns the fingerprint of the arrays as they are stored now, all of them read.

    Args:
        folder: The version folder.
    """
    arrays = folder / "arrays"
    summary = json.loads((arrays / _SUMMARY).read_text())
    digest = hashlib.sha256()
    for split, fields in summary["fields"].items():
        for field in fields:
            values = np.load(_file(arrays, split, field), mmap_mode="r")
            _update(digest, f"{split}/{field}", values)
    return digest.hexdigest()


def _stored(folder: Path, summary: Summary) -> dict[str, dict[str, npt.NDArray[Any]]]:
    arrays = folder / "arrays"
    return {
        split: {field: np.load(_file(arrays, split, field), mmap_mode="r") for field in fields}
        for split, fields in summary.fields.items()
    }


def _card(summary: Summary) -> dict[str, Any]:
    return {**summary.metadata, "targets": list(summary.targets)}


def write_arrays(builder: tfds.core.DatasetBuilder, description: str, progress: Progress) -> None:
    """Writes the arrays of a prepared builder into its version folder, all or nothing.

    Raises:
        UserError: If the builder's features are not those of a task.
    """
    folder = Path(builder.data_path)
    write = write_windows if "bin_start" in builder.info.features else _write_loose
    temporary = Path(tempfile.mkdtemp(prefix=".arrays-", dir=folder))
    try:
        fields: dict[str, tuple[str, ...]] = {}
        digest = hashlib.sha256()
        for split in builder.info.splits:
            names = (*FIELDS, *WINDOW_FIELDS, "tracks")
            files = {field: _file(temporary, split, field) for field in names}
            fields[split] = write(builder, split, files, progress)
            for field in fields[split]:
                _update(digest, f"{split}/{field}", np.load(files[field], mmap_mode="r"))
        label = np.load(_file(temporary, next(iter(fields)), "label"), mmap_mode="r")
        _write_summary(temporary, builder, description, digest.hexdigest(), label.shape[1], fields)
        temporary.rename(folder / "arrays")
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _write_summary(
    arrays: Path,
    builder: tfds.core.DatasetBuilder,
    description: str,
    fingerprint: str,
    num_targets: int,
    fields: dict[str, tuple[str, ...]],
) -> None:
    metadata = dict(builder.info.metadata or {})
    unnamed = [f"target_{index}" for index in range(num_targets)]
    summary = {
        "fingerprint": fingerprint,
        "description": description,
        "targets": metadata.pop("targets", unnamed),
        "fields": fields,
        "metadata": metadata,
    }
    (arrays / _SUMMARY).write_text(json.dumps(summary, indent=1))


def _loose(found: Mapping[str, npt.NDArray[Any]], placements: Placements | None) -> Split:
    return Split(
        found["ids"],
        found["sequence"],
        found["label"],
        information=found.get("information"),
        logit=found.get("logit"),
        importance=found.get("importance"),
        placements=placements,
    )


def _write_loose(
    builder: tfds.core.DatasetBuilder, split: str, files: Mapping[str, Path], progress: Progress
) -> tuple[str, ...]:
    """Writes the arrays of a split of loose sequences; returns the names of their fields."""
    progress(f"mapping {split}: {builder.info.splits[split].num_examples:,} examples")
    found = _read_split(builder, split, _partial_decoding(builder))
    for field, values in found.items():
        np.save(files[field], values)
    return tuple(found)


def _partial_decoding(builder: tfds.core.DatasetBuilder) -> tfds.decode.PartialDecoding:
    import tensorflow_datasets as tfds

    features = builder.info.features
    missing = [name for name in ("id", "sequence", "label") if name not in features]
    if missing:
        raise UserError(
            f"dataset {builder.info.full_name} is no task: it lacks the feature "
            f"{missing[0]!r}; it has {', '.join(features)}"
        )
    wanted: dict[str, object] = {"id": True, "sequence": True, "label": True}
    if "ground_truth" in features:
        known = features["ground_truth"]
        wanted["ground_truth"] = {name: True for name in TRUTH if name in known}
    return tfds.decode.PartialDecoding(wanted)


def _read_split(
    builder: tfds.core.DatasetBuilder, split: str, partial: tfds.decode.PartialDecoding
) -> dict[str, npt.NDArray[np.generic]]:
    import tensorflow_datasets as tfds

    records = builder.as_dataset(
        split=split,
        decoders=partial,
        # One shard after the other: the order must not depend on how many there are.
        read_config=tfds.ReadConfig(interleave_cycle_length=1, add_tfds_id=False),
    )
    parts: dict[str, list[npt.NDArray[np.generic]]] = {field: [] for field in FIELDS}
    for batch in records.batch(_BATCH).as_numpy_iterator():
        parts["ids"].append(np.array([identifier.decode() for identifier in batch["id"]]))
        parts["sequence"].append(batch["sequence"].astype(np.uint8))
        parts["label"].append(batch["label"].astype(np.int8))
        for name, values in batch.get("ground_truth", {}).items():
            parts[name].append(values.astype(np.float32))
    return {field: np.concatenate(chunks) for field, chunks in parts.items() if chunks}


def _update(digest: hashlib._Hash, name: str, values: npt.NDArray[np.generic]) -> None:
    digest.update(f"{name}:{len(values)}\n".encode())
    if values.dtype.kind == "U":  # text, so that the padding of the array does not count
        digest.update("\n".join(values.tolist()).encode())
    else:
        digest.update(f"{values.dtype.str}{values.shape}\n".encode())
        digest.update(np.ascontiguousarray(values).data)


def _file(arrays: Path, split: str, field: str) -> Path:
    return arrays / f"{split}-{field}.npy"
