"""A ranking: entries by their scores, with the ranks they may have and what nothing separates."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tfbs.benchmark.statistics.rank_intervals import Means, corrected, rank_intervals
from tfbs.benchmark.statistics.seeds import MINIMUM_SEEDS
from tfbs.benchmark.statistics.tiers import LEVEL, holm, tie_groups
from tfbs.leaderboards.estimates import Cells, Estimates, Weights, estimate
from tfbs.leaderboards.standings import Ladder, Place, Score

CONSTANT = "(constant)"
"""Of all outputs the same: areas under curves are 1/2."""

DIGITS = 6
"""Of the numbers on a board: the last bits differ between machines."""


@dataclass(frozen=True)
class Contender:
    """An entry that may be ranked.

    Attributes:
        slug: Of it.
        cells: Its numbers.
        is_floor: Whether it stands below the line.
        fitted: Whether its fit is the same for all seeds, so that one is enough.
    """

    slug: str
    cells: Cells
    is_floor: bool = False
    fitted: bool = False


@dataclass(frozen=True)
class Title:
    """What a ranking is.

    Attributes:
        key: Of the ladder.
        heading: For people.
        metric: That it ranks by.
    """

    key: str
    heading: str
    metric: str


def make_ladder(
    title: Title,
    contenders: Sequence[Contender],
    weights: Weights,
    not_ranked: Mapping[str, str],
    references: Mapping[str, float],
) -> Ladder:
    """Returns a ranking.

    Args:
        title: What it is.
        contenders: That lack nothing of the weights.
        weights: Of tasks and axes.
        not_ranked: Why others are not in it.
        references: Floors and ceilings in closed form, by name.
    """
    ladder = Ladder(
        title.key, title.heading, title.metric, True, (), dict(sorted(not_ranked.items()))
    )
    known = tuple(
        Place(name, Score(title.metric, round(value, DIGITS)), 0, 0, None, ())
        for name, value in references.items()
    )
    if not contenders:
        return replace(ladder, floors=known)
    ordered = sorted(contenders, key=lambda each: each.slug)
    found = estimate([each.cells for each in ordered], weights)
    own = np.array([index for index, each in enumerate(ordered) if not each.is_floor], int)
    below = np.array([index for index, each in enumerate(ordered) if each.is_floor], int)
    ladder = _ranked(ladder, ordered, found, own)
    floors = [_place(ladder, ordered[index], found, index) for index in below]
    floors.sort(key=lambda place: -(place.score.value or 0))
    return replace(
        ladder,
        floors=(*floors, *known),
        warning=_floor_warning(ordered, found, own, below, references),
    )


def _ranked(
    ladder: Ladder, ordered: Sequence[Contender], found: Estimates, own: np.ndarray
) -> Ladder:
    """Returns the ladder with the places of those that are no floors."""
    means = _some(found.means, own)
    told = np.array([_is_told(found, ordered[index], index) for index in own], bool)
    compared = np.flatnonzero(told)
    p_values = np.ones((len(own), len(own)))
    some = _some(means, compared)
    p_values[np.ix_(compared, compared)] = corrected(some.p_values())
    low, high = rank_intervals(means.values, p_values)
    groups = dict(
        zip(
            compared.tolist(),
            tie_groups(some.values.tolist(), p_values[np.ix_(compared, compared)]),
            strict=True,
        )
    )
    order = sorted(
        range(len(own)), key=lambda index: (-means.values[index], ordered[own[index]].slug)
    )
    places = [
        replace(
            _place(ladder, ordered[own[index]], found, int(own[index])),
            rank_low=int(low[index]),
            rank_high=int(high[index]),
            tie_group=groups.get(index),
        )
        for index in order
    ]
    neighbours = list(itertools.pairwise(order))
    gaps = some.resolvable()
    position = {int(index): place for place, index in enumerate(compared)}
    resolvable = [
        float(gaps[position[a], position[b]])
        for a, b in neighbours
        if a in position and b in position
    ]
    return replace(
        ladder,
        places=tuple(places),
        resolvable=round(min(resolvable), DIGITS) if resolvable else None,
        separable=(sum(bool(p_values[a, b] < LEVEL) for a, b in neighbours), len(neighbours)),
    )


def _is_told(found: Estimates, contender: Contender, index: int) -> bool:
    """Returns whether enough is known of an entry to compare it."""
    enough = contender.fitted or found.seeds[index] >= MINIMUM_SEEDS
    return enough and bool(np.isfinite(found.means.covariance[index, index]))


def _some(means: Means, kept: np.ndarray) -> Means:
    return Means(
        means.values[kept],
        means.covariance[np.ix_(kept, kept)],
        means.seed_variance[kept],
        means.seed_doubt[kept],
    )


def _place(ladder: Ladder, contender: Contender, found: Estimates, index: int) -> Place:
    """Returns an entry's place, not ranked yet."""
    alone = _some(found.means, np.array([index]))
    low, high = (None, None)
    reason = "" if found.paired[index] else "examples are not paired with those of other entries"
    if not _is_told(found, contender, index):
        few = found.seeds[index] < MINIMUM_SEEDS
        reason = f"{found.seeds[index]} seeds tell too little" if few else "no interval is known"
    else:
        low, high = (round(float(end[0]), DIGITS) for end in alone.interval())
    value = round(float(alone.values[0]), DIGITS)
    score = Score(ladder.metric, value, low, high, found.seeds[index], reason)
    by_seed = tuple(round(value, DIGITS) for value in found.by_seed[index])
    return Place(contender.slug, score, 0, 0, None, by_seed, bool(found.paired[index]))


def _floor_warning(
    ordered: Sequence[Contender],
    found: Estimates,
    own: np.ndarray,
    below: np.ndarray,
    references: Mapping[str, float],
) -> str:
    """Returns which floors the best entry is not above without doubt."""
    if not len(own):
        return ""
    best = int(own[np.argmax(found.means.values[own])])
    if not _is_told(found, ordered[best], best):
        return "the best entry cannot be told from the floors: too little is known of it"
    p_values = found.means.p_values()[best, below]
    told = holm(np.nan_to_num(p_values, nan=1.0).tolist()) < LEVEL if len(below) else []
    ties = [
        ordered[index].slug
        for index, sure in zip(below, told, strict=True)
        if not (sure and found.means.values[best] > found.means.values[index])
    ]
    low = _some(found.means, np.array([best])).interval()[0][0]
    ties += [CONSTANT] if CONSTANT in references and low <= references[CONSTANT] else []
    verb = "ties" if len(ties) == 1 else "tie"
    return f"{', '.join(ties)} {verb} the best entry" if ties else ""
