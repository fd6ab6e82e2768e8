"""AUROC against the strength of a perturbation."""

from __future__ import annotations

from collections.abc import Sequence

from tfbs.benchmark.report.drawing import data_uri, fit_limits, panel
from tfbs.benchmark.report.section import Figure, Group, Material, Section, Style, label, legend
from tfbs.benchmark.tables import Cell, Column, Row, summarise

CLEAN = "auroc_pgd_0"
Point = tuple[float, Cell]
Curve = tuple[Style, list[Point]]


def robustness_section(material: Material) -> Section:
    """Returns AUROC against the radius of an attack and against the fraction substituted."""
    section = Section(
        "robustness",
        "Robustness",
        "AUROC on the fixed probe set, with the 95 % interval of the run or the range over seeds "
        "as a band. Left of each curve: the clean probe set. Grey: chance.",
    )
    for task, pairs in material.by_task():
        figures = []
        for prefix, axis, title in (
            ("auroc_pgd_", "radius ε of the attack (PGD, L∞)", "under attack"),
            ("auroc_substitution_", "fraction of letters substituted", "random substitutions"),
        ):
            curves = [(style, _points(row, prefix)) for row, style in pairs]
            for (row, _), (_, points) in zip(pairs, curves, strict=True):
                if not points:
                    section.miss(f"No metric {prefix}… was recorded", label(row))
            drawn = [curve for curve in curves if len(curve[1]) > 1]
            if drawn:
                figures.append(_figure(task, drawn, axis, title))
        if figures:
            section.groups.append(Group(task, figures, legend(pairs)))
    return section


def _points(row: Row, prefix: str) -> list[Point]:
    """Returns strengths and what the row's records say there, the clean probe set first."""
    names = {
        metric["name"]
        for record in row.records
        for metric in record["metrics"]
        if metric["name"].startswith(prefix)
    }
    if not names:
        return []
    strengths = {_strength(name, prefix): name for name in {*names, CLEAN}}
    found = [
        (strength, summarise(row.records, Column(name, "robustness", name)))
        for strength, name in sorted(strengths.items())
    ]
    return [(x, cell) for x, cell in found if cell is not None and cell.value is not None]


def _strength(name: str, prefix: str) -> float:
    return 0.0 if name == CLEAN else float(name.removeprefix(prefix))


def _figure(task: str, curves: Sequence[Curve], axis: str, title: str) -> Figure:
    with panel(axis) as (figure, axes):
        axes.axhline(0.5, color="#b5bac3", linewidth=1)
        for style, points in curves:
            x = [strength for strength, _ in points]
            y = [cell.value for _, cell in points]
            low = [cell.interval[0] if cell.interval else cell.value for _, cell in points]
            high = [cell.interval[1] if cell.interval else cell.value for _, cell in points]
            axes.fill_between(x, low, high, color=style.colour, alpha=0.16, linewidth=0)
            axes.plot(x, y, color=style.colour, linestyle=style.line, marker="o", markersize=3.5)
        fit_limits(axes, 0, 1)
        names = ", ".join(style.label for style, _ in curves)
        return Figure(
            data_uri(figure), f"{title}: AUROC on {task} against {axis}: {names}", f"AUROC, {title}"
        )
