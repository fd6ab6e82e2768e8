"""`tfbs filters`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from tfbs.benchmark.cli.options import OUTPUT, RECORDS, THREADS, TRACKING
from tfbs.datasets.options import DATA_DIR, say

if TYPE_CHECKING:
    from tfbs.benchmark.explain.filter_protocols import FilterProtocol
    from tfbs.benchmark.explain.filter_study import FilterStudy
    from tfbs.datasets.task import Task


@click.command()
@click.argument("run", metavar="RUN")
@click.option(
    "--layer",
    default="motifs",
    show_default=True,
    help="Name of a layer, or the number of a convolution from 1.",
)
@click.option(
    "--protocol",
    default="koo2021",
    show_default=True,
    help="How filters become matrices and what a match is; `tfbs list filter-protocols`.",
)
@click.option(
    "--database",
    help="JASPAR2024, JASPAR2024/fungi, … or a file in MEME's format. [default: the protocol's]",
)
@click.option(
    "--motif",
    "expected",
    multiple=True,
    metavar="NAME|ID",
    help="Counts as a motif of the task. [default: those it was planted with, if any]",
)
@click.option("--target", help="Name or number. [default: of each filter the one it tells best]")
@click.option(
    "--number",
    type=click.IntRange(1),
    default=20_000,
    show_default=True,
    help="Test sequences at most.",
)
@click.option("--drawn", type=click.IntRange(1), default=32, show_default=True, help="At most.")
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    help="Folder. [default: filters/RUN-LAYER in --output]",
)
@THREADS
@RECORDS
@TRACKING
@OUTPUT
@DATA_DIR
def filters(
    run: str,
    layer: str,
    protocol: str,
    database: str | None,
    expected: tuple[str, ...],
    target: str | None,
    number: int,
    drawn: int,
    to: Path | None,
    data_dir: Path | None,
    output: Path,
    tracking_uri: str | None,
    records: Path | None,
    threads: int,
) -> None:
    """Show what the filters of a finished run respond to, and which motifs they are.

    RUN is the beginning of its id. Writes filters.meme, the matrices; filters.csv, with the best
    match of each by Tomtom, and whether it fires more often in bound sequences (Fisher,
    Mann-Whitney) and near their middle (CentriMo's binomial test); and filters.png.
    """
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(threads)
    from tfbs.benchmark.explain.filter_protocols import FILTER_PROTOCOLS
    from tfbs.benchmark.explain.filter_study import study_filters
    from tfbs.benchmark.explain.motif_database import named_motifs, read_database
    from tfbs.benchmark.explain.subjects import target_column
    from tfbs.benchmark.finished import find_record, load_model, one_task
    from tfbs.benchmark.record import RecordFolder
    from tfbs.benchmark.report.filter_table import short_table, summary
    from tfbs.benchmark.tracking import Store
    from tfbs.datasets.alphabet import one_hot
    from tfbs.datasets.probe import probe_rows

    how = FILTER_PROTOCOLS[protocol]
    motifs = read_database(database or how.database)
    store, folder = Store(output, tracking_uri), RecordFolder(records) if records else None
    record = find_record(run, store, folder)
    task = one_task([record], data_dir)
    own = named_motifs(expected, motifs) if expected else dict(task.motifs)
    column = target_column(task, target)
    test = task.splits["test"]
    rows = probe_rows(test, number)
    say(f"{len(rows):,} test sequences, {len(motifs):,} motifs of {database or how.database}")
    study = study_filters(
        load_model(record, store),
        one_hot(np.asarray(test.sequence[rows])),
        np.asarray(test.label[rows]),
        how,
        motifs,
        layer=layer,
        targets=range(len(task.targets)) if column is None else [column],
        tracks=None if test.tracks is None else np.asarray(test.tracks[rows], "float32"),
    )
    place = to or output / "filters" / f"{record['id'][:12]}-{study.layer}"
    click.echo(short_table(study, task.targets, how))
    click.echo(summary(study, how, motifs, own))
    title = f"{task.name}, {record['spec']['architecture']['name']}: filters of {study.layer}"
    for path in _written(place, study, task, how, title, drawn):
        click.echo(path)


def _written(
    place: Path, study: FilterStudy, task: Task, how: FilterProtocol, title: str, drawn: int
) -> list[Path]:
    from tfbs.benchmark.report.filter_sheet import draw_filters
    from tfbs.benchmark.report.filter_table import ranked, write_table
    from tfbs.jaspar import Motif
    from tfbs.meme import write_meme

    place.mkdir(parents=True, exist_ok=True)
    written = [write_table(place / "filters.csv", study, task.targets, how.limit)]
    for stale in (place / "filters.meme", place / "filters.png"):
        stale.unlink(missing_ok=True)
    best = ranked(study)
    if best:
        telling = sorted(best, key=lambda one: one.number)
        motifs = [
            Motif(f"filter{one.number}", one.match.motif.name if one.match else "-", one.motif)
            for one in telling
        ]
        written.append(write_meme(place / "filters.meme", motifs, [one.windows for one in telling]))
        written.append(draw_filters(place / "filters.png", best[:drawn], task.length, title))
    return written
