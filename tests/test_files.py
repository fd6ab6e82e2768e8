"""Files and folders appear whole or not at all, and what kills left goes with the next write."""

from __future__ import annotations

import errno
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tfbs.files import (
    remove_unfinished,
    replaced_folder,
    unfinished_folder,
    write_whole,
    write_whole_bytes,
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def dead() -> int:
    """The number of a process that is gone."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_file_is_replaced_and_nothing_else_is_there(tmp_path):
    for text in ("longer than the other", "é"):
        assert write_whole(tmp_path / "new" / "a.txt", text) == tmp_path / "new" / "a.txt"
        assert (tmp_path / "new" / "a.txt").read_text("utf-8") == text
    assert names(tmp_path / "new") == ["a.txt"]


def test_a_write_that_fails_leaves_the_earlier_file_and_names_it(tmp_path, monkeypatch):
    file = write_whole(tmp_path / "a.txt", "before")

    def half(path, content):
        with path.open("wb") as stream:
            stream.write(content[:2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(OSError, match=r"No space left on device: '.*a\.txt'"):
        write_whole_bytes(file, b"after")
    assert file.read_text() == "before" and names(tmp_path) == ["a.txt"]


def test_what_killed_processes_left_goes_and_what_others_make_stays(tmp_path, dead):
    here = socket.gethostname()
    left = [f".a.txt.unfinished-{here}-{dead}", f".b.unfinished-{here}-{dead}"]
    (tmp_path / left[0]).write_text("half")
    (tmp_path / left[1]).mkdir()
    (tmp_path / left[1] / "inside").write_text("")
    kept = [
        f".a.txt.unfinished-{here}-1",  # of the first process, which lives
        f".a.txt.unfinished-elsewhere.org-{dead}",
        f"a.txt.unfinished-{here}-{dead}",
        ".a.txt.unfinished-mine",
    ]
    for name in kept:
        (tmp_path / name).write_text("")
    write_whole(tmp_path / "c.txt", "")
    assert names(tmp_path) == sorted([*kept, "c.txt"])
    remove_unfinished(tmp_path / "nowhere")


def test_a_folder_is_moved_into_place_or_gone(tmp_path):
    with unfinished_folder(tmp_path / "new" / "site") as folder:
        (folder / "index.html").write_text("x")
        assert folder.parent == tmp_path / "new"
        folder.rename(tmp_path / "new" / "site")
    assert names(tmp_path / "new") == ["site"]
    with pytest.raises(KeyboardInterrupt), unfinished_folder(tmp_path / "other") as folder:
        (folder / "half").write_text("x")
        raise KeyboardInterrupt
    assert names(tmp_path) == ["new"]


def test_of_two_that_replace_a_folder_at_once_the_later_wins(tmp_path, monkeypatch):
    target, rename = tmp_path / "site", Path.rename
    faster = iter(["theirs"])

    def raced(self, other):
        found = rename(self, other)
        for text in faster:  # between our two renamings
            target.mkdir()
            (target / "index.html").write_text(text)
        return found

    for text in ("earlier", "ours"):
        with replaced_folder(target) as fresh:
            (fresh / "index.html").write_text(text)
            if text == "ours":
                monkeypatch.setattr(Path, "rename", raced)
    assert (target / "index.html").read_text() == "ours"
    assert next(faster, None) is None
    assert names(tmp_path) == ["site"]
