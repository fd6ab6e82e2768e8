"""Random substitutions: the perturbation that stays DNA."""

from __future__ import annotations

import numpy as np


def substitute(codes: np.ndarray, fraction: float, seed: int) -> np.ndarray:
    """Returns sequences with a fraction of their letters changed to another letter.

    Positions are drawn without replacement, `fraction * length` of them on average: where
    that is no whole number, each sequence gets the next lower or higher one at random. An
    unknown letter that is drawn stays unknown.

    Args:
        codes: `(n, length)` uint8, A, C, G, T = 0..3, 4 unknown.
        fraction: In [0, 1].
        seed: Of the draw.
    """
    rng = np.random.default_rng(seed)
    n, length = codes.shape
    counts = np.floor(round(fraction * length, 9) + rng.random(n))
    ranks = np.argsort(np.argsort(rng.random((n, length)), axis=1), axis=1)
    drawn = (ranks < counts[:, None]) & (codes <= 3)
    changed = (codes + rng.integers(1, 4, codes.shape)) % 4
    return np.where(drawn, changed, codes).astype("uint8")
