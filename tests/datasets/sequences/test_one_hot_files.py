"""One-hot HDF5 of either layout, and files that are no such thing."""

import h5py
import numpy as np
import pytest

from tfbs.datasets.alphabet import encode, one_hot
from tfbs.datasets.sequences.one_hot_files import read_one_hot
from tfbs.errors import UserError

CODES = np.stack([encode("ACGTNA"), encode("TTGGCC"), encode("ACACAC")])
LABELS = np.array([[1], [0], [1]], dtype=np.int8)


@pytest.fixture
def write_arrays(tmp_path):
    def to_file(**arrays):
        path = tmp_path / "a.h5"
        with h5py.File(path, "w") as handle:
            for name, values in arrays.items():
                handle[name] = values
        return path

    return to_file


@pytest.mark.parametrize("layout", ["channels-last", "channels-first"])
def test_both_layouts_are_found_from_the_shapes(write_arrays, layout):
    rows = one_hot(CODES)
    rows = rows if layout == "channels-last" else rows.transpose(0, 2, 1)
    splits, found = read_one_hot(
        write_arrays(X_train=rows, Y_train=LABELS, X_test=rows[:2], Y_test=LABELS[:2, 0])
    )
    assert found == layout
    assert {split: len(examples) for split, examples in splits.items()} == {"train": 3, "test": 2}
    assert np.array_equal(np.stack(splits["train"].sequences), CODES)
    assert splits["test"].labels.tolist() == [[1], [0]]


def test_length_four_is_ambiguous_until_the_layout_is_chosen(write_arrays):
    rows = one_hot(np.stack([encode("ACGG"), encode("TTGA")]))
    path = write_arrays(X_train=rows, Y_train=LABELS[:2])
    with pytest.raises(UserError, match="either axis may be the bases; choose with --layout"):
        read_one_hot(path)
    splits, _ = read_one_hot(path, "channels-last")
    assert splits["train"].sequences[0].tolist() == [0, 1, 2, 2]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"X": one_hot(CODES), "y": LABELS}, "no array 'X_train'; it holds X, y"),
        ({"X_train": one_hot(CODES)}, "no array 'Y_train' beside 'X_train'"),
        ({"X_train": CODES, "Y_train": LABELS}, r"shape \(3, 6\), expected \(n, length, 4\)"),
        ({"X_train": one_hot(CODES), "Y_train": LABELS[:2]}, "Y_train has 2 rows, X_train has 3"),
        ({"X_train": one_hot(CODES), "Y_train": LABELS + 1}, "Y_train row 0: label '2' is not 0"),
        (
            {"X_train": one_hot(CODES), "Y_train": LABELS * np.float32(0.5)},
            "Y_train row 0: label '0.5' is continuous; regression is not supported",
        ),
        ({"X_train": one_hot(CODES) * 0.7, "Y_train": LABELS}, r"X_train .*is not one-hot"),
        ({"X_train": one_hot(CODES)[:0], "Y_train": LABELS[:0]}, "X_train holds no sequences"),
        (
            {
                "X_train": one_hot(CODES),
                "Y_train": LABELS,
                "X_test": one_hot(CODES).transpose(0, 2, 1),
                "Y_test": LABELS,
            },
            r"X_test has shape \(3, 4, 6\), which is not channels-last",
        ),
        ({"X_train": one_hot(CODES), "Y_train": [b"1", b"0", b"1"]}, "expected numbers of shape"),
    ],
)
def test_a_file_without_the_expected_arrays_is_refused(write_arrays, arrays, message):
    path = write_arrays(**arrays)
    with pytest.raises(UserError, match=message) as caught:
        read_one_hot(path)
    assert str(caught.value).startswith(str(path))


def test_a_file_cut_short_is_refused(write_arrays):
    path = write_arrays(X_train=one_hot(CODES), Y_train=LABELS)
    path.write_bytes(path.read_bytes()[:600])
    with pytest.raises(UserError, match="not a readable HDF5 file"):
        read_one_hot(path)
