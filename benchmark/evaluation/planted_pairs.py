"""Does a model join the motifs that the task's rule joins?"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np

from tfbs.benchmark.evaluation.bootstrap import NUM_RESAMPLES, multiplicities
from tfbs.benchmark.evaluation.correlation import correlations
from tfbs.benchmark.evaluation.explained import EXTRAS, Explained
from tfbs.benchmark.evaluation.interpretability import position_areas
from tfbs.benchmark.evaluation.metric import METRICS, Measurement, Metric
from tfbs.benchmark.evaluation.planted import NONE_PLANTED
from tfbs.benchmark.evaluation.prediction import percentile_interval
from tfbs.benchmark.evaluation.sequence_mean import measure_mean, undefined
from tfbs.benchmark.explain.interactions import pair_interactions
from tfbs.benchmark.explain.references import to_codes
from tfbs.benchmark.explain.values import values_of

PAIRED = 50
"""Sequences of the probe set whose pairs are looked at."""

REPLACEMENTS = 4
"""Random replacements of each motif; the same for the model and for the rule."""

ROUNDING = 1e-5
"""Interactions below this share of the largest output are rounding, and count as 0."""

_CORRELATION, _AREA = "pair_interaction_correlation", "pair_interaction_auroc"
_NO_PAIR = "no sequence holds two planted motifs"

Span = tuple[int, int]

METRICS.add(
    _CORRELATION,
    Metric(
        "interpretability",
        "Correlation of what every two planted motifs do together, beyond the sum of what each "
        "does alone, in the predicted logit with the same in the true logit: f(both) - f(first "
        f"gone) - f(second gone) + f(neither), gone being {REPLACEMENTS} random replacements, the "
        f"same in both. Over all pairs in the first {PAIRED} sequences of the probe set, decoys "
        "too; in [-1, 1]; chance 0.",
    ),
)
METRICS.add(
    _AREA,
    Metric(
        "interpretability",
        "Per-sequence AUROC of the size of that interaction in the predicted logit, of pairs of "
        "planted motifs against pairs of windows as wide, beside them, mean over the first "
        f"{PAIRED} sequences of the probe set; chance 0.5.",
    ),
)


@EXTRAS.register("planted_pairs")
def measure_planted_pairs(probe: Explained) -> list[Measurement]:
    """Returns the pairs' correlation with the true rule; without one, their AUROC."""
    some = probe.first(PAIRED)
    reason = None
    if probe.test.information is None:
        reason = NONE_PLANTED
    elif probe.test.placements is None:
        reason = "the task does not say which motifs were planted"
    elif probe.bound.shape[1] > 1:
        reason = "each target has motifs of its own: no rule joins them"
    if reason:
        return [undefined(_CORRELATION, reason), undefined(_AREA, reason)]
    if probe.task.true_logits is None:
        return [undefined(_CORRELATION, "the task states no true logit"), _measure_area(some)]
    return [_measure_correlation(some), undefined(_AREA, "the true interaction is known")]


def _measure_correlation(probe: Explained) -> Measurement:
    rule = probe.task.true_logits
    assert rule is not None  # noqa: S101  (asked before)
    found: list[np.ndarray] = []
    owners: list[int] = []
    for row, spans in enumerate(_spans(probe)):
        own = probe.sequence[row]
        predicted = _interactions(_model_value(probe, row), own, spans, row)
        true = _interactions(lambda mutants: rule(to_codes(mutants)), own, spans, row)
        found.append(np.stack([predicted, true], axis=1))
        owners += [row] * len(true)
    columns = np.concatenate(found).astype(np.float64)
    return correlation_over_sequences(columns, np.array(owners, int), probe.seed)


def correlation_over_sequences(columns: np.ndarray, owners: np.ndarray, seed: int) -> Measurement:
    """Returns the correlation of predicted and true interactions; sequences are resampled whole.

    Args:
        columns: `(pairs, 2)`, predicted and true.
        owners: `(pairs,)` int, the sequence of each pair.
        seed: Of the bootstrap.
    """
    if not len(columns):
        return undefined(_CORRELATION, _NO_PAIR)
    own = np.unique(owners, return_inverse=True)[1]
    count = int(own.max()) + 1
    value = float(correlations(columns, np.ones((1, len(columns))))[0, 0, 1])
    if not np.isfinite(value):
        return undefined(_CORRELATION, "predicted or true interactions are all equal")
    drawn = multiplicities(count, np.random.default_rng(seed), NUM_RESAMPLES)
    samples = correlations(columns, drawn[:, own])[:, 0, 1]
    interval = percentile_interval(samples[np.isfinite(samples)])
    return Measurement(_CORRELATION, "mean", "probe", value, interval, len(columns), count)


def _measure_area(probe: Explained) -> Measurement:
    areas = []
    for row, spans in enumerate(_spans(probe)):
        rng = np.random.default_rng((probe.seed, row))
        others = windows_beside(spans, probe.sequence.shape[1], rng)
        if len(others) < 2:
            continue
        value = _model_value(probe, row)
        sizes = [
            np.abs(_interactions(value, probe.sequence[row], some, row)) for some in (spans, others)
        ]
        truth = np.repeat([True, False], [len(sizes[0]), len(sizes[1])])
        areas.append(position_areas(truth, np.concatenate(sizes))[0])
    return measure_mean(_AREA, np.array(areas), probe.seed, _NO_PAIR)


def windows_beside(spans: Sequence[Span], length: int, rng: np.random.Generator) -> list[Span]:
    """Returns windows as wide as the spans that overlap neither them nor each other.

    Args:
        spans: Of the planted motifs.
        length: Of the sequence.
        rng: Draws the places; a window for which there is no room is left out.
    """
    taken = np.zeros(length, int)
    for start, end in spans:
        taken[start:end] = 1
    found: list[Span] = []
    for start, end in spans:
        width = end - start
        before = np.concatenate([[0], np.cumsum(taken)])
        free = np.flatnonzero(before[width:] == before[:-width])
        if len(free):
            first = int(rng.choice(free))
            taken[first : first + width] = 1
            found.append((first, first + width))
    return found


def _spans(probe: Explained) -> list[list[Span]]:
    placements = probe.test.placements
    assert placements is not None  # noqa: S101  (asked before)
    return [[(place.start, place.end) for place in own] for own in placements.of(probe.rows)]


def _model_value(probe: Explained, row: int) -> Callable[[np.ndarray], np.ndarray]:
    """Returns the model's logit for mutants of one sequence."""

    def value(mutants: np.ndarray) -> np.ndarray:
        tracks = np.repeat(probe.tracks[row : row + 1], len(mutants), axis=0)
        return values_of(probe.model, mutants, 0, tracks)

    return value


def _interactions(
    value: Callable[[np.ndarray], np.ndarray], sequence: np.ndarray, spans: list[Span], seed: int
) -> np.ndarray:
    """Returns the interaction of each pair of spans once, 0 where it is but rounding."""
    found = pair_interactions(value, sequence, spans, REPLACEMENTS, seed)
    pairs = itertools.combinations(range(len(spans)), 2)
    once = np.array([found[pair] for pair in pairs])
    largest = max(1.0, abs(float(value(sequence[None])[0])))
    return np.where(np.abs(once) < ROUNDING * largest, 0.0, once)
