"""The arrays of a genome task: chromosomes laid end to end, and a table of runs of bins."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import UNKNOWN
from tfbs.datasets.genome_bins.windows import (
    NameRows,
    Positions,
    SequenceRows,
    SummitRows,
    TrackRows,
)
from tfbs.datasets.grid import Grid, runs_of
from tfbs.datasets.split import Progress, Split

if TYPE_CHECKING:
    import tensorflow_datasets as tfds

FIELDS = ("codes", "runs", "label", "summits")
"""Every split has these; `tracks` where there are tracks."""


def write_windows(
    builder: tfds.core.DatasetBuilder, split: str, files: Mapping[str, Path], progress: Progress
) -> tuple[str, ...]:
    """Writes the arrays of one split and returns the names of their fields.

    `codes` is `(positions,)` uint8: each chromosome between two flanks of unknown letters;
    `tracks` `(cells, positions, tracks)` float16 beside it; `runs` `(runs, 4)` int64: chromosome,
    first bin, number of bins, index of the first window in `codes`; `label`
    `(cells * bins, targets)` int8; `summits` `(summits, 4)` int64: target, cell, chromosome,
    position.

    Args:
        builder: Prepared.
        split: Name of the split.
        files: Where each field goes.
        progress: Is told what happens.
    """
    card = builder.info.metadata
    names = card["folds"][split]
    lengths = [card["chromosome_lengths"][name] for name in names]
    flank = (card["context"] - card["bin"]) // 2
    bases = np.cumsum([0, *(length + 2 * flank for length in lengths)])
    progress(f"mapping {split}: {len(names)} chromosomes, {sum(lengths):,} bp")
    codes = np.lib.format.open_memmap(files["codes"], "w+", np.uint8, (int(bases[-1]),))
    codes[:] = UNKNOWN
    tracks = None
    if card["tracks"]:
        shape = (len(card["cells"]), int(bases[-1]), len(card["tracks"]))
        tracks = np.lib.format.open_memmap(files["tracks"], "w+", np.float16, shape)
        tracks[:] = np.nan
    runs: list[npt.NDArray[np.int64]] = []
    labels: list[npt.NDArray[np.int8]] = []
    summits: list[npt.NDArray[np.int64]] = []
    for segment in _segments(builder, split):
        index = names.index(segment["chromosome"].decode())
        first = int(bases[index]) + flank + int(segment["start"])
        place = slice(first, first + len(segment["sequence"]))
        codes[place] = segment["sequence"]
        if tracks is not None:
            tracks[:, place] = np.swapaxes(segment["track"], 0, 1)
        own = runs_of(segment["bin_start"], index, card["step"])
        runs.append(np.append(own, own[:, 1:2] + bases[index], axis=1))
        labels.append(segment["label"])
        summits.append(np.insert(segment["summit"], 2, index, axis=1))
    label = np.concatenate(labels)
    np.save(files["label"], np.swapaxes(label, 0, 1).reshape(-1, label.shape[2]))
    np.save(files["runs"], _joined(np.concatenate(runs), card["step"]))
    np.save(files["summits"], np.unique(np.concatenate(summits), axis=0))
    return (*FIELDS, "tracks") if tracks is not None else FIELDS


def read_windows(
    stored: Mapping[str, Mapping[str, npt.NDArray[Any]]], card: Mapping[str, Any]
) -> dict[str, Split]:
    """Returns the splits of a genome task.

    Args:
        stored: The memory-mapped arrays by split and field.
        card: The metadata.

    Returns:
        `train` and `valid`, of the cells and factors that are not held out; `test`, the same on
        the test chromosomes; `test_cell`, the held-out cells there; `test_tf`, the held-out
        factors there in the other cells, with every other label unknown.
    """
    seen = len(card["cells"]) - len(card["held_out_cells"])
    held_out = [card["targets"].index(name) for name in card["held_out_targets"]]
    others = [index for index in range(len(card["targets"])) if index not in held_out]
    splits = {
        name: _split(stored[name], card, name, slice(0, seen), held_out)
        for name in ("train", "valid", "test")
    }
    if card["held_out_cells"]:
        held = slice(seen, len(card["cells"]))
        splits["test_cell"] = _split(stored["test"], card, "test", held, held_out)
    if held_out:
        splits["test_tf"] = _split(stored["test"], card, "test", slice(0, seen), others)
    return splits


def _split(
    arrays: Mapping[str, npt.NDArray[Any]],
    card: Mapping[str, Any],
    fold: str,
    cells: slice,
    masked: list[int],
) -> Split:
    runs = arrays["runs"]
    names = tuple(card["folds"][fold])
    grid = Grid(names, tuple(card["cells"][cells]), runs[:, :3], card["bin"], card["step"])
    positions = Positions(grid, runs[:, 3], card["context"])
    bins = grid.bins
    label = arrays["label"][cells.start * bins : cells.stop * bins]
    if masked:
        label = np.array(label)
        label[:, masked] = -1
    summits = arrays["summits"]
    return Split(
        ids=NameRows(grid),
        sequence=SequenceRows(arrays["codes"], positions),
        label=label,
        tracks=TrackRows(arrays["tracks"][cells], positions) if "tracks" in arrays else None,
        grid=grid,
        summits=SummitRows(summits, positions, cells.start) if len(summits) else None,
    )


def _segments(builder: tfds.core.DatasetBuilder, split: str) -> Any:
    import tensorflow_datasets as tfds

    config = tfds.ReadConfig(interleave_cycle_length=1, add_tfds_id=False)
    return tfds.as_numpy(builder.as_dataset(split=split, read_config=config))


def _joined(runs: npt.NDArray[np.int64], step: int) -> npt.NDArray[np.int64]:
    """Returns runs with those joined that a border between segments cut in two."""
    if not len(runs):
        return runs
    follows = (runs[1:, 0] == runs[:-1, 0]) & (runs[1:, 1] == runs[:-1, 1] + runs[:-1, 2] * step)
    first = np.flatnonzero(np.append(True, ~follows))
    joined = runs[first].copy()
    joined[:, 2] = np.add.reduceat(runs[:, 2], first)
    return joined
