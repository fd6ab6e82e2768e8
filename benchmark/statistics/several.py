"""Several models over several tasks: mean ranks and what separates them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

LEVEL = 0.05


@dataclass(frozen=True)
class Comparison:
    """Several models over several tasks.

    Attributes:
        ranks: `(models,)` mean ranks over tasks; 1 is best.
        friedman: p-value of no difference between any of them; NaN for fewer than
            three models, or where none differ.
        pairwise: `(models, models)` p-values of Wilcoxon's signed-rank test, after Holm.
        cliques: The largest sets of models with neighbouring ranks of which no pair is separated,
            by their positions, best first.
    """

    ranks: np.ndarray
    friedman: float
    pairwise: np.ndarray
    cliques: list[tuple[int, ...]]


def compare_models(scores: np.ndarray, level: float = LEVEL) -> Comparison:
    """Compares models by their ranks within tasks.

    Source: Demšar (2006), https://jmlr.org/papers/v7/demsar06a.html; Wilcoxon's test after Holm
    instead of Nemenyi's, as Benavoli, Corani & Mangili (2016),
    https://jmlr.org/papers/v17/benavoli16a.html.

    Args:
        scores: `(tasks, models)`, higher is better.
        level: Of the pairwise tests together.

    Raises:
        ValueError: If there are fewer than two tasks or models, or a score is not finite.
    """
    tasks, models = scores.shape
    if min(tasks, models) < 2 or not np.isfinite(scores).all():
        raise ValueError(f"needs at least two tasks and models, all scored; here {scores.shape}")
    ranks = stats.rankdata(-scores, axis=1).mean(axis=0)
    differ = models > 2 and np.ptp(scores, axis=1).any()
    friedman = float(stats.friedmanchisquare(*scores.T).pvalue) if differ else float("nan")
    pairwise = _wilcoxon_holm(scores)
    return Comparison(ranks, friedman, pairwise, _cliques(ranks, pairwise >= level))


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


def _wilcoxon_holm(scores: np.ndarray) -> np.ndarray:
    models = scores.shape[1]
    pairs = list(itertools.combinations(range(models), 2))
    found = holm([_wilcoxon(scores[:, a] - scores[:, b]) for a, b in pairs])
    p_values = np.ones((models, models))
    for (a, b), p_value in zip(pairs, found, strict=True):
        p_values[a, b] = p_values[b, a] = p_value
    return p_values


def _wilcoxon(difference: np.ndarray) -> float:
    """Returns the p-value of no difference; 1 where all are equal."""
    return float(stats.wilcoxon(difference).pvalue) if difference.any() else 1.0


def _cliques(ranks: np.ndarray, tied: np.ndarray) -> list[tuple[int, ...]]:
    """Returns maximal runs of neighbouring ranks within which all pairs are tied."""
    order = np.argsort(ranks, kind="stable")
    found: list[tuple[int, ...]] = []
    reached = 0
    for first in range(len(order)):
        last = first
        while (
            last + 1 < len(order)
            and tied[np.ix_(order[first : last + 2], order[first : last + 2])].all()
        ):
            last += 1
        if last > first and last + 1 > reached:
            found.append(tuple(int(model) for model in order[first : last + 1]))
            reached = last + 1
    return found
