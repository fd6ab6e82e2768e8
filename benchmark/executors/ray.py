"""Each run as a task of a Ray cluster, which knows where CPUs and GPUs are free."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import click

from tfbs.benchmark.executors.job import Job, Outcome, Place, perform_anywhere
from tfbs.benchmark.runtime import DETERMINISTIC_OPS, pin_threads
from tfbs.datasets.task import TASK_PATHS
from tfbs.errors import UserError
from tfbs.extras import need_extra

_POLL_SECONDS = 0.5


class RayExecutor:
    """Gives every job a fresh worker process with the CPUs and GPUs it asks for.

    Ray sets `CUDA_VISIBLE_DEVICES` of every worker. On a cluster of several machines all must
    have tfbs installed and see the folders of `place`, or a tracking server takes their place.

    Args:
        place: Where runs read and leave what they need.
        address: Of an existing cluster; None for one that is started on this machine.
        cpus: Of a run; a number that Ray counts, no limit on threads.
        gpus: Of a run; 0.5 for two runs on one GPU.
        workers: Runs at a time; None for as many as fit.

    Raises:
        UserError: If Ray is not installed, the cluster does not answer, or no machine of it has
            what a run asks for.
    """

    def __init__(
        self,
        place: Place,
        address: str | None,
        cpus: float,
        gpus: float,
        workers: int | None,
    ) -> None:
        self._ray = _import_ray()
        self._jobs: dict[Any, Job] = {}
        self._own = not self._ray.is_initialized()
        if self._own:
            _connect(self._ray, address)
        try:
            self.capacity = self._fitting(cpus, gpus, workers)
        except UserError:
            self.close()
            raise
        self._place = replace(
            place,
            output=place.output.resolve(),
            records=place.records and place.records.resolve(),
            data_dir=place.data_dir and place.data_dir.resolve(),
        )
        self._remote = self._ray.remote(
            num_cpus=cpus,
            num_gpus=gpus,
            max_retries=0,  # whoever hands out jobs counts their deaths
            max_calls=1,  # a fresh process for every run: its memory goes back
            runtime_env={"env_vars": _variables()},
        )(_perform)

    def start(self, job: Job) -> None:
        """Hands the job to the cluster."""
        self._jobs[self._remote.remote(job.to_json(), self._place)] = job

    def wait(self) -> list[Outcome]:
        """Returns what ended within half a second."""
        ended, _ = self._ray.wait(
            list(self._jobs), num_returns=len(self._jobs), timeout=_POLL_SECONDS
        )
        return [self._outcome(reference, self._jobs.pop(reference)) for reference in ended]

    def close(self) -> None:
        """Ends all jobs, and the cluster if it was started here."""
        for reference in self._jobs:
            self._ray.cancel(reference, force=True)
        self._jobs = {}
        if self._own:
            self._ray.shutdown()

    def _outcome(self, reference: Any, job: Job) -> Outcome:
        exceptions = self._ray.exceptions
        try:
            status, reason = self._ray.get(reference)
        except (exceptions.WorkerCrashedError, exceptions.NodeDiedError) as error:
            return Outcome(job, "died", f"its worker died: {_first_line(error)}")
        except exceptions.OutOfMemoryError as error:
            return Outcome(job, "died", f"out of memory: {_first_line(error)}")
        except exceptions.RayError as error:
            return Outcome(job, "failed", f"{type(error).__name__}: {_first_line(error)}")
        return Outcome(job, status, reason)

    def _fitting(self, cpus: float, gpus: float, workers: int | None) -> int:
        """Returns how many runs fit at a time, and says what is there.

        Raises:
            UserError: If not even one does; Ray would wait for ever.
        """
        nodes = [node["Resources"] for node in self._ray.nodes() if node["Alive"]]
        most_cpus = max(node.get("CPU", 0.0) for node in nodes)
        most_gpus = max(node.get("GPU", 0.0) for node in nodes)
        seen = f"{sum(node.get('GPU', 0.0) for node in nodes):g} GPUs"
        if not most_gpus:
            seen = "no GPU is seen"
        if gpus > most_gpus:
            raise UserError(f"--gpus-per-run {gpus:g}: {seen} on this cluster")
        if cpus > most_cpus:
            raise UserError(
                f"--cpus-per-run {cpus:g}: no machine of this cluster has more than {most_cpus:g}"
            )
        fits = sum(_times(node, cpus, gpus) for node in nodes)
        if not fits:
            raise UserError(
                f"--cpus-per-run {cpus:g} --gpus-per-run {gpus:g}: no machine of this cluster has "
                "both"
            )
        capacity = min(workers or fits, fits)
        total = sum(node.get("CPU", 0.0) for node in nodes)
        click.echo(
            f"ray: {len(nodes)} machines, {total:g} CPUs, {seen}; {capacity} runs at a time",
            err=True,
        )
        return capacity


def _times(node: dict[str, float], cpus: float, gpus: float) -> int:
    """Returns how many runs a machine takes at a time; a GPU is not split over two of them."""
    by_cpu = int(node.get("CPU", 0.0) / cpus + 1e-9)
    if not gpus:
        return by_cpu
    whole = int(node.get("GPU", 0.0))
    by_gpu = whole * int(1 / gpus + 1e-9) if gpus < 1 else int(whole / gpus + 1e-9)
    return min(by_cpu, by_gpu)


def _variables() -> dict[str, str]:
    """Returns what workers are told by their environment."""
    return {
        name: os.environ[name] for name in (DETERMINISTIC_OPS, TASK_PATHS) if name in os.environ
    }


def _import_ray() -> Any:
    need_extra("ray", "ray", "--executor ray")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    import ray

    return ray


def _connect(ray: Any, address: str | None) -> None:
    options = {} if address else {"include_dashboard": False, "address": "local"}
    try:
        ray.init(
            **(options or {"address": address}),
            logging_level="ERROR",
            log_to_driver=False,
        )
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise UserError(f"--ray-address {address}: {_first_line(error)}") from error


def _perform(job: dict[str, Any], place: Place) -> tuple[str, str]:
    """Carries out a job in a worker of the cluster; returns status and reason."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    pin_threads(place.threads)
    outcome = perform_anywhere(Job.from_json(job), place)
    return outcome.status, outcome.reason


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]
