"""Side by side with statistics: which of several recipes is better, and what is not known."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from tfbs.benchmark.columns import Column
from tfbs.benchmark.evaluation.designs import chromosome_blocks
from tfbs.benchmark.evaluation.ranking import RANKING
from tfbs.benchmark.headline import headline
from tfbs.benchmark.record import Record
from tfbs.benchmark.runtime import stream_seed
from tfbs.benchmark.statistics.difference import LEVEL, Difference
from tfbs.benchmark.statistics.examples import example_covariance
from tfbs.benchmark.statistics.seeds import SeedMean, difference_of_means
from tfbs.benchmark.statistics.tiers import of_all_pairs, tie_groups
from tfbs.benchmark.verdict import Row
from tfbs.datasets.task import Split, Task

Arrays = Callable[[Record, str], np.ndarray | None]
Tasks = Callable[[Record], Task | None]

NORMAL = float(stats.norm.ppf((1 + LEVEL) / 2))


@dataclass(frozen=True)
class Standing:
    """How one recipe stands in one metric.

    Attributes:
        row: Its records, one per seed.
        mean: Over seeds.
        group: Tie group, from 1; None where there are too few seeds to tell.
        recipes: The leader's recipe minus this one, over seeds and examples; None for the leader
            and where there are too few seeds.
        models: The leader's models minus these, as they were trained: over examples alone; None
            for the leader, or where nothing is known of the examples.
    """

    row: Row
    mean: SeedMean
    group: int | None
    recipes: Difference | None
    models: Difference | None


@dataclass(frozen=True)
class Ladder:
    """Recipes by one metric of one task, best first.

    Attributes:
        column: The metric.
        paired: Whether examples were drawn together for all; else their errors are added.
        standings: Best first.
    """

    column: Column
    paired: bool
    standings: tuple[Standing, ...]

    @property
    def too_few_seeds(self) -> bool:
        """Whether nothing can be called better."""
        return any(standing.group is None for standing in self.standings)


def compare(
    rows: Sequence[Row], column: Column, arrays: Arrays, task_of: Tasks, seed: int = 0
) -> Ladder | None:
    """Returns the recipes of one task by one metric, or None where fewer than two have it.

    Where the outputs on the test split and the labels are at hand, examples are drawn together
    for all models, so that their differences are paired. Else the intervals of the records stand
    for the examples, as if every model had met its own: too wide rather than too narrow. So too
    where a class has a single example, or labels differ between runs, as in a control. Where a
    record has no interval either, only seeds tell recipes apart.

    Args:
        rows: Of one task.
        column: The metric.
        arrays: Of the records.
        task_of: Of the records.
        seed: Of the bootstrap.
    """
    known = [row for row in rows if _values(row, column) is not None]
    if len(known) < 2:
        return None
    values = [tuple(_values(row, column) or ()) for row in known]
    covariance = _paired(known, column, arrays, task_of, seed)
    examples = covariance if covariance is not None else _apart(known, column)
    sign = 1 if column.higher_is_better else -1
    known_error = np.nan_to_num(examples, nan=0.0)
    means = [
        SeedMean(own, float(known_error[i, i]), known[i].is_fitted) for i, own in enumerate(values)
    ]

    def recipes(first: int, second: int) -> Difference | None:
        pair = means[first], means[second]
        variance = _of_pair(known_error, first, second)
        nothing = all(mean.fitted for mean in pair) and not variance > 0
        if nothing or not all(mean.enough for mean in pair):
            return None
        return difference_of_means(means[first], means[second], variance)

    groups = _groups([sign * mean.value for mean in means], recipes)
    order = sorted(range(len(known)), key=lambda index: -sign * means[index].value)
    leader = order[0]
    standings = []
    for index in order:
        models = None
        variance = _of_pair(examples, leader, index)
        if index != leader and math.isfinite(variance):
            gap = means[leader].value - means[index].value
            models = Difference(gap, math.sqrt(max(0.0, variance)))
        lead = recipes(leader, index) if index != leader else None
        group = groups[index] if groups else None
        standings.append(Standing(known[index], means[index], group, lead, models))
    return Ladder(column, covariance is not None, tuple(standings))


def _groups(
    values: Sequence[float], recipes: Callable[[int, int], Difference | None]
) -> list[int] | None:
    """Returns tie groups, or None where a difference of two recipes is not known."""
    known = {
        pair: found.p_value
        for pair in itertools.combinations(range(len(values)), 2)
        if (found := recipes(*pair)) is not None
    }
    if len(known) < math.comb(len(values), 2):
        return None
    return tie_groups(values, of_all_pairs(len(values), lambda *pair: known[pair]))


def by_task(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Returns the rows by task, in order."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.task].append(row)
    return dict(found)


def _of_pair(covariance: np.ndarray, first: int, second: int) -> float:
    own = covariance[first, first] + covariance[second, second]
    return float(own - 2 * covariance[first, second])


def _values(row: Row, column: Column) -> list[float] | None:
    """Returns the metric of every seed; None where one has none."""
    found = [headline(record, column.name) for record in row.records]
    values = [None if entry is None else entry["value"] for entry in found]
    return None if not values or None in values else [float(v) for v in values if v is not None]


def _apart(rows: Sequence[Row], column: Column) -> np.ndarray:
    """Returns the variances of the means over examples, by the intervals of the records.

    NaN where a record has none.
    """
    variances = []
    for row in rows:
        intervals = [(headline(r, column.name) or {}).get("interval") for r in row.records]
        halves = [(i[1] - i[0]) / 2 if i else math.nan for i in intervals]
        variances.append(float(np.mean(np.square(halves))) / NORMAL**2)
    found = np.zeros((len(rows), len(rows)))
    np.fill_diagonal(found, variances)
    return found


def _paired(
    rows: Sequence[Row], column: Column, arrays: Arrays, task_of: Tasks, seed: int
) -> np.ndarray | None:
    """Returns the covariance of the means over examples.

    None where arrays are missing, labels differ between runs, or a class has one example.
    """
    if column.name not in RANKING:
        return None
    records = [record for row in rows for record in row.records]
    found = [arrays(record, "test_logits") for record in records]
    logits = [array for array in found if array is not None]
    split = _common_split(records, task_of) if len(logits) == len(found) else None
    if split is None:
        return None
    block = None if split.grid is None else chromosome_blocks(split)
    covariance = example_covariance(
        column.name,
        np.asarray(split.label),
        np.stack(logits),
        stream_seed(seed, "bootstrap"),
        block,
    )
    if not np.isfinite(covariance).all():
        return None
    mean = np.zeros((len(rows), len(records)))
    start = 0
    for index, row in enumerate(rows):
        mean[index, start : start + len(row.records)] = 1 / len(row.records)
        start += len(row.records)
    return np.asarray(mean @ covariance @ mean.T)


def _common_split(records: Sequence[Record], task_of: Tasks) -> Split | None:
    """Returns the test split that all runs were scored on, or None; a control has other labels."""
    first = None
    for record in records:
        task = task_of(record)
        if task is None or task.fingerprint != record["dataset"]["fingerprint"]:
            return None
        split = task.splits["test"]
        first = split if first is None else first
        if split.label is not first.label and not np.array_equal(split.label, first.label):
            return None
    return first
