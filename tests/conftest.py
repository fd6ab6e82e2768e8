"""Fixtures of the whole suite: a quiet TensorFlow on two threads, and a tiny task."""

from __future__ import annotations

import os

from tfbs.benchmark.runtime import pin_threads

pin_threads(2)
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from tfbs.datasets.task import Split, Task

settings.register_profile("tfbs", deadline=None, derandomize=True)
settings.load_profile("tfbs")

MOTIF = np.array([3, 2, 0, 1, 2, 3, 1, 0], "uint8")  # TGACGTCA


def planted(n: int, length: int, seed: int) -> Split:
    """Half of the random sequences hold MOTIF somewhere; its positions have 2 bits."""
    rng = np.random.default_rng(seed)
    sequence = rng.integers(0, 4, (n, length)).astype("uint8")
    label = (np.arange(n) % 2).astype("int8")
    information = np.zeros((n, length), "float32")
    for row in np.flatnonzero(label):
        start = rng.integers(0, length - len(MOTIF))
        sequence[row, start : start + len(MOTIF)] = MOTIF
        information[row, start : start + len(MOTIF)] = 2
    ids = np.array([f"{seed}-{row}" for row in range(n)])
    return Split(ids, sequence, label[:, None], information)


@pytest.fixture(scope="session")
def planted_task() -> Task:
    """A task that any convolution learns in seconds."""
    return Task(
        name="planted",
        dataset="planted",
        config="",
        version="1.0.0",
        fingerprint="0" * 64,
        description="one planted motif",
        length=60,
        targets=("bound",),
        splits={
            "train": planted(600, 60, 0),
            "valid": planted(200, 60, 1),
            "test": planted(200, 60, 2),
        },
        metadata={},
    )


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """An empty folder for a run store."""
    return tmp_path / "runs"
