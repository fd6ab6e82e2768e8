"""When a bin is bound: the rules that turn peaks into labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from tfbs.datasets.interval_files import ChromosomeIntervals
from tfbs.datasets.intervals import Spans, count_inside, count_overlaps, merge, overlaps_any
from tfbs.errors import UserError

Rule = Literal["dream", "center", "any", "fraction"]
RULES: tuple[Rule, ...] = get_args(Rule)

UNKNOWN = -1
"""Label of a bin that is ambiguous, or of which nothing is known."""


@dataclass(frozen=True)
class LabelRule:
    """How the peaks of one factor in one cell type label the bins.

    Attributes:
        name: `dream`: with o merged conservative peaks that overlap at least half of the bin or
            at least half of themselves, and r merged relaxed peaks that touch it, the label is o
            where o = r, 0 or 1, and ambiguous otherwise (ENCODE-DREAM challenge, 2017; without
            a relaxed set r = o). `center`: a summit lies in the bin. `any`: 1 bp of a peak does.
            `fraction`: a peak covers at least `fraction` of the bin. For these three a bin that
            is not bound and touches a relaxed peak is ambiguous.
        fraction: Share of the bin, in (0, 1], for the rule `fraction`.
    """

    name: Rule = "dream"
    fraction: float = 0.5

    def __post_init__(self) -> None:
        if self.name not in RULES:
            raise UserError(f"no label rule is called {self.name!r}; there are {', '.join(RULES)}")
        if not 0 < self.fraction <= 1:
            raise UserError(f"fraction {self.fraction} is not in (0, 1]")

    def describe(self) -> str:
        """Returns the rule in a few words."""
        return f"fraction {self.fraction:g}" if self.name == "fraction" else self.name


def label_bins(
    bins: Spans,
    peaks: ChromosomeIntervals | None,
    relaxed: ChromosomeIntervals | None,
    rule: LabelRule,
    *,
    has_relaxed: bool,
) -> npt.NDArray[np.int8]:
    """Returns `(n,)` int8 labels: 1 bound, 0 unbound, -1 ambiguous.

    Args:
        bins: Starts and ends of the bins of one chromosome, sorted, without excluded ones.
        peaks: Of the chromosome; None where it has none.
        relaxed: The second, larger set; None where the chromosome has none.
        rule: How.
        has_relaxed: Whether there is a second set at all.
    """
    if rule.name == "dream":
        return _dream(bins, peaks, relaxed, has_relaxed)
    bound = _bound(bins, peaks, rule)
    touched = np.zeros_like(bound) if relaxed is None else overlaps_any(bins, relaxed.spans)
    return np.where(bound, 1, np.where(touched, UNKNOWN, 0)).astype(np.int8)


def _bound(
    bins: Spans, peaks: ChromosomeIntervals | None, rule: LabelRule
) -> npt.NDArray[np.bool_]:
    if peaks is None:
        return np.zeros(len(bins[0]), bool)
    if rule.name == "center":
        return count_inside(bins, peaks.summits) > 0
    share = rule.fraction if rule.name == "fraction" else 0.0
    return count_overlaps(bins, peaks.spans, of_window=share) > 0


def _dream(
    bins: Spans,
    peaks: ChromosomeIntervals | None,
    relaxed: ChromosomeIntervals | None,
    has_relaxed: bool,
) -> npt.NDArray[np.int8]:
    region = merge(bins)
    strict = count_overlaps(
        bins, _merged(peaks, region), of_window=0.5, of_interval=0.5, either=True
    )
    loose = count_overlaps(bins, _merged(relaxed, region)) if has_relaxed else strict
    label = strict.astype(np.int8)
    label[(strict != loose) | (strict > 1)] = UNKNOWN
    return label


def _merged(peaks: ChromosomeIntervals | None, region: Spans) -> Spans:
    """Returns the merged intervals, of those that touch the region."""
    if peaks is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    inside = overlaps_any(peaks.spans, region)
    return merge((peaks.starts[inside], peaks.ends[inside]))
