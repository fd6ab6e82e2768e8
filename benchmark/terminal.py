"""What `tfbs run` and `tfbs suite` print at their end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tfbs.benchmark.breakdown import Breakdown, breakdowns
from tfbs.benchmark.columns import COLUMNS, Column
from tfbs.benchmark.formatting import format_interval, format_table, format_value
from tfbs.benchmark.record import Record
from tfbs.benchmark.settings import registered_settings, row_key, shared_settings
from tfbs.benchmark.verdict import Cell, Row, columns_of, verdict

METRIC_HEADER = ("metric", "target", "split", "negatives", "value", "95 % interval", "n", "")
LONG = 200
"""Longer lists of metrics are cut to the means."""


def metric_rows(record: Record) -> list[tuple[str, ...]]:
    """Returns the metrics and costs of one record as text, under `METRIC_HEADER`.

    Of a long list, single targets are left out other than on the test split against all
    negatives; `left_out` says how many.
    """
    rows = [
        (
            metric["name"],
            metric["target"],
            metric["split"],
            metric["design"],
            "undefined" if metric["value"] is None else f"{metric['value']:.4f}",
            format_interval(metric["interval"]),
            str(metric["n"]),
            metric["undefined_reason"] or "",
        )
        for metric in _shown(record)
    ]
    return rows + [
        (name, "", "cost", "", "-" if value is None else f"{value:,.6g}", "", "", "")
        for name, value in record["cost"].items()
    ]


def left_out(record: Record) -> int:
    """Returns how many metrics of a record `metric_rows` leaves out."""
    return len(record["metrics"]) - len(_shown(record))


def _shown(record: Record) -> list[Record]:
    metrics = record["metrics"]
    if len(metrics) <= LONG:
        return list(metrics)
    return [
        m
        for m in metrics
        if m["target"] == "mean" or (m["split"] in ("test", "valid") and m["design"] == "all")
    ]


def metric_table(record: Record) -> str:
    """Returns the metrics of one record with their 95 % intervals."""
    missing = left_out(record)
    more = f"and {missing} more by target in the record (--json)" if missing else ""
    return "\n".join(filter(None, [format_table(METRIC_HEADER, metric_rows(record)), more]))


def suite_table(records: Iterable[Record], columns: Sequence[Column] = COLUMNS) -> str:
    """Returns one table per axis, with a line per task, architecture and regime.

    With one seed, the interval is that of the run; with more, the value is the median and the
    interval the range over seeds. Lines are named by the settings that tell them apart; what
    else differs from the defaults is listed below. Tasks with several targets or with designs
    of negatives get tables by them.
    """
    known = list(records)
    rows = verdict(known, shared_settings(known), columns)
    used = columns_of(rows, columns)
    tables = []
    for axis in dict.fromkeys(column.axis for column in used):
        chosen = [column for column in used if column.axis == axis]
        header = (axis, "seeds", *(column.name for column in chosen))
        lines = [
            (
                f"{row.task} {row.architecture} {row.regime}{' !' if row.caveat else ''}",
                str(len(row.records)),
                *(_cell(row.cells.get(column.name), column) for column in chosen),
            )
            for row in rows
            if any(column.name in row.cells for column in chosen)
        ]
        tables.append(format_table(header, lines))
    legend = "* best of its task  [95 % interval]  (range over seeds)"
    details = [_breakdown_table(breakdown) for breakdown in breakdowns(rows)]
    notes = [legend, *_not_converged(rows), *_overrides(rows)]
    return "\n\n".join([*tables, *_numbered(rows, details), "\n".join(notes)])


def _numbered(rows: Sequence[Row], details: Sequence[str]) -> list[str]:
    """Returns the tables below a list of what their columns are."""
    if not details:
        return []
    names = [
        f"({number}) {row.task} {row.architecture} {row.regime}"
        for row, number in zip(rows, _numbers(rows), strict=True)
    ]
    return ["\n".join(["In the tables below:", *names]), *details]


def _numbers(rows: Sequence[Row]) -> list[int]:
    """Returns the number of each row within its task, from 1."""
    tasks = [row.task for row in rows]
    return [tasks[: index + 1].count(task) for index, task in enumerate(tasks)]


def _breakdown_table(breakdown: Breakdown) -> str:
    column = breakdown.column
    noted = any(line.note for line in breakdown.lines)
    header = (
        f"{column.name} by {breakdown.by}, {breakdown.task}",
        *(["bound"] if noted else []),
        *(f"({number}) " for number in _numbers(breakdown.rows)),
    )
    lines = [
        (
            line.name,
            *([line.note] if noted else []),
            *(_short(cell, column) for cell in line.cells),
        )
        for line in breakdown.lines
    ]
    return format_table(header, lines)


def _not_converged(rows: Sequence[Row]) -> list[str]:
    """Returns a sentence for every line with a training that did not converge."""
    lines = [
        f"{row.task} {row.architecture} {row.regime}: {row.caveat}" for row in rows if row.caveat
    ]
    return ["", "! Not converged, of the trainings of a line:", *lines] if lines else []


def _overrides(rows: Sequence[Row]) -> list[str]:
    """Returns a line for every recipe whose settings are not the defaults."""
    recipes = [" ".join(row_key(row.records[0], registered_settings)[1:]) for row in rows]
    lines = dict.fromkeys(recipe for recipe in recipes if "[" in recipe)
    return ["", "Settings that differ from the defaults:", *lines] if lines else []


def _short(cell: Cell | None, column: Column) -> str:
    if cell is None:
        return "- "
    return format_value(cell.value, column.unit) + ("*" if cell.mark == "best" else " ")


def _cell(cell: Cell | None, column: Column) -> str:
    if cell is None:
        return "-"
    if cell.value is None:
        return "undefined"
    chance = "" if cell.chance is None else f" chance {format_value(cell.chance, column.unit)}"
    return f"{_short(cell, column)} {cell.spread(column.unit)}{chance}".strip()
