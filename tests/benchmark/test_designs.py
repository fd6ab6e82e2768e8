"""Negative designs on a genome made by hand: each gives exactly the negatives that it names."""

from __future__ import annotations

import numpy as np
import pytest

from tfbs.benchmark.evaluation.designs import (
    DESIGNS,
    FLANK,
    GC_WIDTH,
    PER_POSITIVE,
    chromosome_blocks,
    designs_of,
    measure_designs,
)
from tfbs.benchmark.evaluation.ranking import RANKING, ranking_values


@pytest.fixture(scope="module")
def case(genome_case):
    return genome_case()[0]


@pytest.mark.parametrize("name", list(DESIGNS))
def test_negatives_are_unbound_but_for_shuffles_of_bound_windows(genome_case, case, name):
    negatives = DESIGNS[name](case, 0)
    assert len(negatives.rows) == len(np.unique(negatives.rows)) > 0
    expected = 1 if negatives.shuffled else 0
    assert (case.label[negatives.rows, 0] == expected).all()
    again = DESIGNS[name](genome_case()[0], 0)
    np.testing.assert_array_equal(negatives.rows, again.rows)  # no seed of a run in it


def test_gc_matched_negatives_have_the_gc_of_the_bound(case):
    rows = DESIGNS["gc_matched"](case, 0).rows
    middle = case.split.sequence[:, 50:250]
    gc = ((middle == 1) | (middle == 2)).mean(axis=1)
    np.testing.assert_allclose(case.gc, gc)
    edges = np.arange(0, 1 + GC_WIDTH, GC_WIDTH) - 1e-9
    bound = np.histogram(gc[case.bound(0)], edges)[0]
    pool = np.histogram(gc[case.unbound(0)], edges)[0]
    found = np.histogram(gc[rows], edges)[0]
    np.testing.assert_array_equal(found, np.minimum(pool, PER_POSITIVE * bound))


def test_flanks_are_close_to_a_bound_bin_of_the_same_chromosome_and_cell(
    genome_case,
):
    case = genome_case(cells=("K562", "HepG2"))[0]
    everything = slice(0, len(case.grid))
    cell, chromosome = case.grid.cell(everything), case.grid.chromosome(everything)
    start = case.grid.start(everything)
    assert case.label.shape[0] == 14_000
    expected = []
    bound = case.bound(0)
    for row in case.unbound(0):
        near = (
            (cell[bound] == cell[row])
            & (chromosome[bound] == chromosome[row])
            & (np.abs(start[bound] - start[row]) <= FLANK)
        )
        if near.any():
            expected.append(row)
    np.testing.assert_array_equal(DESIGNS["near_peak_flanks"](case, 0).rows, expected)


def test_accessible_bins_reach_the_median_of_the_bound(genome_case):
    case, height = genome_case()
    rows = DESIGNS["accessible_unbound"](case, 0).rows
    least = np.median(height[case.bound(0)])
    unbound = case.unbound(0)
    close = np.abs(height - least) < 0.01  # float16
    expected = unbound[(height[unbound] >= least) & ~close[unbound]]
    np.testing.assert_array_equal(rows[~close[rows]], expected)


def test_shuffles_keep_dinucleotides_and_are_scored_against_their_parents(case):
    negatives = DESIGNS["dinucleotide_shuffled"](case, 0)
    rows, codes = case.shuffled
    for row, shuffled in zip(rows[:20], codes, strict=False):
        parent = case.split.sequence[row]
        pairs = [np.bincount(4 * s[:-1] + s[1:], minlength=16) for s in (parent, shuffled)]
        np.testing.assert_array_equal(*pairs)
        assert (parent != shuffled).any()
    scored = case.scored(0, negatives)
    # GC is kept by a shuffle, so a model that counts it cannot tell them apart
    assert ranking_values(scored.label, scored.score)["auroc"] == 0.5


def test_blocks_are_stretches_of_100_kb_whatever_the_cell(genome_case):
    split = genome_case(cells=("K562", "HepG2"))[0].split
    block = chromosome_blocks(split)
    np.testing.assert_array_equal(block[:7000], block[7000:])
    assert len(np.unique(block)) == 2 + 2  # 4,000 x 50 bp; 1,000 + 3,000 x 50 bp to 151,000
    assert block[:4000].tolist() == [0] * 2000 + [1] * 2000


def test_a_design_takes_a_confounder_away_and_says_what_cannot_be_measured(case):
    measured = measure_designs(case, ("GC", "none"), seed=0, split="test")
    assert {m.design for m in measured} == set(DESIGNS) - {"all"}
    values = {(m.name, m.design, m.target): m for m in measured}
    everything = case.scored(0, DESIGNS["all"](case, 0))
    assert ranking_values(everything.label, everything.score)["auroc"] > 0.8
    assert abs(values["auroc", "gc_matched", "GC"].value - 0.5) < 0.08
    undefined = values["auroc", "gc_matched", "none"]
    assert undefined.value is None and undefined.undefined_reason == "nothing is bound"
    assert {name for name, design, target in values if target == "GC"} == set(RANKING)


def test_without_tracks_accessibility_is_no_design(genome_case):
    case = genome_case(tracks=False)[0]
    assert "accessible_unbound" not in designs_of(case.split)
    assert DESIGNS["accessible_unbound"](case, 0).reason == "the task has no tracks"
