"""Shifts: the same letters, read from another position on."""

from __future__ import annotations

import numpy as np


def shift(rows: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Returns rows moved to the right, what leaves at one end coming in at the other.

    No letter is invented or lost, so that the composition stays; what spans the two ends is cut
    there and may be made there.

    Args:
        rows: `(n, length)` codes, or `(n, length, channels)` values such as maps or tracks.
        offset: `(n,)` int positions, to the left where negative.

    Returns:
        As `rows`.
    """
    length = rows.shape[1]
    index = (np.arange(length) - np.asarray(offset)[:, None]) % length
    return np.take_along_axis(rows, index.reshape(*index.shape, *[1] * (rows.ndim - 2)), axis=1)
