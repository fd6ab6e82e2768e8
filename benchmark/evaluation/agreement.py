"""Do explanations agree with each other?

Within a run, by method, as a metric; between runs that explain the same sequences as a function
that the report draws from.
"""

from __future__ import annotations

import itertools

import numpy as np

from tfbs.benchmark.evaluation.correlation import row_pearson, row_spearman
from tfbs.benchmark.evaluation.explained import EXTRAS, Explained
from tfbs.benchmark.evaluation.metric import METRICS, Measurement, Metric
from tfbs.benchmark.evaluation.sequence_mean import measure_mean
from tfbs.benchmark.protocol import EXPLAINED

_KINDS = {"spearman": row_spearman, "pearson": row_pearson}
_CONSTANT = "in every sequence one of the two maps is constant"

for (_first, _second), _kind in itertools.product(itertools.combinations(EXPLAINED, 2), _KINDS):
    METRICS.add(
        f"attribution_agreement_{_kind}_{_first}_{_second}",
        Metric(
            "interpretability",
            f"{_kind.capitalize()} correlation of {_first} x input with {_second} x input over the "
            "positions of a sequence, mean over the probe set, in [-1, 1].",
            higher_is_better=None,
        ),
    )


@EXTRAS.register("agreement")
def measure_agreement(probe: Explained) -> list[Measurement]:
    """Returns how far every two methods agree."""
    scores = {method: probe.contributions(method) for method in EXPLAINED if method in probe.maps}
    return [
        measure_mean(
            f"attribution_agreement_{kind}_{first}_{second}",
            correlate(scores[first], scores[second]),
            probe.seed,
            _CONSTANT,
        )
        for first, second in itertools.combinations(scores, 2)
        for kind, correlate in _KINDS.items()
    ]


def run_agreement(
    first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Returns the Spearman correlation of two runs' maps of each sequence that both explain.

    Args:
        first: Of one run, `(n,)` rows of the split and `(n, length)` scores of their positions.
        second: Of the other run.

    Returns:
        `(k,)`, NaN where a map is constant; empty where no row is in both.
    """
    _, mine, others = np.intersect1d(first[0], second[0], return_indices=True)
    return row_spearman(first[1][mine], second[1][others])
