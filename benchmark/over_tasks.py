"""Several models over several tasks: who ranks first on the whole, and what is not known."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tfbs.benchmark.columns import Column
from tfbs.benchmark.formatting import format_interval, format_value
from tfbs.benchmark.headline import headline
from tfbs.benchmark.statistics.difference import LEVEL
from tfbs.benchmark.statistics.seeds import MINIMUM_SEEDS
from tfbs.benchmark.statistics.several import SeveralTasks
from tfbs.benchmark.statistics.tiers import tie_groups
from tfbs.benchmark.table import Table
from tfbs.benchmark.verdict import Row

MINIMUM_TASKS = 6
"""Fewer give a mean rank no interval: a model that is third of each of three is not known to be
third of others. From six on Wilcoxon's test can separate a pair."""

HEADER = (
    "model",
    "mean rank",
    "95 % interval",
    "tie",
    "mean",
    "lead of the first",
    "p (Wilcoxon, Holm)",
    "found",
)


@dataclass(frozen=True)
class OverTasks:
    """Models by one metric, each scored on the same tasks; best mean rank first.

    Attributes:
        column: The metric.
        tasks: What they were scored on; a target of a task with several counts as a task.
        models: Architecture and regime.
        statistics: `(tasks, models)` means over seeds, negated where less is better.
        left_out: Models that some of the tasks are missing of.
        fewest_seeds: Of any model on any task.
    """

    column: Column
    tasks: tuple[str, ...]
    models: tuple[str, ...]
    statistics: SeveralTasks
    left_out: tuple[str, ...]
    fewest_seeds: int

    @property
    def groups(self) -> list[int] | None:
        """Tie groups, from 1; None where there are too few seeds to call anything better."""
        if self.fewest_seeds < MINIMUM_SEEDS:
            return None
        return tie_groups(list(-self.statistics.mean_ranks()), self.statistics.pairwise())

    def table(self) -> Table:
        """Returns one line per model."""
        ranks, intervals = self.statistics.mean_ranks(), self.statistics.rank_intervals()
        pairwise, groups = self.statistics.pairwise(), self.groups
        sign, unit = self._sign, self.column.unit
        lines, data = [], []
        for index, model in enumerate(self.models):
            low, high = intervals[index] if len(self.tasks) >= MINIMUM_TASKS else (None, None)
            mean = sign * float(self.statistics.scores[:, index].mean())
            lead = self.statistics.lead(0, index) if index else None
            lines.append(
                (
                    model,
                    f"{ranks[index]:.2f}",
                    "" if low is None else f"[{low:.2f}, {high:.2f}]",
                    str(groups[index]) if groups else "",
                    format_value(mean, unit),
                    ""
                    if lead is None
                    else f"{lead.value:.3f} {format_interval(lead.interval(), 'share')}",
                    "" if lead is None else f"{pairwise[0, index]:.3f}",
                    "" if lead is None else f"{lead.resolvable():.3f}",
                )
            )
            data.append(
                {
                    "metric": self.column.name,
                    "model": model,
                    "tasks": len(self.tasks),
                    "mean_rank": float(ranks[index]),
                    "mean_rank_low": None if low is None else float(low),
                    "mean_rank_high": None if high is None else float(high),
                    "tie_group": groups[index] if groups else None,
                    "mean": mean,
                    "lead_of_first": None if lead is None else lead.value,
                    "lead_low": None if lead is None else lead.interval()[0],
                    "lead_high": None if lead is None else lead.interval()[1],
                    "p_value": None if lead is None else float(pairwise[0, index]),
                    "resolvable_lead": None if lead is None else lead.resolvable(),
                }
            )
        title = f"{self.column.heading} over {self.where}"
        return Table(f"over_tasks_{self.column.name}", title, HEADER, lines, data, self.note)

    @property
    def where(self) -> str:
        """How many tasks there are, or targets if there is one task."""
        names = {task.partition(": ")[0] for task in self.tasks}
        if len(names) == 1:
            return f"{len(self.tasks)} targets of {names.pop()}"
        return f"{len(self.tasks)} tasks"

    @property
    def note(self) -> str:
        """What the tests say of all models together, and what they cannot say."""
        statistic, p_value = self.statistics.friedman()
        said = []
        if math.isfinite(p_value):
            said.append(
                f"Friedman's test of no difference: χ² = {statistic:.2f}, p = {p_value:.2g}"
            )
        said.append(
            "by Nemenyi's test two models differ from a gap of "
            f"{self.statistics.critical_difference():.2f} mean ranks on"
        )
        if (smallest := self.statistics.smallest_p_value()) >= 1 - LEVEL:
            said.append(
                f"so few tasks separate no pair: the smallest p that they allow is {smallest:.2g}"
            )
        if self.fewest_seeds < MINIMUM_SEEDS:
            said.append(f"fewer than {MINIMUM_SEEDS} seeds, so nothing is called better")
        if len({task.partition(": ")[0] for task in self.tasks}) == 1:
            said.append(
                "targets of one task share sequences and a network, which the intervals and tests "
                "do not know"
            )
        if self.left_out:
            said.append(f"not scored on all, so left out: {', '.join(self.left_out)}")
        text = "; ".join(said)
        return f"{text[0].upper()}{text[1:]}."

    @property
    def _sign(self) -> int:
        return 1 if self.column.higher_is_better else -1


def over_tasks(rows: Sequence[Row], column: Column) -> OverTasks | None:
    """Returns models over tasks by one metric, or None for fewer than two of either.

    A task counts where at least two models have the metric; models that lack one of those tasks
    are left out.

    Args:
        rows: Of any tasks.
        column: The metric.
    """
    found: dict[str, dict[str, list[float]]] = defaultdict(dict)
    for row in rows:
        for task, values in _by_target(row, column).items():
            found[task][f"{row.architecture} {row.regime}"] = values
    tasks = [task for task, values in found.items() if len(values) > 1]
    known = dict.fromkeys(model for task in tasks for model in found[task])
    models = [model for model in known if all(model in found[task] for task in tasks)]
    if min(len(tasks), len(models)) < 2:
        return None
    sign = 1 if column.higher_is_better else -1
    scores = np.array([[sign * np.mean(found[task][m]) for m in models] for task in tasks])
    order = np.argsort(SeveralTasks(scores).mean_ranks(), kind="stable")
    return OverTasks(
        column,
        tuple(tasks),
        tuple(models[index] for index in order),
        SeveralTasks(scores[:, order]),
        tuple(model for model in known if model not in models),
        min(len(found[task][model]) for task in tasks for model in models),
    )


def _by_target(row: Row, column: Column) -> Mapping[str, list[float]]:
    """Returns the values over seeds by task, or by target where the row's task has several."""
    targets = row.records[0]["dataset"]["targets"]
    names = {f"{row.task}: {target}": target for target in targets}
    found = {}
    for task, target in names.items() if len(targets) > 1 else [(row.task, None)]:
        metrics = [headline(record, column.name, target) for record in row.records]
        values = [metric["value"] for metric in metrics if metric and metric["value"] is not None]
        if len(values) == len(row.records):
            found[task] = values
    return found
