"""Data that are damaged are named with what to do; they are never taken for whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tfbs.datasets.task import load_task
from tfbs.errors import UserError

SMALL = "synthetic_code/small"


@pytest.fixture
def version(built_dir, tmp_path) -> Path:
    """The version folder of a built task, to be damaged."""
    shutil.copytree(built_dir / "synthetic_code", tmp_path / "synthetic_code")
    return tmp_path / SMALL / "1.0.0"


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes(b ^ 255 for b in content[middle : middle + 8]) + content[
        middle + 8 :
    ]  # fmt: skip


def emptied(content: bytes) -> bytes:
    return b""


def damage(file: Path, harm) -> None:
    if harm is None:
        file.unlink()
    else:
        file.write_bytes(harm(file.read_bytes()))


@pytest.mark.parametrize("harm", [cut, emptied, None])
@pytest.mark.parametrize("name", ["task.json", "train-sequence.npy", "test-ids.npy"])
def test_damaged_arrays_are_refused(name, harm, version, tmp_path):
    damage(version / "arrays" / name, harm)
    if (name, harm) == ("task.json", None):
        assert len(load_task(SMALL, tmp_path).splits["test"]) == 800  # made anew
        return
    with pytest.raises(UserError, match=r"1\.0\.0: damaged .*; remove this folder and build"):
        load_task(SMALL, tmp_path)


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("synthetic_code-train.tfrecord-00000-of-00001", flipped),
        ("synthetic_code-train.tfrecord-00000-of-00001", cut),
        ("synthetic_code-test.tfrecord-00000-of-00001", emptied),
        ("synthetic_code-valid.tfrecord-00000-of-00001", None),
        ("dataset_info.json", emptied),
        ("features.json", cut),
    ],
)
def test_damaged_records_are_refused_and_built_anew_when_they_are_gone(
    name, harm, version, tmp_path
):
    shutil.rmtree(version / "arrays")
    damage(version / name, harm)
    with pytest.raises(UserError, match=r"1\.0\.0: damaged .*; remove this folder and build"):
        load_task(SMALL, tmp_path)
    assert not [*version.glob("arrays"), *version.glob(".arrays-*")]
