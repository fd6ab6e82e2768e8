"""Which sequences of which targets are explained."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tfbs.datasets.alphabet import one_hot
from tfbs.datasets.probe import bound_rows, probe_set, rarest_bound
from tfbs.datasets.sequences.sequence_files import read_fasta
from tfbs.datasets.split import SITE
from tfbs.datasets.task import Task
from tfbs.errors import UserError, nearest


@dataclass(frozen=True)
class Subjects:
    """What is explained.

    Attributes:
        names: `(n,)`.
        sequence: `(n, length, 4)` float32 one-hot.
        target: `(n,)` columns of the outputs.
        truth: `(n, length)`, above 0 where a position truly matters; zeros where that is unknown.
        tracks: `(n, length, tracks)` of the task's examples; None for sequences of a file.
        cells: `(n,)` names of cells; empty where they are not told apart.
        rows: `(n,)` rows of the test split; None for sequences of a file.
    """

    names: tuple[str, ...]
    sequence: np.ndarray
    target: np.ndarray
    truth: np.ndarray
    tracks: np.ndarray | None
    cells: tuple[str, ...]
    rows: np.ndarray | None


def target_column(task: Task, target: str | None) -> int | None:
    """Returns the column of a target that is given by name or number; None for None.

    Raises:
        UserError: If the task has no such target.
    """
    if target is None:
        return None
    if target in task.targets:
        return task.targets.index(target)
    if target.isdigit() and int(target) < len(task.targets):
        return int(target)
    raise UserError(
        f"task {task.name} has no target {target!r}{nearest(target, task.targets)}; or give its "
        f"number, 0 to {len(task.targets) - 1}"
    )


def probe_subjects(task: Task, size: int, column: int | None) -> Subjects:
    """Returns bound test examples, chosen by hash of the id: those that every run is scored on.

    Args:
        task: With a test split.
        size: How many at most.
        column: The target; by default of each example its rarest bound one.
    """
    test = task.splits["test"]
    label = np.asarray(test.label)
    if column is None:
        rows = bound_rows(test, size)
    else:
        rows = probe_set(test.ids, size, where=label[:, column] == 1)
    if not len(rows):
        raise UserError(f"task {task.name} has no bound test example to explain")
    target = rarest_bound(label, rows) if column is None else np.full(len(rows), column)
    if test.information is not None:
        truth = np.asarray(test.information[rows], float)
        truth = np.where(truth > 0.01, truth, 0)
    elif test.summits is not None:
        truth = test.summits.near(rows, target, SITE).astype(float)
    else:
        truth = np.zeros((len(rows), task.length))
    return Subjects(
        tuple(str(name) for name in test.ids[rows]),
        one_hot(np.asarray(test.sequence[rows])),
        target,
        truth,
        None if test.tracks is None else np.asarray(test.tracks[rows], "float32"),
        ("",) * len(rows)
        if test.grid is None
        else tuple(test.grid.cells[cell] for cell in test.grid.cell(rows)),
        rows,
    )


def file_codes(path: Path, task: Task) -> tuple[list[str], np.ndarray]:
    """Returns names and `(n, length)` codes of the sequences of a FASTA file.

    Args:
        path: Plain or gzip; all sequences as long as the task's.
        task: Of the run.

    Raises:
        UserError: If the file is none, or a sequence has another length.
    """
    examples = read_fasta(path, 1)
    names = [str(name) for name in examples.ids]
    for name, codes in zip(names, examples.sequences, strict=True):
        if len(codes) != task.length:
            raise UserError(
                f"{path}: sequence {name} has {len(codes)} nucleotides, the model takes "
                f"{task.length}"
            )
    return names, np.stack(examples.sequences)


def file_subjects(path: Path, task: Task, column: int | None) -> Subjects:
    """Returns the sequences of a FASTA file: see `file_codes`.

    Args:
        path: Plain or gzip; all sequences as long as the task's.
        task: Of the run.
        column: The target; the first by default.
    """
    names, codes = file_codes(path, task)
    sequence = one_hot(codes)
    truth = np.zeros(sequence.shape[:2])
    targets = np.full(len(names), column or 0)
    return Subjects(tuple(names), sequence, targets, truth, None, ("",) * len(names), None)
