"""Each run in a process of its own, several at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from tfbs.benchmark.executors.job import Job, Outcome, Place
from tfbs.files import unfinished_folder

PRUNED_STATUS = 3
"""Exit status of a run that was given up."""
HINDERED_STATUS = 4
"""Exit status of a run that the machine hinders."""

_POLL_SECONDS = 0.2


class ProcessExecutor:
    """Starts a new process for every job, so that its memory goes back.

    A process that dies takes only its own run with it.

    Args:
        place: Where runs read and leave what they need.
        workers: How many at a time.
    """

    def __init__(self, place: Place, workers: int) -> None:
        self.capacity = workers
        self._place = place
        self._open = ExitStack()
        self._folder = self._open.enter_context(unfinished_folder(place.output / "jobs"))
        self._running: list[_Child] = []

    def start(self, job: Job) -> None:
        """Starts the job's process."""
        self._running.append(_Child(job, self._place, self._folder))

    def wait(self) -> list[Outcome]:
        """Returns what ended within a fifth of a second."""
        time.sleep(_POLL_SECONDS)
        ended = [child for child in self._running if child.ended]
        self._running = [child for child in self._running if child not in ended]
        return [child.outcome() for child in ended]

    def close(self) -> None:
        """Ends all processes."""
        for child in self._running:
            child.stop()
        self._running = []
        self._open.close()


class _Child:
    """One `tfbs run` in a process of its own."""

    def __init__(self, job: Job, place: Place, folder: Path) -> None:
        self.job = job
        job_file = folder / f"{job.spec.id}.json"
        job_file.write_text(json.dumps(job.to_json()), encoding="utf-8")
        self._log: IO[bytes] = (folder / f"{job.spec.id}.log").open("w+b")
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "tfbs", "run", "--job", str(job_file), *_options(place)],
            stdin=subprocess.PIPE,  # its end tells the child that this process is gone
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            env={**os.environ, "PYTHONSAFEPATH": "1"},
        )

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def outcome(self) -> Outcome:
        """Returns what came of it; the reason is one line."""
        code = self._process.returncode
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        self._close()
        last = lines[-1] if lines else ""
        if code == 0:
            return Outcome(self.job, "finished")
        if code == PRUNED_STATUS:
            return Outcome(self.job, "pruned", last)
        if code == HINDERED_STATUS:
            return Outcome(self.job, "hindered", last)
        if code < 0:
            return Outcome(self.job, "died", f"killed by signal {-code}")
        how = f"exit status {code}"
        return Outcome(self.job, "failed", f"{how}: {last}" if last else how)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._close()

    def _close(self) -> None:
        self._log.close()
        if self._process.stdin is not None:
            self._process.stdin.close()


def _options(place: Place) -> list[str]:
    options = ["--output", str(place.output), "--threads", str(place.threads)]
    for name, value in (
        ("--tracking-uri", place.tracking_uri),
        ("--records", place.records),
        ("--data-dir", place.data_dir),
    ):
        if value is not None:
            options += [name, str(value)]
    return options
