"""Outputs for factors that were not trained on: what the others of the task say."""

from __future__ import annotations

import keras
import numpy as np

from tfbs.benchmark.predict import Predictor
from tfbs.datasets.task import RowArray


class Transferred(Predictor):
    """A predictor whose outputs for held-out factors are the mean of those that were trained.

    A held-out factor's own output was never trained, and says nothing. Factors of one family
    prefer similar sequences, so that the mean logit of its relatives is the guess to beat.

    Args:
        model: See `Predictor`.
        held_out: Columns of the factors that were not trained on.
    """

    def __init__(self, model: keras.Model, held_out: list[int]) -> None:
        super().__init__(model)
        self.held_out = held_out

    def __call__(self, codes: RowArray, tracks: RowArray | None = None) -> np.ndarray:
        """Returns `(n, targets)` float32 logits."""
        logit = super().__call__(codes, tracks)
        trained = np.delete(logit, self.held_out, axis=1)
        logit[:, self.held_out] = trained.mean(axis=1, keepdims=True)
        return logit
