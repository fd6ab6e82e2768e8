"""Several models over several tasks: mean ranks and what separates them."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
from scipy import stats

from tfbs.benchmark.statistics.difference import LEVEL, Difference
from tfbs.benchmark.statistics.tiers import of_all_pairs


@dataclass(frozen=True)
class SeveralTasks:
    """Several models, all scored on several tasks.

    Attributes:
        scores: `(tasks, models)`, higher is better.
    """

    scores: np.ndarray

    def __post_init__(self) -> None:
        if self.scores.ndim != 2 or min(self.scores.shape) < 2:
            raise ValueError(f"needs two tasks and two models at least, not {self.scores.shape}")
        if not np.isfinite(self.scores).all():
            raise ValueError("every model needs a finite score on every task")

    @property
    def ranks(self) -> np.ndarray:
        """`(tasks, models)`; 1 is best, ties share the mean of their ranks."""
        return np.asarray(stats.rankdata(-self.scores, axis=1))

    def mean_ranks(self) -> np.ndarray:
        """Returns the mean over tasks, `(models,)`."""
        return np.asarray(self.ranks.mean(axis=0))

    def rank_intervals(self, level: float = LEVEL) -> np.ndarray:
        """Returns the interval of each mean rank, `(models, 2)`, by Student's t over tasks.

        Other tasks of the same kind would give a mean rank in it; it is cut at the first and the
        last rank.

        Args:
            level: In (0, 1).
        """
        tasks, models = self.scores.shape
        error = self.ranks.std(axis=0, ddof=1) / math.sqrt(tasks)
        half = stats.t.ppf((1 + level) / 2, tasks - 1) * error
        mean = self.mean_ranks()
        return np.clip(np.stack([mean - half, mean + half], axis=1), 1, models)

    def friedman(self) -> tuple[float, float]:
        """Returns statistic and p-value of no difference between any of the models.

        Ties are corrected for; both are NaN for two models, or where all tie in every task.

        Source: Friedman (1937), https://doi.org/10.1080/01621459.1937.10503522.
        """
        if self.scores.shape[1] < 3 or not np.ptp(self.scores, axis=1).any():
            return math.nan, math.nan
        found = stats.friedmanchisquare(*self.scores.T)
        return float(found.statistic), float(found.pvalue)

    def pairwise(self) -> np.ndarray:
        """Returns `(models, models)` p-values of Wilcoxon's signed-rank test, after Holm.

        Exact where no two differences tie and none is 0; 1 where all are 0. Preferred to tests on
        mean ranks, which depend on who else is compared: Benavoli, Corani & Mangili (2016),
        https://jmlr.org/papers/v17/benavoli16a.html.
        """
        return of_all_pairs(self.scores.shape[1], self._wilcoxon)

    def _wilcoxon(self, first: int, second: int) -> float:
        difference = self.scores[:, first] - self.scores[:, second]
        if not difference.any():
            return 1.0
        with warnings.catch_warnings():  # of a normal approximation from few tasks with ties
            warnings.simplefilter("ignore", UserWarning)
            return float(stats.wilcoxon(difference).pvalue)

    def lead(self, first: int, second: int) -> Difference:
        """Returns the mean over tasks of the first's score minus the second's.

        Args:
            first: A model, by position.
            second: Another.
        """
        gaps = self.scores[:, first] - self.scores[:, second]
        error = float(gaps.std(ddof=1)) / math.sqrt(len(gaps))
        return Difference(float(gaps.mean()), error, len(gaps) - 1)

    def critical_difference(self, level: float = LEVEL) -> float:
        """Returns the gap of mean ranks from which on Nemenyi's test separates two models.

        Source: Demšar (2006), https://jmlr.org/papers/v7/demsar06a.html, equation 6.

        Args:
            level: In (0, 1).
        """
        tasks, models = self.scores.shape
        quantile = stats.studentized_range.ppf(level, models, np.inf) / math.sqrt(2)
        return float(quantile * math.sqrt(models * (models + 1) / (6 * tasks)))

    def smallest_p_value(self) -> float:
        """Returns the smallest p-value that any pair of models can have after Holm."""
        tasks, models = self.scores.shape
        return min(1.0, 2 * 0.5**tasks * math.comb(models, 2))
