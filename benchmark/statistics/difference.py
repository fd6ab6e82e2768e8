"""A difference with its standard error, and what may be said of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scipy import stats

Verdict = Literal["higher", "lower", "equivalent", "undecided"]

LEVEL = 0.95


@dataclass(frozen=True)
class Difference:
    """An estimated difference.

    Attributes:
        value: First minus second.
        error: Its standard error; 0 for what is equal without doubt.
        freedom: Degrees of freedom of the error, infinite where it is known.
    """

    value: float
    error: float
    freedom: float = math.inf

    @property
    def p_value(self) -> float:
        """Two-sided, of no difference: Student's t, or the normal distribution."""
        if self.error == 0:
            return 1.0 if self.value == 0 else 0.0
        return float(2 * stats.t.sf(abs(self.value) / self.error, self.freedom))

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Returns the two-sided interval.

        Args:
            level: In (0, 1).
        """
        half = float(stats.t.ppf((1 + level) / 2, self.freedom)) * self.error
        return self.value - half, self.value + half

    def equivalence(self, margin: float) -> float:
        """Returns the p-value of two one-sided tests: small if the difference is within the margin.

        Source: Schuirmann (1987), https://doi.org/10.1007/BF01068419.

        Args:
            margin: Above 0, in the unit of the value.
        """
        if self.error == 0:
            return 0.0 if abs(self.value) < margin else 1.0
        return float(stats.t.sf((margin - abs(self.value)) / self.error, self.freedom))

    def verdict(self, margin: float, level: float = LEVEL) -> Verdict:
        """Returns what may be said at a level of confidence.

        Args:
            margin: Differences below it do not matter.
            level: Of the tests, each by itself.

        Returns:
            `higher` or `lower` where the interval leaves 0 out; else `equivalent` where two
            one-sided tests say that the difference is within the margin; else `undecided`.
        """
        low, high = self.interval(level)
        if low > 0 or high < 0:
            return "higher" if low > 0 else "lower"
        return "equivalent" if self.equivalence(margin) < 1 - level else "undecided"

    def resolvable(self, level: float = LEVEL, power: float = 0.8) -> float:
        """Returns the smallest true difference that a test with this error finds in 4 of 5 cases.

        Args:
            level: Of the two-sided test.
            power: Share of cases in which it is found.
        """
        quantile = stats.t.ppf((1 + level) / 2, self.freedom) + stats.norm.ppf(power)
        return float(quantile) * self.error
