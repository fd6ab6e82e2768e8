"""Runs of other software: outputs in arrays, from which a record is made.

A folder `run.json` with `arrays/*.npy` says what was trained on which task with which seed; all
numbers are computed here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tfbs.benchmark.protocol import PROTOCOLS
from tfbs.benchmark.record import SCHEMA, describe_code, write_arrays, write_record
from tfbs.benchmark.run import describe_dataset
from tfbs.benchmark.spec import RunSpec
from tfbs.benchmark.suite import Suite
from tfbs.datasets.task import Task
from tfbs.errors import UserError, nearest
from tfbs.leaderboards.layout import Expected, expected, expected_arrays
from tfbs.leaderboards.minimum import EXTERNAL, settings_problems
from tfbs.leaderboards.names import plain
from tfbs.leaderboards.safe_arrays import read_array, value_problem
from tfbs.leaderboards.untrusted import (
    LARGEST_FILE,
    LARGEST_JSON,
    Unusable,
    parse_json,
    read_bytes,
    walk,
)

RUN_FILE = "run.json"


class ExternalRun(BaseModel):
    """What `run.json` says.

    Attributes:
        task: Name of a task of the suite.
        seed: Of the training.
        architecture: Name of the network, without spaces.
        hyperparameters: Its settings and those of its training: what is the same for all seeds.
        parameters: Trained numbers, if known.
        software: What trained it.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    task: str
    seed: int
    architecture: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,60}$")]
    hyperparameters: dict[str, Any] = {}
    parameters: int | None = None
    software: str = ""


def read_external(folder: Path, suite: Suite, tasks: dict[str, Task], target: Path) -> None:
    """Scores the arrays of one run and writes record and arrays.

    Args:
        folder: With `run.json` and `arrays/`.
        suite: That the run is for.
        tasks: Of the suite, by name.
        target: An empty folder, which gets record and arrays.

    Raises:
        UserError: With the first thing that is wrong.
    """
    from tfbs.benchmark.evaluation.rescore import rescore

    try:
        run = ExternalRun.model_validate(
            parse_json(read_bytes(folder, RUN_FILE, LARGEST_JSON), RUN_FILE)
        )
        if run.task not in tasks:
            raise UserError(f"{folder}: task {plain(run.task)!r}{nearest(run.task, tasks)}")
        for problem in settings_problems(run.hyperparameters):
            raise UserError(f"{folder / RUN_FILE}: {problem}")
        task, protocol = tasks[run.task], PROTOCOLS[suite.protocol_of(run.task)]
        arrays = _read_arrays(folder, expected_arrays(task, protocol))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "top level"
        raise UserError(f"{folder / RUN_FILE}: {plain(place)}: {plain(first['msg'])}") from error
    except Unusable as error:
        raise UserError(f"{folder}: {error}") from error
    spec = _spec(run, task, suite)
    measured = rescore(arrays, task, protocol, run.seed)
    write_record(
        target,
        {
            "schema": SCHEMA,
            "id": spec.id,
            "spec": spec.to_json(),
            "dataset": describe_dataset(task),
            "training": {
                "curves": {},
                "probe_curves": {},
                "epochs": 0,
                "best_epoch": 0,
                "steps": 0,
                "chosen": {},
            },
            "metrics": [measurement.to_json() for measurement in measured],
            "cost": {"parameters": run.parameters},
            "arrays": write_arrays(target, arrays),
            "environment": {"software": run.software[:500]},
            "code": describe_code(),
        },
    )


def _spec(run: ExternalRun, task: Task, suite: Suite) -> RunSpec:
    return RunSpec(
        task={
            "name": task.dataset,
            "config": task.config,
            "version": task.version,
            "fingerprint": task.fingerprint,
        },
        architecture={
            "name": f"{EXTERNAL}/{run.architecture}",
            "hyperparameters": run.hyperparameters,
        },
        regime={"name": EXTERNAL, "parameters": {}},
        seed=run.seed,
        protocol=suite.protocol_of(run.task),
    )


def _read_arrays(folder: Path, known: dict[str, Expected]) -> dict[str, np.ndarray]:
    files, problems = walk(folder / "arrays")
    if problems:
        raise Unusable(problems[0])
    arrays = {}
    for file in files:
        name = file.path.removesuffix(".npy")
        wanted = expected(name, known)
        if wanted is None or not file.path.endswith(".npy"):
            raise Unusable(f"arrays/{plain(file.path)}: no array has this name")
        where = f"arrays/{file.path}"
        array = read_array(read_bytes(folder, where, LARGEST_FILE), where, wanted.dtypes)
        if not wanted.fits(array.shape):
            raise Unusable(f"{where}: shape {array.shape}, expected {wanted}: {wanted.words}")
        problem = None if wanted.largest is None else value_problem(array, wanted.largest)
        if problem is not None:
            raise Unusable(f"{where}: {problem}")
        arrays[name] = array
    missing = [name for name, wanted in known.items() if wanted.required and name not in arrays]
    if missing:
        raise Unusable(f"arrays/{missing[0]}.npy is missing: {known[missing[0]].words}")
    return arrays
