"""Every other axis against accuracy: where the points do not rise, the axes disagree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfbs.benchmark.axes import fronts
from tfbs.benchmark.columns import Column
from tfbs.benchmark.formatting import format_value
from tfbs.benchmark.report.drawing import INK, data_uri, panel
from tfbs.benchmark.report.section import Figure, Group, Material, Section, Style, legend
from tfbs.benchmark.verdict import Cell, Row, columns_of

ACCURACY = "auroc"
AGAINST = (
    "attribution_aupr_saliency",
    "summit_attribution_aupr_saliency",
    "auroc_pgd_0.02",
    "auroc_substitution_0.05",
    "macs",
    "parameters",
)
Point = tuple[Style, Cell, Cell]


def overview_section(material: Material) -> Section:
    """Returns scatter plots of the tasks with at least two rows."""
    section = Section(
        "overview",
        "Accuracy against the other axes",
        "One point per line of the verdict, with its intervals; diamonds stand for the lines that "
        "are drawn dashed. Ringed: on the Pareto front of all axes, so that no other line is at "
        "least as good on every axis and better on one.",
    )
    on_front = {id(row) for front in fronts(material.rows) for row in front.best}
    for task, pairs in material.by_task():
        columns = [c for c in columns_of([row for row, _ in pairs]) if c.name in AGAINST]
        if any(column.name == "macs" for column in columns):
            columns = [column for column in columns if column.name != "parameters"]
        figures = [
            figure for column in columns if (figure := _figure(task, pairs, column, on_front))
        ]
        if figures:
            section.groups.append(Group(task, figures, legend(pairs)))
    return section


def _figure(
    task: str, pairs: Sequence[tuple[Row, Style]], column: Column, on_front: set[int]
) -> Figure | None:
    known = [
        (row, style)
        for row, style in pairs
        if _is_known(row, ACCURACY) and _is_known(row, column.name)
    ]
    points = [(style, row.cells[ACCURACY], row.cells[column.name]) for row, style in known]
    ringed = [id(row) in on_front for row, _ in known]
    if len(points) < 2:
        return None
    title = column.heading[0].upper() + column.heading[1:]
    with panel("AUROC on the test split") as (figure, axes):
        if column.axis == "cost":
            _count_scale(axes, [y.value or 1 for _, _, y in points])
        for (style, x, y), is_on in zip(points, ringed, strict=True):
            if is_on:
                ring = {"markersize": 12, "markerfacecolor": "none", "markeredgecolor": INK}
                axes.plot(x.value, y.value, "o", **ring)
            axes.errorbar(
                x.value,
                y.value,
                xerr=_bars(x),
                yerr=_bars(y),
                color=style.colour,
                marker="o" if not style.dash else "D",
                markersize=6,
                linewidth=1.2,
            )
        if (chance := points[0][2].chance) is not None:
            axes.axhline(chance, color="#b5bac3", linewidth=1)
        words = "; ".join(f"{style.label} {x.value:.3f}, {y.value:.4g}" for style, x, y in points)
        data = [
            {"line": style.label, "on_pareto_front": is_on, **_described(ACCURACY, x),
             **_described(column.name, y)}
            for (style, x, y), is_on in zip(points, ringed, strict=True)
        ]  # fmt: skip
        return Figure(data_uri(figure, data), f"{title} against AUROC on {task}: {words}", title)


def _count_scale(axes: Any, sizes: Sequence[float]) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.set_yscale("log")
    subs = (1,) if max(sizes) > 50 * min(sizes) else (1, 2, 5)
    axes.set_ylim(min(sizes) / 1.6, max(sizes) * 1.6)
    axes.yaxis.set_major_locator(LogLocator(subs=subs))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda size, _: format_value(size, "operations")))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _is_known(row: Row, name: str) -> bool:
    return name in row.cells and row.cells[name].value is not None


def _described(name: str, cell: Cell) -> dict[str, object]:
    low, high = cell.interval or (None, None)
    return {name: cell.value, f"{name}_low": low, f"{name}_high": high}


def _bars(cell: Cell) -> list[list[float]] | None:
    if cell.interval is None or cell.value is None:
        return None
    return [[max(0.0, cell.value - cell.interval[0])], [max(0.0, cell.interval[1] - cell.value)]]
