"""Reads tables with a sequence column and one or more label columns: TSV, CSV, whitespace."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tfbs.datasets.alphabet import Codes
from tfbs.datasets.sequences.examples import LABELS, Examples, make_examples
from tfbs.datasets.sequences.sequence_files import chromosome_of, encode_at
from tfbs.datasets.text_files import open_text
from tfbs.errors import UserError, nearest

SEQUENCE_NAMES = ("sequence", "seq", "sequences", "dna")
LABEL_NAMES = ("label", "labels", "bound", "target", "class", "y")
ID_NAMES = ("id", "name", "eventid", "sequence_id", "seq_id", "peak", "coordinates", "region")
CHROMOSOME_NAMES = ("chrom", "chromosome", "chr")

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Columns:
    """Where a table keeps what; `header` counts the lines before the first example."""

    sequence: int
    labels: tuple[int, ...]
    targets: tuple[str, ...]
    identifier: int | None
    chromosome: int | None
    header: int
    width: int


def read_table(
    path: Path, sequence_column: str | None = None, label_columns: tuple[str, ...] = ()
) -> tuple[Examples, tuple[str, ...]]:
    """Returns the examples of a table, and the names of its label columns.

    The columns are found by name in the header (`sequence`, `seq`, ...; `label`, `Bound`, ...),
    or are the two columns of a table without one.

    Args:
        path: Tab-, comma- or space-separated, plain or gzip.
        sequence_column: Its name, where it is none of the usual ones.
        label_columns: Their names; several are several targets.

    Raises:
        UserError: If a column is not found, a row is short, a letter is not an IUPAC
            nucleotide or a label is not 0, 1 or -1; names the file, line and value.
    """
    with open_text(path) as handle:
        rows = _rows(path, handle)
        first = next(rows, None)
        if first is None:
            raise UserError(f"{path}: the table is empty")
        columns = _find_columns(path, first[1], sequence_column, label_columns)
        ids: list[str] = []
        sequences: list[Codes] = []
        labels: list[list[int]] = []
        chromosomes: list[str | None] = []
        for number, cells in _examples(first, rows, columns):
            _check_width(path, number, cells, columns)
            letters = cells[columns.sequence].strip()
            if not letters:
                raise UserError(f"{path}, line {number}: the sequence is empty")
            sequences.append(encode_at(letters, path, number))
            labels.append([parse_label(cells[c], f"{path}, line {number}") for c in columns.labels])
            ids.append(_identifier(cells, columns, number))
            chromosomes.append(_chromosome(cells, columns))
    if not ids:
        raise UserError(f"{path}: the table holds a header but no sequences")
    return make_examples(ids, sequences, labels, chromosomes), columns.targets


def parse_label(cell: str, place: str) -> int:
    """Returns a label, -1, 0 or 1.

    Args:
        cell: `"1"`, `"0"`, `"-1"`, or the same with a decimal point.
        place: File and line, for the message.

    Raises:
        UserError: If it is anything else; a continuous label is named as such.
    """
    text = cell.strip()
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value in LABELS:
        return int(value)
    if value == value and not value.is_integer():
        raise UserError(
            f"{place}: label {text!r} is continuous; regression is not supported yet, labels "
            "are 0, 1 or -1 (unknown)"
        )
    raise UserError(f"{place}: label {text!r} is not 0, 1 or -1 (unknown)")


def _rows(path: Path, handle: Iterator[str]) -> Iterator[Row]:
    """Yields line number and cells of each line that is not blank; cells may be of any length."""
    csv.field_size_limit(sys.maxsize)
    delimiter: str | None = None
    for number, line in enumerate(handle, start=1):
        if not line.strip():
            continue
        if delimiter is None:
            delimiter = "\t" if "\t" in line else "," if "," in line else " "
        stripped = line.rstrip("\r\n")
        if delimiter == " ":
            yield number, stripped.split()
        else:
            try:
                yield number, next(csv.reader([stripped], delimiter=delimiter))
            except csv.Error as error:
                raise UserError(f"{path}, line {number}: {error}") from error


def _find_columns(
    path: Path, cells: list[str], sequence_column: str | None, label_columns: tuple[str, ...]
) -> Columns:
    names = [cell.strip() for cell in cells]
    sequence = (
        _named(path, names, sequence_column)
        if sequence_column
        else _usual(path, names, SEQUENCE_NAMES, "--sequence-column")
    )
    if sequence is None:
        return _without_header(path, names, label_columns)
    if label_columns:
        labels = tuple(_named(path, names, column) for column in label_columns)
    else:
        label = _usual(path, names, LABEL_NAMES, "--label-column")
        if label is None:
            raise UserError(
                f"{path}, line 1: no label column among {', '.join(names)}; "
                "name it with --label-column"
            )
        labels = (label,)
    return Columns(
        sequence=sequence,
        labels=labels,
        targets=tuple(names[label] for label in labels),
        identifier=_usual(path, names, ID_NAMES),
        chromosome=_usual(path, names, CHROMOSOME_NAMES),
        header=1,
        width=len(names),
    )


def _without_header(path: Path, cells: list[str], label_columns: tuple[str, ...]) -> Columns:
    looks_like_data = len(cells) == 2 and cells[0].isalpha() and _is_number(cells[1])
    if label_columns or not looks_like_data:
        shown = ", ".join(cell[:20] for cell in cells[:20])
        raise UserError(
            f"{path}, line 1: no sequence column among {shown}; "
            "name it with --sequence-column, or give two columns, sequence and label"
        )
    return Columns(0, (1,), ("label",), None, None, header=0, width=2)


def _named(path: Path, names: list[str], wanted: str) -> int:
    if wanted not in names:
        raise UserError(f"{path}, line 1: no column {wanted!r}{nearest(wanted, names)}")
    return names.index(wanted)


def _usual(
    path: Path, names: list[str], usual: tuple[str, ...], option: str | None = None
) -> int | None:
    """Returns the first column with a usual name, any case; two are one too many to guess."""
    found = [index for index, name in enumerate(names) if name.lower() in usual]
    if option and len(found) > 1:
        several = ", ".join(names[index] for index in found)
        raise UserError(f"{path}, line 1: any of {several} may be meant; choose with {option}")
    return found[0] if found else None


def _examples(first: Row, rows: Iterator[Row], columns: Columns) -> Iterator[Row]:
    if not columns.header:
        yield first
    yield from rows


def _check_width(path: Path, number: int, cells: list[str], columns: Columns) -> None:
    if len(cells) != columns.width:
        raise UserError(
            f"{path}, line {number}: {len(cells)} columns where line 1 has {columns.width}"
        )


def _identifier(cells: list[str], columns: Columns, number: int) -> str:
    named = "" if columns.identifier is None else cells[columns.identifier].strip()
    return named or f"line_{number}"


def _chromosome(cells: list[str], columns: Columns) -> str | None:
    if columns.chromosome is not None:
        return cells[columns.chromosome].strip() or None
    return None if columns.identifier is None else chromosome_of(cells[columns.identifier].strip())


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
