"""Against which negatives? The positives of a target stay, what they are ranked against changes."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from tfbs.benchmark.evaluation.bootstrap import BLOCK
from tfbs.benchmark.evaluation.metric import Measurement
from tfbs.benchmark.evaluation.prediction import Scored, measure_scored
from tfbs.datasets.dinucleotide_shuffle import shuffle_each
from tfbs.datasets.probe import bound_rows, probe_set
from tfbs.datasets.task import RowArray, Split
from tfbs.registry import Registry

GC_WIDTH = 0.02
PER_POSITIVE = 10
SHUFFLED = 1000
FLANK = 1000
_BATCH = 4096


Predict = Callable[[RowArray, RowArray | None], np.ndarray]
"""From `(n, length)` codes and perhaps tracks to `(n, targets)` logits, as of a `Predictor`."""


class Case:
    """A test split of genome bins with the outputs of a model on it.

    Args:
        split: With a grid.
        logit: `(n, targets)`.
        predict: The model, for windows that are no rows.
    """

    def __init__(self, split: Split, logit: np.ndarray, predict: Predict) -> None:
        assert split.grid is not None  # noqa: S101  (designs are for bins of a genome)
        self.split = split
        self.grid = split.grid
        self.logit = logit
        self.label = np.asarray(split.label)
        self.predict = predict

    @functools.cached_property
    def block(self) -> np.ndarray:
        """`(n,)` int: the block of a chromosome of every row; of all cells the same."""
        return chromosome_blocks(self.split)

    @functools.cached_property
    def gc(self) -> np.ndarray:
        """`(n,)` GC fraction of each bin; NaN where it is all unknown."""
        bins = self._in_bins(self.split.sequence)
        with np.errstate(invalid="ignore"):
            parts = [((b == 1) | (b == 2)).sum(1) / (b < 4).sum(1) for b in bins]
        return np.concatenate(parts)

    @functools.cached_property
    def accessibility(self) -> np.ndarray:
        """`(n,)` mean of the first track over each bin; NaN where nothing is covered."""
        assert self.split.tracks is not None  # noqa: S101  (asked before)
        parts = []
        for values in self._in_bins(self.split.tracks):
            first = values[..., 0].astype("float32")
            covered = np.isfinite(first)
            with np.errstate(invalid="ignore"):
                parts.append(np.where(covered, first, 0).sum(1) / covered.sum(1))
        return np.concatenate(parts)

    @functools.cached_property
    def place(self) -> np.ndarray:
        """`(n,)` int64: starts on one axis on which cells and chromosomes are far apart."""
        everything = slice(0, len(self.grid))
        stretch = self.grid.cell(everything) * len(self.grid.chromosomes)
        return ((stretch + self.grid.chromosome(everything)) << 34) + self.grid.start(everything)

    @functools.cached_property
    def shuffled(self) -> tuple[np.ndarray, np.ndarray]:
        """Bound rows, and `(rows, length)` codes of a shuffle of each."""
        rows = np.sort(bound_rows(self.split, SHUFFLED))
        rng = np.random.default_rng(_seed("shuffled"))
        return rows, np.stack(shuffle_each(list(self.split.sequence[rows]), rng))

    @functools.cached_property
    def shuffled_logit(self) -> np.ndarray:
        """`(rows, targets)` outputs on the shuffles; tracks stay as they are."""
        rows, codes = self.shuffled
        return self.predict(codes, None if self.split.tracks is None else self.split.tracks[rows])

    def bound(self, target: int) -> np.ndarray:
        """Returns the rows where a target is bound."""
        return np.flatnonzero(self.label[:, target] == 1)

    def unbound(self, target: int) -> np.ndarray:
        """Returns the rows where a target is known not to be bound."""
        return np.flatnonzero(self.label[:, target] == 0)

    def scored(self, target: int, negatives: Negatives) -> Scored:
        """Returns the bound rows of a target against negatives; of shuffles their parents alone."""
        if negatives.shuffled:
            bound, other = negatives.rows, self.shuffled_logit[self._shuffles(negatives.rows)]
        else:
            bound, other = self.bound(target), self.logit[negatives.rows]
        rows = np.concatenate([bound, negatives.rows])
        return Scored(
            label=np.repeat([1, 0], [len(bound), len(negatives.rows)]),
            score=np.concatenate([self.logit[bound, target], other[:, target]]),
            block=self.block[rows],
            reason=negatives.reason,
            row=rows,
        )

    def windows(self, negatives: Negatives, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns up to `size` negatives, chosen by hash of the id: rows and their codes."""
        where = np.zeros(len(self.label), bool)
        where[negatives.rows] = True
        rows = probe_set(self.split.ids, size, where=where)
        if negatives.shuffled:
            return rows, self.shuffled[1][self._shuffles(rows)]
        return rows, self.split.sequence[rows]

    def _shuffles(self, rows: np.ndarray) -> np.ndarray:
        return np.searchsorted(self.shuffled[0], rows)

    def _in_bins(self, field: RowArray) -> Iterator[np.ndarray]:
        """Yields the middle of all windows, batch by batch."""
        first = (field.shape[1] - self.grid.bin) // 2
        for start in range(0, len(field), _BATCH):
            yield field[slice(start, start + _BATCH)][:, first : first + self.grid.bin]


@dataclass(frozen=True)
class Negatives:
    """What the bound rows of a target are ranked against.

    Attributes:
        rows: Rows of the split.
        shuffled: Whether not these rows but their shuffles are meant; they are bound then.
        reason: Why there are none.
    """

    rows: np.ndarray
    shuffled: bool = False
    reason: str | None = None


Design = Callable[[Case, int], Negatives]
"""Returns the negatives of a target."""

DESIGNS: Registry[Design] = Registry("negative design")


def chromosome_blocks(split: Split) -> np.ndarray:
    """Returns `(n,)` int, from 0: the stretch of 100 kb of a chromosome that each row lies in."""
    assert split.grid is not None  # noqa: S101  (loose sequences have no blocks)
    everything = slice(0, len(split.grid))
    place = (split.grid.chromosome(everything) << 32) + split.grid.start(everything) // BLOCK
    return np.unique(place, return_inverse=True)[1]


@DESIGNS.register("all")
def every_bin(case: Case, target: int) -> Negatives:
    """Every unbound bin: the task itself."""
    return Negatives(case.unbound(target))


@DESIGNS.register("gc_matched")
def gc_matched(case: Case, target: int) -> Negatives:
    """Unbound bins with the GC content of the bound ones: up to ten each, in steps of 0.02."""
    rng = np.random.default_rng(_seed(f"gc_matched {target}"))
    bound, unbound = (
        rows[np.isfinite(case.gc[rows])] for rows in (case.bound(target), case.unbound(target))
    )
    levels = np.floor(case.gc / GC_WIDTH + 1e-9)
    chosen = []
    for level, count in zip(*np.unique(levels[bound], return_counts=True), strict=True):
        pool = unbound[levels[unbound] == level]
        size = min(len(pool), PER_POSITIVE * int(count))
        chosen.append(rng.choice(pool, size, replace=False, shuffle=False))
    return Negatives(np.sort(np.concatenate([*chosen, np.zeros(0, np.int64)])))


@DESIGNS.register("dinucleotide_shuffled")
def dinucleotide_shuffled(case: Case, target: int) -> Negatives:
    """The bound windows themselves, shuffled with all dinucleotides kept; 1,000 of all targets."""
    rows = case.shuffled[0]
    parents = rows[case.label[rows, target] == 1]
    return Negatives(parents, shuffled=True, reason="none of its windows is among the shuffled")


@DESIGNS.register("accessible_unbound")
def accessible_unbound(case: Case, target: int) -> Negatives:
    """Unbound bins whose first track is, on average, at least the median of the bound bins."""
    if case.split.tracks is None:
        return Negatives(np.zeros(0, np.int64), reason="the task has no tracks")
    least = np.nanmedian(case.accessibility[case.bound(target)])
    unbound = case.unbound(target)
    return Negatives(unbound[case.accessibility[unbound] >= least])


@DESIGNS.register("near_peak_flanks")
def near_peak_flanks(case: Case, target: int) -> Negatives:
    """Unbound bins that begin within 1,000 bp of a bound bin of the same chromosome and cell."""
    bound, unbound = case.place[case.bound(target)], case.unbound(target)
    places = case.place[unbound]
    nearest = np.searchsorted(bound, places - FLANK)
    reached = np.append(bound, np.iinfo(np.int64).max)[nearest] <= places + FLANK
    return Negatives(unbound[reached])


def measure_designs(
    case: Case,
    targets: tuple[str, ...],
    seed: int,
    split: str,
    without: tuple[str, ...] = (),
) -> list[Measurement]:
    """Returns every ranking metric under every design but `all`, by target and in the mean.

    Args:
        case: A test split with outputs.
        targets: Names of the label columns.
        seed: Of the bootstrap.
        split: Name of the split.
        without: Designs that are left out.
    """
    measured = []
    for name in designs_of(case.split):
        if name not in ("all", *without):
            scored = [_scored(name, case, target) for target in range(len(targets))]
            measured += measure_scored(scored, targets, seed, split, design=name)
    return measured


def designs_of(split: Split) -> list[str]:
    """Returns the designs that a split allows."""
    return [name for name in DESIGNS if name != "accessible_unbound" or split.tracks is not None]


def _scored(name: str, case: Case, target: int) -> Scored:
    if not len(case.bound(target)):
        none = np.zeros(0, np.int64)
        return Scored(none, none, none, "nothing is bound")
    return case.scored(target, DESIGNS[name](case, target))


def _seed(text: str) -> int:
    """Returns a seed that is the same for every run."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
