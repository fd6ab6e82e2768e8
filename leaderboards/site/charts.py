"""Curves of an entry as coordinates of an SVG, one panel per kind of curve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tfbs.leaderboards.standings import Curve

WIDTH, HEIGHT = 380, 240
LEFT, RIGHT, TOP, BOTTOM = 50, 10, 10, 38
"""Of the plot, in units of the SVG."""
STYLES = 8
"""Colours and dashes that the style sheet knows."""


@dataclass(frozen=True)
class Drawn:
    """A line of a panel.

    Attributes:
        label: In the legend.
        style: From 0, of `STYLES`.
        pieces: Coordinates as `x,y x,y`, one piece between gaps.
        dots: Of pieces of a single point.
    """

    label: str
    style: int
    pieces: tuple[str, ...]
    dots: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Panel:
    """Lines over common axes.

    Attributes:
        heading: Of the panel.
        x_label: Of the x axis.
        y_label: Of the y axis.
        x_ticks: Place and text.
        y_ticks: Place and text.
        lines: That are drawn.
        alt: What it shows, in words.
    """

    heading: str
    x_label: str
    y_label: str
    x_ticks: tuple[tuple[str, str], ...]
    y_ticks: tuple[tuple[str, str], ...]
    lines: tuple[Drawn, ...]
    alt: str


def panels(curves: Sequence[Curve]) -> list[Panel]:
    """Returns curves of the same name as one panel each, in their order, without empty ones."""
    names = dict.fromkeys(curve.name for curve in curves)
    groups = [
        sorted((curve for curve in curves if curve.name == name), key=lambda curve: curve.line)
        for name in names
    ]
    return [_panel(group) for group in groups if any(_known(curve) for curve in group)]


def ticks(low: float, high: float, most: int = 7) -> list[float]:
    """Returns round numbers between two ends, at most `most`, at steps of 1, 2 or 5 by tens."""
    if not high > low:
        return [low]
    step = 10.0 ** math.floor(math.log10((high - low) / most))
    while (high - low) / step > most - 1:
        step *= 2.5 if f"{step:.0e}"[0] == "2" else 2
    first = math.ceil(low / step - 1e-9)
    return [round(index * step, 12) for index in range(first, math.floor(high / step + 1e-9) + 1)]


def place(value: float) -> str:
    """Returns a coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _known(curve: Curve) -> list[tuple[float, float]]:
    return [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if y is not None]


def _panel(curves: Sequence[Curve]) -> Panel:
    points = [point for curve in curves for point in _known(curve)]
    x_low, x_high = _ends([x for x, _ in points], 0)
    y_low, y_high = _ends([y for _, y in points], 0.04)

    def across(x: float) -> str:
        return place(LEFT + (x - x_low) / (x_high - x_low) * (WIDTH - LEFT - RIGHT))

    def down(y: float) -> str:
        return place(HEIGHT - BOTTOM - (y - y_low) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM))

    lines = []
    for index, curve in enumerate(curves):
        pieces = [[(across(x), down(y)) for x, y in piece] for piece in _pieces(curve)]
        joined = tuple(" ".join(",".join(point) for point in piece) for piece in pieces)
        dots = tuple(piece[0] for piece in pieces if len(piece) == 1)
        lines.append(Drawn(curve.line, index % STYLES, joined, dots))
    return Panel(
        curves[0].name,
        curves[0].x_label,
        curves[0].y_label,
        tuple((across(x), f"{x:g}") for x in ticks(x_low, x_high)),
        tuple((down(y), f"{y:g}") for y in ticks(y_low, y_high)),
        tuple(lines),
        _words(curves),
    )


def _ends(values: Sequence[float], room: float) -> tuple[float, float]:
    low, high = min(values), max(values)
    if low == high:
        return low - 0.5, high + 0.5
    return low - room * (high - low), high + room * (high - low)


def _pieces(curve: Curve) -> list[list[tuple[float, float]]]:
    """Returns the stretches of a curve between what is undefined."""
    found: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(curve.x, curve.y, strict=True):
        if y is None:
            found.append([])
        else:
            found[-1].append((x, y))
    return [piece for piece in found if piece]


def _words(curves: Sequence[Curve]) -> str:
    said = [
        f"{curve.line} from {known[0][1]:.3g} at {known[0][0]:g} to {known[-1][1]:.3g} "
        f"at {known[-1][0]:g}"
        for curve in curves
        if (known := _known(curve))
    ]
    return f"{curves[0].y_label} over {curves[0].x_label}: {'; '.join(said)}."
