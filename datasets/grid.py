"""Where the windows of a genome task lie: a table of runs instead of a list of windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Rows = slice | npt.NDArray[np.integer[Any]]
"""What picks rows: a slice, or an array of row numbers."""


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
