"""Public files from a folder: whichever name, format and kind of digest."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace

import pytest

from tfbs.datasets.downloads import PublicFile, fetch
from tfbs.errors import UserError

CONTENT = b"chr1\t1\t2\n"


def manager(folder):
    return SimpleNamespace(_manual_dir=folder)


@pytest.mark.parametrize(
    "digest",
    [
        f"sha256:{hashlib.sha256(CONTENT).hexdigest()}",
        f"md5:{hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()}",
        f"git:{hashlib.sha1(b'blob 9' + bytes(1) + CONTENT, usedforsecurity=False).hexdigest()}",
        "",
    ],
)
def test_digests_of_every_kind_are_checked(tmp_path, digest):
    path = tmp_path / "deep" / "a.bed"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    file = PublicFile("a.bed", "https://x/y/a.bed", digest)
    assert fetch(manager(tmp_path), [file]) == {"a.bed": path}
    path.write_bytes(CONTENT + b"#")
    if digest:
        with pytest.raises(UserError, match=r"a\.bed: its (sha256|md5|git) is [0-9a-f]+, not"):
            fetch(manager(tmp_path), [file])


def test_another_format_of_the_same_content_does(tmp_path):
    (tmp_path / "hg19.fa").write_text(">chr1\nACGT\n")
    file = PublicFile("hg19.2bit", "https://x/hg19.2bit", other_names=("hg19.fa.gz", "hg19.fa"))
    assert fetch(manager(tmp_path), [file]) == {"hg19.2bit": tmp_path / "hg19.fa"}


def test_all_missing_files_are_named_by_where_they_are(tmp_path):
    files = [PublicFile(f"{n}.bed", f"https://x/y/{n}.bed") for n in "ab"]
    files.append(PublicFile("c.tsv", source="a login"))
    with pytest.raises(
        UserError, match=r"lacks a\.bed, b\.bed \(from https://x/y\); c\.tsv \(from a"
    ):
        fetch(manager(tmp_path), files)


def test_what_cannot_be_downloaded_is_said_before_anything_is(tmp_path):
    offline = SimpleNamespace(_manual_dir=tmp_path / "none")
    with pytest.raises(
        UserError, match=r"--source DIR: a \(from https://x\); c\.tsv \(from a login"
    ):
        fetch(offline, [PublicFile("a", "https://x/a"), PublicFile("c.tsv", source="a login")])
