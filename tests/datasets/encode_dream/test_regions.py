"""The bins of the challenge: every count that is known of them."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from tfbs.__main__ import main
from tfbs.datasets.encode_dream.hg19 import HELD_OUT, HG19
from tfbs.datasets.encode_dream.regions import challenge_grid, dream_grid
from tfbs.datasets.interval_files import read_columns, read_intervals

COUNTS = """
1 4980065 2 4857748 3 3955446 4 3812501 5 3602250 6 3419293 7 3151146 8 2905087
9 2817543 10 2702470 11 2672380 12 2659379 13 2303355 14 2145762 15 2049716 16 1798121 17 1622319
18 1561114 19 1165049 20 1258450 21 957859 22 1025608 X 3097086
"""


def test_every_chromosome_has_the_official_number_of_bins():
    grid = challenge_grid("test")
    bins = np.bincount(grid.runs[:, 0], grid.runs[:, 2])
    found = {name: int(own) for name, own in zip(grid.chromosomes, bins, strict=True)}
    words = COUNTS.split()
    expected = zip(words[::2], words[1::2], strict=True)
    assert found == {f"chr{name}": int(count) for name, count in expected}


@pytest.mark.parametrize(
    ("regions", "bins"), [("test", 60_519_747), ("train", 51_676_736), ("ladder", 8_843_011)]
)
def test_every_region_file_has_the_official_number_of_bins(regions, bins):
    grid = challenge_grid(regions)
    assert len(grid) == bins
    assert list(grid.chromosomes) == sorted(grid.chromosomes)
    assert (regions == "ladder") == (set(grid.chromosomes) == set(HELD_OUT))


def test_the_recipe_gives_the_bins_that_are_shipped(shared_data):
    path = shared_data / "ref-intervals/hg19-blacklist.v1.bed.gz"
    excluded = read_intervals(path, HG19.lengths)
    assert "119 of 411 intervals are left out, on chrM, chrY" in excluded.notes[0]
    spans = {name: found.spans for name, found in excluded.chromosomes.items()}
    for regions in ("train", "ladder", "test"):
        ours = dream_grid(HG19.lengths, spans, regions)
        shipped = challenge_grid(regions)
        assert ours.chromosomes == shipped.chromosomes
        np.testing.assert_array_equal(ours.runs, shipped.runs)


def test_the_region_file_of_others_tiles_to_the_same_bins(shared_data):
    path = shared_data / "dream-peaks-hg19/DREAM_regions.blacklistfiltered.merged.bed"
    columns = read_columns(path)
    names = np.array(columns.names)[columns.chromosomes]
    theirs = {
        (name, start, (end - 200 - start) // 50 + 1)
        for name, start, end in zip(
            names.tolist(), columns.starts.tolist(), columns.ends.tolist(), strict=True
        )
    }
    grid = challenge_grid("test")
    assert {(grid.chromosomes[c], s, n) for c, s, n in grid.runs.tolist()} == theirs


def test_the_chromosomes_are_those_of_hg19(shared_data):
    rows = (shared_data / "ref-intervals/hg19.chrom.sizes").read_text().splitlines()
    sizes = {name: int(size) for name, size in (row.split("\t")[:2] for row in rows)}
    assert {name: sizes[name] for name in HG19.lengths} == HG19.lengths


def test_a_row_is_found_again_by_its_place():
    grid = challenge_grid("ladder")
    rows = np.random.default_rng(0).integers(0, len(grid), 1000)
    np.testing.assert_array_equal(grid.row(grid.chromosome(rows), grid.start(rows)), rows)
    assert (grid.row(np.array([0, -1]), np.array([601, 600])) == -1).all()


def test_the_region_file_is_written(tmp_path, monkeypatch, capsys):
    small = challenge_grid("ladder").only(["chr21"])
    monkeypatch.setattr("tfbs.datasets.encode_dream.regions.challenge_grid", lambda _: small)
    assert main(["dream", "regions", "ladder", "--to", str(tmp_path)]) == 0
    path = tmp_path / "ladder_regions.blacklistfiltered.bed.gz"
    assert capsys.readouterr().out.strip() == str(path)
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    assert len(lines) == 957_859
    name, start, end = lines[0].split("\t")
    assert name == "chr21" and int(end) - int(start) == 200
