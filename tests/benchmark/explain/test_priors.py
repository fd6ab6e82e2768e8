"""Explanations of networks with priors: exact where they are exact, and plain about the rest."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tfbs.architectures import ARCHITECTURES
from tfbs.architectures.priors.first_layer import FIRST_LAYERS
from tfbs.architectures.priors.strands import STRATEGIES
from tfbs.benchmark.explain import ATTRIBUTIONS
from tfbs.benchmark.explain.deeplift import deepshap_contributions, unsupported_layers
from tfbs.benchmark.explain.filters import filter_motifs
from tfbs.benchmark.explain.local_forward import _RULES
from tfbs.benchmark.explain.mutagenesis import mutation_effects

LENGTH = 103
SIZES = {"num_filters": 6, "kernel_size": 7, "dense_units": 8}
NO_RULE = {
    "prior.rc=siamese_max": ["MaxOverStrands"],
    "prior.rc=pool_max": ["MaxOverStrands"],
    "prior.first_layer=circular": ["CircularConv1D"],
    "prior.tracks=early": ["TrackChannels"],
    "prior.tracks=late": ["TrackSummary"],
}
PRIORS = [
    *(("prior.rc", value) for value in STRATEGIES),
    *(("prior.first_layer", value) for value in FIRST_LAYERS),
    ("prior.tracks", "early"),
    ("prior.tracks", "late"),
]


def build(settings):
    """A network with statistics of batch norm that are not those of the start, and data for it."""
    model = ARCHITECTURES["cnn_dist"].build(LENGTH, 2, {**SIZES, **settings}, num_tracks=1)
    rng = np.random.default_rng(0)
    for weight in model.weights:
        if "variance" in weight.path:
            weight.assign(rng.uniform(0.5, 2, weight.shape))
        elif any(word in weight.path for word in ("mean", "beta", "track_scan")):
            weight.assign(0.2 * rng.normal(size=weight.shape))
    sequence = np.eye(4, dtype="float32")[rng.integers(0, 4, (2, LENGTH))]
    tracks = rng.normal(size=(2, LENGTH, 1)).astype("float32")
    tracks[:, :9] = np.nan
    return model, sequence, tracks if len(model.inputs) > 1 else None


def one_by_one(model, sequence, position):
    """The effects of the substitutions at one position of the first sequence."""
    mutants = np.repeat(sequence[:1], 4, axis=0)
    mutants[:, position] = np.eye(4)
    return model(mutants).numpy()[:, 0] - model(sequence[:1]).numpy()[0, 0]


def test_mutagenesis_of_shared_strands_recomputes_only_what_changes():
    model, sequence, _ = build({"prior.rc": "shared"})
    effects = mutation_effects(model, sequence, 0)
    assert effects.fast and effects.reason == "Flatten"
    for position in (0, 1, 40, 51, 52, LENGTH - 1):
        expected = one_by_one(model, sequence, position)
        np.testing.assert_allclose(effects.change[0, position], expected, rtol=1e-3, atol=1e-6)
    assert np.abs(effects.change).max() > 1e-4


def test_a_wrong_shortcut_through_shared_strands_is_noticed(monkeypatch):
    model, sequence, _ = build({"prior.rc": "shared"})
    right = _RULES["WithOtherStrand"]

    def wrong(layer, region):
        found = right(layer, region)
        return type(found)(found.whole, found.start, 1.05 * found.values)

    monkeypatch.setitem(_RULES, "WithOtherStrand", wrong)
    effects = mutation_effects(model, sequence, 0)
    assert not effects.fast and "differs from the plain one" in effects.reason
    expected = one_by_one(model, sequence, 40)
    np.testing.assert_allclose(effects.change[0, 40], expected, rtol=1e-3, atol=1e-6)


def test_deepshap_of_shared_strands_is_complete_and_the_same_on_both():
    model, sequence, _ = build({"prior.rc": "shared"})
    references = np.random.default_rng(1).permuted(sequence[:, None].repeat(3, axis=1), axis=2)
    references = np.eye(4, dtype="float32")[references.argmax(axis=-1)]
    found = deepshap_contributions(model, sequence, 0, references=references)
    assert found.error < 1e-3 and np.abs(found.expected).max() > 1e-3
    turned = deepshap_contributions(
        model, sequence[:, ::-1, ::-1], 0, references=references[:, :, ::-1, ::-1]
    )
    np.testing.assert_allclose(turned.map[:, ::-1, ::-1], found.map, rtol=1e-3, atol=1e-6)


def test_filters_of_a_network_that_reads_tracks_early_are_found():
    model, sequence, tracks = build({"prior.tracks": "early"})
    motifs, windows = filter_motifs(model, sequence, tracks)
    assert motifs.shape == (6, 20, 4) and windows.sum() > 0
    activations = keras.Model(model.inputs, model.get_layer("motifs").output)([sequence, tracks])
    inside = activations.numpy()[:, 10 : LENGTH - 9]
    above = (inside > 0.5 * activations.numpy().max(axis=(0, 1))).sum(axis=(0, 1))
    np.testing.assert_array_equal(windows, above)


@pytest.mark.slow
@pytest.mark.parametrize(("prior", "value"), PRIORS)
def test_every_prior_can_be_explained_and_what_has_no_rule_is_named(prior, value):
    model, sequence, tracks = build({prior: value})
    no_rule = NO_RULE.get(f"{prior}={value}", [])
    assert unsupported_layers(model) == no_rule
    assert np.isfinite(ATTRIBUTIONS["saliency"](model, sequence, 0, tracks=tracks)).all()
    fast = mutation_effects(model, sequence, 0, tracks=tracks)
    slow = mutation_effects(model, sequence, 0, tracks=tracks, fast=False)
    assert fast.fast
    np.testing.assert_allclose(fast.change, slow.change, rtol=1e-3, atol=1e-6)
    found = deepshap_contributions(model, sequence, 0, tracks=tracks, num_references=3)
    tracks_only = set(no_rule) <= {"TrackChannels", "TrackSummary"}
    assert (found.error < 0.01) == tracks_only
