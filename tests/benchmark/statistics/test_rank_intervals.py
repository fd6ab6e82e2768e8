"""Simultaneous rank intervals: against loops, against the pairwise test, and their coverage."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from tfbs.benchmark.statistics.delong import delong, influence
from tfbs.benchmark.statistics.rank_intervals import Means, rank_intervals
from tfbs.benchmark.statistics.seeds import SeedMean, difference_of_means
from tfbs.benchmark.statistics.tiers import corrected


def means_of(values: np.ndarray, covariance: np.ndarray) -> Means:
    """Of `(models, seeds)` values."""
    variance = values.var(axis=1, ddof=1) / values.shape[1]
    doubt = variance**2 / (values.shape[1] - 1)
    return Means(values.mean(axis=1), covariance, variance, doubt)


def test_a_pair_is_tested_as_compare_tests_it():
    rng = np.random.default_rng(0)
    values = rng.normal(0.8, 0.02, (2, 4))
    covariance = np.array([[4e-4, 3e-4], [3e-4, 5e-4]])
    sides = [SeedMean(tuple(own)) for own in values]
    known = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    expected = difference_of_means(*sides, example_variance=known)
    means = means_of(values, covariance)
    assert means.p_values()[0, 1] == pytest.approx(expected.p_value)
    assert means.pair_error[0, 1] == pytest.approx(expected.error)
    assert means.pair_freedom[0, 1] == pytest.approx(expected.freedom)


def test_an_interval_is_students_over_seeds_where_examples_count_for_nothing():
    values = np.array([[0.7, 0.75, 0.8]])
    low, high = means_of(values, np.zeros((1, 1))).interval()
    expected = stats.t.interval(0.95, 2, loc=0.75, scale=0.05 / np.sqrt(3))
    assert (low[0], high[0]) == pytest.approx(expected)


def test_correction_is_that_of_holm_by_hand():
    p_values = np.array([[1, 0.01, 0.04], [0.01, 1, 0.03], [0.04, 0.03, 1]])
    expected = np.array([[1, 0.03, 0.06], [0.03, 1, 0.06], [0.06, 0.06, 1]])
    assert corrected(p_values) == pytest.approx(expected)


def test_copies_tie_and_a_sure_gap_does_not():
    means = Means(np.array([0.9, 0.9, 0.8]), np.zeros((3, 3)), np.zeros(3), np.zeros(3))
    assert means.p_values().tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 1]]


def test_rank_intervals_are_those_of_all_orders_that_the_tests_allow():
    """A rank is possible if some order of all models that breaks no told pair gives it."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        values = rng.normal(size=5)
        gap = np.abs(values[:, None] - values[None, :])
        told = gap > rng.uniform(0.3, 1.5)  # a threshold makes a consistent order
        p_values = np.where(told, 0.01, 0.5)
        low, high = rank_intervals(values, p_values)
        possible = [set() for _ in values]
        for order in itertools.permutations(range(5)):
            rank = {model: place + 1 for place, model in enumerate(order)}
            pairs = itertools.permutations(range(5), 2)
            if all(rank[a] < rank[b] for a, b in pairs if told[a, b] and values[a] > values[b]):
                for model in range(5):
                    possible[model].add(rank[model])
        assert low.tolist() == [min(own) for own in possible]
        assert high.tolist() == [max(own) for own in possible]


def test_influences_give_the_covariance_of_delong():
    rng = np.random.default_rng(1)
    label = rng.integers(0, 2, 60)
    scores = np.round(rng.normal(size=(4, 60)) + label, 1)  # with ties
    area, moves = influence(label, scores)
    expected = delong(label, scores)
    assert area == pytest.approx(expected.auroc)
    assert moves @ moves.T == pytest.approx(expected.covariance)
    assert moves.sum(axis=1) == pytest.approx(0, abs=1e-12)


def test_the_resolvable_gap_is_just_told_by_the_strictest_test():
    covariance = np.diag([1e-4, 1e-4, 2e-4])
    means = Means(np.zeros(3), covariance, np.zeros(3), np.zeros(3))
    gap = means.resolvable()[0, 1]
    moved = Means(np.array([gap * 1.001, 0, 0]), covariance, np.zeros(3), np.zeros(3))
    assert 3 * moved.p_values()[0, 1] == pytest.approx(0.05, rel=0.02)


def covered(boards: int, seed: int) -> float:
    """Share of simulated boards on which every rank interval holds the true rank.

    Eight models whose true areas are known in closed form, two of them equal; three seeds that
    differ in their signal; examples that all models share.
    """
    rng = np.random.default_rng(seed)
    signal = np.array([1.0, 1.0, 1.1, 1.3, 1.35, 1.8, 1.9, 2.5])
    wobble, n = 0.1, 200
    truth = stats.norm.cdf(signal / np.sqrt(2 + wobble**2))
    least = 1 + (truth[None, :] > truth[:, None] + 1e-12).sum(axis=1)
    most = 8 - (truth[None, :] < truth[:, None] - 1e-12).sum(axis=1)
    held = 0
    label = np.repeat([0, 1], n // 2)
    for _ in range(boards):
        shared = rng.normal(size=n) * np.sqrt(0.7)
        strengths = signal[:, None] + wobble * rng.normal(size=(8, 3))
        own = np.sqrt(0.3) * rng.normal(size=(8, 3, n))
        scores = strengths[:, :, None] * label + shared + own
        area, moves = influence(label, scores.reshape(24, n))
        moves = moves.reshape(8, 3, n).mean(axis=1)
        means = means_of(area.reshape(8, 3), moves @ moves.T)
        low, high = rank_intervals(means.values, corrected(means.p_values()))
        held += bool((low <= least).all() and (high >= most).all())
    return held / boards


def test_all_rank_intervals_hold_at_once_on_simulated_boards():
    assert covered(60, seed=0) >= 0.95


@pytest.mark.slow
def test_all_rank_intervals_hold_at_once_on_many_simulated_boards():
    assert covered(2000, seed=1) >= 0.95
