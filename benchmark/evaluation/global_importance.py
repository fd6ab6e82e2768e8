"""Does a model give patterns the effects that they truly have, and decoys none?

Source: Koo, Majdandzic, Ploenzke, Anand & Paul (2021), https://doi.org/10.1371/journal.pcbi.1008925,
for the analysis; that its effects are compared with true ones is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tfbs.benchmark.evaluation.bootstrap import NUM_RESAMPLES, multiplicities
from tfbs.benchmark.evaluation.correlation import correlation, correlation_samples
from tfbs.benchmark.evaluation.explained import EXTRAS, Explained
from tfbs.benchmark.evaluation.metric import (
    CORRELATION,
    METRICS,
    POSITIVE,
    Measurement,
    Metric,
    extra,
)
from tfbs.benchmark.evaluation.prediction import percentile_interval, small_sample_interval
from tfbs.benchmark.evaluation.sequence_mean import measure_mean, undefined
from tfbs.benchmark.evaluation.true_effects import (
    SAMPLES,
    SEED,
    Effects,
    Ruled,
    backgrounds,
    effects_of,
    true_effects,
)
from tfbs.benchmark.explain.gia.alone import MotifEffect
from tfbs.benchmark.explain.gia.effect import Backgrounds
from tfbs.benchmark.explain.gia.patterns import Pattern, shuffled_columns
from tfbs.benchmark.explain.gia.score import model_score
from tfbs.benchmark.explain.gia.task_motifs import task_motifs
from tfbs.benchmark.inputs import num_tracks

SHUFFLES = 10
"""Decoys that are made of each motif where the task has none."""

_MOTIFS, _VARIANTS = "gia_motif_spearman", "gia_variant_spearman"
_ERROR, _SHAPE = "gia_spacing_error", "gia_spacing_correlation"
_DECOYS = "gia_decoy_effect"
_NULLS = f"{SAMPLES} dinucleotide shuffles of test sequences"
_NO_RULE = "the task states no true logit"
_EQUAL = "predicted or true effects are all equal"

METRICS.add(
    _MOTIFS,
    Metric(
        "interpretability",
        "Spearman correlation of effects on the predicted and on the true logit, of the consensus "
        f"of every motif of vertebrates in JASPAR 2016 in the middle of {_NULLS}; in [-1, 1]; "
        "chance 0. Its interval resamples the ranks.",
        formula="spearman(effect by f, effect by true f), effect = mean f(with motif) - f(without)",
        between=CORRELATION,
        source="Koo et al. (2021), https://doi.org/10.1371/journal.pcbi.1008925",
        asked=extra("gia"),
    ),
)
METRICS.add(
    _VARIANTS,
    Metric(
        "interpretability",
        "The same of every single substitution in the consensus of a motif of the task's rule: "
        f"what it changes, in {_NULLS}. By motif, since the substitutions of one share its sign, "
        "and the mean; in [-1, 1]; chance 0. Its interval resamples the motifs.",
        formula="mean over motifs of spearman(effect by f, effect by true f)",
        between=CORRELATION,
        source="Koo et al. (2021), https://doi.org/10.1371/journal.pcbi.1008925",
        asked=extra("gia"),
    ),
)
METRICS.add(
    _ERROR,
    Metric(
        "interpretability",
        "Root of the mean squared difference of predicted and true effects of pairs over their "
        "gaps, of each pair without its mean, over that of the true ones from 0; all pairs of the "
        f"task's rule, instances drawn from the matrices, in {_NULLS}; from 0; 1 for a model that "
        "does not look at gaps. Its interval resamples the pairs.",
        higher_is_better=False,
        formula="sqrt(mean (effect - true effect)^2 / mean (true effect)^2), less each pair's mean",
        between=POSITIVE,
        source="Koo et al. (2021), https://doi.org/10.1371/journal.pcbi.1008925",
        asked=extra("gia"),
    ),
)
METRICS.add(
    _SHAPE,
    Metric(
        "interpretability",
        "Correlation of the same effects, of each pair without its mean, which does not ask for "
        "their scale; in [-1, 1]; chance 0.",
        formula="corr(effect, true effect), each pair less its mean over gaps",
        between=CORRELATION,
        source="Koo et al. (2021), https://doi.org/10.1371/journal.pcbi.1008925",
        asked=extra("gia"),
    ),
)
METRICS.add(
    _DECOYS,
    Metric(
        "interpretability",
        "Mean absolute effect of decoys over that of the target's motifs, on its logit: consensus "
        f"in the middle of {_NULLS}. Motifs are those of the rule, planted ones, or the target's "
        f"in JASPAR 2024; decoys the task's, or {SHUFFLES} shuffles of each motif's columns. From "
        "0; about 1 for a model that does not tell them apart. Its interval resamples the null "
        "sequences.",
        higher_is_better=False,
        formula="mean |effect of decoys| / mean |effect of motifs|",
        between=POSITIVE,
        source="Koo et al. (2021), https://doi.org/10.1371/journal.pcbi.1008925",
        asked=extra("gia"),
    ),
)


@EXTRAS.register("gia")
def measure_global_importance(probe: Explained) -> list[Measurement]:
    """Returns how effects agree with true ones, and what decoys do."""
    ruled = (_MOTIFS, _VARIANTS, _ERROR, _SHAPE)
    if num_tracks(probe.model):
        reason = "the model reads tracks, which null sequences do not have"
        return [undefined(name, reason) for name in (*ruled, _DECOYS)]
    decoys = _measure_decoys(probe)
    if probe.task.true_logits is None or probe.task.metadata.get("rule") is None:
        return [*(undefined(name, _NO_RULE) for name in ruled), *decoys]
    known = Ruled(probe.task.fingerprint, probe.task)
    score = model_score(probe.model, 0)
    return [*compare(effects_of(score, probe.task), true_effects(known), probe.seed), *decoys]


def compare(predicted: Effects, true: Effects, seed: int) -> list[Measurement]:
    """Returns the agreement of two sets of effects of one battery.

    Args:
        predicted: Of the model.
        true: Of the rule.
        seed: Of the bootstrap.
    """
    from scipy.stats import rankdata

    variants = [
        correlation(rankdata(np.stack(own, axis=1), axis=0))[0, 1]
        for own in zip(predicted.variants, true.variants, strict=True)
    ]
    return [
        _measure_motifs(predicted.motifs, true.motifs, seed),
        measure_mean(_VARIANTS, np.array(variants), seed, _EQUAL),
        *_measure_spacing(predicted.pairs, true.pairs, seed),
    ]


def spacing_error(sums: np.ndarray) -> np.ndarray:
    """Returns `(...)` errors of profiles, in units of the true ones' size; NaN if these are flat.

    Args:
        sums: `(..., 3)` sums of squares of the predicted profiles, of the true ones, and of
            their products, each profile without its mean.
    """
    predicted, true, both = np.moveaxis(sums, -1, 0)
    squared = np.maximum(predicted - 2 * both + true, 0)
    return np.asarray(np.sqrt(squared / np.where(true > 0, true, np.nan)))


def spacing_correlation(sums: np.ndarray) -> np.ndarray:
    """Returns `(...)` correlations of profiles; NaN where either are flat: see `spacing_error`."""
    predicted, true, both = np.moveaxis(sums, -1, 0)
    size = predicted * true
    return np.asarray(both / np.sqrt(np.where(size > 0, size, np.nan)))


def profile_sums(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Returns what `spacing_error` asks for, `(3,)`, of two profiles, `(gaps,)` each."""
    first, second = predicted - predicted.mean(), true - true.mean()
    return np.array([first @ first, second @ second, first @ second])


def _measure_motifs(predicted: np.ndarray, true: np.ndarray, seed: int) -> Measurement:
    from scipy.stats import rankdata

    ranks = rankdata(np.stack([predicted, true], axis=1), axis=0)
    value = float(correlation(ranks)[0, 1])
    if not np.isfinite(value):
        return undefined(_MOTIFS, _EQUAL)
    samples = correlation_samples(ranks, seed)[:, 0, 1]
    return _measured(_MOTIFS, value, samples, len(ranks))


def _measure_spacing(
    predicted: Sequence[np.ndarray], true: Sequence[np.ndarray], seed: int
) -> list[Measurement]:
    if not predicted:
        return [undefined(name, "the task's rule names no pair") for name in (_ERROR, _SHAPE)]
    sums = np.stack([profile_sums(*own) for own in zip(predicted, true, strict=True)])
    drawn = multiplicities(len(sums), np.random.default_rng(seed), NUM_RESAMPLES) @ sums
    found = []
    for name, of in ((_ERROR, spacing_error), (_SHAPE, spacing_correlation)):
        value = float(of(sums.sum(axis=0)))
        flat = "the predicted or the true effects do not depend on gaps"
        known = np.isfinite(value)
        found.append(
            _measured(name, value, of(drawn), len(sums)) if known else undefined(name, flat)
        )
    return found


def _measured(name: str, value: float, samples: np.ndarray, n: int) -> Measurement:
    interval = small_sample_interval(samples[np.isfinite(samples)], n)
    why = None if interval else "no interval: one pattern"
    return Measurement(name, "mean", "probe", value, interval, n, n, why)


def _measure_decoys(probe: Explained) -> list[Measurement]:
    """Returns the decoys' effects by target, and their mean over targets."""
    found = [
        _target_decoys(probe, column, target) for column, target in enumerate(probe.task.targets)
    ]
    values = np.array([np.nan if m.value is None else m.value for m in found])
    if len(found) == 1:
        return [replace(found[0], target="mean")]
    reason = found[0].undefined_reason or ""
    return [measure_mean(_DECOYS, values, probe.seed, reason), *found]


def _target_decoys(probe: Explained, column: int, target: str) -> Measurement:
    own = task_motifs(probe.task, column)
    motifs = [one for one in own.motifs if one.width <= probe.task.length]
    if not motifs:
        return undefined(_DECOYS, f"no motif of {target} is known", target=target)
    rng = np.random.default_rng(SEED)
    decoys = [one for one in own.decoys if one.width <= probe.task.length] or [
        shuffled_columns(motif, rng) for motif in motifs for _ in range(SHUFFLES)
    ]
    grounds = backgrounds(model_score(probe.model, column), probe.task)
    changes = [_changes(grounds, group) for group in (decoys, motifs)]
    value = _ratio(changes, np.ones((1, SAMPLES)))[0]
    if not np.isfinite(value):
        return undefined(_DECOYS, "the motifs change no output", target=target)
    drawn = multiplicities(SAMPLES, np.random.default_rng(probe.seed), NUM_RESAMPLES)
    samples = _ratio(changes, drawn)
    interval = percentile_interval(samples[np.isfinite(samples)])
    count = len(decoys) + len(motifs)
    return Measurement(_DECOYS, target, "probe", float(value), interval, count, len(motifs))


def _changes(grounds: Backgrounds, motifs: Sequence[Pattern]) -> np.ndarray:
    """Returns `(motifs, samples)` paired differences."""
    cases = MotifEffect().cases([motif.consensus for motif in motifs], grounds.codes.shape[1])
    return np.stack([grounds.differences(case.contrast) for case in cases])


def _ratio(changes: Sequence[np.ndarray], weights: np.ndarray) -> np.ndarray:
    """Returns `(k,)` ratios of mean absolute effects, of weighted null sequences `(k, samples)`."""
    decoys, motifs = (
        np.abs(weights @ change.T / weights.sum(axis=1, keepdims=True)).mean(axis=1)
        for change in changes
    )
    return decoys / np.where(motifs > 0, motifs, np.nan)
