"""The verdict on records: one line per task, architecture and regime, one column per number."""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from tfbs.benchmark.columns import COLUMNS, Column
from tfbs.benchmark.convergence import caveat
from tfbs.benchmark.formatting import format_interval
from tfbs.benchmark.headline import HEADLINE_SPLITS, headline
from tfbs.benchmark.record import Record
from tfbs.benchmark.settings import Usual, registered_settings, row_key
from tfbs.benchmark.spec import FITTED

_LIST = re.compile(r"\['([^']*)'((?:, '[^']*'){2,})\]")


@dataclass(frozen=True)
class Cell:
    """What one line of the verdict says in one column.

    Attributes:
        value: The run's number, or the median over seeds; None where it is undefined.
        interval: The run's 95 % interval, or the range over seeds.
        over_seeds: Whether the interval is a range over seeds.
        chance: What chance gives.
        reason: Why the value is None.
        mark: `best` of the task, `near` where its interval overlaps that of the best.
    """

    value: float | None
    interval: tuple[float, float] | None = None
    over_seeds: bool = False
    chance: float | None = None
    reason: str | None = None
    mark: Literal["best", "near", ""] = ""

    def overlaps(self, other: Cell) -> bool:
        """Returns whether both intervals are known and have a point in common."""
        if self.interval is None or other.interval is None:
            return False
        return self.interval[0] <= other.interval[1] and other.interval[0] <= self.interval[1]

    def spread(self, unit: str) -> str:
        """Returns the interval in brackets, or the range over seeds in parentheses, if known."""
        text = format_interval(self.interval, unit)
        return f"({text[1:-1]})" if self.over_seeds else text

    def is_apart(self, other: Cell) -> bool:
        """Returns whether both intervals are known and have no point in common."""
        known = self.interval is not None and other.interval is not None
        return known and not self.overlaps(other)


@dataclass(frozen=True)
class Row:
    """The records of one task, architecture and regime, one per seed.

    Attributes:
        task: Name of the task.
        architecture: Its name, with the settings worth saying.
        regime: Its name, with the settings worth saying.
        records: By seed.
        cells: By name of the column; a column that no record has is missing.
    """

    task: str
    architecture: str
    regime: str
    records: tuple[Record, ...]
    cells: Mapping[str, Cell] = field(default_factory=dict)

    @property
    def is_fitted(self) -> bool:
        """Whether it is a floor, whose fit does not depend on the seed."""
        return all(record["spec"]["regime"]["name"] == FITTED for record in self.records)

    @property
    def caveat(self) -> str:
        """How many of the records did not converge, and how; empty where all did."""
        return caveat(self.records)


def verdict(
    records: Iterable[Record],
    usual: Usual | None = None,
    columns: Sequence[Column] = COLUMNS,
) -> list[Row]:
    """Returns one line per task, architecture and regime, task by task.

    Args:
        records: Of any tasks.
        usual: What goes without saying; by default `registered_settings`.
        columns: What to summarise.
    """
    groups: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for record in records:
        groups[row_key(record, usual or registered_settings)].append(record)
    rows = []
    names = brief([architecture for _, architecture, _ in groups])
    for (task, architecture, regime), members in groups.items():
        members.sort(key=lambda record: record["spec"]["seed"])
        found = ((column.name, summarise(members, column)) for column in columns)
        cells = {name: cell for name, cell in found if cell is not None}
        rows.append(Row(task, names[architecture], regime, tuple(members), cells))
    tasks = list(dict.fromkeys(row.task for row in rows))
    return _marked(sorted(rows, key=lambda row: tasks.index(row.task)), columns)


def brief(names: Iterable[str]) -> dict[str, str]:
    """Returns each name with lists of three or more shortened, unless two would read the same.

    Args:
        names: Of architectures, with settings.
    """
    short = {
        name: _LIST.sub(lambda found: f"[{found[1]} +{found[2].count(',')}]", name)
        for name in names
    }
    times = Counter(short.values())
    return {name: own if times[own] == 1 else name for name, own in short.items()}


def columns_of(rows: Iterable[Row], columns: Sequence[Column] = COLUMNS) -> list[Column]:
    """Returns the columns that at least one line has."""
    names = {name for row in rows for name in row.cells}
    return [column for column in columns if column.name in names]


def summarise(
    records: Sequence[Record],
    column: Column,
    target: str | None = None,
    design: str = "all",
    splits: Sequence[str] = HEADLINE_SPLITS,
) -> Cell | None:
    """Returns what records that differ in their seeds say in a column; None where none has it.

    Args:
        records: Of one line.
        column: Which metric.
        target: See `headline`.
        design: See `headline`.
        splits: See `headline`.
    """
    metrics = (headline(record, column.name, target, design, splits) for record in records)
    found = [metric for metric in metrics if metric]
    if not found:
        return None
    values = [metric["value"] for metric in found if metric["value"] is not None]
    if not values:
        return Cell(None, reason=found[0]["undefined_reason"])
    interval = tuple(found[0]["interval"] or ()) or None
    if len(values) > 1:
        interval = (min(values), max(values)) if min(values) < max(values) else None
    return Cell(
        value=statistics.median(values),
        interval=interval,
        over_seeds=len(values) > 1 and interval is not None,
        chance=_chance(records, column),
    )


def _chance(records: Sequence[Record], column: Column) -> float | None:
    if column.chance is None:
        return None
    found = [metric for metric in (headline(r, column.chance) for r in records) if metric]
    values = [metric["value"] for metric in found if metric["value"] is not None]
    return statistics.median(values) if values else None


def mark(cells: Sequence[Cell | None], column: Column) -> list[Cell | None]:
    """Returns the cells, where several are known with the best and those near it marked."""
    known = [cell for cell in cells if cell is not None and cell.value is not None]
    if len(known) < 2:
        return list(cells)
    choose = max if column.higher_is_better else min
    best = choose(known, key=_value)

    def marked(cell: Cell | None) -> Cell | None:
        if cell is None or cell.value is None:
            return cell
        if cell.value == best.value:
            return replace(cell, mark="best")
        return replace(cell, mark="near") if cell.overlaps(best) else cell

    return [marked(cell) for cell in cells]


def _marked(rows: Sequence[Row], columns: Sequence[Column]) -> list[Row]:
    """Returns the rows with the best of each task marked."""
    cells: list[dict[str, Cell]] = [{} for _ in rows]
    for task in dict.fromkeys(row.task for row in rows):
        places = [index for index, row in enumerate(rows) if row.task == task]
        for column in columns:
            found = mark([rows[index].cells.get(column.name) for index in places], column)
            for index, cell in zip(places, found, strict=True):
                if cell is not None:
                    cells[index][column.name] = cell
    return [replace(row, cells=own) for row, own in zip(rows, cells, strict=True)]


def _value(cell: Cell) -> float:
    return float("nan") if cell.value is None else cell.value
