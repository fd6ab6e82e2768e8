"""Writes files and folders whole or not at all; what a kill leaves goes with the next write."""

from __future__ import annotations

import errno
import itertools
import os
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_MARK = "unfinished"
_UNFINISHED = re.compile(rf"\..+\.{_MARK}-(?P<host>.+)-(?P<pid>\d+)")


def write_whole(path: Path, text: str) -> Path:
    """Writes UTF-8 text that is there complete or not at all, and returns the path.

    Args:
        path: Replaced if it exists; its folder is made.
        text: All of it.

    Raises:
        OSError: If it cannot be written; names the path.
    """
    return write_whole_bytes(path, text.encode())


def write_whole_bytes(path: Path, content: bytes) -> Path:
    """Writes bytes that are there complete or not at all, and returns the path.

    Args:
        path: Replaced if it exists; its folder is made.
        content: All of it.

    Raises:
        OSError: If they cannot be written; names the path.
    """
    with _unfinished(path) as temporary:
        temporary.write_bytes(content)
        temporary.replace(path)
    return path


@contextmanager
def unfinished_folder(target: Path) -> Iterator[Path]:
    """Yields an empty hidden folder beside `target`, which is gone at the end.

    Whoever fills it moves it, or what is in it, to its place by a renaming. What processes of this
    machine that were killed left in the same way beside `target` is removed first.

    Args:
        target: What is in the making; the folder around it is made.

    Raises:
        OSError: If nothing can be written there; names the target.
    """
    with _unfinished(target) as temporary:
        temporary.mkdir()
        yield temporary


@contextmanager
def replaced_folder(target: Path) -> Iterator[Path]:
    """Yields an empty folder that takes the place of `target` at the end, if nothing is raised.

    It is exchanged by two renamings: at any moment there is a whole folder or, between the two,
    none. Of two processes that do it at once the later wins.

    Args:
        target: May exist, and comes back if its successor cannot take its place.

    Raises:
        OSError: If nothing can be written there; names the target.
    """
    with unfinished_folder(target) as scratch:
        fresh = scratch / "new"
        fresh.mkdir()
        yield fresh
        for number in itertools.count():
            if _exchanged(fresh, target, scratch / f"old-{number}"):
                return


def _exchanged(fresh: Path, target: Path, aside: Path) -> bool:
    """Puts a folder in the place of another; returns False where another process was faster."""
    with suppress(FileNotFoundError):
        target.rename(aside)
    try:
        fresh.rename(target)
    except BaseException as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return False
        if aside.exists() and not target.exists():
            aside.rename(target)
        raise
    return True


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """Yields a free name beside the target, which marks what is there as unfinished."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        code = errno.ENOTDIR
        raise NotADirectoryError(code, os.strerror(code), str(target.parent)) from error
    remove_unfinished(target.parent)
    temporary = target.with_name(f".{target.name}.{_MARK}-{socket.gethostname()}-{os.getpid()}")
    _remove(temporary)  # of an earlier process with our number
    try:
        yield temporary
    except OSError as error:
        if error.filename is None:  # as of a write to a full disk
            error.filename = str(target)
        raise
    finally:
        _remove(temporary)


def remove_unfinished(folder: Path) -> None:
    """Removes from a folder what killed processes of this machine left unfinished.

    Args:
        folder: May be missing.
    """
    for path in folder.glob(f".*.{_MARK}-*"):
        found = _UNFINISHED.fullmatch(path.name)
        if found and found["host"] == socket.gethostname() and not _runs(int(found["pid"])):
            _remove(path)


def _runs(pid: int) -> bool:
    import psutil

    return psutil.pid_exists(pid)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
