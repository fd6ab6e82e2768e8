"""What the tests of this room share."""

from __future__ import annotations

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data beside the repository; tests that read them skip where they are absent."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no real data beside the repository")
    return folder


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that does not exist yet, and is the default one."""
    folder = tmp_path / "data"
    monkeypatch.setenv("TFBS_DATA_DIR", str(folder))
    return folder


@pytest.fixture(scope="session")
def built_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which `synthetic_code/small` is built once; do not change it."""
    from tfbs.datasets.task import load_task

    folder = tmp_path_factory.mktemp("built")
    load_task("synthetic_code/small", folder)
    return folder
