"""Starts `tfbs` in processes of its own, and kills them at moments spread over their duration."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

KILLS = 10


def start(words: Sequence[str], folder: Path, **environment: str) -> subprocess.Popen:
    """Starts `tfbs WORDS` in a folder, as the leader of a process group."""
    return subprocess.Popen(
        [sys.executable, "-m", "tfbs", *words],
        cwd=folder,
        env=os.environ | {"PYTHONSAFEPATH": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(words: Sequence[str], folder: Path, **environment: str) -> float:
    """Runs `tfbs WORDS` to its end, which must be a good one; returns the seconds."""
    started = time.monotonic()
    process = start(words, folder, **environment)
    _, errors = process.communicate(timeout=1800)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    return time.monotonic() - started


def kill_after(seconds: float, words: Sequence[str], folder: Path, **environment: str) -> bool:
    """Kills `tfbs WORDS` and all its children after a time; returns whether it still ran."""
    process = start(words, folder, **environment)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def moments(name: str, seconds: float) -> Iterator[float]:
    """Yields a random moment in each of `KILLS` equal parts of a duration; a name seeds them."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    for part in range(KILLS):
        yield seconds * (part + rng.random()) / KILLS


def files_of(folder: Path) -> dict[str, bytes]:
    """Returns the content of all files below a folder, hidden ones too.

    Of TFRecords only the length: the fields of an example come in no fixed order.
    """
    return {
        path.relative_to(folder).as_posix(): (
            b"%d bytes" % path.stat().st_size if ".tfrecord-" in path.name else path.read_bytes()
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
