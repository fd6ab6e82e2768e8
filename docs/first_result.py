"""Draws the README's figure and prints its table, from the records of the suite architectures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tfbs.architectures import ARCHITECTURES
from tfbs.benchmark.formatting import format_value
from tfbs.benchmark.headline import headline
from tfbs.benchmark.record import Record, RecordFolder
from tfbs.benchmark.suite import read_suite
from tfbs.benchmark.table import markdown_table

FOLDER = Path(__file__).parent
TASK = ("synthetic_code", "medium")
SHOWN = 8
METRICS = ("auroc", "attribution_auroc_saliency", "auroc_pgd_0.02")
SIDES = [
    ((right, up), side)
    for up in (0, 7, -7, 14, -14, 21, -21, 28, -28)
    for right, side in ((6, "left"), (-6, "right"), (18, "left"), (-18, "right"))
]
"""Where a name may stand, in points from its point."""

HEADER = ("network", "family", "AUROC", "AUROC of its explanations", "AUROC under attack", "MACs")


def results() -> list[Record]:
    """Returns the finished runs of the suite's first task, seed 0, the best AUROC first."""
    records = RecordFolder(FOLDER.parent / "leaderboards" / "records")
    protocol = read_suite("architectures").protocol
    own = [
        record
        for record in records
        if (record["spec"]["task"]["name"], record["spec"]["task"]["config"]) == TASK
        and record["spec"]["protocol"] == protocol
        and record["spec"]["seed"] == 0
    ]
    return sorted(own, key=lambda record: -value(record, "auroc"))


def value(record: Record, metric: str) -> float:
    """Returns a number of a record; one that it lacks is an error."""
    found = headline(record, metric)
    if found is None or found["value"] is None:
        raise ValueError(f"record {record['id'][:12]} has no {metric}")
    return float(found["value"])


def name(record: Record) -> str:
    """Returns the architecture of a record."""
    return str(record["spec"]["architecture"]["name"])


def table(records: Sequence[Record]) -> str:
    """Returns the first lines in Markdown."""
    rows = [
        [
            name(record),
            ARCHITECTURES[name(record)].family,
            *(f"{value(record, metric):.3f}" for metric in METRICS),
            format_value(record["cost"]["macs"], "operations"),
        ]
        for record in records[:SHOWN]
    ]
    return str(markdown_table(HEADER, rows))


def draw(records: Sequence[Record]) -> Any:
    """Returns a figure: prediction against explanation, coloured by what an attack leaves."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    x, y, colour = ([value(record, metric) for record in records] for metric in METRICS)
    with mpl.rc_context({"font.size": 8, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(7.2, 3.8), layout="constrained")
        axes = figure.subplots()
        points = axes.scatter(x, y, c=colour, cmap="viridis", s=36, zorder=2)
        axes.grid(color="#e6e6ea", zorder=0)
        axes.set(
            xlabel="prediction: AUROC on the test split",
            ylabel="explanation: AUROC of saliency\nfor the positions that matter",
        )
        figure.colorbar(points, label="AUROC under attack (PGD, ε 0.02)")
        axes.margins(x=0.08)
        figure.draw_without_rendering()
        _label(axes, [name(record) for record in records], list(zip(x, y, strict=True)))
    return figure


def _label(axes: Any, names: Sequence[str], points: Sequence[tuple[float, float]]) -> None:
    """Writes each name on the first side of its point where no name or point is, with a line."""
    from matplotlib.transforms import Bbox

    centres = axes.transData.transform(points)
    taken = [Bbox.from_bounds(x - 4, y - 4, 8, 8) for x, y in centres]
    line = {"arrowstyle": "-", "color": "#9a9aa2", "linewidth": 0.5, "shrinkA": 0, "shrinkB": 3}
    for words, point in zip(names, points, strict=True):
        for offset, side in SIDES:
            own = {"textcoords": "offset points", "size": 6.5, "ha": side, "va": "center"}
            label = axes.annotate(words, point, offset, **own)
            box = label.get_window_extent()
            label.remove()
            if not any(box.overlaps(other) for other in taken):
                break
        far = abs(offset[0]) > 6 or abs(offset[1]) > 7
        axes.annotate(words, point, offset, **own, arrowprops=line if far else None)
        taken.append(box)


if __name__ == "__main__":
    known = results()
    draw(known).savefig(FOLDER / "first_result.png", dpi=160)
    print(table(known))
