"""Streams files with a line per bin: 60 million rows in bounded memory."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from tfbs.datasets.grid import Grid
from tfbs.datasets.text_files import open_binary
from tfbs.errors import UserError

BLOCK_BYTES = 1 << 24
ROWS = 1 << 18
"""Rows that are written at a time."""

GZIP_LEVEL = 1
"""Ten times faster than the default on numbers, and a sixth larger."""

_SHOWN = 10

_MOST_TORN = 10_000
"""More lines with a wrong number of fields than this, and it is another kind of file."""


@dataclass
class Kind:
    """Problems of one kind.

    Attributes:
        shown: The first places.
        hidden: How many places are not shown.
        count: Lines or bins concerned.
    """

    shown: list[str] = field(default_factory=list)
    hidden: int = 0
    count: int = 0


@dataclass
class Problems:
    """What is wrong with a file.

    Attributes:
        path: The file.
        kinds: By what is wrong.
    """

    path: Path
    kinds: dict[str, Kind] = field(default_factory=dict)

    def add(
        self,
        kind: str,
        places: Sequence[str],
        number: int | None = None,
        count: int | None = None,
    ) -> None:
        """Adds problems of one kind.

        Args:
            kind: What is wrong, for many: `lines name no bin`.
            places: The first of them.
            number: Of all places; by default as many as given.
            count: Of lines or bins concerned; by default one per place.
        """
        if not places:
            return
        number = len(places) if number is None else number
        own = self.kinds.setdefault(kind, Kind())
        fresh = list(places[: max(0, _SHOWN - len(own.shown))])
        own.shown += fresh
        own.hidden += number - len(fresh)
        own.count += number if count is None else count

    def add_lines(
        self,
        kind: str,
        lines: npt.NDArray[np.int64],
        wrong: npt.NDArray[np.bool_],
        values: pa.Array,
    ) -> None:
        """Adds the lines whose value is wrong.

        Args:
            kind: What is wrong, for many.
            lines: `(n,)` numbers of the lines.
            wrong: `(n,)` bool.
            values: `(n,)` strings, as they stand.
        """
        rows = np.flatnonzero(wrong)
        places = [
            f"line {lines[row]} ({str(values[row])[:20]!r})" for row in rows[:_SHOWN].tolist()
        ]
        self.add(kind, places, len(rows))

    def __bool__(self) -> bool:
        """Returns whether there are any."""
        return bool(self.kinds)

    def __str__(self) -> str:
        """Returns one line per kind."""
        lines = []
        for kind, own in self.kinds.items():
            also = f"; and {own.hidden:,} more" if own.hidden else ""
            lines.append(f"{self.path}: {own.count:,} {kind}: {'; '.join(own.shown)}{also}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Block:
    """Some lines of a file.

    Attributes:
        lines: `(n,)` int64 numbers of the lines, from 1.
        row: `(n,)` int64 rows of the grid; -1 where a line names no bin of it.
        values: The columns after the region, `(n,)` strings each.
    """

    lines: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    values: tuple[pa.Array, ...]


def read_blocks(
    path: Path, columns: int, grid: Grid, problems: Problems, *, header: bool = False
) -> Iterator[Block]:
    """Yields the lines of a file of regions, and says what is wrong with the regions.

    A line that has not the right number of fields, or names no bin of the grid, is a problem; so
    are bins that come again, out of order, or not at all.

    Args:
        path: Tab-separated `chr start stop ...`, plain or gzip.
        columns: Fields after the region.
        grid: The bins that must be there, in this order.
        problems: Where they are noted.
        header: Whether to leave the first line out.

    Raises:
        UserError: If the file cannot be read, or ends in the middle.
    """
    order = _Order(grid, problems)
    names = {name: index for index, name in enumerate(grid.chromosomes)}
    for lines, batch in _read_batches(path, 3 + columns, problems, header):
        chromosome = _look_up(batch.column(0), names)
        start, stop = (_integers(batch.column(index)) for index in (1, 2))
        row = np.where(stop == start + grid.bin, grid.row(chromosome, start), -1)
        unknown = np.flatnonzero(row < 0)
        problems.add(
            "lines name no bin",
            [_place(lines, batch, index) for index in unknown[:_SHOWN].tolist()],
            len(unknown),
        )
        order.follow(lines, row)
        yield Block(lines, row, tuple(batch.column(3 + index) for index in range(columns)))
    order.end()


def write_rows(
    path: Path, grid: Grid, columns: Iterator[tuple[Any, ...]], header: str = ""
) -> None:
    """Writes a file of regions, all or nothing.

    Args:
        path: The file; gzip where its name ends in `.gz`.
        grid: The bins, in order.
        columns: For up to `ROWS` rows at a time, what goes behind the region.
        header: First line, without its end.
    """
    temporary = path.with_name(f".{path.name}.partial")
    options = csv.WriteOptions(include_header=False, delimiter="\t", quoting_style="none")
    names = pa.array(grid.chromosomes)
    try:
        with _open_to_write(temporary, path.suffix == ".gz") as stream:
            if header:
                stream.write(f"{header}\n".encode())
            for begin, values in zip(range(0, len(grid), ROWS), columns, strict=True):
                rows = slice(begin, begin + ROWS)
                start = grid.start(rows)
                region = [names.take(pa.array(grid.chromosome(rows))), start, start + grid.bin]
                every = [*region, *values]
                table = pa.table(every, names=[str(index) for index in range(len(every))])
                csv.write_csv(table, stream, options)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _open_to_write(path: Path, compressed: bool) -> IO[bytes]:
    if not compressed:
        return path.open("wb")
    return gzip.open(path, "wb", compresslevel=GZIP_LEVEL)  # type: ignore[return-value]


class _Order:
    """Follows the rows through a file and notes what is missing, repeated or out of order."""

    def __init__(self, grid: Grid, problems: Problems) -> None:
        self.grid = grid
        self.problems = problems
        self.seen = np.zeros(len(grid), bool)
        self.reached = -1

    def follow(self, lines: npt.NDArray[np.int64], row: npt.NDArray[np.int64]) -> None:
        known = row >= 0
        rows, at = row[known], lines[known]
        if not len(rows):
            return
        before = np.maximum.accumulate(np.append(self.reached, rows))
        back = rows <= before[:-1]
        if back.any():
            first = np.zeros(len(rows), bool)
            first[np.unique(rows, return_index=True)[1]] = True
            again = self.seen[rows] | ~first
            self._note("lines repeat a bin", at, rows, again)
            self._note("lines are out of order", at, rows, back & ~again)
        self.seen[rows] = True
        self.reached = int(before[-1])

    def end(self) -> None:
        missing = np.flatnonzero(~self.seen)
        if not len(missing):
            return
        first = np.flatnonzero(np.diff(missing, prepend=-2) > 1)
        last = np.append(first[1:], len(missing)) - 1
        places = [
            self._name(missing[one]) + (f" to {self._name(missing[end])}" if end > one else "")
            for one, end in zip(first[:_SHOWN], last[:_SHOWN], strict=True)
        ]
        self.problems.add("bins are missing", places, len(first), count=len(missing))

    def _note(
        self,
        kind: str,
        at: npt.NDArray[np.int64],
        rows: npt.NDArray[np.int64],
        wrong: npt.NDArray[np.bool_],
    ) -> None:
        places = [f"line {at[i]} ({self._name(rows[i])})" for i in np.flatnonzero(wrong)[:_SHOWN]]
        self.problems.add(kind, places, int(wrong.sum()))

    def _name(self, row: Any) -> str:
        one = np.array([row])
        chromosome = self.grid.chromosomes[int(self.grid.chromosome(one)[0])]
        start = int(self.grid.start(one)[0])
        return f"{chromosome}:{start}-{start + self.grid.bin}"


def _read_batches(
    path: Path, columns: int, problems: Problems, header: bool
) -> Iterator[tuple[npt.NDArray[np.int64], pa.RecordBatch]]:
    """Yields batches of strings with the numbers of their lines."""
    names = [str(index) for index in range(columns)]
    compressed = _check_first_line(path, columns)
    torn: list[int] = []

    def skip(row: Any) -> str:
        if len(torn) == _MOST_TORN:
            return "error"
        line = int(row.number)
        torn.append(line)
        number = row.actual_columns
        problems.add(f"lines have not {columns} fields", [f"line {line} has {number}"])
        return "skip"

    line = 2 if header else 1
    passed = 0
    try:
        with pa.input_stream(str(path), compression="gzip" if compressed else None) as stream:
            reader = csv.open_csv(
                stream,
                csv.ReadOptions(
                    use_threads=False,
                    block_size=BLOCK_BYTES,
                    column_names=names,
                    skip_rows=int(header),
                ),
                csv.ParseOptions(
                    delimiter="\t",
                    quote_char=False,
                    ignore_empty_lines=False,
                    invalid_row_handler=skip,
                ),
                csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
            for batch in reader:
                waiting = np.array(torn[passed:], np.int64)
                lines = np.arange(line, line + len(batch) + len(waiting))
                lines = lines[~np.isin(lines, waiting)][: len(batch)]
                line = int(lines[-1]) + 1 if len(lines) else line
                passed += int((waiting < line).sum())
                yield lines, batch
    except (pa.ArrowInvalid, OSError) as error:
        if len(torn) == _MOST_TORN:
            raise UserError(
                f"{path}: {_MOST_TORN:,} lines up to line {torn[-1]:,} have not {columns} fields "
                "separated by tabs; the rest was not read"
            ) from error
        reason = str(error).splitlines()[0][:200]
        raise UserError(f"{path}: it cannot be read to the end: {reason!r}") from error


def _check_first_line(path: Path, columns: int) -> bool:
    """Returns whether a file is compressed.

    Raises:
        UserError: If its first line has another number of fields.
    """
    with open_binary(path) as stream:
        first = stream.readline(1 << 16)
    if not first:
        raise UserError(f"{path}: the file is empty")
    fields = first.rstrip(b"\r\n").split(b"\t")
    if len(fields) != columns:
        shown = first[:60].decode("utf-8", "replace").strip()
        raise UserError(
            f"{path}, line 1: {shown!r} has {len(fields)} fields; {columns} separated by tabs are "
            "needed"
        )
    with path.open("rb") as raw:
        return raw.read(2) == b"\x1f\x8b"


def _look_up(column: pa.Array, names: dict[str, int]) -> npt.NDArray[np.int64]:
    """Returns the index of each name; -1 for others."""
    encoded = pc.dictionary_encode(column)
    known = np.array([names.get(name, -1) for name in encoded.dictionary.to_pylist()], np.int64)
    found: npt.NDArray[np.int64] = known[encoded.indices.to_numpy(zero_copy_only=False)]
    return found


def _integers(column: pa.Array) -> npt.NDArray[np.int64]:
    """Returns numbers; -1 for what is none."""
    try:
        return np.asarray(pc.cast(column, pa.int64()))
    except pa.ArrowInvalid:
        whole = pc.match_substring_regex(column, r"^[0-9]{1,12}$")
        return np.asarray(pc.cast(pc.if_else(whole, column, "-1"), pa.int64()))


def _place(lines: npt.NDArray[np.int64], batch: pa.RecordBatch, index: int) -> str:
    region = " ".join(str(batch.column(field)[index]) for field in range(3))
    return f"line {lines[index]} ({region})"
