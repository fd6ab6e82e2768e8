"""Are probabilities frequencies, on clean examples and on attacked ones?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy.special import expit

from tfbs.benchmark.evaluation.bootstrap import NUM_RESAMPLES, multiplicities
from tfbs.benchmark.evaluation.metric import METRICS, SHARE, Measurement, Metric, stressed
from tfbs.benchmark.evaluation.prediction import percentile_interval
from tfbs.benchmark.evaluation.sequence_mean import undefined
from tfbs.benchmark.protocol import PROTOCOLS

BINS = 15

Score = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""From labels, probabilities and weights of one target to values."""


def _register() -> None:
    for epsilon in sorted({e for name in PROTOCOLS for e in PROTOCOLS[name].epsilons}):
        where = f"on the probe set under the attack of auroc_pgd_{epsilon:g}"
        METRICS.add(
            f"ece_pgd_{epsilon:g}",
            Metric(
                "robustness",
                f"Expected calibration error {where}: mean distance of predicted probability and "
                f"share of positives over {BINS} bins of equal width (Naeini et al. 2015), mean "
                "over targets, in [0, 1]; above 0 by chance in small bins.",
                higher_is_better=False,
                formula="sum over bins of n_bin / n |mean of p - share of positives|",
                between=SHARE,
                source="Naeini, Cooper & Hauskrecht (2015), "
                "https://doi.org/10.1609/aaai.v29i1.9602",
                asked=stressed,
            ),
        )
        METRICS.add(
            f"brier_pgd_{epsilon:g}",
            Metric(
                "robustness",
                f"Mean squared distance of predicted probability and label {where} (Brier 1950), "
                "mean over targets, in [0, 1].",
                higher_is_better=False,
                formula="mean (p - y)^2",
                between=SHARE,
                source="Brier (1950), "
                "https://doi.org/10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2",
                asked=stressed,
            ),
        )


_register()


def measure_calibration(
    label: np.ndarray, logits: Mapping[str, np.ndarray], seed: int
) -> tuple[list[Measurement], dict[str, np.ndarray]]:
    """Returns calibration error and Brier score of outputs, and their reliability curves.

    Args:
        label: `(n, targets)` int8, -1 where unknown.
        logits: `(n, targets)` by name: `pgd_0.02`.
        seed: Of the bootstrap over examples.

    Returns:
        Measurements `ece_<name>` and `brier_<name>`, and `reliability_<name>` arrays,
        `(BINS, 3)`: mean probability, share of positives, labels, over all targets.
    """
    measured: list[Measurement] = []
    arrays = {}
    for name, logit in logits.items():
        probability = expit(logit.astype(np.float64))
        for metric, score in (("ece", calibration_errors), ("brier", brier_scores)):
            measured.append(_measure(f"{metric}_{name}", score, label, probability, seed))
        arrays[f"reliability_{name}"] = reliability(label, probability)
    return measured, arrays


def _measure(
    name: str, score: Score, label: np.ndarray, probability: np.ndarray, seed: int
) -> Measurement:
    """Returns the mean over targets; examples are resampled as wholes."""
    n = len(label)
    weights = multiplicities(n, np.random.default_rng(seed), NUM_RESAMPLES)
    known = [target for target in range(label.shape[1]) if (label[:, target] >= 0).any()]
    if not known:
        return undefined(name, "no label is known")

    def mean(weight: np.ndarray) -> np.ndarray:
        columns = [score(label[:, t], probability[:, t], weight) for t in known]
        return np.nanmean(columns, axis=0)

    value = float(mean(np.ones((1, n)))[0])
    low, high = percentile_interval(mean(weights))
    interval = (min(low, value), max(high, value))  # resampling lifts the error above its value
    positives = int((label == 1).any(axis=1).sum())
    return Measurement(name, "mean", "probe", value, interval, n, positives)


def calibration_errors(
    label: np.ndarray, probability: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Returns the expected calibration error of one target for each row of weights.

    Args:
        label: `(n,)` int8, -1 where unknown.
        probability: `(n,)`.
        weights: `(resamples, n)`, how often each example counts.

    Returns:
        `(resamples,)` in [0, 1]; NaN where no known label is left.
    """
    known = label >= 0
    weighed = weights[:, known]
    excess = probability[known] - label[known]
    member = np.eye(BINS)[bins(probability[known])]
    errors = np.abs(weighed @ (member * excess[:, None])).sum(axis=1)
    return _over(errors, weighed.sum(axis=1))


def brier_scores(label: np.ndarray, probability: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns the Brier score of one target for each row of weights.

    Args:
        label: `(n,)` int8, -1 where unknown.
        probability: `(n,)`.
        weights: `(resamples, n)`, how often each example counts.

    Returns:
        `(resamples,)` in [0, 1]; NaN where no known label is left.
    """
    known = label >= 0
    weighed = weights[:, known]
    return _over(weighed @ (probability[known] - label[known]) ** 2, weighed.sum(axis=1))


def reliability(label: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Returns mean probability, share of positives and number of labels of each bin.

    Args:
        label: `(n, targets)` int8, -1 where unknown.
        probability: `(n, targets)`.

    Returns:
        `(BINS, 3)` float32; NaN in the first two of an empty bin.
    """
    known = label >= 0
    own = bins(probability[known])
    count = np.bincount(own, minlength=BINS)
    sums = [
        np.bincount(own, weights=values[known], minlength=BINS) for values in (probability, label)
    ]
    return np.stack([*(_over(total, count) for total in sums), count], axis=1).astype("float32")


def bins(probability: np.ndarray) -> np.ndarray:
    """Returns the bin of each probability, `(n,)` int; the last one has 1 too."""
    return np.minimum((probability * BINS).astype(int), BINS - 1)


def _over(total: np.ndarray, count: np.ndarray) -> np.ndarray:
    return np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
