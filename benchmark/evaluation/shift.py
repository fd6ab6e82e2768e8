"""What a model loses where the test sequences follow another law than its training."""

from __future__ import annotations

import numpy as np

from tfbs.benchmark.evaluation.bootstrap import ranking_samples
from tfbs.benchmark.evaluation.metric import CORRELATION, METRICS, Measurement, Metric
from tfbs.benchmark.evaluation.prediction import MINIMUM_PER_CLASS, auroc, percentile_interval

METRICS.add(
    "auroc_drop",
    Metric(
        "robustness",
        "AUROC on the test split minus AUROC on the shifted split, of tasks whose rule is known; "
        "the ceilings of the two splits may differ too: see bayes_gap_auroc.",
        higher_is_better=None,
        formula="auroc on test - auroc on the shifted split",
        between=CORRELATION,
    ),
)


def measure_drop(
    test: tuple[np.ndarray, np.ndarray],
    shifted: tuple[np.ndarray, np.ndarray],
    targets: tuple[str, ...],
    seed: int,
    split: str,
) -> list[Measurement]:
    """Returns the drop in AUROC of each target; both splits are resampled, apart.

    Args:
        test: Labels, `(n, targets)` int8, -1 where unknown, and logits, `(n, targets)`.
        shifted: The same of the shifted split.
        targets: Names of the label columns.
        seed: Of the bootstrap.
        split: Name of the shifted split.
    """
    measured = []
    for index, target in enumerate(targets):
        pairs = [_known(label[:, index], logit[:, index]) for label, logit in (test, shifted)]
        rarer = [min(int((label == 1).sum()), int((label == 0).sum())) for label, _ in pairs]
        value = interval = reason = None
        if min(rarer) == 0:
            reason = "a class is missing in one of the splits"
        else:
            value = auroc(*pairs[0]) - auroc(*pairs[1])
            if min(rarer) < MINIMUM_PER_CLASS:
                reason = f"no interval: {min(rarer)} examples of the rarer class"
            else:
                usual, other = (
                    ranking_samples(*pair, seed + place)["auroc"]
                    for place, pair in enumerate(pairs)
                )
                interval = percentile_interval(usual - other)
        label = pairs[1][0]
        measured.append(
            Measurement(
                "auroc_drop",
                target,
                split,
                value,
                interval,
                len(label),
                int((label == 1).sum()),
                reason,
            )
        )
    return measured


def _known(label: np.ndarray, logit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    known = label >= 0
    return label[known], logit[known]
