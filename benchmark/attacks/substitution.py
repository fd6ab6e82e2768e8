"""Random substitutions: the perturbation that stays DNA."""

from __future__ import annotations

import numpy as np


def substitute(codes: np.ndarray, fraction: float, seed: int) -> np.ndarray:
    """Returns sequences with a fraction of their letters changed to another letter.

    Exactly `round(fraction * length)` positions of each sequence are drawn without
    replacement; an unknown letter that is drawn stays unknown.

    Args:
        codes: `(n, length)` uint8, A, C, G, T = 0..3, 4 unknown.
        fraction: In [0, 1].
        seed: Of the draw.
    """
    rng = np.random.default_rng(seed)
    n, length = codes.shape
    count = round(fraction * length)
    places = np.argsort(rng.random((n, length)), axis=1)[:, :count]
    letters = np.take_along_axis(codes, places, axis=1)
    changed = (letters + rng.integers(1, 4, letters.shape)) % 4
    result = codes.copy()
    np.put_along_axis(result, places, np.where(letters > 3, letters, changed).astype("uint8"), 1)
    return result
