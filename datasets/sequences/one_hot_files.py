"""Reads one-hot sequences and labels from HDF5: `X_train`, `Y_train`, `X_valid`, ..."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import Codes, from_one_hot
from tfbs.datasets.sequences.examples import LABELS, Examples, make_examples
from tfbs.datasets.sequences.sequence_tables import parse_label
from tfbs.datasets.text_files import check_file
from tfbs.errors import UserError

if TYPE_CHECKING:
    import h5py

SPLITS = ("train", "valid", "test")
LAYOUTS = ("channels-last", "channels-first")
_CHUNK = 4096


def read_one_hot(path: Path, layout: str | None = None) -> tuple[dict[str, Examples], str]:
    """Returns the examples of each split in an HDF5 file, and the layout of its arrays.

    Args:
        path: Holds `X_S` one-hot, `(n, length, 4)` or `(n, 4, length)`, and `Y_S`, `(n,)` or
            `(n, targets)`, for S = train and, optionally, valid and test.
        layout: One of `LAYOUTS`; found from the shapes by default.

    Raises:
        UserError: If an array is missing, the layout cannot be told, a row is not one-hot or
            a label is not 0, 1 or -1.
    """
    import h5py

    check_file(path)
    try:
        handle = h5py.File(path, "r")
    except OSError as error:
        raise UserError(f"{path}: not a readable HDF5 file ({error})") from error
    with handle:
        present = [split for split in SPLITS if f"X_{split}" in handle]
        if "train" not in present:
            raise UserError(
                f"{path}: no array 'X_train'; it holds {', '.join(handle) or 'nothing'}, "
                "expected X_ and Y_ of train, valid, test"
            )
        layout = layout or _layout(path, handle["X_train"].shape)
        splits = {split: _read_split(path, handle, split, layout) for split in present}
    return splits, layout


def _layout(path: Path, shape: tuple[int, ...]) -> str:
    if len(shape) != 3 or 4 not in shape[1:]:
        raise UserError(
            f"{path}: X_train has shape {shape}, expected (n, length, 4) or (n, 4, length)"
        )
    if shape[1:] == (4, 4):
        raise UserError(
            f"{path}: X_train has shape {shape}, so either axis may be the bases; "
            f"choose with --layout {' or '.join(LAYOUTS)}"
        )
    return LAYOUTS[0] if shape[2] == 4 else LAYOUTS[1]


def _read_split(path: Path, handle: h5py.File, split: str, layout: str) -> Examples:
    name = f"Y_{split}"
    if name not in handle:
        raise UserError(
            f"{path}: no array {name!r} beside 'X_{split}'; it holds {', '.join(handle)}"
        )
    sequences = _read_sequences(path, handle[f"X_{split}"], layout)
    labels = _read_labels(path, handle[name])
    if len(labels) != len(sequences):
        raise UserError(f"{path}: {name} has {len(labels)} rows, X_{split} has {len(sequences)}")
    if not sequences:
        raise UserError(f"{path}: X_{split} holds no sequences")
    return make_examples([f"{split}_{i:06d}" for i in range(len(sequences))], sequences, labels)


def _read_sequences(path: Path, array: h5py.Dataset, layout: str) -> list[Codes]:
    axis = 2 if layout == LAYOUTS[0] else 1
    if array.ndim != 3 or array.shape[axis] != 4:
        raise UserError(
            f"{path}: {array.name[1:]} has shape {array.shape}, which is not {layout} "
            f"({'(n, length, 4)' if axis == 2 else '(n, 4, length)'})"
        )
    sequences: list[Codes] = []
    for first in range(0, len(array), _CHUNK):
        rows = np.moveaxis(array[first : first + _CHUNK], axis, 2)
        try:
            sequences.extend(from_one_hot(rows))
        except ValueError as error:
            raise UserError(f"{path}: {array.name[1:]} from example {first}: {error}") from error
    return sequences


def _read_labels(path: Path, array: h5py.Dataset) -> npt.NDArray[np.int8]:
    values = array[()]
    if values.ndim not in (1, 2) or values.dtype.kind not in "biuf":
        raise UserError(
            f"{path}: {array.name[1:]} has shape {values.shape} and type {values.dtype}, "
            "expected numbers of shape (n,) or (n, targets)"
        )
    values = values.reshape(len(values), values.shape[1] if values.ndim == 2 else 1)
    wrong = np.argwhere(~np.isin(values, LABELS))
    if len(wrong):
        row, column = wrong[0]
        parse_label(str(values[row, column]), f"{path}, {array.name[1:]} row {row}")
    return values.astype(np.int8)
