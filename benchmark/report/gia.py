"""Figures of global importance analyses: bars, curves and maps of effects."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tfbs.benchmark.explain.gia.analysis import Analysis
from tfbs.benchmark.explain.gia.experiment import Finding, Label
from tfbs.benchmark.report.drawing import INK, PANEL, drawing
from tfbs.benchmark.report.picture import write_figure

MOST_BARS = 30
MOST_PANELS = 12
_COLUMNS = 3
_RULE = "#1b1e24"


def draw_analysis(path: Path, analysis: Analysis) -> Path:
    """Draws the effects of an experiment; the rule's, where it is known, in black.

    Of more than 30 bars or 12 panels those with the largest effects are drawn, and the title
    says of how many.

    Args:
        path: A PNG or SVG.
        analysis: With at least one finding.
    """
    if analysis.axes.kind == "bars":
        return _bars(path, analysis)
    panels = _panels(analysis)
    columns = min(_COLUMNS, len(panels))
    rows = math.ceil(len(panels) / columns)
    width, height = PANEL
    if analysis.axes.kind == "map":
        height *= 0.6
    with drawing((0.6 + width * columns, 0.7 + height * rows)) as figure:
        grid = figure.subplots(rows, columns, squeeze=False, sharey=analysis.axes.kind == "map")
        for axes in grid.flat[len(panels) :]:
            axes.axis("off")
        draw = _curves if analysis.axes.kind == "curve" else _map
        largest = max(abs(one.effect.mean) for own in panels.values() for one in own)
        for axes, (name, own) in zip(grid.flat, panels.items(), strict=False):
            draw(axes, analysis, own, largest)
            axes.set_title(str(name), fontsize=9)
        figure.suptitle(_title(analysis, len(panels)), fontsize=10, color=INK)
        figure.tight_layout()
        write_figure(figure, path, dpi=110)
    return path


def _bars(path: Path, analysis: Analysis) -> Path:
    import seaborn

    axis = analysis.axes
    names = list(dict.fromkeys(one.labels[axis.x] for one in analysis.findings))
    size = {name: _largest(_where(analysis.findings, axis.x, name)) for name in names}
    kept = sorted(names, key=lambda name: -size[name])[:MOST_BARS]
    first = {one.labels[axis.x]: one.effect.mean for one in reversed(analysis.findings)}
    kept.sort(key=lambda name: first[name])
    kinds = list(dict.fromkeys(one.labels.get(axis.colour, "") for one in analysis.findings))
    palette = seaborn.color_palette("colorblind", len(kinds)).as_hex()
    with drawing((6.4, 1.1 + 0.26 * len(kept) * max(1, 0.7 * len(kinds)))) as figure:
        axes = figure.subplots()
        thick = 0.8 / len(kinds)
        for index, (kind, colour) in enumerate(zip(kinds, palette, strict=True)):
            own = [
                one
                for one in analysis.findings
                if one.labels.get(axis.colour, "") == kind and one.labels[axis.x] in kept
            ]
            place = np.array([kept.index(one.labels[axis.x]) for one in own])
            place = place + (index - (len(kinds) - 1) / 2) * thick
            means = np.array([one.effect.mean for one in own])
            axes.barh(place, means, height=thick, color=colour, label=str(kind) or None)
            axes.errorbar(means, place, xerr=_reach(own), fmt="none", ecolor=INK, elinewidth=1)
            true = np.array([np.nan if one.true is None else one.true for one in own])
            if np.isfinite(true).any():
                label = "the rule" if index == 0 else None
                axes.plot(true, place, "d", color=_RULE, markersize=4, label=label)
        axes.set_yticks(range(len(kept)), [str(name) for name in kept])
        axes.axvline(0, color="#9aa0ab", linewidth=0.8)
        axes.set_xlabel(axis.effect)
        axes.grid(axis="y", visible=False)
        seaborn.despine(ax=axes)
        if len(axes.get_legend_handles_labels()[1]):
            axes.legend(fontsize=8, frameon=False)
        axes.set_title(_title(analysis, len(kept), len(names)), fontsize=10)
        figure.tight_layout()
        write_figure(figure, path, dpi=110)
    return path


def _curves(axes: Any, analysis: Analysis, findings: Sequence[Finding], largest: float) -> None:
    import seaborn

    axis = analysis.axes
    kinds = list(dict.fromkeys(one.labels[axis.colour] for one in analysis.findings))
    palette = seaborn.color_palette("colorblind", max(len(kinds), 1)).as_hex()
    for kind, colour in zip(kinds, palette, strict=True):
        own = [one for one in findings if one.labels[axis.colour] == kind]
        if not own:
            continue
        x = [one.labels[axis.x] for one in own]
        axes.plot(x, [one.effect.mean for one in own], color=colour, label=str(kind))
        ends = [one.effect.low for one in own], [one.effect.high for one in own]
        axes.fill_between(x, *ends, color=colour, alpha=0.2, linewidth=0)
        if all(one.true is not None for one in own):
            axes.plot(x, [one.true for one in own], color=colour, dashes=(2, 2), linewidth=1)
    axes.axhline(0, color="#9aa0ab", linewidth=0.8)
    axes.set_xlabel(axis.x)
    axes.set_ylabel(axis.effect)
    seaborn.despine(ax=axes)
    axes.legend(fontsize=7, frameon=False, title=axis.colour, title_fontsize=7)


def _map(axes: Any, analysis: Analysis, findings: Sequence[Finding], largest: float) -> None:
    import seaborn

    axis = analysis.axes
    across = list(dict.fromkeys(one.labels[axis.x] for one in findings))
    down = list(dict.fromkeys(one.labels[axis.colour] for one in findings))
    values = np.full((len(down), len(across)), np.nan)
    for one in findings:
        values[down.index(one.labels[axis.colour]), across.index(one.labels[axis.x])] = (
            one.effect.mean
        )
    seaborn.heatmap(
        values,
        ax=axes,
        cmap="vlag",
        vmin=-largest,
        vmax=largest,
        xticklabels=across,
        yticklabels=down,
        cbar_kws={"label": axis.effect},
    )
    axes.set_xlabel(axis.x)
    axes.tick_params(axis="both", labelrotation=0)


def _panels(analysis: Analysis) -> dict[Label, list[Finding]]:
    """Returns the findings of each panel, of those with the largest effects, in their order."""
    key = analysis.axes.panel
    names = list(dict.fromkeys(one.labels.get(key, "") for one in analysis.findings))
    own = {name: [o for o in analysis.findings if o.labels.get(key, "") == name] for name in names}
    kept = sorted(names, key=lambda name: -_largest(own[name]))[:MOST_PANELS]
    return {name: own[name] for name in names if name in kept}


def _title(analysis: Analysis, shown: int, total: int | None = None) -> str:
    if total is None:
        total = len({one.labels.get(analysis.axes.panel, "") for one in analysis.findings})
    some = f", {shown} of {total} with the largest effects" if shown < total else ""
    rule = any(one.true is not None for one in analysis.findings)
    dashed = ", dashed: the rule" if rule and analysis.axes.kind == "curve" else ""
    return f"{analysis.name}: {analysis.samples} sequences, {analysis.null}{some}{dashed}"


def _where(findings: Sequence[Finding], label: str, value: Label) -> list[Finding]:
    return [one for one in findings if one.labels[label] == value]


def _largest(findings: Sequence[Finding]) -> float:
    return max(abs(one.effect.mean) for one in findings)


def _reach(findings: Sequence[Finding]) -> np.ndarray:
    """Returns how far the intervals reach below and above the means, `(2, n)`."""
    means = np.array([one.effect.mean for one in findings])
    low = np.array([one.effect.low for one in findings])
    high = np.array([one.effect.high for one in findings])
    return np.stack([means - low, high - means])
