"""Where the other axes disagree with accuracy, in sentences computed from the numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tfbs.benchmark.columns import Column
from tfbs.benchmark.formatting import format_value
from tfbs.benchmark.statistics.seeds import MINIMUM_SEEDS
from tfbs.benchmark.verdict import Cell, Row, columns_of

ACCURACY = "auroc"
_SIZES = ("macs", "parameters")
_FEW = (
    f"Where a network has fewer than {MINIMUM_SEEDS} seeds, this is of its trained models alone: "
    "its recipe is called neither better nor worse."
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@dataclass(frozen=True)
class Judgement:
    """What is said of one task.

    Attributes:
        task: Its name.
        most_accurate: One sentence; where a row has too few seeds, another that says so.
        disagreements: One sentence per column that disagrees beyond the intervals.
    """

    task: str
    most_accurate: str
    disagreements: tuple[str, ...]


def judge(rows: Sequence[Row], columns: Sequence[Column]) -> list[Judgement]:
    """Returns one judgement per task with an AUROC of at least two rows.

    A difference is called one only where two intervals, or ranges over seeds, have no point in
    common. That is no test: `tfbs compare` makes those.
    """
    judgements = []
    for task in dict.fromkeys(row.task for row in rows):
        known = [row for row in rows if row.task == task and _number(row, ACCURACY) is not None]
        if len(known) > 1:
            judgements.append(_judge(task, known, columns_of(known, columns)))
    return judgements


def _judge(task: str, rows: list[Row], columns: Sequence[Column]) -> Judgement:
    accuracy = Column(ACCURACY, "prediction", "AUROC")
    leader = _best(rows, accuracy)
    level = [row for row in rows if row is not leader and not _apart(row, leader, accuracy)]
    sentence = f"{name(leader)} has the highest AUROC: {_said(leader, accuracy)}"
    sentence += f", not to be told from {_listed(level)}." if level else "."
    if any(len(row.records) < MINIMUM_SEEDS and not row.is_fitted for row in rows):
        sentence += f" {_FEW}"
    found = []
    for column in columns:
        if column.axis not in ("interpretability", "robustness"):
            continue
        comparable = [row for row in rows if _number(row, column.name) is not None]
        if leader in comparable and len(comparable) > 1:
            found.append(_compare(leader, comparable, accuracy, column))
    found.append(_cheaper(leader, level, columns))
    return Judgement(task, sentence, tuple(text for text in found if text))


def _compare(leader: Row, rows: Sequence[Row], accuracy: Column, column: Column) -> str | None:
    """Returns the strongest disagreement of one column with accuracy."""
    best = _best(rows, column)
    if best is not leader and _apart(best, leader, column):
        better = sum(_is_better(row, leader, column) for row in rows)
        return (
            f"The highest in AUROC, {name(leader)}, is only {_ordinal(better)} of {len(rows)} in "
            f"{column.heading}: {_said(leader, column)}, against {_said(best, column)} of "
            f"{name(best)}."
        )
    for first, second in _widest(rows, accuracy, column):
        return (
            f"{name(first)} has a higher AUROC than {name(second)} ({_said(first, accuracy)} "
            f"against {_said(second, accuracy)}) but is worse in {column.heading}: "
            f"{_said(first, column)} against {_said(second, column)}."
        )
    level = [row for row in rows if row is not leader and not _apart(row, leader, accuracy)]
    worse = [row for row in level if _apart(row, leader, column)]
    if not worse:
        return None
    worst = min(worse, key=lambda row: _oriented(row, column))
    return (
        f"AUROC does not tell {name(leader)} ({_said(leader, accuracy)}) from {name(worst)} "
        f"({_said(worst, accuracy)}), {column.heading} does: {_said(leader, column)} against "
        f"{_said(worst, column)}."
    )


def _widest(rows: Sequence[Row], accuracy: Column, column: Column) -> Iterator[tuple[Row, Row]]:
    """Yields pairs of a more accurate row that is worse in a column, widest gap first."""
    pairs = [
        (first, second)
        for first, second in itertools.permutations(rows, 2)
        if _is_better(first, second, accuracy)
        and _apart(first, second, accuracy)
        and _is_better(second, first, column)
        and _apart(first, second, column)
    ]
    yield from sorted(
        pairs, key=lambda pair: _oriented(pair[0], column) - _oriented(pair[1], column)
    )


def _cheaper(leader: Row, level: Sequence[Row], columns: Sequence[Column]) -> str | None:
    """Says which row that AUROC does not tell from the leader needs the least."""
    for column in (column for size in _SIZES for column in columns if column.name == size):
        known = [row for row in level if _number(row, column.name) is not None]
        if _number(leader, column.name) is None or not known:
            continue
        smallest = _best(known, column)
        if not _is_better(smallest, leader, column):
            return None
        return (
            f"AUROC does not tell {name(smallest)} from {name(leader)}, which has "
            f"{_said(leader, column)} {column.heading} instead of {_said(smallest, column)}."
        )
    return None


def name(row: Row) -> str:
    """Returns what a row is called within its task."""
    return f"{row.architecture} ({row.regime})"


def _cell(row: Row, column: str) -> Cell:
    return row.cells.get(column) or Cell(None)


def _number(row: Row, column: str) -> float | None:
    return _cell(row, column).value


def _oriented(row: Row, column: Column) -> float:
    """Returns a row's number, negated where less is better."""
    value = _number(row, column.name)
    assert value is not None  # noqa: S101  (rows without it are left out before)
    return value if column.higher_is_better else -value


def _best(rows: Sequence[Row], column: Column) -> Row:
    return max(rows, key=lambda row: _oriented(row, column))


def _is_better(first: Row, second: Row, column: Column) -> bool:
    return _oriented(first, column) > _oriented(second, column)


def _apart(first: Row, second: Row, column: Column) -> bool:
    """Returns whether intervals have no point in common and the numbers differ as written."""
    cells = _cell(first, column.name), _cell(second, column.name)
    written = {format_value(cell.value, column.unit) for cell in cells}
    return cells[0].is_apart(cells[1]) and len(written) == 2


def _said(row: Row, column: Column) -> str:
    cell = _cell(row, column.name)
    return f"{format_value(cell.value, column.unit)} {cell.spread(column.unit)}".strip()


def _ordinal(better: int) -> str:
    return _ORDINALS[better] if better < len(_ORDINALS) else f"{better + 1}th"


def _listed(rows: Sequence[Row]) -> str:
    names = [name(row) for row in rows]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
