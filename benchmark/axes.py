"""The number that stands for an axis, and the rows that no other beats on all axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tfbs.benchmark.columns import COLUMNS, Column
from tfbs.benchmark.statistics.pareto import pareto_front
from tfbs.benchmark.verdict import Row

HEADLINES: Mapping[str, tuple[str, ...]] = {
    "prediction": ("auroc",),
    "interpretability": (
        "attribution_auroc_saliency",
        "summit_attribution_auroc_saliency",
        "jaspar_auroc_saliency",
    ),
    "robustness": ("auroc_pgd_0.02",),
    "cost": ("macs",),
}
"""The columns that may stand for an axis: the first that is measured does."""

_KNOWN = {column.name: column for column in COLUMNS}


@dataclass(frozen=True)
class Front:
    """The rows of one task by the headline of every axis.

    Attributes:
        task: Its name.
        columns: One per axis that is measured.
        rows: Of the verdict, those that have them all.
        on_front: Whether no other row is at least as good on every axis and better on one.
    """

    task: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    on_front: Sequence[bool]

    @property
    def sentence(self) -> str:
        """Who is on the front."""
        names = [f"{row.architecture} ({row.regime})" for row in self.best]
        on = " · ".join(column.heading for column in self.columns)
        return (
            f"Of {len(self.rows)} lines {len(names)} {'is' if len(names) == 1 else 'are'} on the "
            f"Pareto front of {on}: {', '.join(names)}."
        )

    @property
    def best(self) -> list[Row]:
        """The rows on the front."""
        return [row for row, is_on in zip(self.rows, self.on_front, strict=True) if is_on]


def headlines(rows: Sequence[Row]) -> list[Column]:
    """Returns the column that stands for each axis, of those that any of the rows has."""
    found = (
        next((name for name in names if any(_value(row, name) is not None for row in rows)), None)
        for names in HEADLINES.values()
    )
    return [_KNOWN[name] for name in found if name is not None]


def fronts(rows: Sequence[Row]) -> list[Front]:
    """Returns the Pareto front of each task with at least two rows and two axes.

    The front is that of the numbers as they are: what lies within the intervals of others is on
    it, or off it, by luck.

    Args:
        rows: Of a verdict.
    """
    found = []
    for task in dict.fromkeys(row.task for row in rows):
        own = [row for row in rows if row.task == task]
        columns = headlines(own)
        complete = [row for row in own if all(_value(row, c.name) is not None for c in columns)]
        if len(columns) > 1 and len(complete) > 1:
            on_front = pareto_front(np.array([oriented(row, columns) for row in complete]))
            found.append(Front(task, columns, complete, on_front.tolist()))
    return found


def oriented(row: Row, columns: Sequence[Column]) -> list[float]:
    """Returns a row's numbers, negated where less is better; NaN where there is none."""
    values = [_value(row, column.name) for column in columns]
    return [
        float("nan") if value is None else value if column.higher_is_better else -value
        for column, value in zip(columns, values, strict=True)
    ]


def _value(row: Row, name: str) -> float | None:
    cell = row.cells.get(name)
    return None if cell is None else cell.value
