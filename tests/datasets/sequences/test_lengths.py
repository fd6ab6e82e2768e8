"""Sequences of several lengths are fitted to one without a look at the label."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from tfbs.datasets.alphabet import decode, encode
from tfbs.datasets.sequences.lengths import fit_length, length_auroc, most_common_length


@pytest.mark.parametrize(
    ("length", "expected"),
    [(5, "CATGA"), (4, "CATG"), (3, "ATG"), (1, "T"), (7, "NCATGAN"), (8, "NCATGANN")],
)
def test_the_middle_stays_in_the_middle(length, expected):
    assert decode(fit_length(encode("CATGA"), length)) == expected


@given(st.integers(0, 30), st.integers(1, 30))
def test_every_length_is_reached(given_length, wanted):
    assert len(fit_length(np.zeros(given_length, np.uint8), wanted)) == wanted


def test_the_most_common_length_wins_and_the_longer_of_two():
    assert most_common_length(np.array([5, 7, 7, 9])) == 7
    assert most_common_length(np.array([5, 5, 7, 7, 9])) == 7


@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from([-1, 0, 1])), min_size=2, max_size=40))
def test_the_auroc_of_length_is_that_of_scikit_learn(examples):
    lengths, label = np.array(examples).T
    known = label >= 0
    found = length_auroc(lengths, label.astype(np.int8))
    if len(set(label[known])) < 2:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(roc_auc_score(label[known], lengths[known]))
