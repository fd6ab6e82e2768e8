"""What matrices are compared with, and the best match of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tfbs.benchmark.explain.tomtom import Distance, Matches, compare
from tfbs.errors import UserError, nearest
from tfbs.jaspar import Motif, read_group
from tfbs.meme import read_meme

_JASPAR = re.compile(r"(JASPAR\d{4})(?:/(\w+))?")


def read_database(name: str) -> list[Motif]:
    """Returns the motifs of a release of JASPAR, or of a file.

    Args:
        name: `"JASPAR2024"`, CORE vertebrates; `"JASPAR2024/fungi"`, of another group; else the
            path of a file in MEME's text format.

    Raises:
        UserError: If there is no such release, group or file, or the file is not of that format.
    """
    release = _JASPAR.fullmatch(name)
    if release is None:
        return read_meme(Path(name))
    return read_group(release[2] or "vertebrates", release[1])


def named_motifs(wanted: Sequence[str], database: Sequence[Motif]) -> dict[str, list[str]]:
    """Returns the ids of a database that count as each of the motifs.

    Args:
        wanted: Names of factors, as `"REST"`, or ids with or without version.
        database: What filters are compared with.

    Raises:
        UserError: If the database has none of that name or id.
    """
    found = {}
    for word in wanted:
        ids = [motif.matrix_id for motif in database if word.upper() in _names(motif)]
        if not ids:
            known = {motif.name for motif in database}
            raise UserError(f"the database has no motif {word!r}{nearest(word, known)}")
        found[word] = ids
    return found


def _names(motif: Motif) -> tuple[str, ...]:
    """Returns what a motif may be called."""
    matrix_id = motif.matrix_id.upper()
    return matrix_id, matrix_id.partition(".")[0], motif.name.upper()


@dataclass(frozen=True)
class Match:
    """A motif of a database that a matrix resembles.

    Attributes:
        index: Of the motif in the database.
        motif: What it is.
        p_value: Of the better strand.
        e_value: How many motifs of the database are expected to be as good by chance.
        q_value: Among all comparisons of this matrix.
        offset: Column of the motif, on its strand, that lies at the first column of the matrix.
        strand: `"+"`, or `"-"` where the reverse complement matches.
    """

    index: int
    motif: Motif
    p_value: float
    e_value: float
    q_value: float
    offset: int
    strand: str

    @property
    def aligned(self) -> np.ndarray:
        """`(width, 4)` probabilities on the strand that matches."""
        probabilities = self.motif.probabilities
        return probabilities if self.strand == "+" else probabilities[::-1, ::-1]

    @property
    def cells(self) -> dict[str, object]:
        """The columns of a table of matches."""
        return {
            "motif": self.motif.matrix_id,
            "name": self.motif.name,
            "strand": self.strand,
            "offset": self.offset,
            "p": f"{self.p_value:.3g}",
            "E": f"{self.e_value:.3g}",
            "q": f"{self.q_value:.3g}",
        }


def match_all(
    motifs: Sequence[np.ndarray], database: Sequence[Motif], distance: Distance
) -> list[Matches | None]:
    """Returns how each matrix compares with the database; None for one without columns.

    Args:
        motifs: `(width, 4)` frequencies each.
        database: Not empty.
        distance: How Tomtom compares two columns.
    """
    targets = [motif.probabilities for motif in database]
    return [compare(motif, targets, distance=distance) if len(motif) else None for motif in motifs]


def best_match(
    found: Matches | None, database: Sequence[Motif], among: np.ndarray | None = None
) -> Match | None:
    """Returns the motif with the smallest p-value, None where there was nothing to compare.

    Args:
        found: By `match_all`.
        database: The same.
        among: `(motifs,)` bool, which of the database count; all by default.
    """
    if found is None or (among is not None and not among.any()):
        return None
    smallest = found.p_values.min(axis=1)
    if among is not None:
        smallest = np.where(among, smallest, np.inf)
    index = int(smallest.argmin())
    strand = int(found.p_values[index].argmin())
    return Match(
        index,
        database[index],
        float(smallest[index]),
        float(found.e_values[index]),
        float(found.q_values[index]),
        int(found.offsets[index, strand]),
        "+-"[strand],
    )
