"""What is old on a board: other data, another protocol, an older version of a metric."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tfbs.benchmark.suite import Suite
from tfbs.leaderboards.entries import Entry
from tfbs.leaderboards.task_file import TaskFile


def stale(
    entry: Entry, suite: Suite, tasks: Mapping[str, TaskFile], everyone: Iterable[Entry]
) -> str:
    """Returns what an entry was measured with that the board no longer measures with, or nothing.

    Args:
        entry: Of the board.
        suite: That it is for.
        tasks: As the board keeps them, by name.
        everyone: All entries of the suite.
    """
    for run_id in sorted(entry.records):
        spec = entry.spec(run_id)
        wanted = suite.protocol_of(spec.task_name)
        if spec.protocol != wanted:
            return f"protocol {spec.protocol}, the suite's is {wanted}"
        task = tasks.get(spec.task_name)
        if task is None:
            continue
        if spec.task["version"] != task.version:
            return f"version {spec.task['version']} of task {task.name}, now {task.version}"
        if spec.task["fingerprint"] != task.fingerprint:
            before = str(spec.task["fingerprint"])[:12]
            return f"data {before} of task {task.name}, now {task.fingerprint[:12]}"
    return "" if entry.verdict is None else _old_metric(entry.verdict.metrics, everyone)


def _old_metric(versions: Mapping[str, int], everyone: Iterable[Entry]) -> str:
    """Returns which metric has a newer version on the board; a version that is not known is old."""
    newest: dict[str, int] = {}
    for other in everyone:
        for name, version in ({} if other.verdict is None else other.verdict.metrics).items():
            newest[name] = max(version, newest.get(name, 0))
    for name, version in sorted(newest.items()):
        if versions.get(name, 0) < version:
            own = f"version {versions[name]}" if name in versions else "an unknown version"
            return f"{own} of {name}, now {version}: verify it again"
    return ""
