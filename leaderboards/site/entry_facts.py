"""What the page of an entry shows, beside what its card says as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tfbs.leaderboards.gates import passes
from tfbs.leaderboards.site.addresses import outside_link
from tfbs.leaderboards.site.letters import HEIGHT, OUTLINES, drawn_logo
from tfbs.leaderboards.site.lines import DASH, Number, cost, number, rank_text, tie_letter
from tfbs.leaderboards.site.settings import runs, settings
from tfbs.leaderboards.standings import Card, Ladder, Place, SuiteBoard

_MARKS = {True: ("passed", "✓"), False: ("failed", "✗"), None: ("unmeasured", "·")}
"""Class and sign of a gate's line."""


@dataclass(frozen=True)
class Standing:
    """An entry's place in one ladder, as text.

    Attributes:
        heading: Of the ladder.
        address: Of its page.
        score: There.
        seeds: That the score is a mean over.
        rank: Rank interval; empty where it is not ranked.
        rank_order: To sort by.
        of: Entries that are ranked.
        tie: Letter of its tie group.
        apart: How many entries it is told apart from.
        why: It is not ranked.
    """

    heading: str
    address: str
    score: Number
    seeds: int
    rank: str
    rank_order: float
    of: int
    tie: str
    apart: str
    why: str


@dataclass(frozen=True)
class Order:
    """A ladder by its entries.

    Attributes:
        ladder: That is meant.
        address: Of its page.
        places: By slug.
        beaten: How many are told apart from each entry and above it, by slug.
    """

    ladder: Ladder
    address: str
    places: Mapping[str, Place]
    beaten: Mapping[str, int]


def orders(board: SuiteBoard, addresses: Mapping[str, str]) -> list[Order]:
    """Returns the ladders of a board by their entries.

    Args:
        board: That they are of.
        addresses: Of every ladder's page, by key.
    """
    return [
        Order(
            ladder,
            addresses[ladder.key],
            {place.slug: place for place in ladder.places},
            Counter(slug for place in ladder.places for slug in place.beats),
        )
        for ladder in board.ladders
    ]


def entry_facts(card: Card, orders: Sequence[Order]) -> dict[str, Any]:
    """Returns the values of an entry's template.

    Args:
        card: Of the entry.
        orders: All ladders of its board.
    """
    known = {order.ladder.key for order in orders}
    metrics = {key: score for key, score in card.scores.items() if key not in known}
    tasks = sorted({key.rpartition("/")[0] for key in metrics})
    names = sorted({key.rpartition("/")[2] for key in metrics})
    return {
        "paper_link": outside_link(card.paper),
        "places": [_standing(order, card) for order in orders],
        "metric_tasks": tasks,
        "numbers": [
            (name, [number(metrics.get(f"{task}/{name}")) for task in tasks]) for name in names
        ],
        "costs": [
            (name.replace("_", " "), cost(name, value)) for name, value in sorted(card.cost.items())
        ],
        "logos": [drawn_logo(logo) for logo in card.logos],
        "logo_height": HEIGHT,
        "outlines": OUTLINES,
        "gates": [(*_MARKS[passes(said)], name, said) for name, said in sorted(card.gates.items())],
        "settings": settings(card),
        "runs": runs(card),
    }


def _standing(order: Order, card: Card) -> Standing:
    ladder, place = order.ladder, order.places.get(card.slug)
    score = card.scores.get(ladder.key)
    tested = ladder.higher_is_better  # the challenge ranks without a test
    why = "a floor or a ceiling" if card.is_floor else ladder.not_ranked.get(card.slug, "")
    return Standing(
        ladder.heading,
        order.address,
        number(score if place is None else place.score),
        0 if score is None else score.seeds,
        "" if place is None else rank_text(place),
        0.0 if place is None else place.rank_low + place.rank_high / 1e6,
        len(ladder.places),
        "" if place is None else tie_letter(place.tie_group),
        f"above {len(place.beats)}, below {order.beaten[card.slug]}" if place and tested else DASH,
        why or "no score",
    )
