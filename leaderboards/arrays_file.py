"""Named arrays in one npz file, as the host keeps them: the same bytes for the same arrays."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tfbs.leaderboards.names import plain
from tfbs.leaderboards.safe_arrays import FLOATS, INTEGERS, read_array
from tfbs.leaderboards.safe_zip import open_zip
from tfbs.leaderboards.untrusted import Unusable, read_bytes, sha256

LARGEST = 64 << 20
"""Bytes of a file, and of all its arrays together."""

_MOST_MEMBERS = 5_000


def pack_arrays(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Returns arrays as a compressed npz file.

    Args:
        arrays: Float, int32, int64 or int8 arrays by name.
    """
    stream = io.BytesIO()
    ordered: Any = {name: arrays[name] for name in sorted(arrays)}
    np.savez_compressed(stream, **ordered)
    return stream.getvalue()


def read_arrays(path: Path, expected: str) -> dict[str, np.ndarray]:
    """Returns the arrays of a file whose hash is known.

    Args:
        path: Of the file.
        expected: sha256 of its contents.

    Raises:
        Unusable: If it is not that file, or holds anything but arrays of bounded size.
    """
    content = read_bytes(path.parent, path.name, LARGEST)
    if sha256(content) != expected:
        raise Unusable(f"{plain(path.name)}: its contents are not those that were verified")
    return unpack_arrays(content, plain(path.name))


def unpack_arrays(content: bytes, where: str) -> dict[str, np.ndarray]:
    """Returns the arrays of an npz file, nothing of which is executed.

    Args:
        content: Of the file.
        where: How to name it in an error.

    Raises:
        Unusable: If it holds anything but arrays of numbers, or unpacks to more than `LARGEST`.
    """
    with open_zip(content, where) as archive:
        members = archive.infolist()
        _check(members, where)
        return {
            member.filename.removesuffix(".npy"): _member(archive, member, where)
            for member in members
        }


def _check(members: list[zipfile.ZipInfo], where: str) -> None:
    if len(members) > _MOST_MEMBERS:
        raise Unusable(f"{where}: {len(members)} members, {_MOST_MEMBERS} at most")
    if sum(member.file_size for member in members) > LARGEST:
        raise Unusable(f"{where}: unpacks to more than {LARGEST:,} bytes")
    for member in members:
        if not member.filename.endswith(".npy"):
            raise Unusable(f"{where}: {plain(member.filename, 60)} is none of a plain npz file")


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, where: str) -> np.ndarray:
    with archive.open(member) as file:
        content = file.read(member.file_size + 1)
    name = f"{where}: {plain(member.filename, 60)}"
    array = read_array(content, name, (*FLOATS, *INTEGERS, "|i1"))
    if math.prod(array.shape) and array.dtype.kind == "f" and np.isinf(array).any():
        raise Unusable(f"{name}: holds an infinite value")
    return array
