"""Matrices of JASPAR as probabilities, against a published file."""

import re

import numpy as np
import pytest

from tfbs.datasets.motifs import information_content, read_jaspar, reverse_complement_matrix
from tfbs.datasets.synthetic_code.law import CORE, read_background
from tfbs.errors import UserError


def test_matrices_are_probabilities_of_the_asked_width():
    motifs = read_jaspar(CORE)
    assert list(motifs) == list(CORE)
    assert [motif.name for motif in motifs.values()] == ["SP1", "Gabpa", "CEBPB", "MAX", "YY1"]
    assert [motif.width for motif in motifs.values()] == [11, 11, 10, 10, 12]
    for motif in motifs.values():
        assert motif.probabilities.sum(axis=1) == pytest.approx(1)


def test_matrices_agree_with_the_published_meme_file(shared_data):
    """The MEME file was written by others from JASPAR's own text files."""
    text = (shared_data / "motifs" / "JASPAR_CORE_2016_vertebrates.meme").read_text()
    published = {
        block.split()[0]: np.array(
            [line.split() for line in re.findall(r"^\s*[\d.]+\s+[\d.]+.*$", block, re.M)], float
        )
        for block in text.split("MOTIF ")[1:]
    }
    wanted = [*CORE, *read_background("distinct"), *read_background("lookalikes")]
    found = read_jaspar(dict.fromkeys(wanted))
    compared = [matrix_id for matrix_id in found if matrix_id in published]
    assert len(compared) >= len(found) - 1
    for matrix_id in compared:
        assert found[matrix_id].probabilities == pytest.approx(published[matrix_id], abs=1e-5)


def test_an_unknown_matrix_is_refused_with_near_ones():
    with pytest.raises(UserError, match=r"no matrix 'MA0079.9'; nearest: .*MA0079\.\d"):
        read_jaspar(["MA0079.9"])


def test_an_unknown_release_is_refused():
    with pytest.raises(UserError, match=r"release 'JASPAR1999'; nearest: .*JASPAR20"):
        read_jaspar(["MA0079.3"], release="JASPAR1999")


def test_information_is_two_bits_for_a_sure_base_and_none_for_a_uniform_one():
    matrix = np.array([[1, 0, 0, 0], [0.25] * 4, [0.5, 0.5, 0, 0]])
    assert information_content(matrix) == pytest.approx([2, 0, 1], abs=1e-8)


def test_the_opposite_strand_swaps_order_and_pairs():
    matrix = np.array([[0.7, 0.1, 0.2, 0.0], [0, 0, 0, 1]])
    assert reverse_complement_matrix(matrix).tolist() == [[1, 0, 0, 0], [0.0, 0.2, 0.1, 0.7]]
