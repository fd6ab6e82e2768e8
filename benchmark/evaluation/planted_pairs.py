"""Does a model join the motifs that the task's rule joins?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tfbs.benchmark.evaluation.bootstrap import NUM_RESAMPLES, multiplicities
from tfbs.benchmark.evaluation.correlation import correlations
from tfbs.benchmark.evaluation.explained import EXTRAS, Explained
from tfbs.benchmark.evaluation.interpretability import position_areas
from tfbs.benchmark.evaluation.metric import CORRELATION, METRICS, SHARE, Measurement, Metric, extra
from tfbs.benchmark.evaluation.planted import NONE_PLANTED
from tfbs.benchmark.evaluation.prediction import small_sample_interval
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

PairMeasure = Callable[[int, list[Span]], np.ndarray]
"""From a row of the probe set and spans to `(pairs,)` interactions, each pair once, in order."""

METRICS.add(
    _CORRELATION,
    Metric(
        "interpretability",
        "Correlation of what every two planted motifs do together, beyond the sum of what each "
        "does alone, in the predicted logit with the same in the true logit: f(both) - f(first "
        f"gone) - f(second gone) + f(neither), gone being {REPLACEMENTS} random replacements, the "
        f"same in both. Over all pairs in the first {PAIRED} sequences of the probe set, decoys "
        "too; in [-1, 1]; chance 0.",
        formula="corr(I, true I), I = f(both) - f(-first) - f(-second) + f(neither)",
        between=CORRELATION,
        asked=extra("planted_pairs"),
    ),
)
METRICS.add(
    _AREA,
    Metric(
        "interpretability",
        "Per-sequence AUROC of the size of that interaction in the predicted logit, of pairs of "
        "planted motifs against pairs of windows as wide, beside them, mean over the first "
        f"{PAIRED} sequences of the probe set; chance 0.5.",
        formula="mean over x of auroc(pair is of planted motifs, |I|)",
        between=SHARE,
        asked=extra("planted_pairs"),
    ),
)


@EXTRAS.register("planted_pairs")
def measure_planted_pairs(probe: Explained) -> list[Measurement]:
    """Returns the pairs' correlation with the true rule; without one, their AUROC."""
    some = probe.first(PAIRED)

    def replaced(row: int, spans: list[Span]) -> np.ndarray:
        return _interactions(_model_value(some, row), some.sequence[row], spans, row)

    return score_pairs(some, replaced, _CORRELATION, _AREA)


def score_pairs(
    probe: Explained,
    measure: PairMeasure,
    correlation: str,
    area: str,
    *,
    unsigned: bool = False,
    replacements: int = REPLACEMENTS,
) -> list[Measurement]:
    """Returns how well interactions that some method finds tell what the task's rule joins.

    Args:
        probe: The sequences to look at.
        measure: The method.
        correlation: Name of the metric of tasks whose true logit is known.
        area: Name of the metric of tasks whose planted motifs alone are known.
        unsigned: Whether the method tells how strong an interaction is but not of which sign.
        replacements: Random replacements that the true interaction is the mean over.
    """
    reason = None
    if probe.test.information is None:
        reason = NONE_PLANTED
    elif probe.test.placements is None:
        reason = "the task does not say which motifs were planted"
    elif probe.bound.shape[1] > 1:
        reason = "each target has motifs of its own: no rule joins them"
    if reason:
        return [undefined(correlation, reason), undefined(area, reason)]
    if probe.task.true_logits is None:
        absent = undefined(correlation, "the task states no true logit")
        return [absent, _measure_area(probe, measure, area)]
    truth = _true_interactions(probe, replacements)
    if unsigned:
        truth = [np.abs(own) for own in truth]
    found = _measure_correlation(probe, measure, truth, correlation)
    return [found, undefined(area, "the true interaction is known")]


def _true_interactions(probe: Explained, replacements: int) -> list[np.ndarray]:
    rule = probe.task.true_logits
    assert rule is not None  # noqa: S101  (asked before)

    def value(mutants: np.ndarray) -> np.ndarray:
        return rule(to_codes(mutants))

    return [
        _interactions(value, probe.sequence[row], spans, row, replacements)
        for row, spans in enumerate(_spans(probe))
    ]


def _measure_correlation(
    probe: Explained, measure: PairMeasure, truth: list[np.ndarray], name: str
) -> Measurement:
    found = [measure(row, spans) for row, spans in enumerate(_spans(probe))]
    columns = np.stack([np.concatenate(found), np.concatenate(truth)], axis=1).astype(np.float64)
    owners = np.repeat(np.arange(len(truth)), [len(own) for own in truth])
    return correlation_over_sequences(name, columns, owners, probe.seed)


def correlation_over_sequences(
    name: str, columns: np.ndarray, owners: np.ndarray, seed: int
) -> Measurement:
    """Returns the correlation of predicted and true interactions; sequences are resampled whole.

    Args:
        name: Of the metric.
        columns: `(pairs, 2)`, predicted and true.
        owners: `(pairs,)` int, the sequence of each pair.
        seed: Of the bootstrap.
    """
    if not len(columns):
        return undefined(name, _NO_PAIR)
    own = np.unique(owners, return_inverse=True)[1]
    count = int(own.max()) + 1
    value = float(correlations(columns, np.ones((1, len(columns))))[0, 0, 1])
    if not np.isfinite(value):
        return undefined(name, "predicted or true interactions are all equal")
    drawn = multiplicities(count, np.random.default_rng(seed), NUM_RESAMPLES)
    samples = correlations(columns, drawn[:, own])[:, 0, 1]
    interval = small_sample_interval(samples[np.isfinite(samples)], count)
    why = None if interval else "no interval: one sequence"
    return Measurement(name, "mean", "probe", value, interval, len(columns), count, why)


def _measure_area(probe: Explained, measure: PairMeasure, name: str) -> Measurement:
    areas = []
    for row, spans in enumerate(_spans(probe)):
        rng = np.random.default_rng((probe.seed, row))
        others = windows_beside(spans, probe.sequence.shape[1], rng)
        if len(others) < 2:
            continue
        sizes = [np.abs(measure(row, some)) for some in (spans, others)]
        truth = np.repeat([True, False], [len(sizes[0]), len(sizes[1])])
        areas.append(position_areas(truth, np.concatenate(sizes))[0])
    return measure_mean(name, np.array(areas), probe.seed, _NO_PAIR)


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
    value: Callable[[np.ndarray], np.ndarray],
    sequence: np.ndarray,
    spans: list[Span],
    seed: int,
    replacements: int = REPLACEMENTS,
) -> np.ndarray:
    """Returns the interaction of each pair of spans once, 0 where it is but rounding."""
    found = pair_interactions(value, sequence, spans, replacements, seed)
    return without_rounding(once(found), float(value(sequence[None])[0]))


def once(interaction: np.ndarray) -> np.ndarray:
    """Returns `(pairs,)` of a symmetric `(instances, instances)`, in the order of combinations."""
    found: np.ndarray = interaction[np.triu_indices(len(interaction), 1)]
    return found


def without_rounding(interaction: np.ndarray, output: float) -> np.ndarray:
    """Returns interactions, 0 where they are below `ROUNDING` of the output, or of 1 if larger."""
    return np.where(np.abs(interaction) < ROUNDING * max(1.0, abs(output)), 0.0, interaction)
