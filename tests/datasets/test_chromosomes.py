"""Names of chromosomes: refused or mapped, never dropped in silence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfbs.datasets.chromosomes import guess_names, match_chromosomes, read_renaming
from tfbs.errors import UserError

ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII"]
ROMAN += ["IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI"]
YEAST = [f"chr{number}" for number in ROMAN]
HUMAN = [f"chr{number}" for number in [*range(1, 23), "X", "Y", "M"]]


@pytest.mark.parametrize("prefix", ["", "chr", "Chr", "chr0"])
def test_arabic_and_roman_are_one_numbering(prefix):
    names = [f"{prefix}{number}" for number in range(1, 17)]
    assert guess_names(names, YEAST) == dict(zip(names, YEAST, strict=True))
    back = {roman: name for name, roman in guess_names(names, YEAST).items()}
    assert guess_names(YEAST, names) == back


def test_x_is_ten_in_yeast_and_a_sex_chromosome_in_man():
    assert guess_names(["X"], YEAST) == {"X": "chrX"}
    assert guess_names(["10"], YEAST) == {"10": "chrX"}
    assert guess_names(["X", "10", "MT"], HUMAN) == {"X": "chrX", "10": "chr10", "MT": "chrM"}
    assert guess_names(["chrX", "chr2"], ["1", "2", "X"]) == {"chrX": "X", "chr2": "2"}
    assert guess_names(["chrX"], [str(number) for number in range(1, 17)]) == {}
    assert guess_names(["chrX", "chrIV"], ["4", "10"]) == {"chrX": "10", "chrIV": "4"}


@given(st.sets(st.sampled_from(YEAST), min_size=1))
def test_names_of_the_genome_need_no_mapping(names):
    assert match_chromosomes(names, YEAST, "f") == ({name: name for name in names}, [])


def test_another_style_is_refused_with_the_way_out_or_mapped():
    with pytest.raises(UserError) as error:
        match_chromosomes(["chr1", "chr2"], YEAST, "peaks.bed")
    assert "peaks.bed: its chromosomes are named chr1, chr2" in str(error.value)
    assert "chrI, chrII, chrIII, ..." in str(error.value)
    assert "--rename auto (chr1 = chrI)" in str(error.value)
    matched, missing = match_chromosomes(["chr1", "chrM"], YEAST, "peaks.bed", "auto")
    assert matched == {"chr1": "chrI"} and missing == ["chrM"]


def test_nothing_in_common_is_never_an_empty_set():
    with pytest.raises(UserError, match=r"none of its chromosomes \(a, b\) is in the genome"):
        match_chromosomes(["a", "b"], YEAST, "f", "auto")


def test_two_names_of_one_chromosome_are_refused():
    with pytest.raises(UserError, match="'chrI' and 'I' would both be 'chrI'"):
        match_chromosomes(["I", "chrI"], YEAST, "f", "auto")


def test_a_file_of_names_maps_what_no_style_explains(tmp_path):
    path = tmp_path / "names.tsv"
    path.write_text("# file genome\nNC_001133.9\tchrI\n\n")
    renaming = read_renaming(str(path))
    assert match_chromosomes(["NC_001133.9"], YEAST, "f", renaming)[0] == {"NC_001133.9": "chrI"}
    path.write_text("a b c\n")
    with pytest.raises(UserError, match=r"names\.tsv, line 1: 'a b c' has 3 columns"):
        read_renaming(str(path))
    with pytest.raises(UserError, match="no such file"):
        read_renaming(str(tmp_path / "none"))
