"""Groups of models that nothing separates, each anchored on its leader."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np

LEVEL = 0.05


def tie_groups(values: Sequence[float], p_values: np.ndarray, level: float = LEVEL) -> list[int]:
    """Returns the group of each model, from 1 for those that tie with the best.

    The best of those left leads a group; all that it is not separated from join it. A model in a
    later group is worse than the leaders of all groups before, not than each of their members.

    Args:
        values: One per model, higher is better.
        p_values: `(models, models)` of no difference, corrected for the number of all pairs: the
            leader is whoever came out best, so any pair may be the one that is tested.
        level: Of the tests.
    """
    order = sorted(range(len(values)), key=lambda model: -values[model])
    groups = [0] * len(values)
    group = 0
    while order:
        group += 1
        leader = order[0]
        for model in order:
            if model == leader or p_values[leader, model] >= level:
                groups[model] = group
        order = [model for model in order if not groups[model]]
    return groups


def of_all_pairs(models: int, p_value: Callable[[int, int], float]) -> np.ndarray:
    """Returns the p-values of all pairs after Holm's correction for their number.

    Args:
        models: How many.
        p_value: Of two models by position, the smaller position first; in [0, 1].

    Returns:
        `(models, models)`, symmetric; 1 on the diagonal.
    """
    found = np.ones((models, models))
    for first, second in itertools.combinations(range(models), 2):
        found[first, second] = found[second, first] = p_value(first, second)
    return corrected(found)


def corrected(p_values: np.ndarray) -> np.ndarray:
    """Returns the p-values of all pairs after Holm's correction for their number.

    Args:
        p_values: `(models, models)`, symmetric.
    """
    upper = np.triu_indices(len(p_values), 1)
    found = np.ones_like(p_values)
    found[upper] = holm(p_values[upper].tolist())
    return np.minimum(found, found.T)


def holm(p_values: Sequence[float]) -> np.ndarray:
    """Returns p-values adjusted for their number, in the order they came in.

    As `statsmodels.stats.multitest.multipletests`, a thousand times faster.

    Source: Holm (1979), https://www.jstor.org/stable/4615733.

    Args:
        p_values: In [0, 1].
    """
    given = np.asarray(p_values, float)
    order = np.argsort(given)
    found = np.empty_like(given)
    found[order] = np.maximum.accumulate(given[order] * np.arange(len(given), 0, -1))
    return np.minimum(found, 1)
