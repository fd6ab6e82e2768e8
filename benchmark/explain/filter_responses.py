"""Where and in which sequences filters fire: enrichment by class and by position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np

from tfbs.benchmark.explain.filters import activations
from tfbs.datasets.task import RowArray


@dataclass(frozen=True)
class Responses:
    """The strongest response of every filter in every sequence.

    Attributes:
        strength: `(n, filters)` float32, the largest activation.
        position: `(n, filters)` int, the nucleotide in the middle of what it saw.
        fires: `(n, filters)` bool, whether it is above the protocol's threshold.
        centres: `(positions,)` int: the middles of what the positions of the layer see.
    """

    strength: np.ndarray
    position: np.ndarray
    fires: np.ndarray
    centres: np.ndarray


def respond(
    extract: keras.Model,
    sequence: np.ndarray,
    centres: np.ndarray,
    limit: np.ndarray,
    tracks: RowArray | None = None,
) -> Responses:
    """Returns the strongest response of every filter in every sequence.

    Args:
        extract: From one-hot, and perhaps tracks, to `(batch, positions, filters)`.
        sequence: `(n, length, 4)` one-hot.
        centres: `(positions,)` int, the middles of what each position sees.
        limit: `(filters,)`; a filter fires above it.
        tracks: `(n, length, tracks)`, for a model that reads them.
    """
    strength, place = [], []
    for _, part in activations(extract, sequence, tracks):
        strength.append(part.max(axis=1))
        place.append(part.argmax(axis=1))
    found = np.concatenate(strength)
    return Responses(found, centres[np.concatenate(place)], found > limit, centres)


@dataclass(frozen=True)
class ClassEnrichment:
    """Whether a filter tells bound from unbound sequences of a target.

    Attributes:
        target: Its column.
        bound: Share of bound sequences in which the filter fires.
        unbound: Of unbound ones.
        fisher_p: Of that table, two-sided; times the number of targets it was chosen from.
        auroc: Of the largest activation as a score.
        mann_whitney_p: Of no difference in the largest activation, two-sided; times the same.
    """

    target: int
    bound: float
    unbound: float
    fisher_p: float
    auroc: float
    mann_whitney_p: float


def class_enrichment(
    strength: np.ndarray, fires: np.ndarray, label: np.ndarray, targets: Sequence[int]
) -> ClassEnrichment | None:
    """Returns the enrichment of one filter in the target that it tells apart best.

    The best has the smallest Mann-Whitney p, then the AUROC furthest from 0.5.

    Args:
        strength: `(n,)`, largest activations.
        fires: `(n,)` bool.
        label: `(n, targets)`, 1 bound, 0 unbound, -1 unknown.
        targets: Columns to choose from.

    Returns:
        None where no target has both classes.
    """
    from scipy.stats import fisher_exact, mannwhitneyu

    score = strength.astype(float)  # in single precision small p-values are 0
    found = []
    for target in targets:
        bound, unbound = label[:, target] == 1, label[:, target] == 0
        if not bound.any() or not unbound.any():
            continue
        test = mannwhitneyu(score[bound], score[unbound])
        table = [[int((fires & own).sum()), int((~fires & own).sum())] for own in (bound, unbound)]
        found.append(
            ClassEnrichment(
                target,
                float(fires[bound].mean()),
                float(fires[unbound].mean()),
                float(fisher_exact(table).pvalue),
                float(test.statistic / bound.sum() / unbound.sum()),
                float(test.pvalue),
            )
        )
    if not found:
        return None
    best = min(found, key=lambda one: (one.mann_whitney_p, -abs(one.auroc - 0.5)))
    return ClassEnrichment(
        best.target,
        best.bound,
        best.unbound,
        min(1.0, best.fisher_p * len(found)),
        best.auroc,
        min(1.0, best.mann_whitney_p * len(found)),
    )


@dataclass(frozen=True)
class CentralEnrichment:
    """Whether sites lie near the middle of the sequences.

    Attributes:
        width: Of the central window, in nucleotides, where they are most enriched.
        share: Of the sites that lie in it.
        expected: The same if all positions were alike.
        p: Of at least as many by chance, times the number of windows that were tried.
    """

    width: int
    share: float
    expected: float
    p: float


def central_enrichment(sites: np.ndarray, centres: np.ndarray, length: int) -> CentralEnrichment:
    """Returns the central window in which sites are most enriched.

    Source: CentriMo, Bailey & Machanick (2012), https://doi.org/10.1093/nar/gks433: a binomial
    test of every window around the middle, the smallest p times their number.

    Args:
        sites: `(k,)` the strongest site of each sequence, of `centres`.
        centres: `(positions,)` where sites can lie.
        length: Of the sequences.
    """
    from scipy.stats import binom

    if not len(sites):
        return CentralEnrichment(length, float("nan"), float("nan"), 1.0)
    middle = (length - 1) / 2
    distances = np.abs(centres - middle)
    tried = np.unique(distances)[:-1]  # the last holds all
    if not len(tried):
        return CentralEnrichment(length, 1.0, 1.0, 1.0)
    expected = np.array([(distances <= reach).mean() for reach in tried])
    inside = np.array([(np.abs(sites - middle) <= reach).sum() for reach in tried])
    p_values = binom.sf(inside - 1, len(sites), expected)
    best = int(p_values.argmin())
    return CentralEnrichment(
        int(2 * tried[best]) + 1,
        float(inside[best] / len(sites)),
        float(expected[best]),
        float(min(1.0, p_values[best] * len(tried))),
    )
