"""All axes of a suite's architectures side by side, a Markdown table per task."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from tfbs.benchmark.axes import fronts
from tfbs.benchmark.columns import COLUMNS, Column
from tfbs.benchmark.convergence import Convergence
from tfbs.benchmark.formatting import format_value
from tfbs.benchmark.record import Record
from tfbs.benchmark.report.markdown import in_order, protocols_in_words
from tfbs.benchmark.report.verdict_table import PARETO
from tfbs.benchmark.settings import Usual, row_key, shared_settings
from tfbs.benchmark.spec import RunSpec
from tfbs.benchmark.suite import Suite
from tfbs.benchmark.table import markdown_table
from tfbs.benchmark.verdict import Row, columns_of, verdict
from tfbs.errors import UserError

ACCURACY = "auroc"
EXPLAINED = ("saliency", "ism", "integrated_gradients", "deepshap")
_SHOWN = (
    "parameters",
    ACCURACY,
    "average_precision",
    "recall_at_fdr_10",
    *(f"attribution_auroc_{name}" for name in EXPLAINED),
    "auroc_pgd_0.02",
    "auroc_substitution_0.05",
    "macs",
    "training_seconds",
    "training_examples_per_second",
)
_KNOWN = {column.name: column for column in COLUMNS} | {
    "training_examples_per_second": Column(
        "training_examples_per_second", "cost", "sequences/s in training", unit="count"
    )
}
COLUMNS_SHOWN = tuple(_KNOWN[name] for name in _SHOWN)
LEADERS = (ACCURACY, "attribution_auroc_saliency", "auroc_pgd_0.02", "training_seconds")
"""One column of each axis, whose best is named."""

AGAINST_ACCURACY = (
    *(f"attribution_auroc_{name}" for name in EXPLAINED),
    "auroc_pgd_0.02",
    "macs",
)
"""Columns whose rank correlation with accuracy is given."""


def side_by_side(suite: Suite, specs: Sequence[RunSpec], records: Iterable[Record]) -> str:
    """Returns a page of Markdown.

    Args:
        suite: The suite.
        specs: All of its runs.
        records: Of those that are finished; others are left out.
    """
    own = {spec.id for spec in specs}
    known = in_order(record for record in records if record["id"] in own)
    usual = shared_settings({"spec": spec.to_json()} for spec in specs)
    rows = verdict(known, usual, COLUMNS_SHOWN)
    finished = {record["id"] for record in known}
    pending = [spec for spec in specs if spec.id not in finished]
    parts = [
        f"# Suite {suite.name}, version {suite.version}, side by side",
        f"{suite.description} {len(known)} of {len(specs)} runs are finished. Written by "
        f"`tfbs report {suite.name} --side-by-side` from the records; "
        f"{protocols_in_words(suite)}. Each number is the median over so many seeds, the best of "
        f"a column in bold, {PARETO} on the Pareto front of its task; intervals and ranges are in "
        f"the tables of `tfbs report {suite.name} --markdown`. *Converged* counts trainings by the "
        "rule on the page of [runs](runs.md).",
    ]
    for task in dict.fromkeys(spec.task_name for spec in specs):
        parts += _task(task, [row for row in rows if row.task == task])
        parts += _pending([spec for spec in pending if spec.task_name == task], usual)
    return "\n\n".join(parts) + "\n"


def _task(task: str, rows: Sequence[Row]) -> list[str]:
    """Returns heading, sentences and table of a task."""
    heading = f"## {task}"
    if not rows:
        return [heading]
    found = fronts(rows)
    said = [*_leaders(rows), *(front.sentence for front in found), *_correlations(rows)]
    on_front = {id(row) for front in found for row in front.best}
    parts = [heading, "\n".join(f"* {sentence}" for sentence in said), _table(rows, on_front)]
    return [part for part in parts if part]


def _table(rows: Sequence[Row], on_front: set[int]) -> str:
    columns = columns_of(rows, COLUMNS_SHOWN)
    header = ["architecture", "family", "regime", "seeds", "converged"]
    lines = [
        [
            f"{row.architecture} {PARETO}" if id(row) in on_front else row.architecture,
            _family(row),
            row.regime,
            str(len(row.records)),
            _converged(row),
            *(_cell(row, column) for column in columns),
        ]
        for row in sorted(rows, key=lambda row: -(_value(row, ACCURACY) or 0))
    ]
    return markdown_table([*header, *(column.heading for column in columns)], lines)


def _family(row: Row) -> str:
    from tfbs.architectures import ARCHITECTURES

    try:
        return ARCHITECTURES[row.records[0]["spec"]["architecture"]["name"]].family
    except UserError:
        return "not installed"


def _converged(row: Row) -> str:
    found = [Convergence.of(record) for record in row.records]
    judged = [convergence for convergence in found if convergence is not None]
    good = sum(convergence.status == "converged" for convergence in judged)
    return f"{good} of {len(judged)}" if judged else ""


def _value(row: Row, name: str) -> float | None:
    cell = row.cells.get(name)
    return None if cell is None else cell.value


def _cell(row: Row, column: Column) -> str:
    cell = row.cells.get(column.name)
    if cell is None or cell.value is None:
        return "" if cell is None or cell.reason is None else "undefined"
    value = format_value(cell.value, column.unit)
    return f"**{value}**" if cell.mark == "best" else value


def _leaders(rows: Sequence[Row]) -> list[str]:
    """Returns a sentence that names the best of each axis."""
    best = [
        f"in {_KNOWN[name].heading} {row.architecture} ({_cell(row, _KNOWN[name]).strip('*')})"
        for name in LEADERS
        for row in rows
        if name in row.cells and row.cells[name].mark == "best"
    ]
    if not best:
        return []
    return [f"Best of {len(rows)}, by the medians, told apart or not: {', '.join(best)}."]


def _correlations(rows: Sequence[Row]) -> list[str]:
    """Returns how other columns rank the architectures compared with AUROC."""
    from scipy.stats import spearmanr

    sentences = []
    for name in AGAINST_ACCURACY:
        pairs = [
            (accuracy, other)
            for row in rows
            if (accuracy := _value(row, ACCURACY)) is not None
            and (other := _value(row, name)) is not None
        ]
        if len(pairs) < 3 or any(len(set(values)) < 2 for values in zip(*pairs, strict=True)):
            continue
        found = spearmanr(*zip(*pairs, strict=True))
        sentences.append(
            f"AUROC and {_KNOWN[name].heading}: Spearman correlation {found.statistic:.2f} over "
            f"{len(pairs)} lines, some of which are variants of one network."
        )
    return sentences


def _pending(specs: Sequence[RunSpec], usual: Usual) -> list[str]:
    """Returns a sentence that names what is not finished yet."""
    seeds: dict[tuple[str, str], list[int]] = defaultdict(list)
    for spec in specs:
        _, architecture, regime = row_key({"spec": spec.to_json()}, usual)
        seeds[architecture, regime].append(spec.seed)
    several = len(seeds) > len({architecture for architecture, _ in seeds})
    named = [
        f"{architecture}{f' {regime}' if several else ''} ({', '.join(map(str, own))})"
        for (architecture, regime), own in seeds.items()
    ]
    return [f"Pending, with their seeds: {', '.join(named)}."] if named else []
