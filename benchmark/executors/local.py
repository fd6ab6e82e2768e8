"""Runs one after another in this process."""

from __future__ import annotations

from collections.abc import Callable

from tfbs.benchmark.executors.job import Job, Outcome, Place, perform
from tfbs.benchmark.tracking import Store
from tfbs.datasets.task import Task


class LocalExecutor:
    """Carries out a job when it is started.

    Args:
        place: Where runs read and leave what they need.
        store: That of `place`, open.
        load: Returns a task by name.
    """

    capacity = 1

    def __init__(self, place: Place, store: Store, load: Callable[[str], Task]) -> None:
        self._place, self._store, self._load = place, store, load
        self._ended: list[Outcome] = []

    def start(self, job: Job) -> None:
        """Carries out the job."""
        self._ended.append(perform(job, self._place, self._store, self._load))

    def wait(self) -> list[Outcome]:
        """Returns the job that was started last."""
        ended, self._ended = self._ended, []
        return ended

    def close(self) -> None:
        """Nothing is running between two calls."""
