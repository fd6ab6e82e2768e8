"""Writes a submission: a trained model's probability of every bin, predicted as it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

from tfbs.benchmark.dream.names import SubmissionName
from tfbs.datasets.encode_dream.region_files import ROWS, write_rows
from tfbs.datasets.grid import Grid, Rows
from tfbs.datasets.task import GenomeCell, RowArray

if TYPE_CHECKING:
    from tfbs.benchmark.predict import Predictor

Report = Callable[[int, int], None]
"""Is told how many bins of how many are written."""


@dataclass(frozen=True)
class Picked:
    """Some rows of a field, by number.

    Attributes:
        rows: The field.
        numbers: `(k,)` which.
    """

    rows: RowArray
    numbers: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows first."""
        return (len(self), *self.rows.shape[1:])

    def __len__(self) -> int:
        """Returns the number of rows."""
        return len(self.numbers)

    def __getitem__(self, rows: Rows) -> np.ndarray:
        """Returns rows."""
        return np.asarray(self.rows[self.numbers[rows]])


def write_submission(
    folder: Path,
    name: SubmissionName,
    predict: Predictor,
    target: int,
    cell: GenomeCell,
    *,
    scored_only: bool,
    report: Report,
) -> Path:
    """Writes a file under its official name and returns its path; it appears whole or not at all.

    Args:
        folder: Where.
        name: L has the bins of the held-out chromosomes, F and B all of the genome.
        predict: Of the trained model.
        target: Column of the factor among the model's outputs.
        cell: The cell type.
        scored_only: Whether bins on other chromosomes, which no scorer reads, get 0.
        report: Is told what is done.
    """
    grid = cell.grid.only(cell.ladder) if name.letter == "L" else cell.grid
    path = folder / name.file
    folder.mkdir(parents=True, exist_ok=True)
    write_rows(path, grid, _probabilities(grid, predict, target, cell, scored_only, report))
    return path


def _probabilities(
    grid: Grid,
    predict: Predictor,
    target: int,
    cell: GenomeCell,
    scored_only: bool,
    report: Report,
) -> Iterator[tuple[Any, ...]]:
    """Yields the probabilities of up to `ROWS` bins at a time."""
    index = np.array([cell.grid.chromosomes.index(name) for name in grid.chromosomes])
    wanted = np.isin(grid.chromosomes, cell.ladder) | (not scored_only)
    for begin in range(0, len(grid), ROWS):
        rows = slice(begin, begin + ROWS)
        chromosome = grid.chromosome(rows)
        asked = wanted[chromosome]
        number = cell.grid.row(index[chromosome], grid.start(rows))[asked]
        probability = np.zeros(len(asked))
        if len(number):
            tracks = None if cell.tracks is None else Picked(cell.tracks, number)
            logit = predict(Picked(cell.sequence, number), tracks)[:, target]
            probability[asked] = expit(logit.astype(float))  # with all digits: few bins tie
        report(min(begin + ROWS, len(grid)), len(grid))
        yield (probability,)
