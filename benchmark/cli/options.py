"""Options that several verbs share, and what they open."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from tfbs.benchmark.executors.choose import EXECUTORS, Resources
from tfbs.benchmark.numerics import MIXED, WHOLE, Numerics
from tfbs.benchmark.runtime import DEFAULT_THREADS, DETERMINISTIC_OPS
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


def _set_deterministic(context: click.Context, option: click.Parameter, on: bool) -> None:
    """Tells TensorFlow, which is not imported yet, here and in the processes of runs."""
    if on:
        os.environ[DETERMINISTIC_OPS] = "1"


DETERMINISTIC = click.option(
    "--deterministic-ops",
    is_flag=True,
    expose_value=False,
    callback=_set_deterministic,
    help="On a GPU, the same bits every time, in longer steps; a CPU gives them anyway.",
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
        help="Runs at a time, of processes or ray.  [default: 1; with ray, as many as fit]",
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


_NUMERICS = {
    "precision": click.option(
        "--precision",
        type=click.Choice([WHOLE, MIXED]),
        default=WHOLE,
        show_default=True,
        help="Of training; evaluation is in float32.",
    ),
    "xla": click.option("--xla", is_flag=True, help="Compile training steps by XLA."),
    "replicas": click.option(
        "--replicas",
        type=click.IntRange(1),
        default=1,
        show_default=True,
        help="GPUs of this machine that every batch is split over.",
    ),
}


def executor_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that say who carries out runs, passed on together as `resources`."""
    return _gather(function, _EXECUTION, "resources", Resources)


def numerics_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the switches of training, passed on together as `numerics`."""
    return _gather(DETERMINISTIC(function), _NUMERICS, "numerics", Numerics)


def _gather(
    function: Callable[..., Any], options: dict[str, Any], name: str, kind: type
) -> Callable[..., Any]:
    @functools.wraps(function)
    def gathered(**values: Any) -> Any:
        mine = {each: values.pop(each) for each in options}
        return function(**{name: kind(**mine)}, **values)

    result: Callable[..., Any] = gathered
    for option in reversed(options.values()):
        result = option(result)
    return result
