"""A submission as it was read: every problem listed, nothing executed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tfbs.benchmark.protocol import PROTOCOLS
from tfbs.benchmark.record import RECORD_FILE, Record, record_problems
from tfbs.benchmark.run import describe_dataset
from tfbs.benchmark.spec import RunSpec
from tfbs.benchmark.suite import Suite
from tfbs.datasets.task import Task
from tfbs.leaderboards.layout import Expected, expected, expected_arrays
from tfbs.leaderboards.manifest import (
    Manifest,
    ReadManifest,
    file_problems,
    read_manifest,
    run_folder,
)
from tfbs.leaderboards.minimum import is_external, recipe_problems, spec_problems
from tfbs.leaderboards.names import plain
from tfbs.leaderboards.safe_arrays import read_array, value_problem
from tfbs.leaderboards.safe_weights import HDF5, NPZ
from tfbs.leaderboards.untrusted import (
    LARGEST_FILE,
    LARGEST_JSON,
    Unusable,
    parse_json,
    read_bytes,
    sha256,
    walk,
)


@dataclass(frozen=True)
class SubmittedRun:
    """One run of a submission.

    Attributes:
        record: That obeys the schema.
        spec: Of it.
        arrays: That were handed in, by name.
        weights: Path of the weights inside the submission, if there are any.
    """

    record: Record
    spec: RunSpec
    arrays: Mapping[str, np.ndarray]
    weights: str | None

    @property
    def short(self) -> str:
        """Beginning of the id, as it is shown."""
        return str(self.record["id"])[:12]


@dataclass
class Submission:
    """What could be read of a submission, and everything that is wrong with it.

    Attributes:
        folder: Where it is.
        read: Its manifest; None where there is no usable one.
        runs: Those that could be read.
        problems: One sentence each; none in a valid submission.
    """

    folder: Path
    read: ReadManifest | None = None
    runs: list[SubmittedRun] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def manifest(self) -> Manifest:
        """What the submission says of itself."""
        assert self.read is not None  # noqa: S101  (asked before)
        return self.read.manifest


def read_submission(folder: Path, suite: Suite, tasks: dict[str, Task]) -> Submission:
    """Reads a submission and lists every problem.

    Args:
        folder: Of the submission.
        suite: That it has to be for.
        tasks: Of the suite, by name.
    """
    files, problems = walk(folder)
    submission = Submission(folder, problems=problems)
    submission.read, found = read_manifest(folder)
    problems += found
    if submission.read is None:
        return submission
    manifest = submission.manifest
    problems += file_problems(folder, manifest, files)
    asked = (suite.name, suite.version)
    if (manifest.suite.name, manifest.suite.version) != asked:
        problems.append(
            f"is for suite {plain(manifest.suite.name, 60)!r} version {manifest.suite.version}, "
            f"not {suite.name} version {suite.version}"
        )
    known = {
        name: expected_arrays(task, PROTOCOLS[suite.protocol_of(name)])
        for name, task in tasks.items()
    }
    for run_id in dict.fromkeys(manifest.runs):
        run = _read_run(submission, run_id, suite, tasks, known)
        if run is not None:
            submission.runs.append(run)
    if len(submission.runs) == len(set(manifest.runs)):
        problems += recipe_problems([run.spec for run in submission.runs], suite)
    problems += _strays(manifest)
    return submission


def _strays(manifest: Manifest) -> list[str]:
    """Returns files that belong to no run."""
    folders = tuple(f"{run_folder(run_id)}/" for run_id in manifest.runs)
    return [
        f"{plain(path)}: belongs to no run"
        for path in manifest.files
        if not path.startswith(folders)
    ]


def _read_run(
    submission: Submission,
    run_id: str,
    suite: Suite,
    tasks: dict[str, Task],
    known: dict[str, dict[str, Expected]],
) -> SubmittedRun | None:
    """Returns a run, or None where its record or task is not usable."""
    own = run_folder(run_id)
    where = f"{own}/{RECORD_FILE}"
    try:
        record = parse_json(read_bytes(submission.folder, where, LARGEST_JSON), where)
    except Unusable as error:
        submission.problems.append(str(error))
        return None
    found = [f"{where}: {plain(problem)}" for problem in list(record_problems(record))[:50]]
    if not found and record["id"] != run_id:
        found.append(f"{where}: holds the run {record['id'][:12]}")
    if found:
        submission.problems += found
        return None
    spec = RunSpec.from_json(record["spec"])
    problems = spec_problems(spec, suite, tasks)
    submission.problems += [f"{where}: {problem}" for problem in problems]
    if spec.task_name not in tasks:
        return None
    own_dataset = describe_dataset(tasks[spec.task_name])
    submission.problems += [f"{where}: {p}" for p in _dataset_problems(record, own_dataset)]
    arrays = _read_arrays(submission, record, own, known[spec.task_name])
    return SubmittedRun(record, spec, arrays, _weights(submission, own, spec))


def _dataset_problems(record: Record, here: Mapping[str, Any]) -> list[str]:
    """Returns what a record says of its data that is not so here."""
    said = record["dataset"]
    problems = [
        f"dataset/{key} is not that of the task here"
        for key in ("fingerprint", "length", "targets")
        if said[key] != here[key]
    ]
    splits = {*said["splits"], *here["splits"]}
    for name in sorted(splits):
        recorded, own = said["splits"].get(name), here["splits"].get(name)
        if recorded != own:
            problems.append(f"split {plain(name, 40)}: recorded {recorded}, here {own}")
    return problems


def _read_arrays(
    submission: Submission, record: Record, own: str, known: dict[str, Expected]
) -> dict[str, np.ndarray]:
    """Returns the arrays that were handed in and are as they should be."""
    listed = submission.manifest.files
    arrays = {}
    for name, said in record["arrays"].items():
        path = f"{own}/{said['path']}"
        wanted = expected(name, known)
        if said["path"] != f"arrays/{name}.npy":
            submission.problems.append(f"{own}: array {plain(name, 60)} lies at another path")
        elif wanted is None:
            submission.problems.append(f"{path}: no array has this name")
        elif path in listed:
            try:
                arrays[name] = _read_array(submission.folder, path, said, wanted)
            except Unusable as error:
                submission.problems.append(str(error))
        elif wanted.required:
            submission.problems.append(f"{path}: missing; nothing can be scored without it")
    for name in known:
        if known[name].required and name not in record["arrays"]:
            submission.problems.append(f"{own}: the array {name} is missing from the record")
    files = {f"{own}/{said['path']}" for said in record["arrays"].values()}
    files |= {f"{own}/{name}" for name in (RECORD_FILE, NPZ, HDF5)}
    submission.problems += [
        f"{plain(path)}: neither the record, nor an array of it, nor weights; never opened"
        for path in listed
        if path.startswith(f"{own}/") and path not in files
    ]
    return arrays


def _read_array(folder: Path, path: str, said: dict, wanted: Expected) -> np.ndarray:  # type: ignore[type-arg]
    content = read_bytes(folder, path, LARGEST_FILE)
    if sha256(content) != said["sha256"]:
        raise Unusable(f"{path}: its contents are not those that the record has the hash of")
    array = read_array(content, path, wanted.dtypes)
    if not wanted.fits(array.shape):
        raise Unusable(f"{path}: shape {array.shape}, expected {wanted}: {wanted.words}")
    if wanted.largest is not None and (problem := value_problem(array, wanted.largest)):
        raise Unusable(f"{path}: {problem}")
    return array


def _weights(submission: Submission, own: str, spec: RunSpec) -> str | None:
    listed = submission.manifest.files
    found = [f"{own}/{name}" for name in (NPZ, HDF5) if f"{own}/{name}" in listed]
    if len(found) > 1:
        submission.problems.append(f"{own}: weights in two formats, one is enough")
    if found and is_external(spec):
        submission.problems.append(f"{found[0]}: weights of a network that is not registered")
        return None
    return found[0] if found else None
