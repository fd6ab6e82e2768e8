"""Label files of the challenge: `chr start stop CELL ...` with U, A or B, a row for every bin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tfbs.datasets.encode_dream.pairs import canonical_cell
from tfbs.datasets.encode_dream.region_files import ROWS, Problems, read_blocks, write_rows
from tfbs.datasets.grid import Grid
from tfbs.datasets.text_files import open_text
from tfbs.errors import UserError

LETTERS = ("U", "B", "A")
"""Of the labels 0, 1 and -1."""

_VALUES = {"U": 0, "B": 1, "A": -1}

KINDS = {
    "train": "training cells on the training chromosomes",
    "val": "training cells on the held-out chromosomes",
    "train_wc": "final cells on the training chromosomes",
    "test": "final cells on the held-out chromosomes",
}
"""What the challenge's files of a factor hold."""


def label_file(factor: str, kind: str) -> str:
    """Returns the official name of a label file, such as `CTCF.train.labels.tsv.gz`."""
    return f"{factor}.{kind}.labels.tsv.gz"


def factor_of(path: Path) -> str | None:
    """Returns the factor in an official name, or None for another name."""
    found = re.fullmatch(rf"(.+)\.({'|'.join(KINDS)})\.labels\.tsv(\.gz)?", path.name)
    return found[1] if found else None


def read_cells(path: Path) -> tuple[str, ...]:
    """Returns the cell types that a label file has columns for, by the challenge's names.

    Raises:
        UserError: If the first line is no header of a label file.
    """
    with open_text(path) as lines:
        header = next(iter(lines), "").rstrip("\n").split("\t")
    if header[:3] != ["chr", "start", "stop"] or len(header) < 4:
        raise UserError(
            f"{path}, line 1: {' '.join(header)[:60]!r} is no header of a label file, which is "
            "chr, start, stop and the cell types, separated by tabs"
        )
    return tuple(canonical_cell(name) for name in header[3:])


def read_labels(path: Path, grid: Grid) -> dict[str, npt.NDArray[np.int8]]:
    """Returns `(bins,)` int8 by cell: 1 bound, 0 unbound, -1 ambiguous.

    Args:
        path: A label file, plain or gzip.
        grid: The bins that it must hold, in this order.

    Raises:
        UserError: If it lacks bins, has others, repeats some, or a label is not U, A or B; names
            line and value of the first of every kind.
    """
    cells = read_cells(path)
    problems = Problems(path)
    found = {cell: np.full(len(grid), -1, np.int8) for cell in cells}
    for block in read_blocks(path, len(cells), grid, problems, header=True):
        known = block.row >= 0
        for cell, letters in zip(cells, block.values, strict=True):
            values = _values(letters)
            problems.add_lines("labels are not U, A or B", block.lines, values < -1, letters)
            found[cell][block.row[known]] = values[known]
    if problems:
        raise UserError(str(problems))
    return found


def write_labels(path: Path, grid: Grid, labels: Mapping[str, npt.NDArray[np.int8]]) -> None:
    """Writes a label file, all or nothing.

    Args:
        path: The file; gzip where its name ends in `.gz`.
        grid: The bins, in order.
        labels: By cell, `(bins,)` int8.
    """
    letters = pa.array(LETTERS)

    def columns() -> Iterator[tuple[Any, ...]]:
        for begin in range(0, len(grid), ROWS):
            rows = slice(begin, begin + ROWS)
            yield tuple(letters.take(pa.array(label[rows] % 3)) for label in labels.values())

    write_rows(path, grid, columns(), "\t".join(["chr", "start", "stop", *labels]))


def _values(letters: pa.Array) -> npt.NDArray[np.int8]:
    """Returns labels; -2 for what is none."""
    encoded = pc.dictionary_encode(letters)
    known = np.array([_VALUES.get(word, -2) for word in encoded.dictionary.to_pylist()], np.int8)
    found: npt.NDArray[np.int8] = known[encoded.indices.to_numpy(zero_copy_only=False)]
    return found
