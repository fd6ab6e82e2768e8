"""Reports of what a run store, a folder of records or a single record holds."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tfbs.benchmark.record import Record, RecordFolder
from tfbs.benchmark.report.page import write_report
from tfbs.benchmark.spec import RunSpec
from tfbs.datasets.task import Task, load_built_task
from tfbs.errors import UserError

if TYPE_CHECKING:
    from tfbs.benchmark.suite import Suite
    from tfbs.benchmark.tracking import Store


class Places:
    """Where arrays and data of records are looked for.

    Args:
        store: Runs of a tracking server.
        records: A folder of records.
        folder: Of one record, with its arrays.
        data_dir: Where tasks are prepared.
        tasks: That are loaded already.
    """

    def __init__(
        self,
        store: Store | None = None,
        records: RecordFolder | None = None,
        *,
        folder: Path | None = None,
        data_dir: Path | None = None,
        tasks: Iterable[Task] = (),
    ) -> None:
        self.store = store
        self.records = records
        self.folder = folder
        self.data_dir = data_dir
        self._tasks: dict[str, Task | None] = {task.fingerprint: task for task in tasks}
        self._known_folders: dict[str, list[Path]] = {}

    def array(self, record: Record, name: str) -> np.ndarray | None:
        """Returns an array of a record if a file with its hash is there, else None."""
        described = record["arrays"].get(name)
        for folder in self._folders(record["id"]) if described else ():
            path = folder / described["path"]
            if not path.is_file():
                continue
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() == described["sha256"]:
                return np.asarray(np.load(io.BytesIO(content), allow_pickle=False))
        return None

    def task(self, record: Record) -> Task | None:
        """Returns the task of a record, or None where it is not built or not known here."""
        from tfbs.benchmark.training import REGIMES

        spec = RunSpec.from_json(record["spec"])
        task = self._loaded(spec.task_name, record["dataset"]["fingerprint"])
        try:
            procedure = REGIMES[str(spec.regime["name"])].make(
                record["spec"]["regime"]["parameters"]
            )
        except UserError:
            return None
        # a control is shown as it was evaluated
        return None if task is None else procedure.prepare_task(task, spec.seed)

    def _loaded(self, name: str, fingerprint: str) -> Task | None:
        """Returns a built task, looked for once; its data may have another fingerprint."""
        if fingerprint not in self._tasks:
            try:
                self._tasks[fingerprint] = load_built_task(name, self.data_dir)
            except UserError:
                self._tasks[fingerprint] = None
        return self._tasks[fingerprint]

    def _folders(self, run_id: str) -> list[Path]:
        if run_id not in self._known_folders:
            found = [
                self.folder,
                self.records.folder(run_id) if self.records else None,
                self.store.folder(run_id) if self.store else None,
            ]
            self._known_folders[run_id] = [folder for folder in found if folder is not None]
        return self._known_folders[run_id]


def report_records(
    records: Sequence[Record],
    path: Path,
    places: Places,
    *,
    title: str,
    description: str,
    command: str,
    beside: Sequence[Path] = (),
) -> Path:
    """Writes the report of records, with the registry's defaults and glossary of metrics.

    Args:
        records: At least one.
        path: The file to write.
        places: Where arrays and data are.
        title: Heading of the page.
        description: One line under it.
        command: That repeats what the page shows.
        beside: Further files about the records, which the page links to.

    Returns:
        The path.
    """
    from tfbs.benchmark.evaluation import METRICS

    return write_report(
        records,
        places.array,
        places.task,
        path,
        title=title,
        description=description,
        command=command,
        glossary={name: METRICS[name].description for name in METRICS},
        beside=beside,
    )


def report_suite(
    suite: Suite,
    argument: str,
    records: Sequence[Record],
    total: int,
    to: Path,
    places: Places,
) -> Path:
    """Writes the report of a suite's finished runs.

    Args:
        suite: The suite.
        argument: What the command line calls it.
        records: Its finished runs.
        total: Number of its runs.
        to: See `report_file`.
        places: Where arrays and data are.

    Returns:
        The path.
    """
    unfinished = f" {len(records)} of {total} runs are finished." if len(records) < total else ""
    return report_records(
        records,
        report_file(to, suite.name),
        places,
        title=f"Suite {suite.name}, version {suite.version}",
        description=suite.description + unfinished,
        command=f"tfbs suite {argument}",
    )


def report_file(to: Path, name: str) -> Path:
    """Returns `to` where it is an HTML file, else `reports/<name>.html` in that folder."""
    return to if to.suffix in (".html", ".htm") else to / "reports" / f"{name}.html"
