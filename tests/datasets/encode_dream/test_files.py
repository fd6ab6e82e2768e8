"""Files with a line per bin: what is read is what was written, and every problem is named."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfbs.datasets.encode_dream.label_files import read_cells, read_labels, write_labels
from tfbs.datasets.encode_dream.region_files import Problems, read_blocks
from tfbs.datasets.grid import Grid
from tfbs.errors import UserError

GRID = Grid(
    ("chr10", "chr2"), ("",), np.array([[0, 600, 4], [0, 1000, 3], [1, 600, 3]], np.int64), 200, 50
)
LINES = [
    f"{name}\t{start}\t{start + 200}"
    for name, starts in (
        ("chr10", [600, 650, 700, 750, 1000, 1050, 1100]),
        ("chr2", [600, 650, 700]),
    )
    for start in starts
]


@settings(max_examples=30)
@given(st.lists(st.sampled_from([-1, 0, 1]), min_size=10, max_size=10), st.booleans())
def test_labels_come_back(tmp_path_factory, labels, packed):
    path = tmp_path_factory.mktemp("labels") / f"X.train.labels.tsv{'.gz' if packed else ''}"
    own = {"K562": np.array(labels, np.int8), "IMR-90": np.zeros(10, np.int8)}
    write_labels(path, GRID, own)
    found = read_labels(path, GRID)
    assert list(found) == ["K562", "IMR-90"]
    for cell, label in own.items():
        np.testing.assert_array_equal(found[cell], label)


def test_the_written_lines_are_those_of_the_challenge(tmp_path):
    path = tmp_path / "X.tsv"
    write_labels(path, GRID, {"liver": np.array([0, 1, -1] + [0] * 7, np.int8)})
    lines = path.read_text().splitlines()
    assert lines[:4] == ["chr\tstart\tstop\tliver", *(f"{LINES[i]}\t{'UBA'[i]}" for i in range(3))]
    assert [line.rpartition("\t")[0] for line in lines[1:]] == LINES


def test_columns_are_cells_under_one_name(tmp_path):
    path = tmp_path / "X.tsv"
    path.write_text("chr\tstart\tstop\tIMR90\tliver\n")
    assert read_cells(path) == ("IMR-90", "liver")
    path.write_text("chr10\t600\t800\tU\n")
    with pytest.raises(UserError, match="line 1: 'chr10 600 800 U' is no header"):
        read_cells(path)


def problems_of(tmp_path, lines, columns=1):
    path = tmp_path / "some.tab.gz"
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))
    problems = Problems(path)
    for _ in read_blocks(path, columns, GRID, problems):
        pass
    return str(problems)


def test_a_right_file_has_no_problems(tmp_path):
    assert problems_of(tmp_path, [f"{line}\t0.5" for line in LINES]) == ""


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        (
            lambda rows: rows[:2] + rows[3:],
            ["1 bins are missing: chr10:700-900"],
        ),
        (lambda rows: rows[:-2], ["2 bins are missing: chr2:650-850 to chr2:700-900"]),
        (
            lambda rows: [rows[1], rows[0], *rows[2:]],
            ["1 lines are out of order: line 2 (chr10:600-800)"],
        ),
        (
            lambda rows: [rows[0], *rows],
            ["1 lines repeat a bin: line 2 (chr10:600-800)"],
        ),
        (
            lambda rows: [*rows[:4], "chr10\t800\t1000\t0.5", *rows[4:]],
            ["1 lines name no bin: line 5 (chr10 800 1000)"],
        ),
        (
            lambda rows: ["10\t600\t800\t0.5", *rows[1:]],
            ["1 lines name no bin: line 1 (10 600 800)", "1 bins are missing: chr10:600-800"],
        ),
        (
            lambda rows: [rows[0].replace("800", "801"), *rows[1:]],
            ["1 lines name no bin: line 1 (chr10 600 801)"],
        ),
        (
            lambda rows: [*rows[:6], "chr10\t1100\t1300", *rows[7:]],
            ["1 lines have not 4 fields: line 7 has 3"],
        ),
        (
            lambda rows: [*rows[:6], "chr10\tx\t1300\t0.5", *rows[7:]],
            ["1 lines name no bin: line 7 (chr10 x 1300)"],
        ),
    ],
)
def test_every_problem_is_named_with_its_line(tmp_path, change, parts):
    said = problems_of(tmp_path, change([f"{line}\t0.5" for line in LINES]))
    assert all(part in said for part in parts), said


def test_numbers_of_lines_stay_right_behind_torn_ones(tmp_path):
    rows = [f"{line}\t0.5" for line in LINES]
    rows[2] = "torn"
    rows[8] = "chr2\t651\t851\t0.5"
    said = problems_of(tmp_path, rows)
    assert "line 3 has 1" in said and "line 9 (chr2 651 851)" in said


def test_bins_out_of_order_are_not_missing(tmp_path):
    rows = [f"{line}\t0.5" for line in LINES]
    said = problems_of(tmp_path, rows[7:] + rows[:7])
    assert "7 lines are out of order" in said and "missing" not in said
    said = problems_of(tmp_path, [*rows[7:], *rows[:4], *rows[5:7]])
    assert "1 bins are missing: chr10:1000-1200" in said


def test_content_says_whether_a_file_is_packed(tmp_path):
    text = "".join(f"{line}\t0.5\n" for line in LINES)
    for name, content in (("a.tab.gz", text.encode()), ("b.tab", gzip.compress(text.encode()))):
        (tmp_path / name).write_bytes(content)
        problems = Problems(tmp_path / name)
        assert sum(len(b.lines) for b in read_blocks(tmp_path / name, 1, GRID, problems)) == 10
        assert not problems


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("chr10 600 800 0.5\n", "line 1: 'chr10 600 800 0.5' has 1 fields; 4 separated by tabs"),
        ("chr10\t600\t800\t0.5\t\n", "line 1: .* has 5 fields"),
    ],
)
def test_another_kind_of_file_is_refused_at_its_first_line(tmp_path, text, said):
    path = tmp_path / "some.tab"
    path.write_text(text)
    with pytest.raises(UserError, match=said):
        list(read_blocks(path, 1, GRID, Problems(path)))


def test_a_file_of_torn_lines_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr("tfbs.datasets.encode_dream.region_files._MOST_TORN", 20)
    path = tmp_path / "some.tab"
    path.write_text(f"{LINES[0]}\t0.5\n" + "torn\n" * 30)
    with pytest.raises(UserError, match="20 lines up to line 21 have not 4 fields"):
        list(read_blocks(path, 1, GRID, Problems(path)))


def test_a_label_that_is_none_is_named(tmp_path):
    path = tmp_path / "X.train.labels.tsv"
    rows = [f"{line}\tU" for line in LINES]
    rows[4] = f"{LINES[4]}\tX"
    path.write_text("\n".join(["chr\tstart\tstop\tliver", *rows]) + "\n")
    with pytest.raises(UserError, match=r"1 labels are not U, A or B: line 6 \('X'\)"):
        read_labels(path, GRID)


def test_a_cut_file_is_refused(tmp_path):
    path = tmp_path / "cut.tab.gz"
    packed = gzip.compress("".join(f"{line}\t0.5\n" for line in LINES * 500).encode())
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(UserError, match=r"cut\.tab\.gz: it cannot be read to the end"):
        list(read_blocks(path, 1, GRID, Problems(path)))
