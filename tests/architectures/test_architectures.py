"""The networks and floors of this room; what every entry owes is in the conformance class."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tfbs.architectures import ARCHITECTURES, LabelledSequences
from tfbs.architectures.conformance import ArchitectureConformance
from tfbs.architectures.layers.kmer_counts import KmerCounts, strand_pairs
from tfbs.errors import UserError


@pytest.mark.parametrize("name", list(ARCHITECTURES))
class TestEveryArchitecture(ArchitectureConformance):
    pass


def conv(width, channels, filters):
    return width * channels * filters


def norm(features):
    return 4 * features


# By hand from the published layer tables: kernels without bias, four numbers of batch norm per
# feature, and the output layer with its bias.
PARAMETERS = {
    # length 200: pool 50 leaves 4 positions, pool 2 leaves 2 of 48 filters
    "cnn_local": conv(19, 4, 24) + norm(24) + conv(3, 24, 48) + norm(48)
    + 96 * 96 + norm(96) + 96 + 1,
    # 200 -> 50 -> 44 -> 11 -> 9 -> 3 positions of 64 filters
    "cnn_dist": conv(19, 4, 24) + norm(24) + conv(7, 24, 32) + norm(32)
    + conv(7, 32, 48) + norm(48) + conv(3, 48, 64) + norm(64)
    + 3 * 64 * 96 + norm(96) + 96 + 1,
    # 200 -> 50 -> 44 -> 11 -> 9 -> 3 positions of 128 filters
    "cnn_deep": conv(19, 4, 32) + norm(32) + conv(7, 32, 48) + norm(48)
    + conv(7, 48, 96) + norm(96) + conv(3, 96, 128) + norm(128)
    + 3 * 128 * 512 + norm(512) + 512 + 1,
    # max and mean of 64 filters, normalised
    "siamese_cnn": conv(11, 4, 64) + norm(64) + norm(128) + 128 * 96 + norm(96) + 96 + 1,
    "gc_logistic": 2,
    "kmer_logistic": (4**6 + 4**3) // 2 + 1,  # 64 palindromes are their own partners
}  # fmt: skip


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameter_counts_follow_from_the_layer_table(name):
    assert ARCHITECTURES[name].build(200, 1, {}).count_params() == PARAMETERS[name]


def test_a_sequence_too_short_names_the_shortest_that_would_do():
    with pytest.raises(UserError, match="cnn_deep needs sequences of at least 104 nucleotides"):
        ARCHITECTURES["cnn_deep"].build(101, 1, {})
    assert ARCHITECTURES["cnn_deep"].build(104, 1, {}).output_shape == (None, 1)


def test_the_siamese_network_cannot_tell_strands_apart():
    model = ARCHITECTURES["siamese_cnn"].build(50, 2, {})
    sequence = np.eye(4, dtype="float32")[np.random.default_rng(0).integers(0, 4, (9, 50))]
    forward, reverse = model(sequence).numpy(), model(sequence[:, ::-1, ::-1]).numpy()
    np.testing.assert_allclose(forward, reverse, rtol=1e-6)
    assert np.ptp(forward[:, 0]) > 0


def test_a_builder_function_of_ones_own_is_named_by_path():
    entry = ARCHITECTURES["tfbs.architectures.cnn_local:cnn_local"]
    assert entry.name == "tfbs.architectures.cnn_local:cnn_local"
    assert entry.build(100, 2, {"num_filters": 4}).output_shape == (None, 2)


def count_kmers(text: str, k: int) -> dict[str, int]:
    """An independent count, letter by letter."""
    complement = str.maketrans("ACGT", "TGCA")
    counts: dict[str, int] = {}
    for start in range(len(text) - k + 1):
        word = text[start : start + k]
        if "N" in word:
            continue
        name = min(word, word.translate(complement)[::-1])
        counts[name] = counts.get(name, 0) + 1
    return counts


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_kmer_counts_equal_a_plain_count(k):
    rng = np.random.default_rng(k)
    codes = rng.choice(5, (4, 50), p=[0.24, 0.24, 0.24, 0.24, 0.04]).astype("uint8")
    counts = np.expm1(KmerCounts(k)(keras.ops.one_hot(codes, 4)).numpy())
    names = ["".join("ACGT"[i // 4**p % 4] for p in range(k)[::-1]) for i in strand_pairs(k)[0]]
    for row, row_counts in zip(codes, counts, strict=True):
        expected = count_kmers("".join("ACGTN"[c] for c in row), k)
        assert dict(zip(names, row_counts, strict=True)) == pytest.approx(
            {name: expected.get(name, 0) for name in names}, abs=1e-4
        )


def test_a_floor_is_exported_exactly():
    """The Keras model gives the log-odds of scikit-learn's pipeline on the same features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (300, 30)).astype("uint8")
    label = (np.isin(codes, (1, 2)).mean(axis=1) + 0.1 * rng.normal(size=300) > 0.5).astype("int8")
    split = LabelledSequences(codes, label[:, None])
    entry = ARCHITECTURES["kmer_logistic"]
    model = entry.build(30, 1, {"k": 3})
    chosen = entry.fit(model, split, split, 0)
    features = KmerCounts(3)(keras.ops.one_hot(codes, 4)).numpy()
    pipeline = make_pipeline(
        StandardScaler(), LogisticRegression(C=chosen["inverse_penalty"][0], max_iter=1000)
    ).fit(features, label)
    expected = pipeline.decision_function(features)
    actual = model(keras.ops.one_hot(codes, 4)).numpy()[:, 0]
    np.testing.assert_allclose(actual, expected, atol=1e-3)


def test_a_floor_leaves_unknown_labels_out_and_survives_one_class():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (60, 30)).astype("uint8")
    gc = np.isin(codes, (1, 2)).mean(axis=1) > 0.5
    label = np.stack([gc, np.ones(60)], axis=1).astype("int8")
    label[:10, 0] = -1
    split = LabelledSequences(codes, label)
    entry = ARCHITECTURES["gc_logistic"]
    model = entry.build(30, 2, {})
    assert entry.fit(model, split, split, 0)["inverse_penalty"][1] is None
    logits = model(keras.ops.one_hot(codes, 4)).numpy()
    assert np.ptp(logits[:, 1]) == 0
    assert logits[0, 1] == pytest.approx(np.log(60.5 / 0.5), rel=1e-5)
    assert logits[gc, 0].min() > logits[~gc, 0].max()
