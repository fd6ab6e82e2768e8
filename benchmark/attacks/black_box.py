"""Random search: an attack that needs no gradient, to catch those that only seem to fail."""

from __future__ import annotations

import keras
import numpy as np

from tfbs.benchmark.attacks.margin import margins
from tfbs.benchmark.explain.values import outputs_of

LARGEST_SHARE = 0.5
"""Of the positions that the first proposals change."""


def random_search(
    model: keras.Model,
    sequence: np.ndarray,
    label: np.ndarray,
    epsilon: float,
    queries: int,
    seed: int,
    *,
    tracks: np.ndarray | None = None,
) -> np.ndarray:
    """Returns the logits of the worst corner of an L-infinity ball that a random search finds.

    Every element is at plus or minus epsilon. Each query redraws the signs in one window of
    positions, and keeps them where the margin falls; windows shrink to one position.

    Source: after the Square attack of Andriushchenko et al. (2020),
    https://arxiv.org/abs/1912.00049, in one dimension.

    Args:
        model: From one-hot, and perhaps tracks, to logits.
        sequence: `(n, length, 4)` float32 one-hot; unknown positions, all zero, stay.
        label: `(n, targets)` int8, -1 where unknown.
        epsilon: Radius; elements may leave [0, 1].
        queries: Forward passes of each sequence.
        seed: Of the proposals.
        tracks: `(n, length, tracks)`, for a model that reads them; they are not attacked.

    Returns:
        `(n, targets)` float32.
    """
    rng = np.random.default_rng(seed)
    known = sequence.max(axis=-1, keepdims=True)
    length = sequence.shape[1]
    delta = _signs(rng, sequence.shape)
    logit = outputs_of(model, sequence + epsilon * delta * known, tracks)
    for query in range(1, queries):
        share = LARGEST_SHARE * (1 - query / queries)
        width = max(1, round(share * length))
        start = rng.integers(0, length - width + 1, len(sequence))
        place = np.arange(length) - start[:, None]
        window = ((place >= 0) & (place < width))[..., None]
        proposed = np.where(window, _signs(rng, sequence.shape), delta)
        found = outputs_of(model, sequence + epsilon * proposed * known, tracks)
        lower = margins(found, label) < margins(logit, label)
        delta = np.where(lower[:, None, None], proposed, delta)
        logit = np.where(lower[:, None], found, logit)
    return logit


def _signs(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.choice(np.array([-1, 1], "float32"), shape)
