"""A board as files to take away: JSON with everything, CSV with scores."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tfbs.benchmark.table import csv_text
from tfbs.leaderboards.site.lines import computed_card
from tfbs.leaderboards.site.payload import ordered, ranges
from tfbs.leaderboards.standings import SCHEMA, Card, Ladder, Score, SuiteBoard

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def board_json(board: SuiteBoard) -> str:
    """Returns everything that is known of a board.

    Of every place `beats` says as stretches of its ladder's places, both ends within, which
    entries it is told apart from and above: names would take far more room.
    """
    ladders = []
    for ladder in board.ladders:
        at = {place.slug: number for number, place in enumerate(ladder.places)}
        places = [
            {**vars(place), "beats": ranges(at[slug] for slug in place.beats)}
            for place in ladder.places
        ]
        ladders.append({**vars(ladder), "places": places})
    said = {"schema": SCHEMA, **vars(board), "ladders": ladders}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain)
    return text + "\n"


def scores_csv(board: SuiteBoard) -> str:
    """Returns one line per entry and number: ladders, metrics and costs."""
    lines = []
    for card in ordered(board):
        for key, score in sorted(card.scores.items()):
            lines.append({**_who(card), "score": key, **_numbers(score)})
        lines += [
            {**_who(card), "score": f"cost/{name}", "value": value}
            for name, value in sorted(card.cost.items())
        ]
    return csv_text(lines)


def ladder_csv(board: SuiteBoard, ladder: Ladder) -> str:
    """Returns one line per entry of a ladder, best first, then floors, then those not ranked."""
    lines: list[dict[str, object]] = []
    cards = {card.slug: card for card in board.cards}
    for place in (*ladder.places, *ladder.floors):
        ranked = place.rank_low > 0
        lines.append(
            {
                **_who(cards.get(place.slug) or computed_card(place.slug)),
                "ladder": ladder.key,
                **_numbers(place.score),
                "rank_low": place.rank_low if ranked else "",
                "rank_high": place.rank_high if ranked else "",
                "tie_group": place.tie_group if ranked else "",
            }
        )
    for slug, reason in sorted(ladder.not_ranked.items()):
        lines.append({**_who(cards[slug]), "ladder": ladder.key, "not_ranked": cell_text(reason)})
    return csv_text(lines)


def cell_text(text: str) -> str:
    """Returns text that a spreadsheet shows and does not compute.

    A leading apostrophe keeps what a stranger wrote from being a formula.

    >>> cell_text("=HYPERLINK(0)")
    "'=HYPERLINK(0)"
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, Mapping) else vars(value)


def _who(card: Card) -> dict[str, object]:
    said = {
        "entry": card.slug,
        "name": card.name,
        "team": card.team,
        "architecture": card.architecture,
        "regime": card.regime,
        "family": card.family,
        "trust": card.trust,
    }
    return {key: cell_text(word) for key, word in said.items()}


def _numbers(score: Score) -> dict[str, object]:
    return {
        "metric": score.metric,
        "value": "" if score.value is None else score.value,
        "low": "" if score.low is None else score.low,
        "high": "" if score.high is None else score.high,
        "seeds": score.seeds,
        "reason": cell_text(score.reason),
    }
