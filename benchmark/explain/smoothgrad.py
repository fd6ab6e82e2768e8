"""The gradient averaged over noise on the input."""

from __future__ import annotations

import keras
import numpy as np

from tfbs.benchmark.explain.attribution import ATTRIBUTIONS, InputGradient
from tfbs.benchmark.explain.output import check_request

NUM_SAMPLES = 50
DEVIATION = 0.1


@ATTRIBUTIONS.register("smoothgrad")
def smoothgrad(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    *,
    tracks: np.ndarray | None = None,
    num_samples: int = NUM_SAMPLES,
    deviation: float = DEVIATION,
    seed: int = 0,
) -> np.ndarray:
    """Returns the mean gradient over 50 inputs with normal noise of deviation 0.1.

    Source: Smilkov et al. (2017), https://arxiv.org/abs/1706.03825; numbers as in tfomics.

    Args:
        model: From one-hot, and perhaps tracks, to outputs.
        sequence: `(n, length, 4)` one-hot.
        target: Column of the outputs, or one for each sequence.
        tracks: `(n, length, tracks)`, for a model that reads them; without noise.
        num_samples: Noisy inputs.
        deviation: Of the noise.
        seed: Of the noise.

    Returns:
        `(n, length, 4)` float32.
    """
    check_request(model, sequence, target, tracks)
    return average_gradient(
        model,
        sequence,
        target,
        tracks=tracks,
        num_samples=num_samples,
        deviation=deviation,
        seed=seed,
    )


def average_gradient(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    *,
    tracks: np.ndarray | None = None,
    num_samples: int = NUM_SAMPLES,
    deviation: float = DEVIATION,
    seed: int = 0,
) -> np.ndarray:
    """Returns SmoothGrad of inputs that may be between letters; arguments as of `smoothgrad`."""
    gradient, rng = InputGradient(model), np.random.default_rng(seed)
    total = np.zeros(sequence.shape, "float32")
    for _ in range(num_samples):
        noise = rng.normal(0, deviation, sequence.shape).astype("float32")
        total += gradient(sequence + noise, target, tracks=tracks)
    return total / num_samples
