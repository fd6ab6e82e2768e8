"""Records as plain-text tables."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tfbs.benchmark.record import Record
from tfbs.benchmark.spec import RunSpec

SUITE_COLUMNS = (
    "auroc",
    "average_precision",
    "attribution_auroc_saliency",
    "attribution_aupr_saliency",
)


def format_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Returns rows under a header, columns aligned, the first to the left."""
    table = [list(header), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(header))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def metric_table(record: Record) -> str:
    """Returns all metrics of one record with their 95 % intervals."""
    rows = [
        (
            metric["name"],
            metric["target"],
            metric["split"],
            _number(metric["value"]),
            _interval(metric["interval"]),
            str(metric["n"]),
            metric["undefined_reason"] or "",
        )
        for metric in record["metrics"]
    ]
    rows += [
        (name, "", "cost", _amount(value), "", "", "") for name, value in record["cost"].items()
    ]
    return format_table(("metric", "target", "split", "value", "95 % interval", "n", ""), rows)


def suite_table(records: Iterable[Record], columns: Sequence[str] = SUITE_COLUMNS) -> str:
    """Returns one line per task, architecture and regime: medians over seeds.

    With one seed, the interval is that of the run; with more, the range over seeds.
    """
    groups: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for record in records:
        groups[row_key(record)].append(record)
    used = [name for name in columns if any(headline(r, name) for g in groups.values() for r in g)]
    rows = []
    for (task, architecture, regime), members in groups.items():
        cells = [_summary([headline(r, name) for r in members]) for name in used]
        rows.append((f"{task} {architecture} {regime}", str(len(members)), *cells))
    return format_table(("run", "seeds", *used), rows)


def row_key(record: Record) -> tuple[str, str, str]:
    """Returns task, architecture with its non-default settings, and regime of a record."""
    from tfbs.architectures import ARCHITECTURES
    from tfbs.benchmark.training import REGIMES

    spec = record["spec"]
    task = RunSpec.from_json(spec).task_name
    name, regime = spec["architecture"]["name"], spec["regime"]["name"]
    settings = _changed(spec["architecture"]["hyperparameters"], ARCHITECTURES[name].resolve({}))
    procedure = _changed(spec["regime"]["parameters"], REGIMES[regime].defaults())
    return task, name + settings, regime + procedure


def _changed(values: Mapping[str, object], usual: Mapping[str, object]) -> str:
    words = [f"{key}={value}" for key, value in values.items() if usual.get(key) != value]
    return f"[{','.join(words)}]" if words else ""


def headline(record: Record, name: str) -> dict[str, Any] | None:
    """Returns the metric of that name, averaged over targets where there are several."""
    found = [m for m in record["metrics"] if m["name"] == name]
    mean = [m for m in found if m["target"] == "mean"]
    return (mean or found or [None])[0]


def _summary(metrics: Sequence[dict[str, Any] | None]) -> str:
    values = [m["value"] for m in metrics if m is not None and m["value"] is not None]
    if not values:
        return "-"
    centre = statistics.median(values)
    if len(values) > 1:
        return f"{centre:.3f} ({min(values):.3f}-{max(values):.3f})"
    interval = next(m["interval"] for m in metrics if m is not None)
    return f"{centre:.3f} {_interval(interval)}".rstrip()


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"


def _interval(interval: Sequence[float] | None) -> str:
    return f"[{interval[0]:.3f}, {interval[1]:.3f}]" if interval else ""


def _amount(value: float | None) -> str:
    return "-" if value is None else f"{value:,.6g}"
