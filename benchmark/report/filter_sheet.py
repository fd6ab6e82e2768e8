"""Filters over what they match, as one picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tfbs.benchmark.explain.filter_study import Filter
from tfbs.benchmark.explain.motif_database import Match
from tfbs.benchmark.report.drawing import INK, drawing
from tfbs.benchmark.report.logos import draw_logo, letter_heights
from tfbs.benchmark.report.picture import write_figure

COLUMNS = 4
BINS = 25
_CELL = (2.9, 1.75)
_QUIET = "#9aa0ab"
_LEGEND = "the filter, over the motif it is most like, over where it fires in bound sequences"


def draw_filters(path: Path, filters: Sequence[Filter], length: int, title: str) -> Path:
    """Draws each filter over the motif it is most like, and where in the sequences it fires.

    Args:
        path: A PNG or SVG.
        filters: In the order to be drawn; at least one, each with columns.
        length: Of the sequences.
        title: Above all.
    """
    with sheet(len(filters), COLUMNS, _CELL, title, _LEGEND) as (figure, grid):
        for cell, one in zip(grid, filters, strict=False):
            parts = cell.subgridspec(3, 1, height_ratios=(1, 1, 0.38), hspace=0.05)
            upper, lower, place = (figure.add_subplot(part) for part in parts)
            draw_pair(upper, lower, letter_heights(one.motif.astype(float)), one.match)
            upper.set_title(_caption(one), fontsize=7, pad=2)
            _draw_sites(place, one.sites, length)
        write_figure(figure, path, dpi=110)
    return path


@contextmanager
def sheet(
    number: int, most: int, cell: tuple[float, float], title: str, legend: str
) -> Iterator[tuple[Any, Any]]:
    """Yields a figure under a title and a legend, and its grid of cells.

    Args:
        number: Of cells.
        most: In a row.
        cell: Width and height of each, in inches.
        title: Above all.
        legend: How to read a cell.
    """
    columns = min(most, number)
    rows = -(-number // columns)
    width, height = max(columns, 2) * cell[0], rows * cell[1] + 0.6
    with drawing((width, height)) as figure:
        figure.text(0.5, 1 - 0.08 / height, title, ha="center", va="top", fontsize=10, color=INK)
        figure.text(0.5, 1 - 0.27 / height, legend, ha="center", va="top", fontsize=7, color=INK)
        grid = figure.add_gridspec(
            rows, columns, left=0.01, right=0.99, top=1 - 0.76 / height, bottom=0.05 / height,
            hspace=0.42, wspace=0.06,
        )  # fmt: skip
        yield figure, grid


def draw_pair(
    upper: Any, lower: Any, heights: np.ndarray, match: Match | None, top: float | None = 2
) -> None:
    """Draws a matrix over the motif it matches, column over column.

    Args:
        upper: Axes of the matrix.
        lower: Axes of the motif; left empty without a match.
        heights: `(width, 4)` of the letters.
        match: What it is most like.
        top: Upper end of the axis; None for as high as the letters.
    """
    first, last = 0, len(heights)
    if match is not None:
        first = min(first, -match.offset)
        last = max(last, len(match.aligned) - match.offset)
        below = np.zeros((last - first, 4))
        start = -match.offset - first
        below[start : start + len(match.aligned)] = letter_heights(match.aligned)
        draw_logo(lower, below)
        lower.set_ylim(0, 2)
        lower.axhline(0, color=_QUIET, linewidth=0.6)
    padded = np.zeros((last - first, 4))
    padded[-first : len(heights) - first] = heights
    draw_logo(upper, padded)
    if top is not None:
        upper.set_ylim(0, top)
    upper.axhline(0, color=_QUIET, linewidth=0.6)
    for axes in (upper, lower):
        axes.set_axis_off()


def _caption(one: Filter) -> str:
    lines = [f"filter {one.number}"]
    if one.match is not None:
        lines[0] += f": {one.match.motif.name[:20]} {one.match.strand}  q {one.match.q_value:.1g}"
    if one.by_class is not None:
        bound, unbound = one.by_class.bound, one.by_class.unbound
        lines.append(f"fires in {bound:.0%} bound, {unbound:.0%} unbound")
    return "\n".join(lines)


def _draw_sites(axes: Any, sites: np.ndarray, length: int) -> None:
    """Draws how often a filter fires along the sequences."""
    axes.hist(sites, bins=np.linspace(0, length, BINS + 1), color="#7d8797", linewidth=0)
    axes.set_xlim(0, length)
    axes.axvline(length / 2, color=_QUIET, linewidth=0.6, linestyle=":")
    axes.axhline(0, color=_QUIET, linewidth=0.6)
    axes.set_axis_off()
