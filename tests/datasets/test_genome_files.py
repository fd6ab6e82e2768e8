"""Genomes from FASTA and 2bit."""

from __future__ import annotations

import gzip
import shutil
import struct
import subprocess

import numpy as np
import pytest

from tfbs.datasets.alphabet import decode
from tfbs.datasets.genome_files import genome_hash, read_genome
from tfbs.errors import UserError

TEXT = ">chrI first\r\nACGTN\r\nacgt\r\n\r\n>chrII\r\nTTR\r\n"


def two_bit(sequences):
    """The UCSC format, written by its description: T C A G = 0 1 2 3, runs of N apart."""
    header = struct.pack("<4I", 0x1A412743, 0, len(sequences), 0)
    offset = len(header) + sum(5 + len(name) for name in sequences)
    index, body = b"", b""
    for name, letters in sequences.items():
        index += struct.pack("<B", len(name)) + name.encode()
        index += struct.pack("<I", offset + len(body))
        unknown = [place for place, letter in enumerate(letters) if letter == "N"]
        values = ["TCAG".find(letter) if letter != "N" else 0 for letter in letters]
        values += [0] * (-len(values) % 4)
        packed = bytes(
            (a << 6) | (b << 4) | (c << 2) | d
            for a, b, c, d in zip(*(values[i::4] for i in range(4)), strict=True)
        )
        body += struct.pack("<2I", len(letters), len(unknown))
        body += struct.pack(f"<{len(unknown)}I", *unknown)
        body += struct.pack(f"<{len(unknown)}I", *[1] * len(unknown))
        body += struct.pack("<2I", 0, 0) + packed
    return header + index + body


def letters(genome):
    return {name: decode(codes) for name, codes in genome.items()}


def test_plain_gzip_and_two_bit_say_the_same(tmp_path):
    expected = {"chrI": "ACGTNACGT", "chrII": "TTN"}
    plain, packed, binary = (tmp_path / name for name in ("g.fa", "g.fa.gz", "g.2bit"))
    plain.write_bytes(TEXT.encode())
    packed.write_bytes(gzip.compress(TEXT[:20].encode()) + gzip.compress(TEXT[20:].encode()))
    binary.write_bytes(two_bit(expected))
    genomes = [read_genome(path) for path in (plain, packed, binary)]
    assert [letters(genome) for genome in genomes] == [expected] * 3
    assert len({genome_hash(genome) for genome in genomes}) == 1
    assert genomes[0]["chrI"].dtype == np.uint8


def test_bgzip_is_read(tmp_path):
    if shutil.which("bgzip") is None:
        pytest.skip("no bgzip")
    path = tmp_path / "g.fa"
    path.write_text(">a\n" + "ACGT" * 50_000 + "\n")
    subprocess.run(["bgzip", str(path)], check=True)
    assert len(read_genome(tmp_path / "g.fa.gz")["a"]) == 200_000


def test_the_hash_depends_on_names_letters_and_borders():
    codes = np.array([0, 1, 2], np.uint8)
    hashes = {
        genome_hash({"a": codes}),
        genome_hash({"b": codes}),
        genome_hash({"a": codes[::-1]}),
        genome_hash({"a": codes[:1], "b": codes[1:]}),
    }
    assert len(hashes) == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no sequences"),
        ("chrI\t5\n", "line 1: 'chrI\\\\t5' stands before the first header"),
        (">a\nAC\n>a\nGT\n", "line 3: 'a' stands twice"),
        (">a\n>b\nAC\n", "'a' has no sequence"),
        (">\nAC\n", "line 1: the sequence has no name"),
        (">a\nACJ\n", "sequence a: letter 'J' at position 3"),
    ],
)
def test_what_is_no_genome_is_named(tmp_path, text, message):
    path = tmp_path / "g.fa"
    path.write_text(text)
    with pytest.raises(UserError, match=message):
        read_genome(path)


def test_cut_files_are_named(tmp_path):
    packed = tmp_path / "g.fa.gz"
    whole = gzip.compress(np.random.default_rng(0).bytes(10_000).hex().encode())
    packed.write_bytes(whole[:3000])
    with pytest.raises(UserError, match="cut short"):
        read_genome(packed)
    binary = tmp_path / "g.2bit"
    binary.write_bytes(two_bit({"a": "ACGT"})[:14])
    with pytest.raises(UserError, match="not a readable 2bit file"):
        read_genome(binary)


def test_the_yeast_genome_is_the_same_from_both_formats(shared_data):
    folder = shared_data / "yeast"
    fasta = read_genome(folder / "genome/sacCer3_nuclear.fa.gz")
    binary = read_genome(folder / "raw/single_sequences.2bit")
    for name, codes in binary.items():
        if f"chr{name}" in fasta:
            np.testing.assert_array_equal(codes, fasta[f"chr{name}"])
    assert sum(map(len, fasta.values())) == 12_071_326


def test_runs_of_n_in_hg38_are_where_ucsc_has_them(shared_data):
    (codes,) = read_genome(shared_data / "hg38-chr1-1mb/hg38_1m.fa.gz").values()
    unknown = np.flatnonzero(np.diff((codes == 4).astype(int), prepend=0, append=0))
    expected = [0, 10_000, 207_666, 257_666, 297_968, 347_968, 535_988, 585_988]
    assert unknown.tolist() == expected
