"""DeLong's test against published values and its definition."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfbs.benchmark.statistics.delong import delong

# 49 patients, 43 without missing values, of DeLong, DeLong & Clarke-Pearson (1988): albumin, total
# protein, K-G score, and whether surgery failed them; as printed in the SAS/STAT User's Guide,
# "Comparing Receiver Operating Characteristic Curves", which also prints the results below.
PATIENTS = np.array(
    [
        (3.0, 5.8, 10, 0),
        (3.2, 6.3, 5, 1),
        (3.9, 6.8, 3, 1),
        (2.8, 4.8, 6, 0),
        (3.2, 5.8, 3, 1),
        (0.9, 4.0, 5, 0),
        (2.5, 5.7, 8, 0),
        (1.6, 5.6, 5, 1),
        (3.8, 5.7, 5, 1),
        (3.7, 6.7, 6, 1),
        (3.2, 5.4, 4, 1),
        (3.8, 6.6, 6, 1),
        (4.1, 6.6, 5, 1),
        (3.6, 5.7, 5, 1),
        (4.3, 7.0, 4, 1),
        (3.6, 6.7, 4, 0),
        (2.3, 4.4, 6, 1),
        (4.2, 7.6, 4, 0),
        (4.0, 6.6, 6, 0),
        (3.5, 5.8, 6, 1),
        (3.8, 6.8, 7, 1),
        (3.0, 4.7, 8, 0),
        (4.5, 7.4, 5, 1),
        (3.7, 7.4, 5, 1),
        (3.1, 6.6, 6, 1),
        (4.1, 8.2, 6, 1),
        (4.3, 7.0, 5, 1),
        (4.3, 6.5, 4, 1),
        (3.2, 5.1, 5, 1),
        (2.6, 4.7, 6, 1),
        (3.3, 6.8, 6, 0),
        (1.7, 4.0, 7, 0),
        (3.7, 6.1, 5, 1),
        (3.3, 6.3, 7, 1),
        (4.2, 7.7, 6, 1),
        (3.5, 6.2, 5, 1),
        (2.9, 5.7, 9, 0),
        (2.1, 4.8, 7, 1),
        (2.8, 6.2, 8, 0),
        (4.0, 7.0, 7, 1),
        (3.3, 5.7, 6, 1),
        (3.7, 6.9, 5, 1),
        (3.6, 6.6, 5, 1),
    ]
)
ALBUMIN, PROTEIN, SCORE = PATIENTS[:, 0], PATIENTS[:, 1], -PATIENTS[:, 2]


def test_areas_and_tests_are_the_published_ones():
    areas = delong(PATIENTS[:, 3], np.stack([ALBUMIN, SCORE, PROTEIN]))
    np.testing.assert_allclose(areas.auroc, [0.7366, 0.7258, 0.6478], atol=5e-5)
    errors = np.sqrt(np.diag(areas.covariance))
    np.testing.assert_allclose(errors, [0.0927, 0.1028, 0.1000], atol=5e-5)
    albumin, protein = areas.difference(0, 1), areas.difference(2, 1)
    np.testing.assert_allclose([albumin.value, albumin.error], [0.0108, 0.0953], atol=5e-5)
    np.testing.assert_allclose(albumin.interval(), [-0.1761, 0.1976], atol=5e-5)
    np.testing.assert_allclose([protein.value, protein.error], [-0.0780, 0.1046], atol=5e-5)
    np.testing.assert_allclose(protein.interval(), [-0.2830, 0.1271], atol=5e-5)
    np.testing.assert_allclose([albumin.p_value, protein.p_value], [0.9102, 0.4561], atol=5e-5)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=6),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=6),
)
def test_covariances_are_those_of_the_definition(positives, negatives):
    label = np.array([1] * len(positives) + [0] * len(negatives))
    scores = np.array(positives + negatives, float).T
    wins = np.array(
        [
            [
                [1.0 if p[m] > n[m] else 0.5 if p[m] == n[m] else 0.0 for n in negatives]
                for p in positives
            ]
            for m in range(2)
        ]
    )
    expected = np.zeros((2, 2))
    for a, b in itertools.product(range(2), repeat=2):
        over_positives = np.cov(wins[a].mean(axis=1), wins[b].mean(axis=1))[0, 1]
        over_negatives = np.cov(wins[a].mean(axis=0), wins[b].mean(axis=0))[0, 1]
        expected[a, b] = over_positives / len(positives) + over_negatives / len(negatives)
    areas = delong(label, scores)
    np.testing.assert_allclose(areas.auroc, wins.mean(axis=(1, 2)))
    np.testing.assert_allclose(areas.covariance, expected, atol=1e-12)


def test_a_model_is_not_different_from_itself():
    areas = delong(PATIENTS[:, 3], np.stack([ALBUMIN, 2 * ALBUMIN]))
    assert areas.difference(0, 1).p_value == pytest.approx(1.0)


def test_a_class_with_one_example_is_refused():
    with pytest.raises(ValueError, match="two of each class, here 1 and 3"):
        delong(np.array([1, 0, 0, 0]), np.arange(4.0))
