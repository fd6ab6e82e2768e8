"""The door to the data: `load_task` gives any other package the arrays of a task."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tfbs.datasets.arrays import fingerprint_of, has_arrays, read_arrays, read_cell_arrays
from tfbs.datasets.catalogue import FAMILIES, TASKS, Chances, TaskEntry, TaskFamily, TrueLogits
from tfbs.datasets.genome_bins.cell import GenomeCell
from tfbs.datasets.prepare import prepare
from tfbs.datasets.split import Progress, RowArray, Split
from tfbs.datasets.storage import default_data_dir, locked, version_folder
from tfbs.errors import UserError, nearest

__all__ = [
    "TASKS",
    "GenomeCell",
    "RowArray",
    "Split",
    "Task",
    "TaskListing",
    "list_tasks",
    "load_built_task",
    "load_cell",
    "load_task",
    "stored_fingerprint",
]

TASK_PATHS = "TFBS_TASK_PATHS"
"""Variable with the paths of tasks that were named by them, for the processes of their runs: a run
knows its task by dataset and config."""


@dataclass(frozen=True)
class Task:
    """A prepared task.

    Attributes:
        name: `dataset` or `dataset/config`; one task has one name.
        dataset: TFDS name of the dataset.
        config: Name of its config.
        version: Version of its builder.
        fingerprint: sha256 over all arrays in stored order.
        description: One line.
        length: Nucleotides per sequence.
        targets: Names of the label columns.
        tracks: Names of the tracks.
        true_logits: Returns `(n,)` true logits of `(n, length)` codes; None where no rule is known.
        chances: Returns `(n, targets)` probabilities of label 1 of codes of the test split; None
            where the law is not known, or the true logits tell.
        splits: `train`, `valid` and `test`; where cells or factors are held out also `test_cell`
            and `test_tf`; where the law of the test is shifted, other names beginning with `test_`.
        metadata: What the builder noted: sources, split rule, notes.
        citation: Where it comes from.
        motifs: Of a task that is planted with motifs: for each, base ids of JASPAR 2016 that
            count as it.
    """

    name: str
    dataset: str
    config: str
    version: str
    fingerprint: str
    description: str
    length: int
    targets: tuple[str, ...]
    splits: dict[str, Split]
    metadata: dict[str, object]
    citation: str = ""
    tracks: tuple[str, ...] = ()
    true_logits: TrueLogits | None = None
    chances: Chances | None = None
    motifs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def check_fingerprint(self, wanted: str) -> None:
        """Refuses data that are not those of a run.

        Args:
            wanted: Fingerprint of the task that the run is of.

        Raises:
            UserError: If they are others.
        """
        if self.fingerprint != wanted:
            raise UserError(
                f"task {self.name} has fingerprint {self.fingerprint[:12]}, the run is of "
                f"{wanted[:12]}: the data differ; build those of the run (another version, another "
                "source, --data-dir), or do the run again on these"
            )


@dataclass(frozen=True)
class TaskListing:
    """A line of `tfbs list tasks`."""

    name: str
    description: str
    citation: str
    built: bool


def silent(_: str) -> None:
    """Tells nobody."""


def load_task(
    name: str,
    data_dir: Path | None = None,
    *,
    source: Path | None = None,
    progress: Progress = silent,
) -> Task:
    """Returns a task with its arrays memory-mapped; builds it first where it is not built.

    The first call on a self-contained task takes seconds to minutes and imports TensorFlow;
    later ones take milliseconds and do not.

    Args:
        name: `"synthetic_code"`, `"synthetic_code/hard"`, `"sequences/NAME"`, or
            `"package.module:ENTRY"` where ENTRY is a `TaskEntry`.
        data_dir: Where TFDS keeps its data; `default_data_dir()` by default.
        source: A folder with the public files that a task is made of; they are downloaded
            without.
        progress: Is told what happens, a line at a time.

    Raises:
        UserError: If no task has this name, it has to be built from files first, or its public
            files cannot be had.
    """
    data_dir = data_dir or default_data_dir()
    if (family := _users_family(name)) is not None:
        return read_task(_built_by_user(family, name.partition("/")[2], data_dir), data_dir)
    entry = _find(name, data_dir)
    folder = version_folder(data_dir, entry.dataset, entry.config, entry.version)
    if not has_arrays(folder):
        with locked(data_dir, f"{entry.dataset}/{entry.config}"):
            prepare(
                lambda: _builder_class(entry.builder)(
                    config=entry.config or None, data_dir=data_dir
                ),
                folder,
                entry.description,
                progress,
                source if entry.needs_files else None,
            )
    return read_task(entry, data_dir)


def load_built_task(name: str, data_dir: Path | None = None) -> Task:
    """Returns a task that is built, and builds nothing.

    Raises:
        UserError: If no task has this name, or it is not built; names the command that does.
    """
    data_dir = data_dir or default_data_dir()
    if _users_family(name) is not None:
        return load_task(name, data_dir)
    entry = _find(name, data_dir)
    if not _is_built(entry, data_dir):
        raise UserError(
            f"task {name!r} is not built in {data_dir}; build it with: tfbs data build {name}"
        )
    return read_task(entry, data_dir)


def read_task(entry: TaskEntry, data_dir: Path) -> Task:
    """Returns a built task; its arrays must be there."""
    folder = version_folder(data_dir, entry.dataset, entry.config, entry.version)
    summary, splits = read_arrays(folder)
    return Task(
        name=canonical_name(entry),
        dataset=entry.dataset,
        config=entry.config,
        version=entry.version,
        fingerprint=summary.fingerprint,
        description=summary.description,
        length=next(iter(splits.values())).sequence.shape[1],
        targets=summary.targets,
        splits=splits,
        metadata=summary.metadata,
        citation=entry.citation,
        tracks=summary.tracks,
        true_logits=entry.true_logits,
        chances=entry.chances,
        motifs=entry.motifs,
    )


def stored_fingerprint(task: Task, data_dir: Path | None = None) -> str:
    """Returns the fingerprint of a task's arrays as they are stored now, all of them read.

    It differs from `task.fingerprint` where a stored value was changed after the task was built.

    Args:
        task: That is built.
        data_dir: Where it is built.
    """
    base = data_dir or default_data_dir()
    return fingerprint_of(version_folder(base, task.dataset, task.config, task.version))


def load_cell(task: Task, cell: str, data_dir: Path | None = None) -> GenomeCell:
    """Returns one cell of a genome task on all its chromosomes, held out or not.

    Args:
        task: A genome task.
        cell: Name of the cell; empty where cells are not told apart.
        data_dir: Where the task is built.

    Raises:
        UserError: If it is no genome task, or has no such cell.
    """
    folder = version_folder(data_dir or default_data_dir(), task.dataset, task.config, task.version)
    return read_cell_arrays(folder, cell)


def canonical_name(entry: TaskEntry) -> str:
    """Returns the one name of a task: `dataset/config`, or `dataset` for the default config."""
    if entry.config in ("", "default"):
        return entry.dataset
    return f"{entry.dataset}/{entry.config}"


def list_tasks(data_dir: Path | None = None) -> list[TaskListing]:
    """Returns every registered task and every task that was built in `data_dir`, by name.

    Of tasks that are too many to list there is one line, which says how their names are made.
    """
    data_dir = data_dir or default_data_dir()
    listings = [
        TaskListing(
            name,
            TASKS[name].description,
            TASKS[name].citation,
            _is_built(TASKS[name], data_dir),
        )
        for name in TASKS
    ]
    listings += [
        TaskListing(f"{name}/{family.member}", family.description, family.citation, False)
        for name, family in ((name, FAMILIES[name]) for name in FAMILIES)
        if family.member
    ]
    for entry in _user_built(data_dir):
        description = read_arrays(
            version_folder(data_dir, entry.dataset, entry.config, entry.version)
        )[0].description
        listings.append(TaskListing(canonical_name(entry), description, entry.citation, True))
    return sorted(listings, key=lambda listing: listing.name)


def find_entry(name: str) -> TaskEntry | None:
    """Returns a task that can be built by its name alone, or None.

    Raises:
        UserError: If its family has no task of this name.
    """
    dataset, _, config = name.partition("/")
    if dataset in list(FAMILIES) and (entry := FAMILIES[dataset].entry) is not None:
        return entry(config)
    return TASKS[name] if name in list(TASKS) else None


def _users_family(name: str) -> TaskFamily | None:
    """Returns the family of a task that is made from the user's files, or None."""
    dataset = name.partition("/")[0]
    family = FAMILIES[dataset] if dataset in list(FAMILIES) else None
    return family if family is not None and family.entry is None else None


def _find(name: str, data_dir: Path) -> TaskEntry:
    if (found := find_entry(name)) is not None:
        return found
    dataset, _, config = name.partition("/")
    if config == "default" and dataset in list(TASKS):
        name = dataset
    if ":" not in name and name not in list(TASKS):
        for path in filter(None, os.environ.get(TASK_PATHS, "").split(",")):
            own = TASKS[path]
            if isinstance(own, TaskEntry) and canonical_name(own) == name:
                return own
        known = [listing.name for listing in list_tasks(data_dir)]
        raise UserError(f"no task is called {name!r}{nearest(name, known)}")
    entry = TASKS[name]
    if not isinstance(entry, TaskEntry):
        raise UserError(f"task {name!r} is a {type(entry).__name__}, not a TaskEntry")
    if ":" in name:
        paths = os.environ.get(TASK_PATHS, "").split(",")
        os.environ[TASK_PATHS] = ",".join(dict.fromkeys([*filter(None, paths), name]))
    return entry


def _built_by_user(family: TaskFamily, config: str, data_dir: Path) -> TaskEntry:
    entry = _family_entry(family, config)
    if not config or not _is_built(entry, data_dir):
        built = [built.config for built in _user_built(data_dir) if built.dataset == family.dataset]
        command = family.build_command.replace("NAME", config or "NAME", 1)
        near = nearest(config, built) if config and built else ""
        raise UserError(
            f"task {canonical_name(entry)!r} is not built in {data_dir}{near}; build it with: "
            f"{command}"
        )
    return entry


def _family_entry(family: TaskFamily, config: str) -> TaskEntry:
    if family.entry is not None:
        return family.entry(config)
    return TaskEntry(
        family.dataset,
        config,
        family.version,
        family.description,
        family.citation,
        family.builder,
    )


def _user_built(data_dir: Path) -> Iterable[TaskEntry]:
    for name in FAMILIES:
        family = FAMILIES[name]
        for folder in sorted((data_dir / family.dataset).glob("*")):
            entry = _family_entry(family, folder.name)
            if _is_built(entry, data_dir):
                yield entry


def _is_built(entry: TaskEntry, data_dir: Path) -> bool:
    return has_arrays(version_folder(data_dir, entry.dataset, entry.config, entry.version))


def _builder_class(path: str) -> type:
    module, _, name = path.partition(":")
    found: type = getattr(importlib.import_module(module), name)
    return found
