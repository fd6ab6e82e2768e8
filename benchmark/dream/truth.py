"""What a submission is scored against: the bins of the challenge and their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tfbs.datasets.encode_dream.label_files import factor_of, read_cells, read_labels
from tfbs.datasets.encode_dream.pairs import canonical_cell
from tfbs.datasets.encode_dream.regions import challenge_grid
from tfbs.datasets.grid import Grid
from tfbs.datasets.task import Task, load_cell
from tfbs.errors import UserError, nearest


@dataclass(frozen=True)
class Truth:
    """Labels of one factor in one cell type.

    Attributes:
        every: All bins of the genome, which files F and B have.
        ladder: The bins of the held-out chromosomes, which file L has; all files are scored there.
        label: `(ladder bins,)` int8: 1 bound, 0 unbound, -1 ambiguous.
        source: Where the labels come from.
    """

    every: Grid
    ladder: Grid
    label: npt.NDArray[np.int8]
    source: str


def truth_of_file(path: Path, factor: str, cell: str) -> Truth:
    """Returns the labels of a cell in an official label file of the held-out chromosomes.

    Args:
        path: Such as `CTCF.test.labels.tsv.gz`.
        factor: Whose labels they must be, if the name says whose they are.
        cell: The cell type.

    Raises:
        UserError: If the file is another factor's, has no such cell, or is not a row for each of
            the 8,843,011 bins.
    """
    named = factor_of(path)
    if named is not None and named != factor:
        raise UserError(f"{path}: by its name these are labels of {named}, not of {factor}")
    cells, cell = read_cells(path), canonical_cell(cell)
    if cell not in cells:
        raise UserError(f"{path}: it has no column of {cell}{nearest(cell, cells)}")
    ladder = challenge_grid("ladder")
    return Truth(challenge_grid("test"), ladder, read_labels(path, ladder)[cell], path.name)


def truth_of_task(task: Task, factor: str, cell: str, data_dir: Path | None) -> Truth:
    """Returns the labels of a genome task on its held-out, else its test chromosomes.

    Args:
        task: Built.
        factor: One of its targets.
        cell: One of its cells.
        data_dir: Where it is built.

    Raises:
        UserError: If the task has no such factor or cell, or knows no label there.
    """
    if factor not in task.targets:
        raise UserError(f"task {task.name} has no factor {factor!r}{nearest(factor, task.targets)}")
    found = load_cell(task, _known_cell(task, cell), data_dir)
    ladder = found.grid.only(found.ladder)
    rows = found.grid.row(
        _indices(ladder, found.grid)[ladder.chromosome(slice(0, len(ladder)))],
        ladder.start(slice(0, len(ladder))),
    )
    label = np.asarray(found.label[rows])[:, task.targets.index(factor)]
    if not (label == 1).any():
        raise UserError(
            f"task {task.name} knows no bound bin of {factor} in {cell} on "
            f"{', '.join(ladder.chromosomes)}: a submission cannot be scored against it; give "
            "--labels FILE"
        )
    return Truth(found.grid, ladder, label, task.name)


def _known_cell(task: Task, cell: str) -> str:
    """Returns a task's name of a cell type, which may be written in another way."""
    names = task.metadata.get("cells")
    known = [str(name) for name in names] if isinstance(names, list) else []
    if known == [""] or cell in known:
        return "" if known == [""] else cell
    return canonical_cell(cell)


def _indices(part: Grid, whole: Grid) -> npt.NDArray[np.int64]:
    """Returns the index in `whole` of each chromosome of `part`."""
    names: Sequence[str] = whole.chromosomes
    return np.array([names.index(name) for name in part.chromosomes], np.int64)
