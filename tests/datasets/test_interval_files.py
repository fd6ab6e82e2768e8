"""BED and narrowPeak as people have them."""

from __future__ import annotations

import gzip

import pytest

from tfbs.datasets.interval_files import read_intervals
from tfbs.errors import UserError

LENGTHS = {"chrI": 1000, "chrII": 500}


def write(tmp_path, text, name="peaks.bed"):
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


def flat(found):
    return [
        (name, int(start), int(end), int(summit))
        for name, part in found.chromosomes.items()
        for start, end, summit in zip(part.starts, part.ends, part.summits, strict=True)
    ]


NARROW = "\t.\t0\t.\t1\t-1\t-1\t"


def test_narrow_peaks_of_10_and_20_columns_give_summits(tmp_path):
    ten = write(tmp_path, f"chrI\t10\t60{NARROW}7\n")
    twenty = write(tmp_path, f"chrI\t10\t60{NARROW}9" + "\t0" * 10 + "\n", "twenty.bed")
    assert flat(read_intervals(ten, LENGTHS)) == [("chrI", 10, 60, 17)]
    assert flat(read_intervals(twenty, LENGTHS)) == [("chrI", 10, 60, 19)]
    assert read_intervals(ten, LENGTHS).has_summits


def test_a_summit_at_the_end_is_the_last_base(tmp_path):
    found = read_intervals(write(tmp_path, f"chrI\t10\t60{NARROW}50\n"), LENGTHS)
    assert flat(found) == [("chrI", 10, 60, 59)]


def test_plain_bed_has_the_middle_for_a_summit(tmp_path):
    found = read_intervals(write(tmp_path, "chrI\t10\t21\n"), LENGTHS)
    assert flat(found) == [("chrI", 10, 21, 15)] and not found.has_summits


def test_unsorted_repeated_and_multi_summit_lines_with_windows_line_ends(tmp_path):
    text = (
        "track name=x\r\n# comment\r\n"
        f"chrII\t5\t9{NARROW}1\r\nchrI\t50\t90{NARROW}30\r\nchrI\t50\t90{NARROW}3\r\n"
        f"chrI\t50\t90{NARROW}3\r\n\r\nchrI\t1\t4{NARROW}-1\r\n"
    )
    found = read_intervals(write(tmp_path, text), LENGTHS)
    expected = [("chrI", 1, 4, 2), ("chrI", 50, 90, 53), ("chrI", 50, 90, 80), ("chrII", 5, 9, 6)]
    assert flat(found) == expected
    assert found.count == 4
    assert found.notes == ("peaks.bed: 1 repeated lines count once",)


def test_an_end_beyond_the_chromosome_is_clipped_and_said(tmp_path):
    found = read_intervals(write(tmp_path, "chrII\t490\t510\n"), LENGTHS)
    assert flat(found) == [("chrII", 490, 500, 495)]
    assert found.notes == ("peaks.bed: 1 intervals are clipped to the chromosome's end",)


def test_a_start_beyond_the_chromosome_is_another_assembly(tmp_path):
    path = write(tmp_path, "chrI\t1\t2\nchrII\t500\t510\n")
    with pytest.raises(
        UserError, match=r"peaks\.bed, line 2: .* 500, beyond the end of chrII \(500 bp\)"
    ):
        read_intervals(path, LENGTHS)


def test_chromosomes_that_the_genome_lacks_are_left_out_and_said(tmp_path):
    found = read_intervals(write(tmp_path, "chrI\t1\t2\nchrM\t1\t2\nchrM\t3\t4\n"), LENGTHS)
    assert flat(found) == [("chrI", 1, 2, 1)]
    assert found.notes == (
        "peaks.bed: 2 of 3 intervals are left out, on chrM, which the genome lacks",
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("chrI\t5", "line 2: 'chrI\\\\t5' is no interval; columns are"),
        ("chrI 5 9", "line 2: 'chrI 5 9' is no interval; columns are"),
        ("chrI\tx\t9", "line 2: .* is no interval; columns are"),
        ("chrI\t9\t9", "line 2: chrI:9-9 is no interval; the start"),
        ("chrI\t-1\t9", "line 2: chrI:-1-9 is no interval; the start"),
        (f"chrI\t5\t9{NARROW}5", "line 2: the summit, 5 from the start, is outside chrI:5-9"),
    ],
)
def test_a_line_that_is_no_interval_is_named(tmp_path, line, message):
    with pytest.raises(UserError, match=message):
        read_intervals(write(tmp_path, f"chrI\t1\t2\n{line}\n"), LENGTHS)


def test_empty_missing_and_cut_files_are_named(tmp_path):
    with pytest.raises(UserError, match="holds no intervals"):
        read_intervals(write(tmp_path, "\n"), LENGTHS)
    with pytest.raises(UserError, match=r"none\.bed: no such file"):
        read_intervals(tmp_path / "none.bed", LENGTHS)
    packed = gzip.compress(b"chrI\t1\t2\n" * 1000)
    (tmp_path / "cut.bed.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(UserError, match=r"cut\.bed\.gz: the gzip file is cut short"):
        read_intervals(tmp_path / "cut.bed.gz", LENGTHS)


def test_real_peaks_of_every_kind_are_read(shared_data):
    folder = shared_data / "dream-peaks-hg19"
    sizes = (shared_data / "ref-intervals/hg19.chrom.sizes").read_text().splitlines()
    lengths = {name: int(size) for name, size in (line.split("\t") for line in sizes)}
    for path in folder.glob("*.narrowPeak.gz"):
        found = read_intervals(path, lengths)
        with gzip.open(path, "rt") as lines:
            fields = [line.split("\t") for line in lines]
        distinct = {
            (row[0], int(row[1]), int(row[2]), min(int(row[9]), int(row[2]) - int(row[1]) - 1))
            for row in fields
        }
        assert found.count == len(distinct) and found.has_summits
        assert not {"chr1", "chr8", "chr21"} & set(found.chromosomes)
    macs = shared_data / "macs3-ctcf-chr22"
    peaks = read_intervals(macs / "CTCF_chr22.narrowPeak", lengths)
    summits = read_intervals(macs / "CTCF_chr22_summits.bed", lengths)
    assert sorted(peaks.chromosomes["chr22"].summits) == sorted(summits.chromosomes["chr22"].starts)
