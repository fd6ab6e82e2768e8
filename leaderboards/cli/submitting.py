"""`tfbs leaderboard submit`, `template` and `mock`: for those who submit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tfbs.benchmark.cli.options import OUTPUT, RECORDS, TRACKING
from tfbs.benchmark.runtime import pin_threads
from tfbs.benchmark.suite import Suite
from tfbs.datasets.options import DATA_DIR, say
from tfbs.datasets.task import Task
from tfbs.errors import UserError
from tfbs.leaderboards.cli.judging import load_suite
from tfbs.leaderboards.cli.options import TO
from tfbs.leaderboards.manifest import EntryName

if TYPE_CHECKING:
    from tfbs.leaderboards.submit import Packed


@click.command()
@click.argument("runs", metavar="[RUN]...", nargs=-1)
@click.option("--suite", "suite_name", required=True, help="A shipped suite or a YAML file.")
@click.option("--architecture", help="Instead of RUNs: all finished runs of the suite with it.")
@click.option("--regime", help="With --architecture, where the suite has several.")
@click.option("--name", required=True, help="What the board calls the entry.")
@click.option("--team", required=True, help="Who submits it.")
@click.option("--description", default="", help="A sentence or two.")
@click.option(
    "--weights/--no-weights",
    default=True,
    show_default=True,
    help="Pack the weights: robustness and interpretability rank only with them.",
)
@click.option(
    "--maps/--no-maps",
    default=None,
    help="Pack attacked outputs, those of the other strand and explanations; with weights the host "
    "makes them again. "
    "[default: only without weights]",
)
@TO
@OUTPUT
@TRACKING
@RECORDS
@DATA_DIR
def submit(
    runs: tuple[str, ...],
    suite_name: str,
    architecture: str | None,
    regime: str | None,
    name: str,
    team: str,
    description: str,
    weights: bool,
    maps: bool | None,
    target: Path,
    output: Path,
    tracking_uri: str | None,
    records: Path | None,
    data_dir: Path | None,
) -> None:  # fmt: skip
    """Pack finished runs into a folder that is ready for a pull request.

    RUN is the beginning of a run's id, or a folder with run.json and arrays of other software
    (see `template`). Everything that the suite asks for and that is missing is said at once.
    """
    pin_threads(2)
    import tempfile

    from tfbs.leaderboards import submit as packing

    suite, tasks = load_suite(suite_name, data_dir)
    folders = [Path(run) for run in runs if (Path(run) / "run.json").is_file()]
    with tempfile.TemporaryDirectory() as scratch:
        packed = _external(folders, suite, tasks, Path(scratch))
        store = None
        if len(folders) < len(runs) or architecture:
            from tfbs.benchmark.record import RecordFolder
            from tfbs.benchmark.tracking import Store

            store = Store(output, tracking_uri)
            kept = RecordFolder(records) if records else None
            ids = [run for run in runs if Path(run) not in folders]
            ids += _of_architecture(suite, tasks, architecture, regime)
            packed += packing.find_runs(ids, store, kept)
        if not packed:
            raise UserError("name the RUNs, or their --architecture")
        entry = EntryName(name=name, team=team, description=description)
        source = store if weights and not folders else None
        packs_maps = source is None if maps is None else maps
        for note in packing.submit(packed, suite, tasks, entry, target, source, maps=packs_maps):
            say(note)
    click.echo(str(target))


def _external(
    folders: list[Path], suite: Suite, tasks: dict[str, Task], scratch: Path
) -> list[Packed]:
    from tfbs.benchmark.record import read_record
    from tfbs.leaderboards.external import read_external
    from tfbs.leaderboards.submit import Packed

    packed = []
    for index, folder in enumerate(folders):
        own = scratch / str(index)
        own.mkdir()
        read_external(folder, suite, tasks, own)
        packed.append(Packed(read_record(own), own))
    return packed


def _of_architecture(
    suite: Suite, tasks: dict[str, Task], architecture: str | None, regime: str | None
) -> list[str]:
    """Returns the ids of a suite's runs with one architecture, and perhaps one regime."""
    if architecture is None:
        return []
    specs = [
        spec
        for spec in suite.specs(tasks.__getitem__)
        if spec.architecture["name"] == architecture and regime in (None, str(spec.regime["name"]))
    ]
    if not specs:
        raise UserError(f"suite {suite.name} has no run of {architecture} {regime or ''}".rstrip())
    return [spec.id for spec in specs]


@click.command()
@click.option("--suite", "suite_name", required=True, help="A shipped suite or a YAML file.")
@TO
@DATA_DIR
def template(suite_name: str, target: Path, data_dir: Path | None) -> None:
    """Write an example of a submission by other software: inputs, and arrays to replace."""
    from tfbs.leaderboards.template import write_template

    suite, tasks = load_suite(suite_name, data_dir)
    write_template(suite, tasks, target)
    click.echo(str(target))


@click.command()
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    help="A new folder that keeps everything. [default: a temporary one]",
)
@DATA_DIR
def mock(target: Path | None, data_dir: Path | None) -> int:  # fmt: skip
    """Go the whole way on a tiny task: train, submit, validate, verify, rescore."""
    pin_threads(2)
    from tfbs.leaderboards.mock import run_mock

    return run_mock(target, data_dir, say)
