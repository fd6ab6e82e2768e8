"""Maps as files: TF-MoDISco's arrays, and bigWig where there are coordinates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

_PLACE = re.compile(r"(?:^|:)([\w.]+):(\d+)-(\d+)(?:\([-+.]\))?$")


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


def places_of(names: Sequence[str], length: int) -> list[tuple[str, int]] | None:
    """Returns chromosome and start of every window, or None where a name does not say.

    Args:
        names: Such as `chrIV:1200-1400`, `K562:chr1:600-800` or `peak::chr1:5-105(+)`.
        length: Of the windows; a name of a shorter stretch is its middle.
    """
    places = []
    for name in names:
        found = _PLACE.search(name)
        if found is None:
            return None
        start, end = int(found[2]), int(found[3])
        places.append((found[1], start - (length - (end - start)) // 2))
    return places


def write_big_wig(path: Path, places: Sequence[tuple[str, int]], contributions: np.ndarray) -> Path:
    """Writes the contribution of every position, the mean where windows overlap.

    Chromosomes end where the last window does.

    Args:
        path: Of the file.
        places: Chromosome and start of every window; a start may be negative.
        contributions: `(n, length)`.
    """
    import pybigtools

    sums: dict[str, dict[int, list[float]]] = {}
    for (chromosome, start), row in zip(places, contributions, strict=True):
        own = sums.setdefault(chromosome, {})
        for offset, value in enumerate(row.tolist()):
            if start + offset >= 0:
                own.setdefault(start + offset, []).append(value)
    lengths = {name: max(own) + 1 for name, own in sums.items()}
    values = (
        (name, position, position + 1, float(np.mean(sums[name][position])))
        for name in sorted(sums)
        for position in sorted(sums[name])
    )
    pybigtools.open(str(path), "w").write(lengths, values)
    return path
