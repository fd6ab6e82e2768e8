"""A ranking: entries by their scores, with the ranks they may have and what nothing separates."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tfbs.benchmark.statistics.rank_intervals import Means, rank_intervals
from tfbs.benchmark.statistics.seeds import MINIMUM_SEEDS
from tfbs.benchmark.statistics.tiers import LEVEL, corrected, holm, tie_groups
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
        name: For people.
        cells: Its numbers.
        is_floor: Whether it stands below the line.
        fitted: Whether its fit is the same for all seeds, so that one is enough.
    """

    slug: str
    name: str
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
        weights: Of tasks, or parts of them, and axes.
        not_ranked: Why others are not in it.
        references: Floors and ceilings that are computed, by name.
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


@dataclass(frozen=True)
class _Comparison:
    """What is told of every pair of entries.

    Attributes:
        p_values: `(entries, entries)`, corrected for all pairs; 1 where too little is known.
        gaps: `(entries, entries)`, that would have been told; NaN where too little is known.
        groups: Tie group of each; None where too little is known.
    """

    p_values: np.ndarray
    gaps: np.ndarray
    groups: list[int | None]


def _compare(means: Means, told: np.ndarray) -> _Comparison:
    """Returns what is told of every pair.

    Args:
        means: Of the entries.
        told: Whether enough is known of each to compare it.
    """
    p_values, gaps = np.ones((len(told), len(told))), np.full((len(told), len(told)), np.nan)
    groups: list[int | None] = [None] * len(told)
    compared = np.flatnonzero(told)
    some, grid = _some(means, compared), np.ix_(compared, compared)
    p_values[grid], gaps[grid] = corrected(some.p_values()), some.resolvable()
    for index, group in zip(
        compared, tie_groups(some.values.tolist(), p_values[grid]), strict=True
    ):
        groups[index] = group
    return _Comparison(p_values, gaps, groups)


def _ranked(
    ladder: Ladder, ordered: Sequence[Contender], found: Estimates, own: np.ndarray
) -> Ladder:
    """Returns the ladder with the places of those that are no floors."""
    means = _some(found.means, own)
    told = np.array([_is_told(found, ordered[index], index) for index in own], bool)
    compared = _compare(means, told)
    low, high = rank_intervals(means.values, compared.p_values)
    beats = (compared.p_values < LEVEL) & (means.values[:, None] > means.values[None, :])
    order = np.argsort(-means.values, kind="stable").tolist()  # entries come by slug
    slugs = [ordered[own[index]].slug for index in order]
    places = [
        replace(
            _place(ladder, ordered[own[index]], found, int(own[index])),
            rank_low=int(low[index]),
            rank_high=int(high[index]),
            tie_group=compared.groups[index],
            beats=tuple(itertools.compress(slugs, beats[index, order])),
        )
        for index in order
    ]
    neighbours = tuple(itertools.pairwise(order))
    gaps = [compared.gaps[pair] for pair in neighbours if np.isfinite(compared.gaps[pair])]
    return replace(
        ladder,
        places=tuple(places),
        resolvable=round(float(min(gaps)), DIGITS) if gaps else None,
        separable=(sum(bool(beats[pair]) for pair in neighbours), len(neighbours)),
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
        low, high = (round(float(np.clip(end[0], 0, 1)), DIGITS) for end in alone.interval())
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
    """Returns which floors the best entry is below, or not above without doubt.

    The best is whoever came out best, so that Holm's correction is over all pairs of an entry and
    a floor, and the interval of the best against a constant is one of as many as there are entries.
    """
    if not len(own):
        return ""
    best = int(own[np.argmax(found.means.values[own])])
    if not _is_told(found, ordered[best], best):
        return "the best entry cannot be told from the floors: too little is known of it"
    known = np.array([index for index in own if _is_told(found, ordered[index], index)], int)
    p_values = found.means.p_values()[np.ix_(known, below)]
    sure = holm(np.nan_to_num(p_values, nan=1.0).ravel().tolist()).reshape(p_values.shape) < LEVEL
    told = sure[known.tolist().index(best)].tolist()
    above, ties = [], []
    for index, is_apart in zip(below, told, strict=True):
        if not (is_apart and _is_told(found, ordered[index], index)):
            ties.append(ordered[index].name)
        elif found.means.values[index] > found.means.values[best]:
            above.append(ordered[index].name)
    alone = _some(found.means, np.array([best]))
    ends = [float(end[0]) for end in alone.interval(1 - LEVEL / len(known))]
    if CONSTANT in references and ends[0] <= references[CONSTANT]:
        (above if ends[1] < references[CONSTANT] else ties).append(CONSTANT)
    said = [f"{name} beats the best entry" for name in above]
    return "; ".join(said + [f"{name} ties the best entry" for name in ties])
