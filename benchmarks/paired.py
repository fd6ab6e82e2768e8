"""Two ways of doing the same, timed in turn, and how many times longer the first takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """Of paired figures; machines drift, so each pair is measured in one go.

    Attributes:
        values: One per repetition.
    """

    values: tuple[float, ...]

    def __str__(self) -> str:
        """Returns median, smallest and largest."""
        low, high = min(self.values), max(self.values)
        return f"{statistics.median(self.values):.3g} ({low:.3g} to {high:.3g})"


def seconds(do: Callable[[], object]) -> float:
    """Returns the wall time of a call."""
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def paired(
    first: Callable[[], float], second: Callable[[], float], repetitions: int
) -> tuple[Ratio, float, float]:
    """Measures both in turn, changing who begins.

    Args:
        first: Returns a figure, such as seconds.
        second: Likewise.
        repetitions: Pairs.

    Returns:
        The ratios of first to second, and the median of each.
    """
    pairs = []
    for repetition in range(repetitions):
        order = (first, second) if repetition % 2 == 0 else (second, first)
        values = [measure() for measure in order]
        pairs.append(values if repetition % 2 == 0 else values[::-1])
    ratios = Ratio(tuple(one / other for one, other in pairs))
    return ratios, *(statistics.median(column) for column in zip(*pairs, strict=True))
