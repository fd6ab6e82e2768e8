"""Kernels that are position weight matrices."""

from __future__ import annotations

import math

import keras
from keras import ops

BACKGROUND = 0.25
"""Probability of each letter outside motifs."""


@keras.saving.register_keras_serializable(package="tfbs")
class LogRatios(keras.constraints.Constraint):
    """Keeps each position of a kernel the log-ratios, in nats, of a distribution over letters.

    A position holds ln(p / 0.25) for probabilities p of A, C, G and T: a constant is subtracted
    from it after every step. A filter is thus a position weight matrix, its score the
    log-likelihood ratio of a window, and its information at most two bits a position.

    Source: Ploenzke & Irizarry (2018), https://doi.org/10.1101/411934, their PWMs: in bits, and
    restricted after every epoch.
    """

    def __call__(self, kernel: keras.KerasTensor) -> keras.KerasTensor:
        """Returns `(width, 4, filters)` log-ratios nearest in direction to a kernel."""
        return kernel - ops.logsumexp(kernel + math.log(BACKGROUND), axis=1, keepdims=True)
