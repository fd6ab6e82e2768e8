"""Reading what strangers wrote: files by kind and size, JSON without tricks."""

from __future__ import annotations

import hashlib
import json
import math
import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfbs.leaderboards.names import plain

MOST_FILES = 5_000
MOST_BYTES = 1 << 30
"""Of a whole submission."""

_OPENING = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""Follows no link, and waits for no writer of a pipe."""

LARGEST_FILE = 256 << 20
LARGEST_JSON = 8 << 20
DEEPEST_JSON = 20


class Unusable(ValueError):
    """A file that is not what it should be; the message says why."""


@dataclass(frozen=True)
class Found:
    """A file of a submission.

    Attributes:
        path: Relative to the submission, with `/`.
        size: Bytes.
    """

    path: str
    size: int


def walk(folder: Path) -> tuple[list[Found], list[str]]:
    """Returns the regular files under a folder, and what else is there, which nobody opens.

    Nothing is followed: symbolic links, devices, pipes and files with several names are problems.

    Args:
        folder: Of a submission.
    """
    found: list[Found] = []
    problems: list[str] = []
    if folder.is_symlink() or not folder.is_dir():
        return [], [f"{plain(folder)}: not a folder"]
    total = 0
    for path, entry in _entries(folder, ""):
        if len(found) == MOST_FILES:
            problems.append(f"more than {MOST_FILES:,} files")
            break
        state = entry.stat(follow_symlinks=False)
        shown = plain(path)
        if entry.is_symlink():
            problems.append(f"{shown}: a symbolic link, which is not followed")
        elif not stat.S_ISREG(state.st_mode):
            problems.append(f"{shown}: neither a file nor a folder")
        elif state.st_nlink > 1:
            problems.append(f"{shown}: a hard link, another name of some file")
        elif state.st_size > LARGEST_FILE:
            problems.append(f"{shown}: {state.st_size:,} bytes, at most {LARGEST_FILE:,} are read")
        else:
            total += state.st_size
            found.append(Found(path, state.st_size))
    if total > MOST_BYTES:
        problems.append(f"{total:,} bytes in all, at most {MOST_BYTES:,} are read")
    return found, problems


def _entries(folder: Path, prefix: str, depth: int = 0) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            path = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False) and depth < 8:
                yield from _entries(Path(entry.path), f"{path}/", depth + 1)
            else:
                yield path, entry


def copy_files(source: Path, files: list[Found], target: Path) -> list[str]:
    """Copies files that `walk` found, at most as many bytes as it saw, and follows no link.

    Args:
        source: The submission.
        files: Of it.
        target: An empty folder.

    Returns:
        Why some were not copied, a sentence each: oddly named, or changed while they were read.
    """
    problems = []
    for file in files:
        destination = target / file.path
        try:
            content = read_bytes(source, file.path, file.size)
            destination.parent.mkdir(parents=True, exist_ok=True)
            destination.write_bytes(content)
        except (Unusable, OSError) as error:
            problems.append(plain(error))
    return problems


def read_bytes(folder: Path, path: str, most: int) -> bytes:
    """Returns the bytes of a regular file inside a folder.

    Args:
        folder: Of a submission.
        path: Relative, checked to stay inside.
        most: More bytes than this are refused.

    Raises:
        Unusable: If the path leaves the folder, or the file is missing, a link or too large.
    """
    check_path(path)
    place = folder
    for part in path.split("/"):
        place = place / part
        if place.is_symlink():
            raise Unusable(f"{plain(path)}: a symbolic link, or below one, which is not followed")
    try:
        handle = os.open(folder / path, _OPENING)
    except OSError as error:
        raise Unusable(f"{plain(path)}: cannot be read ({error.strerror})") from error
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise Unusable(f"{plain(path)}: not a regular file")
        content = file.read(most + 1)
    if len(content) > most:
        raise Unusable(f"{plain(path)}: more than {most:,} bytes")
    return content


def check_path(path: object) -> str:
    """Returns a relative path that stays where it is.

    Raises:
        Unusable: If it is absolute, goes up, or is not plain.
    """
    if not isinstance(path, str) or not path or len(path) > 300:
        raise Unusable(f"{plain(path)!r} is no path")
    parts = path.split("/")
    odd = "\\" in path or ":" in path or not path.isprintable() or not path.isascii()
    if odd or any(part in ("", ".", "..") for part in parts):
        raise Unusable(f"the path {plain(path)!r} leaves the submission or is not plain")
    return path


def sha256(content: bytes) -> str:
    """Returns 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def parse_json(content: bytes, where: str, most: int = LARGEST_JSON) -> Any:
    """Returns JSON as it is meant: finite numbers, no name twice, not nested to the limit.

    Args:
        content: UTF-8.
        where: How to name it in an error.
        most: More bytes than this are refused.

    Raises:
        Unusable: If it is anything else.
    """
    if len(content) > most:
        raise Unusable(f"{where}: more than {most:,} bytes of JSON")
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_once,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_bounded,
        )
        _check_depth(value, 0)
    except UnicodeDecodeError as error:
        raise Unusable(f"{where}: not UTF-8") from error
    except RecursionError as error:
        raise Unusable(f"{where}: nested too deeply") from error
    except Unusable as error:
        raise Unusable(f"{where}: {error}") from error
    except ValueError as error:
        raise Unusable(f"{where}: not JSON: {plain(error)}") from error
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise Unusable(f"the name {plain(twice, 60)!r} is there twice in one object")
    return found


def _no_constant(name: str) -> None:
    raise Unusable(f"{name} is not a number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise Unusable(f"the number {plain(text, 40)} is too large")
    return value


def _bounded(text: str) -> int:
    if len(text) > 20:
        raise Unusable(f"the number {plain(text, 40)} is too large")
    return int(text)


def _check_depth(value: Any, depth: int) -> None:
    if depth > DEEPEST_JSON:
        raise Unusable(f"nested more than {DEEPEST_JSON} deep")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        _check_depth(each, depth + 1)
