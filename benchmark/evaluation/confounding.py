"""Does the model read GC content beyond what GC does?"""

from __future__ import annotations

import numpy as np

from tfbs.benchmark.evaluation.correlation import correlation, correlation_samples
from tfbs.benchmark.evaluation.metric import METRICS, Measurement, Metric
from tfbs.benchmark.evaluation.prediction import percentile_interval

METRICS.add(
    "gc_reliance",
    Metric(
        "robustness",
        "Partial correlation of the predicted logit with the GC fraction given the true logit, in "
        "[-1, 1]: 0 where the model reads GC only as far as the rule does.",
        higher_is_better=None,
    ),
)


def measure_gc_reliance(
    logit: np.ndarray,
    truth: np.ndarray,
    gc: np.ndarray,
    targets: tuple[str, ...],
    seed: int,
    split: str,
) -> list[Measurement]:
    """Returns the partial correlation of each target's predicted logit with GC.

    Args:
        logit: `(n, targets)`, predicted.
        truth: `(n, targets)`, the true logits.
        gc: `(n,)` GC fractions.
        targets: Names of the label columns.
        seed: Of the bootstrap.
        split: What the examples are.
    """
    measured = []
    for index, target in enumerate(targets):
        columns = np.stack([logit[:, index], gc, truth[:, index]], axis=1).astype(np.float64)
        value = float(partial(correlation(columns)))
        reason = interval = None
        if np.isfinite(value):
            samples = partial(correlation_samples(columns, seed))
            interval = percentile_interval(samples[np.isfinite(samples)])
        else:
            reason = "outputs, GC or true logits are all equal, or one follows from another"
        measured.append(
            Measurement(
                "gc_reliance",
                target,
                split,
                value if reason is None else None,
                interval,
                len(columns),
                0,
                reason,
            )
        )
    return measured


def partial(correlations: np.ndarray) -> np.ndarray:
    """Returns the partial correlation of the first two of three variables given the third.

    Args:
        correlations: `(..., 3, 3)`.

    Returns:
        `(...)` in [-1, 1]; NaN where it is undefined.
    """
    xy, xz, yz = correlations[..., 0, 1], correlations[..., 0, 2], correlations[..., 1, 2]
    left = np.maximum(1 - xz**2, 0) * np.maximum(1 - yz**2, 0)
    scale = np.sqrt(np.where(left > 1e-12, left, np.nan))
    return np.asarray((xy - xz * yz) / scale)
