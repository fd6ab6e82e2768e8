"""Sequences with motifs planted at random: the law that several synthetic tasks share.

Source: Koo & Ploenzke (2021), https://doi.org/10.1038/s42256-020-00291-x, tasks 1 and 3.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from tfbs.datasets.motifs import (
    UNIFORM,
    Matrix,
    Motif,
    information_content,
    reverse_complement_matrix,
)

LENGTH = 200
"""Nucleotides per sequence."""

_CHUNK = 1000

Recipe = TypeVar("Recipe")

Stranded = tuple[Motif, int, Matrix]
"""A motif, its strand, and its matrix on that strand."""


@dataclass(frozen=True)
class Placement:
    """A motif placed in a sequence.

    Attributes:
        start: First position, 0-based.
        end: Position after the last.
        strand: +1, or -1 where the reverse complement was placed.
        matrix_id: `"MA0079.3"`.
    """

    start: int
    end: int
    strand: int
    matrix_id: str


Composed = tuple[Matrix, tuple[Placement, ...]]
"""A `(200, 4)` composite matrix, and the motifs in it from left to right."""


@dataclass(frozen=True)
class NumMotifs:
    """How many motifs a sequence holds.

    Attributes:
        values: The possible numbers.
        probabilities: Of each; they sum to 1.
    """

    values: tuple[int, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class Planted:
    """Synthetic sequences and what was planted in them.

    Attributes:
        sequence: `(n, 200)` uint8 codes.
        information: `(n, 200)` float32, bits of the matrix each sequence was drawn from.
        motifs: For each sequence its placements, from left to right.
    """

    sequence: npt.NDArray[np.uint8]
    information: npt.NDArray[np.float32]
    motifs: list[tuple[Placement, ...]]


@dataclass(frozen=True)
class LabelledPlanted:
    """Synthetic sequences with their truth and their labels.

    Attributes:
        planted: Sequences, information and motifs.
        label: `(n, targets)` int8.
    """

    planted: Planted
    label: npt.NDArray[np.int8]


def both_strands(motifs: list[Motif]) -> list[Stranded]:
    """Returns (motif, strand, matrix) of each motif on each strand."""
    forward = [(motif, 1, motif.probabilities) for motif in motifs]
    reverse = [(motif, -1, reverse_complement_matrix(motif.probabilities)) for motif in motifs]
    return forward + reverse


def plant(
    rng: np.random.Generator, pools: Sequence[list[Stranded]], num_motifs: NumMotifs
) -> Planted:
    """Returns one sequence for each pool, with motifs of that pool.

    Args:
        rng: Source of randomness.
        pools: What each sequence's motifs are drawn from.
        num_motifs: Law of their number.
    """
    return draw_planted(rng, pools, functools.partial(compose, num_motifs=num_motifs))


def draw_planted(
    rng: np.random.Generator,
    recipes: Sequence[Recipe],
    compose_one: Callable[[np.random.Generator, Recipe], Composed],
    background: Sequence[float] = UNIFORM,
) -> Planted:
    """Returns one sequence for each recipe.

    Args:
        rng: Source of randomness.
        recipes: What each sequence is made from.
        compose_one: Makes the composite matrix and the motifs of one.
        background: Probabilities of A, C, G, T between the motifs; information is against it.
    """
    sequences, bits, placements = [], [], []
    for first in range(0, len(recipes), _CHUNK):
        chunk = [compose_one(rng, recipe) for recipe in recipes[first : first + _CHUNK]]
        composite = np.stack([matrix for matrix, _ in chunk])
        sequences.append(draw_bases(rng, composite))
        bits.append(information_content(composite, background).astype(np.float32))
        placements += [placed for _, placed in chunk]
    return Planted(np.concatenate(sequences), np.concatenate(bits), placements)


def compose(rng: np.random.Generator, pool: list[Stranded], num_motifs: NumMotifs) -> Composed:
    """Returns a `(200, 4)` composite matrix and the motifs in it.

    Motifs are drawn with replacement, stand in the order drawn and do not overlap; all other
    positions are uniform.
    """
    count = rng.choice(num_motifs.values, p=num_motifs.probabilities)
    while True:
        chosen = [pool[index] for index in rng.integers(len(pool), size=count)]
        free = LENGTH - sum(motif.width for motif, _, _ in chosen)
        if free > 0:
            break
    gaps = draw_gaps(rng, count + 1, free)
    composite = np.full((LENGTH, 4), 0.25)
    placements, end = [], 0
    for gap, (motif, strand, matrix) in zip(gaps, chosen, strict=False):
        start = end + int(gap)
        end = start + motif.width
        composite[start:end] = matrix
        placements.append(Placement(start, end, strand, motif.matrix_id))
    return composite, tuple(placements)


def draw_gaps(rng: np.random.Generator, count: int, total: int) -> npt.NDArray[np.int64]:
    """Returns `(count,)` whole gaps that sum to `total`.

    Uniform numbers rescaled to the total and rounded, drawn again until the sum is right.
    """
    while True:
        shares = rng.uniform(0, 2, size=count)
        gaps = np.round(shares / shares.sum() * total).astype(np.int64)
        if gaps.sum() == total:
            return gaps


def draw_bases(rng: np.random.Generator, probabilities: Matrix) -> npt.NDArray[np.uint8]:
    """Returns `(..., length)` uint8 codes, each position drawn from its row.

    Args:
        rng: Source of randomness.
        probabilities: `(..., length, 4)`, columns A, C, G, T.
    """
    thresholds = probabilities.cumsum(axis=-1)[..., :3]
    uniform = rng.random(probabilities.shape[:-1])
    codes: npt.NDArray[np.uint8] = (uniform[..., None] >= thresholds).sum(axis=-1, dtype=np.uint8)
    return codes
