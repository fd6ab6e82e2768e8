"""Binding at equilibrium against the sum over every configuration, written out."""

from __future__ import annotations

import itertools

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfbs.architectures import ARCHITECTURES
from tfbs.architectures.layers import Equilibrium, SiteWeights
from tfbs.architectures.layers.equilibrium import STRONGEST
from tfbs.architectures.occupancy import read_binding
from tfbs.benchmark.explain import ATTRIBUTIONS


def configurations(positions, width, factors):
    """Every set of sites that do not overlap, as tuples of (start, factor) from left to right."""
    found = [()]
    for sites in found:
        first = sites[-1][0] + width if sites else 0
        found += [
            (*sites, (start, factor))
            for start in range(first, positions)
            for factor in range(factors)
        ]
    return found


def enumerated(log_weight, pair_energy, width, max_gap):
    """The occupancy of each site, `(n, positions, factors)`, from one sum after another."""
    total, bound = 0.0, np.zeros(log_weight.shape)
    for sites in configurations(log_weight.shape[1], width, log_weight.shape[2]):
        exponent = np.zeros(len(log_weight))
        for start, factor in sites:
            exponent = exponent + log_weight[:, start, factor]
        for (left, one), (right, other) in itertools.pairwise(sites):
            if right - left - width <= max_gap:
                exponent -= pair_energy[one, other]
        weight = np.exp(exponent)
        total = total + weight
        for start, factor in sites:
            bound[:, start, factor] += weight
    return bound / np.reshape(total, (-1, 1, 1))


def site_log_weights(codes, energies, potentials):
    """The log-weight of each site in either orientation, letter by letter."""
    factors, width, _ = energies.shape
    found = np.zeros((len(codes), codes.shape[1] - width + 1, factors))
    for factor, start in np.ndindex(factors, found.shape[1]):
        window = codes[:, start : start + width]
        forward = energies[factor][np.arange(width), window].sum(axis=1)
        reverse = energies[factor][np.arange(width), 3 - window[:, ::-1]].sum(axis=1)
        found[:, start, factor] = potentials[factor] + np.logaddexp(-forward, -reverse)
    return found


def one_hot(codes):
    return np.eye(4, dtype="float32")[codes]


def equilibrium(width, max_gap, pair_energy):
    layer = Equilibrium(width, max_gap)
    layer.build((None, None, len(pair_energy)))
    layer.pair_energy.assign(pair_energy)
    return layer


@settings(max_examples=15, deadline=None)
@given(
    width=st.integers(2, 5),
    max_gap=st.integers(0, 6),
    positions=st.integers(1, 10),
    seed=st.integers(0, 99),
)
def test_occupancies_are_those_of_all_configurations(width, max_gap, positions, seed):
    rng = np.random.default_rng(seed)
    log_weight = rng.normal(0, 3, (2, positions, 2)).astype("float32")
    pair_energy = rng.normal(0, 2, (2, 2))
    pair_energy += pair_energy.T
    found = equilibrium(width, max_gap, pair_energy)(log_weight).numpy()
    expected = enumerated(log_weight.astype("float64"), pair_energy, width, max_gap)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_pair_further_apart_than_the_window_does_not_interact():
    log_weight = np.full((1, 12, 1), -30.0, "float32")
    log_weight[0, [0, 7], 0] = 0.0  # 4 free nucleotides between two sites of width 3
    found = [equilibrium(3, gap, np.array([[-2.0]]))(log_weight).numpy()[0, 0, 0] for gap in (3, 4)]
    assert found[0] == pytest.approx(0.5, abs=1e-5)
    assert found[1] == pytest.approx((1 + np.exp(2)) / (3 + np.exp(2)), abs=1e-5)


def test_pairs_interact_alike_in_either_order():
    raw = np.array([[0.0, -3.0], [1.0, 0.0]])
    layer = equilibrium(3, 4, raw)
    np.testing.assert_allclose(layer.pair_energies(), [[0, -1], [-1, 0]])
    log_weight = np.random.default_rng(0).normal(size=(2, 9, 2)).astype("float32")
    mirrored = layer(log_weight[:, ::-1]).numpy()[:, ::-1]
    np.testing.assert_allclose(layer(log_weight).numpy(), mirrored, atol=1e-6)


@pytest.mark.parametrize("strength", [5.0, 1000.0])
def test_strong_sites_give_probabilities_and_finite_gradients(strength):
    import tensorflow as tf

    rng = np.random.default_rng(0)
    x = tf.constant(rng.normal(0, strength, (4, 60, 3)).astype("float32"))
    layer = equilibrium(6, 4, np.full((3, 3), -5.0))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
        mix = tf.reduce_sum(y * rng.normal(size=y.shape).astype("float32"))
    gradients = tape.gradient(mix, [x, layer.pair_energy])
    assert all(np.isfinite(gradient).all() for gradient in gradients)
    assert y.numpy().min() >= 0 and y.numpy().max() <= 1 + 1e-4
    assert y.numpy().sum(axis=(1, 2)).max() <= 65 / 6 + 1e-3  # what fits side by side


def test_a_site_is_bound_no_more_strongly_than_the_limit():
    x = np.array([[[STRONGEST, 1e4]]], "float32")
    np.testing.assert_allclose(equilibrium(4, 0, np.zeros((2, 2)))(x).numpy(), 0.5, rtol=1e-5)


def random_sites(factors=3, width=5, seed=0):
    rng = np.random.default_rng(seed)
    layer = SiteWeights(factors, width)
    layer.build((None, None, 4))
    layer.energy.assign(rng.normal(0, 1, layer.energy.shape))
    layer.chemical_potential.assign(rng.normal(0, 1, factors))
    return layer


def test_log_weights_are_those_of_both_orientations():
    layer, codes = random_sites(), np.random.default_rng(1).integers(0, 4, (4, 30))
    potentials = np.asarray(layer.chemical_potential)
    expected = site_log_weights(codes, layer.energies(), potentials)
    np.testing.assert_allclose(layer(one_hot(codes)).numpy(), expected, atol=1e-5)


def test_the_gauge_is_fixed():
    """Energies that differ by a number for each position are the same energies."""
    layer, codes = random_sites(), np.random.default_rng(1).integers(0, 4, (4, 30))
    before, energies = layer(one_hot(codes)).numpy(), layer.energies()
    layer.energy.assign_add(np.random.default_rng(2).normal(size=(5, 1, 3)))
    np.testing.assert_allclose(layer(one_hot(codes)).numpy(), before, atol=1e-5)
    np.testing.assert_allclose(layer.energies(), energies, atol=1e-6)
    np.testing.assert_allclose(energies.mean(axis=2), 0, atol=1e-6)
    unknown = np.zeros((1, 5, 4), "float32")
    random_letters = np.asarray(layer.chemical_potential) + np.log(2)
    np.testing.assert_allclose(layer(unknown).numpy()[0, 0], random_letters, atol=1e-5)


def test_one_site_on_its_own_has_the_occupancy_of_the_first_layer():
    layer, codes = random_sites(factors=1), np.random.default_rng(3).integers(0, 4, (6, 5))
    log_weight = layer(one_hot(codes))
    alone = keras.ops.sigmoid(log_weight)
    together = equilibrium(5, 3, np.zeros((1, 1)))(log_weight)
    np.testing.assert_allclose(together.numpy(), alone.numpy(), atol=1e-6)


@pytest.fixture(scope="module")
def model():
    """With random energies, so that occupancies are far from 0 and 1."""
    keras.utils.set_random_seed(0)
    model = ARCHITECTURES["occupancy"].build(50, 2, {"num_factors": 3, "width": 7, "max_gap": 5})
    rng = np.random.default_rng(0)
    for weight in model.weights:
        weight.assign_add(rng.normal(0, 0.7, weight.shape))
    return model


def sequences(n=6, length=50, seed=4):
    return one_hot(np.random.default_rng(seed).integers(0, 4, (n, length)))


def test_both_strands_get_one_logit_and_mirrored_occupancies(model, tmp_path):
    x = sequences()
    reverse = x[:, ::-1, ::-1]
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    bound = keras.Model(loaded.input, loaded.get_layer("motifs").output)
    assert bound.output_shape == (None, 50, 3)
    np.testing.assert_array_equal(loaded(x).numpy(), model(x).numpy())
    np.testing.assert_allclose(loaded(reverse).numpy(), loaded(x).numpy(), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(
        bound(reverse).numpy()[:, ::-1], bound(x).numpy(), rtol=1e-4, atol=1e-6
    )
    assert bound(x).numpy().max() > 0.05


@pytest.fixture(scope="module")
def short(model):
    """The same on 20 nucleotides, where all configurations can be written down."""
    short = ARCHITECTURES["occupancy"].build(20, 2, {"num_factors": 3, "width": 7, "max_gap": 5})
    short.set_weights(model.get_weights())
    return short


def enumerated_logits(binding, codes):
    log_weight = site_log_weights(codes, binding.energies, binding.potentials)
    bound = enumerated(log_weight, binding.pair_energies, 7, 5).sum(axis=1)
    return bound @ binding.effects + binding.bias


def test_what_is_read_from_a_model_explains_its_logits(short):
    codes = np.random.default_rng(5).integers(0, 4, (5, 20))
    expected = enumerated_logits(read_binding(short), codes)
    np.testing.assert_allclose(short(one_hot(codes)).numpy(), expected, atol=1e-4)


def test_mutagenesis_gives_the_effects_of_the_enumeration(short):
    codes = np.random.default_rng(6).integers(0, 4, 20)
    mutants = np.repeat(codes[None], 80, axis=0)
    mutants[np.arange(80), np.repeat(np.arange(20), 4)] = np.tile(np.arange(4), 20)
    logits = enumerated_logits(read_binding(short), mutants)[:, 1].reshape(20, 4)
    expected = logits - logits.mean(axis=1, keepdims=True)
    found = ATTRIBUTIONS["ism"](short, one_hot(codes[None]), 1)[0]
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_saliency_stays_on_the_simplex(short):
    """Energies that sum to 0 give gradients that do: nothing is left to correct."""
    found = ATTRIBUTIONS["saliency"](short, sequences(length=20), 0)
    np.testing.assert_allclose(found.sum(axis=2), 0, atol=1e-5)
    assert np.abs(found).max(axis=(1, 2)).min() > 0.01


def test_the_other_gauge_is_the_weight_of_the_best_site(model):
    binding = read_binding(model)
    best = binding.energies.argmin(axis=2)
    energy = np.take_along_axis(binding.energies, best[..., None], axis=2).sum(axis=(1, 2))
    np.testing.assert_allclose(binding.best_potentials, binding.potentials - energy, rtol=1e-5)


WIDTH, MAX_GAP, LENGTH = 6, 4, 24
BEST_POTENTIALS = np.array([0.8, 0.2])
PAIR_ENERGY = np.array([[0.0, -2.5], [-2.5, 0.0]])


def true_energies():
    """Two factors; every letter but the best costs 1 to 3 kT."""
    energies = np.random.default_rng(0).uniform(1, 3, (2, WIDTH, 4))
    for factor, word in enumerate(([3, 2, 0, 1, 2, 0], [2, 1, 1, 0, 0, 3])):
        energies[factor, np.arange(WIDTH), word] = 0
    return energies - energies.mean(axis=2, keepdims=True)


def draw(rng, energies):
    """Random DNA with up to two sites that are 80 % their factor's best word, on any strand."""
    codes = rng.integers(0, 4, LENGTH)
    gap = rng.integers(0, LENGTH - 2 * WIDTH + 1)
    first = rng.integers(0, LENGTH - 2 * WIDTH - gap + 1)
    for factor, start in zip(rng.integers(0, 2, 2), (first, first + WIDTH + gap), strict=True):
        if rng.random() < 0.7:
            kept = rng.random(WIDTH) < 0.8
            word = np.where(kept, energies[factor].argmin(axis=1), rng.integers(0, 4, WIDTH))
            codes[start : start + WIDTH] = word if rng.random() < 0.5 else 3 - word[::-1]
    return codes


@pytest.mark.slow
def test_energies_are_recovered_from_labels():
    """Of each sequence it is known, with chance, whether each of two factors is bound.

    Labels are drawn from logits -2.5 + 5 times the number of bound factors, which a plain
    enumeration gives. The model knows which label is whose factor (its effects start at 4 on
    the diagonal) and has to find all else.
    """
    rng, energies = np.random.default_rng(5), true_energies()
    codes = np.stack([draw(rng, energies) for _ in range(20_000)])
    potentials = BEST_POTENTIALS + energies.min(axis=2).sum(axis=1)
    log_weight = site_log_weights(codes, energies, potentials)
    bound = enumerated(log_weight, PAIR_ENERGY, WIDTH, MAX_GAP).sum(axis=1)
    label = rng.random((len(codes), 2)) < 1 / (1 + np.exp(2.5 - 5 * bound))

    keras.utils.set_random_seed(0)
    settings = {"num_factors": 2, "width": WIDTH, "max_gap": MAX_GAP}
    model = ARCHITECTURES["occupancy"].build(LENGTH, 2, settings)
    model.get_layer("logits").kernel.assign(4 * np.eye(2))
    rate = keras.optimizers.schedules.CosineDecay(0.1, 20 * 79)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss)
    model.fit(one_hot(codes), label.astype("float32"), batch_size=256, epochs=20, verbose=0)

    binding = read_binding(model)
    for factor in range(2):
        either = (binding.energies[factor], binding.energies[factor, ::-1, ::-1])
        found = min(either, key=lambda matrix: np.abs(matrix - energies[factor]).sum())
        assert np.corrcoef(found.ravel(), energies[factor].ravel())[0, 1] >= 0.95
        assert np.sqrt(np.mean((found - energies[factor]) ** 2)) < 0.3
    np.testing.assert_allclose(binding.best_potentials, BEST_POTENTIALS, atol=0.4)
    np.testing.assert_allclose(binding.pair_energies, PAIR_ENERGY, atol=0.7)
    np.testing.assert_allclose(binding.effects, 5 * np.eye(2), atol=1.0)
