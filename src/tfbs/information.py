"""How much each position of a motif says."""

from __future__ import annotations

import numpy as np


def information(frequencies: np.ndarray) -> np.ndarray:
    """Returns the information of each position against letters that are equally frequent.

    Args:
        frequencies: `(..., length, 4)`; rows sum to 1, or are all 0 where nothing is known.

    Returns:
        `(..., length)` in bits, from 0 to 2.

    >>> information(np.array([[1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25], [0.5, 0.5, 0, 0]])).tolist()
    [2.0, 0.0, 1.0]
    """
    safe = np.where(frequencies > 0, frequencies, 1.0)
    bits: np.ndarray = (frequencies * (2.0 + np.log2(safe))).sum(axis=-1)
    return bits
