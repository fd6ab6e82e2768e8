"""Where prepared tasks lie on disk, and how two processes keep out of each other's way."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock


def default_data_dir() -> Path:
    """Returns `$TFBS_DATA_DIR`, else `$TFDS_DATA_DIR`, else `~/tensorflow_datasets`."""
    for variable in ("TFBS_DATA_DIR", "TFDS_DATA_DIR"):
        if value := os.environ.get(variable):
            return Path(value).expanduser()
    return Path.home() / "tensorflow_datasets"


def version_folder(data_dir: Path, dataset: str, config: str, version: str) -> Path:
    """Returns the folder that TFDS writes one version of one config to."""
    return data_dir.joinpath(*(part for part in (dataset, config, version) if part))


@contextmanager
def locked(data_dir: Path, task: str) -> Iterator[None]:
    """Holds the one lock of a task in a data folder; the system frees it if we are killed.

    Args:
        data_dir: Made if absent.
        task: `dataset/config`.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with FileLock(data_dir / f".{task.replace('/', '-')}.lock"):
        yield
