"""What a ladder tells, in words."""

from __future__ import annotations

from collections.abc import Sequence

from tfbs.benchmark.axes import HEADLINES
from tfbs.leaderboards.site.lines import share
from tfbs.leaderboards.standings import FAMILY, Ladder, SuiteBoard


def leaders(board: SuiteBoard, ladder: Ladder) -> str:
    """Returns who leads a ladder, and who is not told apart from the first."""
    if not ladder.places:
        return "No entry is ranked here yet."
    first = ladder.places[0]
    best = board.card(first.slug).name
    if not ladder.higher_is_better:
        equal = [p for p in ladder.places if p.score.value == first.score.value]
        names = [board.card(place.slug).name for place in equal]
        return f"{listed(names)} {'has' if len(names) == 1 else 'share'} the best rank."
    if first.tie_group is None:
        return f"{best} has the best score, but too few seeds tell whether that is luck."
    if len(ladder.places) == 1:
        return f"{best} is the only entry that is ranked here."
    tied = [place for place in ladder.places[1:] if place.tie_group == first.tie_group]
    if tied:
        names = [board.card(place.slug).name for place in tied]
        return f"{best} has the best score; nothing separates it from {listed(names)}."
    if first.rank_high > 1:
        others = len(ladder.places) - 1
        return (
            f"{best} has the best score, told apart from {len(first.beats)} of {others} other "
            "entries; too little is known of the rest."
        )
    return f"{best} leads, told apart from every other entry."


def separation(ladder: Ladder) -> str:
    """Returns how many neighbours are told apart, and the smallest gap that would have been."""
    apart, pairs = ladder.separable
    if not pairs:
        return ""
    told = f"{apart} of {pairs} adjacent {'pair is' if pairs == 1 else 'pairs are'} told apart"
    if ladder.resolvable is None:
        return f"{told}."
    gap = share(ladder.resolvable)
    return f"{told}; a gap of {gap} would have told apart the pair that is measured best."


def listed(names: Sequence[str], most: int = 6) -> str:
    """Returns names as a list in a sentence, the first ones where there are many."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def ceilings(board: SuiteBoard, ladder: Ladder) -> list[str]:
    """Returns what is known to be the best by a ladder's metric, one sentence per task."""
    if f"/{FAMILY}" in ladder.key:
        return []  # of some targets: said below the line
    tasks = [task for task in board.tasks if ladder.key.endswith(f"/{task.name}")]
    by_law = ladder.metric == HEADLINES["prediction"][0]
    said = "no outputs can be expected to exceed" if by_law else "the truth itself scores"
    return [
        f"Ceiling: on {task.name} {said} {share(task.ceilings[ladder.metric])}."
        for task in (tasks or board.tasks)
        if ladder.metric in task.ceilings
    ]
