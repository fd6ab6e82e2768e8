"""Do attributions say what every substitution truly does?"""

from __future__ import annotations

import numpy as np

from tfbs.benchmark.evaluation.metric import CORRELATION, METRICS, Measurement, Metric, explained
from tfbs.benchmark.evaluation.sequence_mean import measure_mean
from tfbs.benchmark.protocol import EXPLAINED
from tfbs.benchmark.similarity import cosines

for _method in EXPLAINED:
    METRICS.add(
        f"attribution_exact_correlation_{_method}",
        Metric(
            "interpretability",
            f"Correlation of {_method} with the exact effect of every substitution on the true "
            "logit, signed, over positions and letters, each without its mean over the four "
            "letters of a position; mean over the probe set, in [-1, 1]; chance 0.",
            formula="mean over x of corr(map, true f(x with the letter) - true f(x))",
            between=CORRELATION,
            asked=explained(_method),
        ),
    )


def measure_exact_attribution(
    method: str, attribution: np.ndarray, importance: np.ndarray, seed: int
) -> Measurement:
    """Returns the mean correlation of a method's maps with the exact importance.

    Args:
        method: Name of the attribution.
        attribution: `(n, length, 4)`, on any scale; not multiplied by the input.
        importance: `(n, length, 4)`: effect of every substitution on the true logit.
        seed: Of the bootstrap over sequences.
    """
    name = f"attribution_exact_correlation_{method}"
    values = map_correlations(attribution, importance)
    reason = "no sequence has a map and an importance that are not constant"
    return measure_mean(name, values, seed, reason)


def map_correlations(attribution: np.ndarray, importance: np.ndarray) -> np.ndarray:
    """Returns the correlation of two maps of each sequence: `(n,)`; NaN where one is constant.

    Args:
        attribution: `(n, length, 4)`.
        importance: `(n, length, 4)`.
    """
    flat = []
    for found in (attribution, importance):
        values = found.astype(np.float64)
        values -= values.mean(axis=2, keepdims=True)  # so the mean over all is 0 too
        flat.append(values.reshape(len(values), -1))
    return cosines(*flat)
