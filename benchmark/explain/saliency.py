"""The gradient of the logit, plain and projected onto the simplex of DNA."""

from __future__ import annotations

import keras
import numpy as np

from tfbs.benchmark.explain.attribution import ATTRIBUTIONS, InputGradient
from tfbs.benchmark.explain.output import check_request
from tfbs.benchmark.explain.similarity import corrected


@ATTRIBUTIONS.register("saliency")
def saliency(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    *,
    tracks: np.ndarray | None = None,
) -> np.ndarray:
    """Returns the gradient of the logit by the one-hot sequence.

    Source: Simonyan et al. (2013), https://arxiv.org/abs/1312.6034.

    Args:
        model: From one-hot to logits.
        sequence: `(n, length, 4)`.
        target: Column of the logits, or one for each sequence.
        tracks: `(n, length, tracks)`, for a model that reads them.

    Returns:
        `(n, length, 4)` float32.
    """
    check_request(model, sequence, target, tracks)
    return InputGradient(model)(sequence, target, tracks=tracks)


@ATTRIBUTIONS.register("saliency_corrected")
def saliency_corrected(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    *,
    tracks: np.ndarray | None = None,
) -> np.ndarray:
    """Returns the gradient without its component that points off the simplex.

    Source: Majdandzic, Rajesh & Koo (2023), https://doi.org/10.1186/s13059-023-02956-3: the
    mean over the four letters is subtracted at every position.

    Args:
        model: From one-hot to logits.
        sequence: `(n, length, 4)`.
        target: Column of the logits, or one for each sequence.
        tracks: `(n, length, tracks)`, for a model that reads them.

    Returns:
        `(n, length, 4)` float32; each position sums to 0.
    """
    return corrected(saliency(model, sequence, target, tracks=tracks))
