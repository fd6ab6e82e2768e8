"""Priors are switches: they add what they say and leave the rest of a network alone."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tfbs.architectures import ARCHITECTURES
from tfbs.architectures.layers.random_strand import RandomStrand
from tfbs.architectures.layers.track_summary import TrackSummary
from tfbs.architectures.priors.first_layer import FIRST_LAYERS
from tfbs.architectures.priors.strands import STRATEGIES
from tfbs.architectures.registry import Architecture
from tfbs.errors import Refused, UserError


def test_tracks_are_summarised_by_what_is_covered():
    tracks = np.full((3, 20, 2), np.nan, "float32")
    tracks[0, :, 0] = np.arange(20)
    tracks[1, 9:11, 0] = [0.0, 4.0]
    tracks[2, :, 1] = -np.arange(20)
    found = TrackSummary((0.5, 1.0))(tracks).numpy().reshape(3, 2, 3, 2)  # window, what, track
    middle, whole = tracks[:, 5:15], tracks
    for index, window in enumerate((middle, whole)):
        covered = ~np.isnan(window)
        np.testing.assert_allclose(found[:, index, 0], covered.mean(axis=1))
        filled = np.where(covered, window, 0)
        mean = filled.sum(axis=1) / np.maximum(covered.sum(axis=1), 1)
        np.testing.assert_allclose(found[:, index, 1], mean, rtol=1e-6)
    np.testing.assert_allclose(found[0, :, 2, 0], [14, 19])
    np.testing.assert_allclose(found[1, :, 2, 0], [4, 4])
    np.testing.assert_allclose(found[1, :, :, 1], 0)  # nothing covered, nothing to say
    np.testing.assert_allclose(found[2, :, 2, 1], [-5, 0])


@pytest.mark.parametrize("length", [7, 100, 101])
def test_a_summary_of_tracks_is_the_same_on_both_strands(length):
    tracks = np.random.default_rng(0).normal(size=(4, length, 2)).astype("float32")
    summary = TrackSummary((0.1, 0.3, 1.0))
    forward, reverse = summary(tracks).numpy(), summary(tracks[:, ::-1]).numpy()
    np.testing.assert_allclose(reverse, forward, rtol=1e-5, atol=1e-6)


@pytest.fixture(scope="module")
def fused():
    return ARCHITECTURES["cnn_local"].build(100, 3, {"prior.tracks": "late"}, num_tracks=2)


def inputs(seed=0):
    rng = np.random.default_rng(seed)
    sequence = np.eye(4, dtype="float32")[rng.integers(0, 4, (8, 100))]
    tracks = rng.normal(size=(8, 100, 2)).astype("float32")
    tracks[rng.random((8, 100, 2)) < 0.3] = np.nan
    return sequence, tracks


def test_the_branch_starts_at_nothing_and_then_adds_log_odds(fused):
    sequence, tracks = inputs()
    alone = keras.Model(fused.inputs[0], fused.get_layer("logits").output)
    np.testing.assert_array_equal(fused([sequence, tracks]).numpy(), alone(sequence).numpy())
    kernel = fused.get_layer("track_logits")
    before = kernel.get_weights()
    kernel.set_weights([np.ones_like(before[0])])
    shift = fused([sequence, tracks]).numpy() - alone(sequence).numpy()
    kernel.set_weights(before)
    assert np.isfinite(shift).all() and np.ptp(shift[:, 0]) > 0
    np.testing.assert_allclose(shift, shift[:, :1] * np.ones(3), rtol=1e-3)


def test_a_fused_network_is_saved_and_loaded(fused, tmp_path):
    sequence, tracks = inputs(1)
    fused.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        loaded([sequence, tracks]).numpy(), fused([sequence, tracks]).numpy()
    )


def with_tracks(settings, name="cnn_local", seed=0):
    keras.utils.set_random_seed(seed)
    return ARCHITECTURES[name].build(100, 3, settings, num_tracks=2)


EARLY = {"prior.tracks": "early"}


def test_early_fusion_starts_as_the_plain_network():
    sequence, tracks = inputs()
    plain, early = with_tracks({}), with_tracks(EARLY)
    np.testing.assert_array_equal(early([sequence, tracks]).numpy(), plain(sequence).numpy())


def test_early_fusion_is_one_convolution_of_letters_and_tracks():
    sequence, tracks = inputs()
    early = with_tracks(EARLY)
    rng = np.random.default_rng(0)
    scan = early.get_layer("track_scan")
    scan.set_weights([0.1 * rng.normal(size=scan.kernel.shape)])
    fused = keras.Model(early.inputs, early.get_layer("fused_scan").output)
    letters = next(x for x in early.layers if isinstance(x, keras.layers.Conv1D))
    kernel = np.concatenate([letters.kernel.numpy(), scan.kernel.numpy()], axis=1)
    covered = ~np.isnan(tracks)
    channels = np.concatenate([np.where(covered, tracks, 0), covered], axis=2)
    channels /= np.sqrt(1 + 1e-3)  # batch norm at its start
    joined = np.concatenate([sequence, channels], axis=2).astype("float32")
    expected = keras.ops.conv(joined, kernel, padding="same").numpy()
    found = fused([sequence, tracks]).numpy()
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("rc", ["shared", "siamese_max", "posthoc_augmented"])
@pytest.mark.parametrize("fusion", ["early", "late"])
def test_tracks_are_turned_around_with_the_strand(fusion, rc, tmp_path):
    model = with_tracks({"prior.tracks": fusion, "prior.rc": rc})
    rng = np.random.default_rng(0)
    for weight in model.trainable_weights:
        weight.assign(0.2 * rng.normal(size=weight.shape))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    sequence, tracks = inputs()
    forward = loaded([sequence, tracks]).numpy()
    reverse = loaded([sequence[:, ::-1, ::-1], tracks[:, ::-1]]).numpy()
    np.testing.assert_allclose(reverse, forward, rtol=1e-4, atol=1e-5)
    assert not np.allclose(loaded([sequence, tracks[:, ::-1]]).numpy(), forward) or fusion == "late"


@pytest.mark.parametrize(("name", "settings"), [("deepbind", {}), ("siamese_cnn", {"context": 40})])
def test_a_network_on_both_strands_reads_early_tracks_on_both(name, settings):
    model = with_tracks({**settings, **EARLY}, name)
    rng = np.random.default_rng(0)
    for weight in model.trainable_weights:
        weight.assign(0.2 * rng.normal(size=weight.shape))
    sequence, tracks = inputs()
    forward = model([sequence, tracks]).numpy()
    reverse = model([sequence[:, ::-1, ::-1], tracks[:, ::-1]]).numpy()
    np.testing.assert_allclose(reverse, forward, rtol=1e-4, atol=1e-5)
    assert not np.allclose(model([sequence, tracks[:, ::-1]]).numpy(), forward, atol=1e-3)
    if settings:
        tracks[:, :30] = tracks[:, 70:] = np.nan  # outside the context
        np.testing.assert_array_equal(model([sequence, tracks]).numpy(), forward)


PRIORS = [
    *({"prior.rc": value} for value in STRATEGIES),
    *({"prior.first_layer": value} for value in FIRST_LAYERS),
    {"prior.first_pool": 3},
    EARLY,
    {"prior.tracks": "late"},
]


def test_priors_go_with_sequential_models():
    def builder(length, num_targets):
        scan = keras.layers.Conv1D(3, 5, padding="same")
        motifs = keras.layers.Activation("relu", name="motifs")
        rest = [keras.layers.MaxPooling1D(5), keras.layers.Flatten()]
        last = keras.layers.Dense(num_targets)
        return keras.Sequential([keras.Input((length, 4)), scan, motifs, *rest, last])

    mine = Architecture("mine", builder)
    sequence, tracks = inputs()
    for settings in PRIORS:
        model = mine.build(100, 2, settings, num_tracks=2)
        given = [sequence, tracks] if len(model.inputs) > 1 else sequence
        assert model(given).shape == (8, 2), settings


@pytest.mark.parametrize(
    "settings", [{"prior.first_layer": "circular"}, {"prior.rc": "pool_max"}, EARLY]
)
def test_motifs_that_are_the_convolution_itself_are_refused_by_priors_of_the_scan(settings):
    def builder(length, num_targets):
        sequence = keras.Input((length, 4))
        x = keras.layers.Conv1D(3, 5, activation="relu", name="motifs")(sequence)
        x = keras.layers.Dense(num_targets)(keras.layers.Flatten()(x))
        return keras.Model(sequence, x, name="mine")

    with pytest.raises(Refused, match="the motifs of mine are its scan"):
        Architecture("mine", builder).build(100, 1, settings, num_tracks=2)


def test_augmentation_turns_sequence_and_tracks_together():
    layer = RandomStrand()
    sequence, tracks = inputs()
    shown, beside = (x.numpy() for x in layer([sequence, tracks], training=True))
    turned = (shown != sequence).any(axis=(1, 2))
    assert 0 < turned.sum() < len(turned)
    expected = np.where(turned[:, None, None], sequence[:, ::-1, ::-1], sequence)
    np.testing.assert_array_equal(shown, expected)
    expected = np.where(turned[:, None, None], tracks[:, ::-1], tracks)
    np.testing.assert_array_equal(beside, expected)


@pytest.mark.parametrize(
    ("architecture", "settings", "message"),
    [
        ("cnn_local", {"prior.tracks": "middle"}, "prior: tracks='middle' is not valid"),
        ("cnn_local", {"prior.track": "late"}, "no hyperparameter 'track'; nearest: tracks"),
        ("cnn_local", {"prior.tracks": "late"}, "needs tracks, and the task has none"),
        ("kmer_logistic", {"prior.tracks": "late"}, "kmer_logistic is a floor"),
    ],
)
def test_priors_that_do_not_apply_are_refused(architecture, settings, message):
    with pytest.raises(UserError, match=message):
        ARCHITECTURES[architecture].build(100, 1, settings)


def test_tracks_of_a_convolution_do_not_join_energies():
    settings = {"prior.first_layer": "occupancy", **EARLY}
    with pytest.raises(Refused, match="come from site_weights, which is no convolution"):
        ARCHITECTURES["cnn_local"].build(100, 1, settings, num_tracks=2)


def test_a_prior_that_is_off_is_no_part_of_the_identity():
    network = ARCHITECTURES["cnn_local"]
    assert "prior.tracks" in network.settings
    assert network.resolve({"prior.tracks": "none"}) == network.resolve({})
    assert network.resolve({"prior.tracks": "late"}) == {
        **network.resolve({}),
        "prior.tracks": "late",
    }


def test_the_context_is_the_middle_of_the_window():
    model = ARCHITECTURES["siamese_cnn"].build(100, 1, {"context": 40})
    sequence, _ = inputs()
    changed = sequence.copy()
    changed[:, :30] = changed[:, 70:] = 0.25
    np.testing.assert_array_equal(model(sequence).numpy(), model(changed).numpy())
    changed[:, 30] = 0.25
    assert (model(sequence).numpy() != model(changed).numpy()).any()
