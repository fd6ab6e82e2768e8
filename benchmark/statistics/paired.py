"""Ranking metrics of several models on the same draws of examples."""

from __future__ import annotations

import numpy as np

from tfbs.benchmark.evaluation.bootstrap import (
    CHUNK_CELLS,
    NUM_RESAMPLES,
    mean_metrics,
    multiplicities,
    stratified,
)
from tfbs.benchmark.evaluation.ranking import RankingCounts


def paired_samples(
    metric: str,
    label: np.ndarray,
    logits: np.ndarray,
    seed: int,
    *,
    num_resamples: int = NUM_RESAMPLES,
    block: np.ndarray | None = None,
) -> np.ndarray:
    """Returns the metric, mean over targets, of every model on bootstrap draws of the examples.

    All models meet the same draws, so differences between rows are paired. Loose examples of
    a single target are drawn by class; else examples, or blocks of a chromosome, as they come.

    Args:
        metric: One of `RANKING`.
        label: `(n, targets)` int8, -1 where unknown.
        logits: `(models, n, targets)`.
        seed: Of the draws.
        num_resamples: Number of draws.
        block: `(n,)` int from 0, drawn as wholes.

    Returns:
        `(models, num_resamples)`; NaN where no target kept both classes.
    """
    rng = np.random.default_rng(seed)
    members = np.arange(len(label)) if block is None else block
    counts = [_counts(label, logit, members) for logit in logits]
    num_members = int(members.max()) + 1
    chunk = max(1, CHUNK_CELLS // max(num_members, len(label)))
    parts = []
    for start in range(0, num_resamples, chunk):
        size = min(chunk, num_resamples - start)
        if block is None and label.shape[1] == 1:
            weights = stratified(label[:, 0], rng, size)
        else:
            weights = multiplicities(num_members, rng, size)
        parts.append([mean_metrics(targets, weights)[metric] for targets in counts])
    return np.concatenate(parts, axis=1)


def _counts(label: np.ndarray, logit: np.ndarray, members: np.ndarray) -> list[RankingCounts]:
    """Returns the counts of the targets with both classes."""
    found = []
    for target in range(label.shape[1]):
        known = label[:, target] >= 0
        if len(np.unique(label[known, target])) == 2:
            args = label[known, target], logit[known, target], members[known]
            found.append(RankingCounts.of(*args))
    return found
