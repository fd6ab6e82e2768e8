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
    if (starts[1:] < starts[:-1]).any():
        order = np.argsort(starts, kind="stable")
        starts, ends = starts[order], ends[order]
    reach = np.maximum.accumulate(ends)
    first = np.append(True, starts[1:] > reach[:-1])
    last = np.append(first[1:], True)
    return starts[first], reach[last]


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
    combine = np.minimum if either else np.maximum

    def count(rows: slice | npt.NDArray[np.int64], width: int) -> npt.NDArray[np.int32]:
        needed = combine(_least(of_window * width), _least(of_interval * (spans[1] - spans[0])))
        return _count_equal(starts[rows], width, spans, needed)

    if not len(starts) or (widths == widths[0]).all():
        return count(slice(None), int(widths[0]) if len(starts) else 1)
    counts = np.zeros(len(starts), np.int32)
    for width in np.unique(widths):  # a few: the last window of a chromosome may be short
        rows = np.flatnonzero(widths == width)
        counts[rows] = count(rows, int(width))
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
    change = np.zeros(len(starts) + 1, np.int32)
    np.add.at(change, low[nonempty], 1)
    np.add.at(change, high[nonempty], -1)
    return np.cumsum(change, dtype=np.int32, out=change)[: len(starts)]
