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
    An end beyond the chromosome is clipped to it; a summit at the end, where some callers put it,
    is the last base.

    Args:
        path: BED or narrowPeak, plain or gzip.
        lengths: Of the genome's chromosomes, by name.
        renaming: See `match_chromosomes`.

    Raises:
        UserError: If a line is no interval, starts beyond its chromosome, or the names of the
            chromosomes are not the genome's; names file, line and value.
    """
    columns = read_columns(path)
    if not columns.names:
        raise UserError(f"{path}: the file holds no intervals")
    placed = place(columns, lengths, path, renaming)
    names, starts, ends, offsets = placed.names, columns.starts, columns.ends, columns.summits
    size = placed.lengths
    notes = placed.notes("intervals")
    if clipped := int((ends > size).sum()):
        notes.append(f"{path.name}: {clipped:,} intervals are clipped to the chromosome's end")
    ends = np.minimum(ends, size)
    summits = np.where(offsets >= 0, np.minimum(starts + offsets, ends - 1), (starts + ends) // 2)
    chromosomes = {
        name: _distinct(starts[rows], ends[rows], summits[rows])
        for name, rows in placed.rows().items()
    }
    count = sum(len(found) for found in chromosomes.values())
    if repeated := len(names) - placed.left_out - count:
        notes.append(f"{path.name}: {repeated:,} repeated lines count once")
    return IntervalFile(
        path.name, sha256(path), chromosomes, count, bool((offsets >= 0).any()), tuple(notes)
    )


@dataclass(frozen=True)
class Columns:
    """The lines of a file of intervals, as they stand.

    Attributes:
        names: The distinct names of chromosomes, in the order they come.
        chromosomes: `(n,)` int64, indices into `names`.
        starts: `(n,)` int64.
        ends: `(n,)` int64.
        summits: `(n,)` int64, offsets from the start; -1 where there is none.
        lines: `(n,)` int64, numbers of the lines, from 1.
    """

    names: tuple[str, ...]
    chromosomes: Positions
    starts: Positions
    ends: Positions
    summits: Positions
    lines: Positions


@dataclass(frozen=True)
class Placed:
    """The lines of a file on the chromosomes of a genome.

    Attributes:
        file: Name of the file.
        names: `(n,)` int64: index of the genome's chromosome, -1 where it has none.
        lengths: `(n,)` int64: length of that chromosome; the largest integer where it has none.
        genome: Names of the genome's chromosomes.
        missing: Names that the genome lacks.
    """

    file: str
    names: Positions
    lengths: Positions
    genome: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def left_out(self) -> int:
        """Lines on chromosomes that the genome lacks."""
        return int((self.names < 0).sum())

    def rows(self) -> dict[str, Positions]:
        """Returns the numbers of the lines on each chromosome that has any."""
        order = np.argsort(self.names, kind="stable")
        found, first = np.unique(self.names[order], return_index=True)
        parts = np.split(order, first[1:])
        return {
            self.genome[index]: rows
            for index, rows in zip(found.tolist(), parts, strict=True)
            if index >= 0
        }

    def notes(self, kind: str) -> list[str]:
        """Returns what a user should know of the lines that are left out."""
        if not self.missing:
            return []
        return [
            f"{self.file}: {self.left_out:,} of {len(self.names):,} {kind} are left out, on "
            f"{', '.join(self.missing[:5])}, which the genome lacks"
        ]


def place(
    columns: Columns, lengths: Mapping[str, int], path: Path, renaming: Renaming = None
) -> Placed:
    """Returns where the lines of a file lie on a genome.

    Args:
        columns: Of the file.
        lengths: Of the genome's chromosomes, by name.
        path: Of the file.
        renaming: See `match_chromosomes`.

    Raises:
        UserError: If a line starts beyond its chromosome, or the names of the chromosomes are
            not the genome's.
    """
    matched, missing = match_chromosomes(columns.names, lengths, str(path), renaming)
    genome = tuple(lengths)
    index_of = {name: index for index, name in enumerate(genome)}
    known = np.array([index_of.get(matched.get(n, ""), -1) for n in columns.names], np.int64)
    names = known[columns.chromosomes]
    longest = np.iinfo(np.int64).max
    size = np.array([*lengths.values(), longest], np.int64)[names]
    wrong = np.flatnonzero(columns.starts >= size)
    if len(wrong):
        row = wrong[0]
        raise UserError(
            f"{path}, line {columns.lines[row]}: the interval starts at {columns.starts[row]:,}, "
            f"beyond the end of {genome[names[row]]} ({size[row]:,} bp); is it the same assembly?"
        )
    return Placed(path.name, names, size, genome, tuple(missing))


def read_columns(path: Path) -> Columns:
    """Returns the lines of a file of intervals.

    Args:
        path: BED or narrowPeak, plain or gzip; comments, `track` and `browser` lines are skipped.

    Raises:
        UserError: If a line is no interval; names file, line and value.
    """
    index_of: dict[str, int] = {}
    rows: list[tuple[int, int, int, int, int]] = []
    with open_text(path) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.startswith(_SKIPPED):
                continue
            fields = line.rstrip("\n").split("\t")
            name = index_of.setdefault(fields[0], len(index_of))
            rows.append((name, *_numbers(fields, path, number), number))
    table = np.array(rows, dtype=np.int64).reshape(-1, 5)
    return Columns(tuple(index_of), *table.T)


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
    if offset > end - start:
        raise UserError(
            f"{path}, line {number}: the summit, {offset} from the start, is outside "
            f"{fields[0]}:{start}-{end}"
        )
    return start, end, offset


def _distinct(starts: Positions, ends: Positions, summits: Positions) -> ChromosomeIntervals:
    rows = np.unique(np.stack([starts, ends, summits], axis=1), axis=0)
    return ChromosomeIntervals(rows[:, 0], rows[:, 1], rows[:, 2])
