"""Tracks along a genome: bigWig signals, and the coverage of fragments; uncovered is NaN."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from tfbs.datasets.chromosomes import Renaming, match_chromosomes
from tfbs.datasets.interval_files import place, read_columns
from tfbs.datasets.intervals import Spans
from tfbs.datasets.text_files import check_file, sha256
from tfbs.errors import UserError

Signal = npt.NDArray[np.float32]

_BIG_WIG = (b"\x26\xfc\x8f\x88", b"\x88\x8f\xfc\x26")


class Track(Protocol):
    """A signal along a genome."""

    @property
    def file(self) -> str:
        """Name of the file it comes from."""
        ...

    @property
    def sha256(self) -> str:
        """Of the file's bytes."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know."""
        ...

    def values(self, chromosome: str, begin: int, end: int) -> Signal:
        """Returns `(end - begin,)` float32, NaN where the track covers nothing."""
        ...


def read_track(path: Path, lengths: Mapping[str, int], renaming: Renaming = None) -> Track:
    """Returns a track: a bigWig's signal, or the coverage of a BED file's fragments.

    Args:
        path: bigWig, or BED (plain or gzip) with a fragment on each line.
        lengths: Of the genome's chromosomes, by name.
        renaming: See `match_chromosomes`.

    Raises:
        UserError: If the file cannot be read, or its chromosomes are not the genome's.
    """
    check_file(path)
    with path.open("rb") as handle:
        big_wig = handle.read(4) in _BIG_WIG
    return _open_big_wig(path, lengths, renaming) if big_wig else _pile_up(path, lengths, renaming)


@dataclass(frozen=True)
class BigWig:
    """A bigWig, opened anew for each chromosome, so that any process can.

    Attributes:
        path: Of the file.
        file: Its name.
        sha256: Of its bytes.
        names: The file's name of each of the genome's chromosomes that it has.
        notes: What a user should know.
    """

    path: Path
    file: str
    sha256: str
    names: Mapping[str, str]
    notes: tuple[str, ...]

    def values(self, chromosome: str, begin: int, end: int) -> Signal:
        """Returns `(end - begin,)` float32, NaN where the file has no value."""
        import pybigtools

        found = np.full(end - begin, np.nan, np.float32)
        if chromosome in self.names:
            try:
                with pybigtools.open(str(self.path)) as reader:
                    found[:] = reader.values(self.names[chromosome], begin, end, fillna=None)
            except Exception as error:  # pybigtools raises several kinds of its own
                where = f"{self.names[chromosome]}:{begin}-{end}"
                raise UserError(f"{self.path}: {where} cannot be read ({error})") from error
        return found


@dataclass(frozen=True)
class Coverage:
    """How many fragments cover each position; a position without any has 0.

    Attributes:
        file: Name of the file of fragments.
        sha256: Of its bytes.
        fragments: Starts and ends by the genome's name of the chromosome.
        notes: What a user should know.
    """

    file: str
    sha256: str
    fragments: Mapping[str, Spans]
    notes: tuple[str, ...]

    def values(self, chromosome: str, begin: int, end: int) -> Signal:
        """Returns `(end - begin,)` float32 counts."""
        starts, ends = self.within(chromosome, begin, end)
        length = end - begin
        change = np.bincount(np.maximum(starts - begin, 0), minlength=length + 1) - np.bincount(
            np.minimum(ends - begin, length), minlength=length + 1
        )
        return np.cumsum(change)[:length].astype(np.float32)

    def within(self, chromosome: str, begin: int, end: int) -> Spans:
        """Returns the fragments that touch a stretch of a chromosome."""
        starts, ends = self.fragments.get(chromosome, (np.zeros(0, np.int64),) * 2)
        touching = (starts < end) & (ends > begin)
        return starts[touching], ends[touching]


def _open_big_wig(path: Path, lengths: Mapping[str, int], renaming: Renaming) -> BigWig:
    import pybigtools

    try:
        with pybigtools.open(str(path)) as reader:
            sizes = dict(reader.chroms())
    except Exception as error:  # pybigtools raises several kinds of its own
        raise UserError(f"{path}: not a readable bigWig ({error})") from error
    matched, missing = match_chromosomes(sizes, lengths, str(path), renaming)
    for name, target in matched.items():
        if sizes[name] != lengths[target]:
            raise UserError(
                f"{path}: {name} has {sizes[name]:,} bp, {target} of the genome "
                f"{lengths[target]:,}; is it the same assembly?"
            )
    notes = []
    if missing:
        notes.append(f"{path.name}: {', '.join(missing[:5])} left out, which the genome lacks")
    if uncovered := [name for name in lengths if name not in matched.values()]:
        notes.append(f"{path.name}: nothing is known (NaN) on {', '.join(uncovered)}")
    names = {target: name for name, target in matched.items()}
    return BigWig(path, path.name, sha256(path), names, tuple(notes))


def _pile_up(path: Path, lengths: Mapping[str, int], renaming: Renaming) -> Coverage:
    columns = read_columns(path)
    if not columns.names:
        raise UserError(f"{path}: the file holds no fragments")
    placed = place(columns, lengths, path, renaming)
    fragments = {
        name: (columns.starts[rows], columns.ends[rows]) for name, rows in placed.rows().items()
    }
    return Coverage(path.name, sha256(path), fragments, tuple(placed.notes("fragments")))
