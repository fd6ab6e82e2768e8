"""Options that several verbs share, and what they open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

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
