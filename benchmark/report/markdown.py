"""A suite's verdict as Markdown: what the numbers say, and the tables, computed from records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tfbs.benchmark.breakdown import Breakdown, breakdowns
from tfbs.benchmark.formatting import format_interval, format_value
from tfbs.benchmark.record import Record
from tfbs.benchmark.report.claims import HEADER as COMPARED
from tfbs.benchmark.report.claims import compare, counted
from tfbs.benchmark.report.disagreement import judge, name
from tfbs.benchmark.report.published import Published, beside_ours, published_results
from tfbs.benchmark.suite import Suite
from tfbs.benchmark.table import markdown_table
from tfbs.benchmark.tables import (
    COLUMNS,
    Cell,
    Column,
    Row,
    columns_of,
    shared_settings,
    verdict,
)


def suite_markdown(suite: Suite, records: Iterable[Record], total: int) -> str:
    """Returns a page of Markdown; where no run is finished, it says that all are pending.

    Args:
        suite: The suite.
        records: Of its finished runs.
        total: Runs that it has in all.
    """
    known = in_order(records)
    rows = verdict(known, shared_settings(known))
    seeds = sorted({record["spec"]["seed"] for record in known})
    whose = f", seeds {', '.join(map(str, seeds))}" if known else ": all are pending"
    parts = [
        f"# Suite {suite.name}, version {suite.version}",
        f"{suite.description} {len(known)} of {total} runs are finished{whose}. Written by "
        f"`tfbs report {suite.name} --markdown` from the records; protocol `{suite.protocol}`.",
    ]
    if not known:
        return "\n\n".join(parts) + "\n"
    for judgement in judge(rows, COLUMNS):
        said = [judgement.most_accurate, *judgement.disagreements]
        parts.append("\n".join([f"**{judgement.task}**", "", *(f"* {text}" for text in said)]))
    published = published_results(suite.name)
    parts += [*_published(published, known), *_claims(suite, published, known)]
    parts.append(
        "In the tables, in bold the best of a task; in brackets the 95 % interval of one run, in "
        "parentheses the range over seeds, whose median stands before it."
    )
    parts += _footnotes(rows)
    parts += [_axis_table(axis, rows) for axis in _axes(rows)]
    parts += [_breakdown_table(breakdown) for breakdown in breakdowns(rows)]
    return "\n\n".join(parts) + "\n"


def in_order(records: Iterable[Record]) -> list[Record]:
    """Returns records in the same order wherever they come from."""

    def key(record: Record) -> tuple[str, ...]:
        spec = record["spec"]
        names = spec["task"]["name"], spec["architecture"]["name"], spec["regime"]["name"]
        return (*names, f"{spec['seed']:06d}", record["id"])

    return sorted(records, key=key)


def _published(results: Sequence[Published], records: Sequence[Record]) -> list[str]:
    """Returns published numbers beside ours, and what to mind in comparing them."""
    if not results:
        return []
    sources = dict.fromkeys(result.source for result in results)
    notes = dict.fromkeys(f"{r.line.metric}: {r.note}" for r in results if r.note)
    said = "Mean ± standard deviation, ours with n - 1. Published: " + "; ".join(sources) + "."
    minded = "\n".join(f"* {note}." for note in notes)
    table = markdown_table(*beside_ours(results, records))
    return [part for part in ("## Published and ours", said, table, minded) if part]


def _claims(suite: Suite, published: Sequence[Published], records: Sequence[Record]) -> list[str]:
    """Returns what the claims of the suite come to."""
    if not suite.claims:
        return []
    parts = [
        "## Claims",
        "A claim holds where the 95 % interval of a difference is above 0, by Student's t over "
        "seeds: of pairs where both numbers are of the same runs, else by Welch.",
    ]
    for claim in suite.claims:
        found = compare(claim, records, published)
        parts.append(f"**{claim.says}** {counted(found)}.")
        parts.append(markdown_table(COMPARED, [comparison.cells() for comparison in found]))
    return parts


def _axes(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(column.axis for column in columns_of(rows)))


def _axis_table(axis: str, rows: Sequence[Row]) -> str:
    columns = [column for column in columns_of(rows) if column.axis == axis]
    header = ["task", "architecture", "regime", "seeds", *(column.heading for column in columns)]
    lines = [
        [
            row.task,
            _marked(row),
            row.regime,
            str(len(row.records)),
            *(_cell(row.cells.get(column.name), column) for column in columns),
        ]
        for row in rows
        if any(column.name in row.cells for column in columns)
    ]
    return f"## {axis.capitalize()}\n\n{markdown_table(header, lines)}"


def _marked(row: Row) -> str:
    return f"{row.architecture} †" if row.caveat else row.architecture


def _footnotes(rows: Sequence[Row]) -> list[str]:
    """Returns what the daggers mean, nothing where there is none."""
    said = [f"{row.task} {name(row)}: {row.caveat}" for row in rows if row.caveat]
    return [f"† Not converged, of the trainings of a line: {'; '.join(said)}."] if said else []


def _breakdown_table(breakdown: Breakdown) -> str:
    column = breakdown.column
    header = [breakdown.by, *(f"{row.architecture} ({row.regime})" for row in breakdown.rows)]
    lines = [[line.name, *(_cell(cell, column) for cell in line.cells)] for line in breakdown.lines]
    title = f"## {column.heading} by {breakdown.by}, {breakdown.task}"
    return f"{title}\n\n{markdown_table(header, lines)}"


def _cell(cell: Cell | None, column: Column) -> str:
    if cell is None:
        return ""
    if cell.value is None:
        return "undefined"
    value = format_value(cell.value, column.unit)
    interval = format_interval(cell.interval, column.unit)
    if cell.over_seeds:
        interval = f"({interval[1:-1]})"
    best = f"**{value}**" if cell.mark == "best" else value
    chance = "" if cell.chance is None else f"chance {format_value(cell.chance, column.unit)}"
    return " ".join(filter(None, [best, interval, chance]))
