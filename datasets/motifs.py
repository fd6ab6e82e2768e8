"""Motifs that sequences are planted with: matrices of JASPAR, and how much they say."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tfbs.jaspar import Matrix, Motif, read_jaspar, reverse_complement_matrix

__all__ = ["Matrix", "Motif", "information_content", "read_jaspar", "reverse_complement_matrix"]


def information_content(probabilities: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Returns the information of each position, `(..., length)` in bits, 0 ... 2.

    2 + sum of p log2(p + 1e-10), against a uniform background; the small constant keeps
    p = 0 finite and lets a uniform position be off 0 by about 1e-9.

    Args:
        probabilities: `(..., length, 4)`, each row sums to 1.
    """
    bits: npt.NDArray[np.floating] = 2.0 + (probabilities * np.log2(probabilities + 1e-10)).sum(
        axis=-1
    )
    return bits
