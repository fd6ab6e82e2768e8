"""`tfbs leaderboard`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tfbs.benchmark.cli.options import OUTPUT, RECORDS, THREADS, TRACKING
from tfbs.benchmark.runtime import pin_threads
from tfbs.benchmark.suite import Suite, read_suite, shipped_suites
from tfbs.datasets.options import DATA_DIR, say
from tfbs.datasets.task import Task, load_task
from tfbs.errors import UserError
from tfbs.leaderboards.manifest import EntryName, read_manifest
from tfbs.leaderboards.names import plain

if TYPE_CHECKING:
    from tfbs.leaderboards.submit import Packed
    from tfbs.leaderboards.verdict import Verdict

F = TypeVar("F", bound=Callable[..., Any])

_FOLDERS = click.argument(
    "folders", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
_TO = click.option(
    "--to", "target", required=True, type=click.Path(path_type=Path), help="A new folder."
)
_SUITE = click.option(
    "--suite",
    "suite_name",
    help="A shipped suite or a YAML file. [default: the shipped suite that the folder above is "
    "called after, else the one that the manifest names]",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the verdicts as JSON.")


def _limits(function: F) -> F:
    """Adds the options of the process that opens a submission."""
    options = (
        click.option("--seconds", type=click.IntRange(1), default=1800, show_default=True,
                     help="Time of the verification of one folder."),
        click.option("--memory", type=click.IntRange(64), default=4096, show_default=True,
                     help="MB that a submission may take beyond what TensorFlow takes."),
    )  # fmt: skip
    for option in options:
        function = option(function)
    return function


@click.group()
def leaderboard() -> None:
    """Submissions: pack, check, verify and score them again.

    Predictions are the submission: the host computes every number from them, and from the
    weights. Nothing in a submission is ever executed. The layout is in leaderboards/README.md.
    """


@leaderboard.command()
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
@_TO
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

    suite, tasks = _suite(suite_name, data_dir)
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
        for note in packing.submit(packed, suite, tasks, entry, target, source):
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


@leaderboard.command()
@click.option("--suite", "suite_name", required=True, help="A shipped suite or a YAML file.")
@_TO
@DATA_DIR
def template(suite_name: str, target: Path, data_dir: Path | None) -> None:
    """Write an example of a submission by other software: inputs, and arrays to replace."""
    from tfbs.leaderboards.template import write_template

    suite, tasks = _suite(suite_name, data_dir)
    write_template(suite, tasks, target)
    click.echo(str(target))


@leaderboard.command()
@_FOLDERS
@_SUITE
@_JSON
@_limits
@DATA_DIR
def validate(
    folders: tuple[Path, ...],
    suite_name: str | None,
    as_json: bool,
    seconds: int,
    memory: int,
    data_dir: Path | None,
) -> int:
    """List every problem of submissions, without scoring them.

    Exit status: 0 valid, 2 not.
    """
    verdicts = [
        _verify(folder, suite_name, "claimed", None, None, seconds, memory, data_dir, 2)
        for folder in folders
    ]
    return _show(folders, verdicts, as_json)


@leaderboard.command()
@_FOLDERS
@_SUITE
@click.option(
    "--level",
    type=click.Choice(["re-scored", "re-evaluated", "re-trained"]),
    default="re-evaluated",
    show_default=True,
    help="How far to look; without weights it ends at re-scored.",
)
@click.option(
    "--board",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("leaderboards"),
    show_default=True,
    help="Whose entries copies and look-alike names are looked for among.",
)
@click.option("--clear", "cleared", metavar="REASON", help="Let suspicions pass, and say why.")
@click.option(
    "--verdict",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the verdict goes. [default: BOARD/verdicts, or beside FOLDER]",
)
@_JSON
@_limits
@THREADS
@DATA_DIR
def verify(
    folders: tuple[Path, ...],
    suite_name: str | None,
    level: str,
    board: Path,
    cleared: str | None,
    file: Path | None,
    as_json: bool,
    seconds: int,
    memory: int,
    threads: int,
    data_dir: Path | None,
) -> int:  # fmt: skip
    """Compute every number of submissions again and write the verdicts.

    From the arrays, and where there are weights from the network that we build for them. A
    process of its own opens the submission, behind limits of time, memory, files and network.

    Exit status: 0 agrees, 1 differs, 2 unusable.
    """
    from tfbs.leaderboards.entries import verdict_file
    from tfbs.leaderboards.verdict import write_verdict

    if file is not None and len(folders) > 1:
        raise UserError("--verdict names one file: verify one FOLDER with it")
    verdicts = []
    for folder in folders:
        verdict = _verify(
            folder, suite_name, level, board, cleared, seconds, memory, data_dir, threads
        )
        write_verdict(file or verdict_file(folder), verdict)
        verdicts.append(verdict)
        say(f"{plain(folder)}: verdict in {plain(file or verdict_file(folder))}")
    return _show(folders, verdicts, as_json)


@leaderboard.command()
@_FOLDERS
@_SUITE
@click.option("--write", is_flag=True, help="Renew the scores in the verdicts of these entries.")
@_JSON
@_limits
@DATA_DIR
def rescore(
    folders: tuple[Path, ...],
    suite_name: str | None,
    write: bool,
    as_json: bool,
    seconds: int,
    memory: int,
    data_dir: Path | None,
) -> int:
    """Compute every metric that follows from the arrays, without a model or a GPU.

    With --write an accepted entry keeps its trust and gets the new numbers: so a mended metric
    reaches the whole board. What was redone with weights is left to `verify`.

    Exit status: 0 agrees with the records, 1 differs, 2 unusable.
    """
    from tfbs.leaderboards.entries import renew_scores

    verdicts = []
    for folder in folders:
        verdict = _verify(folder, suite_name, "re-scored", None, None, seconds, memory, data_dir, 2)
        verdicts.append(verdict)
        if write:
            say(renew_scores(folder, verdict))
    return _show(folders, verdicts, as_json)


@leaderboard.command()
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


def _suite(name: str, data_dir: Path | None) -> tuple[Suite, dict[str, Task]]:
    suite = read_suite(name)
    return suite, {task: load_task(task, data_dir, progress=say) for task in suite.tasks}


def _verify(
    folder: Path,
    suite_name: str | None,
    level: Any,
    board: Path | None,
    cleared: str | None,
    seconds: int,
    memory: int,
    data_dir: Path | None,
    threads: int,
) -> Verdict:
    from tfbs.leaderboards.sandbox import Limits
    from tfbs.leaderboards.verify import Job, verify

    limits = Limits(seconds=seconds, memory=memory << 20)
    suite = suite_name or _named_suite(folder)
    return verify(Job(folder, suite, level, board, cleared, data_dir, threads, limits))


def _suite_of_place(folder: Path) -> str | None:
    """Returns the shipped suite that the folder of an entry lies in: `SUITE-VERSION/ENTRY`."""
    from tfbs.leaderboards.entries import suite_folder

    suites = {suite_folder(suite): name for name, suite in shipped_suites().items()}
    return suites.get(folder.absolute().parent.name)


def _named_suite(folder: Path) -> str:
    """Returns the shipped suite of a submission: by its place, else the one its manifest names."""
    if not folder.is_dir():
        raise UserError(f"{plain(folder)}: no such folder")
    if (suite := _suite_of_place(folder)) is not None:
        return suite
    read, problems = read_manifest(folder)
    if read is None:
        raise UserError(f"{plain(folder)}: {'; '.join(problems[:5])}")
    name = read.manifest.suite.name
    if name not in shipped_suites():
        raise UserError(f"{plain(folder)}: no suite is called {plain(name)!r}; say --suite")
    return name


def _show(folders: tuple[Path, ...], verdicts: list[Verdict], as_json: bool) -> int:
    """Prints verdicts and returns the worst exit status."""
    if as_json:
        said = [verdict.model_dump(by_alias=True) for verdict in verdicts]
        click.echo(json.dumps(said, indent=1, sort_keys=True))
    else:
        from tfbs.leaderboards.verdict_text import describe

        for folder, verdict in zip(folders, verdicts, strict=True):
            click.echo(describe(plain(folder), verdict))
    return max(verdict.exit_status for verdict in verdicts)


@leaderboard.command("pull-request")
@click.argument("repository", type=click.Path(file_okay=False, path_type=Path))
@click.option("--base", required=True, help="Full hash of the commit that it starts from.")
@click.option("--head", required=True, help="Full hash of the commit that is offered.")
@click.option(
    "--board",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("leaderboards"),
    show_default=True,
    help="The accepted entries, of the base branch.",
)
@_limits
@DATA_DIR
def pull_request(
    repository: Path,
    base: str,
    head: str,
    board: Path,
    seconds: int,
    memory: int,
    data_dir: Path | None,
) -> int:  # fmt: skip
    """Check the entries that a pull request offers, its files as data.

    REPOSITORY is a clone with the offered files; this code and BOARD are of the base branch.
    The suite is the one that the entry's folder is called after.

    Exit status: 0 agrees, 1 differs, or an entry is taken away, 2 unusable, or other files are
    changed.
    """
    from tfbs.leaderboards.changes import changed_paths, offered_entries

    names, problems = offered_entries(changed_paths(repository, base, head))
    for problem in problems:
        click.echo(f"problem: {problem}")
    verdicts, folders = [], []
    status = 0
    for name in names:
        folder = repository / name
        suite_name = _suite_of_place(folder)
        if folder.resolve() != repository.resolve() / name:
            problems.append(name)
            click.echo(f"problem: {plain(name)}: below a symbolic link, which is not followed")
        elif suite_name is None:
            problems.append(name)
            click.echo(f"problem: {plain(name)}: no suite and version of this name")
        elif folder.is_dir():
            folders.append(folder)
            verdicts.append(
                _verify(folder, suite_name, "re-scored", board, None, seconds, memory, data_dir, 2)
            )
        else:
            click.echo(f"{plain(name)}: is taken away, which only a person can allow")
            status = 1
    if verdicts:
        status = max(status, _show(tuple(folders), verdicts, as_json=False))
    return 2 if problems else status
