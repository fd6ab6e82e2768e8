"""Which choice matters, for each axis: the spread that every effect makes."""

from __future__ import annotations

from tfbs.benchmark.factors import Effects, effects_of
from tfbs.benchmark.report.drawing import PANEL, data_uri, drawing
from tfbs.benchmark.report.section import Figure, Group, Material, Section
from tfbs.benchmark.statistics.tiers import LEVEL

_TOLD, _UNTOLD, _DRAWN = "#1b5fa8", "#8fb3d9", "#9aa0ab"
_LETTER = 0.078


def factors_section(material: Material) -> Section:
    """Returns a picture and a table of effects for every axis that has enough seeds."""
    section = Section(
        "factors",
        "Which choice matters",
        "Main effects and interactions of what a suite varies, by a mixed model with seeds and "
        "tasks drawn from many. The spread is the standard deviation of an effect over its levels, "
        "so that choices of any number of levels compare (Gelman 2005), with its 95 % interval. "
        "Dark: told from no effect after Holm's correction; light: not. Grey: what is not a "
        "choice.",
    )
    if len(material.rows) < 2:
        return section
    figures = []
    for found in effects_of(material.rows):
        if found.analysis is None:
            if found.column.axis != "cost":
                section.miss(found.sentence.removesuffix("."), found.column.heading)
            continue
        figures.append(_figure(found))
        section.tables.append(found.table())
    if figures:
        section.groups.append(Group("Spread of every effect", figures))
    return section


def _figure(found: Effects) -> Figure:
    assert found.analysis is not None  # noqa: S101  (asked before)
    lines = [
        (term.name, term.spread, term.interval, _TOLD if p_value < LEVEL else _UNTOLD)
        for term, p_value in found.ranked
    ]
    lines += [(name, v, (v, v), _DRAWN) for name, v in found.analysis.spreads.items()]
    margin = 0.3 + _LETTER * max(len(name) for name, *_ in lines)
    width, height = max(PANEL[0], margin + 2.4), 0.75 + 0.26 * len(lines)
    with drawing((width, height)) as figure:
        axes = figure.add_axes(
            (margin / width, 0.5 / height, 0.96 - margin / width, 1 - 0.6 / height)
        )
        for place, (_, spread, (low, high), colour) in enumerate(reversed(lines)):
            axes.plot([low, high], [place, place], color=colour, linewidth=2.2)
            axes.plot([spread], [place], "o", color=colour, markersize=6)
        axes.set_yticks(range(len(lines)), [name for name, *_ in reversed(lines)])
        axes.set_ylim(-0.6, len(lines) - 0.4)
        axes.set_xlim(left=0)
        axes.set_xlabel(f"spread of {found.column.heading}")
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        data = [
            {"effect": name, "spread": spread, "low": low, "high": high}
            for name, spread, (low, high), _ in lines
        ]
        alt = f"Spread of {found.column.heading} by effect: " + "; ".join(
            f"{name} {spread:.3f}" for name, spread, *_ in lines
        )
        caption = f"{found.column.axis.capitalize()}: {found.column.heading}"
        return Figure(data_uri(figure, data), alt, caption)
