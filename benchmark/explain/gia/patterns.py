"""What is embedded: a motif of JASPAR, or letters of the IUPAC alphabet."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from tfbs.datasets.alphabet import BASES, Codes
from tfbs.datasets.planting import draw_bases
from tfbs.errors import UserError
from tfbs.jaspar import Matrix, Motif, known_matrices, read_jaspar, reverse_complement_matrix

RELEASES = ("JASPAR2016", "JASPAR2024", "JASPAR2026")
"""Of JASPAR, in the order they are looked into."""

_IUPAC = {
    "A": "A", "C": "C", "G": "G", "T": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT",
    "M": "AC", "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}  # fmt: skip
_MATRIX_ID = re.compile(r"[A-Z]{2}\d+\.\d+")
_STRANDS = {1: "+", -1: "-"}


@dataclass(frozen=True)
class Pattern:
    """A stretch of DNA that is embedded in sequences, as probabilities of its letters.

    Attributes:
        name: `"SP1 MA0079.3"`, or the letters.
        rows: `(width, 4)` probabilities of A, C, G, T; a row sums to 1, or to 0 where the letter
            that is there is kept.
        matrix_id: Of JASPAR; empty for letters.
        strand: +1, or -1 for the reverse complement of what the name says.
    """

    name: str
    rows: tuple[tuple[float, ...], ...]
    matrix_id: str = ""
    strand: int = 1

    @property
    def width(self) -> int:
        """In nucleotides."""
        return len(self.rows)

    @property
    def matrix(self) -> Matrix:
        """`(width, 4)` float64."""
        return np.array(self.rows)

    @property
    def label(self) -> str:
        """Name and strand, as in `"SP1 MA0079.3 -"`."""
        return f"{self.name} {_STRANDS[self.strand]}"

    @property
    def consensus(self) -> Pattern:
        """The likeliest letter of each position; where several are, they are equally likely."""
        highest = self.matrix.max(axis=1, keepdims=True)
        best = (self.matrix == highest) & (highest > 0)
        return self.with_rows(best / np.maximum(best.sum(axis=1, keepdims=True), 1))

    @property
    def reverse_complement(self) -> Pattern:
        """The pattern of the other strand."""
        other = self.with_rows(reverse_complement_matrix(self.matrix))
        return replace(other, strand=-self.strand)

    def on(self, strand: int) -> Pattern:
        """Returns the pattern, or its reverse complement for a strand of -1."""
        return self if strand == 1 else self.reverse_complement

    def with_rows(self, rows: Matrix) -> Pattern:
        """Returns the pattern with other probabilities."""
        return replace(self, rows=_frozen(rows))

    def draw(self, number: int, seed: int, copy: int = 0) -> Codes:
        """Returns `(number, width)` uint8 instances; the same arguments give the same ones.

        Args:
            number: Of instances.
            seed: Of the draws.
            copy: Which of several independent sets.
        """
        digest = hashlib.sha256(np.ascontiguousarray(self.matrix).tobytes()).digest()
        rng = np.random.default_rng((seed, copy, int.from_bytes(digest[:8], "little")))
        return draw_bases(rng, np.broadcast_to(self.matrix, (number, self.width, 4)))

    @property
    def says(self) -> np.ndarray:
        """`(width,)` bool: the positions that do not keep the letter that is there."""
        return np.asarray((self.matrix > 0).any(axis=1))


def motif_pattern(motif: Motif) -> Pattern:
    """Returns the pattern of a matrix."""
    return Pattern(f"{motif.name} {motif.matrix_id}", _frozen(motif.probabilities), motif.matrix_id)


def iupac_pattern(letters: str) -> Pattern:
    """Returns the pattern of IUPAC letters, either case; N keeps the letter that is there.

    Raises:
        UserError: If there are none, or one is no letter of the alphabet.
    """
    upper = letters.upper()
    wrong = next((i for i, letter in enumerate(upper) if letter not in _IUPAC), None)
    if not letters or wrong is not None:
        what = f"letter {letters[wrong]!r} at position {wrong + 1}" if wrong is not None else "it"
        raise UserError(
            f"motif {letters!r}: {what} is neither a JASPAR id such as MA0079.3 nor IUPAC DNA "
            f"({''.join(_IUPAC)})"
        )
    rows = [
        [(letter != "N" and base in _IUPAC[letter]) / len(_IUPAC[letter]) for base in BASES]
        for letter in upper
    ]
    return Pattern(upper, _frozen(np.array(rows)))


def letters_pattern(name: str, width: int, gc: float) -> Pattern:
    """Returns a stretch of independent letters with some share of G and C, in [0, 1]."""
    row = np.array([1 - gc, gc, gc, 1 - gc]) / 2
    return Pattern(name, _frozen(np.tile(row, (width, 1))))


def read_pattern(text: str) -> Pattern:
    """Returns what `--motif` names: a matrix of JASPAR by its id, or IUPAC letters.

    Raises:
        UserError: If it is neither.
    """
    if not _MATRIX_ID.fullmatch(text):
        return iupac_pattern(text)
    return (known_patterns([text]) or [motif_pattern(read_jaspar([text], RELEASES[-1])[text])])[0]


def known_patterns(matrix_ids: Iterable[str]) -> list[Pattern]:
    """Returns the patterns of matrices of JASPAR, by name; unknown ids are left out."""
    wanted = set(matrix_ids)
    found: dict[str, Motif] = {}
    for release in RELEASES:
        if left := wanted - set(found):
            found |= known_matrices(left, release)
    return [motif_pattern(own) for own in sorted(found.values(), key=lambda m: m.name.upper())]


def all_words(width: int) -> list[Pattern]:
    """Returns the patterns of all words of some width, in alphabetical order."""
    return [iupac_pattern("".join(letters)) for letters in itertools.product(BASES, repeat=width)]


def shuffled_columns(pattern: Pattern, rng: np.random.Generator) -> Pattern:
    """Returns a pattern with the positions of another in random order."""
    rows = pattern.matrix[rng.permutation(pattern.width)]
    return Pattern(f"{pattern.name} shuffled", _frozen(rows))


def _frozen(rows: Matrix) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(cell) for cell in row) for row in rows)
