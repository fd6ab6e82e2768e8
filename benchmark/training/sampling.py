"""Which rows an epoch trains on: all, or where binding is rare the bound and fresh negatives."""

from __future__ import annotations

import numpy as np

from tfbs.datasets.probe import is_rare, probe_set
from tfbs.datasets.task import Split

DEFAULT_RATIO = 1.0
"""Unbound rows per bound one where binding is rare and nothing else is asked for."""

_PART = 10_000_000
"""Rows that are read at a time."""

VALIDATION_BOUND = 4000
VALIDATION_UNBOUND = 8000


class EpochSampler:
    """The rows of each epoch, a function of (seed, epoch) alone.

    Where fewer than one label in ten is 1, an epoch holds every bound row and
    `ratio` times as many unbound ones, drawn afresh; elsewhere, without a ratio, it holds all.

    Args:
        label: `(n, targets)` int8, -1 where unknown.
        ratio: Unbound rows per bound one; by default `DEFAULT_RATIO` where binding is rare.
        seed: Of the draws.
    """

    def __init__(self, label: np.ndarray, ratio: float | None, seed: int) -> None:
        self.seed = seed
        self._number = len(label)
        self._bound = self._unbound = None
        if ratio is None and is_rare(label):
            ratio = DEFAULT_RATIO
        if ratio is not None:
            self._bound, self._unbound = _by_class(label)
            self._draws = min(round(ratio * len(self._bound)), len(self._unbound))

    def __len__(self) -> int:
        """Returns the rows in an epoch."""
        return self._number if self._bound is None else len(self._bound) + self._draws

    def __call__(self, epoch: int) -> np.ndarray:
        """Returns `(len(self),)` int64 row numbers, ascending, of an epoch from 0."""
        if self._bound is None or self._unbound is None:
            return np.arange(self._number)
        rng = np.random.default_rng([self.seed, epoch])
        drawn = rng.choice(self._unbound, self._draws, replace=False, shuffle=False)
        return np.sort(np.concatenate([self._bound, drawn]))


def _by_class(label: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the rows with a label of 1, and those with a label of 0 and none of 1.

    A genome in several cells has hundreds of millions of rows: they are read part by part and
    held as 32-bit numbers where these are enough.
    """
    kind = np.int32 if len(label) < 2**31 else np.int64
    bound, unbound = [], []
    for start in range(0, len(label), _PART):
        part = label[start : start + _PART]
        is_bound = (part == 1).any(axis=1)
        bound.append(np.flatnonzero(is_bound) + start)
        own = np.flatnonzero(~is_bound & (part == 0).any(axis=1)) + start
        unbound.append(own.astype(kind))
    return np.concatenate(bound), np.concatenate(unbound)


def validation_rows(split: Split) -> np.ndarray:
    """Returns the rows that validation between epochs looks at, the same for every run of a task.

    All of them; where binding is rare, up to 4,000 bound and 8,000 unbound ones, chosen by hash
    of the id. AUROC is then that of the whole split but for chance; average precision is higher
    by the enrichment, and good for comparing epochs only.

    Args:
        split: The validation split.
    """
    if not is_rare(split.label):
        return np.arange(len(split))
    bound = (split.label == 1).any(axis=1)
    known = ~bound & (split.label == 0).any(axis=1)
    chosen = [
        probe_set(split.ids, VALIDATION_BOUND, where=bound),
        probe_set(split.ids, VALIDATION_UNBOUND, where=known),
    ]
    return np.sort(np.concatenate(chosen))
