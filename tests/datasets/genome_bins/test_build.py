"""A genome task from files to rows."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import tensorflow_datasets as tfds
from click.testing import CliRunner
from tests.datasets.genome_bins.conftest import LENGTHS, narrow_peak, spans_of

import tfbs.datasets  # noqa: F401
from tfbs.datasets.alphabet import one_hot
from tfbs.datasets.cli import data
from tfbs.datasets.genome_bins.build import build_genome_bins
from tfbs.datasets.genome_bins.folds import resolve_folds
from tfbs.datasets.genome_bins.labels import LabelRule
from tfbs.datasets.genome_bins.layout import Layout, in_gaps
from tfbs.datasets.task import load_task
from tfbs.errors import UserError

FOLDS = {"train": ["chr1"], "valid": ["chr2"], "test": ["chr3"]}
HELD_OUT = ("h",)


@pytest.fixture(scope="module")
def folds(tmp_path_factory):
    path = tmp_path_factory.mktemp("folds") / "folds.json"
    path.write_text(json.dumps(FOLDS))
    return path


@pytest.fixture(scope="module")
def layout(folds):
    return Layout(context=600, rule=LabelRule("any"), folds=folds, held_out_cells=HELD_OUT)


@pytest.fixture(scope="module")
def built(tmp_path_factory, files, layout):
    folder = tmp_path_factory.mktemp("data")
    task = build_genome_bins("two", files, layout, data_dir=folder, workers=1)
    return task, folder


def test_every_row_is_the_window_that_its_name_says(built, genome):
    task, _ = built
    assert set(task.splits) == {"train", "valid", "test", "test_cell"}
    for name, split in task.splits.items():
        rows = np.random.default_rng(0).permutation(len(split))[:50]
        windows, tracks = split.sequence[rows], split.tracks[rows]
        assert windows.shape == (50, 600) and tracks.shape == (50, 600, 1)
        for row, window in zip(split.ids[rows], windows, strict=True):
            cell, chromosome, place = row.split(":")
            start, end = map(int, place.split("-"))
            assert chromosome in FOLDS[name.removesuffix("_cell")] and end - start == 200
            assert (cell in HELD_OUT) == (name == "test_cell")
            padded = np.pad(genome[chromosome], 200, constant_values=4)
            np.testing.assert_array_equal(window, padded[start : start + 600])


def test_a_slice_is_what_its_numbers_are(built):
    split = built[0].splits["valid"]
    rows = np.arange(3, 40)
    for field in (split.ids, split.sequence, split.tracks):
        np.testing.assert_array_equal(field[3:40], field[rows])
        assert len(field) == len(split) == len(split.label) == field.shape[0]


def test_labels_are_those_of_the_peaks_bin_by_bin(built, files):
    task, _ = built
    for name, split in task.splits.items():
        cell = "h" if name == "test_cell" else "k"
        for column, factor in enumerate(task.targets):
            seed = [("A", "k"), ("B", "k"), ("A", "h"), ("B", "h")].index((factor, cell))
            spans = spans_of(seed)
            for row in range(0, len(split), 7):
                _, chromosome, place = split.ids[row : row + 1][0].split(":")
                start = int(place.split("-")[0])
                expected = any(
                    c == chromosome and s < start + 200 and e > start for c, s, e in spans
                )
                assert split.label[row, column] == expected


def test_excluded_bins_are_left_out_and_no_others(built):
    task, _ = built
    ids = set(task.splits["train"].ids[:].tolist())
    starts = {int(name.split(":")[2].split("-")[0]) for name in ids}
    grid = set(range(0, 30_000 - 199, 50))
    assert grid - starts == {start for start in grid if start < 5600 and start + 200 > 5000}
    assert len(ids) == len(task.splits["train"])


def test_tracks_are_scaled_and_uncovered_is_not_zero(built):
    task, _ = built
    split = task.splits["valid"]
    row = int(np.flatnonzero(split.ids[:] == "k:chr2:2200-2400")[0])
    window = split.tracks[np.array([row])][0, :, 0]  # 2000 to 2600; covered to 2500
    assert np.isnan(window[500:]).all() and (window[:500] == window[0]).all()
    known = [
        1.0 + index
        for name in ("chr1", "chr2", "chr3")
        for index, start in enumerate(range(0, LENGTHS[name] - 600, 1000))
        for _ in range(500)
        if not (name == "chr1" and start == 5000)
        and not (name == "chr3" and start == 0 and _ < 300)
    ]
    assert float(window[0]) == pytest.approx(np.log1p(3.0 / np.mean(known)), rel=2e-3)


def test_summits_are_seen_from_the_windows(built):
    task, _ = built
    for name, seeds in (("test", (0, 1)), ("test_cell", (2, 3))):
        split = task.splits[name]
        for target, seed in enumerate(seeds):
            rows = np.flatnonzero(split.label[:, target] == 1)[:20]
            near = split.summits.near(rows, np.full(len(rows), target), 5)
            for row, found in zip(rows, near, strict=True):
                start = int(split.grid.start(np.array([row]))[0]) - 200
                summits = [s + (e - s) // 3 for c, s, e in spans_of(seed) if c == "chr3"]
                expected = [
                    any(abs(start + offset - summit) <= 5 for summit in summits)
                    for offset in range(600)
                ]
                assert found.tolist() == expected


def test_processes_and_one_process_make_the_same(built, files, layout, tmp_path):
    again = build_genome_bins("two", files, layout, data_dir=tmp_path, workers=2)
    assert again.fingerprint == built[0].fingerprint


def test_the_same_files_again_are_left_alone_and_others_need_overwrite(built, files, layout):
    task, folder = built
    said = []
    same = build_genome_bins("two", files, layout, data_dir=folder, progress=said.append)
    assert same.fingerprint == task.fingerprint and "holds this content already" in said[-1]
    other = replace(layout, bin=100, context=500)
    with pytest.raises(UserError, match="exists with other content"):
        build_genome_bins("two", files, other, data_dir=folder)
    assert load_task("genome_bins/two", folder).fingerprint == task.fingerprint


def test_tfds_loads_the_segments(built, genome):
    _, folder = built
    (segment,) = tfds.as_numpy(tfds.load("genome_bins/two", split="valid", data_dir=folder))
    np.testing.assert_array_equal(segment["sequence"], genome["chr2"])
    assert segment["label"].shape == (len(segment["bin_start"]), 2, 2)
    assert segment["track"].dtype == np.float16


def test_held_out_factors_are_known_in_their_own_split_alone(files, layout, tmp_path):
    held = replace(layout, held_out_targets=("B",), held_out_cells=())
    task = build_genome_bins("tf", files, held, data_dir=tmp_path, workers=1)
    assert set(task.splits) == {"train", "valid", "test", "test_tf"}
    for name in ("train", "valid", "test"):
        assert (task.splits[name].label[:, 1] == -1).all()
        assert (task.splits[name].label[:, 0] == 1).any()
    assert (task.splits["test_tf"].label[:, 0] == -1).all()
    assert (task.splits["test_tf"].label[:, 1] == 1).any()


def many(tmp_path, names):
    return narrow_peak(tmp_path / "many.narrowPeak", spans_of(5, names, 300))


def test_a_chromosome_left_out_by_construction_is_unknown(files, layout, tmp_path):
    peaks = {("A", ""): many(tmp_path, ["chr1", "chr2"]), ("B", ""): files.peaks["B", "k"]}
    sources = replace(files, peaks=peaks, tracks={})
    task = build_genome_bins(
        "w", sources, replace(layout, held_out_cells=()), data_dir=tmp_path, workers=1
    )
    label = task.splits["test"].label
    assert (label[:, 0] == -1).all() and (label[:, 1] >= 0).all()
    (note,) = [note for note in task.metadata["notes"] if "unknown, not unbound" in note]
    assert "many.narrowPeak: labels of A" in note and "chr3" in note


def test_withheld_says_so_where_few_peaks_would_be_expected(files, layout, tmp_path):
    few = narrow_peak(tmp_path / "few.narrowPeak", spans_of(5, ["chr1", "chr2"], 5))
    sources = replace(files, peaks={("A", ""): few}, tracks={})
    base = replace(layout, held_out_cells=())
    task = build_genome_bins("few", sources, base, data_dir=tmp_path, workers=1)
    assert (task.splits["test"].label == 0).all()
    assert any("no peak on chr3: unbound" in note for note in task.metadata["notes"])
    told = replace(base, withheld=("chr3",))
    task = build_genome_bins("told", sources, told, data_dir=tmp_path, workers=1)
    assert (task.splits["test"].label == -1).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"folds": "nowhere"}, "no folds are called 'nowhere'; there are auto, dream"),
        ({"folds": "yeast"}, "folds yeast: its chromosomes are named chrIV"),
        ({"held_out_cells": ("x",)}, "held-out cell 'x' has no peaks; there are k, h"),
        ({"held_out_cells": ("k", "h")}, "every cell is held out"),
        ({"held_out_targets": ("Z",)}, "held-out factor 'Z' has no peaks"),
        ({"withheld": ("chr9",)}, "none of its chromosomes"),
    ],
)
def test_layouts_that_do_not_fit_the_files_are_refused(files, layout, tmp_path, change, message):
    with pytest.raises(UserError, match=message):
        build_genome_bins("no", files, replace(layout, **change), data_dir=tmp_path)
    assert not list(tmp_path.glob("genome_bins/*"))


@pytest.mark.parametrize("numbers", [{"context": 100}, {"context": 301}, {"bin": 0}, {"step": 0}])
def test_sizes_that_do_not_fit_are_refused(numbers):
    with pytest.raises(UserError):
        Layout(**numbers)


def test_folds_are_checked(files, layout, tmp_path):
    for folds, message in (
        ({"valid": ["chr2"], "test": ["chr9"]}, "the genome has no chromosome 'chr9'"),
        ({"valid": ["chr2"], "test": ["chr2"]}, "chr2 is in valid and in test"),
        ({"valid": [], "test": ["chr2"]}, "no chromosome is left for valid"),
        ({"test": ["chr2"]}, "folds are"),
    ):
        path = tmp_path / "f.json"
        path.write_text(json.dumps(folds))
        with pytest.raises(UserError, match=message):
            build_genome_bins("no", files, replace(layout, folds=path), data_dir=tmp_path)


def test_automatic_folds_take_whole_chromosomes(files, layout, tmp_path):
    task = build_genome_bins("auto", files, replace(layout, folds="auto"), data_dir=tmp_path)
    names = [task.splits[split].grid.chromosomes for split in ("train", "valid", "test")]
    assert sorted(name for group in names for name in group) == sorted(LENGTHS)
    assert all(names)


def test_negative_tracks_need_no_scale(files, layout, tmp_path):
    import pybigtools

    path = tmp_path / "minus.bw"
    pybigtools.open(str(path), "w").write(LENGTHS, [("chr1", 0, 9, -1.0)])
    sources = replace(files, tracks={("log", ""): path})
    with pytest.raises(UserError, match=r"minus\.bw: the track has negative values \(-1\)"):
        build_genome_bins("minus", sources, layout, data_dir=tmp_path)
    assert not list(tmp_path.glob("genome_bins/minus")) and not list(tmp_path.glob(".building*"))
    plain = replace(layout, scale_tracks=False)
    task = build_genome_bins("minus", sources, plain, data_dir=tmp_path)
    assert task.splits["train"].tracks[:1][0, 200, 0] == -1


def test_the_command_line_builds_and_shows(files, folds, tmp_path):
    arguments = ["build", "genome_bins", "--name", "cli", "--genome", str(files.genome)]
    for (factor, cell), path in files.peaks.items():
        arguments += ["--peaks", f"{factor}/{cell}={path}", "--relaxed", f"{factor}/{cell}={path}"]
    for (name, cell), path in files.tracks.items():
        arguments += ["--tracks", f"{name}/{cell}={path}"]
    arguments += ["--folds", str(folds), "--exclude", str(files.exclude[0]), "--context", "600"]
    arguments += ["--hold-out-cell", "h", "--data-dir", str(tmp_path), "--workers", "1"]
    result = CliRunner().invoke(data, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert "2 factors in 2 cell types on" in result.output
    assert "label rule   dream" in result.output and "test_cell" in result.output
    assert encoded_first_row(tmp_path).shape == (1, 600, 4)


def encoded_first_row(folder):
    return one_hot(load_task("genome_bins/cli", folder).splits["train"].sequence[:1])


@pytest.mark.parametrize("value", ["A", "=f", "A=", "A/b/c=f"])
def test_pairs_have_one_form(value, files):
    arguments = ["build", "genome_bins", "--name", "x", "--genome", "g", "--peaks", value]
    result = CliRunner().invoke(data, arguments)
    assert isinstance(result.exception, UserError)
    assert "write NAME=FILE or NAME/CELL=FILE" in str(result.exception)


def test_values_too_large_to_be_stored_are_refused(files, layout, tmp_path):
    import pybigtools

    path = tmp_path / "deep.bw"
    pybigtools.open(str(path), "w").write(LENGTHS, [("chr1", 0, 900, 70_000.0)])
    sources = replace(files, tracks={("deep", ""): path})
    plain = replace(layout, scale_tracks=False)
    with pytest.raises(UserError, match=r"track deep of .*70,000 on chr1 is more than 65,504"):
        build_genome_bins("deep", sources, plain, data_dir=tmp_path)


def test_what_is_held_out_twice_is_held_out_once(folds):
    layout = Layout(folds=folds, held_out_cells=("h", "h"), held_out_targets=("A", "A"))
    assert (layout.held_out_cells, layout.held_out_targets) == (("h",), ("A",))


def test_versions_of_a_piece_of_a_chromosome_are_in_no_split():
    lengths = dict.fromkeys(
        ["chr1", "chr6", "chr8", "chr11", "chr21", "chr1_KI270706v1_random", "chrUn_GL000195v1",
         "chr6_GL000250v2_alt", "chr6_cox_hap2", "chr1_KN196472v1_fix", "chr6_hap"], 1000
    )  # fmt: skip
    folds, _ = resolve_folds("dream", lengths)
    assert folds["train"] == ("chr6", "chr1_KI270706v1_random", "chrUn_GL000195v1", "chr6_hap")
    spread, _ = resolve_folds("auto", lengths)
    assert not {n for names in spread.values() for n in names if n.endswith(("alt", "2", "fix"))}


@pytest.mark.parametrize("width", [3, 5])
def test_bins_in_a_gap_are_none(width):
    codes = np.array([4, 4, 4, 0, 4, 4, 4, 4, 4, 1, 2, 4, 4, 4, 4, 4], "uint8")
    starts = np.arange(len(codes) - width + 1)
    expected = [bool((codes[start : start + width] == 4).all()) for start in starts]
    assert in_gaps(codes, starts, width).tolist() == expected
    assert not in_gaps(np.zeros(9, "uint8"), np.arange(3), width).any()
