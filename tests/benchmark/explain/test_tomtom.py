"""Tomtom's statistic against one that enumerates, and on motifs whose match is known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import pearsonr

from tfbs.benchmark.explain.tomtom import BINS, compare
from tfbs.jaspar import read_vertebrates


def random_motifs(widths, seed):
    rng = np.random.default_rng(seed)
    return [rng.dirichlet([0.4] * 4, width) for width in widths]


def column_score(one, other, distance):
    if distance == "pearson":
        return pearsonr(one, other).statistic
    return -np.sqrt(((one - other) ** 2).sum())


def enumerated(query, targets, distance):
    """p and offset of every target and strand, every alignment of every column drawn out."""
    strands = [m for target in targets for m in (target, target[::-1, ::-1])]
    columns = [column for strand in strands for column in strand]
    raw = np.array([[column_score(q, c, distance) for c in columns] for q in query])
    raw -= np.median(raw, axis=1, keepdims=True)
    scale = BINS / (raw.max() - raw.min())
    table = np.rint((raw - raw.min()) * scale).astype(int)
    median = round(-raw.min() * scale)
    found, first = [], 0
    for strand in strands:
        scores, chances = {}, {}
        for offset in range(1 - len(query), len(strand)):
            aligned = [i for i in range(len(query)) if 0 <= i + offset < len(strand)]
            beyond = median * (len(query) - len(aligned))
            scores[offset] = beyond + sum(table[i, first + i + offset] for i in aligned)
            drawn = itertools.product(*(table[i] for i in aligned))
            chances[offset] = np.array([beyond + sum(draw) for draw in drawn])
        first += len(strand)
        best = max(scores, key=scores.get)
        below = np.prod([(sums < scores[best]).mean() for sums in chances.values()])
        found.append((1 - below**2, best))
    return np.array(found).reshape(-1, 2, 2)


@pytest.mark.parametrize("distance", ["pearson", "euclidean"])
@pytest.mark.parametrize("widths", [(3, 4, 2, 5), (2, 1, 6)])
def test_p_values_and_offsets_are_those_of_full_enumeration(distance, widths):
    query, *targets = random_motifs(widths, seed=1)
    expected = enumerated(query, targets, distance)
    found = compare(query, targets, distance=distance)
    np.testing.assert_allclose(found.p_values, expected[..., 0], rtol=1e-6)
    np.testing.assert_array_equal(found.offsets, expected[..., 1])


@pytest.fixture(scope="module")
def jaspar():
    return read_vertebrates()


def test_a_sampled_and_shifted_motif_finds_itself_on_the_strand_it_was_drawn_from(jaspar):
    rng = np.random.default_rng(0)
    database = [motif.probabilities for motif in jaspar]
    for index in (10, 200, 400):
        drawn = np.array([rng.multinomial(300, row / row.sum()) / 300 for row in database[index]])
        query = np.concatenate([rng.dirichlet([50] * 4, 3), drawn])
        forward, reverse = compare(query, database), compare(query[::-1, ::-1], database)
        assert forward.e_values.argmin() == index
        assert forward.p_values[index].argmin() == 0 and forward.offsets[index, 0] == -3
        np.testing.assert_allclose(reverse.p_values, forward.p_values[:, ::-1], rtol=1e-5)


@pytest.mark.parametrize("distance", ["pearson", "euclidean"])
def test_under_the_null_p_values_are_about_uniform(jaspar, distance):
    """Queries whose columns are drawn from the database resemble its motifs by chance only."""
    rng = np.random.default_rng(3)
    database = [motif.probabilities for motif in jaspar]
    columns = np.concatenate(database)
    smallest = []
    for _ in range(8):
        query = columns[rng.integers(0, len(columns), 8)]
        shuffled = [columns[rng.integers(0, len(columns), len(motif))] for motif in database]
        smallest.append(compare(query, shuffled, distance=distance).p_values.min(axis=1))
    p_values = np.concatenate(smallest)
    for level in (0.01, 0.05, 0.2):
        assert (p_values <= level).mean() == pytest.approx(level, rel=0.35)


@given(st.integers(1, 6), st.integers(0, 1000), st.integers(1, 4))
def test_values_are_probabilities_and_q_is_no_smaller_than_p(width, seed, min_overlap):
    query, *targets = random_motifs([width, 3, 7, 1, 4], seed)
    found = compare(query, targets, min_overlap=min_overlap)
    assert ((found.p_values > 0) & (found.p_values <= 1)).all()
    assert (found.q_values >= found.p_values.min(axis=1) - 1e-12).all()
    overlap = np.minimum(np.array([3, 7, 1, 4])[:, None] - found.offsets, width + found.offsets)
    overlap = np.minimum(overlap, np.minimum(width, [[3], [7], [1], [4]]))
    assert (overlap >= np.minimum(min_overlap, np.minimum(width, [[3], [7], [1], [4]]))).all()


def test_columns_without_preference_match_nothing(jaspar):
    found = compare(np.full((5, 4), 0.25), [motif.probabilities for motif in jaspar[:50]])
    assert (found.p_values == 1).all() and (found.q_values == 1).all()


def test_an_empty_query_or_database_is_refused():
    with pytest.raises(ValueError, match="a query with columns, and targets"):
        compare(np.zeros((0, 4)), [np.eye(4)])
    with pytest.raises(ValueError, match="a query with columns, and targets"):
        compare(np.eye(4), [])
