"""Does the model read GC content beyond what GC does?"""

from __future__ import annotations

import numpy as np

from tfbs.benchmark.evaluation.correlation import correlation, correlation_samples
from tfbs.benchmark.evaluation.metric import CORRELATION, METRICS, Measurement, Metric
from tfbs.benchmark.evaluation.prediction import percentile_interval

BINS = 20
"""Equal shares of the examples, by their true logit, in which GC and output are compared."""

_NOTHING = 1e-9
"""Share of the output's variance below which nothing is left to explain."""

METRICS.add(
    "gc_reliance",
    Metric(
        "robustness",
        "Correlation of what the true logit leaves unexplained in the predicted logit with what "
        "it leaves unexplained in the GC fraction, in [-1, 1]: 0 where the model reads GC only as "
        f"far as the rule does. Explained by a line in each of {BINS} bins of the true logit.",
        higher_is_better=None,
        formula="corr(f - line in true logit, GC - line in true logit), lines by bin",
        between=CORRELATION,
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

    The bins are those of the split; its interval resamples what they leave.

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
        own = logit[:, index].astype(np.float64)
        left = unexplained(np.stack([own, gc], axis=1), truth[:, index].astype(np.float64))
        value = interval = reason = None
        if left[:, 0].var() <= _NOTHING * own.var() or left[:, 1].var() <= _NOTHING * gc.var():
            reason = "the true logit leaves nothing unexplained in the outputs, or in GC"
        else:
            value = float(correlation(left)[0, 1])
            samples = correlation_samples(left, seed)[:, 0, 1]
            interval = percentile_interval(samples[np.isfinite(samples)])
        measured.append(
            Measurement("gc_reliance", target, split, value, interval, len(left), 0, reason)
        )
    return measured


def unexplained(columns: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Returns `(n, c)` residuals of columns from a line in each bin of the truth.

    Args:
        columns: `(n, c)`.
        truth: `(n,)`, cut into `BINS` parts of equal numbers.
    """
    left = np.empty_like(columns)
    for rows in np.array_split(np.argsort(truth, kind="stable"), BINS):
        if len(rows):
            line = np.stack([np.ones(len(rows)), truth[rows] - truth[rows].mean()], axis=1)
            fitted, *_ = np.linalg.lstsq(line, columns[rows], rcond=None)
            left[rows] = columns[rows] - line @ fitted
    return left
