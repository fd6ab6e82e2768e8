"""`tfbs leaderboard validate`, `verify`, `rescore` and `pull-request`: for the host."""

from __future__ import annotations

from pathlib import Path

import click

from tfbs.benchmark.cli.options import THREADS
from tfbs.datasets.options import DATA_DIR, say
from tfbs.errors import UserError
from tfbs.leaderboards.cli.judging import job_of, judge, show, suite_of_place
from tfbs.leaderboards.cli.options import FOLDERS, JSON, SUITE, board_option, limits
from tfbs.leaderboards.entries import ENTRIES
from tfbs.leaderboards.floors import RESERVED
from tfbs.leaderboards.names import plain


@click.command()
@FOLDERS
@SUITE
@JSON
@limits
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
        judge(job_of(folder, suite_name, "claimed", None, None, seconds, memory, data_dir, 2))
        for folder in folders
    ]
    return show(folders, verdicts, as_json)


@click.command()
@FOLDERS
@SUITE
@click.option(
    "--level",
    type=click.Choice(["re-scored", "re-evaluated", "re-trained"]),
    default="re-evaluated",
    show_default=True,
    help="How far to look; without weights it ends at re-scored.",
)
@board_option("Whose entries copies and look-alike names are looked for among.")
@click.option("--clear", "cleared", metavar="REASON", help="Let suspicions pass, and say why.")
@click.option(
    "--verdict",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the verdict goes. [default: BOARD/verdicts, or beside FOLDER]",
)
@JSON
@limits
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
    from tfbs.leaderboards.accept import accept
    from tfbs.leaderboards.entries import verdict_file

    if file is not None and len(folders) > 1:
        raise UserError("--verdict names one file: verify one FOLDER with it")
    verdicts = []
    for folder in folders:
        job = job_of(folder, suite_name, level, board, cleared, seconds, memory, data_dir, threads)
        verdicts.append(accept(job, file))
        say(f"{plain(folder)}: verdict in {plain(file or verdict_file(folder))}")
    return show(folders, verdicts, as_json)


@click.command()
@FOLDERS
@SUITE
@click.option("--write", is_flag=True, help="Renew the scores in the verdicts of these entries.")
@JSON
@limits
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
    from tfbs.leaderboards.renewal import renew_scores

    verdicts = []
    for folder in folders:
        job = job_of(folder, suite_name, "re-scored", None, None, seconds, memory, data_dir, 2)
        verdict = judge(job)
        verdicts.append(verdict)
        if write:
            say(renew_scores(folder, verdict))
    return show(folders, verdicts, as_json)


@click.command("pull-request")
@click.argument("repository", type=click.Path(file_okay=False, path_type=Path))
@click.option("--base", required=True, help="Full hash of the commit that it starts from.")
@click.option("--head", required=True, help="Full hash of the commit that is offered.")
@board_option("The accepted entries, of the base branch.")
@limits
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

    Exit status: 0 agrees, 1 differs, or an entry or a floor is taken away or replaced, 2 unusable,
    or other files are changed.
    """
    from tfbs.leaderboards.changes import changed_paths, offered_entries

    names, problems = offered_entries(changed_paths(repository, base, head))
    for problem in problems:
        click.echo(f"problem: {problem}")
    verdicts, folders = [], []
    status = 0
    for name in names:
        folder = repository / name
        suite_name = suite_of_place(folder)
        if folder.resolve() != repository.resolve() / name:
            problems.append(name)
            click.echo(f"problem: {plain(name)}: below a symbolic link, which is not followed")
        elif suite_name is None:
            problems.append(name)
            click.echo(f"problem: {plain(name)}: no suite and version of this name")
        elif folder.is_dir():
            folders.append(folder)
            there = (board / ENTRIES / folder.parent.name / folder.name).exists()
            if there or folder.name in RESERVED:
                click.echo(f"{plain(name)}: replaces what is there, which only a person can allow")
                status = 1
            job = job_of(folder, suite_name, "re-scored", board, None, seconds, memory, data_dir, 2)
            verdicts.append(judge(job))
        else:
            click.echo(f"{plain(name)}: is taken away, which only a person can allow")
            status = 1
    if verdicts:
        status = max(status, show(tuple(folders), verdicts, as_json=False))
    return 2 if problems else status
