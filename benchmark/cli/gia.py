"""`tfbs gia`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tfbs.benchmark.cli.options import OUTPUT, RECORDS, THREADS, TRACKING
from tfbs.datasets.options import DATA_DIR
from tfbs.errors import UserError, nearest

if TYPE_CHECKING:
    from tfbs.benchmark.explain.gia.analysis import Setting
    from tfbs.benchmark.explain.gia.experiment import Experiment
    from tfbs.benchmark.explain.gia.nulls import Source
    from tfbs.benchmark.explain.gia.score import Score
    from tfbs.benchmark.explain.gia.sites import Sites
    from tfbs.benchmark.explain.gia.task_motifs import TaskMotifs
    from tfbs.datasets.task import Task

_PATH = click.Path(path_type=Path)
_ALL = "all"
_SOME = ("motif", "necessity", "position", "copies", "spacing")
"""What is done where nothing is asked for; without motifs, all words."""

_WITHOUT_MOTIFS = ("kmers",)


@click.command()
@click.argument("run")
@click.option(
    "--experiment",
    "names",
    multiple=True,
    metavar="NAME",
    help="`tfbs list experiments`, or all; may be repeated. "
    f"[default: {', '.join(_SOME)}; where no motif is known kmers]",
)
@click.option(
    "--motif",
    "motifs",
    multiple=True,
    metavar="ID|IUPAC",
    help="JASPAR id (MA0079.3) or IUPAC letters, N keeping what is there; may be repeated. "
    "[default: the task's planted motifs, or the target's in JASPAR 2024]",
)
@click.option("--null", help="`tfbs list nulls`.  [default: dinucleotide_shuffle]")
@click.option("--spec", type=_PATH, help="YAML file with experiments and settings of their own.")
@click.option("--target", help="Name or number.  [default: the first]")
@click.option(
    "--sequences",
    type=_PATH,
    help="FASTA that null sequences are made from, and motifs knocked out in.  "
    "[default: the task's test split]",
)
@click.option(
    "--samples", type=click.IntRange(2), help="Null sequences.  [default: 300; 100 for kmers]"
)
@click.option(
    "--rule",
    is_flag=True,
    help="Also by the rule that the task states, on the same sequences; takes many times longer.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of all that is drawn.")
@click.option("--to", type=_PATH, help="Folder.  [default: gia/RUN in --output]")
@THREADS
@RECORDS
@TRACKING
@OUTPUT
@DATA_DIR
def gia(
    run: str,
    names: tuple[str, ...],
    motifs: tuple[str, ...],
    null: str | None,
    spec: Path | None,
    target: str | None,
    sequences: Path | None,
    samples: int | None,
    rule: bool,
    seed: int,
    to: Path | None,
    data_dir: Path | None,
    output: Path,
    tracking_uri: str | None,
    records: Path | None,
    threads: int,
) -> None:
    """Global importance analysis of a finished run: what motifs do to its output.

    RUN is the beginning of its id. Patterns are put into null sequences; an effect is the mean of
    the logit with the pattern minus that of the same sequence without, with a 95 % interval by
    Student's t. Writes NAME.csv and NAME.png for each experiment, and gia.json with all of them.
    """
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(threads)
    experiments = _experiments(names, spec)
    known = _given(motifs)
    _check_null(null)
    from tfbs.benchmark.explain.gia.analysis import Setting, analyse
    from tfbs.benchmark.explain.gia.nulls import DEFAULT_NULL
    from tfbs.benchmark.explain.gia.score import model_score
    from tfbs.benchmark.explain.gia.tables import clear, verdict, write_tables
    from tfbs.benchmark.explain.subjects import target_column
    from tfbs.benchmark.finished import find_record, load_model, one_task
    from tfbs.benchmark.progress import Progress
    from tfbs.benchmark.record import RecordFolder
    from tfbs.benchmark.report.gia import draw_analysis
    from tfbs.benchmark.tracking import Store

    store, folder = Store(output, tracking_uri), RecordFolder(records) if records else None
    record = find_record(run, store, folder)
    task = one_task([record], data_dir)
    column = target_column(task, target) or 0
    score = model_score(load_model(record, store), column)
    if rule and task.true_logits is None:
        raise UserError(f"task {task.name} states no rule: leave --rule out")
    setting = Setting(
        *_subjects(task, column, score, known, sequences),
        task.true_logits if rule else None,
        null or DEFAULT_NULL,
        samples,
        seed,
    )
    progress = Progress(f"gia {record['id'][:12]}")
    analyses = analyse(experiments or _defaults(setting), setting, progress.part)
    progress.done(f"{sum(len(one.findings) for one in analyses)} effects")
    place = to or output / "gia" / record["id"][:12]
    place.mkdir(parents=True, exist_ok=True)
    clear(place)
    written = write_tables(
        place,
        analyses,
        {"run": record["id"], "task": task.name, "target": task.targets[column], "seed": seed},
    )
    written += [draw_analysis(place / f"{one.name}.png", one) for one in analyses]
    click.echo(verdict(analyses))
    for path in written:
        click.echo(path)


def _experiments(names: tuple[str, ...], spec: Path | None) -> list[Experiment]:
    """Returns what is asked for, checked before anything is loaded; nothing for the defaults."""
    from tfbs.benchmark.explain.gia import EXPERIMENTS
    from tfbs.benchmark.explain.gia.spec import make_experiment, read_experiments

    chosen = list(EXPERIMENTS) if _ALL in names else list(dict.fromkeys(names))
    found = [make_experiment(name) for name in chosen]
    return found if spec is None else [*found, *read_experiments(spec)]


def _defaults(setting: Setting) -> list[Experiment]:
    from tfbs.benchmark.explain.gia.spec import make_experiment

    names = _SOME if setting.motifs.motifs else _WITHOUT_MOTIFS
    return [make_experiment(name) for name in names if name != "necessity" or setting.sites]


def _given(motifs: tuple[str, ...]) -> TaskMotifs | None:
    from tfbs.benchmark.explain.gia.patterns import read_pattern
    from tfbs.benchmark.explain.gia.task_motifs import TaskMotifs

    return TaskMotifs(tuple(map(read_pattern, dict.fromkeys(motifs)))) if motifs else None


def _check_null(null: str | None) -> None:
    from tfbs.benchmark.explain.gia import NULLS

    if null is not None and null not in NULLS:
        hint = "; a FASTA file goes to --sequences, with --null real" if Path(null).exists() else ""
        raise UserError(f"no null model is called {null!r}{hint or nearest(null, NULLS)}")


def _subjects(
    task: Task,
    column: int,
    score: Score,
    known: TaskMotifs | None,
    sequences: Path | None,
) -> tuple[Source, TaskMotifs, Sites | None]:
    """Returns real sequences, motifs, and the sequences that motifs are knocked out in."""
    from tfbs.benchmark.explain.gia.nulls import Source
    from tfbs.benchmark.explain.gia.sites import Sites
    from tfbs.benchmark.explain.gia.task_motifs import bound_sites, real_sequences, task_motifs
    from tfbs.benchmark.explain.subjects import file_codes

    motifs = task_motifs(task, column) if known is None else known
    if sequences is None:
        return Source(real_sequences(task), score), motifs, bound_sites(task, column)
    codes = file_codes(sequences, task)[1]
    return Source(codes, score), motifs, Sites(codes)
