"""Other letters around what should matter."""

from __future__ import annotations

import numpy as np

from tfbs.datasets.alphabet import UNKNOWN
from tfbs.datasets.dinucleotide_shuffle import shuffle_dinucleotides


def flanks(length: int, centre: float) -> tuple[slice, slice]:
    """Returns the positions left and right of the centre.

    Args:
        length: Of the sequences.
        centre: Fraction of the positions that is the centre.
    """
    outside = length - round(centre * length)
    return slice(0, outside // 2), slice(length - (outside - outside // 2), length)


def shuffle_flanks(codes: np.ndarray, centre: float, seed: int) -> np.ndarray:
    """Returns sequences whose flanks are dinucleotide shuffles of themselves, each on its own.

    Args:
        codes: `(n, length)` uint8.
        centre: Fraction of the positions that stays.
        seed: Of the shuffles.
    """
    rng = np.random.default_rng(seed)
    found = codes.copy()
    for side in flanks(codes.shape[1], centre):
        found[:, side] = shuffle_dinucleotides(codes[:, side], rng)
    return found


def randomise_flanks(codes: np.ndarray, centre: float, seed: int) -> np.ndarray:
    """Returns sequences with random letters as flanks, A, C, G and T alike.

    Args:
        codes: `(n, length)` uint8.
        centre: Fraction of the positions that stays.
        seed: Of the letters.
    """
    where = np.zeros(codes.shape, bool)
    for side in flanks(codes.shape[1], centre):
        where[:, side] = True
    return randomise(codes, where, seed)


def randomise(codes: np.ndarray, where: np.ndarray, seed: int) -> np.ndarray:
    """Returns sequences with random letters, A, C, G and T alike, at some positions.

    Unknown letters, such as those that fill up short sequences, stay unknown.

    Args:
        codes: `(n, length)` uint8.
        where: `(n, length)` bool.
        seed: Of the letters.
    """
    letters = np.random.default_rng(seed).integers(0, 4, codes.shape, dtype="uint8")
    return np.where(where & (codes != UNKNOWN), letters, codes)
