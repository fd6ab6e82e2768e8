"""The verdict and its breakdowns as tables to take away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tfbs.benchmark.axes import Front
from tfbs.benchmark.breakdown import Breakdown
from tfbs.benchmark.columns import Column
from tfbs.benchmark.formatting import format_value
from tfbs.benchmark.table import Table
from tfbs.benchmark.verdict import Cell, Row, columns_of

PARETO = "◆"
"""Marks a line on the Pareto front of its task."""


def verdict_tables(
    rows: Sequence[Row], fronts: Sequence[Front], *, bold: bool = False
) -> list[Table]:
    """Returns a table per axis, with the Pareto front marked, and what did not converge.

    Args:
        rows: Of the verdict.
        fronts: Of its tasks.
        bold: Whether the best of a task is between asterisks, as in Markdown.
    """
    on_front = {id(row) for front in fronts for row in front.best}
    columns = columns_of(rows)
    return [
        _axis_table(axis, [c for c in columns if c.axis == axis], rows, on_front, bold)
        for axis in dict.fromkeys(column.axis for column in columns)
    ]


def breakdown_table(breakdown: Breakdown, *, bold: bool = False) -> Table:
    """Returns a breakdown, a line per target, design or split.

    Args:
        breakdown: Of one column and task.
        bold: Whether the best of a line is between asterisks.
    """
    column = breakdown.column
    header = [breakdown.by, *(f"{row.architecture} ({row.regime})" for row in breakdown.rows)]
    lines = [
        [line.name, *(_text(cell, column, bold) for cell in line.cells)] for line in breakdown.lines
    ]
    data = [
        {breakdown.by: line.name, **_names(row), **_numbers(column, cell)}
        for line in breakdown.lines
        for row, cell in zip(breakdown.rows, line.cells, strict=True)
        if cell is not None
    ]
    title = f"{column.heading} by {breakdown.by}, {breakdown.task}"
    name = f"{column.name}_by_{breakdown.by}_{breakdown.task}".replace("/", "_").replace(" ", "_")
    return Table(name, title, header, lines, data)


def _text(cell: Cell | None, column: Column, bold: bool) -> str:
    """Returns value, interval or range, and chance as words."""
    if cell is None:
        return ""
    if cell.value is None:
        return "undefined"
    value = format_value(cell.value, column.unit)
    best = f"**{value}**" if bold and cell.mark == "best" else value
    chance = "" if cell.chance is None else f"chance {format_value(cell.chance, column.unit)}"
    return " ".join(filter(None, [best, cell.spread(column.unit), chance]))


def _axis_table(
    axis: str, columns: Sequence[Column], rows: Sequence[Row], on_front: set[int], bold: bool
) -> Table:
    header = ["task", "architecture", "regime", "seeds", *(column.heading for column in columns)]
    lines = [
        [
            row.task,
            _marked(row, on_front),
            row.regime,
            str(len(row.records)),
            *(_text(row.cells.get(column.name), column, bold) for column in columns),
        ]
        for row in rows
        if any(column.name in row.cells for column in columns)
    ]
    data = list(_data(columns, rows, on_front))
    return Table(f"verdict_{axis}", f"Verdict, {axis}", header, lines, data)


def _marked(row: Row, on_front: set[int]) -> str:
    marks = [PARETO] if id(row) in on_front else []
    return " ".join([row.architecture, *marks, *(["†"] if row.caveat else [])])


def _data(
    columns: Sequence[Column], rows: Sequence[Row], on_front: set[int]
) -> Iterator[dict[str, object]]:
    for row in rows:
        for column in columns:
            if (cell := row.cells.get(column.name)) is not None:
                seeds = {"seeds": len(row.records), "on_pareto_front": id(row) in on_front}
                yield {**_names(row), **seeds, **_numbers(column, cell)}


def _names(row: Row) -> dict[str, object]:
    return {"task": row.task, "architecture": row.architecture, "regime": row.regime}


def _numbers(column: Column, cell: Cell) -> dict[str, object]:
    low, high = cell.interval or (None, None)
    return {
        "metric": column.name,
        "value": cell.value,
        "low": low,
        "high": high,
        "interval": "range over seeds" if cell.over_seeds else "95 %" if cell.interval else None,
        "chance": cell.chance,
        "undefined_reason": cell.reason,
    }
