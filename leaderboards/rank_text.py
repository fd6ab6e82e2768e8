"""Standings in lines for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from tfbs.benchmark.formatting import format_interval, format_table, format_value
from tfbs.leaderboards.gates import passes
from tfbs.leaderboards.names import plain
from tfbs.leaderboards.schemes import OVERALL
from tfbs.leaderboards.standings import Card, Ladder, Place, Score, SuiteBoard
from tfbs.leaderboards.task_file import RANKED_AXES

_HEADER = ("entry", "team", "rank", "tie", "score", "95 % interval")
_AFTER = ("macs", "trained", "trust", "gates", "")


def board_text(board: SuiteBoard, ladders: Sequence[Ladder]) -> str:
    """Returns rankings as tables, floors below a line; nothing in them steers a terminal.

    Args:
        board: Of a suite.
        ladders: Of it, those that are wanted.
    """
    parts = [f"suite {board.suite} version {board.version}, protocol {board.protocol}"]
    parts += [_ladder_text(board, ladder) for ladder in ladders]
    notes = [
        f"task {task.name}: no accepted floor: {', '.join(task.missing_floors)} "
        f"(tfbs leaderboard floors {board.suite})"
        for task in board.tasks
        if task.missing_floors
    ]
    notes += [f"task {task.name}: {task.floor_ties}" for task in board.tasks if task.floor_ties]
    notes += [
        f"gate: {card.slug}: {gate}: {plain(said, 200)}"
        for card in board.cards
        for gate, said in card.gates.items()
        if passes(said) is False
    ]
    notes += [f"problem: {plain(problem, 300)}" for problem in board.problems]
    legend = (
        "rank: best and worst that it may have, all at once with 95 % confidence (a rank of DREAM "
        "is one number, to the whole ones beside it). tie: the group that nothing separates from "
        "its leader. * on the Pareto front of the entries, by axes and macs. gates: passed / "
        "failed / not measured."
    )
    return "\n\n".join([*parts, "\n".join([legend, *notes])])


def _ladder_text(board: SuiteBoard, ladder: Ladder) -> str:
    others = [axis for axis in RANKED_AXES if ladder.key == OVERALL]
    header = (*_HEADER, *others, *_AFTER)
    rows = [_row(board, place, others) for place in ladder.places]
    below = [_row(board, place, others) for place in ladder.floors]
    lines = format_table(header, rows + below).splitlines()
    if below:
        lines.insert(2 + len(rows), lines[1])
    told, pairs = ladder.separable
    said = [f"{told} of {pairs} neighbours are told apart"] if pairs else []
    if not rows:
        said.append("No entry is ranked here yet")
    if ladder.resolvable is not None:
        gap = f"{ladder.resolvable:.4f}"
        said.append(f"a gap of {gap} would have told apart the pair that is measured best")
    if ladder.warning:
        said.append(ladder.warning)
    left_out = [f"not ranked: {slug}: {plain(why, 300)}" for slug, why in ladder.not_ranked.items()]
    return "\n".join(
        [ladder.heading, "", *lines, *(["; ".join(said) + "."] if said else []), *left_out]
    )


def _row(board: SuiteBoard, place: Place, others: Sequence[str]) -> list[str]:
    cards = {card.slug: card for card in board.cards}
    card = cards.get(place.slug)
    score = place.score
    ends = None if score.low is None or score.high is None else (score.low, score.high)
    rank = "" if not place.rank_low else _span(place.rank_low, place.rank_high)
    own = "" if card is None else plain(card.name, 40)
    cells = [
        f"{place.slug} {own!r}" if own and own != place.slug else place.slug,
        "" if card is None else plain(card.team, 30),
        rank,
        "" if place.tie_group is None else str(place.tie_group),
        format_value(score.value, "share"),
        format_interval(ends),
    ]
    none = Score("", None)
    if card is None:
        return [*cells, *([""] * (len(others) + len(_AFTER)))]
    axes = [format_value(card.scores.get(axis, none).value, "share") for axis in others]
    return [*cells, *axes, *_after(card, place)]


def _after(card: Card, place: Place) -> list[str]:
    gates = [passes(said) for said in card.gates.values()]
    marks = ["*"] if card.on_front else []
    marks += [] if place.paired else ["unpaired"]
    return [
        format_value(card.cost.get("macs"), ""),
        format_value(card.cost.get("training_seconds"), "seconds"),
        card.trust,
        f"{gates.count(True)}/{gates.count(False)}/{gates.count(None)}",
        " ".join(marks),
    ]


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}-{high}"
