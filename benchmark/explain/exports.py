"""Maps as files: TF-MoDISco's arrays, and bigWig where there are coordinates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

_PLACE = re.compile(r"(?:^|:)([\w.]+):(\d+)-(\d+)(?:\(([-+.])\))?$")

Place = tuple[str, int, bool]
"""Chromosome, start, and whether the window is of the other strand."""


def write_modisco(folder: Path, sequence: np.ndarray, maps: np.ndarray) -> list[Path]:
    """Writes `ohe.npz` and `shap.npz`, each one array `(n, 4, length)`, and returns their paths.

    TF-MoDISco multiplies the second, hypothetical contributions, by the first.

    Args:
        folder: Where.
        sequence: `(n, length, 4)` one-hot.
        maps: `(n, length, 4)`.
    """
    paths = [folder / "ohe.npz", folder / "shap.npz"]
    for path, array in zip(paths, (sequence, maps), strict=True):
        np.savez_compressed(path, np.swapaxes(array, 1, 2).astype("float32"))
    return paths


def places_of(names: Sequence[str], length: int) -> list[Place] | None:
    """Returns where every window lies, or None where a name does not say.

    Starts are 0-based, as bedtools writes them; where the ends are one closer than the window is
    long they are 1-based, as samtools does.

    Args:
        names: Such as `chrIV:1200-1400`, `K562:chr1:600-800` or `peak::chr1:5-105(-)`.
        length: Of the windows; a name of a shorter stretch is its middle.
    """
    places = []
    for name in names:
        found = _PLACE.search(name)
        if found is None:
            return None
        start, end = int(found[2]), int(found[3])
        if end - start + 1 == length:
            start -= 1
        places.append((found[1], start - (length - (end - start)) // 2, found[4] == "-"))
    return places


def write_big_wig(path: Path, places: Sequence[Place], contributions: np.ndarray) -> Path:
    """Writes the contribution of every position, the mean where windows overlap.

    Chromosomes end where the last window does; a window of the other strand is turned.

    Args:
        path: Of the file.
        places: Of the windows; a start may be negative.
        contributions: `(n, length)`.
    """
    import pybigtools

    names = sorted({name for name, *_ in places})
    length = contributions.shape[1]
    lengths, values = {}, []
    for name in names:
        rows = [row for row, (chromosome, *_) in enumerate(places) if chromosome == name]
        own = contributions[rows].astype(float)
        turned = np.array([places[row][2] for row in rows])
        own[turned] = own[turned, ::-1]
        at = np.array([places[row][1] for row in rows])[:, None] + np.arange(length)
        position, index = np.unique(at[at >= 0], return_inverse=True)
        means = np.bincount(index, weights=own[at >= 0]) / np.bincount(index)
        lengths[name] = int(position[-1]) + 1
        values.append((name, position.tolist(), means.tolist()))
    entries = (
        (name, start, start + 1, mean)
        for name, position, means in values
        for start, mean in zip(position, means, strict=True)
    )
    pybigtools.open(str(path), "w").write(lengths, entries)
    return path
