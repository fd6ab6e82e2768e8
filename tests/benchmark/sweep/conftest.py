"""A sweep whose runs are scripted."""

from __future__ import annotations

import pytest
from tests.benchmark.sweep.scene import Scene


@pytest.fixture
def scene(planted_task, tmp_path, monkeypatch):
    return Scene(planted_task, tmp_path, monkeypatch)
