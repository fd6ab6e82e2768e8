"""The verdict on records: one line per task, architecture and regime, one column per number."""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tfbs.benchmark.convergence import caveat
from tfbs.benchmark.formatting import format_interval
from tfbs.benchmark.record import Record
from tfbs.benchmark.spec import FITTED, RunSpec
from tfbs.errors import UserError

Unit = Literal["share", "ratio", "count", "operations", "seconds"]
Settings = Mapping[str, object]
Usual = Callable[[Record], tuple[Settings, Settings]]
"""Returns the settings of a record's architecture and regime that go without saying."""


@dataclass(frozen=True)
class Column:
    """A column of the verdict.

    Attributes:
        name: Of the metric, or of the entry of a record's cost.
        axis: `prediction`, `interpretability`, `robustness` or `cost`.
        heading: For people.
        higher_is_better: The direction.
        chance: Name of the metric that says what chance gives.
        unit: `share` for numbers up to 1, `ratio` for larger ones, `count`, `operations` or
            `seconds`.
        note: One sentence, where the glossary of metrics has none.
    """

    name: str
    axis: str
    heading: str
    higher_is_better: bool = True
    chance: str | None = None
    unit: Unit = "share"
    note: str = ""


_LIST = re.compile(r"\['([^']*)'((?:, '[^']*'){2,})\]")

_MAPS = {"ism": "ISM", "integrated_gradients": "IG", "deepshap": "DeepSHAP"}

COLUMNS = (
    Column("auroc", "prediction", "AUROC"),
    Column("average_precision", "prediction", "average precision"),
    Column("lift", "prediction", "lift", unit="ratio"),
    Column("recall_at_fdr_10", "prediction", "recall at 10 % FDR"),
    Column("bayes_gap_auroc", "prediction", "share of the Bayes gap"),
    Column("true_logit_pearson", "prediction", "true logit correlation"),
    Column("attribution_auroc_saliency", "interpretability", "attribution AUROC"),
    Column(
        "attribution_aupr_saliency",
        "interpretability",
        "attribution AUPR",
        chance="attribution_aupr_chance",
    ),
    *(
        Column(f"attribution_auroc_{name}", "interpretability", f"attribution AUROC, {words}")
        for name, words in _MAPS.items()
    ),
    Column("summit_attribution_auroc_saliency", "interpretability", "summit AUROC"),
    Column(
        "summit_attribution_aupr_saliency",
        "interpretability",
        "summit AUPR",
        chance="summit_attribution_aupr_chance",
    ),
    Column(
        "summit_attribution_specificity_saliency", "interpretability", "summit specificity AUROC"
    ),
    Column(
        "attribution_exact_correlation_saliency", "interpretability", "exact effect correlation"
    ),
    *(
        Column(
            f"attribution_exact_correlation_{name}",
            "interpretability",
            f"exact effect correlation, {words}",
        )
        for name, words in _MAPS.items()
    ),
    Column(
        "instance_recovery_deepshap",
        "interpretability",
        "motifs recovered, DeepSHAP",
        chance="instance_recovery_chance_deepshap",
    ),
    Column(
        "pwm_cosine_deepshap",
        "interpretability",
        "cosine to the motif, DeepSHAP",
        chance="pwm_cosine_shuffled_deepshap",
    ),
    Column("jaspar_auroc_saliency", "interpretability", "JASPAR hits AUROC"),
    Column("jaspar_auroc_deepshap", "interpretability", "JASPAR hits AUROC, DeepSHAP"),
    Column(
        "deletion_auc_deepshap",
        "interpretability",
        "deletion area, DeepSHAP",
        higher_is_better=False,
        chance="deletion_auc_random",
    ),
    Column(
        "insertion_auc_deepshap",
        "interpretability",
        "insertion area, DeepSHAP",
        chance="insertion_auc_random",
    ),
    Column("pair_interaction_correlation", "interpretability", "true pair correlation"),
    Column("pair_interaction_auroc", "interpretability", "planted pair AUROC"),
    Column("gia_motif_spearman", "interpretability", "true effects of motifs, GIA"),
    Column("gia_variant_spearman", "interpretability", "true effects of substitutions, GIA"),
    Column(
        "gia_spacing_error",
        "interpretability",
        "error of spacing profiles, GIA",
        higher_is_better=False,
        unit="ratio",
    ),
    Column(
        "gia_decoy_effect",
        "interpretability",
        "effect of decoys, GIA",
        higher_is_better=False,
        unit="ratio",
    ),
    Column("filter_truth_fraction", "interpretability", "filters with a motif of the task"),
    Column(
        "filter_false_fraction",
        "interpretability",
        "filters with another motif",
        higher_is_better=False,
    ),
    Column("auroc_pgd_0.02", "robustness", "AUROC, PGD ε 0.02"),
    Column("auroc_substitution_0.05", "robustness", "AUROC, 5 % substituted"),
    Column("reverse_complement_correlation", "robustness", "strand correlation"),
    Column(
        "parameters",
        "cost",
        "parameters",
        higher_is_better=False,
        unit="count",
        note="Numbers in the model, trainable or not.",
    ),
    Column(
        "macs",
        "cost",
        "MACs",
        higher_is_better=False,
        unit="operations",
        note="Multiply-accumulate operations of one forward pass of one sequence.",
    ),
    Column(
        "training_seconds",
        "cost",
        "training time",
        higher_is_better=False,
        unit="seconds",
        note="Wall time of the training, on the machine of the run.",
    ),
)


HEADLINE_SPLITS = ("test", "probe", "valid", "valid_probe")
"""A record has the first two, or, of a trial of a sweep, the others."""


@dataclass(frozen=True)
class Cell:
    """What one line of the verdict says in one column.

    Attributes:
        value: The run's number, or the median over seeds; None where it is undefined.
        interval: The run's 95 % interval, or the range over seeds.
        over_seeds: Whether the interval is a range over seeds.
        chance: What chance gives.
        reason: Why the value is None.
        mark: `best` of the task, `near` where its interval overlaps that of the best.
    """

    value: float | None
    interval: tuple[float, float] | None = None
    over_seeds: bool = False
    chance: float | None = None
    reason: str | None = None
    mark: Literal["best", "near", ""] = ""

    def overlaps(self, other: Cell) -> bool:
        """Returns whether both intervals are known and have a point in common."""
        if self.interval is None or other.interval is None:
            return False
        return self.interval[0] <= other.interval[1] and other.interval[0] <= self.interval[1]

    def spread(self, unit: str) -> str:
        """Returns the interval in brackets, or the range over seeds in parentheses, if known."""
        text = format_interval(self.interval, unit)
        return f"({text[1:-1]})" if self.over_seeds else text

    def is_apart(self, other: Cell) -> bool:
        """Returns whether both intervals are known and have no point in common."""
        known = self.interval is not None and other.interval is not None
        return known and not self.overlaps(other)


@dataclass(frozen=True)
class Row:
    """The records of one task, architecture and regime, one per seed.

    Attributes:
        task: Name of the task.
        architecture: Its name, with the settings worth saying.
        regime: Its name, with the settings worth saying.
        records: By seed.
        cells: By name of the column; a column that no record has is missing.
    """

    task: str
    architecture: str
    regime: str
    records: tuple[Record, ...]
    cells: Mapping[str, Cell] = field(default_factory=dict)

    @property
    def is_fitted(self) -> bool:
        """Whether it is a floor, whose fit does not depend on the seed."""
        return all(record["spec"]["regime"]["name"] == FITTED for record in self.records)

    @property
    def caveat(self) -> str:
        """How many of the records did not converge, and how; empty where all did."""
        return caveat(self.records)


def verdict(
    records: Iterable[Record],
    usual: Usual | None = None,
    columns: Sequence[Column] = COLUMNS,
) -> list[Row]:
    """Returns one line per task, architecture and regime, task by task.

    Args:
        records: Of any tasks.
        usual: What goes without saying; by default `registered_settings`.
        columns: What to summarise.
    """
    groups: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for record in records:
        groups[row_key(record, usual or registered_settings)].append(record)
    rows = []
    names = brief([architecture for _, architecture, _ in groups])
    for (task, architecture, regime), members in groups.items():
        members.sort(key=lambda record: record["spec"]["seed"])
        found = ((column.name, summarise(members, column)) for column in columns)
        cells = {name: cell for name, cell in found if cell is not None}
        rows.append(Row(task, names[architecture], regime, tuple(members), cells))
    tasks = list(dict.fromkeys(row.task for row in rows))
    return _marked(sorted(rows, key=lambda row: tasks.index(row.task)), columns)


def brief(names: Iterable[str]) -> dict[str, str]:
    """Returns each name with lists of three or more shortened, unless two would read the same.

    Args:
        names: Of architectures, with settings.
    """
    short = {
        name: _LIST.sub(lambda found: f"[{found[1]} +{found[2].count(',')}]", name)
        for name in names
    }
    times = Counter(short.values())
    return {name: own if times[own] == 1 else name for name, own in short.items()}


def columns_of(rows: Iterable[Row], columns: Sequence[Column] = COLUMNS) -> list[Column]:
    """Returns the columns that at least one line has."""
    names = {name for row in rows for name in row.cells}
    return [column for column in columns if column.name in names]


def row_key(record: Record, usual: Usual) -> tuple[str, str, str]:
    """Returns task, architecture and regime of a record, with their unusual settings."""
    spec = record["spec"]
    architecture, regime = usual(record)
    return (
        RunSpec.from_json(spec).task_name,
        spec["architecture"]["name"]
        + _bracketed(changed(spec["architecture"]["hyperparameters"], architecture)),
        spec["regime"]["name"]
        + _bracketed(changed(spec["regime"]["parameters"], regime) | spec.get("numerics", {})),
    )


def registered_settings(record: Record) -> tuple[Settings, Settings]:
    """Returns the defaults of a record's architecture and regime; imports all of them.

    Where one is not installed here, all of its settings count as usual.
    """
    from tfbs.architectures import ARCHITECTURES
    from tfbs.benchmark.training import REGIMES

    architecture, regime = record["spec"]["architecture"], record["spec"]["regime"]
    try:
        hyperparameters = ARCHITECTURES[architecture["name"]].resolve({})
    except UserError:
        hyperparameters = architecture["hyperparameters"]
    try:
        parameters = REGIMES[regime["name"]].defaults()
    except UserError:
        parameters = regime["parameters"]
    return hyperparameters, parameters


def shared_settings(records: Iterable[Record]) -> Usual:
    """Returns as usual what all records of an architecture, or of a regime, have in common.

    Needs no registry, so it is fast and knows architectures that are not installed.
    """
    common: dict[tuple[str, str], dict[str, object]] = {}
    for record in records:
        for part, key in (("architecture", "hyperparameters"), ("regime", "parameters")):
            name, values = record["spec"][part]["name"], record["spec"][part][key]
            known = common.setdefault((part, name), dict(values))
            for setting in [s for s in known if values.get(s) != known[s] or s not in values]:
                del known[setting]
    return lambda record: (
        common["architecture", record["spec"]["architecture"]["name"]],
        common["regime", record["spec"]["regime"]["name"]],
    )


def changed(values: Settings, usual: Settings) -> dict[str, object]:
    """Returns the settings that are not the usual ones."""
    return {
        name: value for name, value in values.items() if name not in usual or usual[name] != value
    }


def headline(
    record: Record,
    name: str,
    target: str | None = None,
    design: str = "all",
    splits: Sequence[str] = HEADLINE_SPLITS,
) -> dict[str, Any] | None:
    """Returns the metric of that name on the test split, or on the probe set made of it.

    An entry of the record's cost comes back in the same form, without interval.

    Args:
        record: Of a run.
        name: Of the metric.
        target: Of a label column; by default the mean where there are several.
        design: Which negatives.
        splits: Where else it may come from.
    """
    found = [
        m
        for m in record["metrics"]
        if m["name"] == name
        and m["design"] == design
        and m["split"] in splits
        and target in (None, m["target"])
    ]
    mean = [m for m in found if m["target"] == "mean"]
    if found:
        return (mean or found)[0]
    if name in record["cost"]:
        return {"value": record["cost"][name], "interval": None, "undefined_reason": None}
    return None


def summarise(
    records: Sequence[Record],
    column: Column,
    target: str | None = None,
    design: str = "all",
    splits: Sequence[str] = HEADLINE_SPLITS,
) -> Cell | None:
    """Returns what records that differ in their seeds say in a column; None where none has it.

    Args:
        records: Of one line.
        column: Which metric.
        target: See `headline`.
        design: See `headline`.
        splits: See `headline`.
    """
    metrics = (headline(record, column.name, target, design, splits) for record in records)
    found = [metric for metric in metrics if metric]
    if not found:
        return None
    values = [metric["value"] for metric in found if metric["value"] is not None]
    if not values:
        return Cell(None, reason=found[0]["undefined_reason"])
    interval = tuple(found[0]["interval"] or ()) or None
    if len(values) > 1:
        interval = (min(values), max(values)) if min(values) < max(values) else None
    return Cell(
        value=statistics.median(values),
        interval=interval,
        over_seeds=len(values) > 1 and interval is not None,
        chance=_chance(records, column),
    )


def _bracketed(settings: Settings) -> str:
    words = [f"{key}={value}" for key, value in settings.items()]
    return f"[{', '.join(words)}]" if words else ""


def _chance(records: Sequence[Record], column: Column) -> float | None:
    if column.chance is None:
        return None
    found = [metric for metric in (headline(r, column.chance) for r in records) if metric]
    values = [metric["value"] for metric in found if metric["value"] is not None]
    return statistics.median(values) if values else None


def mark(cells: Sequence[Cell | None], column: Column) -> list[Cell | None]:
    """Returns the cells, where several are known with the best and those near it marked."""
    known = [cell for cell in cells if cell is not None and cell.value is not None]
    if len(known) < 2:
        return list(cells)
    choose = max if column.higher_is_better else min
    best = choose(known, key=_value)

    def marked(cell: Cell | None) -> Cell | None:
        if cell is None or cell.value is None:
            return cell
        if cell.value == best.value:
            return replace(cell, mark="best")
        return replace(cell, mark="near") if cell.overlaps(best) else cell

    return [marked(cell) for cell in cells]


def _marked(rows: Sequence[Row], columns: Sequence[Column]) -> list[Row]:
    """Returns the rows with the best of each task marked."""
    cells: list[dict[str, Cell]] = [{} for _ in rows]
    for task in dict.fromkeys(row.task for row in rows):
        places = [index for index, row in enumerate(rows) if row.task == task]
        for column in columns:
            found = mark([rows[index].cells.get(column.name) for index in places], column)
            for index, cell in zip(places, found, strict=True):
                if cell is not None:
                    cells[index][column.name] = cell
    return [replace(row, cells=own) for row, own in zip(rows, cells, strict=True)]


def _value(cell: Cell) -> float:
    return float("nan") if cell.value is None else cell.value
