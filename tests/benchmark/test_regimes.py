"""The training regimes: what defines each, against closed forms; passes; composition."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from tfbs.architectures import ARCHITECTURES
from tfbs.benchmark.attacks import substitute_guided
from tfbs.benchmark.spec import canonical_json, resolve_spec
from tfbs.benchmark.training import REGIMES, evolution
from tfbs.benchmark.training.attribution_prior import expected_gradients, gini
from tfbs.benchmark.training.batch import Batch
from tfbs.benchmark.training.ensemble import mean_of
from tfbs.benchmark.training.fit import _softener, _Trainer, fit
from tfbs.benchmark.training.gradient_angle import angle_to_simplex
from tfbs.benchmark.training.hidden_layer import cut
from tfbs.benchmark.training.loss import masked_cross_entropy
from tfbs.benchmark.training.mixup import Pairs
from tfbs.benchmark.training.spectral import matrices, spectral_norm
from tfbs.datasets.task import Split
from tfbs.errors import Refused, UserError

LENGTH = 40
ORDINARY = sorted(set(REGIMES) - {"scikit_learn", "ensemble", "distilled"})
"""The regimes whose step is on one network."""

DISTINCT = list({REGIMES[name].kind: name for name in ORDINARY}.values())
"""One regime of each kind."""


class Counter(keras.layers.Layer):
    """Leaves its input alone and counts the rows that pass, there and back."""

    def __init__(self) -> None:
        super().__init__()
        self.forward = self.backward = 0

    def call(self, inputs):
        @tf.custom_gradient
        def pass_on(x):
            self.forward += int(x.shape[0] or 0)

            def back(gradient):
                self.backward += int(gradient.shape[0] or 0)
                return gradient

            return tf.identity(x), back

        return pass_on(inputs)


def stream(seed=0):
    return keras.random.SeedGenerator(seed)


def network(counter=None):
    """A small convolution with a named hidden layer."""
    keras.utils.set_random_seed(0)
    x = inputs = keras.Input((LENGTH, 4))
    x = keras.layers.Activation("relu", name="motifs")(keras.layers.Conv1D(4, 8)(x))
    x = keras.layers.Dense(1)(keras.layers.GlobalMaxPooling1D()(x))
    return keras.Model(inputs, counter(x) if counter else x)


def linear(seed=0, targets=1, length=LENGTH, scale=1.0):
    """A linear model and its weights `(length, 4, targets)`."""
    weights = np.random.default_rng(seed).normal(size=(length, 4, targets)).astype("float32")
    weights *= scale
    inputs = keras.Input((length, 4))
    dense = keras.layers.Dense(targets)
    model = keras.Model(inputs, dense(keras.layers.Flatten()(inputs)))
    dense.set_weights([weights.reshape(-1, targets), np.full(targets, 0.1, "float32")])
    return model, weights


def dna(n, length=LENGTH, seed=0, unknown=0.0):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 4, (n, length))
    letters = np.eye(4, dtype="float32")[codes]
    letters[rng.random((n, length)) < unknown] = 0
    return letters


def batch_of(n=6, targets=1, seed=0, length=LENGTH, unknown=0.0):
    rng = np.random.default_rng(seed)
    label = rng.integers(-1, 2, (n, targets)).astype("int8")
    label[:2] = np.array([1, 0])[:n, None]
    return Batch(
        tf.constant(dna(n, length, seed, unknown)),
        tf.zeros((n, length, 0)),
        tf.constant(label),
        tf.ones((n, targets)),
    )


def short(name):
    """The regime with settings that fit sequences of 40 nucleotides, attacking from the start."""
    known = REGIMES[name].defaults()
    wanted = {"deletion": 5, "insertion": 5, "translocation": 5, "inversion": 5, "clean_epochs": 0}
    return REGIMES[name].make(
        REGIMES[name].resolve(name, {k: v for k, v in wanted.items() if k in known})
    )


def trainer_of(procedure, model, rate=3e-3):
    trainer = _Trainer(model, procedure, np.ones((1, 2), "float32"), None)
    trainer.begin(0)
    trainer.compile(keras.optimizers.Adam(rate))
    trainer.optimizer.build(model.trainable_variables)
    return trainer


def is_dna(sequence, known):
    """Whether rows are one-hot where `known`, else zero."""
    return np.isin(sequence, [0, 1]).all() and (sequence.sum(axis=-1) == known).all()


@pytest.mark.parametrize("name", DISTINCT)
def test_every_regime_learns_in_one_graph(name):
    codes = np.random.default_rng(0).integers(0, 4, (48, LENGTH)).astype("uint8")
    codes[::2, 10:18] = [0, 1, 2, 3, 0, 1, 2, 3]
    label = (np.arange(48) % 2 == 0).astype("int8")[:, None]
    label[5] = -1
    model = network()
    trainer = trainer_of(short(name), model, 0.02)
    step = tf.function(
        trainer.train_step,
        input_signature=[
            (
                (tf.TensorSpec((None, LENGTH), tf.uint8), tf.TensorSpec((None, LENGTH, 0))),
                tf.TensorSpec((None, 1), tf.int8),
            )
        ],
    )

    def clean_loss():
        logit = model(np.eye(4, dtype="float32")[codes])
        return float(masked_cross_entropy(label, logit, np.ones((48, 1), "float32")))

    before = clean_loss()
    for turn in range(12):
        rows = slice(0, 48) if turn % 2 else slice(0, 30)
        step(((codes[rows], np.zeros((48, LENGTH, 0), "float32")[rows]), label[rows]))
    assert step.experimental_get_tracing_count() == 1
    assert np.isfinite(float(trainer.mean_loss.result()))
    assert clean_loss() < before


@pytest.mark.parametrize("name", ORDINARY)
def test_the_passes_a_regime_declares_are_those_it_makes(name):
    procedure, counter = short(name), Counter()
    model = network(counter)
    trainer, batch = trainer_of(procedure, model), batch_of()
    counter.forward = counter.backward = 0
    procedure.step(trainer, batch)
    forward, backward = procedure.passes(0)
    assert counter.forward == 6 * forward
    if name not in ("gradient_angle", "attribution_prior"):  # a gradient's gradient is no pass
        assert counter.backward == 6 * backward


def test_mixed_labels_are_convex_masked_and_weigh_as_their_parts():
    batch = dataclasses.replace(
        batch_of(),
        label=tf.constant([[1], [0], [-1], [1], [0], [1]], tf.int8),
        weight=tf.constant([[3.0], [1.0], [1.0], [3.0], [1.0], [3.0]]),
    )
    share = np.array([0.3, 0.6, 0.5, 0.2, 1.0, 0.0], "float32")
    partner = np.array([1, 2, 0, 4, 3, 5])
    pairs = Pairs(tf.constant(partner), tf.constant(share))
    mixed = pairs.mixed(batch)
    label, weight = np.array(batch.label, "float32")[:, 0], np.array(batch.weight)[:, 0]
    known = (label >= 0) & (label[partner] >= 0)
    np.testing.assert_array_equal(np.array(mixed.label)[:, 0] >= 0, known)
    assert known.tolist() == [True, False, False, True, True, True]
    plain = pairs.mixed(dataclasses.replace(batch, weight=tf.ones((6, 1))))
    np.testing.assert_allclose(
        np.array(plain.label)[known, 0], (share * label + (1 - share) * label[partner])[known]
    )
    logit = np.random.default_rng(0).normal(size=6).astype("float32")
    own, other = (np.log1p(np.exp(-(2 * y - 1) * logit)) for y in (label, label[partner]))
    parts = share * weight * own + (1 - share) * weight[partner] * other
    whole = share * weight + (1 - share) * weight[partner]
    found = masked_cross_entropy(mixed.label, tf.constant(logit[:, None]), mixed.weight)
    assert float(found) == pytest.approx(parts[known].sum() / whole[known].sum(), rel=1e-5)


def test_pairs_are_a_permutation_with_shares_between_0_and_1():
    pairs = Pairs.draw(tf.constant(200), 1.0, stream())
    assert sorted(np.array(pairs.partner)) == list(range(200))
    share = np.array(pairs.share)
    assert share.min() >= 0 and share.max() <= 1 and 0.4 < share.mean() < 0.6
    values = np.arange(200, dtype="float32")
    np.testing.assert_allclose(
        pairs.mix(tf.constant(values)), share * values + (1 - share) * np.array(pairs.partner),
        rtol=1e-5,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["pgd", "pgd_l2", "fgsm", "fast"])
def test_attacked_training_examples_are_inside_the_ball_and_the_box(name):
    model, _ = linear()
    batch, procedure = batch_of(unknown=0.1), short(name)
    found = np.array(procedure.attacked(model, batch, stream()))
    change = found - np.array(batch.sequence)
    size = np.sqrt((change**2).sum((1, 2))) if name == "pgd_l2" else np.abs(change).max((1, 2))
    assert size.max() <= procedure.epsilon * (1 + 1e-5) and size[:2].min() > 0
    assert found.min() >= 0 and found.max() <= 1
    assert (change[np.array(batch.sequence).sum(-1) == 0] == 0).all()


def test_fgsm_is_the_corner_against_the_gradient_and_fast_steps_by_five_quarters():
    model, weights = linear()
    batch = batch_of()
    found = np.array(short("fgsm").attacked(model, batch, stream()))
    label = np.array(batch.label, "float32")[:, :, None]
    against = np.where(label < 0, 0, 1 - 2 * label) * np.sign(weights[None, :, :, 0])
    expected = np.clip(np.array(batch.sequence) + 0.05 * against, 0, 1)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    fast = REGIMES["fast"].make(REGIMES["fast"].resolve("fast", {"epsilon": 0.2}))
    assert fast.attack.step_size == pytest.approx(0.25) and fast.attack.random_start
    assert fast.passes(0) == (2, 2)


def entropies(model, sequence, label):
    logit = model(sequence).numpy().astype("float64")
    loss = np.where(label < 0, 0, np.logaddexp(0, -(2.0 * label - 1) * logit))
    return loss.sum(axis=1)


@settings(max_examples=6)
@given(seed=st.integers(0, 1000), trials=st.integers(0, 6))
def test_guided_substitutions_are_dna_and_never_lower_the_loss(seed, trials):
    model = NETWORK
    batch = batch_of(seed=seed, unknown=0.2)
    sequence, label = np.array(batch.sequence), np.array(batch.label)
    found = substitute_guided(model, batch.sequence, batch.label, trials).numpy()
    assert is_dna(found, sequence.sum(-1))
    assert ((found != sequence).any(-1).sum(-1) <= trials).all()
    before, after = entropies(model, sequence, label), entropies(model, found, label)
    assert (after >= before - 1e-7).all()
    changed = (found != sequence).any((1, 2))
    assert (after > before)[changed].all() and not changed[label[:, 0] < 0].any()


NETWORK = network()


def test_guided_substitutions_on_a_linear_model_are_the_best_there_are():
    model, _ = linear(length=6)
    batch = batch_of(n=4, length=6)
    label = np.array([[1], [0], [1], [0]], "int8")
    sequence = np.array(batch.sequence)
    found = substitute_guided(model, batch.sequence, tf.constant(label), 2).numpy()
    for row in range(4):
        pairs = np.stack(list(every_pair_of_substitutions(sequence[row])))
        best = entropies(model, pairs, label[row : row + 1]).max()
        got = entropies(model, found[row : row + 1], label[row : row + 1])[0]
        assert got == pytest.approx(best, rel=1e-5)


def every_pair_of_substitutions(sequence):
    for first, second in itertools.combinations(range(len(sequence)), 2):
        for one, other in itertools.product(range(4), repeat=2):
            changed = sequence.copy()
            changed[first], changed[second] = np.eye(4)[one], np.eye(4)[other]
            yield changed


def test_a_sequence_of_unknown_letters_cannot_be_substituted():
    model, _ = linear()
    nothing = tf.zeros((2, LENGTH, 4))
    found = substitute_guided(model, nothing, tf.constant([[1], [0]], tf.int8), 3)
    np.testing.assert_array_equal(found, nothing)


def test_trades_is_refused_where_its_attack_would_stand_still():
    with pytest.raises(UserError, match="random_start"):
        REGIMES["trades"].resolve("trades", {"random_start": False})


def test_trades_on_a_linear_model_is_cross_entropy_plus_the_divergence_at_a_corner():
    model, weights = linear(scale=0.1)
    procedure = REGIMES["trades"].make({"box": False, "beta": 2.0, "epsilon": 0.1})
    batch = dataclasses.replace(
        batch_of(n=1), label=tf.constant([[1]], tf.int8), weight=tf.constant([[3.0]])
    )
    logit = float(model(batch.sequence)[0, 0])
    probability = 1 / (1 + np.exp(-logit))
    possible = []
    for side in (-1, 1):
        moved = 1 / (1 + np.exp(-(logit + side * 0.1 * np.abs(weights).sum())))
        divergence = probability * np.log(probability / moved) + (1 - probability) * np.log(
            (1 - probability) / (1 - moved)
        )
        possible.append(-np.log(probability) + 2.0 * divergence)
    found = float(procedure.loss(model, batch, stream(), tf.constant(0)))
    assert min(abs(found - value) for value in possible) < 1e-4 * found


def test_the_divergence_of_unknown_labels_does_not_count():
    model, _ = linear(targets=2)
    procedure = REGIMES["trades"].make({})
    batch = batch_of(n=4, targets=2)
    unknown = dataclasses.replace(batch, label=tf.fill((4, 2), tf.constant(-1, tf.int8)))
    assert float(procedure.loss(model, unknown, stream(), tf.constant(0))) == 0


def largest_singular_values(model):
    """Of the kernels, each as a matrix from what it reads to what it writes."""
    return [
        np.linalg.svd(weight.numpy().reshape(-1, weight.shape[-1]), compute_uv=False)[0]
        for weight in model.trainable_weights
        if weight.name == "kernel"
    ]


def test_spectral_norms_are_the_largest_singular_values():
    model = network()
    found = [float(spectral_norm(matrix, 300, stream())) for matrix in matrices(model)]
    assert found == pytest.approx(largest_singular_values(model), rel=1e-4) and len(found) > 1


def test_attention_maps_features_to_all_heads_at_once_and_back():
    inputs = keras.Input((6, 5))
    attention = keras.layers.MultiHeadAttention(2, 3)
    model = keras.Model(inputs, attention(inputs, inputs))
    shapes = sorted(tuple(matrix.shape) for matrix in matrices(model))
    assert shapes == [(5, 6), (5, 6), (5, 6), (6, 5)]


@pytest.mark.parametrize("name", ["transformer", "occupancy", "satori", "danq", "densenet"])
def test_every_map_of_features_has_a_spectral_norm(name):
    model = ARCHITECTURES[name].build(100, 1, {})
    counted = sum(math.prod(matrix.shape) for matrix in matrices(model))
    others = {"bias", "gamma", "beta", "pair_energy", "chemical_potential", "embeddings"}
    left = [w for w in model.trainable_weights if w.name not in others]
    assert counted == sum(math.prod(weight.shape) for weight in left)


def test_the_spectral_penalty_is_half_the_sum_of_squares():
    model, batch = network(), batch_of()
    procedure = REGIMES["spectral"].make({"spectral_weight": 0.5, "power_iterations": 300})
    plain = REGIMES["standard"].make({}).loss(model, batch, stream(), 0)
    found = procedure.loss(model, batch, stream(), 0)
    expected = 0.5 * np.sum(np.square(largest_singular_values(model))) / 2
    assert float(found - plain) == pytest.approx(expected, rel=1e-4)


def test_the_gradient_of_a_spectral_norm_is_the_outer_product_of_its_vectors():
    kernel = keras.Variable(np.random.default_rng(0).normal(size=(5, 3)).astype("float32"))
    with tf.GradientTape() as tape:
        norm = spectral_norm(tf.convert_to_tensor(kernel), 300, stream())
    left, _, right = np.linalg.svd(kernel.numpy())
    expected = np.outer(left[:, 0], right[0])
    np.testing.assert_allclose(tape.gradient(norm, kernel.value), expected, atol=1e-4)


def test_the_angle_to_the_simplex_is_the_arc_sine_of_the_published_formula():
    gradient = np.random.default_rng(0).normal(size=(3, 50, 4)).astype("float32")
    norm = np.linalg.norm(gradient, axis=-1)
    expected = np.arcsin(np.abs(gradient.sum(-1)) / 2 / norm)
    np.testing.assert_allclose(angle_to_simplex(tf.constant(gradient)), expected, atol=1e-5)
    flat = tf.constant([[[1.0, -1, 0, 0], [2.0, 2, 2, 2], [0.0, 0, 0, 0]]])
    with tf.GradientTape() as tape:
        tape.watch(flat)
        angle = angle_to_simplex(flat)
    np.testing.assert_allclose(angle, [[0, np.pi / 2, 0]], atol=1e-6)
    assert np.isfinite(tape.gradient(angle, flat)).all()


def test_the_angle_penalty_of_a_linear_model_is_that_of_its_weights():
    model, weights = linear()
    procedure = REGIMES["gradient_angle"].make({"angle_weight": 2.0})
    batch = batch_of()
    plain = REGIMES["standard"].make({}).loss(model, batch, stream(), 0)
    found = procedure.loss(model, batch, stream(), 0) - plain
    letters = weights[:, :, 0]
    angle = np.arcsin(np.abs(letters.sum(-1)) / 2 / np.linalg.norm(letters, axis=-1))
    assert float(found) == pytest.approx(2 * angle.mean(), rel=1e-4)


def test_expected_gradients_of_a_linear_model_are_weights_times_the_way_from_a_reference():
    model, weights = linear()
    batch = batch_of()
    sequence = np.array(batch.sequence)
    maps = np.array(expected_gradients(batch, model, stream()))
    references = []
    for row in range(6):
        possible = (sequence[row] - sequence) * weights[None, :, :, 0]
        distance = np.abs(possible - maps[row]).max((1, 2))
        references.append(int(distance.argmin()))
        assert distance.min() < 1e-5
    assert sorted(references) == list(range(6))


def test_gini_is_half_the_relative_mean_difference():
    values = np.random.default_rng(0).random((4, 9)).astype("float32")
    differences = np.abs(values[:, :, None] - values[:, None]).mean((1, 2))
    expected = differences / 2 / values.mean(1)
    np.testing.assert_allclose(gini(tf.constant(values)), expected, rtol=1e-5)
    assert gini(tf.constant([[0.0, 0, 0, 7]])).numpy() == pytest.approx(0.75)
    assert gini(tf.zeros((1, 4))).numpy() == 0


def test_manifold_parts_are_the_network_and_noise_of_0_is_the_standard_loss():
    model, batch = network(), batch_of()
    first, second = cut(model, "motifs")
    np.testing.assert_allclose(second(first(batch.sequence)), model(batch.sequence), rtol=1e-5)
    quiet = REGIMES["manifold_noise"].make({"hidden_sigma": 0.0})
    plain = REGIMES["standard"].make({}).loss(model, batch, stream(), 0)
    found = quiet.loss(model, batch, stream(), 0)
    assert float(found) == pytest.approx(float(plain), rel=1e-6)


def test_manifold_regimes_refuse_networks_that_cannot_be_cut():
    procedure = REGIMES["manifold_mixup"].make({})
    with pytest.raises(Refused, match="needs a hidden layer called 'motifs'"):
        procedure.check_model(linear()[0])
    with pytest.raises(Refused, match="has both strands as rows of their own"):
        procedure.check_model(ARCHITECTURES["siamese_cnn"].build(LENGTH, 1, {}))
    inputs = keras.Input((LENGTH, 4))
    hidden = keras.layers.Activation("relu", name="motifs")(inputs)
    with pytest.raises(Refused, match="cannot be cut at layer 'motifs'"):
        procedure.check_model(keras.Model(inputs, keras.layers.Add()([hidden, inputs])))


def places(move, largest, n=200, length=LENGTH):
    found = move(tf.constant(n), length, largest, stream())
    return np.array(found.source), np.array(found.turned)


def test_a_deletion_closes_up_and_fills_both_ends():
    source, turned = places(evolution.deletion, 7)
    sizes = (source < 0).sum(1)
    assert set(sizes) == set(range(8)) and not turned.any()
    for row, size in zip(source, sizes, strict=True):
        kept = row[row >= 0]
        assert (row[: size // 2] < 0).all() and (row[LENGTH - (size - size // 2) :] < 0).all()
        steps = np.diff(kept)
        assert sorted(steps)[:-1] == [1] * (len(kept) - 2) and steps.max() in (1, size + 1)


def test_an_insertion_moves_the_sides_apart():
    source, _ = places(evolution.insertion, 7)
    assert set((source < 0).sum(1)) == set(range(8))
    for row in source:
        new = np.flatnonzero(row < 0)
        assert len(new) == 0 or (np.diff(new) == 1).all()
        kept = row[row >= 0]
        assert (np.diff(kept) == 1).all() and kept.min() >= 0 and kept.max() < LENGTH


def test_a_translocation_goes_around_and_an_inversion_turns_a_segment():
    source, _ = places(evolution.translocation, 7)
    shifts = source[:, 0]
    np.testing.assert_array_equal(source, (np.arange(LENGTH) + shifts[:, None]) % LENGTH)
    assert set((shifts + 7) % LENGTH) == set(range(15))
    source, turned = places(evolution.inversion, 7)
    for row, inside in zip(source, turned, strict=True):
        np.testing.assert_array_equal(row[~inside], np.flatnonzero(~inside))
        np.testing.assert_array_equal(row[inside], np.flatnonzero(inside)[::-1])
    assert set(turned.sum(1)) == set(range(8))


def test_moves_compose_as_if_done_one_after_another_and_tracks_go_along():
    sequence, rng = tf.constant(dna(50)), np.random.default_rng(1)
    tracks = tf.constant(rng.random((50, LENGTH, 2)).astype("float32"))
    all_of_them = tf.ones(50, tf.bool)
    moves = [
        move(tf.constant(50), LENGTH, 9, stream(seed))
        for seed, move in enumerate((evolution.inversion, evolution.translocation))
    ]
    start = evolution.Places.start(tf.constant(50), LENGTH)
    together, beside = (start.then(moves[0], all_of_them).then(moves[1], all_of_them)).apply(
        sequence, tracks, stream()
    )
    apart = (sequence, tracks)
    for move in moves:
        apart = start.then(move, all_of_them).apply(*apart, stream())
    np.testing.assert_array_equal(together, apart[0])
    np.testing.assert_array_equal(beside, apart[1])


def test_mutations_change_the_given_share_of_letters_to_each_other_one_alike():
    sequence = tf.constant(dna(500, unknown=0.1))
    found = evolution.mutate(sequence, tf.fill((500, 1), 0.3), stream()).numpy()
    known = np.array(sequence).sum(-1) > 0
    assert is_dna(found, known)
    turn = (found.argmax(-1) - np.array(sequence).argmax(-1)) % 4
    shares = np.bincount(turn[known], minlength=4) / known.sum()
    np.testing.assert_allclose(shares, [0.7, 0.1, 0.1, 0.1], atol=0.015)


EVOAUG = {"deletion": 8, "insertion": 8, "translocation": 8, "inversion": 8, "noise": 0.0}


def test_evolved_sequences_keep_their_length_are_dna_and_differ_among_themselves():
    procedure = REGIMES["evoaug"].make(EVOAUG)
    one = tf.constant(np.repeat(dna(1), 300, axis=0))
    tracks = tf.ones((300, LENGTH, 1))
    found, beside = procedure.augment(one, tracks, stream())
    assert found.shape == (300, LENGTH, 4) and is_dna(found.numpy(), 1)
    assert len({row.tobytes() for row in found.numpy()}) > 250
    assert set(np.unique(beside.numpy()[~np.isnan(beside)])) == {1.0}
    unknown = tf.zeros((20, LENGTH, 4))
    kept = REGIMES["evoaug"].make(EVOAUG | {"insertion": 0, "deletion": 0})
    np.testing.assert_array_equal(kept.augment(unknown, tracks[:20], stream())[0], unknown)


def test_every_sequence_draws_its_own_number_of_augmentations():
    procedure = REGIMES["evoaug"].make(EVOAUG | {"evolutions": 3})
    chosen = np.stack(list(procedure._choose(tf.constant(900), stream()).values()), axis=1)
    counts = np.bincount(chosen.sum(1), minlength=6)
    assert counts[0] == counts[4] == counts[5] == 0 and counts[1:4].min() > 240
    assert (np.abs(chosen.mean(0) - 2 / 5) < 0.06).all()
    most = REGIMES["evoaug"].make(EVOAUG | {"evolutions": 2, "always_most": True})
    chosen = np.stack(list(most._choose(tf.constant(50), stream()).values()), axis=1)
    assert (chosen.sum(1) == 2).all()


def test_the_noise_of_evoaug_leaves_unknown_letters_and_other_sequences_alone():
    only = dict.fromkeys(("deletion", "insertion", "translocation", "mutation"), 0)
    procedure = REGIMES["evoaug"].make(only | {"mutation": 0.0, "noise": 0.3, "evolutions": 1})
    sequence = tf.constant(dna(100, unknown=0.2))
    found = procedure.augment(sequence, tf.zeros((100, LENGTH, 0)), stream())[0].numpy()
    known = np.array(sequence).sum(-1) > 0
    assert (found[~known] == 0).all()
    assert (found - np.array(sequence))[known].std() == pytest.approx(0.3, rel=0.05)


def test_evaluation_sees_no_augmentation():
    split = Split(
        np.arange(40).astype(str),
        dna(40).argmax(-1).astype("uint8"),
        (np.arange(40) % 2).astype("int8")[:, None],
    )
    model, _ = linear()
    still = {"epochs": 3, "learning_rate": 1e-12, "noise": 0.3, "mutation": 0.5, "batch_size": 40}
    procedure = REGIMES["evoaug"].make(REGIMES["evoaug"].resolve("evoaug", EVOAUG | still))
    curves = fit(model, procedure, split, split, 0, lambda *_: None).curves
    assert len(set(curves["val_loss"])) == 1 and len(set(curves["loss"])) == 3


def test_evoaug_refuses_more_augmentations_than_there_are_and_moves_longer_than_sequences():
    with pytest.raises(UserError, match="evolutions=3 of one sequence, but only 2"):
        REGIMES["evoaug"].resolve("evoaug", {"deletion": 0, "insertion": 0, "mutation": 0.0})
    procedure = REGIMES["evoaug"].make({"deletion": 50})
    with pytest.raises(UserError, match="deletion=50 is longer than the sequences, 40"):
        procedure.augment(tf.constant(dna(2)), tf.zeros((2, LENGTH, 0)), stream())


def test_shifted_sequences_are_unknown_where_they_came_from_and_tracks_move_along():
    procedure = REGIMES["shift_augmentation"].make({"max_shift": 4})
    sequence, tracks = dna(300), np.random.default_rng(0).random((300, LENGTH, 1))
    found, beside = procedure.augment(
        tf.constant(sequence), tf.constant(tracks.astype("float32")), stream()
    )
    found, beside, seen = found.numpy(), beside.numpy(), set()
    for row in range(300):
        lost = int((found[row].sum(-1) == 0).sum())
        shift = lost if found[row, 0].sum() == 0 else -lost
        seen.add(shift)
        here = slice(max(shift, 0), LENGTH + min(shift, 0))
        there = slice(max(-shift, 0), LENGTH + min(-shift, 0))
        np.testing.assert_array_equal(found[row, here], sequence[row, there])
        np.testing.assert_allclose(beside[row, here], tracks[row, there], rtol=1e-6)
        assert np.isnan(beside[row]).sum() == lost
    assert seen == set(range(-4, 5))


def test_gaussian_noise_has_its_deviation_and_leaves_unknown_letters_alone():
    sequence = dna(200, unknown=0.2)
    found, _ = (
        REGIMES["gaussian_noise"]
        .make({})
        .augment(tf.constant(sequence), tf.zeros((200, LENGTH, 0)), stream())
    )
    change, known = found.numpy() - sequence, sequence.sum(-1) > 0
    assert (change[~known] == 0).all()
    assert change[known].std() == pytest.approx(0.1, rel=0.03)
    assert change[known].mean() == pytest.approx(0, abs=0.003)


def test_an_ensemble_is_the_mean_of_its_members_and_survives_saving(tmp_path):
    models = [linear(seed)[0] for seed in range(3)]
    sequence = dna(5)
    expected = np.mean([model(sequence).numpy() for model in models], axis=0)
    mean_of(models).save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_allclose(again(sequence), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["pgd", "free"])
def test_attacks_stay_in_the_ball_around_noisy_sequences_and_keep_the_noise(name, monkeypatch):
    """The box is [0, 1]; what noise has taken out of it stays where it is."""
    noisy = dna(20, unknown=0.2)
    noisy += (noisy.sum(-1, keepdims=True) > 0) * np.random.default_rng(1).normal(
        0, 0.3, noisy.shape
    ).astype("float32")
    model, _ = linear()
    batch = dataclasses.replace(batch_of(n=20), sequence=tf.constant(noisy))
    procedure = REGIMES[name].make({"epsilon": 0.1})
    seen = []

    def look(x, **_):
        seen.append(x.numpy())
        return model(x)

    monkeypatch.setattr(Batch, "bound", lambda self, core: look)
    if name == "pgd":
        seen.append(procedure.attacked(model, batch, stream()).numpy())
    else:
        learner = _Trainer(model, procedure, np.ones((1, 2), "float32"), None)
        learner.compile(keras.optimizers.Adam())
        procedure.step(learner, batch)
    for x in seen:
        assert np.abs(x - noisy).max() <= 0.1 + 1e-6
        assert (x[noisy.any(axis=-1) == 0] == 0).all()
    assert max(np.abs(x - noisy).max() for x in seen) > 0.09


def test_a_teacher_answers_where_labels_are_known():
    teacher, _ = linear(targets=2)
    batch = batch_of(targets=2)
    label, known = _softener(teacher)(batch).label.numpy(), np.array(batch.label) >= 0
    expected = 1 / (1 + np.exp(-teacher(batch.sequence).numpy()))
    np.testing.assert_allclose(label[known], expected[known], rtol=1e-5)
    assert (label[~known] == -1).all()


def test_a_regime_keeps_its_parameters_and_with_them_the_ids_of_its_runs():
    digests = {
        name: hashlib.sha256(canonical_json(REGIMES[name].resolve(name, {})).encode()).hexdigest()
        for name in ("standard", "standard_koo2021", "pgd", "pgd_2019", "pgd_2021")
    }
    assert {name: digest[:16] for name, digest in digests.items()} == {
        "standard": "8e8d5f6fcd7207a0",
        "standard_koo2021": "17780f702cfa8e4d",
        "pgd": "322fa0564cc9614b",
        "pgd_2019": "f88cc86208d64288",
        "pgd_2021": "0c56143b1f722b38",
    }


def test_a_composition_has_the_parameters_of_all_its_parts_and_the_defaults_of_the_procedure(
    planted_task,
):
    spec = resolve_spec(
        planted_task, "cnn_local", "gaussian_noise+pgd+rc_augmentation",
        overrides={"regime.epsilon": 0.1, "sigma": 0.2},
    )  # fmt: skip
    found = spec.regime["parameters"]
    pgd = REGIMES["pgd"].defaults()
    expected = pgd | {"epsilon": 0.1, "sigma": 0.2, "reverse_complement": "augmentation"}
    assert found == expected
    assert spec.regime["name"] == "pgd+gaussian_noise+rc_augmentation"
    procedure = REGIMES[spec.regime["name"]].make(found)
    sequence = tf.constant(dna(2))
    noisy, _ = procedure.augment(sequence, tf.zeros((2, LENGTH, 0)), stream())
    assert not np.array_equal(noisy, sequence) and procedure.passes(5) == (9, 9)


def test_noise_comes_after_every_other_augmentation():
    """Also on the letters that an insertion has put in."""
    procedure = REGIMES["evoaug+gaussian_noise+rc_augmentation"].make(
        {"deletion": 0, "translocation": 0, "mutation": 0.0, "noise": 0.0, "evolutions": 1}
    )
    found, _ = procedure.augment(tf.constant(dna(50)), tf.zeros((50, LENGTH, 0)), stream())
    assert (found.numpy() != np.round(found.numpy())).all()


def test_the_same_combination_is_the_same_run_however_it_is_written(planted_task):
    ids = {
        resolve_spec(planted_task, "cnn_local", name).id
        for name in ("pgd+rc_augmentation", "rc_augmentation+pgd")
    }
    assert len(ids) == 1
    alone = resolve_spec(planted_task, "cnn_local", "rc_augmentation")
    assert resolve_spec(planted_task, "cnn_local", "standard+rc_augmentation").id == alone.id


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("pgd+mixup", "pgd and mixup each say how to learn; at most one may"),
        ("pgd+rc_augmentation+rc_augmentation", "names a part twice"),
        ("scikit_learn+rc_augmentation", "scikit_learn fits floors"),
        ("pgd+rc_augmentatio", "no regime is called 'rc_augmentatio'; nearest: rc_augmentation"),
    ],
)
def test_combinations_that_make_no_sense_are_refused_with_the_reason(name, message):
    with pytest.raises(UserError, match=message):
        REGIMES[name]


def test_letters_cannot_be_substituted_under_noise():
    name = "nucleotide_adversarial+gaussian_noise"
    with pytest.raises(Refused, match="cannot be added to noise"):
        REGIMES[name].resolve(name, {})
    name = "nucleotide_adversarial+evoaug"
    assert REGIMES[name].resolve(name, {"noise": 0.0})["substitutions"] == 3


def test_all_augmentations_go_with_every_procedure():
    for procedure in sorted(set(ORDINARY) - set(REGIMES.augmentations())):
        name = "+".join([procedure, *REGIMES.augmentations()])
        found = REGIMES[name].resolve(name, {"sigma": 0.0, "noise": 0.0, "evolutions": 1})
        assert REGIMES[procedure].defaults().keys() < found.keys() and found["evolutions"] == 1
