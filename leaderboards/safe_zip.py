"""Zip files of strangers: opened from memory, and only if they are plain."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from tfbs.leaderboards.names import plain
from tfbs.leaderboards.untrusted import Unusable


@contextmanager
def open_zip(content: bytes, where: str) -> Iterator[zipfile.ZipFile]:
    """Opens a zip file; whatever goes wrong while it is open counts as its fault.

    Args:
        content: Of the file.
        where: How to name it in an error.

    Raises:
        Unusable: If it is not sound, or has a member that is there twice, is encrypted, or is
            compressed other than by deflation.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check(archive.infolist(), where)
            yield archive
    except Unusable:
        raise
    except Exception as error:  # of zipfile, zlib or struct
        raise Unusable(f"{where}: not a sound zip file: {plain(error, 100)}") from error


def _check(members: list[zipfile.ZipInfo], where: str) -> None:
    seen = set()
    for member in members:
        name = plain(member.filename, 60)
        if member.filename in seen:
            raise Unusable(f"{where}: {name} is in it twice")
        if member.flag_bits & 1 or member.compress_type not in (
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        ):
            raise Unusable(f"{where}: {name} is encrypted or oddly compressed")
        seen.add(member.filename)
