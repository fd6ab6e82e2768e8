"""The entries that no other beats on all four axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tfbs.benchmark.statistics.pareto import pareto_front
from tfbs.leaderboards.standings import Card
from tfbs.leaderboards.task_file import RANKED_AXES

COST = "macs"


def marked(cards: Sequence[Card]) -> list[Card]:
    """Returns the cards, those on the front marked.

    Floors compete for it as everybody does: what a floor beats is not on it. The front is of the
    numbers as they are; what lies within the intervals of others is on it, or off it, by luck.

    Args:
        cards: Of a board.
    """
    axes = [axis for axis in RANKED_AXES if any(_value(card, axis) is not None for card in cards)]
    rows = [
        (index, [*(_value(card, axis) for axis in axes), -card.cost.get(COST, float("nan"))])
        for index, card in enumerate(cards)
    ]
    complete = [(i, row) for i, row in rows if all(v is not None and np.isfinite(v) for v in row)]
    found = list(cards)
    if axes and complete:
        on_front = pareto_front(np.array([row for _, row in complete], float))
        for (index, _), is_on in zip(complete, on_front, strict=True):
            found[index] = replace(cards[index], on_front=bool(is_on))
    return found


def _value(card: Card, axis: str) -> float | None:
    score = card.scores.get(axis)
    return None if score is None else score.value
