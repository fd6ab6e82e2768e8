"""A ladder as the lines of a table: numbers as text, and what they are sorted and drawn by."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tfbs.benchmark.formatting import format_value
from tfbs.leaderboards.gates import passes
from tfbs.leaderboards.site.addresses import entry_page
from tfbs.leaderboards.standings import FAMILY, Card, Ladder, Place, Score, SuiteBoard
from tfbs.leaderboards.task_file import RANKED_AXES
from tfbs.leaderboards.verdict import LEVELS

DASH = "\N{EN DASH}"
COSTS = {
    "parameters": ("parameters", "size"),
    "macs": ("MACs", "size"),
    "training_seconds": ("training", "seconds"),
}
"""Columns of cost: heading and unit."""


@dataclass(frozen=True)
class Number:
    """A number in a table.

    Attributes:
        text: For people.
        value: To sort by; None where there is none.
        below: Interval, or why there is no number; may be empty.
    """

    text: str
    value: float | None = None
    below: str = ""


@dataclass(frozen=True)
class Mark:
    """A score on a scale from 0 to 1 that all lines of a table share.

    Attributes:
        low: Lower end of its interval.
        value: Itself.
        high: Upper end.
    """

    low: float
    value: float
    high: float


@dataclass(frozen=True)
class Line:
    """An entry in the table of a ladder.

    Attributes:
        card: Of the entry, or of what is computed.
        page: Of the entry; empty for what is none.
        rank: Its rank interval; empty for floors.
        rank_order: To sort by.
        bar: The rank interval as start and width, in shares of the ladder; None for floors.
        score: What it is ranked by.
        mark: The same, to be drawn.
        tie: Letter of its tie group, or empty.
        shaded: Whether its tie group is every other one.
        parts: One number per further score that is shown.
        gates: Of the sanity gates.
        costs: One number per column of cost.
        paired: Whether it is compared on the same examples.
    """

    card: Card
    page: str
    rank: str
    rank_order: float
    bar: tuple[float, float] | None
    score: Number
    mark: Mark | None
    tie: str
    shaded: bool
    parts: tuple[Number, ...]
    gates: Number
    costs: tuple[Number, ...]
    paired: bool


def number(score: Score | None) -> Number:
    """Returns a score as it stands in a table; a dash where nothing was measured."""
    if score is None:
        return Number(DASH)
    if score.value is None:
        return Number(DASH, None, score.reason)
    known = score.low is not None and score.high is not None
    interval = f"{share(score.low)}{DASH}{share(score.high)}" if known else ""
    return Number(share(score.value), score.value, interval or score.reason)


def share(value: float | None) -> str:
    """Returns a number with three decimals, a minus sign for a hyphen, fewer where it is large."""
    unit = "share" if value is None or abs(value) < 1000 else "ratio"
    return format_value(value, unit).replace("-", "\N{MINUS SIGN}")


def cost(name: str, value: float | None) -> Number:
    """Returns a cost as text, by the unit that its name tells."""
    if value is None:
        return Number(DASH)
    return Number(format_value(value, "seconds" if name.endswith("_seconds") else "size"), value)


def tie_letter(group: int | None) -> str:
    """Returns the letter of a tie group: A for the first, AA after Z."""
    letters = ""
    while group:
        group, place = divmod(group - 1, 26)
        letters = string.ascii_uppercase[place] + letters
    return letters


def gate_number(gates: Mapping[str, str]) -> Number:
    """Returns how many gates an entry passed, and which it did not."""
    measured = {name: passes(said) for name, said in gates.items() if passes(said) is not None}
    failed = sorted(name for name, passed in measured.items() if not passed)
    if not measured:
        return Number("not measured" if gates else DASH)
    passed = len(measured) - len(failed)
    words = f"failed: {', '.join(failed)}" if failed else ""
    return Number(f"{'✗' if failed else '✓'} {passed} of {len(measured)}", passed, words)


def rank_text(place: Place) -> str:
    """Returns a rank interval: `2` to `5` with a dash between, or `2` where there is one rank."""
    if place.rank_low == place.rank_high:
        return str(place.rank_low) if place.rank_low else ""
    return f"{place.rank_low}{DASH}{place.rank_high}"


def part_keys(board: SuiteBoard, ladder: Ladder) -> list[str]:
    """Returns the keys of the ladders that one is made of: axes of the whole, tasks of an axis."""
    keys = [other.key for other in board.ladders]
    if ladder.key == "overall":
        return [key for key in keys if key in RANKED_AXES]
    start = f"{ladder.key}/"
    return [key for key in keys if key.startswith(start) and not key.startswith(f"{start}{FAMILY}")]


def ladder_lines(
    board: SuiteBoard, ladder: Ladder, parts: Sequence[str]
) -> tuple[list[Line], list[Line]]:
    """Returns the lines of a ladder, best first, and those of its floors and ceilings.

    Args:
        board: That the ladder is of.
        ladder: One of them.
        parts: Keys of further scores to show.
    """
    cards = {card.slug: card for card in board.cards}
    everyone = [*ladder.places, *ladder.floors]
    ends = [
        end
        for place in everyone
        for end in (place.score.low, place.score.value, place.score.high)
        if end is not None
    ]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)

    def line(place: Place) -> Line:
        card = cards.get(place.slug) or computed_card(place.slug)
        ranked = place.rank_low > 0
        return Line(
            card,
            entry_page(card.slug) if place.slug in cards else "",
            rank_text(place),
            place.rank_low + place.rank_high / 1e6,
            _bar(place, len(ladder.places)) if ranked else None,
            number(place.score),
            _mark(place.score, low, high),
            tie_letter(place.tie_group) if ranked else "",
            bool(ranked and place.tie_group and place.tie_group % 2),
            tuple(number(card.scores.get(key)) for key in parts),
            gate_number(card.gates),
            tuple(cost(name, card.cost.get(name)) for name in COSTS),
            place.paired,
        )

    return [line(place) for place in ladder.places], [line(place) for place in ladder.floors]


def computed_card(slug: str) -> Card:
    """Returns a card for a floor or ceiling that is no entry, as `(constant)` or `(Bayes ceiling)`.

    Args:
        slug: In brackets.
    """
    return Card(
        slug=slug,
        name=slug.strip("()"),
        team="computed, not entered",
        description="",
        architecture="",
        regime="",
        family="",
        paper="",
        is_floor=True,
        trust="",
        note="",
        on_front=False,
        stale="",
        scores={},
        cost={},
        gates={},
        specs={},
        command="",
    )


def trust_level(trust: str) -> int:
    """Returns how far an entry is trusted, from 0 for what is claimed."""
    return LEVELS.index(trust) if trust in LEVELS else 0


def _bar(place: Place, ranks: int) -> tuple[float, float]:
    return (place.rank_low - 1) / ranks, (place.rank_high - place.rank_low + 1) / ranks


def _mark(score: Score, low: float, high: float) -> Mark | None:
    if score.value is None:
        return None
    width = (high - low) or 1.0
    ends = (
        score.value if score.low is None else score.low,
        score.value,
        score.value if score.high is None else score.high,
    )
    return Mark(*((end - low) / width for end in ends))
