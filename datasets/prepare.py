"""Runs TFDS builders: quietly, once, and with nothing left behind when they fail."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

from tfbs.datasets.arrays import damaged, has_arrays, write_arrays
from tfbs.datasets.split import Progress
from tfbs.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    import tensorflow_datasets as tfds

CHECKS_FILES = "CHECKS_FILES"
"""Attribute of a builder that checks by itself what it downloads: TFDS then takes addresses
that are not in its `checksums.tsv`."""


def prepare(
    make_builder: Callable[[], tfds.core.DatasetBuilder],
    folder: Path,
    description: str,
    progress: Progress,
    source: Path | None = None,
) -> None:
    """Builds a dataset unless it is built, and its arrays unless they are written.

    The caller holds the lock of the task.

    Args:
        make_builder: Makes the builder; called only where the dataset is not built.
        folder: The version folder.
        description: One line on the task.
        progress: Is told what happens.
        source: A folder with the public files that it is made of; they are downloaded without.

    Raises:
        UserError: If there is no such folder, or what was built is damaged.
    """
    if source is not None and not source.is_dir():
        raise UserError(f"--source {source}: no such folder")
    with quiet_tfds():
        import tensorflow_datasets as tfds

        if not (folder / "dataset_info.json").is_file():
            _remove(folder.parent.glob(f"incomplete.*_{folder.name}"))
            progress(f"building: {description}")
            builder = make_builder()
            # Of the formats only tfrecord is read back whole by `as_dataset`.
            builder.download_and_prepare(
                download_config=tfds.download.DownloadConfig(
                    try_download_gcs=False,
                    manual_dir=source,
                    force_checksums_validation=not getattr(builder, CHECKS_FILES, False),
                ),
                file_format="tfrecord",
            )
        if not has_arrays(folder):
            _remove([*folder.glob(".arrays-*"), *folder.glob("arrays")])
            with _damage_told(folder):
                write_arrays(tfds.builder_from_directory(folder), description, progress)


@contextmanager
def _damage_told(folder: Path) -> Iterator[None]:
    """Turns what TensorFlow and TFDS say of broken files into a user's error."""
    import tensorflow as tf

    try:
        json.loads((folder / "dataset_info.json").read_text(encoding="utf-8"))
        yield
    except (
        tf.errors.DataLossError,
        tf.errors.FailedPreconditionError,
        tf.errors.NotFoundError,
        json.JSONDecodeError,
    ) as error:
        words = re.sub(r"\{\{.*?\}\}|\[Op:.*", "", " ".join(str(error).split())).strip()
        raise damaged(folder, f"{type(error).__name__}: {words}") from error


@contextmanager
def quiet_tfds() -> Iterator[None]:
    """Keeps TFDS and TensorFlow off stdout, and off stderr but for bars on a terminal."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow_datasets as tfds
    from absl import logging

    verbosity = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    tfds.display_progress_bar(enable=sys.stderr.isatty())
    try:
        with redirect_stdout(sys.stderr if sys.stderr.isatty() else io.StringIO()):
            yield
    finally:
        logging.set_verbosity(verbosity)
        tfds.display_progress_bar(enable=True)


def _remove(folders: Iterable[Path]) -> None:
    """Removes what a killed build left."""
    for folder in folders:
        shutil.rmtree(folder)
