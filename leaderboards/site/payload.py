"""What the scripts of the scatter and of the comparison read: every number of every entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tfbs.leaderboards.site.addresses import entry_page
from tfbs.leaderboards.site.settings import settings
from tfbs.leaderboards.standings import Card, Ladder, SuiteBoard


@dataclass(frozen=True)
class Measure:
    """Something that entries have a number of.

    Attributes:
        key: Of a ladder, `TASK/METRIC`, or of a cost.
        name: For people, below the group.
        label: For people, alone.
        group: It is listed under.
        cost: Whether it is a cost.
        ladder: That ranks by it, or None.
    """

    key: str
    name: str
    label: str
    group: str
    cost: bool = False
    ladder: Ladder | None = None


def measures(board: SuiteBoard) -> list[Measure]:
    """Returns everything that an entry of a board has a number of: ladders, metrics, costs."""
    found = [
        Measure(ladder.key, ladder.heading, ladder.heading, "Ladders", ladder=ladder)
        for ladder in board.ladders
    ]
    known = {ladder.key for ladder in board.ladders}
    metrics = sorted({key for card in board.cards for key in card.scores} - known)
    for key in metrics:
        task, _, metric = key.rpartition("/")
        found.append(Measure(key, metric, f"{metric} on {task}", f"Metrics on {task}"))
    costs = sorted({name for card in board.cards for name in card.cost})
    return found + [
        Measure(name, words, words, "Cost", cost=True)
        for name, words in ((name, name.replace("_", " ")) for name in costs)
    ]


def payload(board: SuiteBoard) -> dict[str, Any]:
    """Returns the data of the pages that scripts draw, as JSON types.

    Args:
        board: Its entries stand in the order of the overall ladder, then floors, then the rest.
    """
    cards = ordered(board)
    index = {card.slug: place for place, card in enumerate(cards)}
    of = measures(board)
    return {
        "measures": [_measure(measure, index) for measure in of],
        "entries": [_entry(card, of) for card in cards],
    }


def ordered(board: SuiteBoard) -> list[Card]:
    """Returns the entries of a board as its first ladder has them, those that it lacks last."""
    first = board.ladders[0] if board.ladders else None
    places = [*first.places, *first.floors] if first else []
    order = {place.slug: number for number, place in enumerate(places)}
    return sorted(board.cards, key=lambda card: (order.get(card.slug, len(order)), card.slug))


def ranges(numbers: Iterable[int]) -> list[list[int]]:
    """Returns numbers as stretches of neighbours, both ends within.

    >>> ranges([3, 1, 2, 7])
    [[1, 3], [7, 7]]
    """
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def _measure(measure: Measure, index: Mapping[str, int]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "key": measure.key,
        "name": measure.name,
        "label": measure.label,
        "group": measure.group,
        "cost": measure.cost,
    }
    if measure.ladder is not None:
        places = measure.ladder.places
        at = {place.slug: number for number, place in enumerate(places)}
        said["places"] = [index[place.slug] for place in places]
        said["beats"] = [ranges(at[slug] for slug in place.beats) for place in places]
    return said


def _entry(card: Card, of: Sequence[Measure]) -> dict[str, Any]:
    return {
        "slug": card.slug,
        "page": entry_page(card.slug),
        "name": card.name,
        "team": card.team,
        "architecture": card.architecture,
        "regime": card.regime,
        "family": card.family,
        "floor": card.is_floor,
        "front": card.on_front,
        "values": [_value(card, measure) for measure in of],
        "settings": settings(card),
    }


def _value(card: Card, measure: Measure) -> list[float | None] | None:
    """Returns value and interval, or None where there is no number."""
    if measure.cost:
        value = card.cost.get(measure.key)
        return None if value is None else [value, None, None]
    score = card.scores.get(measure.key)
    if score is None or score.value is None:
        return None
    if score.low is None or score.high is None:
        return [score.value, None, None]
    return [score.value, score.low, score.high]
