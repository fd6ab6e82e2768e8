"""Pairs of motifs, where what they do together is known."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from tests.benchmark.probes import by_name, linear_model, make_probe

from tfbs.benchmark.evaluation.planted_pairs import (
    correlation_over_sequences,
    measure_planted_pairs,
    windows_beside,
)
from tfbs.datasets.alphabet import one_hot
from tfbs.datasets.planting import Placement

LENGTH = 40
PLACES = (Placement(4, 10, 1, "a"), Placement(18, 24, 1, "b"), Placement(28, 32, 1, "c"))
SPANS = [(place.start, place.end) for place in PLACES]


def weights() -> np.ndarray:
    """`(LENGTH * 4, 2)`: the sums that the first two motifs make."""
    found = np.zeros((LENGTH, 4, 2), "float32")
    for column, (start, end) in enumerate(SPANS[:2]):
        found[start:end, :, column] = np.random.default_rng(column).normal(size=(end - start, 4))
    return found.reshape(-1, 2)


def product_model(sign: float = 1.0) -> keras.Model:
    """The product of what the first two motifs add up to; the third does nothing."""
    inputs = keras.Input((LENGTH, 4))
    sums = keras.layers.Dense(2, use_bias=False)
    both = sums(keras.layers.Flatten()(inputs))
    sums.set_weights([weights() * [[sign, 1]]])
    return keras.Model(inputs, keras.layers.Multiply()([both[:, :1], both[:, 1:]]))


def rule(codes: np.ndarray) -> np.ndarray:
    return (one_hot(codes).reshape(len(codes), -1) @ weights()).prod(axis=1)


def probe_of(model, **more):
    codes = np.random.default_rng(5).integers(0, 4, (12, LENGTH)).astype("uint8")
    return make_probe(codes, [PLACES] * 12, model=model, **more)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_model_that_is_the_rule_has_correlation_one_and_its_opposite_minus_one(sign):
    found = by_name(measure_planted_pairs(probe_of(product_model(sign), true_logits=rule)))
    correlation = found["pair_interaction_correlation"]
    assert correlation.value == pytest.approx(sign, abs=1e-5)
    assert (correlation.n, correlation.positives) == (36, 12)
    assert found["pair_interaction_auroc"].value is None


def test_a_linear_model_joins_nothing():
    model = linear_model(np.random.default_rng(0).normal(size=(LENGTH, 4)))
    found = by_name(measure_planted_pairs(probe_of(model, true_logits=rule)))
    assert "all equal" in found["pair_interaction_correlation"].undefined_reason
    found = by_name(measure_planted_pairs(probe_of(model)))
    assert found["pair_interaction_auroc"].value == 0.5


def test_without_a_rule_the_pairs_are_told_from_pairs_beside_them():
    """One pair in three interacts; the windows beside have none: two ties in three."""
    found = by_name(measure_planted_pairs(probe_of(product_model())))
    assert found["pair_interaction_auroc"].value == pytest.approx(1 / 3 + 2 / 3 / 2, abs=0.02)
    assert found["pair_interaction_correlation"].value is None


def test_windows_beside_overlap_nothing():
    for seed in range(20):
        found = windows_beside(SPANS, LENGTH, np.random.default_rng(seed))
        covered = [p for start, end in [*SPANS, *found] for p in range(start, end)]
        assert len(covered) == len(set(covered)) and max(covered) < LENGTH
    assert windows_beside([(0, 30)], LENGTH, np.random.default_rng(0)) == []


def test_pairs_are_resampled_by_sequence():
    rng = np.random.default_rng(0)
    owners = np.repeat(np.arange(20), 3)
    true = rng.normal(size=60)
    columns = np.stack([true + rng.normal(size=60), true], axis=1)
    found = correlation_over_sequences("r", columns, owners, 0)
    assert found.value == pytest.approx(np.corrcoef(columns.T)[0, 1])
    assert found.interval[0] < found.value < found.interval[1]
    none = correlation_over_sequences("r", np.zeros((0, 2)), np.zeros(0, int), 0)
    assert none.undefined_reason == "no sequence holds two planted motifs"


def test_where_no_rule_joins_motifs_a_reason_is_given():
    codes = np.zeros((2, LENGTH), "uint8")
    several = make_probe(codes, [PLACES] * 2, targets=("a", "b"))
    unnamed = make_probe(codes, information=np.ones(codes.shape, "float32"))
    for probe, word in (
        (several, "of its own"),
        (unnamed, "does not say which"),
        (make_probe(codes), "no planted motifs"),
    ):
        for m in measure_planted_pairs(probe):
            assert m.value is None and word in m.undefined_reason
