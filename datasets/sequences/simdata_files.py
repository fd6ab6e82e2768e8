"""Reads simulated sequences with their embedded motifs, as the package simdna writes them.

A tab-separated table: name, sequence, embeddings, then label columns. Embeddings are separated by
commas, each `pos-START_NAME-LETTERS`: at START (0-based) the LETTERS of the motif NAME stand. The
name may be missing; two motifs of a pair are one word, `pos-START_NAME-LETTERS-GapN-NAME-LETTERS`.
Source: the simulations of Shrikumar et al. (2017), https://arxiv.org/abs/1704.02685.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import Codes
from tfbs.datasets.sequences.examples import Examples, make_examples
from tfbs.datasets.sequences.sequence_files import encode_at
from tfbs.datasets.sequences.sequence_tables import parse_label
from tfbs.datasets.text_files import open_text
from tfbs.errors import UserError, nearest

HEADER = ("seqName", "sequence", "embeddings")
"""Names of the first columns."""

_EMBEDDING = re.compile(r"pos-(\d+)_(.+)")
_GAP = re.compile(r"-Gap(\d+)-")
_MOTIF = re.compile(r"(?:.+-)?([A-Za-z]+)")


def read_simdata(
    path: Path, label_columns: tuple[str, ...] = ()
) -> tuple[Examples, tuple[str, ...]]:
    """Returns the examples of a simulation with their position truth, and its label columns.

    The information of a position is 1 inside an embedded motif, of whatever factor, and 0
    elsewhere: the file does not hold the matrices that would give bits.

    Args:
        path: Plain or gzip.
        label_columns: Which label columns; all by default.

    Raises:
        UserError: If the header is another, a row is short, a letter is not an IUPAC nucleotide, a
            label is not 0, 1 or -1, or an embedding is not readable or not where it claims
            to be; names the file, line and value.
    """
    ids: list[str] = []
    sequences: list[Codes] = []
    labels: list[list[int]] = []
    information: list[npt.NDArray[np.float32]] = []
    with open_text(path) as lines:
        header = next(lines, "").rstrip("\r\n").split("\t")
        columns = _label_columns(path, header, label_columns)
        for number, line in enumerate(lines, start=2):
            if not line.strip():
                continue
            cells = line.rstrip("\r\n").split("\t")
            place = f"{path}, line {number}"
            if len(cells) != len(header):
                raise UserError(f"{place}: {len(cells)} columns where line 1 has {len(header)}")
            name, letters, embeddings = (cell.strip() for cell in cells[: len(HEADER)])
            if not letters:
                raise UserError(f"{place}: the sequence is empty")
            ids.append(name or f"line_{number}")
            sequences.append(encode_at(letters, path, number))
            labels.append([parse_label(cells[column], place) for column in columns])
            information.append(embedded(letters, embeddings, place))
    if not ids:
        raise UserError(f"{path}: the file holds a header but no sequences")
    targets = tuple(header[column].strip() for column in columns)
    return make_examples(ids, sequences, labels, information=information), targets


def embedded(letters: str, embeddings: str, place: str) -> npt.NDArray[np.float32]:
    """Returns 1 inside embedded motifs and 0 elsewhere, `(length,)` float32.

    Args:
        letters: The sequence.
        embeddings: The cell of the table; empty where nothing is embedded.
        place: File and line, for the message.

    Raises:
        UserError: If an embedding is not readable, or its letters do not stand there.
    """
    inside = np.zeros(len(letters), np.float32)
    for word in filter(None, (word.strip() for word in embeddings.split(","))):
        for start, motif in _motifs(word, place):
            stands = letters[start : start + len(motif)]
            # simdna cuts a motif at the end of the sequence, and writes all of it
            reaches_end = stands and start + len(stands) == len(letters)
            expected = motif[: len(stands)] if reaches_end else motif
            if stands.upper() != expected.upper():
                raise UserError(
                    f"{place}: embedding {word!r} does not stand there; the sequence has "
                    f"{stands or 'nothing'} at position {start} (0-based)"
                )
            inside[start : start + len(motif)] = 1
    return inside


def _motifs(word: str, place: str) -> list[tuple[int, str]]:
    """Returns start and letters of the one motif of an embedding, or of the two of a pair."""
    found = _EMBEDDING.fullmatch(word)
    parts = _GAP.split(found[2]) if found else []
    motifs = [_MOTIF.fullmatch(part) for part in parts[::2]]
    if found is None or not all(motifs):
        raise UserError(f"{place}: embedding {word!r} is not of the form pos-START_NAME-LETTERS")
    start, gaps = int(found[1]), [*map(int, parts[1::2]), 0]
    places = []
    for motif, gap in zip(motifs, gaps, strict=True):
        assert motif is not None  # noqa: S101  (asked before)
        places.append((start, motif[1]))
        start += len(motif[1]) + gap
    return places


def _label_columns(path: Path, header: list[str], wanted: tuple[str, ...]) -> list[int]:
    names = [cell.strip() for cell in header]
    if tuple(names[: len(HEADER)]) != HEADER:
        shown = ", ".join(name[:40] for name in names[:4])
        raise UserError(
            f"{path}, line 1: the columns are {shown}; simulated data begin with "
            f"{', '.join(HEADER)}"
        )
    known = names[len(HEADER) :]
    if not known:
        raise UserError(f"{path}, line 1: no label column after {', '.join(HEADER)}")
    for name in known:
        if known.count(name) > 1:
            raise UserError(f"{path}, line 1: two label columns are called {name!r}")
    for name in wanted:
        if name not in known:
            raise UserError(f"{path}, line 1: no label column {name!r}{nearest(name, known)}")
    return [names.index(name, len(HEADER)) for name in wanted or known]
