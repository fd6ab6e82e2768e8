"""Counts of k-mers as a differentiable layer."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="tfbs")
class KmerCounts(keras.layers.Layer):
    """Counts every k-mer together with its reverse complement, then takes log(1 + count).

    On one-hot DNA the counts are exact; a k-mer that touches an all-zero position (N) counts
    nowhere. Between one-hot vectors the layer is their multilinear extension: the product of
    the k letters, summed over positions, so that every substitution has a gradient.

    A k-mer is split in two halves and the counts are one matrix product per sequence, which
    costs `length * 4**k` multiplications and never holds a `(length, 4**k)` array.

    Args:
        k: Width of a k-mer, in nucleotides, from 1 to 8.

    Input shape:
        `(batch, length, 4)`.

    Output shape:
        `(batch, num_kmers)`: 2,080 for k = 6. K-mers are in the lexicographic order (ACGT) of
        the smaller of the two strands.

    Raises:
        ValueError: If the sequence is shorter than `k`.
    """

    def __init__(self, k: int = 6, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.k = k
        self._forward, self._reverse = strand_pairs(k)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Checks the length; there are no weights."""
        length = input_shape[1]
        if length is not None and length < self.k:
            raise ValueError(f"k={self.k} needs sequences of at least {self.k} positions: {length}")
        self.built = True

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Returns log(1 + count) of every k-mer on either strand."""
        first = (self.k + 1) // 2
        positions = inputs.shape[1] - self.k + 1
        left = self._words(inputs, 0, first, positions)
        right = self._words(inputs, first, self.k - first, positions)
        table = ops.matmul(ops.transpose(left, (0, 2, 1)), right)
        counts = ops.reshape(table, (-1, 4**self.k))
        both = ops.take(counts, self._forward, axis=1)
        palindrome = ops.convert_to_tensor(
            (self._forward != self._reverse).astype("float32"), dtype=counts.dtype
        )
        return ops.log1p(both + palindrome * ops.take(counts, self._reverse, axis=1))

    def _words(
        self, inputs: keras.KerasTensor, offset: int, width: int, positions: int
    ) -> keras.KerasTensor:
        """Returns `(batch, positions, 4**width)`: which word starts `offset` after each k-mer."""
        words = ops.ones_like(inputs[:, :positions, :1])
        for step in range(offset, offset + width):
            letter = inputs[:, step : step + positions, :]
            outer = ops.expand_dims(words, 3) * ops.expand_dims(letter, 2)
            words = ops.reshape(outer, (-1, positions, words.shape[2] * 4))
        return words

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, int]:
        """Returns `(batch, num_kmers)`."""
        return (input_shape[0], len(self._forward))

    def get_config(self) -> dict[str, object]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "k": self.k}


def strand_pairs(k: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the k-mers that are not larger than their reverse complement, and those.

    Returns:
        Two int32 arrays of equal length: indices in base 4 with A, C, G, T = 0, 1, 2, 3.
    """
    index = np.arange(4**k)
    digits = np.stack([(index // 4**place) % 4 for place in range(k)])  # last letter first
    powers = 4 ** np.arange(k)[::-1]
    reverse = ((3 - digits) * powers[:, None]).sum(axis=0)
    smaller = index <= reverse
    return index[smaller].astype("int32"), reverse[smaller].astype("int32")
