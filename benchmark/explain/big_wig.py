"""Contributions as bigWig, for genome browsers, where windows have coordinates."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tfbs.datasets.chromosomes import match_chromosomes
from tfbs.datasets.text_files import open_text
from tfbs.errors import UserError

_PLACE = re.compile(r"(?:^|:)([\w.]+):(\d+)-(\d+)(?:\(([-+.])\))?$")
_LENGTH = re.compile(r"0*[1-9][0-9]{0,17}")

FILES = "contributions*.bw"
"""What the files of a folder are called."""

Place = tuple[str, int, bool]
"""Chromosome, start, and whether the window is of the other strand."""


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


def read_sizes(path: Path) -> dict[str, int]:
    """Returns the lengths of chromosomes, in base pairs, by name.

    Args:
        path: Of `chrom.sizes`, or of a FASTA index (`.fai`): the first two columns are read.

    Raises:
        UserError: If the file is missing or empty, or a line is none of these.
    """
    sizes = {}
    with open_text(path) as lines:
        for number, line in enumerate(lines, start=1):
            fields = line.split()
            if not fields or line.startswith("#"):
                continue
            if len(fields) < 2 or not _LENGTH.fullmatch(fields[1]):
                raise UserError(
                    f"{path}, line {number}: {reprlib.repr(line.strip())} is not a chromosome and "
                    "its length"
                )
            sizes[fields[0]] = int(fields[1])
    if not sizes:
        raise UserError(f"{path} names no chromosome")
    return sizes


def check_places(places: Sequence[Place], sizes: Mapping[str, int], where: str) -> None:
    """Refuses windows that are not on the chromosomes.

    Args:
        places: Of the windows.
        sizes: Of the chromosomes.
        where: How to name the sizes in an error.

    Raises:
        UserError: If a chromosome is missing, or a window lies beyond the end of one.
    """
    _, missing = match_chromosomes({name for name, *_ in places}, sizes, where)
    if missing:
        raise UserError(f"{where}: chromosome {missing[0]} of the sequences is not in it")
    for name, start, _ in places:
        if start >= sizes[name]:
            raise UserError(
                f"{where}: a window starts at {name}:{start}, but {name} ends at {sizes[name]}; "
                "give the sizes of the assembly that the sequences are of"
            )


def write_big_wigs(
    folder: Path,
    places: Sequence[Place],
    contributions: npt.NDArray[np.float32],
    cells: Sequence[str],
    sizes: Mapping[str, int] | None = None,
) -> list[Path]:
    """Writes `contributions.bw`, or one file per cell, and returns their paths.

    Args:
        folder: Where.
        places: Of the windows; they may begin before their chromosome and end after it.
        contributions: `(n, length)`; those of a window of the other strand are turned around, and
            where windows overlap their mean is written.
        cells: Of the windows; empty where cells are not told apart.
        sizes: Of the chromosomes; by default one ends where its last window does, which not every
            browser takes.
    """
    paths = []
    for cell in sorted(set(cells)):
        rows = [row for row, own in enumerate(cells) if own == cell]
        name = re.sub(r"[^\w.+-]", "_", f"contributions-{cell}" if cell else "contributions")
        path = folder / f"{name}.bw"
        _write(path, [places[row] for row in rows], contributions[rows], sizes)
        paths.append(path)
    return paths


def _write(
    path: Path,
    places: Sequence[Place],
    contributions: npt.NDArray[np.float32],
    sizes: Mapping[str, int] | None,
) -> None:
    import pybigtools

    lengths, values = {}, []
    for name in sorted({name for name, *_ in places}):
        rows = [row for row, (chromosome, *_) in enumerate(places) if chromosome == name]
        position, means = _means([places[row] for row in rows], contributions[rows])
        lengths[name] = sizes[name] if sizes else int(position[-1]) + 1
        inside = position < lengths[name]
        values.append((name, position[inside].tolist(), means[inside].tolist()))
    pybigtools.open(str(path), "w").write(lengths, _entries(values))


def _entries(
    values: Sequence[tuple[str, list[int], list[float]]],
) -> Iterator[tuple[str, int, int, float]]:
    for name, position, means in values:
        for start, mean in zip(position, means, strict=True):
            yield name, start, start + 1, mean


def _means(
    places: Sequence[Place], contributions: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Returns the positions of one chromosome that windows cover, and their mean contributions."""
    own = contributions.astype(float)
    turned = np.array([place[2] for place in places])
    own[turned] = own[turned, ::-1]
    at = np.array([place[1] for place in places])[:, None] + np.arange(own.shape[1])
    position, index = np.unique(at[at >= 0], return_inverse=True)
    return position, np.bincount(index, weights=own[at >= 0]) / np.bincount(index)
