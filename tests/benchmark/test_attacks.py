"""Attacks against closed forms, and the robustness metrics built on them."""

from __future__ import annotations

import itertools

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfbs.benchmark.attacks import PGD, Attacker, substitute
from tfbs.benchmark.evaluation.robustness import map_similarity, measure_robustness, measure_strands
from tfbs.benchmark.explain.attribution import InputGradient
from tfbs.benchmark.predict import Predictor
from tfbs.benchmark.protocol import Protocol

LENGTH = 12


def linear_model(targets=1):
    sequence = keras.Input((LENGTH, 4))
    outputs = keras.layers.Dense(targets)(keras.layers.Flatten()(sequence))
    model = keras.Model(sequence, outputs)
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=(4 * LENGTH, targets)), rng.normal(size=targets)])
    return model


def sample(n=40):
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 4, (n, LENGTH)).astype("uint8")
    return codes, np.eye(4, dtype="float32")[codes], rng.integers(0, 2, (n, 1)).astype("int8")


@pytest.mark.parametrize("epsilon", [0.01, 0.1, 0.5])
def test_on_a_linear_model_the_linf_attack_reaches_the_optimum(epsilon):
    """Each element moves by epsilon against the label, as far as [0, 1] lets it."""
    model, (_, sequence, label) = linear_model(), sample()
    kernel = model.get_weights()[0].reshape(LENGTH, 4)
    direction = np.sign(kernel) * (1 - 2 * label.astype("float32"))[:, :, None]
    expected = np.clip(sequence + epsilon * direction, 0, 1)
    perturbed, logits = Attacker(model, PGD(epsilon=epsilon, steps=20))(sequence, label)
    np.testing.assert_allclose(perturbed, expected, atol=1e-6)
    np.testing.assert_allclose(logits, model(expected).numpy(), atol=1e-4)


def test_on_a_linear_model_the_l2_attack_reaches_the_optimum():
    """Without the box, the sequence moves by epsilon along the normalised kernel."""
    model, (_, sequence, label) = linear_model(), sample()
    kernel = model.get_weights()[0].reshape(LENGTH, 4)
    unit = kernel / np.linalg.norm(kernel)
    expected = sequence + 0.7 * unit * (1 - 2 * label.astype("float32"))[:, :, None]
    attack = PGD(epsilon=0.7, steps=10, norm="l2", box=False)
    perturbed, _ = Attacker(model, attack)(sequence, label)
    np.testing.assert_allclose(perturbed, expected, atol=1e-5)


def test_a_random_start_stays_in_the_ball_and_depends_on_its_seed():
    from tfbs.benchmark.attacks import perturb

    model, (_, sequence, label) = linear_model(), sample()
    attack = PGD(epsilon=0.1, steps=1, step_size=0.0, random_start=True)
    starts = [
        perturb(model, sequence, label, attack, seed=keras.random.SeedGenerator(seed)).numpy()
        for seed in (0, 0, 1)
    ]
    np.testing.assert_array_equal(starts[0], starts[1])
    assert not np.array_equal(starts[0], starts[2])
    for start in starts:
        assert 0 < np.abs(start - sequence).max() <= 0.1 + 1e-6
        assert start.min() >= 0 and start.max() <= 1


def test_steps_shrink_as_published():
    """Koo et al. (2019): step i is 0.1 / (i + 10), so 20 of them go less far than 0.2."""
    model, (_, sequence, label) = linear_model(), sample()
    attack = PGD(epsilon=0.2, steps=20, step_size=0.01, step_decay=0.1, box=False)
    perturbed, _ = Attacker(model, attack)(sequence, label)
    walked = sum(0.1 / (step + 10) for step in range(20))
    np.testing.assert_allclose(np.abs(perturbed - sequence), walked, rtol=1e-4)


def test_unknown_letters_and_unknown_labels_are_left_alone():
    model, (_, sequence, label) = linear_model(2), sample()
    sequence[:, 3] = 0
    label = np.concatenate([label, np.full_like(label, -1)], axis=1)
    perturbed, _ = Attacker(model, PGD(epsilon=0.1, steps=3))(sequence, label)
    assert not perturbed[:, 3].any()
    kernel = model.get_weights()[0][:, 0].reshape(LENGTH, 4)  # of the known target alone
    direction = np.sign(kernel) * (1 - 2 * label[:, :1].astype("float32"))[:, :, None]
    expected = np.clip(sequence + 0.1 * direction, 0, 1) * sequence.any(axis=2, keepdims=True)
    np.testing.assert_allclose(perturbed, expected, atol=1e-6)


def test_the_robust_auroc_falls_with_the_radius_and_below_chance_for_a_large_one():
    model, (codes, sequence, _) = linear_model(), sample(200)
    logit = model(sequence).numpy()
    label = (logit > np.median(logit)).astype("int8")
    protocol = Protocol("", 200, 0, epsilons=(0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 1.0))
    measured, arrays = measure_robustness(Predictor(model), codes, label, ("t",), protocol, seed=0)
    values = {m.name: m.value for m in measured}
    ladder = [values[f"auroc_pgd_{e:g}"] for e in protocol.epsilons]
    assert ladder[0] == 1.0
    assert all(low <= high for high, low in itertools.pairwise(ladder))
    assert ladder[-1] < 0.01
    np.testing.assert_allclose(arrays["probe_logits_pgd_0"], logit, rtol=1e-5)
    # a linear model has the same map everywhere
    assert values["attribution_stability_pgd_0.02"] == pytest.approx(1.0)


@given(st.integers(0, 1000), st.sampled_from([0.0, 0.01, 0.1, 0.5, 1.0]))
def test_substitutions_change_exactly_the_stated_number_of_letters(seed, fraction):
    codes = np.random.default_rng(seed).integers(0, 4, (3, 100)).astype("uint8")
    changed = substitute(codes, fraction, seed)
    assert ((changed != codes).sum(axis=1) == round(100 * fraction)).all()
    assert changed.max() <= 3
    np.testing.assert_array_equal(changed, substitute(codes, fraction, seed))


def test_a_fraction_of_a_letter_is_right_on_average():
    codes = np.random.default_rng(0).integers(0, 4, (4000, 14)).astype("uint8")
    counts = (substitute(codes, 0.05, 0) != codes).sum(axis=1)
    assert set(counts) == {0, 1}
    assert counts.mean() == pytest.approx(0.7, abs=0.03)


def test_substitutions_leave_unknown_letters_unknown():
    codes = np.full((2, 10), 4, "uint8")
    np.testing.assert_array_equal(substitute(codes, 1.0, 0), codes)


def test_map_similarity_is_one_for_equal_and_zero_for_orthogonal_maps():
    class Fixed(InputGradient):
        def __init__(self):
            self.calls = 0

        def __call__(self, sequence, target=0, *, tracks=None):
            self.calls += 1
            maps = np.zeros((3, 2, 4), "float32")
            maps[0, 0, 0] = 1.0
            maps[1, self.calls % 2, 0] = 1.0
            return maps

    np.testing.assert_allclose(
        map_similarity(Fixed(), np.zeros((3, 2, 4)), np.zeros((3, 2, 4))), [1, 0, 1], atol=1e-6
    )


def test_strand_agreement_of_equal_and_of_opposite_outputs():
    logit = np.random.default_rng(0).normal(size=(50, 1))
    same = {m.name: m.value for m in measure_strands(logit, logit, seed=0)}
    assert same["reverse_complement_correlation"] == pytest.approx(1.0)
    assert same["reverse_complement_difference"] == 0
    opposite = {m.name: m.value for m in measure_strands(logit, -logit, seed=0)}
    assert opposite["reverse_complement_correlation"] == pytest.approx(-1.0)
    noisy = measure_strands(logit, logit + np.random.default_rng(1).normal(size=(50, 1)), 0)[0]
    # Fisher's z: atanh(r) +- 1.96 / sqrt(n - 3)
    z = np.arctanh(noisy.value) + np.array([-1, 1]) * 1.959964 / np.sqrt(47)
    assert noisy.interval == pytest.approx(tuple(np.tanh(z)))
    constant = measure_strands(np.zeros((5, 1)), logit[:5], seed=0)[0]
    assert constant.value is None and constant.undefined_reason == "all outputs are equal"


def test_targets_that_differ_in_level_do_not_make_strands_agree():
    rng = np.random.default_rng(0)
    forward, reverse = (rng.normal((-5, 5), 1, (400, 2)) for _ in range(2))
    found = measure_strands(forward, reverse, seed=0)[0]
    alone = [np.corrcoef(forward[:, t], reverse[:, t])[0, 1] for t in range(2)]
    assert found.value == pytest.approx(np.mean(alone)) and abs(found.value) < 0.1
    low, high = found.interval
    assert high - low == pytest.approx(2 * 1.96 / np.sqrt(397), rel=0.02)
