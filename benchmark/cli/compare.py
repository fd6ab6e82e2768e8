"""`tfbs compare`."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tfbs.benchmark.cli.options import OUTPUT, RECORDS, TRACKING
from tfbs.benchmark.finished import find_record, finished_of_suite
from tfbs.benchmark.formatting import format_interval, format_table, format_value
from tfbs.benchmark.record import Record, RecordFolder
from tfbs.benchmark.report import Places
from tfbs.benchmark.statistics.difference import Difference
from tfbs.benchmark.statistics.seeds import MINIMUM_SEEDS
from tfbs.benchmark.tables import COLUMNS, Column, columns_of, shared_settings, verdict
from tfbs.benchmark.tracking import Store
from tfbs.datasets.options import DATA_DIR
from tfbs.datasets.task import Task
from tfbs.errors import UserError, nearest

if TYPE_CHECKING:
    from tfbs.benchmark.compare import Ladder
    from tfbs.benchmark.factors import Effects
    from tfbs.benchmark.over_tasks import OverTasks


@click.command(name="compare")
@click.argument("subjects", metavar="SUITE|RUN RUN...", nargs=-1, required=True)
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    help="Only this metric; may be given several times. [default: those of the verdict]",
)
@click.option(
    "--margin",
    type=click.FloatRange(min=0, min_open=True),
    default=0.01,
    show_default=True,
    help="Differences below it do not matter: what two one-sided tests call equivalent.",
)
@click.option(
    "--factors",
    is_flag=False,
    flag_value="",
    metavar="[NAME,NAME...]",
    help="Say instead which choices matter for each axis: main effects and interactions of "
    "architecture or family, prior, regime and settings. [default: all that vary]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@RECORDS
@TRACKING
@OUTPUT
@DATA_DIR
def compare_command(
    subjects: tuple[str, ...],
    metrics: tuple[str, ...],
    margin: float,
    factors: str | None,
    as_json: bool,
    data_dir: Path | None,
    output: Path,
    tracking_uri: str | None,
    records: Path | None,
) -> None:
    """Say which of several recipes is better, with paired statistics.

    RUN is the beginning of a run's id; runs that differ in their seeds alone are one recipe. Of a
    SUITE all finished runs are compared, task by task and over all tasks.
    """
    from tfbs.benchmark.compare import by_task, compare
    from tfbs.benchmark.factors import effects_of
    from tfbs.benchmark.over_tasks import over_tasks

    folder = RecordFolder(records) if records else None
    store = Store(output, tracking_uri)
    known, tasks = _find(subjects, store, folder, data_dir)
    places = Places(store, folder, data_dir=data_dir, tasks=tasks)
    rows = verdict(known, shared_settings(known))
    if factors is not None:
        chosen = _columns(metrics, ()) if metrics else None
        _say_factors(effects_of(rows, [f for f in factors.split(",") if f], chosen), as_json)
        return
    columns = _columns(metrics, columns_of(rows))
    ladders = [
        (task, ladder)
        for task, members in by_task(rows).items()
        for column in columns
        if (ladder := compare(members, column, places.array, places.task))
    ]
    overall = [found for column in columns if (found := over_tasks(rows, column))]
    if not ladders and not overall:
        raise UserError("nothing to compare: two recipes on one task with a metric in common")
    if as_json:
        click.echo(json.dumps(_all_json(ladders, overall, margin), indent=1))
    else:
        parts = [_text(task, ladder, margin) for task, ladder in ladders]
        parts += [_text_over_tasks(found) for found in overall]
        click.echo("\n\n".join([*parts, _LEGEND, *([_LEGEND_OVER_TASKS] if overall else [])]))


_LEGEND = f"""\
lead: the leader minus this line. Recipes: over seeds and examples, what another seed and other
examples would give; needs {MINIMUM_SEEDS} seeds of each. Models: as they were trained, over
examples alone.
tie: 1 for all that the leader is not separated from, after Holm's correction for all pairs; then
the same among those left. found: the smallest lead that would be seen in 4 of 5 cases."""

_LEGEND_OVER_TASKS = """\
over tasks: ranks within a task, 1 is best, of means over seeds; a target of a task with several
counts as a task. Intervals say what other tasks of the kind would give."""


def _say_factors(found: Sequence[Effects], as_json: bool) -> None:
    if as_json:
        parts = [
            {
                "metric": own.column.name,
                "axis": own.column.axis,
                "sentence": own.sentence,
                "note": own.note,
                "spreads": own.analysis.spreads if own.analysis else None,
                "effects": own.table().data,
            }
            for own in found
        ]
        click.echo(json.dumps(parts, indent=1))
        return
    for own in found:
        click.echo(f"{own.column.axis}. {own.sentence}")
        if own.analysis:
            click.echo(f"{own.table().text()}\n({own.note})\n")


def _find(
    subjects: Sequence[str], store: Store, folder: RecordFolder | None, data_dir: Path | None
) -> tuple[list[Record], list[Task]]:
    """Returns the records that were named, and the tasks that are loaded anyway."""
    if len(subjects) == 1:
        _, _, records, tasks = finished_of_suite(subjects[0], store, folder, data_dir)
        return records, tasks
    found = [find_record(subject, store, folder) for subject in subjects]
    return list({record["id"]: record for record in found}.values()), []


def _columns(metrics: Sequence[str], shown: Sequence[Column]) -> list[Column]:
    if not metrics:
        return [column for column in shown if column.axis != "cost"]
    from tfbs.benchmark.evaluation import METRICS

    known = {column.name: column for column in COLUMNS}
    found = []
    for name in metrics:
        metric = METRICS[name]
        if metric.higher_is_better is None:
            raise UserError(f"metric {name} has no better and worse{nearest(name, known)}")
        own = Column(name, metric.axis, name, higher_is_better=metric.higher_is_better)
        found.append(known.get(name, own))
    return found


def _text(task: str, ladder: Ladder, margin: float) -> str:
    unit = ladder.column.unit
    few = f"fewer than {MINIMUM_SEEDS} seeds, so nothing is called better; "
    paired = "examples drawn together" if ladder.paired else "examples as if each had its own"
    header = (
        f"{task}: {ladder.column.name}",
        "seeds",
        "mean",
        "tie",
        "lead, recipes",
        "p",
        "verdict",
        "found",
        "lead, models",
        "p",
    )
    lines = []
    for standing in ladder.standings:
        recipes, models = standing.recipes, standing.models
        lines.append(
            (
                f"{standing.row.architecture} {standing.row.regime}",
                str(len(standing.mean.values)),
                format_value(standing.mean.value, unit),
                str(standing.group or ""),
                _lead(recipes, unit),
                _p_value(recipes),
                _verdict(recipes, margin) if recipes else "",
                format_value(recipes.resolvable(), unit) if recipes else "",
                _lead(models, unit),
                _p_value(models),
            )
        )
    note = f"({few if ladder.too_few_seeds else ''}{paired})"
    return f"{format_table(header, lines)}\n{note}"


def _text_over_tasks(overall: OverTasks) -> str:
    table = overall.table()
    return f"{table.title}\n{table.text()}\n({table.note})"


def _verdict(lead: Difference, margin: float) -> str:
    return {"higher": "worse", "lower": "better"}.get(lead.verdict(margin), lead.verdict(margin))


def _lead(difference: Difference | None, unit: str) -> str:
    if difference is None:
        return ""
    value = format_value(difference.value, unit)
    return f"{value} {format_interval(difference.interval(), unit)}"


def _p_value(difference: Difference | None) -> str:
    if difference is None:
        return ""
    return "<.0001" if difference.p_value < 1e-4 else f"{difference.p_value:.4f}"


def _all_json(
    ladders: Sequence[tuple[str, Ladder]], overall: Sequence[OverTasks], margin: float
) -> dict[str, object]:
    return {
        "by_task": [_json(task, ladder, margin) for task, ladder in ladders],
        "over_tasks": [
            {
                "metric": found.column.name,
                "tasks": found.tasks,
                "note": found.note,
                "critical_difference": found.statistics.critical_difference(),
                "lines": found.table().data,
            }
            for found in overall
        ],
    }


def _json(task: str, ladder: Ladder, margin: float) -> dict[str, object]:
    return {
        "task": task,
        "metric": ladder.column.name,
        "paired": ladder.paired,
        "lines": [
            {
                "architecture": standing.row.architecture,
                "regime": standing.row.regime,
                "runs": [record["id"] for record in standing.row.records],
                "values": standing.mean.values,
                "mean": standing.mean.value,
                "tie_group": standing.group,
                "lead_of_recipe": _described(standing.recipes, margin),
                "lead_of_models": _described(standing.models, margin),
            }
            for standing in ladder.standings
        ],
    }


def _described(difference: Difference | None, margin: float) -> dict[str, object] | None:
    if difference is None:
        return None
    freedom = difference.freedom if difference.freedom < float("inf") else None
    return {
        **dataclasses.asdict(difference),
        "freedom": freedom,
        "interval": difference.interval(),
        "p_value": difference.p_value,
        "equivalence_p_value": difference.equivalence(margin),
        "margin": margin,
        "resolvable": difference.resolvable(),
    }
