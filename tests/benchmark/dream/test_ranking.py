"""The challenge's ranks, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tfbs.benchmark.dream.ranking import pair_ranks, rank_entrants, second_smallest

PAIR, OTHER = ("CTCF", "PC-3"), ("MAX", "liver")


def folds(*rows):
    return np.array(rows, float)


def test_ranks_of_measures_are_multiplied_and_ties_share():
    # one fold, four measures: ranks a 1 1 3 2, b 2 2 1 3, c 3 3 2 1
    a, b, c = [0.9, 0.8, 0.1, 0.5], [0.8, 0.7, 0.3, 0.4], [0.7, 0.6, 0.2, 0.6]
    values = np.array([[a], [b], [c]])
    products = np.array([1 * 1 * 3 * 2, 2 * 2 * 1 * 3, 3 * 3 * 2 * 1])
    np.testing.assert_array_equal(pair_ranks(values)[:, 0], products.argsort().argsort() + 1)
    tied = pair_ranks(np.array([[a], [a], [c]]))[:, 0]
    assert tied[0] == tied[1]


def test_of_ten_ranks_the_second_smallest_counts():
    assert second_smallest(np.array([3.0, 1, 2, 3, 3, 3, 3, 3, 3, 3])) == 2
    assert second_smallest(np.array([1.0, 1, 2, 3, 3, 3, 3, 3, 3, 3])) == 1


def test_a_pair_that_is_missing_counts_a_half():
    better, worse = np.full((10, 4), 0.9), np.full((10, 4), 0.5)
    found = rank_entrants({"both": {PAIR: worse, OTHER: worse}, "one": {PAIR: better}})
    # on PAIR: one 1/3, both min(.5, 2/3); on OTHER: both 1/2, one missing 1/2
    assert found["one"].score == pytest.approx((1 / 3 + 0.5) / 2)
    assert found["both"].score == pytest.approx(0.5)
    assert list(found) == ["one", "both"] and found["one"].rank == 1
    assert found["one"].by_pair == {PAIR: 1.0} and found["both"].by_pair[PAIR] == 2.0


def test_bounds_are_over_folds():
    first = np.tile([[0.9] * 4, [0.1] * 4], (5, 1))
    second = np.full((10, 4), 0.5)
    found = rank_entrants({"a": {PAIR: first}, "b": {PAIR: second}})
    assert (found["a"].low, found["a"].high) == (pytest.approx(1 / 3), pytest.approx(0.5))
    assert found["a"].low < found["a"].score < found["a"].high
    assert found["a"].rank == found["b"].rank == 1  # each leads in five of ten folds


def test_the_order_of_entrants_does_not_matter():
    rng = np.random.default_rng(0)
    entries = {name: {PAIR: rng.random((10, 4)), OTHER: rng.random((10, 4))} for name in "abcd"}
    forward = rank_entrants(entries)
    backward = rank_entrants(dict(reversed(entries.items())))
    assert forward == backward
