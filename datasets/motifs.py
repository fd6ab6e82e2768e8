"""Motifs of the JASPAR database, read offline from the files inside the package pyjaspar.

Source: Mathelier et al. (2016), https://doi.org/10.1093/nar/gkv1176 (JASPAR 2016), and its
later releases; the matrices are CC BY 4.0.
"""

from __future__ import annotations

import importlib.util
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tfbs.errors import UserError, nearest

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Motif:
    """One matrix of a motif database.

    Attributes:
        matrix_id: `"MA0079.3"`, base id and version.
        name: `"SP1"`.
        probabilities: `(width, 4)` float64, columns A, C, G, T, each row sums to 1.
    """

    matrix_id: str
    name: str
    probabilities: Matrix

    @property
    def width(self) -> int:
        """Width in nucleotides."""
        return len(self.probabilities)


def read_jaspar(matrix_ids: Iterable[str], release: str = "JASPAR2016") -> dict[str, Motif]:
    """Returns matrices of one JASPAR release, by id, in the order asked for.

    A probability is count / column sum, without pseudocount.

    Args:
        matrix_ids: Ids with version, as `"MA0079.3"`.
        release: `"JASPAR2016"`; the releases that pyjaspar ships.

    Raises:
        UserError: If pyjaspar does not ship the release, or the release has no such matrix.
    """
    path = _release_file(release)
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        known = {
            f"{base}.{version}": (key, name)
            for key, base, version, name in database.execute(
                "SELECT ID, BASE_ID, VERSION, NAME FROM MATRIX"
            )
        }
        motifs = {}
        for matrix_id in matrix_ids:
            if matrix_id not in known:
                raise UserError(f"{release} has no matrix {matrix_id!r}{nearest(matrix_id, known)}")
            key, name = known[matrix_id]
            motifs[matrix_id] = Motif(matrix_id, name, _probabilities(database, key))
    return motifs


def reverse_complement_matrix(matrix: Matrix) -> Matrix:
    """Returns the matrix of the opposite strand.

    Args:
        matrix: `(width, 4)`, columns A, C, G, T.
    """
    return matrix[::-1, ::-1]


def information_content(probabilities: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Returns the information of each position, `(..., length)` in bits, 0 ... 2.

    2 + sum of p log2(p + 1e-10), against a uniform background; the small constant keeps
    p = 0 finite and lets a uniform position be off 0 by about 1e-9.

    Args:
        probabilities: `(..., length, 4)`, each row sums to 1.
    """
    bits: npt.NDArray[np.floating] = 2.0 + (probabilities * np.log2(probabilities + 1e-10)).sum(
        axis=-1
    )
    return bits


def _release_file(release: str) -> Path:
    spec = importlib.util.find_spec("pyjaspar")
    if spec is None or not spec.submodule_search_locations:
        raise UserError("the package pyjaspar is not installed; run: pip install pyjaspar")
    folder = Path(spec.submodule_search_locations[0]) / "data"
    path = folder / f"{release}.sqlite"
    if not path.is_file():
        known = [file.stem for file in folder.glob("*.sqlite")]
        raise UserError(f"pyjaspar does not ship release {release!r}{nearest(release, known)}")
    return path


def _probabilities(database: sqlite3.Connection, key: int) -> Matrix:
    cells = database.execute(
        'SELECT col, "row", val FROM MATRIX_DATA WHERE ID = ? ORDER BY col', (key,)
    ).fetchall()
    counts = np.zeros((max(column for column, _, _ in cells), 4))
    for column, base, count in cells:
        counts[column - 1, "ACGT".index(base)] = count
    probabilities: Matrix = counts / counts.sum(axis=1, keepdims=True)
    return probabilities
