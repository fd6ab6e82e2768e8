"""Hits of motifs by an exact threshold, and maps that mark them or not."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.benchmark.probes import by_name, make_probe

from tfbs.benchmark.evaluation.jaspar_agreement import RELEASE, measure_jaspar_agreement
from tfbs.benchmark.explain.motif_hits import (
    GRAIN,
    covered_by_hits,
    letter_shares,
    score_threshold,
)
from tfbs.datasets.alphabet import one_hot, reverse_complement
from tfbs.jaspar import Motif, log_odds, read_factors, read_families

WORDS = np.array(list(itertools.product(range(4), repeat=5)))


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), p_value=st.sampled_from([0.5, 0.1, 0.01, 1e-3]))
def test_the_threshold_is_that_of_counting_all_words(seed, p_value):
    rng = np.random.default_rng(seed)
    scores = (rng.normal(size=(5, 4)) / GRAIN).round() * GRAIN
    shares = rng.dirichlet(np.ones(4))
    score = (scores[np.arange(5), WORDS].sum(axis=1) / GRAIN).round() * GRAIN
    chance = shares[WORDS].prod(axis=1)
    threshold = score_threshold(scores, shares, p_value)
    assert chance[score >= threshold - GRAIN / 2].sum() <= p_value + 1e-12
    below = score[score < threshold - GRAIN / 2]
    if len(below):
        assert chance[score >= below.max() - GRAIN / 2].sum() > p_value


def test_a_motif_whose_best_word_is_too_likely_has_no_hit():
    assert score_threshold(np.zeros((3, 4)), np.full(4, 0.25), 1e-4) == np.inf


@pytest.mark.parametrize("width", [6, 7])
def test_hits_cover_what_scanning_by_hand_covers_on_both_strands(width):
    rng = np.random.default_rng(width)
    motif = Motif("x", "x", rng.dirichlet(np.full(4, 0.3), width))
    codes = rng.integers(0, 4, (20, 60)).astype("uint8")
    shares = letter_shares(one_hot(codes))
    found = covered_by_hits(one_hot(codes), [motif], shares, 0.01)
    rounded = (log_odds(motif.probabilities) / GRAIN).round() * GRAIN
    threshold = score_threshold(rounded, shares, 0.01)
    expected = np.zeros(codes.shape, bool)
    for row, start in itertools.product(range(20), range(60 - width + 1)):
        word = codes[row, start : start + width]
        for letters in (word, reverse_complement(word[None])[0]):
            if rounded[np.arange(width), letters].sum() >= threshold - GRAIN / 2:
                expected[row, start : start + width] = True
    assert 0 < expected.mean() < 0.5
    np.testing.assert_array_equal(found, expected)
    other = covered_by_hits(one_hot(reverse_complement(codes)), [motif], shares, 0.01)
    np.testing.assert_array_equal(other[:, ::-1], found)


def test_a_motif_wider_than_the_sequences_has_no_hits():
    motif = Motif("x", "x", np.full((9, 4), 0.25))
    assert not covered_by_hits(one_hot(np.zeros((2, 8), "uint8")), [motif], np.full(4, 0.25)).any()


def test_factors_are_found_by_name_in_one_group_of_species():
    assert read_factors(["ctcf"])["ctcf"][0].matrix_id.startswith("MA0139.")
    yeast = read_factors(["Abf1", "Reb1", "Sua7"])  # plants have an ABF1 too
    ids = {name: [motif.matrix_id[:6] for motif in motifs] for name, motifs in yeast.items()}
    assert ids == {"Abf1": ["MA0265"], "Reb1": ["MA0363"], "Sua7": []}
    assert read_factors(["no such factor"]) == {"no such factor": ()}


def test_families_are_those_of_tfclass():
    assert read_families(["CTCF", "GATA1", "no such factor"]) == {
        "CTCF": "More than 3 adjacent zinc fingers",
        "GATA1": "C4-GATA-related",
    }
    assert read_families([]) == {}


def real(n: int = 30) -> tuple[np.ndarray, np.ndarray]:
    """Sequences with the best word of GATA1's matrix, and where it stands."""
    rng = np.random.default_rng(0)
    word = read_factors(["GATA1"], RELEASE)["GATA1"][0].probabilities.argmax(axis=1)
    codes = rng.integers(0, 4, (n, 100)).astype("uint8")
    inside = np.zeros((n, 100), bool)
    for row, start in enumerate(rng.integers(0, 100 - len(word), n)):
        codes[row, start : start + len(word)] = word
        inside[row, start : start + len(word)] = True
    return codes, inside


def test_maps_that_mark_the_site_agree_and_their_negation_does_not():
    codes, inside = real()
    maps = np.repeat(inside[:, :, None], 4, axis=2).astype("float16")
    label = np.tile([[1, 0]], (30, 1)).astype("int8")
    probe = make_probe(
        codes, None, {"ism": maps, "saliency": -maps}, label=label, targets=("GATA1", "CTCF")
    )
    measured = measure_jaspar_agreement(probe)
    found = by_name(measured)
    assert found["jaspar_auroc_ism"].value > 0.95 and found["jaspar_auroc_ism"].n == 30
    assert found["jaspar_auroc_saliency"].value < 0.05
    assert {m.target for m in measured} == {"mean", "GATA1"}


def test_what_cannot_be_said_has_a_reason():
    codes, _ = real()
    maps = {"ism": np.ones((30, 100, 4))}
    for target, word in (("my label", "no matrix of my label"), ("GATA1", "no explained sequence")):
        empty = np.zeros_like(codes) if target == "GATA1" else codes
        for m in measure_jaspar_agreement(make_probe(empty, None, maps, targets=(target,))):
            assert m.value is None and word in m.undefined_reason
    planted = make_probe(codes, None, maps, information=np.zeros((30, 100)), targets=("GATA1",))
    (found,) = measure_jaspar_agreement(planted)
    assert found.undefined_reason == "the task states its own truth"
