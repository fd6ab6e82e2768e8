"""Random insertions and deletions; the length stays."""

from __future__ import annotations

import numpy as np


def insert(codes: np.ndarray, size: int, seed: int) -> np.ndarray:
    """Returns sequences with random letters put in at a random place; the right end is cut off.

    Args:
        codes: `(n, length)` uint8.
        size: Letters; more than the length are as many as it.
        seed: Of the draw.
    """
    rng = np.random.default_rng(seed)
    n, length = codes.shape
    size = min(size, length)
    start = rng.integers(0, length - size + 1, (n, 1))
    letters = rng.integers(0, 4, (n, length), dtype="uint8")
    place = np.arange(length)
    moved = np.take_along_axis(codes, np.maximum(np.broadcast_to(place - size, (n, length)), 0), 1)
    found = np.where(place < start, codes, np.where(place < start + size, letters, moved))
    return found.astype("uint8")


def delete(codes: np.ndarray, size: int, seed: int) -> np.ndarray:
    """Returns sequences with letters taken out at a random place; random ones fill the right end.

    Args:
        codes: `(n, length)` uint8.
        size: Letters; more than the length are as many as it.
        seed: Of the draw.
    """
    rng = np.random.default_rng(seed)
    n, length = codes.shape
    size = min(size, length)
    start = rng.integers(0, length - size + 1, (n, 1))
    letters = rng.integers(0, 4, (n, length), dtype="uint8")
    place = np.arange(length)
    index = np.minimum(np.broadcast_to(place + size, (n, length)), length - 1)
    moved = np.take_along_axis(codes, index, 1)
    found = np.where(place < start, codes, np.where(place < length - size, moved, letters))
    return found.astype("uint8")
