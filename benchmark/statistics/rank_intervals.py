"""Which ranks each of several means over seeds and examples may have, all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from tfbs.benchmark.statistics.tiers import LEVEL

_NOTHING = 1e-12
"""Differences and errors below it are of rounding."""


@dataclass(frozen=True)
class Means:
    """Means over seeds and examples, of several models, and how far luck carries them.

    Attributes:
        values: `(models,)`, higher is better.
        covariance: `(models, models)`, over draws of the examples that they share.
        seed_variance: `(models,)`, of the means over other seeds; seeds are of each model alone.
        seed_doubt: `(models,)`, the sum of v² / (seeds - 1) over the independent parts v of the
            seed variance: how badly it is known.
    """

    values: np.ndarray
    covariance: np.ndarray
    seed_variance: np.ndarray
    seed_doubt: np.ndarray

    @property
    def error(self) -> np.ndarray:
        """`(models,)`, standard error of each mean."""
        return np.asarray(np.sqrt(self.seed_variance + np.diag(self.covariance)))

    @property
    def freedom(self) -> np.ndarray:
        """`(models,)`, degrees of freedom of the errors."""
        return _freedom(self.error**2, self.seed_doubt)

    @property
    def pair_error(self) -> np.ndarray:
        """`(models, models)`, standard error of each difference."""
        own = np.diag(self.covariance) + self.seed_variance
        variance = own[:, None] + own[None, :] - 2 * self.covariance
        return np.sqrt(np.maximum(variance, 0))

    @property
    def pair_freedom(self) -> np.ndarray:
        """`(models, models)`, by Welch (1947), https://doi.org/10.1093/biomet/34.1-2.28."""
        doubt = self.seed_doubt[:, None] + self.seed_doubt[None, :]
        return _freedom(self.pair_error**2, doubt)

    def interval(self, level: float = 1 - LEVEL) -> tuple[np.ndarray, np.ndarray]:
        """Returns the ends of the two-sided interval of each mean, `(models,)` both.

        Args:
            level: In (0, 1).
        """
        half = stats.t.ppf((1 + level) / 2, self.freedom) * self.error
        return self.values - half, self.values + half

    def p_values(self) -> np.ndarray:
        """Returns `(models, models)` p-values of no difference, each by itself."""
        gap, error = np.abs(self.values[:, None] - self.values[None, :]), self.pair_error
        known = error > _NOTHING
        ratio = np.divide(gap, error, out=np.zeros_like(gap), where=known)
        found = 2 * stats.t.sf(ratio, self.pair_freedom)
        return np.where(known, found, np.where(gap > _NOTHING, 0.0, 1.0))

    def resolvable(self, level: float = LEVEL) -> np.ndarray:
        """Returns the gap of each pair that would have been told whatever the other pairs are.

        Args:
            level: Of all tests of pairs together.

        Returns:
            `(models, models)`; by Bonferroni's correction, with which Holm's begins.
        """
        pairs = max(1, len(self.values) * (len(self.values) - 1) // 2)
        limit = stats.t.isf(level / 2 / pairs, self.pair_freedom)
        return np.asarray(limit * self.pair_error)


def rank_intervals(
    values: np.ndarray, p_values: np.ndarray, level: float = LEVEL
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the best and the worst rank that each model may have.

    From 1 + how many are better without doubt, to the number of models less how many are worse
    without doubt. With probability 1 - `level` all intervals hold the true ranks: Holm's correction
    holds over all pairs at once.

    Source: Mohamad, Goeman & van Zwet (2022), https://doi.org/10.1111/biom.13419, who also show
    that tests of pairs give simultaneous intervals of ranks.

    Args:
        values: `(models,)`, higher is better.
        p_values: `(models, models)` of no difference, corrected for the number of pairs.
        level: Of all tests together.

    Returns:
        `(models,)` int each, from 1.
    """
    told = p_values < level
    better = told & (values[None, :] > values[:, None])
    worse = told & (values[None, :] < values[:, None])
    return 1 + better.sum(axis=1), len(values) - worse.sum(axis=1)


def _freedom(variance: np.ndarray, doubt: np.ndarray) -> np.ndarray:
    squared = np.asarray(variance) ** 2
    return np.divide(squared, doubt, out=np.full(squared.shape, np.inf), where=doubt > 0)
