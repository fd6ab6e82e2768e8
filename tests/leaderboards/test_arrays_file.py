"""Numbers per example on disk: the same bytes again, and nothing but bounded arrays of numbers."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from tfbs.files import write_whole_bytes
from tfbs.leaderboards import arrays_file
from tfbs.leaderboards.arrays_file import pack_arrays, read_arrays, unpack_arrays
from tfbs.leaderboards.untrusted import Unusable, sha256

ARRAYS = {
    "a b/c": np.arange(6, dtype="float32").reshape(2, 3),
    "label": np.array([[1], [-1]], "int8"),
    "rows": np.array([3, 1], "int64"),
}


def test_arrays_come_back_as_they_were(tmp_path):
    content = pack_arrays(ARRAYS)
    write_whole_bytes(tmp_path / "new" / "x.npz", content)
    found = read_arrays(tmp_path / "new" / "x.npz", sha256(content))
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype
        assert (found[name] == array).all()


def test_the_same_arrays_make_the_same_bytes():
    assert pack_arrays(dict(reversed(ARRAYS.items()))) == pack_arrays(ARRAYS)


def test_other_contents_are_refused(tmp_path):
    write_whole_bytes(tmp_path / "x.npz", pack_arrays(ARRAYS))
    with pytest.raises(Unusable, match="not those that were verified"):
        read_arrays(tmp_path / "x.npz", "0" * 64)
    with pytest.raises(Unusable, match=r"gone\.npz: cannot be read"):
        read_arrays(tmp_path / "gone.npz", "0" * 64)


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def saved(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no zip", "not a sound zip file"),
        (zipped({"a.npy": saved(np.array([{}], object))}), "pickled objects"),
        (zipped({"a.txt": b"x"}), "none of a plain npz file"),
        (zipped({"a.npy": saved(np.array(["x"]))}), "dtype <U1"),
        (zipped({"a.npy": saved(np.array([np.inf]))}), "infinite"),
        (zipped({"a.npy": saved(np.zeros(9))[:-8]}), "takes 200 bytes"),
    ],
    ids=["no zip", "pickle", "other file", "text", "infinite", "cut"],
)
def test_what_is_not_arrays_of_numbers_is_refused(content, said):
    with pytest.raises(Unusable, match=said):
        unpack_arrays(content, "x.npz")


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(arrays_file, "LARGEST", 10_000)
    content = zipped({"a.npy": saved(np.zeros(10_000))})
    assert len(content) < 1_000
    with pytest.raises(Unusable, match="unpacks to more than 10,000 bytes"):
        unpack_arrays(content, "x.npz")
