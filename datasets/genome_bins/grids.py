"""Where the bins of a chromosome begin, before any are excluded."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

GridRule = Literal["tiled", "dream"]
GRID_RULES: tuple[GridRule, ...] = get_args(GridRule)
DREAM_MARGIN = 600
"""A bin of 200 bp and 400 bp beside it."""

DREAM_RESTORED = {
    ("chr1", 249_250_621): (233_318_500,),
    ("chr11", 135_006_516): (122_874_100, 122_874_150, 122_874_200),
}
"""By name and length of a chromosome of hg19: bins that touch an excluded region and are in the
challenge's files nevertheless."""


def tiled(length: int, width: int, step: int, margin: int) -> npt.NDArray[np.int64]:
    """Returns the starts of all bins that lie inside a chromosome, multiples of the step.

    Args:
        length: Of the chromosome, in base pairs.
        width: Of a bin.
        step: From one bin to the next.
        margin: First and last so many base pairs that hold no bins.
    """
    first = -(-margin // step) * step
    return np.arange(first, max(length - margin - width + 1, first), step, dtype=np.int64)


def dream(length: int, step: int) -> npt.NDArray[np.int64]:
    """Returns the starts of the ENCODE-DREAM challenge (2017): 600, 650, ... below length - 600.

    The end is rounded up to a multiple of the step.

    Args:
        length: Of the chromosome, in base pairs.
        step: From one bin to the next; the challenge's is 50.
    """
    end = -(-(length - DREAM_MARGIN) // step) * step
    return np.arange(DREAM_MARGIN, max(end, DREAM_MARGIN), step, dtype=np.int64)


def restored(name: str, length: int, starts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Returns which bins the challenge keeps although they touch an excluded region.

    Args:
        name: Of the chromosome.
        length: Of the chromosome.
        starts: From `dream`.
    """
    return np.isin(starts, DREAM_RESTORED.get((name, length), ()))
