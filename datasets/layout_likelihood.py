"""How likely a sequence is under the law of `planting.compose`, whatever its layout may have been.

A layout is which motifs stand in a sequence, and where. The sum over all layouts is that of a
forward algorithm, as of a hidden Markov model, once for every bound on the widest gap: given that
bound, the rounded gaps of `planting.draw_gaps` are drawn apart from one another.

Uniform numbers u_1 ... u_N rescaled to the sum F have on the simplex the density
F / N max(gaps)^-N (integrate the uniform density over the sum that they had before). Its value at
the whole gaps, halved for every gap of 0, stands here for its integral over the cell that rounding
takes to them. That is within 2 % where one gap of 15 bases or more is the widest and at most one is
0, and off by up to a factor of 2 in the rare layouts where several are the widest or several are 0;
all weights together are within 1 % of 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import Codes
from tfbs.datasets.motifs import UNIFORM
from tfbs.datasets.planting import NumMotifs, Stranded

Floats = npt.NDArray[np.float64]

_CHUNK = 64
_RATIO = 1.03
"""Of one bound on the widest gap to the next: nearer ones move no AUROC by more than 0.0001."""


def likelihood_ratio(
    codes: Codes,
    pool: Sequence[Stranded],
    num_motifs: NumMotifs,
    share: float | None = None,
    ratio: float = _RATIO,
) -> Floats:
    """Returns how much likelier sequences are than under a uniform law, `(n,)` from 0 on.

    Args:
        codes: `(n, length)` uint8 codes.
        pool: What motifs are drawn from; shorter than the length, however many.
        num_motifs: Law of their number.
        share: Probability of each member of the pool, by default one over their number. Smaller,
            it is the part of the likelihood to which no motif outside of the pool contributes.
        ratio: Of one bound on the widest gap to the next; 1 takes all bounds.
    """
    share = 1 / len(pool) if share is None else share
    bounds = _bounds(codes.shape[1], ratio)
    parts = [
        _likelihood_ratio(codes[first : first + _CHUNK], pool, num_motifs, share, bounds)
        for first in range(0, len(codes), _CHUNK)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def window_ratios(
    codes: Codes, pool: Sequence[Stranded], background: Sequence[float] = UNIFORM
) -> dict[int, Floats]:
    """Returns how much likelier windows are under motifs than under the background.

    Args:
        codes: `(n, length)` uint8 codes.
        pool: Motifs on strands.
        background: Probabilities of A, C, G and T.

    Returns:
        By width of a motif `(n, length - width + 1)`: the sum over motifs of that width, by start.
    """
    by_width = defaultdict(list)
    for motif, _, matrix in pool:
        by_width[motif.width].append(matrix / np.asarray(background))
    found = {}
    for width, matrices in sorted(by_width.items()):
        windows = np.lib.stride_tricks.sliding_window_view(codes, width, axis=1)
        total = np.zeros(windows.shape[:2])
        for matrix in matrices:
            product = matrix[0][windows[:, :, 0]]
            for place in range(1, width):
                product *= matrix[place][windows[:, :, place]]
            total += product
        found[width] = total
    return found


def _bounds(length: int, ratio: float) -> npt.NDArray[np.int64]:
    """Returns rising bounds on the widest gap, the same for every pool."""
    found = [1]
    while found[-1] < length:
        found.append(min(length, max(found[-1] + 1, round(found[-1] * ratio))))
    return np.array(found)


def _likelihood_ratio(
    codes: Codes,
    pool: Sequence[Stranded],
    num_motifs: NumMotifs,
    share: float,
    bounds: npt.NDArray[np.int64],
) -> Floats:
    length = codes.shape[1]
    windows = {width: share * found for width, found in window_ratios(codes, pool).items()}
    law = dict(zip(num_motifs.values, num_motifs.probabilities, strict=True))
    # at the ends between bounds the law of the widest gap passes from one to the next
    ends = np.concatenate([[bounds[0]], (bounds[1:] + bounds[:-1] + 1) / 2, [np.inf]])
    total = np.zeros(len(codes))
    for bound, low, high in zip(bounds, ends[:-1], ends[1:], strict=True):
        if max(law) * (bound + max(windows)) + bound < length:
            continue  # too small to fill a sequence
        placed = np.zeros((2, len(codes), length + 1))
        placed[0, :, 0] = 1
        for count in range(1, max(law) + 1):
            placed = _one_motif_more(placed, windows, bound)
            if count in law:
                gaps = count + 1
                whole, widths = _gap_before(placed, bound)[:, :, length]
                weight = low ** -float(gaps) - high ** -float(gaps)
                total += law[count] * weight / gaps * (length * whole - widths)
    return total


def _one_motif_more(placed: Floats, windows: dict[int, Floats], bound: int) -> Floats:
    """Returns the sums over all layouts with one motif more.

    Args:
        placed: `(2, n, length + 1)`: by the end of the last motif, the sum over all layouts up to
            there, and the same with each layout times the width of its motifs.
        windows: `(n, starts)` by width.
        bound: On the gap.
    """
    before = _gap_before(placed, bound)
    found = np.zeros_like(placed)
    for width, ratios in windows.items():
        starts = ratios.shape[1]
        here = ratios * before[0, :, :starts]
        found[0, :, width:] += here
        here *= width
        here += ratios * before[1, :, :starts]
        found[1, :, width:] += here
    return found


def _gap_before(placed: Floats, bound: int) -> Floats:
    """Returns the sums over gaps of 0 to `bound`, by where they end; a gap of 0 counts half."""
    sums = np.cumsum(placed, axis=-1)
    found = sums - placed / 2
    found[..., bound + 1 :] -= sums[..., : -bound - 1]
    return found
