"""The process that opens a submission: `python -m tfbs.leaderboards.child WORK`, see `verify`.

It puts its walls up before it imports anything that starts threads, reads `request.json` in its
working folder, and leaves `verdict.json` there.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfbs.leaderboards.sandbox import (
    Limits,
    fence_files,
    leave_network,
    limit_memory,
    limit_resources,
    watch,
)
from tfbs.orphan import end_with_parent

if TYPE_CHECKING:
    from tfbs.leaderboards.inspection import Question
    from tfbs.leaderboards.verdict import Verdict

REQUEST = "request.json"
VERDICT = "verdict.json"
EXAMPLES = "examples.npz"
STEP = "step"
"""File that holds the level that a run is brought to, and the run's number."""
SUBMISSION = "submission"
_SYSTEM = (
    "/usr", "/lib", "/lib64", "/bin", "/etc", "/proc", "/sys/devices/system", "/sys/fs/cgroup",
    "/dev/urandom", "/dev/random", "/System", "/Library",
)  # fmt: skip
_NOWHERE = Path("/dev/null")


def main(work: Path) -> int:
    """Does what the request asks and writes the verdict; returns the exit status."""
    request = json.loads((work / REQUEST).read_text(encoding="utf-8"))
    limits = Limits(**request["limits"])
    limit_resources(limits)
    network = leave_network()
    readable = [*map(Path, _SYSTEM), *_python_folders(), *map(Path, request["readable"])]
    writable = [work, _NOWHERE]
    files = fence_files(readable, writable)
    end_with_parent()
    os.chdir(work)
    walls = {
        "network": f"{network}; audit hook",
        "files": f"{files}; audit hook",
        "processes": "audit hook",
        "seconds": str(limits.seconds),
    }
    from tfbs.leaderboards.verdict import write_verdict

    verdict = _inspected(request, work, limits, readable, writable, walls)
    verdict.sandbox = walls
    write_verdict(work / VERDICT, verdict)
    return 0


def _inspected(
    request: dict[str, Any],
    work: Path,
    limits: Limits,
    readable: list[Path],
    writable: list[Path],
    walls: dict[str, str],
) -> Verdict:
    from tfbs.benchmark.runtime import describe_environment, pin_threads

    pin_threads(request["threads"])
    from tfbs.benchmark.record import describe_code
    from tfbs.benchmark.suite import read_suite
    from tfbs.datasets.task import load_built_task, stored_fingerprint
    from tfbs.leaderboards.inspection import Question
    from tfbs.leaderboards.suspicion import read_known

    suite = read_suite(request["suite"])
    data = Path(request["data_dir"])
    tasks = {name: load_built_task(name, data) for name in suite.tasks}
    environment, code = describe_environment(request["threads"]), describe_code()
    _import_what_is_needed(request["level"])
    walls["memory"] = limit_memory(limits)
    watch(readable, writable)
    changed = [
        f"the data of task {name} are not those that were built: a value of "
        f"{data} was changed; build it again"
        for name, task in tasks.items()
        if stored_fingerprint(task, data) != task.fingerprint
    ]
    others, unread = read_known(map(Path, request["others"]))
    walls["entries"] = f"{len(others)} runs of other entries, {len(unread)} could not be read"
    question = Question(
        work / SUBMISSION,
        suite,
        tasks,
        request["level"],
        others,
        request["names"],
        request["cleared"],
        request["threads"],
        lambda level, number: _begin(work / STEP, level, number),
    )
    verdict = _judged(question, work, limits, [*request["problems"], *changed])
    verdict.environment, verdict.code = environment, code
    return verdict


def _begin(file: Path, level: str, number: int) -> None:
    file.write_text(f"{level} {number}", encoding="ascii")


def _judged(question: Question, work: Path, limits: Limits, problems: list[str]) -> Verdict:
    """Returns the verdict, and leaves the numbers per example in `work`."""
    from tfbs.leaderboards.arrays_file import pack_arrays
    from tfbs.leaderboards.inspection import inspect
    from tfbs.leaderboards.manifest import SuiteName
    from tfbs.leaderboards.untrusted import sha256
    from tfbs.leaderboards.verdict import Verdict

    try:
        examples: dict[str, Any] = {}
        verdict = inspect(question, examples)
        if verdict.trust is not None and examples:
            content = pack_arrays(examples)
            (work / EXAMPLES).write_bytes(content)
            verdict.examples = sha256(content)
    except MemoryError:
        problems = [*problems, f"takes more than {limits.memory:,} bytes of memory"]
        name = SuiteName(name=question.suite.name, version=question.suite.version)
        verdict = Verdict(status="unusable", trust=None, asked=question.level, suite=name)
    if problems:
        verdict.status, verdict.trust, verdict.scores = "unusable", None, {}
        verdict.examples = None
        verdict.problems = [*problems, *verdict.problems]
    return verdict


def _import_what_is_needed(level: str) -> None:
    """Imports what is else imported in passing: later, the hook would see it as a submission's."""
    import h5py
    import sklearn.metrics
    import tensorflow

    import tfbs.architectures
    import tfbs.benchmark.evaluation.rescore
    import tfbs.benchmark.explain
    import tfbs.benchmark.training

    _ = (h5py, sklearn, tensorflow, tfbs)
    if level == "re-trained":
        import mlflow

        import tfbs.benchmark.tracking

        _ = mlflow


def _python_folders() -> list[Path]:
    """Returns where Python, its packages and this package are."""
    import tfbs

    package = Path(tfbs.__file__).resolve().parent
    linked = [entry.resolve().parent for entry in package.iterdir() if entry.is_symlink()]
    places = {sys.prefix, sys.base_prefix, sys.exec_prefix, *(path for path in sys.path if path)}
    return [package.parent, *linked, *sorted(map(Path, places))]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
