"""Which ladders a board has, for choosing one: the whole, axes, tasks and families."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tfbs.leaderboards.standings import FAMILY, Ladder, SuiteBoard


@dataclass(frozen=True)
class Choice:
    """A ladder that can be chosen.

    Attributes:
        address: Of its page.
        here: Whether it is the one that is shown.
        leader: Name of the entry with the best score; empty where there is none.
    """

    address: str
    here: bool
    leader: str


@dataclass(frozen=True)
class LadderList:
    """All ladders of a board.

    Attributes:
        main: Heading, address, and whether it is shown: the whole and its axes.
        matrices: What they are of (`task`, `family of factors`), headings of columns, and rows:
            name, whether one of them is shown, and the ladder of each column or None.
    """

    main: list[tuple[str, str, bool]]
    matrices: list[tuple[str, list[str], list[tuple[str, bool, list[Choice | None]]]]]


def short_name(ladder: Ladder) -> str:
    """Returns what a ladder is called among its neighbours: the axis, the task or the family."""
    rest = ladder.key.partition("/")[2]
    return rest.removeprefix(FAMILY) if rest else ladder.heading.partition(":")[0]


def ladder_list(board: SuiteBoard, shown: Ladder, addresses: Mapping[str, str]) -> LadderList:
    """Returns the ladders of a board as seen from one of them.

    Args:
        board: That they are of.
        shown: The one whose page it is.
        addresses: Of every ladder's page, by key.
    """
    tables: dict[str, dict[str, dict[str, Choice]]] = {"task": {}, "family of factors": {}}
    main = []
    for ladder in board.ladders:
        head, _, rest = ladder.key.partition("/")
        here, address = ladder.key == shown.key, addresses[ladder.key]
        if not rest:
            main.append((short_name(ladder), address, here))
            continue
        kind = "family of factors" if rest.startswith(FAMILY) else "task"
        leader = board.card(ladder.places[0].slug).name if ladder.places else ""
        row = tables[kind].setdefault(rest.removeprefix(FAMILY), {})
        row[head] = Choice(address, here, leader)
    matrices = []
    for kind, rows in tables.items():
        heads = list(dict.fromkeys(head for row in rows.values() for head in row))
        listed = [
            (name, any(choice.here for choice in row.values()), [row.get(head) for head in heads])
            for name, row in rows.items()
        ]
        if listed:
            matrices.append((kind, heads, listed))
    return LadderList(main, matrices)
