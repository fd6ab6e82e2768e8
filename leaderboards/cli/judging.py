"""What the verbs that open submissions share: which suite, the verdict, how it is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tfbs.benchmark.suite import Suite, read_suite, shipped_suites
from tfbs.datasets.options import say
from tfbs.datasets.task import Task, load_task
from tfbs.errors import UserError
from tfbs.leaderboards.manifest import read_manifest
from tfbs.leaderboards.names import plain

if TYPE_CHECKING:
    from tfbs.leaderboards.verdict import Verdict
    from tfbs.leaderboards.verify import Job


def load_suite(name: str, data_dir: Path | None) -> tuple[Suite, dict[str, Task]]:
    """Returns a suite and its tasks by name, built where they are not yet."""
    suite = read_suite(name)
    return suite, {task: load_task(task, data_dir, progress=say) for task in suite.tasks}


def job_of(
    folder: Path,
    suite_name: str | None,
    level: Any,
    board: Path | None,
    cleared: str | None,
    seconds: int,
    memory: int,
    data_dir: Path | None,
    threads: int,
) -> Job:
    """Returns what is asked of a folder; see `verify.Job`."""
    from tfbs.leaderboards.sandbox import Limits
    from tfbs.leaderboards.verify import Job

    limits = Limits(seconds=seconds, memory=memory << 20)
    suite = suite_name or named_suite(folder)
    return Job(folder, suite, level, board, cleared, data_dir, threads, limits)


def judge(job: Job) -> Verdict:
    """Returns the verdict on a folder."""
    from tfbs.leaderboards.verify import verify

    return verify(job)


def suite_of_place(folder: Path) -> str | None:
    """Returns the shipped suite that the folder of an entry lies in: `SUITE-VERSION/ENTRY`."""
    from tfbs.leaderboards.entries import suite_folder

    suites = {suite_folder(suite): name for name, suite in shipped_suites().items()}
    return suites.get(folder.absolute().parent.name)


def named_suite(folder: Path) -> str:
    """Returns the shipped suite of a submission: by its place, else the one its manifest names."""
    if not folder.is_dir():
        raise UserError(f"{plain(folder)}: no such folder")
    if (suite := suite_of_place(folder)) is not None:
        return suite
    read, problems = read_manifest(folder)
    if read is None:
        raise UserError(f"{plain(folder)}: {'; '.join(problems[:5])}")
    name = read.manifest.suite.name
    if name not in shipped_suites():
        raise UserError(f"{plain(folder)}: no suite is called {plain(name)!r}; say --suite")
    return name


def show(folders: tuple[Path, ...], verdicts: list[Verdict], as_json: bool) -> int:
    """Prints verdicts and returns the worst exit status."""
    if as_json:
        said = [verdict.model_dump(by_alias=True) for verdict in verdicts]
        click.echo(json.dumps(said, indent=1, sort_keys=True))
    else:
        from tfbs.leaderboards.verdict_text import describe

        for folder, verdict in zip(folders, verdicts, strict=True):
            click.echo(describe(plain(folder), verdict))
    return max(verdict.exit_status for verdict in verdicts)
