"""The label rules, the challenge's against an independent reading of its recipe."""

from __future__ import annotations

import csv
import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfbs.datasets.genome_bins.labels import LabelRule, label_bins
from tfbs.datasets.interval_files import ChromosomeIntervals, read_intervals
from tfbs.datasets.intervals import overlaps_any
from tfbs.errors import UserError

STARTS = np.arange(0, 2000, 50)
BINS = (STARTS, STARTS + 200)


def intervals(*spans):
    starts, ends = (np.array(values, np.int64) for values in zip(*spans, strict=True))
    return ChromosomeIntervals(starts, ends, (starts + ends) // 2)


def label(rule, peaks, relaxed=None, fraction=0.5):
    return label_bins(
        BINS, peaks, relaxed, LabelRule(rule, fraction), has_relaxed=relaxed is not None
    )


def by_start(labels, value):
    return STARTS[labels == value].tolist()


def test_any_center_and_fraction_by_hand():
    peak = intervals((500, 601))  # middle 550
    assert by_start(label("any", peak), 1) == list(range(350, 601, 50))
    assert by_start(label("center", peak), 1) == [400, 450, 500, 550]
    assert by_start(label("fraction", peak), 1) == [400, 450, 500]
    assert by_start(label("fraction", peak, fraction=0.25), 1) == [350, 400, 450, 500, 550]
    assert by_start(label("fraction", intervals((0, 800)), fraction=1.0), 1)[-1] == 600


def test_what_a_relaxed_peak_touches_is_ambiguous_unless_bound():
    labels = label("center", intervals((500, 601)), intervals((500, 601)))
    assert by_start(labels, 1) == [400, 450, 500, 550]
    assert by_start(labels, -1) == [350, 600]


def test_the_challenge_rule_by_hand():
    wide, narrow = intervals((500, 900)), intervals((500, 560))
    assert by_start(label("dream", wide), 1) == list(range(400, 801, 50))  # half of the bin
    assert by_start(label("dream", narrow), 1) == list(range(350, 501, 50))  # half of the peak
    touched = label("dream", wide, wide)
    assert by_start(touched, -1) == [350, 850]
    two = intervals((500, 600), (620, 700))
    assert -1 in label("dream", two) and 1 in label("dream", two)
    book_ended = intervals((500, 600), (600, 700))
    np.testing.assert_array_equal(label("dream", book_ended), label("dream", intervals((500, 700))))


SPANS = st.lists(st.tuples(st.integers(0, 1900), st.integers(1, 400)), min_size=1, max_size=6)


def merged(spans):
    covered = sorted(spans)
    joined = [list(covered[0])]
    for start, end in covered[1:]:
        if start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return joined


@given(SPANS, SPANS)
def test_the_challenge_rule_is_its_recipe(strict, loose):
    strict = [(start, start + width) for start, width in strict]
    loose = [(start, start + width) for start, width in loose]
    found = label("dream", intervals(*strict), intervals(*loose))
    for start, value in zip(STARTS, found, strict=True):
        counts = []
        for spans, least in ((merged(strict), 0.5), (merged(loose), 1e-6)):
            overlaps = [(min(e, start + 200) - max(s, start), e - s) for s, e in spans]
            counts.append(
                sum(o > 0 and (o >= least * 200 or o >= least * width) for o, width in overlaps)
            )
        o, r = counts
        assert value == (o if o == r and o in (0, 1) else -1)


def test_unknown_rules_and_fractions_are_refused():
    with pytest.raises(UserError, match="no label rule is called 'some'"):
        LabelRule("some")
    with pytest.raises(UserError, match=r"fraction 1\.5 is not in"):
        LabelRule("fraction", 1.5)


# Recomputed from the same peaks by the maintainers of the facts beside the data, by another code.
def test_counts_on_the_challenge_peaks_are_the_recomputed_ones(shared_data):
    counts = shared_data.parent / "facts" / "dream_label_counts.csv"
    folder = shared_data / "dream-peaks-hg19"
    with gzip.open(shared_data / "ref-intervals/hg19-blacklist.v1.bed.gz", "rt") as lines:
        assert sum(1 for _ in lines) == 411
    sizes = (shared_data / "ref-intervals/hg19.chrom.sizes").read_text().splitlines()
    lengths = {name: int(size) for name, size in (line.split("\t") for line in sizes)}
    excluded = read_intervals(shared_data / "ref-intervals/hg19-blacklist.v1.bed.gz", lengths)
    names = [f"chr{number}" for number in [*range(1, 23), "X"] if number not in (1, 8, 21)]
    back = {"chr11": [122874100, 122874150, 122874200]}
    bins = {}
    for name in names:
        starts = np.arange(600, -(-(lengths[name] - 600) // 50) * 50, 50)
        free = ~overlaps_any((starts, starts + 200), excluded.chromosomes[name].spans)
        starts = np.sort(np.concatenate([starts[free], np.array(back.get(name, []), np.int64)]))
        bins[name] = (starts, starts + 200)
    assert sum(len(starts) for starts, _ in bins.values()) == 51_676_736
    with counts.open() as lines:
        published = {(row["cell"], row["tf"]): row for row in csv.DictReader(lines)}
    checked = 0
    for path in sorted(folder.glob("*conservative*")):
        _, cell, factor, *_ = path.name.split(".")
        row = published[cell, factor]
        strict = read_intervals(path, lengths).chromosomes
        loose = read_intervals(
            folder / f"ChIPseq.{cell}.{factor}.relaxed.narrowPeak.gz", lengths
        ).chromosomes
        totals = np.zeros(2, int)
        for name in names:
            labels = label_bins(
                bins[name], strict.get(name), loose.get(name), LabelRule(), has_relaxed=True
            )
            totals += [(labels == 1).sum(), (labels == -1).sum()]
        recomputed = [int(row[key]) for key in ("B_recomputed", "A_recomputed")]
        assert totals.tolist() == recomputed
        checked += 1
    assert checked == 4
