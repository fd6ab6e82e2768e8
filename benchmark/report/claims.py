"""What a suite's claims come to: differences between lines of runs, ours and the published."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any, Literal

from tfbs.benchmark.line import Line, numbers
from tfbs.benchmark.record import Record
from tfbs.benchmark.report.published import Published
from tfbs.benchmark.statistics.seeds import MINIMUM_SEEDS
from tfbs.benchmark.statistics.tiers import LEVEL, holm
from tfbs.benchmark.suite import Claim

Outcome = Literal["holds", "the opposite holds", "undecided", "not run"]
Interval = tuple[float, float]

HEADER = ("task", "higher", "than", "metric", "published", "ours", "outcome")


@dataclass(frozen=True)
class Comparison:
    """Two lines of runs, of which the first is said to be higher.

    Attributes:
        higher: The first.
        than: The second.
        published: Difference of the published means; None where one is missing.
        ours: Difference of the means over our seeds; None where one side has no run.
        interval: Its 95 % interval by Student's t: of pairs where both numbers are of the same
            runs, else by Welch; None where a side has fewer than three seeds.
        p_value: Of no difference, after Holm's correction for all comparisons of the claim.
    """

    higher: Line
    than: Line
    published: float | None
    ours: float | None
    interval: Interval | None
    p_value: float = 1.0

    @property
    def outcome(self) -> Outcome:
        """What our runs say; nothing is decided where seeds might have made the difference."""
        if self.ours is None:
            return "not run"
        if self.p_value >= LEVEL:
            return "undecided"
        return "holds" if self.ours > 0 else "the opposite holds"

    def cells(self) -> list[str]:
        """Returns the comparison as one line of a table."""
        metrics = dict.fromkeys((self.higher.metric, self.than.metric))
        ours = _signed(self.ours)
        if self.interval is not None:
            ours += f" [{_signed(self.interval[0])}, {_signed(self.interval[1])}]"
        sides = [self.higher.task, str(self.higher), str(self.than), " - ".join(metrics)]
        return [*sides, _signed(self.published), ours, self.outcome]


def compare(
    claim: Claim, records: Sequence[Record], published: Iterable[Published]
) -> list[Comparison]:
    """Returns the comparisons that a claim is made of.

    Args:
        claim: Of a suite.
        records: Its finished runs.
        published: What is published of them.
    """
    known = [(result.line, result.mean) for result in published]
    found = [_compared(higher, than, records, known) for higher, than in claim.pairs()]
    tested = [index for index, each in enumerate(found) if each.interval is not None]
    for index, p_value in zip(tested, holm([found[i].p_value for i in tested]), strict=True):
        found[index] = replace(found[index], p_value=float(p_value))
    return found


def _compared(
    higher: Line, than: Line, records: Sequence[Record], published: Sequence[tuple[Line, float]]
) -> Comparison:
    theirs = [mean for line in (higher, than) for own, mean in published if own == line]
    printed = theirs[0] - theirs[1] if len(theirs) == 2 else None
    first, second = (numbers(line.runs(records), line.metric) for line in (higher, than))
    if not first or not second:
        return Comparison(higher, than, printed, None, None)
    if first.keys() == second.keys():
        changes = [first[run] - second[run] for run in first]
        return Comparison(higher, than, printed, fmean(changes), *_paired(changes))
    ours = list(first.values()), list(second.values())
    return Comparison(higher, than, printed, fmean(ours[0]) - fmean(ours[1]), *_unpaired(*ours))


def _paired(changes: Sequence[float]) -> tuple[Interval | None, float]:
    from scipy.stats import ttest_1samp

    if len(changes) < MINIMUM_SEEDS:
        return None, 1.0
    return _told(ttest_1samp(changes, 0))


def _unpaired(first: Sequence[float], second: Sequence[float]) -> tuple[Interval | None, float]:
    from scipy.stats import ttest_ind

    if min(len(first), len(second)) < MINIMUM_SEEDS:
        return None, 1.0
    return _told(ttest_ind(first, second, equal_var=False))


def _told(test: Any) -> tuple[Interval, float]:
    """Returns the interval of the difference and the p-value of none."""
    ends = test.confidence_interval()
    p_value = float(test.pvalue)
    return (float(ends.low), float(ends.high)), 1.0 if math.isnan(p_value) else p_value


def counted(comparisons: Sequence[Comparison]) -> str:
    """Returns how many comparisons came out which way."""
    counts = Counter(comparison.outcome for comparison in comparisons)
    said = ", ".join(f"{outcome}: {count}" for outcome, count in counts.most_common())
    return f"{said} (of {len(comparisons)})"


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value:+.3f}"
