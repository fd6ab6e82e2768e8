"""Where the windows of a genome task lie: a table of runs instead of a list of windows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Rows = slice | npt.NDArray[np.integer[Any]]
"""What picks rows: a slice, or an array of row numbers."""

_KEY_BITS = 40
"""Room for a start behind the index of a chromosome."""


@dataclass(frozen=True)
class Grid:
    """The bins of one split, in order: cell by cell, chromosome by chromosome, left to right.

    A run is a stretch of bins that follow each other in steps. A hundred million bins are some
    hundred runs, so a row's place is looked up and never stored.

    Attributes:
        chromosomes: Names of the chromosomes.
        cells: Names of the cell types; each has all the bins, one cell after the other.
        runs: `(runs, 3)` int64: index of the chromosome, start of the first bin in base pairs
            (0-based), number of bins.
        bin: Width of a bin, in base pairs.
        step: From the start of a bin to that of the next, in base pairs.
    """

    chromosomes: tuple[str, ...]
    cells: tuple[str, ...]
    runs: npt.NDArray[np.int64]
    bin: int
    step: int

    @property
    def bins(self) -> int:
        """The number of bins of one cell."""
        return int(self.runs[:, 2].sum())

    def __len__(self) -> int:
        """Returns the number of rows: bins times cells."""
        return self.bins * len(self.cells)

    def bounds(self) -> npt.NDArray[np.int64]:
        """Returns `(chromosomes + 1,)`: the first row of each chromosome in a cell, and the end."""
        sizes = np.bincount(self.runs[:, 0], self.runs[:, 2], minlength=len(self.chromosomes))
        return np.concatenate([[0], np.cumsum(sizes.astype(np.int64))])

    def only(self, chromosomes: Collection[str]) -> Grid:
        """Returns the bins of some chromosomes, in the same order.

        Args:
            chromosomes: Names; those that the grid lacks do not count.
        """
        kept = [index for index, name in enumerate(self.chromosomes) if name in chromosomes]
        runs = self.runs[np.isin(self.runs[:, 0], kept)].copy()
        runs[:, 0] = np.searchsorted(kept, runs[:, 0])
        names = tuple(self.chromosomes[index] for index in kept)
        return Grid(names, self.cells, runs, self.bin, self.step)

    def cell(self, rows: Rows) -> npt.NDArray[np.int64]:
        """Returns the index of each row's cell."""
        return self._numbers(rows) // max(self.bins, 1)

    def chromosome(self, rows: Rows) -> npt.NDArray[np.int64]:
        """Returns the index of each row's chromosome."""
        run, _ = self.position(rows)
        return self.runs[run, 0]

    def start(self, rows: Rows) -> npt.NDArray[np.int64]:
        """Returns the start of each row's bin on its chromosome, 0-based."""
        run, within = self.position(rows)
        return self.runs[run, 1] + within * self.step

    def row(
        self, chromosome: npt.NDArray[np.integer[Any]], start: npt.NDArray[np.integer[Any]]
    ) -> npt.NDArray[np.int64]:
        """Returns the rows of bins of the first cell; -1 where there is no such bin.

        The runs are in the order of `chromosomes`, each left to right.

        Args:
            chromosome: `(k,)` indices of chromosomes; negative where unknown.
            start: `(k,)` starts of bins, in base pairs.
        """
        keys = (self.runs[:, 0] << _KEY_BITS) + self.runs[:, 1]
        asked = (chromosome.astype(np.int64) << _KEY_BITS) + start
        run = np.maximum(np.searchsorted(keys, asked, side="right") - 1, 0)
        offset = asked - keys[run]
        number = offset // self.step
        inside = (start >= 0) & (start < 1 << _KEY_BITS) & (chromosome >= 0)
        there = inside & (offset >= 0) & (offset % self.step == 0) & (number < self.runs[run, 2])
        first = np.cumsum(self.runs[:, 2]) - self.runs[:, 2]
        return np.where(there, first[run] + number, -1)

    def position(self, rows: Rows) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Returns each row's run and its number within that run."""
        number = self._numbers(rows) % max(self.bins, 1)
        ends = np.cumsum(self.runs[:, 2])
        run = np.searchsorted(ends, number, side="right")
        return run, number - (ends[run] - self.runs[run, 2])

    def _numbers(self, rows: Rows) -> npt.NDArray[np.int64]:
        if isinstance(rows, slice):
            return np.arange(*rows.indices(len(self)), dtype=np.int64)
        return np.asarray(rows, dtype=np.int64)


def runs_of(starts: npt.NDArray[np.int64], chromosome: int, step: int) -> npt.NDArray[np.int64]:
    """Returns `(runs, 3)` int64 of sorted bins of one chromosome; see `Grid.runs`.

    Args:
        starts: `(n,)` starts of the bins, ascending.
        chromosome: Its index.
        step: From one bin to the next.
    """
    first = np.flatnonzero(np.diff(starts, prepend=starts[:1] - step - 1) != step)
    counts = np.diff(np.append(first, len(starts))).astype(np.int64)
    return np.stack([np.full(len(first), chromosome), starts[first], counts], axis=1)
