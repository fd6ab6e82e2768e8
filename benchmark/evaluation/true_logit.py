"""Does the model find the true logit itself, and not only its order across the label?"""

from __future__ import annotations

import numpy as np

from tfbs.benchmark.evaluation.correlation import correlation, correlation_samples
from tfbs.benchmark.evaluation.metric import CORRELATION, METRICS, Measurement, Metric
from tfbs.benchmark.evaluation.prediction import percentile_interval

METRICS.add(
    "true_logit_pearson",
    Metric(
        "prediction",
        "Pearson correlation of predicted and true logit, in [-1, 1]; chance 0. Below 1 for the "
        "best predictor too where labels are noisy or selected.",
        formula="pearson(f, true f)",
        between=CORRELATION,
    ),
)
METRICS.add(
    "true_logit_spearman",
    Metric(
        "prediction",
        "Spearman correlation of predicted and true logit, in [-1, 1]; chance 0. Its interval "
        "resamples the ranks.",
        formula="spearman(f, true f)",
        between=CORRELATION,
    ),
)


def measure_true_logit(
    logit: np.ndarray, truth: np.ndarray, targets: tuple[str, ...], seed: int, split: str
) -> list[Measurement]:
    """Returns the correlations of predicted and true logits of each target.

    Args:
        logit: `(n, targets)`, predicted.
        truth: `(n, targets)`.
        targets: Names of the label columns.
        seed: Of the bootstrap.
        split: What the examples are.
    """
    from scipy.stats import rankdata

    measured = []
    for index, target in enumerate(targets):
        columns = np.stack([logit[:, index], truth[:, index]], axis=1).astype(np.float64)
        ranks = rankdata(columns, axis=0)
        measured += [
            _measure("true_logit_pearson", columns, target, seed, split),
            _measure("true_logit_spearman", ranks, target, seed, split),
        ]
    return measured


def _measure(name: str, columns: np.ndarray, target: str, seed: int, split: str) -> Measurement:
    value = float(correlation(columns)[0, 1])
    n = len(columns)
    if not np.isfinite(value):
        return Measurement(
            name, target, split, None, None, n, 0, "outputs or true logits are all equal"
        )
    samples = correlation_samples(columns, seed)[:, 0, 1]
    interval = percentile_interval(samples[np.isfinite(samples)])
    return Measurement(name, target, split, value, interval, n, 0)
