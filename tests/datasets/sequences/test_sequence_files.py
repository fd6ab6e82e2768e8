"""FASTA as it is found, and as it is refused."""

import gzip

import pytest

from tfbs.datasets.alphabet import decode
from tfbs.datasets.sequences.sequence_files import chromosome_of, file_kind, read_fasta
from tfbs.datasets.text_files import sha256
from tfbs.errors import UserError


def test_fasta_may_wrap_mix_case_and_have_windows_line_ends(write):
    examples = read_fasta(write("a.fa", ">one two\r\nACgt\r\nnA\r\n\r\n>x\r\nTT\r\n"), 1)
    assert examples.ids == ["one", "x"]
    assert [decode(sequence) for sequence in examples.sequences] == ["ACGTNA", "TT"]
    assert examples.labels.tolist() == [[1], [1]]


def test_packed_fasta_is_told_by_content_not_by_name(write, tmp_path):
    write("a.fa.gz", ">one\nACGT\n").rename(tmp_path / "plain.fa")
    assert file_kind(tmp_path / "plain.fa") == "fasta"
    assert len(read_fasta(tmp_path / "plain.fa", 0)) == 1


@pytest.mark.parametrize(
    ("name", "chromosome"),
    [
        ("chr1:855169-855404", "chr1"),
        ("chrX:1-2(+)", "chrX"),
        ("peak_7::chr10:1-9(-)", "chr10"),
        ("chr1", None),
        ("seq_00001_peak", None),
        ("12:30", None),
    ],
)
def test_coordinates_are_read_from_names(name, chromosome):
    assert chromosome_of(name) == chromosome


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (">a\nACGT\n>b\nACXT\n", "line 4: letter 'X' at position 3 is not an IUPAC"),
        (">a\n>b\nACGT\n", "line 1: 'a' has no sequence"),
        ("ACGT\n>b\nACGT\n", "line 1: 'ACGT' stands before the first header"),
        ("\n\n", "the FASTA file holds no sequences"),
    ],
)
def test_bad_fasta_is_refused_with_file_and_line(write, text, message):
    path = write("bad.fa", text)
    with pytest.raises(UserError, match=message) as caught:
        read_fasta(path, 1)
    assert str(caught.value).startswith(str(path))


def test_an_empty_or_missing_file_is_refused(write, tmp_path):
    with pytest.raises(UserError, match=r"empty\.fa: the file is empty"):
        file_kind(write("empty.fa", ""))
    with pytest.raises(UserError, match=r"none\.fa: no such file"):
        file_kind(tmp_path / "none.fa")
    with pytest.raises(UserError, match="is a directory"):
        file_kind(tmp_path)


@pytest.mark.parametrize("damage", ["truncated", "corrupted"])
def test_a_damaged_gzip_file_is_refused(tmp_path, damage, dna):
    packed = gzip.compress("".join(f">s{i}\n{s}\n" for i, s in enumerate(dna)).encode())
    middle = len(packed) // 2
    cut = packed[:middle]
    path = tmp_path / "a.fa.gz"
    path.write_bytes(cut if damage == "truncated" else cut + b"\0" * middle)
    with pytest.raises(UserError, match=r"a\.fa\.gz: the gzip file is cut short or damaged"):
        read_fasta(path, 1)


def test_sha256_is_that_of_the_bytes(write):
    """The digest of "abc" is the example of FIPS 180-2."""
    assert sha256(write("a", "abc")) == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
