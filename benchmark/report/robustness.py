"""What is left against the strength of a perturbation, and whether attacks can be believed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tfbs.benchmark.columns import Column
from tfbs.benchmark.report.drawing import data_uri, fit_limits, panel
from tfbs.benchmark.report.section import Figure, Group, Material, Section, Style, label, legend
from tfbs.benchmark.verdict import Cell, Row, summarise

Point = tuple[float, Cell]
Curve = tuple[Style, list[Point]]
Pair = tuple[Row, Style]


@dataclass(frozen=True)
class Family:
    """Metrics whose names differ in one number.

    Attributes:
        prefix: Before the number.
        axis: What the number is.
        title: What happened to the examples.
        clean: Name of the metric at 0, where it is not of the family.
        quantity: What the metrics are.
        chance: Their value by chance, if it is one.
        everywhere: Whether every protocol has it, so that its lack is worth a word.
    """

    prefix: str
    axis: str
    title: str
    clean: str | None = None
    quantity: str = "AUROC"
    chance: float | None = 0.5
    everywhere: bool = False


FAMILIES = (
    Family("auroc_pgd_", "radius ε of the attack (PGD, L∞)", "under attack", everywhere=True),
    Family(
        "auroc_substitution_",
        "fraction of letters substituted",
        "random substitutions",
        clean="auroc_pgd_0",
        everywhere=True,
    ),
    Family("auroc_pgd_linf_free_", "radius ε (PGD, L∞)", "attacked off the simplex, L∞"),
    Family("auroc_pgd_linf_simplex_", "radius ε (PGD, L∞)", "attacked on the simplex, L∞"),
    Family("auroc_pgd_l2_free_", "radius ε (PGD, L2)", "attacked off the simplex, L2"),
    Family("auroc_pgd_l2_simplex_", "radius ε (PGD, L2)", "attacked on the simplex, L2"),
    Family("auroc_worst_beam_", "substitutions k", "worst substitutions (beam search)"),
    Family("auroc_shift_", "positions", "shifted"),
    Family("auroc_insertion_", "letters", "random letters put in"),
    Family("auroc_deletion_", "letters", "letters taken out"),
    Family(
        "ece_pgd_",
        "radius ε of the attack (PGD, L∞)",
        "calibration under attack",
        quantity="expected calibration error",
        chance=None,
    ),
)
RELIABILITY = {"reliability_pgd_0": "clean", "reliability_pgd_0.02": "attacked, ε 0.02"}
GATE = "gradient_masking_"


def robustness_section(material: Material) -> Section:
    """Returns curves over the strength of perturbations, and reliability clean and attacked."""
    section = Section(
        "robustness",
        "Robustness",
        "On the fixed probe set, with the 95 % interval of the run or the range over seeds as a "
        "band. Left of each curve: the clean probe set. Grey: chance, or perfect calibration.",
    )
    for task, pairs in material.by_task():
        figures = [
            figure for family in FAMILIES for figure in _strengths(section, task, family, pairs)
        ]
        for name, title in RELIABILITY.items():
            figures += _reliability(section, material, task, pairs, name, title)
        if figures:
            section.groups.append(Group(task, figures, legend(pairs), _flagged(pairs)))
    return section


def _strengths(
    section: Section, task: str, family: Family, pairs: Sequence[Pair]
) -> Iterator[Figure]:
    """Yields the figure of a family, if a row has it."""
    curves = [(style, _points(row, family)) for row, style in pairs]
    if not family.everywhere and not any(points for _, points in curves):
        return
    for (row, _), (_, points) in zip(pairs, curves, strict=True):
        if not points:
            section.miss(f"No metric {family.prefix}… was recorded", label(row))
    drawn = [curve for curve in curves if len(curve[1]) > 1]
    if drawn:
        yield _figure(task, drawn, family)


def _points(row: Row, family: Family) -> list[Point]:
    """Returns strengths and what the row's records say there, the clean probe set first."""
    pattern = re.compile(re.escape(family.prefix) + r"([0-9.]+)")
    matches = [
        pattern.fullmatch(metric["name"]) for record in row.records for metric in record["metrics"]
    ]
    names = {float(match[1]): match[0] for match in matches if match}
    if not names:
        return []
    if family.clean:
        names = {0.0: family.clean} | names
    found = [
        (strength, summarise(row.records, Column(name, "robustness", name)))
        for strength, name in sorted(names.items())
    ]
    return [(x, cell) for x, cell in found if cell is not None and cell.value is not None]


def _figure(task: str, curves: Sequence[Curve], family: Family) -> Figure:
    with panel(family.axis) as (figure, axes):
        if family.chance is not None:
            axes.axhline(family.chance, color="#b5bac3", linewidth=1)
        for style, points in curves:
            x = [strength for strength, _ in points]
            y = [cell.value for _, cell in points]
            low = [cell.interval[0] if cell.interval else cell.value for _, cell in points]
            high = [cell.interval[1] if cell.interval else cell.value for _, cell in points]
            axes.fill_between(x, low, high, color=style.colour, alpha=0.16, linewidth=0)
            axes.plot(x, y, color=style.colour, linestyle=style.line, marker="o", markersize=3.5)
        fit_limits(axes, 0, 1)
        names = ", ".join(style.label for style, _ in curves)
        data = [
            {"line": style.label, family.axis: x, **_described(cell)}
            for style, points in curves
            for x, cell in points
        ]
        return Figure(
            data_uri(figure, data),
            f"{family.title}: {family.quantity} on {task} against {family.axis}: {names}",
            f"{family.quantity[0].upper()}{family.quantity[1:]}, {family.title}",
        )


def _reliability(
    section: Section,
    material: Material,
    task: str,
    pairs: Sequence[Pair],
    name: str,
    title: str,
) -> list[Figure]:
    """Returns the share of positives against predicted probability, if a row has it."""
    curves = []
    for row, style in pairs:
        for record in row.records:
            if name in record["arrays"]:
                curve = material.array(section, row, record, name)
                if curve is not None:
                    curves.append((style, curve[np.isfinite(curve[:, 0])]))
    if not curves:
        return []
    with panel("mean predicted probability of a bin") as (figure, axes):
        axes.plot([0, 1], [0, 1], color="#b5bac3", linewidth=1)
        for style, curve in curves:
            axes.plot(
                curve[:, 0],
                curve[:, 1],
                color=style.colour,
                linestyle=style.line,
                marker="o",
                markersize=3.5,
                label=style.label,
            )
        fit_limits(axes, 0, 1)
        names = ", ".join(dict.fromkeys(style.label for style, _ in curves))
        alt = f"share of positives on {task} against predicted probability, {title}: {names}"
        return [Figure(data_uri(figure), alt, f"Share of positives in a bin, {title}")]


def _described(cell: Cell) -> dict[str, object]:
    low, high = cell.interval or (None, None)
    return {"value": cell.value, "low": low, "high": high}


def _flagged(pairs: Sequence[Pair]) -> str:
    """Returns a sentence on the runs that fail a gate against gradient masking."""
    failing = []
    for row, _ in pairs:
        gates = {
            metric["name"].removeprefix(GATE)
            for record in row.records
            for metric in record["metrics"]
            if metric["name"].startswith(GATE) and metric["value"]
        }
        if gates:
            failing.append(f"{label(row)} ({', '.join(sorted(gates))})")
    if not failing:
        return ""
    return (
        "Gradient masking: these fail a gate, so that their numbers under gradient attacks are too "
        f"good to be believed: {'; '.join(failing)}."
    )
