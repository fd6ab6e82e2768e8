"""How much of what can be predicted is predicted, where the law of the labels is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tfbs.benchmark.evaluation.metric import METRICS, Measurement, Metric

_SCORES = {"auroc": "AUROC", "average_precision": "average precision"}

METRICS.add(
    "bayes_gap_auroc",
    Metric(
        "prediction",
        "Share of the way from chance to the best possible AUROC: (AUROC - .5) / (ceiling - .5), "
        "the ceiling being what the true probabilities of the labels are expected to score; the "
        "labels are one draw, so that luck moves all models together and may lead above 1.",
        formula="(auroc - .5) / (ceiling - .5)",
    ),
)
METRICS.add(
    "bayes_gap_average_precision",
    Metric(
        "prediction",
        "Share of the way from the expected prevalence to the best possible average precision: "
        "(average precision - prevalence) / (ceiling - prevalence).",
        formula="(average_precision - prevalence) / (ceiling - prevalence)",
    ),
)


def measure_ceiling_gap(
    measured: Sequence[Measurement], ceiling: Mapping[str, float] | None, split: str
) -> list[Measurement]:
    """Returns the share of the gap between chance and the ceiling that is closed.

    Intervals are those of the scores on the same scale; the ceiling counts as known.

    Args:
        measured: Of the split, with its AUROC and average precision against all negatives.
        ceiling: Best expected `auroc` and `average_precision`, and `prevalence`, of the split.
        split: What the examples are.
    """
    found = []
    for name in _SCORES:
        for score in measured:
            if (score.name, score.split, score.design) == (name, split, "all"):
                found.append(_gap(score, ceiling))
    return found


def _gap(score: Measurement, ceiling: Mapping[str, float] | None) -> Measurement:
    value = interval = None
    reason = score.undefined_reason
    if ceiling is None:
        reason = "the task states no ceiling of this split"
    elif score.value is not None:
        chance = 0.5 if score.name == "auroc" else ceiling["prevalence"]
        room = ceiling[score.name] - chance
        if room > 0:
            value = (score.value - chance) / room
            if score.interval is not None:
                low, high = score.interval
                interval = ((low - chance) / room, (high - chance) / room)
        else:
            reason = f"the ceiling, {ceiling[score.name]:g}, is not above chance"
    return Measurement(
        f"bayes_gap_{score.name}",
        score.target,
        score.split,
        value,
        interval,
        score.n,
        score.positives,
        reason,
    )
