"""Motifs of a database as kernels of a convolution."""

from __future__ import annotations

import numpy as np

from tfbs.jaspar import Matrix


def most_informative(matrix: Matrix, width: int) -> Matrix:
    """Returns the stretch of a matrix, at most `width` long, that is furthest from uniform.

    Args:
        matrix: `(positions, 4)` probabilities.
        width: In nucleotides.
    """
    if len(matrix) <= width:
        return matrix
    distance = ((matrix - 0.25) ** 2).sum(axis=1)
    start = int(np.convolve(distance, np.ones(width), "valid").argmax())
    return matrix[start : start + width]
