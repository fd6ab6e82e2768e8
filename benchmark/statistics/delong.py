"""Variances and tests of AUROCs on the same examples, without resampling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from tfbs.benchmark.statistics.difference import Difference


@dataclass(frozen=True)
class Areas:
    """AUROCs of several models on the same examples.

    Attributes:
        auroc: `(models,)`.
        covariance: `(models, models)`, of the AUROCs.
    """

    auroc: np.ndarray
    covariance: np.ndarray

    def difference(self, first: int, second: int) -> Difference:
        """Returns AUROC of model `first` minus that of `second`, with its standard error."""
        contrast = np.zeros(len(self.auroc))
        contrast[first], contrast[second] = 1, -1
        variance = contrast @ self.covariance @ contrast
        return Difference(float(contrast @ self.auroc), float(np.sqrt(max(0.0, variance))))


def delong(label: np.ndarray, scores: np.ndarray) -> Areas:
    """Returns AUROCs and their covariance.

    Source: DeLong, DeLong & Clarke-Pearson (1988), https://doi.org/10.2307/2531595; by midranks,
    as Sun & Xu (2014), https://doi.org/10.1109/LSP.2014.2337313. Examples are taken as independent:
    not so for the bins of a genome.

    Args:
        label: `(n,)`, 0 or 1, at least two of each.
        scores: `(models, n)`, any monotone scale.

    Raises:
        ValueError: If a class has fewer than two examples.
    """
    above, below = placements(label, scores)
    covariance = np.cov(above) / above.shape[1] + np.cov(below) / below.shape[1]
    return Areas(above.mean(axis=1), np.atleast_2d(covariance))


def influence(label: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns AUROCs and how far each example moves them.

    The covariance of two AUROCs of the same examples is the sum of the products of their
    influences; that is DeLong's. Influences of averages are averages of influences.

    Args:
        label: `(n,)`, 0 or 1, at least two of each.
        scores: `(models, n)`, any monotone scale.

    Returns:
        `(models,)` and `(models, n)`.

    Raises:
        ValueError: If a class has fewer than two examples.
    """
    bound = np.asarray(label).astype(bool)
    found = np.zeros(np.atleast_2d(scores).shape)
    above, below = placements(label, scores)
    for members, own in ((bound, above), (~bound, below)):
        size = own.shape[1]
        found[:, members] = (own - own.mean(axis=1, keepdims=True)) / np.sqrt(size * (size - 1))
    return above.mean(axis=1), found


def placements(label: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the share of the other class that each example is on the right side of.

    Args:
        label: `(n,)`, 0 or 1, at least two of each.
        scores: `(models, n)`, any monotone scale.

    Returns:
        `(models, positives)` and `(models, negatives)` in [0, 1]; ties count half.

    Raises:
        ValueError: If a class has fewer than two examples.
    """
    bound = np.asarray(label).astype(bool)
    positives, negatives = int(bound.sum()), int((~bound).sum())
    if min(positives, negatives) < 2:
        raise ValueError(f"DeLong needs two of each class, here {positives} and {negatives}")
    scores = np.atleast_2d(scores)
    everyone = stats.rankdata(scores, axis=1)
    above = (everyone[:, bound] - stats.rankdata(scores[:, bound], axis=1)) / negatives
    below = 1 - (everyone[:, ~bound] - stats.rankdata(scores[:, ~bound], axis=1)) / positives
    return above, below
