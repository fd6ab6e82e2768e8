"""Motif files in MEME's minimal text format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from tfbs.errors import UserError
from tfbs.files import write_whole
from tfbs.jaspar import Motif

_MATRIX = "letter-probability matrix:"
_TOLERANCE = 0.02
"""How far a row may be from a sum of 1: files round their numbers."""


def read_meme(path: Path) -> list[Motif]:
    """Returns the motifs of a file in its order.

    Rows are divided by their sums. A motif without a second name gets its id as its name.

    Args:
        path: MEME's minimal text format, version 3 or later, alphabet ACGT.

    Raises:
        UserError: If the file is not there or not of that format; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read as a MEME file ({error})") from error
    if not any(line.startswith("MEME version") for line in lines):
        raise UserError(f"{path}: no line 'MEME version': give motifs in MEME's text format")
    motifs = list(_motifs(path, lines))
    if not motifs:
        raise UserError(f"{path}: holds no motif (a line 'MOTIF NAME', then {_MATRIX!r})")
    return motifs


def write_meme(path: Path, motifs: Iterable[Motif], sites: Iterable[int]) -> Path:
    """Writes motifs in MEME's minimal text format, atomically, and returns the path.

    Args:
        path: Where.
        motifs: With at least one column each.
        sites: From how many sites each was made.
    """
    parts = ["MEME version 5", "ALPHABET= ACGT", "strands: + -", "Background letter frequencies"]
    parts[-1] += "\nA 0.25 C 0.25 G 0.25 T 0.25"
    for motif, count in zip(motifs, sites, strict=True):
        rows = "\n".join(" ".join(f"{p:.6f}" for p in row) for row in motif.probabilities)
        head = f"{_MATRIX} alength= 4 w= {motif.width} nsites= {count} E= 0"
        parts.append(f"MOTIF {motif.matrix_id} {motif.name}\n{head}\n{rows}")
    return write_whole(path, "\n\n".join(parts) + "\n")


def _motifs(path: Path, lines: list[str]) -> Iterator[Motif]:
    """Yields the motifs of a file's lines."""
    words: list[str] = []
    for number, line in enumerate(lines, 1):
        if line.startswith("MOTIF"):
            words = line.split()[1:]
            if not words:
                raise UserError(f"{path}, line {number}: MOTIF without a name")
        elif line.startswith("ALPHABET") and line.partition("=")[2].strip() not in ("ACGT", ""):
            raise UserError(f"{path}, line {number}: {line.strip()!r}; only ACGT is read")
        elif line.startswith(_MATRIX):
            if not words:
                raise UserError(f"{path}, line {number}: a matrix before any MOTIF")
            rows = list(_rows(path, lines, number))
            if not rows:
                raise UserError(f"{path}, line {number}: a matrix without rows")
            yield Motif(words[0], words[1] if len(words) > 1 else words[0], np.array(rows))


def _rows(path: Path, lines: list[str], first: int) -> Iterator[list[float]]:
    """Yields the rows of probabilities from a line on, until one that begins with no number."""
    for number, line in enumerate(lines[first:], first + 1):
        cells = line.split()
        if not cells or not (cells[0][0].isdigit() or cells[0][0] in "-."):
            return
        try:
            row = [float(cell) for cell in cells]
        except ValueError:
            row = []
        if len(row) != 4 or min(row) < 0 or not abs(sum(row) - 1) <= _TOLERANCE:
            raise UserError(
                f"{path}, line {number}: {line.strip()!r} is not four probabilities that sum to 1"
            )
        yield [value / sum(row) for value in row]
