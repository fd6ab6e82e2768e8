"""What the output loses where a stretch of the sequence is unknown."""

from __future__ import annotations

import keras
import numpy as np

from tfbs.benchmark.explain.attribution import ATTRIBUTIONS
from tfbs.benchmark.explain.output import check_request
from tfbs.benchmark.explain.values import values_of

WIDTH = 5


@ATTRIBUTIONS.register("occlusion")
def occlusion(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    *,
    tracks: np.ndarray | None = None,
    width: int = WIDTH,
) -> np.ndarray:
    """Returns the loss of output where 5 positions around each are set to zero (N).

    Source: Zeiler & Fergus (2014), https://arxiv.org/abs/1311.2901.

    Args:
        model: From one-hot, and perhaps tracks, to outputs.
        sequence: `(n, length, 4)` one-hot.
        target: Column of the outputs, or one for each sequence.
        tracks: `(n, length, tracks)`, for a model that reads them; never occluded.
        width: Positions that are occluded together, odd.

    Returns:
        `(n, length, 4)` float32: the loss at the letter that is there, 0 elsewhere.
    """
    check_request(model, sequence, target, tracks)
    length, half = sequence.shape[1], width // 2
    before = values_of(model, sequence, target, tracks)
    loss = np.zeros(sequence.shape[:2], "float32")
    for position in range(length):
        occluded = np.array(sequence, "float32")
        occluded[:, max(position - half, 0) : position + half + 1] = 0
        loss[:, position] = before - values_of(model, occluded, target, tracks)
    return loss[..., None] * np.asarray(sequence, "float32")
