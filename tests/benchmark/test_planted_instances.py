"""Recovery of planted motifs and likeness to them, where both are known."""

from __future__ import annotations

import numpy as np
import pytest
from tests.benchmark.probes import by_name, linear_model, make_probe

from tfbs.benchmark.evaluation.instances import (
    background_windows,
    false_instances,
    measure_instances,
    recovered,
)
from tfbs.benchmark.evaluation.planted import Instance, planted_instances
from tfbs.benchmark.evaluation.pwm_cosine import measure_pwm_cosine
from tfbs.benchmark.explain import ATTRIBUTIONS
from tfbs.datasets.planting import Placement, draw_bases
from tfbs.jaspar import read_jaspar, reverse_complement_matrix

LENGTH = 120
SP1, YY1 = "MA0079.3", "MA0095.2"
MATRICES = {name: motif.probabilities for name, motif in read_jaspar([SP1, YY1]).items()}
PLACES = (Placement(20, 31, 1, SP1), Placement(70, 82, -1, YY1))


def templates() -> np.ndarray:
    """What both motifs add where they stand: probabilities less a quarter, on their strands."""
    weights = np.zeros((LENGTH, 4))
    weights[20:31] = MATRICES[SP1] - 0.25
    weights[70:82] = reverse_complement_matrix(MATRICES[YY1]) - 0.25
    return weights


def planted_codes(n: int = 12) -> np.ndarray:
    return draw_bases(np.random.default_rng(0), np.tile(templates() + 0.25, (n, 1, 1)))


def probe_of(maps, **more):
    codes = planted_codes()
    return make_probe(codes, [PLACES] * len(codes), {"saliency": maps}, **more)


@pytest.fixture(scope="module")
def right():
    """Saliency of a linear model whose weights are the motifs, as a run keeps it."""
    probe = probe_of(None)
    return ATTRIBUTIONS["saliency"](linear_model(templates()), probe.sequence).astype("float16")


def test_a_linear_model_of_the_motifs_is_perfect(right):
    probe = probe_of(right)
    measured = by_name(measure_instances(probe)) | by_name(measure_pwm_cosine(probe))
    assert measured["instance_recovery_saliency"].value == 1
    assert measured["instance_recovery_saliency"].n == 24
    assert measured["pwm_cosine_saliency"].value == pytest.approx(1, abs=1e-3)
    assert measured["pwm_cosine_sequence_saliency"].value == pytest.approx(1, abs=1e-3)
    assert abs(measured["pwm_cosine_shuffled_saliency"].value) < 0.2


def test_the_opposite_map_recovers_nothing_and_has_cosine_minus_one(right):
    probe = probe_of(-right)
    measured = by_name(measure_instances(probe)) | by_name(measure_pwm_cosine(probe))
    assert measured["instance_recovery_saliency"].value == 0
    assert measured["pwm_cosine_saliency"].value == pytest.approx(-1, abs=1e-3)


def test_motifs_are_told_apart_by_name_with_an_interval(right):
    only_first = right.copy()
    only_first[:, 60:] = 0
    measured = measure_instances(probe_of(only_first))
    found = {m.target: m for m in measured if m.name == "instance_recovery_saliency"}
    assert {target: m.value for target, m in found.items()} == {
        "mean": 0.5,
        "SP1 MA0079.3": 1,
        "YY1 MA0095.2": 0,
    }
    assert found["mean"].interval == (0.5, 0.5)  # both motifs of a sequence are drawn together


def test_a_motif_that_lowers_the_logit_is_found_by_its_sign(right):
    factors = [{"matrix_id": SP1, "effect": 9.0}, {"matrix_id": YY1, "effect": -8.0}]
    repressing = right.copy()
    repressing[:, 60:] *= -1
    probe = probe_of(repressing, metadata={"rule": {"factors": factors}})
    measured = by_name(measure_instances(probe)) | by_name(measure_pwm_cosine(probe))
    assert measured["instance_recovery_saliency"].value == 1
    assert measured["pwm_cosine_saliency"].value == pytest.approx(1, abs=1e-3)


def test_decoys_do_not_count(right):
    probe = probe_of(right, metadata={"rule": {"factors": [{"matrix_id": SP1, "effect": 9.0}]}})
    assert {instance.matrix_id for instance in planted_instances(probe)} == {SP1}


def test_a_constant_map_recovers_nothing():
    measured = by_name(measure_instances(probe_of(np.ones((12, LENGTH, 4), "float16"))))
    assert measured["instance_recovery_saliency"].value == 0


def test_a_random_map_recovers_as_much_as_chance_says():
    rng = np.random.default_rng(3)
    instances = [Instance(row, 50, 58, np.arange(8), 1, SP1, 1) for row in range(4000)]
    backgrounds = background_windows(instances, LENGTH)
    scores = rng.normal(size=(4000, LENGTH))
    found = recovered(scores, instances, backgrounds).mean()
    chance = recovered(scores, *false_instances(instances, backgrounds, rng)).mean()
    assert 0.05 < chance < 0.1
    assert found == pytest.approx(chance, abs=4 * np.sqrt(2 * 0.07 / 4000))


def test_false_windows_lie_beside_the_motifs_and_their_background_beside_them():
    instances = [Instance(0, 20, 31, np.arange(11), 1, SP1, 1)]
    starts = background_windows(instances, LENGTH)
    for seed in range(20):
        (false,), (others,) = false_instances(instances, starts, np.random.default_rng(seed))
        assert false.end <= 20 or false.start >= 31
        assert all(other + 11 <= false.start or other >= false.end for other in others)
        assert set(others) <= set(starts[0])


def test_background_windows_touch_no_motif():
    ends = [(20, 31), (70, 82)]
    instances = [Instance(0, *end, np.arange(3), 1, SP1, 1) for end in ends]
    for (start, end), starts in zip(ends, background_windows(instances, LENGTH), strict=True):
        width = end - start
        expected = [
            first
            for first in range(LENGTH - width + 1)
            if all(first + width <= a or first >= b for a, b in ends)
        ]
        assert starts.tolist() == expected


def test_a_motif_without_enough_background_is_left_out():
    codes = np.zeros((1, 20), "uint8")
    probe = make_probe(codes, [(Placement(4, 14, 1, SP1),)], {"ism": np.ones((1, 20, 4))})
    found = by_name(measure_instances(probe))["instance_recovery_ism"]
    assert found.value is None and "20 background windows" in found.undefined_reason


def test_stretches_of_information_are_motifs_where_nobody_noted_them(right):
    information = np.zeros((12, LENGTH), "float32")
    information[:, 20:31] = information[:, 70:82] = 1
    probe = make_probe(planted_codes(), None, {"saliency": right}, information=information)
    assert [(own.start, own.end) for own in planted_instances(probe)][:2] == [(20, 31), (70, 82)]
    assert by_name(measure_instances(probe))["instance_recovery_saliency"].value == 1
    for m in measure_pwm_cosine(probe):
        assert m.value is None and m.undefined_reason == "the truth names no matrix of JASPAR"


def test_a_task_without_planted_motifs_says_so(right):
    probe = make_probe(planted_codes(), None, {"saliency": right})
    for m in [*measure_instances(probe), *measure_pwm_cosine(probe)]:
        assert m.value is None and m.undefined_reason == "the task has no planted motifs"
        m.to_json()
