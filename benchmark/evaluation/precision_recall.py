"""The four areas under precision-recall that circulate; they differ where scores tie.

Models that give 0 to most bins, or round, tie often: then say which area is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Thresholds:
    """True and false positives at every distinct score, from the highest down.

    Attributes:
        true: `(distinct,)` int64, cumulative.
        false: `(distinct,)` int64, cumulative.
    """

    true: Counts
    false: Counts

    @classmethod
    def of(cls, label: npt.NDArray[np.int8], score: npt.NDArray[np.floating]) -> Thresholds:
        """Counts.

        Args:
            label: `(n,)`, 0 or 1, both present.
            score: `(n,)`, finite.
        """
        order = np.argsort(score)[::-1]
        return cls.of_ranked(label[order], score[order])

    @classmethod
    def of_ranked(cls, label: npt.NDArray[np.int8], score: npt.NDArray[np.floating]) -> Thresholds:
        """Counts, where scores come in descending order.

        Args:
            label: `(n,)`, 0 or 1, both present.
            score: `(n,)`, finite, descending.
        """
        ends = np.append(np.flatnonzero(score[1:] != score[:-1]), len(score) - 1)
        true = np.cumsum(label == 1, dtype=np.int64)[ends]
        return cls(true, ends + 1 - true)

    @property
    def positives(self) -> int:
        """All of them."""
        return int(self.true[-1])

    @property
    def negatives(self) -> int:
        """All of them."""
        return int(self.false[-1])

    def auroc(self) -> float:
        """Returns the area under the ROC curve, ties counting half."""
        true = np.append(0, self.true) / self.positives
        false = np.append(0, self.false) / self.negatives
        return float(np.trapezoid(true, false))

    def average_precision(self) -> float:
        """Returns the sum of precision times the step in recall, as scikit-learn does."""
        steps = np.diff(self.true, prepend=0)
        return float((steps * self._precision()).sum() / self.positives)

    def trapezoid(self) -> float:
        """Returns the area under straight lines between the points, which rewards ties.

        The first point is at recall 0 with precision 1, as scikit-learn's curve has it.
        """
        recall = np.append(0.0, self.true / self.positives)
        return float(np.trapezoid(np.append(1.0, self._precision()), recall))

    def interpolated(self) -> float:
        """Returns the area by Davis & Goadrich (2006), https://doi.org/10.1145/1143844.1143874.

        Between two thresholds false positives grow linearly with every true positive, and
        straight lines join the points so made. PRROC calls it `auc.davis.goadrich`; it is the
        auPRC of the ENCODE-DREAM challenge. At recall 0 the precision is that of the first point.
        """
        before_true, before_false = np.append(0, self.true[:-1]), np.append(0, self.false[:-1])
        steps = self.true - before_true
        own = np.flatnonzero(steps)
        group = np.repeat(own, steps[own])
        reached = np.arange(1, self.positives + 1)
        slope = (self.false - before_false)[group] / steps[group]
        entered = reached - 1  # a positive is gained from here to `reached`
        ends = reached / (reached + before_false[group] + slope * (reached - before_true[group]))
        below = entered + before_false[group] + slope * (entered - before_true[group])
        starts = np.divide(entered, below, out=np.full(len(below), np.nan), where=below > 0)
        starts[np.isnan(starts)] = ends[np.isnan(starts)]
        return float((starts + ends).sum() / (2 * self.positives))

    def integral(self) -> float:
        """Returns the same with steps of no size, by Keilwagen et al. (2014).

        https://doi.org/10.1371/journal.pone.0092209; PRROC's `auc.integral`.
        """
        hits, false = np.diff(self.true, prepend=0), np.diff(self.false, prepend=0)
        return float(continuous_area(self.true, self.false, hits, false))

    def recall_at_fdr(self, rate: float) -> float:
        """Returns the largest recall with a false discovery rate of at most `rate`; else 0.

        Args:
            rate: In [0, 1].
        """
        passed = self.true[self._precision() >= 1 - rate - 1e-12]
        return float(passed.max(initial=0) / self.positives)

    def _precision(self) -> npt.NDArray[np.float64]:
        found: npt.NDArray[np.float64] = self.true / (self.true + self.false)
        return found


def continuous_area(
    true: npt.NDArray[Any], false: npt.NDArray[Any], hits: npt.NDArray[Any], ties: npt.NDArray[Any]
) -> npt.NDArray[np.float64]:
    """Returns the area under precision-recall where false positives grow linearly in true ones.

    Along a threshold with h positives and s * h negatives precision is t / (a t + b), with
    a = 1 + s, so its integral from the t before to that after is closed:
    h / a - b / a^2 ln((a t1 + b) / (a t0 + b)).

    Args:
        true: `(..., thresholds)` positives at or above each threshold, highest first.
        false: `(..., thresholds)` negatives at or above it.
        hits: `(..., thresholds)` positives exactly there.
        ties: `(..., thresholds)` negatives exactly there.

    Returns:
        `(...)` in [0, 1]; NaN without positives.
    """
    start_true, start_false = true - hits, false - ties
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = 1 + ties / hits
        offset = start_true + start_false - slope * start_true
        growth = np.log((true + false) / (start_true + start_false))
        area = hits / slope - np.where(offset != 0, offset / slope**2 * growth, 0.0)
        area = np.where(hits > 0, area, 0.0)
        found: npt.NDArray[np.float64] = area.sum(axis=-1) / true[..., -1]
    return found
