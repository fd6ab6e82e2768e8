"""The task synthetic_motifs obeys the law that it states."""

import numpy as np
import pytest
from scipy.stats import chisquare

from tfbs.datasets.motifs import information_content, read_jaspar
from tfbs.datasets.synthetic_motifs import law

SIZE = 6_000


@pytest.fixture(scope="module")
def motifs():
    return law.draw_motifs(SIZE, seed=1)


def test_prevalence_and_number_of_motifs_are_the_published_ones(motifs):
    assert motifs.label.mean(axis=0) == pytest.approx([0.146] * 12, abs=0.02)
    assert motifs.label.mean() == pytest.approx(0.146, abs=0.002)
    counts = [len(placed) for placed in motifs.planted.motifs]
    assert np.mean(counts) == pytest.approx(1.86, abs=0.04)
    seen = np.bincount(counts, minlength=6)[1:]
    expected = np.array(law.NUM_MOTIFS.probabilities) * SIZE
    assert chisquare(seen, expected).pvalue > 1e-4


def test_matrices_are_the_twelve_of_the_paper():
    widths = [motif.width for motif in read_jaspar(law.FACTORS.values()).values()]
    assert widths == [6, 10, 11, 11, 15, 10, 12, 15, 11, 16, 11, 12]


def test_a_label_is_one_where_a_motif_of_the_factor_stands(motifs):
    names = list(law.FACTORS.values())
    for label, placed in zip(motifs.label, motifs.planted.motifs, strict=True):
        assert {names[i] for i in np.flatnonzero(label)} == {m.matrix_id for m in placed}


def test_all_matrices_and_strands_are_equally_common(motifs):
    placed = [(m.matrix_id, m.strand) for each in motifs.planted.motifs for m in each]
    seen = [placed.count((name, s)) for name in law.FACTORS.values() for s in (1, -1)]
    assert chisquare(seen).pvalue > 1e-4


def test_planted_motifs_are_where_the_truth_says(motifs):
    """No planted letter has probability 0 in its matrix, and the information is the matrix's."""
    jaspar = read_jaspar(law.FACTORS.values())
    for index in range(300):
        expected = np.zeros(200)
        for placed in motifs.planted.motifs[index]:
            matrix = jaspar[placed.matrix_id].probabilities
            matrix = matrix if placed.strand == 1 else matrix[::-1, ::-1]
            letters = motifs.planted.sequence[index, placed.start : placed.end]
            assert (matrix[np.arange(len(letters)), letters] > 0).all()
            expected[placed.start : placed.end] = information_content(matrix)
        assert motifs.planted.information[index] == pytest.approx(expected, abs=1e-6)


def test_the_seed_decides():
    first, again, other = (law.draw_motifs(20, seed) for seed in (5, 5, 6))
    assert np.array_equal(first.planted.sequence, again.planted.sequence)
    assert not np.array_equal(first.planted.sequence, other.planted.sequence)
