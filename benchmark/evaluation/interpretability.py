"""The interpretability axis: do attributions find the positions that truly matter?"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import keras
import numpy as np

from tfbs.benchmark.evaluation.metric import (
    METRICS,
    SHARE,
    Measurement,
    Metric,
    explained,
)
from tfbs.benchmark.evaluation.sequence_mean import measure_mean
from tfbs.benchmark.explain import ATTRIBUTIONS
from tfbs.benchmark.explain.bound import explain_bound
from tfbs.benchmark.protocol import EXPLAINED, GRADIENTS

NOISY = 10
"""Background positions whose mean is the noise of a map."""


@dataclass(frozen=True)
class TruthRule:
    """Which positions count as important, from their information content in bits.

    Attributes:
        threshold: Positions above it are important.
        exclude_weak: Whether positions that are neither important nor background (the
            sequence's minimum) are left out.
        source: The paper that scores this way.
        address: Its DOI.
    """

    threshold: float
    exclude_weak: bool
    source: str
    address: str


TRUTH_RULES = {
    "": TruthRule(
        0.01, False, "Koo & Ploenzke (2021)", "https://doi.org/10.1038/s42256-020-00291-x"
    ),
    "_tfomics": TruthRule(
        0.1, True, "Majdandzic, Rajesh & Koo (2023)", "https://doi.org/10.1186/s13059-023-02956-3"
    ),
}
"""Suffix of the metric name to rule; the first is the headline."""


_SCORES = {method: f"{method} x input" for method in EXPLAINED} | {
    "ism_norm": "the root sum of squares of the effects of the three substitutions (as in Koo & "
    "Ploenzke 2021)"
}
"""What scores positions, by the name in its metrics."""


def _register() -> None:
    for scores, words in _SCORES.items():
        METRICS.add(
            f"attribution_snr_{scores}",
            Metric(
                "interpretability",
                f"Mean of {words} over positions with more than 0.1 bits, over its mean at the ten "
                "positions of the background where it is largest; 0 where fewer are above 0; mean "
                "over the probe set (Majdandzic, Rajesh & Koo 2023).",
                formula="mean over x of mean a in motifs / mean of the ten largest a elsewhere",
                source="Majdandzic, Rajesh & Koo (2023), https://doi.org/10.1186/s13059-023-02956-3",
                asked=explained(scores.removesuffix("_norm")),
            ),
        )
    for suffix, rule in TRUTH_RULES.items():
        weak = ", weaker motif positions left out" if rule.exclude_weak else ""
        truth = f"truth: information above {rule.threshold} bits{weak} ({rule.source})"
        for scores, words in _SCORES.items():
            METRICS.add(
                f"attribution_auroc_{scores}{suffix}",
                Metric(
                    "interpretability",
                    f"Per-sequence AUROC of {words} against the {truth}, mean over the "
                    "probe set; chance 0.5.",
                    formula=f"mean over x of auroc(information > {rule.threshold}, a)",
                    between=SHARE,
                    source=f"{rule.source}, {rule.address}",
                    asked=explained(scores.removesuffix("_norm")),
                ),
            )
            METRICS.add(
                f"attribution_aupr_{scores}{suffix}",
                Metric(
                    "interpretability",
                    f"Per-sequence average precision of {words} against the {truth}, "
                    "mean over the probe set; chance beside it.",
                    formula=f"mean over x of average_precision(information > {rule.threshold}, a)",
                    between=SHARE,
                    source=f"{rule.source}, {rule.address}",
                    asked=explained(scores.removesuffix("_norm")),
                ),
            )
        METRICS.add(
            f"attribution_aupr_chance{suffix}",
            Metric(
                "interpretability",
                f"Mean fraction of important positions: chance for attribution_aupr; {truth}.",
                higher_is_better=None,
                formula=f"mean over x of share of positions with information > {rule.threshold}",
                between=SHARE,
                source=f"{rule.source}, {rule.address}",
            ),
        )


_register()


def measure_interpretability(
    model: keras.Model,
    sequence: np.ndarray,
    information: np.ndarray,
    seed: int,
    *,
    label: np.ndarray | None = None,
    tracks: np.ndarray | None = None,
    methods: tuple[str, ...] = GRADIENTS,
) -> tuple[list[Measurement], dict[str, np.ndarray]]:
    """Returns attribution scores against ground truth, and the maps they come from.

    Args:
        model: From one-hot to logits.
        sequence: `(n, length, 4)` one-hot sequences of the probe set.
        information: `(n, length)` information content of the truth, in bits.
        seed: Of the bootstrap over sequences.
        label: `(n, targets)` int8: the sum of the logits of a sequence's bound targets is
            explained; that of the first target by default.
        tracks: `(n, length, tracks)`, for a model that reads them.
        methods: Names of attributions.

    Returns:
        The measurements, and `attribution_<method>` maps, `(n, length, 4)` float16, scaled to
        a largest absolute value of 1 per sequence so that float16 can hold them.
    """
    bound = np.ones((len(sequence), 1), np.int8) if label is None else label
    maps: dict[str, np.ndarray] = {}
    for method in methods:
        explain = functools.partial(ATTRIBUTIONS[method], model)
        found = explain_bound(explain, sequence, bound, tracks=tracks)
        maps[f"attribution_{method}"] = scaled(found)
    return score_maps(maps, sequence, information, seed, methods), maps


def score_maps(
    maps: Mapping[str, np.ndarray],
    sequence: np.ndarray,
    information: np.ndarray,
    seed: int,
    methods: tuple[str, ...] = GRADIENTS,
) -> list[Measurement]:
    """Returns the scores of all maps, and chance; methods without a map are left out.

    Args:
        maps: `attribution_<method>`, `(n, length, 4)`.
        sequence: `(n, length, 4)` one-hot.
        information: `(n, length)`, bits.
        seed: Of the bootstrap over sequences.
        methods: Names of attributions.
    """
    measured: list[Measurement] = []
    for suffix, rule in TRUTH_RULES.items():
        chance = [truth.mean() for truth, _ in _truths(information, rule)]
        measured.append(_mean(f"attribution_aupr_chance{suffix}", np.array(chance), seed))
    for method in methods:
        found = maps.get(f"attribution_{method}")
        if found is not None:
            measured += score_attribution(method, found, sequence, information, seed)
    return measured


def score_attribution(
    method: str,
    attribution: np.ndarray,
    sequence: np.ndarray,
    information: np.ndarray,
    seed: int,
) -> list[Measurement]:
    """Returns the scores of one method's maps, under every truth rule.

    Args:
        method: Name of the attribution.
        attribution: `(n, length, 4)`.
        sequence: `(n, length, 4)` one-hot.
        information: `(n, length)`, bits.
        seed: Of the bootstrap over sequences.
    """
    maps = attribution.astype("float32")
    named = {method: (maps * sequence).sum(axis=-1)}
    if method == "ism":
        own = (maps * sequence).sum(axis=-1, keepdims=True)
        named["ism_norm"] = np.sqrt(((maps - own) ** 2).sum(axis=-1))
    measured = []
    for name, scores in named.items():
        for suffix, rule in TRUTH_RULES.items():
            values = position_scores_areas(scores, information, rule)
            measured.append(_mean(f"attribution_auroc_{name}{suffix}", values[:, 0], seed))
            measured.append(_mean(f"attribution_aupr_{name}{suffix}", values[:, 1], seed))
        noise = signal_to_noise(scores, information)
        measured.append(_mean(f"attribution_snr_{name}", noise, seed))
    return measured


def signal_to_noise(scores: np.ndarray, information: np.ndarray) -> np.ndarray:
    """Returns `(n,)` ratios of the mean score of important positions to that of noisy ones.

    Source: Majdandzic, Rajesh & Koo (2023), https://doi.org/10.1186/s13059-023-02956-3: noise is
    the mean of the ten largest positive scores where information is least.

    Args:
        scores: `(n, length)`, signed.
        information: `(n, length)`, bits.
    """
    rule = TRUTH_RULES["_tfomics"]
    found = np.zeros(len(scores))
    for row, (score, bits) in enumerate(zip(scores, information, strict=True)):
        important = bits > rule.threshold
        noise = np.sort(score[(bits == bits.min()) & ~important & (score > 0)])[-NOISY:]
        if not important.any():
            found[row] = np.nan
        elif len(noise) == NOISY:
            found[row] = score[important].mean() / noise.mean()
    return found


def position_scores_areas(
    scores: np.ndarray, information: np.ndarray, rule: TruthRule
) -> np.ndarray:
    """Returns AUROC and area under precision-recall of every sequence: `(n, 2)`.

    Args:
        scores: `(n, length)`, signed.
        information: `(n, length)`, bits.
        rule: Which positions count.
    """
    pairs = zip(scores, _truths(information, rule), strict=True)
    return np.array([position_areas(truth, row[kept]) for row, (truth, kept) in pairs])


def position_areas(truth: np.ndarray, score: np.ndarray) -> tuple[float, float]:
    """Returns AUROC and average precision of one sequence's positions.

    The same numbers as scikit-learn's `roc_auc_score` and `average_precision_score`, in one
    sort: thousands of short sequences are scored per run. The papers take the trapezoid area
    under precision-recall instead, which is the same for scores without ties up to a few
    thousandths, and rewards ties: a map with two distinct values can reach twice its chance.

    Args:
        truth: `(positions,)` bool.
        score: `(positions,)`, signed.

    Returns:
        Two numbers in [0, 1]; NaN where truth has one class.
    """
    if truth.all() or not truth.any():
        return float("nan"), float("nan")
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    hits = np.cumsum(truth[order])[ends]
    called = ends + 1
    recall = np.append(0.0, hits / hits[-1])
    false_rate = np.append(0.0, (called - hits) / (len(truth) - hits[-1]))
    precision = hits / called
    return float(np.trapezoid(recall, false_rate)), float((np.diff(recall) * precision).sum())


def scaled(attribution: np.ndarray) -> np.ndarray:
    """Returns maps divided by their largest absolute value per sequence, as float16."""
    largest = np.abs(attribution).max(axis=(1, 2), keepdims=True)
    return (attribution / np.where(largest > 0, largest, 1)).astype("float16")


def _truths(information: np.ndarray, rule: TruthRule) -> list[tuple[np.ndarray, np.ndarray]]:
    """Returns, per sequence, the truth of the kept positions and which are kept."""
    truths = []
    for bits in information:
        important = bits > rule.threshold
        kept = important | (bits == bits.min()) if rule.exclude_weak else np.ones_like(important)
        truths.append((important[kept], kept))
    return truths


def _mean(name: str, values: np.ndarray, seed: int) -> Measurement:
    defined = values[np.isfinite(values)]
    return measure_mean(name, defined, seed, "no sequence has both kinds of positions")
