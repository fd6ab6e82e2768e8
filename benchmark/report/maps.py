"""The maps of one sequence, one under another, over what truly matters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tfbs.benchmark.report.drawing import drawing
from tfbs.benchmark.report.logos import draw_logo
from tfbs.benchmark.report.picture import write_figure

LOGO_WIDTH = 120
"""Positions of a logo."""


def draw_logos(
    path: Path, name: str, sequence: np.ndarray, maps: Mapping[str, np.ndarray], truth: np.ndarray
) -> Path:
    """Draws the maps of one sequence under one another, over what truly matters.

    Args:
        path: A PNG or SVG.
        name: Of the sequence.
        sequence: `(length, 4)` one-hot.
        maps: `(length, 4)` by name of the method.
        truth: `(length,)`, shaded where above 0; of zeros where nothing is known.
    """
    window = _window(maps, sequence, truth)
    with drawing((11.0, 0.5 + 1.15 * len(maps))) as figure:
        axes = figure.subplots(len(maps), 1, squeeze=False)[:, 0]
        for own, (method, values) in zip(axes, maps.items(), strict=True):
            draw_logo(own, (values * sequence)[window])
            for position in np.flatnonzero(truth[window] > 0):
                own.axvspan(position - 0.5, position + 0.5, color="#fff1c9", linewidth=0, zorder=0)
            own.axhline(0, color="#9aa0ab", linewidth=0.6)
            own.set_ylabel(method.replace("_", "\n"), rotation=0, ha="right", va="center")
            own.set_xticks([])
            own.set_yticks([])
            own.grid(False)
        ticks = range(0, window.stop - window.start, 10)
        axes[-1].set_xticks(list(ticks), [str(window.start + 1 + tick) for tick in ticks])
        axes[0].set_title(f"{name}, positions {window.start + 1} to {window.stop}", fontsize=10)
        figure.tight_layout()
        write_figure(figure, path, dpi=130)
    return path


def _window(maps: Mapping[str, np.ndarray], sequence: np.ndarray, truth: np.ndarray) -> slice:
    """Returns the stretch with the most truth, or of the largest contributions."""
    width = min(LOGO_WIDTH, len(sequence))
    weight = truth if truth.any() else np.abs(next(iter(maps.values())) * sequence).sum(axis=1)
    sums = np.convolve(weight, np.ones(width), "valid")
    best = np.flatnonzero(sums >= sums.max() - 1e-9)
    start = int(best[len(best) // 2])
    return slice(start, start + width)
