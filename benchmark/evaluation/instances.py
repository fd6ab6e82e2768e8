"""Which planted motifs does a map find, one by one?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from tfbs.benchmark.evaluation.explained import EXTRAS, Explained
from tfbs.benchmark.evaluation.metric import METRICS, Measurement, Metric
from tfbs.benchmark.evaluation.planted import (
    INFORMATIVE,
    NONE_HERE,
    NONE_PLANTED,
    Instance,
    measure_by_motif,
    planted_instances,
)
from tfbs.benchmark.evaluation.sequence_mean import undefined
from tfbs.benchmark.protocol import EXPLAINED

FALSE_WINDOWS = 0.05
"""Share of the background windows of a sequence that may score as high as a recovered motif."""

FEWEST_WINDOWS = 20
"""A motif in a sequence with fewer background windows is left out."""

_CHANCE = "instance_recovery_chance"
_FEW = f"no sequence has {FEWEST_WINDOWS} background windows of a motif's width"

for _method in EXPLAINED:
    METRICS.add(
        f"instance_recovery_{_method}",
        Metric(
            "interpretability",
            f"Share of the planted motifs that {_method} recovers: the mean of {_method} x input "
            f"over a motif's positions above {INFORMATIVE} bits is reached by at most "
            f"{100 * FALSE_WINDOWS:g} % of the windows of the same sequence that overlap no "
            "planted motif that matters, scored at the same places of the window; of motifs that "
            "lower the logit with the opposite sign. Over all motifs, and by motif; chance beside.",
        ),
    )
METRICS.add(
    _CHANCE,
    Metric(
        "interpretability",
        "Chance of instance_recovery: how often a window like all others would be recovered.",
        higher_is_better=None,
    ),
)


@EXTRAS.register("instances")
def measure_instances(probe: Explained) -> list[Measurement]:
    """Returns the recovery of planted motifs by each method, and chance."""
    names = [f"instance_recovery_{method}" for method in probe.maps]
    instances = planted_instances(probe)
    if not instances:
        reason = NONE_PLANTED if probe.test.information is None else NONE_HERE
        return [undefined(name, reason) for name in (*names, _CHANCE)]
    length = probe.sequence.shape[1]
    backgrounds = background_windows(instances, length)
    chance = np.array([chance_of(len(starts)) for starts in backgrounds])
    measured = measure_by_motif(_CHANCE, instances, chance, probe.seed, _FEW)[:1]
    for name, method in zip(names, probe.maps, strict=True):
        found = recovered(probe.contributions(method), instances, backgrounds)
        measured += measure_by_motif(name, instances, found, probe.seed, _FEW)
    return measured


def recovered(
    scores: np.ndarray, instances: Sequence[Instance], backgrounds: Iterable[np.ndarray]
) -> np.ndarray:
    """Returns, of each instance, 1 if it is recovered and 0 if not; NaN with few windows.

    Args:
        scores: `(n, length)`, signed.
        instances: Of the sequences.
        backgrounds: Of each instance the starts of the background windows.
    """
    found = np.full(len(instances), np.nan)
    for index, (instance, starts) in enumerate(zip(instances, backgrounds, strict=True)):
        if len(starts) >= FEWEST_WINDOWS:
            own = instance.direction * scores[instance.sequence]
            score = own[instance.start + instance.offsets].mean()
            background = own[starts[:, None] + instance.offsets].mean(axis=1)
            found[index] = (background >= score).sum() <= _allowed(len(starts))
    return found


def background_windows(instances: Sequence[Instance], length: int) -> list[np.ndarray]:
    """Returns, of each instance, the starts of windows of its width beside all instances.

    Args:
        instances: Of any sequences.
        length: Of the sequences.
    """
    taken: dict[int, np.ndarray] = {}
    for instance in instances:
        own = taken.setdefault(instance.sequence, np.zeros(length, int))
        own[instance.start : instance.end] = 1
    found = []
    for instance in instances:
        before = np.concatenate([[0], np.cumsum(taken[instance.sequence])])
        width = instance.end - instance.start
        found.append(np.flatnonzero(before[width:] == before[:-width]))
    return found


def chance_of(windows: int) -> float:
    """Returns how often one of `windows + 1` exchangeable windows is recovered; NaN if too few."""
    return (_allowed(windows) + 1) / (windows + 1) if windows >= FEWEST_WINDOWS else np.nan


def _allowed(windows: int) -> int:
    return int(FALSE_WINDOWS * windows)
