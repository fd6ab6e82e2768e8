"""The recipe again from nothing: does the best submitted run come out again?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tfbs.datasets.task import Task
from tfbs.leaderboards.submission import SubmittedRun
from tfbs.parameters import Json

HEADLINES = ("auroc", "average_precision")
MARGIN = 0.02
"""Of a headline metric, between the submitted run and the same seed trained here.

On one machine they are equal; on others rounding grows over a training. It does not depend on the
other submitted seeds, which a cheat could spread.
"""


def retrain(
    runs: Sequence[SubmittedRun],
    tasks: Mapping[str, Task],
    work: Path,
    threads: int,
    begins: Callable[[int], None] = lambda _number: None,
) -> list[str]:
    """Trains the best run of every task again; returns what came out otherwise.

    Args:
        runs: Of a submission; their names are registered, their settings valid.
        tasks: By name.
        work: A folder for the run store.
        threads: TensorFlow's threads.
        begins: Is told the number of the run that is trained now, from 1.
    """
    from tfbs.benchmark.run import execute
    from tfbs.benchmark.tracking import Store

    store = Store(work / "retrained")
    differences = []
    for name in dict.fromkeys(run.spec.task_name for run in runs):
        own = [number for number, run in enumerate(runs, 1) if run.spec.task_name == name]
        number = max(own, key=lambda number: _goodness(runs[number - 1]))
        best = runs[number - 1]
        begins(number)
        record = execute(best.spec, tasks[name], store, threads=threads)
        differences += [
            f"task {name}, seed {best.spec.seed}: {each}"
            for each in unlike(record["metrics"], best.record["metrics"])
        ]
    return differences


def unlike(
    again: Sequence[Mapping[str, Json]], submitted: Sequence[Mapping[str, Json]]
) -> list[str]:
    """Returns the headline metrics on test that differ by more than the margin.

    Args:
        again: Of the run that was trained here.
        submitted: Of the same seed as it was handed in.
    """
    theirs, differences = headline_values(submitted), []
    for (name, target), value in headline_values(again).items():
        if (name, target) not in theirs:
            differences.append(
                f"{name} of {target}: trained again {value:.4f}, the submitted record does not "
                "say its own"
            )
        elif abs(value - theirs[name, target]) > MARGIN:
            differences.append(
                f"{name} of {target}: trained again {value:.4f}, submitted "
                f"{theirs[name, target]:.4f}, allowed is a difference of {MARGIN:g}"
            )
    return differences


def _goodness(run: SubmittedRun) -> float:
    values = headline_values(run.record["metrics"]).values()
    return sum(values) / max(1, len(values))


def headline_values(metrics: Sequence[Mapping[str, Json]]) -> dict[tuple[str, str], float]:
    """Returns the headline metrics on test that have a value, by name and target."""
    return {
        (str(metric["name"]), str(metric["target"])): float(metric["value"])
        for metric in metrics
        if metric["name"] in HEADLINES
        and (metric["split"], metric["design"]) == ("test", "all")
        and isinstance(metric["value"], int | float)
    }
