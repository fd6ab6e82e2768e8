"""The pages and files of one board."""

from __future__ import annotations

from collections.abc import Iterator

from tfbs.leaderboards.site import charts
from tfbs.leaderboards.site.addresses import entry_page, ladder_stems
from tfbs.leaderboards.site.charts import panels
from tfbs.leaderboards.site.downloads import board_json, ladder_csv, scores_csv
from tfbs.leaderboards.site.entry_facts import Order, entry_facts, orders
from tfbs.leaderboards.site.ladder_list import ladder_list, short_name
from tfbs.leaderboards.site.lines import COSTS, ladder_lines, part_keys
from tfbs.leaderboards.site.pages import Pages
from tfbs.leaderboards.site.payload import payload
from tfbs.leaderboards.site.sentences import ceilings, leaders, separation
from tfbs.leaderboards.standings import Card, Ladder, SuiteBoard


def board_files(board: SuiteBoard, pages: Pages) -> Iterator[tuple[str, str]]:
    """Yields name and contents of every file in the folder of a board."""
    addresses = ladder_addresses(board)
    for ladder in board.ladders:
        yield addresses[ladder.key], _ladder_page(board, ladder, addresses, pages)
        yield _csv(addresses[ladder.key]), ladder_csv(board, ladder)
    known = orders(board, addresses)
    for card in board.cards:
        yield entry_page(card.slug), _entry_page(board, card, known, pages)
    data = payload(board)
    for name in ("scatter.html", "compare.html"):
        yield name, pages.render(name, root="../", home="", board=board, data=data)
    yield "board.json", board_json(board)
    yield "scores.csv", scores_csv(board)


def ladder_addresses(board: SuiteBoard) -> dict[str, str]:
    """Returns the page of every ladder by its key; the first is the board's own first page."""
    stems = ladder_stems(ladder.key for ladder in board.ladders)
    first = board.ladders[0].key
    return {
        key: "index.html" if key == first else f"ladders/{stem}.html" for key, stem in stems.items()
    }


def _csv(address: str) -> str:
    return f"{address.removesuffix('.html')}.csv" if "/" in address else "overall.csv"


def _ladder_page(board: SuiteBoard, ladder: Ladder, addresses: dict[str, str], pages: Pages) -> str:
    keys = part_keys(board, ladder)
    cards = {card.slug: card for card in board.cards}
    lines, floors = ladder_lines(board, ladder, keys)
    address = addresses[ladder.key]
    home = "../" if "/" in address else ""
    listed = ladder_list(board, ladder, addresses)
    return pages.render(
        "ladder.html",
        root=f"{home}../",
        home=home,
        board=board,
        ladder=ladder,
        is_first=address == "index.html",
        main_ladders=listed.main,
        matrices=listed.matrices,
        leaders=leaders(board, ladder),
        separation=separation(ladder),
        ceilings=ceilings(board, ladder),
        lines=lines,
        floors=floors,
        part_headings=[short_name(board.ladder(key)) for key in keys],
        costs=list(COSTS.values()),
        csv=_csv(address).rpartition("/")[2],
        not_ranked=[(cards[slug], why) for slug, why in sorted(ladder.not_ranked.items())],
    )


def _entry_page(board: SuiteBoard, card: Card, known: list[Order], pages: Pages) -> str:
    return pages.render(
        "entry.html",
        root="../../",
        home="../",
        board=board,
        card=card,
        panels=panels(card.curves),
        box=charts,
        **entry_facts(card, known),
    )
