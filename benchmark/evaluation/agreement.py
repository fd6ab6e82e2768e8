"""Do the methods of explanation agree with each other? Runs are compared in the report."""

from __future__ import annotations

import itertools

from tfbs.benchmark.evaluation.explained import EXTRAS, Explained
from tfbs.benchmark.evaluation.metric import CORRELATION, METRICS, Measurement, Metric, extra
from tfbs.benchmark.evaluation.sequence_mean import measure_mean
from tfbs.benchmark.protocol import EXPLAINED
from tfbs.benchmark.similarity import pearson, spearman

_KINDS = {"spearman": spearman, "pearson": pearson}
_CONSTANT = "in every sequence one of the two maps is constant"

for (_first, _second), _kind in itertools.product(itertools.combinations(EXPLAINED, 2), _KINDS):
    METRICS.add(
        f"attribution_agreement_{_kind}_{_first}_{_second}",
        Metric(
            "interpretability",
            f"{_kind.capitalize()} correlation of {_first} x input with {_second} x input over the "
            "positions of a sequence, mean over the probe set, in [-1, 1].",
            higher_is_better=None,
            formula=f"mean over x of {_kind}(a_1, a_2) over positions",
            between=CORRELATION,
            asked=extra("agreement", _first, _second),
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
