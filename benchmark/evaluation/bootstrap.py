"""Bootstrap of ranking metrics and of means: stratified, or by blocks of a chromosome."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tfbs.benchmark.evaluation.ranking import RANKING, RankingCounts

NUM_RESAMPLES = 1000
BLOCK = 100_000
"""Base pairs of a chromosome that are drawn together: neighbouring bins share their sequence."""

MINIMUM_BLOCKS = 10
"""Fewer blocks with positives than this give no interval."""

CHUNK_CELLS = 4_000_000


def ranking_samples(
    label: np.ndarray,
    score: np.ndarray,
    seed: int,
    num_resamples: int = NUM_RESAMPLES,
    block: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Returns every ranking metric of bootstrap resamples.

    Without blocks positives and negatives are resampled apart, so both classes are always there;
    with blocks whole blocks are drawn, and a resample that loses a class is left out.

    Args:
        label: `(n,)`, 0 or 1, both present.
        score: `(n,)`.
        seed: Seed of the resampling.
        num_resamples: Number of resamples.
        block: `(n,)` int, from 0.

    Returns:
        `(resamples,)` each.
    """
    rng = np.random.default_rng(seed)
    own = np.arange(len(label)) if block is None else block
    counts = RankingCounts.of(label, score, own)
    blocks = int(own.max()) + 1
    cells = max(blocks, counts.positives.shape[1])
    chunk = max(1, CHUNK_CELLS // cells)
    parts = []
    for start in range(0, num_resamples, chunk):
        size = min(chunk, num_resamples - start)
        if block is None:
            weights = stratified(label, rng, size)
        else:
            weights = multiplicities(blocks, rng, size)
        parts.append(counts.metrics(weights))
    samples = {name: np.concatenate([part[name] for part in parts]) for name in RANKING}
    return {name: values[np.isfinite(values)] for name, values in samples.items()}


def joint_samples(
    counts: Sequence[RankingCounts], seed: int, num_resamples: int = NUM_RESAMPLES
) -> dict[str, np.ndarray]:
    """Returns the mean over targets of every ranking metric, on draws that the targets share.

    What is lucky for one target is often lucky for others: they have examples in common.

    Args:
        counts: Of each target, over the same members: examples, or blocks of a chromosome.
        seed: Seed of the resampling.
        num_resamples: Number of resamples.

    Returns:
        `(resamples,)` each; draws in which no target has both classes are left out.
    """
    rng = np.random.default_rng(seed)
    members = max(own.positives.shape[0] for own in counts)
    cells = max(members, *(own.positives.shape[1] for own in counts))
    chunk = max(1, CHUNK_CELLS // cells)
    parts = [
        mean_metrics(counts, multiplicities(members, rng, min(chunk, num_resamples - start)))
        for start in range(0, num_resamples, chunk)
    ]
    samples = {name: np.concatenate([part[name] for part in parts]) for name in RANKING}
    return {name: values[np.isfinite(values)] for name, values in samples.items()}


def mean_metrics(counts: Sequence[RankingCounts], weights: np.ndarray) -> dict[str, np.ndarray]:
    """Returns the mean over targets of every ranking metric; NaN where none has both classes.

    Args:
        counts: Of each target.
        weights: `(resamples, members)`, how often each member counts.

    Returns:
        `(resamples,)` each.
    """
    by_target = [own.metrics(weights[:, : own.positives.shape[0]]) for own in counts]
    found = {}
    for name in RANKING:
        values = np.array([own[name] for own in by_target]).reshape(len(counts), len(weights))
        kept = np.isfinite(values)
        found[name] = np.full(len(weights), np.nan)
        sums = np.where(kept, values, 0).sum(axis=0)
        np.divide(sums, kept.sum(axis=0), out=found[name], where=kept.any(axis=0))
    return found


def stratified(label: np.ndarray, rng: np.random.Generator, size: int) -> np.ndarray:
    """Returns how often each example is drawn, by class: `(size, n)`.

    Args:
        label: `(n,)`; every value is a class.
        rng: Source of the draws.
        size: Number of draws.
    """
    weights = np.zeros((size, len(label)))
    for value in sorted(set(label.tolist()), reverse=True):
        member = label == value
        weights[:, member] = multiplicities(int(member.sum()), rng, size)
    return weights


def multiplicities(members: int, rng: np.random.Generator, size: int) -> np.ndarray:
    """Returns how often each of the members is drawn: `(size, members)`."""
    draws = rng.integers(0, members, (size, members))
    offsets = np.arange(size)[:, None] * members
    counts = np.bincount((draws + offsets).ravel(), minlength=size * members)
    return counts.reshape(size, members).astype(float)


def mean_samples(
    values: np.ndarray,
    seed: int,
    num_resamples: int = NUM_RESAMPLES,
    block: np.ndarray | None = None,
) -> np.ndarray:
    """Returns bootstrap samples of the mean, `(num_resamples,)`; NaN values are left out.

    Args:
        values: `(n,)`.
        seed: Seed of the resampling.
        num_resamples: Number of resamples.
        block: `(n,)` int, from 0, drawn as wholes; by default each value on its own.
    """
    finite = np.isfinite(values)
    rng = np.random.default_rng(seed)
    if block is None:
        kept = values[finite]
        return kept[rng.integers(0, len(kept), (num_resamples, len(kept)))].mean(axis=1)
    _, own = np.unique(block[finite], return_inverse=True)
    sums, sizes = np.bincount(own, weights=values[finite]), np.bincount(own)
    weights = multiplicities(len(sums), rng, num_resamples)
    return (weights @ sums) / (weights @ sizes)
