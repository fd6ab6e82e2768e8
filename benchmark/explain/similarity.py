"""How alike two maps are."""

from __future__ import annotations

import numpy as np


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
        `(n,)` in [-1, 1]; 1 where both maps are zero, 0 where one is.
    """
    flat, other = maps.reshape(len(maps), -1), others.reshape(len(others), -1)
    products = (flat * other).sum(axis=1)
    lengths = np.linalg.norm(flat, axis=1) * np.linalg.norm(other, axis=1)
    both_zero = ~flat.any(axis=1) & ~other.any(axis=1)
    cosine = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    return np.where(both_zero, 1.0, cosine)
