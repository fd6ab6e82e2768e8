"""The networks and floors of this room; what every entry owes is in the conformance class."""

from __future__ import annotations

from typing import ClassVar

import keras
import numpy as np
import pytest

from tfbs.architectures import ARCHITECTURES, LabelledSequences
from tfbs.architectures.basenji import dilation_rates
from tfbs.architectures.conformance import ArchitectureConformance
from tfbs.architectures.layers.kmer_counts import KmerCounts, strand_pairs
from tfbs.architectures.motif_kernels import most_informative
from tfbs.errors import UserError
from tfbs.jaspar import read_vertebrates

QUICK_TO_LEARN = (
    "cnn_50",
    "convatt_cnn",
    "deepbind",
    "gc_logistic",
    "kmer_logistic",
    "localnet",
    "pwm_occupancy",
    "pwm_scan",
    "satori",
    "siamese_cnn",
)


@pytest.mark.parametrize("name", list(ARCHITECTURES))
class TestEveryArchitecture(ArchitectureConformance):
    test_learns = None


class Learning(ArchitectureConformance):
    learning_hyperparameters: ClassVar = {
        "basenji": {"num_filters": 32, "block_filters": 16, "num_blocks": 4, "head_filters": 64},
        "basset": {"num_filters": 48, "dense_units": 64},
        "danq": {"num_filters": 32, "lstm_units": 16, "dense_units": 32},
        "danq_jaspar": {"num_filters": 48, "lstm_units": 8, "dense_units": 32},
        "deepsea": {"num_filters": 96, "dense_units": 128},
        "deepstarr": {"num_filters": 64, "dense_units": 64},
        "densenet": {"num_filters": 32, "num_blocks": 2, "layers_per_block": 2, "growth_rate": 8},
        "occupancy": {"num_factors": 8},
        "residualbind_dilated": {"num_filters": 24, "dense_units": 64},
        "resnet": {"num_filters": 16},
        "satori": {"num_filters": 32, "num_heads": 2},
        "spliceai": {"num_filters": 12, "num_groups": 1},
    }


@pytest.mark.parametrize(
    "name",
    [
        name if name in QUICK_TO_LEARN else pytest.param(name, marks=pytest.mark.slow)
        for name in ARCHITECTURES
    ],
)
def test_every_architecture_learns(name):
    Learning().test_learns(name)


def conv(width, channels, filters):
    return width * channels * filters


def norm(features):
    return 4 * features


def dense(inputs, units):
    return (inputs + 1) * units


def lstm(inputs, units):
    """Three gates and the candidate, each of the input, the state and a bias."""
    return 4 * units * (inputs + units + 1)


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
    "deepbind": (24 * 4 + 1) * 16 + dense(16, 32) + dense(32, 1),
    # 200 - 25 = 175 positions, 13 after the pool; two directions
    "danq": (26 * 4 + 1) * 320 + 2 * lstm(320, 320) + dense(13 * 640, 925) + dense(925, 1),
    # all 11 dilations (1, 2, 2, 3, 5, 8, 11, 17, 26, 38, 58) are below the 100 pooled positions
    "basenji": conv(15, 4, 256) + norm(256)
    + 11 * (conv(3, 256, 128) + norm(128) + conv(1, 128, 256) + norm(256))
    + conv(1, 256, 2048) + norm(2048) + dense(2048, 1),
    # pools 10, 5 and 2 (instead of 4): 200 -> 20 -> 4 -> 2 -> 1 position of 64 filters
    "residualbind": conv(19, 4, 24) + norm(24) + 2 * (conv(5, 24, 24) + norm(24))
    + conv(7, 24, 48) + norm(48) + conv(3, 48, 64) + norm(64)
    + 64 * 96 + norm(96) + 96 + 1,
    # blocks start with 64, (64 + 4 * 24) / 2 = 80 and (80 + 4 * 24) / 2 = 88 channels
    "densenet": conv(19, 4, 64) + norm(64)
    + sum(
        norm(channels) + conv(1, channels, 96) + norm(96) + conv(3, 96, 24)
        for start in (64, 80, 88)
        for channels in (start, start + 24, start + 48, start + 72)
    )
    + norm(160) + conv(1, 160, 80) + norm(176) + conv(1, 176, 88)
    + norm(184) + dense(184, 1),
    # queries, keys, values and what joins the heads; pool 24 leaves 8 positions
    "cnn_attention": conv(19, 4, 24) + norm(24) + 3 * 24 * 48 + 48 * 48
    + 8 * 48 * 96 + norm(96) + 96 + 1,
    # pools 2 and 50, or 50 and 2: 2 positions of 124 filters
    "cnn_2": conv(19, 4, 32) + norm(32) + conv(5, 32, 124) + norm(124)
    + 2 * 124 * 512 + norm(512) + dense(512, 1),
    "cnn_50": conv(19, 4, 32) + norm(32) + conv(5, 32, 124) + norm(124)
    + 2 * 124 * 512 + norm(512) + dense(512, 1),
    # pools 4 and 25: 2 positions of 128 filters
    "cnn_x": conv(19, 4, 30) + norm(30) + conv(5, 30, 128) + norm(128)
    + 2 * 128 * 512 + norm(512) + dense(512, 1),
    # 193 -> 48 -> 41 -> 10 -> 3 positions of 960 filters
    "deepsea": dense(8 * 4, 320) + dense(8 * 320, 480) + dense(8 * 480, 960)
    + dense(3 * 960, 925) + dense(925, 1),
    # 182 -> 60 -> 50 -> 12 -> 6 -> 1 position of 200 filters
    "basset": dense(19 * 4, 300) + norm(300) + dense(11 * 300, 200) + norm(200)
    + dense(7 * 200, 200) + norm(200) + dense(200, 1000) + norm(1000)
    + dense(1000, 1000) + norm(1000) + dense(1000, 1),
    # 200 -> 100 -> 50 -> 25 -> 12 positions of 120 filters
    "deepstarr": dense(7 * 4, 256) + norm(256) + dense(3 * 256, 60) + norm(60)
    + dense(5 * 60, 60) + norm(60) + dense(3 * 60, 120) + norm(120)
    + dense(12 * 120, 256) + norm(256) + dense(256, 256) + norm(256) + dense(256, 1),
    # 200 -> 50 -> 12 -> 6 positions of 128 filters
    "evoaug_cnn": conv(7, 4, 64) + norm(64) + conv(5, 64, 96) + norm(96)
    + conv(5, 96, 128) + norm(128) + 6 * 128 * 256 + norm(256) + dense(256, 1),
    # 200 -> 4 -> 1 position of 96 filters
    "localnet": conv(19, 4, 24) + norm(24) + conv(4, 24, 96) + norm(96) + dense(96, 1),
    # 200 -> 195 -> 65 -> 60 -> 15 -> 12 -> 4 -> 1 position of 96 filters
    "distnet": conv(7, 4, 24) + norm(24) + conv(6, 24, 32) + norm(32) + conv(6, 32, 48) + norm(48)
    + conv(4, 48, 64) + norm(64) + conv(4, 64, 96) + norm(96) + dense(96, 1),
    # 200 -> 180 -> 9 positions of 20 filters
    "density_cnn": dense(21 * 4, 20) + norm(20) + dense(9 * 20, 1),
    # pool 24 leaves 8 positions
    "convatt_cnn": conv(19, 4, 24) + norm(24) + 8 * 24 * 96 + norm(96) + dense(96, 1),
    # energies, potentials, pairs of factors
    "occupancy": 12 * 4 * 16 + 16 + 16 * 16 + dense(16, 1),
    # 24 units each way, then heads of 96 in all
    "cnn_lstm_attention": conv(19, 4, 24) + norm(24) + 2 * lstm(24, 24)
    + 3 * 48 * 96 + 96 * 96 + 8 * 96 * 96 + norm(96) + dense(96, 1),
    # three layer norms of scale and offset
    "cnn_lstm_transformer": conv(19, 4, 24) + norm(24) + 2 * lstm(24, 24) + 3 * 2 * 48
    + 4 * 48 * 48 + dense(48, 32) + dense(32, 48) + 8 * 48 * 96 + norm(96) + dense(96, 1),
    # 200 - 29 = 171 positions, 11 after the pool
    "danq_jaspar": dense(30 * 4, 1024) + 2 * lstm(1024, 512) + dense(11 * 1024, 925)
    + dense(925, 1),
    # 175 positions, 13 after the pool; the strands share everything
    "factornet": dense(26 * 4, 32) + dense(32, 32) + 2 * lstm(32, 32) + dense(13 * 64, 64)
    + dense(64, 1),
    # dilations 2 to 128 are below 200
    "bpnet": dense(25 * 4, 64) + 7 * dense(3 * 64, 64) + dense(64, 1),
    # 8 blocks of two convolutions of width 11, three short cuts
    "spliceai": dense(4, 32) + 8 * 2 * (norm(32) + dense(11 * 32, 32)) + 3 * dense(32, 32)
    + dense(32, 1),
    # average pool 10 leaves 20 positions
    "residualbind_dilated": conv(11, 4, 96) + norm(96) + 4 * (conv(3, 96, 96) + norm(96))
    + 20 * 96 * 256 + norm(256) + dense(256, 1),
    # each later stage starts with a strided block that projects its input
    "resnet": conv(19, 4, 64) + norm(64) + 4 * (conv(3, 64, 64) + norm(64))
    + sum(
        conv(3, filters // 2, filters) + conv(1, filters // 2, filters)
        + 3 * conv(3, filters, filters) + 5 * norm(filters)
        for filters in (128, 256)
    ) + dense(256, 1),
    "satori": conv(13, 4, 200) + norm(200) + 3 * dense(200, 256) + dense(256, 100) + dense(100, 1),
    # two blocks: two layer norms, attention of 4 x 16 with 65 distances, a hidden layer of 256
    "transformer": conv(19, 4, 64) + norm(64)
    + 2 * (2 * 2 * 64 + 4 * 64 * 64 + 65 * 4 + dense(64, 256) + dense(256, 64))
    + 2 * 64 + dense(64, 1),
    # 108 matrices of at most 9 positions, 264 of at most 13, 126 of at most 17, 21 of at most 21
    "pwm_occupancy": 4 * (108 * 9 + 264 * 13 + 126 * 17 + 21 * 21) + dense(519, 1),
    "pwm_scan": 4 * (108 * 9 + 264 * 13 + 126 * 17 + 21 * 21) + dense(519, 1),
    "gc_logistic": 2,
    "kmer_logistic": (4**6 + 4**3) // 2 + 1,  # 64 palindromes are their own partners
}  # fmt: skip


def test_every_architecture_has_a_layer_table():
    assert set(PARAMETERS) == {name for name in ARCHITECTURES if ":" not in name}


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameter_counts_follow_from_the_layer_table(name):
    assert ARCHITECTURES[name].build(200, 1, {}).count_params() == PARAMETERS[name]


def test_danq_has_the_parameters_of_the_paper():
    """Of 919 targets at 1,000 nucleotides: 975 positions, 75 after the pool."""
    expected = 105 * 320 + 2 * lstm(320, 320) + dense(75 * 640, 925) + dense(925, 919)
    assert expected == 46_926_479
    assert ARCHITECTURES["danq"].build(1000, 919, {}).count_params() == expected


def test_deepsea_has_the_parameters_of_the_paper():
    """Of 919 targets at 1,000 nucleotides: 993, 248, 241, 60, then 53 positions."""
    expected = (
        dense(32, 320) + dense(8 * 320, 480) + dense(8 * 480, 960)
        + dense(53 * 960, 925) + dense(925, 919)
    )  # fmt: skip
    assert ARCHITECTURES["deepsea"].build(1000, 919, {}).count_params() == expected


def test_deepstarr_has_the_parameters_that_its_authors_print():
    """Of two outputs at 249 nucleotides."""
    assert ARCHITECTURES["deepstarr"].build(249, 2, {}).count_params() == 624_738


def test_the_bare_localnet_and_distnet_have_biases_and_nothing_that_regularises():
    for name in ("localnet", "distnet"):
        model = ARCHITECTURES[name].build(200, 1, {"regularised": False})
        assert not any(isinstance(x, keras.layers.BatchNormalization) for x in model.layers)
        assert all(x.rate == 0 for x in model.layers if isinstance(x, keras.layers.Dropout))
        assert not model.losses
        assert all(x.use_bias for x in model.layers if isinstance(x, keras.layers.Conv1D))


@pytest.mark.parametrize("first_pool", [1, 2, 4, 10, 25, 50, 100])
def test_the_pools_of_cnn_x_share_a_factor_of_100(first_pool):
    layers = ARCHITECTURES["cnn_x"].build(200, 1, {"first_pool": first_pool}).layers
    assert next(x for x in layers if isinstance(x, keras.layers.Flatten)).output.shape == (
        None,
        2 * 128,
    )


def test_convatt_has_finer_positions_by_a_second_convolution_or_a_pool_behind_the_lstm():
    fine = {"pool_size": 4}
    for name, settings in (
        ("convatt_cnn", {"second": "convolution"}),
        ("cnn_lstm_transformer", {"lstm_pool_size": 6}),
    ):
        layers = ARCHITECTURES[name].build(200, 1, fine | settings).layers
        pools = [x.pool_size[0] for x in layers if isinstance(x, keras.layers.MaxPooling1D)]
        assert pools == [4, 6]


def test_an_odd_lstm_cannot_have_two_directions():
    with pytest.raises(UserError, match="an LSTM of 47 units cannot be shared"):
        ARCHITECTURES["cnn_lstm_attention"].build(200, 1, {"lstm_units": 47})


def test_kernels_of_danq_jaspar_hold_the_motifs_of_jaspar():
    keras.utils.set_random_seed(0)
    model = ARCHITECTURES["danq_jaspar"].build(200, 1, {"lstm_units": 4, "dense_units": 4})
    kernel, bias = model.layers[1].get_weights()
    motifs = [motif.probabilities for motif in read_vertebrates()]
    motifs += [matrix[::-1, ::-1] for matrix in motifs[:6]]
    assert len(motifs) == 525 and (np.abs(bias[525:]) == 0).all()
    assert ((bias[:525] > -1) & (bias[:525] < 0)).all()
    starts = set()
    for index, matrix in enumerate(motifs):
        windows = np.lib.stride_tricks.sliding_window_view(kernel[:, :, index], (len(matrix), 4))
        wrong = np.abs(windows[:, 0] - (matrix - 0.25)).max(axis=(1, 2))
        assert wrong.min() < 1e-6
        starts.add(int(wrong.argmin()))
    assert len(starts) > 10


def test_a_motif_wider_than_a_kernel_keeps_its_most_informative_stretch():
    matrix = np.full((9, 4), 0.25)
    matrix[5:7] = np.eye(4)[:2]
    assert most_informative(matrix, 2).tolist() == np.eye(4)[:2].tolist()


@pytest.mark.parametrize("length", [101, 200, 400, 1000])
@pytest.mark.parametrize(
    "name",
    ["basenji", "bpnet", "cnn_attention", "danq", "deepbind", "densenet", "residualbind", "resnet"],
)
def test_one_member_of_each_family_takes_any_usual_length(name, length):
    small = {"danq": {"lstm_units": 4, "dense_units": 4}}.get(name, {})
    model = ARCHITECTURES[name].build(length, 3, small)
    assert model.input_shape == (None, length, 4)
    assert model.output_shape == (None, 3)


def test_residualbind_has_the_pools_of_the_paper_and_narrower_ones_where_those_do_not_fit():
    def pools(length):
        layers = ARCHITECTURES["residualbind"].build(length, 1, {}).layers
        return [x.pool_size[0] for x in layers if isinstance(x, keras.layers.MaxPooling1D)]

    assert pools(400) == [10, 5, 4]  # 400 -> 40 -> 8 -> 6 -> 1
    assert pools(200) == [10, 5, 2]  # 200 -> 20 -> 4 -> 2 -> 1
    assert pools(101) == [10, 3]  # 101 -> 10 -> 3 -> 1
    assert pools(1000) == [10, 5, 4]


def test_basenji_dilates_by_half_again_and_never_beyond_the_sequence():
    assert dilation_rates(100, 11, 1.5) == [1, 2, 2, 3, 5, 8, 11, 17, 26, 38, 58]
    assert dilation_rates(51, 11, 1.5) == [1, 2, 2, 3, 5, 8, 11, 17, 26, 38]
    assert dilation_rates(100, 4, 2.0) == [1, 2, 4, 8]
    layers = ARCHITECTURES["basenji"].build(101, 1, {}).layers
    built = [x.dilation_rate[0] for x in layers if getattr(x, "kernel_size", None) == (3,)]
    assert built == dilation_rates(51, 11, 1.5)


def test_deepbind_without_a_hidden_layer_weighs_the_maxima():
    model = ARCHITECTURES["deepbind"].build(50, 2, {"dense_units": 0})
    assert model.count_params() == (24 * 4 + 1) * 16 + dense(16, 2)


def test_deepbind_scores_the_better_strand():
    model = ARCHITECTURES["deepbind"].build(50, 2, {})
    sequence = np.eye(4, dtype="float32")[np.random.default_rng(0).integers(0, 4, (9, 50))]
    one_strand = keras.Model(model.get_layer("motifs").output, model.get_layer("logits").output)
    motifs = keras.Model(model.input, model.get_layer("motifs").output)
    forward, reverse = np.split(one_strand(motifs(sequence)).numpy(), 2)
    assert (forward > reverse).any() and (forward < reverse).any()
    np.testing.assert_array_equal(model(sequence).numpy(), np.maximum(forward, reverse))
    turned = model(sequence[:, ::-1, ::-1]).numpy()
    np.testing.assert_allclose(turned, model(sequence).numpy(), rtol=1e-6)


def test_densenet_layers_read_all_layers_before_them():
    sizes = {"num_filters": 8, "growth_rate": 4, "num_blocks": 2, "layers_per_block": 3}
    layers = ARCHITECTURES["densenet"].build(200, 1, sizes).layers
    joined = [x.output.shape[1:] for x in layers if isinstance(x, keras.layers.Concatenate)]
    # 8 + 3 * 4 = 20 channels, 10 after the transition, which also halves the 50 positions
    assert joined == [(50, 12), (50, 16), (50, 20), (25, 14), (25, 18), (25, 22)]


def test_attention_heads_must_share_the_keys_evenly():
    with pytest.raises(UserError, match="num_heads=5 does not divide key_size=48"):
        ARCHITECTURES["cnn_attention"].build(200, 1, {"num_heads": 5})


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
