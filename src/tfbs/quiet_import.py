"""TensorFlow's import without the notes that its libraries write to stderr."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_NOTE = re.compile(rb"I\d{4} |WARNING: All log messages before absl::InitializeLog")
"""A line of level INFO of TensorFlow 2.21's log, and what announces it; no setting stops them."""


def quiet_tensorflow() -> None:
    """Keeps the notes of TensorFlow's import, when it comes, off stderr.

    Warnings and errors still appear, when the import is over. If the process dies during the
    import they are lost: `tfbs --debug` leaves stderr alone.
    """
    installed = any(isinstance(finder, _QuietTensorFlow) for finder in sys.meta_path)
    if not installed and "tensorflow" not in sys.modules and sys.stderr is not None:
        sys.meta_path.insert(0, _QuietTensorFlow())


class _QuietTensorFlow(importlib.abc.MetaPathFinder):
    """Finds TensorFlow as usual, with a loader that is quiet."""

    def find_spec(
        self, fullname: str, path: object = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Returns the spec of `tensorflow`, None for all else."""
        if fullname != "tensorflow":
            return None
        sys.meta_path.remove(self)
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            sys.meta_path.insert(0, self)  # others may only ask whether it is there
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def quietly(module: ModuleType) -> None:
                with without_notes():
                    execute(module)

            spec.loader.exec_module = quietly  # type: ignore[method-assign]
        return spec


@contextmanager
def without_notes() -> Iterator[None]:
    """Holds back what is written to file descriptor 2, then writes all of it but the notes."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            held.seek(0)
            for line in held:
                if not _NOTE.match(line):
                    os.write(2, line)
