"""How metrics of several models vary together when other examples are drawn."""

from __future__ import annotations

import numpy as np

from tfbs.benchmark.statistics.delong import delong
from tfbs.benchmark.statistics.paired import paired_samples


def example_covariance(
    metric: str,
    label: np.ndarray,
    logits: np.ndarray,
    seed: int,
    block: np.ndarray | None = None,
) -> np.ndarray:
    """Returns the covariance of a metric of several models over draws of examples.

    Of the AUROC of a single target on loose examples by DeLong, else by a paired bootstrap.

    Args:
        metric: One of `RANKING`.
        label: `(n, targets)` int8, -1 where unknown.
        logits: `(models, n, targets)`.
        seed: Of the bootstrap.
        block: `(n,)` int from 0: blocks of a chromosome.

    Returns:
        `(models, models)`; NaN where a class has fewer than two examples.
    """
    if metric == "auroc" and block is None and label.shape[1] == 1:
        known = label[:, 0] >= 0
        if min(np.bincount(label[known, 0], minlength=2)) < 2:
            return np.full((len(logits), len(logits)), np.nan)
        return delong(label[known, 0], logits[:, known, 0]).covariance
    samples = paired_samples(metric, label, logits, seed, block=block)
    return np.atleast_2d(np.cov(samples[:, np.isfinite(samples).all(axis=0)]))
