"""Tells the files apart that labelled sequences come in, and reads FASTA."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from tfbs.datasets.alphabet import Codes, encode
from tfbs.datasets.sequences.examples import Examples, make_examples
from tfbs.datasets.text_files import check_file, open_text
from tfbs.errors import UserError

_HDF5 = b"\x89HDF\r\n\x1a\n"
_COORDINATES = re.compile(r"(?:^|::)([\w.]+):\d+-\d+(?:\([-+.]\))?$")


def file_kind(path: Path) -> str:
    """Returns `"fasta"`, `"table"`, `"simdata"` or `"hdf5"`, judged by content.

    Raises:
        UserError: If the file is missing, empty or unreadable.
    """
    check_file(path)
    with path.open("rb") as handle:
        if handle.read(len(_HDF5)) == _HDF5:
            return "hdf5"
    with open_text(path) as lines:
        for line in lines:
            if line.startswith("seqName\tsequence\tembeddings"):
                return "simdata"
            if line.strip():
                return "fasta" if line.startswith(">") else "table"
    raise UserError(f"{path}: the file is empty")


def encode_at(letters: str, path: Path, line: int) -> Codes:
    """Returns the codes of the letters, or says where in which file a letter is wrong.

    Raises:
        UserError: If a letter is not an IUPAC nucleotide.
    """
    try:
        return encode(letters)
    except ValueError as error:
        raise UserError(f"{path}, line {line}: {error}") from error


def chromosome_of(name: str) -> str | None:
    """Returns the chromosome of a name such as `chr1:855169-855404` or `peak::chr1:1-9(+)`."""
    found = _COORDINATES.search(name)
    return found.group(1) if found else None


def read_fasta(path: Path, label: int) -> Examples:
    """Returns the sequences of a FASTA file, all with one label.

    Args:
        path: Plain or gzip.
        label: The one label of them all.

    Raises:
        UserError: If the file holds no sequences, a header stands alone, text stands before
            the first header, or a letter is not an IUPAC nucleotide.
    """
    names: list[str] = []
    header_lines: list[int] = []
    parts: list[list[Codes]] = []
    with open_text(path) as lines:
        for number, raw in enumerate(lines, start=1):
            line = raw.strip()
            if line.startswith(">"):
                names.append(line[1:].split()[0] if line[1:].split() else f"sequence_{number}")
                header_lines.append(number)
                parts.append([])
            elif line and not parts:
                raise UserError(
                    f"{path}, line {number}: {line[:20]!r} stands before the first header; "
                    "FASTA begins with '>'"
                )
            elif line:
                parts[-1].append(encode_at(line, path, number))
    if not parts:
        raise UserError(f"{path}: the FASTA file holds no sequences")
    for name, number, part in zip(names, header_lines, parts, strict=True):
        if not part:
            raise UserError(f"{path}, line {number}: {name!r} has no sequence")
    sequences = [part[0] if len(part) == 1 else np.concatenate(part) for part in parts]
    chromosomes = [chromosome_of(name) for name in names]
    return make_examples(names, sequences, np.full(len(names), label), chromosomes)
