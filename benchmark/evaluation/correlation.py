"""Bootstrap samples of correlations."""

from __future__ import annotations

import numpy as np

from tfbs.benchmark.evaluation.bootstrap import NUM_RESAMPLES, multiplicities

_CHUNK_CELLS = 4_000_000


def correlations(columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns the Pearson correlations of weighted rows; NaN where a column is constant.

    Args:
        columns: `(n, c)`.
        weights: `(k, n)`, how often each row counts.

    Returns:
        `(k, c, c)`.
    """
    scale = columns.std(axis=0)
    centred = (columns - columns.mean(axis=0)) / np.where(scale > 0, scale, 1)
    total = weights.sum(axis=1, keepdims=True)
    mean = weights @ centred / total
    products = centred[:, :, None] * centred[:, None, :]
    size = columns.shape[1]
    second = (weights @ products.reshape(len(columns), -1) / total).reshape(-1, size, size)
    covariance = second - mean[:, :, None] * mean[:, None, :]
    spread = np.sqrt(np.maximum(np.einsum("kcc->kc", covariance), 0))
    spread = np.where(spread > 1e-9, spread, np.nan)
    found: np.ndarray = covariance / (spread[:, :, None] * spread[:, None, :])
    return found


def correlation(columns: np.ndarray) -> np.ndarray:
    """Returns the Pearson correlations of columns, `(c, c)`; NaN where one is constant."""
    found: np.ndarray = correlations(columns, np.ones((1, len(columns))))[0]
    return found


def correlation_samples(
    columns: np.ndarray, seed: int, num_resamples: int = NUM_RESAMPLES
) -> np.ndarray:
    """Returns the correlations of bootstrap resamples of the rows: `(num_resamples, c, c)`.

    Args:
        columns: `(n, c)`.
        seed: Seed of the resampling.
        num_resamples: Number of resamples.
    """
    rng = np.random.default_rng(seed)
    chunk = max(1, _CHUNK_CELLS // len(columns))
    sizes = [min(chunk, num_resamples - start) for start in range(0, num_resamples, chunk)]
    return np.concatenate(
        [correlations(columns, multiplicities(len(columns), rng, size)) for size in sizes]
    )
