"""The page: verdict, figures and specifications in one self-contained HTML file."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tfbs
from tfbs.benchmark.axes import Front, fronts
from tfbs.benchmark.breakdown import breakdowns
from tfbs.benchmark.columns import COLUMNS, Column
from tfbs.benchmark.factors import effects_of
from tfbs.benchmark.formatting import format_value
from tfbs.benchmark.record import Record
from tfbs.benchmark.report.agreement import agreement_section
from tfbs.benchmark.report.attributions import attribution_section
from tfbs.benchmark.report.calibration import calibration_section
from tfbs.benchmark.report.cost import cost_section
from tfbs.benchmark.report.describe import datasets, describe
from tfbs.benchmark.report.disagreement import judge
from tfbs.benchmark.report.drawing import styles
from tfbs.benchmark.report.factors import factors_section
from tfbs.benchmark.report.files import write_files
from tfbs.benchmark.report.filters import filter_section
from tfbs.benchmark.report.over_tasks import over_tasks_section
from tfbs.benchmark.report.overview import overview_section
from tfbs.benchmark.report.ranking import ranking_section
from tfbs.benchmark.report.robustness import robustness_section
from tfbs.benchmark.report.section import Arrays, Material
from tfbs.benchmark.report.training import joint_heading, joint_section, training_section
from tfbs.benchmark.report.verdict_table import breakdown_table, verdict_tables
from tfbs.benchmark.settings import Usual, shared_settings
from tfbs.benchmark.table import leading_number
from tfbs.benchmark.verdict import Row, columns_of, verdict
from tfbs.datasets.task import Task
from tfbs.files import write_whole
from tfbs.pages import STYLE, TABLES, breakable, environment, inline, source

SECTIONS = (
    factors_section,
    over_tasks_section,
    overview_section,
    training_section,
    joint_section,
    ranking_section,
    calibration_section,
    robustness_section,
    attribution_section,
    agreement_section,
    filter_section,
    cost_section,
)


@dataclass(frozen=True)
class Note:
    """A sentence that explains a column."""

    heading: str
    name: str
    text: str


def write_report(
    records: Sequence[Record],
    arrays: Arrays,
    task_of: Callable[[Record], Task | None],
    path: Path,
    *,
    title: str,
    description: str,
    command: str,
    usual: Usual | None = None,
    glossary: Mapping[str, str] | None = None,
    beside: Sequence[Path] = (),
) -> Path:
    """Writes a self-contained HTML page about one or more records.

    Its figures and tables are also files, in a folder beside it that the page links to and does
    not need.

    Does not import TensorFlow. What a record lacks is said on the page, not drawn.

    Args:
        records: At least one.
        arrays: Returns an array of a record by name, or None where it is not at hand.
        task_of: Returns the task of a record, or None where its data are not at hand; data of
            another fingerprint count as not at hand.
        path: The file, replaced if it exists; its folder is made.
        title: Heading of the page.
        description: One line under it.
        command: That repeats what the page shows.
        usual: Settings that go without saying, such as `tables.registered_settings`, which
            imports every architecture; by default those that the records have in common.
        glossary: Descriptions of metrics by name.
        beside: Further files about the records, which the page links to.

    Returns:
        The path.

    Raises:
        ValueError: If there are no records.
    """
    if not records:
        raise ValueError("a report needs at least one record")
    rows = verdict(records, usual or shared_settings(records))
    material = Material(rows, styles(rows), arrays, _tasks(rows, task_of))
    columns = columns_of(rows)
    broken_down = breakdowns(rows)
    found = fronts(rows)
    sections = [make(material) for make in SECTIONS]
    of_verdict = verdict_tables(rows, found)
    of_breakdowns = [breakdown_table(breakdown) for breakdown in broken_down]
    path.parent.mkdir(parents=True, exist_ok=True)
    files = write_files(path, sections, [*of_verdict, *of_breakdowns])
    template = environment("tfbs.benchmark.report").get_template("page.html")
    page = template.render(
        title=title,
        description=description,
        command=command,
        **_of_rows(rows, columns, found),
        breakdowns=broken_down,
        breakdown_tables=of_breakdowns,
        verdict_tables=of_verdict,
        fronts=found,
        folder=files.folder,
        figure_files=lambda figure: files.figures[id(figure)],
        table_files=lambda name: files.tables[name],
        notes=_notes(columns, rows, glossary or {}),
        sections=sections,
        beside=[Path(os.path.relpath(file, path.parent)).as_posix() for file in beside],
        described=[describe(row, record, usual) for row in rows for record in row.records],
        style=inline(source(STYLE)),
        script=inline(source(TABLES)),
        version=tfbs.__version__,
        id=id,
        leading_number=leading_number,
        breakable=breakable,
        value=format_value,
    )
    return write_whole(path, page)


def _of_rows(
    rows: Sequence[Row], columns: Sequence[Column], found: Sequence[Front]
) -> dict[str, Any]:
    """Returns what the page says of its lines as a whole."""
    return {
        "rows": rows,
        "columns": columns,
        "axes": _axes(columns),
        "absent": [column.heading for column in COLUMNS if column not in columns],
        "tasks": list(dict.fromkeys(row.task for row in rows)),
        "judgements": judge(rows, columns),
        "on_front": {id(row) for front in found for row in front.best},
        "front_columns": list(dict.fromkeys(c.heading for front in found for c in front.columns)),
        "matters": [effects.sentence for effects in effects_of(rows) if effects.analysis],
        "several_seeds": any(len(row.records) > 1 for row in rows),
        "datasets": datasets(rows),
    }


def _tasks(rows: Sequence[Row], task_of: Callable[[Record], Task | None]) -> dict[str, Task | None]:
    """Returns the task of every record, by its id."""
    tasks: dict[str, Task | None] = {}
    for record in (record for row in rows for record in row.records):
        task = task_of(record)
        same = task is not None and task.fingerprint == record["dataset"]["fingerprint"]
        tasks[record["id"]] = task if same else None
    return tasks


def _axes(columns: Sequence[Column]) -> list[tuple[str, int]]:
    """Returns each axis with the number of its columns."""
    names = [column.axis for column in columns]
    return [(axis, names.count(axis)) for axis in dict.fromkeys(names)]


def _notes(
    columns: Sequence[Column], rows: Sequence[Row], glossary: Mapping[str, str]
) -> list[Note]:
    """Returns a sentence for every column of the verdict and every joint curve that has one."""
    notes = [
        Note(column.heading, column.name, glossary.get(column.name, column.note))
        for column in columns
    ]
    drawn = {
        name
        for row in rows
        for record in row.records
        for name in record["training"].get("probe_curves") or {}
    }
    known = {note.name for note in notes}
    notes += [
        Note(joint_heading(name), name, glossary.get(name, "")) for name in sorted(drawn - known)
    ]
    return [note for note in notes if note.text]
