"""Estimates over seeds and examples: how far both kinds of luck may carry a mean."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tfbs.benchmark.statistics.difference import Difference

MINIMUM_SEEDS = 3
"""Fewer seeds tell nothing of what another seed would give, so nothing is called better."""


@dataclass(frozen=True)
class SeedMean:
    """The mean of a metric over seeds, on one set of examples.

    Attributes:
        values: One per seed.
        example_variance: Of the mean, from drawing other examples; 0 if it is left out.
        fitted: Whether its fit does not depend on a seed, so that one says all.
    """

    values: tuple[float, ...]
    example_variance: float = 0.0
    fitted: bool = False

    @property
    def value(self) -> float:
        """The mean."""
        return float(np.mean(self.values))

    @property
    def seed_variance(self) -> float:
        """Of the mean, from other seeds; NaN for a single seed, 0 where it does not matter."""
        if self.fitted:
            return 0.0
        return float(np.var(self.values, ddof=1) / len(self.values)) if self.several else math.nan

    @property
    def several(self) -> bool:
        """Whether enough seeds are known for a variance: two, or one where it does not matter."""
        return self.fitted or len(self.values) > 1

    @property
    def enough(self) -> bool:
        """Whether it may be called better or worse than another."""
        return self.fitted or len(self.values) >= MINIMUM_SEEDS


def difference_of_means(
    first: SeedMean, second: SeedMean, example_variance: float | None = None
) -> Difference:
    """Returns the first mean minus the second, its error over seeds and examples.

    The variances of independent parts add; degrees of freedom by Welch (1947),
    https://doi.org/10.1093/biomet/34.1-2.28, the part of the examples counting as known.

    Args:
        first: With more than one seed.
        second: With more than one seed.
        example_variance: Of the difference, from examples that both were scored on; by default
            the sum of those of the means, as if the examples were different ones.

    Raises:
        ValueError: If either has a single seed.
    """
    if not (first.several and second.several):
        raise ValueError("a difference over seeds needs more than one of each")
    own = first.example_variance + second.example_variance
    examples = own if example_variance is None else example_variance
    parts = [(mean.seed_variance, len(mean.values) - 1) for mean in (first, second)]
    return _combined(first.value - second.value, parts, examples)


def _combined(value: float, parts: list[tuple[float, int]], known: float) -> Difference:
    total = known + sum(variance for variance, _ in parts)
    doubt = sum(variance**2 / freedom for variance, freedom in parts if freedom)
    return Difference(value, math.sqrt(total), total**2 / doubt if doubt else math.inf)
