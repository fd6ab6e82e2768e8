"""Where runs are kept: MLflow, by default SQLite and a local artifact folder."""

from __future__ import annotations

import json
import logging
import os
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlparse
from urllib.request import url2pathname

import psutil
from filelock import FileLock, Timeout

from tfbs.benchmark.record import RECORD_FILE, Record, read_record, valid_record
from tfbs.benchmark.spec import RunSpec
from tfbs.benchmark.watch import Pruned
from tfbs.errors import UserError
from tfbs.faults import fault_of
from tfbs.files import remove_unfinished, unfinished_folder

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

_LOG = logging.getLogger("tfbs")

DATABASE = "mlflow.db"
EXPERIMENT = "tfbs"
ID_TAG = "tfbs.id"
PROCESS_TAG = "tfbs.process"
REASON_TAG = "tfbs.reason"
SWEEP_TAG = "tfbs.sweep"
TRIAL_TAG = "tfbs.trial"
GROUP_TAG = "tfbs.group"
PARENT_TAG = "mlflow.parentRunId"
"""What MLflow nests runs by."""
_FLUSH_SECONDS = 10.0


class Store:
    """The runs of one tracking server.

    Args:
        output: Folder of the default store: `mlflow.db` and `artifacts/`.
        uri: Another MLflow tracking server, instead of the default SQLite file.

    Raises:
        UserError: If it cannot be opened; says why.
    """

    def __init__(self, output: Path, uri: str | None = None) -> None:
        self.output = output.resolve()
        self.uri = uri or f"sqlite:///{self.output / DATABASE}"
        try:
            self.output.mkdir(parents=True, exist_ok=True)
            with FileLock(self.output / ".mlflow.lock"):  # a racing first use ruins the schema
                if uri is None:
                    _make_database(self.output / DATABASE)
                self._client = _connect(self.uri)
                self._experiment = self._find_experiment(None if uri else self.output / "artifacts")
        except Exception as error:
            if (fault := fault_of(error)) is None:
                raise
            raise UserError(f"run store {self.uri}: {fault}") from error

    def _find_experiment(self, artifacts: Path | None) -> str:
        from mlflow.exceptions import MlflowException

        found = self._client.get_experiment_by_name(EXPERIMENT)
        if found is not None:
            return str(found.experiment_id)
        location = None if artifacts is None else artifacts.as_uri()
        try:
            return str(self._client.create_experiment(EXPERIMENT, artifact_location=location))
        except MlflowException:  # another machine was faster
            found = self._client.get_experiment_by_name(EXPERIMENT)
            if found is None:
                raise
            return str(found.experiment_id)

    def find(self, run_id: str) -> Record | None:
        """Returns the finished record of a run, or None; a run is done when it validates."""
        for run in self._finished(run_id):
            with tempfile.TemporaryDirectory() as scratch:
                folder = self._fetch(run, RECORD_FILE, Path(scratch))
                record = None if folder is None else valid_record(folder.parent, run_id)
            if record is not None:
                return record
        return None

    def folder(self, run_id: str) -> Path | None:
        """Returns a local folder with the artifacts of the finished run of this id, or None."""
        for run in self._finished(run_id):
            folder = self._fetch(run, "")
            if folder is not None and valid_record(folder, run_id) is not None:
                return folder
        return None

    def _finished(self, run_id: str) -> list[Run]:
        return self._search(f"tags.`{ID_TAG}` = '{run_id}' and attributes.status = 'FINISHED'")

    def _fetch(self, run: Run, path: str, to: Path | None = None) -> Path | None:
        """Returns where artifacts of a run lie, fetched if they are elsewhere; None if gone.

        MLflow says alike that a file is not there and that a server does not answer, so that only
        of a folder of this machine it is known.
        """
        from mlflow.exceptions import MlflowException

        try:
            found = self._client.download_artifacts(
                run.info.run_id, path, None if to is None else str(to)
            )
        except (MlflowException, OSError):
            address = urlparse(run.info.artifact_uri)
            is_local = address.scheme in ("", "file")
            if not is_local or Path(url2pathname(address.path), path).exists():
                raise
            _LOG.warning("run %s: its artifacts are gone, it is done again", run.info.run_name)
            return None
        return Path(found)

    def expand_id(self, prefix: str) -> str:
        """Returns the full id of the finished run whose id starts with `prefix`.

        Raises:
            UserError: If there is none, or more than one.
        """
        runs = self._search(f"tags.`{ID_TAG}` LIKE '{prefix}%' and attributes.status = 'FINISHED'")
        ids = sorted({run.data.tags[ID_TAG] for run in runs})
        if len(ids) == 1:
            return str(ids[0])
        if not ids:
            raise UserError(f"no finished run has an id that starts with {prefix!r}")
        short = ", ".join(each[:12] for each in ids[:5])
        raise UserError(f"{len(ids)} runs have an id that starts with {prefix!r}: {short}")

    def sweep_up(self, reasons: Mapping[str, str] | None = None) -> int:
        """Marks runs whose process is gone as killed; returns how many there were.

        What such processes left unfinished in `output` is removed.

        Args:
            reasons: Why, by run id, where it is known.
        """
        remove_unfinished(self.output)
        dead = [
            run
            for run in self._search("attributes.status = 'RUNNING'")
            if not is_alive(run.data.tags.get(PROCESS_TAG, ""))
        ]
        for run in dead:
            reason = (reasons or {}).get(run.data.tags.get(ID_TAG, ""), "its process is gone")
            self._client.set_tag(run.info.run_id, REASON_TAG, reason)
            self._client.set_terminated(run.info.run_id, "KILLED")
        return len(dead)

    @contextmanager
    def alone(self, spec: RunSpec, waits: Callable[[], None]) -> Iterator[None]:
        """Holds a run, so that of all processes that share `output` one does it at a time.

        The system frees it if we are killed.

        Args:
            spec: The run.
            waits: Called where another process has it.
        """
        folder = self.output / ".locks"
        folder.mkdir(exist_ok=True)
        lock = FileLock(folder / spec.id[:16])
        try:
            lock.acquire(blocking=False)
        except Timeout:
            waits()
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def start(self, spec: RunSpec, tags: Mapping[str, str] | None = None) -> Iterator[OpenRun]:
        """Opens a run, to be closed by `OpenRun.finish`; any exception marks it failed.

        Args:
            spec: The run.
            tags: Further tags, such as `PARENT_TAG`.
        """
        run = self._client.create_run(
            self._experiment,
            run_name=str(spec),
            tags={ID_TAG: spec.id, PROCESS_TAG: this_process(), **(tags or {})},
        )
        opened = OpenRun(self._client, run.info.run_id, spec)
        try:
            yield opened
        except BaseException as error:
            killed = isinstance(error, KeyboardInterrupt | Pruned)
            self._end(run.info.run_id, "KILLED" if killed else "FAILED", error)
            raise

    @contextmanager
    def group(self, name: str) -> Iterator[str]:
        """Opens the run that those of a sweep are nested under; yields its id in MLflow.

        A later call with the same name opens the same one.
        """
        found = self._search(f"tags.`{SWEEP_TAG}` = '{name}' and tags.`{GROUP_TAG}` = 'true'")
        tags = {SWEEP_TAG: name, GROUP_TAG: "true", PROCESS_TAG: this_process()}
        if found:
            group = str(found[0].info.run_id)
            self._client.set_tag(group, PROCESS_TAG, tags[PROCESS_TAG])
            self._client.update_run(group, status="RUNNING")
        else:
            run = self._client.create_run(self._experiment, run_name=name, tags=tags)
            group = str(run.info.run_id)
        try:
            yield group
        except BaseException as error:
            self._end(group, "KILLED", error)
            raise
        self._client.set_terminated(group, "FINISHED")

    def _end(self, mlflow_id: str, status: str, error: BaseException) -> None:
        """Notes why something ended; where even that cannot be written, `sweep_up` will."""
        with suppress(Exception):
            self._client.set_tag(mlflow_id, REASON_TAG, _reason(error))
            self._client.set_terminated(mlflow_id, status)

    def _search(self, condition: str) -> list[Run]:
        return list(
            self._client.search_runs([self._experiment], filter_string=condition, max_results=1000)
        )


class OpenRun:
    """A run in progress: curves go in as they come, the record closes it."""

    def __init__(self, client: MlflowClient, mlflow_id: str, spec: RunSpec) -> None:
        from mlflow.entities import Param

        self._client = client
        self._mlflow_id = mlflow_id
        self._waiting: list[tuple[int, Mapping[str, float]]] = []
        self._flushed = time.monotonic()
        parameters = {
            "task": spec.task_name,
            "architecture": spec.architecture["name"],
            "regime": spec.regime["name"],
            "seed": spec.seed,
            **_prefixed("architecture", spec.architecture["hyperparameters"]),
            **_prefixed("regime", spec.regime["parameters"]),
        }
        client.log_batch(
            mlflow_id,
            params=[Param(key, str(value)[:500]) for key, value in parameters.items()],
        )

    def log_epoch(self, epoch: int, values: Mapping[str, float]) -> None:
        """Adds one point to every curve; written in batches, at most 10 s late."""
        self._waiting.append((epoch, dict(values)))
        if time.monotonic() - self._flushed > _FLUSH_SECONDS:
            self.flush()

    def finish(self, folder: Path) -> None:
        """Uploads a finished run's folder and final metrics; the record goes last."""
        record = read_record(folder)
        self.flush()
        self._log_final(record)
        for path in sorted(folder.iterdir()):
            if path.name == RECORD_FILE:
                continue
            if path.is_dir():
                self._client.log_artifacts(self._mlflow_id, str(path), path.name)
            else:
                self._client.log_artifact(self._mlflow_id, str(path))
        self._client.log_artifact(self._mlflow_id, str(folder / RECORD_FILE))
        self._client.set_terminated(self._mlflow_id, "FINISHED")

    def flush(self) -> None:
        """Writes what waits."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        points = [
            Metric(name, float(value), now, epoch)
            for epoch, values in self._waiting
            for name, value in values.items()
        ]
        for start in range(0, len(points), 1000):
            self._client.log_batch(self._mlflow_id, metrics=points[start : start + 1000])
        self._waiting.clear()
        self._flushed = time.monotonic()

    def _log_final(self, record: Record) -> None:
        several = len(record["dataset"]["targets"]) > 1
        values = {
            "/".join(
                [m["split"] if m["design"] == "all" else f"{m['split']}-{m['design']}", m["name"]]
                + ([m["target"]] if several else [])
            ): m["value"]
            for m in record["metrics"]
            if m["value"] is not None
        }
        values |= {f"cost/{name}": v for name, v in record["cost"].items() if v is not None}
        self._waiting.append((0, {_legal(name): value for name, value in values.items()}))
        self.flush()


def _make_database(path: Path) -> None:
    """Makes MLflow's SQLite file whole, or not at all: one that is half made never opens again."""
    if path.exists():
        return
    with unfinished_folder(path) as folder:
        _connect(f"sqlite:///{folder / path.name}")
        (folder / path.name).replace(path)


def _connect(uri: str) -> MlflowClient:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    import logging

    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    for name in ("alembic", "mlflow"):
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        client = MlflowClient(tracking_uri=uri)
        client.get_experiment_by_name(EXPERIMENT)
    except MlflowException as error:
        raise UserError(f"tracking store {uri}: {str(error).splitlines()[0]}") from error
    return client


def _prefixed(prefix: str, values: object) -> dict[str, object]:
    assert isinstance(values, dict)  # noqa: S101
    return {f"{prefix}.{name}": value for name, value in values.items()}


def _legal(name: str) -> str:
    """Returns a metric name with only the letters that MLflow takes."""
    return "".join(letter if letter.isalnum() or letter in "_-./ " else "_" for letter in name)


def this_process() -> str:
    """Returns what names this process to `is_alive`: host, number and start as JSON."""
    process = psutil.Process()
    return json.dumps([socket.gethostname(), process.pid, process.create_time()])


def is_alive(tag: str) -> bool:
    """Returns whether the process that a tag names still runs; True if it is elsewhere."""
    if not tag:
        return False
    host, pid, created = json.loads(tag)
    if host != socket.gethostname():
        return True
    try:
        return abs(psutil.Process(pid).create_time() - created) < 1.0
    except psutil.NoSuchProcess:
        return False


def _reason(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    return f"{type(error).__name__}: {error}"[:500]
