"""DNA as codes: A, C, G, T = 0, 1, 2, 3 and every other IUPAC letter = 4 (unknown)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint8]

BASES = "ACGT"
UNKNOWN = 4
"""Code of a letter that names no single base; its one-hot row is zero."""

_LETTERS = np.frombuffer(b"ACGTN", dtype=np.uint8)
_AMBIGUOUS = "RYSWKMBDHVN"
_NOT_A_CODE = 255
_COMPLEMENT = np.array([3, 2, 1, 0, UNKNOWN], dtype=np.uint8)
_ROWS = np.concatenate([np.eye(4, dtype=np.float32), np.zeros((1, 4), dtype=np.float32)])


def _letter_codes() -> Codes:
    table = np.full(256, _NOT_A_CODE, dtype=np.uint8)
    for letters in (_AMBIGUOUS, _AMBIGUOUS.lower()):
        table[list(letters.encode())] = UNKNOWN
    for letters in (BASES, BASES.lower()):
        table[list(letters.encode())] = range(4)
    return table


_CODES = _letter_codes()


def encode(sequence: str | bytes) -> Codes:
    """Returns the codes of a sequence, `(length,)` uint8 in 0 ... 4.

    Upper and lower case are the same. U (RNA) and gaps are not letters of DNA.

    Args:
        sequence: IUPAC nucleotide letters.

    Raises:
        ValueError: If a letter is outside the alphabet; names it and its 1-based position.
    """
    # "replace" turns each character beyond latin-1 into one "?", so positions stay right.
    letters = sequence.encode("latin-1", "replace") if isinstance(sequence, str) else sequence
    codes: Codes = _CODES[np.frombuffer(letters, dtype=np.uint8)]
    if codes.size and codes.max() == _NOT_A_CODE:
        position = int(np.argmax(codes == _NOT_A_CODE))
        letter = sequence[position : position + 1]
        shown = letter if isinstance(letter, str) else letter.decode("latin-1")
        raise ValueError(
            f"letter {shown!r} at position {position + 1} is not an IUPAC nucleotide "
            f"({BASES}{_AMBIGUOUS}, either case)"
        )
    return codes


def decode(codes: Codes) -> str:
    """Returns the letters of one sequence, with N for every unknown base.

    Args:
        codes: `(length,)` uint8 in 0 ... 4.
    """
    if codes.ndim != 1:
        raise ValueError(f"decode takes one sequence of shape (length,), not {codes.shape}")
    return bytes(_LETTERS[codes]).decode("ascii")


def one_hot(codes: Codes) -> npt.NDArray[np.float32]:
    """Returns `(..., length, 4)` float32 with columns A, C, G, T; an unknown base is all zero.

    Args:
        codes: `(..., length)` uint8 in 0 ... 4.
    """
    rows: npt.NDArray[np.float32] = _ROWS[codes]
    return rows


def from_one_hot(rows: npt.ArrayLike) -> Codes:
    """Returns the codes of one-hot DNA, `(..., length)` uint8.

    A row whose four values are equal (all 0, all 0.25) is an unknown base.

    Args:
        rows: `(..., length, 4)`, columns A, C, G, T.

    Raises:
        ValueError: If a row is neither one-hot nor constant; names its index and values.
    """
    values = np.asarray(rows)
    if values.ndim < 1 or values.shape[-1] != 4:
        raise ValueError(f"one-hot DNA has shape (..., length, 4), not {values.shape}")
    constant = (values == values[..., :1]).all(axis=-1)
    hot = (values == 1).sum(axis=-1) == 1
    hot &= (values == 0).sum(axis=-1) == 3
    wrong = ~(constant | hot)
    if wrong.any():
        index = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(f"row {index} is not one-hot: {values[index].tolist()}")
    codes = values.argmax(axis=-1).astype(np.uint8)
    return np.where(constant, np.uint8(UNKNOWN), codes)


def reverse_complement(codes: Codes) -> Codes:
    """Returns the opposite strand read 5' to 3', same shape; unknown stays unknown.

    Args:
        codes: `(..., length)` uint8 in 0 ... 4.
    """
    strand: Codes = _COMPLEMENT[codes[..., ::-1]]
    return strand
