"""Ranks submissions as the challenge did, from the measures without each tenth of the bins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

Folds = npt.NDArray[np.float64]
Pair = tuple[str, ...]
"""Factor and cell, and where it matters the round."""

MISSING = 0.5
"""Score of a pair that was not handed in, and the most that any pair counts."""


@dataclass(frozen=True)
class Rank:
    """Where an entrant stands.

    Attributes:
        rank: The second smallest of its ten ranks over all pairs.
        by_pair: Likewise of every pair that it handed in.
        score: Mean over folds of the mean score of its pairs; lower is better.
        low: The least over folds.
        high: The most over folds.
    """

    rank: float
    by_pair: dict[Pair, float]
    score: float
    low: float
    high: float


def rank_entrants(folds: Mapping[str, Mapping[Pair, Folds]]) -> dict[str, Rank]:
    """Returns the standing of every entrant, best first.

    Per pair and fold, an entrant's s is the sum over measures of ln(rank / (N + 1)), and the N
    entrants are ranked by s. Over pairs, min(0.5, rank / (N + 1)) is summed, 0.5 for a pair that
    is missing, and the sums are ranked. Ties share the mean rank. Of ten folds the second
    smallest rank counts.

    Args:
        folds: By entrant and pair, `(10, measures)`; higher is better.
    """
    entrants = list(folds)
    pairs = list(dict.fromkeys(pair for own in folds.values() for pair in own))
    scores = np.full((len(entrants), len(pairs), _num_folds(folds)), MISSING)
    by_pair: dict[str, dict[Pair, float]] = {entrant: {} for entrant in entrants}
    for column, pair in enumerate(pairs):
        present = [index for index, entrant in enumerate(entrants) if pair in folds[entrant]]
        ranks = pair_ranks(np.stack([folds[entrants[index]][pair] for index in present]))
        for index, own in zip(present, ranks, strict=True):
            scores[index, column] = np.minimum(MISSING, own / (len(present) + 1))
            by_pair[entrants[index]][pair] = second_smallest(own)
    overall = rankdata(scores.sum(axis=1), axis=0)
    mean = scores.mean(axis=1)
    found = {
        entrant: Rank(
            second_smallest(overall[index]),
            by_pair[entrant],
            float(mean[index].mean()),
            float(mean[index].min()),
            float(mean[index].max()),
        )
        for index, entrant in enumerate(entrants)
    }
    return dict(sorted(found.items(), key=lambda item: (item[1].rank, item[1].score)))


def pair_ranks(values: Folds) -> npt.NDArray[np.float64]:
    """Returns `(entrants, folds)` ranks on one pair.

    Args:
        values: `(entrants, folds, measures)`; higher is better.
    """
    ranks = rankdata(-values, axis=0)
    found: npt.NDArray[np.float64] = rankdata(
        np.log(ranks / (len(values) + 1)).sum(axis=2).round(12), axis=0
    )
    return found


def second_smallest(ranks: npt.NDArray[np.float64]) -> float:
    """Returns the second smallest of some ranks."""
    return float(np.partition(ranks, 1)[1])


def _num_folds(folds: Mapping[str, Mapping[Pair, Folds]]) -> int:
    return len(next(iter(next(iter(folds.values())).values())))
