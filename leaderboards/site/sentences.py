"""What a ladder tells, in words."""

from __future__ import annotations

from collections.abc import Sequence

from tfbs.leaderboards.site.lines import share
from tfbs.leaderboards.standings import Ladder, SuiteBoard


def leaders(board: SuiteBoard, ladder: Ladder) -> str:
    """Returns who leads a ladder: everybody whom nothing separates from the first."""
    if not ladder.places:
        return "No entry is ranked here yet."
    first = ladder.places[0]
    names = [
        board.card(place.slug).name
        for place in ladder.places
        if place.slug == first.slug
        or (place.tie_group is not None and place.tie_group == first.tie_group)
    ]
    if first.tie_group is None and first.rank_high < len(ladder.places):
        return f"{names[0]} has the best score."
    if first.tie_group is None:
        return f"{names[0]} has the best score, but too few seeds tell whether that is luck."
    if len(ladder.places) == 1:
        return f"{names[0]} is the only entry that is ranked here."
    if len(names) == 1:
        return f"{names[0]} leads, told apart from every other entry."
    return f"Nothing separates the {len(names)} entries at the top: {listed(names)}."


def separation(ladder: Ladder) -> str:
    """Returns how many neighbours are told apart, and which gap would have been."""
    apart, pairs = ladder.separable
    if not pairs:
        return ""
    told = f"{apart} of {pairs} adjacent {'pair is' if pairs == 1 else 'pairs are'} told apart"
    if ladder.resolvable is None:
        return f"{told}."
    return f"{told}; a gap of {share(ladder.resolvable)} or more would have been."


def listed(names: Sequence[str], most: int = 6) -> str:
    """Returns names as a list in a sentence, the first ones where there are many."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def ceilings(board: SuiteBoard, ladder: Ladder) -> list[str]:
    """Returns what the truth itself scores by a ladder's metric, one sentence per task."""
    tasks = [task for task in board.tasks if ladder.key.endswith(f"/{task.name}")]
    return [
        f"Ceiling: on {task.name} the truth itself scores {share(task.ceilings[ladder.metric])}."
        for task in (tasks or board.tasks)
        if ladder.metric in task.ceilings
    ]
