"""Attacks in two norms, off and on the simplex of DNA, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import minimize

from tfbs.benchmark.attacks import PGD, Attacker
from tfbs.benchmark.attacks.projection import project_onto_dna, project_onto_simplex, tangent

NORMS = ["linf", "l2"]


def moved(model, examples, epsilon, **settings):
    """How far the attack moves each logit against its label."""
    attack = Attacker(model, PGD(epsilon=epsilon, box=False, **settings))
    perturbed, logit = attack(examples.sequence, examples.label)
    sign = 2 * examples.label - 1
    clean = model(examples.sequence).numpy()
    return (sign * (clean - logit))[:, 0], perturbed


def uphill(model, examples):
    """The gradient of minus the margin, `(n, 12, 4)`."""
    kernel = model.get_weights()[0].reshape(12, 4)
    return -(2 * examples.label[:, :, None] - 1) * kernel


def gain_of_letters(model, examples):
    """What the best letter everywhere has over the one that is there, summed, `(n,)`."""
    slope = uphill(model, examples)
    return (slope.max(axis=2) - (slope * examples.sequence).sum(axis=2)).sum(axis=1)


@pytest.mark.parametrize("steps", [1, 20])
def test_off_the_simplex_a_linear_logit_moves_by_epsilon_times_the_dual_norm(
    linear_network, examples_of, steps
):
    model = linear_network()
    examples, kernel = examples_of(model), model.get_weights()[0]
    found, _ = moved(model, examples, 0.3, steps=steps, norm="linf")
    np.testing.assert_allclose(found, 0.3 * np.abs(kernel).sum(), rtol=1e-4)
    found, _ = moved(model, examples, 0.7, steps=steps, norm="l2")
    np.testing.assert_allclose(found, 0.7 * np.linalg.norm(kernel), rtol=1e-4)


@pytest.mark.parametrize("steps", [1, 20])
@pytest.mark.parametrize("epsilon", [0.05, 0.4, 1.0])
def test_on_the_simplex_linf_moves_epsilon_of_each_letter_to_the_best_one(
    linear_network, examples_of, steps, epsilon
):
    model = linear_network()
    examples = examples_of(model)
    found, perturbed = moved(model, examples, epsilon, steps=steps, norm="linf", simplex=True)
    np.testing.assert_allclose(found, epsilon * gain_of_letters(model, examples), rtol=1e-3)
    np.testing.assert_allclose(perturbed.sum(axis=2), 1, atol=1e-5)


@pytest.mark.parametrize("restart", [1, 2])
@pytest.mark.parametrize("epsilon", [0.05, 0.4, 1.0])
def test_on_the_simplex_linf_reaches_the_optimum_from_anywhere(
    linear_network, examples_of, epsilon, restart
):
    """Also where a letter that is there already, and was left at the start, is the best one."""
    from tfbs.benchmark.evaluation.robust_curves import start_noise

    model = linear_network()
    examples = examples_of(model)
    attack = Attacker(model, PGD(epsilon=epsilon, steps=20, box=False, simplex=True))
    noise = start_noise(examples.sequence.shape, restart)
    start = project_onto_dna(examples.sequence, noise * epsilon, np.float32(epsilon), "linf")
    assert np.abs(start).sum(axis=(1, 2)).min() > epsilon
    _, logit = attack(examples.sequence, examples.label, noise=noise)
    fell = ((2 * examples.label - 1) * (model(examples.sequence).numpy() - logit))[:, 0]
    np.testing.assert_allclose(fell, epsilon * gain_of_letters(model, examples), rtol=1e-3)


@pytest.mark.parametrize("steps", [1, 20])
def test_on_the_simplex_l2_moves_epsilon_along_what_the_simplex_leaves_of_the_gradient(
    linear_network, examples_of, steps
):
    model = linear_network()
    examples = examples_of(model)
    found, perturbed = moved(model, examples, 0.3, steps=steps, norm="l2", simplex=True)
    left = tangent(examples.sequence, uphill(model, examples).astype("float32")).numpy()
    np.testing.assert_allclose(found, 0.3 * np.linalg.norm(left, axis=(1, 2)), rtol=1e-3)
    lengths = np.linalg.norm(perturbed - examples.sequence, axis=(1, 2))
    np.testing.assert_allclose(lengths, 0.3, rtol=1e-4)
    assert perturbed.min() >= -1e-6


def test_the_tangent_is_the_nearest_direction_that_only_takes_from_the_letter_there():
    rng = np.random.default_rng(0)
    gradient = rng.normal(size=(1, 6, 4)).astype("float32")
    codes = rng.integers(0, 4, 6)
    found = tangent(np.eye(4, dtype="float32")[codes][None], gradient).numpy()[0]
    for own, slope, direction in zip(codes, gradient[0], found, strict=True):
        bounds = [(None if base == own else 0, None) for base in range(4)]
        best = minimize(
            lambda d, g=slope: ((d - g) ** 2).sum(),
            np.zeros(4),
            bounds=bounds,
            constraints={"type": "eq", "fun": np.sum},
        )
        np.testing.assert_allclose(direction, best.x, atol=1e-3)


POINTS = hnp.arrays("float32", (3, 4), elements=st.floats(-3, 3, width=32))


@settings(max_examples=30)
@given(POINTS)
def test_the_projection_is_the_nearest_point_of_the_simplex(points):
    found = project_onto_simplex(tf.constant(points)).numpy()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    assert (found >= 0).all()
    # the nearest point of a convex set: no corner lies on the far side of it
    away = points - found
    slack = (away[:, None] * (np.eye(4) - found[:, None])).sum(axis=2)
    assert slack.max() <= 1e-4


@settings(max_examples=30)
@given(
    hnp.arrays("float32", (2, 5, 4), elements=st.floats(-2, 2, width=32)),
    st.sampled_from([0.0, 0.05, 0.5, 1.0, 3.0]),
    st.sampled_from(NORMS),
)
def test_what_is_projected_is_a_mixture_of_letters_inside_the_ball(delta, radius, norm):
    codes = np.array([[0, 1, 2, 3, 4], [3, 3, 4, 0, 1]])
    sequence = np.concatenate([np.eye(4), np.zeros((1, 4))]).astype("float32")[codes]
    found = project_onto_dna(tf.constant(sequence), tf.constant(delta), np.float32(radius), norm)
    point = sequence + found.numpy()
    np.testing.assert_allclose(point.sum(axis=2), codes < 4, atol=1e-5)
    assert point.min() >= -1e-5
    size = np.abs(found).max() if norm == "linf" else np.linalg.norm(found, axis=(1, 2)).max()
    assert size <= radius + 1e-4


def test_a_second_start_does_not_weaken_the_attack_and_a_random_one_is_in_the_ball(
    small_network, examples_of
):
    from tfbs.benchmark.evaluation.robust_curves import start_noise

    model = small_network()
    examples = examples_of(model)
    attack = Attacker(model, PGD(epsilon=0.1, steps=0, box=False))
    noise = start_noise(examples.sequence.shape, 1)
    start, _ = attack(examples.sequence, examples.label, noise=noise)
    np.testing.assert_allclose(start - examples.sequence, 0.1 * noise, atol=1e-6)
    assert start_noise(examples.sequence.shape, 0) is None
