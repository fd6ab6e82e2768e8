"""The shuffle keeps all dinucleotides and is uniform over all sequences that do."""

import gzip
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from tfbs.datasets.alphabet import decode, encode
from tfbs.datasets.dinucleotide_shuffle import (
    dinucleotide_counts,
    shuffle_dinucleotides,
    shuffle_each,
)

SEQUENCES = st.integers(0, 40).flatmap(
    lambda length: st.lists(
        st.lists(st.integers(0, 4), min_size=length, max_size=length), min_size=1, max_size=5
    ).map(lambda rows: np.array(rows, dtype=np.uint8))
)


def pairs(sequence: str) -> Counter[str]:
    """Dinucleotides counted the plain way."""
    return Counter(sequence[i : i + 2] for i in range(len(sequence) - 1))


def walks(sequence: str) -> set[str]:
    """Every sequence with the same first letter and dinucleotide counts, by exhaustion."""
    found = set()

    def extend(prefix: str, left: Counter[str]) -> None:
        if len(prefix) == len(sequence):
            found.add(prefix)
        for pair in list(left):
            if left[pair] and pair[0] == prefix[-1]:
                extend(prefix + pair[1], left - Counter([pair]))

    extend(sequence[0], pairs(sequence))
    return found


@given(SEQUENCES, st.integers(0, 2**32))
def test_dinucleotides_and_both_ends_are_kept(sequences, seed):
    shuffled = shuffle_dinucleotides(sequences, np.random.default_rng(seed))
    assert shuffled.shape == sequences.shape
    for before, after in zip(sequences, shuffled, strict=True):
        assert pairs(decode(before)) == pairs(decode(after))
        assert decode(before)[:1] == decode(after)[:1]
        assert decode(before)[-1:] == decode(after)[-1:]


@given(SEQUENCES)
def test_counts_agree_with_plain_counting(sequences):
    for row, counts in zip(sequences, dinucleotide_counts(sequences), strict=True):
        plain = pairs(decode(row))
        named = {a + b: counts[i, j] for i, a in enumerate("ACGTN") for j, b in enumerate("ACGTN")}
        assert {pair: count for pair, count in named.items() if count} == plain


@pytest.mark.parametrize("sequence", ["ACAGATACCA", "AACGTTACGNA", "GGAGGCGAGC", "TTATTTATAT"])
def test_every_walk_is_equally_likely(sequence):
    """Against exhaustive enumeration; a chi-square p below 1e-4 comes once in 10,000 seeds."""
    possible = sorted(walks(sequence))
    assert len(possible) > 1
    draws = 400 * len(possible)
    copies = np.repeat(encode(sequence)[None], draws, axis=0)
    seen = Counter(decode(row) for row in shuffle_dinucleotides(copies, np.random.default_rng(7)))
    assert set(seen) == set(possible)
    assert chisquare([seen[walk] for walk in possible]).pvalue > 1e-4


def test_a_sequence_with_one_walk_comes_back():
    sequence = encode("ACGTACGTAC")[None]
    shuffled = shuffle_dinucleotides(sequence, np.random.default_rng(0))
    assert walks("ACGTACGTAC") == {decode(shuffled[0])}


def test_a_repetitive_sequence_takes_no_longer():
    """Rejection sampling would need some thousand draws of the last exits here."""
    sequence = encode("AC" * 2000 + "G")[None]
    shuffled = shuffle_dinucleotides(sequence, np.random.default_rng(0))
    assert np.array_equal(dinucleotide_counts(shuffled), dinucleotide_counts(sequence))


def test_the_seed_decides():
    sequences = np.random.default_rng(0).integers(0, 4, (20, 100)).astype(np.uint8)
    first, again, other = (
        shuffle_dinucleotides(sequences, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert (first != sequences).any(axis=1).all()


def test_sequences_of_several_lengths_keep_their_order():
    sequences = [encode(text) for text in ("ACAGATACCA", "AC", "ACAGATACCATT", "GGAGGCGAGC", "")]
    shuffled = shuffle_each(sequences, np.random.default_rng(3))
    for before, after in zip(sequences, shuffled, strict=True):
        assert pairs(decode(before)) == pairs(decode(after))


def test_published_shuffles_match_a_positive(shared_data):
    """DeepBind's test negatives are exact shuffles, so the counts must find their positives."""
    files = sorted((shared_data / "deepbind-encode").glob("*_B.seq.gz"))
    assert len(files) == 5
    for path in files:
        with gzip.open(path, "rt") as lines:
            rows = [line.split("\t") for line in lines][1:]
        codes = np.stack([encode(row[2]) for row in rows])
        keys = [counts.tobytes() for counts in dinucleotide_counts(codes)]
        made = np.array([row[1].endswith("_shuf") for row in rows])
        positives = {key for key, shuffled in zip(keys, made, strict=True) if not shuffled}
        assert made.sum() == 500
        assert all(key in positives for key, shuffled in zip(keys, made, strict=True) if shuffled)
