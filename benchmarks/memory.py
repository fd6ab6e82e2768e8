"""Memory of one process over a suite of small runs: `python benchmarks/memory.py`.

The executor `local` carries out run after run in this process. Networks take turns; the slope is
that of resident memory over the second half of the runs, by Theil and Sen, with its 95 % interval.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import psutil
from steps import random_split

LENGTH = 80
SIZES = {"train": 400, "valid": 100, "test": 100}
NETWORKS = ("deepbind", "cnn_dist", "danq")
SETTINGS = {
    "deepbind": {"num_filters": 8, "kernel_size": 9, "dense_units": 8},
    "cnn_dist": {"num_filters": 4},
    "danq": {"num_filters": 8, "kernel_size": 9, "lstm_units": 4, "dense_units": 8},
}
MIB = 2**20


@click.command(help=__doc__)
@click.option("--runs", default=200, show_default=True, help="In one process.")
@click.option("--every", default=20, show_default=True, help="Runs between two lines.")
@click.option("--protocol", default="quick-1", show_default=True)
@click.option("--networks", default=",".join(NETWORKS), show_default=True, help="In turn.")
def main(runs: int, every: int, protocol: str, networks: str) -> None:
    """Prints the resident memory now and then, and its slope."""
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(2)
    from tfbs.benchmark.executors import Job, Place, run_all
    from tfbs.benchmark.executors.local import LocalExecutor
    from tfbs.benchmark.spec import resolve_spec
    from tfbs.benchmark.tracking import Store

    task, names = make_task(), networks.split(",")
    jobs = []
    for number in range(runs):
        name = names[number % len(names)]
        settings = {"epochs": 2, **SETTINGS.get(name, {})}
        spec = resolve_spec(task, name, "standard", number // len(names), settings, protocol)
        jobs.append(Job(spec))
    process = psutil.Process()
    resident: list[float] = []

    def report(job: Job, event: str) -> None:
        if event == "started":
            return
        if event != "finished":
            raise SystemExit(f"{job.spec}: {event}")
        resident.append(process.memory_info().rss / MIB)
        if len(resident) == 1 or len(resident) % every == 0:
            click.echo(f"after run {len(resident):4}: {resident[-1]:8.1f} MiB", err=False)

    with tempfile.TemporaryDirectory(prefix="tfbs-memory-") as folder:
        click.echo(f"before run    1: {process.memory_info().rss / MIB:8.1f} MiB")
        place = Place(Path(folder), None, None, None, 2)
        executor = LocalExecutor(place, Store(Path(folder)), lambda _: task)
        failures = run_all(jobs, executor, report)
    if failures:
        raise SystemExit(failures[0].reason)
    later = np.array(resident[len(resident) // 2 :])
    slope, low, high = slope_of(later)
    click.echo(
        f"runs {runs - len(later) + 1} to {runs}: {slope:+.3f} MiB a run "
        f"({low:+.3f} to {high:+.3f})"
    )


def slope_of(values: np.ndarray) -> tuple[float, float, float]:
    """Returns the median slope of values over their index, and its 95 % interval."""
    from scipy.stats import theilslopes

    found = theilslopes(values)
    return float(found.slope), float(found.low_slope), float(found.high_slope)


def make_task():
    """Returns a task in memory whose runs take seconds; which positions matter is made up."""
    from tfbs.datasets.task import Task

    splits = {name: random_split(n, LENGTH) for name, n in SIZES.items()}
    for name, split in splits.items():
        matters = np.tile(2 * (np.arange(LENGTH) < 6), (len(split), 1)).astype("float32")
        splits[name] = replace(split, information=matters)
    return Task(
        name="random",
        dataset="random",
        config="",
        version="1.0.0",
        fingerprint="0" * 64,
        description="random sequences with random labels",
        length=LENGTH,
        targets=("bound",),
        splits=splits,
        metadata={},
    )


if __name__ == "__main__":
    main()
