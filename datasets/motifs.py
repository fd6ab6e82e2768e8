"""Motifs that sequences are planted with: matrices of JASPAR, and how much they say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tfbs.jaspar import Matrix, Motif, read_jaspar, reverse_complement_matrix

__all__ = [
    "UNIFORM",
    "Matrix",
    "Motif",
    "information_content",
    "read_jaspar",
    "reverse_complement_matrix",
]

UNIFORM = (0.25, 0.25, 0.25, 0.25)
"""Probabilities of A, C, G and T where nothing is known."""


def information_content(
    probabilities: npt.NDArray[np.floating], background: Sequence[float] = UNIFORM
) -> npt.NDArray[np.floating]:
    """Returns the information of each position against a background, `(..., length)` in bits.

    Sum of p log2((p + 1e-10) / background): 0 ... 2 against a uniform background; the small
    constant keeps p = 0 finite and lets a position of the background be off 0 by about 1e-9.

    Args:
        probabilities: `(..., length, 4)`, each row sums to 1.
        background: Probabilities of A, C, G and T.
    """
    bits: npt.NDArray[np.floating] = 2.0 + (probabilities * np.log2(probabilities + 1e-10)).sum(
        axis=-1
    )
    return bits - probabilities @ (2.0 + np.log2(background))
