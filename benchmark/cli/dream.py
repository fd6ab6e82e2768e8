"""`tfbs dream`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tfbs.benchmark.cli.options import OUTPUT, RECORDS, THREADS, TRACKING
from tfbs.datasets.options import DATA_DIR, say
from tfbs.errors import UserError

if TYPE_CHECKING:
    import keras

    from tfbs.benchmark.dream.names import SubmissionName
    from tfbs.benchmark.dream.ranking import Rank
    from tfbs.benchmark.dream.score import Scores
    from tfbs.benchmark.dream.truth import Truth
    from tfbs.benchmark.record import Record
    from tfbs.datasets.task import Task

_PATH = click.Path(path_type=Path)


@click.group()
def dream() -> None:
    """Files of the ENCODE-DREAM challenge: score, write, list bins and labels.

    Its tasks are encode_dream/SOURCE-FACTOR, see `tfbs list tasks`.
    """


@dream.command()
@click.argument("files", nargs=-1, required=True, type=_PATH, metavar="FILE...")
@click.option(
    "--labels",
    type=_PATH,
    multiple=True,
    help="Official label file of the held-out chromosomes, FACTOR.test.labels.tsv.gz; once for "
    "each factor.",
)
@click.option(
    "--task", "task_name", help="Labels of a built task. [default: encode_dream/official-FACTOR]"
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@DATA_DIR
def score(
    files: tuple[Path, ...],
    labels: tuple[Path, ...],
    task_name: str | None,
    as_json: bool,
    data_dir: Path | None,
) -> int:
    """Check submission files line by line and score them as the challenge did.

    FILE is F|L|B.FACTOR.CELL.tab.gz; several TEAM.SUBMISSION.F.FACTOR.CELL.tab.gz are also ranked
    by the challenge's rule. Ambiguous bins are dropped; scores are on the held-out chromosomes.
    """
    from tfbs.benchmark.dream.names import parse_name
    from tfbs.benchmark.dream.ranking import rank_entrants
    from tfbs.benchmark.dream.score import read_scores
    from tfbs.benchmark.dream.score import score as measure
    from tfbs.datasets.encode_dream.region_files import Problems

    if labels and task_name is not None:
        raise UserError("--labels and --task both say what to score against: drop one")
    truths: dict[tuple[str, ...], Truth] = {}
    results: list[tuple[Path, SubmissionName, Scores]] = []
    wrong = 0
    for path in files:
        name = parse_name(path)
        key = name.letter, name.factor, name.cell
        if key not in truths:
            truths[key] = _truth(name, labels, task_name, data_dir)
        truth = truths[key]
        found = read_scores(path, name, truth)
        if isinstance(found, Problems):
            wrong += 1
            for line in str(found).splitlines():
                click.echo(f"error: {line}", err=True)
            continue
        results.append((path, name, measure(truth.label, found)))
        if not as_json:
            _show_scores(*results[-1], truth)
    folds = _entrants(results)
    ranks = rank_entrants(folds) if len(folds) > 1 else {}
    if as_json:
        click.echo(json.dumps(_as_json(results, ranks), indent=1))
    elif ranks:
        _show_ranks(ranks)
    return 2 if wrong else 0


@dream.command()
@click.argument("run", metavar="RUN")
@click.option("--cell", "cells", multiple=True, help="[default: the held-out cells, else all]")
@click.option("--factor", help="[default: the held-out factor, or the only one]")
@click.option(
    "--round",
    "letter",
    type=click.Choice(["F", "L", "B"]),
    help="[default: that of factor and cell in the challenge, else F]",
)
@click.option(
    "--scored-only",
    is_flag=True,
    help="Predict the held-out chromosomes alone; in files F and B the other bins get 0.",
)
@click.option("--to", type=_PATH, help="Folder. [default: submissions/RUN in --output]")
@THREADS
@RECORDS
@TRACKING
@OUTPUT
@DATA_DIR
def submit(
    run: str,
    cells: tuple[str, ...],
    factor: str | None,
    letter: Any,
    scored_only: bool,
    to: Path | None,
    data_dir: Path | None,
    output: Path,
    tracking_uri: str | None,
    records: Path | None,
    threads: int,
) -> None:
    """Write submission files of a finished run: a probability for every bin.

    RUN is the beginning of its id. The task is one of a genome; tracks and sequence of a cell are
    read on every chromosome, whether or not it was trained on.
    """
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(threads)
    from tfbs.benchmark.dream.names import SubmissionName, letter_of
    from tfbs.benchmark.dream.submission import write_submission
    from tfbs.benchmark.finished import find_record, load_model
    from tfbs.benchmark.record import RecordFolder
    from tfbs.benchmark.tracking import Store
    from tfbs.datasets.task import load_cell

    store = Store(output, tracking_uri)
    record = find_record(run, store, RecordFolder(records) if records else None)
    task = _task_of(record, data_dir)
    column, name, chosen = _asked(task, factor, cells)
    predict = _predictor(load_model(record, store), task, column)
    held_out = task.metadata.get("held_out_cells", [])
    folder = to or output / "submissions" / record["id"][:12]
    for cell in chosen:
        trained_on = cell not in (held_out if isinstance(held_out, list) else [])
        round_ = letter or letter_of(name, cell, trained_on=trained_on)
        with click.progressbar(length=1, label=f"{name} in {cell or 'its cell'}") as bar:

            def report(done: int, total: int, bar: Any = bar) -> None:
                bar.length = total
                bar.update(done - bar.pos)

            path = write_submission(
                folder,
                SubmissionName(round_, name, cell or "cell"),
                predict,
                column,
                load_cell(task, cell, data_dir),
                scored_only=scored_only,
                report=report,
            )
        click.echo(path)


@dream.command()
@click.argument("task_name", metavar="TASK")
@click.option("--to", type=_PATH, default=Path(), help="Folder. [default: this one]")
@DATA_DIR
def labels(task_name: str, to: Path, data_dir: Path | None) -> None:
    """Write the labels of a genome task as files of the challenge, FACTOR.train.labels.tsv.gz ...

    One file for every factor and group of cells and chromosomes of which labels are known.
    """
    from tfbs.benchmark.dream.labels import write_task_labels
    from tfbs.datasets.task import load_built_task

    for path in write_task_labels(load_built_task(task_name, data_dir), to, data_dir):
        click.echo(path)


@dream.command()
@click.argument("name", type=click.Choice(["train", "ladder", "test"]))
@click.option("--to", type=_PATH, default=Path(), help="Folder. [default: this one]")
def regions(name: Any, to: Path) -> None:
    """Write the challenge's bins on hg19, NAME_regions.blacklistfiltered.bed.gz.

    train: 51,676,736 bins; ladder: 8,843,011, of chr1, chr8 and chr21; test: all 60,519,747.
    """
    from tfbs.datasets.encode_dream.region_files import ROWS, write_rows
    from tfbs.datasets.encode_dream.regions import challenge_grid

    grid = challenge_grid(name)
    to.mkdir(parents=True, exist_ok=True)
    path = to / f"{name}_regions.blacklistfiltered.bed.gz"
    write_rows(path, grid, (() for _ in range(0, len(grid), ROWS)))
    click.echo(path)


def _entrants(
    results: list[tuple[Path, SubmissionName, Scores]],
) -> dict[str, dict[tuple[str, ...], Any]]:
    """Returns the folds by entrant and pair; the folder of a file is its entrant's without name."""
    folds: dict[str, dict[tuple[str, ...], Any]] = {}
    for path, name, scores in results:
        own = folds.setdefault(name.entrant or str(path.parent), {})
        pair = name.factor, name.cell, *([name.letter] if name.letter == "B" else [])
        if pair in own:
            raise UserError(
                f"{path}: another file of {name.factor} in {name.cell} is of the same entrant; "
                "name them TEAM.SUBMISSION.F.FACTOR.CELL.tab.gz to rank both"
            )
        own[pair] = scores.folds
    return folds


def _truth(
    name: SubmissionName,
    labels: tuple[Path, ...],
    task_name: str | None,
    data_dir: Path | None,
) -> Truth:
    from tfbs.benchmark.dream.truth import truth_of_file, truth_of_task
    from tfbs.datasets.encode_dream.label_files import factor_of
    from tfbs.datasets.task import load_built_task

    if labels:
        own = next((path for path in labels if factor_of(path) == name.factor), labels[0])
        say(f"reading {own.name}")
        return truth_of_file(own, name.factor, name.cell)
    suffix = "-within" if name.letter == "B" else ""
    task = load_built_task(task_name or f"encode_dream/official-{name.factor}{suffix}", data_dir)
    return truth_of_task(task, name.factor, name.cell, data_dir)


def _task_of(record: Record, data_dir: Path | None) -> Task:
    from tfbs.benchmark.finished import one_task

    task = one_task([record], data_dir)
    if "folds" not in task.metadata:
        raise UserError(f"task {task.name} is none of a genome: it has no bins to submit")
    return task


def _asked(
    task: Task, factor: str | None, cells: tuple[str, ...]
) -> tuple[int, str, tuple[str, ...]]:
    """Returns column and name of the factor, and the cells."""
    from tfbs.errors import nearest

    held_out = task.metadata["held_out_targets"] or list(task.targets)
    assert isinstance(held_out, list)  # noqa: S101  (a genome task says so)
    if factor is None and len(held_out) > 1:
        raise UserError(f"which factor? --factor of {', '.join(held_out)}")
    name = factor or str(held_out[0])
    if name not in task.targets:
        raise UserError(f"task {task.name} has no factor {name!r}{nearest(name, task.targets)}")
    chosen = cells or tuple(task.metadata["held_out_cells"] or task.metadata["cells"])  # type: ignore[arg-type]
    return task.targets.index(name), name, chosen


def _predictor(model: keras.Model, task: Task, column: int) -> Any:
    """Returns the model's predictor; for a factor that it was not trained on, of its relatives."""
    from tfbs.benchmark.evaluation.transfer import Transferred
    from tfbs.benchmark.predict import Predictor

    held_out = task.metadata["held_out_targets"]
    assert isinstance(held_out, list)  # noqa: S101  (a genome task says so)
    columns = [task.targets.index(name) for name in held_out]
    return Transferred(model, columns) if column in columns else Predictor(model)


def _show_scores(path: Path, name: SubmissionName, scores: Scores, truth: Truth) -> None:
    from tfbs.benchmark.dream.score import MEASURES, RANKED

    click.echo(
        f"{path.name}: {name.factor} in {name.cell} on {', '.join(truth.ladder.chromosomes)} by "
        f"{truth.source}: {scores.bound:,} bound, {scores.unbound:,} unbound, "
        f"{scores.ambiguous:,} ambiguous dropped"
    )
    for measure, text in MEASURES.items():
        spread = ""
        if measure in RANKED:
            own = scores.folds[:, RANKED.index(measure)]
            spread = f"  {own.min():.4f} to {own.max():.4f}"
        click.echo(f"  {measure:<19} {scores.values[measure]:.6f}{spread:<19} {text}")
    click.echo("  the range is over the ten sets of bins without a contiguous tenth")


def _show_ranks(ranks: dict[str, Rank]) -> None:
    click.echo("ranks by the challenge's rule (second smallest of ten):")
    for entrant, rank in ranks.items():
        pairs = ", ".join(f"{'/'.join(pair)} {value:g}" for pair, value in rank.by_pair.items())
        click.echo(
            f"  {rank.rank:>4g}  {entrant}  score {rank.score:.3f} "
            f"({rank.low:.3f} to {rank.high:.3f})  {pairs}"
        )


def _as_json(
    results: list[tuple[Path, SubmissionName, Scores]], ranks: dict[str, Rank]
) -> dict[str, Any]:
    from tfbs.benchmark.dream.score import RANKED

    return {
        "files": [
            {
                "file": str(path),
                "factor": name.factor,
                "cell": name.cell,
                "round": name.letter,
                "bound": scores.bound,
                "unbound": scores.unbound,
                "ambiguous": scores.ambiguous,
                "measures": scores.values,
                "folds": {m: scores.folds[:, i].tolist() for i, m in enumerate(RANKED)},
            }
            for path, name, scores in results
        ],
        "ranks": {
            entrant: {
                "rank": rank.rank,
                "score": rank.score,
                "low": rank.low,
                "high": rank.high,
                "by_pair": {"/".join(pair): value for pair, value in rank.by_pair.items()},
            }
            for entrant, rank in ranks.items()
        },
    }
