"""Intervals on one chromosome as arrays: 0-based, half open, `(n,)` int64 starts and ends."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.int64]
Spans = tuple[Positions, Positions]
"""Starts and ends."""


def merge(spans: Spans) -> Spans:
    """Returns the union, sorted; intervals that overlap or touch become one."""
    starts, ends = spans
    if not len(starts):
        return starts, ends
    order = np.argsort(starts, kind="stable")
    starts, reach = starts[order], np.maximum.accumulate(ends[order])
    first = np.append(True, starts[1:] > reach[:-1])
    last = np.append(first[1:], True)
    return starts[first], reach[last]


def slop(spans: Spans, by: int, length: int) -> Spans:
    """Returns intervals that are longer by `by` on both sides, clipped to the chromosome.

    Args:
        spans: Starts and ends.
        by: In base pairs.
        length: Of the chromosome.
    """
    starts, ends = spans
    return np.maximum(starts - by, 0), np.minimum(ends + by, length)


def count_overlaps(
    windows: Spans,
    spans: Spans,
    *,
    of_window: float = 0.0,
    of_interval: float = 0.0,
    either: bool = False,
) -> npt.NDArray[np.int32]:
    """Returns how many intervals overlap each window enough.

    An overlap of at least 1 bp is always needed. The thresholds are those of
    `bedtools intersect -f -F` (and `-e`).

    Args:
        windows: Starts and ends, `(n,)`, sorted by start.
        spans: Starts and ends, `(m,)`, any order.
        of_window: Least share of the window, in [0, 1].
        of_interval: Least share of the interval, in [0, 1].
        either: Whether one of both shares is enough, else both are needed.

    Returns:
        `(n,)` int32.
    """
    starts, widths = windows[0], windows[1] - windows[0]
    counts = np.zeros(len(starts), np.int32)
    combine = np.minimum if either else np.maximum
    for width in np.unique(widths):  # one, but for a short last window
        needed = combine(_least(of_window * width), _least(of_interval * (spans[1] - spans[0])))
        rows = np.flatnonzero(widths == width)
        counts[rows] = _count_equal(starts[rows], int(width), spans, needed)
    return counts


def overlaps_any(windows: Spans, spans: Spans) -> npt.NDArray[np.bool_]:
    """Returns whether each window shares at least 1 bp with an interval; windows in any order."""
    starts, ends = merge(spans)
    first = np.searchsorted(ends, windows[0], side="right")
    return (first < len(starts)) & (np.append(starts, np.iinfo(np.int64).max)[first] < windows[1])


def count_inside(windows: Spans, points: Positions) -> npt.NDArray[np.int64]:
    """Returns how many points lie in each window."""
    ordered = np.sort(points)
    return np.searchsorted(ordered, windows[1]) - np.searchsorted(ordered, windows[0])


def _least(bases: Any) -> Any:
    """Returns the whole number of bases that a share amounts to, at least 1."""
    return np.maximum(np.ceil(np.asarray(bases) - 1e-9).astype(np.int64), 1)


def _count_equal(
    starts: Positions, width: int, spans: Spans, needed: Positions
) -> npt.NDArray[np.int32]:
    """Returns the counts for windows of one width.

    The overlap of a window at s with [b, e) is min(s + width, e) - max(s, b), so at least t of
    it is reached by the windows with b + t - width <= s <= e - t: a stretch of the sorted
    starts, to whose two ends a count is added.
    """
    begins, stops = spans
    possible = (needed <= width) & (needed <= stops - begins)
    low = np.searchsorted(starts, (begins + needed - width)[possible], side="left")
    high = np.searchsorted(starts, (stops - needed)[possible], side="right")
    nonempty = low < high
    change = np.bincount(low[nonempty], minlength=len(starts) + 1)
    change = change - np.bincount(high[nonempty], minlength=len(starts) + 1)
    return np.cumsum(change)[: len(starts)].astype(np.int32)
