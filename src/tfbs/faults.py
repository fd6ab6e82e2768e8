"""What is wrong with the machine and not with the program: full disks, locks, permissions."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections.abc import Iterator

_FILES = {
    errno.ENOSPC: "the disk is full; free some space and call again",
    errno.EDQUOT: "the disk quota is used up; free some space and call again",
    errno.EFBIG: "the file would be larger than this system allows (ulimit -f)",
    errno.EROFS: "the disk is read-only; name a place that can be written",
    errno.EACCES: "no permission; name another place, or change who may use this one",
    errno.EPERM: "not permitted; name another place, or change who may use this one",
    errno.EIO: "the disk does not answer (input/output error)",
    errno.ENOTDIR: "a file stands where a folder is needed; name another place",
    errno.EISDIR: "is a folder, not a file",
    errno.EMFILE: "too many open files (ulimit -n)",
    errno.ETXTBSY: "is in use by another program",
}
_DATABASES = {
    "SQLITE_FULL": _FILES[errno.ENOSPC],
    "SQLITE_READONLY": _FILES[errno.EROFS],
    "SQLITE_BUSY": "the database is locked by another program; end that one and call again",
    "SQLITE_LOCKED": "the database is locked by another program; end that one and call again",
    "SQLITE_CANTOPEN": "the database cannot be opened; is its folder there, and writable",
    "SQLITE_CORRUPT": "the database is damaged; put back a copy, or move it away and call again",
    "SQLITE_NOTADB": "is no database; put back a copy, or move it away and call again",
    "SQLITE_IOERR": _FILES[errno.EIO],
}


def fault_of(error: BaseException) -> str | None:
    """Returns one line on what is wrong with the machine, and what to do; None if nothing is.

    Libraries wrap what the system told them, so the causes of an error are looked at too, and
    the system's words in its message.

    Args:
        error: Whatever was raised.
    """
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.errno in _FILES:
            place = cause.filename2 or cause.filename
            return f"{place}: {_FILES[cause.errno]}" if place else _FILES[cause.errno]
        name = getattr(cause, "sqlite_errorname", "") if isinstance(cause, sqlite3.Error) else ""
        for known, advice in _DATABASES.items():
            if name.startswith(known):
                return advice
        if (told := _in_words(str(cause))) is not None:
            return told
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yields what an error was raised from, the first first, and the error itself."""
    seen: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in seen:
        seen.append(found)
        found = found.__cause__
    return reversed(seen)


def _in_words(message: str) -> str | None:
    """Returns the fault that a message of TensorFlow's names: `PATH; No space left on device`."""
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES):
        if (words := os.strerror(number)) in message:
            place = re.search(rf"(/\S+?)[;:]\s*{re.escape(words)}", message)
            return f"{place[1]}: {_FILES[number]}" if place else _FILES[number]
    return None
