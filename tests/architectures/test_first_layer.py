"""What the motif detectors know, against plain NumPy."""

from __future__ import annotations

import typing

import keras
import numpy as np
import pytest

from tfbs.architectures import ARCHITECTURES
from tfbs.architectures.blocks import Activation
from tfbs.architectures.layers.circular import CircularConv1D
from tfbs.architectures.priors import Priors, describe_priors
from tfbs.architectures.priors.first_layer import FIRST_LAYERS
from tfbs.errors import Refused, UserError
from tfbs.jaspar import read_jaspar, read_vertebrates

REST = ["MA0138.2", "MA0079.3"]


def build(settings, name="cnn_local", length=100, seed=0):
    keras.utils.set_random_seed(seed)
    return ARCHITECTURES[name].build(length, 1, {"num_filters": 5, **settings})


def log_odds(matrix_ids):
    return [
        np.log((motif.probabilities + 0.01) / 1.04 / 0.25)
        for motif in read_jaspar(matrix_ids).values()
    ]


def kernel_of(model):
    layer = next(x for x in model.layers if isinstance(x, keras.layers.Conv1D))
    return layer.kernel.numpy()


def step(model, length=100):
    """One step of Adam on random sequences."""
    rng = np.random.default_rng(0)
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True), run_eagerly=True)
    sequence = np.eye(4, dtype="float32")[rng.integers(0, 4, (32, length))]
    model.train_on_batch(sequence, rng.integers(0, 2, (32, 1)))


def test_kernels_hold_the_log_odds_of_jaspar_in_their_middle():
    plain = kernel_of(build({}))
    kernel = kernel_of(build({"prior.first_layer": "jaspar", "prior.motifs": REST}))
    wide, narrow = log_odds(REST)
    assert len(wide) == 21 and kernel.shape == (19, 4, 5)
    cuts = [wide[start : start + 19] for start in range(3)]
    assert min(np.abs(kernel[..., 0] - cut).max() for cut in cuts) < 1e-6
    np.testing.assert_allclose(kernel[4 : 4 + len(narrow), :, 1], narrow, rtol=1e-6)
    assert not kernel[:4, :, 1].any() and not kernel[4 + len(narrow) :, :, 1].any()
    np.testing.assert_array_equal(kernel[..., 2:], plain[..., 2:])


def test_without_names_the_first_matrices_of_vertebrates_are_taken():
    ids = [motif.matrix_id for motif in read_vertebrates()[:5]]
    first = kernel_of(build({"prior.first_layer": "jaspar"}))
    np.testing.assert_array_equal(
        first, kernel_of(build({"prior.first_layer": "jaspar", "prior.motifs": ids}))
    )


def test_frozen_motifs_stay_while_other_filters_learn():
    model = build({"prior.first_layer": "jaspar_frozen", "prior.motifs": REST})
    known, free = (model.get_layer(name) for name in ("jaspar_scan", "free_scan"))
    before = known.kernel.numpy(), free.kernel.numpy()
    trained = build({"prior.first_layer": "jaspar", "prior.motifs": REST})
    np.testing.assert_array_equal(before[0], kernel_of(trained)[..., :2])
    step(model)
    np.testing.assert_array_equal(known.kernel.numpy(), before[0])
    assert (free.kernel.numpy() != before[1]).any()
    step(trained)
    assert (kernel_of(trained)[..., :2] != before[0]).any()


def test_all_filters_can_be_frozen():
    model = build({"prior.first_layer": "jaspar_frozen"})
    assert model.get_layer("jaspar_scan").filters == 5
    assert "free_scan" not in {layer.name for layer in model.layers}


def test_information_constrained_filters_stay_distributions_over_letters():
    plain = kernel_of(build({}))
    model = build({"prior.first_layer": "information"})
    odds = np.exp(plain.astype(float))
    expected = np.log(odds / odds.sum(axis=1, keepdims=True) / 0.25)
    np.testing.assert_allclose(kernel_of(model), expected, rtol=1e-4, atol=1e-6)
    before = kernel_of(model)
    step(model)
    assert (kernel_of(model) != before).any()
    probabilities = 0.25 * np.exp(kernel_of(model))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    bits = (probabilities * kernel_of(model)).sum(axis=1) / np.log(2)
    assert (bits > -1e-6).all() and (bits <= 2).all()


def test_a_circular_filter_gives_its_best_shift():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 12, 4)).astype("float32")
    layer = CircularConv1D(3, 5, activation="tanh")
    layer.build(x.shape)
    layer.set_weights([0.3 * rng.normal(size=(5, 4, 3)), rng.normal(size=3)])
    kernel, bias = layer.get_weights()
    expected = np.empty((2, 8, 3))
    for row in range(2):
        for place in range(8):
            for index in range(3):
                expected[row, place, index] = bias[index] + max(
                    sum(x[row, place + i] @ kernel[(i - shift) % 5, :, index] for i in range(5))
                    for shift in range(5)
                )
    np.testing.assert_allclose(layer(x).numpy(), np.tanh(expected), rtol=1e-4)


def test_a_circular_filter_finds_its_motif_wherever_it_lies_in_the_kernel():
    motif = np.eye(4)[[2, 0, 3]]
    sequence = np.eye(4, dtype="float32")[[1, 1, 1, 2, 0, 3, 1, 1, 1]][None]
    layer = CircularConv1D(1, 5, padding="valid", use_bias=False)
    layer.build(sequence.shape)
    for start in range(3):
        kernel = np.zeros((5, 4, 1))
        kernel[start : start + 3, :, 0] = motif
        layer.set_weights([kernel])
        assert layer(sequence).numpy().max() == 3


@pytest.mark.parametrize("name", ["cnn_local", "density_cnn"])  # padded, and not
def test_occupancy_is_that_of_every_site_of_either_strand_alone(name):
    model = build({"prior.first_layer": "occupancy"}, name)
    sites, motifs = model.get_layer("site_weights"), model.get_layer("motifs")
    rng = np.random.default_rng(0)
    sites.energy.assign(rng.normal(size=sites.energy.shape))
    sequence = np.eye(4, dtype="float32")[rng.integers(0, 4, (2, 100))]
    found = keras.Model(model.inputs[0], motifs.output)(sequence).numpy()
    energies, potential = sites.energies(), sites.chemical_potential.numpy()
    width = sites.width
    before = (width - 1) // 2 if sites.padding == "same" else 0
    for start in (0, 11, 100 - width):
        site = sequence[:, start : start + width]
        for factor, energy in enumerate(energies):
            weight = sum(
                np.exp(potential[factor] - (strand * energy).sum(axis=(1, 2)))
                for strand in (site, site[:, ::-1, ::-1])
            )
            np.testing.assert_allclose(
                found[:, before + start, factor], weight / (1 + weight), rtol=1e-4
            )
    if sites.padding == "same":
        assert found[:, before - 1].max() < 1e-12 and found[:, before + 101 - width].max() < 1e-12


def test_energies_meet_no_batch_norm_and_are_trained():
    model = build({"prior.first_layer": "occupancy"}, "cnn_local")
    norms = [x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)]
    plain = [x for x in build({}).layers if isinstance(x, keras.layers.BatchNormalization)]
    assert len(norms) == len(plain) - 1
    assert model.get_layer("motifs").input is model.get_layer("site_weights").output
    before = model.get_layer("site_weights").energies()
    step(model)
    assert (model.get_layer("site_weights").energies() != before).any()


@pytest.mark.parametrize("first_layer", FIRST_LAYERS)
def test_first_layers_go_with_shared_strands_and_survive_a_file(first_layer, tmp_path):
    model = build({"prior.first_layer": first_layer, "prior.rc": "shared"})
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    rng = np.random.default_rng(0)
    sequence = np.eye(4, dtype="float32")[rng.integers(0, 4, (3, 100))]
    expected = model(sequence).numpy()
    np.testing.assert_array_equal(loaded(sequence).numpy(), expected)
    np.testing.assert_allclose(loaded(sequence[:, ::-1, ::-1]).numpy(), expected, rtol=1e-5)
    assert loaded.get_layer("motifs").output.shape[1:] == (100, 5)


def test_the_first_pool_has_any_width():
    layers = build({"prior.first_pool": 7}).layers
    pools = [x for x in layers if isinstance(x, keras.layers.MaxPooling1D)]
    assert (pools[0].pool_size, pools[0].strides, pools[1].pool_size) == ((7,), (7,), (2,))
    assert pools[0].output.shape[1] == 14
    unpooled = build({"prior.first_pool": 1}).layers
    pool = next(x for x in unpooled if isinstance(x, keras.layers.MaxPooling1D))
    assert pool.output.shape[1] == 100


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("cnn_dist", {"prior.first_pool": 4}, "no pool follows the motifs of cnn_dist"),
        ("cnn_local", {"prior.first_pool": 90}, "first_pool=90 leaves later layers of cnn_local"),
        ("cnn_local", {"prior.motifs": REST}, "motifs goes with prior.first_layer=jaspar or"),
        (
            "cnn_local",
            {"prior.first_layer": "jaspar", "prior.motifs": [*REST] * 3},
            "names 6 matrices, and there are 5 filters",
        ),
        (
            "cnn_local",
            {"prior.first_layer": "jaspar", "prior.motifs": ["MA0138.9"]},
            "has no matrix 'MA0138.9'",
        ),
        ("spliceai", {"prior.first_layer": "circular"}, "no scan of the sequence"),
        (
            "cnn_local",
            {"prior.first_layer": "occupancy", "prior.rc": "pool_max"},
            "are of both strands already",
        ),
    ],
)
def test_first_layers_that_do_not_apply_are_refused(name, settings, message):
    error = UserError if "no matrix" in message else Refused
    with pytest.raises(error, match=message):
        build(settings, name)


def test_every_prior_can_be_named_and_is_described():
    hints = typing.get_type_hints(Priors)
    assert set(typing.get_args(hints["first_layer"])) == {"none", *FIRST_LAYERS}
    listed = describe_priors()
    assert {name.partition("=")[0] for name in listed} == {f"prior.{name}" for name in hints}
    assert all(line.endswith(".") for line in listed.values())


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


MODIFIED = {
    "shift_scale_relu": lambda x: np.maximum((x - 0.2) ** 3, 0),
    "shift_scale_tanh": lambda x: 500 * np.tanh(x - 6) + 500,
    "shift_scale_sigmoid": lambda x: 4000 * sigmoid(x - 8),
    "exp_relu": lambda x: np.maximum(np.exp(0.1 * x) - 1, 0),
    "shift_relu": lambda x: np.maximum(x - 0.2, 0),
    "scale_relu": lambda x: np.maximum(x**3, 0),
    "shift_tanh": lambda x: np.tanh(x - 6),
    "scale_tanh": lambda x: 500 * np.tanh(x) + 500,
    "shift_sigmoid": lambda x: sigmoid(x - 8),
    "scale_sigmoid": lambda x: 4000 * sigmoid(x),
    "log_relu": lambda x: np.maximum(np.log(np.abs(x) + 1e-10), 0),
}


@pytest.mark.parametrize("activation", MODIFIED)
def test_modified_activations_are_those_of_the_paper(activation):
    assert activation in typing.get_args(typing.get_args(Activation)[0])
    layer = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(build({"activation": activation}).get_layer("motifs"))
    )
    x = np.linspace(-4, 12, 65)
    expected = MODIFIED[activation](x)
    np.testing.assert_allclose(
        layer(x.astype("float32")).numpy(), expected, rtol=1e-3, atol=1e-5 * np.abs(expected).max()
    )
