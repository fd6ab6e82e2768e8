"""Letters, codes, one-hot and the other strand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfbs.datasets.alphabet import decode, encode, from_one_hot, one_hot, reverse_complement

CODES = st.lists(st.integers(0, 4), max_size=50).map(lambda codes: np.array(codes, np.uint8))


def test_the_alphabet_is_acgt_and_unknown():
    assert encode("ACGTN").tolist() == [0, 1, 2, 3, 4]
    assert encode("RYSWKMBDHVN").tolist() == [4] * 11


def test_case_and_type_do_not_matter():
    assert encode("acgtn").tolist() == encode(b"ACGTN").tolist()
    assert encode("acgtn").dtype == np.uint8


@pytest.mark.parametrize(
    ("sequence", "letter", "position"), [("ACXT", "X", 3), (b"A-", "-", 2), ("ACGé", "é", 4)]
)
def test_a_foreign_letter_is_named_with_its_position(sequence, letter, position):
    with pytest.raises(ValueError, match=f"'{letter}' at position {position}"):
        encode(sequence)


def test_the_letter_of_rna_is_refused():
    with pytest.raises(ValueError, match="'U' at position 1"):
        encode("U")


@given(CODES)
def test_decode_undoes_encode(codes):
    assert encode(decode(codes)).tolist() == codes.tolist()


def test_one_hot_follows_the_alphabet_and_unknown_is_zero():
    rows = one_hot(np.array([[0, 1, 2, 3, 4]], np.uint8))
    assert rows.dtype == np.float32
    assert rows.tolist() == [np.vstack([np.eye(4), np.zeros(4)]).tolist()]


@given(CODES)
def test_from_one_hot_undoes_one_hot(codes):
    assert from_one_hot(one_hot(codes)).tolist() == codes.tolist()


def test_a_uniform_row_is_unknown():
    assert from_one_hot([[0.25] * 4, [0, 0, 1, 0]]).tolist() == [4, 2]


@pytest.mark.parametrize("row", [[1, 1, 0, 0], [0.5, 0.5, 0, 0], [2, 0, 0, 0]])
def test_a_row_that_is_not_one_hot_is_named(row):
    with pytest.raises(ValueError, match=r"row \(1,\) is not one-hot"):
        from_one_hot([[1, 0, 0, 0], row])


@given(CODES)
def test_reverse_complement_is_its_own_inverse(codes):
    assert reverse_complement(reverse_complement(codes)).tolist() == codes.tolist()


def test_reverse_complement_pairs_a_with_t_and_c_with_g():
    assert decode(reverse_complement(encode("AACGN"))) == "NCGTT"


@given(CODES)
def test_reverse_complement_flips_both_axes_of_one_hot(codes):
    flipped = one_hot(codes)[::-1, ::-1]
    assert np.array_equal(one_hot(reverse_complement(codes)), flipped)
