"""What patterns truly do, on tasks that state their rule: the same analysis, by the rule."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tfbs.benchmark.explain.gia.alone import MotifEffect, Variants
from tfbs.benchmark.explain.gia.effect import Backgrounds, Placed, against_nothing
from tfbs.benchmark.explain.gia.experiment import Case, middle
from tfbs.benchmark.explain.gia.nulls import DEFAULT_NULL, Source, make_nulls
from tfbs.benchmark.explain.gia.patterns import Pattern, motif_pattern
from tfbs.benchmark.explain.gia.score import Score
from tfbs.benchmark.explain.gia.task_motifs import TaskMotifs, real_sequences, task_motifs
from tfbs.datasets.alphabet import BASES
from tfbs.datasets.task import Task
from tfbs.jaspar import read_vertebrates

SAMPLES = 64
"""Null sequences; the same for every run of a task."""

SEED = 0
"""Of the null sequences and of the instances that are drawn."""


@dataclass(frozen=True)
class Battery:
    """What is embedded where the rule is known.

    Attributes:
        motifs: A condition for each motif of the database.
        variants: For each motif of the rule, one for each substitution.
        pairs: For each pair of the rule, one for each gap.
    """

    motifs: tuple[Case, ...]
    variants: tuple[tuple[Case, ...], ...]
    pairs: tuple[tuple[Case, ...], ...]


@dataclass(frozen=True)
class Effects:
    """Mean effects: `(motifs,)`, `(substitutions,)` of each motif, and `(gaps,)` of each pair."""

    motifs: np.ndarray
    variants: tuple[np.ndarray, ...]
    pairs: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Ruled:
    """A task that states its rule, known by its data."""

    fingerprint: str
    task: Task = field(compare=False, repr=False)


def effects_of(score: Score, task: Task) -> Effects:
    """Returns the effects of the task's battery on a score, the model's or the rule's."""
    found = battery(task)
    grounds = backgrounds(score, task)

    def means(cases: Sequence[Case]) -> np.ndarray:
        return np.array([grounds.effect(case.contrast).mean for case in cases])

    return Effects(
        means(found.motifs),
        tuple(means(own) for own in found.variants),
        tuple(means(own) for own in found.pairs),
    )


def backgrounds(score: Score, task: Task) -> Backgrounds:
    """Returns the null sequences of a task, the same for every run, by some score."""
    source = Source(real_sequences(task), score)
    return Backgrounds(score, make_nulls(DEFAULT_NULL, source, SAMPLES, SEED), SEED)


def battery(task: Task) -> Battery:
    """Returns the conditions of a task that states its rule."""
    own = task_motifs(task)
    known = [motif_pattern(motif).consensus for motif in read_vertebrates()]
    fitting = [motif for motif in known if motif.width <= task.length]
    return Battery(
        tuple(MotifEffect().cases(fitting, task.length)),
        tuple(_variants(motif.consensus, task.length) for motif in own.motifs),
        _pairs(task, own),
    )


def _variants(site: Pattern, length: int) -> tuple[Case, ...]:
    """Returns a condition for each letter that a motif does not have anyway."""
    own = [
        (position, BASES[base])
        for position, row in enumerate(site.rows, start=1)
        for base in range(len(BASES))
        if row[base] == 1
    ]
    cases = Variants().cases([site], length)
    return tuple(c for c in cases if (c.labels["position"], c.labels["letter"]) not in own)


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
def true_effects(ruled: Ruled) -> Effects:
    """Returns the effects by the rule; those of one task are kept for its next run."""
    rule = ruled.task.true_logits
    assert rule is not None  # noqa: S101  (asked before)
    return effects_of(rule, ruled.task)
