"""GIA as a metric, where the rule is a formula and models agree with it or do not."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest
from tests.benchmark.probes import by_name, make_probe

from tfbs.benchmark.evaluation.global_importance import (
    compare,
    measure_global_importance,
    profile_sums,
    spacing_correlation,
    spacing_error,
)
from tfbs.benchmark.evaluation.true_effects import Effects, battery
from tfbs.datasets.alphabet import encode, one_hot
from tfbs.datasets.planting import Placement

LENGTH = 80
WORDS = ("GGGCGG", "TTCCGG")  # what SP1 and Gabpa like
METADATA = {
    "rule": {
        "factors": [
            {"name": "SP1", "matrix_id": "MA0079.3", "effect": 1.0},
            {"name": "Gabpa", "matrix_id": "MA0062.2", "effect": 1.0},
        ],
        "decoys": {"MEF2A": "MA0052.3"},
        "pair_rules": [
            {"first": "SP1", "first_strand": 1, "second": "Gabpa", "second_strand": 1},
        ],
        "max_spacing": 20,
    }
}


def kernels() -> np.ndarray:
    """`(6, 4, 4)`: both words on both strands, as filters."""
    words = [one_hot(encode(word)) for word in WORDS]
    return np.stack([k for word in words for k in (word, word[::-1, ::-1])], axis=-1)


def network(scale: float = 1.0) -> keras.Model:
    """The best match of either word in the sequence, more so in the left half of it."""
    inputs = keras.Input((LENGTH, 4))
    convolution = keras.layers.Conv1D(4, 6, use_bias=False)
    matches = keras.layers.ReLU()(convolution(inputs) - 3)
    weights = np.linspace(2, 0.5, LENGTH - 5)[:, None].astype("float32")
    outputs = keras.layers.Dense(1, use_bias=False)
    model = keras.Model(inputs, outputs(keras.layers.GlobalMaxPooling1D()(matches * weights)))
    convolution.set_weights([kernels()])
    outputs.set_weights([np.full((4, 1), scale, "float32")])
    return model


def rule(codes: np.ndarray) -> np.ndarray:
    """The same by NumPy alone."""
    windows = np.lib.stride_tricks.sliding_window_view(one_hot(codes), 6, axis=1)
    matches = np.einsum("nlbk,kbf->nlf", windows, kernels())
    weights = np.linspace(2, 0.5, LENGTH - 5)[:, None]
    return (np.maximum(matches - 3, 0) * weights).max(axis=1).sum(axis=1)


def probe_of(model, **more):
    codes = np.random.default_rng(0).integers(0, 4, (30, LENGTH)).astype("uint8")
    return make_probe(codes, model=model, **more)


@pytest.fixture(scope="module")
def ruled():
    return {"true_logits": rule, "metadata": METADATA}


def test_a_model_that_is_the_rule_has_its_effects(ruled):
    found = by_name(measure_global_importance(probe_of(network(), **ruled)))
    assert found["gia_motif_spearman"].value == pytest.approx(1, abs=1e-3)
    assert found["gia_variant_spearman"].value == pytest.approx(1, abs=1e-3)
    assert found["gia_spacing_error"].value == pytest.approx(0, abs=1e-3)
    assert found["gia_spacing_correlation"].value == pytest.approx(1, abs=1e-3)
    assert 0 <= found["gia_decoy_effect"].value < 0.4
    assert found["gia_motif_spearman"].n == 519
    low, high = found["gia_motif_spearman"].interval
    assert low <= found["gia_motif_spearman"].value <= high


def test_its_opposite_has_the_opposite_effects_and_decoys_as_weak(ruled):
    found = by_name(measure_global_importance(probe_of(network(-1), **ruled)))
    same = by_name(measure_global_importance(probe_of(network(), **ruled)))
    assert found["gia_motif_spearman"].value == pytest.approx(-1, abs=1e-3)
    assert found["gia_spacing_correlation"].value == pytest.approx(-1, abs=1e-3)
    assert found["gia_spacing_error"].value == pytest.approx(2, abs=1e-3)
    assert found["gia_decoy_effect"].value == pytest.approx(same["gia_decoy_effect"].value)


def test_the_scale_matters_to_the_error_alone(ruled):
    found = by_name(measure_global_importance(probe_of(network(0.5), **ruled)))
    assert found["gia_spacing_error"].value == pytest.approx(0.5, abs=1e-3)
    assert found["gia_spacing_correlation"].value == pytest.approx(1, abs=1e-3)


def test_a_constant_model_has_no_effects(ruled):
    found = by_name(measure_global_importance(probe_of(network(0), **ruled)))
    for name in ("gia_motif_spearman", "gia_variant_spearman"):
        assert found[name].undefined_reason == "predicted or true effects are all equal"
    assert found["gia_spacing_correlation"].value is None
    assert found["gia_spacing_error"].value == pytest.approx(1)  # looks at no gap
    assert found["gia_decoy_effect"].undefined_reason == "the motifs change no output"


def test_the_battery_leaves_out_the_letters_that_are_there_anyway(ruled):
    """3 substitutions at each of the 11 positions of Gabpa and of SP1; none of the decoy."""
    found = battery(probe_of(None, **ruled).task)
    assert [len(own) for own in found.variants] == [33, 33]
    assert [len(pair) for pair in found.pairs] == [21]
    assert len(found.motifs) == 519


def test_substitutions_are_ranked_within_their_motif():
    """Right signs alone are worth nothing: of each motif the order of its own is asked for."""
    true = Effects(np.arange(5.0), (np.array([-3.0, -2, -1]), np.array([1.0, 2, 3])), ())
    signs = Effects(np.arange(5.0), (np.array([-1.0, -2, -3]), np.array([3.0, 2, 1])), ())
    found = by_name(compare(signs, true, 0))
    assert found["gia_variant_spearman"].value == pytest.approx(-1)
    assert found["gia_motif_spearman"].value == pytest.approx(1)
    assert found["gia_spacing_error"].undefined_reason == "the task's rule names no pair"


def test_profiles_are_compared_without_their_means_by_hand():
    """(-1, 0, 1) against (-2, 0, 2): off by root 2 of root 8, in one line."""
    sums = profile_sums(np.array([4.0, 5, 6]), np.array([0.0, 2, 4]))
    assert sums.tolist() == [2, 8, 4]
    assert spacing_error(sums) == pytest.approx(0.5)
    assert spacing_correlation(sums) == pytest.approx(1)
    flat = profile_sums(np.array([1.0, 2]), np.array([3.0, 3]))
    assert np.isnan(spacing_error(flat)) and np.isnan(spacing_correlation(flat))


def test_a_pair_without_much_of_a_profile_counts_little():
    """One pair is hit, another, a hundredth as large, missed: the error is small."""
    large, small = np.array([0.0, 10, 0]), np.array([0.0, 0.1, 0])
    true, seen = (np.arange(3.0), ()), (np.arange(3.0), ())
    found = by_name(compare(Effects(*seen, (large, -small)), Effects(*true, (large, small)), 0))
    assert found["gia_spacing_error"].value == pytest.approx(0.02, rel=0.01)


def test_without_a_rule_planted_motifs_are_compared_with_decoys():
    label = np.repeat([[1], [0]], 15, axis=0).astype("int8")
    places = [(Placement(0, 11, 1, "MA0079.3"),)] * 15 + [(Placement(0, 10, 1, "MA0052.3"),)] * 15
    found = by_name(
        measure_global_importance(probe_of(network(), places=places, label=label))
    )  # fmt: skip
    decoys = found.pop("gia_decoy_effect")
    assert 0 <= decoys.value < 0.3 and (decoys.n, decoys.positives) == (2, 1)
    assert {m.undefined_reason for m in found.values()} == {"the task states no true logit"}


def test_a_target_called_like_a_factor_is_compared_with_shuffles():
    measured = measure_global_importance(probe_of(network(), targets=("SP1",)))
    decoys = by_name(measured)["gia_decoy_effect"]
    assert decoys.value is not None and decoys.n == 11 * decoys.positives
    assert by_name(measured)["gia_motif_spearman"].value is None


def test_of_several_targets_each_has_its_own_and_there_is_a_mean():
    two = keras.Sequential([keras.Input((LENGTH, 4)), network(), keras.layers.Dense(2)])
    measured = measure_global_importance(probe_of(two, targets=("SP1", "my label")))
    found = {m.target: m for m in measured if m.name == "gia_decoy_effect"}
    assert set(found) == {"mean", "SP1", "my label"}
    assert found["my label"].undefined_reason == "no motif of my label is known"
    assert found["mean"].value == found["SP1"].value


def test_a_model_that_reads_tracks_is_not_asked():
    inputs = keras.Input((LENGTH, 4)), keras.Input((LENGTH, 1))
    outputs = keras.layers.Dense(1)(keras.layers.Flatten()(inputs[0]))
    probe = replace(probe_of(None), model=keras.Model(inputs, outputs))
    assert all("reads tracks" in m.undefined_reason for m in measure_global_importance(probe))
