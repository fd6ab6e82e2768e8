"""Sequence logos: Logomaker's letters, each drawn once and then stretched."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tfbs.information import information

LETTERS = "ACGT"
COLOURS = {"A": "#109648", "C": "#255c99", "G": "#f7931e", "T": "#d62839"}
"""A green, C blue, G orange, T red."""
_SMALLEST = 0.004


def draw_logo(axes: Any, heights: np.ndarray) -> None:
    """Draws a logo: letters stacked upwards from zero, negative ones downwards and flipped.

    Args:
        axes: Matplotlib axes; their limits are set to the logo.
        heights: `(length, 4)`, in the order ACGT. Letters lower than 0.4 % of the range are
            left out.
    """
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path
    from matplotlib.transforms import Affine2D

    up, down = np.where(heights > 0, heights, 0), np.where(heights < 0, heights, 0)
    top, bottom = float(up.sum(axis=1).max()), float(down.sum(axis=1).min())
    smallest = _SMALLEST * ((top - bottom) or 1)
    parts: dict[str, list[Any]] = {letter: [] for letter in LETTERS}
    for position, column in enumerate(heights):
        ends = {1: 0.0, -1: 0.0}
        for index in np.argsort(np.abs(column)):  # the largest outermost
            height = float(column[index])
            if abs(height) < smallest:
                continue
            sign = 1 if height > 0 else -1
            move = Affine2D().scale(1, height).translate(position, ends[sign])
            ends[sign] += height
            parts[LETTERS[index]].append(move.transform_path(_outline(LETTERS[index])))
    for letter, paths in parts.items():
        if paths:
            outline = Path.make_compound_path(*paths)
            # not add_patch, which spends most of the time on limits that are set below
            axes.add_artist(PathPatch(outline, facecolor=COLOURS[letter], linewidth=0))
    axes.set_xlim(-0.5, len(heights) - 0.5)
    axes.set_ylim(bottom, top if top > bottom else bottom + 1)


@functools.cache
def _outline(letter: str) -> Any:
    """Returns Logomaker's outline of a letter in a cell of width and height 1, centred on 0."""
    import logomaker
    from matplotlib.figure import Figure

    axes = Figure().add_subplot()
    return logomaker.Glyph(0, letter, floor=0, ceiling=1, ax=axes).patch.get_path()


def letter_heights(frequencies: np.ndarray) -> np.ndarray:
    """Returns letter heights of a frequency matrix: frequency times information content.

    Args:
        frequencies: `(length, 4)`, rows that sum to 1.

    Returns:
        `(length, 4)` in bits; the rows sum to 2 less the entropy, in [0, 2].
    """
    heights: np.ndarray = frequencies * information(frequencies)[:, None]
    return heights


def consensus(heights: np.ndarray) -> str:
    """Returns the likeliest letters of positions with 0.5 bits or more, dots elsewhere."""
    bits = heights.sum(axis=1)
    letters = [LETTERS[index] for index in heights.argmax(axis=1)]
    word = "".join(
        letter if height >= 0.5 else "." for letter, height in zip(letters, bits, strict=True)
    )
    return word.strip(".")
