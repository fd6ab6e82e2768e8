"""Does a model give patterns the effects that they truly have, and decoys none?

Source: Koo, Majdandzic, Ploenzke, Anand & Paul (2021), https://doi.org/10.1371/journal.pcbi.1008925,
for the analysis; that its effects are compared with true ones is ours.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tfbs.benchmark.evaluation.bootstrap import NUM_RESAMPLES, multiplicities
from tfbs.benchmark.evaluation.correlation import correlation, correlation_samples
from tfbs.benchmark.evaluation.explained import EXTRAS, Explained
from tfbs.benchmark.evaluation.metric import METRICS, Measurement, Metric
from tfbs.benchmark.evaluation.prediction import percentile_interval
from tfbs.benchmark.evaluation.sequence_mean import measure_mean, undefined
from tfbs.benchmark.explain.gia.alone import MotifEffect, Variants
from tfbs.benchmark.explain.gia.effect import Backgrounds, Placed, against_nothing
from tfbs.benchmark.explain.gia.experiment import Case, middle
from tfbs.benchmark.explain.gia.nulls import DEFAULT_NULL, Source, make_nulls
from tfbs.benchmark.explain.gia.patterns import Pattern, motif_pattern, shuffled_columns
from tfbs.benchmark.explain.gia.score import Score, model_score
from tfbs.benchmark.explain.gia.task_motifs import TaskMotifs, real_sequences, task_motifs
from tfbs.benchmark.inputs import num_tracks
from tfbs.datasets.alphabet import BASES
from tfbs.datasets.task import Task
from tfbs.jaspar import read_vertebrates

SAMPLES = 64
"""Null sequences; the same for every run of a task."""

SHUFFLES = 10
"""Decoys that are made of each motif where the task has none."""

_SEED = 0
_MOTIFS, _VARIANTS = "gia_motif_spearman", "gia_variant_spearman"
_ERROR, _SHAPE = "gia_spacing_error", "gia_spacing_correlation"
_DECOYS = "gia_decoy_effect"
_NULLS = f"{SAMPLES} dinucleotide shuffles of test sequences"
_NO_RULE = "the task states no true logit"

METRICS.add(
    _MOTIFS,
    Metric(
        "interpretability",
        "Spearman correlation of effects on the predicted and on the true logit, of the consensus "
        f"of every motif of vertebrates in JASPAR 2016 in the middle of {_NULLS}; in [-1, 1]; "
        "chance 0. Its interval resamples the ranks.",
    ),
)
METRICS.add(
    _VARIANTS,
    Metric(
        "interpretability",
        "The same of every single substitution in the consensus of the task's motifs and decoys: "
        f"what it changes, in {_NULLS}; in [-1, 1]; chance 0.",
    ),
)
METRICS.add(
    _ERROR,
    Metric(
        "interpretability",
        "Root of the mean squared difference of predicted and true effects of a pair over its "
        "gaps, each without its mean, over the standard deviation of the true ones; mean over the "
        f"pairs of the task's rule, instances drawn from the matrices, in {_NULLS}; from 0; 1 for "
        "a model that does not look at gaps.",
        higher_is_better=False,
    ),
)
METRICS.add(
    _SHAPE,
    Metric(
        "interpretability",
        "Correlation of the same effects over the gaps, which does not ask for their scale; mean "
        "over the pairs; in [-1, 1]; chance 0.",
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
    ),
)


@dataclass(frozen=True)
class Battery:
    """What is embedded where the rule is known.

    Attributes:
        motifs: A condition for each motif of the database.
        variants: One for each substitution.
        pairs: For each pair of the rule, one for each gap.
    """

    motifs: tuple[Case, ...]
    variants: tuple[Case, ...]
    pairs: tuple[tuple[Case, ...], ...]


@dataclass(frozen=True)
class Effects:
    """Mean effects: `(motifs,)`, `(variants,)`, and `(gaps,)` of each pair."""

    motifs: np.ndarray
    variants: np.ndarray
    pairs: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class _Ruled:
    """A task that states its rule, known by its data."""

    fingerprint: str
    task: Task = field(compare=False, repr=False)


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
    known = _Ruled(probe.task.fingerprint, probe.task)
    score = model_score(probe.model, 0)
    return [*compare(effects_of(score, probe.task), _true_effects(known), probe.seed), *decoys]


def compare(predicted: Effects, true: Effects, seed: int) -> list[Measurement]:
    """Returns the agreement of two sets of effects of one battery.

    Args:
        predicted: Of the model.
        true: Of the rule.
        seed: Of the bootstrap.
    """
    pairs = list(zip(predicted.pairs, true.pairs, strict=True))
    flat = "the task's rule names no pair whose effect depends on the gap"
    errors = np.array([spacing_error(*pair) for pair in pairs])
    shapes = np.array([_shape(*pair) for pair in pairs])
    alone = flat if not np.isfinite(errors).any() else "the predicted effects do not depend on gaps"
    return [
        _spearman(_MOTIFS, predicted.motifs, true.motifs, seed),
        _spearman(_VARIANTS, predicted.variants, true.variants, seed),
        measure_mean(_ERROR, errors, seed, flat),
        measure_mean(_SHAPE, shapes, seed, alone),
    ]


def spacing_error(predicted: np.ndarray, true: np.ndarray) -> float:
    """Returns the error of a profile over gaps in units of the true one's spread; NaN if flat.

    Args:
        predicted: `(gaps,)`.
        true: `(gaps,)`.
    """
    spread = float(true.std())
    if spread == 0:
        return float("nan")
    difference = (predicted - predicted.mean()) - (true - true.mean())
    return float(np.sqrt(np.mean(difference**2))) / spread


def effects_of(score: Score, task: Task) -> Effects:
    """Returns the effects of the task's battery on a score, the model's or the rule's."""
    found = battery(task)
    grounds = backgrounds(score, task)

    def means(cases: Sequence[Case]) -> np.ndarray:
        return np.array([grounds.effect(case.contrast).mean for case in cases])

    return Effects(
        means(found.motifs), means(found.variants), tuple(means(pair) for pair in found.pairs)
    )


def backgrounds(score: Score, task: Task) -> Backgrounds:
    """Returns the null sequences of a task, the same for every run, by some score."""
    source = Source(real_sequences(task), score)
    return Backgrounds(score, make_nulls(DEFAULT_NULL, source, SAMPLES, _SEED), _SEED)


def battery(task: Task) -> Battery:
    """Returns the conditions of a task that states its rule."""
    own = task_motifs(task)
    known = [motif_pattern(motif).consensus for motif in read_vertebrates()]
    fitting = [motif for motif in known if motif.width <= task.length]
    sites = [motif.consensus for motif in (*own.motifs, *own.decoys)]
    variants = Variants().cases(sites, task.length)
    return Battery(
        tuple(MotifEffect().cases(fitting, task.length)),
        tuple(case for case in variants if not _is_own(case, sites)),
        _pairs(task, own),
    )


def _is_own(case: Case, sites: Sequence[Pattern]) -> bool:
    """Returns whether the letter of a condition is the one that the motif has anyway."""
    site = next(site for site in sites if site.name == case.labels["motif"])
    letter = BASES.index(str(case.labels["letter"]))
    return site.rows[int(case.labels["position"]) - 1][letter] == 1


def _pairs(task: Task, own: TaskMotifs) -> tuple[tuple[Case, ...], ...]:
    rule: Any = task.metadata["rule"]
    ids = {factor["name"]: factor["matrix_id"] for factor in rule["factors"]}
    patterns = {motif.matrix_id: motif for motif in own.motifs}
    found = []
    for pair in rule.get("pair_rules", []):
        left = patterns[ids[pair["first"]]].on(pair["first_strand"])
        right = patterns[ids[pair["second"]]].on(pair["second_strand"])
        cases = []
        for gap in range(rule["max_spacing"] + 1):
            start = middle(left.width + gap + right.width, task.length, "a pair")
            beside = Placed(right, start + left.width + gap, 1)
            cases.append(Case({"gap": gap}, against_nothing(Placed(left, start), beside)))
        found.append(tuple(cases))
    return tuple(found)


@functools.lru_cache(maxsize=1)
def _true_effects(ruled: _Ruled) -> Effects:
    """Returns the effects by the rule; those of one task are kept for its next run."""
    rule = ruled.task.true_logits
    assert rule is not None  # noqa: S101  (asked before)
    return effects_of(rule, ruled.task)


def _spearman(name: str, predicted: np.ndarray, true: np.ndarray, seed: int) -> Measurement:
    from scipy.stats import rankdata

    ranks = rankdata(np.stack([predicted, true], axis=1), axis=0)
    value = float(correlation(ranks)[0, 1])
    if not np.isfinite(value):
        return undefined(name, "predicted or true effects are all equal")
    samples = correlation_samples(ranks, seed)[:, 0, 1]
    interval = percentile_interval(samples[np.isfinite(samples)])
    return Measurement(name, "mean", "probe", value, interval, len(ranks), len(ranks))


def _shape(predicted: np.ndarray, true: np.ndarray) -> float:
    return float(correlation(np.stack([predicted, true], axis=1))[0, 1])


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
    rng = np.random.default_rng(_SEED)
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
