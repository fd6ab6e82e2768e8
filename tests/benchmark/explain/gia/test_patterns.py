"""Patterns: what letters they allow, what is drawn from them, and on which strand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfbs.benchmark.explain.gia.patterns import (
    all_words,
    iupac_pattern,
    letters_pattern,
    read_pattern,
    shuffled_columns,
)
from tfbs.datasets.alphabet import decode, encode, reverse_complement
from tfbs.errors import UserError

ALLOWED = {"A": "A", "S": "CG", "W": "AT", "B": "CGT", "R": "AG"}
WORDS = st.text("ACGTRYSWKMBDHVN", min_size=1, max_size=12)


@pytest.mark.parametrize(("letter", "allowed"), ALLOWED.items())
def test_a_letter_is_drawn_from_what_it_stands_for(letter, allowed):
    drawn = iupac_pattern(letter).draw(400, seed=0)
    assert {decode(row) for row in drawn} == set(allowed)


def test_n_keeps_the_letter_that_is_there():
    assert iupac_pattern("aNc").says.tolist() == [True, False, True]


@given(WORDS)
def test_the_reverse_complement_of_the_reverse_complement_is_the_pattern(word):
    pattern = iupac_pattern(word)
    assert pattern.reverse_complement.strand == -1
    assert pattern.reverse_complement.reverse_complement == pattern


@given(st.text("ACGT", min_size=1, max_size=12))
def test_a_word_is_drawn_as_it_is_on_both_strands(word):
    pattern = iupac_pattern(word)
    assert decode(pattern.draw(1, 3)[0]) == word
    other = pattern.on(-1).draw(1, 3)[0]
    assert np.array_equal(other, reverse_complement(encode(word)))


def test_the_consensus_of_a_matrix_of_jaspar():
    """MYC::MAX-like MAX MA0058.3 holds the E-box; the older release is looked up first."""
    pattern = read_pattern("MA0058.3")
    assert pattern.name == "MAX MA0058.3"
    assert "CACGTG" in decode(pattern.consensus.draw(1, 0)[0])
    assert (pattern.matrix.sum(axis=1) == pytest.approx(1)) and pattern.matrix.max() < 1


def test_equally_likely_letters_stay_so_in_the_consensus():
    consensus = iupac_pattern("SN").consensus
    assert consensus.rows == ((0.0, 0.5, 0.5, 0.0), (0.0,) * 4)


def test_draws_depend_on_seed_and_copy_and_nothing_else():
    pattern = letters_pattern("box", 8, 0.5)
    first = pattern.draw(50, 1)
    assert np.array_equal(first, letters_pattern("other name", 8, 0.5).draw(50, 1))
    assert not np.array_equal(first, pattern.draw(50, 2))
    assert not np.array_equal(first, pattern.draw(50, 1, copy=1))


def test_letters_have_the_share_of_gc_that_was_asked_for():
    drawn = letters_pattern("box", 20, 0.8).draw(500, 0)
    share = np.isin(drawn, (1, 2)).mean()
    assert share == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / drawn.size))


def test_all_words_are_there_once():
    words = [word.name for word in all_words(3)]
    assert len(set(words)) == len(words) == 64
    assert words == sorted(words)


def test_shuffled_columns_are_the_same_columns():
    pattern = read_pattern("MA0079.3")
    shuffled = shuffled_columns(pattern, np.random.default_rng(0))
    assert shuffled.rows != pattern.rows and sorted(shuffled.rows) == sorted(pattern.rows)
    assert shuffled.matrix_id == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ACXT", "letter 'X' at position 3"),
        ("", "neither a JASPAR id"),
        ("MA0079.99", "has no matrix 'MA0079.99'; nearest: MA0079."),
        ("SP1", "letter 'P' at position 2"),
    ],
)
def test_what_is_no_pattern_is_refused(text, words):
    with pytest.raises(UserError, match=words.replace(".", r"\.")):
        read_pattern(text)
