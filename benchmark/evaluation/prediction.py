"""The prediction axis: exact AUROC and average precision with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tfbs.benchmark.evaluation.bootstrap import ranking_samples
from tfbs.benchmark.evaluation.metric import METRICS, Measurement, Metric

Score = Callable[[np.ndarray, np.ndarray], float]

MINIMUM_PER_CLASS = 20
"""Fewer examples of a class than this give a value without an interval."""

METRICS.add(
    "auroc",
    Metric("prediction", "Area under the ROC curve, exact; chance 0.5."),
)
METRICS.add(
    "average_precision",
    Metric(
        "prediction",
        "Area under the precision-recall steps, exact, not interpolated; chance is the "
        "fraction of positives.",
    ),
)


def auroc(label: np.ndarray, score: np.ndarray) -> float:
    """Returns the probability that a positive outscores a negative, ties counting half.

    Args:
        label: `(n,)`, 0 or 1, both present.
        score: `(n,)`, any monotone scale.
    """
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(label, score))


def average_precision(label: np.ndarray, score: np.ndarray) -> float:
    """Returns the area under the precision-recall steps; a constant score gets the prevalence.

    Args:
        label: `(n,)`, 0 or 1, both present.
        score: `(n,)`, any monotone scale.
    """
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(label, score))


RANKING: dict[str, Score] = {"auroc": auroc, "average_precision": average_precision}


def mean_over_targets(score: Score, label: np.ndarray, logit: np.ndarray) -> float:
    """Returns the mean of a score over the targets with both classes; NaN if there is none.

    Args:
        score: Of one target.
        label: `(n, targets)` int8, -1 where unknown.
        logit: `(n, targets)`.
    """
    values = []
    for target in range(label.shape[1]):
        known = label[:, target] >= 0
        if len(np.unique(label[known, target])) == 2:
            values.append(score(label[known, target], logit[known, target]))
    return float(np.mean(values)) if values else float("nan")


def measure_prediction(
    label: np.ndarray,
    logit: np.ndarray,
    targets: tuple[str, ...],
    seed: int,
    split: str = "test",
    suffix: str = "",
) -> list[Measurement]:
    """Returns AUROC and average precision of each target and their mean over targets.

    Args:
        label: `(n, targets)` int8, -1 where unknown.
        logit: `(n, targets)`.
        targets: Names of the label columns.
        seed: Of the bootstrap.
        split: What the examples are.
        suffix: Appended to the metric names: `"_pgd_0.1"`.
    """
    measured: list[Measurement] = []
    draws: dict[str, list[np.ndarray]] = {name: [] for name in RANKING}
    for index, target in enumerate(targets):
        known = label[:, index] >= 0
        rows, samples = _measure_target(label[known, index], logit[known, index], seed)
        for name, (value, interval, reason) in rows.items():
            measured.append(
                Measurement(
                    name + suffix,
                    target,
                    split,
                    value,
                    interval,
                    n=int(known.sum()),
                    positives=int((label[:, index] == 1).sum()),
                    undefined_reason=reason,
                )
            )
            if name in samples:
                draws[name].append(samples[name])
    if len(targets) > 1:
        measured += [
            _mean_measurement(name + suffix, measured, draws[name], label, split)
            for name in RANKING
        ]
    return measured


Row = tuple[float | None, tuple[float, float] | None, str | None]


def _measure_target(
    label: np.ndarray, score: np.ndarray, seed: int
) -> tuple[dict[str, Row], dict[str, np.ndarray]]:
    positives, n = int(label.sum()), len(label)
    if positives in (0, n):
        missing = "positives" if positives == 0 else "negatives"
        reason = f"no {missing} among {n} known labels"
        return dict.fromkeys(RANKING, (None, None, reason)), {}
    values = {name: function(label, score) for name, function in RANKING.items()}
    scarce = min(positives, n - positives)
    if scarce < MINIMUM_PER_CLASS:
        reason = f"no interval: {scarce} examples of the rarer class, {MINIMUM_PER_CLASS} needed"
        return {name: (value, None, reason) for name, value in values.items()}, {}
    samples = ranking_samples(label, score, seed)
    return {
        name: (value, _around(value, percentile_interval(samples[name])), None)
        for name, value in values.items()
    }, samples


def _around(value: float, interval: tuple[float, float]) -> tuple[float, float]:
    """Returns the interval, widened to the value where resampling is biased away from it.

    Examples that are drawn twice tie with themselves, which lifts the average precision of a
    ranking that is nearly all wrong above its own value.
    """
    return min(interval[0], value), max(interval[1], value)


def percentile_interval(samples: np.ndarray) -> tuple[float, float]:
    """Returns the 2.5 and 97.5 percentiles of bootstrap samples."""
    low, high = np.percentile(samples, [2.5, 97.5])
    return float(low), float(high)


def _mean_measurement(
    name: str,
    measured: list[Measurement],
    samples: list[np.ndarray],
    label: np.ndarray,
    split: str,
) -> Measurement:
    values = [m.value for m in measured if m.name == name and m.value is not None]
    complete = bool(values) and len(samples) == len(values)
    reason = None
    if not values:
        reason = "no target has both classes"
    elif not complete:
        reason = f"no interval: too few examples of a class in {len(values) - len(samples)} targets"
    return Measurement(
        name,
        "mean",
        split,
        float(np.mean(values)) if values else None,
        percentile_interval(np.mean(samples, axis=0)) if complete else None,
        n=len(label),
        positives=int((label == 1).any(axis=1).sum()),
        undefined_reason=reason,
    )
