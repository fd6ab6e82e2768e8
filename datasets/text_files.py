"""Opens what users bring: plain or gzip text with any line ends, and says what is wrong with it."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from tfbs.errors import UserError

_GZIP = b"\x1f\x8b"


def check_file(path: Path) -> None:
    """Refuses a file that is not there.

    Raises:
        UserError: If there is no such file, or it is a folder or may not be read.
    """
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        reason = error.strerror or "cannot be opened"
        raise UserError(f"{path}: {reason[0].lower()}{reason[1:]}") from error


def sha256(path: Path) -> str:
    """Returns the hash of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def open_binary(path: Path) -> Iterator[IO[bytes]]:
    """Opens a plain, gzip or bgzip file for its bytes.

    Raises:
        UserError: If the file is missing, or its gzip stream is cut short or damaged.
    """
    check_file(path)
    with path.open("rb") as raw:
        packed = raw.read(2) == _GZIP
        raw.seek(0)
        try:
            with gzip.GzipFile(fileobj=raw) if packed else raw as plain:
                yield cast(IO[bytes], plain)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise UserError(
                f"{path}: the gzip file is cut short or damaged ({error}); get it again"
            ) from error


@contextmanager
def open_text(path: Path) -> Iterator[IO[str]]:
    """Opens a text file, gzip or plain, with any line ends and an optional byte-order mark.

    Raises:
        UserError: If the file is missing, or its gzip stream is cut short or damaged.
    """
    with (
        open_binary(path) as plain,
        io.TextIOWrapper(plain, encoding="utf-8-sig", errors="replace") as lines,
    ):
        yield lines
