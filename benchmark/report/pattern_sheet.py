"""Patterns of TF-MoDISco over what they match, as one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tfbs.benchmark.evaluation.patterns import Annotated
from tfbs.benchmark.report.filter_sheet import draw_pair, sheet
from tfbs.benchmark.report.picture import write_figure

COLUMNS = 3
_CELL = (3.4, 1.45)
_LEGEND = "mean contributions, over the motif that the letters are most like"


def draw_patterns(path: Path, patterns: Sequence[Annotated], title: str) -> Path:
    """Draws the contributions of each pattern over the motif it is most like.

    Args:
        path: A PNG or SVG.
        patterns: At least one.
        title: Above all.
    """
    with sheet(len(patterns), COLUMNS, _CELL, title, _LEGEND) as (figure, grid):
        for cell, one in zip(grid, patterns, strict=False):
            parts = cell.subgridspec(2, 1, hspace=0.05)
            upper, lower = (figure.add_subplot(part) for part in parts)
            draw_pair(upper, lower, one.pattern.contributions[one.pattern.core], one.match, None)
            upper.set_title(_caption(one), fontsize=7, pad=2)
        write_figure(figure, path, dpi=110)
    return path


def _caption(one: Annotated) -> str:
    text = f"{one.pattern.name}: {len(one.pattern.example)} seqlets"
    if one.match is None:
        return text
    return f"{text}, {one.match.motif.name[:20]} {one.match.strand}  q {one.match.q_value:.1g}"
