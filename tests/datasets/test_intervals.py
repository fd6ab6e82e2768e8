"""Interval arithmetic, against brute force and against bedtools' answers on the yeast genome."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfbs.datasets.alphabet import decode, reverse_complement
from tfbs.datasets.genome_files import read_genome
from tfbs.datasets.interval_files import read_intervals
from tfbs.datasets.intervals import count_inside, count_overlaps, merge, overlaps_any
from tfbs.datasets.text_files import open_text

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=8)
SHARES = st.sampled_from([0.0, 0.25, 0.3, 0.5, 1.0])


def arrays(spans):
    pairs = np.array([(start, start + width) for start, width in spans], np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


@given(SPANS, st.integers(1, 15), st.integers(1, 10), SHARES, SHARES, st.booleans())
def test_counts_are_those_of_every_pair(spans, width, step, of_window, of_interval, either):
    starts, ends = arrays(spans)
    first = np.arange(0, 80, step)
    found = count_overlaps(
        (first, first + width),
        (starts, ends),
        of_window=of_window,
        of_interval=of_interval,
        either=either,
    )
    expected = []
    for begin in first:
        overlap = np.minimum(ends, begin + width) - np.maximum(starts, begin)
        tests = [overlap >= of_window * width, overlap >= of_interval * (ends - starts)]
        enough = np.logical_or(*tests) if either else np.logical_and(*tests)
        expected.append(int((enough & (overlap >= 1)).sum()))
    assert found.tolist() == expected


@given(SPANS)
def test_merged_intervals_cover_the_same_and_do_not_touch(spans):
    starts, ends = merge(arrays(spans))
    covered = {base for start, width in spans for base in range(start, start + width)}
    assert covered == {base for s, e in zip(starts, ends, strict=True) for base in range(s, e)}
    assert (starts[1:] > ends[:-1]).all()


@given(SPANS, SPANS)
def test_any_overlap_is_one_base_in_common(windows, spans):
    bases = {base for start, width in spans for base in range(start, start + width)}
    expected = [not bases.isdisjoint(range(start, start + width)) for start, width in windows]
    assert overlaps_any(arrays(windows), arrays(spans)).tolist() == expected


@given(SPANS, st.lists(st.integers(0, 90)))
def test_points_inside_are_counted_half_open(windows, points):
    expected = [sum(s <= point < s + w for point in points) for s, w in windows]
    assert count_inside(arrays(windows), np.array(points, np.int64)).tolist() == expected


# ---- the real genome: every row of what bedtools 2.30.0 said


@pytest.fixture(scope="module")
def yeast(shared_data):
    folder = shared_data / "yeast"
    genome = read_genome(folder / "genome" / "sacCer3_nuclear.fa.gz")
    return folder, genome, {name: len(codes) for name, codes in genome.items()}


def rows(path):
    with open_text(path) as lines:
        return [line.rstrip("\n").split("\t") for line in lines]


def windows_of(table):
    by_chromosome = {}
    for index, row in enumerate(table):
        by_chromosome.setdefault(row[0], []).append((index, int(row[1]), int(row[2])))
    return {name: np.array(found) for name, found in by_chromosome.items()}


RULES = {
    "any": {},
    "f25": {"of_window": 0.25},
    "F50": {"of_interval": 0.5},
    "f50": {"of_window": 0.5},
    "e50": {"of_window": 0.5, "of_interval": 0.5, "either": True},
}


def test_every_window_counts_as_bedtools_does(yeast, shared_data):
    folder, _, lengths = yeast
    header, *table = rows(
        shared_data / "bedtools-reference-yeast" / "window200_overlap_counts.tsv.gz"
    )
    assert len(table) == 60_365
    peaks = {
        factor: read_intervals(folder / "peaks" / f"{factor}.narrowPeak", lengths)
        for factor in ("Reb1", "Abf1")
    }
    for name, found in windows_of(table).items():
        for column in range(3, len(header)):
            factor, rule = header[column].split("_")
            counts = count_overlaps(
                (found[:, 1], found[:, 2]),
                peaks[factor].chromosomes[name].spans,
                **RULES[rule],
            )
            assert counts.tolist() == [int(table[index][column]) for index in found[:, 0]]


def test_windows_that_touch_the_exclusion_list_are_those_of_bedtools(yeast, shared_data):
    folder, _, lengths = yeast
    reference = shared_data / "bedtools-reference-yeast"
    _, *table = rows(reference / "window200_overlap_counts.tsv.gz")
    excluded = read_intervals(folder / "genome" / "exclude_list.bed", lengths)
    kept = []
    for name, found in windows_of(table).items():
        free = ~overlaps_any((found[:, 1], found[:, 2]), excluded.chromosomes[name].spans)
        kept += [f"{name}\t{start}\t{end}\n" for _, start, end in found[free]]
    count, digest = (reference / "windows200_not_excluded.count").read_text().split()
    assert len(kept) == int(count)
    assert hashlib.md5("".join(kept).encode()).hexdigest() == digest  # noqa: S324


def test_merges_are_those_of_bedtools(yeast, shared_data):
    folder, _, lengths = yeast
    reference = shared_data / "bedtools-reference-yeast"
    excluded = read_intervals(folder / "genome" / "exclude_list.bed", lengths)
    merged = []
    for name, found in excluded.chromosomes.items():
        starts, ends = found.spans
        wide = np.maximum(starts - 1000, 0), np.minimum(ends + 1000, lengths[name])
        merged += [[name, str(s), str(e)] for s, e in zip(*merge(wide), strict=True)]
    assert sorted(merged) == sorted(rows(reference / "exclude_slop1000_merged.bed"))
    everything = {}
    for path in (folder / "peaks").glob("*.narrowPeak"):
        for name, found in read_intervals(path, lengths).chromosomes.items():
            everything.setdefault(name, []).append(found.spans)
    union = [
        [name, str(start), str(end)]
        for name, spans in everything.items()
        for start, end in zip(
            *merge(tuple(np.concatenate(parts) for parts in zip(*spans, strict=True))),
            strict=True,
        )
    ]
    assert sorted(union) == sorted(rows(reference / "all_dev_tfs_merged.bed"))


@pytest.mark.parametrize("stranded", [False, True])
def test_sequences_on_both_strands_are_those_of_getfasta(yeast, shared_data, stranded):
    _, genome, _ = yeast
    reference = shared_data / "bedtools-reference-yeast"
    name = "Cbf1_slop50_stranded" if stranded else "Cbf1_slop50"
    sequences = (reference / f"{name}.fa").read_text().split("\n")[1::2]
    table = rows(reference / f"{name}.bed")
    assert len(table) == len(sequences) == 200
    for row, expected in zip(table, sequences, strict=True):
        codes = genome[row[0]][int(row[1]) : int(row[2])]
        minus = stranded and row[5] == "-"
        assert decode(reverse_complement(codes) if minus else codes) == expected
