"""Which planted motifs does a map find, one by one?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from tfbs.benchmark.evaluation.explained import EXTRAS, Explained
from tfbs.benchmark.evaluation.metric import METRICS, SHARE, Measurement, Metric, extra
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
            "lower the logit with the opposite sign. Over all motifs, and by motif; "
            f"instance_recovery_chance_{_method} beside it.",
            formula="share of motifs with P(mean a in a window elsewhere >= mean a in it) <= "
            f"{FALSE_WINDOWS:g}",
            between=SHARE,
            asked=extra("instances", _method),
        ),
    )
    METRICS.add(
        f"instance_recovery_chance_{_method}",
        Metric(
            "interpretability",
            f"Chance of instance_recovery_{_method}: the same of a random background window in the "
            "place of each motif, against those that do not overlap it. Above "
            f"{100 * FALSE_WINDOWS:g} %, since neighbouring windows are alike.",
            higher_is_better=None,
            formula="the same of background windows",
            between=SHARE,
            asked=extra("instances", _method),
        ),
    )


@EXTRAS.register("instances")
def measure_instances(probe: Explained) -> list[Measurement]:
    """Returns the recovery of planted motifs by each method, and chance."""
    instances = planted_instances(probe)
    if not instances:
        reason = NONE_PLANTED if probe.test.information is None else NONE_HERE
        return [
            undefined(f"instance_recovery_{kind}{method}", reason)
            for method in probe.maps
            for kind in ("", "chance_")
        ]
    starts = background_windows(instances, probe.sequence.shape[1])
    false, others = false_instances(instances, starts, np.random.default_rng(probe.seed))
    measured = []
    for method in probe.maps:
        scores = probe.contributions(method)
        found, chance = recovered(scores, instances, starts), recovered(scores, false, others)
        name = f"instance_recovery_{method}"
        measured += measure_by_motif(name, instances, found, probe.seed, _FEW)
        name = f"instance_recovery_chance_{method}"
        measured += measure_by_motif(name, instances, chance, probe.seed, _FEW)[:1]
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
            found[index] = (background >= score).mean() <= FALSE_WINDOWS
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


def false_instances(
    instances: Sequence[Instance], backgrounds: Sequence[np.ndarray], rng: np.random.Generator
) -> tuple[list[Instance], list[np.ndarray]]:
    """Returns a random background window for each instance, and the windows beside it.

    Args:
        instances: Of any sequences.
        backgrounds: Of each the starts of the background windows; an instance without any stays
            where it is, and has no windows beside it.
        rng: Draws the windows.
    """
    false, others = [], []
    for instance, starts in zip(instances, backgrounds, strict=True):
        width = instance.end - instance.start
        start = int(rng.choice(starts)) if len(starts) else instance.start
        false.append(replace(instance, start=start, end=start + width))
        others.append(starts[np.abs(starts - start) >= width])
    return false, others
