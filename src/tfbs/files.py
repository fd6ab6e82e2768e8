"""Writes files whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> Path:
    """Writes UTF-8 text that is there complete or not at all, and returns the path.

    Args:
        path: In a folder that exists; replaced if it exists.
        text: All of it.
    """
    return write_whole_bytes(path, text.encode())


def write_whole_bytes(path: Path, content: bytes) -> Path:
    """Writes bytes that are there complete or not at all, and returns the path.

    Args:
        path: In a folder that exists; replaced if it exists.
        content: All of it.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)
    return path
