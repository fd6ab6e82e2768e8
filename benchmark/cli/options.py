"""Options that several verbs share, and what they open."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from tfbs.benchmark.executors.choose import EXECUTORS, Resources
from tfbs.benchmark.runtime import DEFAULT_THREADS
from tfbs.datasets.options import DATA_DIR

F = TypeVar("F", bound=Callable[..., Any])

OUTPUT = click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("tfbs-runs"),
    envvar="TFBS_OUTPUT",
    show_default=True,
    help="Folder of the run store (MLflow's SQLite file and artifacts) and of reports.",
)
TRACKING = click.option(
    "--tracking-uri",
    envvar="MLFLOW_TRACKING_URI",
    help="Another MLflow server than the one in --output.",
)
RECORDS = click.option(
    "--records",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of record files: valid ones there count as finished, new ones are added.",
)
THREADS = click.option(
    "--threads",
    type=click.IntRange(1),
    default=DEFAULT_THREADS,
    show_default=True,
    help="TensorFlow threads of a run; they decide the last bits of its numbers.",
)


def storage_options(function: F) -> F:
    """Adds the options that say where data, runs and records are."""
    for option in (THREADS, RECORDS, TRACKING, OUTPUT, DATA_DIR):
        function = option(function)
    return function


_EXECUTION = {
    "executor": click.option(
        "--executor",
        type=click.Choice(EXECUTORS),
        default="local",
        show_default=True,
        help="local: one run after another here; processes: one process per run; ray: a cluster.",
    ),
    "workers": click.option(
        "--workers",
        type=click.IntRange(1),
        help="Runs at a time.  [default: 1; with ray, as many as fit]",
    ),
    "retries": click.option(
        "--retries",
        type=click.IntRange(0),
        default=1,
        show_default=True,
        help="How often a run whose process died is begun again.",
    ),
    "ray_address": click.option(
        "--ray-address", help="An existing Ray cluster.  [default: one is started here]"
    ),
    "cpus_per_run": click.option(
        "--cpus-per-run",
        type=click.FloatRange(0, min_open=True),
        default=1.0,
        show_default=True,
        help="Of Ray's CPUs; --threads is another matter.",
    ),
    "gpus_per_run": click.option(
        "--gpus-per-run",
        type=click.FloatRange(0),
        default=0.0,
        show_default=True,
        help="Of Ray's GPUs; 0.5 for two runs on one.",
    ),
}


def executor_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that say who carries out runs, passed on together as `resources`."""

    @functools.wraps(function)
    def gathered(**values: Any) -> Any:
        mine = {name: values.pop(name) for name in _EXECUTION}
        return function(resources=Resources(**mine), **values)

    result: Callable[..., Any] = gathered
    for option in reversed(_EXECUTION.values()):
        result = option(result)
    return result
