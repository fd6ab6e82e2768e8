"""Windows of a genome as rows of arrays: cut when they are asked for, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tfbs.datasets.grid import Grid, Rows


@dataclass(frozen=True)
class Positions:
    """Where in the stored chromosomes each row's window begins.

    Attributes:
        grid: Where the rows lie on the genome.
        bases: `(runs,)` int64: index, in the stored codes, of the first window of each run.
        length: Of a window, in base pairs.
    """

    grid: Grid
    bases: npt.NDArray[np.int64]
    length: int

    def begin(self, rows: Rows) -> npt.NDArray[np.int64]:
        """Returns the index of each window's first position in the stored codes."""
        run, within = self.grid.position(rows)
        return self.bases[run] + within * self.grid.step


@dataclass(frozen=True)
class SequenceRows:
    """`(n, length)` uint8 codes.

    Attributes:
        codes: `(positions,)` uint8, all chromosomes with unknown letters around each.
        positions: Of the rows.
    """

    codes: npt.NDArray[np.uint8]
    positions: Positions

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and length."""
        return len(self), self.positions.length

    def __len__(self) -> int:
        """Returns the number of windows."""
        return len(self.positions.grid)

    def __getitem__(self, rows: Rows) -> npt.NDArray[np.uint8]:
        """Returns `(k, length)` codes."""
        windows = np.lib.stride_tricks.sliding_window_view(self.codes, self.positions.length)
        return windows[self.positions.begin(rows)]


@dataclass(frozen=True)
class TrackRows:
    """`(n, length, tracks)` float16, NaN where a track covers nothing.

    Attributes:
        values: `(cells, positions, tracks)` float16.
        positions: Of the rows.
    """

    values: npt.NDArray[np.float16]
    positions: Positions

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, length and tracks."""
        return len(self), self.positions.length, self.values.shape[2]

    def __len__(self) -> int:
        """Returns the number of windows."""
        return len(self.positions.grid)

    def __getitem__(self, rows: Rows) -> npt.NDArray[np.float16]:
        """Returns `(k, length, tracks)` values."""
        length = self.positions.length
        windows = np.lib.stride_tricks.sliding_window_view(self.values, length, axis=1)
        found = windows[self.positions.grid.cell(rows), self.positions.begin(rows)]
        return np.swapaxes(found, 1, 2)


@dataclass(frozen=True)
class NameRows:
    """`(n,)` names such as `chrIV:1200-1400`, or `K562:chr1:600-800` where there are cells.

    Attributes:
        grid: Where the rows lie.
    """

    grid: Grid

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows."""
        return (len(self),)

    def __len__(self) -> int:
        """Returns the number of windows."""
        return len(self.grid)

    def __getitem__(self, rows: Rows) -> npt.NDArray[np.str_]:
        """Returns `(k,)` names."""
        cells = [f"{cell}:" if cell else "" for cell in self.grid.cells]
        places = zip(
            self.grid.cell(rows).tolist(),
            self.grid.chromosome(rows).tolist(),
            self.grid.start(rows).tolist(),
            strict=True,
        )
        names = self.grid.chromosomes
        width = self.grid.bin
        return np.array(
            [
                f"{cells[cell]}{names[chromosome]}:{start}-{start + width}"
                for cell, chromosome, start in places
            ],
            dtype=np.str_,
        )


@dataclass(frozen=True)
class SummitRows:
    """Where the summits of the peaks are, seen from the windows.

    Attributes:
        table: `(summits, 4)` int64: target, cell, chromosome (indices) and position, sorted.
        positions: Of the rows.
        first_cell: Index, among the table's cells, of the rows' first cell.
    """

    table: npt.NDArray[np.int64]
    positions: Positions
    first_cell: int = 0

    def near(
        self, rows: npt.NDArray[np.int64], targets: npt.NDArray[np.int64], within: int
    ) -> npt.NDArray[np.bool_]:
        """Returns `(k, length)`: whether a position is within so many bp of a target's summit."""
        grid, length = self.positions.grid, self.positions.length
        found = np.zeros((len(rows), length), bool)
        first = grid.start(rows) - (length - grid.bin) // 2
        wanted = np.stack(
            [targets, grid.cell(rows) + self.first_cell, grid.chromosome(rows)], axis=1
        )
        for row, (key, begin) in enumerate(zip(wanted, first, strict=True)):
            same = (self.table[:, :3] == key).all(axis=1)
            offsets: npt.NDArray[Any] = self.table[same, 3] - begin
            for offset in offsets[(offsets > -within - 1) & (offsets < length + within)]:
                found[row, max(offset - within, 0) : offset + within + 1] = True
        return found
