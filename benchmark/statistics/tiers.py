"""Groups of models that nothing separates, each anchored on its leader."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tfbs.benchmark.statistics.difference import Difference

LEVEL = 0.05


def tie_groups(
    values: Sequence[float],
    difference: Callable[[int, int], Difference | None],
    level: float = LEVEL,
) -> list[int]:
    """Returns the group of each model, from 1 for those that tie with the best.

    The best of those left leads a group; all that its lead over them does not separate, after
    Holm's correction for their number, join it. A model in a later group is worse than the leaders
    of all groups before, not than each of their members.

    Args:
        values: One per model, higher is better.
        difference: Of two models by position, the first minus the second; None where nothing is
            known, which separates nothing.
        level: Of the tests of one group together.
    """
    order = sorted(range(len(values)), key=lambda model: -values[model])
    groups = [0] * len(values)
    group = 0
    while order:
        group += 1
        leader, *others = order
        leads = [difference(leader, other) for other in others]
        groups[leader] = group
        p_values = [1.0 if lead is None else lead.p_value for lead in leads]
        for other, p_value in zip(others, holm(p_values), strict=True):
            if p_value >= level:
                groups[other] = group
        order = [model for model in others if not groups[model]]
    return groups


def holm(p_values: Sequence[float]) -> np.ndarray:
    """Returns p-values adjusted for their number, in the order they came in.

    Source: Holm (1979), https://www.jstor.org/stable/4615733.

    Args:
        p_values: In [0, 1].
    """
    given = np.asarray(p_values, float)
    order = np.argsort(given)
    found = np.empty_like(given)
    found[order] = np.maximum.accumulate(given[order] * np.arange(len(given), 0, -1))
    return np.minimum(found, 1)
