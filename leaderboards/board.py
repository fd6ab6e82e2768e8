"""From the files of a board to its standings: no task data, no TensorFlow, no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tfbs.benchmark.suite import Suite
from tfbs.errors import UserError
from tfbs.leaderboards.arrays_file import read_arrays
from tfbs.leaderboards.cards import card_of, is_floor
from tfbs.leaderboards.cells import Cell, Where, cells_of
from tfbs.leaderboards.dream import dream_ladder
from tfbs.leaderboards.entries import (
    RANKED_FROM,
    Entry,
    read_board,
    suite_folder,
    verdict_file,
    within,
)
from tfbs.leaderboards.estimates import lacking
from tfbs.leaderboards.floors import missing_floors
from tfbs.leaderboards.front import marked
from tfbs.leaderboards.ladder import CONSTANT, Contender, make_ladder
from tfbs.leaderboards.names import plain
from tfbs.leaderboards.schemes import Scheme, schemes
from tfbs.leaderboards.stale import stale
from tfbs.leaderboards.standings import Card, Ladder, Score, SuiteBoard, TaskCard
from tfbs.leaderboards.task_file import (
    RANKED_AXES,
    TaskFile,
    TruthRows,
    read_task_file,
    read_truth_rows,
    task_path,
)
from tfbs.leaderboards.untrusted import Unusable


@dataclass(frozen=True)
class Standing:
    """An entry with what it is ranked by.

    Attributes:
        entry: As it was read.
        stale: Why it is of other data, metrics or protocols than the board's; else empty.
        examples: Its numbers per example.
        cells: Its headline numbers.
    """

    entry: Entry
    stale: str
    examples: Mapping[str, np.ndarray]
    cells: Mapping[Where, Cell]

    def barred(self, scheme: Scheme, lost: Sequence[str]) -> str:
        """Returns why the entry has no place in a ranking; empty where it has one.

        Args:
            scheme: Of the ranking.
            lost: Tasks of the suite that the board cannot read.
        """
        if self.entry.verdict is None:
            return self.entry.note
        if lost and not scheme.alone:
            return f"the board cannot read task {', '.join(lost)}"
        if self.stale:
            return f"stale: {self.stale}"
        weighed = {where.axis for where in scheme.weights}
        for axis in RANKED_AXES:
            if axis in weighed and not self.entry.ranks(axis):
                note = f": {self.entry.note}" if self.entry.note else ""
                return f"{self.entry.trust}, {axis} ranks from {RANKED_FROM[axis]} on{note}"
        return lacking(self.cells, scheme.weights)


def suite_board(board: Path, suite: Suite) -> SuiteBoard:
    """Returns the standings of a suite.

    Args:
        board: With `entries/`, `verdicts/` and `tasks/`.
        suite: One version of it.
    """
    read = read_board(board, suite)
    problems = list(read.problems)
    tasks, truths = _tasks(board, suite, problems)
    standings = [
        _standing(entry, suite, tasks, truths, read.entries, problems) for entry in read.entries
    ]
    lost = [name for name in suite.tasks if name not in tasks]
    ladders = [_ladder(scheme, standings, tasks, lost) for scheme in schemes([*tasks.values()])]
    ladders += _dream(standings, ladders)
    cards = marked([_card(standing, ladders) for standing in standings])
    return SuiteBoard(
        suite=suite.name,
        version=suite.version,
        description=suite.description,
        protocol=" and ".join(suite.protocols),
        tasks=tuple(_task_card(name, tasks.get(name), standings, ladders) for name in suite.tasks),
        ladders=tuple(ladders),
        cards=tuple(sorted(cards, key=lambda card: card.slug)),
        problems=tuple(problems),
    )


def _tasks(
    board: Path, suite: Suite, problems: list[str]
) -> tuple[dict[str, TaskFile], dict[str, TruthRows]]:
    """Returns what the board keeps of the suite's tasks, as far as it can be read."""
    files, truths = {}, {}
    for name in suite.tasks:
        path = task_path(board, suite_folder(suite), name)
        if not path.is_file():
            problems.append(f"task {name}: no entry was verified on it yet")
            continue
        try:
            files[name] = read_task_file(path)
            truths[name] = read_truth_rows(path, files[name])
        except (UserError, Unusable) as error:
            problems.append(f"task {name}: {within(board, error)}")
    return files, truths


def _standing(
    entry: Entry,
    suite: Suite,
    tasks: Mapping[str, TaskFile],
    truths: Mapping[str, TruthRows],
    everyone: Sequence[Entry],
    problems: list[str],
) -> Standing:
    examples: Mapping[str, np.ndarray] = {}
    if entry.verdict is not None and entry.verdict.examples is not None:
        file = verdict_file(entry.folder).with_suffix(".npz")
        try:
            examples = read_arrays(file, entry.verdict.examples)
        except Unusable as error:
            problems.append(f"{entry.suite}/{entry.slug}: {error}; it is compared without pairing")
    cells: dict[Where, Cell] = {}
    for name, task in tasks.items():
        cells |= cells_of(entry, task, truths.get(name), examples)
    return Standing(entry, stale(entry, suite, tasks, everyone), examples, cells)


def _ladder(
    scheme: Scheme,
    standings: Sequence[Standing],
    tasks: Mapping[str, TaskFile],
    lost: Sequence[str],
) -> Ladder:
    barred = {each.entry.slug: each.barred(scheme, lost) for each in standings}
    contenders = [
        Contender(
            each.entry.slug,
            plain(each.entry.name),
            each.cells,
            is_floor(each.entry),
            each.entry.verdict is not None
            and each.entry.verdict.recipe is not None
            and each.entry.verdict.recipe.fitted,
        )
        for each in standings
        if not barred[each.entry.slug]
    ]
    not_ranked = {slug: why for slug, why in barred.items() if why}
    references = {CONSTANT: 0.5, **scheme.ceilings(tasks)}
    return make_ladder(scheme.title, contenders, scheme.weights, not_ranked, references)


def _dream(standings: Sequence[Standing], ladders: Sequence[Ladder]) -> list[Ladder]:
    """Returns the ranking of the challenge, where the suite has tasks of it."""
    prediction = next((ladder for ladder in ladders if ladder.key == "prediction"), None)
    if prediction is None:
        return []
    known = {
        each.entry.slug: (each.entry, each.examples)
        for each in standings
        if each.entry.slug not in prediction.not_ranked and not is_floor(each.entry)
    }
    found = dream_ladder(known, prediction.not_ranked)
    return [] if found is None else [found]


def _card(standing: Standing, ladders: Sequence[Ladder]) -> Card:
    slug = standing.entry.slug
    scores = {}
    for ladder in ladders:
        if slug in ladder.not_ranked:
            scores[ladder.key] = Score(ladder.metric, None, reason=ladder.not_ranked[slug])
        for place in (*ladder.places, *ladder.floors):
            if place.slug == slug:
                scores[ladder.key] = place.score
    return card_of(standing.entry, standing.stale, standing.examples, scores)


def _task_card(
    name: str, task: TaskFile | None, standings: Sequence[Standing], ladders: Sequence[Ladder]
) -> TaskCard:
    if task is None:
        return TaskCard(name, "", "", {}, {}, ())
    warnings = [
        f"{axis}: {ladder.warning}"
        for ladder in ladders
        for axis in RANKED_AXES
        if ladder.key == f"{axis}/{name}" and ladder.warning
    ]
    runs = [
        (each.entry.slug, spec)
        for each in standings
        if each.entry.ranks("prediction") and not each.stale
        for spec in map(each.entry.spec, each.entry.records)
        if spec.task_name == name
    ]
    return TaskCard(
        name=name,
        version=task.version,
        fingerprint=task.fingerprint,
        splits=task.splits,
        ceilings=task.ceilings,
        families=tuple(sorted(set(task.families.values()))),
        floor_ties="; ".join(warnings),
        missing_floors=missing_floors(runs),
    )
