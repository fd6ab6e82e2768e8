"""What every line took."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from tfbs.benchmark.columns import Unit
from tfbs.benchmark.formatting import format_value
from tfbs.benchmark.report.section import Material, Section
from tfbs.benchmark.table import Table
from tfbs.benchmark.verdict import Row

_COSTS: dict[str, tuple[str, Unit]] = {
    "parameters": ("parameters", "count"),
    "macs": ("MACs of a sequence", "operations"),
    "training_seconds": ("training", "seconds"),
    "training_examples_per_second": ("sequences/s in training", "count"),
    "forward_passes_per_example": ("forward passes of a training sequence", "ratio"),
    "backward_passes_per_example": ("backward passes of a training sequence", "ratio"),
    "evaluation_seconds": ("evaluation", "seconds"),
    "peak_memory_bytes": ("peak memory, bytes", "operations"),
}


def cost_section(material: Material) -> Section:
    """Returns a table of what was counted and timed, medians over seeds."""
    section = Section(
        "cost",
        "Cost",
        "Medians over seeds. Counts are exact; seconds and memory are those of the machine of the "
        "run, alone or not, and compare only between runs of one machine.",
    )
    known = [name for name in _COSTS if any(_cost(row, name) is not None for row in material.rows)]
    if known:
        section.tables.append(_table(material.rows, known))
    return section


def _table(rows: Sequence[Row], names: list[str]) -> Table:
    lines, data = [], []
    for row in rows:
        values = {name: _cost(row, name) for name in names}
        shown = [format_value(value, _COSTS[name][1]) for name, value in values.items()]
        lines.append((row.task, row.architecture, row.regime, *shown))
        spec = {"task": row.task, "architecture": row.architecture, "regime": row.regime}
        data.append({**spec, "seeds": len(row.records), **values})
    header = ("task", "architecture", "regime", *(_COSTS[name][0] for name in names))
    return Table("cost", "Cost", header, lines, data)


def _cost(row: Row, name: str) -> float | None:
    found = [record["cost"][name] for record in row.records if name in record["cost"]]
    known = [value for value in found if value is not None]
    return float(statistics.median(known)) if known else None
