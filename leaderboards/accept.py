"""Verification whose outcome is written down: what a board is ranked from."""

from __future__ import annotations

from pathlib import Path

from tfbs.benchmark.progress import Progress
from tfbs.benchmark.suite import read_suite
from tfbs.datasets.task import load_task
from tfbs.leaderboards.entries import ENTRIES, verdict_file
from tfbs.leaderboards.names import plain
from tfbs.leaderboards.task_file import write_task
from tfbs.leaderboards.verdict import Verdict, write_verdict
from tfbs.leaderboards.verify import Job, verify

EXAMPLES_SUFFIX = ".npz"


def accept(job: Job, file: Path | None = None) -> Verdict:
    """Verifies a submission and writes the verdict, the numbers per example, and the tasks.

    The verdict comes last and names the hash of the numbers: a kill in between leaves numbers that
    nobody believes.

    Args:
        job: What is to be verified.
        file: Where the verdict goes; by default where `verdict_file` says.

    Raises:
        UserError: See `verify`; or if the law of a task gives no probabilities.
    """
    file = file or verdict_file(job.folder)
    verdict = verify(job, file.with_suffix(EXAMPLES_SUFFIX))
    folder = job.folder.resolve()
    try:
        if verdict.scores and folder.parent.parent.name == ENTRIES:
            suite, progress = read_suite(job.suite), Progress(plain(job.folder))
            for name in suite.tasks:
                progress.done(f"the board's file of task {name} is being written")
                write_task(folder.parent.parent.parent, suite, load_task(name, job.data_dir))
    finally:  # hours of verification are not lost to a task that cannot be written
        write_verdict(file, verdict)
    return verdict
