"""A number per sequence, or several, as one measurement with its interval."""

from __future__ import annotations

import numpy as np

from tfbs.benchmark.evaluation.bootstrap import mean_samples
from tfbs.benchmark.evaluation.metric import Measurement
from tfbs.benchmark.evaluation.prediction import small_sample_interval


def measure_mean(
    name: str,
    values: np.ndarray,
    seed: int,
    reason: str,
    *,
    target: str = "mean",
    sequence: np.ndarray | None = None,
) -> Measurement:
    """Returns the mean of the defined values on the probe set.

    Args:
        name: Of the metric.
        values: `(n,)`, NaN where undefined.
        seed: Of the bootstrap.
        reason: Why there is no number where no value is defined.
        target: What the values are of.
        sequence: `(n,)` int, from 0: the sequence that each value belongs to, which the bootstrap
            draws as a whole; by default each value is of a sequence of its own.
    """
    count = int(np.isfinite(values).sum())
    if not count:
        return undefined(name, reason, target=target)
    known = np.isfinite(values)
    units = count if sequence is None else len(np.unique(sequence[known]))
    interval = small_sample_interval(mean_samples(values, seed, block=sequence), units)
    why = None if interval else "no interval: one sequence"
    mean = float(np.nanmean(values))
    return Measurement(name, target, "probe", mean, interval, count, count, why)


def undefined(name: str, reason: str, *, target: str = "mean") -> Measurement:
    """Returns a measurement without a number.

    Args:
        name: Of the metric.
        reason: Why.
        target: What it would have been of.
    """
    return Measurement(name, target, "probe", None, None, 0, 0, reason)
