"""The executors by name, and what they may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tfbs.benchmark.executors.engine import Executor
from tfbs.benchmark.executors.job import Place
from tfbs.benchmark.executors.local import LocalExecutor
from tfbs.benchmark.executors.processes import ProcessExecutor
from tfbs.benchmark.tracking import Store
from tfbs.datasets.task import Task
from tfbs.errors import UserError

EXECUTORS = ("local", "processes", "ray")


@dataclass(frozen=True)
class Resources:
    """Who carries out runs, and with what.

    Attributes:
        executor: Of `EXECUTORS`.
        workers: Runs at a time; None for 1, or on Ray for as many as fit.
        retries: Further tries of a run whose process died.
        ray_address: An existing cluster; None for one that is started here.
        cpus_per_run: Of Ray's CPUs.
        gpus_per_run: Of Ray's GPUs; 0.5 for two runs on one.

    Raises:
        UserError: If something of Ray's is asked of another executor.
    """

    executor: str
    workers: int | None
    retries: int
    ray_address: str | None
    cpus_per_run: float
    gpus_per_run: float

    def __post_init__(self) -> None:
        if self.executor != "ray" and (self.ray_address or self.gpus_per_run):
            raise UserError("--ray-address and --gpus-per-run go with --executor ray")

    def open(self, place: Place, store: Store, load: Callable[[str], Task]) -> Executor:
        """Returns the executor.

        Args:
            place: Where runs read and leave what they need.
            store: That of `place`, open.
            load: Returns a task by name.

        Raises:
            UserError: If Ray is not installed or not there, or has not what a run asks for.
        """
        if self.executor == "ray":
            from tfbs.benchmark.executors.ray import RayExecutor

            return RayExecutor(
                place, self.ray_address, self.cpus_per_run, self.gpus_per_run, self.workers
            )
        if self.executor == "local":
            return LocalExecutor(place, store, load)
        return ProcessExecutor(place, self.workers or 1)
