"""The task synthetic_code obeys the law that it states."""

import numpy as np
import pytest
from scipy.stats import chisquare

from tfbs.datasets.motifs import information_content, read_jaspar
from tfbs.datasets.planting import LENGTH, draw_gaps
from tfbs.datasets.synthetic_code import law

SIZE = 4_000


@pytest.fixture(scope="module")
def code():
    return law.draw_code(SIZE, law.read_background("distinct"), seed=1)


def test_half_are_positive_and_lengths_are_200(code):
    assert code.label.sum() == SIZE // 2
    assert code.planted.sequence.shape == code.planted.information.shape == (SIZE, LENGTH)
    assert code.planted.sequence.max() == 3


def test_motif_counts_follow_the_law_in_both_classes(code):
    for label in (0, 1):
        counts = [len(code.planted.motifs[i]) for i in np.flatnonzero(code.label == label)]
        seen = np.bincount(counts, minlength=8)[3:]
        expected = np.array(law.NUM_MOTIFS.probabilities) * len(counts)
        assert chisquare(seen, expected).pvalue > 1e-4


def test_positives_hold_core_motifs_only_and_negatives_all_in_equal_parts(code):
    background = law.read_background("distinct")
    placed = {label: [] for label in (0, 1)}
    for label, motifs in zip(code.label[:, 0], code.planted.motifs, strict=True):
        placed[int(label)] += [(motif.matrix_id, motif.strand) for motif in motifs]
    for label, pool in ((1, law.CORE), (0, law.CORE + background)):
        names = [(matrix_id, strand) for matrix_id in pool for strand in (1, -1)]
        seen = [placed[label].count(name) for name in names]
        assert sum(seen) == len(placed[label])
        assert chisquare(seen).pvalue > 1e-4


def test_motifs_do_not_overlap_and_their_positions_carry_the_information(code):
    jaspar = read_jaspar(law.CORE + law.read_background("distinct"))
    for index in range(200):
        expected = np.full(LENGTH, 0.0)
        end = 0
        for motif in code.planted.motifs[index]:
            assert end <= motif.start < motif.end <= LENGTH
            end = motif.end
            matrix = jaspar[motif.matrix_id].probabilities
            bits = information_content(matrix)
            expected[motif.start : end] = bits if motif.strand == 1 else bits[::-1]
        assert code.planted.information[index] == pytest.approx(expected, abs=1e-6)


def test_planted_sequences_follow_their_matrix(code):
    """Base frequencies at the planted SP1 sites against the matrix, both strands."""
    matrix = read_jaspar(["MA0079.3"])["MA0079.3"].probabilities
    sites = []
    for sequence, motifs in zip(code.planted.sequence, code.planted.motifs, strict=True):
        for motif in motifs:
            if motif.matrix_id == "MA0079.3":
                site = sequence[motif.start : motif.end]
                sites.append(site if motif.strand == 1 else 3 - site[::-1])
    frequencies = np.eye(4)[np.array(sites)].mean(axis=0)
    standard_error = np.sqrt(matrix * (1 - matrix) / len(sites))
    assert (np.abs(frequencies - matrix) <= 5 * standard_error + 1e-12).all()


def test_share_of_informative_positions_is_the_published_one(code):
    """20.9 % of the positions of positives are above 0.01 bits, 20.1 % above 0.1."""
    bits = code.planted.information[code.label[:, 0] == 1]
    assert (bits > 0.01).mean() == pytest.approx(0.209, abs=0.005)
    assert (bits > 0.1).mean() == pytest.approx(0.201, abs=0.005)


def test_the_seed_decides():
    first, again, other = (law.draw_code(20, (), seed) for seed in (5, 5, 6))
    assert np.array_equal(first.planted.sequence, again.planted.sequence)
    assert first.planted.motifs == again.planted.motifs
    assert not np.array_equal(first.planted.sequence, other.planted.sequence)


def test_gaps_fill_the_free_length():
    rng = np.random.default_rng(0)
    gaps = np.array([draw_gaps(rng, 5, 123) for _ in range(2_000)])
    assert (gaps.sum(axis=1) == 123).all()
    assert (gaps >= 0).all()
    assert gaps.mean(axis=0) == pytest.approx([123 / 5] * 5, rel=0.05)


def test_backgrounds_are_fifty_matrices_apart_from_the_core():
    lookalikes = {"MA0765.1", "MA0838.1", "MA0663.1", "MA0697.1", "MA0763.1"}
    for name, expected in (("distinct", set()), ("lookalikes", lookalikes)):
        background = law.read_background(name)
        assert len(set(background)) == 50
        assert not set(background) & set(law.CORE)
        assert lookalikes & set(background) == expected
