"""`tfbs suite`."""

from __future__ import annotations

import contextlib
import functools
import json
import time
from pathlib import Path

import click

from tfbs.benchmark.cli.options import executor_options, numerics_options, storage_options
from tfbs.benchmark.executors import AGAIN, Failure, Job, Place, run_all
from tfbs.benchmark.executors.choose import Resources
from tfbs.benchmark.numerics import Numerics
from tfbs.benchmark.record import Record, RecordFolder
from tfbs.benchmark.report import Places, report_suite
from tfbs.benchmark.run import find_finished
from tfbs.benchmark.runtime import pin_threads
from tfbs.benchmark.suite import check_priors, read_suite
from tfbs.benchmark.terminal import suite_table
from tfbs.benchmark.tracking import Store
from tfbs.datasets.options import SOURCE, say
from tfbs.datasets.task import load_task


@click.command()
@click.argument("suite_name", metavar="SUITE")
@executor_options
@numerics_options
@click.option("--json", "as_json", is_flag=True, help="Print the records as a JSON array.")
@SOURCE
@storage_options
def suite(
    suite_name: str,
    resources: Resources,
    numerics: Numerics,
    as_json: bool,
    source: Path | None,
    data_dir: Path | None,
    output: Path,
    tracking_uri: str | None,
    records: Path | None,
    threads: int,
) -> int:
    """Run a whole matrix: a shipped SUITE, or one in a YAML file.

    Finished runs are kept, so calling it again resumes. A run that fails is reported and the
    rest go on; the exit status is then 1. Ends with a table of the four axes and the path of
    an HTML report.
    """
    pin_threads(threads)
    chosen = read_suite(suite_name)
    started = time.monotonic()
    load = functools.cache(lambda name: load_task(name, data_dir, source=source, progress=say))
    specs = chosen.specs(load, numerics)
    check_priors(specs, load)
    store = Store(output, tracking_uri)
    folder = RecordFolder(records) if records else None
    store.sweep_up()
    missing = [spec for spec in specs if find_finished(spec, store, folder) is None]
    counter = _Counter(len(specs), len(specs) - len(missing))
    click.echo(
        f"suite {chosen.name} version {chosen.version}: {len(specs)} runs, "
        f"{len(specs) - len(missing)} finished before",
        err=True,
    )
    place = Place(output, tracking_uri, records, data_dir, threads)
    failures: list[Failure] = []
    if missing:
        if folder is not None:
            folder.prepare()
        jobs = [Job(spec) for spec in missing]
        with contextlib.closing(resources.open(place, store, load)) as executor:
            failures = run_all(jobs, executor, counter.report, resources.retries)
    store.sweep_up({failure.spec.id: failure.reason for failure in failures})
    found = [find_finished(spec, store, folder) for spec in specs]
    finished = [record for record in found if record is not None]
    _show(finished, failures, as_json)
    if finished:
        tasks = [load(name) for block in chosen.matrix for name in block.tasks]
        places = Places(store, folder, data_dir=data_dir, tasks=tasks)
        written = report_suite(chosen, suite_name, finished, len(specs), output, places)
        click.echo(f"report: {written}", err=as_json)
    click.echo(f"{time.monotonic() - started:.0f} s", err=True)
    return 1 if failures else 0


class _Counter:
    """Says which of how many runs is done."""

    def __init__(self, total: int, done: int) -> None:
        self.total = total
        self.done = done

    def report(self, job: Job, event: str) -> None:
        if event == "started":
            return
        self.done += not event.endswith(AGAIN)
        click.echo(f"[{self.done}/{self.total}] {job.spec}: {event}", err=True)


def _show(records: list[Record], failures: list[Failure], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(records, indent=1, sort_keys=True))
    elif records:
        click.echo(suite_table(records))
    for failure in failures:
        click.echo(f"failed: {failure.spec}: {failure.reason}", err=True)
