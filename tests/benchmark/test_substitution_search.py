"""The search for the worst substitutions against all substitutions."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from tfbs.benchmark.attacks.margin import margins
from tfbs.benchmark.attacks.substitution_search import _ranking, worst_substitutions
from tfbs.benchmark.evaluation.substitutions import measure_substitutions, substitutions_to_flip
from tfbs.benchmark.protocol import Stress


def exhaustive(examples, number):
    """The lowest margin that any substitutions of so many letters, or fewer, reach."""
    lowest = []
    for codes, label in zip(examples.codes, examples.label, strict=True):
        tried = []
        for places in itertools.combinations(range(len(codes)), number):
            for letters in itertools.product(range(4), repeat=number):
                mutant = codes.copy()
                mutant[list(places)] = letters
                tried.append(mutant)
        logit = examples.predict(np.array(tried))
        lowest.append(margins(logit, np.broadcast_to(label, logit.shape)).min())
    return np.array(lowest)


@pytest.fixture(scope="module")
def examples(small_network, examples_of):
    return examples_of(small_network(), 12)


@pytest.fixture(scope="module")
def best(examples):
    return {number: exhaustive(examples, number) for number in (1, 2)}


def search(examples, **settings):
    found = worst_substitutions(examples.predict, examples.codes, examples.label, 2, **settings)
    return found, margins(found.logit, examples.label[:, None])


def test_with_all_candidates_the_first_substitution_is_the_worst_there_is(examples, best):
    _, margin = search(examples, candidates=48)
    np.testing.assert_allclose(margin[:, 1], best[1], atol=1e-5)


def test_greedy_never_beats_exhaustive_search_and_the_beam_nearly_equals_it(examples, best):
    _, greedy = search(examples, candidates=48)
    _, beam = search(examples, candidates=48, beam=8)
    assert (greedy[:, 2] >= best[2] - 1e-5).all()
    assert (beam[:, 2] >= best[2] - 1e-5).all()
    room = greedy[:, 0] - best[2]
    assert (beam[:, 2] - best[2]).mean() < 0.02 * room.mean()
    assert (beam[:, 2] - best[2]).mean() <= (greedy[:, 2] - best[2]).mean()


def test_the_gradient_as_a_guide_loses_little(examples, best):
    _, margin = search(examples, candidates=12)
    gained, possible = margin[:, 0] - margin[:, 1], margin[:, 0] - best[1]
    assert (gained <= possible + 1e-5).all()
    assert gained.sum() > 0.9 * possible.sum()


def test_what_is_found_is_dna_with_at_most_so_many_substitutions(examples):
    codes = examples.codes.copy()
    codes[:, 4] = 4
    found, margin = search(replace(examples, codes=codes), beam=3)
    differences = (found.codes != codes[:, None]).sum(axis=2)
    assert (differences <= np.arange(3)).all()
    assert (found.codes[:, :, 4] == 4).all() and found.codes.max() == 4
    assert (np.diff(margin, axis=1) <= 0).all()
    flat = found.codes.reshape(-1, 12)
    np.testing.assert_allclose(
        found.logit.reshape(-1, 1), examples.predict(flat), rtol=1e-5, atol=1e-5
    )


def test_the_ranking_puts_repeated_sequences_last():
    rng = np.random.default_rng(0)
    children = rng.integers(0, 2, (20, 12, 3)).astype("uint8")  # 12 of 8: some come twice
    margin = rng.normal(size=(20, 12)).round(1)
    for own, margins_, order in zip(children, margin, _ranking(children, margin), strict=True):
        assert sorted(order) == list(range(12))
        number = len(np.unique(own, axis=0))
        assert len(np.unique(own[order[:number]], axis=0)) == number < 12
        for part in (order[:number], order[number:]):
            assert (np.diff(margins_[part]) >= 0).all()
        for place in order[number:]:  # of the same sequences the first has the lowest margin
            same = (own[order[:number]] == own[place]).all(axis=1)
            assert margins_[order[:number]][same] <= margins_[place]


def test_the_number_to_flip_is_the_first_negative_margin():
    margin = np.array([[1, 0.5, -1], [1, 0.5, 0.2], [-1, -2, -3], [2, -1, -1]])
    np.testing.assert_array_equal(substitutions_to_flip(margin), [2, np.inf, np.nan, 1])


def test_a_median_beyond_the_search_is_undefined_and_the_share_is_beside_it(
    linear_network, examples_of
):
    examples = examples_of(linear_network())
    few = Stress(substitutions=1, beam=2)
    measured, arrays = measure_substitutions(examples, few)
    values = {m.name: m for m in measured}
    flip, share = (values[f"substitutions_{name}_greedy"] for name in ("to_flip", "withstood"))
    logits = arrays["probe_logits_worst_greedy"][..., 0]
    sign = 2 * examples.label[:, 0] - 1
    right = sign * logits[0] > 0
    assert share.value == pytest.approx((sign * logits[1] >= 0)[right].mean())
    assert (flip.value is None) == (share.value >= 0.5)
    assert flip.value is not None or "withstand 1 substitutions" in flip.undefined_reason
    strong = Stress(substitutions=10, beam=2)
    flip = {m.name: m for m in measure_substitutions(examples, strong)[0]}[
        "substitutions_to_flip_beam"
    ]
    assert flip.interval[0] <= flip.value <= flip.interval[1] <= 10
