"""Which motifs stand together: never two groups in training, always in `test_combinations`, where
nothing else differs."""

import collections
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from tfbs.datasets.synthetic_grammar import law, rule
from tfbs.datasets.synthetic_grammar.composition import FAR, GROUPS, NEAR, SHIFTS, Law, compose

NAMES = {factor.matrix_id: factor.name for factor in rule.FACTORS}
GROUP = {name: index for index, group in enumerate(GROUPS) for name in group}
COMBINED = "test_combinations"


def placements(which, num, seed=0):
    return compose(which, num, np.random.default_rng(seed), law._motifs())


def factors(placed):
    """Returns name, strand, start and end of the motifs that are no decoys."""
    return [
        (NAMES[place.matrix_id], place.strand, place.start, place.end)
        for place in placed
        if place.matrix_id in NAMES
    ]


def groups_of(placed):
    return {GROUP[name] for name, *_ in factors(placed)}


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), split=st.sampled_from(["train", "valid", "test", *SHIFTS]))
def test_two_groups_meet_in_their_test_only_and_there_always(seed, split):
    expected = 2 if split == COMBINED else 1
    for placed in placements(Law().shifted(split), 20, seed):
        assert len(groups_of(placed)) == expected


def ruled_neighbours(placed):
    """Returns the ruled pairs whose gap is that of a pair, as the rule writes them."""
    found = []
    for left, right in itertools.pairwise(factors(placed)):
        if NEAR[0] <= right[2] - left[3] <= NEAR[1]:
            for turn in (1, -1):
                pair = (left, right)[::turn]
                found += [
                    index
                    for index, known in enumerate(rule.PAIR_RULES)
                    if [(known.first, known.first_strand), (known.second, known.second_strand)]
                    == [(name, strand * turn) for name, strand, *_ in pair]
                ]
    return found


MARGINALS = {
    **{
        f"motifs of {factor.name}": lambda placed, name=factor.name: sum(
            found == name for found, *_ in factors(placed)
        )
        for factor in rule.FACTORS
    },
    "motifs of factors": lambda placed: len(factors(placed)),
    "motifs": len,
    "forward strands": lambda placed: sum(strand > 0 for _, strand, *_ in factors(placed)),
}


@pytest.fixture(scope="module")
def both():
    """Sequences of `test` and of `test_combinations`."""
    return [placements(Law().shifted(split), 4_000, 3) for split in ("test", COMBINED)]


def differs(first, second):
    """Returns the p value of two lists of numbers having one law."""
    counts = [collections.Counter(values) for values in (first, second)]
    values = [value for value in counts[0] | counts[1] if counts[0][value] + counts[1][value] >= 20]
    return chi2_contingency([[count[value] for value in values] for count in counts]).pvalue


@pytest.mark.parametrize("marginal", list(MARGINALS))
def test_new_combinations_change_no_marginal(marginal, both):
    usual, combined = ([MARGINALS[marginal](placed) for placed in split] for split in both)
    assert differs(usual, combined) > 1e-3


def test_the_comparison_of_marginals_sees_a_difference(both):
    usual, combined = ([len(groups_of(placed)) for placed in split] for split in both)
    assert differs(usual, combined) < 1e-6


def test_new_combinations_follow_the_rules_as_often(both):
    """Cores that are pairs stand as a rule says as often: a pair by chance is rare beside them."""
    usual, combined = (
        [index for placed in split for index in ruled_neighbours(placed)] for split in both
    )
    share = [len(found) / len(split) for found, split in zip((usual, combined), both, strict=True)]
    assert share[0] == pytest.approx(share[1], abs=0.05)
    assert min(share) > 0.45
    counts = [np.bincount(found, minlength=len(rule.PAIR_RULES)) for found in (usual, combined)]
    np.testing.assert_allclose(counts[0] / len(usual), counts[1] / len(combined), atol=0.04)


def test_new_combinations_change_no_affinity():
    rng = np.random.default_rng(4)
    means = []
    for split in ("test", COMBINED):
        _, instances = law._planted(Law().shifted(split), 1_000, rng)
        known = [i.affinity for planted in instances for i in planted if i.effect]
        means.append((np.mean(known), np.std(known) / len(known) ** 0.5))
    (usual, error), (combined, other) = means
    assert abs(usual - combined) < 4 * np.hypot(error, other)


def test_no_rule_is_about_two_groups():
    assert all(GROUP[pair.first] == GROUP[pair.second] for pair in rule.PAIR_RULES)
    assert set(GROUP) == set(NAMES.values())


def test_the_rules_stand_at_usual_gaps_and_at_others_in_their_test():
    """A ruled pair of neighbours mostly is a planted pair, so its gap is within the law's."""
    for which, (low, high) in ((Law(), NEAR), (Law().shifted("test_spacing"), FAR)):
        gaps = []
        for placed in placements(which, 400):
            for left, right in itertools.pairwise(placed):
                if {left.matrix_id, right.matrix_id} == {"MA0079.3", "MA0062.2"}:
                    gaps.append(right.start - left.end)
        near = [gap for gap in gaps if gap <= rule.MAX_SPACING]
        assert np.mean([low <= gap <= high for gap in near]) > 0.8


def test_shifts_differ_by_one_thing_each():
    base = Law(background="gc", confounding=2.0)
    for name in SHIFTS:
        changed = [k for k, v in vars(base.shifted(name)).items() if v != getattr(base, k)]
        assert len(changed) == 1
    assert base.shifted("train") == base.shifted("test") == base
