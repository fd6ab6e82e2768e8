"""Where a number of the verdict comes from: by target, by negatives, and by test split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tfbs.benchmark.columns import COLUMNS, Column
from tfbs.benchmark.verdict import Cell, Row, mark, summarise

_BY_TARGET = ("auroc", "average_precision", "lift", "recall_at_fdr_10", "recall_at_fdr_50")
_BY_DESIGN = ("auroc", "lift", "recall_at_fdr_10", "summit_attribution_specificity_saliency")
_BY_SPLIT = ("auroc", "bayes_gap_auroc", "true_logit_pearson", "auroc_drop")
_UNRANKED = ("auroc_drop",)
"""A model at chance loses nothing: the least drop is not the best."""

_KNOWN = {column.name: column for column in COLUMNS}
_OTHERS = {
    "recall_at_fdr_50": Column("recall_at_fdr_50", "prediction", "recall at 50 % FDR"),
    "auroc_drop": Column("auroc_drop", "robustness", "drop in AUROC", higher_is_better=False),
}


@dataclass(frozen=True)
class Line:
    """What the rows of a verdict say of one target, design or test split.

    Attributes:
        name: Of the target, design or split.
        note: Bound examples of the test split, for a target.
        cells: One per row of the verdict.
    """

    name: str
    note: str
    cells: Sequence[Cell | None]


@dataclass(frozen=True)
class Breakdown:
    """One column of the verdict on one task, line by line.

    Attributes:
        task: Its name.
        by: `target`, `negatives` or `test split`.
        column: Which number.
        rows: Of the verdict, the columns of this table.
        lines: Targets in order, the mean last; or designs; or splits.
    """

    task: str
    by: str
    column: Column
    rows: Sequence[Row]
    lines: Sequence[Line]


def breakdowns(rows: Sequence[Row]) -> list[Breakdown]:
    """Returns what there is to break down: where there are several, by target, design and split.

    Args:
        rows: Of a verdict.
    """
    found = []
    for task in dict.fromkeys(row.task for row in rows):
        own = [row for row in rows if row.task == task]
        found += [
            *(_breakdown(own, "target", name, _targets(own)) for name in _BY_TARGET),
            *(_breakdown(own, "negatives", name, _designs(own)) for name in _BY_DESIGN),
            *(_breakdown(own, "test split", name, _tests(own)) for name in _BY_SPLIT),
        ]
    return [breakdown for breakdown in found if breakdown is not None]


def _targets(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Returns targets and their bound examples; nothing where there is one target."""
    dataset = rows[0].records[0]["dataset"]
    if len(dataset["targets"]) < 2:
        return []
    splits = dataset["splits"]
    bound = splits["test" if "test" in splits else "valid"]["positives"]
    counts = [f"{n:,}" for n in bound]
    return [*zip(dataset["targets"], counts, strict=True), ("mean", "")]


def _designs(rows: Sequence[Row]) -> list[tuple[str, str]]:
    metrics = (metric for row in rows for record in row.records for metric in record["metrics"])
    names = dict.fromkeys(metric["design"] for metric in metrics)
    return [(name, "") for name in names] if len(names) > 1 else []


def _tests(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Returns the test splits; nothing where there is one."""
    splits = rows[0].records[0]["dataset"]["splits"]
    names = [name for name in splits if name.startswith("test")]
    return [(name, "") for name in names] if len(names) > 1 else []


def _breakdown(
    rows: Sequence[Row], by: str, name: str, members: Sequence[tuple[str, str]]
) -> Breakdown | None:
    column = (_KNOWN | _OTHERS)[name]
    lines = []
    for member, note in members:
        cells = [_summary(row, column, by, member) for row in rows]
        if any(cell is not None for cell in cells):
            marked = cells if name in _UNRANKED else mark(cells, column)
            lines.append(Line(member, note, marked))
    return Breakdown(rows[0].task, by, column, rows, lines) if lines else None


def _summary(row: Row, column: Column, by: str, member: str) -> Cell | None:
    if by == "target":
        return summarise(row.records, column, target=member)
    if by == "negatives":
        return summarise(row.records, column, design=member)
    return summarise(row.records, column, splits=(member,))
