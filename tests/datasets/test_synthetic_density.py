"""The task synthetic_density obeys the law that it states."""

import itertools

import numpy as np
import pytest
from scipy.stats import chisquare

from tfbs.datasets.planting import LENGTH
from tfbs.datasets.synthetic_density import law

SIZE = 6_000


@pytest.fixture(scope="module")
def density():
    return law.draw_density(SIZE, seed=1)


def test_each_sequence_holds_motifs_of_its_factor_and_of_no_other(density):
    assert density.label.sum(axis=0).tolist() == [SIZE // 3] * 3
    names = list(law.FACTORS.values())
    for label, placed in zip(density.label, density.planted.motifs, strict=True):
        assert {motif.matrix_id for motif in placed} == {names[label.argmax()]}
        assert label.sum() == 1


def test_motifs_number_one_to_three_as_a_truncated_poisson_law_has_it(density):
    seen = np.bincount([len(placed) for placed in density.planted.motifs], minlength=5)
    poisson = np.array([2.0**k / np.prod(np.arange(1, k + 1)) for k in (1, 2, 3)])
    assert seen.sum() == seen[1:4].sum() == SIZE
    assert chisquare(seen[1:4], poisson / poisson.sum() * SIZE).pvalue > 1e-4
    assert law.NUM_MOTIFS.probabilities == pytest.approx(poisson / poisson.sum())


def test_both_strands_are_equally_common(density):
    strands = [motif.strand for placed in density.planted.motifs for motif in placed]
    assert chisquare([strands.count(1), strands.count(-1)]).pvalue > 1e-4


def test_a_lone_motif_starts_anywhere_with_equal_chance(density):
    lone = [placed[0] for placed in density.planted.motifs if len(placed) == 1]
    place = [motif.start / (LENGTH - (motif.end - motif.start)) for motif in lone]
    assert min(place) == 0 and max(place) == 1
    assert chisquare(np.histogram(place, 10)[0]).pvalue > 1e-4


def test_motifs_stand_in_order_and_do_not_overlap(density):
    for placed in density.planted.motifs:
        assert all(a.end <= b.start for a, b in itertools.pairwise(placed))
        assert placed[0].start >= 0 and placed[-1].end <= LENGTH


def test_planted_letters_follow_their_matrix_and_the_others_the_background(density):
    """Counts of every letter at every position of both strands; an independent count."""
    matrices = {motif.matrix_id: motif.probabilities for motif in law.read_motifs()}
    counts = {name: np.zeros(matrix.shape) for name, matrix in matrices.items()}
    between = np.zeros(4)
    for codes, placed in zip(density.planted.sequence, density.planted.motifs, strict=True):
        free = np.ones(LENGTH, bool)
        for motif in placed:
            letters = codes[motif.start : motif.end]
            letters = letters if motif.strand == 1 else 3 - letters[::-1]
            counts[motif.matrix_id][np.arange(len(letters)), letters] += 1
            free[motif.start : motif.end] = False
        between += np.bincount(codes[free], minlength=4)
    assert between / between.sum() == pytest.approx(law.BACKGROUND, abs=0.003)
    for name, matrix in matrices.items():
        seen = counts[name] / counts[name].sum(axis=1, keepdims=True)
        np.testing.assert_allclose(seen, matrix, atol=0.04)


def test_information_is_relative_to_the_background_and_nothing_between_motifs(density):
    matrices = {motif.matrix_id: motif.probabilities for motif in law.read_motifs()}
    for bits, placed in list(zip(density.planted.information, density.planted.motifs, strict=True))[
        :300
    ]:
        expected = np.zeros(LENGTH)
        for motif in placed:
            matrix = matrices[motif.matrix_id]
            matrix = matrix if motif.strand == 1 else matrix[::-1, ::-1]
            relative = matrix * np.log2(matrix / law.BACKGROUND)
            expected[motif.start : motif.end] = relative.sum(axis=1)
        assert bits == pytest.approx(expected, abs=1e-6)


def test_noise_flips_a_fifth_of_the_first_labels_and_nothing_else(density):
    noisy = law.draw_density(SIZE, seed=1, num_noisy=2_000)
    np.testing.assert_array_equal(noisy.planted.sequence, density.planted.sequence)
    flipped = noisy.label != density.label
    assert flipped[:2_000].mean() == pytest.approx(0.2, abs=0.02)
    assert not flipped[2_000:].any()


def test_the_seed_decides():
    first, again, other = (law.draw_density(20, seed) for seed in (5, 5, 6))
    assert np.array_equal(first.planted.sequence, again.planted.sequence)
    assert not np.array_equal(first.planted.sequence, other.planted.sequence)
