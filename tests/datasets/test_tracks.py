"""Tracks: what is covered, what is not, and bedtools' answers on the yeast genome."""

from __future__ import annotations

import gzip

import numpy as np
import pybigtools
import pytest

from tfbs.datasets.tracks import read_track
from tfbs.errors import UserError

LENGTHS = {"chrI": 100, "chrII": 50}


def write_big_wig(path, sizes, values):
    pybigtools.open(str(path), "w").write(sizes, values)
    return path


def test_what_a_big_wig_does_not_cover_is_nan_and_not_zero(tmp_path):
    path = write_big_wig(
        tmp_path / "a.bw", {"chrI": 100}, [("chrI", 10, 20, 2.5), ("chrI", 20, 30, 0.0)]
    )
    track = read_track(path, LENGTHS)
    values = track.values("chrI", 0, 100)
    assert values[10:20].tolist() == [2.5] * 10 and values[20:30].tolist() == [0.0] * 10
    assert np.isnan(values[:10]).all() and np.isnan(values[30:]).all()
    assert np.isnan(track.values("chrII", 0, 50)).all()
    assert track.notes == ("a.bw: nothing is known (NaN) on chrII",)


def test_a_big_wig_of_another_assembly_or_style_is_refused(tmp_path):
    other = write_big_wig(tmp_path / "b.bw", {"chrI": 90}, [("chrI", 0, 5, 1.0)])
    with pytest.raises(UserError, match=r"chrI has 90 bp, chrI of the genome 100.*same"):
        read_track(other, LENGTHS)
    bare = write_big_wig(tmp_path / "c.bw", {"I": 100}, [("I", 0, 5, 1.0)])
    with pytest.raises(UserError, match=r"are named I, those of the genome chrI.*--rename auto"):
        read_track(bare, LENGTHS)
    assert read_track(bare, LENGTHS, "auto").values("chrI", 0, 100)[0] == 1


def test_a_broken_big_wig_is_named(tmp_path):
    path = write_big_wig(tmp_path / "d.bw", {"chrI": 100}, [("chrI", 0, 5, 1.0)])
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(UserError, match=r"d\.bw: not a readable bigWig"):
        read_track(path, LENGTHS)


def test_fragments_pile_up_and_repeated_ones_count(tmp_path):
    path = tmp_path / "fragments.bed.gz"
    with gzip.open(path, "wt") as file:
        file.write("chrI\t0\t3\nchrI\t1\t4\nchrI\t1\t4\nchrII\t49\t60\nchrM\t0\t9\n")
    track = read_track(path, LENGTHS)
    assert track.values("chrI", 0, 100)[:6].tolist() == [1, 3, 3, 2, 0, 0]
    assert track.values("chrII", 0, 50)[48:].tolist() == [0, 1]
    assert track.notes == (
        "fragments.bed.gz: 1 of 5 fragments are left out, on chrM, which the genome lacks",
    )


def test_a_fragment_beyond_the_end_names_its_line(tmp_path):
    path = tmp_path / "f.bed"
    path.write_text("chrI\t0\t3\nchrII\t70\t80\n")
    with pytest.raises(UserError, match=r"f\.bed, line 2: the interval starts at 70, beyond"):
        read_track(path, LENGTHS)


def yeast_lengths(shared_data):
    text = (shared_data / "yeast/genome/sacCer3_nuclear.chrom.sizes").read_text()
    return {name: int(size) for name, size in (line.split("\t") for line in text.splitlines())}


def test_fragment_coverage_is_that_of_bedtools_genomecov(shared_data):
    lengths = yeast_lengths(shared_data)
    made = read_track(shared_data / "yeast/raw/yeast_500k_SRR1822137.bedpe.gz", lengths)
    given = read_track(shared_data / "yeast/tracks/ATAC_SRR1822137_fragments.bw", lengths)
    for name, length in lengths.items():
        expected = np.nan_to_num(given.values(name, 0, length))
        np.testing.assert_array_equal(made.values(name, 0, length), expected)
        some = slice(length // 3, length // 2)
        np.testing.assert_array_equal(made.values(name, some.start, some.stop), expected[some])


def test_every_window_mean_and_maximum_is_that_of_bedtools(shared_data):
    lengths = yeast_lengths(shared_data)
    track = read_track(shared_data / "yeast/tracks/ATAC_SRR1822137_fragments.bw", lengths)
    reference = shared_data / "bedtools-reference-yeast"
    with gzip.open(reference / "atac_window200_mean_max_zero_filled.tsv.gz", "rt") as lines:
        table = [line.split() for line in lines][1:]
    with gzip.open(reference / "atac_window200_map_max_count.tsv.gz", "rt") as lines:
        uncovered = {tuple(row[:3]) for row in map(str.split, lines) if row[3] == "."}
    assert len(table) == 60_365 and len(uncovered) > 0
    signals = {name: track.values(name, 0, length) for name, length in lengths.items()}
    for name, start, end, mean, largest in table:
        window = signals[name][int(start) : int(end)]
        assert np.isnan(window).all() == ((name, start, end) in uncovered)
        filled = np.nan_to_num(window)
        assert filled.max() == float(largest)
        assert filled.mean(dtype=float) == pytest.approx(float(mean), abs=1e-5)


def test_a_track_of_three_chromosomes_without_chr_is_mapped_on_request(shared_data):
    lengths = yeast_lengths(shared_data)
    path = shared_data / "yeast/tracks/MNase.bw"
    with pytest.raises(UserError, match=r"named II, IV, XVI, those of the genome chrI"):
        read_track(path, lengths)
    track = read_track(path, lengths, "auto")
    assert np.isfinite(track.values("chrIV", 0, lengths["chrIV"])).any()
    assert np.isnan(track.values("chrI", 0, lengths["chrI"])).all()
    assert "nothing is known (NaN) on chrI, chrIII" in track.notes[0]


def test_a_big_wig_that_is_cut_off_behind_its_header_is_named(tmp_path):
    values = [("chrI", start, start + 1, float(start)) for start in range(100)]
    path = write_big_wig(tmp_path / "e.bw", {"chrI": 100}, values)
    track = read_track(path, LENGTHS)
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(UserError, match=r"e\.bw: "):
        track.values("chrI", 0, 100)
