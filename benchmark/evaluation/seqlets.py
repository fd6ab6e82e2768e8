"""Are the places that TF-MoDISco builds its patterns from those that motifs were planted at?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tfbs.datasets.planting import Placement

COVERED = 0.5
"""Share of the shorter of seqlet and motif that must lie on the other."""


@dataclass(frozen=True)
class SeqletScores:
    """How seqlets and planted motifs meet.

    Attributes:
        seqlets: How many.
        precision: Share of the seqlets that meet a planted motif; NaN without seqlets.
        chance: The same if every seqlet lay anywhere in its sequence.
        planted: How many motifs, by matrix.
        recalled: How many of them a seqlet meets, by matrix.
    """

    seqlets: int
    precision: float
    chance: float
    planted: dict[str, int]
    recalled: dict[str, int]

    @property
    def recall(self) -> float:
        """Share of the planted motifs that a seqlet meets; NaN without any."""
        planted = sum(self.planted.values())
        return sum(self.recalled.values()) / planted if planted else float("nan")


def score_seqlets(
    seqlets: np.ndarray, placements: Sequence[Sequence[Placement]], length: int
) -> SeqletScores:
    """Returns precision and recall of seqlets against planted motifs.

    Both meet where at least half of the shorter lies on the longer.

    Args:
        seqlets: `(k, 3)` int: sequence, first position and end.
        placements: For each sequence the planted motifs that count.
        length: Of the sequences.
    """
    hit = np.zeros(len(seqlets), bool)
    chance = np.zeros(len(seqlets))
    met = [np.zeros(len(planted), bool) for planted in placements]
    for index, (example, start, end) in enumerate(seqlets.tolist()):
        planted = placements[example]
        meets = _meets(np.array([start]), end - start, planted)[0]
        met[example] |= meets
        hit[index] = meets.any()
        anywhere = np.arange(max(length - (end - start), 0) + 1)
        chance[index] = _meets(anywhere, end - start, planted).any(axis=1).mean()
    counts: dict[str, int] = {}
    recalled: dict[str, int] = {}
    for planted, found in zip(placements, met, strict=True):
        for placed, one in zip(planted, found.tolist(), strict=True):
            counts[placed.matrix_id] = counts.get(placed.matrix_id, 0) + 1
            recalled[placed.matrix_id] = recalled.get(placed.matrix_id, 0) + one
    nothing = float("nan")
    return SeqletScores(
        len(seqlets),
        float(hit.mean()) if len(seqlets) else nothing,
        float(chance.mean()) if len(seqlets) else nothing,
        counts,
        recalled,
    )


def _meets(starts: np.ndarray, width: int, planted: Sequence[Placement]) -> np.ndarray:
    """Returns `(starts, planted)` bool: which windows meet which planted motifs."""
    first = np.array([placed.start for placed in planted], int)
    end = np.array([placed.end for placed in planted], int)
    overlap = np.minimum(starts[:, None] + width, end) - np.maximum(starts[:, None], first)
    meets: np.ndarray = overlap >= COVERED * np.minimum(width, end - first)
    return meets
