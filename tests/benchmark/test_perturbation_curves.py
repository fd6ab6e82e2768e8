"""Deletion and insertion, where the curve is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from tests.benchmark.probes import by_name, linear_model, make_probe

from tfbs.benchmark.evaluation.perturbation_curves import (
    measure_perturbation_curves,
    perturbation_areas,
    ranks,
)

LENGTH = 50


def test_the_curves_of_a_sum_are_parabolas():
    """Position p is worth p; the sequence has them all, what replaces it has none."""
    worth = np.arange(LENGTH, dtype=float)
    codes, none = np.ones((3, LENGTH), "uint8"), np.zeros((3, LENGTH), "uint8")
    order = np.tile(np.arange(LENGTH)[::-1], (3, 1))  # the most worthy position first
    (areas,) = perturbation_areas(lambda c: c @ worth, codes, none, {"best": order}).values()
    left = np.array([worth[: LENGTH - 5 * step].sum() for step in range(11)])
    deletion = (left[:-1] + left[1:]).sum() / 20
    np.testing.assert_allclose(areas[0], deletion)
    np.testing.assert_allclose(areas[1], worth.sum() - deletion)


def test_the_right_order_deletes_fastest_and_the_opposite_slowest():
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(LENGTH, 4))
    codes = rng.integers(0, 4, (8, LENGTH)).astype("uint8")
    maps = np.tile(weights, (8, 1, 1)).astype("float16")
    model = linear_model(weights / 5)
    probe = make_probe(codes, None, {"saliency": maps, "ism": -maps}, model=model)
    found = {name: m.value for name, m in by_name(measure_perturbation_curves(probe)).items()}
    assert found["deletion_auc_saliency"] < found["deletion_auc_random"] < found["deletion_auc_ism"]
    assert (
        found["insertion_auc_saliency"] > found["insertion_auc_random"] > found["insertion_auc_ism"]
    )


def test_a_constant_map_is_as_good_as_chance():
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 4, (5, LENGTH)).astype("uint8")
    maps = {"saliency": np.ones((5, LENGTH, 4))}
    model = linear_model(rng.normal(size=(LENGTH, 4)))
    found = by_name(measure_perturbation_curves(make_probe(codes, None, maps, model=model)))
    for kind in ("deletion", "insertion"):
        assert found[f"{kind}_auc_saliency"].value == found[f"{kind}_auc_random"].value


def test_a_constant_model_has_flat_curves():
    codes = np.random.default_rng(1).integers(0, 4, (5, LENGTH)).astype("uint8")
    maps = {"saliency": np.random.default_rng(2).normal(size=(5, LENGTH, 4))}
    probe = make_probe(codes, None, maps, model=linear_model(np.zeros((LENGTH, 4)), 0.7))
    for m in measure_perturbation_curves(probe):
        assert m.value == pytest.approx(expit(0.7), abs=1e-6)


def test_ranks_follow_the_score_and_break_ties_by_chance():
    score = np.array([[1.0, 3.0, 1.0, 2.0, 1.0]])
    chance = np.array([[4, 0, 1, 3, 2]])
    assert ranks(score, chance).tolist() == [[4, 0, 2, 1, 3]]
