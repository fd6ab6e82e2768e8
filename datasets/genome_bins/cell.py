"""All bins of one cell type, over every chromosome that a genome task holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tfbs.datasets.genome_bins.windows import Positions, SequenceRows, TrackRows
from tfbs.datasets.grid import Grid, Rows
from tfbs.datasets.split import RowArray


@dataclass(frozen=True)
class Joined:
    """Rows of several grids of one genome as the rows of one grid that holds them all.

    Attributes:
        grid: Of one cell.
        grids: Of the parts; each bin is in one of them.
        parts: Their rows.
    """

    grid: Grid
    grids: tuple[Grid, ...]
    parts: tuple[RowArray, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows first."""
        return (len(self), *self.parts[0].shape[1:])

    def __len__(self) -> int:
        """Returns the number of bins."""
        return len(self.grid)

    def __getitem__(self, rows: Rows) -> npt.NDArray[Any]:
        """Returns the rows, whichever part they are in."""
        chromosome, start = self.grid.chromosome(rows), self.grid.start(rows)
        found: npt.NDArray[Any] | None = None
        for grid, part in zip(self.grids, self.parts, strict=True):
            names = {name: index for index, name in enumerate(grid.chromosomes)}
            own = np.array([names.get(name, -1) for name in self.grid.chromosomes])[chromosome]
            row = grid.row(own, start)
            here = row >= 0
            if found is not None and not here.any():
                continue
            values = np.asarray(part[row[here]])
            if found is None:
                found = np.empty((len(row), *values.shape[1:]), values.dtype)
            found[here] = values
        assert found is not None  # noqa: S101  (there is at least one part)
        return found


@dataclass(frozen=True)
class GenomeCell:
    """A cell type on the whole genome, whether or not it was trained on.

    Attributes:
        cell: Its name.
        grid: All bins; chromosomes by the letters of their names, as in the files of the
            ENCODE-DREAM challenge.
        sequence: `(bins, context)` uint8 codes.
        tracks: `(bins, context, tracks)` float16; None without tracks.
        label: `(bins, targets)` int8, of every factor, held out or not.
        ladder: Chromosomes that are predicted, not trained on: the ladder, else the test fold.
    """

    cell: str
    grid: Grid
    sequence: RowArray
    tracks: RowArray | None
    label: RowArray
    ladder: tuple[str, ...]


def read_cell(
    stored: Mapping[str, Mapping[str, npt.NDArray[Any]]], card: Mapping[str, Any], cell: str
) -> GenomeCell:
    """Returns one cell of a genome task.

    Args:
        stored: The memory-mapped arrays by fold and field.
        card: The metadata.
        cell: One of the card's cells.
    """
    index = card["cells"].index(cell)
    folds = card["folds"]
    grids = {
        fold: Grid(tuple(folds[fold]), (cell,), arrays["runs"][:, :3], card["bin"], card["step"])
        for fold, arrays in stored.items()
    }
    positions = {
        fold: Positions(grids[fold], arrays["runs"][:, 3], card["context"])
        for fold, arrays in stored.items()
    }
    parts = tuple(grids.values())
    whole = _whole(parts)
    tracked = all("tracks" in arrays for arrays in stored.values())
    return GenomeCell(
        cell=cell,
        grid=whole,
        sequence=Joined(
            whole,
            parts,
            tuple(SequenceRows(stored[fold]["codes"], positions[fold]) for fold in stored),
        ),
        tracks=Joined(
            whole,
            parts,
            tuple(
                TrackRows(stored[fold]["tracks"][index : index + 1], positions[fold])
                for fold in stored
            ),
        )
        if tracked
        else None,
        label=Joined(
            whole,
            parts,
            tuple(
                stored[fold]["label"][index * grids[fold].bins : (index + 1) * grids[fold].bins]
                for fold in stored
            ),
        ),
        ladder=tuple(folds.get("ladder", folds["test"])),
    )


def _whole(grids: tuple[Grid, ...]) -> Grid:
    """Returns one grid of all bins, chromosomes sorted by name."""
    names = tuple(sorted(name for grid in grids for name in grid.chromosomes))
    runs = []
    for grid in grids:
        own = np.array(grid.runs)
        own[:, 0] = np.array([names.index(name) for name in grid.chromosomes])[own[:, 0]]
        runs.append(own)
    joined = np.concatenate(runs)
    order = np.lexsort((joined[:, 1], joined[:, 0]))
    first = grids[0]
    return Grid(names, first.cells, joined[order], first.bin, first.step)
