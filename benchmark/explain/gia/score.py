"""Whatever gives sequences a number: one output of a network, or the task's own rule."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np

from tfbs.benchmark.inputs import num_tracks
from tfbs.benchmark.predict import Predictor
from tfbs.datasets.alphabet import Codes
from tfbs.errors import UserError

Score = Callable[[Codes], np.ndarray]
"""Returns `(n,)` float logits of `(n, length)` uint8 codes."""


def model_score(model: keras.Model, target: int) -> Score:
    """Returns one logit of a network as a function of sequences, computed batch by batch.

    Raises:
        UserError: If the network reads tracks, which null sequences do not have.
    """
    if num_tracks(model):
        raise UserError("the model reads tracks, which null sequences do not have")
    predict = Predictor(model)

    def score(codes: Codes) -> np.ndarray:
        found: np.ndarray = predict(codes)[:, target]
        return found

    return score
