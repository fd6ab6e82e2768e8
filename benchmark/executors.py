"""Ways to carry out many runs: in this process, or one process per run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tfbs.benchmark.progress import Progress
from tfbs.benchmark.record import RecordFolder
from tfbs.benchmark.run import execute
from tfbs.benchmark.spec import RunSpec
from tfbs.benchmark.tracking import Store
from tfbs.datasets.task import Task

_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Place:
    """Where runs read and leave what they need; no part of their identity."""

    output: Path
    tracking_uri: str | None
    records: Path | None
    data_dir: Path | None
    threads: int


@dataclass(frozen=True)
class Failure:
    """A run that did not finish, and why."""

    spec: RunSpec
    reason: str


Report = Callable[[RunSpec, str], None]
"""Called with a run and what happened to it: `"started"`, `"finished"` or a reason."""


def run_locally(
    specs: Sequence[RunSpec],
    load: Callable[[str], Task],
    store: Store,
    place: Place,
    report: Report,
) -> list[Failure]:
    """Does the runs one after another in this process; returns those that failed.

    An exception in a run is recorded and the rest go on; an interrupt stops the whole.
    """
    failures = []
    records = RecordFolder(place.records) if place.records else None
    for spec in specs:
        report(spec, "started")
        try:
            execute(
                spec,
                load(spec.task_name),
                store,
                records,
                threads=place.threads,
                progress=Progress(str(spec)),
            )
        except Exception as error:
            failures.append(Failure(spec, f"{type(error).__name__}: {error}"))
            report(spec, failures[-1].reason)
        else:
            report(spec, "finished")
    return failures


def run_in_processes(
    specs: Sequence[RunSpec], place: Place, workers: int, report: Report
) -> list[Failure]:
    """Does each run in a new process, `workers` at a time; returns those that failed.

    Memory goes back after every run. A process that dies takes only its own run with it.
    """
    waiting, failures = list(specs), []
    running: list[_Child] = []
    with tempfile.TemporaryDirectory(prefix="tfbs-suite-") as folder:
        try:
            while waiting or running:
                while waiting and len(running) < workers:
                    running.append(_Child(waiting.pop(0), place, Path(folder)))
                    report(running[-1].spec, "started")
                for child in [child for child in running if child.ended]:
                    running.remove(child)
                    reason = child.failure()
                    if reason:
                        failures.append(Failure(child.spec, reason))
                    report(child.spec, reason or "finished")
                time.sleep(_POLL_SECONDS)
        finally:
            for child in running:
                child.stop()
    return failures


class _Child:
    """One `tfbs run` in a process of its own."""

    def __init__(self, spec: RunSpec, place: Place, folder: Path) -> None:
        self.spec = spec
        spec_file = folder / f"{spec.id}.json"
        spec_file.write_text(json.dumps(spec.to_json()), encoding="utf-8")
        self._log: IO[bytes] = (folder / f"{spec.id}.log").open("w+b")
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "tfbs", "run", "--spec", str(spec_file), *_options(place)],
            stdin=subprocess.PIPE,  # its end tells the child that this process is gone
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            env={**os.environ, "PYTHONSAFEPATH": "1"},
        )

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def failure(self) -> str | None:
        """Returns why the process failed, in one line, or None if it did not."""
        code = self._process.returncode
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        self._log.close()
        if code == 0:
            return None
        how = f"killed by signal {-code}" if code < 0 else f"exit status {code}"
        return f"{how}: {lines[-1]}" if lines and code > 0 else how

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._log.close()


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
