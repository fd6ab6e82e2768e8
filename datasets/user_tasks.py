"""Keeps tasks that users make of their own files: whole or not at all, and never by surprise."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tfbs.datasets.arrays import has_arrays, read_arrays
from tfbs.datasets.prepare import prepare
from tfbs.datasets.split import Progress
from tfbs.datasets.storage import locked, version_folder
from tfbs.datasets.task import Task, load_task
from tfbs.errors import UserError
from tfbs.files import remove_unfinished, unfinished_folder

if TYPE_CHECKING:
    import tensorflow_datasets as tfds

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class UserTask:
    """A task `dataset/name` about to be kept.

    Attributes:
        dataset: TFDS name of the dataset.
        name: The user's name for it.
        version: The builder's version.
        content: Hash of all that decides what it holds.
        description: One line.
    """

    dataset: str
    name: str
    version: str
    content: str
    description: str


def check_name(name: str) -> None:
    """Refuses a name that cannot be a folder and an option.

    Raises:
        UserError: Unless it is letters, digits, `_` and `-`, beginning with a letter.
    """
    if not _NAME.fullmatch(name) or name == "default":
        raise UserError(
            f"name {name!r} does not do; use letters, digits, '_' and '-', a letter first, "
            "and not the word default"
        )


def keep_user_task(
    task: UserTask,
    make_builder: Callable[[Path], tfds.core.DatasetBuilder],
    data_dir: Path,
    *,
    overwrite: bool,
    progress: Progress,
) -> Task:
    """Returns the task, built and loaded; the same content under the same name stays as it is.

    Args:
        task: What to keep.
        make_builder: Makes its builder for a data folder.
        data_dir: Where TFDS keeps its data.
        overwrite: Whether other content under this name may be replaced.
        progress: Is told what happens.

    Raises:
        UserError: If the name is taken by other content.
    """
    folder = version_folder(data_dir, task.dataset, task.name, task.version)
    with locked(data_dir, f"{task.dataset}/{task.name}"):
        remove_unfinished(data_dir)
        if not _is_same(task, folder, overwrite):
            _write(task, make_builder, folder, data_dir, progress)
        else:
            progress(f"{task.dataset}/{task.name} holds this content already")
    return load_task(f"{task.dataset}/{task.name}", data_dir)


def _is_same(task: UserTask, folder: Path, overwrite: bool) -> bool:
    if not has_arrays(folder):
        return False
    if read_arrays(folder)[0].metadata.get("content") == task.content:
        return True
    if not overwrite:
        raise UserError(
            f"{task.dataset}/{task.name} exists with other content; choose another --name, or "
            "replace it with --overwrite"
        )
    return False


def _write(
    task: UserTask,
    make_builder: Callable[[Path], tfds.core.DatasetBuilder],
    folder: Path,
    data_dir: Path,
    progress: Progress,
) -> None:
    """Builds beside the final place, then moves there."""
    with unfinished_folder(data_dir / f"{task.dataset}-{task.name}") as workshop:
        built = version_folder(workshop, task.dataset, task.name, task.version)
        prepare(lambda: make_builder(workshop), built, task.description, progress)
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists():
            folder.rename(workshop / "replaced")
        built.rename(folder)
