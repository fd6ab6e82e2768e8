"""Reads intervals: BED of 3 columns and more, narrowPeak of 10 or 20, plain or gzip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tfbs.datasets.chromosomes import Renaming, match_chromosomes
from tfbs.datasets.intervals import Positions, Spans
from tfbs.datasets.text_files import open_text, sha256
from tfbs.errors import UserError

_NARROW_PEAK_COLUMNS = (10, 20)
_SKIPPED = ("#", "track", "browser")


@dataclass(frozen=True)
class ChromosomeIntervals:
    """The intervals of one chromosome, sorted by start, without repetitions.

    Attributes:
        starts: `(n,)` int64, 0-based.
        ends: `(n,)` int64, exclusive, at most the length of the chromosome.
        summits: `(n,)` int64: what narrowPeak says, else the middle.
    """

    starts: Positions
    ends: Positions
    summits: Positions

    @property
    def spans(self) -> Spans:
        """Starts and ends."""
        return self.starts, self.ends

    def __len__(self) -> int:
        """Returns the number of intervals."""
        return len(self.starts)


@dataclass(frozen=True)
class IntervalFile:
    """What a file of intervals holds.

    Attributes:
        file: Its name.
        sha256: Of its bytes.
        chromosomes: Intervals by the genome's name of the chromosome; without empty ones.
        count: Intervals that are used, over all chromosomes.
        has_summits: Whether the file says where summits are.
        notes: What a user should know: intervals left out, clipped, repeated.
    """

    file: str
    sha256: str
    chromosomes: dict[str, ChromosomeIntervals]
    count: int
    has_summits: bool
    notes: tuple[str, ...]


def read_intervals(
    path: Path, lengths: Mapping[str, int], renaming: Renaming = None
) -> IntervalFile:
    """Returns the intervals of a file, on the chromosomes of a genome.

    Two lines with the same interval and summit are one; two summits of one interval both stay.
    An end beyond the chromosome is clipped to it.

    Args:
        path: BED or narrowPeak, plain or gzip.
        lengths: Of the genome's chromosomes, by name.
        renaming: See `match_chromosomes`.

    Raises:
        UserError: If a line is no interval, starts beyond its chromosome, or the names of the
            chromosomes are not the genome's; names file, line and value.
    """
    names, starts, ends, offsets, lines = read_columns(path)
    if not names:
        raise UserError(f"{path}: the file holds no intervals")
    matched, missing = match_chromosomes(names, lengths, str(path), renaming)
    of = np.array([matched.get(name, "") for name in names], dtype=object)
    notes = []
    if missing:
        left_out = int((of == "").sum())
        notes.append(
            f"{path.name}: {left_out:,} of {len(names):,} intervals are left out, on "
            f"{', '.join(missing[:5])}, which the genome lacks"
        )
    size = np.array([lengths[name] if name else np.iinfo(np.int64).max for name in of])
    _refuse_beyond(path, of, starts, size, lines)
    if clipped := int((ends > size).sum()):
        notes.append(f"{path.name}: {clipped:,} intervals are clipped to the chromosome's end")
    ends = np.minimum(ends, size)
    summits = np.where(offsets >= 0, starts + offsets, (starts + ends) // 2)
    chromosomes = {}
    for name in lengths:
        rows = np.flatnonzero(of == name)
        if len(rows):
            chromosomes[name] = _distinct(starts[rows], ends[rows], summits[rows])
    count = sum(len(found) for found in chromosomes.values())
    if repeated := len(names) - int((of == "").sum()) - count:
        notes.append(f"{path.name}: {repeated:,} repeated lines count once")
    return IntervalFile(
        path.name, sha256(path), chromosomes, count, bool((offsets >= 0).any()), tuple(notes)
    )


def read_columns(
    path: Path,
) -> tuple[list[str], Positions, Positions, Positions, Positions]:
    """Returns names, starts, ends, summit offsets (-1 where none) and numbers of all lines.

    Args:
        path: BED or narrowPeak, plain or gzip; comments, `track` and `browser` lines are skipped.

    Raises:
        UserError: If a line is no interval; names file, line and value.
    """
    names: list[str] = []
    rows: list[tuple[int, int, int, int]] = []
    with open_text(path) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.startswith(_SKIPPED):
                continue
            fields = line.rstrip("\n").split("\t")
            names.append(fields[0])
            rows.append((*_numbers(fields, path, number), number))
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return names, table[:, 0], table[:, 1], table[:, 2], table[:, 3]


def _numbers(fields: list[str], path: Path, number: int) -> tuple[int, int, int]:
    try:
        start, end = int(fields[1]), int(fields[2])
        offset = int(fields[9]) if len(fields) in _NARROW_PEAK_COLUMNS else -1
    except (IndexError, ValueError) as error:
        shown = "\t".join(fields)[:60]
        raise UserError(
            f"{path}, line {number}: {shown!r} is no interval; columns are chromosome, start and "
            "end, separated by tabs"
        ) from error
    if start < 0 or end <= start:
        raise UserError(
            f"{path}, line {number}: {fields[0]}:{start}-{end} is no interval; the start is "
            "0-based and below the end"
        )
    if offset >= end - start:
        raise UserError(
            f"{path}, line {number}: the summit, {offset} from the start, is outside "
            f"{fields[0]}:{start}-{end}"
        )
    return start, end, offset


def _refuse_beyond(
    path: Path,
    names: np.ndarray,
    starts: Positions,
    size: Positions,
    lines: Positions,
) -> None:
    wrong = np.flatnonzero(starts >= size)
    if len(wrong):
        row = wrong[0]
        raise UserError(
            f"{path}, line {lines[row]}: the interval starts at {starts[row]:,}, beyond the end of "
            f"{names[row]} ({size[row]:,} bp); is it the same assembly?"
        )


def _distinct(starts: Positions, ends: Positions, summits: Positions) -> ChromosomeIntervals:
    rows = np.unique(np.stack([starts, ends, summits], axis=1), axis=0)
    return ChromosomeIntervals(rows[:, 0], rows[:, 1], rows[:, 2])
