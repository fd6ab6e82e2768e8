"""Do the Hessian and attention join the motifs that the task's rule joins?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tfbs.benchmark.evaluation.explained import EXTRAS, Explained
from tfbs.benchmark.evaluation.metric import CORRELATION, METRICS, SHARE, Measurement, Metric, extra
from tfbs.benchmark.evaluation.planted_pairs import (
    PAIRED,
    PairMeasure,
    Span,
    once,
    score_pairs,
    without_rounding,
)
from tfbs.benchmark.evaluation.sequence_mean import undefined
from tfbs.benchmark.explain.attention import attention_pairs
from tfbs.benchmark.explain.interactions import hessian_interactions
from tfbs.benchmark.explain.layer_view import centres_of, stretch
from tfbs.benchmark.explain.values import values_of
from tfbs.errors import Refused

TRUE_REPLACEMENTS = 64
"""Random replacements of each motif in the true interaction; what is scored is not drawn."""

_HESSIAN = ("interaction_correlation_hessian", "interaction_auroc_hessian")
_ATTENTION = ("interaction_correlation_attention", "interaction_auroc_attention")

_OF_HESSIAN = (
    "the sum of second derivatives of the logit over the letters of both, each less the mean of "
    "its position's four"
)
_OF_ATTENTION = (
    "the mean attention between both, either way, over heads and layers, stretched to nucleotides"
)

for _name, _what, _which in (
    (_HESSIAN[0], _OF_HESSIAN, "their true interaction"),
    (_ATTENTION[0], _OF_ATTENTION, "the size of their true interaction"),
):
    METRICS.add(
        _name,
        Metric(
            "interpretability",
            f"Correlation, over every two planted motifs of a sequence, of {_what}, with {_which} "
            f"(as in pair_interaction_correlation, over {TRUE_REPLACEMENTS} replacements), in the "
            f"first {PAIRED} sequences of the probe set; in [-1, 1]; chance 0.",
            formula="corr(second order of a pair, true I of it)",
            between=CORRELATION,
            asked=extra("second_order"),
        ),
    )
for _name, _what in ((_HESSIAN[1], _OF_HESSIAN), (_ATTENTION[1], _OF_ATTENTION)):
    METRICS.add(
        _name,
        Metric(
            "interpretability",
            f"Per-sequence AUROC of the size of {_what}, of pairs of planted motifs against pairs "
            f"of windows as wide, beside them, mean over the first {PAIRED} sequences of the probe "
            "set; chance 0.5, but for what distances alone tell: the windows may be nearer.",
            formula="mean over x of auroc(pair is of planted motifs, |second order|)",
            between=SHARE,
            asked=extra("second_order"),
        ),
    )


@EXTRAS.register("second_order")
def measure_second_order(probe: Explained) -> list[Measurement]:
    """Returns both scores of the Hessian and of attention."""
    some = probe.first(PAIRED)
    measured = score_pairs(some, _by_hessian(some), *_HESSIAN, replacements=TRUE_REPLACEMENTS)
    try:
        looked = _by_attention(some)
    except Refused as refused:
        return measured + [undefined(name, str(refused)) for name in _ATTENTION]
    return measured + score_pairs(
        some, looked, *_ATTENTION, unsigned=True, replacements=TRUE_REPLACEMENTS
    )


def _by_hessian(probe: Explained) -> PairMeasure:
    outputs = values_of(probe.model, probe.sequence, 0, probe.tracks)

    def measure(row: int, spans: list[Span]) -> np.ndarray:
        found = hessian_interactions(
            probe.model, probe.sequence[row], spans, tracks=probe.tracks[row]
        )
        return without_rounding(once(found), float(outputs[row]))

    return measure


def _by_attention(probe: Explained) -> PairMeasure:
    layers = attention_pairs(probe.model, probe.sequence, probe.tracks)
    length = probe.sequence.shape[1]
    centres = [centres_of(probe.model, weights.shape[-1]) for weights in layers]

    def measure(row: int, spans: list[Span]) -> np.ndarray:
        between = [
            attention_between(weights[row], spans, length, places)
            for weights, places in zip(layers, centres, strict=True)
        ]
        return once(np.mean(between, axis=0))

    return measure


def attention_between(
    weights: np.ndarray, spans: Sequence[Span], length: int, centres: np.ndarray
) -> np.ndarray:
    """Returns the mean attention between each two spans, either way.

    Args:
        weights: `(queries, keys)` of one sequence, at whatever resolution the layer has.
        spans: Start and end of each, in nucleotides.
        length: Of the sequence, in nucleotides.
        centres: The nucleotide that each position of the layer stands for.

    Returns:
        `(spans, spans)` float64, symmetric.
    """
    by_key = stretch(weights, length, centres)  # (queries, length)
    to = np.stack([by_key[:, start:end].mean(axis=1) for start, end in spans], axis=0)
    by_query = stretch(to, length, centres)  # (spans as keys, length)
    found = np.stack([by_query[:, start:end].mean(axis=1) for start, end in spans], axis=1)
    return (found + found.T) / 2
