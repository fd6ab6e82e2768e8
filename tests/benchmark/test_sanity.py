"""Maps of a model with other weights, and the weights put back."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from tests.benchmark.probes import linear_model, make_probe

from tfbs.architectures import ARCHITECTURES
from tfbs.benchmark.evaluation.sanity import measure_sanity, randomised
from tfbs.benchmark.explain import ATTRIBUTIONS
from tfbs.datasets.alphabet import one_hot


@pytest.fixture(scope="module")
def model():
    """A small network with batch normalisation, its weights moved away from their start."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input((40, 4))
    x = keras.layers.BatchNormalization()(keras.layers.Conv1D(4, 7)(inputs))
    x = keras.layers.Flatten()(keras.layers.Activation("relu")(x))
    built = keras.Model(inputs, keras.layers.Dense(1, name="logits")(x))
    rng = np.random.default_rng(0)
    built.set_weights([w + 0.1 * np.abs(rng.normal(size=w.shape)) for w in built.get_weights()])
    return built


@pytest.fixture(scope="module")
def codes():
    return np.random.default_rng(2).integers(0, 4, (6, 40)).astype("uint8")


def test_weights_are_drawn_anew_and_put_back(model):
    before = model.get_weights()
    with randomised(model, 3):
        within = model.get_weights()
    with randomised(model, 3):
        again = model.get_weights()
    for old, new, same, after in zip(before, within, again, model.get_weights(), strict=True):
        np.testing.assert_array_equal(new, same)
        np.testing.assert_array_equal(old, after)
        assert not np.allclose(old, new)


def test_weights_are_put_back_after_a_failure(model):
    before = model.get_weights()
    with pytest.raises(ZeroDivisionError), randomised(model, 3):
        raise ZeroDivisionError
    for old, after in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, after)


def test_the_head_is_the_last_trained_layer_alone(model):
    before = [w.numpy() for w in model.weights]
    head = {id(w) for w in model.get_layer("logits").weights}
    with randomised(model, 3, head_only=True):
        for variable, old in zip(model.weights, before, strict=True):
            changed = not np.array_equal(variable.numpy(), old)
            assert changed == (id(variable) in head)


def test_what_is_not_trained_stays():
    scan = ARCHITECTURES["pwm_scan"].build(40, 1, {})
    kernels = [weight.numpy() for weight in scan.non_trainable_weights]
    logits = scan.get_layer("logits").get_weights()[0]
    assert kernels
    with randomised(scan, 0):
        for weight, kernel in zip(scan.non_trainable_weights, kernels, strict=True):
            np.testing.assert_array_equal(weight.numpy(), kernel)
        assert not np.array_equal(scan.get_layer("logits").get_weights()[0], logits)


def test_maps_are_those_of_another_model_with_these_weights(model, codes):
    """What was compiled before reads the new weights."""
    sequence = one_hot(codes[:2])
    other = keras.models.clone_model(model)
    for method in ("saliency", "ism", "deepshap"):
        before = ATTRIBUTIONS[method](model, sequence)
        with randomised(model, 3):
            other.set_weights(model.get_weights())
            found = ATTRIBUTIONS[method](model, sequence)
        np.testing.assert_allclose(found, ATTRIBUTIONS[method](other, sequence), atol=1e-6)
        assert not np.allclose(found, before, atol=1e-3 * np.abs(before).max())


def test_maps_of_what_was_learned_are_told_from_maps_that_no_weight_changes(model, codes):
    """The linear model has learned four positions; the other's map is its input, come what may."""
    weights = np.zeros((40, 4))
    weights[10:14] = 5
    learned = linear_model(weights)
    maps = {"saliency": np.tile(weights, (6, 1, 1)) + 1e-3 * np.arange(40)[:, None]}
    found = {m.name: m.value for m in measure_sanity(make_probe(codes, None, maps, model=learned))}
    assert abs(found["randomised_weights_correlation_saliency"]) < 0.3
    fixed = keras.layers.Dense(1, trainable=False)
    inputs = keras.Input((40, 4))
    blind = keras.Model(inputs, fixed(keras.layers.Flatten()(inputs)))
    maps = {"saliency": ATTRIBUTIONS["saliency"](blind, one_hot(codes))}
    found = {m.name: m.value for m in measure_sanity(make_probe(codes, None, maps, model=blind))}
    assert found["randomised_weights_correlation_saliency"] == pytest.approx(1)


def test_a_constant_map_has_no_correlation(model, codes):
    probe = make_probe(codes, None, {"saliency": np.zeros((6, 40, 4))}, model=model)
    for m in measure_sanity(probe):
        assert m.value is None and m.undefined_reason == "a map is constant in every sequence"
