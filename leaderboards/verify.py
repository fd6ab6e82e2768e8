"""Verification of a submission in a process of its own."""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from tfbs.benchmark.progress import Progress
from tfbs.benchmark.suite import Suite, read_suite
from tfbs.datasets.storage import default_data_dir
from tfbs.datasets.task import load_task
from tfbs.errors import UserError
from tfbs.files import write_whole_bytes
from tfbs.leaderboards.arrays_file import LARGEST, read_arrays
from tfbs.leaderboards.child import EXAMPLES, REQUEST, STEP, SUBMISSION, VERDICT
from tfbs.leaderboards.entries import ENTRIES, Entry, read_board
from tfbs.leaderboards.manifest import SuiteName, run_folder
from tfbs.leaderboards.names import plain
from tfbs.leaderboards.sandbox import Limits
from tfbs.leaderboards.untrusted import MOST_BYTES, Unusable, copy_files, read_bytes, walk
from tfbs.leaderboards.verdict import Trust, Verdict, read_verdict

_PLACE = re.compile(r'File "[^"]*/(tfbs/[^"]+)", line (\d+)')
"""Of our own code in a traceback, without the folders before it."""

_STEP = re.compile(r"(re-scored|re-evaluated|re-trained) (\d{1,4})")
_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Job:
    """What is to be verified, against what, and how far.

    Attributes:
        folder: The submission.
        suite: Name or path of the suite; the host's, whatever the submission says.
        level: How far to look; without weights it ends at `re-scored`.
        board: Whose entries copies and look-alikes are looked for among.
        cleared: Why a reviewer lets suspicions pass.
        data_dir: Where tasks are built.
        threads: TensorFlow's threads.
        limits: Of the process, the time for every run that the suite asks of an entry.
    """

    folder: Path
    suite: str
    level: Trust = "re-evaluated"
    board: Path | None = None
    cleared: str | None = None
    data_dir: Path | None = None
    threads: int = 2
    limits: Limits = field(default_factory=Limits)


def verify(job: Job, examples: Path | None = None) -> Verdict:
    """Returns the verdict on a submission, whatever the submission does.

    Its files are copied, without following anything, to a working folder; a child process behind
    the walls of `sandbox` looks at the copy. How far it is, is said on stderr.

    Args:
        job: What is to be verified.
        examples: Where the numbers per example go that pair entries; nowhere by default.

    Raises:
        UserError: If there is no such folder or suite, or a task of the suite cannot be had.
    """
    if job.folder.is_symlink() or not job.folder.is_dir():
        raise UserError(f"{plain(job.folder)}: no such folder")
    suite = read_suite(job.suite)
    asked = len(suite.tasks) * suite.minimum_seeds
    limits = replace(job.limits, seconds=job.limits.seconds * asked)
    data = (job.data_dir or default_data_dir()).resolve()
    for task in suite.tasks:
        load_task(task, data)
    with tempfile.TemporaryDirectory(prefix="tfbs-verify-") as name:
        work = Path(name).resolve()
        files, problems = walk(job.folder)
        (work / SUBMISSION).mkdir()
        if sum(file.size for file in files) <= MOST_BYTES:
            problems += copy_files(job.folder, files, work / SUBMISSION)
        entries = _others(job, suite)
        request = {
            "suite": _suite_in(work, job.suite),
            "level": job.level,
            "others": _copied(entries, work / "others"),
            "names": [entry.name for entry in entries],
            "cleared": job.cleared,
            "data_dir": str(data),
            "threads": job.threads,
            "limits": asdict(limits),
            "problems": problems,
            "readable": [str(data)],
        }
        (work / REQUEST).write_text(json.dumps(request), encoding="utf-8")
        verdict = _run(work, job, limits.seconds, suite)
        if verdict.examples is not None:
            _take_examples(work, verdict, examples)
    now = datetime.datetime.now(datetime.UTC)
    verdict.date = now.isoformat(timespec="seconds")
    return verdict


def _take_examples(work: Path, verdict: Verdict, target: Path | None) -> None:
    """Writes what the child kept where it belongs, if it is what the verdict names."""
    try:
        assert verdict.examples is not None  # noqa: S101  (asked before)
        read_arrays(work / EXAMPLES, verdict.examples)
        if target is not None:
            write_whole_bytes(target, read_bytes(work, EXAMPLES, LARGEST))
    except Unusable as error:
        verdict.examples = None
        verdict.problems.append(f"the numbers per example were not kept: {error}")


def _suite_in(work: Path, name: str) -> str:
    """Returns a name of the suite that the child can read."""
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        return name
    return str(shutil.copy(path, work / "suite.yaml"))


def _others(job: Job, suite: Suite) -> list[Entry]:
    """Returns the entries of the board but the one that is verified, or that it is to replace."""
    if job.board is None:
        return []
    own = job.folder.resolve()
    replaced = (own.parent.name, own.name) if own.parent.parent.name == ENTRIES else None
    return [
        each
        for each in read_board(job.board, suite).entries
        if each.folder.resolve() != own and (each.suite, each.slug) != replaced
    ]


def _copied(entries: Sequence[Entry], target: Path) -> list[str]:
    """Returns copies of what is needed of other entries' runs: the child reads nothing else."""
    copies: list[str] = []
    for entry in entries:
        for run_id in entry.records:
            own = target / str(len(copies))
            folder = entry.folder / run_folder(run_id)
            own.mkdir(parents=True)
            files, _ = walk(folder)
            wanted = ("record.json", "arrays/test_logits.npy")
            copy_files(folder, [file for file in files if file.path in wanted], own)
            (own / "owner.txt").write_text(f"entry {entry.slug}, run {run_id[:12]}", "utf-8")
            copies.append(str(own))
    return copies


def _run(work: Path, job: Job, seconds: int, suite: Suite) -> Verdict:
    """Returns the child's verdict, or one that says what became of the child."""
    log = work / "child.log"
    command = [sys.executable, "-P", "-m", "tfbs.leaderboards.child", str(work)]
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603
            command,
            cwd=work,
            env=_environment(work),
            stdin=subprocess.PIPE,  # its end tells the child that this process is gone
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status = _wait(child, seconds, work, Progress(plain(job.folder)))
            reason = reason_of(status, log)
        except subprocess.TimeoutExpired:
            reason = f"took longer than {seconds} s"
        finally:
            _end(child)
    if not reason:
        return read_verdict(work / VERDICT)
    return Verdict(
        status="unusable",
        trust=None,
        asked=job.level,
        suite=SuiteName(name=suite.name, version=suite.version),
        problems=[f"the verification did not end: {reason}"],
    )


def _wait(child: subprocess.Popen[bytes], seconds: int, work: Path, progress: Progress) -> int:
    """Returns the exit status, and says meanwhile what the child is at.

    Raises:
        subprocess.TimeoutExpired: If it takes longer.
    """
    end = time.monotonic() + seconds
    said = ""
    while True:
        left = end - time.monotonic()
        try:
            return child.wait(timeout=max(0.0, min(left, _POLL_SECONDS)))
        except subprocess.TimeoutExpired:
            if left <= 0:
                raise
        if (step := _step(work)) and step != said:
            said = step
            progress.done(step)


def _step(work: Path) -> str:
    """Returns what the child says that it is at; nothing where it is no such thing."""
    try:
        found = _STEP.fullmatch(read_bytes(work, STEP, 100).decode("ascii", "replace"))
    except Unusable:
        return ""
    return f"run {found[2]} is being {found[1]}" if found else ""


def reason_of(status: int, log: Path) -> str:
    """Returns why a child did not end well, from its exit status and all that it said."""
    if status == 0:
        return ""
    if status < 0:
        return f"killed by {signal.Signals(-status).name}, a limit was reached"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 10_000))
        text = file.read().decode("utf-8", "replace").strip()
    if not text:
        return f"exit status {status}"
    places = _PLACE.findall(text)
    where = f" ({places[-1][0]}, line {places[-1][1]}: a fault of tfbs)" if places else ""
    return plain(text.splitlines()[-1], 300) + where


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if child.stdin is not None:
        child.stdin.close()


def _environment(work: Path) -> dict[str, str]:
    """Returns an environment without the host's secrets."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "LANG", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
    }
    (work / "tmp").mkdir()
    return kept | {
        "HOME": str(work),
        "TMPDIR": str(work / "tmp"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONSAFEPATH": "1",
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
        "JOBLIB_MULTIPROCESSING": "0",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
