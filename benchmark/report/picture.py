"""A figure on the page and beside it: as a data URI, as files, and what it was drawn from."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tfbs.files import write_whole_bytes

INK = "#3d4450"


class Picture(str):
    """An SVG in a data URI that can also be written as a file, with its data.

    Attributes:
        figure: Of Matplotlib.
        data: What is drawn, one mapping per point.
    """

    figure: Any
    data: Sequence[Mapping[str, object]]

    def svg(self) -> bytes:
        """Returns the SVG, with a white ground."""
        return _saved(self.figure, format="svg", metadata={"Date": None})

    def png(self) -> bytes:
        """Returns the picture in 200 dots per inch, with a white ground."""
        return _saved(self.figure, format="png", dpi=200, metadata={"Software": None})


def data_uri(figure: Any, data: Sequence[Mapping[str, object]] | None = None) -> Picture:
    """Returns a figure as SVG in a data URI, the same bytes for the same figure.

    Args:
        figure: Of Matplotlib.
        data: What is drawn, one mapping per point; by default what its lines say.
    """
    svg = _saved(figure, format="svg", transparent=True, metadata={"Date": None})
    encoded = base64.b64encode(svg).decode("ascii")
    picture = Picture("data:image/svg+xml;base64," + encoded)
    picture.figure = figure
    picture.data = drawn_data(figure) if data is None else data
    return picture


def write_figure(figure: Any, path: Path, dpi: int) -> Path:
    """Writes a figure, whole or not at all, and returns the path.

    Args:
        figure: Of Matplotlib.
        path: A PNG or SVG.
        dpi: Dots per inch.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format=path.suffix.removeprefix("."), dpi=dpi)
    return write_whole_bytes(path, buffer.getvalue())


def drawn_data(figure: Any) -> list[dict[str, object]]:
    """Returns the points of a figure's labelled lines: what they are called, x and y."""
    return [
        {"line": str(line.get_label()), "x": float(x), "y": float(y)}
        for axes in figure.axes
        for line in axes.lines
        if not str(line.get_label()).startswith("_")
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]


def logo_data(heights: np.ndarray, first: int = 1) -> list[dict[str, object]]:
    """Returns the letters of a logo, one mapping per position.

    Args:
        heights: `(length, 4)`, in the order ACGT.
        first: Number of the first position.
    """
    return [
        {"position": first + place, **dict(zip("ACGT", map(float, column), strict=True))}
        for place, column in enumerate(heights)
    ]


def _saved(figure: Any, **how: Any) -> bytes:
    import matplotlib

    buffer = io.BytesIO()
    with matplotlib.rc_context(report_style()):
        figure.savefig(buffer, **how)
    return buffer.getvalue()


def report_style() -> dict[str, object]:
    """Returns the report's style."""
    import seaborn

    return {
        **seaborn.axes_style("whitegrid"),
        "axes.edgecolor": "#c3c8d0",
        "axes.labelcolor": INK,
        "axes.labelsize": 9,
        "axes.titlesize": 10,
        "font.family": ["sans-serif"],
        "font.sans-serif": ["DejaVu Sans"],
        "grid.color": "#e6e8ec",
        "grid.linewidth": 0.8,
        "svg.fonttype": "path",
        "svg.hashsalt": "tfbs",
        "text.color": INK,
        "xtick.color": INK,
        "xtick.labelsize": 8,
        "ytick.color": INK,
        "ytick.labelsize": 8,
    }
