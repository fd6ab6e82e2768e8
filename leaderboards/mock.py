"""The whole way of a submission on a tiny task, to try it before a real one."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tfbs.benchmark.suite import read_suite
from tfbs.datasets.task import load_task
from tfbs.errors import UserError
from tfbs.leaderboards.accept import accept
from tfbs.leaderboards.entries import read_board, suite_folder
from tfbs.leaderboards.manifest import EntryName
from tfbs.leaderboards.submit import find_runs, submit
from tfbs.leaderboards.verdict_text import describe
from tfbs.leaderboards.verify import Job, verify

SUITE = "mock"
_ARCHITECTURE = "deepbind"


def run_mock(target: Path | None, data_dir: Path | None, say: Callable[[str], None]) -> int:
    """Trains three seeds, submits, validates, verifies and rescores them.

    Args:
        target: A new folder that keeps everything; a temporary one by default.
        data_dir: Where tasks are built.
        say: Is told of every step.

    Returns:
        Exit status: 0 where the way ends in a verdict that agrees.

    Raises:
        UserError: If the folder exists.
    """
    if target is not None and target.exists():
        raise UserError(f"--to {target}: exists already")
    with tempfile.TemporaryDirectory(prefix="tfbs-mock-") as name:
        return _go(target or Path(name), data_dir, say)


def _go(folder: Path, data_dir: Path | None, say: Callable[[str], None]) -> int:
    from tfbs.benchmark.run import execute
    from tfbs.benchmark.tracking import Store

    started = time.monotonic()

    def step(text: str) -> None:
        say(f"{time.monotonic() - started:5.1f} s  {text}")

    suite = read_suite(SUITE)
    tasks = {task: load_task(task, data_dir, progress=say) for task in suite.tasks}
    store = Store(folder / "runs")
    specs = [
        spec
        for spec in suite.specs(tasks.__getitem__)
        if spec.architecture["name"] == _ARCHITECTURE
    ]
    for spec in specs:
        step(f"train {spec}")
        execute(spec, tasks[spec.task_name], store, threads=2)
    board = folder / "leaderboards"
    entry = board / "entries" / suite_folder(suite) / "mock"
    step(f"submit --to {entry}")
    runs = find_runs([spec.id for spec in specs], store, None)
    submit(runs, suite, tasks, EntryName(name="Mock", team="You"), entry, store)
    step("validate")
    worst = verify(Job(entry, SUITE, "claimed", data_dir=data_dir)).exit_status
    step("verify: score again, load the weights, predict, attack and explain again")
    verdict = accept(Job(entry, SUITE, board=board, data_dir=data_dir))
    say(describe("mock", verdict))
    step("rescore")
    again = verify(Job(entry, SUITE, "re-scored", data_dir=data_dir))
    (accepted,) = read_board(board).entries
    step(f"on the board: {accepted.name!r} of {accepted.team!r}, {accepted.trust}")
    return max(worst, verdict.exit_status, again.exit_status)
