"""Backgrounds that motifs are planted in."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from tfbs.datasets.planting import draw_bases
from tfbs.datasets.synthetic_grammar.rule import LENGTH

GC_SD, GC_RANGE = 0.1, (0.25, 0.75)
"""GC content of the `gc` background: normal around .5 with this deviation, clipped."""

TRANSITIONS = np.array(
    [
        [0.35, 0.17, 0.24, 0.24],
        [0.36, 0.25, 0.05, 0.34],
        [0.30, 0.21, 0.25, 0.24],
        [0.23, 0.19, 0.25, 0.33],
    ]
)
"""Of the `markov` background, from row to column, A, C, G, T: rich in AT, with few CG."""


def draw_background(
    name: Literal["uniform", "gc", "markov"], num: int, rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Returns `(num, 200)` uint8 codes.

    Args:
        name: `uniform`; `gc`, each sequence with a GC content of its own; `markov`, a chain of
            dinucleotides with `TRANSITIONS`, begun with A, C, G or T alike.
        num: Sequences.
        rng: Source of randomness.
    """
    if name == "gc":
        gc = np.clip(rng.normal(0.5, GC_SD, num), *GC_RANGE)
        strong, weak = gc[:, None] / 2, (1 - gc[:, None]) / 2
        letters = np.stack([weak, strong, strong, weak], axis=2)
        return draw_bases(rng, np.broadcast_to(letters, (num, LENGTH, 4)))
    if name == "markov":
        codes = np.empty((num, LENGTH), np.uint8)
        codes[:, 0] = rng.integers(0, 4, num)
        for position in range(1, LENGTH):
            codes[:, position] = draw_bases(rng, TRANSITIONS[codes[:, position - 1]])
        return codes
    return rng.integers(0, 4, (num, LENGTH)).astype(np.uint8)


def gc_deviation(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Returns how far each sequence's GC fraction is from .5, in units of `GC_SD`: `(n,)`.

    Args:
        codes: `(n, length)` uint8 codes.
    """
    fraction = ((codes == 1) | (codes == 2)).mean(axis=1)
    return np.asarray((fraction - 0.5) / GC_SD)
