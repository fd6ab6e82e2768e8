"""`tfbs run`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from tfbs.benchmark.cli.options import numerics_options, storage_options
from tfbs.benchmark.executors import Job, Place
from tfbs.benchmark.executors.job import perform_anywhere
from tfbs.benchmark.executors.processes import HINDERED_STATUS, PRUNED_STATUS
from tfbs.benchmark.numerics import Numerics
from tfbs.benchmark.record import Record, RecordFolder, comparable, read_record
from tfbs.benchmark.runtime import DETERMINISTIC_OPS, differences, pin_threads
from tfbs.benchmark.spec import RunSpec, resolve_spec
from tfbs.benchmark.terminal import metric_table
from tfbs.benchmark.tracking import Store
from tfbs.datasets.options import SOURCE, say
from tfbs.datasets.task import Task, load_task
from tfbs.errors import UserError
from tfbs.orphan import end_with_parent
from tfbs.parameters import parse_assignments


@click.command()
@click.option("--task", "task_name", help="A task of `tfbs list tasks`.")
@click.option("--architecture", help="A name of `tfbs list architectures`, or package.module:name.")
@click.option(
    "--regime", help="A name of `tfbs list regimes`. [default: standard; of floors scikit_learn]"
)
@click.option("--seed", type=int, help="Seed of every stream of randomness. [default: 0]")
@click.option(
    "--set", "assignments", multiple=True, metavar="KEY=VALUE", help="Override a setting."
)
@click.option("--protocol", help="How thoroughly it is evaluated. [default: full-1]")
@click.option(
    "--from",
    "repeated",
    type=click.Path(path_type=Path),
    help="Repeat the run of this record and compare.",
)
@click.option("--job", "job_file", type=click.Path(path_type=Path), hidden=True)
@click.option("--json", "as_json", is_flag=True, help="Print the record and nothing else.")
@numerics_options
@SOURCE
@storage_options
def run(
    task_name: str | None,
    architecture: str | None,
    regime: str | None,
    seed: int | None,
    assignments: tuple[str, ...],
    protocol: str | None,
    repeated: Path | None,
    job_file: Path | None,
    as_json: bool,
    numerics: Numerics,
    source: Path | None,
    data_dir: Path | None,
    output: Path,
    tracking_uri: str | None,
    records: Path | None,
    threads: int,
) -> int:
    """Train, evaluate and record one run.

    A run that is already finished is not done again; its record is printed. With --from the
    run of a record is done again and compared with it: exit status 1 if any number differs.
    """
    pin_threads(threads)
    if job_file is not None:
        return _perform(job_file, Place(output, tracking_uri, records, data_dir, threads))
    before = read_record(repeated) if repeated else None
    if before is not None:
        given = (task_name, architecture, regime, assignments, protocol, numerics.to_json())
        _refuse_with_spec(*given, seed is not None)
        if before["environment"].get("deterministic_ops"):
            os.environ[DETERMINISTIC_OPS] = "1"
        spec = RunSpec.from_json(before["spec"])
        task = load_task(spec.task_name, data_dir, source=source, progress=say)
    else:
        task, spec = _named_run(
            task_name, architecture, regime, seed or 0, assignments, protocol, numerics,
            data_dir, source,
        )  # fmt: skip
    record = _finished(
        spec,
        task,
        Store(output, tracking_uri),
        RecordFolder(records) if records else None,
        threads,
        repeat=before is not None,
    )
    if as_json:
        click.echo(json.dumps(record, indent=1, sort_keys=True))
    else:
        click.echo(metric_table(record))
        run_id = record["id"][:12]
        click.echo(f"run {run_id}")
        say(f"next: tfbs report {run_id}, a page with figures; tfbs explain {run_id}, its maps")
    return 0 if before is None else _compare(before, record)


def _perform(job_file: Path, place: Place) -> int:
    """Carries out the job that another process has left here; returns the exit status."""
    end_with_parent()
    outcome = perform_anywhere(Job.from_json(json.loads(job_file.read_text())), place)
    if outcome.reason:
        click.echo(outcome.reason, err=True)
    known = {"finished": 0, "pruned": PRUNED_STATUS, "hindered": HINDERED_STATUS}
    return known.get(outcome.status, 1)


def _refuse_with_spec(*given: object) -> None:
    if any(given):
        raise UserError("--from takes everything from the record: drop the other settings")


def _named_run(
    task_name: str | None,
    architecture: str | None,
    regime: str | None,
    seed: int,
    assignments: tuple[str, ...],
    protocol: str | None,
    numerics: Numerics,
    data_dir: Path | None,
    source: Path | None,
) -> tuple[Task, RunSpec]:
    for option, value in (("--task", task_name), ("--architecture", architecture)):
        if not value:
            raise UserError(f"{option} is missing (or --from RECORD)")
    assert task_name is not None and architecture is not None  # noqa: S101
    overrides = parse_assignments(assignments)
    task = load_task(task_name, data_dir, source=source, progress=say)
    return task, resolve_spec(task, architecture, regime, seed, overrides, protocol, numerics)


def _finished(
    spec: RunSpec,
    task: Task,
    store: Store,
    records: RecordFolder | None,
    threads: int,
    repeat: bool,
) -> Record:
    from tfbs.benchmark.progress import Progress
    from tfbs.benchmark.run import execute, find_finished

    store.sweep_up()
    progress = Progress(str(spec))
    with store.alone(spec, progress.waits):
        done = None if repeat else find_finished(spec, store, records)
        if done is not None:
            progress.done(f"already finished, run {spec.id[:12]}")
            return done
        record = execute(spec, task, store, records, threads=threads, progress=progress)
    progress.done(f"finished, run {spec.id[:12]}")
    return record


def _compare(before: Record, after: Record) -> int:
    """Says whether a repeated run gave the same record; returns the exit status.

    Arrays that the earlier record did not keep are not compared.
    """
    old, new = comparable(before), comparable(after)
    new["arrays"] = {k: array for k, array in new["arrays"].items() if k in old["arrays"]}
    differing = [key for key in old if old[key] != new[key] and key != "code"]
    if not differing:
        click.echo("repeated: equal in everything but cost and environment", err=True)
        return 0
    click.echo(f"repeated: differs in {', '.join(differing)}", err=True)
    for was, is_ in zip(before["metrics"], after["metrics"], strict=False):
        if was["value"] != is_["value"]:
            click.echo(f"  {was['name']}: recorded {was['value']}, now {is_['value']}", err=True)
    for reason in differences(before["environment"], after["environment"]):
        click.echo(f"  {reason}", err=True)
    return 1
