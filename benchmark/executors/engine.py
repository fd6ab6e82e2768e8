"""The one loop that keeps an executor busy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from tfbs.benchmark.executors.job import Failure, Job, Outcome
from tfbs.errors import UserError

Report = Callable[[Job, str], None]
"""Called with a job and what happened to it: `"started"`, `"finished"` or a reason."""

AGAIN = "begun again"
"""How a reason ends that is not the run's last."""


class Executor(Protocol):
    """Carries out jobs, several at a time if it can.

    Attributes:
        capacity: How many at a time.
    """

    capacity: int

    def start(self, job: Job) -> None:
        """Begins a job; there are never more than `capacity` at once."""
        ...

    def wait(self) -> list[Outcome]:
        """Returns the jobs that ended, each once; after a moment also none."""
        ...

    def close(self) -> None:
        """Ends whatever is still running, and gives back what it holds."""
        ...


def carry_out(
    next_job: Callable[[], Job | None],
    executor: Executor,
    ended: Callable[[Outcome], None],
    report: Report,
    *,
    retries: int = 0,
) -> None:
    """Carries out jobs until there are none and all have ended.

    A job whose process died is begun again, `retries` times at most. An interrupt goes through:
    whoever opened the executor closes it, and what was finished before is kept.

    Args:
        next_job: Returns the next job, or None where there is none until another has ended.
        executor: Who carries them out.
        ended: Called with every outcome for good.
        report: Told what happens.
        retries: Further tries of a job whose process died.

    Raises:
        UserError: If the machine hinders a job; the others would fare no better.
    """
    again: list[Job] = []
    deaths: Counter[str] = Counter()
    running = 0
    while True:
        while running < executor.capacity:
            job = again.pop(0) if again else next_job()
            if job is None:
                break
            report(job, "started")
            running += 1
            executor.start(job)
        if not running:
            return
        for outcome in executor.wait():
            running -= 1
            spec = outcome.job.spec
            if outcome.status == "hindered":
                raise UserError(f"{outcome.reason} ({spec} was not finished)")
            if outcome.status == "died" and deaths[spec.id] < retries:
                deaths[spec.id] += 1
                again.append(outcome.job)
                report(outcome.job, f"{outcome.reason}: {AGAIN}")
                continue
            ended(outcome)
            report(outcome.job, outcome.reason or outcome.status)


def run_all(
    jobs: Sequence[Job], executor: Executor, report: Report, retries: int = 0
) -> list[Failure]:
    """Carries out jobs that are known beforehand; returns those that did not finish."""
    waiting = iter(jobs)
    failures: list[Failure] = []

    def ended(outcome: Outcome) -> None:
        if outcome.status != "finished":
            failures.append(Failure(outcome.job.spec, outcome.reason))

    carry_out(lambda: next(waiting, None), executor, ended, report, retries=retries)
    return failures
