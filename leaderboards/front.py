"""The entries that no other beats on all four axes, and the floors that beat an entry on all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tfbs.benchmark.statistics.pareto import pareto_front
from tfbs.leaderboards.standings import Card
from tfbs.leaderboards.task_file import RANKED_AXES

COST = "macs"


def marked(cards: Sequence[Card]) -> list[Card]:
    """Returns the cards, those on the front of the entries marked.

    Floors are no entries: they are not on the front and push nobody off it. Which of them are at
    least as good as an entry on every axis, and better on one, is said on its card. The front is of
    the numbers as they are; what lies within the intervals of others is on it, or off it, by luck.

    Args:
        cards: Of a board.
    """
    axes = [axis for axis in RANKED_AXES if any(_value(card, axis) is not None for card in cards)]
    if not axes:
        return list(cards)
    numbers = [
        [*(_value(card, axis) for axis in axes), -card.cost.get(COST, float("nan"))]
        for card in cards
    ]
    points = np.array(numbers, float).reshape(len(cards), -1)
    known = np.isfinite(points).all(axis=1)
    is_floor = np.array([card.is_floor for card in cards], bool)
    on_front, floors = np.zeros(len(cards), bool), np.flatnonzero(known & is_floor)
    own = np.flatnonzero(known & ~is_floor)
    on_front[own] = pareto_front(points[own])
    found = [replace(card, on_front=bool(on)) for card, on in zip(cards, on_front, strict=True)]
    for index in own.tolist():
        ahead = (points[floors] >= points[index]).all(axis=1)
        ahead &= (points[floors] > points[index]).any(axis=1)
        names = tuple(sorted(cards[floor].name for floor in floors[ahead].tolist()))
        found[index] = replace(found[index], floors_ahead=names)
    return found


def _value(card: Card, axis: str) -> float | None:
    score = card.scores.get(axis)
    return None if score is None else score.value
