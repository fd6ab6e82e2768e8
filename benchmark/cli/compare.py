"""`tfbs compare`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from tfbs.benchmark.cli.compared import compared_json, compared_text, factors_text
from tfbs.benchmark.cli.options import OUTPUT, RECORDS, TRACKING
from tfbs.benchmark.columns import COLUMNS, Column
from tfbs.benchmark.finished import find_record, finished_of_suite
from tfbs.benchmark.record import Record, RecordFolder
from tfbs.benchmark.report import Places
from tfbs.benchmark.settings import shared_settings
from tfbs.benchmark.tracking import Store
from tfbs.benchmark.verdict import columns_of, verdict
from tfbs.datasets.options import DATA_DIR
from tfbs.datasets.task import Task
from tfbs.errors import UserError, nearest


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
        click.echo(
            factors_text(effects_of(rows, [f for f in factors.split(",") if f], chosen), as_json)
        )
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
        click.echo(json.dumps(compared_json(ladders, overall, margin), indent=1))
    else:
        click.echo(compared_text(ladders, overall, margin))


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
