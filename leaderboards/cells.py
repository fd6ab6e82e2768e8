"""An entry's number on one axis of one task, seed by seed, and how examples move it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from tfbs.benchmark.headline import headline
from tfbs.benchmark.statistics.delong import influence
from tfbs.leaderboards.entries import Entry
from tfbs.leaderboards.per_example import run_key
from tfbs.leaderboards.task_file import TaskFile, TruthRows

_SAME = 1e-4
"""Numbers per example that give another score than the verdict by more than this are not used."""

_HALF = float(stats.norm.ppf(0.975))


class Where(NamedTuple):
    """What a number is of.

    Attributes:
        task: Its name.
        axis: One that is ranked.
        family: Of some of the task's targets; empty for all of them.
    """

    task: str
    axis: str
    family: str = ""


@dataclass(frozen=True)
class Cell:
    """A headline metric of an entry on a task.

    Attributes:
        metric: Its name.
        values: By seed; empty where there is none.
        influence: `(n,)`, how far each test example moves the mean over seeds; None where the
            numbers per example are not kept.
        variance: Of the mean over seeds, over draws of examples, from recorded intervals; NaN
            where it is not known.
        reason: Why there are no values.
    """

    metric: str
    values: Mapping[int, float] = field(default_factory=dict)
    influence: np.ndarray | None = None
    variance: float = math.nan
    reason: str = ""


def cells_of(
    entry: Entry,
    task: TaskFile,
    truth: TruthRows | None,
    examples: Mapping[str, np.ndarray],
) -> dict[Where, Cell]:
    """Returns the numbers of an entry on a task, and on its targets of each family.

    Args:
        entry: With a verdict.
        task: That is ranked.
        truth: Labels and rows; None where they cannot be read.
        examples: The numbers per example of the entry.
    """
    runs = {
        entry.spec(run_id).seed: run_id
        for run_id in entry.records
        if entry.spec(run_id).task_name == task.name
    }
    return {
        Where(task.name, axis, family): _cell(
            entry, runs, metric, truth, examples, _targets(task, family)
        )
        for axis, metric in task.headlines.items()
        for family in ("", *task.parts(axis))
    }


_Targets = Mapping[int, str] | None
"""Some targets by their column, or None for the mean of all."""


def _targets(task: TaskFile, family: str) -> _Targets:
    return {column: task.targets[column] for column in task.columns(family)} if family else None


def _cell(
    entry: Entry,
    runs: Mapping[int, str],
    metric: str,
    truth: TruthRows | None,
    examples: Mapping[str, np.ndarray],
    targets: _Targets,
) -> Cell:
    if not runs:
        return Cell(metric, reason="is missing")
    values, variances = {}, []
    for seed, run_id in sorted(runs.items()):
        found = _scores(entry.scores(run_id), metric, targets)
        known = [each for each in found if each is not None and each["value"] is not None]
        if None in found or not known:
            whys = [f"is undefined: {each['undefined_reason']}" for each in found if each]
            why = "was not computed" if None in found else whys[0]
            return Cell(metric, reason=f"{metric} of run {run_id[:12]} {why}")
        values[seed] = float(np.mean([each["value"] for each in known]))
        ends = [each["interval"] or (math.nan, math.nan) for each in known]
        # targets share their examples: as if they erred together
        variances.append((float(np.mean([high - low for low, high in ends])) / 2 / _HALF) ** 2)
    kept = [examples.get(run_key(run_id, metric)) for _, run_id in sorted(runs.items())]
    moves = None
    if truth is not None and all(each is not None for each in kept):
        moves = _mean_influence(metric, kept, list(values.values()), truth, targets)
    return Cell(metric, values, moves, float(np.mean(variances)))


def _scores(
    scores: Sequence[dict[str, Any]], metric: str, targets: _Targets
) -> list[dict[str, Any] | None]:
    """Returns the metric of each target, or its mean over all."""
    record = {"metrics": scores, "cost": {}}
    names = [None] if targets is None else targets.values()
    return [headline(record, metric, name) for name in names]


def _mean_influence(
    metric: str,
    kept: Sequence[np.ndarray | None],
    values: Sequence[float],
    truth: TruthRows,
    targets: _Targets,
) -> np.ndarray | None:
    """Returns `(n,)`, or None where the numbers do not fit the rows or give another score."""
    if truth.label is None:
        return None
    rows = truth.rows.get(metric, np.arange(len(truth.label)))
    total = np.zeros(len(truth.label))
    arrays = np.stack([np.asarray(each, float) for each in kept if each is not None])
    if arrays.shape[1] != len(rows):
        return None
    if arrays.ndim == 3 and arrays.shape[2] == truth.label.shape[1]:
        own = slice(None) if targets is None else list(targets)
        scores, moves = _areas(arrays[:, :, own], truth.label[rows][:, own])
    elif arrays.ndim == 2:
        scores, moves = _means(arrays)
    else:
        return None
    if not np.abs(scores - np.array(values)).max() <= _SAME:
        return None
    total[rows] = moves.mean(axis=0)
    return total if truth.block is None else _by_block(total, truth.block)


def _areas(logits: np.ndarray, label: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns AUROCs, mean over targets, `(seeds,)`, and influences `(seeds, n)`."""
    areas, moves = [], []
    for target in range(label.shape[1]):
        known = label[:, target] >= 0
        if min(np.bincount(label[known, target], minlength=2)) >= 2:
            found = np.zeros(logits.shape[:2])
            area, found[:, known] = influence(label[known, target], logits[:, known, target])
            areas.append(area)
            moves.append(found)
    if not areas:
        return np.full(len(logits), np.nan), np.zeros(logits.shape[:2])
    return np.mean(areas, axis=0), np.mean(moves, axis=0)


def _means(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns means `(seeds,)` and influences `(seeds, n)`; NaN values count for nothing."""
    known = np.isfinite(values)
    size = known.sum(axis=1, keepdims=True)
    mean = np.where(known, values, 0).sum(axis=1, keepdims=True) / size
    moves = np.where(known, values - mean, 0) / np.sqrt(size * (size - 1))
    return mean[:, 0], moves


def _by_block(moves: np.ndarray, block: np.ndarray) -> np.ndarray:
    """Returns the influences of whole blocks: neighbouring bins are not drawn apart."""
    sums = np.bincount(block, weights=moves)
    return np.asarray(sums * math.sqrt(len(sums) / max(1, len(sums) - 1)))
