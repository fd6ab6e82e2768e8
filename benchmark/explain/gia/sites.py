"""Real sequences, where the motifs are in them, and what they are without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tfbs.benchmark.explain.gia.patterns import Pattern
from tfbs.benchmark.explain.motif_hits import covered_by_hits, letter_shares
from tfbs.datasets.alphabet import UNKNOWN, Codes, one_hot
from tfbs.datasets.planting import draw_bases
from tfbs.jaspar import Motif


@dataclass(frozen=True)
class Sites:
    """Real sequences in which motifs are knocked out.

    Attributes:
        codes: `(n, length)` uint8.
        planted: `(n, length)` bool by matrix id, of motifs whose places are known; other motifs
            are looked for.
    """

    codes: Codes
    planted: Mapping[str, np.ndarray] = field(default_factory=dict)

    def covered(self, pattern: Pattern) -> np.ndarray:
        """Returns `(n, length)` bool: whether an instance of a motif covers a position.

        Planted ones where their places are known; else hits of a matrix (p <= 1e-4 a strand), or
        matches of letters, on either strand.
        """
        if pattern.matrix_id in self.planted:
            return self.planted[pattern.matrix_id]
        if pattern.matrix_id:
            motif = Motif(pattern.matrix_id, pattern.name, pattern.matrix)
            sequence = one_hot(self.codes)
            return covered_by_hits(sequence, [motif], letter_shares(sequence))
        return matched(self.codes, pattern) | matched(self.codes, pattern.reverse_complement)

    def knocked_out(self, covered: np.ndarray, rng: np.random.Generator) -> Codes:
        """Returns the sequences with other letters at covered positions.

        They are drawn independently, with the shares of the letters of both strands.

        Args:
            covered: `(n, length)` bool.
            rng: Source of the letters.
        """
        shares = letter_shares(one_hot(self.codes))
        drawn = draw_bases(rng, np.broadcast_to(shares, (*self.codes.shape, 4)))
        return np.where(covered, drawn, self.codes)

    def rows(self, chosen: np.ndarray) -> Sites:
        """Returns some of the sequences."""
        return Sites(
            self.codes[chosen], {name: mask[chosen] for name, mask in self.planted.items()}
        )


def matched(codes: Codes, pattern: Pattern) -> np.ndarray:
    """Returns `(n, length)` bool: whether letters that a pattern allows cover a position.

    Args:
        codes: `(n, length)` uint8.
        pattern: Of letters; where it keeps what is there, it allows any but an unknown one.
    """
    covered = np.zeros(codes.shape, bool)
    if pattern.width > codes.shape[1]:
        return covered
    allowed = np.zeros((pattern.width, UNKNOWN + 1), bool)
    allowed[:, :UNKNOWN] = (pattern.matrix > 0) | ~pattern.says[:, None]
    windows = sliding_window_view(codes, pattern.width, axis=1)
    hits = allowed[np.arange(pattern.width), windows].all(axis=2)
    for offset in range(pattern.width):
        covered[:, offset : offset + hits.shape[1]] |= hits
    return covered
