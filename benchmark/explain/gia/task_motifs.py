"""Which motifs a task speaks of, and in which of its sequences they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tfbs.benchmark.explain.gia.patterns import Pattern, known_patterns, motif_pattern
from tfbs.benchmark.explain.gia.sites import Sites
from tfbs.datasets.alphabet import Codes
from tfbs.datasets.planting import Placement
from tfbs.datasets.probe import probe_set
from tfbs.datasets.task import Split, Task
from tfbs.jaspar import read_factors

RELEASE = "JASPAR2024"
"""Where the matrices of a target that is called like a factor are looked up."""

LOOKED_AT = 1000
"""Test sequences that are looked at."""


@dataclass(frozen=True)
class TaskMotifs:
    """The motifs of a task.

    Attributes:
        motifs: Those that matter: of the task's rule, planted in bound sequences, or the
            target's matrices in JASPAR; none where nothing is known.
        decoys: Those that do not: of the rule, or planted in unbound sequences alone.
    """

    motifs: tuple[Pattern, ...] = ()
    decoys: tuple[Pattern, ...] = ()


def task_motifs(task: Task, target: int = 0) -> TaskMotifs:
    """Returns the motifs of a target: stated by a rule, planted, or of that name in JASPAR.

    Where one of the planted motifs is called like the target it alone matters.

    Args:
        task: With a test split.
        target: Column of the labels.
    """
    rule: Any = task.metadata.get("rule")
    if rule is not None:
        factors = [factor["matrix_id"] for factor in rule["factors"]]
        return _motifs(factors, rule.get("decoys", {}).values())
    test, name = task.splits["test"], task.targets[target]
    if test.placements is None:
        found = read_factors(list(task.targets), RELEASE)[name]
        return TaskMotifs(tuple(map(motif_pattern, found)))
    bound, unbound = (_planted_ids(test, target, label) for label in (1, 0))
    planted = known_patterns(bound | unbound)
    bases = task.motifs.get(name, ())
    own = {
        one.matrix_id
        for one in planted
        if one.matrix_id.partition(".")[0] in bases
        or one.name.partition(" ")[0].upper() == name.upper()
    }
    return _motifs(own or bound, (bound | unbound) - (own or bound))


def real_sequences(task: Task) -> Codes:
    """Returns `(n, length)` test sequences that null ones are made from, chosen by their ids."""
    test = task.splits["test"]
    return np.asarray(test.sequence[probe_set(test.ids, LOOKED_AT)])


def bound_sites(task: Task, target: int = 0) -> Sites | None:
    """Returns bound test sequences, and where motifs were planted in them; None without any."""
    test = task.splits["test"]
    rows = probe_set(test.ids, LOOKED_AT, where=np.asarray(test.label)[:, target] == 1)
    if not len(rows):
        return None
    codes = np.asarray(test.sequence[rows])
    placed = [] if test.placements is None else test.placements.of(rows)
    return Sites(codes, _masks(placed, codes.shape))


def _planted_ids(test: Split, target: int, label: int) -> set[str]:
    assert test.placements is not None  # noqa: S101  (asked before)
    rows = probe_set(test.ids, LOOKED_AT, where=np.asarray(test.label)[:, target] == label)
    return {place.matrix_id for own in test.placements.of(rows) for place in own} - {""}


def _motifs(motifs: Iterable[str], decoys: Iterable[str]) -> TaskMotifs:
    return TaskMotifs(tuple(known_patterns(motifs)), tuple(known_patterns(decoys)))


def _masks(placed: list[tuple[Placement, ...]], shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    masks: dict[str, np.ndarray] = {}
    for row, own in enumerate(placed):
        for place in own:
            mask = masks.setdefault(place.matrix_id, np.zeros(shape, bool))
            mask[row, place.start : place.end] = True
    return masks
