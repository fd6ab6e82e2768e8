"""The file that something named by its path comes from, as it was when it was imported."""

from __future__ import annotations

import hashlib
import inspect
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from tfbs.errors import UserError

_seen: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def source_digest(code: Any, name: str) -> str | None:
    """Returns the sha256 of the file of a function or class; None where it has none.

    Args:
        code: A function or class; its file is read when it is asked for first.
        name: What it is called by.

    Raises:
        UserError: If the file is another by now: this process still runs what it imported.
    """
    own = inspect.unwrap(code)
    file = inspect.getsourcefile(own)
    if file is None:
        return None
    found = hashlib.sha256(Path(file).read_bytes()).hexdigest()
    if _seen.setdefault(own, found) != found:
        raise UserError(
            f"{name}: {file} was edited after it was imported: start a new process, or reload it"
        )
    return found
