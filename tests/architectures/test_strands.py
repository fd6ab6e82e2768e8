"""Strategies for the reverse complement keep what they promise."""

from __future__ import annotations

import functools
import typing

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfbs.architectures import ARCHITECTURES
from tfbs.architectures.priors import Priors
from tfbs.architectures.priors.strands import INVARIANT, STRATEGIES
from tfbs.errors import Refused, UserError

LENGTH = 101  # divides evenly by none of the pools
SMALL = {
    "basenji": {"num_filters": 8, "block_filters": 4, "head_filters": 8, "num_blocks": 2},
    "basset": {"num_filters": 8, "dense_units": 8},
    "danq": {"num_filters": 8, "lstm_units": 4, "dense_units": 4},
    "danq_jaspar": {"num_filters": 8, "lstm_units": 4, "dense_units": 4},
    "deepsea": {"num_filters": 4, "dense_units": 8},
    "deepstarr": {"num_filters": 8, "dense_units": 8},
    "densenet": {"num_filters": 8, "num_blocks": 2, "layers_per_block": 2, "growth_rate": 4},
    "occupancy": {"num_factors": 2},
    "resnet": {"num_filters": 4},
    "residualbind_dilated": {"num_filters": 8, "dense_units": 8},
    "satori": {"num_filters": 8, "num_heads": 2},
    "spliceai": {"num_filters": 4, "num_groups": 1},
}
REPRESENTATIVE = (
    "cnn_local", "cnn_dist", "residualbind", "danq", "residualbind_dilated", "densenet",
)  # fmt: skip
BOTH_STRANDS = ("deepbind", "factornet", "occupancy", "siamese_cnn")
NOTHING_TO_SHARE = ("transformer",)
NETWORKS = [name for name in ARCHITECTURES if ":" not in name and ARCHITECTURES[name].fit is None]


def sequences(rng, n=4, length=LENGTH):
    """Returns random DNA with one unknown base in five."""
    return np.eye(5, dtype="float32")[rng.integers(0, 5, (n, length))][..., :4]


def randomise(model, rng):
    """Draws every weight, statistics of batch norm included."""
    for weight in model.weights:
        if "seed" in weight.path:
            continue
        low, high = (0.5, 2.0) if "variance" in weight.path else (-0.4, 0.4)
        weight.assign(rng.uniform(low, high, weight.shape))


def assert_blind_to_the_strand(model, rng):
    sequence = sequences(rng, length=model.input_shape[1])
    forward = model(sequence).numpy()
    reverse = model(sequence[:, ::-1, ::-1]).numpy()
    assert np.isfinite(forward).all() and np.ptp(forward, axis=0).min() > 0
    np.testing.assert_allclose(reverse, forward, rtol=1e-5, atol=1e-5 * np.abs(forward).max())


def check(name, strategy, path, length=LENGTH):
    settings = {**SMALL.get(name, {}), "prior.rc": strategy}
    model = ARCHITECTURES[name].build(length, 2, settings)
    rng = np.random.default_rng(0)
    randomise(model, rng)
    model.save(path / "model.keras")
    assert_blind_to_the_strand(keras.saving.load_model(path / "model.keras"), rng)


@pytest.mark.parametrize("name", REPRESENTATIVE)
def test_shared_parameters_give_the_same_for_both_strands_after_loading(name, tmp_path):
    check(name, "shared", tmp_path)


@pytest.mark.parametrize("strategy", INVARIANT)
def test_every_strategy_that_promises_it_gives_the_same_for_both_strands(strategy, tmp_path):
    check("cnn_local", strategy, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("strategy", INVARIANT)
@pytest.mark.parametrize("name", NETWORKS)
def test_on_every_network_a_strategy_keeps_its_promise_or_is_refused(name, strategy, tmp_path):
    if name in BOTH_STRANDS or (strategy == "shared" and name in NOTHING_TO_SHARE):
        with pytest.raises(Refused, match=f"prior.rc={strategy}"):
            check(name, strategy, tmp_path)
    else:
        check(name, strategy, tmp_path, 205)


@functools.cache
def built(strategy):
    settings = {"num_filters": 3, "kernel_size": 6, "dense_units": 5, "prior.rc": strategy}
    return ARCHITECTURES["cnn_local"].build(LENGTH, 2, settings)


@settings(max_examples=12)
@given(seed=st.integers(0, 2**32 - 1), strategy=st.sampled_from(INVARIANT))
def test_the_strand_does_not_matter_whatever_the_weights(seed, strategy):
    rng = np.random.default_rng(seed)
    model = built(strategy)
    randomise(model, rng)
    sequence = sequences(rng)
    forward, reverse = model(sequence).numpy(), model(sequence[:, ::-1, ::-1]).numpy()
    np.testing.assert_allclose(reverse, forward, rtol=1e-5, atol=1e-5 * np.abs(forward).max())


def two_convolutions(length=23):
    sequence = keras.Input((length, 4), name="sequence")
    x = keras.layers.Conv1D(3, 5, padding="same")(sequence)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Activation("relu", name="motifs")(x)
    x = keras.layers.Conv1D(2, 3, padding="same")(x)
    x = keras.layers.Dense(1, name="logits")(keras.layers.Flatten()(x))
    return keras.Model(sequence, x, name="two_convolutions")


def scan(x, kernel, bias):
    """A padded convolution, position by position."""
    half = len(kernel) // 2
    padded = np.pad(x, ((half, half), (0, 0)))
    windows = [padded[i : i + len(kernel)] for i in range(len(x))]
    return np.array([np.tensordot(window, kernel, 2) for window in windows]) + bias


def both(kernel):
    """The kernels of both strands: reversed in positions, input and output channels."""
    return np.concatenate([kernel, kernel[::-1, ::-1, ::-1]], axis=-1)


def test_shared_is_the_convolution_with_reversed_kernels_of_shrikumar():
    model = STRATEGIES["shared"](two_convolutions())
    rng = np.random.default_rng(1)
    randomise(model, rng)
    first, norm, second, head = (
        [weight.numpy().astype(float) for weight in layer.weights]
        for layer in model.layers
        if layer.weights
    )
    assert [weight.shape for weight in second] == [(3, 6, 2), (2,)]
    for sequence in sequences(rng, 3, 23):
        # channels f0 f1 f2 r2 r1 r0: turning both axes around changes the strand
        x = scan(sequence, both(first[0]), np.r_[first[1], first[1][::-1]])
        gamma, beta, mean, variance = (np.r_[weight, weight[::-1]] for weight in norm)
        x = np.maximum((x - mean) / np.sqrt(variance + 1e-3) * gamma + beta, 0)
        kernel = second[0][:, [0, 1, 2, 5, 4, 3]]
        x = scan(x, both(kernel), np.r_[second[1], second[1][::-1]])
        read = [y[:, [0, 1, 3, 2]].ravel() @ head[0] + head[1] for y in (x, x[::-1, ::-1])]
        np.testing.assert_allclose(model(sequence[None]).numpy()[0], np.mean(read, 0), rtol=1e-4)


def conv(width, channels, filters):
    return width * channels * filters


def test_shared_filters_count_once_and_are_read_twice():
    own = {"prior.rc": "shared"}
    expected = (
        conv(19, 4, 24) + 4 * 24 + conv(7, 2 * 24, 32) + 4 * 32 + conv(7, 2 * 32, 48) + 4 * 48
        + conv(3, 2 * 48, 64) + 4 * 64 + 3 * 2 * 64 * 96 + 4 * 96 + 97
    )  # fmt: skip
    assert ARCHITECTURES["cnn_dist"].build(200, 1, own).count_params() == expected
    expected = (4 * 21 + 1) * 20 + 4 * 20 + 9 * 2 * 20 * 3 + 3
    assert ARCHITECTURES["density_cnn"].build(200, 3, own).count_params() == expected
    plain = ARCHITECTURES["density_cnn"].build(200, 3, {}).count_params()
    others = set(STRATEGIES) - {"shared"}
    counts = {
        s: sum(
            w.shape.num_elements()
            for w in ARCHITECTURES["density_cnn"].build(200, 3, {"prior.rc": s}).weights
            if "seed" not in w.path
        )
        for s in others
    }
    assert counts == dict.fromkeys(others, plain)


def test_a_strategy_keeps_the_weights_that_the_network_starts_with():
    def weights(settings):
        keras.utils.set_random_seed(3)
        built = ARCHITECTURES["danq_jaspar"].build(LENGTH, 1, {**SMALL["danq_jaspar"], **settings})
        return [weight.numpy() for weight in built.weights]

    for one, other in zip(weights({}), weights({"prior.rc": "siamese_mean"}), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_siamese_network_is_the_plain_one_on_both_strands():
    plain = two_convolutions()
    rng = np.random.default_rng(2)
    sequence = sequences(rng, 5, 23)
    forward, reverse = plain(sequence).numpy(), plain(sequence[:, ::-1, ::-1]).numpy()
    mean, largest = (STRATEGIES[f"siamese_{kind}"](plain) for kind in ("mean", "max"))
    np.testing.assert_allclose(mean(sequence).numpy(), (forward + reverse) / 2, rtol=1e-5)
    np.testing.assert_allclose(largest(sequence).numpy(), np.maximum(forward, reverse), rtol=1e-5)
    trained, alone = mean(sequence, training=True).numpy(), plain(sequence, training=True).numpy()
    assert trained.shape == alone.shape and (trained != alone).any()


def test_a_post_hoc_network_trains_as_the_plain_one_and_then_averages():
    plain = two_convolutions()
    model = STRATEGIES["posthoc"](plain)
    sequence = sequences(np.random.default_rng(3), 5, 23)
    both_strands = [plain(x).numpy() for x in (sequence, sequence[:, ::-1, ::-1])]
    np.testing.assert_allclose(model(sequence).numpy(), np.mean(both_strands, axis=0), rtol=1e-5)
    np.testing.assert_array_equal(
        model(sequence, training=True).numpy(), plain(sequence, training=True).numpy()
    )


def without_norm():
    sequence = keras.Input((23, 4), name="sequence")
    x = keras.layers.Conv1D(3, 5, padding="same")(sequence)
    x = keras.layers.Activation("relu", name="motifs")(x)
    x = keras.layers.Dense(1, name="logits")(keras.layers.Flatten()(x))
    return keras.Model(sequence, x, name="without_norm")


@pytest.mark.parametrize("strategy", ["augmentation", "posthoc_augmented"])
def test_augmentation_shows_half_of_the_training_examples_on_the_other_strand(strategy):
    plain = without_norm()
    model = STRATEGIES[strategy](plain)
    sequence = sequences(np.random.default_rng(4), 400, 23)
    forward, reverse = plain(sequence).numpy(), plain(sequence[:, ::-1, ::-1]).numpy()
    shown = model(sequence, training=True).numpy()
    turned = np.isclose(shown, reverse, rtol=1e-4)
    assert (turned | np.isclose(shown, forward, rtol=1e-4)).all()
    assert 0.4 < turned.mean() < 0.6
    expected = forward if strategy == "augmentation" else (forward + reverse) / 2
    np.testing.assert_allclose(model(sequence).numpy(), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("strategy", "pool"),
    [("pool_sum", np.add), ("pool_average", lambda a, b: (a + b) / 2), ("pool_max", np.maximum)],
)
def test_pooled_motifs_are_those_of_both_strands_at_one_place(strategy, pool):
    plain = two_convolutions()
    model = STRATEGIES[strategy](plain)
    sequence = sequences(np.random.default_rng(5), 4, 23)
    motifs = keras.Model(plain.input, plain.get_layer("motifs").output)
    pooled = keras.Model(model.input, model.get_layer("pooled_strands").output)
    forward, reverse = motifs(sequence).numpy(), motifs(sequence[:, ::-1, ::-1]).numpy()
    expected = pool(forward, reverse[:, ::-1])
    np.testing.assert_allclose(pooled(sequence).numpy(), expected, rtol=1e-5, atol=1e-6)
    turned = pooled(sequence[:, ::-1, ::-1]).numpy()
    np.testing.assert_allclose(turned, expected[:, ::-1], rtol=1e-5, atol=1e-6)
    assert model.output_shape == plain.output_shape


def test_what_does_not_go_with_a_strategy_is_refused():
    for name, strategy, message in (
        ("deepbind", "shared", "deepbind reads both strands by itself"),
        ("transformer", "shared", "the head of transformer has sizes made for the channels of one"),
        ("spliceai", "pool_max", "the motifs of spliceai are no scan of the sequence"),
    ):
        with pytest.raises(Refused, match=message):
            ARCHITECTURES[name].build(LENGTH, 1, {**SMALL.get(name, {}), "prior.rc": strategy})
    with pytest.raises(UserError, match="rc='conjoined' is not valid"):
        ARCHITECTURES["cnn_local"].build(LENGTH, 1, {"prior.rc": "conjoined"})


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_strategy_that_would_change_nothing_is_refused(strategy):
    """Energies are read on both strands, so that occupancies are the same on either."""
    with pytest.raises(Refused, match="occupancy reads both strands by itself"):
        ARCHITECTURES["occupancy"].build(30, 1, {**SMALL["occupancy"], "prior.rc": strategy})


def test_what_goes_round_the_motifs_cannot_meet_pooled_strands():
    sequence = keras.Input((23, 4), name="sequence")
    x = keras.layers.Conv1D(3, 5, padding="same")(sequence)
    x = keras.layers.Add()([x, keras.layers.Activation("relu", name="motifs")(x)])
    network = keras.Model(sequence, keras.layers.Dense(1)(keras.layers.Flatten()(x)), name="round")
    with pytest.raises(Refused, match="pooling strands at the motifs of round leaves out"):
        STRATEGIES["pool_max"](network)


def test_every_strategy_can_be_named():
    hint = typing.get_type_hints(Priors)["rc"]
    assert set(typing.get_args(hint)) == {"none", *STRATEGIES}
