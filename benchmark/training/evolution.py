"""Random evolution of sequences that keeps their length: moves as maps of positions.

A move says for every new position which old one it shows, or -1 for new DNA, so that moves
compose and tracks move along.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import keras
import numpy as np
import tensorflow as tf

Seed: TypeAlias = keras.random.SeedGenerator


@dataclass(frozen=True)
class Places:
    """Where each position of an evolved sequence comes from.

    Attributes:
        source: `(batch, length)` int32 old position, -1 where DNA is new.
        turned: `(batch, length)` bool, whether the other strand is shown.
    """

    source: tf.Tensor
    turned: tf.Tensor

    @classmethod
    def start(cls, number: tf.Tensor, length: int) -> Places:
        """Returns the places of sequences as they are."""
        source = tf.tile(tf.range(length)[None], (number, 1))
        return cls(source, tf.zeros_like(source, tf.bool))

    def then(self, move: Places, chosen: tf.Tensor) -> Places:
        """Returns the places after a move of those sequences that are chosen, `(batch,)` bool."""
        kept = tf.maximum(move.source, 0)
        source = tf.where(move.source < 0, -1, tf.gather(self.source, kept, batch_dims=1))
        turned = tf.gather(self.turned, kept, batch_dims=1) ^ move.turned
        pick = chosen[:, None]
        return Places(tf.where(pick, source, self.source), tf.where(pick, turned, self.turned))

    def apply(
        self, sequence: tf.Tensor, tracks: tf.Tensor, seed: Seed
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns evolved sequences and tracks; new DNA is uniform, its tracks NaN."""
        new, kept = (self.source < 0)[:, :, None], tf.maximum(self.source, 0)
        shown = tf.gather(sequence, kept, batch_dims=1)
        shown = tf.where(self.turned[:, :, None], shown[:, :, ::-1], shown)
        letters = keras.random.randint(tf.shape(kept), 0, 4, seed=seed)
        beside = tf.gather(tracks, kept, batch_dims=1)
        return tf.where(new, tf.one_hot(letters, 4), shown), tf.where(new, np.nan, beside)


def deletion(number: tf.Tensor, length: int, largest: int, seed: Seed) -> Places:
    """Cuts out up to `largest` nucleotides; the sides close up and new DNA fills both ends."""
    gap, start = _segment(number, length, largest, seed)
    before = gap // 2
    old = tf.range(length)[None] - before
    old = tf.where(old < start, old, old + gap)
    return _places(tf.where((old >= 0) & (old < length), old, -1))


def insertion(number: tf.Tensor, length: int, largest: int, seed: Seed) -> Places:
    """Puts in up to `largest` new nucleotides; the sides move apart and are cut at both ends."""
    gap, start = _segment(number, length, largest, seed)
    old = tf.range(length)[None] + gap // 2
    inside = (old >= start) & (old < start + gap)
    return _places(tf.where(inside, -1, tf.where(old < start, old, old - gap)))


def translocation(number: tf.Tensor, length: int, largest: int, seed: Seed) -> Places:
    """Moves the sequence by up to `largest` nucleotides, around from one end to the other."""
    shift = keras.random.randint((number, 1), -largest, largest + 1, seed=seed)
    return _places((tf.range(length)[None] - shift) % length)


def inversion(number: tf.Tensor, length: int, largest: int, seed: Seed) -> Places:
    """Turns a segment of up to `largest` nucleotides into its reverse complement."""
    size, start = _segment(number, length, largest, seed)
    here = tf.range(length)[None]
    inside = (here >= start) & (here < start + size)
    return Places(tf.where(inside, 2 * start + size - 1 - here, here), inside)


def mutate(sequence: tf.Tensor, share: tf.Tensor, seed: Seed) -> tf.Tensor:
    """Returns sequences whose letters are each another one with probability `share`.

    Args:
        sequence: `(batch, length, 4)` one-hot; an unknown letter stays unknown.
        share: `(batch, 1)`.
        seed: The stream to draw from.
    """
    size = tf.shape(sequence)[:2]
    turn = keras.random.randint(size, 1, 4, seed=seed)
    turn = tf.where(keras.random.uniform(size, seed=seed) < share, turn, 0)
    order = (tf.range(4) - turn[:, :, None]) % 4
    return tf.gather(sequence, order, batch_dims=2)


def _segment(
    number: tf.Tensor, length: int, largest: int, seed: Seed
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns size, 0 to `largest`, and start of a random segment, each `(batch, 1)`."""
    size = keras.random.randint((number, 1), 0, largest + 1, seed=seed)
    room = tf.cast(length - size + 1, "float32")
    start = tf.cast(keras.random.uniform((number, 1), seed=seed) * room, "int32")
    return size, tf.minimum(start, length - size)


def _places(source: tf.Tensor) -> Places:
    return Places(source, tf.zeros_like(source, tf.bool))
