"""How alike rows are: of maps, flattened or by position. Needs no TensorFlow."""

from __future__ import annotations

import numpy as np


def cosines(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Returns the cosine similarity of rows, `(n,)`; NaN where one is 0.

    Args:
        first: `(n, c)`.
        second: `(n, c)`.
    """
    products = (first * second).sum(axis=1)
    scale = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return np.divide(products, scale, out=np.full(len(scale), np.nan), where=scale > 0)


def pearson(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Returns the Pearson correlation of rows, `(n,)`; NaN where one is constant.

    Args:
        first: `(n, c)`.
        second: `(n, c)`.
    """
    centred = []
    for rows in (first, second):
        values = rows.astype(np.float64)
        constant = np.ptp(values, axis=1, keepdims=True) == 0
        centred.append(np.where(constant, 0, values - values.mean(axis=1, keepdims=True)))
    return cosines(*centred)


def spearman(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Returns the Spearman correlation of rows, `(n,)`; NaN where one is constant.

    Args:
        first: `(n, c)`.
        second: `(n, c)`.
    """
    from scipy.stats import rankdata

    return pearson(rankdata(first, axis=1), rankdata(second, axis=1))
