"""Contributions for genome browsers: where they lie, on what, and for which cell."""

from __future__ import annotations

import numpy as np
import pybigtools
import pytest

from tfbs.benchmark.explain.big_wig import check_places, places_of, read_sizes, write_big_wigs
from tfbs.errors import UserError

LENGTH = 100
NAMES = ["chr2:50-150", "chr10:880-980(-)", "chr2:100-200"]
SIZES = {"chr2": 170, "chr10": 950, "chrM": 16000}


@pytest.fixture
def contributions():
    return np.random.default_rng(0).normal(size=(3, LENGTH)).astype("float32")


def values(path, chromosome, start, end):
    with pybigtools.open(str(path)) as reader:
        return reader.values(chromosome, start, end, fillna=None)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("chr2:50-150", ("chr2", 50, False)),
        ("chr2:51-150", ("chr2", 50, False)),
        ("K562:chr2:50-150", ("chr2", 50, False)),
        ("peak::chr2:50-150(-)", ("chr2", 50, True)),
        ("chr2:90-110", ("chr2", 50, False)),
    ],
)
def test_a_name_says_where_a_window_of_a_hundred_lies(name, place):
    assert places_of([name], LENGTH) == [place]
    assert places_of([name, "peak 7"], LENGTH) is None


def test_chromosomes_end_where_the_sizes_say(tmp_path, contributions):
    places = places_of(NAMES, LENGTH)
    check_places(places, SIZES, "sizes")
    (path,) = write_big_wigs(tmp_path, places, contributions, [""] * 3, SIZES)
    assert path.name == "contributions.bw"
    with pybigtools.open(str(path)) as reader:
        assert reader.chroms() == {"chr2": 170, "chr10": 950}
    found = values(path, "chr2", 50, 170)
    np.testing.assert_allclose(found[:50], contributions[0, :50], rtol=1e-6)
    both = (contributions[0, 50:] + contributions[2, :50]) / 2
    np.testing.assert_allclose(found[50:100], both, rtol=1e-6)
    np.testing.assert_allclose(found[100:], contributions[2, 50:70], rtol=1e-6)
    turned = contributions[1, ::-1]
    np.testing.assert_allclose(values(path, "chr10", 880, 950), turned[:70], rtol=1e-6)


def test_without_sizes_a_chromosome_ends_with_its_last_window(tmp_path, contributions):
    places = places_of(NAMES, LENGTH)
    (path,) = write_big_wigs(tmp_path, places, contributions, [""] * 3)
    with pybigtools.open(str(path)) as reader:
        assert reader.chroms() == {"chr2": 200, "chr10": 980}


def test_each_cell_has_a_file(tmp_path, contributions):
    places = [("chr2", 50, False)] * 3
    cells = ["K562", "liver/adult", "K562"]
    paths = write_big_wigs(tmp_path, places, contributions, cells, SIZES)
    assert [path.name for path in paths] == [
        "contributions-K562.bw",
        "contributions-liver_adult.bw",
    ]
    mean = (contributions[0] + contributions[2]) / 2
    np.testing.assert_allclose(values(paths[0], "chr2", 50, 150), mean, rtol=1e-6)
    np.testing.assert_allclose(values(paths[1], "chr2", 50, 150), contributions[1], rtol=1e-6)


def test_sizes_are_read_from_chrom_sizes_and_from_an_index(tmp_path):
    path = tmp_path / "sizes"
    path.write_text("chr2\t170\nchr10\t950\nchrM\t16000\n")
    assert read_sizes(path) == SIZES
    path.write_text("chr2\t170\t6\t60\t61\n")
    assert read_sizes(path) == {"chr2": 170}
    for text, said in (
        ("chr2 long\n", "line 1: 'chr2 long' is not a chromosome and its length"),
        ("\n", "names no chromosome"),
    ):
        path.write_text(text)
        with pytest.raises(UserError, match=said):
            read_sizes(path)


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ({"chr2": 170}, "sizes: chromosome chr10 of the sequences is not in it"),
        ({"chr2": 170, "chr10": 880}, "a window starts at chr10:880, but chr10 ends at 880"),
        ({"2": 170, "10": 950}, "sizes"),
    ],
)
def test_sizes_of_another_assembly_are_refused(sizes, said):
    with pytest.raises(UserError, match=said):
        check_places(places_of(NAMES, LENGTH), sizes, "sizes")
