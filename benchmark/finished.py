"""Finds finished runs by what a user says of them, and opens their models."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from tfbs.benchmark.record import Record, RecordFolder
from tfbs.benchmark.run import MODEL_FILE, find_finished
from tfbs.benchmark.tracking import Store
from tfbs.errors import UserError

if TYPE_CHECKING:
    import keras

    from tfbs.benchmark.spec import RunSpec
    from tfbs.benchmark.suite import Suite
    from tfbs.datasets.task import Task


def find_record(prefix: str, store: Store, folder: RecordFolder | None) -> Record:
    """Returns the record of the one run whose id begins with `prefix`.

    Args:
        prefix: Beginning of an id.
        store: Where runs are kept.
        folder: A folder of records, looked into first.

    Raises:
        UserError: If there is none, or more than one.
    """
    among = [] if folder is None else [r for r in folder if r["id"].startswith(prefix)]
    if len(among) > 1:
        short = ", ".join(record["id"][:12] for record in among[:5])
        raise UserError(f"{len(among)} records have an id that starts with {prefix!r}: {short}")
    if among:
        return among[0]
    record = store.find(store.expand_id(prefix))
    assert record is not None  # noqa: S101  (its id was just found)
    return record


def finished_of_suite(
    name: str, store: Store, folder: RecordFolder | None, data_dir: Path | None
) -> tuple[Suite, list[RunSpec], list[Record], list[Task]]:
    """Returns a suite with the specs of all its runs, the records of the finished, and its tasks.

    Args:
        name: A shipped suite or the path of a YAML file.
        store: Where runs are kept.
        folder: A folder of records, looked into first.
        data_dir: Where tasks are prepared.

    Raises:
        UserError: If there is no such suite, or it is not valid.
    """
    from tfbs.benchmark.suite import read_suite
    from tfbs.datasets.task import load_task

    suite = read_suite(name)
    load = functools.cache(lambda task: load_task(task, data_dir))
    specs = suite.specs(load)
    found = [find_finished(spec, store, folder) for spec in specs]
    records = [record for record in found if record is not None]
    tasks = [load(task) for task in suite.tasks]
    return suite, specs, records, tasks


def one_task(records: Sequence[Record], data_dir: Path | None) -> Task:
    """Returns the built task that all of some runs are of.

    Raises:
        UserError: If they are of several, or the data are not those they were made on.
    """
    from tfbs.benchmark.spec import RunSpec
    from tfbs.datasets.task import load_built_task

    prints = {record["dataset"]["fingerprint"] for record in records}
    if len(prints) > 1:
        raise UserError("the runs are of different tasks: name runs of one task")
    task = load_built_task(RunSpec.from_json(records[0]["spec"]).task_name, data_dir)
    task.check_fingerprint(min(prints))
    return task


def load_model(record: Record, store: Store) -> keras.Model:
    """Returns the trained model of a run.

    Raises:
        UserError: If the store has not the run's files, as a record alone has no model, or they
            are damaged.
    """
    folder = store.folder(record["id"])
    path = Path() if folder is None else folder / MODEL_FILE
    if not path.is_file():
        raise UserError(
            f"the model of run {record['id'][:12]} is not in {store.uri}; do the run again with: "
            "tfbs run --from RECORD"
        )
    import keras

    from tfbs.architectures import ARCHITECTURES

    _ = ARCHITECTURES[record["spec"]["architecture"]["name"]]  # its layers are known by name then
    try:
        model: keras.Model = keras.saving.load_model(path)
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile, zlib.error) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(
            f"{path}: cannot be read as a model ({reason}); do the run again with: "
            "tfbs run --from RECORD"
        ) from error
    return model
