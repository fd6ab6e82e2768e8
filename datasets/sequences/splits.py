"""Cuts the validation and test splits that were not given."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import Codes
from tfbs.datasets.sequences.examples import Examples, canonical
from tfbs.errors import UserError

FRACTIONS = {"test": 0.2, "valid": 0.1}
"""Share of the examples that goes to a split that is cut, in the order of cutting."""

DEFAULT_CHROMOSOMES = {"test": ("chr1", "chr8", "chr21"), "valid": ("chr11",)}
"""The ENCODE-DREAM challenge's hold-out, as FactorNet used it; taken where it is big enough."""

ENOUGH = 50
"""Examples of each class that a default hold-out must have."""

Names = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Splitting:
    """How splits that were not given are cut.

    Attributes:
        by: `"chromosome"`, `"sequence"`, or `"auto"`: by chromosome where every name carries
            coordinates and there are three chromosomes or more, else by sequence.
        test_chromosomes: Test chromosomes; chosen by default.
        valid_chromosomes: Validation chromosomes; chosen by default.
        seed: Of whatever is drawn: the grouping of chromosomes, the hash, shuffled negatives.
    """

    by: str = "auto"
    test_chromosomes: tuple[str, ...] = ()
    valid_chromosomes: tuple[str, ...] = ()
    seed: int = 0

    @property
    def chromosomes(self) -> dict[str, tuple[str, ...]]:
        """Chromosomes that the user chose, by split."""
        chosen = {"test": self.test_chromosomes, "valid": self.valid_chromosomes}
        return {split: names for split, names in chosen.items() if names}


def cut_splits(
    pool: Examples, fitted: list[Codes], missing: Iterable[str], splitting: Splitting
) -> tuple[Names, str]:
    """Returns the split of each example, and the rule in words.

    Args:
        pool: What is to be divided; a made negative goes where its positive goes.
        fitted: The same sequences after fitting to one length.
        missing: Splits to cut, of `valid` and `test`; the rest is `train`.
        splitting: The rule and its seed.

    Raises:
        UserError: If a split by chromosome is asked for and cannot be made.
    """
    wanted = [split for split in FRACTIONS if split in set(missing)]
    if not wanted:
        return np.full(len(pool), "train", dtype="U5"), "as given"
    if _by_chromosome(pool, wanted, splitting):
        return _cut_by_chromosome(pool, wanted, splitting)
    return _cut_by_sequence(pool, fitted, wanted, splitting.seed)


def _by_chromosome(pool: Examples, wanted: list[str], splitting: Splitting) -> bool:
    unplaced = next((i for i, name in enumerate(pool.chromosomes) if name is None), None)
    num_chromosomes = len(set(pool.chromosomes))
    if splitting.by == "sequence" and not splitting.chromosomes:
        return False
    if splitting.by == "auto" and not splitting.chromosomes:
        return unplaced is None and num_chromosomes > len(wanted)
    if splitting.by == "sequence":
        raise UserError("chromosomes were chosen, so the split cannot be by sequence")
    if unplaced is not None:
        raise UserError(
            f"cannot split by chromosome: {pool.ids[unplaced]!r} carries no coordinates "
            "(chrN:start-end)"
        )
    if num_chromosomes <= len(wanted):
        raise UserError(
            f"cannot split by chromosome: {num_chromosomes} in the data, "
            f"{len(wanted) + 1} needed for train, {', '.join(wanted)}"
        )
    return True


def _cut_by_chromosome(
    pool: Examples, wanted: list[str], splitting: Splitting
) -> tuple[Names, str]:
    chromosomes = np.array(pool.chromosomes, dtype=np.str_)
    _check_chosen(splitting.chromosomes, wanted, set(chromosomes.tolist()))
    held_out = _held_out(chromosomes, pool.labels, wanted, splitting)
    splits = np.full(len(pool), "train", dtype="U5")
    for split in wanted:
        splits[np.isin(chromosomes, held_out[split])] = split
    words = "; ".join(f"{split} {','.join(held_out[split])}" for split in wanted)
    return splits, f"by chromosome: {words}"


def _check_chosen(chosen: dict[str, tuple[str, ...]], wanted: list[str], present: set[str]) -> None:
    """Refuses chromosomes chosen for a split that is given, twice, or not in the data."""
    for split, names in chosen.items():
        if split not in wanted:
            raise UserError(f"{split} chromosomes were chosen, but the {split} split is given")
        for name in names:
            if name not in present:
                raise UserError(
                    f"no sequence lies on {split} chromosome {name!r}; "
                    f"the data have {', '.join(sorted(present))}"
                )
    both = set(chosen.get("test", ())) & set(chosen.get("valid", ()))
    if both:
        raise UserError(f"chromosome {min(both)!r} is chosen for both test and valid")


def _held_out(
    chromosomes: Names, labels: npt.NDArray[np.int8], wanted: list[str], splitting: Splitting
) -> dict[str, tuple[str, ...]]:
    """Returns the chromosomes of each wanted split: chosen, else usual, else grouped."""
    chosen = splitting.chromosomes
    present = set(chromosomes.tolist())
    taken = {name for names in chosen.values() for name in names}
    free = [split for split in wanted if split not in chosen]
    usual = {
        split: tuple(name for name in DEFAULT_CHROMOSOMES[split] if name in present)
        for split in free
    }
    held_out = [*taken, *(name for names in usual.values() for name in names)]
    if _enough(labels[~np.isin(chromosomes, held_out)]) and all(
        not taken & set(names) and _enough(labels[np.isin(chromosomes, names)])
        for names in usual.values()
    ):
        return {**chosen, **usual}
    return {**chosen, **_grouped(chromosomes, free, taken, splitting.seed)}


def _enough(labels: npt.NDArray[np.int8]) -> bool:
    """Returns whether some target has `ENOUGH` examples of each class."""
    smaller = np.minimum((labels == 1).sum(axis=0), (labels == 0).sum(axis=0))
    return bool(smaller.max(initial=0) >= ENOUGH)


def _grouped(
    chromosomes: Names, wanted: list[str], taken: set[str], seed: int
) -> dict[str, tuple[str, ...]]:
    """Returns chromosomes in seeded order until each split has its share of the examples."""
    counts = Counter(chromosomes.tolist())
    order = sorted(set(counts) - taken, key=lambda name: _hash(seed, name.encode()))
    groups: dict[str, tuple[str, ...]] = {}
    for position, split in enumerate(wanted):
        later = len(wanted) - position  # chromosomes to leave: one a later split, one train
        group: list[str] = []
        total = 0
        while len(order) > later and total < FRACTIONS[split] * len(chromosomes):
            group.append(order.pop(0))
            total += counts[group[-1]]
        groups[split] = tuple(sorted(group))
    return groups


def _cut_by_sequence(
    pool: Examples, fitted: list[Codes], wanted: list[str], seed: int
) -> tuple[Names, str]:
    groups = _same_sequence(pool, fitted)
    shares = np.array([_hash(seed, group) for group in groups])
    splits = np.full(len(pool), "train", dtype="U5")
    below = 0.0
    for split in wanted:
        splits[(shares >= below) & (shares < below + FRACTIONS[split])] = split
        below += FRACTIONS[split]
    words = ", ".join(f"{split} {FRACTIONS[split]:.0%}" for split in wanted)
    return splits, f"by hash of the sequence or its reverse complement (seed {seed}): {words}"


def _same_sequence(pool: Examples, fitted: list[Codes]) -> list[bytes]:
    """Returns one key per example; equal where examples must stay together.

    Examples stay together whose sequences are equal on either strand, before or after they
    were fitted to one length, and a made negative stays with its positive.
    """
    find, join = _union_find(len(pool))
    first: dict[bytes, int] = {}
    keys = [canonical(sequence) for sequence in pool.sequences]
    for index, (key, sequence) in enumerate(zip(keys, fitted, strict=True)):
        join(index, first.setdefault(key, index))
        join(index, first.setdefault(canonical(sequence), index))
        if pool.parents[index] >= 0:
            join(index, int(pool.parents[index]))
    smallest: dict[int, bytes] = {}
    for index, key in enumerate(keys):
        root = find(index)
        smallest[root] = min(key, smallest.get(root, key))
    return [smallest[find(index)] for index in range(len(pool))]


def _union_find(count: int) -> tuple[Callable[[int], int], Callable[[int, int], None]]:
    parent = list(range(count))

    def find(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    def join(one: int, other: int) -> None:
        parent[find(one)] = find(other)

    return find, join


def _hash(seed: int, key: bytes) -> float:
    """Returns a number in [0, 1) that depends on nothing but its arguments."""
    digest = hashlib.sha256(f"{seed}:".encode() + key).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
