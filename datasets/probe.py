"""Fixed subsets of a split, chosen by hash of the id: the same rows in every run on a task."""

from __future__ import annotations

import hashlib
import heapq
import itertools

import numpy as np
import numpy.typing as npt

from tfbs.datasets.split import RowArray, Split

_BATCH = 4096

RARE = 0.1
"""Binding is rare where a smaller share of the known labels is 1, on average over targets."""


def is_rare(label: npt.NDArray[np.int8]) -> bool:
    """Returns whether fewer than one label in ten is 1: then rows are sampled by class.

    Args:
        label: `(n, targets)` int8.
    """
    known = (label >= 0).sum(axis=0)
    shares = (label == 1).sum(axis=0)[known > 0] / known[known > 0]
    return bool(len(shares) and shares.mean() < RARE)


def probe_set(
    ids: RowArray, size: int, *, where: npt.NDArray[np.bool_] | None = None
) -> npt.NDArray[np.int64]:
    """Returns the indices of a fixed subset: the examples whose ids have the smallest hashes.

    The choice depends on the ids only: not on their order, nor on a seed.

    Args:
        ids: `(n,)` example ids.
        size: How many; fewer come back where there are fewer.
        where: `(n,)` bool, candidates; all by default.

    Returns:
        `(min(size, candidates),)` int64, smallest sha256 first.
    """
    candidates = np.arange(len(ids)) if where is None else np.flatnonzero(where)
    hashes = (
        (hashlib.sha256(name.encode()).digest(), int(index))
        for start in range(0, len(candidates), _BATCH)
        for chunk in [candidates[start : start + _BATCH]]
        for index, name in zip(chunk, ids[chunk].tolist(), strict=True)
    )
    return np.array([index for _, index in heapq.nsmallest(size, hashes)], dtype=np.int64)


def bound_rows(split: Split, size: int) -> npt.NDArray[np.int64]:
    """Returns bound rows, chosen by hash of the id; where binding is rare, target by target.

    In turn each target chooses the next of its bound rows, so that a frequent target does not
    crowd out the others.

    Args:
        split: Of a task.
        size: How many; fewer come back where there are fewer.
    """
    if not is_rare(split.label):
        return probe_set(split.ids, size, where=(split.label == 1).any(axis=1))
    queues = [
        probe_set(split.ids, size, where=split.label[:, target] == 1).tolist()
        for target in range(split.label.shape[1])
    ]
    turns = (row for turn in itertools.zip_longest(*queues) for row in turn if row is not None)
    return np.array(list(dict.fromkeys(turns))[:size], dtype=np.int64)


def rarest_bound(label: npt.NDArray[np.int8], rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Returns, for each of the bound rows, the target with the fewest bound rows of the split.

    Args:
        label: `(n, targets)` int8.
        rows: `(k,)` rows with a label of 1.
    """
    counts = (label == 1).sum(axis=0)
    ranked = np.where(label[rows] == 1, counts, np.iinfo(np.int64).max)
    return ranked.argmin(axis=1)


def probe_rows(split: Split, size: int) -> npt.NDArray[np.int64]:
    """Returns the rows of a fixed probe set; where binding is rare, half of them bound.

    Args:
        split: Of a task.
        size: How many; fewer come back where there are fewer.

    Returns:
        `(k,)` int64, chosen by hash of the id; where binding is rare, the `bound_rows` first,
        then as many whose labels are known and none of them 1.
    """
    if not is_rare(split.label):
        return probe_set(split.ids, size)
    unbound = (split.label == 0).any(axis=1) & ~(split.label == 1).any(axis=1)
    chosen = [bound_rows(split, size // 2), probe_set(split.ids, size // 2, where=unbound)]
    return np.concatenate(chosen)
