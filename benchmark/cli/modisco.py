"""`tfbs modisco`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tfbs.benchmark.cli.options import OUTPUT, RECORDS, THREADS, TRACKING
from tfbs.datasets.options import DATA_DIR, say
from tfbs.extras import need_extra

if TYPE_CHECKING:
    from tfbs.benchmark.evaluation.patterns import Annotated
    from tfbs.benchmark.explain.subjects import Subjects
    from tfbs.datasets.task import Task

DRAWN = 12


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--method", default="deepshap", show_default=True, help="`tfbs list attributions`.")
@click.option(
    "--sequences",
    type=click.Path(path_type=Path),
    help="FASTA to explain. [default: the task's probe set, all bound]",
)
@click.option(
    "--target", help="Name or number. [default: of a probe its rarest bound one; else the first]"
)
@click.option("--number", type=click.IntRange(1), default=500, show_default=True, help="Of probes.")
@click.option(
    "--database",
    default="JASPAR2024",
    show_default=True,
    help="JASPAR2024, JASPAR2024/fungi, … or a file in MEME's format.",
)
@click.option(
    "--max-seqlets",
    type=click.IntRange(100),
    default=2000,
    show_default=True,
    help="So many of each sign are clustered.",
)
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    help="Folder. [default: modisco/RUN-METHOD in --output]",
)
@THREADS
@RECORDS
@TRACKING
@OUTPUT
@DATA_DIR
def modisco(
    runs: tuple[str, ...],
    method: str,
    sequences: Path | None,
    target: str | None,
    number: int,
    database: str,
    max_seqlets: int,
    to: Path | None,
    data_dir: Path | None,
    output: Path,
    tracking_uri: str | None,
    records: Path | None,
    threads: int,
) -> None:
    """Find the patterns that attributions of a finished run have in common, by TF-MoDISco.

    RUN is the beginning of its id; of several runs on one task the maps are averaged. Needs the
    extra modisco. Writes modisco.h5 and report/motifs.html, which are TF-MoDISco's; patterns.csv
    and patterns.meme, with the best match of each by Tomtom (* is q < 0.1); hits.bed, the places
    that patterns were made of; patterns.png. Where motifs were planted, says how many of these
    places meet one.
    """
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(threads)
    from tfbs.benchmark.cli.explain import average_map, chosen_subjects, known_methods
    from tfbs.benchmark.evaluation.patterns import annotate, planted_motifs, score_all
    from tfbs.benchmark.explain.modisco import (
        PACKAGE,
        REPORT,
        read_patterns,
        run_modisco,
        write_modisco,
    )
    from tfbs.benchmark.explain.motif_database import read_database
    from tfbs.benchmark.finished import find_record, load_model, one_task
    from tfbs.benchmark.record import RecordFolder
    from tfbs.benchmark.report.pattern_table import planted_summary, short_table
    from tfbs.benchmark.tracking import Store

    need_extra(PACKAGE, "modisco", "TF-MoDISco")
    known_methods((method,))
    motifs = read_database(database)
    store, folder = Store(output, tracking_uri), RecordFolder(records) if records else None
    found = [find_record(run, store, folder) for run in runs]
    task = one_task(found, data_dir)
    subjects = chosen_subjects(task, sequences, target, number)
    maps = average_map(method, [load_model(record, store) for record in found], subjects)
    name = "-".join([*(record["id"][:12] for record in found), method])
    place = to or output / "modisco" / name
    place.mkdir(parents=True, exist_ok=True)
    for stale in ("patterns.csv", "patterns.meme", "patterns.png", "hits.bed"):
        (place / stale).unlink(missing_ok=True)
    write_modisco(place, subjects.sequence, maps)
    say(f"TF-MoDISco: {len(subjects.names)} sequences of {task.length} nucleotides")
    written = [run_modisco(place, task.length, max_seqlets, threads)]
    patterns = read_patterns(written[0])
    if not patterns:
        click.echo("no pattern: fewer than 100 places stand out, or none of them are alike")
        click.echo(written[0])
        return
    planted = planted_motifs(task, subjects)
    annotated = annotate(patterns, motifs, planted, task.length)
    click.echo(short_table(annotated))
    if planted is not None:
        click.echo(planted_summary(score_all(patterns, planted, task.length)))
    for path in [*written, place / REPORT, *_written(place, annotated, subjects, task, method)]:
        click.echo(path)


def _written(
    place: Path, annotated: Sequence[Annotated], subjects: Subjects, task: Task, method: str
) -> list[Path]:
    from tfbs.benchmark.explain.big_wig import places_of
    from tfbs.benchmark.report.pattern_sheet import draw_patterns
    from tfbs.benchmark.report.pattern_table import write_hits, write_patterns
    from tfbs.jaspar import Motif
    from tfbs.meme import write_meme

    places = places_of(subjects.names, task.length)
    motifs = [
        Motif(one.pattern.name, one.label, one.pattern.frequencies[one.pattern.core])
        for one in annotated
    ]
    sites = [len(one.pattern.example) for one in annotated]
    title = f"{task.name}: TF-MoDISco of {method}"
    return [
        write_patterns(place / "patterns.csv", annotated),
        write_meme(place / "patterns.meme", motifs, sites),
        write_hits(place / "hits.bed", annotated, subjects.names, task.length, places),
        draw_patterns(place / "patterns.png", annotated[:DRAWN], title),
    ]
