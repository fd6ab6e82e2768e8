"""The recipe again from nothing: does a maintainer's run fall among the submitted seeds?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tfbs.datasets.task import Task
from tfbs.leaderboards.minimum import is_external
from tfbs.leaderboards.submission import SubmittedRun
from tfbs.parameters import Json

HEADLINES = ("auroc", "average_precision")
LEAST_MARGIN = 0.01
"""Of a headline metric, beyond the submitted seeds."""

SPREADS = 3.0
"""Standard deviations of the submitted seeds that a maintainer's run may be away from them."""


def retrain(
    runs: Sequence[SubmittedRun], tasks: Mapping[str, Task], work: Path, threads: int
) -> list[str]:
    """Trains the lowest seed of every task again; returns what falls outside the submitted band.

    Args:
        runs: Of a submission; their names are registered, their settings valid.
        tasks: By name.
        work: A folder for the run store.
        threads: TensorFlow's threads.
    """
    from tfbs.benchmark.run import execute
    from tfbs.benchmark.tracking import Store

    if any(is_external(run.spec) for run in runs):
        return ["a network that was trained elsewhere cannot be trained again here"]
    store = Store(work / "retrained")
    differences = []
    for name in dict.fromkeys(run.spec.task_name for run in runs):
        own = sorted((run for run in runs if run.spec.task_name == name), key=lambda r: r.spec.seed)
        record = execute(own[0].spec, tasks[name], store, threads=threads)
        submitted = [run.record["metrics"] for run in own]
        differences += [f"task {name}: {each}" for each in outside(record["metrics"], submitted)]
    return differences


def outside(
    again: Sequence[Mapping[str, Json]], submitted: Sequence[Sequence[Mapping[str, Json]]]
) -> list[str]:
    """Returns the headline metrics on test that fall outside the band of the submitted seeds.

    Args:
        again: Of the maintainer's run.
        submitted: Of each submitted run of the task.
    """
    differences = []
    for metric in again:
        if not _is_headline(metric):
            continue
        values = [
            other["value"]
            for metrics in submitted
            for other in metrics
            if _is_headline(other)
            and (other["name"], other["target"]) == (metric["name"], metric["target"])
            and other["value"] is not None
        ]
        numbers = np.array(values, float)
        value = metric["value"]
        if not isinstance(value, int | float):
            continue
        if not len(numbers):
            differences.append(
                f"{metric['name']} of {metric['target']}: trained again {value:.4f}, the submitted "
                "records do not say theirs"
            )
            continue
        spread = float(numbers.std(ddof=1)) if len(numbers) > 1 else 0.0
        margin = max(LEAST_MARGIN, SPREADS * spread)
        if not numbers.min() - margin <= value <= numbers.max() + margin:
            differences.append(
                f"{metric['name']} of {metric['target']}: trained again {value:.4f}, submitted "
                f"{numbers.min():.4f} to {numbers.max():.4f}, allowed beyond that {margin:.4f}"
            )
    return differences


def _is_headline(metric: Mapping[str, Json]) -> bool:
    where = (metric["split"], metric["design"])
    return metric["name"] in HEADLINES and where == ("test", "all")
