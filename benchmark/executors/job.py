"""A run to be carried out somewhere, and what came of it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from tfbs.benchmark.progress import Progress
from tfbs.benchmark.record import RecordFolder
from tfbs.benchmark.run import execute, find_finished
from tfbs.benchmark.spec import RunSpec
from tfbs.benchmark.sweep.pruning import TrialWatch
from tfbs.benchmark.tracking import Store
from tfbs.benchmark.watch import Pruned
from tfbs.datasets.task import Task, load_task
from tfbs.errors import UserError
from tfbs.faults import fault_of

if TYPE_CHECKING:
    from tfbs.benchmark.training.networks import Networks

Status = Literal["finished", "pruned", "failed", "died", "hindered"]


@dataclass(frozen=True)
class Place:
    """Where runs read and leave what they need; no part of their identity."""

    output: Path
    tracking_uri: str | None
    records: Path | None
    data_dir: Path | None
    threads: int


@dataclass(frozen=True)
class Job:
    """A run, and what else whoever carries it out has to know.

    Attributes:
        spec: The run.
        tags: Tags of the run in the store.
        watch: What follows its training and may give it up.
    """

    spec: RunSpec
    tags: Mapping[str, str] = field(default_factory=dict)
    watch: TrialWatch | None = None

    def to_json(self) -> dict[str, Any]:
        """Returns the job as JSON types."""
        return {
            "spec": self.spec.to_json(),
            "tags": dict(self.tags),
            "watch": None if self.watch is None else asdict(self.watch),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Returns the job that `to_json` wrote."""
        watch = value["watch"]
        return cls(
            RunSpec.from_json(value["spec"]),
            value["tags"],
            None if watch is None else TrialWatch(**watch),
        )


@dataclass(frozen=True)
class Outcome:
    """What came of a job.

    Attributes:
        job: The job.
        status: `died` is a process that was killed or lost: another try may help; `failed` is an
            error that would come again; `hindered` is the machine's fault, such as a full disk:
            other runs would end the same way.
        reason: Why it did not finish.
    """

    job: Job
    status: Status
    reason: str = ""


@dataclass(frozen=True)
class Failure:
    """A run that did not finish, and why."""

    spec: RunSpec
    reason: str


def perform(
    job: Job,
    place: Place,
    store: Store,
    load: Callable[[str], Task],
    networks: Networks | None = None,
) -> Outcome:
    """Carries out a job in this process; an exception becomes an outcome, an interrupt does not.

    A run that is finished is left as it is: its process may have died after that.

    Args:
        job: The run.
        place: Where it reads and leaves what it needs.
        store: That of `place`, open.
        load: Returns a task by name.
        networks: Where the network may be kept for the next run of the same one.
    """
    records = RecordFolder(place.records) if place.records else None
    progress = Progress(str(job.spec))
    try:
        with store.alone(job.spec, progress.waits):
            if find_finished(job.spec, store, records) is not None:
                return Outcome(job, "finished")
            execute(
                job.spec,
                load(job.spec.task_name),
                store,
                records,
                threads=place.threads,
                progress=progress,
                watch=None if job.watch is None else job.watch.follow(),
                tags=job.tags,
                networks=networks,
            )
    except Pruned as stopped:
        return Outcome(job, "pruned", str(stopped))
    except Exception as error:
        if (fault := fault_of(error)) is not None:
            return Outcome(job, "hindered", fault)
        return Outcome(job, "failed", f"{type(error).__name__}: {error}")
    return Outcome(job, "finished")


def perform_anywhere(job: Job, place: Place) -> Outcome:
    """Carries out a job in a process that has nothing open yet."""
    load = functools.partial(load_task, data_dir=place.data_dir)
    try:
        store = Store(place.output, place.tracking_uri)
    except UserError as error:
        return Outcome(job, "hindered", str(error))
    return perform(job, place, store, load)
