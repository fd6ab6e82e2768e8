"""Colours, line styles and axes of the figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tfbs.benchmark.report.picture import INK as INK
from tfbs.benchmark.report.picture import Picture as Picture
from tfbs.benchmark.report.picture import data_uri as data_uri
from tfbs.benchmark.report.picture import logo_data as logo_data
from tfbs.benchmark.report.picture import report_style
from tfbs.benchmark.report.section import Style
from tfbs.benchmark.verdict import Row

PANEL = (4.3, 3.1)
"""Size of a panel, in inches: three beside each other on a desktop, one on a phone."""
_COLOUR_ORDER = (0, 1, 2, 4, 3, 5, 6, 9, 7, 8)
_DASHES: tuple[tuple[float, ...], ...] = ((), (4, 1.6), (1.2, 1.2), (5, 1.5, 1, 1.5), (8, 2))


def styles(rows: Sequence[Row]) -> list[Style]:
    """Returns one style per row: colours by architecture, line patterns by regime.

    Models that are fitted rather than trained in epochs are solid. Where two settings of a
    regime meet in one architecture, the second gets the next pattern.
    """
    import seaborn

    palette = seaborn.color_palette("colorblind").as_hex()
    architectures = list(dict.fromkeys(row.architecture for row in rows))
    regimes = list(dict.fromkeys(_regime(row) for row in rows if _epochs(row)))
    several = {
        row.architecture
        for row in rows
        if any(o.architecture == row.architecture and o.regime != row.regime for o in rows)
    }
    found: list[Style] = []
    for row in rows:
        colour = _COLOUR_ORDER[architectures.index(row.architecture) % len(_COLOUR_ORDER)]
        place = regimes.index(_regime(row)) if _epochs(row) else 0
        taken = [
            style.dash
            for other, style in zip(rows, found, strict=False)
            if (other.task, other.architecture) == (row.task, row.architecture)
        ]
        order = [_DASHES[(place + step) % len(_DASHES)] for step in range(len(_DASHES))]
        dash = next((dash for dash in order if dash not in taken), order[0])
        name = f"{row.architecture}, {row.regime}" if row.architecture in several else None
        found.append(Style(name or row.architecture, palette[colour], dash))
    return found


def _regime(row: Row) -> str:
    """Returns the name of a row's regime without its settings."""
    return row.regime.partition("[")[0]


def _epochs(row: Row) -> int:
    return max(int(record["training"]["epochs"]) for record in row.records)


@contextmanager
def drawing(size: tuple[float, float] = PANEL) -> Iterator[Any]:
    """Yields an empty figure under the report's style, without touching global state."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(report_style()):
        yield Figure(figsize=size, layout=None)


@contextmanager
def panel(x: str, y: str = "") -> Iterator[tuple[Any, Any]]:
    """Yields a figure with one pair of axes; `y` is for what its caption does not say."""
    import seaborn

    with drawing() as figure:
        axes = figure.add_axes((0.13, 0.16, 0.84, 0.8))
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        seaborn.despine(ax=axes)
        yield figure, axes


def fit_limits(axes: Any, low: float | None = None, high: float | None = None) -> None:
    """Keeps the vertical axis of a share within its range, with room for the line's width."""
    bottom, top = axes.get_ylim()
    room = 0.02 * (top - bottom)
    if low is not None and bottom < low:
        bottom = low - room
    if high is not None and top > high:
        top = high + room
    axes.set_ylim(bottom, top)
