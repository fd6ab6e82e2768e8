"""Explanations of what a sequence is bound by: the sum of the logits of its bound targets."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class Explain(Protocol):
    """An attribution of one model."""

    def __call__(
        self, sequence: np.ndarray, target: np.ndarray, *, tracks: np.ndarray | None = None
    ) -> np.ndarray:
        """Returns `(n, length, 4)` for `(n, length, 4)` one-hot sequences and `(n,)` targets."""
        ...


def explain_bound(
    explain: Explain, sequence: np.ndarray, label: np.ndarray, *, tracks: np.ndarray | None = None
) -> np.ndarray:
    """Returns, for every sequence, the sum of the maps of its bound targets.

    Args:
        explain: An attribution of one model.
        sequence: `(n, length, 4)` one-hot.
        label: `(n, targets)` int8; a sequence without a 1 gets a map of zeros.
        tracks: `(n, length, tracks)`, for a model that reads them.

    Returns:
        `(n, length, 4)` float32.
    """
    rows, targets = np.nonzero(label == 1)
    beside = None if tracks is None else tracks[rows]
    if label.shape[1] == 1 and len(rows) == len(label):
        return explain(sequence, targets, tracks=beside)
    maps = np.zeros(sequence.shape, "float32")
    if len(rows):
        np.add.at(maps, rows, explain(sequence[rows], targets, tracks=beside))
    return maps
