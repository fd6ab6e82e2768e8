"""Stratified bootstrap of ranking metrics and of means."""

from __future__ import annotations

import numpy as np

NUM_RESAMPLES = 1000
_CHUNK_CELLS = 4_000_000


def ranking_samples(
    label: np.ndarray, score: np.ndarray, seed: int, num_resamples: int = NUM_RESAMPLES
) -> dict[str, np.ndarray]:
    """Returns AUROC and average precision of stratified bootstrap resamples.

    Positives and negatives are resampled apart, so both classes are always there. Scores are
    sorted once; a resample is a vector of multiplicities, and both metrics are sums over the
    groups of tied scores.

    Args:
        label: `(n,)`, 0 or 1, both present.
        score: `(n,)`.
        seed: Seed of the resampling.
        num_resamples: Number of resamples.

    Returns:
        `auroc` and `average_precision`, each `(num_resamples,)`.
    """
    order = np.argsort(-score, kind="stable")
    sorted_score, sorted_label = score[order], label[order].astype(bool)
    ends = np.append(np.flatnonzero(np.diff(sorted_score)), len(score) - 1)
    rng = np.random.default_rng(seed)
    chunk = max(1, _CHUNK_CELLS // len(score))
    parts = [
        _ranking(sorted_label, ends, rng, min(chunk, num_resamples - start))
        for start in range(0, num_resamples, chunk)
    ]
    return {
        "auroc": np.concatenate([part[0] for part in parts]),
        "average_precision": np.concatenate([part[1] for part in parts]),
    }


def _ranking(
    label: np.ndarray, ends: np.ndarray, rng: np.random.Generator, num_resamples: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns both metrics of `num_resamples` resamples; `ends` close the groups of ties."""
    hits = _cumulative(label, ends, rng, num_resamples)
    misses = _cumulative(~label, ends, rng, num_resamples)
    positives, negatives = hits[:, -1:], misses[:, -1:]
    new_hits, new_misses = (np.diff(counts, axis=1, prepend=0) for counts in (hits, misses))
    below = negatives - misses
    auroc = ((new_hits * (below + new_misses / 2)).sum(axis=1)) / (positives * negatives)[:, 0]
    precision = hits / np.maximum(hits + misses, 1)
    return auroc, ((new_hits * precision).sum(axis=1)) / positives[:, 0]


def _cumulative(
    member: np.ndarray, ends: np.ndarray, rng: np.random.Generator, num_resamples: int
) -> np.ndarray:
    """Returns how many resampled members rank at or above each group: `(resamples, groups)`."""
    size = int(member.sum())
    draws = rng.integers(0, size, (num_resamples, size))
    offsets = np.arange(num_resamples)[:, None] * size
    counts = np.bincount((draws + offsets).ravel(), minlength=num_resamples * size)
    full = np.zeros((num_resamples, len(member)), "float64")
    full[:, member] = counts.reshape(num_resamples, size)
    return np.cumsum(full, axis=1)[:, ends]


def mean_samples(values: np.ndarray, seed: int, num_resamples: int = NUM_RESAMPLES) -> np.ndarray:
    """Returns bootstrap samples of the mean: `(num_resamples,)`, NaN values left out."""
    finite = values[np.isfinite(values)]
    rng = np.random.default_rng(seed)
    return finite[rng.integers(0, len(finite), (num_resamples, len(finite)))].mean(axis=1)
