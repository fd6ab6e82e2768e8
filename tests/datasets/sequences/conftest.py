"""Small files to read."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest

from tfbs.datasets.alphabet import decode


class Write(Protocol):
    def __call__(self, name: str, text: str) -> Path: ...


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a text file, packed where its name ends in `.gz`, and returns its path."""

    def to_file(name: str, text: str) -> Path:
        path = tmp_path / name
        data = text.encode()
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return to_file


def random_sequences(count: int, length: int, seed: int = 0) -> list[str]:
    """Uniform random DNA."""
    codes = np.random.default_rng(seed).integers(0, 4, (count, length)).astype(np.uint8)
    return [decode(row) for row in codes]


@pytest.fixture
def dna() -> list[str]:
    """200 random sequences of 30 nucleotides."""
    return random_sequences(200, 30)
