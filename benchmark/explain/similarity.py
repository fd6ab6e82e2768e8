"""How alike two maps are."""

from __future__ import annotations

import numpy as np

from tfbs.benchmark.similarity import cosines


def corrected(maps: np.ndarray) -> np.ndarray:
    """Returns maps without their mean over the four letters of a position.

    Args:
        maps: `(..., length, 4)`.
    """
    return maps - maps.mean(axis=-1, keepdims=True)


def map_cosine(maps: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Returns the cosine similarity of pairs of maps.

    Args:
        maps: `(n, length, 4)`.
        others: `(n, length, 4)`.

    Returns:
        `(n,)` in [-1, 1], of the type of the maps; 1 where both maps are zero, 0 where one is, or
        where they are too small to have a length.
    """
    flat, other = maps.reshape(len(maps), -1), others.reshape(len(others), -1)
    empty, other_empty = ~flat.any(axis=1), ~other.any(axis=1)
    alike = np.where(empty & other_empty, 1.0, 0.0)
    found = cosines(flat, other)
    return np.where(np.isnan(found), alike, found).astype(flat.dtype)
