"""The floors of known motifs: their scores are those of a plain scan, their choice is right."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from scipy.special import logsumexp

from tfbs.architectures import ARCHITECTURES, LabelledSequences
from tfbs.architectures.pwm import by_width
from tfbs.jaspar import read_jaspar, read_vertebrates


def one_hot(codes):
    return np.eye(4, dtype="float32")[codes]


def test_the_vertebrates_of_2016_are_519_and_sorted():
    motifs = read_vertebrates()
    ids = [motif.matrix_id for motif in motifs]
    assert len(ids) == 519 and ids == sorted(ids)
    assert len({name.partition(".")[0] for name in ids}) == 519
    assert "MA0079.3" in ids and "MA0079.2" not in ids


@pytest.fixture(scope="module")
def model():
    return ARCHITECTURES["pwm_scan"].build(60, 1, {})


def features_of(model, sequence):
    return keras.Model(model.input, model.get_layer("features").output)(sequence).numpy()


def window_scores(matrix_id, sequence):
    """The log-odds of every window that the scan looks at, letter by letter.

    The kernel is wider than the matrix, which is in its middle, the left one of two.
    """
    matrix = read_jaspar([matrix_id])[matrix_id].probabilities
    scores = np.log((matrix + 0.01) / 1.04 / 0.25)
    kernel = next(width for width in (9, 13, 17, 21) if len(scores) <= width)
    shift = (kernel - len(scores)) // 2 - kernel // 2
    return [
        sum(
            scores[place, strand[start + shift + place]]
            for place in range(len(scores))
            if 0 <= start + shift + place < len(strand)
        )
        for strand in (sequence, 3 - sequence[::-1])
        for start in range(len(strand))
    ]


@pytest.mark.parametrize(("name", "pool"), [("pwm_scan", max), ("pwm_occupancy", logsumexp)])
def test_a_score_pools_the_log_odds_of_all_windows_of_both_strands(name, pool):
    """Letter by letter, with windows that hang over the ends."""
    codes = np.random.default_rng(0).integers(0, 4, (2, 60))
    features = features_of(ARCHITECTURES[name].build(60, 1, {}), one_hot(codes))
    ids = [motif.matrix_id for motif in by_width("JASPAR2016")]
    for matrix_id in ("MA0079.3", "MA0095.2", "MA0466.2", "MA0151.1", "MA0083.3"):
        for row, sequence in enumerate(codes):
            expected = pool(window_scores(matrix_id, sequence))
            assert features[row, ids.index(matrix_id)] == pytest.approx(expected, abs=1e-4)


def test_motifs_are_scanned_in_kernels_that_are_little_wider():
    motifs = by_width("JASPAR2016")
    assert sorted(m.matrix_id for m in motifs) == [m.matrix_id for m in read_vertebrates()]
    model = ARCHITECTURES["pwm_scan"].build(60, 1, {})
    kernels = [layer.kernel.shape for layer in model.layers if layer.name.startswith("scan_")]
    widths = [width for width, _, count in kernels for _ in range(count)]
    assert all(0 <= w - m.width < 4 or w == 9 for w, m in zip(widths, motifs, strict=True))


def test_both_strands_score_the_same(model):
    sequence = one_hot(np.random.default_rng(1).integers(0, 4, (4, 60)))
    turned = features_of(model, sequence[:, ::-1, ::-1])
    np.testing.assert_allclose(features_of(model, sequence), turned, atol=1e-4)


def planted(n, seed):
    """Sequences of which the odd ones hold YY1's best word, on a random strand."""
    rng = np.random.default_rng(seed)
    word = read_jaspar(["MA0095.2"])["MA0095.2"].probabilities.argmax(axis=1)
    codes = rng.integers(0, 4, (n, 60)).astype("uint8")
    for row in range(1, n, 2):
        start = rng.integers(0, 60 - len(word))
        codes[row, start : start + len(word)] = word if rng.random() < 0.5 else 3 - word[::-1]
    return LabelledSequences(codes, (np.arange(n) % 2).astype("int8")[:, None])


@pytest.mark.parametrize("name", ["pwm_scan", "pwm_occupancy"])
def test_the_best_motif_of_sequences_with_yy1_is_yy1s(name):
    entry = ARCHITECTURES[name]
    settings = entry.resolve({"readout": "best"})
    model = entry.build(60, 1, settings)
    train, valid, test = (planted(200, seed) for seed in range(3))
    chosen = entry.fit(model, train, valid, 0, **settings)
    assert chosen["motif"] == ["MA0095.2"]
    kernel = model.get_layer("logits").get_weights()[0]
    assert np.count_nonzero(kernel) == 1 and kernel.max() > 0
    logits = model(one_hot(test.sequence)).numpy()[:, 0]
    bound = test.label[:, 0] == 1
    assert (logits[bound][:, None] > logits[~bound]).mean() > 0.95


def test_a_target_with_one_class_gets_a_constant_and_no_motif():
    entry = ARCHITECTURES["pwm_scan"]
    settings = entry.resolve({"readout": "best"})
    model = entry.build(60, 1, settings)
    sequences = planted(20, 0).sequence
    split = LabelledSequences(sequences, np.ones((20, 1), "int8"))
    chosen = entry.fit(model, split, split, 0, **settings)
    assert chosen == {"inverse_penalty": [None], "motif": [None]}
    assert np.ptp(model(one_hot(sequences)).numpy()) == 0
