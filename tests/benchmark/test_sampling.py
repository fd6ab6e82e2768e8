"""Epochs of a task where binding is rare: every bound row, and fresh negatives by (seed, epoch)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfbs.benchmark.training.sampling import (
    VALIDATION_BOUND,
    VALIDATION_UNBOUND,
    EpochSampler,
    validation_rows,
)
from tfbs.datasets.probe import bound_rows, is_rare, probe_rows
from tfbs.datasets.split import Split


def rare_label(seed: int = 0, n: int = 5000) -> np.ndarray:
    rng = np.random.default_rng(seed)
    label = (rng.random((n, 2)) < (0.02, 0.005)).astype("int8")
    label[rng.random((n, 2)) < 0.1] = -1
    label[:50] = -1
    label[50:53] = [[1, 0], [0, 1], [0, 0]]
    return label


@given(st.integers(0, 1000), st.integers(0, 50), st.sampled_from([None, 0.5, 3.0]))
def test_an_epoch_holds_all_bound_rows_and_distinct_known_negatives(seed, epoch, ratio):
    label = rare_label(seed)
    sampler = EpochSampler(label, ratio, seed)
    rows = sampler(epoch)
    bound = (label[rows] == 1).any(axis=1)
    assert bound.sum() == (label == 1).any(axis=1).sum()
    assert len(rows) == len(sampler) == len(np.unique(rows))
    assert len(rows) - bound.sum() == round((ratio or 1.0) * bound.sum())
    assert (label[rows[~bound]] == 0).any(axis=1).all()
    np.testing.assert_array_equal(rows, EpochSampler(label, ratio, seed)(epoch))


def test_negatives_are_fresh_in_every_epoch_and_for_every_seed():
    label = rare_label()
    first, second = EpochSampler(label, None, 0), EpochSampler(label, None, 1)
    draws = [set(first(0)), set(first(1)), set(second(0))]
    for index, one in enumerate(draws):
        for other in draws[index + 1 :]:
            shared = (one & other) - set(np.flatnonzero((label == 1).any(axis=1)))
            assert len(shared) < 0.2 * len(one)


def test_over_many_epochs_every_negative_is_as_likely():
    label = rare_label()
    sampler = EpochSampler(label, 5.0, 0)
    counts = np.bincount(np.concatenate([sampler(epoch) for epoch in range(400)]), minlength=5000)
    unbound = (label == 0).any(axis=1) & ~(label == 1).any(axis=1)
    share = 5 * (label == 1).any(axis=1).sum() / unbound.sum()
    seen = counts[unbound]
    assert seen.mean() == pytest.approx(400 * share, rel=0.01)
    assert seen.std() == pytest.approx(np.sqrt(400 * share * (1 - share)), rel=0.1)  # binomial


def test_balanced_tasks_are_seen_whole_unless_a_ratio_is_asked_for():
    label = (np.arange(100) % 2).astype("int8")[:, None]
    assert EpochSampler(label, None, 0)(3).tolist() == list(range(100))
    assert len(EpochSampler(label, 0.5, 0)) == 75


def make_split(n: int) -> Split:
    label = np.zeros((n, 2), "int8")
    label[: n // 20, 0] = 1
    label[5:9, 1] = 1
    label[-10:] = -1
    ids = np.array([f"bin{row}" for row in range(n)])
    return Split(ids, np.zeros((n, 4), "uint8"), label)


def test_validation_looks_at_so_many_of_each_class_chosen_by_id():
    split = make_split(100_000)
    rows = validation_rows(split)
    bound = (split.label[rows] == 1).any(axis=1)
    assert (bound.sum(), (~bound).sum()) == (VALIDATION_BOUND, VALIDATION_UNBOUND)
    assert rows.max() < 100_000 - 10
    order = np.random.default_rng(0).permutation(100_000)
    shuffled = Split(split.ids[order], split.sequence[order], split.label[order])
    assert set(split.ids[rows]) == set(shuffled.ids[validation_rows(shuffled)])


def test_probe_sets_of_rare_tasks_are_half_bound_and_share_them_among_targets():
    split = make_split(10_000)
    assert is_rare(split.label)
    rows = probe_rows(split, 100)
    bound = (split.label[rows] == 1).any(axis=1)
    assert bound[:50].all() and not bound[50:].any()
    assert (split.label[bound_rows(split, 8)][:, 1] == 1).sum() == 4  # all that the target has
    assert len(np.unique(rows)) == 100
