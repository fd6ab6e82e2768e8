"""Motif files in MEME's format: what is written is read, and what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfbs.errors import UserError
from tfbs.jaspar import Motif, read_group, read_vertebrates
from tfbs.meme import read_meme, write_meme

DATABASES = Path(__file__).parents[2] / "shared" / "data" / "motifs"

TEXT = """MEME version 4

ALPHABET= ACGT

MOTIF first MA1

letter-probability matrix: alength= 4 w= 2 nsites= 20 E= 0
  0.5\t0.5\t0.0\t0.0
 1 0 0 0
URL http://example.org

MOTIF second
letter-probability matrix: alength= 4 w= 1
0.25 0.25 0.25 0.25
"""


def test_a_file_is_read_as_it_stands(tmp_path):
    path = tmp_path / "a.meme"
    path.write_text(TEXT)
    first, second = read_meme(path)
    assert (first.matrix_id, first.name, second.matrix_id, second.name) == (
        "first", "MA1", "second", "second",
    )  # fmt: skip
    np.testing.assert_array_equal(first.probabilities, [[0.5, 0.5, 0, 0], [1, 0, 0, 0]])
    assert second.probabilities.tolist() == [[0.25] * 4]


@given(st.lists(st.integers(1, 8), min_size=1, max_size=4), st.integers(0, 100))
def test_what_is_written_is_read(tmp_path_factory, widths, seed):
    rng = np.random.default_rng(seed)
    motifs = [Motif(f"m{i}", f"n{i}", rng.dirichlet([0.5] * 4, w)) for i, w in enumerate(widths)]
    path = write_meme(tmp_path_factory.mktemp("meme") / "m.meme", motifs, range(len(motifs)))
    for before, after in zip(motifs, read_meme(path), strict=True):
        assert (before.matrix_id, before.name) == (after.matrix_id, after.name)
        np.testing.assert_allclose(before.probabilities, after.probabilities, atol=2e-6)
    assert [file.name for file in path.parent.iterdir()] == ["m.meme"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("MEME version 4", "", "no line 'MEME version'"),
        ("ALPHABET= ACGT", "ALPHABET= ACGU", "line 3: 'ALPHABET= ACGU'; only ACGT"),
        ("MOTIF second", "MOTIF", "line 12: MOTIF without a name"),
        (" 1 0 0 0", " 1 0 0", "line 9: '1 0 0' is not four probabilities"),
        (" 1 0 0 0", " 0.9 0 0 0", "line 9: '0.9 0 0 0' is not four probabilities"),
        (" 1 0 0 0", " 1.5 -0.5 0 0", "line 9: '1.5 -0.5 0 0' is not four"),
        (" 1 0 0 0", " 1 0 0 nan", "line 9: '1 0 0 nan' is not four"),
        (" 1 0 0 0", " 1 0 0 x", "line 9: '1 0 0 x' is not four"),
        ("0.25 0.25 0.25 0.25\n", "", "line 13: a matrix without rows"),
        ("MOTIF first MA1", "", "line 7: a matrix before any MOTIF"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, old, new, said):
    path = tmp_path / "bad.meme"
    assert old in TEXT
    path.write_text(TEXT.replace(old, new))
    with pytest.raises(UserError, match="bad") as error:
        read_meme(path)
    assert said in str(error.value) and "\n" not in str(error.value)


def test_a_file_that_is_none_is_refused(tmp_path):
    with pytest.raises(UserError, match="cannot be read as a MEME file"):
        read_meme(tmp_path / "none.meme")
    empty = tmp_path / "empty.meme"
    empty.write_text("MEME version 5\n")
    with pytest.raises(UserError, match="holds no motif"):
        read_meme(empty)


def test_groups_of_a_release():
    assert len(read_group("fungi", "JASPAR2024")) == 178  # as JASPAR counts them
    assert len(read_vertebrates("JASPAR2024")) == 879
    with pytest.raises(UserError, match="no group 'fungus'; nearest: fungi"):
        read_group("fungus", "JASPAR2024")


@pytest.mark.skipif(not DATABASES.is_dir(), reason="the shared motif databases are not here")
def test_databases_of_others_are_read():
    sizes = {path.name: len(read_meme(path)) for path in DATABASES.glob("*.meme")}
    assert sizes["HOCOMOCO_H12CORE.meme"] == 1443 and sizes["chrombpnet_motifs.meme"] == 2193
    theirs = read_meme(DATABASES / "JASPAR2024_CORE_latest_vertebrates.meme")
    ours = {motif.matrix_id: motif.probabilities for motif in read_vertebrates("JASPAR2024")}
    assert len(theirs) == len(ours)
    for motif in theirs:
        np.testing.assert_allclose(motif.probabilities, ours[motif.matrix_id], atol=2e-6)
