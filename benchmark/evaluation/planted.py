"""The planted motifs of the probe set that truly matter, and which way they push."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tfbs.benchmark.evaluation.explained import Explained
from tfbs.benchmark.evaluation.metric import Measurement
from tfbs.benchmark.evaluation.sequence_mean import measure_mean
from tfbs.datasets.planting import Placement
from tfbs.datasets.task import Task
from tfbs.jaspar import known_matrices

INFORMATIVE = 0.1
"""Bits above which a position of a motif counts."""

NONE_PLANTED = "the task has no planted motifs"
NONE_HERE = "the probe set holds no planted motif that matters"


@dataclass(frozen=True)
class Instance:
    """A planted motif that truly matters.

    Attributes:
        sequence: Its row in the probe set.
        start: First position, 0-based.
        end: Position after the last.
        offsets: Informative positions, from its start.
        strand: +1 or -1; 0 where it is not known.
        matrix_id: Of JASPAR; empty where it is not known.
        direction: +1 where the motif raises the logit, -1 where it lowers it.
    """

    sequence: int
    start: int
    end: int
    offsets: np.ndarray
    strand: int
    matrix_id: str
    direction: int


def planted_instances(probe: Explained) -> list[Instance]:
    """Returns the motifs that matter in the sequences of the probe set; none without truth.

    Where the task states its rule these are the motifs with an effect; else those of all
    planted motifs that have informative positions. Where nobody noted what was planted, every
    stretch of informative positions is taken as one motif, which is not named.
    """
    if probe.test.information is None:
        return []
    information = np.asarray(probe.test.information[probe.rows])
    found = []
    for row, (bits, places) in enumerate(
        zip(information, _places(probe, information), strict=True)
    ):
        for place in places:
            offsets = np.flatnonzero(bits[place.start : place.end] > INFORMATIVE)
            direction = _direction(probe.task, place.matrix_id)
            if len(offsets) and direction:
                ends = place.start, place.end
                found.append(
                    Instance(row, *ends, offsets, place.strand, place.matrix_id, direction)
                )
    return found


def measure_by_motif(
    name: str, instances: list[Instance], values: np.ndarray, seed: int, reason: str
) -> list[Measurement]:
    """Returns the mean over all instances, and over those of each motif.

    Args:
        name: Of the metric.
        instances: The instances.
        values: `(instances,)`, NaN where undefined.
        seed: Of the bootstrap over sequences.
        reason: Why there is no number where no value is defined.
    """
    sequence = np.array([instance.sequence for instance in instances], int)
    motif = np.array([instance.matrix_id for instance in instances])
    measured = [measure_mean(name, values, seed, reason, sequence=sequence)]
    for matrix_id, target in motif_names(motif.tolist()).items():
        own = motif == matrix_id
        measured.append(
            measure_mean(name, values[own], seed, reason, target=target, sequence=sequence[own])
        )
    return measured


def motif_names(matrix_ids: Iterable[str]) -> dict[str, str]:
    """Returns what motifs are called, `"SP1 MA0079.3"`, by id; those without id are left out."""
    ids = sorted(set(matrix_ids) - {""})
    known = known_matrices(ids)
    return {name: f"{known[name].name} {name}" if name in known else name for name in ids}


def _direction(task: Task, matrix_id: str) -> int:
    """Returns the sign of a motif's effect in the rule that the task states; +1 without one."""
    rule: Any = task.metadata.get("rule")
    if rule is None:
        return 1
    effects = {factor["matrix_id"]: factor["effect"] for factor in rule["factors"]}
    return int(np.sign(effects.get(matrix_id, 0)))


def _places(probe: Explained, information: np.ndarray) -> Iterator[tuple[Placement, ...]]:
    if probe.test.placements is not None:
        yield from probe.test.placements.of(probe.rows)
        return
    for bits in information:
        edges = np.diff(np.concatenate([[0], bits > INFORMATIVE, [0]]).astype(int))
        starts, ends = (np.flatnonzero(edges == step).tolist() for step in (1, -1))
        pairs = zip(starts, ends, strict=True)
        yield tuple(Placement(start, end, 0, "") for start, end in pairs)
