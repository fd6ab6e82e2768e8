"""First order: closed forms, completeness, exactness, and what is refused."""

from __future__ import annotations

import re

import keras
import numpy as np
import pytest

from tfbs.architectures import ARCHITECTURES
from tfbs.benchmark.explain import ATTRIBUTIONS, COMPLETE
from tfbs.benchmark.explain.attention import attention_weights
from tfbs.benchmark.explain.deeplift import (
    against_references,
    deepshap_contributions,
    unsupported_layers,
)
from tfbs.benchmark.explain.layer_view import centres_of, measure_view
from tfbs.benchmark.explain.mutagenesis import mutation_effects
from tfbs.benchmark.explain.output import explained
from tfbs.benchmark.explain.references import shuffled_references, to_codes
from tfbs.benchmark.explain.values import values_of
from tfbs.benchmark.explain.window import read_positions
from tfbs.datasets.alphabet import one_hot
from tfbs.datasets.dinucleotide_shuffle import dinucleotide_counts
from tfbs.errors import Refused, UserError

LENGTH = 60
WITHOUT_CONVOLUTION = ("grad_cam", "attention")
SETTINGS = {
    "cnn_local": {"num_filters": 8},
    "cnn_dist": {},
    "residualbind": {},
    "densenet": {"num_filters": 16, "growth_rate": 8, "num_blocks": 2, "layers_per_block": 2},
    "basenji": {"num_filters": 16, "block_filters": 8, "head_filters": 16, "num_blocks": 4},
    "siamese_cnn": {"activation": "relu"},
    "danq": {"num_filters": 16, "lstm_units": 8, "dense_units": 16},
    "cnn_attention": {},
    "deepbind": {},
}


@pytest.fixture(scope="module")
def sequence():
    codes = np.random.default_rng(0).integers(0, 4, (4, LENGTH)).astype("uint8")
    return one_hot(codes)


@pytest.fixture(scope="module")
def linear():
    """A linear model of two targets with known weights."""
    inputs = keras.Input((LENGTH, 4), name="dna")
    flat = keras.layers.Flatten()(inputs)
    model = keras.Model(inputs, keras.layers.Dense(2)(flat))
    weights = np.random.default_rng(1).normal(size=(LENGTH * 4, 2)).astype("float32")
    model.layers[-1].set_weights([weights, np.array([0.3, -0.2], "float32")])
    return model, weights.reshape(LENGTH, 4, 2)


def network(name, length=200, targets=2):
    """A network with weights and statistics as if it were trained."""
    keras.utils.set_random_seed(3)
    known = ARCHITECTURES[name].resolve({})
    settings = {key: value for key, value in SETTINGS[name].items() if key in known}
    model = ARCHITECTURES[name].build(length, targets, settings)
    rng = np.random.default_rng(4)
    for weight in model.weights:
        shape = tuple(weight.shape)
        if weight.path.endswith("moving_variance"):
            weight.assign(rng.uniform(0.5, 1.5, shape))
        elif len(shape) == 1:
            weight.assign(weight + 0.1 * rng.normal(size=shape))
    return model


@pytest.fixture(scope="module")
def long():
    codes = np.random.default_rng(5).integers(0, 4, (3, 200)).astype("uint8")
    return one_hot(codes)


@pytest.mark.parametrize("name", [n for n in ATTRIBUTIONS if n not in WITHOUT_CONVOLUTION])
def test_a_linear_model_is_explained_by_its_weights(name, linear, sequence):
    """Times the input, and up to what a method subtracts at each position."""
    model, weights = linear
    found = ATTRIBUTIONS[name](model, sequence, 1)
    own = weights[..., 1]
    expected = {
        "saliency": own,
        "smoothgrad": own,
        "saliency_corrected": own - own.mean(axis=1, keepdims=True),
        "ism": own - own.mean(axis=1, keepdims=True),
        "integrated_gradients": own,
        "deeplift": own - own.mean(axis=1, keepdims=True),
    }
    if name in expected:
        np.testing.assert_allclose(found, np.broadcast_to(expected[name], found.shape), atol=2e-5)
    elif name == "occlusion":
        letters = (own * sequence).sum(axis=2)
        around = np.stack([np.convolve(row, np.ones(5), "same") for row in letters])
        np.testing.assert_allclose(found.sum(axis=2), around, atol=2e-5)
    else:
        shuffles = shuffled_references(sequence, 10 if name == "expected_gradients" else 20, 0)
        against = own - (own * shuffles.mean(axis=1)).sum(axis=2, keepdims=True)
        np.testing.assert_allclose(found, against, atol=2e-5)


def test_each_sequence_may_have_a_target_of_its_own(linear, sequence):
    model, _ = linear
    for name in ("saliency", "ism", "deepshap", "integrated_gradients"):
        both = [ATTRIBUTIONS[name](model, sequence, t) for t in (0, 1)]
        mixed = ATTRIBUTIONS[name](model, sequence, np.array([0, 1, 1, 0]))
        np.testing.assert_allclose(mixed[[0, 3]], both[0][[0, 3]], atol=1e-6)
        np.testing.assert_allclose(mixed[[1, 2]], both[1][[1, 2]], atol=1e-6)


@pytest.mark.parametrize("name", ["cnn_dist", "residualbind", "densenet", "basenji", "siamese_cnn"])
def test_contributions_add_up_where_theory_says_so(name, long):
    model = network(name)
    # on the way from zero the places of global maxima change: integration is not exact enough
    methods = (
        "deeplift",
        "deepshap",
        *(() if name == "siamese_cnn" else ("integrated_gradients",)),
    )
    for method in methods:
        found = COMPLETE[method](model, long, 1)
        difference = np.abs(found.found - found.expected).sum()
        assert difference <= 1e-3 * np.abs(found.expected).sum(), method
        assert found.error <= 1e-3


@pytest.mark.parametrize("name", ["cnn_dist", "deepbind", "residualbind"])
def test_where_nothing_changes_the_rule_is_the_gradient(name, long):
    model = network(name)
    found = against_references(model, long, long[:, None], 1).map
    gradient = ATTRIBUTIONS["saliency"](model, long, 1)
    expected = gradient - (gradient * long).sum(axis=2, keepdims=True)
    np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())


def test_an_unknown_position_contributes_too(long):
    unknown = long.copy()
    unknown[:, 50:60] = 0
    found = COMPLETE["deeplift"](network("cnn_dist"), unknown, 0)
    assert found.error <= 1e-3
    assert (np.abs(found.map[:, 50:60]) * unknown[:, 50:60]).sum() == 0


def test_where_there_is_no_rule_the_layers_are_named(long, caplog):
    model = network("danq")
    assert unsupported_layers(model) == ["Bidirectional"]
    found = deepshap_contributions(model, long, 0, num_references=3)
    assert found.error > 0.01
    assert "deepshap: contributions differ" in caplog.text and "Bidirectional" in caplog.text
    assert unsupported_layers(network("cnn_dist")) == []


@pytest.mark.parametrize("name", list(SETTINGS))
def test_fast_mutagenesis_is_the_plain_one(name, long):
    model = network(name)
    some = long.copy()
    some[0, 77] = 0  # an unknown position
    fast = mutation_effects(model, some, 1)
    plain = mutation_effects(model, some, 1, fast=False)
    assert fast.fast and not plain.fast
    scale = np.abs(values_of(model, some, 1)).max() + np.abs(plain.change).max()
    np.testing.assert_allclose(fast.change, plain.change, atol=2e-6 * max(scale, 1))
    np.testing.assert_array_equal(fast.change[some == 1], 0)
    assert (fast.change[0, 77] != 0).any()


def test_fast_mutagenesis_is_every_mutant_by_itself(long):
    model = network("cnn_dist")
    found = mutation_effects(model, long[:1], 0).change[0]
    before = values_of(model, long[:1], 0)[0]
    for position in (0, 1, 9, 100, 198, 199):
        for letter in range(4):
            mutant = long[:1].copy()
            mutant[0, position] = np.eye(4)[letter]
            effect = values_of(model, mutant, 0)[0] - before
            assert found[position, letter] == pytest.approx(effect, abs=1e-5)


def test_a_model_without_a_graph_is_mutated_in_full(long, caplog):
    class Plain(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(1)

        def call(self, inputs, training=False):
            return self.dense(keras.ops.reshape(inputs, (-1, 800)))

    inner = Plain()
    inputs = keras.Input((200, 4))
    model = keras.Model(inputs, inner(inputs))
    found = mutation_effects(model, long, 0)
    assert not found.fast and "not built by the functional interface" in found.reason
    assert "every mutant goes through the whole model" in caplog.text
    kernel = inner.dense.kernel.numpy().reshape(200, 4)
    expected = kernel - (kernel * long).sum(axis=2, keepdims=True)
    np.testing.assert_allclose(found.change, expected, atol=1e-5)


def branches(merge):
    """Two convolutions of one input, merged; a motif is rare, so that most effects are 0."""
    inputs = keras.Input((200, 4))
    parts = [keras.layers.Conv1D(3, 9, activation="relu")(inputs) for _ in range(2)]
    x = keras.layers.GlobalMaxPooling1D()(merge(parts))
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv1D):
            layer.bias.assign([-0.9, -0.9, -0.9])
    return model


@pytest.mark.parametrize(
    "merge",
    [
        keras.layers.Concatenate(axis=1),
        keras.layers.Concatenate(axis=-1),
        keras.layers.Maximum(),
        lambda parts: parts[0] + parts[1],
        lambda parts: keras.ops.maximum(parts[0], parts[1]),
    ],
)
def test_branches_may_be_merged_in_any_way(merge, long):
    keras.utils.set_random_seed(11)
    model = branches(merge)
    fast, plain = (mutation_effects(model, long, fast=fast).change for fast in (True, False))
    assert np.abs(plain).max() > 0.01
    np.testing.assert_allclose(fast, plain, atol=1e-6)


def test_a_layer_that_is_only_called_context_hides_nothing(long):
    inputs = keras.Input((200, 4))
    flat = keras.layers.Flatten()
    middle = flat(keras.layers.Cropping1D(50, name="context")(inputs))
    both = keras.layers.Concatenate()([middle, keras.layers.Flatten()(inputs)])
    model = keras.Model(inputs, keras.layers.Dense(1)(both))
    assert np.abs(mutation_effects(model, long).change[:, :50]).max() > 0
    assert read_positions(model) == slice(0, 200)
    alone = keras.Model(inputs, keras.layers.Dense(1)(middle))
    assert read_positions(alone) == slice(50, 150)
    assert np.abs(mutation_effects(alone, long).change[:, :50]).max() == 0


def test_what_the_fast_way_cannot_run_is_run_in_full(long, caplog):
    inputs = keras.Input((200, 4))
    x = keras.layers.PReLU()(keras.layers.Conv1D(3, 5)(inputs))
    model = keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Flatten()(x)))
    found = mutation_effects(model, long)
    np.testing.assert_allclose(
        found.change, mutation_effects(model, long, fast=False).change, atol=1e-6
    )


@pytest.mark.parametrize("layer", ["DepthwiseConv1D", "Conv1DTranspose"])
def test_an_activation_inside_a_linear_layer_follows_the_rule(layer, long):
    size = (5,) if layer == "DepthwiseConv1D" else (3, 5)
    inputs = keras.Input((200, 4))
    x = getattr(keras.layers, layer)(*size, activation="relu")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Flatten()(x)))
    assert COMPLETE["deeplift"](model, long).error < 1e-4
    top = keras.layers.Activation("log_softmax")(model.outputs[0])
    assert unsupported_layers(keras.Model(inputs, top)) == ["Activation"]


def test_a_wrong_fast_way_is_found_out(long, monkeypatch):
    monkeypatch.setattr(
        "tfbs.benchmark.explain.local_forward.Reads.outputs",
        lambda self, region, length: (region.start, 1),
    )
    found = mutation_effects(network("cnn_local"), long, 0)
    assert not found.fast and "differs from the plain one by" in found.reason


def test_probability_is_the_sigmoid_of_the_logit(linear, sequence):
    model, _ = linear
    top = explained(model, "probability")
    np.testing.assert_allclose(
        values_of(top, sequence, 1), 1 / (1 + np.exp(-values_of(model, sequence, 1))), rtol=1e-5
    )
    assert explained(model) is model
    assert COMPLETE["deepshap"](top, sequence, 1).error < 1e-3


def test_attention_weights_are_shares(long):
    weights = attention_weights(network("cnn_attention"), long)
    assert weights and all(w.ndim == 4 and len(w) == 3 for w in weights)
    for own in weights:
        np.testing.assert_allclose(own.sum(axis=-1), 1, rtol=1e-5)


@pytest.mark.parametrize("name", WITHOUT_CONVOLUTION)
def test_maps_of_layers_lie_on_the_letters(name, long, linear, sequence):
    found = ATTRIBUTIONS[name](network("cnn_attention"), long, 0)
    assert found.shape == long.shape and (found[long == 0] == 0).all() and (found >= 0).all()
    with pytest.raises(UserError, match=r"has no (convolution|attention layer)"):
        ATTRIBUTIONS[name](linear[0], sequence, 0)


def valid_network(length=100, pool=8):
    """One filter for the motif, without padding, and a pool that leaves a rest at the end."""
    inputs = keras.Input((length, 4))
    x = keras.layers.Activation("relu")(keras.layers.Conv1D(2, 8)(inputs))
    x = keras.layers.MaxPooling1D(pool)(x)
    x = keras.layers.Conv1D(2, 1, activation="relu")(x)
    model = keras.Model(inputs, keras.layers.Dense(1)(keras.layers.GlobalMaxPooling1D()(x)))
    motif = one_hot(np.array([3, 2, 0, 1, 2, 3, 1, 0]))
    against = np.full((8, 4), 1.0) - motif  # a filter that never counts: its sign is wrong
    model.layers[1].set_weights([np.stack([motif, against], axis=-1), np.array([-6.0, 0])])
    model.layers[4].set_weights([np.eye(2)[None], np.zeros(2)])
    model.layers[-1].set_weights([np.array([[1.0], [-0.0]]), np.zeros(1)])
    return model, motif


@pytest.mark.parametrize("start", [3, 41, 80])
def test_grad_cam_is_highest_where_the_motif_is(start):
    model, motif = valid_network()
    codes = np.random.default_rng(2).integers(0, 4, (1, 100)).astype("uint8")
    sequence = one_hot(codes)
    sequence[0, start : start + 8] = motif
    found = ATTRIBUTIONS["grad_cam"](model, sequence, 0).sum(axis=2)[0]
    assert found.max() > 0
    assert abs(int(np.argmax(found)) - (start + 3.5)) <= 8  # a pool is 8 wide


def test_positions_stand_for_the_middle_of_what_they_read():
    model, _ = valid_network()
    # position i pools windows from 8 i to 8 i + 7, each 8 wide: 8 i to 8 i + 14
    np.testing.assert_array_equal(centres_of(model, 11), 8 * np.arange(11) + 7)
    assert np.diff(centres_of(network("cnn_attention"), 8)).tolist() == [24] * 7


@pytest.mark.parametrize("name", ["cnn_dist", "deepstarr", "basset", "resnet", "danq"])
def test_where_positions_stand_is_where_gradients_come_from(name):
    model = ARCHITECTURES[name].build(200, 1, {})
    sequence = one_hot(np.random.default_rng(0).integers(0, 4, (64, 200)).astype("uint8"))
    found = set()
    for layer in model.layers:
        shape = getattr(layer.output, "shape", ())
        if len(shape) != 3 or shape[1] in {200, *found}:
            continue
        found.add(shape[1])
        extract = keras.Model(model.inputs, layer.output, name=layer.name)
        try:
            view = measure_view(extract, sequence)
        except Refused:  # it sees the whole
            continue
        middle = view.first + (view.width - 1) / 2 + view.stride * np.arange(view.positions)
        np.testing.assert_allclose(centres_of(model, shape[1]), middle, atol=1)
    assert found


def test_references_have_the_same_dinucleotides(sequence):
    references = shuffled_references(sequence, 3, 0)
    counts = dinucleotide_counts(to_codes(sequence))
    for number in range(3):
        found = dinucleotide_counts(to_codes(references[:, number]))
        np.testing.assert_array_equal(found, counts)


def two_more_inputs(length):
    inputs = [keras.Input((length, size)) for size in (4, 1, 1)]
    flat = keras.layers.Flatten()(keras.layers.Concatenate()(inputs))
    return keras.Model(inputs, keras.layers.Dense(1)(flat))


@pytest.mark.parametrize("method", list(ATTRIBUTIONS))
def test_what_does_not_go_together_is_refused(method, linear, sequence):
    explain, (model, _) = ATTRIBUTIONS[method], linear
    with pytest.raises(UserError, match="target 2 is none: the model has 2, from 0 to 1"):
        explain(model, sequence, 2)
    with pytest.raises(UserError, match=r"shape \(4, 59, 4\) do not go into the model"):
        explain(model, sequence[:, 1:], 0)
    with pytest.raises(UserError, match="not one-hot"):
        explain(model, sequence * 2, 0)
    with pytest.raises(UserError, match="the model has 3 inputs"):
        explain(two_more_inputs(LENGTH), sequence, 0)
    named = keras.Model({"dna": model.inputs[0]}, model.outputs[0])
    with pytest.raises(UserError, match=r"takes named inputs \['dna'\]"):
        explain(named, sequence, 0)
    with pytest.raises(UserError, match="there is no sequence"):
        explain(model, sequence[:0], 0)
    for wrong, said in (
        (keras.Sequential([keras.Input((None, 4)), keras.layers.GlobalMaxPooling1D()]), "fixed"),
        (
            keras.Sequential([keras.Input((LENGTH, 4)), keras.layers.Dense(1)]),
            r"\(batch, targets\)",
        ),
    ):
        with pytest.raises(UserError, match=said):
            explain(wrong, sequence, 0)


@pytest.mark.parametrize("method", ["deepshap", "expected_gradients"])
@pytest.mark.parametrize("shape", [(4, 2, LENGTH - 1, 4), (3, 2, LENGTH, 4), (4, LENGTH, 4)])
def test_references_of_another_shape_are_refused(method, shape, linear, sequence):
    said = re.escape(f"references of shape {shape} do not go with")
    with pytest.raises(UserError, match=said):
        COMPLETE[method](linear[0], sequence, references=np.zeros(shape))


@pytest.mark.parametrize("method", [n for n in ATTRIBUTIONS if n not in WITHOUT_CONVOLUTION])
def test_an_unknown_position_of_a_linear_model_contributes_its_weights(method, linear, sequence):
    """N is no letter: every method takes it, and the maps of known positions do not change."""
    model, _ = linear
    unknown = sequence.copy()
    unknown[0, 20:23] = 0
    before, after = (ATTRIBUTIONS[method](model, own, 1) for own in (sequence, unknown))
    assert np.isfinite(after).all()
    far = np.r_[0:15, 28:LENGTH]
    if method not in ("deepshap", "expected_gradients"):  # whose shuffles are others
        np.testing.assert_allclose(after[0, far], before[0, far], atol=2e-5)
    np.testing.assert_allclose(after[1:], before[1:], atol=2e-5)
