"""Labelled sequences on their way from files to a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import Codes, reverse_complement
from tfbs.datasets.dinucleotide_shuffle import shuffle_each
from tfbs.errors import UserError

LABELS = (-1, 0, 1)
"""Unknown, unbound, bound."""


@dataclass(frozen=True)
class Examples:
    """Labelled sequences of any lengths.

    Attributes:
        ids: One name each.
        sequences: Each `(length,)` uint8 codes.
        labels: `(n, targets)` int8 in `LABELS`.
        chromosomes: The chromosome each comes from; None where its name does not say.
        parents: For a made negative the index of the positive it was made from, else -1.
        information: Position truth of each, `(length,)` float32; None where there is none.
    """

    ids: list[str]
    sequences: list[Codes]
    labels: npt.NDArray[np.int8]
    chromosomes: list[str | None]
    parents: npt.NDArray[np.int64]
    information: list[npt.NDArray[np.float32]] | None = None

    def __len__(self) -> int:
        """Returns the number of examples."""
        return len(self.ids)


def make_examples(
    ids: list[str],
    sequences: list[Codes],
    labels: npt.ArrayLike,
    chromosomes: list[str | None] | None = None,
    information: list[npt.NDArray[np.float32]] | None = None,
) -> Examples:
    """Returns examples none of which was made from another.

    Args:
        ids: One name each.
        sequences: Each `(length,)` uint8 codes.
        labels: `(n,)` or `(n, targets)` in `LABELS`.
        chromosomes: None where no name carries coordinates.
        information: Position truth of each, if there is any.
    """
    column = np.asarray(labels, dtype=np.int8).reshape(len(ids), -1)
    none = np.full(len(ids), -1, dtype=np.int64)
    return Examples(ids, sequences, column, chromosomes or [None] * len(ids), none, information)


def take(examples: Examples, rows: npt.NDArray[np.int64]) -> Examples:
    """Returns some of the examples, none of which was made from another.

    Args:
        examples: All.
        rows: Which, in what order.
    """
    indices = rows.tolist()
    truth = examples.information
    return make_examples(
        [examples.ids[index] for index in indices],
        [examples.sequences[index] for index in indices],
        examples.labels[rows],
        [examples.chromosomes[index] for index in indices],
        None if truth is None else [truth[index] for index in indices],
    )


def concatenate(parts: Sequence[Examples]) -> Examples:
    """Returns the examples of all parts, one part after the other.

    They have position truth where all parts have.
    """
    offsets = np.cumsum([0, *(len(part) for part in parts[:-1])])
    parents = [
        np.where(part.parents < 0, -1, part.parents + offset)
        for part, offset in zip(parts, offsets, strict=True)
    ]
    truths = [part.information for part in parts]
    return Examples(
        [name for part in parts for name in part.ids],
        [sequence for part in parts for sequence in part.sequences],
        np.concatenate([part.labels for part in parts]),
        [chromosome for part in parts for chromosome in part.chromosomes],
        np.concatenate(parents),
        None if None in truths else [row for truth in truths if truth for row in truth],
    )


def add_shuffled_negatives(positives: Examples, seed: int) -> Examples:
    """Returns the positives followed by one exact dinucleotide shuffle of each.

    A positive that has no other arrangement, such as a run of one letter, gets no negative.

    Args:
        positives: With one label column, in which all are 1.
        seed: The same seed gives the same negatives.

    Raises:
        UserError: If there is more than one label column.
    """
    if positives.labels.shape[1] != 1:
        raise UserError(
            "negatives are made by shuffling for one label column only, not for "
            f"{positives.labels.shape[1]}; name one with --label-column"
        )
    shuffled = shuffle_each(positives.sequences, np.random.default_rng(seed))
    changed = [
        index
        for index, (before, after) in enumerate(zip(positives.sequences, shuffled, strict=True))
        if not np.array_equal(before, after)
    ]
    negatives = Examples(
        [f"{positives.ids[index]}_shuffled" for index in changed],
        [shuffled[index] for index in changed],
        np.zeros((len(changed), 1), np.int8),
        [positives.chromosomes[index] for index in changed],
        np.array(changed, dtype=np.int64),
        None
        if positives.information is None
        else [np.zeros(len(shuffled[index]), np.float32) for index in changed],
    )
    both = concatenate([positives, negatives])
    return replace(both, parents=np.concatenate([positives.parents, negatives.parents]))


def canonical(sequence: Codes) -> bytes:
    """Returns the smaller of a sequence and its reverse complement: equal for both strands."""
    return min(sequence.tobytes(), reverse_complement(sequence).tobytes())


def with_unique_ids(ids: list[str]) -> list[str]:
    """Returns the ids with `#2`, `#3`, ... after those that occurred before."""
    seen: dict[str, int] = {}
    taken = set(ids)
    unique = []
    for name in ids:
        seen[name] = seen.get(name, 0) + 1
        candidate = name
        while seen[name] > 1 and (candidate := f"{name}#{seen[name]}") in taken:
            seen[name] += 1
        taken.add(candidate)
        unique.append(candidate)
    return unique
