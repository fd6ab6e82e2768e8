"""Where sequences match a motif better than chance."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tfbs.architectures.layers.motif_scan import MotifScan, pack
from tfbs.jaspar import Matrix, Motif, log_odds

P_VALUE = 1e-4
"""Largest probability that a window of the background scores as high as a hit, on one strand."""

GRAIN = 1e-3
"""Log-odds are rounded to it, in nats, so that the distribution of their sums is exact."""


def covered_by_hits(
    sequence: np.ndarray, motifs: Iterable[Motif], shares: np.ndarray, p_value: float = P_VALUE
) -> np.ndarray:
    """Returns whether a hit of any of the motifs, on either strand, covers a position.

    Args:
        sequence: `(n, length, 4)` one-hot.
        motifs: To scan with; those wider than the sequences have no hits.
        shares: `(4,)` of the letters in the background, as `letter_shares` gives.
        p_value: Of a hit.

    Returns:
        `(n, length)` bool.
    """
    n, length, _ = sequence.shape
    covered = np.zeros((n, length), bool)
    for motif in (motif for motif in motifs if motif.width <= length):
        rounded = np.round(log_odds(motif.probabilities) / GRAIN) * GRAIN
        width = motif.width
        scan = MotifScan(1, width)
        scan.build((None, length, 4))
        scan.set_weights([pack([rounded], width)])
        first = (width - 1) // 2  # the layer scores the window around a position
        better = np.asarray(scan(sequence)).reshape(n, length, 2).max(axis=2)  # of both strands
        scores = better[:, first : first + length - width + 1]
        hits = scores >= score_threshold(rounded, shares, p_value) - GRAIN / 2
        for offset in range(width):
            covered[:, offset : offset + hits.shape[1]] |= hits
    return covered


def letter_shares(sequence: np.ndarray) -> np.ndarray:
    """Returns the shares of the four letters on both strands together: `(4,)`, sums to 1.

    Args:
        sequence: `(n, length, 4)` one-hot.
    """
    counts = sequence.sum(axis=(0, 1)).astype(np.float64)
    both: np.ndarray = counts + counts[::-1]
    return both / both.sum()


def score_threshold(scores: Matrix, shares: np.ndarray, p_value: float) -> float:
    """Returns the least score that independent letters reach with at most a probability.

    The distribution of the score is the convolution of those of its columns (Staden 1989,
    https://doi.org/10.1093/bioinformatics/5.2.89).

    Args:
        scores: `(width, 4)`, multiples of `GRAIN`.
        shares: `(4,)` of the letters.
        p_value: The probability.

    Returns:
        A multiple of `GRAIN`; infinity where even the best word is likelier.
    """
    steps = np.round(scores / GRAIN).astype(int)
    lowest = steps.min(axis=1)
    chance = np.ones(1)
    for column in steps - lowest[:, None]:
        longer = np.zeros(len(chance) + column.max())
        for share, step in zip(shares, column, strict=True):
            longer[step : step + len(chance)] += share * chance
        chance = longer
    tail = np.cumsum(chance[::-1])[::-1]
    reached = np.flatnonzero(tail <= p_value)
    return float(reached[0] + lowest.sum()) * GRAIN if len(reached) else float("inf")
