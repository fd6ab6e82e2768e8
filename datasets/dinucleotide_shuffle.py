"""Exact dinucleotide shuffles: other sequences with the same dinucleotide counts.

Source: Altschul & Erickson (1985), https://doi.org/10.1093/oxfordjournals.molbev.a040370.
A sequence is a walk over the graph whose edges are its dinucleotides, and a shuffle is another
Eulerian walk over the same edges, all of them equally likely. The paper draws the last exits
of the letters until they form a tree; here the tree is drawn at once from all trees on five
letters, weighted by edge counts, so repetitive sequences take no longer than others.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import Codes

NUM_LETTERS = 5
"""A, C, G, T and the unknown base, which is shuffled as a letter of its own."""

_CHUNK = 4096


def dinucleotide_counts(codes: Codes) -> npt.NDArray[np.int64]:
    """Returns how often each letter follows each, `(..., 5, 5)`: first letter, second letter.

    Args:
        codes: `(..., length)` uint8 in 0 ... 4.
    """
    pairs = codes[..., :-1].astype(np.int64) * NUM_LETTERS + codes[..., 1:]
    flat = pairs.reshape(math.prod(pairs.shape[:-1]), pairs.shape[-1])
    row = np.arange(len(flat))[:, None] * NUM_LETTERS**2
    counts = np.bincount((flat + row).ravel(), minlength=len(flat) * NUM_LETTERS**2)
    return counts.reshape(*codes.shape[:-1], NUM_LETTERS, NUM_LETTERS)


def shuffle_dinucleotides(sequences: Codes, rng: np.random.Generator) -> Codes:
    """Returns one shuffle of each sequence, same shape, uniform over all that are possible.

    Each keeps its dinucleotide counts, and so its first letter, last letter and composition.
    A sequence with only one Eulerian walk comes back as it is.

    Args:
        sequences: `(n, length)` uint8 codes.
        rng: Source of randomness; the same state gives the same shuffles.

    Example:
        >>> from tfbs.datasets.alphabet import decode, encode
        >>> rng = np.random.default_rng(0)
        >>> decode(shuffle_dinucleotides(encode("ACACGGTA")[None], rng)[0])[::7]
        'AA'
    """
    if sequences.ndim != 2:
        raise ValueError(f"sequences must have shape (n, length), not {sequences.shape}")
    if sequences.shape[1] < 3:
        return sequences.copy()
    chunks = [
        _shuffle_chunk(sequences[first : first + _CHUNK], rng)
        for first in range(0, len(sequences), _CHUNK)
    ]
    return np.concatenate(chunks) if chunks else sequences.copy()


def shuffle_each(sequences: Sequence[Codes], rng: np.random.Generator) -> list[Codes]:
    """Returns one shuffle of each sequence, of any lengths, in the order given.

    Args:
        sequences: Each `(length,)` uint8 codes.
        rng: Source of randomness.
    """
    lengths = np.array([len(sequence) for sequence in sequences])
    shuffled: list[Codes] = list(sequences)
    for length in np.unique(lengths):
        indices = np.flatnonzero(lengths == length).tolist()
        together = np.stack([sequences[index] for index in indices])
        for index, result in zip(indices, shuffle_dinucleotides(together, rng), strict=True):
            shuffled[index] = result
    return shuffled


def _shuffle_chunk(sequences: Codes, rng: np.random.Generator) -> Codes:
    num = len(sequences)
    source, target = sequences[:, :-1], sequences[:, 1:]
    counts = dinucleotide_counts(sequences)
    last_exit = _draw_last_exits(counts, sequences[:, -1], rng)

    # Sorting by letter plus a random fraction lists each letter's exits in random order; the
    # exit chosen to be the letter's last gets a fraction above all others.
    key = source + 0.5 * rng.random(source.shape)
    is_last = target == np.take_along_axis(last_exit, source.astype(np.int64), axis=1)
    for letter in range(NUM_LETTERS):
        found = is_last & (source == letter)
        first = found.argmax(axis=1)
        row = np.flatnonzero(found[np.arange(num), first])
        key[row, first[row]] = letter + 0.75
    exits = np.take_along_axis(target, key.argsort(axis=1), axis=1)
    used = counts.sum(axis=2).cumsum(axis=1)
    return _walk(sequences[:, 0], exits, np.pad(used[:, :-1], ((0, 0), (1, 0))))


def _walk(first: Codes, exits: Codes, starts: npt.NDArray[np.int64]) -> Codes:
    """Returns the walks that take each letter's exits in order, `(n, length)`.

    Args:
        first: `(n,)` first letters.
        exits: `(n, length - 1)`, the exits of each letter after those of the one before.
        starts: `(n, 5)`, where in its row the exits of each letter begin.
    """
    num, steps = exits.shape
    rows = np.arange(num)
    flat = exits.ravel()
    pointer = (starts + rows[:, None] * steps).ravel()
    own = rows * NUM_LETTERS
    walk = np.empty((steps + 1, num), exits.dtype)  # letters of one step lie side by side
    walk[0] = first
    for step in range(steps):
        at = own + walk[step]
        here = pointer[at]
        np.take(flat, here, out=walk[step + 1])
        pointer[at] = here + 1
    return np.ascontiguousarray(walk.T)


def _draw_last_exits(
    counts: npt.NDArray[np.int64], root: Codes, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Returns the letter that each letter's last exit leads to, `(n, 5)`; -1 where it is free.

    The last exits form a tree towards the final letter, drawn with probability proportional
    to the product of its edge counts. A letter that does not occur hangs on the root.
    """
    num = len(counts)
    rows = np.arange(num)
    absent = counts.sum(axis=2) == 0
    weights = counts.astype(np.float64)
    weights[rows[:, None], np.arange(NUM_LETTERS), root[:, None]] += absent
    product = np.ones((num, _trees().shape[1]))
    for final in range(NUM_LETTERS):
        own = np.flatnonzero(root == final)
        for letter in range(NUM_LETTERS):
            if letter != final:
                product[own] *= weights[own, letter][:, _trees()[final, :, letter]]
    cumulative = product.cumsum(axis=1)
    total = cumulative[:, -1:]
    threshold = np.minimum(rng.random((num, 1)) * total, np.nextafter(total, 0))
    drawn = (cumulative <= threshold).sum(axis=1)
    last: npt.NDArray[np.int64] = _trees()[root, drawn]
    return np.where(absent, -1, last)


@functools.cache
def _trees() -> npt.NDArray[np.int64]:
    """Returns every tree towards each root, `(5, 125, 5)`: a letter's parent, -1 at the root."""
    found: list[list[tuple[int, ...]]] = [[] for _ in range(NUM_LETTERS)]
    for parents in itertools.product(range(-1, NUM_LETTERS), repeat=NUM_LETTERS):
        if parents.count(-1) == 1 and all(
            _reaches_root(parents, letter) for letter in range(NUM_LETTERS)
        ):
            found[parents.index(-1)].append(parents)
    return np.array(found)


def _reaches_root(parents: tuple[int, ...], letter: int) -> bool:
    for _ in range(NUM_LETTERS):
        letter = parents[letter]
        if letter == -1:
            return True
    return False
