"""Runs one after another in this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tfbs.benchmark.executors.job import Job, Outcome, Place, perform
from tfbs.benchmark.tracking import Store
from tfbs.datasets.task import Task

if TYPE_CHECKING:
    from tfbs.benchmark.training.networks import Networks


class LocalExecutor:
    """Carries out a job when it is started; runs of one network that follow each other share it.

    Args:
        place: Where runs read and leave what they need.
        store: That of `place`, open.
        load: Returns a task by name.
    """

    capacity = 1

    def __init__(self, place: Place, store: Store, load: Callable[[str], Task]) -> None:
        self._place, self._store, self._load = place, store, load
        self._networks: Networks | None = None
        self._ended: list[Outcome] = []

    def start(self, job: Job) -> None:
        """Carries out the job."""
        if self._networks is None:
            from tfbs.benchmark.training.networks import Networks

            self._networks = Networks()
        self._ended.append(perform(job, self._place, self._store, self._load, self._networks))

    def wait(self) -> list[Outcome]:
        """Returns the job that was started last."""
        ended, self._ended = self._ended, []
        return ended

    def close(self) -> None:
        """Nothing is running between two calls."""
