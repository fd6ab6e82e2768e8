"""Where motifs are in real sequences, and what is left without them."""

from __future__ import annotations

import numpy as np

from tfbs.benchmark.explain.gia.patterns import iupac_pattern, read_pattern
from tfbs.benchmark.explain.gia.sites import Sites, matched
from tfbs.datasets.alphabet import UNKNOWN, encode


def test_letters_are_found_where_all_of_them_are_allowed():
    codes = np.stack([encode("AATGACTCAA"), encode("TGAGTCATGA"), encode("NNTGANTCAA")])
    found = matched(codes, iupac_pattern("TGASTCA"))
    assert found.sum(axis=1).tolist() == [7, 7, 0]
    assert np.flatnonzero(found[0]).tolist() == list(range(2, 9))
    assert np.flatnonzero(found[1]).tolist() == list(range(7))


def test_any_known_letter_goes_with_n():
    codes = np.stack([encode("ACGT"), encode("ANGT")])
    assert matched(codes, iupac_pattern("ANG"))[:, 0].tolist() == [True, False]


def test_a_pattern_longer_than_the_sequences_is_nowhere():
    assert not matched(np.zeros((2, 3), "uint8"), iupac_pattern("AAAA")).any()


def test_both_strands_are_looked_at():
    sites = Sites(np.stack([encode("AATTCCAA"), encode("AAGGAATT")]))
    assert sites.covered(iupac_pattern("TTCC")).sum(axis=1).tolist() == [4, 4]


def test_planted_places_go_before_hits():
    planted = np.zeros((1, 30), bool)
    planted[0, 3:9] = True
    pattern = read_pattern("MA0058.3")
    codes = np.zeros((1, 30), "uint8")
    assert np.array_equal(Sites(codes, {"MA0058.3": planted}).covered(pattern), planted)
    assert not Sites(codes).covered(pattern).any()


def test_a_matrix_is_found_by_its_hits():
    pattern = read_pattern("MA0058.3")
    codes = np.random.default_rng(0).integers(0, 4, (1, 30)).astype("uint8")
    codes[0, 8:18] = pattern.consensus.draw(1, 0)[0]
    assert Sites(codes).covered(pattern)[0, 8:18].all()


def test_only_what_is_covered_is_replaced():
    codes = np.random.default_rng(1).integers(0, 4, (50, 20)).astype("uint8")
    covered = np.zeros(codes.shape, bool)
    covered[:, 5:11] = True
    found = Sites(codes).knocked_out(covered, np.random.default_rng(0))
    assert np.array_equal(found[~covered], codes[~covered])
    assert (found[covered] != codes[covered]).mean() > 0.6  # three in four differ
    assert found.max() < UNKNOWN
