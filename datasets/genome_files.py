"""Reads a genome: FASTA (plain, gzip, bgzip) or 2bit."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np

from tfbs.datasets.alphabet import Codes, encode
from tfbs.datasets.text_files import check_file, open_binary
from tfbs.errors import UserError

_TWO_BIT = (b"\x43\x27\x41\x1a", b"\x1a\x41\x27\x43")


def read_genome(path: Path) -> dict[str, Codes]:
    """Returns the chromosomes by name, in the order of the file, each `(length,)` uint8 codes.

    Args:
        path: FASTA, plain, gzip or bgzip, or 2bit; told apart by content.

    Raises:
        UserError: If the file is no genome, a name stands twice, a chromosome is empty, or a
            letter is not an IUPAC nucleotide.
    """
    check_file(path)
    with path.open("rb") as handle:
        two_bit = handle.read(4) in _TWO_BIT
    return _read_two_bit(path) if two_bit else _read_fasta(path)


def genome_hash(genome: Mapping[str, Codes]) -> str:
    """Returns a sha256 of what a genome says: names, lengths and letters, N for every unknown."""
    digest = hashlib.sha256()
    for name, codes in genome.items():
        digest.update(f">{name} {len(codes)}\n".encode())
        digest.update(np.ascontiguousarray(codes).data)
    return digest.hexdigest()


def _read_two_bit(path: Path) -> dict[str, Codes]:
    import py2bit

    try:
        file = py2bit.open(str(path))
    except RuntimeError as error:
        raise UserError(f"{path}: not a readable 2bit file ({error})") from error
    try:
        return {name: encode(file.sequence(name)) for name in file.chroms()}
    except RuntimeError as error:
        raise UserError(f"{path}: a sequence of it cannot be read ({error})") from error
    finally:
        file.close()


def _read_fasta(path: Path) -> dict[str, Codes]:
    genome: dict[str, Codes] = {}
    name: str | None = None
    own: list[bytes] = []
    with open_binary(path) as lines:
        for number, line in enumerate(lines, start=1):
            if line.startswith(b">"):
                if name is not None:
                    genome[name] = _encode(own, name, path)
                name, own = _name(line, genome, path, number), []
            elif name is not None:
                own.append(line.strip())
            elif line.strip():
                raise UserError(
                    f"{path}, line {number}: {line[:20].decode('latin-1').strip()!r} stands before "
                    "the first header; a genome is FASTA, which begins with '>', or 2bit"
                )
    if name is None:
        raise UserError(f"{path}: the file holds no sequences")
    genome[name] = _encode(own, name, path)
    return genome


def _encode(lines: list[bytes], name: str, path: Path) -> Codes:
    try:
        codes = encode(b"".join(lines))
    except ValueError as error:
        raise UserError(f"{path}, sequence {name}: {error}") from error
    if not len(codes):
        raise UserError(f"{path}: {name!r} has no sequence")
    return codes


def _name(header: bytes, names: Collection[str], path: Path, number: int) -> str:
    words = header[1:].decode("utf-8", "replace").split()
    if not words:
        raise UserError(f"{path}, line {number}: the sequence has no name")
    if words[0] in names:
        raise UserError(f"{path}, line {number}: {words[0]!r} stands twice")
    return words[0]
