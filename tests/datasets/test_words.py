"""Hashes of words against Python's own sets of strings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfbs.datasets.alphabet import decode, encode
from tfbs.datasets.words import has_word, hash_words, known_words, word_set


@given(st.integers(0, 10_000), st.integers(1, 30))
def test_hashes_are_equal_exactly_where_the_words_are(seed, width):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 3, (3, 30), dtype=np.uint8)
    hashes = hash_words(codes, width)
    assert hashes.shape == (3, 31 - width)
    words = [decode(row[i : i + width]) for row in codes for i in range(31 - width)]
    pairs = set(zip(words, hashes.ravel().tolist(), strict=True))
    assert len(pairs) == len({word for word, _ in pairs}) == len({h for _, h in pairs})


def test_words_with_an_unknown_letter_are_not_known():
    codes = np.stack([encode("ACGNACGT")])
    assert known_words(codes, 3).tolist() == [[True, False, False, False, True, True]]
    assert len(word_set(codes, np.arange(1), 3)) == 2  # ACG twice, CGT once


@pytest.mark.parametrize("one_in", [1, 4])
def test_shared_words_are_found_and_a_sample_finds_long_stretches(one_in):
    rng = np.random.default_rng(0)
    first = rng.integers(0, 4, (20, 500), dtype=np.uint8)
    second = rng.integers(0, 4, (20, 500), dtype=np.uint8)
    second[3, 100:260] = first[7, 40:200]
    words = word_set(first, np.arange(20), 50, one_in)
    assert len(words) == pytest.approx(20 * 451 / one_in, rel=0.1)
    assert np.flatnonzero(has_word(second, words, 50)).tolist() == [3]
    assert not has_word(second, words[:0], 50).any()
