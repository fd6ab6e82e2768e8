"""How much each position of a motif says."""

from __future__ import annotations

import numpy as np
from scipy.special import xlogy


def information(frequencies: np.ndarray) -> np.ndarray:
    """Returns the information of each position against letters that are equally frequent.

    Args:
        frequencies: `(..., length, 4)`; rows sum to 1, or are all 0 where nothing is known.

    Returns:
        `(..., length)` in bits, from 0 to 2.

    >>> information(np.array([[1, 0, 0, 0], [0.25] * 4, [0.5, 0.5, 0, 0]])).tolist()
    [2.0, 0.0, 1.0]
    """
    nats: np.ndarray = xlogy(frequencies, 4 * frequencies).sum(axis=-1)
    return nats / np.log(2)
