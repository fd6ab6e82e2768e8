"""The prediction axis: exact ranking metrics with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tfbs.benchmark.evaluation.bootstrap import MINIMUM_BLOCKS, joint_samples, ranking_samples
from tfbs.benchmark.evaluation.metric import Measurement
from tfbs.benchmark.evaluation.ranking import RANKING, RankingCounts, ranking_values

Score = Callable[[np.ndarray, np.ndarray], float]

MINIMUM_PER_CLASS = 20
"""Fewer examples of a class than this give a value without an interval."""

SMALL = 100
"""Of fewer things than this an interval is widened by what a bootstrap does not know."""

TAIL = 2.5
"""Per cent that an interval leaves out on either side."""


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
    *,
    names: tuple[str, ...] = RANKING,
    block: np.ndarray | None = None,
) -> list[Measurement]:
    """Returns ranking metrics of each target and their mean over targets.

    Args:
        label: `(n, targets)` int8, -1 where unknown.
        logit: `(n, targets)`.
        targets: Names of the label columns.
        seed: Of the bootstrap.
        split: What the examples are.
        suffix: Appended to the metric names: `"_pgd_0.1"`.
        names: Which metrics.
        block: `(n,)` int: the block of a chromosome that each row belongs to, if any.
    """
    scored = [_scored(label[:, index], logit[:, index], block) for index in range(len(targets))]
    return measure_scored(scored, targets, seed, split, suffix, names=names)


@dataclass(frozen=True)
class Scored:
    """The examples of one target whose label is known.

    Attributes:
        label: `(n,)`, 0 or 1.
        score: `(n,)`.
        block: `(n,)` int, the block of a chromosome that each belongs to; None for loose ones.
        reason: Why there are no examples.
        row: `(n,)` int, which example each is, for targets that have examples in common.
    """

    label: np.ndarray
    score: np.ndarray
    block: np.ndarray | None = None
    reason: str | None = None
    row: np.ndarray | None = None

    @property
    def bound(self) -> np.ndarray:
        """Which examples are positive."""
        rows = np.arange(len(self.label)) if self.row is None else self.row
        return rows[self.label == 1]

    @property
    def members(self) -> np.ndarray:
        """`(n,)` int: what is drawn as a whole, a block or an example."""
        if self.block is not None:
            return self.block
        return np.arange(len(self.label)) if self.row is None else self.row


def measure_scored(
    scored: Sequence[Scored],
    targets: tuple[str, ...],
    seed: int,
    split: str,
    suffix: str = "",
    *,
    names: tuple[str, ...] = RANKING,
    design: str = "all",
) -> list[Measurement]:
    """Returns ranking metrics of each target and their mean over targets.

    Of a target without any known label only the undefined AUROC is returned.

    Args:
        scored: Examples by target.
        targets: Their names.
        seed: Of the bootstrap.
        split: What the examples are.
        suffix: Appended to the metric names.
        names: Which metrics.
        design: Which negatives the examples hold.
    """
    measured: list[Measurement] = []
    for target, examples in zip(targets, scored, strict=True):
        rows = _measure_target(examples, seed, names)
        for name, (value, interval, reason) in rows.items():
            measured.append(
                Measurement(
                    name + suffix,
                    target,
                    split,
                    value,
                    interval,
                    n=len(examples.label),
                    positives=int((examples.label == 1).sum()),
                    undefined_reason=reason,
                    design=design,
                )
            )
    if len(targets) > 1:
        intervals = _joint_intervals(scored, seed)
        measured += [
            _mean_measurement(name, suffix, measured, scored, intervals, split, design)
            for name in names
        ]
    return measured


Row = tuple[float | None, tuple[float, float] | None, str | None]


def _scored(label: np.ndarray, logit: np.ndarray, block: np.ndarray | None) -> Scored:
    known = label >= 0
    own = None if block is None else block[known]
    return Scored(label[known], logit[known], own, row=np.flatnonzero(known))


def _measure_target(examples: Scored, seed: int, names: tuple[str, ...]) -> dict[str, Row]:
    label, score = examples.label, examples.score
    positives, n = int((label == 1).sum()), len(label)
    if positives in (0, n):
        missing = "positives" if positives == 0 else "negatives"
        reason = examples.reason or f"no {missing} among {n} known labels"
        return dict.fromkeys(names if n else names[:1], (None, None, reason))
    exact = {"auroc": auroc, "average_precision": average_precision}
    values = {**ranking_values(label, score), **{k: f(label, score) for k, f in exact.items()}}
    too_few = _too_few(examples, positives)
    if too_few:
        return {name: (values[name], None, too_few) for name in names}
    samples = ranking_samples(label, score, seed, block=examples.block)
    tail = expanded_tail(_independent(examples, positives))
    return {
        name: (values[name], _around(values[name], percentile_interval(samples[name], tail)), None)
        for name in names
    }


def _independent(examples: Scored, positives: int) -> int:
    """Returns how many examples of the rarer class there are, or how many blocks hold positives."""
    if examples.block is not None:
        return len(np.unique(examples.block[examples.label == 1]))
    return min(positives, len(examples.label) - positives)


def _too_few(examples: Scored, positives: int) -> str | None:
    """Returns why there is no interval, if there is none."""
    scarce = min(positives, len(examples.label) - positives)
    if scarce < MINIMUM_PER_CLASS:
        return f"no interval: {scarce} examples of the rarer class, {MINIMUM_PER_CLASS} needed"
    if examples.block is not None:
        blocks = len(np.unique(examples.block[examples.label == 1]))
        if blocks < MINIMUM_BLOCKS:
            return f"no interval: positives in {blocks} chromosome blocks, {MINIMUM_BLOCKS} needed"
    return None


def _around(value: float, interval: tuple[float, float]) -> tuple[float, float]:
    """Returns the interval, widened to the value where resampling is biased away from it.

    Examples that are drawn twice tie with themselves, which lifts the average precision of a
    ranking that is nearly all wrong above its own value.
    """
    return min(interval[0], value), max(interval[1], value)


def percentile_interval(samples: np.ndarray, tail: float = TAIL) -> tuple[float, float]:
    """Returns the interval of bootstrap samples that leaves out `tail` per cent on either side."""
    low, high = np.percentile(samples, [tail, 100 - tail])
    return float(low), float(high)


def expanded_tail(size: int) -> float:
    """Returns the per cent that the interval of a small sample leaves out on either side.

    A bootstrap knows neither that a variance is estimated nor that its draws vary less than the
    sample, by (size - 1) / size.

    Source: Hesterberg (2015), https://doi.org/10.1080/00031305.2015.1089789, section 5.3.

    Args:
        size: Of the sample, at least 2.
    """
    from scipy import stats

    quantile = stats.t.ppf(TAIL / 100, size - 1) * np.sqrt(size / (size - 1))
    return float(100 * stats.norm.cdf(quantile))


def small_sample_interval(samples: np.ndarray, size: int) -> tuple[float, float] | None:
    """Returns the interval of bootstrap samples, wider where few things were drawn.

    Args:
        samples: Of the bootstrap.
        size: How many things were drawn.

    Returns:
        None for fewer than two.
    """
    if size < 2:
        return None
    return percentile_interval(samples, expanded_tail(size) if size < SMALL else TAIL)


def _joint_intervals(scored: Sequence[Scored], seed: int) -> dict[str, tuple[float, float]]:
    """Returns the intervals of the means over targets; none where a target has too few examples."""
    both = [own for own in scored if 0 < (own.label == 1).sum() < len(own.label)]
    if not both or any(_too_few(own, int((own.label == 1).sum())) for own in both):
        return {}
    counts = [RankingCounts.of(own.label, own.score, own.members) for own in both]
    tail = expanded_tail(min(_independent(own, int((own.label == 1).sum())) for own in both))
    samples = joint_samples(counts, seed)
    return {name: percentile_interval(values, tail) for name, values in samples.items()}


def _mean_measurement(
    name: str,
    suffix: str,
    measured: Sequence[Measurement],
    scored: Sequence[Scored],
    intervals: Mapping[str, tuple[float, float]],
    split: str,
    design: str,
) -> Measurement:
    values = [m.value for m in measured if m.name == name + suffix and m.value is not None]
    mean = float(np.mean(values)) if values else None
    reason = interval = None
    if mean is None:
        reason = "no target has both classes"
    elif name not in intervals:
        reason = "no interval: too few examples of a class in a target"
    else:
        interval = _around(mean, intervals[name])
    return Measurement(
        name + suffix,
        "mean",
        split,
        mean,
        interval,
        n=max((m.n for m in measured), default=0),
        positives=len(np.unique(np.concatenate([own.bound for own in scored]))),
        undefined_reason=reason,
        design=design,
    )
