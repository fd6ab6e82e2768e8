"""Paired effects, where the model is linear and the answer is a sum."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_1samp
from tests.benchmark.probes import linear_model

from tfbs.benchmark.explain.gia.effect import (
    Backgrounds,
    Placed,
    against_nothing,
    beyond_sum,
    paired_effect,
)
from tfbs.benchmark.explain.gia.patterns import iupac_pattern
from tfbs.benchmark.explain.gia.score import model_score
from tfbs.datasets.alphabet import decode, encode, one_hot

LENGTH, N = 16, 40
WEIGHTS = np.random.default_rng(0).normal(size=(LENGTH, 4)).astype("float32")


@pytest.fixture
def grounds():
    codes = np.random.default_rng(1).integers(0, 4, (N, LENGTH)).astype("uint8")
    return Backgrounds(model_score(linear_model(WEIGHTS), 0), codes, seed=0)


def by_hand(codes: np.ndarray, word: str, start: int) -> np.ndarray:
    """Weights of the word minus those of the letters that it covers."""
    places = np.arange(start, start + len(word))
    return WEIGHTS[places, encode(word)].sum() - WEIGHTS[places, codes[:, places]].sum(axis=1)


def test_the_interval_is_that_of_a_paired_t_test():
    differences = np.random.default_rng(2).normal(0.3, 1, 25)
    found = paired_effect(differences)
    test = ttest_1samp(differences, 0)
    low, high = test.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.mean / (found.deviation / 5) == pytest.approx(test.statistic)
    assert found.samples == 25


def test_one_sequence_has_a_mean_and_no_interval():
    found = paired_effect(np.array([2.0]))
    assert found.mean == 2 and np.isnan([found.low, found.high, found.deviation]).all()


def test_the_effect_on_a_linear_model_is_a_sum_of_weights(grounds):
    found = grounds.differences(against_nothing(Placed(iupac_pattern("GATTA"), 3)))
    np.testing.assert_allclose(found, by_hand(grounds.codes, "GATTA", 3), rtol=1e-4, atol=1e-5)


def test_a_pattern_is_where_it_was_put_and_the_rest_is_untouched(grounds):
    word = Placed(iupac_pattern("GNTTA"), 3)
    found = grounds.embedded((word, Placed(iupac_pattern("C"), 7)))
    assert {decode(row)[3:8][0::2] for row in found} == {"GTC"}
    rest = [0, 1, 2, 4, *range(8, LENGTH)]
    assert np.array_equal(found[:, rest], grounds.codes[:, rest])


def test_a_pair_does_nothing_beyond_the_sum_in_a_linear_model(grounds):
    pair = Placed(iupac_pattern("ACG"), 1), Placed(iupac_pattern("TTT"), 8)
    assert np.abs(grounds.differences(beyond_sum(*pair))).max() < 1e-5


def test_a_pair_beyond_the_sum_of_a_product():
    """1 only with both letters: 1 - P(other is there) - P(first is there) + P(both are)."""
    codes = np.array([[0, 0], [0, 1], [1, 1], [3, 2]], "uint8")
    grounds = Backgrounds(lambda c: (c == 1).all(axis=1).astype(float), codes, 0)
    pair = Placed(iupac_pattern("C"), 0), Placed(iupac_pattern("C"), 1)
    assert grounds.differences(beyond_sum(*pair)).tolist() == [1, 0, 0, 1]


def test_an_arrangement_is_computed_once():
    seen = []

    def score(codes):
        seen.append(len(codes))
        return one_hot(codes)[:, 0, 0]

    grounds = Backgrounds(score, np.zeros((5, 4), "uint8"), 0)
    contrast = against_nothing(Placed(iupac_pattern("AC"), 0))
    assert grounds.effect(contrast) == grounds.effect(contrast)
    assert seen == [5, 5]


@pytest.mark.parametrize("start", [-1, 13])
def test_what_lies_outside_is_refused(grounds, start):
    with pytest.raises(ValueError, match=f"at {start} of {LENGTH} lies outside"):
        grounds.output((Placed(iupac_pattern("ACGT"), start),))
