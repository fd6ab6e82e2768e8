"""Hashes of DNA words of any width: what is repeated, and what two sets have in common."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import UNKNOWN
from tfbs.datasets.split import RowArray

Hashes = npt.NDArray[np.uint64]

_LETTERS = np.random.default_rng(50).integers(1, 2**63, 5, dtype=np.uint64)
_BASE = np.uint64(0x9E3779B97F4A7C15)
_CHUNK_LETTERS = 4_000_000


def hash_words(codes: npt.NDArray[np.uint8], width: int) -> Hashes:
    """Returns a 64-bit hash of every word of the rows: `(n, length - width + 1)`.

    A polynomial with a random value per letter, made by doubling, mixed at the end; two words
    among 50 million differ in content and agree in hash with a probability below 1e-4.

    Args:
        codes: `(n, length)` uint8 codes.
        width: Letters per word, at most `length`.
    """
    with np.errstate(over="ignore"):
        hashes = _LETTERS[codes]
        done, power = 1, _BASE  # power is the base to the power of the width that is done
        for bit in format(width, "b")[1:]:
            hashes = hashes[:, :-done] * power + hashes[:, done:]
            done, power = 2 * done, power * power
            if bit == "1":
                hashes = hashes[:, :-1] * _BASE + _LETTERS[codes[:, done:]]
                done, power = done + 1, power * _BASE
        return _mix(hashes)


def known_words(codes: npt.NDArray[np.uint8], width: int) -> npt.NDArray[np.bool_]:
    """Returns which words have no unknown letter: `(n, length - width + 1)`."""
    unknown = np.cumsum(codes == UNKNOWN, axis=1, dtype=np.int32)
    unknown = np.pad(unknown, ((0, 0), (1, 0)))
    known: npt.NDArray[np.bool_] = unknown[:, width:] == unknown[:, :-width]
    return known


def chunks(rows: npt.NDArray[np.int64], length: int) -> Iterator[npt.NDArray[np.int64]]:
    """Yields the rows in parts of about four million letters."""
    size = max(1, _CHUNK_LETTERS // length)
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def word_set(
    sequence: RowArray, rows: npt.NDArray[np.int64], width: int, one_in: int = 1
) -> Hashes:
    """Returns the sorted distinct hashes of all known words of some rows.

    Args:
        sequence: `(n, length)` codes.
        rows: Which.
        width: Letters per word.
        one_in: Keep only this share of the hashes, the same ones in every set.
    """
    limit = np.uint64((2**64 - 1) // one_in)
    found = []
    for part in chunks(rows, sequence.shape[1]):
        codes = sequence[part]
        hashes = hash_words(codes, width)[known_words(codes, width)]
        found.append(np.unique(hashes[hashes <= limit]))
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.uint64)


def has_word(codes: npt.NDArray[np.uint8], words: Hashes, width: int) -> npt.NDArray[np.bool_]:
    """Returns which rows have a known word that is in a set: `(n,)`.

    Args:
        codes: `(n, length)` uint8 codes.
        words: From `word_set`.
        width: Letters per word.
    """
    if not len(words):
        return np.zeros(len(codes), bool)
    hashes = hash_words(codes, width)
    places = np.searchsorted(words, hashes)
    places[places == len(words)] = 0
    shared = (words[places] == hashes) & known_words(codes, width)
    found: npt.NDArray[np.bool_] = shared.any(axis=1)
    return found


def _mix(hashes: Hashes) -> Hashes:
    """Returns splitmix64 of each hash, which spreads them evenly over all 64-bit numbers."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))
