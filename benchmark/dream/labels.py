"""Writes the labels of a genome task as the challenge's label files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from tfbs.datasets.encode_dream.label_files import label_file, write_labels
from tfbs.datasets.encode_dream.region_files import ROWS
from tfbs.datasets.grid import Grid
from tfbs.datasets.task import GenomeCell, Task, load_cell
from tfbs.errors import UserError


def write_task_labels(task: Task, folder: Path, data_dir: Path | None) -> list[Path]:
    """Returns the label files that are written: of each factor up to four.

    `train` and `val` hold the cells that are trained on, on the training and on the held-out
    chromosomes; `train_wc` and `test` the others. A cell of which nothing is known has no column.

    Args:
        task: Built, of a genome.
        folder: Where.
        data_dir: Where the task is built.

    Raises:
        UserError: If it is no genome task.
    """
    names = task.metadata.get("cells")
    if not isinstance(names, list):
        raise UserError(f"task {task.name} is none of a genome: it has no bins")
    held_out = task.metadata["held_out_cells"]
    assert isinstance(held_out, list)  # noqa: S101  (a genome task says so)
    cells = [load_cell(task, name, data_dir) for name in names]
    groups = {
        ("train", "val"): [cell for cell in cells if cell.cell not in held_out],
        ("train_wc", "test"): [cell for cell in cells if cell.cell in held_out],
    }
    folder.mkdir(parents=True, exist_ok=True)
    return [
        path
        for column, factor in enumerate(task.targets)
        for kinds, group in groups.items()
        for kind, on_ladder in zip(kinds, (False, True), strict=True)
        if (path := _write(folder / label_file(factor, kind), group, column, on_ladder))
    ]


def _labels(cell: GenomeCell, grid: Grid, column: int) -> npt.NDArray[np.int8]:
    """Returns `(bins,)` labels of a factor, for chromosomes of the cell's grid."""
    bounds = cell.grid.bounds()
    rows = [
        slice(begin, min(begin + ROWS, bounds[index + 1]))
        for index, name in enumerate(cell.grid.chromosomes)
        if name in grid.chromosomes
        for begin in range(bounds[index], bounds[index + 1], ROWS)
    ]
    return np.concatenate([np.asarray(cell.label[own])[:, column] for own in rows])


def _write(path: Path, cells: list[GenomeCell], column: int, on_ladder: bool) -> Path | None:
    """Writes one file unless nothing is known."""
    if not cells:
        return None
    whole, ladder = cells[0].grid, cells[0].ladder
    grid = whole.only({name for name in whole.chromosomes if (name in ladder) == on_ladder})
    labels = {cell.cell or "cell": _labels(cell, grid, column) for cell in cells}
    known = {cell: label for cell, label in labels.items() if (label >= 0).any()}
    if not known:
        return None
    write_labels(path, grid, known)
    return path
