"""What a sequence is compared with."""

from __future__ import annotations

import numpy as np

from tfbs.datasets.alphabet import UNKNOWN, one_hot
from tfbs.datasets.dinucleotide_shuffle import shuffle_dinucleotides
from tfbs.errors import UserError

NUM_REFERENCES = 20
UNIFORM = 0.25


def shuffled_references(sequence: np.ndarray, number: int, seed: int) -> np.ndarray:
    """Returns `(n, number, length, 4)` float32 exact dinucleotide shuffles of each sequence.

    Args:
        sequence: `(n, length, 4)` one-hot; an unknown position is shuffled like a letter.
        number: Of shuffles.
        seed: The same seed gives the same shuffles of the same batch.
    """
    codes = to_codes(sequence)
    rng = np.random.default_rng(seed)
    shuffled = shuffle_dinucleotides(np.repeat(codes, number, axis=0), rng)
    return one_hot(shuffled).reshape(len(codes), number, *sequence.shape[1:])


def to_codes(sequence: np.ndarray) -> np.ndarray:
    """Returns `(n, length)` uint8 codes of one-hot sequences."""
    known = sequence.sum(axis=-1) > 0
    return np.where(known, sequence.argmax(axis=-1), UNKNOWN).astype(np.uint8)


def check_references(references: np.ndarray, sequence: np.ndarray) -> None:
    """Refuses references of another shape.

    Raises:
        UserError: Unless they are `(n, number, length, 4)`.
    """
    n, length, _ = sequence.shape
    if references.ndim != 4 or references.shape[::2] != (n, length) or references.shape[3] != 4:
        raise UserError(
            f"references of shape {references.shape} do not go with sequences of shape "
            f"{sequence.shape}: (n, number, length, 4) is needed"
        )
