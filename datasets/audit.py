"""The leakage audit of a task: what its classes and its splits have in common that they should not.

Whalen et al. (2022), https://doi.org/10.1038/s41576-021-00434-9, list what goes wrong where
training and test examples, or their confounders, are not apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import UNKNOWN, reverse_complement
from tfbs.datasets.split import Progress, Split
from tfbs.datasets.task import Task, silent
from tfbs.datasets.words import chunks, has_word, hash_words, word_set

WORD = 50
MOST_EXAMPLES = 100_000
"""Of a class in a split; where there are more, every k-th is looked at for GC and length."""

MOST_POSITIONS = 50_000_000
"""Of a split; where there are more, one in so many words is compared."""

CLASSES = ("bound", "unbound")


@dataclass(frozen=True)
class ClassFacts:
    """One class of one split; an example is bound where any target is, unbound where none is.

    Attributes:
        split: Name of the split.
        label: `bound` or `unbound`.
        n: Examples.
        gc_mean: Mean over examples of the GC fraction of their known letters.
        gc_sd: Standard deviation of it.
        length_quantiles: Known letters: 5 %, median, 95 %.
    """

    split: str
    label: str
    n: int
    gc_mean: float
    gc_sd: float
    length_quantiles: tuple[float, float, float]


@dataclass(frozen=True)
class Confounder:
    """How far GC and length alone tell the classes of a split apart.

    Attributes:
        split: Name of the split.
        gc_auroc: AUROC of the GC fraction; below 0.5 where the bound have less.
        length_auroc: AUROC of the number of known letters.
    """

    split: str
    gc_auroc: float
    length_auroc: float


@dataclass(frozen=True)
class Undefined:
    """A target that cannot be scored on a split."""

    split: str
    target: str
    reason: str


@dataclass(frozen=True)
class Duplicates:
    """Whole sequences that come again.

    Attributes:
        split: Where they are counted.
        reference: Where they were seen before; the split itself for copies within it.
        exact: Sequences of `split` that are in `reference` too; within a split, those beyond the
            first of each.
        reverse_complement: That are there as the other strand only.
        relabelled: Of both kinds, those whose labels differ from the first.
    """

    split: str
    reference: str
    exact: int
    reverse_complement: int
    relabelled: int


@dataclass(frozen=True)
class SharedWords:
    """Sequences that share a word of 50 letters with another split.

    Attributes:
        split: Where they are counted.
        reference: Where the words come from.
        n: Sequences, or tiles of a genome, that were compared.
        same_strand: That share one as they stand.
        other_strand: That share one only with the other strand.
        bound: Of both, those that are bound.
        one_in: Only one in so many words was compared.
    """

    split: str
    reference: str
    n: int
    same_strand: int
    other_strand: int
    bound: int
    one_in: int


@dataclass(frozen=True)
class Audit:
    """What was found; empty lists are good news.

    Attributes:
        classes: Per split and class.
        confounders: Per split with both classes.
        undefined: Targets without one of the classes.
        duplicates: Within and between splits.
        shared: Between splits.
        tiles: Whether duplicates and words are those of tiles that cover each split once,
            because the windows of a genome overlap by construction.
    """

    classes: list[ClassFacts]
    confounders: list[Confounder]
    undefined: list[Undefined]
    duplicates: list[Duplicates]
    shared: list[SharedWords]
    tiles: bool

    def to_json(self) -> dict[str, Any]:
        """Returns the audit as JSON types."""
        return asdict(self)


def audit(task: Task, progress: Progress = silent) -> Audit:
    """Looks for whatever lets a model be right for the wrong reasons.

    Args:
        task: Built.
        progress: Is told what happens.
    """
    classes: list[ClassFacts] = []
    confounders: list[Confounder] = []
    for name, split in task.splits.items():
        progress(f"auditing the classes of {name}")
        facts, confounder = _classes(name, split)
        classes += facts
        confounders += [confounder] if confounder else []
    rows = {name: _rows(split) for name, split in task.splits.items()}
    progress("looking for duplicates")
    duplicates = _duplicates(task, rows)
    shared = list(_shared(task, rows, progress))
    tiles = any(split.grid is not None for split in task.splits.values())
    return Audit(classes, confounders, list(_undefined(task)), duplicates, shared, tiles)


def _classes(name: str, split: Split) -> tuple[list[ClassFacts], Confounder | None]:
    bound = (np.asarray(split.label) == 1).any(axis=1)
    unbound = ~bound & (np.asarray(split.label) == 0).any(axis=1)
    facts, values = [], []
    for label, members in zip(CLASSES, map(np.flatnonzero, (bound, unbound)), strict=True):
        chosen = members[:: max(1, -(-len(members) // MOST_EXAMPLES))]
        gc, length = _composition(split, chosen)
        if len(chosen):
            low, median, high = np.quantile(length, [0.05, 0.5, 0.95])
            quantiles = (float(low), float(median), float(high))
            mean, sd = float(np.nanmean(gc)), float(np.nanstd(gc))
            facts.append(ClassFacts(name, label, len(members), mean, sd, quantiles))
            values.append((gc, length))
    if len(values) < 2:
        return facts, None
    areas = [_area(values[0][index], values[1][index]) for index in (0, 1)]
    return facts, Confounder(name, *areas)


def _composition(split: Split, rows: npt.NDArray[np.int64]) -> tuple[np.ndarray, np.ndarray]:
    """Returns GC fraction and number of the known letters of each row."""
    gc, length = [np.zeros(0)], [np.zeros(0)]
    for part in chunks(rows, split.sequence.shape[1]):
        codes = split.sequence[part]
        known = (codes != UNKNOWN).sum(axis=1)
        strong = ((codes == 1) | (codes == 2)).sum(axis=1)
        gc.append(np.divide(strong, known, out=np.full(len(known), np.nan), where=known > 0))
        length.append(known)
    return np.concatenate(gc), np.concatenate(length)


def _area(bound: np.ndarray, unbound: np.ndarray) -> float:
    from scipy.stats import mannwhitneyu

    bound, unbound = bound[np.isfinite(bound)], unbound[np.isfinite(unbound)]
    if not len(bound) or not len(unbound):
        return float("nan")
    return float(mannwhitneyu(bound, unbound).statistic / (len(bound) * len(unbound)))


def _undefined(task: Task) -> Iterator[Undefined]:
    for name, split in task.splits.items():
        label = np.asarray(split.label)
        for index, target in enumerate(task.targets):
            missing = [
                word
                for word, value in (("bound", 1), ("unbound", 0))
                if not (label[:, index] == value).any()
            ]
            if missing:
                yield Undefined(name, target, f"no {' and no '.join(missing)} example")


def _rows(split: Split) -> npt.NDArray[np.int64]:
    """Returns all rows; of a genome, tiles that cover it and overlap by less than two words."""
    if split.grid is None:
        return np.arange(len(split))
    length, step = split.sequence.shape[1], split.grid.step
    stride = max(1, (length - (WORD - 1)) // step)
    one_cell = np.arange(split.grid.bins)  # all cells have the same sequence
    _, within = split.grid.position(one_cell)
    counts = split.grid.runs[:, 2]
    last = np.cumsum(counts) - 1
    return np.union1d(one_cell[within % stride == 0], last[counts > 0])


def _duplicates(task: Task, rows: dict[str, npt.NDArray[np.int64]]) -> list[Duplicates]:
    """Returns the duplicates of every split in itself and in those before it."""
    seen: dict[str, tuple[np.ndarray, ...]] = {}
    found = []
    for name, split in task.splits.items():
        forward, reverse, label = _whole(split, rows[name])
        seen[name] = forward, label
        found.append(_within(name, forward, reverse, label))
        for reference in itertools.takewhile(lambda other, own=name: other != own, task.splits):  # type: ignore[misc]
            found.append(_between(name, reference, (forward, reverse, label), seen[reference]))
    return [d for d in found if d.exact or d.reverse_complement]


def _whole(split: Split, rows: npt.NDArray[np.int64]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns hashes of whole sequences, of their reverse complements, and hashes of labels.

    Sequences without a known letter are left out.
    """
    length = split.sequence.shape[1]
    forward, reverse, label = ([np.zeros(0, np.uint64)] for _ in range(3))
    for part in chunks(rows, length):
        codes = split.sequence[part]
        keep = (codes != UNKNOWN).any(axis=1)
        codes = codes[keep]
        forward.append(hash_words(codes, length)[:, 0])
        reverse.append(hash_words(_flipped(codes), length)[:, 0])
        own = (np.asarray(split.label[part])[keep] + 1).astype("uint8")
        label.append(hash_words(own, own.shape[1])[:, 0])
    return np.concatenate(forward), np.concatenate(reverse), np.concatenate(label)


def _flipped(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Returns reverse complements with the unknown letters around a sequence left in place."""
    flipped = reverse_complement(codes)
    length = codes.shape[1]
    known, turned = codes != UNKNOWN, flipped != UNKNOWN
    shift = known.argmax(axis=1) - turned.argmax(axis=1)
    columns = (np.arange(length) - shift[:, None]) % length
    found: npt.NDArray[np.uint8] = np.take_along_axis(flipped, columns, axis=1)
    return found


def _within(name: str, forward: np.ndarray, reverse: np.ndarray, label: np.ndarray) -> Duplicates:
    """Counts copies beyond the first of each, whichever strand they are on."""
    _, first = np.unique(forward, return_index=True)
    again = np.ones(len(forward), bool)
    again[first] = False
    canonical = np.minimum(forward, reverse)
    _, start, group = np.unique(canonical, return_index=True, return_inverse=True)
    later = np.ones(len(forward), bool)
    later[start] = False
    return Duplicates(
        name,
        name,
        exact=int(again.sum()),
        reverse_complement=int(later.sum() - again.sum()),
        relabelled=int((label[later] != label[start[group[later]]]).sum()),
    )


def _between(
    name: str, reference: str, own: tuple[np.ndarray, ...], other: tuple[np.ndarray, ...]
) -> Duplicates:
    forward, reverse, label = own
    known, first = np.unique(other[0], return_index=True)
    same, turned = np.isin(forward, known), np.isin(reverse, known)
    turned &= ~same
    sought = np.where(same, forward, reverse)[same | turned]
    before = other[1][first[np.searchsorted(known, sought)]]
    return Duplicates(
        name,
        reference,
        exact=int(same.sum()),
        reverse_complement=int(turned.sum()),
        relabelled=int((label[same | turned] != before).sum()),
    )


def _shared(
    task: Task, rows: dict[str, npt.NDArray[np.int64]], progress: Progress
) -> Iterator[SharedWords]:
    """Yields, for every split but training, what it shares with the others before it."""
    names = list(task.splits)
    length = min(split.sequence.shape[1] for split in task.splits.values())
    if length < WORD:
        return
    for number, reference in enumerate(names[:-1]):
        progress(f"looking for words of {WORD} letters of {reference} in the other splits")
        source = task.splits[reference]
        positions = len(rows[reference]) * source.sequence.shape[1]
        one_in = max(1, -(-positions // MOST_POSITIONS))
        words = word_set(source.sequence, rows[reference], WORD, one_in)
        for name in names[number + 1 :]:
            yield _compare(name, reference, task.splits[name], rows[name], words, one_in)


def _compare(
    name: str,
    reference: str,
    split: Split,
    rows: npt.NDArray[np.int64],
    words: np.ndarray,
    one_in: int,
) -> SharedWords:
    same = other = bound = 0
    for part in chunks(rows, split.sequence.shape[1]):
        codes = split.sequence[part]
        forward = has_word(codes, words, WORD)
        reverse = has_word(reverse_complement(codes), words, WORD) & ~forward
        same, other = same + int(forward.sum()), other + int(reverse.sum())
        positive = (np.asarray(split.label[part]) == 1).any(axis=1)
        bound += int((positive & (forward | reverse)).sum())
    return SharedWords(name, reference, len(rows), same, other, bound, one_in)
