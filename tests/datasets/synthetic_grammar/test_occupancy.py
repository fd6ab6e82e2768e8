"""The sums over configurations against a listing of every configuration."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfbs.datasets.synthetic_grammar import logit as logit_module
from tfbs.datasets.synthetic_grammar import rule
from tfbs.datasets.synthetic_grammar.logit import importances, true_logits
from tfbs.datasets.synthetic_grammar.occupancy import (
    Lattice,
    site_sums,
    site_weights,
    sum_configurations,
)

NUM_FACTORS = len(rule.FACTORS)


def naive(lattice, row):
    """Z, loads and the same with each site bound, by listing all sets of sites."""
    kinds, length = lattice.position.shape
    sites = [
        (start, kind)
        for start in range(length)
        for kind in range(kinds)
        if start + lattice.widths[kind] <= length
    ]
    sums = np.zeros(1 + NUM_FACTORS)
    held = np.zeros((length, kinds, 1 + NUM_FACTORS))
    for size in range(length // min(lattice.widths) + 1):
        for chosen in itertools.combinations(sites, size):
            ends = [start + lattice.widths[kind] for start, kind in chosen]
            gaps = [chosen[i + 1][0] - ends[i] for i in range(size - 1)]
            if any(gap < 0 for gap in gaps):
                continue
            weight, load = 1.0, np.zeros(NUM_FACTORS)
            for start, kind in chosen:
                weight *= lattice.weight[kind, start, row]
                load[lattice.factors[kind]] += lattice.position[kind, start]
            for gap, (left, right) in zip(gaps, itertools.pairwise(chosen), strict=True):
                if gap < len(lattice.extra):
                    weight *= 1 + lattice.extra[gap, left[1], right[1]]
            terms = weight * np.append(1.0, load)
            sums += terms
            for start, kind in chosen:
                held[start, kind] += terms
    return sums, held


def toy_lattice(seed, length=9, num=2):
    rng = np.random.default_rng(seed)
    widths, factors = np.array([2, 3, 2]), np.array([0, 1, 4])
    weight = rng.exponential(size=(3, length, num))
    for kind, width in enumerate(widths):
        weight[kind, length - width + 1 :] = 0
    extra = np.zeros((rule.MAX_SPACING + 1, 3, 3))
    extra[:4] = rng.uniform(-1, 5, (4, 3, 3))
    return Lattice(weight, rng.random((3, length)), extra, widths, factors)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_sums_are_those_over_every_configuration(seed):
    lattice = toy_lattice(seed)
    total = sum_configurations(lattice).total
    scaled, held = site_sums(lattice)
    for row in range(2):
        expected, expected_held = naive(lattice, row)
        np.testing.assert_allclose(total[:, row], expected, rtol=1e-10)
        np.testing.assert_allclose(scaled[:, row], expected / expected[0], rtol=1e-10)
        expected_held /= expected[0]
        np.testing.assert_allclose(held[..., row], expected_held, rtol=1e-9, atol=1e-12)


def test_the_other_direction_gives_the_same_sums():
    lattice = toy_lattice(3)
    np.testing.assert_allclose(
        sum_configurations(lattice.mirrored()).total, sum_configurations(lattice).total, rtol=1e-12
    )


def test_site_weights_are_those_of_the_matrix():
    """The best letters weigh exp(potential), on both strands, and sites fit in the sequence."""
    for kind, site in enumerate(rule.sites()):
        codes = np.zeros((1, rule.LENGTH), np.uint8)
        codes[0, 50 : 50 + site.width] = site.energies.argmax(axis=1)
        weight = site_weights(codes)[kind, :, 0]
        potential = rule.FACTORS[site.factor].potential
        assert weight[50] == pytest.approx(np.exp(potential))
        assert (weight[rule.LENGTH - site.width + 1 :] == 0).all()


def planted(seed, num):
    """Random sequences dense with good sites, so that competition and cooperation matter."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 4, (num, rule.LENGTH)).astype(np.uint8)
    kinds = rule.sites()
    for row in codes:
        for start in range(40, 160, 12):
            site = kinds[rng.integers(len(kinds))]
            row[start : start + site.width] = site.energies.argmax(axis=1)
    return codes


def test_importance_is_the_change_of_the_whole_logit():
    """Every letter of some positions, against the logit of the mutant from scratch."""
    rng = np.random.default_rng(1)
    codes = np.concatenate([planted(0, 3), rng.integers(0, 4, (2, 200)).astype(np.uint8)])
    logit, importance = importances(codes)
    np.testing.assert_allclose(logit, true_logits(codes), atol=2e-5)
    for row in range(len(codes)):
        positions = rng.choice(rule.LENGTH, 16, replace=False)
        mutants = np.repeat(codes[row : row + 1], 64, axis=0)
        mutants[np.arange(64), np.repeat(positions, 4)] = np.tile(np.arange(4), 16)
        change = true_logits(mutants) - logit[row]
        np.testing.assert_allclose(importance[row, positions].ravel(), change, atol=5e-5, rtol=1e-5)


def test_the_letter_that_is_there_has_no_effect_and_others_do():
    codes = planted(2, 4)
    _, importance = importances(codes)
    own = np.take_along_axis(importance, codes[..., None].astype(int), axis=2)
    assert (own == 0).all()
    assert np.abs(importance).max() > 0.5
    assert importance.dtype == np.float32


def test_both_strands_have_one_logit():
    codes = planted(5, 8)
    opposite = np.ascontiguousarray((3 - codes)[:, ::-1])
    np.testing.assert_allclose(true_logits(opposite), true_logits(codes), atol=2e-5)


def test_the_result_does_not_depend_on_the_chunks(monkeypatch):
    codes = planted(6, 9)
    together = importances(codes)
    monkeypatch.setattr(logit_module, "_CHUNK", 2)
    for first, second in zip(together, importances(codes), strict=True):
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("threads", [2, 3])
def test_the_result_does_not_depend_on_the_threads(monkeypatch, threads):
    monkeypatch.setattr(logit_module, "_CHUNK", 4)
    codes = planted(7, 10)
    for alone, together in zip(importances(codes, 1), importances(codes, threads), strict=True):
        np.testing.assert_array_equal(alone, together)
    np.testing.assert_array_equal(true_logits(codes, 1), true_logits(codes, threads))


def test_rules_hold_on_both_strands():
    extra = rule.interactions()
    opposite = np.roll(np.arange(extra.shape[1]), NUM_FACTORS)
    np.testing.assert_array_equal(extra, extra[:, opposite][:, :, opposite].swapaxes(1, 2))
    assert (extra >= -1).all()
    weights = rule.position_weights()
    np.testing.assert_allclose(weights[0], weights[NUM_FACTORS])
    last = rule.LENGTH - rule.sites()[0].width
    np.testing.assert_allclose(weights[0, : last + 1], weights[0, last::-1])
