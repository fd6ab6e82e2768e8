"""Matrices of the JASPAR database, read offline from the files inside the package pyjaspar.

Source: Mathelier et al. (2016), https://doi.org/10.1093/nar/gkv1176 (JASPAR 2016), and its
later releases; the matrices are CC BY 4.0. Data sets are planted with them, networks start from
them and filters are compared with them, so every room may read here.
"""

from __future__ import annotations

import importlib.util
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tfbs.errors import UserError, nearest

Matrix = npt.NDArray[np.float64]

PSEUDOCOUNT = 0.01
"""Added to each probability before the logarithm, so that no base is impossible."""


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
    with closing(_open(release)) as database:
        known = _keys(database)
        motifs = {}
        for matrix_id in matrix_ids:
            if matrix_id not in known:
                raise UserError(f"{release} has no matrix {matrix_id!r}{nearest(matrix_id, known)}")
            key, name = known[matrix_id]
            motifs[matrix_id] = Motif(matrix_id, name, _probabilities(database, key))
    return motifs


def known_matrices(matrix_ids: Iterable[str], release: str = "JASPAR2016") -> dict[str, Motif]:
    """Returns those of the matrices that a release has, by id: see `read_jaspar`."""
    with closing(_open(release)) as database:
        known = _keys(database)
    return read_jaspar((name for name in matrix_ids if name in known), release)


def read_factors(names: Sequence[str], release: str = "JASPAR2024") -> dict[str, tuple[Motif, ...]]:
    """Returns, for each factor, the CORE matrices of its name; none where there is none.

    Names are compared without case, of each matrix its latest version counts. A name may belong to
    factors of several groups of species (`ABF1` of yeast and of plants): only matrices of the
    one group that knows most of the names come back, of the larger group where two know as many.

    Args:
        names: Of factors, as `"CTCF"`.
        release: One of those that pyjaspar ships.

    Raises:
        UserError: If pyjaspar does not ship the release.
    """
    with closing(_open(release)) as database:
        rows = database.execute(
            "SELECT a.VAL, UPPER(m.NAME), m.BASE_ID, MAX(m.VERSION) FROM MATRIX m "
            "JOIN MATRIX_ANNOTATION a ON a.ID = m.ID WHERE m.COLLECTION = 'CORE' "
            "AND a.TAG = 'tax_group' GROUP BY m.BASE_ID ORDER BY m.BASE_ID"
        ).fetchall()
    sizes = Counter(group for group, *_ in rows)
    wanted = {name.upper() for name in names}
    found = {(group, name) for group, name, *_ in rows if name in wanted}
    known = Counter(group for group, _ in found)
    best = max(sizes, key=lambda group: (known[group], sizes[group]))
    ids = [
        (name, f"{base}.{version}")
        for group, name, base, version in rows
        if group == best and name in wanted
    ]
    motifs = read_jaspar((matrix_id for _, matrix_id in ids), release)
    return {
        name: tuple(motifs[matrix_id] for own, matrix_id in ids if own == name.upper())
        for name in names
    }


def read_families(names: Sequence[str], release: str = "JASPAR2024") -> dict[str, str]:
    """Returns the structural family of each factor that JASPAR has a CORE matrix of.

    Of a factor with several matrices that of the first counts; see `read_factors`.

    Source: the families are those of TFClass, Wingender et al. (2018),
    https://doi.org/10.1093/nar/gkx987.

    Args:
        names: Of factors, as `"CTCF"`.
        release: One of those that pyjaspar ships.

    Raises:
        UserError: If pyjaspar does not ship the release.
    """
    factors = read_factors(names, release) if names else {}
    with closing(_open(release)) as database:
        families = {
            f"{base}.{version}": value
            for base, version, value in database.execute(
                "SELECT m.BASE_ID, m.VERSION, a.VAL FROM MATRIX m JOIN MATRIX_ANNOTATION a "
                "ON a.ID = m.ID WHERE a.TAG = 'family'"
            )
        }
    return {
        name: families[motifs[0].matrix_id]
        for name, motifs in factors.items()
        if motifs and motifs[0].matrix_id in families
    }


def read_group(group: str = "vertebrates", release: str = "JASPAR2016") -> list[Motif]:
    """Returns the CORE matrices of a group of species, the latest version of each, sorted by id.

    Args:
        group: `"vertebrates"`, `"plants"`, `"fungi"`, `"insects"`, `"nematodes"`, …
        release: One of those that pyjaspar ships.

    Raises:
        UserError: If pyjaspar does not ship the release, or it has no such group.
    """
    with closing(_open(release)) as database:
        rows = database.execute(
            "SELECT a.VAL, m.BASE_ID, MAX(m.VERSION) FROM MATRIX m JOIN MATRIX_ANNOTATION a "
            "ON a.ID = m.ID WHERE m.COLLECTION = 'CORE' AND a.TAG = 'tax_group' "
            "GROUP BY a.VAL, m.BASE_ID ORDER BY m.BASE_ID"
        ).fetchall()
    groups = {own for own, *_ in rows}
    if group not in groups:
        raise UserError(f"{release} has no group {group!r}{nearest(group, groups)}")
    ids = (f"{base}.{version}" for own, base, version in rows if own == group)
    return list(read_jaspar(ids, release).values())


def read_vertebrates(release: str = "JASPAR2016") -> list[Motif]:
    """Returns the CORE matrices of vertebrates, as `read_group` does; 519 in the 2016 release."""
    return read_group("vertebrates", release)


def reverse_complement_matrix(matrix: Matrix) -> Matrix:
    """Returns the matrix of the opposite strand.

    Args:
        matrix: `(width, 4)`, columns A, C, G, T.
    """
    return matrix[::-1, ::-1]


def log_odds(probabilities: Matrix) -> Matrix:
    """Returns the log-odds of a motif against uniform bases, `(width, 4)` in nats.

    Args:
        probabilities: `(width, 4)`, each row sums to 1.
    """
    scores: Matrix = np.log((probabilities + PSEUDOCOUNT) / (1 + 4 * PSEUDOCOUNT) / 0.25)
    return scores


def _keys(database: sqlite3.Connection) -> dict[str, tuple[int, str]]:
    """Returns key and name of every matrix of a release, by id with version."""
    rows = database.execute("SELECT ID, BASE_ID, VERSION, NAME FROM MATRIX")
    return {f"{base}.{version}": (key, name) for key, base, version, name in rows}


def _open(release: str) -> sqlite3.Connection:
    path = _release_file(release)
    return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)


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
