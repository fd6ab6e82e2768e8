"""Fits sequences to one length by a rule that does not look at the labels."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import UNKNOWN

Row = TypeVar("Row", npt.NDArray[np.uint8], npt.NDArray[np.float32])

SUSPICIOUS = (0.4, 0.6)
"""AUROC of length against label outside which length tells the classes apart."""


def most_common_length(lengths: npt.NDArray[np.int64]) -> int:
    """Returns the most common length; the longest of those where several are."""
    values, counts = np.unique(lengths, return_counts=True)
    return int(values[counts == counts.max()].max())


def fit_length(sequence: Row, length: int, fill: int = UNKNOWN) -> Row:
    """Returns the middle of a long sequence, or a short one with unknown bases on both sides.

    Where the difference is odd, the odd base is cut from or added to the right end.

    Args:
        sequence: `(any,)` uint8 codes, or a value for each position.
        length: Nucleotides wanted.
        fill: What stands on both sides of a short one.
    """
    excess = len(sequence) - length
    if excess >= 0:
        return sequence[excess // 2 : excess // 2 + length]
    left = -excess // 2
    return np.pad(sequence, (left, -excess - left), constant_values=fill)


def length_auroc(lengths: npt.NDArray[np.int64], label: npt.NDArray[np.int8]) -> float:
    """Returns how well length ranks the positives above the negatives, 0 ... 1.

    The Mann-Whitney statistic with ties counted half, over known labels; NaN where one class
    is missing.

    Args:
        lengths: `(n,)` nucleotides before fitting.
        label: `(n,)` in -1, 0, 1.
    """
    from scipy.stats import rankdata

    known = label >= 0
    positive = label[known] == 1
    num_positive, num_negative = int(positive.sum()), int((~positive).sum())
    if not num_positive or not num_negative:
        return float("nan")
    ranks = rankdata(lengths[known])
    above = ranks[positive].sum() - num_positive * (num_positive + 1) / 2
    return float(above / (num_positive * num_negative))
