"""The result of a run as validated JSON, and the folder it lives in."""

from __future__ import annotations

import functools
import hashlib
import importlib.resources
import json
import logging
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import tfbs
from tfbs.benchmark.spec import RunSpec
from tfbs.errors import UserError
from tfbs.files import unfinished_folder, write_whole
from tfbs.parameters import Json

SCHEMA = 1
RECORD_FILE = "record.json"
TRAVELLING_BYTES = 300_000
"""Arrays travel with a record into a `--records` folder, the smallest first, up to this sum."""

Record = dict[str, Any]

_LOG = logging.getLogger("tfbs")


def validate_record(record: object, where: str) -> RunSpec:
    """Returns the spec of a valid record.

    Args:
        record: What was read from JSON.
        where: How to name it in an error.

    Raises:
        UserError: If it breaks the schema, or its id is not the hash of its spec.
    """
    problem = next(record_problems(record), None)
    if problem is not None:
        raise UserError(f"{where}: {problem}")
    assert isinstance(record, dict)  # noqa: S101  (the schema said so)
    return RunSpec.from_json(record["spec"])


def record_problems(record: object) -> Iterator[str]:
    """Yields everything that is wrong with a record.

    Args:
        record: What was read from JSON.
    """
    sound = True
    for error in _validator().iter_errors(record):
        sound = False
        place = "/".join(str(part) for part in error.absolute_path) or "top level"
        yield f"not a valid record at {place}: {error.message[:200]}"
    if sound and isinstance(record, dict):
        spec = RunSpec.from_json(record["spec"])
        if spec.id != record["id"]:
            yield f"the id {record['id'][:12]} is not the hash of the spec, {spec.id[:12]}"


@functools.cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    text = importlib.resources.files("tfbs.benchmark").joinpath("record_schema.json").read_text()
    return Draft202012Validator(json.loads(text))


def read_record(path: Path) -> Record:
    """Returns the valid record in a file, or in the folder of a run.

    Raises:
        UserError: If the file is missing, is no JSON or is no valid record.
    """
    file = path / RECORD_FILE if path.is_dir() else path
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(f"{file}: no such record") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{file}: not JSON: {error}") from error
    validate_record(record, str(file))
    return dict(record)


def valid_record(folder: Path, run_id: str) -> Record | None:
    """Returns the record of a run in a folder, or None where it is not valid.

    A run is done when its record validates: a broken one is reported and done again.
    """
    try:
        record = read_record(folder)
    except UserError as error:
        _LOG.warning("taken as not finished: %s", error)
        return None
    if record["id"] != run_id:
        _LOG.warning("taken as not finished: %s holds another run's record", folder)
        return None
    return record


def write_record(folder: Path, record: Record) -> None:
    """Validates a record and writes it as `record.json` in `folder`, atomically.

    Raises:
        UserError: If it is not valid.
    """
    validate_record(record, "new record")
    text = json.dumps(record, indent=1, sort_keys=True, allow_nan=False) + "\n"
    write_whole(folder / RECORD_FILE, text)


def write_arrays(folder: Path, arrays: Mapping[str, np.ndarray]) -> dict[str, Json]:
    """Writes `arrays/<name>.npy` under `folder` and returns the record's `arrays` field."""
    (folder / "arrays").mkdir(exist_ok=True)
    described: dict[str, Json] = {}
    for name, array in sorted(arrays.items()):
        path = folder / "arrays" / f"{name}.npy"
        np.save(path, np.ascontiguousarray(array), allow_pickle=False)
        described[name] = {
            "path": f"arrays/{name}.npy",
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "shape": list(array.shape),
            "dtype": str(array.dtype),
        }
    return described


def comparable(record: Record) -> Record:
    """Returns a record without the fields in which two runs of one id may differ.

    `training.convergence` follows from the curves and is not in the oldest records.
    """
    kept = {key: value for key, value in record.items() if key not in ("cost", "environment")}
    kept["training"] = {
        key: value for key, value in record["training"].items() if key != "convergence"
    }
    return kept


class RecordFolder:
    """A folder of finished records that outlives machines: `<folder>/<id>/record.json`.

    Args:
        path: The folder; made on the first write.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def prepare(self) -> None:
        """Makes the folder.

        Raises:
            UserError: If it cannot be written to.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"--records {self.path}: {error.strerror}") from error
        if not os.access(self.path, os.W_OK):
            raise UserError(f"--records {self.path}: no permission to write")

    def find(self, run_id: str) -> Record | None:
        """Returns the valid record of a run, or None; see `valid_record`."""
        folder = self.folder(run_id)
        return valid_record(folder, run_id) if (folder / RECORD_FILE).exists() else None

    def add(self, finished: Path) -> None:
        """Copies a finished run's record and small arrays in, all or nothing."""
        record = read_record(finished)
        self.prepare()
        target = self.folder(record["id"])
        with unfinished_folder(target) as partial:
            (partial / "arrays").mkdir()
            shutil.copy(finished / RECORD_FILE, partial)
            for path in _travelling(finished, record):
                shutil.copy(finished / path, partial / path)
            if target.exists() and self.find(record["id"]) is None:
                shutil.rmtree(target)
            try:
                partial.rename(target)
            except OSError:
                if self.find(record["id"]) is None:  # else it was there, or somebody was faster
                    raise

    def __iter__(self) -> Iterator[Record]:
        for file in sorted(self.path.glob(f"*/{RECORD_FILE}")):
            yield read_record(file)

    def folder(self, run_id: str) -> Path:
        """Returns where the record of a run is, or would be."""
        return self.path / run_id[:16]


def _travelling(finished: Path, record: Record) -> list[str]:
    """Returns the paths of the arrays that are small enough together."""
    sizes = {
        entry["path"]: (finished / entry["path"]).stat().st_size
        for entry in record["arrays"].values()
    }
    chosen, total = [], 0
    for path in sorted(sizes, key=lambda path: (sizes[path], path)):
        total += sizes[path]
        if total <= TRAVELLING_BYTES:
            chosen.append(path)
    return chosen


@functools.cache
def describe_code() -> dict[str, Json]:
    """Returns version, commit and dirtiness of the running code; None outside a checkout.

    Asked once in a process: it runs the code that it has read.
    """
    source = Path(tfbs.__file__).resolve().parent
    commit = _git(source, "rev-parse", "HEAD")
    tracked = _git(source, "ls-files", "--error-unmatch", "__init__.py") is not None
    if commit is None or not tracked:
        return {"version": tfbs.__version__, "commit": None, "dirty": None}
    changes = _git(source, "status", "--porcelain", "--untracked-files=no", ":/")
    return {"version": tfbs.__version__, "commit": commit, "dirty": bool(changes)}


@functools.cache
def sources_digest() -> str:
    """Returns the sha256 of all Python files of the package, asked once in a process."""
    digest = hashlib.sha256()
    root = Path(tfbs.__file__).resolve().parent
    for folder, inside, files in sorted(os.walk(root, followlinks=True)):
        inside.sort()
        for name in sorted(file for file in files if file.endswith(".py")):
            path = Path(folder, name)
            digest.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _git(folder: Path, *words: str) -> str | None:
    """Returns what git prints, or None where there is no git, checkout or such file."""
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(folder), *words],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=30,
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
