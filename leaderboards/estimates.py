"""Scores of entries as weighted means over tasks and axes, with what they share of luck.

The limit, for many draws, of a paired bootstrap over examples nested in tasks nested in seeds: a
draw takes one sample of the examples of each task for all entries, and of each entry a sample of
its seeds. Influences of examples (for an AUROC those of DeLong) give its variances to first order
in closed form, so that a board comes out the same every time. Luck of one seed on one example is
counted with the examples and again with the seeds; drawing both at once would count it thrice:
Owen (2007), https://doi.org/10.1214/07-AOAS122.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tfbs.benchmark.statistics.rank_intervals import Means
from tfbs.leaderboards.cells import Cell, Where

Weights = Mapping[Where, float]
Cells = Mapping[Where, Cell]


@dataclass(frozen=True)
class Estimates:
    """Scores of several entries.

    Attributes:
        means: Of them.
        seeds: How many stand behind each; the fewest of its tasks.
        by_seed: Score of each seed, where all tasks have the same seeds.
        paired: `(entries,)` bool: whether their numbers per example are known.
    """

    means: Means
    seeds: Sequence[int]
    by_seed: Sequence[tuple[float, ...]]
    paired: np.ndarray


def lacking(cells: Cells, weights: Weights) -> str:
    """Returns why an entry has no such score; empty where it has one."""
    for where in weights:
        if where not in cells:
            return f"no {where.axis} on task {where.task}"
        if cells[where].reason:
            return f"task {where.task}: {cells[where].reason}"
    return ""


def estimate(entries: Sequence[Cells], weights: Weights) -> Estimates:
    """Returns the scores of entries that lack nothing.

    Args:
        entries: The cells of each.
        weights: Of each task, or part of it, and axis; they sum to 1.
    """
    tasks = list(dict.fromkeys(where.task for where in weights))
    parts = [[_by_seed(cells, weights, task) for task in tasks] for cells in entries]
    values = np.array([sum(float(np.mean(list(p.values()))) for p in own) for own in parts])
    variances = [[_seed_variance(p) for p in own] for own in parts]
    doubts = [
        sum(v**2 / max(1, len(p) - 1) for v, p in zip(own, each, strict=True))
        for own, each in zip(variances, parts, strict=True)
    ]
    paired = np.array(
        [all(cells[where].influence is not None for where in weights) for cells in entries]
    )
    return Estimates(
        Means(
            values,
            _covariance(entries, weights, tasks, paired),
            np.array([sum(own) for own in variances]),
            np.array(doubts, float),
        ),
        [min(map(len, own)) for own in parts],
        [_shared_seeds(own) for own in parts],
        paired,
    )


def _by_seed(cells: Cells, weights: Weights, task: str) -> dict[int, float]:
    """Returns what each seed adds to the score on a task, over its axes."""
    own = [(cells[where].values, weight) for where, weight in weights.items() if where.task == task]
    seeds = set.intersection(*(set(values) for values, _ in own))
    return {seed: sum(weight * values[seed] for values, weight in own) for seed in sorted(seeds)}


def _seed_variance(by_seed: Mapping[int, float]) -> float:
    """Returns the variance of a mean over seeds; 0 for one, of a fit that no seed changes."""
    values = list(by_seed.values())
    return float(np.var(values, ddof=1)) / len(values) if len(values) > 1 else 0.0


def _shared_seeds(parts: Sequence[Mapping[int, float]]) -> tuple[float, ...]:
    if len({tuple(part) for part in parts}) > 1:
        return ()
    return tuple(sum(part[seed] for part in parts) for seed in parts[0])


def _covariance(
    entries: Sequence[Cells], weights: Weights, tasks: Sequence[str], paired: np.ndarray
) -> np.ndarray:
    """Returns `(entries, entries)`: tasks have examples of their own, their variances add."""
    found = np.zeros((len(entries), len(entries)))
    both = np.flatnonzero(paired)
    for task in tasks:
        own = {where: weight for where, weight in weights.items() if where.task == task}
        if len(both):
            moves = np.stack([_moves(entries[index], own) for index in both.tolist()])
            found[np.ix_(both, both)] += moves @ moves.T
        for index in np.flatnonzero(~paired).tolist():
            errors = [weight * math.sqrt(entries[index][w].variance) for w, weight in own.items()]
            found[index, index] += sum(errors) ** 2
    return found


def _moves(cells: Cells, weights: Weights) -> np.ndarray:
    parts = [weight * np.asarray(cells[where].influence) for where, weight in weights.items()]
    return np.asarray(np.sum(parts, axis=0))
