"""`tfbs explain`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from tfbs.benchmark.cli.options import OUTPUT, RECORDS, THREADS, TRACKING
from tfbs.datasets.options import DATA_DIR, say
from tfbs.errors import UserError

if TYPE_CHECKING:
    import keras

    from tfbs.benchmark.explain.big_wig import Place
    from tfbs.benchmark.explain.subjects import Subjects
    from tfbs.datasets.task import Task

    Windows = tuple[list[Place], dict[str, int] | None]

_PATH = click.Path(path_type=Path)
_MOST_NAMED = 60


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option(
    "--method", default="saliency_corrected", show_default=True, help="`tfbs list attributions`."
)
@click.option("--compare", multiple=True, metavar="METHOD", help="Also drawn, under the first.")
@click.option(
    "--sequences", type=_PATH, help="FASTA to explain. [default: the task's probe set, all bound]"
)
@click.option(
    "--target", help="Name or number. [default: of a probe its rarest bound one; else the first]"
)
@click.option(
    "--output-kind",
    type=click.Choice(["logit", "probability"]),
    default="logit",
    show_default=True,
    help="What is explained.",
)
@click.option("--number", type=click.IntRange(1), default=500, show_default=True, help="Of probes.")
@click.option("--logos", type=click.IntRange(0), default=6, show_default=True, help="To draw.")
@click.option("--to", type=_PATH, help="Folder. [default: explanations/RUN in --output]")
@click.option(
    "--chrom-sizes",
    type=_PATH,
    help="Chromosomes and their lengths, for bigWig; chrom.sizes or .fai.",
)
@THREADS
@RECORDS
@TRACKING
@OUTPUT
@DATA_DIR
def explain(
    runs: tuple[str, ...],
    method: str,
    compare: tuple[str, ...],
    sequences: Path | None,
    target: str | None,
    output_kind: Any,
    number: int,
    logos: int,
    to: Path | None,
    chrom_sizes: Path | None,
    data_dir: Path | None,
    output: Path,
    tracking_uri: str | None,
    records: Path | None,
    threads: int,
) -> None:
    """Explain a finished run: maps, logos, and files for TF-MoDISco and genome browsers.

    RUN is the beginning of its id; of several runs on one task the maps are averaged. Writes
    ohe.npz and shap.npz, (n, 4, length), the second hypothetical: what each letter would
    contribute (occlusion, grad_cam and attention know only the letter that is there);
    explanation.json, which says what they hold; contributions.bw where names are coordinates
    (chrN:start-end, 0-based; of several targets at one place the mean), one for each cell of the
    task, in a browser's coordinates with --chrom-sizes; and logos.
    """
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(threads)
    from tfbs.benchmark.explain.output import explained
    from tfbs.benchmark.finished import find_record, load_model, one_task
    from tfbs.benchmark.record import RecordFolder
    from tfbs.benchmark.tracking import Store

    methods = known_methods((method, *compare))
    store, folder = Store(output, tracking_uri), RecordFolder(records) if records else None
    found = [find_record(run, store, folder) for run in runs]
    task = one_task(found, data_dir)
    subjects = chosen_subjects(task, sequences, target, number)
    windows = _windows(subjects, chrom_sizes)
    models = [explained(load_model(record, store), output_kind) for record in found]
    maps = {name: average_map(name, models, subjects) for name in methods}
    folder_name = "-".join([*(record["id"][:12] for record in found), method])
    place = _emptied(to or output / "explanations" / folder_name)
    card = {
        "runs": [record["id"] for record in found],
        "method": method,
        "output": output_kind,
        "targets": [task.targets[column] for column in subjects.target.tolist()],
        "names": list(subjects.names),
    }
    written = _write(place, subjects, maps[method], card, windows)
    for path in [*written, *_draw(place, subjects, maps, logos)]:
        click.echo(path)


def known_methods(methods: tuple[str, ...]) -> tuple[str, ...]:
    """Returns each method once; an unknown one is refused before anything is loaded."""
    from tfbs.benchmark.explain import ATTRIBUTIONS

    for name in methods:
        _ = ATTRIBUTIONS[name]
    return tuple(dict.fromkeys(methods))


def chosen_subjects(
    task: Task, sequences: Path | None, target: str | None, number: int
) -> Subjects:
    """Returns the sequences of a file, or the task's probe set."""
    from tfbs.benchmark.explain.subjects import file_subjects, probe_subjects, target_column

    column = target_column(task, target)
    if sequences is not None:
        return file_subjects(sequences, task, column)
    return probe_subjects(task, number, column)


def average_map(name: str, models: list[keras.Model], subjects: Subjects) -> np.ndarray:
    """Returns the mean map over models, and says how far sums are off where they should add up."""
    from tfbs.benchmark.explain import ATTRIBUTIONS, COMPLETE
    from tfbs.benchmark.inputs import num_tracks

    total = np.zeros(subjects.sequence.shape, "float32")
    for model in models:
        if num_tracks(model) and subjects.tracks is None:
            raise UserError(
                "the model reads tracks, which sequences of a file do not have: explain the "
                "task's own examples"
            )
        tracks = subjects.tracks if num_tracks(model) else None
        say(f"{name}: {len(subjects.names)} sequences")
        if name in COMPLETE:
            found = COMPLETE[name](model, subjects.sequence, subjects.target, tracks=tracks)
            say(f"{name}: sums of contributions are off by {found.error:.2g} of the change")
            total += found.map
        else:
            method: Callable[..., np.ndarray] = ATTRIBUTIONS[name]
            total += method(model, subjects.sequence, subjects.target, tracks=tracks)
    return total / len(models)


def _windows(subjects: Subjects, chrom_sizes: Path | None) -> Windows | None:
    """Returns where the sequences lie and on what; None where their names do not say."""
    from tfbs.benchmark.explain.big_wig import check_places, places_of, read_sizes

    places = places_of(subjects.names, subjects.sequence.shape[1])
    if chrom_sizes is None:
        return None if places is None else (places, None)
    if places is None:
        raise UserError("--chrom-sizes is for sequences whose names are coordinates")
    sizes = read_sizes(chrom_sizes)
    check_places(places, sizes, str(chrom_sizes))
    return places, sizes


def _emptied(place: Path) -> Path:
    """Returns the folder, without what an earlier call drew."""
    from tfbs.benchmark.explain.big_wig import FILES

    place.mkdir(parents=True, exist_ok=True)
    for stale in (*place.glob("logos-*.png"), *place.glob(FILES)):
        stale.unlink()
    return place


def _write(
    place: Path,
    subjects: Subjects,
    found: np.ndarray,
    card: dict[str, Any],
    windows: Windows | None,
) -> list[Path]:
    from tfbs.benchmark.explain.big_wig import write_big_wigs
    from tfbs.benchmark.explain.modisco import write_modisco

    written = write_modisco(place, subjects.sequence, found)
    written.append(place / "explanation.json")
    written[-1].write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    if windows is not None:
        contributions = (found * subjects.sequence).sum(axis=2)
        written += write_big_wigs(place, windows[0], contributions, subjects.cells, windows[1])
    return written


def _draw(place: Path, subjects: Subjects, maps: dict[str, np.ndarray], number: int) -> list[Path]:
    from tfbs.benchmark.report.maps import draw_logos

    return [
        draw_logos(
            place / f"logos-{row + 1}.png",
            subjects.names[row][:_MOST_NAMED],
            subjects.sequence[row],
            {name: own[row] for name, own in maps.items()},
            subjects.truth[row],
        )
        for row in range(min(number, len(subjects.names)))
    ]
