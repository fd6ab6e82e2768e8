"""Logos of an entry as letters of an SVG."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tfbs.information import information
from tfbs.leaderboards.site.charts import place
from tfbs.leaderboards.standings import Logo

LETTERS = "ACGT"
CELL, HEIGHT = 10, 80
"""Width of a position and height of a logo, in units of the SVG."""
SMALLEST = 0.01
"""Letters lower than this share of the range are not drawn."""
OUTLINES = {
    "A": "M0 1L.39 0H.61L1 1H.79L.71.77H.29L.21 1ZM.34.61H.66L.5.17Z",
    "C": "M1 .3C.95.1.76 0 .53 0C.2 0 0 .2 0 .5C0 .8.2 1 .53 1C.76 1 .95.9 1 .69L.79.64"
    "C.76.77.67.84.53.84C.33.84.21.72.21.5C.21.28.33.16.53.16C.67.16.75.22.79.34Z",
    "G": "M1 .3C.95.1.76 0 .53 0C.2 0 0 .2 0 .5C0 .8.2 1 .53 1C.72 1 .88.94 1 .84V.45H.52V.6"
    "H.8V.76C.73.81.64.84.53.84C.33.84.21.72.21.5C.21.28.33.16.53.16C.67.16.75.22.79.34Z",
    "T": "M0 0H1V.16H.6V1H.4V.16H0Z",
}
"""Outlines of the letters in a cell of width and height 1, its origin at the upper left."""


@dataclass(frozen=True)
class DrawnLogo:
    """A logo as coordinates.

    Attributes:
        name: Of the logo.
        width: Of the SVG.
        zero: Where the line of zero is.
        letters: Letter, x, y, width and height; negative letters have a negative height.
        alt: What it shows, in words.
    """

    name: str
    width: int
    zero: str
    letters: tuple[tuple[str, str, str, str, str], ...]
    alt: str


def drawn_logo(logo: Logo) -> DrawnLogo:
    """Returns where each letter of a logo stands.

    The letters of a motif are as high as their share of the position's information, in bits
    (Schneider & Stephens 1990, DOI 10.1093/nar/18.20.6097); those of a map as important as they
    are, downwards where they speak against the target.
    """
    heights = np.asarray(logo.values, "float64").reshape(-1, 4)
    if logo.kind == "motif":
        heights = heights * information(heights)[:, None]
    top = max(float(np.where(heights > 0, heights, 0).sum(1).max(initial=0)), 0.0)
    bottom = min(float(np.where(heights < 0, heights, 0).sum(1).min(initial=0)), 0.0)
    scale = HEIGHT / ((top - bottom) or 1.0)
    zero, letters = top * scale, []
    for position, column in enumerate(heights):
        ends = {1: zero, -1: zero}
        for index in np.argsort(np.abs(column), kind="stable"):
            height = float(column[index]) * scale
            if abs(height) < SMALLEST * HEIGHT:
                continue
            sign = 1 if height > 0 else -1
            ends[sign] -= height
            x, y = place(position * CELL), place(ends[sign])
            letters.append((LETTERS[index], x, y, place(CELL * 0.96), place(height)))
    return DrawnLogo(logo.name, CELL * len(heights), place(zero), tuple(letters), _words(heights))


def _words(heights: np.ndarray) -> str:
    """Returns the letter of most weight at each position; N where all are low."""
    strongest = np.abs(heights).max(axis=1, initial=0)
    limit = 0.2 * strongest.max(initial=0)
    best = np.abs(heights).argmax(axis=1)
    letters = [LETTERS[i] if high > limit else "N" for i, high in zip(best, strongest, strict=True)]
    return "".join(letters)
