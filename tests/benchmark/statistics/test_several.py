import numpy as np
import pytest
import scikit_posthocs
from scipy import stats
from statsmodels.stats.multitest import multipletests

from tfbs.benchmark.statistics.difference import Difference
from tfbs.benchmark.statistics.several import compare_models, holm
from tfbs.benchmark.statistics.tiers import tie_groups


@pytest.fixture(scope="module")
def scores():
    """Fifteen tasks, five models: two good, two middling, one bad."""
    rng = np.random.default_rng(5)
    return np.array([0.9, 0.9, 0.85, 0.845, 0.6]) + rng.normal(0, 0.02, (15, 5))


def test_pairs_are_those_of_scikit_posthocs(scores):
    expected = scikit_posthocs.posthoc_wilcoxon(list(scores.T), p_adjust="holm").to_numpy()
    np.testing.assert_allclose(compare_models(scores).pairwise, expected)


def test_ranks_and_friedman(scores):
    found = compare_models(scores)
    ranks = np.array([stats.rankdata(-row) for row in scores]).mean(axis=0)
    np.testing.assert_allclose(found.ranks, ranks)
    assert found.friedman == pytest.approx(stats.friedmanchisquare(*scores.T).pvalue)


def test_cliques_join_what_is_not_separated(scores):
    found = compare_models(scores)
    assert sorted(map(sorted, found.cliques)) == [[0, 1], [2, 3]]


def test_equal_models_are_one_clique():
    found = compare_models(np.ones((4, 3)))
    assert found.cliques == [(0, 1, 2)] and (found.pairwise == 1).all()


def test_holm_is_that_of_statsmodels():
    p_values = [0.04, 0.001, 0.5, 0.02, 0.02, 0.9]
    np.testing.assert_allclose(holm(p_values), multipletests(p_values, method="holm")[1])
    assert holm([]).size == 0


def test_scores_that_are_missing_are_refused():
    with pytest.raises(ValueError, match="all scored"):
        compare_models(np.array([[1.0, np.nan], [1.0, 2.0]]))


def test_groups_are_anchored_on_their_leader():
    values = [0.90, 0.89, 0.88, 0.80]
    error = 0.012 / 1.96

    def difference(first, second):
        return Difference(values[first] - values[second], error)

    # 0.88 ties with 0.89, but its leader 0.90 is separated from it
    assert tie_groups(values, difference) == [1, 1, 2, 3]
    assert tie_groups(values, lambda first, second: None) == [1, 1, 1, 1]


def test_two_copies_share_a_group():
    assert tie_groups(
        [0.5, 0.9, 0.9], lambda a, b: Difference(0.4 if a != b and 0 in (a, b) else 0.0, 0.01)
    ) == [2, 1, 1]
